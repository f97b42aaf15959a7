//! The one binary: with a subcommand it is the command line, without one it opens the window. It decides that and nothing else.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    match std::env::args_os().nth(1) {
        Some(first) if epistle_cli::is_command(&first) => epistle_cli::run(std::env::args_os()),
        _ => epistle::run(),
    }
}
