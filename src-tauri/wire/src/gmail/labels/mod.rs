//! `users.labels`: <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.labels>.

mod list;

pub use list::{Label, list};
