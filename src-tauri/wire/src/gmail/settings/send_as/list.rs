//! `users.settings.sendAs.list`: the addresses to send from, and the signature of each.

use crate::gmail::{Error, Gmail};
use reqwest::Method;
use serde::Deserialize;

/// An address the user can send from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendAs {
    /// The address.
    pub send_as_email: String,
    /// The name beside it; for the primary address it can be empty, and Gmail takes the account's.
    #[serde(default)]
    pub display_name: String,
    /// Where answers go, if elsewhere.
    #[serde(default)]
    pub reply_to_address: String,
    /// The signature in HTML: somebody's own markup, to be cleaned like any mail's.
    #[serde(default)]
    pub signature: String,
    /// Whether it is the account's own address.
    #[serde(default)]
    pub is_primary: bool,
    /// Whether it is taken where no other is chosen.
    #[serde(default)]
    pub is_default: bool,
    /// `accepted` or `pending`; the account's own address has none. Only an accepted one can send.
    pub verification_status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Aliases {
    #[serde(default)]
    send_as: Vec<SendAs>,
}

/// All addresses the user can send from.
///
/// # Errors
/// Those of any call.
pub async fn list(gmail: &Gmail) -> Result<Vec<SendAs>, Error> {
    let said: Aliases = gmail.call(Method::GET, &["settings", "sendAs"]).read().await?;
    Ok(said.send_as)
}
