//! `users.threads.list`: the threads that a search finds, whose messages are another call.

use crate::gmail::list::borrowed;
use crate::gmail::{Error, Gmail, HistoryId, PageToken, Search, ThreadId};
use reqwest::Method;
use serde::Deserialize;

/// A thread as lists give it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ThreadRef {
    /// The thread.
    pub id: ThreadId,
    /// The first words of its last message, with HTML's characters escaped.
    #[serde(default)]
    pub snippet: String,
    /// The last change in it.
    pub history_id: Option<HistoryId>,
}

/// Some of the threads.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Page {
    /// The threads.
    pub threads: Vec<ThreadRef>,
    /// Where to go on, if there are more.
    pub next_page_token: Option<PageToken>,
    /// About how many there are in all.
    pub result_size_estimate: Option<u64>,
}

/// The threads that a search finds.
///
/// # Errors
/// Those of any call.
pub async fn list(gmail: &Gmail, search: &Search<'_>) -> Result<Page, Error> {
    gmail.call(Method::GET, &["threads"]).query(borrowed(&search.query())).read().await
}
