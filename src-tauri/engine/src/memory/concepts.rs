//! What is looked for in the index: words, and words in a row. Pure; it knows no operators and no messages.

use super::words::{folded_words, stem};
use std::collections::HashSet;

/// One thing looked for: a word, or words in a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Concept {
    pub(super) words: Vec<String>,
    pub(super) must: bool,
    pub(super) prefix: bool,
}

impl Concept {
    /// A word as it is typed; `12,400` and `example.com` are words in a row. `None` where nothing of it is a word.
    #[must_use]
    pub fn word(text: &str) -> Option<Self> {
        Self::of(folded_words(text))
    }

    /// Words that must stand in a row.
    #[must_use]
    pub fn phrase(text: &str) -> Option<Self> {
        Self::word(text).map(|concept| Self { must: true, ..concept })
    }

    fn of(words: Vec<String>) -> Option<Self> {
        (!words.is_empty()).then_some(Self { words, must: false, prefix: false })
    }
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Query {
    pub(super) concepts: Vec<Concept>,
}

impl Query {
    /// The words of a text, each once: to find what is like it.
    #[must_use]
    pub fn like(text: &str) -> Self {
        Self::all(folded_words(text).into_iter().take(400).filter_map(|word| Concept::of(vec![word])))
    }

    /// All of these, each once.
    #[must_use]
    pub fn all(concepts: impl IntoIterator<Item = Concept>) -> Self {
        let mut kept: Vec<Concept> = Vec::new();
        for concept in concepts {
            match kept.iter_mut().find(|k| k.words == concept.words && k.must == concept.must) {
                Some(same) => same.prefix |= concept.prefix,
                None => kept.push(concept),
            }
        }
        Self { concepts: kept }
    }

    /// Whether nothing is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.concepts.is_empty()
    }

    /// The stems looked for, for marking passages.
    #[must_use]
    pub fn stems(&self) -> HashSet<String> {
        self.concepts.iter().flat_map(|c| &c.words).map(|w| stem(w).to_owned()).collect()
    }
}
