//! A start that met an Epistle just as it ended: asked for its window, the other one left the bus without a word (a crash, a quick
//! restart). It is gone by now, so this start begins once more in its own place. Never a second time.

use std::process::ExitCode;

/// Set for the start that is the second one.
const BEGAN: &str = "EPISTLE_BEGAN_AGAIN";

/// Whether this start was not begun again already.
pub fn may_begin() -> bool {
    cfg!(target_os = "linux") && std::env::var_os(BEGAN).is_none()
}

/// Becomes a fresh start of the same program with the same arguments; returns only where that cannot be done.
#[cfg(target_os = "linux")]
pub fn begin() -> ExitCode {
    use std::os::unix::process::CommandExt;
    let program = std::env::current_exe().unwrap_or_else(|_| "epistle".into());
    let error = std::process::Command::new(program).args(std::env::args_os().skip(1)).env(BEGAN, "1").exec();
    super::complain(&format!("the window cannot be opened: {error}"));
    ExitCode::FAILURE
}

/// Elsewhere the plugin finds the other one by other means, and that cannot happen.
#[cfg(not(target_os = "linux"))]
pub fn begin() -> ExitCode {
    ExitCode::FAILURE
}
