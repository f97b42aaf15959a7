//! What is searched for is found, and scored as a naive BM25 scores it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::mailbox::message_for_tests;
use crate::memory::query;
use proptest::prelude::*;

pub(crate) fn mail(n: u8, subject: &str, from: &str, text: &str) -> Message {
    let person = |text: &str| {
        let (name, address) = text.rsplit_once(' ').unwrap();
        Person { name: Some(name.to_owned()), address: address.parse().unwrap() }
    };
    Message {
        from: Some(person(from)),
        to: vec![person("Mara mara@example.com")],
        subject: subject.to_owned(),
        text: text.to_owned(),
        ..message_for_tests(n)
    }
}

pub(crate) fn index(mails: &[Message]) -> Index {
    let mut index = Index::default();
    mails.iter().for_each(|m| index.add(m));
    index
}

fn found(index: &Index, query: &str) -> Vec<u8> {
    let found = index.search(&parsed(query), 10, |_, _| true);
    found.iter().map(|m| index.doc(m).unwrap().id.0[0]).collect()
}

fn parsed(text: &str) -> Query {
    query::read(text, &jiff::Timestamp::UNIX_EPOCH.to_zoned(jiff::tz::TimeZone::UTC)).words
}

fn mailbox() -> Index {
    index(&[
        mail(1, "The proposal", "Dana Whitfield dana@example.org", "We sent the proposals for 12,400 EUR on Friday."),
        mail(
            2,
            "Build broken",
            "Tom Baker tom@example.net",
            "It stops with ENOENT: no such file or directory, see src/main.rs.",
        ),
        mail(3, "Rechnung", "Jörg Müller joerg@example.de", "Anbei die Rechnungen für März. Viele Grüße"),
        mail(4, "Lunch", "Dana Whitfield dana@example.org", "No file, such a pity. Friday at 12?"),
    ])
}

#[test]
fn names_numbers_errors_and_phrases_are_found() {
    let index = mailbox();
    for (query, expected) in [
        ("proposal", vec![1]),
        ("Whitfield proposal", vec![1, 4]),
        ("\"no such file\"", vec![2]),
        ("12,400", vec![1]),
        ("src/main.rs", vec![2]),
        ("Muller", vec![3]),
        ("Mueller", vec![3]),
        ("rechnung", vec![3]),
        ("enoe", vec![2]),
        ("tom@example.net", vec![2]),
        ("\"friday at 12\"", vec![4]),
        ("“such a pity” whitfield", vec![4]),
        ("zebra", vec![]),
        ("\"\"", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(found(&index, query), expected, "{query}");
    }
}

#[test]
fn a_match_says_why() {
    let index = mailbox();
    let query = parsed("proposal friday");
    let best = index.search(&query, 1, |_, _| true).remove(0);
    assert_eq!(
        index.found_in(&query, &[best.doc])[&best.doc],
        vec![("subject", vec!["proposal".to_owned()]), ("text", vec!["proposals".into(), "friday".into()])]
    );
}

#[test]
fn the_same_message_twice_counts_once() {
    let mut index = mailbox();
    index.add(&mail(1, "The proposal", "Dana Whitfield dana@example.org", "again"));
    assert_eq!(found(&index, "proposal"), [1]);
    assert_eq!(found(&index, "again"), Vec::<u8>::new());
}

/// BM25 with weighted fields as the paper writes it, word for word, over the texts.
fn naive(mails: &[Message], words: &[String]) -> HashMap<u8, f64> {
    let docs: Vec<(u8, [Vec<String>; MANY])> = mails.iter().map(|m| (m.id.0[0], fields_of(m))).collect();
    let average: Vec<f64> =
        (0..MANY).map(|f| docs.iter().map(|(_, d)| d[f].len() as f64).sum::<f64>() / docs.len() as f64).collect();
    let mut scores = HashMap::new();
    for word in words {
        let with = docs.iter().filter(|(_, d)| d.iter().flatten().any(|w| w == word)).count();
        for (id, fields) in &docs {
            let tf: f64 = (0..MANY)
                .map(|f| {
                    let times = fields[f].iter().filter(|w| *w == word).count() as f64;
                    FIELDS[f].2 * times / (1.0 - B + B * fields[f].len() as f64 / average[f].max(1.0))
                })
                .sum();
            if tf > 0.0 {
                *scores.entry(*id).or_insert(0.0) += idf(docs.len(), with) * tf * (K1 + 1.0) / (tf + K1);
            }
        }
    }
    scores
}

proptest! {
    #[test]
    fn scores_are_those_of_a_naive_bm25(
        texts in proptest::collection::vec(("[abcd]{1,2}( [abcd]{1,2}){0,3}", "[abcd]{1,2}( [abcd]{1,2}){0,12}"), 1..12),
        query in proptest::collection::hash_set("[abcd]{1,2}", 1..4),
    ) {
        let mails: Vec<Message> = (0u8..).zip(&texts).map(|(n, (subject, text))| mail(n, subject, "Ann ann@example.com", text)).collect();
        let index = index(&mails);
        let words: Vec<String> = query.into_iter().collect();
        let expected = naive(&mails, &words);
        let got = index.search(&Query::like(&words.join(" ")), 100, |_, _| true);
        prop_assert_eq!(got.len(), expected.len());
        for m in &got {
            let id = index.doc(m).unwrap().id.0[0];
            prop_assert!((m.score - expected[&id]).abs() < 1e-9, "{} {}", m.score, expected[&id]);
        }
        prop_assert!(got.windows(2).all(|w| w[0].score >= w[1].score));
    }
}
