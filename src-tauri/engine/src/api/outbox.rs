//! What crosses a door about the outbox: what waits, what is on its way, how each message ended and what the person can do about it.
//! No body is in any of it: a door that shows one asks for the draft.

use super::{Grant, Person, UnixMillis};
use crate::error::Error;
use crate::ids::DraftId;
use serde::{Deserialize, Serialize};
use specta::Type;
use std::{fmt, str::FromStr};

/// A message in the outbox. It begins with when the message was queued, so that ids, like rows, stand in the order of sending;
/// written as 48 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(try_from = "String", into = "String")]
#[specta(type = String)]
pub struct OutboxId(pub(crate) [u8; 24]);

impl fmt::Display for OutboxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for OutboxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OutboxId({self})")
    }
}

impl From<OutboxId> for String {
    fn from(id: OutboxId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for OutboxId {
    type Error = Error;
    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl FromStr for OutboxId {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = || Error::BadInput { field: "outbox id", why: "an outbox id is 48 hexadecimal digits".into() };
        if text.len() != 48 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(refuse());
        }
        let mut bytes = [0; 24];
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).map_err(|_| refuse())?;
        }
        Ok(Self(bytes))
    }
}

/// Which way an account's messages leave, or what is missing where there is none. What is queued meanwhile waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum WayOut {
    /// With Gmail.
    Gmail,
    /// By the account's mail server.
    Smtp {
        /// Its name.
        host: String,
    },
    /// The account would send with Gmail, if its person allowed it.
    GrantMissing {
        /// What they have not allowed.
        grant: Grant,
    },
    /// The account must be signed in again.
    SignInAgain,
    /// It has none: a letter can be saved as a file, or handed to the system's mail program.
    None,
}

/// When a message may leave at the earliest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum SendWhen {
    /// After so many seconds: the time to undo it. A clock set back makes it longer, never shorter.
    After {
        /// How many; 0: at once.
        seconds: u32,
    },
    /// At a time of the clock on the wall. A machine that sleeps then sends when it wakes.
    At {
        /// When.
        time: UnixMillis,
    },
}

/// A message in the outbox, as lists show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct OutboxItem {
    /// Which.
    pub id: OutboxId,
    /// The draft it was made of.
    pub draft: DraftId,
    /// From whom.
    pub from: Person,
    /// Recipients.
    pub to: Vec<Person>,
    /// Copies.
    pub cc: Vec<Person>,
    /// Blind copies.
    pub bcc: Vec<Person>,
    /// The subject.
    pub subject: String,
    /// When it was queued.
    pub queued: UnixMillis,
    /// The approval it goes under: the digest of all that was approved.
    pub approval: String,
    /// Its Message-ID, without the angle brackets. A provider may give it another one in sending.
    pub message_id: String,
    /// How it stands.
    pub state: OutboxState,
    /// Whether it can still be taken back.
    pub can_undo: bool,
    /// Whether the person can have it tried again.
    pub can_retry: bool,
    /// Whether it waits for the person to say whether it was sent.
    pub can_settle: bool,
    /// What happened to it, the oldest first. A long story keeps its beginning and its end.
    pub history: Vec<OutboxStep>,
}

/// How a message in the outbox stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum OutboxState {
    /// It waits, and nothing is under way.
    Waiting {
        /// Until when.
        until: UnixMillis,
        /// For what.
        reason: WaitReason,
    },
    /// It is on its way.
    Sending,
    /// The answer to a send was lost; the provider is being asked what became of it. It is not sent again meanwhile.
    Settling {
        /// Since when.
        since: UnixMillis,
    },
    /// It was sent.
    Sent {
        /// When that was known.
        at: UnixMillis,
        /// The provider's id of the message; `None` where it gives none, or where the person said that it was sent.
        message: Option<String>,
    },
    /// It was not sent, and will not be unless the person asks.
    Failed {
        /// Why.
        why: FailReason,
        /// The provider's own words, where it said any.
        said: Option<String>,
    },
    /// It may have been sent, and nothing can tell. The person must say.
    Unknown {
        /// Since when.
        since: UnixMillis,
        /// Why.
        why: UnknownReason,
    },
    /// The person took it back in time.
    Undone {
        /// When.
        at: UnixMillis,
    },
}

/// What a waiting message waits for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum WaitReason {
    /// Its time: to undo it, or the time it is to be sent at.
    #[default]
    Time,
    /// The network.
    Offline,
    /// The provider asked to wait, or failed for now.
    Provider,
    /// The account must be signed in again, or a permission is missing.
    SignIn,
}

/// Why a message was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum FailReason {
    /// The provider refused it for good.
    Refused,
    /// The provider could not take it however often it was tried.
    GaveUp,
    /// The person said that it was not sent.
    SaidNotSent,
}

/// Why nothing can tell whether a message was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum UnknownReason {
    /// The answer was lost, and this way of sending cannot be asked afterwards.
    AnswerLost,
    /// Epistle ended while it was being sent, and this way of sending cannot be asked afterwards.
    Interrupted,
    /// The provider has neither the draft nor the message.
    NoTrace,
    /// The provider could not be asked.
    CannotAsk,
    /// An answer was lost, and what was tried since did not succeed.
    InDoubt,
    /// The store was restored from a backup: it may have been sent since that was made.
    Restored,
}

/// One thing that happened to a message in the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct OutboxStep {
    /// When.
    pub at: UnixMillis,
    /// What.
    pub what: OutboxEvent,
}

/// What can happen to a message in the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // each says itself
pub enum OutboxEvent {
    Queued,
    Undone,
    UploadBegun,
    Uploaded,
    UploadFailed,
    SendBegun,
    Sent,
    SendFailed,
    SendAnswerLost,
    Asked,
    StillADraft,
    FoundSent,
    NoTrace,
    CouldNotAsk,
    Interrupted,
    Retried,
    SaidSent,
    SaidNotSent,
}

/// Something changed in the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct OutboxNews {
    /// Which message.
    pub id: OutboxId,
    /// Whether it came to an end the person should be told of, wherever they are.
    pub tell: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text_form_and_nothing_else_is_one() {
        let id = OutboxId(std::array::from_fn(|i| i as u8 * 10));
        assert_eq!(id.to_string().parse::<OutboxId>().unwrap(), id);
        for bad in ["", "12", &"g".repeat(48), &"+1".repeat(24), &"é".repeat(24)] {
            assert!(bad.parse::<OutboxId>().is_err(), "{bad}");
        }
    }
}
