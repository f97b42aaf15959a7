//! The real keyring: gnome-keyring in a session bus of the test's own, started by it and ended with it. Linux only.
//! Where `dbus-run-session` or `gnome-keyring-daemon` is missing these tests fail and say so: `cargo xtask test` installs them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(target_os = "linux")]

use epistle_engine::api::{KeyHolder, Provider};
use epistle_engine::error::{Error, ErrorCode};
use epistle_engine::secrets::Secret;
use epistle_engine::{Engine, Open};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

fn open(home: &Path, passphrase: Option<&str>) -> Result<Engine, Error> {
    let passphrase = passphrase.map(|text| Secret::new(text.to_owned()));
    Engine::open(&Open { home: home.to_owned(), passphrase, use_keyring: true, ..Open::default() })
}

/// Runs one of this file's inner tests in a session of its own: its own bus, home and runtime folder.
fn in_session(inner: &str, before: &str) {
    let session = tempfile::tempdir().unwrap();
    let runtime = session.path().join("runtime");
    std::fs::create_dir(&runtime).unwrap();
    std::fs::set_permissions(&runtime, std::fs::Permissions::from_mode(0o700)).unwrap();
    let this = std::env::current_exe().unwrap();
    let script = format!("{before}\nexec {this:?} --exact {inner} --ignored --nocapture");
    let output = Command::new("dbus-run-session")
        .args(["--", "bash", "-c", &script])
        .env("HOME", session.path())
        .env("XDG_RUNTIME_DIR", &runtime)
        .env("XDG_DATA_HOME", session.path().join("share"))
        .env("EPISTLE_TEST_HOME", session.path().join("epistle"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("GNOME_KEYRING_CONTROL")
        .output()
        .expect("dbus-run-session: install the package dbus-daemon");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

fn inner_home() -> PathBuf {
    PathBuf::from(std::env::var_os("EPISTLE_TEST_HOME").expect("run by the outer test only"))
}

const UNLOCKED: &str = "printf password | gnome-keyring-daemon --unlock --components=secrets >/dev/null || exit 7";

#[test]
fn the_master_key_and_the_api_keys_live_in_the_keyring() {
    in_session("inner_round_trip", UNLOCKED);
}

#[test]
#[ignore = "runs inside the session the outer test starts"]
fn inner_round_trip() {
    let home = inner_home();
    let engine = open(&home, None).unwrap();
    assert_eq!(engine.status().unwrap().key_holder, KeyHolder::Keyring);
    engine.set_key(Provider::Gemini, Secret::new("canary-key".into())).unwrap();
    drop(engine);
    let file = std::fs::read_to_string(home.join("key.json")).unwrap();
    assert!(file.contains("\"keyring\"") && !file.contains("sealed"), "{file}");

    let engine = open(&home, None).unwrap();
    let keys = engine.keys().unwrap();
    assert!(keys.iter().any(|key| key.provider == Provider::Gemini && key.set), "{keys:?}");
    engine.forget_key(Provider::Gemini).unwrap();
    drop(engine);
    let engine = open(&home, None).unwrap();
    assert!(engine.keys().unwrap().iter().all(|key| !key.set || key.from_environment));
    drop(engine);

    let off = Engine::open(&Open {
        home: home.clone(),
        passphrase: Some(Secret::new("x".into())),
        use_keyring: false,
        ..Open::default()
    });
    assert_eq!(off.err().unwrap().code(), ErrorCode::KeyringUnavailable);

    // Another name in the key file is what a vanished entry looks like.
    let mut file: serde_json::Value = serde_json::from_str(&file).unwrap();
    file["folder"] = "00000000000000000000000000000000".into();
    std::fs::write(home.join("key.json"), file.to_string()).unwrap();
    assert_eq!(open(&home, None).err().unwrap().code(), ErrorCode::KeyLost);
}

#[test]
fn a_session_without_a_keyring_asks_for_a_passphrase() {
    in_session("inner_passphrase", "export DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent/bus");
}

#[test]
#[ignore = "runs inside the session the outer test starts"]
fn inner_passphrase() {
    let home = inner_home();
    assert!(matches!(open(&home, None).err().unwrap(), Error::PassphraseNeeded { first: true }));
    let engine = open(&home, Some("correct horse")).unwrap();
    assert_eq!(engine.status().unwrap().key_holder, KeyHolder::Passphrase);
}

#[test]
fn a_keyring_nobody_can_unlock_is_said_and_a_given_passphrase_serves() {
    in_session("inner_locked", "gnome-keyring-daemon --start --components=secrets >/dev/null || exit 7");
}

#[test]
#[ignore = "runs inside the session the outer test starts"]
fn inner_locked() {
    let home = inner_home();
    assert_eq!(open(&home, None).err().unwrap().code(), ErrorCode::KeyringLocked);
    let engine = open(&home, Some("correct horse")).unwrap();
    assert_eq!(engine.status().unwrap().key_holder, KeyHolder::Passphrase);
}

#[test]
fn a_keyring_that_went_away_is_not_taken_for_a_lost_key() {
    in_session("inner_gone", UNLOCKED);
}

#[test]
#[ignore = "runs inside the session the outer test starts"]
fn inner_gone() {
    let home = inner_home();
    drop(open(&home, None).unwrap());
    // The folder is opened again by a process that has no bus to reach the keyring by.
    let this = std::env::current_exe().unwrap();
    let status = Command::new(this)
        .args(["--exact", "inner_without_bus", "--ignored"])
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .status()
        .unwrap();
    assert!(status.success());
    assert!(open(&home, None).is_ok(), "nothing was changed");
}

#[test]
#[ignore = "runs inside the session the outer test starts"]
fn inner_without_bus() {
    let refused = open(&inner_home(), Some("a passphrase does not help")).err().unwrap();
    assert_eq!(refused.code(), ErrorCode::KeyringGone);
}
