//! What was written before: found by words (BM25) and counted into habits. It reads the mailbox and never changes it.

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
