//! Mail is found by what it means, while a model reads it and while another takes its place; what went is gone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::super::embed::places::Places;
use super::work::Round;
use super::*;
use crate::api::{EmbeddingProgress, MeaningTrouble};
use crate::store::Keep;
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

const MAILS: &[(&str, &str)] = &[
    ("Thursday", "The meeting moved to Thursday at ten, in the small room."),
    ("Sound", "The kernel panics when I load the sound driver for my card."),
    ("Invoice", "You have not paid what we billed you in March. Please transfer the money."),
    ("Garden", "The tomatoes are ripe and the roses need cutting before the frost."),
    ("Flight", "My plane lands in Lisbon late on Sunday, so do not wait for me with dinner."),
];

fn eml(n: usize, subject: &str, text: &str) -> Vec<u8> {
    format!("From: Tom Baker <tom@example.net>\r\nTo: mara@example.com\r\nSubject: {subject}\r\nMessage-ID: <m{n}@example.com>\r\nDate: Mon, 2 Nov 2026 10:{:02}:00 +0000\r\n\r\n{text}\r\n", n % 60).into_bytes()
}

fn engine() -> (Engine, Vec<MessageId>) {
    let engine = Engine::in_memory().unwrap();
    let mails = MAILS.iter().enumerate();
    let ids = mails.map(|(n, (subject, text))| engine.import_eml(&eml(n, subject, text)).unwrap()).collect();
    (engine, ids)
}

fn embed(engine: &Engine) {
    engine.run_embedding(&mut |_| {}, &CancellationToken::new()).unwrap();
}

fn nearest(engine: &Engine, text: &str) -> Option<MessageId> {
    engine.near_in_meaning(text, 3, &|_| true).unwrap().first().map(|near| near.message)
}

fn rows(engine: &Engine) -> u64 {
    engine.store().read(engine.account()).unwrap().count(VECTORS).unwrap()
}

/// Looks for the runtime in this folder alone, where it is not; where it would be.
fn missing_runtime(engine: &Engine, folder: &Path) -> PathBuf {
    let library = folder.join("libonnxruntime");
    let libraries = vec![(library.clone(), true)];
    engine.house.embedders.look_in(Places { libraries, ..Places::around(Path::new("")) });
    library
}

fn bring_runtime(library: &Path) {
    let known = Places::around(Path::new("")).libraries;
    let whole = known.into_iter().map(|(path, _)| path).find(|path| path.is_file()).unwrap();
    std::fs::copy(whole, library).unwrap();
}

#[test]
fn mail_is_found_by_what_it_means_in_other_words() {
    let (engine, ids) = engine();
    assert_eq!(nearest(&engine, "an appointment was postponed"), None);
    embed(&engine);
    for (question, mail) in [
        ("the appointment was rescheduled to another weekday", 0),
        ("my computer crashes because of audio", 1),
        ("overdue payment reminder", 2),
        ("vegetables and flowers in autumn", 3),
        ("arriving at the airport in Portugal", 4),
    ] {
        assert_eq!(nearest(&engine, question), Some(ids[mail]), "{question}");
    }
    assert!(engine.near_in_meaning("overdue payment reminder", 3, &|id| id != ids[2]).unwrap()[0].message != ids[2]);
    let state = engine.memory_state().unwrap();
    assert_eq!((state.embedded, state.messages, state.until_then, state.trouble), (5, 5, None, None));
}

