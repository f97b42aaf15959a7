//! A browser as far as a receiver can tell: it writes requests byte by byte, so that a test can send what no well-behaved client would.

use std::collections::HashMap;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::{Position, Url};

/// What a tab got.
#[derive(Debug)]
pub struct Tab {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub body: String,
}

/// Opens an address, as a tab does.
pub async fn open(url: &str) -> Tab {
    talk(&mut connect(&Url::parse(url).unwrap()).await, &get(url)).await
}

/// What a tab asks with.
pub fn get(url: &str) -> String {
    let url = Url::parse(url).unwrap();
    let (target, host) =
        (&url[Position::BeforePath..Position::AfterQuery], &url[Position::BeforeHost..Position::AfterPort]);
    format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n\r\n")
}

pub async fn connect(url: &Url) -> TcpStream {
    TcpStream::connect(("127.0.0.1", url.port().unwrap())).await.unwrap()
}

/// Sends bytes to an address's port, and reads what comes until the other side hangs up.
pub async fn send(url: &Url, request: &str) -> Tab {
    talk(&mut connect(url).await, request).await
}

pub async fn talk(stream: &mut TcpStream, request: &str) -> Tab {
    // A server may hang up in the middle of what it finds too large.
    let _ = stream.write_all(request.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    Tab { status: status.unwrap_or(0), headers, body: body.to_owned() }
}
