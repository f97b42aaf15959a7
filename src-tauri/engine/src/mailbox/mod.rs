//! Mail in: files become messages and threads. It never sends, and never trusts a header.

use crate::Engine;
use crate::api::{ImportProgress, ImportReport, ImportSource, MeCandidate, Message, Person, Thread, ThreadPage};
use crate::error::Result;
use crate::ids::{MessageId, ThreadId};
use tokio_util::sync::CancellationToken;

impl Engine {
    /// Takes mail in: streaming, idempotent, resumable. Blocks; run it on a thread of its own.
    ///
    /// # Errors
    /// `io` when none of the sources can be read; `store_broken`. A broken message is a row of the report, never an error.
    pub fn import(&self, _source: &ImportSource, _progress: &mut dyn FnMut(&ImportProgress), _stop: &CancellationToken) -> Result<ImportReport> {
        todo!()
    }

    /// Takes one message in, as `--reply-to FILE.eml` does.
    ///
    /// # Errors
    /// `bad_input` when it is no message; `store_broken`.
    pub fn import_eml(&self, _bytes: &[u8]) -> Result<MessageId> {
        todo!()
    }

    /// Addresses that may be the user's, the likeliest first.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn me_candidates(&self) -> Result<Vec<MeCandidate>> {
        todo!()
    }

    /// A page of conversations, newest first, from row `from`.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn threads(&self, _from: u32, _limit: u32) -> Result<ThreadPage> {
        todo!()
    }

    /// A conversation.
    ///
    /// # Errors
    /// `not_found`, `store_broken`.
    pub fn thread(&self, _id: ThreadId) -> Result<Thread> {
        todo!()
    }

    /// A message.
    ///
    /// # Errors
    /// `not_found`, `store_broken`.
    pub fn message(&self, _id: MessageId) -> Result<Message> {
        todo!()
    }

    /// The message with this id here, or with this Message-ID header (angle brackets or not).
    ///
    /// # Errors
    /// `not_found`, `store_broken`.
    pub fn find_message(&self, _id: &str) -> Result<MessageId> {
        todo!()
    }

    /// People whose name or address begins with these letters (of any word), the most written-to first.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn people(&self, _prefix: &str, _limit: u32) -> Result<Vec<Person>> {
        todo!()
    }
}
