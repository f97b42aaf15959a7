//! The command line, as somebody in a terminal meets it: the real program, a data folder of its own, nobody's network.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::Read;
use std::process::Stdio;
use support::cli::{Home, ran};

fn with_sample() -> Home {
    let home = Home::default();
    let _ = home.epistle(["import", "--sample"]).done();
    home
}

/// The sample mailbox's most likely owner, as `import` itself suggests it.
fn be_somebody(home: &Home) -> String {
    let said = home.epistle(["import", "--sample"]).done().stderr;
    let line = said.lines().find(|line| line.contains("wrote ")).unwrap_or_else(|| panic!("no suggestion in {said}"));
    let address = line.split(['<', '>']).nth(1).unwrap_or_else(|| line.split_whitespace().next().unwrap()).to_owned();
    let _ = home.epistle(["import", "--me", &address]).done();
    address
}

#[test]
fn the_sample_comes_in_once() {
    let home = Home::default();
    let first = home.epistle(["import", "--sample", "--json"]).done().json();
    assert!(first["imported"].as_u64().unwrap() >= 70, "{first}");
    assert_eq!(first["seen"], first["imported"]);
    assert_eq!(first["failed"], serde_json::json!([]));
    let second = home.epistle(["import", "--sample", "--json"]).done().json();
    assert_eq!((&second["imported"], &second["already"]), (&serde_json::json!(0), &first["imported"]));
}

#[test]
fn a_letter_is_written_offline_and_kept() {
    let home = with_sample();
    be_somebody(&home);
    let threads = home.epistle(["threads", "--json"]).done().lines();
    let thread = threads.iter().find(|thread| thread["awaits_me"] == true).expect("somebody waits for an answer");
    let shown = home.epistle(["show", thread["id"].as_str().unwrap(), "--json"]).done().json();
    let last = shown["messages"].as_array().unwrap().last().unwrap();
    let answered = last["message_id"].as_str().unwrap();
    let to = last["from"]["address"].as_str().unwrap();

    let write = [
        "write",
        "--to",
        to,
        "--reply-to",
        answered,
        "--intent",
        "Yes, Tuesday at ten works for me",
        "--model",
        "offline",
        "--json",
    ];
    let letter = home.epistle(write).done().json();
    assert_eq!(letter["model"], "offline");
    assert!(letter["body"].as_str().unwrap().contains("Tuesday"), "{letter}");
    assert!(letter["to"][0].as_str().unwrap().contains(to), "{letter}");
    assert_eq!(letter["receipt"]["sent_to"], serde_json::Value::Null, "nothing left the machine");
    assert!(
        letter["sources"].as_array().unwrap().iter().any(|source| source["kind"] == "thread"),
        "it names what it answers: {letter}"
    );
    assert!(
        letter["checks"].as_array().unwrap().iter().any(|check| check["kind"] == "written_offline"),
        "it says how it came to be"
    );

    let drafts = home.epistle(["drafts", "--json"]).done().lines();
    assert!(drafts.iter().any(|draft| draft["id"] == letter["id"]));
    let eml = home.epistle(["show", letter["id"].as_str().unwrap(), "--eml"]).done().stdout;
    assert!(eml.contains("In-Reply-To:") && eml.contains(answered), "{eml}");
}

#[test]
fn an_answer_to_all_leaves_with_its_quote_and_its_files() {
    let home = Home::default();
    let me = be_somebody(&home);
    let question = home.scratch().join("question.eml");
    let text = format!(
        "From: Dana Ortiz <dana@x.example>\r\nTo: Me <{me}>, jo@x.example\r\nCc: kim@x.example\r\nSubject: Lunch?\r\n\
                Message-ID: <q1@x.example>\r\nDate: Mon, 02 Mar 2026 09:00:00 +0000\r\n\r\nShall we have lunch on Friday?\r\n"
    );
    std::fs::write(&question, text).unwrap();
    let (menu, map) = (home.scratch().join("Menü.txt"), home.scratch().join("map.txt"));
    std::fs::write(&menu, "soup").unwrap();
    std::fs::write(&map, "left, then right").unwrap();
    let (question, menu, map) = (question.to_str().unwrap(), menu.to_str().unwrap(), map.to_str().unwrap());
    let write = [
        "write",
        "--reply-to",
        question,
        "--all",
        "--intent",
        "Yes, gladly",
        "--model",
        "offline",
        "--attach",
        menu,
        "--json",
    ];
    let letter = home.epistle(write).done().json();
    let id = letter["id"].as_str().unwrap();
    assert_eq!(letter["to"], serde_json::json!(["Dana Ortiz <dana@x.example>", "jo@x.example"]));
    assert_eq!(letter["cc"], serde_json::json!(["kim@x.example"]));

    let listed = home.epistle(["draft", "attach", id, map]).done().stdout;
    assert!(listed.contains("Menü.txt (text/plain, 4 bytes)") && listed.contains("map.txt"), "{listed}");
    let _ = home.epistle(["draft", "detach", id, "Menü.txt"]).done();
    let leaves = home.epistle(["draft", "show", id, "--json"]).done().json();
    assert_eq!(leaves["attachments"].as_array().unwrap().len(), 1);
    let text = leaves["text"].as_str().unwrap();
    assert!(text.ends_with("Dana Ortiz <dana@x.example> wrote:\n\n> Shall we have lunch on Friday?"), "{text}");
    let eml = home.epistle(["show", id, "--eml"]).done().stdout;
    let read = mail_parser::MessageParser::new().parse(eml.as_bytes()).unwrap();
    assert_eq!(read.body_text(0).unwrap().replace("\r\n", "\n").trim_end(), text);
    assert_eq!(read.attachment(0).unwrap().contents(), b"left, then right");
    assert_eq!(home.epistle(["draft", "detach", id, "Menü.txt"]).status, 1);
}

