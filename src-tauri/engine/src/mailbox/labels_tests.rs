//! Labels on the real store in memory: what a person changes, what a provider says, and what lists show of both.

use super::*;
use crate::api::{ImportSource, Person, SearchBy, SearchRequest, ThreadsView};
use proptest::prelude::*;
use tokio_util::sync::CancellationToken;

fn id(label: &str) -> LabelId {
    label.parse().unwrap()
}

fn ids(labels: &[&str]) -> Vec<LabelId> {
    labels.iter().map(|label| id(label)).collect()
}

fn change(add: &[&str], remove: &[&str]) -> LabelChange {
    LabelChange { add: ids(add), remove: ids(remove) }
}

/// One conversation of three, the second of them mine, and one of one.
fn mailbox() -> (Engine, ThreadId, Vec<MessageId>) {
    let engine = Engine::in_memory().unwrap();
    let mut settings = engine.settings().unwrap();
    settings.me = vec![Person { name: None, address: "mara@example.com".parse().unwrap() }];
    engine.set_settings(settings).unwrap();
    let mut messages = Vec::new();
    for (day, from, to) in [(1, "dana", "mara"), (2, "mara", "dana"), (3, "dana", "mara")] {
        let mail = format!(
            "From: {from}@example.com\r\nTo: {to}@example.com\r\nSubject: Ferry\r\nMessage-ID: <{day}@x.example>\r\nReferences: <1@x.example>\r\nDate: {day} Jun 2026 10:00:00 +0000\r\n\r\nAbout the ferry, {day}\r\n"
        );
        messages.push(engine.import_eml(mail.as_bytes()).unwrap());
    }
    let other = "From: ole@example.com\r\nSubject: Tide\r\nMessage-ID: <9@x.example>\r\nDate: 9 Jun 2026 10:00:00 +0000\r\n\r\nThe tide table\r\n";
    engine.import_eml(other.as_bytes()).unwrap();
    let thread = engine.message(messages[0]).unwrap().thread;
    (engine, thread, messages)
}

fn listed(engine: &Engine, label: Option<&str>, unread: bool) -> Vec<String> {
    let shown = ThreadsView { label: label.map(id), unread };
    let page = engine.threads(&shown, 0, 50).unwrap();
    assert_eq!(page.total as usize, page.threads.len());
    page.threads.into_iter().map(|thread| thread.subject).collect()
}

fn labels_in(engine: &Engine, message: MessageId) -> Vec<String> {
    let mut labels: Vec<String> = engine.message(message).unwrap().labels.iter().map(ToString::to_string).collect();
    labels.sort();
    labels
}

fn known_at_a_provider(engine: &Engine, messages: &[MessageId]) {
    let put = |tx: &mut Write<'_>| {
        messages.iter().enumerate().try_for_each(|(n, message)| {
            let remote = RemoteMessage { message: format!("m{n}"), thread: "t".into() };
            tx.put(REMOTE_MESSAGES, message.as_bytes(), &remote)
        })
    };
    engine.store().write(engine.account(), Keep::Again, put).unwrap();
}

/// What the sync does when the provider names a message's labels.
fn said(engine: &Engine, message: MessageId, remote: &[&str]) {
    engine.store().write(engine.account(), Keep::Again, |tx| put_labels(tx, message, &ids(remote))).unwrap();
    engine.labels_arrived(&[message]).unwrap();
}

#[test]
fn imported_mail_is_read_and_in_the_inbox_and_what_i_wrote_is_sent() {
    let (engine, _, messages) = mailbox();
    assert_eq!(labels_in(&engine, messages[0]), ["INBOX"]);
    assert_eq!(labels_in(&engine, messages[1]), ["SENT"]);
    assert_eq!(listed(&engine, Some("INBOX"), false), ["Tide", "Ferry"]);
    assert_eq!(listed(&engine, Some("SENT"), false), ["Ferry"]);
    assert_eq!(listed(&engine, None, true), Vec::<String>::new());
    assert_eq!(listed(&engine, Some("Label_nobody_has"), false), Vec::<String>::new());
}

#[test]
fn archiving_takes_a_conversation_out_of_the_inbox_and_undo_puts_back_exactly_what_was() {
    let (engine, thread, messages) = mailbox();
    let before: Vec<_> = messages.iter().map(|message| labels_in(&engine, *message)).collect();
    let done = engine.change_labels(&[thread], &change(&[], &["INBOX"])).unwrap();
    assert_eq!((done.threads, done.undo.len()), (vec![thread], 2));
    assert_eq!(listed(&engine, Some("INBOX"), false), ["Tide"]);
    assert_eq!(listed(&engine, None, false), ["Tide", "Ferry"]);
    let back = engine.relabel(&done.undo).unwrap();
    assert_eq!(messages.iter().map(|message| labels_in(&engine, *message)).collect::<Vec<_>>(), before);
    assert_eq!(listed(&engine, Some("INBOX"), false), ["Tide", "Ferry"]);
    engine.relabel(&back.undo).unwrap();
    assert_eq!(listed(&engine, Some("INBOX"), false), ["Tide"]);
    let nothing = engine.change_labels(&[thread], &change(&[], &["INBOX"])).unwrap();
    assert!(nothing.undo.is_empty() && nothing.threads.is_empty());
}

