//! A draft written here is one draft at Gmail, and the same one however often it is changed; changed on both sides it is kept twice and
//! written over nowhere; deleted or sent on one side it is gone on both. The real program, emulate's Gmail, and a proxy before it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use epistle_engine::api::{DraftEdit, SyncNews};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use support::cli::Home;
use support::gmail::{ADA, Letter, Mailbox, header, sync};
use support::proxy::{Fault, Proxy};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

const CREATE: &str = "POST /gmail/v1/users/me/drafts$";
const UPDATE: &str = "PUT /gmail/v1/users/me/drafts/";
const FILE: &str = "/attachments/";
const PLAN: (&str, &str, &[u8]) = ("plan.pdf", "application/pdf", b"%PDF-1.7 the plan\0\xff");
const MAP: (&str, &str, &[u8]) = ("map.png", "image/png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");

/// Ada's folder, in which a draft rests at once and the mail is in.
fn ready(mailbox: &Mailbox, proxy: &Proxy) -> Home {
    let home = mailbox.home_through(proxy);
    let _ = home.epistle(["settings", "set", "gmail.draft_rest_seconds", "0"]).done();
    let _ = sync(&home, &[]).done();
    home
}

/// A letter to Grace that was written here and has gone up; its draft here and there.
fn gone_up(home: &Home, mailbox: &Mailbox, subject: &str) -> (Letter, Value) {
    let letter = Letter::written(home, subject);
    let report = sync(home, &[]).done().json();
    assert_eq!(report["pushed"], 1, "{report}");
    let there = mailbox.drafts(subject);
    assert_eq!(there.len(), 1);
    (letter, there[0].clone())
}

fn shown(home: &Home, draft: &str) -> Value {
    home.epistle(["show", draft, "--json"]).done().json()
}

fn drafts(home: &Home, subject: &str) -> Vec<Value> {
    let all = home.epistle(["drafts", "--json"]).done().lines();
    all.into_iter().filter(|draft| draft["subject"] == subject).collect()
}

/// The person goes on with a draft here, as in the window: this stands under its text.
fn changed_here(home: &Home, draft: &str, more: &str) {
    let engine = home.engine(ADA);
    let id = draft.parse().unwrap();
    let body = format!("{}\n{more}", engine.draft(id).unwrap().body);
    engine.save_draft(&DraftEdit { id: Some(id), body: Some(body), ..DraftEdit::default() }).unwrap();
}

/// Another program of Ada's puts a text into a draft. emulate keeps the message's id, which Gmail never does: the proxy gives it another.
fn changed_there(mailbox: &Mailbox, proxy: &Proxy, draft: &Value, text: &str) {
    let subject = header(&draft["message"], "Subject").unwrap();
    let id = header(&draft["message"], "Message-ID").unwrap();
    let raw = format!(
        "From: Ada Lovelace <ada@example.com>\r\nTo: grace@example.com\r\nSubject: {subject}\r\nMessage-ID: {id}\r\n\r\n{text}"
    );
    let body = json!({ "message": { "raw": base64url(&raw) } });
    let _ = mailbox.call("PUT", &format!("drafts/{}", draft["id"].as_str().unwrap()), &body);
    let message = draft["message"]["id"].as_str().unwrap();
    proxy.renames(message, &format!("{message}-changed"));
}

