//! Which of the user's own letters help most with the next one, and why a message was found. Pure.

use super::concepts::Query;
use super::lexical::{Doc, Index, Match};
use crate::ids::MessageId;

/// A letter of the user's own, chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// Which.
    pub id: MessageId,
    /// Whether it went to the person now written to.
    pub to_this_person: bool,
    /// BM25; 0 where it was chosen because it is the latest to this person.
    pub score: f64,
}

/// The user's letters most like the query: to this person first, then to others. Where nothing to this person is like it, the latest letter to
/// them still shows how the user writes to them.
#[must_use]
pub fn similar(index: &Index, query: &Query, to: Option<&str>, limit: usize) -> Vec<Chosen> {
    let goes_to = |doc: &Doc| to.is_some_and(|to| doc.to.iter().any(|a| a == to));
    let chosen =
        |to_this_person: bool| move |(m, doc): (Match, &Doc)| Chosen { id: doc.id, to_this_person, score: m.score };
    let with_doc = |m: Match| index.doc(&m).map(|doc| (m.clone(), doc));
    let own = |doc: &Doc| doc.mine && doc.written;
    let mut best: Vec<Chosen> = index
        .search(query, limit, |_, d| own(d) && goes_to(d))
        .into_iter()
        .filter_map(with_doc)
        .map(chosen(true))
        .collect();
    if best.is_empty() && to.is_some() {
        let latest = index.docs().iter().filter(|d| own(d) && goes_to(d)).max_by_key(|d| d.date);
        best.extend(latest.map(|doc| Chosen { id: doc.id, to_this_person: true, score: 0.0 }));
    }
    let left = limit.saturating_sub(best.len());
    best.extend(
        index.search(query, left, |_, d| own(d) && !goes_to(d)).into_iter().filter_map(with_doc).map(chosen(false)),
    );
    best.truncate(limit);
    best
}

/// `subject: proposal; text: friday`.
#[must_use]
pub fn why(found: &[(&str, Vec<String>)]) -> String {
    found.iter().map(|(field, words)| format!("{field}: {}", words.join(", "))).collect::<Vec<_>>().join("; ")
}
