//! A letter leaves once: by the real program, through a proxy that does every kind of harm, to a Gmail that keeps the record.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use support::cli::Home;
use support::gmail::{Letter, Mailbox, header};
use support::proxy::{Fault, Proxy};

const SEND: &str = "POST /gmail/v1/users/me/drafts/send";
const UPLOAD: &str = "POST /gmail/v1/users/me/drafts$";
const HISTORY: &str = "GET /gmail/v1/users/me/history";

fn kind(item: &Value) -> &str {
    item["state"]["kind"].as_str().unwrap_or_default()
}

#[test]
fn a_letter_is_shown_approved_and_sent_once_and_is_no_draft_any_more() {
    let mailbox = Mailbox::start();
    let home = mailbox.home();
    let letter = Letter::with(
        &home,
        &["--to", "Grace Hopper <grace@example.com>", "--bcc", "mary@example.com", "--subject", "Grüße vom Motor"],
    );
    let shown = home.epistle(["draft", "show", &letter.draft, "--json"]).done().json();
    assert_eq!(shown["from"]["address"], "ada@example.com");
    assert_eq!(shown["bcc"][0]["address"], "mary@example.com");

    let wrong = home.epistle(["send", &letter.draft, "--approve", &"0".repeat(64)]);
    assert!(wrong.status == 1 && wrong.stderr.contains("error[draft_changed]"), "{wrong:?}");
    let unasked = home.epistle(["send", &letter.draft]);
    assert!(unasked.status == 2 && unasked.stderr.contains("--approve HASH"), "{unasked:?}");
    assert!(mailbox.sent("Grüße vom Motor").is_empty());

    let sent = letter.sent(&home).done().json();
    assert_eq!(kind(&sent), "sent", "{sent}");
    let there = mailbox.sent("Grüße vom Motor");
    assert_eq!(there.len(), 1);
    assert_eq!(sent["state"]["message"], there[0]["id"]);
    assert!(header(&there[0], "To").unwrap().contains("grace@example.com"), "{}", there[0]);
    assert!(header(&there[0], "Bcc").is_some_and(|bcc| bcc.contains("mary@example.com")), "{}", there[0]);
    assert!(mailbox.drafts("Grüße vom Motor").is_empty());
    assert!(home.epistle(["drafts", "--json"]).done().lines().is_empty());

    let again = letter.sent(&home);
    assert!(again.status == 2 && again.stderr.contains("sent already"), "{again:?}");
    assert_eq!(mailbox.sent("Grüße vom Motor").len(), 1);
}

#[test]
fn what_is_taken_back_in_time_never_leaves() {
    let mailbox = Mailbox::start();
    let home = mailbox.home();
    let letter = Letter::written(&home, "Taken back");
    let queued = home
        .epistle(["send", &letter.draft, "--approve", &letter.approval, "--undo", "30", "--queue", "--json"])
        .done()
        .json();
    assert_eq!((kind(&queued), &queued["can_undo"]), ("waiting", &json!(true)));
    let id = queued["id"].as_str().unwrap();
    let undone = home.epistle(["outbox", "undo", &id[..14], "--json"]).done().json();
    assert_eq!(kind(&undone), "undone");
    let _ = home.epistle(["outbox", "run"]).done();
    assert!(mailbox.sent("Taken back").is_empty() && mailbox.drafts("Taken back").is_empty());
    assert_eq!(home.epistle(["drafts", "--json"]).done().lines().len(), 1, "it is the draft it was");
    assert_eq!(kind(&letter.sent(&home).done().json()), "sent", "and can be sent all the same");
}