/// A draft that another program of Ada's made or changed, with these files; as Gmail has it.
fn with_files(mailbox: &Mailbox, draft: Option<&Value>, text: &str, files: &[(&str, &str, &[u8])]) -> Value {
    let mut raw = format!(
        "From: Ada Lovelace <ada@example.com>\r\nTo: grace@example.com\r\nSubject: With files\r\nMessage-ID: <with-files@mail.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"edge\"\r\n\r\n--edge\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    );
    for (name, kind, bytes) in files {
        raw += &format!(
            "--edge\r\nContent-Type: {kind}; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n{}\r\n",
            BASE64_STANDARD.encode(bytes)
        );
    }
    let body = json!({ "message": { "raw": base64url(&(raw + "--edge--\r\n")) } });
    let _ = match draft {
        Some(draft) => mailbox.call("PUT", &format!("drafts/{}", draft["id"].as_str().unwrap()), &body),
        None => mailbox.call("POST", "drafts", &body),
    };
    mailbox.drafts("With files").remove(0)
}

/// The files of a message as Gmail has it, by name, with their bytes.
fn files_of(mailbox: &Mailbox, message: &Value) -> Vec<(String, Vec<u8>)> {
    let parts = message["payload"]["parts"].as_array().cloned().unwrap_or_default();
    let files = parts.iter().filter(|part| part["filename"].as_str().is_some_and(|name| !name.is_empty()));
    let mut found: Vec<_> = files
        .map(|part| {
            let (id, at) = (message["id"].as_str().unwrap(), part["body"]["attachmentId"].as_str().unwrap());
            let data = mailbox.call("GET", &format!("messages/{id}/attachments/{at}"), &Value::Null);
            let data = data["data"].as_str().unwrap().trim_end_matches('=');
            (part["filename"].as_str().unwrap().to_owned(), BASE64_URL_SAFE_NO_PAD.decode(data).unwrap())
        })
        .collect();
    found.sort();
    found
}

fn both_files() -> Vec<(String, Vec<u8>)> {
    [MAP, PLAN].map(|(name, _, bytes)| (name.to_owned(), bytes.to_vec())).to_vec()
}

/// What of a draft's files is here, and what is not.
fn named(draft: &Value) -> (Vec<&str>, Vec<&str>) {
    let names = |list: &'static str| draft[list].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap());
    (names("files").collect(), names("missing").collect())
}

fn only_with_files(home: &Home) -> Value {
    let found = drafts(home, "With files");
    assert_eq!(found.len(), 1, "one draft, and no pile");
    shown(home, found[0]["id"].as_str().unwrap())
}

fn unavailable() -> Fault {
    Fault::json(503, &json!({ "error": { "code": 503, "errors": [{ "reason": "backendError" }] } }))
}

fn base64url(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(text)
}

fn text_of(draft: &Value) -> String {
    fn find(part: &Value) -> Option<String> {
        if part["mimeType"] == "text/plain" {
            let data = part["body"]["data"].as_str()?.trim_end_matches('=');
            return String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(data).ok()?).ok();
        }
        part["parts"].as_array()?.iter().find_map(find)
    }
    find(&draft["message"]["payload"]).unwrap_or_default().replace("\r\n", "\n")
}

fn asked(proxy: &Proxy, line: &str) -> usize {
    let line = line.trim_end_matches('$');
    proxy.seen().iter().filter(|seen| seen.line.starts_with(line)).count()
}

#[test]
fn a_draft_goes_up_once_and_every_change_is_the_same_draft() {
    let mailbox = Mailbox::start();
    let proxy = Proxy::before(&mailbox.base(), vec![]);
    let home = ready(&mailbox, &proxy);
    proxy.will(&[]);
    let (letter, first) = gone_up(&home, &mailbox, "One and the same");
    assert!(header(&first["message"], "To").unwrap().contains("grace@example.com"));
    assert!(text_of(&first).contains(shown(&home, &letter.draft)["body"].as_str().unwrap().trim()), "{first}");
    let again = sync(&home, &[]).done().json();
    assert_eq!((&again["pushed"], &again["drafts"]), (&json!(0), &json!(0)), "it is known when it comes back: {again}");
    for (nth, intent) in ["and it is loud", "no, quiet", "and bring Mary"].into_iter().enumerate() {
        changed_here(&home, &letter.draft, intent);
        let report = sync(&home, &[]).done().json();
        assert_eq!(report["pushed"], 1, "{report}");
        let there = mailbox.drafts("One and the same");
        assert_eq!((there.len(), &there[0]["id"]), (1, &first["id"]), "change {nth}");
        assert_eq!(header(&there[0]["message"], "Message-ID"), header(&first["message"], "Message-ID"));
        assert!(text_of(&there[0]).contains(shown(&home, &letter.draft)["body"].as_str().unwrap().trim()));
        assert_eq!(drafts(&home, "One and the same").len(), 1);
    }
    assert_eq!((asked(&proxy, CREATE), asked(&proxy, UPDATE)), (1, 3));
    let full = sync(&home, &["--full"]).done().json();
    assert_eq!((&full["pushed"], &full["drafts"]), (&json!(0), &json!(0)), "{full}");
}

