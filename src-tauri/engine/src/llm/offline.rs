//! The offline composer: a letter from a template, the request and the user's own habits. No model, no network, and it says so.

use crate::compose::brief::Brief;

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The subject.
    pub subject: String,
    /// The whole body: greeting, text, sign-off.
    pub body: String,
}

/// Writes the letter the brief asks for. Pure: the same brief gives the same letter.
#[must_use]
pub fn write(_brief: &Brief) -> Letter {
    todo!()
}
