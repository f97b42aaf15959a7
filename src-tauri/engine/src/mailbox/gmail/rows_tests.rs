//! The same random histories over the real store: what is committed is what was meant, conversations and index too, and a store that was
//! left and opened again knows the same.

use super::body;
use super::history_tests::world;
use super::history_tests::world::{Schedule, schedules};
use super::plan::{Effect, Known, Mirror, What};
use super::rows::{self, commit};
use crate::Engine;
use crate::api::{LabelId, SearchBy, SearchRequest, ThreadsView};
use crate::store::tables::{MESSAGES, NODES, RAW, REMOTE_MESSAGES, SUBJECTS, THREADS};
use epistle_wire::gmail::{Body, Header, Message, MessageId, Part, ThreadId};
use proptest::test_runner::{Config, TestRunner};
use std::collections::{BTreeMap, BTreeSet};

fn cases() -> u32 {
    if std::env::var_os("EPISTLE_NIGHTLY").is_some() { 5_000 } else { 30 }
}

fn header(name: &str, value: &str) -> Header {
    Header { name: name.into(), value: value.into() }
}

/// A message as Gmail gives it; it answers the one before it of its conversation.
pub(super) fn message(number: u32, thread: &str, labels: &[&str]) -> Message {
    let label = |name: &&str| epistle_wire::gmail::LabelId::parse(name).unwrap();
    Message {
        id: MessageId::parse(&format!("m{number}")).unwrap(),
        thread_id: ThreadId::parse(thread).unwrap(),
        label_ids: labels.iter().map(label).collect(),
        snippet: String::new(),
        history_id: None,
        internal_date: Some(1_790_000_000_000 + i64::from(number) * 60_000),
        size_estimate: None,
        payload: Some(Part {
            mime_type: "text/plain".into(),
            headers: vec![
                header("From", "Grace Hopper <grace@example.com>"),
                header("To", "Ada Lovelace <ada@example.com>"),
                header("Subject", &format!("Re: subject {thread}")),
                header("Message-ID", &format!("<m{number}@example.com>")),
                header("Date", "Thu, 01 Oct 2026 10:00:00 +0000"),
            ],
            body: Body { data: Some(format!("words of number{number}").into_bytes()), size: 5, attachment_id: None },
            ..Part::default()
        }),
        raw: None,
    }
}

fn take(mirror: &mut Mirror, message: &Message) -> Effect {
    let known = Known {
        thread: message.thread_id.clone(),
        labels: message.label_ids.iter().cloned().collect(),
        seen: 0,
        what: What::Mail,
        message: None,
        came: true,
    };
    mirror.known.insert(message.id.clone(), known);
    Effect::Take(Box::new(message.clone()))
}

fn forget(mirror: &mut Mirror, id: &str) -> Effect {
    let id = MessageId::parse(id).unwrap();
    let known = mirror.known.remove(&id).unwrap();
    Effect::Forget(id, known)
}

/// Every conversation by the Message-IDs in it, and what the tables hold besides.
fn shape(engine: &Engine) -> (BTreeSet<BTreeSet<String>>, [u64; 5]) {
    let read = engine.store().read(engine.account()).unwrap();
    let mut threads = BTreeSet::new();
    read.each(THREADS, &[], |_, row| {
        let ids = row.members.iter().map(|member| {
            let message = read.get(MESSAGES, member.id.as_bytes()).unwrap().unwrap();
            message.message_id.unwrap_or_default()
        });
        threads.insert(ids.collect());
        Ok(true)
    })
    .unwrap();
    let count = [
        read.count(MESSAGES).unwrap(),
        read.count(RAW).unwrap(),
        read.count(NODES).unwrap(),
        read.count(SUBJECTS).unwrap(),
        read.count(REMOTE_MESSAGES).unwrap(),
    ];
    (threads, count)
}

