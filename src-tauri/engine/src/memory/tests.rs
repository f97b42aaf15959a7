//! What is remembered follows the mailbox: found as soon as it is in, learned anew when "me" is somebody else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::api::{SearchBy, SearchHit, SearchRequest};

fn eml(n: u32, from: &str, to: &str, subject: &str, text: &str) -> Vec<u8> {
    format!("From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <m{n}@example.com>\r\nDate: Mon, 2 Nov 2026 10:{:02}:00 +0000\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n", n % 60).into_bytes()
}

const MARA: &str = "Mara Lindqvist <mara@example.com>";
const DANA: &str = "Dana Whitfield <dana@example.org>";
const TOM: &str = "Tom Baker <tom@example.net>";

fn engine() -> Engine {
    let engine = Engine::in_memory().unwrap();
    be(&engine, "Mara Lindqvist", "mara@example.com");
    engine
}

fn be(engine: &Engine, name: &str, address: &str) {
    let mut settings = engine.settings().unwrap();
    settings.me = vec![Person { name: Some(name.into()), address: address.parse().unwrap() }];
    engine.set_settings(settings).unwrap();
}

fn search(engine: &Engine, query: &str) -> Vec<SearchHit> {
    engine.search(&SearchRequest { query: query.into(), limit: 10, by: SearchBy::Both }).unwrap()
}

#[test]
fn mail_is_found_as_soon_as_it_is_in() {
    let engine = engine();
    assert!(search(&engine, "proposal").is_empty());
    engine.import_eml(&eml(1, DANA, MARA, "The proposal", "It goes out on Friday for 12,400 EUR.")).unwrap();
    let hits = search(&engine, "proposal friday");
    assert_eq!((hits.len(), hits[0].why.as_str()), (1, "subject: proposal; text: friday"));
    assert!(hits[0].snippet.contains("goes out on Friday"), "{}", hits[0].snippet);
    engine.import_eml(&eml(2, TOM, MARA, "Re: The proposal", "No proposal from me.")).unwrap();
    assert_eq!(search(&engine, "proposal").len(), 2);
}

#[test]
fn the_voice_is_of_whoever_is_me() {
    let engine = engine();
    for n in 0..4 {
        engine
            .import_eml(&eml(
                n,
                MARA,
                DANA,
                &format!("Note {n}"),
                &format!("Hi Dana,\r\n\r\nhere is note {n}.\r\n\r\nCheers,\r\nMara"),
            ))
            .unwrap();
        engine
            .import_eml(&eml(
                10 + n,
                DANA,
                MARA,
                &format!("Answer {n}"),
                "Dear Mara,\r\n\r\nthank you.\r\n\r\nKind regards,\r\nDana Whitfield",
            ))
            .unwrap();
    }
    let voice = engine.voice(Some(&"dana@example.org".parse().unwrap())).unwrap();
    assert_eq!(
        (voice.samples, voice.greeting.unwrap().value, voice.sign_off.unwrap().value),
        (4, "Hi Dana,".into(), "Cheers,".into())
    );
    assert_eq!(voice.to.unwrap().name.as_deref(), Some("Dana Whitfield"));
    be(&engine, "Dana Whitfield", "dana@example.org");
    let voice = engine.voice(None).unwrap();
    assert_eq!(
        (voice.greeting.unwrap().value, voice.signs_as.unwrap().value),
        ("Dear {name},".into(), "Dana Whitfield".into())
    );
}

#[test]
fn similar_letters_are_ones_own_and_to_this_person_first() {
    let engine = engine();
    engine
        .import_eml(&eml(1, MARA, TOM, "Budget", "Hi Tom, the budget for the launch is 400 EUR, the budget is fixed."))
        .unwrap();
    engine.import_eml(&eml(2, MARA, DANA, "Plans", "Hi Dana, the budget is open.")).unwrap();
    engine.import_eml(&eml(3, DANA, MARA, "Budget", "The budget for the launch, please.")).unwrap();
    let dana = "dana@example.org".parse().unwrap();
    let similar = engine.similar_sent("tell her about the budget for the launch", Some(&dana), 5).unwrap();
    assert_eq!(similar.iter().map(|s| s.to_this_person).collect::<Vec<_>>(), [true, false]);
    assert!(similar.iter().all(|s| s.message.mine));
    let none_alike = engine.similar_sent("zebra", Some(&dana), 5).unwrap();
    assert_eq!((none_alike.len(), none_alike[0].to_this_person), (1, true));
}
