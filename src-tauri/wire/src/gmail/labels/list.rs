//! `users.labels.list`: the mailbox's labels, Gmail's own and the person's.

use crate::gmail::{Error, Gmail, LabelId};
use reqwest::Method;
use serde::Deserialize;

/// A label.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Label {
    /// The label.
    pub id: LabelId,
    /// Its name, as in `Work/Clients`.
    pub name: String,
    /// `system` or `user`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// Whether its messages are shown in message lists: `show` or `hide`.
    pub message_list_visibility: Option<String>,
    /// Whether it is shown in label lists: `labelShow`, `labelShowIfUnread` or `labelHide`.
    pub label_list_visibility: Option<String>,
}

#[derive(Deserialize)]
struct Labels {
    #[serde(default)]
    labels: Vec<Label>,
}

/// All labels.
///
/// # Errors
/// Those of any call.
pub async fn list(gmail: &Gmail) -> Result<Vec<Label>, Error> {
    let said: Labels = gmail.call(Method::GET, &["labels"]).read().await?;
    Ok(said.labels)
}