#[test]
fn after_any_history_the_store_holds_what_a_fresh_syncs_store_holds() {
    let mut runner = TestRunner::new(Config { cases: cases(), failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&schedules(), |schedule: Schedule| {
        let (engine, fresh) = (Engine::in_memory().unwrap(), Engine::in_memory().unwrap());
        let mut lived = world::World::of(&schedule).kept_in(engine.clone());
        lived.live();
        lived.settle();
        let mut beside = world::World::beside(&lived).kept_in(fresh.clone());
        beside.settle();
        proptest::prop_assert_eq!(lived.here(), lived.truth());
        proptest::prop_assert_eq!(shape(&engine), shape(&fresh), "conversations");
        proptest::prop_assert_eq!(labels(&engine), labels(&fresh), "labels");
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

fn labels(engine: &Engine) -> BTreeMap<String, Vec<LabelId>> {
    let mut labels = BTreeMap::new();
    engine
        .each_message(&mut |message| {
            labels.insert(message.message_id.unwrap_or_default(), message.labels);
            Ok(())
        })
        .unwrap();
    labels
}

#[test]
fn a_message_that_goes_takes_its_rows_and_its_ties_with_it() {
    let engine = Engine::in_memory().unwrap();
    let mut mirror = Mirror::default();
    let mut linking = message(2, "t2", &["INBOX"]);
    linking.payload.as_mut().unwrap().headers.push(header("References", "<m1@example.com> <m3@example.com>"));
    let all = [message(1, "t1", &["INBOX"]), linking, message(3, "t3", &["INBOX"])];
    let effects = all.iter().map(|message| take(&mut mirror, message)).collect();
    commit(&engine, &mut mirror, effects).unwrap();
    assert_eq!(shape(&engine).0.len(), 1, "one names the others");
    let request = SearchRequest { query: "number2".into(), limit: 9, by: SearchBy::Both };
    assert_eq!(engine.search(&request).unwrap().len(), 1);
    let effects = vec![forget(&mut mirror, "m2")];
    commit(&engine, &mut mirror, effects).unwrap();
    let alone = |name: &str| BTreeSet::from([name.to_owned()]);
    let (threads, counts) = shape(&engine);
    assert_eq!(threads, BTreeSet::from([alone("m1@example.com"), alone("m3@example.com")]), "nothing ties them now");
    assert_eq!(counts, [2, 2, 4, 2, 2]);
    assert!(engine.search(&request).unwrap().is_empty(), "nor is it found");
    assert_eq!(engine.threads(&ThreadsView::default(), 0, 10).unwrap().total, 2);
    let effects = vec![forget(&mut mirror, "m1"), forget(&mut mirror, "m3")];
    commit(&engine, &mut mirror, effects).unwrap();
    assert_eq!(shape(&engine), (BTreeSet::new(), [0; 5]));
}

#[test]
fn what_was_imported_is_linked_and_outlives_the_link() {
    let engine = Engine::in_memory().unwrap();
    let eml = b"From: Grace <Grace@example.com>\r\nTo: ada@example.com\r\nSubject: Re: subject t1\r\nMessage-ID: <m1@example.com>\r\nDate: Thu, 1 Oct 2026 12:00:00 +0200\r\n\r\nThe letter as it was, with its file.\r\n";
    let here = engine.import_eml(eml).unwrap();
    let mut mirror = Mirror::default();
    let effects = vec![take(&mut mirror, &message(1, "t1", &["INBOX", "UNREAD"]))];
    commit(&engine, &mut mirror, effects).unwrap();
    assert_eq!(engine.mail_counts().unwrap(), (1, 1), "it is not doubled");
    let linked = engine.message(here).unwrap();
    assert!(linked.unread && linked.text.starts_with("The letter as it was"));
    assert_eq!(rows::load(&engine).unwrap(), mirror);
    // Another that only looks like it is another one.
    let twin = Message { id: MessageId::parse("m9").unwrap(), ..message(1, "t1", &[]) };
    let effects = vec![take(&mut mirror, &twin)];
    commit(&engine, &mut mirror, effects).unwrap();
    assert_eq!(engine.mail_counts().unwrap(), (2, 1));
    let effects = vec![forget(&mut mirror, "m1"), forget(&mut mirror, "m9")];
    commit(&engine, &mut mirror, effects).unwrap();
    assert_eq!(engine.mail_counts().unwrap(), (1, 1), "what the person brought in stays");
    assert!(!engine.message(here).unwrap().unread);
}

#[test]
fn what_came_from_gmail_is_not_doubled_by_a_file() {
    let engine = Engine::in_memory().unwrap();
    let mut mirror = Mirror::default();
    let effects = vec![take(&mut mirror, &message(1, "t1", &["INBOX"]))];
    commit(&engine, &mut mirror, effects).unwrap();
    let eml = b"From: grace@example.com\r\nMessage-ID: <m1@example.com>\r\nDate: Thu, 1 Oct 2026 10:00:00 +0000\r\n\r\nwords of number1, in another encoding\r\n";
    engine.import_eml(eml).unwrap();
    assert_eq!(engine.mail_counts().unwrap(), (1, 1));
    let other = b"From: mary@example.com\r\nMessage-ID: <m1@example.com>\r\nDate: Thu, 1 Oct 2026 10:00:00 +0000\r\n\r\nby somebody else\r\n";
    engine.import_eml(other).unwrap();
    assert_eq!(engine.mail_counts().unwrap().0, 2);
}

#[test]
fn parts_become_a_message_that_the_parser_reads() {
    let part = |place: &str, kind: &str, data: &[u8]| Part {
        part_id: place.into(),
        mime_type: kind.into(),
        body: Body { data: Some(data.to_vec()), size: data.len() as u64, attachment_id: None },
        ..Part::default()
    };
    let file = |place: &str, kind: &str, name: &str| Part {
        part_id: place.into(),
        mime_type: kind.into(),
        filename: name.into(),
        body: Body { size: 7_000, ..Body::default() },
        ..Part::default()
    };
    let latin = Part {
        headers: vec![header("Content-Type", "text/plain; charset=iso-8859-1")],
        ..part("0.0", "text/plain", "Größe".as_bytes())
    };
    let inner = Part {
        parts: vec![part("2.0", "text/plain", b"inside")],
        ..file("2", "message/rfc822", "Forwarded \"one\".eml")
    };
    let root = Part {
        mime_type: "multipart/mixed".into(),
        headers: vec![
            header("From", "Ada <ada@example.com>"),
            header("Subject", "Größe\r\nBcc: eve@example.com"),
            header("Content-Type", "multipart/mixed; boundary=theirs"),
            header("Bad name:", "x"),
        ],
        parts: vec![
            Part {
                mime_type: "multipart/alternative".into(),
                part_id: "0".into(),
                parts: vec![latin, part("0.1", "text/html", b"<p>Gr</p>")],
                ..Part::default()
            },
            file("1", "application/pdf", "Zahlen.pdf"),
            inner,
        ],
        ..Part::default()
    };
    let (bytes, files) = body::rebuilt(&Message { payload: Some(root), ..message(1, "t", &[]) });
    let parsed = crate::mailbox::parse::parse(&bytes, None, 1_790_000_000_000).unwrap();
    assert_eq!((parsed.body.text.as_str(), parsed.subject.as_str()), ("Größe", "Größe Bcc: eve@example.com"));
    assert!(crate::mailbox::parse::blind_copies(&bytes).is_empty(), "no value begins a header");
    let told: Vec<_> =
        files.iter().map(|file| (file.part.as_str(), file.attachment.name.as_str(), file.attachment.size)).collect();
    assert_eq!(told, [("1", "Zahlen.pdf", 7_000), ("2", "Forwarded \"one\".eml", 7_000)]);
}
