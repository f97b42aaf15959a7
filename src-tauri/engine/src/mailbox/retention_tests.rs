//! Mail past the limit goes with all that came of it, on the real store, and on the real archive.

use super::super::labels::RemoteMessage;
use super::*;
use crate::Engine;
use crate::api::{DraftEdit, SearchRequest};
use crate::store::tables::{ATTACHMENTS, MESSAGES, NODES, RAW, SUBJECTS};

const NOW: UnixMillis = 1_790_000_000_000;

fn keeping(engine: &Engine, days: Option<u32>) {
    let mut settings = engine.settings().unwrap();
    settings.memory.keep_days = days;
    engine.set_settings(settings).unwrap();
}

/// A message so many days old that answers another, if any.
fn mail(id: &str, days: i64, answers: &str) -> Vec<u8> {
    let date = jiff::Timestamp::from_millisecond(NOW - days * DAY).unwrap();
    let date = jiff::fmt::rfc2822::to_string(&date.to_zoned(jiff::tz::TimeZone::UTC)).unwrap();
    let refs = if answers.is_empty() { String::new() } else { format!("References: <{answers}@x.example>\r\n") };
    format!(
        "From: Dana <dana@example.org>\r\nTo: mara@example.com\r\nSubject: about {id}\r\nDate: {date}\r\n\
         Message-ID: <{id}@x.example>\r\n{refs}\r\nThe word of this one is w{id}w.\r\n"
    )
    .into_bytes()
}

fn apply(engine: &Engine) -> Retention {
    engine.apply_retention_at(NOW, false, &mut |_, _| {}, &CancellationToken::new()).unwrap()
}

fn finds(engine: &Engine, word: &str) -> bool {
    !engine.search(&SearchRequest { query: word.into(), limit: 10, by: crate::api::SearchBy::Both }).unwrap().is_empty()
}

#[test]
fn mail_is_past_the_limit_by_its_date_and_without_one_it_stays() {
    let since = kept_since(NOW, 30);
    for (date, past) in
        [(None, false), (Some(NOW), false), (Some(since), false), (Some(since - 1), true), (Some(NOW + DAY), false)]
    {
        assert_eq!(is_past(date, since), past, "{date:?}");
    }
}

#[test]
fn what_is_past_the_limit_goes_with_what_came_of_it_and_the_rest_is_as_if_it_alone_had_come() {
    let (engine, alone) = (Engine::in_memory().unwrap(), Engine::in_memory().unwrap());
    let old = engine.import_eml(&mail("old", 100, "")).unwrap();
    engine.import_eml(&mail("between", 60, "old")).unwrap();
    for engine in [&engine, &alone] {
        engine.import_eml(&mail("young", 10, "between")).unwrap();
        engine.import_eml(&mail("other", 5, "")).unwrap();
    }
    engine
        .store()
        .write(engine.account(), Keep::Again, |tx| {
            tx.put_until(
                ATTACHMENTS,
                &[old.as_bytes().as_slice(), &[0]].concat(),
                &super::super::row::RawMessage(vec![1]),
                NOW,
            )
        })
        .unwrap();
    assert!(finds(&engine, "woldw"));
    assert_eq!(apply(&engine), Retention::default(), "no limit is set");
    keeping(&engine, Some(30));
    let gone = apply(&engine);
    assert_eq!((gone.messages, gone.of, gone.held, gone.at_gmail), (2, 4, 0, 0));
    assert!(!finds(&engine, "woldw") && !finds(&engine, "wbetweenw") && finds(&engine, "wyoungw"));
    assert!(engine.message(old).is_err());
    let counts = |engine: &Engine| {
        let read = engine.store().read(engine.account()).unwrap();
        [
            read.count(MESSAGES).unwrap(),
            read.count(RAW).unwrap(),
            read.count(THREADS).unwrap(),
            read.count(NODES).unwrap(),
            read.count(SUBJECTS).unwrap(),
            read.count(ATTACHMENTS.table()).unwrap(),
        ]
    };
    assert_eq!(counts(&engine), counts(&alone));
    assert_eq!(apply(&engine).messages, 0);
}

#[test]
fn a_message_that_a_draft_answers_stays_as_long_as_the_draft_and_drafts_never_go() {
    let engine = Engine::in_memory().unwrap();
    let old = engine.import_eml(&mail("old", 100, "")).unwrap();
    let edit = DraftEdit { answers: Some(old), body: Some("Yes.".into()), ..DraftEdit::default() };
    let draft = engine.save_draft(&edit).unwrap().id;
    keeping(&engine, Some(30));
    let told = apply(&engine);
    assert_eq!((told.messages, told.held), (0, 1));
    assert!(engine.message(old).is_ok());
    engine.delete_draft(draft).unwrap();
    assert_eq!(apply(&engine).messages, 1);
    let own = engine.save_draft(&DraftEdit { body: Some("Mine.".into()), ..DraftEdit::default() }).unwrap().id;
    apply(&engine);
    assert_eq!(engine.draft(own).unwrap().body, "Mine.");
}

#[test]
fn the_number_told_before_is_the_number_that_goes() {
    let engine = Engine::in_memory().unwrap();
    let now = crate::now();
    for (n, days) in [(1, 10), (2, 40), (3, 400)] {
        let shifted = days - (now - NOW) / DAY;
        engine.import_eml(&mail(&n.to_string(), shifted, "")).unwrap();
    }
    let told = engine.retention_preview(30).unwrap();
    assert_eq!((told.messages, told.of), (2, 3));
    assert_eq!(engine.mail_counts().unwrap().0, 3, "a look changes nothing");
    assert!(engine.retention_preview(7).is_err());
    keeping(&engine, Some(30));
    let gone = engine.apply_retention(true, &mut |_, _| {}, &CancellationToken::new()).unwrap();
    assert_eq!(gone.messages, told.messages);
}

#[test]
fn one_that_was_stopped_goes_on_and_is_told_what_went() {
    let engine = Engine::in_memory().unwrap();
    for n in 0..450 {
        engine.import_eml(&mail(&n.to_string(), 100, "")).unwrap();
    }
    keeping(&engine, Some(30));
    let stop = CancellationToken::new();
    let after_one = stop.clone();
    let gone = engine.apply_retention_at(NOW, false, &mut |_, _| after_one.cancel(), &stop).unwrap();
    assert_eq!(gone.messages, BATCH as u64);
    assert_eq!(apply(&engine).messages, 250);
    assert_eq!(engine.mail_counts().unwrap(), (0, 0));
}

#[test]
fn what_went_is_known_as_gmails_and_noted() {
    let engine = Engine::in_memory().unwrap();
    let old = engine.import_eml(&mail("old", 100, "")).unwrap();
    let remote = RemoteMessage { message: "m1".into(), thread: "t1".into() };
    engine.store().write(engine.account(), Keep::Again, |tx| tx.put(REMOTE_MESSAGES, old.as_bytes(), &remote)).unwrap();
    assert_eq!(engine.past(kept_since(NOW, 30)).unwrap().told.at_gmail, 1);
}
