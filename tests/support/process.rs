//! The processes and messages a desk is made of: started, waited for, ended. It knows nothing of Epistle.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.local_addr().expect("its number").port()
}

/// Starts a program and waits for the first line it prints.
pub(crate) fn first_line(command: &mut Command) -> (Child, String) {
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
    let mut line = String::new();
    let stdout = child.stdout.as_mut().expect("its output");
    BufReader::new(stdout).read_line(&mut line).expect("its first line");
    (child, line.trim().to_owned())
}

/// There is no window manager here to send what a frame's button sends: WM_DELETE_WINDOW (ICCCM §4.2.8.1).
pub(crate) fn ask_to_close(display: &str, window: u32) -> Result<(), Box<dyn std::error::Error>> {
    use x11rb::protocol::xproto::{ClientMessageEvent, ConnectionExt, EventMask};
    let (screen, _) = x11rb::connect(Some(display))?;
    let protocols = screen.intern_atom(false, b"WM_PROTOCOLS")?.reply()?.atom;
    let delete = screen.intern_atom(false, b"WM_DELETE_WINDOW")?.reply()?.atom;
    let message = ClientMessageEvent::new(32, window, protocols, [delete, 0, 0, 0, 0]);
    screen.send_event(false, window, EventMask::NO_EVENT, message)?.check()?;
    Ok(())
}

/// Kills what a driver started and waits until it is gone, so that the next start does not find it on the session bus.
pub(crate) fn kill_children(parent: u32) {
    let children = Command::new("pgrep").args(["-P", &parent.to_string()]).output().expect("pgrep");
    let children = String::from_utf8_lossy(&children.stdout).into_owned();
    for child in children.lines() {
        let _ = Command::new("kill").args(["-KILL", child]).status();
        let alive = PathBuf::from(format!("/proc/{child}/exe"));
        for _ in 0..200 {
            if alive.read_link().is_err() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Ends a process and waits for it.
pub(crate) fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}
