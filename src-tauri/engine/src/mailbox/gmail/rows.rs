//! What the store keeps of Gmail's mailbox, and how an answer is committed: each message with its conversation, its labels and the row that
//! links it, in one transaction with the place the sync has come to. A message that was imported before is linked and not doubled.

use super::body::{self, PartRow};
use super::plan::{Effect, Known, Mirror, State, What};
use crate::Engine;
use crate::api::{LabelId, UnixMillis};
use crate::error::Result;
use crate::ids::{MessageId, ThreadId};
use crate::mailbox::import::{self, Prepared};
use crate::mailbox::labels::{LabelName, RemoteMessage, put_label_names, put_labels};
use crate::mailbox::parse;
use crate::mailbox::remove;
use crate::mailbox::retention::{is_past, kept_since};
use crate::mailbox::threading::Threader;
use crate::store::Keep;
use crate::store::Write;
use crate::store::tables::{GMAIL_MESSAGES, GMAIL_PARTS, GMAIL_SYNC, MESSAGES, RAW, REMOTE_MESSAGES};
use epistle_wire::gmail;
use epistle_wire::gmail::labels::Label;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The one row of how far the sync is.
const SYNC: &[u8] = b"sync";

/// One of Gmail's messages, as it is known here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GmailMessage {
    /// Its id there.
    pub(super) id: gmail::MessageId,
    /// What is known of it.
    pub(super) known: Known,
}

/// How far the sync is, and when it last was through.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SyncRow {
    pub(super) state: State,
    /// When it was last up to date.
    pub(super) last: Option<i64>,
    /// Whether the person paused it.
    pub(super) paused: bool,
}

/// What is known of the mailbox there.
pub(super) fn load(engine: &Engine) -> Result<Mirror> {
    let read = engine.store().read(engine.account())?;
    let state = read.get(GMAIL_SYNC, SYNC)?.unwrap_or_default().state;
    let mut known = HashMap::new();
    read.each(GMAIL_MESSAGES, &[], |_, row| {
        known.insert(row.id, row.known);
        Ok(true)
    })?;
    Ok(Mirror { state, known })
}

/// The row of the sync itself.
pub(super) fn sync_row(engine: &Engine) -> Result<SyncRow> {
    Ok(engine.store().read(engine.account())?.get(GMAIL_SYNC, SYNC)?.unwrap_or_default())
}

/// Changes that row.
pub(super) fn change_sync_row(engine: &Engine, change: impl FnOnce(&mut SyncRow)) -> Result<()> {
    engine.store().write(engine.account(), Keep::Again, |tx| {
        let mut row = tx.get(GMAIL_SYNC, SYNC)?.unwrap_or_default();
        change(&mut row);
        tx.put(GMAIL_SYNC, SYNC, &row)
    })
}

/// A message of Gmail's, read and ready to be written.
struct Ready {
    id: gmail::MessageId,
    /// Its conversation there, as a place in the web of References.
    conversation: ThreadId,
    mail: Option<(Box<Prepared>, Vec<PartRow>)>,
}

/// Commits what an answer came to. Blocks.
pub(super) fn commit(engine: &Engine, mirror: &mut Mirror, effects: Vec<Effect>) -> Result<()> {
    if effects.is_empty() {
        return Ok(());
    }
    let mut ready = Vec::new();
    let (mut rows, mut forget, mut names, mut state) = (Vec::new(), Vec::new(), None, false);
    for effect in effects {
        match effect {
            Effect::Take(message) => ready.push(read(engine, &message)?),
            Effect::Known(id) => rows.push(id),
            Effect::Forget(id, known) => forget.push((id, known)),
            Effect::Names(labels) => names = Some(label_names(labels)),
            Effect::State => state = true,
        }
    }
    let mail_changed = !ready.is_empty() || !forget.is_empty();
    let mut relabelled = Vec::new();
    let since = engine.settings()?.memory.keep_days.map(|days| kept_since(crate::now(), days));
    engine.store().write(engine.account(), Keep::Again, |tx| {
        rows.extend(take_in(tx, mirror, std::mem::take(&mut ready), since)?);
        for id in &rows {
            relabelled.extend(put(engine, tx, mirror, id)?);
        }
        let_go(engine, tx, &forget)?;
        if let Some(names) = &names {
            put_label_names(tx, names)?;
        }
        if state {
            let row = tx.get(GMAIL_SYNC, SYNC)?.unwrap_or_default();
            tx.put(GMAIL_SYNC, SYNC, &SyncRow { state: mirror.state.clone(), ..row })?;
        }
        Ok(())
    })?;
    if mail_changed {
        engine.desk.mailbox.changed();
    } else {
        engine.labels_arrived(&relabelled)?;
    }
    Ok(())
}

/// Where a row of Gmail's messages is.
pub(super) fn key(engine: &Engine, id: &gmail::MessageId) -> Result<[u8; 16]> {
    engine.store().keyed_hash(engine.account(), "gmail message", id.as_str().as_bytes())
}

fn read(engine: &Engine, message: &gmail::Message) -> Result<Ready> {
    let thread = message.thread_id.as_str().as_bytes();
    let conversation = ThreadId(engine.store().keyed_hash(engine.account(), "gmail thread", thread)?);
    let own = MessageId(key(engine, &message.id)?);
    let (bytes, parts) = body::rebuilt(message);
    let (now, delivered) = (crate::now(), message.internal_date);
    // A parser that gives up on hostile bytes costs this message and not the sync.
    let parsed = std::panic::catch_unwind(|| parse::parse(&bytes, delivered, now));
    let mail = match parsed {
        Ok(Ok(mut parsed)) => {
            parsed.attachments = parts.iter().map(|part| part.attachment.clone()).collect();
            Some((Box::new(import::prepare_remote(engine, own, conversation, bytes, parsed)?), parts))
        }
        Ok(Err(_)) | Err(_) => None,
    };
    Ok(Ready { id: message.id.clone(), conversation, mail })
}

