//! Which of the user's own letters help most with the next one, and why a message was found. Pure.

use super::concepts::Query;
use super::fuse;
use super::lexical::{Doc, Index};
use crate::ids::MessageId;

/// How many of a ranking are looked at to make one of two.
pub const POOL: usize = 50;

/// A letter of the user's own, chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// Which.
    pub id: MessageId,
    /// Whether it went to the person now written to.
    pub to_this_person: bool,
    /// By words and meaning together; 0 where it was chosen because it is the latest to this person.
    pub score: f64,
}

/// A letter of the user's own, with words of theirs in it.
pub fn is_own(doc: &Doc) -> bool {
    doc.mine && doc.written
}

/// The user's letters most like the query, by its words and as `near` has them by meaning, best first: to this person first, then to others.
/// Where nothing to this person is like it, the latest letter to them still shows how the user writes to them.
#[must_use]
pub fn similar(index: &Index, query: &Query, near: &[MessageId], to: Option<&str>, limit: usize) -> Vec<Chosen> {
    let goes_to = |doc: &Doc| to.is_some_and(|to| doc.to.iter().any(|a| a == to));
    let best_of = |to_this_person: bool, limit: usize| {
        let keep = |doc: &Doc| is_own(doc) && goes_to(doc) == to_this_person;
        let kept = |id: &MessageId| index.place_of(*id).and_then(|at| index.docs().get(at as usize)).is_some_and(keep);
        let words = index.search(query, limit.max(POOL), |_, doc| keep(doc));
        let words: Vec<MessageId> = words.iter().filter_map(|found| index.doc(found)).map(|doc| doc.id).collect();
        let meaning: Vec<MessageId> = near.iter().copied().filter(kept).collect();
        let ranked = fuse::fused(&words, &meaning, 1.0).into_iter().take(limit);
        ranked.map(move |found| Chosen { id: found.id, to_this_person, score: found.score }).collect::<Vec<_>>()
    };
    let mut best = best_of(true, limit);
    if best.is_empty() && to.is_some() {
        let latest = index.docs().iter().filter(|doc| is_own(doc) && goes_to(doc)).max_by_key(|doc| doc.date);
        best.extend(latest.map(|doc| Chosen { id: doc.id, to_this_person: true, score: 0.0 }));
    }
    best.extend(best_of(false, limit.saturating_sub(best.len())));
    best.truncate(limit);
    best
}

/// `subject: proposal; text: friday`.
#[must_use]
pub fn why(found: &[(&str, Vec<String>)]) -> String {
    found.iter().map(|(field, words)| format!("{field}: {}", words.join(", "))).collect::<Vec<_>>().join("; ")
}
