//! What was written before: found by words (BM25) and counted into habits. It reads the mailbox and never changes it.

pub mod lexical;
pub mod manners;
pub mod snippet;
pub mod voice;
pub mod words;

use crate::Engine;
use crate::api::{EmailAddress, SearchHit, SearchRequest, Voice};
use crate::error::Result;

/// The index in memory; built from the store when first needed.
#[derive(Default)]
pub struct Memory {}

impl Engine {
    /// Searches the mailbox, best first.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn search(&self, _request: &SearchRequest) -> Result<Vec<SearchHit>> {
        todo!()
    }

    /// How the user writes to this person, or to everybody.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn voice(&self, _to: Option<&EmailAddress>) -> Result<Voice> {
        todo!()
    }
}

/// Mail this user wrote that is like what is to be written.
#[derive(Debug, Clone)]
pub struct Similar {
    /// The message.
    pub message: crate::api::Message,
    /// The passage that is like it.
    pub passage: String,
    /// Whether it went to the person now written to.
    pub to_this_person: bool,
    /// BM25.
    pub score: f64,
}

impl Engine {
    /// What this user wrote that is most like `text`: to `to` first, then to others.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn similar_sent(&self, _text: &str, _to: Option<&EmailAddress>, _limit: usize) -> Result<Vec<Similar>> {
        todo!()
    }
}
