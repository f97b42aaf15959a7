//! `cargo xtask look` and `cargo xtask picture`: pictures of the window for people to look at, and the README's.

use crate::house::{House, Result, must, say};
use crate::{machine, test::npm_ci};
use std::path::Path;

/// Pictures of every screen into a folder: all sizes and themes, or those named as in `1280-light`.
pub fn look(house: &House, folder: &Path, only: &[String]) -> Result<()> {
    build(house)?;
    must(house.command(&painter(house)).arg(std::path::absolute(folder).unwrap_or(folder.into())).args(only))
}

/// The README's picture anew.
pub fn picture(house: &House) -> Result<()> {
    build(house)?;
    must(house.command(&painter(house)).arg("--picture").arg(house.at("docs/window.png")))
}

fn build(house: &House) -> Result<()> {
    machine::to_test(house)?;
    say("── the window, and what drives it");
    npm_ci(house, "ui")?;
    must(&mut house.npm("ui", ["run", "build"]))?;
    must(&mut house.cargo(["build", "--workspace", "--bins", "--features", "epistle/custom-protocol"]))
}

fn painter(house: &House) -> String {
    house.at("target/debug/epistle-look").display().to_string()
}
