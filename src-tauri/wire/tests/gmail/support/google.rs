//! A Gmail on 127.0.0.1 that gives the answers it was told, in order, and keeps every request.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use serde_json::{Value, json};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use url::form_urlencoded;

/// An answer as a test scripts it.
pub struct Scripted {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Scripted {
    pub fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type", "application/json; charset=UTF-8".to_owned())];
        Self { status, headers, body: body.to_string().into_bytes() }
    }

    /// Gmail's own form of an error.
    pub fn refusal(status: u16, reason: &str) -> Self {
        let of = json!({"domain": "global", "reason": reason, "message": "words about ada@example.com"});
        Self::json(status, &json!({"error": {"code": status, "message": "words", "errors": [of]}}))
    }

    pub fn html(status: u16) -> Self {
        let headers = vec![("content-type", "text/html".to_owned())];
        Self { status, headers, body: b"<!DOCTYPE html><title>Error</title>".to_vec() }
    }

    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Asked {
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The values of a query's name.
    pub fn values(&self, name: &str) -> Vec<&str> {
        self.query.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

#[derive(Default)]
struct World {
    answers: VecDeque<Scripted>,
    asked: Vec<Asked>,
}

pub struct Google {
    pub address: String,
    world: Arc<Mutex<World>>,
}

impl Google {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let world = Arc::new(Mutex::new(World::default()));
        let app = Router::new().fallback(serve).with_state(Arc::clone(&world));
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, world }
    }

    pub fn answer(&self, answer: Scripted) {
        self.world.lock().unwrap().answers.push_back(answer);
    }

    pub fn says(&self, body: &Value) {
        self.answer(Scripted::json(200, body));
    }

    /// All requests so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.world.lock().unwrap().asked.clone()
    }

    /// The last one.
    pub fn last(&self) -> Asked {
        self.asked().pop().unwrap()
    }
}

async fn serve(State(world): State<Arc<Mutex<World>>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, 1 << 27).await.unwrap();
    let headers = head.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let asked = Asked {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes()).into_owned().collect(),
        headers: headers.collect(),
        body: body.to_vec(),
    };
    let answer = {
        let mut world = world.lock().unwrap();
        world.asked.push(asked);
        world.answers.pop_front()
    };
    let answer = answer.unwrap_or_else(|| Scripted::refusal(501, "notScripted"));
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    response.body(answer.body.into()).unwrap()
}
