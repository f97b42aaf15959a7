//! A mail server that anybody may start, smtp-server, in the clear on 127.0.0.1; what it does wrong when told is in the head of
//! `peers/smtp.mjs`. How TLS and STARTTLS fare is tried where the client is: in `src-tauri/wire/tests/smtp`.

use crate::identity::Peer;
use base64::Engine as _;
use serde_json::{Value, json};
use std::sync::Mutex;

/// The server.
pub struct Post {
    /// Its port.
    pub port: u16,
    /// The password it takes, from anybody.
    pub password: String,
    peer: Mutex<Peer>,
}

/// What came to it since it was last told something.
#[derive(Debug)]
pub struct Seen {
    /// How many connections.
    pub connections: u64,
    /// Each sign-in: `method`, `username`, and the token of an XOAUTH2 one.
    pub logins: Vec<Value>,
    /// Each message it took: `from`, `to`, `user`, and its bytes.
    pub messages: Vec<Value>,
}

impl Post {
    /// Starts it, with what else `smtp.mjs` takes.
    #[must_use]
    pub fn start(more: &Value) -> Self {
        let mut wanted = more.clone();
        wanted["security"] = json!("none");
        let (peer, at) = Peer::start("smtp.mjs", &wanted.to_string());
        let port = at["port"].as_u64().and_then(|port| u16::try_from(port).ok()).expect("its port");
        Self { port, password: at["password"].as_str().expect("its password").to_owned(), peer: Mutex::new(peer) }
    }

    /// What it does wrong from now on; `{}`: nothing.
    pub fn will(&self, faults: &Value) -> Seen {
        let seen = self.peer.lock().expect("the peer").order(faults);
        let list = |name: &str| seen[name].as_array().cloned().unwrap_or_default();
        Seen {
            connections: seen["connections"].as_u64().unwrap_or(0),
            logins: list("logins"),
            messages: list("messages"),
        }
    }

    /// What came meanwhile, and it goes on as before.
    #[must_use]
    pub fn seen(&self) -> Seen {
        self.will(&json!({ "only_count": true }))
    }
}

/// The bytes of a message as the server has them.
#[must_use]
pub fn bytes(message: &Value) -> Vec<u8> {
    let raw = message["raw"].as_str().expect("its bytes");
    base64::engine::general_purpose::STANDARD.decode(raw).expect("base64")
}
