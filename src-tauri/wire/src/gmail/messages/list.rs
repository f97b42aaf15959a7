//! `users.messages.list`. A search lags behind the mailbox: what was sent a moment ago need not be found.

use crate::gmail::list::borrowed;
use crate::gmail::{Error, Gmail, MessageRef, PageToken, Search};
use reqwest::Method;
use serde::Deserialize;

/// Some of the messages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Page {
    /// Their ids.
    pub messages: Vec<MessageRef>,
    /// Where to go on, if there are more.
    pub next_page_token: Option<PageToken>,
    /// About how many there are in all.
    pub result_size_estimate: Option<u64>,
}

/// The messages that a search finds.
///
/// # Errors
/// Those of any call.
pub async fn list(gmail: &Gmail, search: &Search<'_>) -> Result<Page, Error> {
    gmail.call(Method::GET, &["messages"]).query(borrowed(&search.query())).read().await
}
