//! Labels are a state of each message: a small row beside it. A person's change is applied here at once, and waits in a row of its own
//! until the provider knows it too. Nothing here talks to a provider: the sync fills the rows and takes what waits.
//!
//! For the sync, in its own transaction: [`put_labels`] and [`put_label_names`] take what the provider says, and what a person changed and
//! the provider does not know yet wins ([`merged`]). After the commit it tells the lists in memory: `Engine::labels_arrived`.

use super::row::{Member, ThreadRow};
use super::threads::{is_mine, resolved};
use super::view::View;
use crate::Engine;
use crate::api::{Label, LabelChange, LabelId, LabelKind, LabelsChanged, Relabelled, UnixMillis};
use crate::error::{Error, Result};
use crate::ids::{MessageId, ThreadId};
use crate::store::tables::{LABEL_CHANGES, LABELS, MESSAGE_LABELS, MESSAGES, NODES, REMOTE_MESSAGES, THREADS};
use crate::store::{Keep, Read, Write};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The one row of the labels' names.
const NAMES: &[u8] = b"labels";
/// Labels that say where a message comes from. Nobody gives or takes them.
const FIXED: [&str; 3] = [LabelId::SENT, LabelId::DRAFT, "CHAT"];
/// Labels that are shown even while nothing is under them, in this order.
const ALWAYS: [&str; 5] = [LabelId::INBOX, LabelId::STARRED, LabelId::SENT, LabelId::SPAM, LabelId::TRASH];

/// What one of the person's own labels is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelName {
    /// Which.
    pub id: LabelId,
    /// Its name, as in `Work/Clients`.
    pub name: String,
}

/// Under which ids the provider knows a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteMessage {
    /// The message's.
    pub message: String,
    /// Its conversation's.
    pub thread: String,
}

/// What a person changed of a message's labels since the provider last knew, in sum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelChangeRow {
    /// Which state of the sum this is.
    pub state: [u8; 16],
    /// Since when the provider is behind.
    pub since: UnixMillis,
    /// Added.
    pub add: Vec<LabelId>,
    /// Taken away.
    pub remove: Vec<LabelId>,
}

/// A waiting change, in the state in which it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangeId {
    message: MessageId,
    state: [u8; 16],
}

/// A change that the provider is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingLabels {
    /// Which; for [`Engine::settle_label_change`].
    pub id: ChangeId,
    /// The message as the provider knows it.
    pub remote: RemoteMessage,
    /// To be added.
    pub add: Vec<LabelId>,
    /// To be taken away.
    pub remove: Vec<LabelId>,
}

// ---------------------------------------------------------------- what a change means; pure

/// A message's labels where it has no row of them: mail that was imported is read, and in the Inbox unless the person wrote it.
pub(super) fn unlabelled(mine: bool) -> Vec<LabelId> {
    vec![LabelId::known(if mine { LabelId::SENT } else { LabelId::INBOX })]
}

/// What the provider says, with what the person changed since and the provider does not know yet: until it was told, the person's word wins.
#[must_use]
pub fn merged(remote: &[LabelId], pending: Option<&LabelChange>) -> Vec<LabelId> {
    let mut labels: BTreeSet<LabelId> = remote.iter().cloned().collect();
    if let Some(pending) = pending {
        labels.retain(|label| !pending.remove.contains(label));
        labels.extend(pending.add.iter().cloned());
    }
    labels.into_iter().collect()
}

/// Two changes, one after the other, as one.
fn in_sum(first: LabelChange, then: &LabelChange) -> LabelChange {
    let without = |mut labels: Vec<LabelId>, others: &[LabelId]| {
        labels.retain(|label| !others.contains(label));
        labels
    };
    let with = |mut labels: Vec<LabelId>, more: &[LabelId]| {
        labels.extend(more.iter().cloned());
        labels.sort();
        labels.dedup();
        labels
    };
    LabelChange {
        add: with(without(first.add, &then.remove), &then.add),
        remove: with(without(first.remove, &then.add), &then.remove),
    }
}

/// A message of a conversation, as far as a change of labels needs it.
#[derive(Debug, Clone)]
struct Labelled {
    id: MessageId,
    date: Option<UnixMillis>,
    mine: bool,
    labels: Vec<LabelId>,
}

