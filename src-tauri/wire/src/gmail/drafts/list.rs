//! `users.drafts.list`: the drafts that a search finds. Like every search it lags.

use crate::gmail::list::borrowed;
use crate::gmail::{DraftId, Error, Gmail, MessageRef, PageToken, Search};
use reqwest::Method;
use serde::Deserialize;

/// A draft as lists give it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DraftRef {
    /// The draft.
    pub id: DraftId,
    /// The message it holds now: another one than last time is a draft that was changed.
    pub message: MessageRef,
}

/// Some of the drafts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Page {
    /// The drafts.
    pub drafts: Vec<DraftRef>,
    /// Where to go on, if there are more.
    pub next_page_token: Option<PageToken>,
    /// About how many there are in all.
    pub result_size_estimate: Option<u64>,
}

/// The drafts that a search finds.
///
/// # Errors
/// Those of any call.
pub async fn list(gmail: &Gmail, search: &Search<'_>) -> Result<Page, Error> {
    let search = Search { label_ids: &[], ..*search };
    gmail.call(Method::GET, &["drafts"]).query(borrowed(&search.query())).read().await
}
