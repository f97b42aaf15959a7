//! A sign-in on the command line, begun and waited for: what `epistle account add … --no-browser --json` says, line by line.

use crate::cli::{Home, Ran};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
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

    /// The same by a command with an environment of its own.
    #[must_use]
    pub fn run(mut command: Command, args: &[&str]) -> Self {
        command.args(["account", "add"]).args(args).args(["--no-browser", "--json"]);
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
