//! `cargo xtask run | test | bench | pack | look | picture`: every script of the project, in Rust. It starts other programs and tells how they went;
//! it never does the app's own work.

mod bench;
mod house;
mod look;
mod machine;
mod run;
mod runtime;
mod test;

use clap::{Parser, Subcommand};
use house::{House, Result, say};
use std::process::ExitCode;

/// The scripts of Epistle.
#[derive(Parser)]
#[command(name = "cargo xtask", version)]
struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Installs what the machine lacks, builds Epistle and opens it.
    Run,
    /// Installs what the tests need and runs every test there is.
    Test {
        /// Run only these steps (see the names it prints).
        only: Vec<String>,
    },
    /// Builds the packages people install, in `target/release/bundle`.
    Pack {
        /// Passed on to Tauri's bundler, as in `--bundles deb`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Takes pictures of every screen, in two sizes, light and dark, to be looked at.
    Look {
        /// Where the pictures go.
        folder: std::path::PathBuf,
        /// Only these sizes or scenes, as in `1280-light` or `accounts`.
        only: Vec<String>,
    },
    /// Takes the README's picture anew.
    Picture,
    /// Measures Epistle beside things everybody has.
    Bench {
        /// Only this part: `mail`, `lists`, `search`, `memory`, `text` or `window`; `switch` shows where the index of meaning turns to graphs.
        only: Option<String>,
    },
}

fn main() -> ExitCode {
    match start(Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("\n✗ {error}"));
            ExitCode::FAILURE
        }
    }
}

fn start(args: Args) -> Result<()> {
    let house = House::find()?;
    match args.task {
        Task::Run => run::run(&house),
        Task::Test { only } => test::test(&house, &only),
        Task::Pack { arguments } => runtime::pack(&house, &arguments),
        Task::Look { folder, only } => look::look(&house, &folder, &only),
        Task::Picture => look::picture(&house),
        Task::Bench { only } => bench::bench(&house, only.as_deref()),
    }
}
