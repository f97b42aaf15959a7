//! The command-line program in a data folder of a test's own, under a passphrase: what it printed and how it ended.

use epistle_engine::secrets::Secret;
use epistle_engine::{Engine, Open};
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The passphrase of every data folder made here.
pub const PASSPHRASE: &str = "correct horse battery staple";

/// A program of this workspace, as `cargo build --workspace --bins` left it beside the tests.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    let tests = std::env::current_exe().expect("a test knows where it is");
    let built = tests.ancestors().nth(2).expect("target/debug").join(name);
    assert!(built.is_file(), "{} is not built: run `cargo build --workspace --bins`", built.display());
    built
}

/// A data folder.
pub struct Home {
    dir: TempDir,
    env: Vec<(&'static str, String)>,
}

impl Default for Home {
    fn default() -> Self {
        Self { dir: tempfile::tempdir().expect("a folder for data"), env: Vec::new() }
    }
}

/// What of a developer's own environment would change what a test sees.
pub(crate) const THEIRS: &[&str] = &[
    "GEMINI_API_KEY",
    "EPISTLE_LOG",
    "EPISTLE_ACCOUNT",
    "DISABLE_OAUTH",
    "DISABLE_GMAIL",
    "GOOGLE_CLIENT_ID",
    "GOOGLE_CLIENT_SECRET",
    "MICROSOFT_CLIENT_ID",
    "MICROSOFT_CLIENT_SECRET",
    "GITHUB_CLIENT_ID",
    "GITHUB_CLIENT_SECRET",
];

/// How a command went.
#[derive(Debug)]
pub struct Ran {
    /// The exit status.
    pub status: i32,
    /// What it printed.
    pub stdout: String,
    /// What it said.
    pub stderr: String,
}

impl Home {
    /// Whoever works in this folder from now on has this in their environment.
    pub fn set(&mut self, name: &'static str, value: &str) {
        self.env.push((name, value.to_owned()));
    }

    /// Where it is, or will be: Epistle makes it, with the permissions it wants.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// A folder beside it for the test's own files.
    #[must_use]
    pub fn scratch(&self) -> &Path {
        self.dir.path()
    }

    /// A program that works in this folder and knows no key and no keyring.
    pub fn command(&self, name: &str) -> Command {
        let mut command = Command::new(program(name));
        command.env("EPISTLE_HOME", self.path()).env("EPISTLE_PASSPHRASE", PASSPHRASE).env("EPISTLE_NO_KEYRING", "1");
        for name in THEIRS {
            command.env_remove(name);
        }
        command.envs(self.env.iter().map(|(name, value)| (name, value))).stdin(Stdio::null());
        command
    }

    /// The engine at this account's desk, as the window has it. The programs wait until it is let go of.
    #[must_use]
    pub fn engine(&self, account: &str) -> Engine {
        let passphrase = Some(Secret::new(PASSPHRASE.into()));
        let engine = Engine::open(&Open { home: self.path(), passphrase, ..Open::default() }).expect("the store opens");
        let account = engine.find_account(account).expect("the account");
        engine.in_account(account).expect("its desk")
    }

    /// `epistle ARGS…`, run to its end.
    pub fn epistle<I: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = I>) -> Ran {
        ran(self.command("epistle-cli").args(args))
    }

    /// The same with something on standard input.
    pub fn epistle_reading(&self, args: &[&str], input: &str) -> Ran {
        let mut command = self.command("epistle-cli");
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("epistle starts");
        child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
        ended(child.wait_with_output().expect("it ends"))
    }
}

impl Ran {
    /// It did what was asked.
    #[must_use]
    pub fn done(self) -> Self {
        assert_eq!(self.status, 0, "{}", self.stderr);
        self
    }

    /// Its last line, as JSON.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        self.lines().pop().expect("a line of JSON")
    }

    /// Its lines, each as JSON.
    #[must_use]
    pub fn lines(&self) -> Vec<serde_json::Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
    }
}

/// Runs a command to its end.
pub fn ran(command: &mut Command) -> Ran {
    ended(command.output().expect("it starts"))
}

fn ended(output: std::process::Output) -> Ran {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { status: output.status.code().unwrap_or(-1), stdout: text(&output.stdout), stderr: text(&output.stderr) }
}