#[test]
fn an_answer_that_was_dropped_makes_no_second_draft() {
    let mailbox = Mailbox::start();
    let proxy = Proxy::before(&mailbox.base(), vec![]);
    let home = ready(&mailbox, &proxy);
    for (subject, harm) in [
        ("Dropped", vec![Fault::Cut(0)]),
        ("Cut", vec![Fault::Cut(10)]),
        (
            "Failed",
            vec![Fault::json(503, &json!({ "error": { "code": 503, "errors": [{ "reason": "backendError" }] } }))],
        ),
        (
            "Too many",
            vec![Fault::json(429, &json!({ "error": { "code": 429, "errors": [{ "reason": "rateLimitExceeded" }] } }))],
        ),
    ] {
        proxy.will_where(CREATE, &harm);
        let letter = Letter::written(&home, subject);
        let _ = sync(&home, &[]).done();
        assert_eq!(mailbox.drafts(subject).len(), 1, "{subject}");
        let _ = sync(&home, &[]).done();
        assert_eq!((mailbox.drafts(subject).len(), drafts(&home, subject).len()), (1, 1), "{subject}");
        changed_here(&home, &letter.draft, "and more");
        proxy.will_where(UPDATE, &harm);
        let _ = sync(&home, &[]).done();
        let there = mailbox.drafts(subject);
        assert_eq!(there.len(), 1, "{subject}");
        assert!(text_of(&there[0]).contains(shown(&home, &letter.draft)["body"].as_str().unwrap().trim()), "{subject}");
        assert!(
            shown(&home, &letter.draft)["elsewhere"].is_null(),
            "{subject}: what we wrote is no change of anybody's"
        );
    }
}

#[test]
fn a_draft_that_nobody_heard_was_made_is_found_by_the_next_sync() {
    let mailbox = Mailbox::start();
    let proxy = Proxy::before(&mailbox.base(), vec![]);
    let home = ready(&mailbox, &proxy);
    let letter = Letter::written(&home, "Unheard of");
    proxy.will_where(CREATE, &[Fault::Stall(0)]);
    let mut syncing = home.command("epistle-cli").args(["sync"]).spawn().unwrap();
    support::gmail::until("the draft", || mailbox.drafts("Unheard of").len() == 1);
    syncing.kill().unwrap();
    let _ = syncing.wait();
    let _ = sync(&home, &[]).done();
    assert_eq!((mailbox.drafts("Unheard of").len(), drafts(&home, "Unheard of").len()), (1, 1));
    changed_here(&home, &letter.draft, "and more");
    let _ = sync(&home, &[]).done();
    assert_eq!((mailbox.drafts("Unheard of").len(), drafts(&home, "Unheard of").len()), (1, 1));
}

#[test]
fn changed_on_both_sides_both_are_kept_and_neither_is_written_over() {
    let mailbox = Mailbox::start();
    let proxy = Proxy::before(&mailbox.base(), vec![]);
    let home = ready(&mailbox, &proxy);
    let (letter, there) = gone_up(&home, &mailbox, "Both");
    changed_there(&mailbox, &proxy, &there, "Written on the telephone.");
    changed_here(&home, &letter.draft, "and bring Mary");
    let mine = shown(&home, &letter.draft)["body"].clone();
    // It is seen when the draft is looked at before it is written; nothing of the history tells of it.
    let report = sync(&home, &[]).done().json();
    assert_eq!(report["pushed"], 0, "{report}");
    let draft = shown(&home, &letter.draft);
    assert_eq!((&draft["body"], &draft["elsewhere"]["body"]), (&mine, &json!("Written on the telephone.")), "{draft}");
    let kept = draft["revisions"].as_array().unwrap();
    assert!(kept.iter().any(|one| one["by"]["kind"] == "elsewhere" && one["body"] == "Written on the telephone."));
    for more in [&[] as &[&str], &["--full"]] {
        let _ = sync(&home, more).done();
        assert_eq!(text_of(&mailbox.drafts("Both")[0]).trim(), "Written on the telephone.", "it waits for a word");
        assert_eq!((mailbox.drafts("Both").len(), drafts(&home, "Both").len()), (1, 1));
    }
    let _ = home.epistle(["draft", "keep", &letter.draft, "here"]).done();
    assert_eq!(sync(&home, &[]).done().json()["pushed"], 1);
    assert!(text_of(&mailbox.drafts("Both")[0]).contains(mine.as_str().unwrap().trim()));
    let draft = shown(&home, &letter.draft);
    assert_eq!((&draft["body"], &draft["elsewhere"]), (&mine, &Value::Null));
    let kept = draft["revisions"].as_array().unwrap();
    assert!(kept.iter().any(|one| one["body"] == "Written on the telephone."), "it is lost nowhere: {draft}");
}