/// What a change of a conversation does to its messages. A star and UNREAD are put on the newest that came in, INBOX on whatever came in;
/// everything else, and whatever is taken away, is about all of them.
fn per_message(messages: &[Labelled], change: &LabelChange) -> Vec<Relabelled> {
    let came_in = |message: &&Labelled| !message.mine || messages.iter().all(|message| message.mine);
    let newest = messages.iter().filter(came_in).max_by_key(|message| (message.date, message.id)).map(|m| m.id);
    let wanted = |message: &Labelled, label: &LabelId| match label.as_str() {
        LabelId::STARRED | LabelId::UNREAD => Some(message.id) == newest,
        LabelId::INBOX => came_in(&message),
        _ => true,
    };
    let changed = messages.iter().map(|message| Relabelled {
        message: message.id,
        add: change.add.iter().filter(|label| wanted(message, label)).cloned().collect(),
        remove: change.remove.clone(),
    });
    changed.collect()
}

/// What of a wanted change is one, given the labels there are; `None`: nothing.
fn effective(labels: &[LabelId], wanted: &Relabelled) -> Option<Relabelled> {
    let mut add: Vec<LabelId> = wanted.add.iter().filter(|label| !labels.contains(label)).cloned().collect();
    add.sort();
    add.dedup();
    let taken = |label: &&LabelId| labels.contains(label) && !wanted.add.contains(label);
    let mut remove: Vec<LabelId> = wanted.remove.iter().filter(taken).cloned().collect();
    remove.sort();
    remove.dedup();
    (!add.is_empty() || !remove.is_empty()).then_some(Relabelled { message: wanted.message, add, remove })
}

// ---------------------------------------------------------------- rows, in somebody's transaction

/// The labels a message has a row of; `None`: it has none, and counts as read and in the Inbox, or as sent where it is the person's.
///
/// # Errors
/// `store_broken`.
pub fn labels_of(read: &Read, message: MessageId) -> Result<Option<Vec<LabelId>>> {
    read.get(MESSAGE_LABELS, message.as_bytes())
}

/// The labels of a message, row or no row.
pub(super) fn all_of(read: &Read, message: MessageId, mine: bool) -> Result<Vec<LabelId>> {
    Ok(labels_of(read, message)?.unwrap_or_else(|| unlabelled(mine)))
}

/// Takes a message's labels as the provider has them; what a person changed and the provider does not know yet stays.
/// [`Engine::labels_arrived`] is to be called after the commit.
///
/// # Errors
/// `store_broken`.
pub fn put_labels(tx: &mut Write<'_>, message: MessageId, remote: &[LabelId]) -> Result<()> {
    let pending = pending_of(tx, message)?;
    tx.put(MESSAGE_LABELS, message.as_bytes(), &merged(remote, pending.as_ref()))
}

/// What a person changed of a message's labels and the provider does not know yet.
///
/// # Errors
/// `store_broken`.
pub fn pending_of(tx: &Write<'_>, message: MessageId) -> Result<Option<LabelChange>> {
    let row = tx.get(LABEL_CHANGES, message.as_bytes())?;
    Ok(row.map(|LabelChangeRow { add, remove, .. }| LabelChange { add, remove }))
}

/// Takes what the person's own labels are called, all of them at once.
///
/// # Errors
/// `store_broken`.
pub fn put_label_names(tx: &mut Write<'_>, names: &Vec<LabelName>) -> Result<()> {
    tx.put(LABELS, NAMES, names)
}

/// Changes one message's labels and, where a provider knows the message, keeps the change for it; what of it was one.
fn change_one(
    tx: &mut Write<'_>,
    wanted: &Relabelled,
    labels: &[LabelId],
    now: UnixMillis,
) -> Result<Option<Relabelled>> {
    let Some(changed) = effective(labels, wanted) else { return Ok(None) };
    let change = LabelChange { add: changed.add.clone(), remove: changed.remove.clone() };
    tx.put(MESSAGE_LABELS, changed.message.as_bytes(), &merged(labels, Some(&change)))?;
    if tx.has(REMOTE_MESSAGES, changed.message.as_bytes())? {
        let before = tx.get(LABEL_CHANGES, changed.message.as_bytes())?;
        let since = before.as_ref().map_or(now, |row| row.since);
        let before = before.map(|row| LabelChange { add: row.add, remove: row.remove }).unwrap_or_default();
        let LabelChange { add, remove } = in_sum(before, &change);
        let row = LabelChangeRow { state: fresh_state()?, since, add, remove };
        tx.put(LABEL_CHANGES, changed.message.as_bytes(), &row)?;
    }
    Ok(Some(changed))
}

