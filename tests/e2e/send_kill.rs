//! kill -9 in the midst of sending: whatever the moment, Gmail's record has each letter exactly once in the end. 40 kills in every run, 500
//! with `EPISTLE_NIGHTLY=1`; the moments come from a seed (`EPISTLE_SEED`), so that a failure can be had again.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;
use support::cli::Home;
use support::gmail::{Letter, Mailbox};
use support::proxy::{Fault, Proxy};

/// So many lives in one mailbox.
const AT_ONE: usize = 25;
const SEND: &str = "POST /gmail/v1/users/me/drafts/send";

/// Moments that look random and are the same for the same seed (SplitMix64).
struct Moments(u64);

impl Moments {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

fn outbox(home: &Home) -> Option<Value> {
    home.epistle(["outbox", "--json"]).done().lines().pop()
}

fn state(item: Option<&Value>) -> String {
    item.map_or("not queued".into(), |item| item["state"]["kind"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn killed_at_any_moment_it_is_sent_exactly_once() {
    let kills = if std::env::var_os("EPISTLE_NIGHTLY").is_some() { 500 } else { 40 };
    let seed = std::env::var("EPISTLE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(7);
    let mut moments = Moments(seed);
    let mut found = BTreeMap::<String, u32>::new();
    for begin in (0..kills).step_by(AT_ONE) {
        // A mailbox answers so many calls and no more, and its outbox keeps what was sent: a new one of each keeps the lives alike.
        let mailbox = Mailbox::start();
        let proxy = Proxy::before(&mailbox.base(), vec![]);
        proxy.slow(Duration::from_millis(25));
        let home = mailbox.home_through(&proxy);
        for life in begin..kills.min(begin + AT_ONE) {
            let state = die(&Desk { mailbox: &mailbox, proxy: &proxy, home: &home }, life, &mut moments);
            *found.entry(state).or_default() += 1;
        }
    }
    eprintln!("{kills} kills found the letter: {found:?}");
    let midst = ["sending", "settling", "waiting"].iter().filter_map(|state| found.get(*state)).sum::<u32>();
    assert!(midst as usize * 5 > kills, "the moments miss the midst of sending: {found:?}");
}

/// Where a life is lived.
struct Desk<'a> {
    mailbox: &'a Mailbox,
    proxy: &'a Proxy,
    home: &'a Home,
}

/// One letter sent, killed, and sent to its end; what the kill found.
fn die(desk: &Desk<'_>, life: usize, moments: &mut Moments) -> String {
    let Desk { mailbox, proxy, home } = desk;
    let subject = format!("Life {life}");
    let letter = Letter::written(home, &subject);
    // Every third answer to the send itself is lost besides.
    proxy.will_where(SEND, if life.is_multiple_of(3) { &[Fault::Cut(0)] } else { &[] });
    let mut sending = home
        .command("epistle-cli")
        .args(["send", &letter.draft, "--approve", &letter.approval])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(100 + moments.below(700)));
    sending.kill().unwrap();
    let _ = sending.wait();
    let mine = |item: &Value| item["subject"] == subject.as_str();
    let after = outbox(home).filter(mine);
    let ended = match after {
        None => letter.sent(home),
        Some(_) => home.epistle(["outbox", "run"]),
    };
    let ends = outbox(home).filter(mine);
    assert_eq!(state(ends.as_ref()), "sent", "life {life}: {ended:?}, {ends:?}");
    assert_eq!(mailbox.sent(&subject).len(), 1, "life {life}: {ends:?}");
    state(after.as_ref())
}
