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

/// How soon a place in a ranking stops counting: reciprocal rank fusion, Cormack, Clarke and Büttcher (2009), whose constant is 60.
const K: f64 = 20.0;

/// How much meaning counts beside words, which count 1; 0: words alone.
#[must_use]
pub fn weight(asked: &Asked) -> f64 {
    let _ = asked;
    1.0
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
    let place = |place: Option<usize>| place.unwrap_or(usize::MAX);
    ranked.sort_by(|a, b| {
        b.score.total_cmp(&a.score).then((place(a.by_words), place(a.by_meaning)).cmp(&(place(b.by_words), place(b.by_meaning))))
    });
    ranked
}