fn fresh_state() -> Result<[u8; 16]> {
    let mut state = [0; 16];
    getrandom::fill(&mut state).map_err(|e| Error::internal("no randomness", e))?;
    Ok(state)
}

/// A message of the conversation with its labels as the transaction sees them.
fn labelled(tx: &Write<'_>, member: &Member, me: &[String]) -> Result<Labelled> {
    let mine = is_mine(member.from.as_ref(), me);
    let labels = tx.get(MESSAGE_LABELS, member.id.as_bytes())?.unwrap_or_else(|| unlabelled(mine));
    Ok(Labelled { id: member.id, date: member.date, mine, labels })
}

/// The conversation of a message.
fn thread_of(tx: &Write<'_>, message: MessageId) -> Result<(ThreadId, ThreadRow)> {
    let none = || Error::not_found("message", message);
    let node = tx.get(MESSAGES, message.as_bytes())?.ok_or_else(none)?.node;
    let id = tx.get(NODES, node.as_bytes())?.map_or(node, |node| node.thread);
    Ok((id, tx.get(THREADS, id.as_bytes())?.ok_or_else(none)?))
}

// ---------------------------------------------------------------- operations

impl Engine {
    /// The labels there are: the provider's own that are always shown or have something under them, then the person's by name.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn labels(&self) -> Result<Vec<Label>> {
        let view = View::of(self)?;
        let mut counts = view.standings().counts();
        let names = self.label_names()?;
        let mut label = |id: LabelId, name: String, kind| {
            let (threads, unread) = counts.remove(&id).unwrap_or_default();
            Label { id, name, kind, unread, threads }
        };
        let mut labels: Vec<Label> =
            ALWAYS.into_iter().map(|id| label(LabelId::known(id), id.to_owned(), LabelKind::System)).collect();
        labels.extend(names.into_iter().map(|name| label(name.id, name.name, LabelKind::User)));
        // What is left has no name: the provider's other labels, and those of the person's that the provider has not named yet.
        let mut rest: Vec<(LabelId, (u32, u32))> = counts.into_iter().collect();
        rest.sort();
        labels.extend(rest.into_iter().map(|(id, (threads, unread))| {
            let kind = if id.is_system() { LabelKind::System } else { LabelKind::User };
            Label { name: id.to_string(), id, kind, unread, threads }
        }));
        labels.sort_by_key(|label| label.kind == LabelKind::User); // stable
        Ok(labels)
    }

    /// Changes the labels of conversations, at once and as a whole; what a provider knows of them is told to it later.
    ///
    /// # Errors
    /// `not_found`; `bad_input` where there is no such label or nobody can change it; `store_broken`.
    pub fn change_labels(&self, threads: &[ThreadId], change: &LabelChange) -> Result<LabelsChanged> {
        changeable(change.add.iter().chain(&change.remove))?;
        self.known_labels(&change.add)?;
        let me = self.my_addresses()?;
        let now = crate::now();
        let changed = self.store().write(self.account(), Keep::Made, |tx| {
            let mut changed = Vec::new();
            for thread in threads {
                let (id, row) = resolved(tx, *thread)?;
                let messages: Vec<Labelled> =
                    row.members.iter().map(|member| labelled(tx, member, &me)).collect::<Result<_>>()?;
                for (message, wanted) in messages.iter().zip(per_message(&messages, change)) {
                    changed.extend(change_one(tx, &wanted, &message.labels, now)?.map(|done| (id, done)));
                }
            }
            Ok(changed)
        })?;
        self.relabelled(changed)
    }

    /// Changes the labels of messages one by one, as [`LabelsChanged::undo`] has them.
    ///
    /// # Errors
    /// `not_found`; `bad_input` where there is no such label or nobody can change it; `store_broken`.
    pub fn relabel(&self, changes: &[Relabelled]) -> Result<LabelsChanged> {
        changeable(changes.iter().flat_map(|change| change.add.iter().chain(&change.remove)))?;
        let me = self.my_addresses()?;
        let now = crate::now();
        let changed = self.store().write(self.account(), Keep::Made, |tx| {
            let mut changed = Vec::new();
            for wanted in changes {
                let (id, row) = thread_of(tx, wanted.message)?;
                for member in row.members.iter().filter(|member| member.id == wanted.message) {
                    let message = labelled(tx, member, &me)?;
                    changed.extend(change_one(tx, wanted, &message.labels, now)?.map(|done| (id, done)));
                }
            }
            Ok(changed)
        })?;
        self.relabelled(changed)
    }

    /// What the provider is to be told of labels, what waits longest first.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn pending_label_changes(&self) -> Result<Vec<PendingLabels>> {
        let read = self.store().read(self.account())?;
        let mut found: BTreeMap<(UnixMillis, MessageId), PendingLabels> = BTreeMap::new();
        read.each(LABEL_CHANGES, &[], |key, row| {
            let message = key.try_into().map_err(|_| Error::StoreBroken { what: "a key of label changes".into() })?;
            let id = ChangeId { message: MessageId(message), state: row.state };
            if let Some(remote) = read.get(REMOTE_MESSAGES, key)? {
                found.insert((row.since, id.message), PendingLabels { id, remote, add: row.add, remove: row.remove });
            }
            Ok(true)
        })?;
        Ok(found.into_values().collect())
    }

    /// The provider was told, or will never take it. What the person changed meanwhile goes on waiting.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn settle_label_change(&self, id: ChangeId) -> Result<()> {
        self.store().write(self.account(), Keep::Again, |tx| {
            let now = tx.get(LABEL_CHANGES, id.message.as_bytes())?;
            if now.is_some_and(|row| row.state == id.state) {
                tx.delete(LABEL_CHANGES, id.message.as_bytes())?;
            }
            Ok(())
        })
    }

    /// Tells the lists in memory which messages' labels were put. New mail makes them anew by itself.
    ///
    /// # Errors
    /// `store_broken`.
    #[allow(dead_code)] // until the sync is here
    pub(crate) fn labels_arrived(&self, messages: &[MessageId]) -> Result<()> {
        let read = self.store().read(self.account())?;
        let mut threads = BTreeSet::new();
        for message in messages {
            let node = read.get(MESSAGES, message.as_bytes())?.map(|row| row.node);
            if let Some(node) = node {
                threads.insert(read.get(NODES, node.as_bytes())?.map_or(node, |row| row.thread));
            }
        }
        self.threads_relabelled(&threads.into_iter().collect::<Vec<_>>())
    }

    pub(super) fn label_names(&self) -> Result<Vec<LabelName>> {
        let mut names = self.store().read(self.account())?.get(LABELS, NAMES)?.unwrap_or_default();
        names.retain(|name: &LabelName| !name.id.is_system());
        names.sort_by_cached_key(|name| (name.name.to_lowercase(), name.id.clone()));
        Ok(names)
    }

    /// Whether there are these labels to be given.
    fn known_labels(&self, add: &[LabelId]) -> Result<()> {
        if add.iter().all(LabelId::is_system) {
            return Ok(());
        }
        let names = self.label_names()?;
        if add.iter().all(|label| label.is_system() || names.iter().any(|name| name.id == *label)) {
            return Ok(());
        }
        Err(Error::BadInput { field: "label", why: "there is no such label".into() })
    }

    /// What was committed is put into the lists in memory, and told with what takes it back.
    fn relabelled(&self, changed: Vec<(ThreadId, Relabelled)>) -> Result<LabelsChanged> {
        let threads: BTreeSet<ThreadId> = changed.iter().map(|(thread, _)| *thread).collect();
        let threads: Vec<ThreadId> = threads.into_iter().collect();
        self.threads_relabelled(&threads)?;
        self.poke_sync(); // the provider is told soon
        let back = |done: Relabelled| Relabelled { message: done.message, add: done.remove, remove: done.add };
        Ok(LabelsChanged { threads, undo: changed.into_iter().map(|(_, done)| back(done)).collect() })
    }
}

/// Whether a person may give and take these labels.
fn changeable<'a>(mut labels: impl Iterator<Item = &'a LabelId>) -> Result<()> {
    if labels.any(|label| FIXED.contains(&label.as_str())) {
        let why = "Sent and Drafts say where a message comes from: nobody gives or takes them";
        return Err(Error::BadInput { field: "label", why: why.into() });
    }
    Ok(())
}

#[cfg(test)]
#[path = "labels_tests.rs"]
mod tests;
