//! Mail goes: its rows, and its place in its conversation. What is left is tied anew from the messages that are left, so that it ends as if
//! the others alone had come.

use super::labels::RemoteMessage;
use super::parse;
use super::row::{MessageRow, NodeRow, ThreadRow};
use super::threading::{Threader, Ties};
use super::{blocks, import};
use crate::Engine;
use crate::error::Result;
use crate::ids::{MessageId, ThreadId};
use crate::store::Write;
use crate::store::tables::{
    ATTACHMENTS, GMAIL_PARTS, LABEL_CHANGES, MESSAGE_LABELS, MESSAGES, NODES, REMOTE_MESSAGES, SUBJECTS, THREADS,
    VECTORS,
};
use std::collections::{BTreeMap, BTreeSet};

/// Takes `gone` away, and of `unlinked` only what the provider said of them. [`super::Mailbox::changed`] is to be called after the commit.
pub(super) fn remove(engine: &Engine, tx: &mut Write<'_>, gone: &[MessageId], unlinked: &[MessageId]) -> Result<()> {
    if gone.is_empty() && unlinked.is_empty() {
        return Ok(());
    }
    let mut threads = BTreeSet::new();
    for id in gone.iter().chain(unlinked) {
        let row: Option<MessageRow> = tx.get(MESSAGES, id.as_bytes())?;
        if let Some(row) = row {
            threads.insert(thread_of(tx, row.node)?);
        }
        tx.delete(REMOTE_MESSAGES, id.as_bytes())?;
        tx.delete(LABEL_CHANGES, id.as_bytes())?;
        tx.delete(MESSAGE_LABELS, id.as_bytes())?;
    }
    let left = take_apart(engine, tx, &threads, gone)?;
    blocks::take_out(tx, gone)?;
    for id in gone {
        tx.delete(MESSAGES, id.as_bytes())?;
        tx.delete(GMAIL_PARTS, id.as_bytes())?;
        tx.delete_prefix(VECTORS, id.as_bytes())?;
        engine.desk.meaning.forget(*id);
        tx.delete_prefix(ATTACHMENTS.table(), id.as_bytes())?;
    }
    let mut threader = Threader::new(tx);
    for (id, (row, ties)) in &left {
        threader.add(ties, import::member(*id, row))?;
    }
    threader.finish()?;
    if !gone.is_empty() {
        crate::memory::kept::forget(tx)?;
        engine.desk.mailbox.shrank();
    }
    Ok(())
}

fn thread_of(tx: &Write<'_>, node: ThreadId) -> Result<ThreadId> {
    Ok(tx.get(NODES, node.as_bytes())?.map_or(node, |row: NodeRow| row.thread))
}

/// Takes conversations apart; the messages that stay, with what ties them.
fn take_apart(
    engine: &Engine,
    tx: &mut Write<'_>,
    threads: &BTreeSet<ThreadId>,
    gone: &[MessageId],
) -> Result<BTreeMap<MessageId, (MessageRow, Ties)>> {
    let mut left = BTreeMap::new();
    for thread in threads {
        let row: ThreadRow = tx.get(THREADS, thread.as_bytes())?.unwrap_or_default();
        for member in &row.members {
            let Some(message) = tx.get(MESSAGES, member.id.as_bytes())? else { continue };
            let ties = ties_of(engine, tx, member.id, &message)?;
            untie_subject(tx, &ties)?;
            if !gone.contains(&member.id) {
                left.insert(member.id, (message, ties));
            }
        }
        for node in &row.nodes {
            tx.delete(NODES, node.as_bytes())?;
        }
        tx.delete(THREADS, thread.as_bytes())?;
    }
    Ok(left)
}

/// What ties a message that is here: what its headers name, its subject, and its conversation at the provider.
fn ties_of(engine: &Engine, tx: &Write<'_>, id: MessageId, row: &MessageRow) -> Result<Ties> {
    let keyed = |purpose: &str, bytes: &[u8]| engine.store().keyed_hash(engine.account(), purpose, bytes);
    let named = blocks::raw(tx, id)?.map(|raw| parse::named_in(&raw.0)).unwrap_or_default();
    let subject = import::subject_tie(row, named.is_empty(), &keyed)?;
    let mut refs = named.iter().map(|id| keyed("node", id.as_bytes()).map(ThreadId)).collect::<Result<Vec<_>>>()?;
    let remote: Option<RemoteMessage> = tx.get(REMOTE_MESSAGES, id.as_bytes())?;
    if let Some(remote) = remote {
        refs.push(ThreadId(keyed("gmail thread", remote.thread.as_bytes())?));
    }
    Ok(Ties { node: row.node, refs, subject })
}

fn untie_subject(tx: &mut Write<'_>, ties: &Ties) -> Result<()> {
    let Some(subject) = &ties.subject else { return Ok(()) };
    let key = &subject.windows[1];
    let mut entries = tx.get(SUBJECTS, key)?.unwrap_or_default();
    entries.retain(|entry| *entry != subject.entry);
    if entries.is_empty() { tx.delete(SUBJECTS, key).map(drop) } else { tx.put(SUBJECTS, key, &entries) }
}