#[test]
fn of_two_versions_the_one_at_gmail_can_be_kept() {
    let mailbox = Mailbox::start();
    let proxy = Proxy::before(&mailbox.base(), vec![]);
    let home = ready(&mailbox, &proxy);
    let (letter, there) = gone_up(&home, &mailbox, "Theirs");
    changed_there(&mailbox, &proxy, &there, "Written on the telephone.");
    changed_here(&home, &letter.draft, "and bring Mary");
    let mine = shown(&home, &letter.draft)["body"].clone();
    let _ = sync(&home, &[]).done();
    let _ = home.epistle(["draft", "keep", &letter.draft, "gmail"]).done();
    assert_eq!(sync(&home, &[]).done().json()["pushed"], 0, "both are the same now");
    let draft = shown(&home, &letter.draft);
    assert_eq!(draft["body"], "Written on the telephone.");
    assert!(draft["revisions"].as_array().unwrap().iter().any(|one| one["body"] == mine), "{draft}");
}

#[test]
fn changed_there_only_it_comes_in_without_a_second_signature() {
    let mailbox = Mailbox::start();
    let proxy = Proxy::before(&mailbox.base(), vec![]);
    let home = ready(&mailbox, &proxy);
    let (letter, there) = gone_up(&home, &mailbox, "From the telephone");
    let under = text_of(&there).replace(shown(&home, &letter.draft)["body"].as_str().unwrap().trim(), "");
    changed_there(&mailbox, &proxy, &there, &format!("Shorter.{under}"));
    let report = sync(&home, &["--full"]).done().json();
    assert_eq!(report["drafts"], 1, "{report}");
    let draft = shown(&home, &letter.draft);
    assert_eq!((&draft["body"], &draft["elsewhere"]), (&json!("Shorter."), &Value::Null), "{draft}");
    assert_eq!(sync(&home, &[]).done().json()["pushed"], 0, "it is the same on both sides");
}

#[test]
fn deleted_on_one_side_it_is_gone_on_both_unless_the_other_was_changed() {
    let mailbox = Mailbox::start();
    let proxy = Proxy::before(&mailbox.base(), vec![]);
    let home = ready(&mailbox, &proxy);
    let delete_there = |draft: &Value| {
        let _ = mailbox.call("DELETE", &format!("drafts/{}", draft["id"].as_str().unwrap()), &Value::Null);
    };
    let (_, there) = gone_up(&home, &mailbox, "Deleted there");
    delete_there(&there);
    assert_eq!(sync(&home, &[]).done().json()["drafts"], 1);
    assert!(drafts(&home, "Deleted there").is_empty());
    assert_eq!(sync(&home, &[]).done().json()["pushed"], 0, "it is not made again");

    let (letter, _) = gone_up(&home, &mailbox, "Deleted here");
    let _ = home.epistle(["draft", "delete", &letter.draft]).done();
    assert_eq!(sync(&home, &[]).done().json()["pushed"], 1);
    assert!(mailbox.drafts("Deleted here").is_empty() && drafts(&home, "Deleted here").is_empty());

    let (letter, there) = gone_up(&home, &mailbox, "Changed here");
    delete_there(&there);
    changed_here(&home, &letter.draft, "and more");
    let _ = sync(&home, &[]).done();
    assert_eq!((mailbox.drafts("Changed here").len(), drafts(&home, "Changed here").len()), (1, 1), "it stands");

    let (letter, there) = gone_up(&home, &mailbox, "Changed there");
    changed_there(&mailbox, &proxy, &there, "Written on the telephone.");
    let _ = home.epistle(["draft", "delete", &letter.draft]).done();
    let _ = sync(&home, &[]).done();
    assert_eq!((mailbox.drafts("Changed there").len(), drafts(&home, "Changed there").len()), (1, 1), "it stands");
}

