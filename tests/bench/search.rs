//! Search in the real archive: how often what is remembered is found, by words, by meaning and by both; how long an answer takes; and what
//! the sealed index of words saves at the next start, at twenty and a hundred thousand messages.

use epistle_engine::api::{ImportSource, SearchBy, SearchRequest, ThreadsView};
use epistle_engine::secrets::Secret;
use epistle_engine::{Engine, Open};
use std::path::Path;
use std::time::Instant;
use support::archive;
use support::known_items::{self, Table, WAYS};
use tokio_util::sync::CancellationToken;

pub fn search() {
    if !archive::real_path().is_file() {
        println!("search: the real archive is not beside the clone");
        return;
    }
    quality();
    for copies in [8, 40] {
        sealed_words(copies);
    }
}

fn quality() {
    let scratch = tempfile::tempdir().unwrap();
    let engine = open(scratch.path());
    let stop = CancellationToken::new();
    engine.import(&ImportSource::Paths { paths: vec![archive::real_path()] }, &mut |_| {}, &stop).unwrap();
    let began = Instant::now();
    engine.run_embedding(&mut |_| {}, &stop).unwrap();
    println!("search in {} messages, embedded in {:.1} s", archive::MESSAGES, began.elapsed().as_secs_f64());
    let items = known_items::all();
    let table = Table::of(&engine, &items, |item, [words, meaning, both]| {
        let place = |at: Option<usize>| at.map_or("-".into(), |at| (at + 1).to_string());
        if std::env::var_os("EPISTLE_EVERY_QUERY").is_some()
            || (both.is_none() && (words.is_some() || meaning.is_some()))
        {
            println!("  {}\t{}\t{}\t{}\t{}", item.kind, place(words), place(meaning), place(both), item.query);
        }
    });
    println!("{table}");
    for (by, name) in WAYS {
        let mut times: Vec<f64> = items.iter().map(|item| timed(&engine, &item.query, by)).collect();
        times.sort_by(f64::total_cmp);
        let at = |part: usize| times[(times.len() - 1) * part / 100];
        println!("  by {name}, ms: p50 {:.2}, p95 {:.2}, p99 {:.2}", at(50), at(95), at(99));
    }
    assert!(table.0.values().all(|found| found.lost() <= 1.0), "taking both loses more than one point");
}

fn timed(engine: &Engine, query: &str, by: SearchBy) -> f64 {
    let request = SearchRequest { query: query.to_owned(), limit: 20, by };
    let began = Instant::now();
    engine.search(&request).unwrap();
    began.elapsed().as_secs_f64() * 1_000.0
}

/// The first search after a start: where the index of words is made from the mail, and where it lies sealed.
fn sealed_words(copies: usize) {
    let scratch = tempfile::tempdir().unwrap();
    let mbox = scratch.path().join("many.mbox");
    let mut bytes = Vec::new();
    let messages = known_items::messages();
    for copy in 0..copies {
        messages.iter().for_each(|mail| bytes.extend(renamed(mail, copy)));
    }
    std::fs::write(&mbox, bytes).unwrap();
    let engine = open(scratch.path());
    engine.import(&ImportSource::Paths { paths: vec![mbox] }, &mut |_| {}, &CancellationToken::new()).unwrap();
    drop(engine);
    let first = || {
        let engine = open(scratch.path());
        engine.threads(&ThreadsView::default(), 0, 1).unwrap();
        let first = timed(&engine, "kernel patch", SearchBy::Words);
        (first, timed(&engine, "kernel patch", SearchBy::Words), engine.mail_counts().unwrap().0)
    };
    let (made, after, many) = first();
    let loaded: Vec<f64> = (0..3).map(|_| first().0).collect();
    let best = loaded.iter().copied().fold(f64::MAX, f64::min);
    println!(
        "  {many} messages, the first search after a start, ms: made anew and sealed {made:.0}, unsealed {best:.0} ({:.1} times quicker), a later one {after:.1}",
        made / best
    );
}

/// The same message under other Message-IDs.
fn renamed(mail: &[u8], copy: usize) -> Vec<u8> {
    let text = String::from_utf8_lossy(mail);
    let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
    let mut ours = false;
    let lines = head.split('\n').map(|line| {
        if !line.starts_with([' ', '\t']) {
            let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
            ours = ["message-id", "references", "in-reply-to"].contains(&name.as_str());
        }
        if ours { line.replace('<', &format!("<{copy}.")) } else { line.to_owned() }
    });
    format!("{}\n\n{body}", lines.collect::<Vec<_>>().join("\n")).into_bytes()
}

fn open(scratch: &Path) -> Engine {
    let home = scratch.join("home");
    Engine::open(&Open { home, passphrase: Some(Secret::new("a passphrase".into())), ..Open::default() }).unwrap()
}
