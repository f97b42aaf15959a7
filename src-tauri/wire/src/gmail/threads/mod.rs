//! `users.threads`: <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.threads>.

mod get;
mod list;

pub use get::{Thread, get};
pub use list::{Page, ThreadRef, list};