#[test]
fn a_letter_that_was_sent_leaves_no_draft() {
    let mailbox = Mailbox::start();
    let proxy = Proxy::before(&mailbox.base(), vec![]);
    let home = ready(&mailbox, &proxy);
    let (letter, _) = gone_up(&home, &mailbox, "Sent");
    let item = letter.sent(&home).done().json();
    assert_eq!(item["state"]["kind"], "sent", "{item}");
    assert_eq!((mailbox.sent("Sent").len(), mailbox.drafts("Sent").len()), (1, 0));
    let _ = sync(&home, &[]).done();
    assert_eq!((mailbox.drafts("Sent").len(), drafts(&home, "Sent").len()), (0, 0));
}

#[test]
fn without_the_permission_or_the_rest_it_stays_here() {
    let mailbox = Mailbox::start();
    let mut home = support::identity::home_with(&[("google", &mailbox.at)]);
    mailbox.sign_in(&home, &["google", "--for", "read-mail"]);
    home.set("EPISTLE_ACCOUNT", ADA);
    let _ = home.epistle(["settings", "set", "gmail.base", &mailbox.base()]).done();
    let _ = home.epistle(["settings", "set", "gmail.draft_rest_seconds", "0"]).done();
    let _ = Letter::written(&home, "Not allowed");
    assert_eq!(sync(&home, &[]).done().json()["pushed"], 0);
    mailbox.sign_in(&home, &["google", "--again", ADA, "--for", "read-mail,send-mail"]);
    let _ = home.epistle(["settings", "set", "gmail.draft_rest_seconds", "3600"]).done();
    assert_eq!(sync(&home, &[]).done().json()["pushed"], 0, "the person is at it");
    assert!(mailbox.drafts("Not allowed").is_empty());
    let _ = home.epistle(["settings", "set", "gmail.draft_rest_seconds", "0"]).done();
    assert_eq!(sync(&home, &[]).done().json()["pushed"], 1);
    assert_eq!(mailbox.drafts("Not allowed").len(), 1);
}

#[test]
fn files_of_a_draft_made_at_gmail_come_in_are_kept_by_a_change_and_leave_with_it() {
    let mailbox = Mailbox::start();
    let proxy = Proxy::before(&mailbox.base(), vec![]);
    let home = ready(&mailbox, &proxy);
    let there = with_files(&mailbox, None, "Hi Grace,\r\n[image: map.png]\r\nAda", &[PLAN, MAP]);
    assert_eq!(sync(&home, &[]).done().json()["drafts"], 1);
    let draft = only_with_files(&home);
    assert_eq!(named(&draft), (vec!["plan.pdf", "map.png"], vec![]), "{draft}");
    let of_files =
        |what: &str| draft["files"].as_array().unwrap().iter().map(|file| file[what].clone()).collect::<Value>();
    assert_eq!(of_files("inline"), json!([false, true]), "the image stands where the text names it");
    assert_eq!(
        (of_files("media_type"), of_files("size")),
        (json!([PLAN.1, MAP.1]), json!([PLAN.2.len(), MAP.2.len()]))
    );
    proxy.will(&[]);
    let again = sync(&home, &[]).done().json();
    assert_eq!(
        (&again["pushed"], &again["drafts"], asked(&proxy, "GET /gmail/v1/users/me/messages")),
        (&json!(0), &json!(0), 0)
    );

    let id = draft["id"].as_str().unwrap();
    changed_here(&home, id, "and bring Mary");
    assert_eq!(sync(&home, &[]).done().json()["pushed"], 1);
    let after = mailbox.drafts("With files").remove(0);
    assert_eq!(after["id"], there["id"], "the same draft");
    assert_eq!(files_of(&mailbox, &after["message"]), both_files());
    assert!(text_of(&after).contains("and bring Mary"));

    let approval = home.epistle(["draft", "show", id, "--json"]).done().json()["approval"].as_str().unwrap().to_owned();
    let letter = Letter { draft: id.to_owned(), approval };
    assert_eq!(letter.sent(&home).done().json()["state"]["kind"], "sent");
    let sent = mailbox.sent("With files");
    assert_eq!((sent.len(), files_of(&mailbox, &sent[0])), (1, both_files()));
    let _ = sync(&home, &[]).done();
    assert_eq!((mailbox.drafts("With files").len(), drafts(&home, "With files").len()), (0, 0));
}

