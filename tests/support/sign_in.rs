//! A sign-in on the command line, begun and waited for: what `epistle account add … --no-browser --json` says, line by line.

use crate::cli::{Home, Ran};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long the command may take to say its next line, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A sign-in that waits.
pub struct SignIn {
    child: Child,
    lines: Receiver<Value>,
    heard: Vec<Value>,
}

impl SignIn {
    /// `epistle account add PROVIDER …` in a data folder.
    #[must_use]
    pub fn begin(home: &Home, args: &[&str]) -> Self {
        Self::run(home.command("epistle-cli"), args)
    }

    /// `epistle account add PROVIDER --device` in a data folder.
    #[must_use]
    pub fn begin_device(home: &Home, provider: &str) -> Self {
        let mut command = home.command("epistle-cli");
        command.args(["account", "add", provider, "--device", "--json"]);
        Self::started(command)
    }

    /// The same as the first by a command with an environment of its own.
    #[must_use]
    pub fn run(mut command: Command, args: &[&str]) -> Self {
        command.args(["account", "add"]).args(args).args(["--no-browser", "--json"]);
        Self::started(command)
    }

    fn started(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("epistle starts");
        let out = BufReader::new(child.stdout.take().expect("its output"));
        let (say, lines) = channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let _ = say.send(serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}")));
            }
        });
        Self { child, lines, heard: Vec::new() }
    }

    /// The next event of this kind; those before it are passed over.
    pub fn event(&mut self, kind: &str) -> Value {
        loop {
            let Ok(line) = self.lines.recv_timeout(PATIENCE) else {
                let ran = self.stopped();
                panic!("no “{kind}” came: {ran:?}");
            };
            self.heard.push(line.clone());
            if line["event"] == kind {
                return line;
            }
        }
    }

    /// The address to open.
    pub fn address(&mut self) -> String {
        self.event("address")["address"].as_str().expect("an address").to_owned()
    }

    /// The account, once somebody has signed in.
    pub fn account(mut self) -> Value {
        let account = self.event("account")["account"].clone();
        let _ = self.end().done();
        account
    }

    /// Whoever the provider takes the browser for signs in, where it asks nothing. Gives the account.
    pub fn by_itself(mut self) -> Value {
        let answer = visit(&self.address()).expect("the provider answers").location.expect("it sends back");
        let page = visit(&answer).expect("the app listens");
        assert_eq!(page.status, 200, "{page:?}");
        self.account()
    }

    /// How it ended, when it ends by itself.
    #[must_use]
    pub fn end(mut self) -> Ran {
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            self.heard.push(line);
        }
        self.ran()
    }

    /// Ctrl-C.
    pub fn interrupt(&self) {
        self.signal("-INT");
    }

    /// kill -9.
    pub fn kill(&self) {
        self.signal("-KILL");
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(status.expect("kill").success());
    }

    fn stopped(&mut self) -> Ran {
        let _ = self.child.kill();
        self.ran()
    }

    fn ran(&mut self) -> Ran {
        let status = self.child.wait().expect("it ends").code().unwrap_or(-1);
        let mut stderr = String::new();
        let _ = self.child.stderr.take().map(|mut pipe| pipe.read_to_string(&mut stderr));
        let stdout = self.heard.iter().map(|line| format!("{line}\n")).collect();
        Ran { status, stdout, stderr }
    }
}

impl Drop for SignIn {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a page answered.
#[derive(Debug)]
pub struct Visit {
    /// The HTTP status.
    pub status: u16,
    /// All its header lines, in lower case.
    pub headers: String,
    /// Where it sends to.
    pub location: Option<String>,
    /// The page.
    pub body: String,
}

/// Asks for a page of this machine as nobody in particular: no cookies, no following of redirects. A hand-made request, for attacks.
///
/// # Errors
/// When nobody answers.
pub fn visit(address: &str) -> std::io::Result<Visit> {
    let url: url::Url = address.parse().map_err(std::io::Error::other)?;
    let host = format!("127.0.0.1:{}", url.port().unwrap_or(80));
    let path = address.splitn(4, '/').nth(3).unwrap_or_default();
    request(&host, &format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"))
}

/// Sends these bytes to a port of this machine.
///
/// # Errors
/// When nobody answers.
pub fn request(host: &str, bytes: &str) -> std::io::Result<Visit> {
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(bytes.as_bytes())?;
    let mut text = Vec::new();
    stream.read_to_end(&mut text)?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let location = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("location").then(|| value.trim().to_owned())
    });
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Ok(Visit { status, headers: head.to_lowercase(), location, body: body.to_owned() })
}

/// A parameter of an address.
#[must_use]
pub fn parameter(address: &str, name: &str) -> Option<String> {
    let url: url::Url = address.parse().expect("an address");
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// An address with a parameter's value changed, or the parameter added.
#[must_use]
pub fn with_parameter(address: &str, name: &str, value: &str) -> String {
    let mut url: url::Url = address.parse().expect("an address");
    let mut pairs: Vec<(String, String)> = url.query_pairs().into_owned().filter(|(key, _)| key != name).collect();
    pairs.push((name.to_owned(), value.to_owned()));
    url.query_pairs_mut().clear().extend_pairs(pairs);
    url.into()
}
