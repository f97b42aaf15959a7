//! The sealed index answers as the mail does: extended with what came, without what went, thrown away where it is damaged.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::api::{Person, SearchBy, SearchRequest};

fn engine(messages: u32) -> Engine {
    let engine = Engine::in_memory().unwrap();
    (0..messages).for_each(|n| take_in(&engine, n));
    engine
}

fn take_in(engine: &Engine, n: u32) {
    let text = format!(
        "From: Dana <dana@example.org>\r\nTo: mara@example.com\r\nSubject: note {n}\r\nMessage-ID: <m{n}@example.com>\r\n\r\nabout number{n}\r\n"
    );
    engine.import_eml(text.as_bytes()).unwrap();
}

fn found(engine: &Engine, query: &str) -> usize {
    let request = SearchRequest { query: query.into(), limit: 10, by: SearchBy::Words };
    engine.search(&request).unwrap().len()
}

fn sealed(engine: &Engine) -> u64 {
    engine.store().read(engine.account()).unwrap().count(WORDS).unwrap()
}

/// As after a start: nothing is in memory.
fn start_again(engine: &Engine) {
    *engine.desk.memory.words.held.write().unwrap() = Held::default();
}

fn docs(engine: &Engine) -> usize {
    engine.unseal_words(&engine.my_folded().unwrap()).unwrap().map_or(0, |index| index.docs().len())
}

#[test]
fn it_is_sealed_when_it_is_worth_it_and_answers_after_a_start() {
    let engine = engine(WORTH_SEALING as u32);
    assert_eq!((found(&engine, "number7 "), sealed(&engine)), (1, 2));
    take_in(&engine, 9_000);
    assert_eq!(found(&engine, "number9000"), 1);
    assert_eq!(docs(&engine), WORTH_SEALING, "one more message is not worth sealing it anew");
    start_again(&engine);
    assert_eq!((found(&engine, "number7 "), found(&engine, "number9000")), (1, 1));
}

#[test]
fn mail_that_goes_takes_the_sealed_words_with_it() {
    let engine = engine(WORTH_SEALING as u32);
    assert_eq!(found(&engine, "number7 "), 1);
    let id = engine.find_message("m7@example.com").unwrap();
    let gone = |tx: &mut Write<'_>| crate::mailbox::remove_for_tests(&engine, tx, &[id]);
    engine.store().write(engine.account(), Keep::Again, gone).unwrap();
    take_in(&engine, 9_000); // the mailbox says that it changed
    assert_eq!(sealed(&engine), 0);
    assert_eq!((found(&engine, "number7 "), found(&engine, "number8 ")), (0, 1));
    start_again(&engine);
    assert_eq!((found(&engine, "number7 "), found(&engine, "number8 ")), (0, 1));
}

#[test]
fn one_for_another_me_or_a_damaged_one_is_thrown_away() {
    let engine = engine(WORTH_SEALING as u32);
    assert_eq!(found(&engine, "number7 "), 1);
    let mut settings = engine.settings().unwrap();
    settings.me = vec![Person { name: None, address: "dana@example.org".parse().unwrap() }];
    engine.set_settings(settings).unwrap();
    start_again(&engine);
    assert_eq!(docs(&engine), 0);
    assert_eq!((found(&engine, "from:me number7 "), docs(&engine)), (1, WORTH_SEALING));
    let cut = RawMessage(vec![1, 2, 3]);
    engine.store().write(engine.account(), Keep::Again, |tx| tx.put(WORDS, &0u32.to_be_bytes(), &cut)).unwrap();
    start_again(&engine);
    assert_eq!((docs(&engine), found(&engine, "number7 ")), (0, 1));
}