#[test]
fn a_file_that_does_not_come_loses_no_draft_is_asked_about_and_comes_with_the_next_sync() {
    let mailbox = Mailbox::start();
    let proxy = Proxy::before(&mailbox.base(), vec![]);
    let home = ready(&mailbox, &proxy);
    with_files(&mailbox, None, "Hi Grace", &[PLAN, MAP]);
    proxy.will_where(FILE, &[unavailable(), Fault::Pass, Fault::Cut(10)]);
    let _ = sync(&home, &[]).done();
    let draft = only_with_files(&home);
    assert_eq!((&draft["body"], named(&draft)), (&json!("Hi Grace"), (vec!["map.png"], vec!["plan.pdf"])));
    let id = draft["id"].as_str().unwrap();
    let outgoing = home.epistle(["draft", "show", id, "--json"]).done().json();
    assert_eq!(outgoing["questions"], json!([{ "kind": "files_missing", "about": "plan.pdf" }]));

    changed_here(&home, id, "and bring Mary");
    assert_eq!(sync(&home, &[]).done().json()["pushed"], 0, "what Gmail has is not written over");
    let there = mailbox.drafts("With files").remove(0);
    assert_eq!((text_of(&there).trim(), files_of(&mailbox, &there["message"])), ("Hi Grace", both_files()));

    let report = sync(&home, &[]).done().json();
    assert_eq!((&report["drafts"], &report["pushed"]), (&json!(1), &json!(1)), "{report}");
    let draft = only_with_files(&home);
    assert_eq!((&draft["elsewhere"], named(&draft)), (&Value::Null, (vec!["map.png", "plan.pdf"], vec![])));
    let there = mailbox.drafts("With files").remove(0);
    assert_eq!(files_of(&mailbox, &there["message"]), both_files());
    assert!(text_of(&there).contains("and bring Mary"));
    let outgoing = home.epistle(["draft", "show", id, "--json"]).done().json();
    assert_eq!(outgoing["questions"], json!([]));
}

#[test]
fn a_file_changed_there_is_another_here_though_it_has_its_name_and_size() {
    let mailbox = Mailbox::start();
    let proxy = Proxy::before(&mailbox.base(), vec![]);
    let home = ready(&mailbox, &proxy);
    let there = with_files(&mailbox, None, "Hi Grace", &[PLAN, MAP]);
    let _ = sync(&home, &[]).done();
    let other = (PLAN.0, PLAN.1, b"%PDF-1.7 the flan\0\xff".as_slice());
    with_files(&mailbox, Some(&there), "Hi Grace", &[other]);
    let message = there["message"]["id"].as_str().unwrap();
    proxy.renames(message, &format!("{message}-changed"));
    // While it does not come, the draft is here as it was, and there too.
    proxy.will_where(FILE, &[unavailable()]);
    let _ = sync(&home, &["--full"]).done();
    assert_eq!(named(&only_with_files(&home)), (vec!["plan.pdf", "map.png"], vec![]));
    let _ = sync(&home, &[]).done();
    let draft = only_with_files(&home);
    assert_eq!((&draft["elsewhere"], named(&draft)), (&Value::Null, (vec!["plan.pdf"], vec![])));
    changed_here(&home, draft["id"].as_str().unwrap(), "and bring Mary");
    let _ = sync(&home, &[]).done();
    let there = mailbox.drafts("With files").remove(0);
    assert_eq!(files_of(&mailbox, &there["message"]), [("plan.pdf".to_owned(), other.2.to_vec())]);
}

