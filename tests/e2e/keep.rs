//! A backup, what it becomes again, and mail past its limit, by the command line over the archive: what came back is what was there, what
//! went is nowhere, and a kill at any moment leaves one whole store.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use support::archive;
use support::cli::Home;

fn filled() -> Home {
    let home = Home::default();
    let _ = home.epistle(["import".as_ref(), archive::path().as_os_str(), "--json".as_ref()]).done();
    home
}

fn backup(home: &Home) -> PathBuf {
    let file = home.scratch().join("mail.backup");
    let _ = home.epistle(["backup".as_ref(), file.as_os_str(), "--json".as_ref()]).done();
    file
}

/// Every conversation, as the command line lists it.
fn threads(home: &Home) -> Vec<Value> {
    home.epistle(["threads", "--limit", "100000", "--json"]).done().lines()
}

fn store(home: &Home) -> PathBuf {
    home.path().join("epistle.redb")
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).unwrap().len()
}

#[test]
fn what_was_backed_up_is_what_comes_back_in_another_folder() {
    let home = filled();
    let file = backup(&home);
    let before = threads(&home);
    let elsewhere = home.scratch().join("elsewhere");
    let mut command = home.command("epistle-cli");
    command.env("EPISTLE_BACKUP_PASSPHRASE", support::cli::PASSPHRASE).arg("restore").arg(&file);
    let report = support::cli::ran(command.arg("--to").arg(&elsewhere).arg("--json")).done().json();
    assert!(report["rows"].as_u64().unwrap() > before.len() as u64, "{report}");
    let mut again = home.command("epistle-cli");
    let listed =
        support::cli::ran(again.env("EPISTLE_HOME", &elsewhere).args(["threads", "--limit", "100000", "--json"]));
    assert_eq!(listed.done().lines(), before);
    println!("{} bytes of store, {} bytes of backup, {} rows", size(&store(&home)), size(&file), report["rows"]);
}

#[test]
fn nothing_of_the_mail_stands_in_the_backup_in_clear() {
    let home = Home::default();
    let letter = home.scratch().join("one.eml");
    std::fs::write(
        &letter,
        "From: Canary <canary@example.com>\r\nSubject: canary subject\r\n\r\nThe canary sings.\r\n",
    )
    .unwrap();
    let _ = home.epistle(["import".as_ref(), letter.as_os_str()]).done();
    let bytes = std::fs::read(backup(&home)).unwrap();
    let holds = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
    assert!(holds(b"epistle backup"), "or the look proves nothing");
    assert!(!holds(b"canary") && !holds(b"Canary") && !holds(b"sings"));
}

#[test]
fn nothing_is_replaced_unless_it_was_said_and_what_is_replaced_is_kept() {
    let home = Home::default();
    let letter = home.scratch().join("one.eml");
    std::fs::write(&letter, "From: a@example.com\r\nMessage-ID: <1@x>\r\n\r\nOne.\r\n").unwrap();
    let _ = home.epistle(["import".as_ref(), letter.as_os_str()]).done();
    let file = backup(&home);
    assert_eq!(home.epistle(["backup".as_ref(), file.as_os_str()]).status, 2);
    let restore = |more: &[&str]| {
        let mut command = home.command("epistle-cli");
        command.env("EPISTLE_BACKUP_PASSPHRASE", support::cli::PASSPHRASE).arg("restore").arg(&file).args(more);
        support::cli::ran(&mut command)
    };
    assert_eq!(restore(&[]).status, 2);
    let report = restore(&["--replace", "--json"]).done().json();
    assert!(Path::new(report["kept_aside"].as_str().unwrap()).join("epistle.redb").is_file());
    assert_eq!(threads(&home).len(), 1);
    std::fs::write(&file, &std::fs::read(&file).unwrap()[..600]).unwrap();
    let broken = restore(&["--replace"]);
    assert_eq!(broken.status, 1);
    assert!(broken.stderr.contains("error[backup_broken]") && broken.stderr.contains("at byte"), "{}", broken.stderr);
    assert_eq!(threads(&home).len(), 1);
}

#[test]
fn killed_at_any_moment_of_a_restore_there_is_one_whole_store() {
    let home = filled();
    let file = backup(&home);
    let before = threads(&home);
    for after in [5, 20, 60, 120, 250, 400, 700] {
        let mut command = home.command("epistle-cli");
        command.env("EPISTLE_BACKUP_PASSPHRASE", support::cli::PASSPHRASE).arg("restore").arg(&file).arg("--replace");
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(after));
        let _ = child.kill();
        child.wait().unwrap();
        assert_eq!(threads(&home), before, "killed after {after} ms");
    }
}

#[test]
fn mail_past_the_limit_goes_as_told_the_rest_stays_and_the_file_shrinks() {
    let home = filled();
    let all = threads(&home);
    let dates: Vec<i64> = all.iter().filter_map(|thread| thread["latest"].as_i64()).collect();
    let mut sorted = dates.clone();
    sorted.sort_unstable();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64;
    let days = ((now - sorted[sorted.len() / 2]) / 86_400_000).to_string();
    let told = home.epistle(["retention", "--keep-days", &days, "--dry-run", "--json"]).done().json();
    let (goes, of) = (told["messages"].as_u64().unwrap(), told["of"].as_u64().unwrap());
    assert!(goes > 0 && goes < of, "{told}");
    assert_eq!(threads(&home), all, "a dry run changes nothing");
    assert_eq!(home.epistle(["retention", "--keep-days", &days]).status, 2, "not without a yes");
    let before = size(&store(&home));
    let gone = home.epistle(["retention", "--keep-days", &days, "--yes", "--json"]).done().json();
    assert_eq!(gone["messages"].as_u64().unwrap(), goes);
    let after = size(&store(&home));
    println!("{goes} of {of} messages went; the store: {before} bytes before, {after} after");
    assert!(after < before);
    let left = home.epistle(["retention", "--dry-run", "--json"]).done().json();
    assert_eq!((left["messages"].as_u64(), left["of"].as_u64()), (Some(0), Some(of - goes)));
    // The archive again: what went may come again by the person's own hand, and goes again.
    assert!(home.epistle(["retention", "--forever"]).done().stderr.contains("all mail is kept"));
}