#[test]
fn a_letter_of_ones_own_in_other_words_is_drawn_on_to_this_person_first() {
    let engine = Engine::in_memory().unwrap();
    let mut settings = engine.settings().unwrap();
    settings.me = vec![crate::api::Person { name: None, address: "mara@example.com".parse().unwrap() }];
    engine.set_settings(settings).unwrap();
    let sent = |to: &str, n: usize, text: &str| {
        let mail = format!(
            "From: mara@example.com\r\nTo: {to}\r\nSubject: Note\r\nMessage-ID: <s{n}@example.com>\r\n\r\n{text}\r\n"
        );
        engine.import_eml(mail.as_bytes()).unwrap()
    };
    let garden = sent("lee@example.net", 2, "The roses need cutting.");
    let bill = sent("lee@example.net", 3, "You have not paid what we billed you in March.");
    let elsewhere = sent("dana@example.net", 1, "Please transfer what you owe us for the spring.");
    embed(&engine);
    let lee = "lee@example.net".parse().unwrap();
    let similar = engine.similar_sent("overdue invoice reminder", Some(&lee), 2).unwrap();
    let told: Vec<_> = similar.iter().map(|one| (one.message.id, one.to_this_person)).collect();
    assert_eq!(told[0], (bill, true), "{told:?}");
    assert!(!told.contains(&(garden, true)) && told.contains(&(elsewhere, false)), "{told:?}");
}

#[test]
fn what_comes_in_later_is_read_then_and_the_rest_is_not_read_again() {
    let (engine, _) = engine();
    embed(&engine);
    let mut told: Vec<EmbeddingProgress> = Vec::new();
    let new = engine.import_eml(&eml(9, "Piano", "The piano tuner comes on Friday.")).unwrap();
    engine.run_embedding(&mut |progress| told.push(progress), &CancellationToken::new()).unwrap();
    assert_eq!(told[0], EmbeddingProgress { done: 5, total: 6 });
    assert_eq!(nearest(&engine, "a musical instrument is repaired"), Some(new));
}

#[test]
fn stopped_it_goes_on_where_it_was_also_with_an_empty_memory() {
    let (engine, ids) = engine();
    for n in 100..170 {
        engine.import_eml(&eml(n, "Note", &format!("Note number {n} about nothing in particular."))).unwrap();
    }
    let stop = CancellationToken::new();
    let cancel = |progress: EmbeddingProgress| {
        if progress.done > 0 {
            stop.cancel()
        }
    };
    engine.run_embedding(&mut { cancel }, &stop).unwrap();
    let read = engine.memory_state().unwrap().embedded;
    assert!(read > 0 && read < 75, "{read}");
    // As after a restart: nothing is in memory, the rows are there.
    *engine.desk.meaning.change() = vec![];
    *engine.desk.meaning.opened.lock().unwrap() = false;
    let mut first = None;
    let mut note = |progress: EmbeddingProgress| first = first.or(Some(progress.done));
    engine.run_embedding(&mut note, &CancellationToken::new()).unwrap();
    assert_eq!((first, engine.memory_state().unwrap().embedded), (Some(read), 75));
    assert_eq!(nearest(&engine, "overdue payment reminder"), Some(ids[2]));
}

#[test]
fn what_went_is_gone_from_the_rows_and_from_what_is_found() {
    let (engine, ids) = engine();
    embed(&engine);
    assert_eq!(rows(&engine), 5);
    engine
        .store()
        .write(engine.account(), Keep::Made, |tx| crate::mailbox::remove_for_tests(&engine, tx, &[ids[2]]))
        .unwrap();
    assert_eq!(rows(&engine), 4);
    let found = engine.near_in_meaning("overdue payment reminder", 10, &|_| true).unwrap();
    assert!(found.len() == 4 && found.iter().all(|near| near.message != ids[2]));
    assert_eq!(engine.memory_state().unwrap().embedded, 4);
    // Nor does it come back with what is taken in from the store.
    *engine.desk.meaning.change() = vec![];
    *engine.desk.meaning.opened.lock().unwrap() = false;
    assert!(
        engine
            .near_in_meaning("overdue payment reminder", 10, &|_| true)
            .unwrap()
            .iter()
            .all(|near| near.message != ids[2])
    );
}

#[test]
fn what_goes_while_rows_are_taken_in_is_not_brought_back_by_them() {
    let space = Space::new("m", 2, true);
    let (one, two) = (MessageId([1; 16]), MessageId([2; 16]));
    space.remove(one);
    space.load(one, &VectorRow::new("m", 2, &[vec![1.0, 0.0]]));
    space.load(two, &VectorRow::new("m", 2, &[vec![0.0, 1.0]]));
    space.loaded();
    assert!(!space.has(one) && !space.vectors.contains(one) && space.has(two));
}

