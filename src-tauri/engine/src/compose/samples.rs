//! Sample people and messages for the tests of the pipeline's pure parts.

use super::brief::Brief;
use super::gather::{self, Found};
use crate::api::{ComposeRequest, Habit, Message, Person, Voice, WordBand};
use crate::mailbox::message_for_tests;

/// Monday, 23 November 2026, 10:00 UTC.
pub(super) const NOW: i64 = 1_795_428_000_000;

pub(super) fn person(name: &str, address: &str) -> Person {
    Person { name: (!name.is_empty()).then(|| name.to_owned()), address: address.parse().unwrap() }
}

pub(super) fn message(number: u8, from: &str, text: &str) -> Message {
    Message {
        message_id: Some(format!("m{number}@example.org")),
        from: Some(person("", from)),
        date: Some(NOW - 86_400_000 * (20 - i64::from(number).min(19))),
        subject: "Proposal".into(),
        text: text.into(),
        mine: from.starts_with("mara@"),
        ..message_for_tests(number)
    }
}

pub(super) fn voice() -> Voice {
    let habit = |value: &str| Some(Habit { value: value.into(), times: 8, of: 10 });
    Voice {
        to: Some(person("Dana Levi", "dana@example.org")),
        samples: 10,
        greeting: habit("Hi Dana,"),
        sign_off: habit("Best,"),
        signs_as: habit("Mara"),
        words: Some(WordBand { low: 30, median: 60, high: 90 }),
        language: Some("en".into()),
        ..Voice::default()
    }
}

/// Mara answers Dana's question about the proposal.
pub(super) fn brief(intent: &str) -> Brief {
    let mut answered =
        message(2, "dana@example.org", "Hi Mara,\n\ncan you confirm the 12,400 EUR by Friday, 27 November?\n\nDana");
    answered.from = Some(person("Dana Levi", "dana@example.org"));
    let found = Found {
        me: vec![person("Mara Voss", "mara@example.com")],
        thread: vec![
            message(1, "mara@example.com", "Hi Dana,\n\nhere is our proposal: https://example.com/p/7\n\nBest,\nMara"),
            answered.clone(),
        ],
        answers: Some(answered),
        voice: Some(voice()),
        ..Found::default()
    };
    let request = ComposeRequest {
        intent: intent.into(),
        to: vec![person("Dana Levi", "dana@example.org")],
        ..ComposeRequest::default()
    };
    gather::brief(request, found, NOW)
}

/// A letter about to leave, with nothing under its text and no files.
pub(crate) fn letter_for_tests(from: &str, to: &[&str], subject: &str, body: &str) -> super::Leaving {
    super::Leaving {
        draft: crate::ids::DraftId([7; 16]),
        version: 1,
        from: person("", from),
        to: to.iter().map(|address| person("", address)).collect(),
        cc: vec![],
        bcc: vec![],
        subject: subject.into(),
        body: body.into(),
        signature: None,
        quote: None,
        answers: None,
        thread: super::eml::Answers::default(),
        files: vec![],
        missing: vec![],
        gone: false,
    }
}

/// A file of a letter; its bytes are a test's own affair.
pub(crate) fn stored_for_tests(file: crate::api::DraftFile) -> super::files::Stored {
    super::files::Stored { file, print: [0; 32] }
}
