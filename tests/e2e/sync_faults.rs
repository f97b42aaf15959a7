//! The sync on a bad day: a proxy before emulate's Gmail gives each of the answers Gmail gives then, the program is killed in the midst, and
//! what is here in the end is the mailbox, nothing of it fetched twice that was committed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use support::cli::Home;
use support::gmail::{Mailbox, sync};
use support::proxy::{Fault, Proxy};

fn refusal(status: u16, reason: &str, wait: Option<u32>) -> Fault {
    let body = json!({ "error": { "code": status, "errors": [{ "domain": "global", "reason": reason }] } });
    Fault::Answer(status, "application/json", body.to_string(), wait)
}

fn page(status: u16) -> Fault {
    Fault::Answer(status, "text/html", "<html><h1>Sorry</h1></html>".into(), None)
}

/// How often each message was asked for by itself.
fn fetched(proxy: &Proxy) -> BTreeMap<String, usize> {
    let mut fetched = BTreeMap::new();
    for seen in proxy.seen() {
        let path = seen.line.strip_prefix("GET /gmail/v1/users/me/messages/").unwrap_or_default();
        if let Some((id, _)) = path.split_once("?format=full") {
            *fetched.entry(id.to_owned()).or_default() += 1;
        }
    }
    fetched
}

/// The plain messages that are here, by their ids there.
fn plain_here(home: &Home) -> BTreeSet<String> {
    let threads = home.epistle(["threads", "--limit", "500", "--json"]).done().lines();
    let subjects = threads.iter().filter_map(|thread| thread["subject"].as_str()?.strip_prefix("Plain "));
    subjects.map(|number| format!("m-plain-{number}")).collect()
}

fn messages(home: &Home) -> u64 {
    let listed = |more: &[&str]| {
        let lines = home.epistle([&["threads", "--limit", "500", "--json"], more].concat()).done().lines();
        lines.iter().map(|thread| thread["messages"].as_u64().unwrap()).sum::<u64>()
    };
    listed(&[]) + listed(&["--label", "SPAM"]) + listed(&["--label", "TRASH"])
}

#[test]
fn every_bad_answer_is_waited_out_or_told() {
    let mailbox = Mailbox::start();
    let proxy = Proxy::before(&mailbox.base(), vec![]);
    let fault = |name: &'static str, fault: Fault, least: u64| (name, vec![fault], least, None);
    let table: Vec<(&str, Vec<Fault>, u64, Option<&str>)> = vec![
        fault("429 and when to come back", refusal(429, "rateLimitExceeded", Some(2)), 2),
        fault("429 and no word", refusal(429, "rateLimitExceeded", None), 1),
        fault("429 of somebody on the way", Fault::Answer(429, "text/plain", "slow down".into(), None), 1),
        fault("403 that means 429", refusal(403, "rateLimitExceeded", None), 1),
        fault("403 that means 429 for this user", refusal(403, "userRateLimitExceeded", None), 1),
        fault("500", refusal(500, "backendError", None), 1),
        fault("503 as a page", page(503), 1),
        fault("502 as a page", page(502), 1),
        fault("404 that is not Gmail's own", page(404), 0),
        fault("200 that is not Gmail's own", page(200), 1),
        fault("a body that is cut", Fault::Cut(40), 1),
        fault("no answer at all", Fault::Cut(0), 1),
        ("three in a row", vec![page(503), refusal(429, "rateLimitExceeded", None), Fault::Cut(9)], 4, None),
        ("a pause of an hour", vec![refusal(429, "rateLimitExceeded", Some(3_600))], 0, Some("gmail_busy")),
        ("the day's quota", vec![refusal(403, "dailyLimitExceeded", None)], 0, Some("gmail_busy")),
        ("a scope taken back", vec![refusal(403, "insufficientPermissions", None)], 0, Some("gmail_grant_missing")),
        ("the administrator", vec![refusal(403, "domainPolicy", None)], 0, Some("gmail_refused")),
    ];
    for (name, faults, least, told) in table {
        // The first answer of a first sync; and, where it recovers, one in its midst.
        for before in [0, 4] {
            let home = mailbox.home_through(&proxy);
            let passes = std::iter::repeat_n(Fault::Pass, before);
            proxy.will(&passes.chain(faults.clone()).collect::<Vec<_>>());
            let began = Instant::now();
            let ran = sync(&home, &[]);
            match told {
                None => {
                    assert_eq!(ran.status, 0, "{name}: {ran:?}");
                    // Of emulate's first answer, which is a 404 for want of a profile, nothing is missed.
                    let waited = before == 0 || began.elapsed() >= Duration::from_secs(least);
                    assert!(waited, "{name}: it did not wait");
                    assert_eq!(messages(&home), 6, "{name}");
                }
                Some(code) => {
                    assert!(ran.stderr.contains(&format!("error[{code}]")), "{name}: {ran:?}");
                    assert_eq!(sync(&home, &[]).done().json()["full"], true, "{name}: the next one goes on");
                    assert_eq!(messages(&home), 6, "{name}");
                }
            }
            assert!(fetched(&proxy).values().all(|times| *times <= 1 + faults.len()), "{name}");
        }
    }
}

