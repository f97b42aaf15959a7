//! Other people's servers, started for one test and stopped with it: aimock speaks Gemini and the OpenAI-style API from fixtures.

use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// aimock, on a port of its own.
pub struct Aimock {
    /// Its base address.
    pub base: String,
    server: Child,
    _fixtures: TempDir,
}

/// What aimock says to a request whose last user message holds a phrase.
pub struct Says<'a> {
    /// The phrase; empty: whatever was asked.
    pub to: &'a str,
    /// The whole text.
    pub text: &'a str,
    /// How it ends, in the OpenAI API's words (`stop`, `length`, `content_filter`), or a word of Gemini's own.
    pub finish: &'a str,
    /// Milliseconds before each piece of 20 characters.
    pub pause_ms: u64,
}

impl<'a> Says<'a> {
    /// This text to everybody, at once, to its end.
    #[must_use]
    pub fn always(text: &'a str) -> Self {
        Self { to: "", text, finish: "stop", pause_ms: 0 }
    }

    fn fixture(&self) -> Value {
        let matching =
            if self.to.is_empty() { json!({ "endpoint": "chat" }) } else { json!({ "userMessage": self.to }) };
        json!({
            "match": matching,
            "response": { "content": self.text, "finishReason": self.finish },
            "latency": self.pause_ms,
            "chunkSize": 20,
        })
    }
}

impl Aimock {
    /// Starts it and waits until it answers.
    #[must_use]
    pub fn start(says: &[Says<'_>]) -> Self {
        let fixtures = tempfile::tempdir().expect("a folder for fixtures");
        let file = fixtures.path().join("fixtures.json");
        let all: Vec<_> = says.iter().map(Says::fixture).collect();
        std::fs::write(&file, json!({ "fixtures": all }).to_string()).expect("the fixtures are written");
        let port = free_port();
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/node_modules/@copilotkit/aimock/dist/cli.js");
        assert!(program.is_file(), "aimock is not installed: run `cargo xtask test peers`");
        let server = Command::new("node")
            .arg(program)
            .args(["--host", "127.0.0.1", "--port", &port.to_string(), "--strict", "--validate-on-load"])
            .args(["--log-level", "warn", "--fixtures"])
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("node starts");
        let started = Self { base: format!("http://127.0.0.1:{port}"), server, _fixtures: fixtures };
        started.wait(port);
        started
    }

    fn wait(&self, port: u16) {
        let began = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < Duration::from_secs(20), "aimock does not answer");
            std::thread::sleep(Duration::from_millis(30));
        }
    }
}

impl Drop for Aimock {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// A port nobody listens on now.
#[must_use]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.local_addr().expect("its number").port()
}
