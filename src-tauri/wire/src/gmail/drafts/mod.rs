//! `users.drafts`: <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.drafts>.

mod create;
mod delete;
mod get;
mod list;
mod send;
mod update;

pub use create::create;
pub use delete::delete;
pub use get::get;
pub use list::{DraftRef, Page, list};
pub use send::send;
pub use update::update;

use super::{DraftId, Message};
use serde::Deserialize;

/// A draft and the message it holds now.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Draft {
    /// The draft.
    pub id: DraftId,
    /// Its message, under an id that changes with every change.
    pub message: Message,
}
