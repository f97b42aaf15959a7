//! A server that accepts, and breaks off or falls silent where it was told to. It keeps every request that it read, even in part.

use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How far it reads before it does anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    Nothing,
    Head,
    Everything,
}

/// What it does then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Writes this, and closes.
    Closes(&'static str),
    /// Writes this, and says nothing more.
    IsSilent(&'static str),
}

pub struct Rude {
    pub address: String,
    read: Arc<Mutex<Vec<String>>>,
}

impl Rude {
    /// What it does on its first connection, its second, and so on; the last holds for all that come after it too.
    pub async fn start(turns: Vec<Vec<(Reads, Then)>>) -> Self {
        Self::slowly(Duration::ZERO, turns).await
    }

    /// The same, each answer only after a while.
    pub async fn slowly(pause: Duration, turns: Vec<Vec<(Reads, Then)>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let read = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&read);
        tokio::spawn(async move {
            for number in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                let turn = turns[number.min(turns.len() - 1)].clone();
                tokio::spawn(serve(stream, pause, turn, Arc::clone(&log)));
            }
        });
        Self { address, read }
    }

    pub async fn once(reads: Reads, then: Then) -> Self {
        Self::start(vec![vec![(reads, then)]]).await
    }

    /// The requests it read.
    pub fn read(&self) -> Vec<String> {
        self.read.lock().unwrap().clone()
    }
}

/// The requests on one connection, each in its turn; it closes after the last.
async fn serve(mut stream: TcpStream, pause: Duration, turn: Vec<(Reads, Then)>, log: Arc<Mutex<Vec<String>>>) {
    let last = turn.len() - 1;
    for (number, (reads, then)) in turn.into_iter().enumerate() {
        if reads != Reads::Nothing {
            let request = read(&mut stream, reads).await;
            if request.is_empty() {
                return;
            }
            log.lock().unwrap().push(request);
        }
        let (Then::Closes(text) | Then::IsSilent(text)) = then;
        tokio::time::sleep(pause).await;
        let _ = stream.write_all(text.as_bytes()).await;
        match then {
            Then::IsSilent(_) => tokio::time::sleep(Duration::from_secs(60)).await,
            Then::Closes(_) if number == last => return,
            Then::Closes(_) => {}
        }
    }
}

async fn read(stream: &mut TcpStream, reads: Reads) -> String {
    let (mut text, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let whole = String::from_utf8_lossy(&text).into_owned();
        if let Some((head, body)) = whole.split_once("\r\n\r\n") {
            let length = head
                .to_ascii_lowercase()
                .split_once("content-length: ")
                .map_or(0, |(_, rest)| rest.split("\r\n").next().unwrap().parse().unwrap());
            if reads == Reads::Head || body.len() >= length {
                return whole;
            }
        }
        match stream.read(&mut piece).await {
            Ok(count) if count > 0 => text.extend_from_slice(&piece[..count]),
            _ => return whole,
        }
    }
}
