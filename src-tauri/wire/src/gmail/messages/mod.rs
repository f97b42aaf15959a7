//! `users.messages`: <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages>.

pub mod attachments;
mod get;
mod list;
mod modify;

pub use get::get;
pub use list::{Page, list};
pub use modify::modify;
