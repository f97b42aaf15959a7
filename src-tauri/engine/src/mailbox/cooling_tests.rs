//! Old mail is packed and reads as before, on the real store, with the real model beside it.

use super::super::retention::DAY;
use super::*;
use crate::api::{SearchBy, SearchRequest};
use crate::store::tables::{BLOCKS, VECTORS};

const NOW: UnixMillis = 1_790_000_000_000;

fn mail(n: i64, days: i64) -> Vec<u8> {
    let date = jiff::Timestamp::from_millisecond(NOW - days * DAY + n * 60_000).unwrap();
    let date = jiff::fmt::rfc2822::to_string(&date.to_zoned(jiff::tz::TimeZone::UTC)).unwrap();
    format!(
        "From: Dana <dana@example.org>\r\nTo: mara@example.com\r\nSubject: delivery {n}\r\nDate: {date}\r\n\
         Message-ID: <m{n}@x.example>\r\nReferences: <m{}@x.example>\r\n\r\nThe delivery with the number d{n}d is late again.\r\n",
        n - 1
    )
    .into_bytes()
}

fn cool(engine: &Engine, now: UnixMillis) -> Cooled {
    engine.cool_at(now, &mut |_, _| {}, &CancellationToken::new()).unwrap()
}

/// 150 messages that are old by then, and 30 that are not.
fn filled() -> (Engine, Vec<MessageId>) {
    let engine = Engine::in_memory().unwrap();
    let ids = (0..180).map(|n| engine.import_eml(&mail(n, if n < 150 { 400 } else { 10 })).unwrap()).collect();
    (engine, ids)
}

fn counts(engine: &Engine) -> [u64; 3] {
    let read = engine.store().read(engine.account()).unwrap();
    [read.count(RAW).unwrap(), read.count(IN_BLOCK).unwrap(), read.count(BLOCKS).unwrap()]
}

/// All that is read from a message's bytes.
fn read_anew(engine: &Engine, id: MessageId) -> (String, Vec<String>, usize) {
    (engine.whole_text(id).unwrap(), engine.ancestors(id).unwrap(), engine.message(id).unwrap().attachments.len())
}

#[test]
fn old_mail_goes_into_blocks_and_reads_as_before_and_young_mail_does_not() {
    let (engine, ids) = filled();
    let before: Vec<_> = ids.iter().map(|id| read_anew(&engine, *id)).collect();
    let cooled = cool(&engine, NOW);
    assert_eq!((cooled.older, cooled.packed), (150, 128), "those left are too few for a block");
    assert!(cooled.room * 4 < cooled.bytes, "{cooled:?}");
    assert_eq!(counts(&engine), [52, 128, 2]);
    assert_eq!(engine.memory_state().unwrap().packed, 128);
    assert_eq!(ids.iter().map(|id| read_anew(&engine, *id)).collect::<Vec<_>>(), before);
    let asked = SearchRequest { query: "d7d".into(), limit: 5, by: SearchBy::Words };
    assert_eq!(engine.search(&asked).unwrap()[0].id, ids[7]);
    assert_eq!(cool(&engine, NOW).packed, 0, "nothing is packed twice");
}

#[test]
fn what_goes_from_a_block_is_gone_and_its_neighbours_are_tied_as_before() {
    let (engine, ids) = filled();
    cool(&engine, NOW);
    let mut settings = engine.settings().unwrap();
    settings.memory.keep_days = Some(30);
    let threads = engine.mail_counts().unwrap().1;
    engine
        .store()
        .write(engine.account(), Keep::Again, |tx| super::super::remove::remove(&engine, tx, &ids[30..32], &[]))
        .unwrap();
    assert_eq!((engine.mail_counts().unwrap(), counts(&engine)), ((178, threads + 1), [52, 126, 2]));
    assert!(engine.message(ids[30]).is_err() && engine.whole_text(ids[32]).unwrap().contains("d32d"));
    engine.set_settings(settings).unwrap();
    let gone = engine.apply_retention_at(NOW, false, &mut |_, _| {}, &CancellationToken::new()).unwrap();
    assert_eq!((gone.messages, counts(&engine)), (148, [30, 0, 0]));
}

#[test]
fn one_that_was_stopped_goes_on_where_it_was() {
    let (engine, _) = filled();
    let stop = CancellationToken::new();
    let after_one = stop.clone();
    let cooled = engine.cool_at(NOW, &mut |_, _| after_one.cancel(), &stop).unwrap();
    assert_eq!(cooled.packed, TOGETHER as u64);
    assert_eq!(cool(&engine, NOW).packed, TOGETHER as u64);
}

#[test]
fn a_message_that_is_large_stays_alone() {
    let engine = Engine::in_memory().unwrap();
    let mut chance = blake3::Hasher::new().finalize_xof();
    let mut noise = vec![0; 200 << 10];
    chance.fill(&mut noise);
    let hex: String = noise.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut large = mail(1_000, 500);
    large.extend(hex.as_bytes());
    let id = engine.import_eml(&large).unwrap();
    for n in 0..64 {
        engine.import_eml(&mail(n, 400)).unwrap();
    }
    assert_eq!((cool(&engine, NOW).packed, counts(&engine)), (64, [1, 64, 1]));
    assert!(engine.whole_text(id).unwrap().len() > hex.len());
}

#[test]
fn vectors_of_old_mail_become_codes_once_and_it_is_still_found_by_its_meaning() {
    let engine = Engine::in_memory().unwrap();
    let texts = [(1, "the shipment has not arrived yet"), (2, "dinner on friday with the whole family")];
    let [late, dinner] =
        texts.map(|(n, text)| engine.import_eml(&[mail(n, 10).as_slice(), text.as_bytes()].concat()).unwrap());
    engine.run_embedding(&mut |_| {}, &CancellationToken::new()).unwrap();
    let room = || {
        let mut room = 0;
        let read = engine.store().read(engine.account()).unwrap();
        read.rooms(VECTORS, |_, sealed| {
            room += sealed;
            Ok(())
        })
        .unwrap();
        room
    };
    let before = room();
    let nearest = || engine.near_in_meaning("a supper with relatives", 2, &|_| true).unwrap();
    let exactly = nearest();
    assert_eq!(exactly[0].message, dinner);
    assert_eq!(cool(&engine, NOW).quantised, 0);
    assert_eq!(cool(&engine, NOW + 400 * DAY).quantised, 2);
    assert_eq!(cool(&engine, NOW + 400 * DAY).quantised, 0);
    assert!(room() * 3 < before, "{before} bytes, and now {}", room());
    let found = nearest();
    assert_eq!((found[0].message, found[1].message), (dinner, late));
    assert!((found[0].score - exactly[0].score).abs() < 0.02, "{found:?} for {exactly:?}");
}