#[test]
fn what_is_thrown_away_is_seen_in_trash_alone_and_not_found() {
    let (engine, thread, _) = mailbox();
    let found = || engine.search(&SearchRequest { query: "ferry".into(), limit: 9, by: SearchBy::Both }).unwrap().len();
    assert_eq!(found(), 3);
    let done = engine.change_labels(&[thread], &change(&["TRASH"], &["INBOX"])).unwrap();
    assert_eq!((listed(&engine, None, false), found()), (vec!["Tide".to_owned()], 0));
    assert_eq!(listed(&engine, Some("SENT"), false), Vec::<String>::new());
    assert_eq!(listed(&engine, Some("TRASH"), false), ["Ferry"]);
    engine.relabel(&done.undo).unwrap();
    assert_eq!((listed(&engine, Some("TRASH"), false).len(), found()), (0, 3));
}

#[test]
fn one_thrown_away_message_leaves_its_conversation_where_it_was() {
    let (engine, thread, messages) = mailbox();
    engine.relabel(&[Relabelled { message: messages[2], add: ids(&["TRASH"]), remove: ids(&["INBOX"]) }]).unwrap();
    let inbox = ThreadsView { label: Some(id("INBOX")), unread: false };
    let rows = engine.threads(&inbox, 0, 9).unwrap().threads;
    let ferry = rows.iter().find(|row| row.id == thread).unwrap();
    assert_eq!((ferry.messages, ferry.snippet.as_str()), (2, "About the ferry, 2"));
    let trash = ThreadsView { label: Some(id("TRASH")), unread: false };
    let rows = engine.threads(&trash, 0, 9).unwrap().threads;
    assert_eq!((rows[0].messages, rows[0].snippet.as_str()), (1, "About the ferry, 3"));
}

#[test]
fn a_star_and_unread_are_put_on_the_newest_that_came_in_and_taken_from_all() {
    let (engine, thread, messages) = mailbox();
    engine.change_labels(&[thread], &change(&["STARRED", "UNREAD"], &[])).unwrap();
    assert_eq!(labels_in(&engine, messages[2]), ["INBOX", "STARRED", "UNREAD"]);
    assert_eq!(labels_in(&engine, messages[0]), ["INBOX"]);
    assert_eq!(listed(&engine, Some("INBOX"), true), ["Ferry"]);
    let row = &engine.threads(&ThreadsView { label: Some(id("STARRED")), unread: true }, 0, 9).unwrap().threads[0];
    assert!(row.unread && row.starred && row.labels == ids(&["INBOX", "SENT", "STARRED"]));
    said(&engine, messages[0], &["INBOX", "UNREAD", "STARRED"]);
    engine.change_labels(&[thread], &change(&[], &["STARRED", "UNREAD"])).unwrap();
    assert!(messages.iter().all(|message| !engine.message(*message).unwrap().unread));
    assert_eq!(listed(&engine, Some("STARRED"), false), Vec::<String>::new());
}

#[test]
fn labels_are_named_and_counted() {
    let (engine, thread, messages) = mailbox();
    let names = vec![
        LabelName { id: id("Label_7"), name: "Ferries".into() },
        LabelName { id: id("Label_2"), name: "archive".into() },
        LabelName { id: id("INBOX"), name: "INBOX".into() },
    ];
    engine.store().write(engine.account(), Keep::Again, |tx| put_label_names(tx, &names)).unwrap();
    engine.change_labels(&[thread], &change(&["Label_7"], &[])).unwrap();
    said(&engine, messages[2], &["INBOX", "UNREAD", "Label_7", "CATEGORY_UPDATES"]);
    let told: Vec<(String, u32, u32)> =
        engine.labels().unwrap().into_iter().map(|label| (label.name, label.threads, label.unread)).collect();
    let told: Vec<(&str, u32, u32)> =
        told.iter().map(|(name, threads, unread)| (name.as_str(), *threads, *unread)).collect();
    assert_eq!(
        told,
        [
            ("INBOX", 2, 1),
            ("STARRED", 0, 0),
            ("SENT", 1, 1),
            ("SPAM", 0, 0),
            ("TRASH", 0, 0),
            ("CATEGORY_UPDATES", 1, 1),
            ("archive", 0, 0),
            ("Ferries", 1, 1)
        ]
    );
    let refused = |add: &[&str]| engine.change_labels(&[thread], &change(add, &[])).is_err();
    assert!(refused(&["Label_8"]) && refused(&["SENT"]) && refused(&["DRAFT"]));
}

