//! What crosses a door about a letter on its way out: exactly what would leave and what to ask before it does, the files that go with it,
//! whom an answer goes to, and the addresses a person can write from.

use super::Person;
use crate::ids::{DraftId, FileId};
use serde::{Deserialize, Serialize};
use specta::Type;

/// A draft as it would leave now: what a person looks at, and approves, before it is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Outgoing {
    /// The draft.
    pub draft: DraftId,
    /// Its version, as this was made.
    pub version: u32,
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
    /// The plain part exactly as it will leave: the text, the signature, the quote.
    pub text: String,
    /// What goes with it, in order.
    pub attachments: Vec<DraftFile>,
    /// The digest of all this; pass it on to `queue`. It is void as soon as a byte differs.
    pub approval: String,
    /// What to ask before it is sent; empty: nothing.
    pub questions: Vec<Question>,
}

/// Something to ask a person before a letter is sent. It never stops them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Question {
    /// What.
    pub kind: QuestionKind,
    /// The words, the address or the number it is about; empty where there is nothing more to say.
    pub about: String,
}

/// What there can be to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// There is no subject.
    NoSubject,
    /// There is no text.
    EmptyBody,
    /// The text speaks of an attachment (`about`: its words), and there is none.
    NothingAttached,
    /// Files (`about`: their names) that the provider has with the draft are not here, and would not go with it.
    FilesMissing,
    /// The provider had it as a draft and has it no more: it may have been sent there.
    GoneElsewhere,
    /// An address (`about`) whose domain is one slip from a known one, or has no dot.
    OddDomain,
    /// It goes to many people (`about`: how many).
    ManyRecipients,
    /// A blank (`about`) was left.
    PlaceholderLeft,
    /// It greets or names somebody (`about`) who is not among the recipients.
    OtherName,
    /// A date, amount, link or promise (`about`) that was found nowhere.
    Unsupported,
    /// More than twelve words in a row (`about`) out of a letter to somebody else.
    CopiedFromOthers,
    /// An answer that leaves from another address than the one it was received at (`about`).
    FromOther,
}

/// A file that goes with a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DraftFile {
    /// Which.
    pub id: FileId,
    /// Its name: one line, no path.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// Whether it is an image that stands in the text, as a line `[image: name]`.
    pub inline: bool,
}

/// A file that the provider has with a draft and that is not here: it does not go with the letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MissingFile {
    /// Its name.
    pub name: String,
    /// Bytes, as the provider says.
    pub size: u64,
    /// Whether it will not come: it is more than a letter can carry, or nowhere to be had. Else it is asked for again.
    pub never: bool,
}

/// Whom an answer goes to, from which of one's own addresses, and under what subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReplyTo {
    /// Recipients.
    pub to: Vec<Person>,
    /// Copies.
    pub cc: Vec<Person>,
    /// The subject.
    pub subject: String,
    /// The address it was received at, or the person's first.
    pub from: Person,
}

/// An address a person can write from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Sender {
    /// Name and address.
    pub person: Person,
    /// What stands under letters from it.
    pub signature: Option<String>,
    /// Whether letters go out from it unless the person says otherwise.
    pub default: bool,
    /// Whether it is an alias the provider told us of, and none the person named in the settings.
    pub alias: bool,
}
