//! `cargo xtask run`: from a fresh clone to Epistle's window; on a machine without a display, to a draft in the terminal.

use crate::house::{House, Result, must, say};
use crate::{machine, test::npm_ci};

/// Builds Epistle and opens it.
pub fn run(house: &House) -> Result<()> {
    machine::to_run(house)?;
    npm_ci(house, "ui")?;
    must(&mut house.npm("ui", ["run", "build"]))?;
    say("── building the release (some minutes the first time)");
    must(&mut house.cargo(["build", "--release", "--features", "custom-protocol"]))
}
