//! Mail in: files become messages and threads, and messages are shown. It never sends, and never trusts a header.

pub(crate) mod blocks;
mod body;
mod charset;
mod cooling;
mod date;
mod files;
pub mod gmail;
mod html;
mod html_style;
mod html_tokens;
mod html_writer;
mod import;
pub(crate) mod labelled;
pub mod labels;
mod lists;
mod mbox;
mod parse;
mod people;
mod remove;
mod render;
pub(crate) mod retention;
pub(crate) mod row;
mod show;
mod source;
mod split;
mod split_marks;
mod subject;
mod threading;
mod threads;
mod view;

use crate::Engine;
use crate::api::{
    EmailAddress, ImportProgress, ImportReport, ImportSource, MeCandidate, Message, Person, Thread, ThreadPage,
    ThreadsView,
};
use crate::error::{Error, Result};
use crate::ids::{MessageId, ThreadId};
use crate::store::tables::{MESSAGES, NODES, THREADS};
use row::MessageRow;
use source::Source;
use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio_util::sync::CancellationToken;
use view::View;

pub use show::link_to_open;
pub use subject::{BaseSubject, base_subject};

/// What the mailbox keeps in memory: how often it changed, and what its lists need.
#[derive(Debug, Default)]
pub(crate) struct Mailbox {
    generation: AtomicU64,
    /// How often mail went.
    removals: AtomicU64,
    view: view::Kept,
}

impl Mailbox {
    fn changed(&self) {
        self.generation.fetch_add(1, Ordering::Release);
    }

    fn shrank(&self) {
        self.removals.fetch_add(1, Ordering::Release);
    }
}

/// A message's text, signature and quote as they are read, for tests of what writes them.
#[cfg(test)]
pub(crate) fn read_for_tests(raw: &[u8]) -> (String, String, String) {
    let body = parse::parse(raw, None, 0).unwrap().body;
    (body.text, body.signature, body.quoted)
}

/// A message of nobody's with nothing in it, for tests that say what it has.
#[cfg(test)]
pub(crate) fn message_for_tests(number: u8) -> Message {
    Message {
        id: MessageId([number; 16]),
        message_id: None,
        thread: ThreadId([1; 16]),
        from: None,
        to: vec![],
        cc: vec![],
        reply_to: vec![],
        date: None,
        subject: String::new(),
        text: String::new(),
        quoted: String::new(),
        signature: String::new(),
        language: None,
        attachments: vec![],
        remote_images: 0,
        mine: false,
        labels: vec![],
        unread: false,
    }
}

/// Takes messages away, for tests of what must go with them.
#[cfg(test)]
pub(crate) fn remove_for_tests(engine: &Engine, tx: &mut crate::store::Write<'_>, gone: &[MessageId]) -> Result<()> {
    remove::remove(engine, tx, gone, &[])
}

/// HTML as the text a reader sees, for what is no message: a signature kept elsewhere.
pub(crate) fn html_as_text(html: &str) -> String {
    html::to_text(html).text
}

impl Engine {
    /// Takes mail in: streaming, idempotent, resumable. Blocks; run it on a thread of its own.
    ///
    /// # Errors
    /// `io` when none of the sources can be read; `store_broken`. A broken message is a row of the report, never an error.
    pub fn import(
        &self,
        source: &ImportSource,
        progress: &mut dyn FnMut(&ImportProgress),
        stop: &CancellationToken,
    ) -> Result<ImportReport> {
        let source = match source {
            ImportSource::Paths { paths } => Source::files(files::find(paths)?),
            ImportSource::Sample => Source::sample(),
        };
        import::run(self, source, progress, stop)
    }

    /// Takes one message in, as `--reply-to FILE.eml` does.
    ///
    /// # Errors
    /// `bad_input` when it is no message; `store_broken`.
    pub fn import_eml(&self, bytes: &[u8]) -> Result<MessageId> {
        let (message, delivered) = mbox::without_separator(bytes);
        import::write_one(self, message, delivered)
    }

