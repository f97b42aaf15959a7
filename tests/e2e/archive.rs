//! A whole archive goes in: the real one of 2002 where it is at hand, and always the generated one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test

use epistle_engine::Engine;
use epistle_engine::api::{ImportReport, ImportSource, Person, ThreadsView};
use std::path::PathBuf;
use support::archive;
use tokio_util::sync::CancellationToken;

fn import(engine: &Engine, path: PathBuf) -> ImportReport {
    let source = ImportSource::Paths { paths: vec![path] };
    let check =
        |sum: &epistle_engine::api::ImportProgress| assert_eq!(sum.seen, sum.imported + sum.already + sum.failed);
    engine.import(&source, &mut |progress| check(progress), &CancellationToken::new()).unwrap()
}

#[test]
fn every_message_of_the_archive_is_accounted_for_and_a_second_import_adds_none() {
    let engine = Engine::in_memory().unwrap();
    let first = import(&engine, archive::path());
    assert_eq!(
        (first.seen, first.imported, first.already, first.failed.len()),
        (archive::MESSAGES, archive::MESSAGES, 0, 0)
    );
    let counts = engine.mail_counts().unwrap();
    let again = import(&engine, archive::path());
    assert_eq!((again.seen, again.imported, again.already), (archive::MESSAGES, 0, archive::MESSAGES));
    assert_eq!(engine.mail_counts().unwrap(), counts);
}

#[test]
fn the_generated_archive_is_as_unruly_as_a_real_one() {
    let engine = Engine::in_memory().unwrap();
    let report = import(&engine, archive::generated_path());
    assert_eq!((report.seen, report.imported, report.failed.len()), (archive::MESSAGES, archive::MESSAGES, 0));
    for kind in ["no From address", "no Date that can be read", "transfer encoding", "before its last part"] {
        assert!(report.damaged.iter().any(|note| note.why.contains(kind)), "nothing is damaged by: {kind}");
    }
    let (_, threads) = engine.mail_counts().unwrap();
    assert!((500..1500).contains(&threads), "{threads} threads");
}

#[test]
fn the_busy_writer_has_mail_of_their_own() {
    let engine = Engine::in_memory().unwrap();
    import(&engine, archive::path());
    let mut settings = engine.settings().unwrap();
    settings.me = vec![Person { name: None, address: archive::busy_writer().parse().unwrap() }];
    engine.set_settings(settings).unwrap();
    let candidate = engine
        .me_candidates()
        .unwrap()
        .into_iter()
        .find(|candidate| candidate.person.address.as_str() == archive::busy_writer());
    assert!(candidate.is_some_and(|candidate| candidate.wrote >= 40));
    let page = engine.threads(&ThreadsView::default(), 0, 500).unwrap();
    let thread = page.threads.iter().find(|thread| thread.awaits_me).unwrap();
    assert!(engine.thread(thread.id).unwrap().messages.iter().any(|message| message.from.is_some()));
}
