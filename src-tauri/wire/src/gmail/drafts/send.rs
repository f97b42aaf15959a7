//! `users.drafts.send`: the one call that cannot be taken back, and has no key that would make a second one harmless. An error that
//! `may_have_arrived` is settled with `settle`, never by calling again.

use crate::gmail::{DraftId, Error, Gmail, Message};
use reqwest::Method;
use serde_json::json;

/// Sends a draft as it is there. Gives the message that was sent, under a new id; the draft is gone then.
///
/// # Errors
/// `NotFound` where there is no such draft: this call sent nothing, an earlier one may have. `Invalid`, as without a recipient. And
/// those of any call.
pub async fn send(gmail: &Gmail, id: &DraftId) -> Result<Message, Error> {
    gmail.call(Method::POST, &["drafts", "send"]).json(&json!({ "id": id })).read().await
}
