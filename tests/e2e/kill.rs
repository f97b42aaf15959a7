//! kill -9 at 200 random moments while typing, importing and generating: what was acknowledged is there in the next life, and the
//! store opens every time. The moments come from a seed (`EPISTLE_SEED`), so that a failure can be had again.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{ChildStdout, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use support::cli::Home;
use support::talker::Talker;

#[test]
fn typing_loses_nothing_acknowledged_in_80_kills() {
    let mut moments = Moments::seeded(1);
    let mut home = Home::default();
    let (mut acked, mut lives) = (0, 0);
    for life in 0..80 {
        if life % 20 == 0 {
            (home, acked) = (Home::default(), 0); // the first start of a folder is killed too
        }
        let said = live_and_die(&home, &["type"], moments.within(250));
        for line in &said {
            match words(line).as_slice() {
                ["has", typed, whole] => {
                    let typed: u64 = typed.parse().unwrap();
                    assert!(
                        typed == acked || typed == acked + 1,
                        "life {life}: {acked} were acknowledged, {typed} are there"
                    );
                    assert_eq!(*whole, "true", "life {life}: the text is not what was typed");
                    (acked, lives) = (typed, lives + 1);
                }
                ["ack", n] => acked = n.parse().unwrap(),
                _ => {}
            }
        }
    }
    assert!(lives > 20 && acked > 0, "the moments come too early to prove anything: {lives} lives");
}

#[test]
fn importing_loses_nothing_acknowledged_in_60_kills() {
    let scratch = tempfile::tempdir().unwrap();
    let mbox = scratch.path().join("many.mbox");
    std::fs::write(&mbox, many(MESSAGES)).unwrap();
    let mut moments = Moments::seeded(2);
    let (mut home, mut acked, mut lives) = (Home::default(), 0, 0);
    for life in 0..60 {
        let said = live_and_die(&home, &["import", mbox.to_str().unwrap()], moments.within(500));
        for line in &said {
            match words(line).as_slice() {
                ["has", n, _] => {
                    let found: u64 = n.parse().unwrap();
                    assert!(found >= acked, "life {life}: {acked} were acknowledged, {found} are there");
                    assert!(found <= MESSAGES, "life {life}: more messages than the file has");
                    lives += 1;
                }
                ["ack", n] => acked = n.parse().unwrap(),
                _ => {}
            }
        }
        if said.iter().any(|line| line.starts_with("done")) {
            (home, acked) = (Home::default(), 0);
        }
    }
    assert!(lives > 15, "the moments come too early to prove anything: {lives} lives");
    let report = home.epistle(["import".as_ref(), mbox.as_os_str(), "--json".as_ref()]).done().json();
    let count = |key: &str| report[key].as_u64().unwrap();
    assert_eq!(
        (count("seen"), count("imported") + count("already")),
        (MESSAGES, MESSAGES),
        "the next import makes it whole"
    );
}

#[test]
fn generating_loses_nothing_acknowledged_in_60_kills() {
    let letter = [
        "Hi Dana,\n\n",
        "here is ",
        "a letter ",
        "that comes ",
        "slowly, ",
        "and these are ",
        "the last words of it.\n\n",
        "Best,\nMe",
    ];
    let talker = Talker::says(&letter, Duration::from_millis(8));
    let home = Home::default();
    let mut moments = Moments::seeded(3);
    let (mut began, mut whole, mut lives) = (BTreeSet::new(), BTreeSet::new(), 0);
    for life in 0..60 {
        let said = live_and_die(&home, &["write", &talker.base], moments.within(400));
        let mut found = BTreeSet::new();
        for line in &said {
            match words(line).as_slice() {
                ["draft", id, ends] => {
                    assert!(
                        *ends == "true" || !whole.contains(*id),
                        "life {life}: the letter {id} was acknowledged and is not whole"
                    );
                    found.insert((*id).to_owned());
                }
                ["has", ..] => {
                    assert!(began.is_subset(&found), "life {life}: acknowledged drafts are gone");
                    lives += 1;
                }
                ["began", id] => drop(began.insert((*id).to_owned())),
                ["whole", id] => drop(whole.insert((*id).to_owned())),
                _ => {}
            }
        }
    }
    assert!(
        lives > 15 && !whole.is_empty(),
        "the moments come too early to prove anything: {lives} lives, {} letters",
        whole.len()
    );
}