#[test]
fn a_file_that_is_too_large_stays_at_gmail_and_so_does_its_draft() {
    let mailbox = Mailbox::start();
    let proxy = Proxy::before(&mailbox.base(), vec![]);
    let home = ready(&mailbox, &proxy);
    let mut told = with_files(&mailbox, None, "Hi Grace", &[PLAN, MAP]);
    told["message"]["payload"]["parts"][1]["body"]["size"] = json!(90_000_000);
    let line = format!("GET /gmail/v1/users/me/drafts/{}?format=full", told["id"].as_str().unwrap());
    proxy.will_where(line.leak(), &[Fault::json(200, &told)]);
    let _ = sync(&home, &[]).done();
    let draft = only_with_files(&home);
    assert_eq!((named(&draft), &draft["missing"][0]["never"]), ((vec!["map.png"], vec!["plan.pdf"]), &json!(true)));
    proxy.will(&[]);
    let id = draft["id"].as_str().unwrap();
    changed_here(&home, id, "and bring Mary");
    assert_eq!(sync(&home, &[]).done().json()["pushed"], 0);
    assert_eq!(asked(&proxy, "GET /gmail/v1/users/me/drafts"), 0, "it is not asked for again");
    let outgoing = home.epistle(["draft", "show", id, "--json"]).done().json();
    assert_eq!(outgoing["questions"], json!([{ "kind": "files_missing", "about": "plan.pdf" }]));
    let _ = home.epistle(["draft", "delete", id]).done();
    assert_eq!(sync(&home, &[]).done().json()["pushed"], 0);
    let there = mailbox.drafts("With files");
    assert_eq!((there.len(), files_of(&mailbox, &there[0]["message"])), (1, both_files()));
    assert!(drafts(&home, "With files").is_empty());
}

#[test]
fn a_draft_that_rests_goes_up_though_nobody_asks_for_a_sync() {
    let mailbox = Mailbox::start();
    let proxy = Proxy::before(&mailbox.base(), vec![]);
    let home = ready(&mailbox, &proxy);
    let _ = home.epistle(["settings", "set", "gmail.draft_rest_seconds", "2"]).done();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (engine, stop, (_visible, seen)) = (home.engine(ADA), CancellationToken::new(), watch::channel(true));
    let mut news = engine.sync_news();
    let watching = runtime.spawn({
        let (engine, stop) = (engine.clone(), stop.clone());
        async move { engine.watch_mail(seen, &stop).await }
    });
    // The next look is half a minute away after this one.
    support::gmail::until("the first look", || matches!(news.try_recv(), Ok(SyncNews::Ended)));
    let typed = |id, body: &str| {
        let to = serde_json::from_value(json!([{ "name": null, "address": "grace@example.com" }])).unwrap();
        let (subject, body) = (Some("It rests".to_owned()), Some(body.to_owned()));
        engine.save_draft(&DraftEdit { id, to: Some(to), subject, body, ..DraftEdit::default() }).unwrap().id
    };
    let id = typed(None, "Hi");
    std::thread::sleep(Duration::from_millis(1_300));
    typed(Some(id), "Hi Grace");
    let last = Instant::now();
    support::gmail::until("the draft", || mailbox.drafts("It rests").len() == 1);
    let took = last.elapsed();
    assert!(took > Duration::from_millis(1_900), "the person was at it: {took:?}");
    assert!(took < Duration::from_secs(12), "a look came first: {took:?}");
    assert_eq!(text_of(&mailbox.drafts("It rests")[0]).lines().next(), Some("Hi Grace"));
    assert_eq!(asked(&proxy, CREATE), 1);
    stop.cancel();
    runtime.block_on(watching).unwrap().unwrap();
}