/// One row: at which call, what harm, and how it must end.
struct Row {
    what: &'static str,
    at: &'static str,
    harm: Vec<Fault>,
    /// The end, and how many times Gmail's record must have it.
    ends: (&'static str, usize),
}

fn refusal(status: u16, reason: &str) -> Fault {
    let error = json!({"error": {"code": status, "message": "words", "errors": [{"domain": "global", "reason": reason, "message": "words"}]}});
    Fault::json(status, &error)
}

fn after(seconds: u32, fault: Fault) -> Fault {
    match fault {
        Fault::Answer(status, kind, body, _) => Fault::Answer(status, kind, body, Some(seconds)),
        other => other,
    }
}

#[allow(clippy::too_many_lines)] // all of it is a table
fn rows() -> Vec<Row> {
    let row = |what, at, harm: &[Fault], ends| Row { what, at, harm: harm.to_vec(), ends };
    let html = |status| Fault::Answer(status, "text/html", "<html><h1>Oops</h1></html>".into(), None);
    let sent = ("sent", 1);
    vec![
        row("429 without Retry-After", SEND, &[refusal(429, "rateLimitExceeded")], sent),
        row("429 with Retry-After", SEND, &[after(1, refusal(429, "userRateLimitExceeded"))], sent),
        row("403 rateLimitExceeded", SEND, &[refusal(403, "rateLimitExceeded")], sent),
        row("500", SEND, &[refusal(500, "backendError")], sent),
        row("503 as a page", SEND, &[html(503)], sent),
        row("404 as a page", SEND, &[html(404)], sent),
        row("accepted, and the answer dropped", SEND, &[Fault::Cut(0)], sent),
        row("accepted, and the answer cut", SEND, &[Fault::Cut(10)], sent),
        row("accepted, and the answer dropped, the history away for a while", SEND, &[Fault::Cut(0)], sent),
        row("401, once", SEND, &[refusal(401, "authError")], sent),
        row("400", SEND, &[refusal(400, "invalidArgument")], ("failed", 0)),
        row("403 of the administrator", SEND, &[refusal(403, "domainPolicy")], ("failed", 0)),
        row("429 at the upload", UPLOAD, &[after(1, refusal(429, "rateLimitExceeded"))], sent),
        row("500 at the upload", UPLOAD, &[refusal(500, "backendError")], sent),
        row("uploaded, and the answer dropped", UPLOAD, &[Fault::Cut(0)], sent),
        row("uploaded, and the answer dropped, twice", UPLOAD, &[Fault::Cut(0), Fault::Cut(0)], sent),
        row("401 at the upload", UPLOAD, &[refusal(401, "authError")], sent),
        row("400 at the upload", UPLOAD, &[refusal(400, "invalidArgument")], ("failed", 0)),
    ]
}

#[test]
fn no_harm_on_the_way_sends_it_twice_or_loses_it() {
    let mailbox = Mailbox::start();
    let proxy = Proxy::before(&mailbox.base(), vec![]);
    let home = mailbox.home_through(&proxy);
    let mut told = Vec::new();
    for Row { what, at, harm, ends } in rows() {
        let letter = Letter::written(&home, what);
        proxy.will(&[]);
        proxy.will_where(at, &harm);
        proxy.will_where(HISTORY, if what.contains("history away") { &[Fault::Cut(0)] } else { &[] });
        let ran = letter.sent(&home);
        let item = ran.json();
        let record = mailbox.sent(what).len();
        if (kind(&item), record) != ends {
            told.push(format!("{what}: {} and {record} times in the record, not {ends:?}; {ran:?}", kind(&item)));
        }
        let drafts = mailbox.drafts(what).len();
        if drafts > 0 && !what.contains("dropped") {
            told.push(format!("{what}: {drafts} drafts are left at Gmail"));
        }
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[test]
fn a_message_id_that_gmail_replaced_is_no_reason_to_send_again() {
    let mailbox = Mailbox::start();
    let proxy = Proxy::before(&mailbox.base(), vec![]);
    let home = mailbox.home_through(&proxy);
    let letter = Letter::written(&home, "Under another name");
    proxy.rewrites(UPLOAD, |body| {
        let mut said: Value = serde_json::from_slice(body).unwrap();
        let raw =
            BASE64_URL_SAFE_NO_PAD.decode(said["message"]["raw"].as_str().unwrap().trim_end_matches('=')).unwrap();
        let raw = String::from_utf8(raw).unwrap();
        let own = raw.lines().find(|line| line.starts_with("Message-ID:")).unwrap();
        let raw = raw.replacen(own, "Message-ID: <replaced@mail.example>", 1);
        said["message"]["raw"] = BASE64_URL_SAFE_NO_PAD.encode(raw).into();
        said.to_string().into_bytes()
    });
    proxy.will_where(SEND, &[Fault::Cut(0)]);
    let item = letter.sent(&home).done().json();
    assert_eq!(kind(&item), "sent", "{item}");
    let there = mailbox.sent("Under another name");
    assert_eq!(there.len(), 1);
    assert!(header(&there[0], "Message-ID").unwrap().contains("replaced@mail.example"));
}

#[test]
fn an_answer_that_never_comes_is_settled_without_a_second_send() {
    let mailbox = Mailbox::start();
    let proxy = Proxy::before(&mailbox.base(), vec![]);
    let home = mailbox.home_through(&proxy);
    let letter = Letter::written(&home, "Silence");
    proxy.will_where(SEND, &[Fault::Stall(0)]);
    let item = letter.sent(&home).done().json();
    assert_eq!((kind(&item), mailbox.sent("Silence").len()), ("sent", 1), "{item}");
    assert_eq!(proxy.seen().iter().filter(|seen| seen.line.starts_with(SEND)).count(), 1);
}

#[test]
fn a_draft_deleted_elsewhere_after_a_lost_answer_is_unknown_and_waits_for_a_word() {
    let mailbox = Mailbox::start();
    let proxy = Proxy::before(&mailbox.base(), vec![]);
    let home = mailbox.home_through(&proxy);
    let letter = Letter::written(&home, "Nobody knows");
    // The provider fails before it does anything, and somebody deletes the draft elsewhere: no trace is left.
    proxy.will_where(SEND, &[refusal(503, "backendError")]);
    proxy.will_where("GET /gmail/v1/users/me/drafts/", &[]);
    let queued = home
        .epistle(["send", &letter.draft, "--approve", &letter.approval, "--undo", "0", "--queue", "--json"])
        .done()
        .json();
    let id = queued["id"].as_str().unwrap().to_owned();
    let mut running = home.command("epistle-cli").args(["outbox", "run"]).spawn().unwrap();
    support::gmail::until("the send", || proxy.seen().iter().any(|seen| seen.line.starts_with(SEND)));
    for draft in mailbox.drafts("Nobody knows") {
        let _ = mailbox.call("DELETE", &format!("drafts/{}", draft["id"].as_str().unwrap()), &Value::Null);
    }
    std::thread::sleep(std::time::Duration::from_secs(3));
    running.kill().unwrap();
    let _ = running.wait();
    let state = |home: &Home| {
        let items = home.epistle(["outbox", "--json"]).done().lines();
        items.into_iter().find(|item| item["id"] == id.as_str()).unwrap()
    };
    let item = state(&home);
    assert!(matches!(kind(&item), "settling" | "sent"), "it is asked about, and not sent again: {item}");
    assert!(mailbox.sent("Nobody knows").len() <= 1);
}

#[test]
fn a_draft_changed_at_gmail_before_it_was_sent_is_neither_sent_nor_deleted() {
    let mailbox = Mailbox::start();
    let proxy = Proxy::before(&mailbox.base(), vec![]);
    let home = mailbox.home_through(&proxy);
    let letter = Letter::written(&home, "Changed there");
    // emulate keeps a changed draft's message id, so the change is the proxy's: the draft that is asked for holds another message.
    proxy.will_where(
        "GET /gmail/v1/users/me/drafts/",
        &[
            Fault::json(200, &json!({"id": "r", "message": {"id": "m", "threadId": "t", "historyId": "1"}})),
            Fault::json(200, &json!({"id": "r", "message": {"id": "another", "threadId": "t"}})),
            Fault::json(200, &json!({"id": "r", "message": {"id": "another", "threadId": "t"}})),
        ],
    );
    let ran = letter.sent(&home);
    let item = ran.json();
    assert_eq!((ran.status, kind(&item)), (1, "failed"), "{ran:?}");
    assert!(item["state"]["said"].as_str().unwrap().contains("changed in Gmail"), "{item}");
    assert!(mailbox.sent("Changed there").is_empty());
    assert_eq!(mailbox.drafts("Changed there").len(), 1, "what somebody wrote there is theirs");
}

#[test]
fn without_the_network_it_waits_and_is_sent_when_it_is_back() {
    let mailbox = Mailbox::start();
    let home = mailbox.home();
    let letter = Letter::written(&home, "Patience");
    let _ = home.epistle(["settings", "set", "gmail.base", "http://127.0.0.1:9"]).done();
    let ran = letter.sent(&home);
    let item = ran.json();
    assert_eq!((ran.status, kind(&item), &item["state"]["reason"]), (1, "waiting", &json!("offline")), "{ran:?}");
    let _ = home.epistle(["settings", "set", "gmail.base", &mailbox.base()]).done();
    support::gmail::until("the letter", || {
        let _ = home.epistle(["outbox", "run"]);
        mailbox.sent("Patience").len() == 1
    });
    assert_eq!(kind(&home.epistle(["outbox", "--json"]).done().json()), "sent");
}

#[test]
fn turned_off_or_not_allowed_says_what_is_missing_and_keeps_the_letter() {
    let mailbox = Mailbox::start();
    let mut home = support::identity::home_with(&[("google", &mailbox.at)]);
    let _ = home.epistle(["settings", "set", "gmail.base", &mailbox.base()]).done();
    mailbox.sign_in(&home, &["google"]);
    let letter = Letter::written(&home, "Not yet");
    let ran = letter.sent(&home);
    assert!(ran.status == 1 && ran.stderr.contains("gmail_grant_missing") && ran.stderr.contains("--for"), "{ran:?}");
    mailbox.sign_in(&home, &["google", "--again", "ada@example.com", "--for", "read-mail,send-mail"]);
    home.set("DISABLE_GMAIL", "true");
    let off = home.epistle(["outbox", "run"]);
    assert!(off.status == 1 && off.stderr.contains("gmail_off"), "{off:?}");
    assert!(mailbox.sent("Not yet").is_empty());
    home.set("DISABLE_GMAIL", "");
    let _ = home.epistle(["outbox", "run"]).done();
    assert_eq!(mailbox.sent("Not yet").len(), 1);
}

#[test]
fn an_answer_joins_its_conversation_at_gmail_and_quotes_what_it_answers() {
    let mailbox = Mailbox::start();
    let home = mailbox.home();
    let _ = support::gmail::sync(&home, &[]).done();
    let letter = Letter::with(&home, &["--reply-to", "m-engine-1@example.com"]);
    assert_eq!(kind(&letter.sent(&home).done().json()), "sent");
    let listed = mailbox.call("GET", "threads/t-engine?format=full", &Value::Null);
    let ours = listed["messages"].as_array().unwrap().iter().find(|message| {
        header(message, "In-Reply-To").is_some_and(|id| id.contains("m-engine-1@example.com"))
            && message["id"] != "m-engine-2"
    });
    let ours = ours.unwrap_or_else(|| panic!("the answer is not in its thread: {listed}"));
    assert_eq!(header(ours, "Subject").unwrap(), "Re: The engine");
    assert!(header(ours, "To").unwrap().contains("grace@example.com"));
    let text = ours["snippet"].as_str().unwrap_or_default();
    assert!(!text.is_empty(), "{ours}");
}
