//! What finding mail by meaning takes beside the program: the ONNX Runtime library, installed from npm, and the model that ships. They are laid
//! where the program looks, or given to the bundler to be packed. It never loads either.

use crate::house::{Error, House, Result, must, must_with, say};
use crate::test::npm_ci;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

const PACKAGE: &str = "src-tauri/runtime";
const MODEL: &str = "all-minilm-l6-v2-int8";

/// Installs the library as locked; no script of the package runs.
pub fn install(house: &House) -> Result<()> {
    npm_ci(house, PACKAGE)
}

/// Lays what is needed beside a program that was built here.
pub fn lay_beside(house: &House, folder: &str) -> Result<()> {
    install(house)?;
    for (from, to) in files(house)? {
        let to = house.at(folder).join("resources").join(to);
        let same = |path: &Path| path.metadata().ok().map(|found| found.len());
        if same(&from) != same(&to) {
            let copied = to.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::copy(&from, &to));
            copied.map_err(|e| Error::Found(format!("{} cannot be laid beside the program: {e}", from.display())))?;
        }
    }
    Ok(())
}

/// Builds what people install on this system, with the library and the model in it.
pub fn pack(house: &House, arguments: &[String]) -> Result<()> {
    install(house)?;
    npm_ci(house, "ui")?;
    let resources: Map<String, Value> =
        files(house)?.into_iter().map(|(from, to)| (from.display().to_string(), json!(to))).collect();
    let config = json!({ "bundle": { "resources": resources } }).to_string();
    say("── the packages (some minutes the first time)");
    let tauri = house.at("ui/node_modules/.bin").join(if cfg!(windows) { "tauri.cmd" } else { "tauri" });
    let mut build = house.command(&tauri.display().to_string());
    build.args(["build", "--config", &config]).args(arguments);
    if arguments.is_empty() { must(&mut build) } else { must_with(&mut build) }
}

/// Each file, and where it goes in the folder of the program's resources.
fn files(house: &House) -> Result<Vec<(PathBuf, String)>> {
    let mut all = Vec::new();
    for (from, name) in inside(&house.at(PACKAGE).join("node_modules/onnxruntime-node/bin/napi-v6").join(system()?))? {
        // The binding is Node's, and macOS has its library twice.
        if !name.ends_with(".node") && name != "libonnxruntime.1.30.0.dylib" {
            all.push((from, name));
        }
    }
    for (from, name) in inside(&house.at("src-tauri/engine/data/models").join(MODEL))? {
        if !name.ends_with(".py") {
            all.push((from, format!("models/{MODEL}/{name}")));
        }
    }
    Ok(all)
}

fn inside(folder: &Path) -> Result<Vec<(PathBuf, String)>> {
    let unreadable = |e| Error::Missing(format!("{} cannot be read: {e}", folder.display()));
    let entries = std::fs::read_dir(folder).map_err(unreadable)?.flatten().filter(|entry| entry.path().is_file());
    let mut found: Vec<_> =
        entries.map(|entry| (entry.path(), entry.file_name().to_string_lossy().into_owned())).collect();
    found.sort();
    Ok(found)
}

/// This system's folder in npm's package.
fn system() -> Result<&'static str> {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => Ok("linux/x64"),
        ("linux", "aarch64") => Ok("linux/arm64"),
        ("macos", "aarch64") => Ok("darwin/arm64"),
        ("windows", "x86_64") => Ok("win32/x64"),
        ("windows", "aarch64") => Ok("win32/arm64"),
        (os, arch) => Err(Error::Missing(format!("ONNX Runtime has no library for {os} on {arch}"))),
    }
}
