//! `users.messages.modify`. Doing it twice is as doing it once.

use crate::gmail::{Error, Gmail, LabelId, Message, MessageId};
use reqwest::Method;
use serde_json::json;

/// Adds labels to a message and takes some away. At most 100 of each.
///
/// # Errors
/// `NotFound`, `Invalid`, and those of any call.
pub async fn modify(gmail: &Gmail, id: &MessageId, add: &[LabelId], remove: &[LabelId]) -> Result<Message, Error> {
    let labels = json!({ "addLabelIds": add, "removeLabelIds": remove });
    gmail.call(Method::POST, &["messages", id.as_str(), "modify"]).json(&labels).read().await
}
