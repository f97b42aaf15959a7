//! `users.settings`: <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.settings>.

pub mod send_as;
