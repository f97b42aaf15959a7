//! `cargo xtask run`: from a fresh clone to Epistle's window; on a machine without a display, to a draft in the terminal.

use crate::house::{Error, House, Result, must, must_with, output, say};
use crate::{machine, runtime, test::npm_ci};
use serde_json::Value;
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::process::Command;

/// Whose mail the sample mailbox is.
const SAMPLE_OWNER: &str = "mara@example.com";

/// Builds Epistle and opens it.
pub fn run(house: &House) -> Result<()> {
    say("── what the machine needs");
    machine::to_run(house)?;
    say("── the window's page");
    npm_ci(house, "ui")?;
    must(&mut house.npm("ui", ["run", "build"]))?;
    say("── Epistle (some minutes the first time)");
    must(&mut house.cargo([
        "build",
        "--release",
        "--features",
        "custom-protocol",
        "--package",
        "epistle",
        "--bin",
        "epistle",
    ]))?;
    runtime::lay_beside(house, "target/release")?;
    let app = house.at("target/release").join(if cfg!(windows) { "epistle.exe" } else { "epistle" });
    if has_display() {
        say("── Epistle is open; close its window, and quit it in the tray, to come back here");
        return must_with(&mut Command::new(app));
    }
    say("── this machine has no display, so the same job is done here in the terminal");
    Terminal::new(house, app).write_an_answer()
}

fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// Epistle as a command, in the person's own data folder if they named one, else in one for show.
struct Terminal<'a> {
    house: &'a House,
    app: PathBuf,
    env: Vec<(&'static str, String)>,
}

impl<'a> Terminal<'a> {
    fn new(house: &'a House, app: PathBuf) -> Self {
        let mut env = Vec::new();
        if std::env::var_os("EPISTLE_HOME").is_none() {
            let home = house.at("target/demo").join(word());
            say(&format!(
                "  (the data folder is {}, under a passphrase made up for it; set EPISTLE_HOME and EPISTLE_PASSPHRASE for one to keep)",
                home.display()
            ));
            env.extend([
                ("EPISTLE_HOME", home.display().to_string()),
                ("EPISTLE_PASSPHRASE", word() + &word()),
                ("EPISTLE_NO_KEYRING", "1".into()),
            ]);
        }
        Self { house, app, env }
    }

    /// Takes the sample mailbox in as its owner, finds a letter in it, and answers it with no model.
    fn write_an_answer(&self) -> Result<()> {
        self.shown(&if self.is_for_show() {
            vec!["import", "--sample", "--me", SAMPLE_OWNER]
        } else {
            vec!["import", "--sample"]
        })?;
        let search = ["search", "exhibition lost ferries", "--limit", "1"];
        self.shown(&search)?;
        let found = self.read(&[&search[..], &["--json"]].concat())?;
        let message = found
            .first()
            .and_then(|hit| hit["message_id"].as_str())
            .ok_or_else(|| Error::Found("the sample mailbox's letter was not found".into()))?;
        let intent = "Thank her, I would be glad to draw it. Ask who holds the old photographs";
        self.shown(&["write", "--reply-to", message, "--intent", intent, "--model", "offline"])?;
        self.shown(&["drafts"])
    }

    /// Whether the data folder is one made for this, and nobody's own.
    fn is_for_show(&self) -> bool {
        !self.env.is_empty()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = self.house.command(&self.app.display().to_string());
        command.args(args).envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    fn shown(&self, args: &[&str]) -> Result<()> {
        let words: Vec<_> =
            args.iter().map(|arg| if arg.contains(' ') { format!("\"{arg}\"") } else { (*arg).to_owned() }).collect();
        say(&format!("\n$ epistle {}", words.join(" ")));
        must_with(&mut self.command(args))
    }

    fn read(&self, args: &[&str]) -> Result<Vec<Value>> {
        let lines = output(&mut self.command(args))
            .ok_or_else(|| Error::Found(format!("epistle {} failed", args.join(" "))))?;
        Ok(lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
    }
}

/// Sixteen letters nobody knows: the standard library's hash keys are random for each process.
fn word() -> String {
    format!("{:016x}", RandomState::new().hash_one(std::process::id()))
}