#[test]
fn a_change_waits_for_the_provider_in_sum_and_wins_until_it_was_told() {
    let (engine, thread, messages) = mailbox();
    let waiting = || engine.pending_label_changes().unwrap();
    engine.change_labels(&[thread], &change(&["STARRED"], &[])).unwrap();
    assert!(waiting().is_empty(), "no provider knows it");
    known_at_a_provider(&engine, &messages);
    engine.change_labels(&[thread], &change(&[], &["STARRED", "INBOX"])).unwrap();
    engine.change_labels(&[thread], &change(&["STARRED"], &[])).unwrap();
    let told: Vec<_> = waiting().into_iter().map(|w| (w.remote.message, w.add, w.remove)).collect();
    assert_eq!(told.len(), 2, "what I sent was in no inbox");
    assert!(told.contains(&("m0".into(), vec![], ids(&["INBOX"]))));
    assert!(told.contains(&("m2".into(), ids(&["STARRED"]), ids(&["INBOX"]))));
    said(&engine, messages[2], &["INBOX", "UNREAD", "Label_1"]);
    assert_eq!(labels_in(&engine, messages[2]), ["Label_1", "STARRED", "UNREAD"]);
    // Changed while it was being told: it goes on waiting, and what was told before does no harm told again.
    let sent = waiting();
    engine.change_labels(&[thread], &change(&[], &["UNREAD"])).unwrap();
    sent.iter().for_each(|change| engine.settle_label_change(change.id).unwrap());
    let left = waiting();
    assert_eq!(
        (left.len(), left[0].add.clone(), left[0].remove.clone()),
        (1, ids(&["STARRED"]), ids(&["INBOX", "UNREAD"]))
    );
    engine.settle_label_change(left[0].id).unwrap();
    assert!(waiting().is_empty());
    said(&engine, messages[2], &["INBOX"]);
    assert_eq!(labels_in(&engine, messages[2]), ["INBOX"]);
}

#[test]
fn an_unknown_conversation_changes_nothing_of_the_others() {
    let (engine, thread, _) = mailbox();
    let refused = engine.change_labels(&[thread, ThreadId([9; 16])], &change(&["TRASH"], &["INBOX"]));
    assert_eq!(refused.unwrap_err().code(), crate::error::ErrorCode::NotFound);
    assert_eq!(listed(&engine, Some("INBOX"), false), ["Tide", "Ferry"]);
}

#[test]
fn attachments_show_in_rows_from_before_that_was_kept() {
    let engine = Engine::in_memory().unwrap();
    engine.import(&ImportSource::Sample, &mut |_| {}, &CancellationToken::new()).unwrap();
    let with_files = || {
        let page = engine.threads(&ThreadsView::default(), 0, 50).unwrap();
        page.threads.into_iter().filter(|thread| thread.has_files).map(|thread| thread.id).collect::<Vec<_>>()
    };
    let before = with_files();
    assert_eq!(before.len(), 1);
    let forget = |tx: &mut Write<'_>| {
        let mut rows: Vec<(Vec<u8>, ThreadRow)> = Vec::new();
        tx.each(THREADS, &[], |key, row| {
            rows.push((key.to_vec(), row));
            Ok(true)
        })?;
        for (key, mut row) in rows {
            row.members.iter_mut().for_each(|member| member.files = None);
            tx.put(THREADS, &key, &row)?;
        }
        Ok(())
    };
    engine.store().write(engine.account(), Keep::Again, forget).unwrap();
    assert_eq!(with_files(), before);
}

proptest! {
    /// Told in any pieces, a person's changes end in the same labels as told at once; and until then nothing the provider says undoes them.
    #[test]
    fn changes_in_sum_are_the_changes_one_after_the_other(
        remote in proptest::collection::vec("[A-D]", 0..4),
        changes in proptest::collection::vec((proptest::collection::vec("[A-D]", 0..3), proptest::collection::vec("[A-D]", 0..3)), 0..6),
    ) {
        let parsed = |labels: &[String]| labels.iter().map(|label| id(label)).collect::<Vec<_>>();
        let changes: Vec<LabelChange> = changes
            .iter()
            .map(|(add, remove)| {
                let add = parsed(add);
                LabelChange { remove: parsed(remove).into_iter().filter(|label| !add.contains(label)).collect(), add }
            })
            .collect();
        let remote = parsed(&remote);
        let one_by_one = changes.iter().fold(merged(&remote, None), |labels, change| merged(&labels, Some(change)));
        let sum = changes.iter().fold(LabelChange::default(), in_sum);
        prop_assert_eq!(merged(&remote, Some(&sum)), one_by_one);
        prop_assert!(sum.add.iter().all(|label| !sum.remove.contains(label)));
    }
}
