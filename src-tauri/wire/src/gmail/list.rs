//! What the lists of messages, threads and drafts are asked with.

use super::ids::{LabelId, PageToken};

/// What to list, and how much of it. Newest first.
#[derive(Debug, Clone, Copy, Default)]
pub struct Search<'a> {
    /// In the words of Gmail's search box.
    pub q: Option<&'a str>,
    /// Only what has all of these labels. Drafts are not asked by label.
    pub label_ids: &'a [LabelId],
    /// Where to go on.
    pub page: Option<&'a PageToken>,
    /// At most so many; Gmail's own choice is 100, and its limit 500.
    pub at_most: Option<u16>,
    /// Spam and trash too.
    pub include_spam_trash: bool,
}

impl Search<'_> {
    /// As it stands in a query.
    pub(super) fn query(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        pairs.extend(self.q.map(|q| ("q", q.to_owned())));
        pairs.extend(self.label_ids.iter().map(|id| ("labelIds", id.to_string())));
        pairs.extend(self.page.map(|page| ("pageToken", page.to_string())));
        pairs.extend(self.at_most.map(|most| ("maxResults", most.to_string())));
        pairs.extend(self.include_spam_trash.then(|| ("includeSpamTrash", "true".to_owned())));
        pairs
    }
}

/// A query's pairs, borrowed.
pub(super) fn borrowed<'p>(pairs: &'p [(&'static str, String)]) -> impl Iterator<Item = (&'p str, &'p str)> {
    pairs.iter().map(|(name, value)| (*name, value.as_str()))
}
