//! `cargo xtask test`: every test there is, in the order in which a failure is cheapest to learn of. Stops at the first one.

use crate::house::{Error, House, Result, must, output, say};
use crate::machine;
use std::time::Instant;

/// A step: its name, and what it does.
type Step = (&'static str, fn(&House) -> Result<()>);

const STEPS: &[Step] = &[
    ("machine", machine::to_test),
    ("format", format),
    ("ui-packages", ui_packages),
    ("ui-format", |house| ui(house, "format:check")),
    ("ui-types", |house| ui(house, "check")),
    ("ui-tests", |house| ui(house, "test")),
    ("ui-build", |house| ui(house, "build")),
    ("runtime", crate::runtime::install),
    ("clippy", clippy),
    ("build", build),
    ("peers", peers),
    ("tests", tests),
];

/// Runs the steps, all or those named.
pub fn test(house: &House, only: &[String]) -> Result<()> {
    if let Some(unknown) = only.iter().find(|name| !STEPS.iter().any(|(step, _)| step == name)) {
        let names: Vec<_> = STEPS.iter().map(|(name, _)| *name).collect();
        return Err(Error::Missing(format!("there is no step “{unknown}”; there are: {}", names.join(" "))));
    }
    let before = changes(house);
    let began = Instant::now();
    let mut table = Vec::new();
    for (name, step) in STEPS.iter().filter(|(name, _)| only.is_empty() || only.iter().any(|o| o == name)) {
        say(&format!("\n── {name}"));
        let at = Instant::now();
        let result = step(house);
        table.push(format!(
            "{} {name:<12} {:>7.1} s",
            if result.is_ok() { "✓" } else { "✗" },
            at.elapsed().as_secs_f64()
        ));
        if result.is_err() {
            summary(&table, began);
            return result;
        }
    }
    summary(&table, began);
    clean(before, changes(house))
}

fn summary(table: &[String], began: Instant) {
    say(&format!("\n{}\n  total        {:>7.1} s", table.join("\n"), began.elapsed().as_secs_f64()));
}

fn format(house: &House) -> Result<()> {
    must(&mut house.cargo(["fmt", "--all", "--", "--check", "-l"]))
}

/// The UI is installed and built before anything compiles the desktop crate, which takes `ui/dist` in.
fn ui_packages(house: &House) -> Result<()> {
    npm_ci(house, "ui")
}

fn ui(house: &House, script: &str) -> Result<()> {
    must(&mut house.npm("ui", ["run", script]))
}

/// Installs a folder's packages as locked, with their install scripts off, unless that was done since the lock changed.
pub fn npm_ci(house: &House, folder: &str) -> Result<()> {
    let lock = house.at(folder).join("package-lock.json");
    let stamp = house.at(folder).join("node_modules/.package-lock.json");
    let age = |path: &std::path::Path| path.metadata().and_then(|meta| meta.modified()).ok();
    if age(&stamp) > age(&lock) {
        return Ok(());
    }
    must(&mut house.npm(folder, ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))
}

fn clippy(house: &House) -> Result<()> {
    let mut clippy = house.cargo(["clippy", "--workspace", "--all-targets", "--features", "epistle/custom-protocol"]);
    must(clippy.args(["--", "-D", "warnings"]))
}

fn build(house: &House) -> Result<()> {
    must(&mut house.cargo(["build", "--workspace", "--bins", "--features", "epistle/custom-protocol"]))
}

/// Other people's servers that the end-to-end tests start.
fn peers(house: &House) -> Result<()> {
    npm_ci(house, "tests/peers")
}

fn tests(house: &House) -> Result<()> {
    must(&mut house.cargo(["nextest", "run", "--workspace", "--no-fail-fast", "--features", "epistle/custom-protocol"]))
}

fn changes(house: &House) -> Option<String> {
    output(house.command("git").args(["status", "--porcelain"]))
}

/// A test that leaves something behind in the repository is a broken test.
fn clean(before: Option<String>, after: Option<String>) -> Result<()> {
    if before == after {
        return Ok(());
    }
    Err(Error::Found(format!("the tests changed the working tree:\n{}", after.unwrap_or_default())))
}