#[test]
fn search_gives_json_lines_best_first() {
    let home = with_sample();
    let hits = home.epistle(["search", "meeting", "--limit", "5", "--json"]).done().lines();
    assert!(!hits.is_empty() && hits.len() <= 5);
    for hit in &hits {
        for key in ["id", "message_id", "subject", "from", "date", "score", "snippet", "why"] {
            assert!(!hit[key].is_null(), "{key} is missing in {hit}");
        }
    }
    let scores: Vec<_> = hits.iter().map(|hit| hit["score"].as_f64().unwrap()).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
    assert!(home.epistle(["search", "zyxwvut", "--json"]).done().stdout.is_empty());
}

#[test]
fn an_eml_file_can_be_answered_without_an_import() {
    let home = Home::default();
    let file = home.scratch().join("question.eml");
    let text = "From: Dana Ortiz <dana@x.example>\r\nTo: me@y.example\r\nSubject: Lunch?\r\nMessage-ID: <q1@x.example>\r\n\
                Date: Mon, 02 Mar 2026 09:00:00 +0000\r\n\r\nShall we have lunch on Friday?\r\n";
    std::fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let letter = home.epistle([
        "write",
        "--reply-to",
        file,
        "--to",
        "Dana Ortiz <dana@x.example>",
        "--intent",
        "Yes, gladly",
        "--model",
        "offline",
        "--json",
    ]);
    let letter = letter.done().json();
    assert_eq!(letter["to"][0], "Dana Ortiz <dana@x.example>");
    assert!(letter["subject"].as_str().unwrap().contains("Lunch?"), "{letter}");
}

#[test]
fn the_templates_are_there_to_use() {
    let home = Home::default();
    let templates = home.epistle(["templates", "--json"]).done().lines();
    assert!(templates.len() >= 12, "{}", templates.len());
    let missing = home.epistle(["write", "--to", "a@x.example", "--template", "no-such", "--model", "offline"]);
    assert_eq!(missing.status, 1);
    assert!(missing.stderr.starts_with("error[not_found]:"), "{}", missing.stderr);
}

#[test]
fn the_doctor_tells_what_is_missing_and_what_to_do() {
    let home = Home::default();
    let report = home.epistle(["doctor", "--json"]).done().json();
    let items = report["items"].as_array().unwrap();
    let missing = items.iter().find(|item| item["state"] == "missing").expect("a new data folder lacks something");
    assert!(missing["todo"].as_str().is_some_and(|todo| !todo.is_empty()), "{missing}");
}

#[test]
fn a_wrong_passphrase_opens_nothing() {
    let home = Home::default();
    let _ = home.epistle(["drafts"]).done();
    let wrong = ran(home.command("epistle-cli").args(["drafts"]).env("EPISTLE_PASSPHRASE", "wrong"));
    assert_eq!((wrong.status, wrong.stdout.as_str()), (3, ""));
    assert!(wrong.stderr.starts_with("error[passphrase_wrong]:"), "{}", wrong.stderr);
    let none = ran(home.command("epistle-cli").args(["drafts"]).env_remove("EPISTLE_PASSPHRASE"));
    assert_eq!(none.status, 3);
    assert!(none.stderr.starts_with("error[passphrase_needed]:"), "{}", none.stderr);
}

