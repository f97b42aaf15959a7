//! `cargo xtask bench`: Epistle measured beside things everybody has, in the same run on the same machine.

use crate::house::{House, Result, must, say};
use crate::{machine, runtime, test::npm_ci};

/// Builds what is measured as it would ship, and measures it: all, or the part that is named.
pub fn bench(house: &House, only: Option<&str>) -> Result<()> {
    machine::to_test(house)?;
    say("── the release build (some minutes the first time)");
    npm_ci(house, "ui")?;
    must(&mut house.npm("ui", ["run", "build"]))?;
    let release = ["build", "--release", "--package"];
    let window = ["epistle", "--bin", "epistle", "--example", "hello", "--features", "custom-protocol"];
    must(house.cargo(release).args(window))?;
    must(house.cargo(release).args(["epistle-tests", "--bin", "epistle-bench"]))?;
    runtime::lay_beside(house, "target/release")?;
    must(house.command(&house.at("target/release/epistle-bench").display().to_string()).args(only))
}