    /// Addresses that may be the user's, the likeliest first.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn me_candidates(&self) -> Result<Vec<MeCandidate>> {
        Ok(View::of(self)?.census.me_candidates())
    }

    /// A page of a list's conversations, newest first, from row `from`.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn threads(&self, shown: &ThreadsView, from: u32, limit: u32) -> Result<ThreadPage> {
        threads::page(self, shown, from, limit)
    }

    /// A conversation. An id from before it grew together with another still finds it.
    ///
    /// # Errors
    /// `not_found`, `store_broken`.
    pub fn thread(&self, id: ThreadId) -> Result<Thread> {
        threads::whole(self, id)
    }

    /// A message.
    ///
    /// # Errors
    /// `not_found`, `store_broken`.
    pub fn message(&self, id: MessageId) -> Result<Message> {
        let read = self.store().read(self.account())?;
        let row = read.get(MESSAGES, id.as_bytes())?.ok_or_else(|| Error::not_found("message", id))?;
        let thread = read.get(NODES, row.node.as_bytes())?.map_or(row.node, |node| node.thread);
        let mine = threads::is_mine(row.from.as_ref(), &self.my_addresses()?);
        Ok(row.into_message(id, thread, mine, labels::all_of(&read, id, mine)?))
    }

    /// The message with this id here, or with this Message-ID header (angle brackets or not).
    ///
    /// # Errors
    /// `not_found`, `store_broken`.
    pub fn find_message(&self, id: &str) -> Result<MessageId> {
        let read = self.store().read(self.account())?;
        if let Ok(own) = id.trim().parse::<MessageId>()
            && read.get(MESSAGES, own.as_bytes())?.is_some()
        {
            return Ok(own);
        }
        let none = || Error::not_found("message", id);
        let header = parse::normal_id(id).ok_or_else(none)?;
        let node = self.store().keyed_hash(self.account(), "node", header.as_bytes())?;
        read.get(NODES, &node)?.and_then(|row| row.messages.first().copied()).ok_or_else(none)
    }

    /// The Message-IDs that an answer's References name before this message's own (RFC 5322, 3.6.4), as the message itself names them.
    ///
    /// # Errors
    /// `store_broken`.
    pub(crate) fn ancestors(&self, id: MessageId) -> Result<Vec<String>> {
        let raw = blocks::raw(&self.store().read(self.account())?, id)?;
        Ok(raw.map(|raw| parse::ancestors(&raw.0)).unwrap_or_default())
    }

    /// A message's text as it stands there: what was written, its signature and its own quote in their places.
    ///
    /// # Errors
    /// `not_found`, `store_broken`.
    pub(crate) fn whole_text(&self, id: MessageId) -> Result<String> {
        let read = self.store().read(self.account())?;
        let raw = blocks::raw(&read, id)?;
        if let Some(text) = raw.and_then(|raw| parse::whole_text(&raw.0)) {
            return Ok(text);
        }
        let row: MessageRow = read.get(MESSAGES, id.as_bytes())?.ok_or_else(|| Error::not_found("message", id))?;
        let parts = [row.text, row.quoted, row.signature];
        Ok(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n"))
    }

    /// People whose name or address begins with these letters (of any word), the most written-to first.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn people(&self, prefix: &str, limit: u32) -> Result<Vec<Person>> {
        let view = View::of(self)?;
        Ok(view.census.matching(prefix, &view.me, limit as usize))
    }

    /// The domains this person has written to.
    ///
    /// # Errors
    /// `store_broken`.
    pub(crate) fn written_domains(&self) -> Result<BTreeSet<String>> {
        Ok(View::of(self)?.census.written_domains())
    }

    /// The last messages somebody wrote, and those "me" wrote to them, the newest first.
    ///
    /// # Errors
    /// `store_broken`.
    pub(crate) fn exchanged_with(&self, address: &EmailAddress, limit: usize) -> Result<Vec<MessageId>> {
        Ok(View::of(self)?.census.exchanged_with(&address.folded(), limit))
    }

    /// How many messages and conversations there are.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn mail_counts(&self) -> Result<(u64, u64)> {
        let read = self.store().read(self.account())?;
        Ok((read.count(MESSAGES)?, read.count(THREADS)?))
    }

    /// Every message, conversation by conversation, as of one moment.
    // The index in memory is built from it.
    #[allow(dead_code)]
    pub(crate) fn each_message(&self, visit: &mut dyn FnMut(Message) -> Result<()>) -> Result<()> {
        let me = self.my_addresses()?;
        let read = self.store().read(self.account())?;
        read.each(THREADS, &[], |key, thread| {
            let id = ThreadId(key.try_into().map_err(|_| Error::StoreBroken { what: "a key of threads".into() })?);
            for member in &thread.members {
                if let Some(row) = read.get(MESSAGES, member.id.as_bytes())? {
                    let mine = threads::is_mine(row.from.as_ref(), &me);
                    visit(row.into_message(member.id, id, mine, labels::all_of(&read, member.id, mine)?))?;
                }
            }
            Ok(true)
        })
    }

    /// Grows with every change of the mailbox; the same number means the same mail. Says nothing about who is "me".
    #[allow(dead_code)]
    pub(crate) fn mail_generation(&self) -> u64 {
        self.desk.mailbox.generation.load(Ordering::Acquire)
    }

    /// Grows whenever mail went, which what was built from it cannot follow piece by piece.
    pub(crate) fn mail_removals(&self) -> u64 {
        self.desk.mailbox.removals.load(Ordering::Acquire)
    }

    /// Messages that only Trash and Spam show.
    pub(crate) fn hidden_messages(&self) -> Result<HashSet<MessageId>> {
        Ok(View::of(self)?.standings().hidden().clone())
    }

    /// The addresses that are "me", in lower case.
    fn my_addresses(&self) -> Result<Vec<String>> {
        Ok(self.settings()?.me.iter().map(|person| person.address.folded()).collect())
    }
}
