//! Where things lie in the repository, and how a program is started from here. Knows nothing of what the programs do.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The scripts' result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can stop a script.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A program said no.
    #[error("`{command}` failed ({status})")]
    Failed {
        /// The command line.
        command: String,
        /// Its exit status.
        status: std::process::ExitStatus,
    },
    /// A program is not there.
    #[error("`{command}` cannot be started: {source}")]
    NotStarted {
        /// The command line.
        command: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The machine lacks something that is not installed by itself.
    #[error("{0}")]
    Missing(String),
    /// A step found what it looks for: something is not as it must be.
    #[error("{0}")]
    Found(String),
}

/// The repository.
pub struct House {
    /// Its top folder.
    pub root: PathBuf,
}

impl House {
    /// Finds the repository this was built in.
    pub fn find() -> Result<Self> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = here.ancestors().nth(2).unwrap_or(here).to_path_buf();
        Ok(Self { root })
    }

    /// A path inside it.
    pub fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// A command that runs at the top folder.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// This toolchain's cargo.
    pub fn cargo<I: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = I>) -> Command {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
        let mut command = self.command(&cargo);
        command.args(args);
        command
    }

    /// npm in one of the folders with a package.json. On Windows npm is a script, which only its full name starts.
    pub fn npm<'a>(&self, folder: &str, args: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = self.command(if cfg!(windows) { "npm.cmd" } else { "npm" });
        command.current_dir(self.at(folder)).args(args);
        command
    }
}

/// Runs a command with no keyboard; its output goes where ours goes.
pub fn must(command: &mut Command) -> Result<()> {
    must_with(command.stdin(Stdio::null()))
}

/// Runs a command that may ask the person something (a password for sudo).
pub fn must_with(command: &mut Command) -> Result<()> {
    let text = shown(command);
    let status = command.status().map_err(|source| Error::NotStarted { command: text.clone(), source })?;
    if status.success() { Ok(()) } else { Err(Error::Failed { command: text, status }) }
}

/// Runs a command and gives what it printed; `None` when it fails or is not there.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A line for the person who watches. A closed terminal is no reason to stop.
pub fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
