//! The import as a whole, on the real store in memory.

use super::*;
use crate::api::{ImportSource, ThreadsView};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn import(engine: &Engine, paths: &[&std::path::Path]) -> ImportReport {
    let paths = paths.iter().map(|path| path.to_path_buf()).collect();
    engine.import(&ImportSource::Paths { paths }, &mut |_| {}, &CancellationToken::new()).unwrap()
}

fn mail(id: u32, headers: &str, body: &str) -> String {
    format!(
        "From - Thu Aug 22 12:36:23 2002\nMessage-ID: <{id}@example.com>\nFrom: Ann <ann@example.com>\nDate: Thu, 22 Aug 2002 12:36:23 +0000\n{headers}\n{body}\n\n"
    )
}

#[test]
fn the_same_file_twice_adds_nothing_and_every_message_is_accounted_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.mbox");
    let mbox = [
        mail(1, "Subject: One\n", "x"),
        mail(2, "Subject: Re: One\nReferences: <1@example.com>\n", "y"),
        "From - Thu Aug 22 12:36:23 2002\nnothing here\n\n".to_owned(),
    ];
    std::fs::write(&path, mbox.concat()).unwrap();
    let engine = Engine::in_memory().unwrap();
    let first = import(&engine, &[&path]);
    assert_eq!((first.seen, first.imported, first.already, first.failed.len()), (3, 2, 0, 1));
    assert_eq!(engine.mail_counts().unwrap(), (2, 1));
    let second = import(&engine, &[&path]);
    assert_eq!((second.seen, second.imported, second.already, second.failed.len()), (3, 0, 2, 1));
    assert_eq!(engine.mail_counts().unwrap(), (2, 1));
}

