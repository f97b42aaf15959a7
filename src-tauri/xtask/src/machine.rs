//! What the machine lacks, and how to get it: installed on Debian and Ubuntu, named elsewhere. Never downloads anything itself.

use crate::house::{Error, House, Result, must, must_with, output, say};
use std::process::Command;

/// What building and running the app takes, as Debian and Ubuntu name it.
const TO_RUN: &[&str] =
    &["build-essential", "pkg-config", "libwebkit2gtk-4.1-dev", "libayatana-appindicator3-1", "xdg-utils"];

/// What the end-to-end tests take besides: a screen, a session bus, a keyring, a driver for the window.
const TO_TEST: &[&str] = &[
    "xvfb",
    "xauth",
    "dbus",
    "gnome-keyring",
    "webkit2gtk-driver",
    "xdotool",
    "imagemagick",
    "procps",
    "python3",
    "python3-venv",
];

/// A browser to sign in with, and what drives it. Ubuntu has them as a snap only; what is there already serves as well.
const BROWSER: &[&str] = &["chromium", "chromium-driver"];

/// Vite 8 asks for this one.
const NODE: (u32, u32) = (20, 19);

/// Sees to it that Epistle can be built and opened here.
pub fn to_run(house: &House) -> Result<()> {
    packages(house, &[TO_RUN])?;
    node(house)
}

/// Sees to it that every test can run here.
pub fn to_test(house: &House) -> Result<()> {
    let driver = output(house.command("chromedriver").arg("--version"));
    packages(house, &[TO_RUN, TO_TEST, if driver.is_some() { &[] } else { BROWSER }])?;
    node(house)?;
    nextest(house)
}

fn packages(house: &House, lists: &[&[&str]]) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return elsewhere(house);
    }
    if output(house.command("dpkg-query").arg("--version")).is_none() {
        return other_linux(house);
    }
    let missing: Vec<&str> =
        lists.iter().flat_map(|list| list.iter().copied()).filter(|name| !installed(house, name)).collect();
    if missing.is_empty() { Ok(()) } else { apt(house, &missing) }
}

fn installed(house: &House, package: &str) -> bool {
    output(house.command("dpkg-query").args(["-W", "-f", "${db:Status-Status}", package])).as_deref()
        == Some("installed")
}

fn apt(house: &House, missing: &[&str]) -> Result<()> {
    let root = output(house.command("id").arg("-u")).as_deref() == Some("0");
    let sudo = if root { "" } else { "sudo " };
    say(&format!("  {sudo}apt-get install -y --no-install-recommends {}", missing.join(" ")));
    must_with(apt_get(house, root).arg("update").arg("-qq"))?;
    must_with(apt_get(house, root).args(["install", "-y", "-qq", "--no-install-recommends"]).args(missing))
}

fn apt_get(house: &House, root: bool) -> Command {
    let mut command = house.command(if root { "env" } else { "sudo" });
    command.args(if root { &[][..] } else { &["env"][..] }).args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    command
}

/// macOS and Windows bring the web view with them; what is left is a compiler, which Rust asked for already.
fn elsewhere(house: &House) -> Result<()> {
    if cfg!(target_os = "macos") && output(house.command("xcode-select").arg("-p")).is_none() {
        return Err(Error::Missing("the compiler is missing; run: xcode-select --install".into()));
    }
    Ok(())
}

fn other_linux(house: &House) -> Result<()> {
    let probe = ["--exists", "webkit2gtk-4.1"];
    if must(house.command("pkg-config").args(probe)).is_ok() {
        return Ok(());
    }
    Err(Error::Missing(
        "the system's web view (WebKitGTK 4.1) is missing; run one of these, then this command again:\n  \
         Fedora:   sudo dnf install gcc pkgconf webkit2gtk4.1-devel libayatana-appindicator-gtk3\n  \
         Arch:     sudo pacman -S --needed base-devel pkgconf webkit2gtk-4.1 libayatana-appindicator\n  \
         openSUSE: sudo zypper install gcc pkgconf webkit2gtk3-devel libayatana-appindicator3-1"
            .into(),
    ))
}

fn node(house: &House) -> Result<()> {
    let found = output(house.command("node").arg("--version"));
    if found.as_deref().and_then(version).is_some_and(|at| at >= NODE) {
        return Ok(());
    }
    let found = found.map_or_else(|| "Node.js is missing".into(), |version| format!("Node.js {version} is too old"));
    let (major, minor) = NODE;
    Err(Error::Missing(format!(
        "{found}: Epistle's window is built with Node {major}.{minor} or later (https://nodejs.org; macOS: brew install node; Windows: winget install OpenJS.NodeJS.LTS)"
    )))
}

fn version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// The test runner: compiled once where it is missing.
fn nextest(house: &House) -> Result<()> {
    if output(&mut house.cargo(["nextest", "--version"])).is_some() {
        return Ok(());
    }
    say("  cargo install --locked cargo-nextest (once; some minutes)");
    must(&mut house.cargo(["install", "--locked", "--quiet", "cargo-nextest"]))
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn node_versions_are_read() {
        for (text, found) in [("v20.20.2", Some((20, 20))), ("v8.1", Some((8, 1))), ("", None), ("v20", None)] {
            assert_eq!(version(text), found, "{text}");
        }
    }
}
