//! Gmail's mail in: first all of it, newest first, then what changes, by history ids. It reads, and tells of labels; it never sends.
//!
//! `mirror`: what is known of the mailbox. `plan`: the sync as a pure machine over it. `sync`: the driver that asks, waits and commits.
//! `fetch`: the questions themselves. `body`: Gmail's parts to a message. `rows`: what is kept, and how it is committed. `drafts`: drafts made
//! elsewhere. `attachments` and `search`: what is fetched when it is wanted. `watch`: when to look again.

mod attachments;
mod body;
mod drafts;
mod fetch;
#[cfg(test)]
mod history_tests;
mod mirror;
mod patience;
mod plan;
mod rows;
#[cfg(test)]
mod rows_tests;
mod search;
mod sync;
mod watch;

pub use body::PartRow;
pub use drafts::GmailDraft;
pub(super) use rows::let_past;
pub use rows::{GmailMessage, SyncRow};
pub(crate) use sync::Syncing;
