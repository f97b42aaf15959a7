//! Somebody's picture: small, of a kind a window can show, and fetched without a token. It never follows a redirect, and never
//! believes a picture's own word on what it is.

use super::fault::{Fault, Kind};
use super::http::fetch;
use crate::Client;
use crate::base::reachable;
use crate::image_kind;
use url::Url;

/// A larger picture is not kept.
pub const LARGEST_PICTURE: usize = 64 * 1024;

/// A picture's bytes and kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// `image/png`, `image/jpeg`, `image/gif` or `image/webp`.
    pub mime: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Fetches it, from https or this machine.
///
/// # Errors
/// `Unreadable` for another address, another kind of file, or one too large; `Unreachable`.
pub async fn fetch_picture(client: &Client, at: &Url) -> Result<Picture, Fault> {
    reachable(at).map_err(|_| Kind::Unreadable)?;
    let answer = fetch(client.get(at.clone()), LARGEST_PICTURE).await?;
    let said = answer.content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match image_kind(&answer.body) {
        Some(mime) if answer.status == 200 && said == mime => Ok(Picture { mime, bytes: answer.body }),
        _ => Err(answer.fault(Kind::Unreadable)),
    }
}
