//! A real keyring that is not there, locked, hanging, or gone since yesterday: each is told by its own code, in its time, with exit status 3
//! and a way on, and nothing is lost. Linux only: elsewhere the platform's keyring cannot be treated like this.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // it tells how long each took

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use support::cli::{Home, PASSPHRASE, Ran, ran};
use support::keyring::Keyring;

/// Finding the keyring has five seconds; the rest is the program's own start on a busy machine.
const IN_TIME: Duration = Duration::from_secs(15);

fn epistle(keyring: &Keyring, home: &Home, args: &[&str]) -> Ran {
    ran(keyring.epistle(home).args(args))
}

/// The command is refused with this code and exit status 3, in time, and tells a way on.
fn refused(mut command: Command, args: &[&str], code: &str) -> String {
    let began = Instant::now();
    let refused = ran(command.args(args));
    let took = began.elapsed();
    println!("{code}: {took:.1?}: {}", refused.stderr.trim_end());
    assert!(refused.stderr.starts_with(&format!("error[{code}]:")), "{}", refused.stderr);
    assert_eq!((refused.status, refused.stdout.as_str()), (3, ""), "{code}");
    assert!(refused.stderr.lines().count() > 1, "{code} says what to do: {}", refused.stderr);
    assert!(took < IN_TIME, "{code} took {took:?}");
    refused.stderr
}

/// A folder whose key is in the keyring, with something in it, and its recovery code.
fn lived_in(keyring: &Keyring) -> (Home, String) {
    let home = Home::default();
    let _ = epistle(keyring, &home, &["account", "edit", "On this machine", "--label", "Yesterday"]).done();
    let file = std::fs::read_to_string(home.path().join("key.json")).unwrap();
    assert!(file.contains("\"keyring\""), "the key is in the keyring: {file}");
    let code = epistle(keyring, &home, &["account", "recovery-code"]).done().stdout.trim().to_owned();
    (home, code)
}

/// What the folder held is there.
fn holds_yesterday(listed: &Ran) {
    assert!(listed.status == 0 && listed.stdout.contains("Yesterday"), "{listed:?}");
}

fn unlock_with(mut command: Command, code: &str) -> Ran {
    command.args(["account", "unlock", "--recovery-code"]).stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{code}").unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { status: output.status.code().unwrap_or(-1), stdout: text(&output.stdout), stderr: text(&output.stderr) }
}

/// A session whose bus cannot be reached at all, as on a bare server.
fn on_a_bare_server(home: &Home) -> Command {
    let mut command = home.command("epistle-cli");
    command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus").env_remove("EPISTLE_NO_KEYRING");
    command.env_remove("EPISTLE_PASSPHRASE");
    command
}

#[test]
fn a_first_start_without_a_keyring_that_serves_says_which_and_a_passphrase_is_the_way_on() {
    let none = Keyring::none();
    let mut locked = Keyring::none();
    locked.start(false);
    let hanging = Keyring::unlocked();
    hanging.hang();
    let table = [(&none, "passphrase_needed"), (&locked, "keyring_locked"), (&hanging, "keyring_stalled")];
    for (keyring, code) in table {
        let home = Home::default();
        refused(keyring.epistle(&home), &["drafts"], code);
        let mut with_passphrase = keyring.epistle(&home);
        let began = ran(with_passphrase.env("EPISTLE_PASSPHRASE", PASSPHRASE).args(["drafts"])).done();
        assert!(!began.stderr.contains("error"), "{code}: {}", began.stderr);
        let file = std::fs::read_to_string(home.path().join("key.json")).unwrap();
        assert!(file.contains("\"passphrase\""), "{code}: {file}");
    }
    let home = Home::default();
    refused(on_a_bare_server(&home), &["drafts"], "passphrase_needed");
}

#[test]
fn a_folder_whose_keyring_fails_today_tells_how_and_is_whole_once_it_serves() {
    let mut keyring = Keyring::unlocked();
    let (home, _) = lived_in(&keyring);
    let list = ["account", "list"];

    keyring.lock();
    refused(keyring.epistle(&home), &list, "keyring_locked");
    keyring.hang();
    refused(keyring.epistle(&home), &list, "keyring_stalled");
    keyring.wake();
    keyring.vanish();
    refused(keyring.epistle(&home), &list, "keyring_gone");
    refused(on_a_bare_server(&home), &list, "keyring_gone");
    refused(home.command("epistle-cli"), &list, "keyring_unavailable"); // turned off for this start

    keyring.start(true);
    holds_yesterday(&epistle(&keyring, &home, &list));
}

#[test]
fn the_recovery_code_opens_what_a_lost_keyring_held() {
    let mut keyring = Keyring::unlocked();
    let (home, code) = lived_in(&keyring);
    keyring.vanish();
    refused(keyring.epistle(&home), &["account", "list"], "keyring_gone");
    let wrong = unlock_with(keyring.epistle(&home), "00000-00000-00000-00000-00000");
    assert!(wrong.status == 3 && wrong.stderr.starts_with("error[recovery_code_wrong]:"), "{wrong:?}");

    let right = unlock_with(keyring.epistle(&home), &code.to_lowercase()).done();
    assert!(right.stderr.contains("where a passphrase is asked for"), "{}", right.stderr);
    refused(keyring.epistle(&home), &["account", "list"], "passphrase_needed");
    let mut with_code = keyring.epistle(&home);
    holds_yesterday(&ran(with_code.env("EPISTLE_PASSPHRASE", &code).args(["account", "list"])));
}

#[test]
fn the_recovery_code_puts_the_key_back_into_a_new_keyring() {
    let (home, code) = lived_in(&Keyring::unlocked());
    let new = Keyring::unlocked(); // a machine set up anew: a keyring that knows nothing
    refused(new.epistle(&home), &["account", "list"], "key_lost");
    let _ = unlock_with(new.epistle(&home), &code).done();
    holds_yesterday(&epistle(&new, &home, &["account", "list"]));
}

#[test]
fn a_lock_holds_against_every_command_until_somebody_unlocks() {
    let keyring = Keyring::unlocked();
    let (home, _) = lived_in(&keyring);
    let _ = epistle(&keyring, &home, &["account", "lock"]).done();
    for args in
        [&["drafts"][..], &["account", "list"], &["settings"], &["search", "hello"], &["account", "recovery-code"]]
    {
        refused(keyring.epistle(&home), args, "locked");
    }
    let _ = epistle(&keyring, &home, &["account", "lock"]).done();
    let _ = epistle(&keyring, &home, &["account", "unlock"]).done();
    holds_yesterday(&epistle(&keyring, &home, &["account", "list"]));
}
