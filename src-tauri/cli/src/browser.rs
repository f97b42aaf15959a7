//! The system's browser, asked to open a page. It is told an address and nothing comes back.

use std::io;
use std::process::{Command, Stdio};

/// Opens the address in whatever browser the person uses.
pub(crate) fn open(address: &str) -> io::Result<()> {
    let mut command = opener();
    command.arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn()?;
    std::thread::spawn(move || child.wait()); // a browser that this starts may stay for hours
    Ok(())
}

#[cfg(target_os = "macos")]
fn opener() -> Command {
    Command::new("open")
}

#[cfg(windows)]
fn opener() -> Command {
    let mut command = Command::new("rundll32"); // `start` is a shell's, which reads & in an address as its own
    command.arg("url.dll,FileProtocolHandler");
    command
}

#[cfg(not(any(target_os = "macos", windows)))]
fn opener() -> Command {
    Command::new("xdg-open")
}