#[test]
fn a_file_beside_mail_is_left_alone_unless_it_was_named_or_calls_itself_mail() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("in.mbox"), mail(1, "Subject: One\n", "x")).unwrap();
    for name in ["README.md", "photo.eml"] {
        std::fs::write(folder.path().join(name), "# Not a letter\n\nat all\n").unwrap();
    }
    let engine = Engine::in_memory().unwrap();
    let places = |notes: &[ImportNote]| {
        notes.iter().map(|note| note.place.rsplit('/').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let walked = import(&engine, &[folder.path()]);
    assert_eq!((walked.seen, walked.imported, places(&walked.failed)), (2, 1, vec!["photo.eml".to_owned()]));
    assert_eq!(places(&walked.ignored), ["README.md"]);
    let named = import(&engine, &[&folder.path().join("README.md")]);
    assert_eq!((named.seen, places(&named.failed), named.ignored), (1, vec!["README.md".to_owned()], vec![]));
    assert!(named.failed[0].why.contains("not mail"));
}

/// Who is in a conversation with whom, without ids.
fn conversations(engine: &Engine) -> BTreeSet<BTreeSet<String>> {
    let mut all: BTreeMap<ThreadId, BTreeSet<String>> = BTreeMap::new();
    let mut add = |message: crate::api::Message| {
        all.entry(message.thread).or_default().insert(message.message_id.unwrap_or_default());
        Ok(())
    };
    engine.each_message(&mut add).unwrap();
    all.into_values().collect()
}

/// A message of a small web: its number, its ancestors, its subject, whether it says Re:, and its day.
type Small = (Vec<u32>, u8, bool, u8);

fn letters(web: &[Small]) -> Vec<String> {
    let letter = |(number, (refs, subject, re, day)): (usize, &Small)| {
        let refs =
            refs.iter().map(|at| format!(" <{}@example.com>", *at as usize % (web.len() + 3))).collect::<String>();
        let refs = if refs.is_empty() { String::new() } else { format!("References:{refs}\n") };
        let (month, day) = (1 + day / 28, 1 + day % 28);
        format!(
            "Message-ID: <{number}@example.com>\nFrom: Ann <ann@example.com>\nTo: bob{}@example.com\nDate: {day} {} 2026 10:00:00 +0000\nSubject: {}Topic {subject}\n{refs}\nletter {number}\n",
            subject % 2,
            ["Jan", "Feb", "Mar", "Apr", "May"][month as usize % 5],
            if *re { "Re: " } else { "" },
        )
    };
    web.iter().enumerate().map(letter).collect()
}

fn web() -> impl Strategy<Value = Vec<Small>> {
    proptest::collection::vec((proptest::collection::vec(0u32..12, 0..3), 0u8..4, any::<bool>(), 0u8..120), 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_order_of_arrival_ends_in_the_same_conversations(web in web(), order in any::<prop::sample::Index>(), turns in 0usize..50) {
        let mut letters = letters(&web);
        let one = Engine::in_memory().unwrap();
        letters.iter().for_each(|letter| { one.import_eml(letter.as_bytes()).unwrap(); });
        for turn in 0..turns {
            let length = letters.len();
            letters.swap(turn % length, order.index(length).wrapping_mul(turn + 7) % length);
        }
        let other = Engine::in_memory().unwrap();
        letters.iter().for_each(|letter| { other.import_eml(letter.as_bytes()).unwrap(); });
        prop_assert_eq!(conversations(&one), conversations(&other));
        prop_assert_eq!(one.mail_counts().unwrap(), other.mail_counts().unwrap());
    }

    #[test]
    fn no_bytes_stop_the_import(bytes in proptest::collection::vec(any::<u8>(), 0..400), header in "(From: |Subject: =\\?|Date: |Content-Type: (multipart/mixed; boundary=a|text/html|message/rfc822)|\n){0,8}") {
        let engine = Engine::in_memory().unwrap();
        let _ = engine.import_eml(&[header.as_bytes(), &bytes].concat());
    }
}

#[test]
fn an_import_stopped_anywhere_and_run_again_ends_as_one_that_was_not() {
    let expected = (0..900).map(|number| number % 70).collect::<BTreeSet<_>>().len();
    for stop_at in [1u64, 2, 3] {
        let engine = Engine::in_memory().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mbox: String = (0..900)
            .map(|number| mail(number, &format!("Subject: S\nReferences: <root{}@example.com>\n", number % 70), "text"))
            .collect();
        std::fs::write(folder.path().join("a.mbox"), mbox).unwrap();
        let source = ImportSource::Paths { paths: vec![folder.path().to_owned()] };
        let (stop, mut calls) = (CancellationToken::new(), 0);
        let report = engine
            .import(
                &source,
                &mut |_| {
                    calls += 1;
                    if calls == stop_at {
                        stop.cancel();
                    }
                },
                &stop,
            )
            .unwrap();
        assert_eq!(engine.mail_counts().unwrap().0, report.imported);
        let rest = engine.import(&source, &mut |_| {}, &CancellationToken::new()).unwrap();
        assert_eq!((rest.already, rest.imported + report.imported), (report.imported, 900));
        assert!(!rest.stopped);
        assert_eq!(conversations(&engine).len(), expected);
    }
}

#[test]
fn an_answer_names_the_ancestors_its_message_names() {
    let cases = [
        ("References: <a@x.example>\n <b@x.example>\nIn-Reply-To: <b@x.example>\n", vec!["a@x.example", "b@x.example"]),
        ("In-Reply-To: <b@x.example>\n", vec!["b@x.example"]),
        ("In-Reply-To: <a@x.example> <b@x.example>\n", vec![]),
        ("In-Reply-To: Your letter of Monday\n", vec![]),
        ("Subject: Re: none\n", vec![]),
    ];
    let engine = Engine::in_memory().unwrap();
    for (number, (headers, expected)) in cases.into_iter().enumerate() {
        let id = engine.import_eml(mail(number as u32, headers, "x").as_bytes()).unwrap();
        assert_eq!(engine.ancestors(id).unwrap(), expected, "{headers}");
    }
}

#[test]
fn lists_follow_the_mail_and_who_is_me() {
    let engine = Engine::in_memory().unwrap();
    let known =
        || engine.people("", 9).unwrap().into_iter().map(|person| person.address.to_string()).collect::<Vec<_>>();
    assert_eq!((engine.threads(&ThreadsView::default(), 0, 9).unwrap().total, known().len()), (0, 0));
    engine.import_eml(mail(1, "To: bob@example.com\nSubject: One\n", "x").as_bytes()).unwrap();
    assert_eq!((engine.threads(&ThreadsView::default(), 0, 9).unwrap().total, known().len()), (1, 2));
    let mut settings = engine.settings().unwrap();
    settings.me = vec![Person { name: None, address: "bob@example.com".parse().unwrap() }];
    engine.set_settings(settings).unwrap();
    assert!(engine.threads(&ThreadsView::default(), 0, 9).unwrap().threads[0].awaits_me);
    assert_eq!(known(), ["ann@example.com"]);
    engine.import_eml(mail(2, "To: carol@example.com\nSubject: Two\n", "x").as_bytes()).unwrap();
    assert_eq!((engine.threads(&ThreadsView::default(), 0, 9).unwrap().total, known().len()), (2, 2));
}

#[test]
fn two_messages_with_one_id_are_both_kept() {
    let engine = Engine::in_memory().unwrap();
    for body in ["one", "two", "one"] {
        engine.import_eml(mail(1, "Subject: S\n", body).as_bytes()).unwrap();
    }
    assert_eq!(engine.mail_counts().unwrap(), (2, 1));
    assert!(engine.find_message("<1@example.com>").is_ok());
}

#[test]
fn the_sample_mailbox_reads_as_it_was_written() {
    let engine = Engine::in_memory().unwrap();
    let report = engine.import(&ImportSource::Sample, &mut |_| {}, &CancellationToken::new()).unwrap();
    assert_eq!((report.seen, report.imported, report.failed.len(), report.damaged), (80, 80, 0, vec![]));
    let me = engine.me_candidates().unwrap().remove(0).person;
    assert_eq!((me.name.as_deref(), me.address.as_str()), (Some("Mara Lind"), "mara@example.com"));
    let mut settings = engine.settings().unwrap();
    settings.me = vec![me];
    engine.set_settings(settings).unwrap();
    let page = engine.threads(&ThreadsView::default(), 0, 50).unwrap();
    assert_eq!((page.total, page.next), (16, None));
    let waiting: Vec<&str> =
        page.threads.iter().filter(|thread| thread.awaits_me).map(|thread| thread.subject.as_str()).collect();
    assert!(
        waiting.contains(&"Autumn exhibition: a map of lost ferries?") && waiting.contains(&"Nachdruck Flusskarte"),
        "{waiting:?}"
    );
    let from_programs = |subject: &&&str| subject.contains("Paper Weekly") || subject.contains("parcel");
    assert_eq!(waiting.iter().find(from_programs), None, "nobody reads an answer to these");
    assert_eq!(engine.people("dan", 5).unwrap()[0].address.as_str(), "dana.reyes@northgate.example.org");
    let mut every = Vec::new();
    engine
        .each_message(&mut |message| {
            every.push(message);
            Ok(())
        })
        .unwrap();
    assert!(every.iter().all(|message| message.date.is_some()
        && message.from.is_some()
        && !message.text.is_empty()
        && !message.text.contains("schrieb")
        && !message.text.contains("> ")));
    assert!(every.iter().all(|message| !message.text.contains("unsubscribe code")
        && !message.text.contains("Outlook only")
        && !message.text.contains("small groups")));
    assert_eq!(every.iter().map(|message| message.attachments.len()).sum::<usize>(), 1);
    assert!(every.iter().filter(|message| message.language.as_deref() == Some("de")).count() > 20);
}
