//! Meaning has a say where a sentence is asked, and none where a name, a number or a phrase is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::memory::query;
use proptest::prelude::*;

fn asked(text: &str) -> Asked {
    query::read(text, &jiff::Timestamp::UNIX_EPOCH.to_zoned(jiff::tz::TimeZone::UTC))
}

#[test]
fn names_numbers_ids_and_phrases_are_words_alone() {
    for text in [
        "zyxwvut",
        "Dana Whitfield",
        "12,400 EUR",
        "mail@example.com 0x80004005",
        "\"they never write back\" to me",
        "from:dana ",
    ] {
        assert_eq!(weight(&asked(text), 0.0), 0.0, "{text}");
    }
}

#[test]
fn a_sentence_that_the_words_do_not_find_is_for_meaning() {
    let asked = asked("the shop that never answered my letter");
    assert!(weight(&asked, 0.1) > 1.0);
    assert!(weight(&asked, 0.6) < 1.0);
}

fn ids(numbers: &[u8]) -> Vec<MessageId> {
    numbers.iter().map(|n| MessageId([*n; 16])).collect()
}

#[test]
fn what_both_found_comes_first() {
    let ranked = fused(&ids(&[1, 2, 3]), &ids(&[4, 3]), 1.0);
    assert_eq!(ranked.iter().map(|r| r.id.0[0]).collect::<Vec<_>>(), [3, 1, 4, 2]);
    assert_eq!((ranked[0].by_words, ranked[0].by_meaning), (Some(2), Some(1)));
}

proptest! {
    #[test]
    fn nothing_is_lost_or_found_twice_and_words_alone_keep_their_order(
        words in proptest::collection::hash_set(0u8..40, 0..20), meaning in proptest::collection::hash_set(0u8..40, 0..20), weight in 0.0f64..3.0,
    ) {
        let (words, meaning): (Vec<u8>, Vec<u8>) = (words.into_iter().collect(), meaning.into_iter().collect());
        let ranked = fused(&ids(&words), &ids(&meaning), weight);
        let mut got: Vec<u8> = ranked.iter().map(|r| r.id.0[0]).collect();
        got.sort_unstable();
        let mut all: Vec<u8> = words.iter().chain(&meaning).copied().collect();
        all.sort_unstable();
        all.dedup();
        prop_assert_eq!(got, all);
        let alone: Vec<u8> = fused(&ids(&words), &[], 0.0).iter().map(|r| r.id.0[0]).collect();
        prop_assert_eq!(alone, words);
    }
}
