//! How long lists take over a hundred thousand messages that all have labels: the first one after a start, a page, the counts, and a
//! change of labels with the list after it. Medians and p95 of many.

use epistle_engine::api::{ImportSource, LabelChange, LabelId, ThreadsView};
use epistle_engine::ids::ThreadId;
use epistle_engine::secrets::Secret;
use epistle_engine::{Engine, Open};
use std::fmt::Write;
use std::path::Path;
use std::time::Instant;
use tokio_util::sync::CancellationToken;

const MESSAGES: u32 = 100_000;
const ROUNDS: usize = 100;

pub fn lists() {
    let scratch = tempfile::tempdir().unwrap();
    let mbox = scratch.path().join("many.mbox");
    std::fs::write(&mbox, letters()).unwrap();
    let engine = open(scratch.path());
    let source = ImportSource::Paths { paths: vec![mbox] };
    engine.import(&source, &mut |_| {}, &CancellationToken::new()).unwrap();
    let threads = every(&engine);
    for some in threads.chunks(1_000) {
        engine.change_labels(some, &change(LabelId::UNREAD, true)).unwrap();
    }
    let (messages, _) = engine.mail_counts().unwrap();
    drop(engine);

    let engine = open(scratch.path());
    let inbox = ThreadsView { label: Some(LabelId::known(LabelId::INBOX)), unread: true };
    let began = Instant::now();
    engine.threads(&inbox, 0, 60).unwrap();
    println!("lists over {messages} messages in {} conversations, ms", threads.len());
    println!("  the first list after a start: {:.0}", began.elapsed().as_secs_f64() * 1_000.0);
    measured("a page of 60", || drop(engine.threads(&inbox, 600, 60).unwrap()));
    measured("the counts of every label", || drop(engine.labels().unwrap()));
    let mut at = 0;
    measured("a change of labels, committed", || {
        at += 1;
        drop(engine.change_labels(&threads[at..=at], &change(LabelId::STARRED, true)).unwrap());
    });
    measured("a change of labels and the list after it", || {
        at += 1;
        drop(engine.change_labels(&threads[at..=at], &change(LabelId::INBOX, false)).unwrap());
        drop(engine.threads(&inbox, 0, 60).unwrap());
    });
}

fn measured(what: &str, mut work: impl FnMut()) {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let began = Instant::now();
            work();
            began.elapsed().as_secs_f64() * 1_000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("  {what}: p50 {:.2}, p95 {:.2}", times[ROUNDS / 2], times[ROUNDS * 95 / 100]);
}

fn change(label: &'static str, add: bool) -> LabelChange {
    let labels = vec![LabelId::known(label)];
    if add { LabelChange { add: labels, remove: vec![] } } else { LabelChange { add: vec![], remove: labels } }
}

fn every(engine: &Engine) -> Vec<ThreadId> {
    let (mut all, mut from) = (Vec::new(), Some(0));
    while let Some(at) = from {
        let page = engine.threads(&ThreadsView::default(), at, 500).unwrap();
        all.extend(page.threads.iter().map(|thread| thread.id));
        from = page.next;
    }
    all
}

/// Conversations of three, from three hundred people.
fn letters() -> String {
    let mut mbox = String::new();
    for n in 0..MESSAGES {
        let (who, thread) = (n % 300, n / 3);
        let answers = if n % 3 == 0 { String::new() } else { format!("References: <t{}@x.example>\n", thread * 3) };
        let at = format!("{:02} Mar 2026 {:02}:{:02}:{:02} +0000", 1 + n % 28, n / 60 % 24, n % 60, n / 3_600 % 60);
        let _ = write!(
            mbox,
            "From w{who}@x.example Mon Mar  2 09:00:00 2026\nFrom: Writer {who} <w{who}@x.example>\nTo: you@y.example\nSubject: Question {thread}\n\
             Message-ID: <t{n}@x.example>\n{answers}Date: {at}\n\nAbout question {thread}, for the {n}th time.\n\n"
        );
    }
    mbox
}

fn open(scratch: &Path) -> Engine {
    let home = scratch.join("home");
    Engine::open(&Open { home, passphrase: Some(Secret::new("a passphrase".into())), ..Open::default() }).unwrap()
}
