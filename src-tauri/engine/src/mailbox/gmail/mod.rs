//! Gmail's mail in: first all of it, newest first, then what changes, by history ids. It reads, and tells of labels; it never sends.
//!
//! `mirror`: what is known of the mailbox. `plan`: the sync as a pure machine over it. `sync`: the driver that asks, waits and commits.
//! `fetch`: the questions themselves. `body`: Gmail's parts to a message. `rows`: what is kept, and how it is committed. `drafts`: drafts made
//! elsewhere, and both versions where one was changed on both sides. `push_drafts`: drafts of here, to Gmail; `decide` what becomes of one,
//! `find_draft`, `tail`. `attachments` and `search`: what is fetched when it is wanted. `watch`: when to look again.

mod attachments;
mod body;
mod decide;
mod drafts;
mod fetch;
mod find_draft;
#[cfg(test)]
mod history_tests;
mod mirror;
mod patience;
mod plan;
mod push_drafts;
mod rows;
#[cfg(test)]
mod rows_tests;
mod search;
mod sync;
mod tail;
mod watch;

pub use body::PartRow;
pub use drafts::GmailDraft;
pub use push_drafts::PushRow;
pub(super) use rows::let_past;
pub use rows::{GmailMessage, SyncRow};
pub(crate) use sync::Syncing;
