//! Gmail's mail comes in: the real program and emulate's Gmail.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::{Value, json};
use support::cli::Home;
use support::gmail::{Mailbox, sync};

/// Every conversation there is here, spam and trash too, with its messages.
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

/// The subject of each message with its labels, in order.
fn subjects(home: &Home) -> Vec<(String, Vec<String>)> {
    let threads = here(home);
    let messages = threads.iter().flat_map(|thread| thread["messages"].as_array().unwrap());
    let mut subjects: Vec<_> = messages
        .map(|message| {
            let labels: Vec<String> = serde_json::from_value(message["labels"].clone()).unwrap();
            (message["subject"].as_str().unwrap().to_owned(), labels)
        })
        .collect();
    subjects.sort();
    subjects
}

fn labels(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn a_mailbox_comes_in_with_its_conversations_labels_and_drafts() {
    let mailbox = Mailbox::start();
    let home = mailbox.home();
    let report = sync(&home, &[]).done().json();
    assert_eq!((&report["new"], &report["drafts"], &report["full"]), (&json!(6), &json!(1), &json!(true)), "{report}");
    assert_eq!(
        subjects(&home),
        [
            ("Old news".to_owned(), labels(&["TRASH"])),
            ("Re: The engine".to_owned(), labels(&["SENT"])),
            ("The engine".to_owned(), labels(&["INBOX", "UNREAD"])),
            ("The lecture".to_owned(), labels(&["INBOX", "STARRED"])),
            ("The quarter in figures".to_owned(), labels(&["INBOX", "Label_1"])),
            ("You have won".to_owned(), labels(&["SPAM"])),
        ]
    );
    let drafts = home.epistle(["drafts", "--json"]).done().lines();
    assert_eq!((drafts.len(), &drafts[0]["subject"]), (1, &json!("The lecture hall")));
    let again = sync(&home, &[]).done().json();
    assert_eq!((&again["new"], &again["relabelled"], &again["full"]), (&json!(0), &json!(0), &json!(false)), "{again}");
}