/// Writes messages into their conversations, but for what is older than `since`; whose rows are to be put.
fn take_in(
    tx: &mut Write<'_>,
    mirror: &mut Mirror,
    ready: Vec<Ready>,
    since: Option<UnixMillis>,
) -> Result<Vec<gmail::MessageId>> {
    let mut threads = Threader::new(tx);
    let mut taken = Vec::new();
    for Ready { id, conversation, mail } in ready {
        let Some(known) = mirror.known.get_mut(&id) else { continue };
        let Some((mail, parts)) = mail else {
            known.what = What::Unreadable;
            taken.push(id);
            continue;
        };
        if since.is_some_and(|since| is_past(mail.row.date, since)) {
            known.what = What::Past;
            taken.push(id);
            continue;
        }
        let here = imported_before(&mut threads, &mail)?;
        known.came = here.is_none();
        let message = here.unwrap_or(mail.id);
        known.message = Some(message);
        if here.is_some() {
            threads.tie(mail.ties.node, conversation)?;
        } else if threads.add(&mail.ties, import::member(mail.id, &mail.row))? {
            threads.tx().put(MESSAGES, message.as_bytes(), &mail.row)?;
            threads.tx().put(RAW, message.as_bytes(), &crate::mailbox::row::RawMessage(mail.raw))?;
            threads.tx().put(GMAIL_PARTS, message.as_bytes(), &parts)?;
        }
        let remote = RemoteMessage { message: id.to_string(), thread: known.thread.to_string() };
        threads.tx().put(REMOTE_MESSAGES, message.as_bytes(), &remote)?;
        taken.push(id);
    }
    threads.finish()?;
    Ok(taken)
}

/// The same message, imported from a file before: one Message-ID, one sender, one date. One that is linked already is another's.
fn imported_before(threads: &mut Threader<'_, '_>, mail: &Prepared) -> Result<Option<MessageId>> {
    if mail.row.message_id.is_none() {
        return Ok(None);
    }
    for id in threads.messages_at(mail.ties.node)? {
        let row = threads.tx().get(MESSAGES, id.as_bytes())?;
        let same = row.is_some_and(|row| import::is_same(&row, &mail.row));
        if id != mail.id && same && !threads.tx().has(REMOTE_MESSAGES, id.as_bytes())? {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// Puts what is known of a message, its labels with it; which message that is here.
fn put(engine: &Engine, tx: &mut Write<'_>, mirror: &mut Mirror, id: &gmail::MessageId) -> Result<Option<MessageId>> {
    let (key, Some(known)) = (key(engine, id)?, mirror.known.get_mut(id)) else { return Ok(None) };
    // What went here because of its age, since the mirror was read, stays so.
    if tx.get(GMAIL_MESSAGES, &key)?.is_some_and(|row| row.known.what == What::Past) {
        (known.what, known.message) = (What::Past, None);
    }
    tx.put(GMAIL_MESSAGES, &key, &GmailMessage { id: id.clone(), known: known.clone() })?;
    if let Some(message) = known.message {
        put_labels(tx, message, &own_labels(known))?;
    }
    Ok(known.message)
}

/// A message goes because of its age: it is Gmail's still, and not fetched again. Whether it is Gmail's.
pub(in crate::mailbox) fn let_past(engine: &Engine, tx: &mut Write<'_>, message: MessageId) -> Result<bool> {
    let remote = tx.get(REMOTE_MESSAGES, message.as_bytes())?;
    let Some(id) = remote.and_then(|remote| gmail::MessageId::parse(&remote.message)) else { return Ok(false) };
    let key = key(engine, &id)?;
    let Some(mut row) = tx.get(GMAIL_MESSAGES, &key)? else { return Ok(false) };
    (row.known.what, row.known.message) = (What::Past, None);
    tx.put(GMAIL_MESSAGES, &key, &row)?;
    Ok(true)
}

fn own_labels(known: &Known) -> Vec<LabelId> {
    known.labels.iter().filter_map(|label| label.as_str().parse().ok()).collect()
}

fn let_go(engine: &Engine, tx: &mut Write<'_>, forget: &[(gmail::MessageId, Known)]) -> Result<()> {
    let (mut gone, mut unlinked) = (Vec::new(), Vec::new());
    for (id, known) in forget {
        tx.delete(GMAIL_MESSAGES, &key(engine, id)?)?;
        if let Some(message) = known.message {
            if known.came { gone.push(message) } else { unlinked.push(message) }
        }
    }
    remove::remove(engine, tx, &gone, &unlinked)
}

fn label_names(labels: Vec<Label>) -> Vec<LabelName> {
    let own = |label: Label| {
        let id = label.id.as_str().parse::<LabelId>().ok()?;
        (label.kind != "system").then_some(LabelName { id, name: label.name })
    };
    labels.into_iter().filter_map(own).collect()
}

/// How many of Gmail's messages are known here.
pub(super) fn count(engine: &Engine) -> Result<u64> {
    engine.store().read(engine.account())?.count(GMAIL_MESSAGES)
}

/// What is known of one of Gmail's messages.
pub(super) fn known(engine: &Engine, id: &gmail::MessageId) -> Result<Option<Known>> {
    let row = engine.store().read(engine.account())?.get(GMAIL_MESSAGES, &key(engine, id)?)?;
    Ok(row.map(|row| row.known))
}
