//! `users.messages.attachments.get`: the bytes of a part that is too large to come with its message.

use crate::gmail::transport::Size;
use crate::gmail::{AttachmentId, Error, Gmail, Kind, MessageId, base64url};
use reqwest::Method;
use serde::Deserialize;

#[derive(Deserialize)]
struct Attachment {
    #[serde(default, deserialize_with = "base64url::field")]
    data: Option<Vec<u8>>,
}

/// An attachment's bytes.
///
/// # Errors
/// `NotFound`, `Invalid` where its id is too old, `TooLarge`, and those of any call.
pub async fn get(gmail: &Gmail, message: &MessageId, id: &AttachmentId) -> Result<Vec<u8>, Error> {
    let call = gmail.call(Method::GET, &["messages", message.as_str(), "attachments", id.as_str()]);
    let attachment: Attachment = call.size(Size::Message).read().await?;
    attachment.data.ok_or_else(|| Kind::AnswerLost.into())
}
