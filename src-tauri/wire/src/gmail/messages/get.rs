//! `users.messages.get`: one message, in as much of it as is asked for.

use crate::gmail::transport::Size;
use crate::gmail::{Error, Format, Gmail, Message, MessageId};
use reqwest::Method;

/// A message, in a format.
///
/// # Errors
/// `NotFound`, `TooLarge`, and those of any call.
pub async fn get(gmail: &Gmail, id: &MessageId, format: Format<'_>) -> Result<Message, Error> {
    gmail.call(Method::GET, &["messages", id.as_str()]).query(format.query()).size(Size::Message).read().await
}
