//! `users.drafts.get`: what a draft holds now, or that it is gone.

use super::Draft;
use crate::gmail::transport::Size;
use crate::gmail::{DraftId, Error, Format, Gmail};
use reqwest::Method;

/// A draft, its message in a format.
///
/// # Errors
/// `NotFound` where it was sent or deleted, `TooLarge`, and those of any call.
pub async fn get(gmail: &Gmail, id: &DraftId, format: Format<'_>) -> Result<Draft, Error> {
    gmail.call(Method::GET, &["drafts", id.as_str()]).query(format.query()).size(Size::Message).read().await
}
