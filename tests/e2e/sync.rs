//! Gmail's mail comes in and is kept in step: the real program, and emulate's Gmail with a second program of its owner's at work in it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use support::cli::Home;
use support::gmail::{ADA, Mailbox, sync, until};
use support::identity::home_with;

/// Every conversation that is here, spam and trash too, with its messages.
fn here(home: &Home) -> Vec<Value> {
    let mut threads = home.epistle(["threads", "--limit", "500", "--json"]).done().lines();
    for label in ["SPAM", "TRASH"] {
        threads.extend(home.epistle(["threads", "--limit", "500", "--json", "--label", label]).done().lines());
    }
    threads
        .iter()
        .map(|thread| home.epistle(["show", thread["id"].as_str().unwrap(), "--json"]).done().json())
        .collect()
}

/// Each message's labels, by its subject.
fn labels(home: &Home) -> BTreeMap<String, Vec<String>> {
    let threads = here(home);
    let messages = threads.iter().flat_map(|thread| thread["messages"].as_array().unwrap());
    messages
        .map(|message| {
            let labels = serde_json::from_value(message["labels"].clone()).unwrap();
            (message["subject"].as_str().unwrap().to_owned(), labels)
        })
        .collect()
}

fn of(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn message(home: &Home, subject: &str) -> Value {
    let threads = here(home);
    let mut messages = threads.iter().flat_map(|thread| thread["messages"].as_array().unwrap());
    messages.find(|message| message["subject"] == subject).unwrap_or_else(|| panic!("“{subject}” is not here")).clone()
}

#[test]
fn a_mailbox_comes_in_with_its_conversations_labels_and_drafts() {
    let mailbox = Mailbox::start();
    let home = mailbox.home();
    let report = sync(&home, &[]).done().json();
    assert_eq!((&report["new"], &report["drafts"], &report["full"]), (&json!(6), &json!(1), &json!(true)), "{report}");
    let all = [
        ("Old news", of(&["TRASH"])),
        ("Re: The engine", of(&["SENT"])),
        ("The engine", of(&["INBOX", "UNREAD"])),
        ("The lecture", of(&["INBOX", "STARRED"])),
        ("The quarter in figures", of(&["INBOX", "Label_1"])),
        ("You have won", of(&["SPAM"])),
    ];
    assert_eq!(labels(&home), all.map(|(subject, labels)| (subject.to_owned(), labels)).into());
    assert_eq!(message(&home, "The engine")["thread"], message(&home, "Re: The engine")["thread"]);
    assert_eq!(message(&home, "Re: The engine")["mine"], true);
    let names = home.epistle(["labels", "--json"]).done().lines();
    assert!(names.iter().any(|label| label["id"] == "Label_1" && label["name"] == "Work/Figures"), "{names:?}");
    let drafts = home.epistle(["drafts", "--json"]).done().lines();
    assert_eq!((drafts.len(), &drafts[0]["subject"]), (1, &json!("The lecture hall")));
    let again = sync(&home, &[]).done().json();
    assert_eq!((&again["new"], &again["relabelled"], &again["full"]), (&json!(0), &json!(0), &json!(false)), "{again}");
    let full = sync(&home, &["--full"]).done().json();
    assert_eq!((&full["new"], &full["gone"], &full["full"]), (&json!(0), &json!(0), &json!(true)), "{full}");
}

#[test]
fn what_changes_there_changes_here() {
    let mailbox = Mailbox::start();
    let home = mailbox.home();
    let _ = sync(&home, &[]).done();
    let answer = json!({ "subject": "Re: The engine", "body_text": "Splendid. Ship it.", "threadId": "t-engine",
        "inReplyTo": "<m-engine-2@example.com>", "references": "<m-engine-1@example.com> <m-engine-2@example.com>" });
    let came = mailbox.deliver(&answer);
    mailbox.label("m-html", &["Label_1"], &["STARRED", "INBOX"]);
    mailbox.delete("m-figures");
    let _ = mailbox.call("POST", "messages/m-spam/trash", &Value::Null);
    let report = sync(&home, &[]).done().json();
    assert_eq!((&report["new"], &report["gone"], &report["relabelled"]), (&json!(1), &json!(1), &json!(2)), "{report}");
    let now = labels(&home);
    assert_eq!((now["The lecture"].clone(), now.get("The quarter in figures")), (of(&["Label_1"]), None));
    assert_eq!(now["You have won"], of(&["SPAM", "TRASH"]));
    let thread = message(&home, "The engine")["thread"].as_str().unwrap().to_owned();
    let whole = home.epistle(["show", &thread, "--json"]).done().json();
    let texts: Vec<_> = whole["messages"].as_array().unwrap().iter().map(|message| message["text"].clone()).collect();
    assert_eq!(
        texts,
        [json!("Does the engine run yet?"), json!("It runs, and it is quiet."), json!("Splendid. Ship it.")]
    );
    let search = |words: &str| home.epistle(["search", words, "--json"]).done().lines().len();
    assert_eq!((search("splendid"), search("figures")), (1, 0), "the index follows");
    mailbox.delete(&came);
    let _ = sync(&home, &[]).done();
    assert_eq!(search("splendid"), 0);
}

#[test]
fn what_changes_here_is_told_there() {
    let mailbox = Mailbox::start();
    let home = mailbox.home();
    let _ = sync(&home, &[]).done();
    let thread = |subject: &str| message(&home, subject)["thread"].as_str().unwrap().to_owned();
    let _ = home.epistle(["star", &thread("The engine")]).done();
    let _ = home.epistle(["archive", &thread("The lecture")]).done();
    let _ = home.epistle(["trash", &thread("The quarter in figures")]).done();
    // Meanwhile it is changed there as well: here the person's word stands, and each hears of the other's.
    mailbox.label("m-html", &["Label_1"], &[]);
    let report = sync(&home, &[]).done().json();
    assert_eq!(report["told"], 3, "{report}");
    assert_eq!(mailbox.labels_of("m-engine-1"), ["INBOX", "STARRED", "UNREAD"]);
    assert_eq!(mailbox.labels_of("m-html"), ["Label_1", "STARRED"]);
    assert_eq!(mailbox.labels_of("m-figures"), ["Label_1", "TRASH"]);
    assert_eq!(labels(&home)["The lecture"], of(&["Label_1", "STARRED"]));
    let again = sync(&home, &[]).done().json();
    assert_eq!((&again["told"], &again["relabelled"]), (&json!(0), &json!(0)), "{again}");
}

#[test]
fn attachments_are_fetched_when_they_are_wanted_and_kept() {
    let mailbox = Mailbox::start();
    let mut home = mailbox.home();
    let _ = sync(&home, &[]).done();
    let figures = message(&home, "The quarter in figures");
    let told = figures["attachments"].as_array().unwrap();
    assert_eq!((&told[0]["name"], &told[0]["size"]), (&json!("figures.pdf"), &json!(31)), "{told:?}");
    assert_eq!(figures["text"], "Both files are attached. Größer wird es nicht.");
    let id = figures["id"].as_str().unwrap();
    assert_eq!(home.epistle(["attachment", id, "1"]).done().stdout, "%PDF-1.4 the quarter in figures");
    let file = home.scratch().join("rows.csv");
    let _ = home.epistle(["attachment", id, "2", "--to", file.to_str().unwrap()]).done();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "month,sum");
    assert_eq!(
        home.epistle(["attachment", id, "2", "--to", file.to_str().unwrap()]).status,
        1,
        "nothing is overwritten"
    );
    assert_eq!(home.epistle(["attachment", id, "3"]).status, 1);
    home.set("DISABLE_GMAIL", "true");
    assert_eq!(home.epistle(["attachment", id, "1"]).done().stdout, "%PDF-1.4 the quarter in figures");
}

