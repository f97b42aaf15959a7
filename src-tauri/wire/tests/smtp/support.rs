//! What the tests share: the mail server with its certificate, and letters. It knows no single test.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use epistle_wire::oauth::Token;
use epistle_wire::smtp::{Letter, Login, Patience, Security, Server};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

pub const ADA: &str = "ada@example.com";
pub const DANA: &str = "dana@example.org";
pub const LETTER: &[u8] = b"From: ada@example.com\r\nTo: dana@example.org\r\nSubject: Plan\r\n\r\nHi Dana,\r\n.a line with a dot\r\n..\r\nAda\r\n";

/// smtp-server, and what it takes to believe it.
pub struct Post {
    pub port: u16,
    pub password: String,
    pub root: Vec<u8>,
    pub security: Security,
    process: Child,
    line: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
}

/// A certificate for a name, and the root that vouches for it.
fn certificate(name: &str) -> (Value, Vec<u8>) {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &root).unwrap();
    (json!({ "key": key.serialize_pem(), "cert": leaf.pem() }), root.der().to_vec())
}

impl Post {
    pub fn start(security: Security) -> Self {
        Self::with(security, "localhost", &json!({}))
    }

    /// One whose certificate is for this name, and what else `smtp.mjs` takes.
    pub fn with(security: Security, name: &str, more: &Value) -> Self {
        let (mut wanted, root) = certificate(name);
        wanted["security"] = match security {
            Security::Tls => "tls".into(),
            Security::StartTls => "starttls".into(),
            Security::None => "none".into(),
        };
        for (name, value) in more.as_object().unwrap() {
            wanted[name] = value.clone();
        }
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/peers");
        assert!(folder.join("node_modules/smtp-server").is_dir(), "not installed: run `cargo xtask test peers`");
        let mut node = Command::new("node");
        node.args(["smtp.mjs", &wanted.to_string()]).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = node.spawn().expect("node starts");
        let mut line = (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
        let at = read(&mut line.1);
        let port = u16::try_from(at["port"].as_u64().unwrap()).unwrap();
        let password = at["password"].as_str().unwrap().to_owned();
        Self { port, password, root, security, process, line: Mutex::new(line) }
    }

    /// What it does wrong from now on; gives what came since it was last told something.
    pub fn will(&self, faults: &Value) -> Value {
        let mut line = self.line.lock().unwrap();
        writeln!(line.0, "{faults}").unwrap();
        read(&mut line.1)
    }

    pub fn seen(&self) -> Value {
        self.will(&json!({ "only_count": true }))
    }

    /// The client of it.
    pub fn server(&self) -> Server {
        let host = if self.security == Security::None { "127.0.0.1" } else { "localhost" };
        Server::new(host, self.port, self.security).trusting(self.root.clone()).waiting(hasty())
    }

    pub fn login(&self) -> Login {
        Login::Password { user: ADA.into(), password: Token::new(self.password.as_str()) }
    }
}

fn read(from: &mut BufReader<ChildStdout>) -> Value {
    let mut line = String::new();
    from.read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap_or_else(|e| panic!("the peer said “{line}”: {e}"))
}

impl Drop for Post {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub fn bearer(token: &str) -> Login {
    Login::Bearer { user: ADA.into(), token: Token::new(token) }
}

/// Enough for anything on this machine, and no more than a test can wait where the other side falls silent.
pub fn hasty() -> Patience {
    let second = Duration::from_secs(1);
    Patience { connect: 5 * second, reply: 5 * second, piece: 2 * second, body: 20 * second, answer: 2 * second }
}

pub fn letter(raw: &[u8]) -> Letter<'_> {
    Letter { from: ADA, to: &[DANA, "jo@example.net"], raw }
}

/// The bytes of a message as the server has them.
pub fn bytes(message: &Value) -> Vec<u8> {
    STANDARD.decode(message["raw"].as_str().unwrap()).unwrap()
}
