//! The house rules that a machine can check: arrows between crates, what every file says of itself, what must never stand in one.
//! It reads the sources as text and never judges taste.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which of our crates each may depend on, and what else it must never see. `dev` and `build` dependencies count too.
const ARROWS: &[(&str, &[&str], &[&str])] = &[
    ("epistle-wire", &[], &["redb", "tauri", "clap"]),
    ("epistle-engine", &["epistle-wire"], &["tauri", "clap", "axum", "reqwest", "rpassword", "tauri-specta"]),
    ("epistle-cli", &["epistle-engine"], &["tauri", "axum", "reqwest", "redb"]),
    ("epistle", &["epistle-cli", "epistle-engine"], &["redb", "reqwest", "axum"]),
    ("xtask", &[], &["tauri", "redb", "reqwest", "tokio"]),
];

#[test]
fn dependencies_point_down_only() {
    let metadata = metadata();
    let ours: BTreeSet<&str> =
        metadata["packages"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    for (name, may, never) in ARROWS {
        let package = metadata["packages"].as_array().unwrap().iter().find(|p| p["name"] == *name).unwrap();
        for dependency in package["dependencies"].as_array().unwrap() {
            let to = dependency["name"].as_str().unwrap();
            assert!(!ours.contains(to) || may.contains(&to), "{name} must not depend on {to}");
            assert!(!never.contains(&to), "{name} must not depend on {to}");
        }
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    let short = |text: &str| text.lines().next().is_none_or(|line| line.trim_start_matches("//!").trim().len() < 20);
    check("opens with `//!` and a sentence", &rust(), |text| !text.starts_with("//!") || short(text));
}

#[test]
fn errors_are_types_and_not_text() {
    check("has no `Result<_, String>`", &rust(), |text| {
        code(text).lines().any(|line| line.contains("Result<") && line.contains(", String>") && !line.contains("Map<"))
    });
}

#[test]
fn nothing_is_left_to_do() {
    check("has no todo!, unimplemented! or dbg!", &rust(), |text| {
        ["todo!(", "unimplemented!(", "dbg!("].iter().any(|word| code(text).contains(word))
    });
}

/// Clippy denies unwrap; here no file may allow it for itself, except for its tests.
#[test]
fn no_file_allows_itself_to_unwrap() {
    let files: Vec<_> = rust().into_iter().filter(|path| !is_test(path)).collect();
    check("allows unwrap, expect and panic only in tests", &files, |text| {
        code(text).lines().any(|line| {
            line.contains("allow(") && ["unwrap_used", "expect_used", "clippy::panic"].iter().any(|w| line.contains(w))
        })
    });
}

#[test]
fn no_file_knows_this_machine() {
    let mut files = rust();
    files.extend(ui().into_iter().filter(|path| !is_test(path))); // a test may show somebody's path
    files.extend(tracked(&[".toml", ".md", ".json", ".yml", ".css", ".html"]));
    check("names no folder of somebody's machine", &files, |text| {
        [concat!("/ho", "me/"), concat!("/Us", "ers/"), concat!("/ro", "ot/"), concat!("C:\\", "Users")]
            .iter()
            .any(|path| text.contains(path))
    });
}

#[test]
fn only_the_ipc_layer_knows_tauri() {
    let outside: Vec<_> =
        ui().into_iter().filter(|path| !path.starts_with(at("ui/src/lib")) && !is_test(path)).collect();
    check("does not import @tauri-apps", &outside, |text| text.contains("@tauri-apps/"));
}

#[test]
fn features_do_not_import_each_other() {
    for path in ui() {
        let Ok(inside) = path.strip_prefix(at("ui/src/features")) else { continue };
        let own = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
        for line in read(&path).lines().filter(|line| line.contains(" from ")) {
            let other = line.split("features/").nth(1).or_else(|| sibling(inside, line));
            let other = other.and_then(|rest| rest.split(['/', '\'', '"']).next());
            assert!(other.is_none_or(|other| other == own), "{}: {line}", shown(&path));
        }
    }
}

/// `../drafts/…` written in a file right inside a feature's folder leaves it.
fn sibling<'a>(inside: &Path, line: &'a str) -> Option<&'a str> {
    let up = "../".repeat(inside.components().count() - 1);
    let import = line.split(['\'', '"']).nth(1)?;
    import.strip_prefix(up.as_str()).filter(|rest| !rest.starts_with("..") && !up.is_empty())
}

