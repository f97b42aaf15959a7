//! `users.history`: <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.history>.

mod list;

pub use list::{Added, Change, Labelled, Page, Since, Type, list};
