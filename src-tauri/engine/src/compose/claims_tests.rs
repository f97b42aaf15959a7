//! What a draft claims and which source says so: a table of cases.

use super::*;
use crate::compose::samples::{NOW, person};

const DAY: i64 = 86_400_000;

fn source(id: &str, kind: SourceKind, excerpt: &str, date: i64) -> Source {
    Source {
        id: id.into(),
        kind,
        message: None,
        lesson: None,
        title: String::new(),
        who: None,
        date: Some(date),
        excerpt: excerpt.into(),
        tokens: 0,
    }
}

/// Monday, 23 November 2026. The thread's message was written on Wednesday, 18 November.
fn sources() -> Vec<Source> {
    vec![
        source(
            "s1",
            SourceKind::Request,
            "confirm friday 3 pm, promise the signed contract, 10% off, see https://example.com/plan",
            NOW,
        ),
        source(
            "s2",
            SourceKind::Thread,
            "The total is 12.400 EUR, due 2026-12-04. We could meet on Friday or next week. Could you send the report? Write to billing@example.org. Call at 16 Uhr.",
            NOW - 5 * DAY,
        ),
        source("s3", SourceKind::ToThisPerson, "the licence costs $99 a month", NOW - 90 * DAY),
        source(
            "s4",
            SourceKind::ToOthers,
            "our secret price is 777 EUR on 1 December, https://other.example",
            NOW - 9 * DAY,
        ),
    ]
}

fn claimed(text: &str) -> Vec<(String, ClaimKind, Option<String>)> {
    let known = [person("Mara", "mara@example.com"), person("Dana", "dana@example.org")];
    let sources = sources();
    let claims = claims(text, Against { sources: &sources, known: &known, now: NOW });
    claims.into_iter().map(|c| (c.text, c.kind, c.source)).collect()
}

#[test]
fn each_claim_is_traced_or_marked() {
    use ClaimKind::*;
    let table: [(&str, &str, ClaimKind, Option<&str>); 45] = [
        // days
        ("See you on Friday.", "Friday", Date, Some("s1")),
        ("See you on 27 November.", "27 November", Date, Some("s1")),
        ("See you on November 27, 2026.", "November 27, 2026", Date, Some("s1")),
        ("Bis Freitag, den 27. November.", "Freitag, den 27. November", Date, Some("s1")),
        ("Bis zum 27.11.2026", "27.11.2026", Date, Some("s1")),
        ("It was said for 20 November.", "20 November", Date, Some("s2")),
        ("It is due on 4 December.", "4 December", Date, Some("s2")),
        ("It is due on Friday, December 4th.", "Friday, December 4th", Date, Some("s2")),
        ("Fällig am 4.12.", "4.12.", Date, Some("s2")),
        ("It is due in December 2026.", "December 2026", Date, Some("s2")),
        ("See you this week.", "this week", Date, Some("s1")),
        ("See you on Thursday.", "Thursday", Date, None),
        ("See you tomorrow.", "tomorrow", Date, None),
        ("See you on 28 November.", "28 November", Date, None),
        ("Due on 4 December 2027.", "4 December 2027", Date, None),
        ("Bis Donnerstag.", "Donnerstag", Date, None),
        ("In two weeks then.", "In two weeks", Date, None),
        ("On 1 December.", "1 December", Date, None),
        // times
        ("At 3 pm.", "3 pm", Date, Some("s1")),
        ("Um 15 Uhr.", "15 Uhr", Date, Some("s1")),
        ("At 15:00.", "15:00", Date, Some("s1")),
        ("At 4 p.m. sharp", "4 p.m", Date, Some("s2")),
        ("At 3:30 pm.", "3:30 pm", Date, None),
        // amounts
        ("It is €12,400.", "€12,400", Amount, Some("s2")),
        ("Es sind 12.400,00 Euro.", "12.400,00 Euro", Amount, Some("s2")),
        ("It is 12.4k EUR", "12.4k EUR", Amount, Some("s2")),
        ("with 10 percent off", "10 percent", Amount, Some("s1")),
        ("it costs $99", "$99", Amount, Some("s3")),
        ("It is €12,500.", "€12,500", Amount, None),
        ("It is $12,400.", "$12,400", Amount, None),
        ("It is 777 EUR.", "777 EUR", Amount, None),
        ("15% off", "15%", Amount, None),
        // links and addresses
        ("See https://example.com/plan.", "https://example.com/plan", Link, Some("s1")),
        ("See (http://www.example.com/plan/)", "http://www.example.com/plan/", Link, Some("s1")),
        ("See https://example.com/plans", "https://example.com/plans", Link, None),
        ("See https://other.example", "https://other.example", Link, None),
        ("Write to billing@example.org.", "billing@example.org", Address, Some("s2")),
        ("Write to Mara@Example.com.", "Mara@Example.com", Address, Some("s1")),
        ("Write to eve@example.net.", "eve@example.net", Address, None),
        // commitments
        ("I will send the signed contract.", "I will send the signed contract", Commitment, Some("s1")),
        ("Thanks. We’ll sign the contract!", "We’ll sign the contract", Commitment, Some("s1")),
        ("I'll send the report.", "I'll send the report", Commitment, None),
        ("Then we will deliver a new machine.", "we will deliver a new machine", Commitment, None),
        ("Ich schicke den Bericht.", "Ich schicke den Bericht", Commitment, None),
        ("You will receive a refund.", "You will receive a refund", Commitment, None),
    ];
    for (text, words, kind, source) in table {
        assert_eq!(claimed(text), [(words.to_owned(), kind, source.map(str::to_owned))], "{text}");
    }
}

#[test]
fn what_claims_nothing_is_left_alone() {
    for text in [
        "Thanks for your note.",
        "I will be happy to help.",
        "Guten Morgen Dana",
        "We may march on.",
        "There are 12 of us.",
        "Best, Mara",
        "I'll need your help",
        "",
        "See you!",
        "Vielen Dank für die Mühe.",
        "Version 2.1 is out",
        "Ask Will about it",
    ] {
        assert_eq!(claimed(text), [], "{text}");
    }
}

#[test]
fn a_promise_with_a_day_in_it_is_two_claims() {
    let found = claimed("I will send the signed contract by Friday.");
    let kinds: Vec<_> = found.iter().map(|(_, kind, source)| (*kind, source.as_deref())).collect();
    assert_eq!(kinds, [(ClaimKind::Commitment, Some("s1")), (ClaimKind::Date, Some("s1"))]);
}

#[test]
fn offsets_count_as_the_window_does() {
    let text = "Grüße 🙂 — bis Freitag, 12.400 €!";
    let sources = sources();
    for claim in claims(text, Against { sources: &sources, known: &[], now: NOW }) {
        let units: Vec<u16> = text.encode_utf16().collect();
        assert_eq!(String::from_utf16(&units[claim.start as usize..claim.end as usize]).unwrap(), claim.text);
    }
}

#[test]
fn no_text_breaks_it() {
    for text in
        ["I’ll", "İ will I’ll go. ", "€", "12", "..", "https://", "@", "İİİ I'll pay", "27.", "q1", "Q", "next", "in 5"]
    {
        claimed(text);
    }
}
