//! A model's service that speaks Gemini's stream, slowly, on loopback: for tests and measurements that care when bytes move, not what
//! the service can do wrong. It notes when each request's first byte came in and keeps nothing else.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde_json::json;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The service.
pub struct Talker {
    /// Its base address.
    pub base: String,
    asked: Arc<Mutex<Vec<(Instant, Bytes)>>>,
    _runtime: tokio::runtime::Runtime,
}

impl Talker {
    /// Says these words, one piece at a time with this pause before each, to everybody who asks.
    #[must_use]
    pub fn says(pieces: &[&str], pause: Duration) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (pieces, notes) = (pieces.iter().map(|piece| (*piece).to_owned()).collect::<Vec<_>>(), asked.clone());
        let answer = move |body: Bytes| {
            notes.lock().expect("the notes").push((Instant::now(), body));
            let pieces = pieces.clone();
            async move { stream(pieces, pause) }
        };
        let listener = runtime.block_on(tokio::net::TcpListener::bind(("127.0.0.1", 0))).expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let app = Router::new().fallback(any(answer));
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self { base, asked, _runtime: runtime }
    }

    /// When each request had come in whole, and its body.
    #[must_use]
    pub fn asked(&self) -> Vec<(Instant, Bytes)> {
        self.asked.lock().expect("the notes").clone()
    }
}

fn stream(pieces: Vec<String>, pause: Duration) -> Response {
    let last = pieces.len().saturating_sub(1);
    let events = futures_util::stream::unfold((0, pieces), move |(at, pieces)| async move {
        let text = pieces.get(at)?;
        tokio::time::sleep(pause).await;
        let event = event(text, at == last);
        Some((Ok::<_, Infallible>(event), (at + 1, pieces)))
    });
    (StatusCode::OK, [(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(events)).into_response()
}

fn event(text: &str, last: bool) -> String {
    let mut candidate = json!({ "content": { "role": "model", "parts": [{ "text": text }] }, "index": 0 });
    if last {
        candidate["finishReason"] = json!("STOP");
    }
    let usage = json!({ "promptTokenCount": 100, "candidatesTokenCount": 20, "totalTokenCount": 120 });
    format!("data: {}\r\n\r\n", json!({ "candidates": [candidate], "usageMetadata": usage, "modelVersion": "talker" }))
}
