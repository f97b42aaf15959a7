//! `cargo xtask bench`: Epistle measured beside things everybody has, in the same run on the same machine.

use crate::house::{House, Result, must, say};
use crate::machine;

/// Builds the measurements as they would ship, and runs them.
pub fn bench(house: &House) -> Result<()> {
    machine::to_test(house)?;
    say("── the release build (some minutes the first time)");
    must(&mut house.cargo(["build", "--release", "--package", "epistle-tests", "--bin", "epistle-bench"]))?;
    must(&mut house.command(&house.at("target/release/epistle-bench").display().to_string()))
}