/// The UI's table of words is checked by its own compiler too; this one holds when the UI is not built.
#[test]
fn every_error_code_has_words() {
    let errors = read(&at("src-tauri/engine/src/error.rs"));
    let list = errors.split("pub enum ErrorCode {").nth(1).unwrap().split('}').next().unwrap();
    let tables = ["errors.ts", "errors.accounts.ts", "errors.gmail.ts"];
    let words: String = tables.iter().map(|table| read(&at("ui/src/lib").join(table))).collect();
    for variant in list.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let code = snake(variant);
        assert!(words.contains(&format!("{code}:")), "the page has no words for {code}");
    }
}

/// Limits that tell where to look for the second thing in a file; they fail only far beyond.
#[test]
fn files_can_be_read_in_one_sitting() {
    let mut long = Vec::new();
    for (files, limit) in [(rust(), 400), (ui(), 400)] {
        for path in files.into_iter().filter(|path| !path.ends_with("engine/src/api.rs") && !is_generated(path)) {
            let lines = read(&path).lines().count();
            if lines > limit {
                eprintln!("warning: {} has {lines} lines", shown(&path));
            }
            if lines > 2 * limit {
                long.push(format!("{} ({lines} lines)", shown(&path)));
            }
        }
    }
    assert!(long.is_empty(), "far too long: {long:?}");
}

fn check(rule: &str, files: &[PathBuf], broken: impl Fn(&str) -> bool) {
    assert!(!files.is_empty(), "the rule looks at no file: {rule}");
    let found: Vec<_> = files.iter().filter(|path| broken(&read(path))).map(|path| shown(path)).collect();
    assert!(found.is_empty(), "each file {rule}; these do not: {found:#?}");
}

/// The text up to the tests, without comments and this file's own examples.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

fn rust() -> Vec<PathBuf> {
    tracked(&[".rs"]).into_iter().filter(|path| !path.ends_with("tests/tidy.rs")).collect()
}

fn ui() -> Vec<PathBuf> {
    tracked(&[".ts", ".svelte"]).into_iter().filter(|path| path.starts_with(at("ui/src"))).collect()
}

fn is_test(path: &Path) -> bool {
    let folders = path.components().any(|part| ["tests", "test"].iter().any(|name| part.as_os_str() == *name));
    folders || shown(path).ends_with("tests.rs") || shown(path).ends_with(".test.ts")
}

fn is_generated(path: &Path) -> bool {
    shown(path).ends_with(".gen.ts")
}

/// Files git knows, or would add.
fn tracked(endings: &[&str]) -> Vec<PathBuf> {
    let list =
        Command::new("git").args(["ls-files", "-co", "--exclude-standard"]).current_dir(at("")).output().unwrap();
    let list = String::from_utf8(list.stdout).unwrap();
    let wanted =
        list.lines().filter(|line| endings.iter().any(|end| line.ends_with(end)) && !line.contains("package-lock"));
    wanted.map(at).filter(|path| path.is_file()).collect()
}

fn metadata() -> serde_json::Value {
    let args = ["metadata", "--format-version=1", "--no-deps", "--offline"];
    let output = Command::new(env!("CARGO")).args(args).current_dir(at("")).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

fn snake(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(c.to_lowercase());
    }
    text
}

fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().join(path)
}

fn shown(path: &Path) -> String {
    path.strip_prefix(at("")).unwrap_or(path).display().to_string()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
