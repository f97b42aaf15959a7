//! `users.drafts.update`. It writes over whatever the draft holds, edits from elsewhere included: look first. Doing it twice is as doing
//! it once.

use super::Draft;
use crate::gmail::{DraftId, Error, Gmail, ThreadId, upload};

/// Puts another message in a draft's place.
///
/// # Errors
/// `NotFound` where the draft was sent or deleted; `TooLarge` above `LARGEST_UPLOAD`, before anything is sent; `Invalid`; and those of
/// any call.
pub async fn update(gmail: &Gmail, id: &DraftId, raw: &[u8], thread: Option<&ThreadId>) -> Result<Draft, Error> {
    upload::draft(gmail, Some(id), raw, thread).await
}
