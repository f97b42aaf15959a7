//! One account's vectors in memory, searched as a whole. It knows message ids and numbers, never a text or a file.

use crate::ids::MessageId;
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

/// A message near a question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// Which.
    pub message: MessageId,
    /// Its passage that is nearest, counted from 0.
    pub passage: u16,
    /// The cosine of the two, from -1 to 1.
    pub score: f32,
}

/// The vectors of messages' passages, each of length 1.
#[derive(Debug)]
pub struct Vectors {
    dimensions: usize,
    held: RwLock<HashMap<MessageId, Vec<Vec<f32>>>>,
}

impl Vectors {
    /// None yet.
    #[must_use]
    pub fn new(dimensions: usize) -> Self {
        Self { dimensions, held: RwLock::default() }
    }

    /// Takes a message's passages in, in place of what was there of it.
    pub fn insert(&self, message: MessageId, passages: &[Vec<f32>]) {
        let fitting = passages.iter().filter(|vector| vector.len() == self.dimensions).cloned().collect();
        self.held.write().unwrap_or_else(PoisonError::into_inner).insert(message, fitting);
    }

    /// Takes a message away.
    pub fn remove(&self, message: MessageId) {
        self.held.write().unwrap_or_else(PoisonError::into_inner).remove(&message);
    }

    /// Whether a message is in.
    #[must_use]
    pub fn contains(&self, message: MessageId) -> bool {
        self.held.read().unwrap_or_else(PoisonError::into_inner).contains_key(&message)
    }

    /// How many passages there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.held.read().unwrap_or_else(PoisonError::into_inner).values().map(Vec::len).sum()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The nearest passage of each message that `keep` lets through, best first.
    #[must_use]
    pub fn search(&self, query: &[f32], limit: usize, keep: &dyn Fn(MessageId) -> bool) -> Vec<Near> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let dot = |vector: &[f32]| vector.iter().zip(query).map(|(a, b)| a * b).sum::<f32>();
        let best = |(message, passages): (&MessageId, &Vec<Vec<f32>>)| {
            let scored = passages.iter().zip(0u16..).map(|(vector, passage)| (dot(vector), passage));
            scored.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(score, passage)| Near { message: *message, passage, score })
        };
        let mut found: Vec<Near> = held.iter().filter(|(message, _)| keep(**message)).filter_map(best).collect();
        found.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then(a.message.cmp(&b.message)));
        found.truncate(limit);
        found
    }
}
