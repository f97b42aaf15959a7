//! What lists of the mailbox need at hand: the order of conversations and everyone counted, unsealed once and kept in memory until the
//! mail or "me" changes. It is never written anywhere.

use super::people::Census;
use super::row::ThreadRow;
use crate::Engine;
use crate::api::UnixMillis;
use crate::error::{Error, Result};
use crate::ids::ThreadId;
use crate::store::tables::THREADS;
use std::sync::{Arc, Mutex, PoisonError};

/// The mailbox as of one generation, seen by one "me".
#[derive(Debug)]
pub(super) struct View {
    generation: u64,
    /// The addresses that are "me", in lower case.
    pub me: Vec<String>,
    /// Conversations, the newest first.
    pub order: Vec<(UnixMillis, ThreadId)>,
    /// Everyone in it.
    pub census: Census,
}

/// The view last made.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<Option<Arc<View>>>);

impl View {
    /// The view of now: the one kept, or a new one where that is outdated.
    pub(super) fn of(engine: &Engine) -> Result<Arc<Self>> {
        let me = engine.my_addresses()?;
        // Those who come while it is being made wait for it. The generation is read first: mail that comes meanwhile makes it outdated.
        let mut kept = engine.desk.mailbox.view.0.lock().unwrap_or_else(PoisonError::into_inner);
        let generation = engine.mail_generation();
        if let Some(view) = kept.as_ref().filter(|view| view.generation == generation && view.me == me) {
            return Ok(Arc::clone(view));
        }
        let view = Arc::new(Self::made(engine, generation, me)?);
        *kept = Some(Arc::clone(&view));
        Ok(view)
    }

    fn made(engine: &Engine, generation: u64, me: Vec<String>) -> Result<Self> {
        let mut view = Self { generation, me, order: Vec::new(), census: Census::default() };
        engine.store().read(engine.account())?.each(THREADS, &[], |key, thread| {
            let id = ThreadId(key.try_into().map_err(|_| Error::StoreBroken { what: "a key of threads".into() })?);
            view.order.push((latest(&thread), id));
            view.census.add(&thread, &view.me);
            Ok(true)
        })?;
        view.order.sort_unstable_by(|a, b| b.cmp(a));
        Ok(view)
    }
}

/// When a conversation's last message was written.
pub(super) fn latest(thread: &ThreadRow) -> UnixMillis {
    thread.members.iter().filter_map(|member| member.date).max().unwrap_or(0)
}