#[tokio::test]
async fn a_message_is_handed_on_with_the_files_that_were_at_gmail() {
    let mailbox = Mailbox::start();
    let home = mailbox.home();
    let _ = sync(&home, &[]).done();
    let figures = message(&home, "The quarter in figures");
    let engine = home.engine(ADA);
    let draft = engine.forward(figures["id"].as_str().unwrap().parse().unwrap()).await.unwrap();
    let bytes = engine.export_eml(draft).unwrap();
    let leaves = mail_parser::MessageParser::default().parse(&bytes).unwrap();
    let files: Vec<_> = leaves.attachments().map(|part| part.contents().to_vec()).collect();
    assert_eq!(files, [b"%PDF-1.4 the quarter in figures".to_vec(), b"month,sum".to_vec()]);
}

#[test]
fn drafts_of_elsewhere_come_and_are_never_written_over() {
    let mailbox = Mailbox::start();
    let home = mailbox.home();
    let _ = sync(&home, &[]).done();
    let drafts = || home.epistle(["drafts", "--json"]).done().lines();
    let letter = "From: Ada Lovelace <ada@example.com>\r\nTo: grace@example.com\r\nBcc: mary@example.com\r\nSubject: A second one\r\n\r\nBegun on the telephone.";
    let raw = json!({ "message": { "raw": base64url(letter) } });
    let made = mailbox.call("POST", "drafts", &raw);
    let report = sync(&home, &[]).done().json();
    assert_eq!((&report["drafts"], &report["new"]), (&json!(1), &json!(0)), "{report}");
    let second = drafts().into_iter().find(|draft| draft["subject"] == "A second one").expect("it came");
    let shown = home.epistle(["show", second["id"].as_str().unwrap(), "--json"]).done().json();
    assert_eq!(
        (&shown["body"], &shown["bcc"][0]["address"]),
        (&json!("Begun on the telephone."), &json!("mary@example.com"))
    );
    // Sent there: it is mail now, and no draft.
    let _ = mailbox.call("POST", "drafts/send", &json!({ "id": made["id"] }));
    let report = sync(&home, &[]).done().json();
    assert_eq!((&report["new"], &report["drafts"]), (&json!(1), &json!(1)), "{report}");
    assert_eq!(drafts().len(), 1);
    assert_eq!(labels(&home)["A second one"], of(&["SENT"]));
}

