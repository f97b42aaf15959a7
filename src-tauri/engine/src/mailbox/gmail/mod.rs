//! Gmail's mail in: first all of it, newest first, then what changes, by history ids. It reads, and tells of labels; it never sends.
//!
//! `mirror`: what is known of the mailbox. `plan`: the sync as a pure machine over it. `sync`: the driver that asks, waits and commits.
//! `fetch`: the questions themselves. `body`: Gmail's parts to a message. `rows`: what is kept, and how it is committed. `drafts`: drafts made
//! elsewhere; `draft_files` fetches what is with one, `arrive` takes it in, and both versions where one was changed on both sides.
//! `push_drafts`: drafts of here, to Gmail; `standing` how one stands, `decide` what becomes of it, `find_draft`, `tail`. `attachments` and `search`: what is fetched when it is wanted. `watch`: when to look again.

mod arrive;
mod attachments;
mod body;
mod decide;
mod draft_files;
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
mod standing;
mod sync;
mod tail;
mod watch;

pub use body::PartRow;
pub use drafts::GmailDraft;
pub use push_drafts::PushRow;
pub(super) use rows::let_past;
pub use rows::{GmailMessage, SyncRow};
pub(crate) use sync::Syncing;
