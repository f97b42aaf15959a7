//! `users.messages.attachments`:
//! <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages.attachments>.

mod get;

pub use get::get;
