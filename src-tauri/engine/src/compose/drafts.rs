//! Drafts: kept at every keystroke, with revisions. Nothing typed is ever overwritten by a model: its text is a revision beside it.

use crate::Engine;
use crate::api::{DiffPiece, Draft, DraftEdit, DraftSummary, Saved};
use crate::error::Result;
use crate::ids::DraftId;

impl Engine {
    /// The drafts, the last changed first.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn drafts(&self) -> Result<Vec<DraftSummary>> {
        todo!()
    }

    /// A draft, whole.
    ///
    /// # Errors
    /// `not_found`, `store_broken`.
    pub fn draft(&self, _id: DraftId) -> Result<Draft> {
        todo!()
    }

    /// Saves what a person typed; committed when it returns.
    ///
    /// # Errors
    /// `draft_changed` when the draft has moved on since the edit began; `not_found`, `store_broken`.
    pub fn save_draft(&self, _edit: &DraftEdit) -> Result<Saved> {
        todo!()
    }

    /// Keeps the draft's present text as a revision.
    ///
    /// # Errors
    /// `not_found`, `store_broken`.
    pub fn keep_revision(&self, _id: DraftId) -> Result<Draft> {
        todo!()
    }

    /// Deletes a draft and its revisions.
    ///
    /// # Errors
    /// `not_found`, `store_broken`.
    pub fn delete_draft(&self, _id: DraftId) -> Result<()> {
        todo!()
    }

    /// The draft as an RFC 5322 message, with threading headers where it answers one; Bcc kept.
    ///
    /// # Errors
    /// `not_found`, `bad_input` when there is no "me" to write from.
    pub fn export_eml(&self, _id: DraftId) -> Result<Vec<u8>> {
        todo!()
    }

    /// The draft as a `mailto:` address (RFC 6068), for the system's mail program.
    ///
    /// # Errors
    /// `not_found`, `store_broken`.
    pub fn mailto(&self, _id: DraftId) -> Result<String> {
        todo!()
    }
}

/// Two texts compared, word by word, the pieces in order.
#[must_use]
pub fn diff(_old: &str, _new: &str) -> Vec<DiffPiece> {
    todo!()
}
