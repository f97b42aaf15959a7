//! The command-line door: parse, call the engine, print. It knows terminals and exit statuses and never what a letter is.

mod args;
mod doctor;
mod fail;
mod import;
mod lists;
mod open;
mod out;
mod people;
mod settings;
mod write;

use args::{Args, Command};
use clap::{CommandFactory, Parser};
use fail::Failure;
use out::Out;
use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

/// Runs one command line, the program's name first, and tells how it went as an exit status: 0 done, 1 error, 2 usage,
/// 3 the data folder is in use or locked, 130 stopped by Ctrl-C.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        Err(refusal) => {
            let _ = refusal.print();
            return ExitCode::from(u8::try_from(refusal.exit_code()).unwrap_or(2));
        }
    };
    log();
    let mut out = Out::new();
    match dispatch(args.command, &mut out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(&mut out),
    }
}

/// Whether the desktop program was started as a command: its first argument names one.
#[must_use]
pub fn is_command(first: &OsStr) -> bool {
    let Some(first) = first.to_str() else { return false };
    let flags = ["--help", "-h", "--version", "-V", "help"];
    flags.contains(&first) || Args::command().get_subcommands().any(|command| command.get_name() == first)
}

fn dispatch(command: Command, out: &mut Out) -> Result<(), Failure> {
    match command {
        Command::Write(args) => write::write(*args, out),
        Command::Import(args) => import::import(args, out),
        Command::Search(args) => lists::search(&args, out),
        Command::Drafts { json } => lists::drafts(json, out),
        Command::Templates { json } => lists::templates(json, out),
        Command::Threads(args) => lists::threads(&args, out),
        Command::Show(args) => lists::show(&args, out),
        Command::Key(args) => settings::key(&args, out),
        Command::Settings(args) => settings::settings(args, out),
        Command::Doctor { json } => doctor::doctor(json, out),
    }
}

/// Logs go to stderr, and only when `EPISTLE_LOG` asks for them.
fn log() {
    if let Ok(filter) = tracing_subscriber::EnvFilter::try_from_env("EPISTLE_LOG") {
        let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_mailto_link_or_a_file_is_no_command() {
        for (word, command) in
            [("write", true), ("--help", true), ("mailto:a@example.com", false), ("mail.mbox", false), ("", false)]
        {
            assert_eq!(is_command(OsStr::new(word)), command, "{word}");
        }
    }
}
