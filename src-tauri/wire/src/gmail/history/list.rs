//! `users.history.list`: what changed since a place in a mailbox's history, oldest first.

use crate::gmail::list::borrowed;
use crate::gmail::transport::Size;
use crate::gmail::{Error, Gmail, HistoryId, LabelId, Message, MessageRef, PageToken};
use reqwest::Method;
use serde::Deserialize;

/// Since when, and what of it.
#[derive(Debug, Clone, Copy)]
pub struct Since<'a> {
    /// From here on: a `historyId` of a message, a thread, a profile, or of the last page of an earlier answer.
    pub start: &'a HistoryId,
    /// Only changes of messages with this label.
    pub label_id: Option<&'a LabelId>,
    /// Only these kinds of change; all of them if none is named.
    pub types: &'a [Type],
    /// Where to go on.
    pub page: Option<&'a PageToken>,
    /// At most so many; Gmail's own choice is 100, and its limit 500.
    pub at_most: Option<u16>,
}

impl<'a> Since<'a> {
    /// Everything since then.
    #[must_use]
    pub fn all(start: &'a HistoryId) -> Self {
        Self { start, label_id: None, types: &[], page: None, at_most: None }
    }

    fn query(&self) -> Vec<(&'static str, String)> {
        let mut pairs = vec![("startHistoryId", self.start.to_string())];
        pairs.extend(self.types.iter().map(|kind| ("historyTypes", kind.name().to_owned())));
        pairs.extend(self.label_id.map(|id| ("labelId", id.to_string())));
        pairs.extend(self.page.map(|page| ("pageToken", page.to_string())));
        pairs.extend(self.at_most.map(|most| ("maxResults", most.to_string())));
        pairs
    }
}

/// A kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// A message came, or was sent.
    MessageAdded,
    /// A message was deleted for good.
    MessageDeleted,
    /// A label was added.
    LabelAdded,
    /// A label was taken away.
    LabelRemoved,
}

impl Type {
    fn name(self) -> &'static str {
        match self {
            Self::MessageAdded => "messageAdded",
            Self::MessageDeleted => "messageDeleted",
            Self::LabelAdded => "labelAdded",
            Self::LabelRemoved => "labelRemoved",
        }
    }
}

/// One change. It can be of many messages and in many ways.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// Its place.
    pub id: HistoryId,
    /// Messages that came, with their labels.
    #[serde(default)]
    pub messages_added: Vec<Added>,
    /// Messages that were deleted for good.
    #[serde(default, deserialize_with = "refs")]
    pub messages_deleted: Vec<MessageRef>,
    /// Labels that were added.
    #[serde(default)]
    pub labels_added: Vec<Labelled>,
    /// Labels that were taken away.
    #[serde(default)]
    pub labels_removed: Vec<Labelled>,
}

/// A message that came.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Added {
    /// It: ids and, usually, labels.
    pub message: Message,
}

/// Labels of a message that changed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Labelled {
    /// The message: ids and, usually, the labels it has now.
    pub message: Message,
    /// The labels that were added or taken away.
    #[serde(default)]
    pub label_ids: Vec<LabelId>,
}

fn refs<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<MessageRef>, D::Error> {
    #[derive(Deserialize)]
    struct Deleted {
        message: MessageRef,
    }
    Ok(Vec::<Deleted>::deserialize(from)?.into_iter().map(|deleted| deleted.message).collect())
}

/// Some of the changes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// The changes.
    #[serde(default)]
    pub history: Vec<Change>,
    /// Where to go on, if there are more.
    pub next_page_token: Option<PageToken>,
    /// Where the history stands now: the next start, once no page is left.
    pub history_id: HistoryId,
}

/// What changed.
///
/// # Errors
/// `HistoryGone` where the history begins later than that, and those of any call.
pub async fn list(gmail: &Gmail, since: &Since<'_>) -> Result<Page, Error> {
    let call = gmail.call(Method::GET, &["history"]).query(borrowed(&since.query())).size(Size::Message);
    call.read().await.map_err(Error::of_history)
}
