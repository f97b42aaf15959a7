//! A server on 127.0.0.1 that anybody may ask: it writes down what was asked for, and gives a picture to whoever asks for one by an address of
//! its own, the pages that were put there, and nothing else.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE};
use axum::response::IntoResponse;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// A GIF of one pixel.
const PICTURE: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// The listener.
pub struct Listener {
    at: SocketAddr,
    kept: Arc<Kept>,
}

#[derive(Default)]
struct Kept {
    asked: Mutex<Vec<String>>,
    pages: Mutex<HashMap<String, String>>,
}

impl Listener {
    /// Begins to listen.
    pub async fn start() -> Self {
        let kept = Arc::new(Kept::default());
        let app = Router::new().fallback(answer).with_state(kept.clone());
        let socket = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let at = socket.local_addr().expect("its address");
        tokio::spawn(async move { axum::serve(socket, app).await });
        Self { at, kept }
    }

    /// Its host and port.
    #[must_use]
    pub fn host(&self) -> String {
        self.at.to_string()
    }

    /// The address of something there; a picture where its name has a hyphen.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        format!("http://{}/{path}", self.at)
    }

    /// Puts a page there, and says where.
    pub fn put(&self, path: &str, html: String) -> String {
        self.kept.pages.lock().unwrap_or_else(PoisonError::into_inner).insert(format!("/{path}"), html);
        self.address(path)
    }

    /// What was asked for since it was last asked about, as method and path.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.kept.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn answer(State(kept): State<Arc<Kept>>, request: Request) -> impl IntoResponse {
    let path = request.uri().path().to_owned();
    if let Some(page) = kept.pages.lock().unwrap_or_else(PoisonError::into_inner).get(&path) {
        return ([(CONTENT_TYPE, "text/html; charset=utf-8")], page.clone()).into_response();
    }
    let sent: Vec<&str> = ["cookie", "referer", "authorization"]
        .into_iter()
        .filter(|name| request.headers().contains_key(*name))
        .collect();
    let line = [request.method().as_str(), &path, &sent.join(",")].join(" ");
    kept.asked.lock().unwrap_or_else(PoisonError::into_inner).push(line.trim().to_owned());
    if !path.contains('-') {
        return StatusCode::NOT_FOUND.into_response();
    }
    ([(CONTENT_TYPE, "image/gif"), (ACCESS_CONTROL_ALLOW_ORIGIN, "*")], PICTURE).into_response()
}
