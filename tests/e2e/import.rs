//! Mail taken in by the command line from everything it may lie in: every message is accounted for in the last line, nothing stops the run,
//! and nothing comes in twice.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use support::archive;
use support::cli::Home;

fn letter(number: u32, from: &str, to: &str) -> String {
    format!(
        "Message-ID: <{number}@example.com>\nFrom: {from}\nTo: {to}\nDate: Thu, 22 Aug 2002 12:{:02}:23 +0000\nSubject: Topic {number}\n\nLetter {number}, and nothing more.\n",
        number % 60
    )
}

fn plain(number: u32) -> String {
    letter(number, "Ann <ann@example.com>", "bob@example.com")
}

fn mbox(numbers: std::ops::Range<u32>) -> String {
    numbers.map(|number| format!("From - Thu Aug 22 12:36:23 2002\n{}\n", plain(number))).collect()
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn write(path: PathBuf, bytes: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// The last line of `epistle import PATHS… --json`, once it adds up.
fn taken_in(home: &Home, paths: &[&Path]) -> Value {
    let args =
        ["import".as_ref()].into_iter().chain(paths.iter().map(|path| path.as_os_str())).chain(["--json".as_ref()]);
    let report = home.epistle(args).done().json();
    let failed = report["failed"].as_array().unwrap();
    assert_eq!(
        count(&report, "seen"),
        count(&report, "imported") + count(&report, "already") + failed.len() as u64,
        "{report}"
    );
    assert!(failed.iter().all(|note| note["where"] != "" && note["why"] != ""), "{report}");
    report
}

fn count(report: &Value, key: &str) -> u64 {
    report[key].as_u64().unwrap()
}

fn counts(report: &Value) -> [u64; 3] {
    ["seen", "imported", "already"].map(|key| count(report, key))
}

/// Where the notes of a list say that something was.
fn places<'r>(report: &'r Value, list: &str) -> Vec<&'r str> {
    report[list].as_array().unwrap().iter().map(|note| note["where"].as_str().unwrap()).collect()
}

#[test]
fn a_folder_of_everything_comes_in_once_and_what_is_no_mail_is_left_alone() {
    let home = Home::default();
    let folder = home.scratch().join("old mail");
    write(folder.join("README.md"), "# What this is\n\nold mail\n");
    write(folder.join("a.mbox"), mbox(0..5));
    write(folder.join("deeper/b.mbox.gz"), packed(mbox(5..12).as_bytes()));
    write(folder.join("deeper/c.eml"), plain(12));
    write(folder.join("deeper/same as c.eml"), plain(12).replace('\n', "\r\n"));
    write(folder.join("notes.txt"), "buy milk\n");

    let first = taken_in(&home, &[&folder]);
    assert_eq!((counts(&first), places(&first, "failed")), ([14, 13, 1], vec![]));
    assert_eq!(places(&first, "ignored"), ["old mail/README.md", "old mail/notes.txt"]);
    let again = taken_in(&home, &[&folder]);
    assert_eq!((counts(&again), places(&again, "failed")), ([14, 0, 14], vec![]));

    let told = home.epistle(["import".as_ref(), folder.as_os_str()]).done();
    assert_eq!(told.stdout.trim(), "14 messages seen: 0 new, 14 already here, 0 failed");
    assert!(told.stderr.contains("left alone, no mail: old mail/README.md and 1 more"), "{}", told.stderr);
}

#[test]
fn a_file_that_was_named_is_answered_for_even_if_it_is_no_mail() {
    let home = Home::default();
    let (readme, good) = (home.scratch().join("README.md"), home.scratch().join("good.eml"));
    write(readme.clone(), "# What this is\n");
    write(good.clone(), plain(1));
    let report = taken_in(&home, &[&readme, &good]);
    assert_eq!((counts(&report), places(&report, "failed")), ([2, 1, 0], vec!["README.md"]));
    assert_eq!(report["ignored"], json!([]));
    let nowhere = home.epistle(["import", "/nowhere/at/all.mbox"]);
    assert!(nowhere.status != 0 && nowhere.stderr.contains("io"), "{}", nowhere.stderr);
}

#[test]
fn a_maildir_is_its_letters_without_those_still_being_delivered() {
    let home = Home::default();
    let maildir = home.scratch().join("Maildir");
    for (place, number) in [("cur/1.a:2,S", 1), ("cur/2.a:2,RS", 2), ("new/3.a", 3), (".Sent/cur/4.a:2,S", 4)] {
        write(maildir.join(place), plain(number));
    }
    for folder in ["tmp", ".Sent/new", ".Sent/tmp"] {
        fs::create_dir_all(maildir.join(folder)).unwrap();
    }
    write(maildir.join("tmp/5.a"), plain(5));
    write(maildir.join("dovecot-uidlist"), "3 V1 N5\n");
    let report = taken_in(&home, &[&maildir]);
    assert_eq!((counts(&report), places(&report, "failed"), places(&report, "ignored")), ([4, 4, 0], vec![], vec![]));
    // The mail program moved one and marked another read: they are the same letters.
    fs::rename(maildir.join("new/3.a"), maildir.join("cur/3.a:2,S")).unwrap();
    fs::rename(maildir.join("cur/1.a:2,S"), maildir.join("cur/1.a:2,FS")).unwrap();
    assert_eq!(counts(&taken_in(&home, &[&maildir])), [4, 0, 4]);
}

