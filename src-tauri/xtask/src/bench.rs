//! `cargo xtask bench`: Epistle measured beside things everybody has, in the same run on the same machine.

use crate::house::{House, Result, must, say};
use crate::{machine, runtime, test::npm_ci};
use std::path::PathBuf;

/// Builds what is measured as it would ship, and measures it: all, or the part that is named.
pub fn bench(house: &House, only: Option<&str>) -> Result<()> {
    machine::to_test(house)?;
    say("── the release build (some minutes the first time)");
    let release = ["build", "--release", "--package"];
    if only.is_none_or(|only| only == "window") {
        npm_ci(house, "ui")?;
        must(&mut house.npm("ui", ["run", "build"]))?;
        let window = ["epistle", "--bin", "epistle", "--example", "hello", "--features", "custom-protocol"];
        must(house.cargo(release).args(window))?;
    }
    must(house.cargo(release).args(["epistle-tests", "--bin", "epistle-bench"]))?;
    runtime::lay_beside(house, "target/release")?;
    let mut bench = house.command(&house.at("target/release/epistle-bench").display().to_string());
    if only.is_none_or(|only| ["memory", "text"].contains(&only)) {
        bench.env("EPISTLE_BENCH_PYTHON", peers(house)?).env("ORT_DYLIB_PATH", runtime::library(house)?);
    }
    must(bench.args(only))
}

/// A Python of our own with what the index of meaning is measured beside, pinned; made once.
fn peers(house: &House) -> Result<PathBuf> {
    let home = house.at("target/bench-peers");
    let python = home.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python3" });
    if !python.exists() {
        must(house.command("python3").args(["-m", "venv"]).arg(&home))?;
    }
    let wanted = house.at("tests/bench/peers.txt");
    must(house.command(&python.display().to_string()).args(["-m", "pip", "install", "--quiet", "-r"]).arg(wanted))?;
    Ok(python)
}
