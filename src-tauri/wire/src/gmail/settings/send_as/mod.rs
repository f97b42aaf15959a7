//! `users.settings.sendAs`: <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.settings.sendAs>.

mod list;

pub use list::{SendAs, list};