#[test]
fn what_is_torn_or_cannot_be_read_costs_itself_and_nothing_else() {
    let home = Home::default();
    let folder = home.scratch().join("torn");
    let whole = packed(&archive::generate(7, 60));
    write(folder.join("cut.mbox.gz"), &whole[..whole.len() / 2]);
    write(folder.join("damaged.mbox.gz"), [&packed(mbox(100..110).as_bytes())[..40], &[0xff; 90]].concat());
    write(folder.join("good.mbox"), mbox(200..203));
    write(folder.join("noise.eml"), [0x00, 0x9f, 0x92, 0x96].repeat(300));
    std::os::unix::fs::symlink("gone.eml", folder.join("dangling.eml")).unwrap();
    std::os::unix::fs::symlink("..", folder.join("around")).unwrap();
    fs::create_dir(folder.join("a folder.eml")).unwrap();

    let first = taken_in(&home, &[&folder]);
    let failed = places(&first, "failed").join("\n");
    for name in ["torn/dangling.eml", "torn/cut.mbox.gz: message ", "torn/damaged.mbox.gz", "torn/noise.eml"] {
        assert!(failed.contains(name), "{name} is not accounted for: {failed}");
    }
    assert!(count(&first, "imported") > 10, "what came before the cut is here: {first}");
    let again = taken_in(&home, &[&folder]);
    assert_eq!((count(&again, "imported"), count(&again, "seen")), (0, count(&first, "seen")));

    write(folder.join("cut.mbox.gz"), &whole);
    let mended = taken_in(&home, &[&folder]);
    assert!(count(&mended, "imported") > 0 && !places(&mended, "failed").join("\n").contains("cut.mbox"), "{mended}");
}

#[test]
fn an_import_killed_halfway_goes_on_from_there() {
    const MESSAGES: u64 = 500;
    let mut home = Home::default();
    let path = home.scratch().with_extension("mbox");
    fs::write(&path, archive::generate(11, MESSAGES as usize)).unwrap();
    let mut wait = Duration::from_millis(400);
    loop {
        let mut import = home.command("epistle-cli");
        let mut import = import.arg("import").arg(&path).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(wait);
        if import.try_wait().unwrap().is_some() {
            (home, wait) = (Home::default(), wait / 2); // it was faster than the knife
            continue;
        }
        import.kill().unwrap();
        import.wait().unwrap();
        if !home.epistle(["threads", "--json"]).stdout.is_empty() {
            break;
        }
        wait = wait.mul_f32(1.3);
    }
    let rest = taken_in(&home, &[&path]);
    fs::remove_file(&path).unwrap();
    assert!(count(&rest, "already") > 0, "what was there stays: {rest}");
    assert_eq!((count(&rest, "seen"), places(&rest, "failed")), (MESSAGES, vec![]));
}

#[test]
fn who_is_me_is_asked_told_and_changed() {
    let home = Home::default();
    let path = home.scratch().join("in.mbox");
    let (ann, bob) = ("Ann Smith <ann@example.com>", "bob@example.com");
    let thread = [(1, ann, bob), (2, bob, ann), (3, ann, bob)].map(|(number, from, to)| {
        format!(
            "From - Thu Aug 22 12:36:23 2002\n{}\n",
            letter(number, from, to).replace(&format!("Topic {number}"), "Re: Lunch")
        )
    });
    write(path.clone(), thread.concat());
    let asked = home.epistle(["import".as_ref(), path.as_os_str()]).done().stderr;
    assert!(asked.contains("which of these is you?") && asked.contains("ann@example.com"), "{asked}");
    let awaits = |home: &Home| home.epistle(["threads", "--json"]).done().lines()[0]["awaits_me"].clone();
    assert_eq!(awaits(&home), false);

    let told = home.epistle(["import", "--me", "bob@example.com"]).done().stderr;
    assert!(told.contains("you are") && told.contains("bob@example.com") && !told.contains("which of these"), "{told}");
    assert_eq!(awaits(&home), true);
    let changed =
        home.epistle(["import".as_ref(), "--me".as_ref(), "ANN@example.com".as_ref(), path.as_os_str()]).done();
    assert!(
        changed.stderr.contains("ANN@example.com") || changed.stderr.contains("ann@example.com"),
        "{}",
        changed.stderr
    );
    assert_eq!(awaits(&home), false);
    let refused = home.epistle(["import", "--me", "not an address"]);
    assert!(refused.status != 0, "{}", refused.stderr);
}
