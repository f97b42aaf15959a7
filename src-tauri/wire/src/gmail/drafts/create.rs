//! `users.drafts.create`. A second call makes a second draft: where the answer is lost, look for the first one (`settle::drafts_of`).

use super::Draft;
use crate::gmail::{Error, Gmail, ThreadId, upload};

/// Makes a draft of a whole message (RFC 5322, Bcc included), in a thread or in one of its own. To join a thread it needs the thread's
/// id, its References and In-Reply-To, and the same subject.
///
/// # Errors
/// `TooLarge` above `LARGEST_UPLOAD`, before anything is sent; `NotFound` where the thread is gone; `Invalid`; and those of any call.
pub async fn create(gmail: &Gmail, raw: &[u8], thread: Option<&ThreadId>) -> Result<Draft, Error> {
    upload::draft(gmail, None, raw, thread).await
}
