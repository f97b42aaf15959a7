//! The addresses that Gmail lets Ada send as: which are offered, which one is written from unless another is named, and a letter from an
//! alias, which carries its address and its signature once. emulate has one such address; the list of several is the proxy's answer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use support::cli::Home;
use support::gmail::{ADA, Letter, Mailbox, sync};
use support::proxy::Proxy;

const OFFICE: &str = "office@example.org";
const OFFICES: &str = "The Office\nRoom 4";

fn list() -> Value {
    let row = |address: &str, name: &str, signature: &str| json!({ "sendAsEmail": address, "displayName": name, "signature": signature, "treatAsAlias": true });
    let with = |mut row: Value, more: Value| {
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        row
    };
    json!({ "sendAs": [
        with(row(ADA, "Ada Lovelace", "<div>Ada Lovelace<br>London</div>"), json!({ "isPrimary": true })),
        with(row(OFFICE, "The Engine Office", "<div><b>The Office</b></div><div>Room 4</div>"), json!({ "isDefault": true, "verificationStatus": "accepted" })),
        with(row("quiet@example.org", "", ""), json!({ "verificationStatus": "accepted" })),
        with(row("pending@example.org", "Nobody yet", "<p>Pending</p>"), json!({ "verificationStatus": "pending" })),
        with(row("unsaid@example.org", "Nobody yet", ""), json!({})),
    ]})
}

fn ready(mailbox: &Mailbox) -> (Proxy, Home) {
    let proxy = Proxy::before(&mailbox.base(), vec![("/gmail/v1/users/me/settings/sendAs", list().to_string())]);
    let home = mailbox.home_through(&proxy);
    let _ = sync(&home, &[]).done(); // the first of a start asks for them
    (proxy, home)
}

/// The plain part of what Gmail has.
fn text_of(message: &Value) -> String {
    fn find(part: &Value) -> Option<String> {
        if part["mimeType"] == "text/plain" {
            let data = part["body"]["data"].as_str()?.trim_end_matches('=');
            return String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(data).ok()?).ok();
        }
        part["parts"].as_array()?.iter().find_map(find)
    }
    find(&message["payload"]).unwrap_or_default().replace("\r\n", "\n")
}

/// Whom the message that Gmail was given is from. emulate's own headers name the account's address, whatever the message says.
fn author(mailbox: &Mailbox, message: &Value) -> String {
    let path = format!("messages/{}?format=raw", message["id"].as_str().unwrap());
    let raw = mailbox.call("GET", &path, &Value::Null)["raw"].as_str().unwrap().trim_end_matches('=').to_owned();
    let raw = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(raw).unwrap()).unwrap();
    raw.lines().find_map(|line| line.strip_prefix("From: ")).unwrap().to_owned()
}

fn sent_from(home: &Home, mailbox: &Mailbox, subject: &str, from: Option<&str>) -> Value {
    let letter = Letter::written(home, subject);
    let from = from.map(|from| vec!["--from", from]).unwrap_or_default();
    let show = [vec!["draft", "show", &letter.draft, "--json"], from.clone()].concat();
    let approval = home.epistle(show).done().json()["approval"].as_str().unwrap().to_owned();
    let send = [vec!["send", &letter.draft, "--approve", &approval, "--json"], from].concat();
    assert_eq!(home.epistle(send).done().json()["state"]["kind"], "sent");
    let mut there = mailbox.sent(subject);
    assert_eq!(there.len(), 1);
    there.remove(0)
}

#[test]
fn verified_addresses_are_offered_with_their_signatures_and_one_is_the_default() {
    let mailbox = Mailbox::start();
    let (_proxy, home) = ready(&mailbox);
    let senders = home.engine(ADA).senders().unwrap();
    let known: Vec<_> =
        senders.iter().map(|sender| (sender.person.address.as_str(), sender.signature.as_deref())).collect();
    assert_eq!(known, [(ADA, Some("Ada Lovelace\nLondon")), (OFFICE, Some(OFFICES)), ("quiet@example.org", None)]);
    assert_eq!(senders.iter().filter(|sender| sender.default).count(), 1);
}

#[test]
fn a_letter_from_an_alias_carries_its_address_and_its_signature_once() {
    let mailbox = Mailbox::start();
    let (_proxy, home) = ready(&mailbox);
    let from_office = sent_from(&home, &mailbox, "From the office", Some(OFFICE));
    assert_eq!(author(&mailbox, &from_office), format!("\"The Engine Office\" <{OFFICE}>"));
    let text = text_of(&from_office);
    assert_eq!((text.matches(OFFICES).count(), text.matches("London").count()), (1, 0), "{text}");
    let from_ada = sent_from(&home, &mailbox, "From Ada", Some(ADA));
    assert!(author(&mailbox, &from_ada).contains(ADA));
    let text = text_of(&from_ada);
    assert_eq!((text.matches("Ada Lovelace\nLondon").count(), text.matches(OFFICES).count()), (1, 0), "{text}");
    let quiet = text_of(&sent_from(&home, &mailbox, "From nobody", Some("quiet@example.org")));
    assert!(!quiet.contains("-- \n"), "no signature of another address stands under it: {quiet}");
    let refused = Letter::written(&home, "Not verified");
    let refused = home.epistle(["draft", "show", &refused.draft, "--from", "pending@example.org"]);
    assert!(refused.status != 0 && refused.stderr.contains("error[bad_input]"), "{refused:?}");
}
