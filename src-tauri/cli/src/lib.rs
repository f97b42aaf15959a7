//! The command-line door: parse, call the engine, print. It knows terminals and exit statuses and never what a letter is.

mod account;
mod args;
mod browser;
mod client;
mod doctor;
mod fail;
mod import;
mod labels;
mod lists;
mod memory;
mod open;
mod out;
mod people;
mod sending;
mod settings;
mod sign_in;
mod smtp;
mod sync;
mod who;
mod write;

use args::{Args, Command};
use clap::{CommandFactory, Parser};
use fail::Failure;
use open::Door;
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
    match dispatch(args.command, &Door::new(args.account), &mut out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(&mut out),
    }
}

/// Whether the desktop program was started as a command: its first argument names one.
#[must_use]
pub fn is_command(first: &OsStr) -> bool {
    let Some(first) = first.to_str() else { return false };
    let flags = ["--help", "-h", "--version", "-V", "help", "--account"];
    flags.contains(&first.split('=').next().unwrap_or(first))
        || Args::command().get_subcommands().any(|command| command.get_name() == first)
}

fn dispatch(command: Command, door: &Door, out: &mut Out) -> Result<(), Failure> {
    match command {
        Command::Write(args) => write::write(*args, door, out),
        Command::Import(args) => import::import(args, door, out),
        Command::Sync(args) => sync::sync(&args, door, out),
        Command::Search(args) => lists::search(&args, door, out),
        Command::Drafts { json } => lists::drafts(json, door, out),
        Command::Draft(args) => sending::draft(args.action, door, out),
        Command::Send(args) => sending::send(&args, door, out),
        Command::Outbox(args) => sending::outbox(args, door, out),
        Command::Templates { json } => lists::templates(json, door, out),
        Command::Threads(args) => labels::threads(&args, door, out),
        Command::Labels { json } => labels::labels(json, door, out),
        Command::Label(args) => labels::relabel(&args, door, out),
        Command::Move(asked) => labels::moved(asked, door, out),
        Command::Show(args) => lists::show(&args, door, out),
        Command::Attachment(args) => sync::attachment(&args, door, out),
        Command::Key(args) => settings::key(&args, door, out),
        Command::Settings(args) => settings::settings(args, door, out),
        Command::Account(args) => account::account(args, door, out),
        Command::Memory(args) => memory::memory(&args, door, out),
        Command::Doctor { json } => doctor::doctor(json, door, out),
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
        for (word, command) in [
            ("write", true),
            ("--help", true),
            ("--account=ada", true),
            ("mailto:a@example.com", false),
            ("mail.mbox", false),
            ("", false),
        ] {
            assert_eq!(is_command(OsStr::new(word)), command, "{word}");
        }
    }
}
