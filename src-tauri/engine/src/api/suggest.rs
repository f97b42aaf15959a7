//! What crosses a door of suggestions while writing. Plain data.

use super::{Person, UnixMillis};
use crate::ids::{DraftId, MessageId, ThreadId};
use serde::{Deserialize, Serialize};
use specta::Type;

/// What is being written, as far as suggestions need to know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct SuggestionsRequest {
    /// To whom.
    pub to: Vec<Person>,
    /// Copies, blind ones too: nobody who gets it already is suggested.
    pub cc: Vec<Person>,
    /// The subject, and the line that says what to write.
    pub about: String,
    /// The message it answers.
    pub answers: Option<MessageId>,
    /// The draft, where there is one: what is attached to it is not suggested again.
    pub draft: Option<DraftId>,
}

/// A suggestion, with the message that it comes from. Nothing is done about it but by the person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Suggestion {
    /// What.
    pub what: Suggested,
    /// The message that says so.
    pub source: MessageId,
    /// Its conversation.
    pub thread: ThreadId,
    /// Its subject.
    pub subject: String,
    /// When it was written.
    pub date: Option<UnixMillis>,
}

/// What is suggested.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Suggested {
    /// Somebody who is usually on it.
    AlsoOnIt {
        /// Who.
        person: Person,
        /// In so many messages.
        times: u32,
        /// Of so many about this with these people.
        of: u32,
    },
    /// What went along the last time.
    AttachedLastTime {
        /// The files' names.
        files: Vec<String>,
    },
    /// A question of theirs that was not answered yet.
    OpenQuestion {
        /// Who asked.
        person: Person,
        /// In their words, cut where it is long.
        question: String,
    },
}