#[test]
fn without_the_runtime_words_find_and_it_says_so_until_the_library_comes() {
    let (engine, ids) = engine();
    let folder = tempfile::tempdir().unwrap();
    let library = missing_runtime(&engine, folder.path());
    embed(&engine);
    assert_eq!(engine.memory_state().unwrap().trouble, Some(MeaningTrouble::RuntimeMissing));
    assert_eq!(nearest(&engine, "overdue payment reminder"), None);
    let words = crate::api::SearchRequest { query: "tomatoes".into(), limit: 5, by: crate::api::SearchBy::Both };
    assert_eq!(engine.search(&words).unwrap()[0].id, ids[3]);
    let doctor = engine.doctor().unwrap();
    let item = doctor.items.iter().find(|item| item.part == "memory").unwrap();
    assert!(item.found.contains("ONNX Runtime") && item.todo.is_some(), "{item:?}");

    bring_runtime(&library);
    embed(&engine);
    assert_eq!(engine.memory_state().unwrap().trouble, None);
    assert_eq!(nearest(&engine, "overdue payment reminder"), Some(ids[2]));
}

#[test]
fn switched_off_nothing_is_read_and_nothing_is_near() {
    let (engine, _) = engine();
    let mut settings = engine.settings().unwrap();
    settings.embedding.enabled = false;
    engine.set_settings(settings).unwrap();
    embed(&engine);
    assert_eq!((rows(&engine), nearest(&engine, "overdue payment reminder")), (0, None));
}

/// The mail read beside the window, at times that are told.
struct Worker<'e> {
    engine: &'e Engine,
    begun: Instant,
    last: Option<Round>,
}

impl<'e> Worker<'e> {
    fn of(engine: &'e Engine) -> Self {
        Self { engine, begun: Instant::now(), last: None }
    }

    /// What it tells in this minute: whenever it has gone through the mail's ids, how far it is, and that it is through.
    fn tells(&mut self, minute: u64) -> usize {
        let told = Cell::new(0);
        let now = self.begun + Duration::from_secs(60 * minute);
        let tell = |_| told.set(told.get() + 1);
        self.last = Some(self.engine.read_what_is_new(self.last.take(), now, &tell, &CancellationToken::new()));
        told.get()
    }

    fn is_idle(&mut self, mut minutes: std::ops::Range<u64>) -> bool {
        minutes.all(|minute| self.tells(minute) == 0)
    }
}

#[test]
fn in_an_idle_minute_nothing_of_the_mail_is_read() {
    let (engine, _) = engine();
    let mut worker = Worker::of(&engine);
    assert!(worker.tells(0) > 0 && rows(&engine) == 5);
    assert!(worker.is_idle(1..60));
    engine.import_eml(&eml(9, "Piano", "The piano tuner comes on Friday.")).unwrap();
    assert!(worker.tells(60) > 0 && rows(&engine) == 6);
    assert!(worker.is_idle(61..120));
    let mut settings = engine.settings().unwrap();
    settings.embedding.enabled = false;
    engine.set_settings(settings).unwrap();
    assert!(worker.tells(120) > 0);
    assert!(worker.is_idle(121..180));
}

#[test]
fn while_the_runtime_is_missing_it_alone_is_looked_for_and_the_mail_read_once_it_came() {
    let (engine, _) = engine();
    let folder = tempfile::tempdir().unwrap();
    let library = missing_runtime(&engine, folder.path());
    let mut worker = Worker::of(&engine);
    assert_eq!(worker.tells(0), 1, "that it is through");
    assert!(worker.is_idle(1..10));
    bring_runtime(&library);
    assert!(worker.tells(10) > 0 && rows(&engine) == 5);
    assert!(worker.is_idle(11..60));
}