const MESSAGES: u64 = 2_000;

/// Starts a victim, kills it at this moment, and gives what it had said. A victim that fails by itself fails the test.
fn live_and_die(home: &Home, work: &[&str], moment: Moment) -> Vec<String> {
    let mut victim =
        home.command("epistle-victim").args(work).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let out = victim.stdout.take().unwrap();
    let (opened, is_open) = mpsc::channel();
    let reader = std::thread::spawn(move || whole_lines(out, &opened));
    let after = match moment {
        Moment::FromTheStart(after) => after,
        Moment::OnceOpen(after) => {
            let _ = is_open.recv_timeout(Duration::from_secs(30)); // an error when it died: that is told below
            after
        }
    };
    std::thread::sleep(after);
    victim.kill().unwrap(); // SIGKILL: no handler, no destructor, no flush
    let end = victim.wait_with_output().unwrap();
    let said = reader.join().unwrap();
    let complaint = String::from_utf8_lossy(&end.stderr);
    assert!(end.status.code().is_none_or(|code| code == 0), "{} failed by itself: {complaint}", work[0]);
    said
}

/// A line that was cut by the kill was not said.
fn whole_lines(out: ChildStdout, opened: &mpsc::Sender<()>) -> Vec<String> {
    let mut out = BufReader::new(out);
    let mut lines = Vec::new();
    let mut line = Vec::new();
    while out.read_until(b'\n', &mut line).unwrap() > 0 {
        if line == b"open\n" {
            let _ = opened.send(());
        }
        if line.last() == Some(&b'\n') {
            lines.push(String::from_utf8_lossy(&line).trim_end().to_owned());
        }
        line.clear();
    }
    lines
}

fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

/// Random moments from a seed.
struct Moments(u64);

impl Moments {
    fn seeded(salt: u64) -> Self {
        let seed = std::env::var("EPISTLE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_123u64);
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ salt)
    }

    /// splitmix64
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One in four while the store opens (or is made), the others while it works.
    fn within(&mut self, millis: u64) -> Moment {
        let early = self.next().is_multiple_of(4);
        let after = |n: u64, millis: u64| Duration::from_micros(n % (millis * 1_000));
        if early { Moment::FromTheStart(after(self.next(), 400)) } else { Moment::OnceOpen(after(self.next(), millis)) }
    }
}

/// When to kill.
enum Moment {
    /// This long after the process was started.
    FromTheStart(Duration),
    /// This long after it said that the store is open.
    OnceOpen(Duration),
}

fn many(messages: u64) -> String {
    let mut text = String::new();
    for n in 0..messages {
        let _ = write!(
            text,
            "From dana@x.example Mon Mar  2 09:00:00 2026\nFrom: Dana Ortiz <dana@x.example>\nTo: me@y.example\nSubject: Question {n}\n\
             Message-ID: <q{n}@x.example>\nDate: Mon, 02 Mar 2026 09:00:00 +0000\n\nThis is question {n} of many. What do you say to it?\n\n"
        );
    }
    text
}

#[test]
fn the_same_seed_gives_the_same_moments() {
    let three = |salt| {
        let mut moments = Moments::seeded(salt);
        [moments.next(), moments.next(), moments.next()]
    };
    assert_eq!(three(7), three(7));
    assert_ne!(three(7), three(8));
    assert!(Path::new("/proc").exists() || cfg!(not(target_os = "linux")));
}