#[test]
fn a_second_process_hears_that_the_folder_is_in_use() {
    let home = Home::default();
    let mut first =
        home.command("epistle-victim").arg("hold").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    first.stdout.as_mut().unwrap().read_exact(&mut [0; 5]).unwrap();
    let second = home.epistle(["drafts"]);
    let doctor = home.epistle(["doctor", "--json"]);
    drop(first.stdin.take());
    first.wait().unwrap();
    assert_eq!(second.status, 3);
    assert!(second.stderr.starts_with("error[in_use]:"), "{}", second.stderr);
    assert_eq!(doctor.status, 3);
    assert!(doctor.json()["items"][0]["found"].as_str().unwrap().contains("in_use"));
    let _ = home.epistle(["drafts"]).done();
}

#[test]
fn what_cannot_be_meant_is_a_usage_error() {
    let home = Home::default();
    let table: [(&[&str], i32); 7] = [
        (&["write", "--to", "a@x.example"], 2),
        (&["write", "--to", "not an address", "--intent", "hello"], 2),
        (&["write", "--to", "a@x.example", "--intent", "hello", "--model", "cloud/9"], 2),
        (&["import"], 2),
        (&["fly"], 2),
        (&["settings", "set", "gemini.colour", "blue"], 2),
        (&["--help"], 0),
    ];
    for (args, status) in table {
        assert_eq!(home.epistle(args).status, status, "{args:?}");
    }
}

#[test]
fn a_setting_stays_set() {
    let home = Home::default();
    let _ = home.epistle(["settings", "set", "gemini.base", "http://127.0.0.1:4010"]).done();
    assert_eq!(home.epistle(["settings", "get", "gemini.base"]).done().stdout, "gemini.base = http://127.0.0.1:4010\n");
    let refused = home.epistle(["settings", "set", "gemini.base", "http://models.example"]);
    assert_eq!(refused.status, 2, "plain http is for loopback only: {}", refused.stderr);
}

#[test]
fn a_reader_that_leaves_early_is_no_crash() {
    let home = with_sample();
    let mut child = home
        .command("epistle-cli")
        .args(["threads", "--limit", "50"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let end = child.wait_with_output().unwrap();
    assert!(end.status.success(), "{}", String::from_utf8_lossy(&end.stderr));
    assert!(!String::from_utf8_lossy(&end.stderr).contains("panicked"));
}

#[test]
fn a_key_is_read_from_standard_input_and_never_shown() {
    let home = Home::default();
    let key = "AIza-not-a-real-key-4711";
    let kept = home.epistle_reading(&["key", "set", "gemini"], &format!("{key}\n")).done();
    let doctor = home.epistle(["doctor"]).done();
    let settings = home.epistle(["settings"]).done();
    assert!([kept, doctor, settings].iter().all(|ran| !ran.stdout.contains(key) && !ran.stderr.contains(key)));
    let empty = home.epistle_reading(&["key", "set", "gemini"], "\n");
    assert_eq!(empty.status, 2, "{}", empty.stderr);
}

#[test]
fn conversations_are_listed_by_label_and_moved() {
    let home = with_sample();
    be_somebody(&home);
    let list = |args: &[&str]| home.epistle([&["threads", "--json", "--limit", "100"], args].concat()).done().lines();
    let inbox = list(&["--label", "inbox"]);
    assert!(inbox.len() > 10 && list(&["--unread"]).is_empty(), "imported mail is read");
    let [one, other] = [0, 1].map(|n| inbox[n]["id"].as_str().unwrap().to_owned());

    let _ = home.epistle(["unread", &one, &other]).done();
    let _ = home.epistle(["star", &one]).done();
    let unread = list(&["--label", "inbox", "--unread"]);
    assert_eq!(unread.iter().map(|row| row["id"].as_str().unwrap()).collect::<Vec<_>>(), [&one, &other]);
    assert!(unread[0]["starred"] == true && unread[0]["unread"] == true && unread[1]["starred"] == false);
    let _ = home.epistle(["archive", &one]).done();
    let _ = home.epistle(["trash", &other]).done();
    assert_eq!(list(&["--label", "inbox"]).len(), inbox.len() - 2);
    assert_eq!(list(&["--label", "trash"]).len(), 1);
    assert!(!list(&[]).iter().any(|row| row["id"] == other.as_str()), "the trash is seen under its own label");
    let changed = home.epistle(["label", &other, "--remove", "TRASH", "--add", "inbox", "--json"]).done().json();
    assert_eq!(changed["threads"][0], other.as_str());
    let labels = home.epistle(["labels", "--json"]).done().lines();
    let count = |id: &str| labels.iter().find(|label| label["id"] == id).unwrap()["threads"].as_u64().unwrap();
    assert_eq!((count("INBOX"), count("STARRED"), count("TRASH")), (inbox.len() as u64 - 1, 1, 0));

    for refused in [&["threads", "--label", "Nobody’s"][..], &["label", &one, "--add", "SENT"], &["label", &one]] {
        let ran = home.epistle(refused);
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{refused:?}: {}", ran.stderr);
    }
}
