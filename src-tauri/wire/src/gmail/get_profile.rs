//! `users.getProfile`: <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users/getProfile>.

use super::error::Error;
use super::{Gmail, HistoryId};
use reqwest::Method;
use serde::Deserialize;

/// A mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// Its address.
    pub email_address: String,
    /// How many messages it has.
    #[serde(default)]
    pub messages_total: u64,
    /// How many threads it has.
    #[serde(default)]
    pub threads_total: u64,
    /// Where its history stands now.
    pub history_id: HistoryId,
}

/// The signed-in user's mailbox.
///
/// # Errors
/// Those of any call.
pub async fn get_profile(gmail: &Gmail) -> Result<Profile, Error> {
    gmail.call(Method::GET, &["profile"]).read().await
}