fn base64url(text: &str) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits = text.bytes().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect::<Vec<_>>();
    let sixes = bits.chunks(6).map(|six| six.iter().fold(0, |sum, bit| sum << 1 | bit) << (6 - six.len()));
    sixes.map(|six| char::from(alphabet[usize::from(six)])).collect()
}

#[test]
fn gmail_is_searched_where_the_mail_here_does_not_reach() {
    let mailbox = Mailbox::with(&json!({ "plain": 3 }));
    let home = mailbox.home();
    let found = home.epistle(["search", "--server", "--json", "number", "2"]).done().lines();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&found[0]["subject"], &found[0]["why"]), (&json!("Plain 2"), &json!("found at Gmail")));
    let report = sync(&home, &[]).done().json();
    assert_eq!(report["new"], 8, "what the search brought is not fetched again: {report}");
    assert_eq!(home.epistle(["search", "--server", "--json", "subject:nothing"]).done().lines().len(), 0);
}

#[test]
fn it_says_what_is_missing() {
    let mailbox = Mailbox::start();
    let mut home = home_with(&[("google", &mailbox.at)]);
    let refused = |home: &Home, code: &str| {
        let ran = sync(home, &[]);
        assert!(ran.status == 1 && ran.stderr.contains(&format!("error[{code}]")), "{code}: {ran:?}");
    };
    refused(&home, "gmail_off");
    mailbox.sign_in(&home, &["google"]);
    home.set("EPISTLE_ACCOUNT", ADA);
    let _ = home.epistle(["settings", "set", "gmail.base", &mailbox.base()]).done();
    refused(&home, "gmail_grant_missing");
    mailbox.sign_in(&home, &["google", "--again", ADA, "--for", "read-mail"]);
    let _ = home.epistle(["settings", "set", "gmail.base", "http://127.0.0.1:1"]).done();
    refused(&home, "gmail_unreachable");
    home.set("DISABLE_GMAIL", "true");
    refused(&home, "gmail_off");
    let _ = home.epistle(["drafts"]).done();
}

#[test]
fn what_may_only_be_read_is_read_and_changes_wait_here() {
    let mailbox = Mailbox::start();
    let mut home = home_with(&[("google", &mailbox.at)]);
    mailbox.sign_in(&home, &["google", "--for", "read-mail"]);
    home.set("EPISTLE_ACCOUNT", ADA);
    let _ = home.epistle(["settings", "set", "gmail.base", &mailbox.base()]).done();
    let _ = sync(&home, &[]).done();
    let thread = message(&home, "The lecture")["thread"].as_str().unwrap().to_owned();
    let _ = home.epistle(["archive", &thread]).done();
    let report = sync(&home, &["--full"]).done().json();
    assert_eq!((&report["told"], labels(&home)["The lecture"].clone()), (&json!(0), of(&["STARRED"])), "{report}");
    assert_eq!(mailbox.labels_of("m-html"), ["INBOX", "STARRED"]);
    mailbox.sign_in(&home, &["google", "--again", ADA, "--for", "read-mail,organise-mail"]);
    assert_eq!(sync(&home, &[]).done().json()["told"], 1);
    assert_eq!(mailbox.labels_of("m-html"), ["STARRED"]);
}

#[test]
fn a_watch_brings_what_comes_until_it_is_stopped() {
    let mailbox = Mailbox::start();
    let home = mailbox.home();
    let mut command = home.command("epistle-cli");
    command.args(["sync", "--watch"]).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut watching = command.spawn().expect("epistle starts");
    let mut lines = support::gmail::lines(watching.stdout.take().unwrap());
    let first = lines.next().unwrap();
    assert!(first.starts_with("6 new"), "{first}");
    let _ = mailbox.deliver(&json!({ "subject": "Hello", "body_text": "Hello there." }));
    assert_eq!(lines.next().unwrap(), "something changed");
    let ended = Command::new("kill").args(["-INT", &watching.id().to_string()]).status().unwrap();
    assert!(ended.success());
    assert_eq!(watching.wait().unwrap().code(), Some(130));
    until("the message", || labels(&home).contains_key("Hello"));
}
