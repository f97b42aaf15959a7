//! The mailbox's rows as the store keeps them. Plain data; what a row means is said here, what is done with it elsewhere.

use crate::api::{Attachment, LabelId, Message, Person, UnixMillis};
use crate::ids::{MessageId, ThreadId};
use serde::{Deserialize, Serialize};

/// A place in the web of References: the keyed hash of a Message-ID, whether that message is here or not. A conversation is a
/// connected part of that web and takes the smallest of its nodes as its id, so that the order of arrival does not matter.
pub type Node = ThreadId;

/// A message as it was read, without its conversation (which grows) and without `mine` (which the settings decide).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageRow {
    /// Its place in the web of References.
    pub node: Node,
    /// Its Message-ID header, without the angle brackets.
    pub message_id: Option<String>,
    /// Who wrote it.
    pub from: Option<Person>,
    /// To whom.
    pub to: Vec<Person>,
    /// Copies.
    pub cc: Vec<Person>,
    /// Where answers are wanted, if elsewhere.
    pub reply_to: Vec<Person>,
    /// When.
    pub date: Option<UnixMillis>,
    /// The subject as written.
    pub subject: String,
    /// What the writer wrote here.
    pub text: String,
    /// What was quoted.
    pub quoted: String,
    /// The signature, and a mailing list's footer.
    pub signature: String,
    /// The language (BCP 47).
    pub language: Option<String>,
    /// Attachments by name.
    pub attachments: Vec<Attachment>,
    /// Remote images that were not loaded.
    pub remote_images: u32,
}

impl MessageRow {
    /// The message as doors see it.
    pub(crate) fn into_message(self, id: MessageId, thread: ThreadId, mine: bool, labels: Vec<LabelId>) -> Message {
        Message {
            id,
            message_id: self.message_id,
            thread,
            from: self.from,
            to: self.to,
            cc: self.cc,
            reply_to: self.reply_to,
            date: self.date,
            subject: self.subject,
            text: self.text,
            quoted: self.quoted,
            signature: self.signature,
            language: self.language,
            attachments: self.attachments,
            remote_images: self.remote_images,
            mine,
            unread: labels.iter().any(|label| label == LabelId::UNREAD),
            labels,
        }
    }
}

/// A conversation: enough of each message to list it without unsealing the message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ThreadRow {
    /// Every node of it, those of messages that never came included.
    pub nodes: Vec<Node>,
    /// The messages that are here, in order of arrival.
    pub members: Vec<Member>,
}

/// A message in its conversation's row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// Which.
    pub id: MessageId,
    /// When.
    pub date: Option<UnixMillis>,
    /// Who wrote it.
    pub from: Option<Person>,
    /// To whom, copies included; cut off where there are very many.
    pub to: Vec<Person>,
    /// The subject without Re: and the like.
    pub subject: String,
    /// The first words.
    pub snippet: String,
    /// Whether it has attachments; `None` in rows from before this was kept.
    #[serde(default)]
    pub files: Option<bool>,
}

/// Where a node is now, and which messages bear its Message-ID (more than one where senders reuse them).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NodeRow {
    /// Its conversation.
    pub thread: ThreadId,
    /// The messages here that bear this Message-ID.
    pub messages: Vec<MessageId>,
}

/// A message in the row of its subject and month, for answers that name nothing they answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SameSubject {
    /// Its node.
    pub node: Node,
    /// When.
    pub date: UnixMillis,
    /// Whether it is an answer by its subject that references nothing.
    pub orphan: bool,
    /// Keyed hashes of who wrote it and to whom.
    pub people: Vec<u64>,
}

/// A message byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawMessage(pub Vec<u8>);

impl Serialize for RawMessage {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for RawMessage {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_byte_buf(BytesVisitor)
    }
}

struct BytesVisitor;

impl serde::de::Visitor<'_> for BytesVisitor {
    type Value = RawMessage;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<RawMessage, E> {
        Ok(RawMessage(bytes.to_vec()))
    }

    fn visit_byte_buf<E: serde::de::Error>(self, bytes: Vec<u8>) -> Result<RawMessage, E> {
        Ok(RawMessage(bytes))
    }
}
