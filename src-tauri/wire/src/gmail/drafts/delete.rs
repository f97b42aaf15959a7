//! `users.drafts.delete`: for good, not into the trash.

use crate::gmail::{DraftId, Error, Gmail};
use reqwest::Method;

/// Deletes a draft.
///
/// # Errors
/// `NotFound` where it was sent or deleted before, and those of any call.
pub async fn delete(gmail: &Gmail, id: &DraftId) -> Result<(), Error> {
    gmail.call(Method::DELETE, &["drafts", id.as_str()]).done().await
}
