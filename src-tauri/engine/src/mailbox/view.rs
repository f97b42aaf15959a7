//! What lists of the mailbox need at hand: the order of conversations, the labels they are under and everyone counted, unsealed once and
//! kept in memory until the mail or "me" changes. A change of labels is put into it, conversation by conversation. It is never written
//! anywhere.

use super::lists::{self, Standings, Tag};
use super::people::Census;
use super::row::ThreadRow;
use super::threads::is_mine;
use crate::Engine;
use crate::api::{LabelId, UnixMillis};
use crate::error::{Error, Result};
use crate::ids::{MessageId, ThreadId};
use crate::store::Read;
use crate::store::tables::{MESSAGE_LABELS, THREADS};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

/// Above so many conversations it is quicker to make the lists anew.
const MANY: usize = 2_000;

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
    /// The lists each conversation is in, in the same order.
    standings: RwLock<Standings>,
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

    /// In which lists the conversations are now.
    pub(super) fn standings(&self) -> RwLockReadGuard<'_, Standings> {
        self.standings.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn made(engine: &Engine, generation: u64, me: Vec<String>) -> Result<Self> {
        let read = engine.store().read(engine.account())?;
        let mut standings = Standings::default();
        let labelled = all_labels(&read, &mut standings)?;
        let (mut threads, mut census) = (Vec::new(), Census::default());
        read.each(THREADS, &[], |key, thread| {
            let id = ThreadId(key.try_into().map_err(|_| Error::StoreBroken { what: "a key of threads".into() })?);
            census.add(&thread, &me);
            threads.push((latest(&thread), id, tagged(&thread, &me, |id| labelled.get(&id).cloned())));
            Ok(true)
        })?;
        threads.sort_unstable_by_key(|(latest, id, _)| std::cmp::Reverse((*latest, *id)));
        for (at, (_, _, messages)) in threads.iter().enumerate() {
            standings.put(at, messages);
        }
        let order = threads.into_iter().map(|(latest, id, _)| (latest, id)).collect();
        Ok(Self { generation, me, order, census, standings: RwLock::new(standings) })
    }

    /// Takes in what the store now says of a conversation's labels.
    fn relabel(&self, read: &Read, id: ThreadId) -> Result<()> {
        let Some(thread) = read.get(THREADS, id.as_bytes())? else { return Ok(()) };
        let Ok(at) = self.order.binary_search_by(|probe| (latest(&thread), id).cmp(probe)) else { return Ok(()) };
        let mut labelled: HashMap<MessageId, Vec<LabelId>> = HashMap::new();
        for member in &thread.members {
            labelled.extend(read.get(MESSAGE_LABELS, member.id.as_bytes())?.map(|labels| (member.id, labels)));
        }
        let mut standings = self.standings.write().unwrap_or_else(PoisonError::into_inner);
        let tags = &mut standings.tags;
        let labelled: HashMap<MessageId, Vec<Tag>> = labelled
            .into_iter()
            .map(|(id, labels)| (id, labels.iter().map(|label| tags.tag(label)).collect()))
            .collect();
        standings.put(at, &tagged(&thread, &self.me, |id| labelled.get(&id).cloned()));
        Ok(())
    }
}

impl Engine {
    /// Puts a committed change of labels into the lists in memory. Whoever changed them calls it once the transaction is through.
    pub(super) fn threads_relabelled(&self, threads: &[ThreadId]) -> Result<()> {
        // While it is held nobody makes a view, and one made before this change was committed is brought up to it here.
        let mut kept = self.desk.mailbox.view.0.lock().unwrap_or_else(PoisonError::into_inner);
        if threads.len() > MANY {
            *kept = None;
        }
        let Some(view) = kept.as_ref().filter(|view| view.generation == self.mail_generation()) else { return Ok(()) };
        let read = self.store().read(self.account())?;
        threads.iter().try_for_each(|thread| view.relabel(&read, *thread))
    }
}

/// The labels of every message that has a row of them.
fn all_labels(read: &Read, standings: &mut Standings) -> Result<HashMap<MessageId, Vec<Tag>>> {
    let mut labelled = HashMap::new();
    read.each(MESSAGE_LABELS, &[], |key, labels| {
        let id = key.try_into().map_err(|_| Error::StoreBroken { what: "a key of message labels".into() })?;
        labelled.insert(MessageId(id), labels.iter().map(|label| standings.tags.tag(label)).collect());
        Ok(true)
    })?;
    Ok(labelled)
}

/// A conversation's messages with their labels.
fn tagged(
    thread: &ThreadRow,
    me: &[String],
    labels: impl Fn(MessageId) -> Option<Vec<Tag>>,
) -> Vec<(MessageId, Vec<Tag>)> {
    let of = |member: &super::row::Member| {
        labels(member.id).unwrap_or_else(|| lists::unlabelled(is_mine(member.from.as_ref(), me)).to_vec())
    };
    thread.members.iter().map(|member| (member.id, of(member))).collect()
}

/// When a conversation's last message was written.
pub(super) fn latest(thread: &ThreadRow) -> UnixMillis {
    thread.members.iter().filter_map(|member| member.date).max().unwrap_or(0)
}
