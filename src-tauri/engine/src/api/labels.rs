//! What crosses a door about labels: which there are, what a list shows, what a person changes, and how that is taken back.

use crate::error::Error;
use crate::ids::{MessageId, ThreadId};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::{fmt, str::FromStr};

/// No provider's id of a label is longer.
const LONGEST: usize = 200;

/// A label, by the provider's id of it; Gmail's own are named here. It says nothing about what the person calls it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(try_from = "String", into = "String")]
#[specta(type = String)]
pub struct LabelId(String);

impl LabelId {
    /// Where mail comes in.
    pub const INBOX: &'static str = "INBOX";
    /// Not read yet.
    pub const UNREAD: &'static str = "UNREAD";
    /// Marked with a star.
    pub const STARRED: &'static str = "STARRED";
    /// Written by the person.
    pub const SENT: &'static str = "SENT";
    /// A draft at the provider.
    pub const DRAFT: &'static str = "DRAFT";
    /// Thrown away.
    pub const TRASH: &'static str = "TRASH";
    /// Unwanted.
    pub const SPAM: &'static str = "SPAM";
    /// What the provider takes for important.
    pub const IMPORTANT: &'static str = "IMPORTANT";
    /// How the ids of Gmail's tabs begin.
    pub const CATEGORY: &'static str = "CATEGORY_";

    /// One of the labels named here.
    #[must_use]
    pub fn known(id: &'static str) -> Self {
        Self(id.to_owned())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the provider's own and not the person's.
    #[must_use]
    pub fn is_system(&self) -> bool {
        let own = [
            Self::INBOX,
            Self::UNREAD,
            Self::STARRED,
            Self::SENT,
            Self::DRAFT,
            Self::TRASH,
            Self::SPAM,
            Self::IMPORTANT,
            "CHAT",
        ];
        own.contains(&self.as_str()) || self.0.starts_with(Self::CATEGORY)
    }
}

impl PartialEq<str> for LabelId {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl FromStr for LabelId {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if text.is_empty() || text.len() > LONGEST || text.chars().any(char::is_control) {
            return Err(Error::BadInput { field: "label", why: "a label has an id of one short line".into() });
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for LabelId {
    type Error = Error;
    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<LabelId> for String {
    fn from(id: LabelId) -> Self {
        id.0
    }
}

impl fmt::Display for LabelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whose a label is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum LabelKind {
    /// The provider's: Inbox, Sent, Trash and their like.
    System,
    /// The person's own.
    User,
}

/// A label, and how much is under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Label {
    /// Which.
    pub id: LabelId,
    /// What it is called; a system label's is its id, for doors to put in their own words.
    pub name: String,
    /// Whose it is.
    pub kind: LabelKind,
    /// Conversations under it with something unread.
    pub unread: u32,
    /// Conversations under it.
    pub threads: u32,
}

/// Which conversations a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default, deny_unknown_fields)]
pub struct ThreadsView {
    /// Those under this label; `None`: all but what is in Trash and Spam.
    pub label: Option<LabelId>,
    /// Only those with something unread.
    pub unread: bool,
}

/// What a person changes of some conversations' labels. Archiving takes INBOX away; deleting adds TRASH as well; reading takes UNREAD away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default, deny_unknown_fields)]
pub struct LabelChange {
    /// To be added.
    pub add: Vec<LabelId>,
    /// To be taken away.
    pub remove: Vec<LabelId>,
}

/// What changed of one message's labels, or is to change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Relabelled {
    /// Which message.
    pub message: MessageId,
    /// Added to it.
    pub add: Vec<LabelId>,
    /// Taken from it.
    pub remove: Vec<LabelId>,
}

/// What a change came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LabelsChanged {
    /// The conversations in which something changed.
    pub threads: Vec<ThreadId>,
    /// What takes it back, message by message.
    pub undo: Vec<Relabelled>,
}
