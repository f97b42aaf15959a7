//! Mail is found again by what a person remembers of it, in the real archive of 2002: by both, words and meaning, never worse than by the
//! better one of them. A part of the archive here; `cargo xtask bench search` takes all of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // a test

use epistle_engine::Engine;
use epistle_engine::api::ImportSource;
use support::archive;
use support::known_items::{self, Table};
use tokio_util::sync::CancellationToken;

/// Every so many of the messages that nobody looks for are there too.
const NTH: usize = 6;

#[test]
fn both_together_are_never_worse_than_the_better_one_alone() {
    if !archive::real_path().is_file() {
        return; // the queries are about the real archive
    }
    let scratch = tempfile::tempdir().unwrap();
    let mbox = scratch.path().join("some.mbox");
    std::fs::write(&mbox, known_items::some_of_the_archive(NTH)).unwrap();
    let engine = Engine::in_memory().unwrap();
    let stop = CancellationToken::new();
    engine.import(&ImportSource::Paths { paths: vec![mbox] }, &mut |_| {}, &stop).unwrap();
    engine.run_embedding(&mut |_| {}, &stop).unwrap();
    let items = known_items::all();
    assert!(items.len() >= 200);
    let table = Table::of(&engine, &items, |item, [words, meaning, both]| {
        if both.is_none() && (words.is_some() || meaning.is_some()) {
            println!("lost: {} “{}” words {words:?} meaning {meaning:?}", item.kind, item.query);
        }
    });
    println!("{table}");
    for (kind, found) in &table.0 {
        assert!(found.by[1] > 0, "nothing at all was found by meaning: {kind}");
        assert!(found.lost() <= 1.0, "{kind}: {:.1} points lost by taking both\n{table}", found.lost());
    }
}