#[test]
fn a_refused_token_is_renewed_in_the_midst_of_it() {
    let mailbox = Mailbox::start();
    let proxy = Proxy::before(&mailbox.base(), vec![]);
    let home = mailbox.home_through(&proxy);
    proxy.will(&[Fault::Pass, Fault::Pass, refusal(401, "authError", None)]);
    let report = sync(&home, &[]).done().json();
    assert_eq!(report["new"], 6, "{report}");
}

#[test]
fn a_lost_history_means_a_full_sync_that_fetches_nothing_again() {
    let mailbox = Mailbox::start();
    let proxy = Proxy::before(&mailbox.base(), vec![]);
    let home = mailbox.home_through(&proxy);
    let _ = sync(&home, &[]).done();
    mailbox.label("m-html", &["Label_1"], &["STARRED"]);
    mailbox.delete("m-figures");
    let came = mailbox.deliver(&json!({ "subject": "While nobody looked", "body_text": "A letter." }));
    proxy.will(&[refusal(404, "notFound", None)]);
    let report = sync(&home, &[]).done().json();
    assert_eq!((&report["full"], &report["new"], &report["gone"]), (&json!(true), &json!(1), &json!(1)), "{report}");
    assert_eq!(fetched(&proxy), BTreeMap::from([(came, 1)]), "only what was not here");
    let lecture = home.epistle(["search", "lecture", "--json"]).done().lines();
    let lecture = home.epistle(["show", lecture[0]["id"].as_str().unwrap(), "--json"]).done().json();
    assert_eq!(lecture["labels"], json!(["INBOX", "Label_1"]));
    let fresh = mailbox.home();
    let _ = sync(&fresh, &[]).done();
    assert_eq!(everything(&home), everything(&fresh), "it ends as a fresh one does");
}

/// Every conversation's messages by subject and labels.
fn everything(home: &Home) -> Vec<Vec<(String, String)>> {
    let mut all = Vec::new();
    for view in [vec![], vec!["--label", "SPAM"], vec!["--label", "TRASH"]] {
        for thread in home.epistle([vec!["threads", "--limit", "500", "--json"], view].concat()).done().lines() {
            let whole = home.epistle(["show", thread["id"].as_str().unwrap(), "--json"]).done().json();
            let of = |message: &serde_json::Value| (message["subject"].to_string(), message["labels"].to_string());
            all.push(whole["messages"].as_array().unwrap().iter().map(of).collect());
        }
    }
    all.sort();
    all
}

#[test]
fn a_silent_server_is_left_and_asked_again() {
    let mailbox = Mailbox::start();
    let proxy = Proxy::before(&mailbox.base(), vec![]);
    let home = mailbox.home_through(&proxy);
    proxy.will(&[Fault::Pass, Fault::Stall(30)]);
    assert_eq!(sync(&home, &[]).done().json()["new"], 6);
}

#[test]
fn killed_twenty_times_in_the_midst_it_ends_whole_and_fetches_nothing_twice_that_was_kept() {
    let mailbox = Mailbox::with(&json!({ "plain": 300 }));
    let proxy = Proxy::before(&mailbox.base(), vec![]);
    let home = mailbox.home_through(&proxy);
    let mut fetched_before: BTreeMap<String, usize> = BTreeMap::new();
    let (mut kept, mut here) = (Vec::new(), BTreeSet::new());
    for kill in 0..20_u64 {
        proxy.will(&[]);
        let mut command = home.command("epistle-cli");
        command.args(["sync", "--json"]).stdout(Stdio::null()).stderr(Stdio::null());
        let mut syncing = command.spawn().expect("epistle starts");
        // At any moment of it: after so many of its questions, and a little.
        let (began, after) = (Instant::now(), 3 + kill as usize % 7 * 4);
        while proxy.seen().len() < after && began.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_micros(kill * 1_700));
        let _ = Command::new("kill").args(["-KILL", &syncing.id().to_string()]).status();
        let _ = syncing.wait();
        for (id, times) in fetched(&proxy) {
            assert!(!here.contains(&id), "{id} was kept, and is fetched again");
            *fetched_before.entry(id).or_default() += times;
        }
        let now = plain_here(&home);
        assert!(now.is_superset(&here), "nothing kept is lost");
        kept.push(now.len());
        here = now;
    }
    proxy.will(&[]);
    let last = sync(&home, &[]).done().json();
    assert_eq!(messages(&home), 306, "{last}");
    for (id, times) in fetched(&proxy) {
        assert!(!here.contains(&id), "{id} was kept, and is fetched again");
        *fetched_before.entry(id).or_default() += times;
    }
    let (asked, once) = (fetched_before.values().sum::<usize>(), fetched_before.len());
    println!("20 kills: {asked} fetches of {once} messages; kept after each: {kept:?}");
    assert!(kept.last() > kept.first(), "and it goes on from there");
    let again = sync(&home, &["--full"]).done().json();
    assert_eq!((&again["new"], &again["gone"]), (&json!(0), &json!(0)), "{again}");
}
