//! The command-line program: Epistle without a window. All it does is in the library, so that the desktop program answers the same commands.

fn main() -> std::process::ExitCode {
    epistle_cli::run(std::env::args_os())
}
