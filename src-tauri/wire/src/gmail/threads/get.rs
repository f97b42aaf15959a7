//! `users.threads.get`: a whole thread in one call.

use crate::gmail::transport::Size;
use crate::gmail::{Error, Format, Gmail, HistoryId, Message, ThreadId};
use reqwest::Method;
use serde::Deserialize;

/// A thread.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Thread {
    /// The thread.
    pub id: ThreadId,
    /// The last change in it.
    pub history_id: Option<HistoryId>,
    /// Its messages, oldest first.
    #[serde(default)]
    pub messages: Vec<Message>,
}

/// A thread with its messages, in a format (`Raw` is refused by Gmail as `Invalid`).
///
/// # Errors
/// `NotFound`, `TooLarge`, and those of any call.
pub async fn get(gmail: &Gmail, id: &ThreadId, format: Format<'_>) -> Result<Thread, Error> {
    gmail.call(Method::GET, &["threads", id.as_str()]).query(format.query()).size(Size::Message).read().await
}
