//! Words and meaning as one ranking: which of both a question is for, and how two rankings become one. Pure; it searches nothing.

use super::query::Asked;
use crate::ids::MessageId;
use std::collections::HashMap;

/// A message in one ranking or in both.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Which.
    pub id: MessageId,
    /// The higher the better; comparable within one answer only.
    pub score: f64,
    /// Its place by words, from 0.
    pub by_words: Option<usize>,
    /// Its place by meaning, from 0.
    pub by_meaning: Option<usize>,
}

/// How soon a place in a ranking stops counting; the constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009).
const K: f64 = 60.0;
/// From here on the words have found what was meant: the share of what they could score at most that the best message scores. In the archive of
/// 2002 (`tests/data/known_items.yaml`) nine of ten names, numbers and errors lie above it, and nearly every sentence in other words below it.
const SURE: f64 = 0.3;
/// How much meaning counts beside words that are sure, and beside words that are not. Measured on the same queries: 0 to 0.4 and 1.5 to 3 do as
/// well, with [`SURE`] anywhere from 0.25 to 0.4; a [`K`] below 60 loses some.
const BESIDE_SURE: f64 = 0.2;
const BESIDE_UNSURE: f64 = 1.5;
/// A question of fewer words says too little to have a meaning of its own.
const FEWEST: usize = 3;
/// What is less near than this in meaning is not found by it (cosine).
pub const NEAR: f32 = 0.25;

/// How much meaning counts beside words, which count 1; 0: words alone. `sure`: the share of what the words could score at most that the best
/// message scores.
#[must_use]
pub fn weight(asked: &Asked, sure: f64) -> f64 {
    let words = asked.free.split_whitespace().filter(|word| is_said(word)).count();
    if asked.is_exact() || words < FEWEST {
        0.0
    } else if sure >= SURE {
        BESIDE_SURE
    } else {
        BESIDE_UNSURE
    }
}

/// A word as it is said, no number, name of a file or address.
fn is_said(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    bare.chars().count() > 1 && bare.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '-'))
}

/// Two rankings, best first, as one.
#[must_use]
pub fn fused(words: &[MessageId], meaning: &[MessageId], weight: f64) -> Vec<Ranked> {
    let mut found: HashMap<MessageId, Ranked> = HashMap::new();
    let new = |id: MessageId| Ranked { id, score: 0.0, by_words: None, by_meaning: None };
    for (rank, id) in words.iter().enumerate() {
        let entry = found.entry(*id).or_insert_with(|| new(*id));
        entry.by_words = Some(rank);
        entry.score += 1.0 / (K + 1.0 + rank as f64);
    }
    for (rank, id) in meaning.iter().enumerate() {
        let entry = found.entry(*id).or_insert_with(|| new(*id));
        entry.by_meaning = Some(rank);
        entry.score += weight / (K + 1.0 + rank as f64);
    }
    let mut ranked: Vec<Ranked> = found.into_values().collect();
    // Where both say as much, words are what was typed.
    let place = |r: &Ranked| (r.by_words.unwrap_or(usize::MAX), r.by_meaning.unwrap_or(usize::MAX));
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| place(a).cmp(&place(b))));
    ranked
}

#[cfg(test)]
#[path = "fuse_tests.rs"]
mod tests;
