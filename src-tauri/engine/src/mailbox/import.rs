//! The import: one thread reads and parses, the caller's thread seals and commits, batch by batch. Each batch is committed whole, with its
//! conversations, so that an import stopped anywhere is a shorter import, and the next run goes on from there.
//!
//! A message is known by its Message-ID and a digest of its body without white space (or, without a Message-ID, of the headers that do not
//! change on the way): the same file twice adds nothing, whatever its line ends or quoting, and two messages that share an id are both kept.

use super::charset::header_end;
use super::parse::{self, Parsed};
use super::row::{Member, MessageRow, Node, NodeRow, RawMessage, SameSubject};
use super::source::{Item, Raw, Source};
use super::subject::base_subject;
use super::threading::{SUBJECT_WINDOW, SubjectTie, Threader, Ties};
use crate::Engine;
use crate::api::{ImportNote, ImportProgress, ImportReport, Person, UnixMillis};
use crate::error::{Error, Result};
use crate::ids::{MessageId, ThreadId};
use crate::store::Keep;
use crate::store::tables::{MESSAGES, NODES, RAW, REMOTE_MESSAGES};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// A batch is committed at so many messages, or so many bytes, or this long after the last: each commit waits for the disk, and rewrites the
/// conversations that its messages belong to.
const BATCH_MESSAGES: usize = 500;
const BATCH_BYTES: usize = 4 << 20;
const BATCH_TIME: Duration = Duration::from_millis(250);
/// So much of a message's text is kept in lists.
const SNIPPET: usize = 160;
/// So many recipients are kept in lists.
const LISTED_PEOPLE: usize = 30;

/// A message ready to be written.
pub(super) struct Prepared {
    pub(super) id: MessageId,
    pub(super) ties: Ties,
    pub(super) row: MessageRow,
    pub(super) raw: Vec<u8>,
    place: String,
    damage: Vec<String>,
}

/// What became of one item before it is written.
enum Outcome {
    New(Box<Prepared>),
    Already,
    Failed(ImportNote),
    Ignored(ImportNote),
}

/// What is committed at once.
struct Batch {
    outcomes: Vec<Outcome>,
    bytes_done: u64,
    file: String,
}

/// Runs an import.
pub(super) fn run(
    engine: &Engine,
    source: Source,
    progress: &mut dyn FnMut(&ImportProgress),
    stop: &CancellationToken,
) -> Result<ImportReport> {
    let now = crate::now();
    let mut told = ImportProgress { bytes_total: source.total, ..ImportProgress::default() };
    let mut report = ImportReport::default();
    progress(&told);
    let (send, receive) = sync_channel::<Batch>(1);
    std::thread::scope(|scope| -> Result<()> {
        let reader = scope.spawn(move || read_all(engine, source, now, stop, &send));
        let written = write_all(engine, receive, &mut report, &mut told, progress);
        let read = reader.join().map_err(|_| Error::Internal { what: "reading mail", source: None })?;
        written?;
        report.stopped = read?;
        Ok(())
    })?;
    Ok(report)
}

/// The reading thread. Ends early when nobody takes its batches any more; gives whether it was stopped.
fn read_all(
    engine: &Engine,
    mut source: Source,
    now: UnixMillis,
    stop: &CancellationToken,
    send: &SyncSender<Batch>,
) -> Result<bool> {
    let mut outcomes = Vec::new();
    let (mut bytes, mut since) = (0, Instant::now());
    while let Some(item) = source.next() {
        if stop.is_cancelled() {
            return Ok(send_batch(send, outcomes, &source).is_ok());
        }
        let outcome = prepare_item(engine, item, now)?;
        bytes += if let Outcome::New(message) = &outcome { message.raw.len() } else { 0 };
        outcomes.push(outcome);
        if outcomes.len() >= BATCH_MESSAGES || bytes >= BATCH_BYTES || since.elapsed() >= BATCH_TIME {
            if send_batch(send, std::mem::take(&mut outcomes), &source).is_err() {
                return Ok(true);
            }
            (bytes, since) = (0, Instant::now());
        }
    }
    let _ = send_batch(send, outcomes, &source);
    Ok(false)
}

fn send_batch(send: &SyncSender<Batch>, outcomes: Vec<Outcome>, source: &Source) -> std::result::Result<(), ()> {
    send.send(Batch { outcomes, bytes_done: source.bytes_done(), file: source.file.clone() }).map_err(|_| ())
}

fn write_all(
    engine: &Engine,
    receive: Receiver<Batch>,
    report: &mut ImportReport,
    told: &mut ImportProgress,
    progress: &mut dyn FnMut(&ImportProgress),
) -> Result<()> {
    for batch in receive {
        told.bytes_done = batch.bytes_done;
        told.file = batch.file;
        write_batch(engine, batch.outcomes, report)?;
        told.seen = report.seen;
        told.imported = report.imported;
        told.already = report.already;
        told.failed = report.failed.len() as u64;
        progress(told);
    }
    Ok(())
}

/// Commits a batch, and only then counts it.
fn write_batch(engine: &Engine, outcomes: Vec<Outcome>, report: &mut ImportReport) -> Result<()> {
    let (mut new, mut failed, mut already) = (Vec::new(), Vec::new(), 0);
    let (met, ignored_before) = (outcomes.len(), report.ignored.len());
    for outcome in outcomes {
        match outcome {
            Outcome::New(message) => new.push(message),
            Outcome::Failed(note) => failed.push(note),
            Outcome::Ignored(note) => report.ignored.push(note),
            Outcome::Already => already += 1,
        }
    }
    let written = if new.is_empty() { Written::default() } else { write_messages(engine, new)? };
    report.seen += (met - (report.ignored.len() - ignored_before)) as u64;
    report.imported += written.imported;
    report.already += already + written.already;
    report.failed.extend(failed);
    report.damaged.extend(written.damaged);
    Ok(())
}

#[derive(Default)]
struct Written {
    imported: u64,
    already: u64,
    damaged: Vec<ImportNote>,
}

// Boxed as they come through the channel.
#[allow(clippy::vec_box)]
fn write_messages(engine: &Engine, new: Vec<Box<Prepared>>) -> Result<Written> {
    let written = engine.store().write(engine.account(), Keep::Again, |tx| {
        let mut written = Written::default();
        let mut threads = Threader::new(tx);
        for message in new {
            let Prepared { id, ties, row, raw, place, damage } = *message;
            if !threads.add(&ties, member(id, &row))? {
                written.already += 1;
                continue;
            }
            threads.tx().put(MESSAGES, id.as_bytes(), &row)?;
            threads.tx().put(RAW, id.as_bytes(), &RawMessage(raw))?;
            written.imported += 1;
            written.damaged.extend(damage.into_iter().map(|why| ImportNote { place: place.clone(), why }));
        }
        threads.finish()?;
        Ok(written)
    })?;
    engine.desk.mailbox.changed();
    Ok(written)
}

/// Writes one message; its id, new or not.
pub(super) fn write_one(engine: &Engine, bytes: &[u8], delivered: Option<UnixMillis>) -> Result<MessageId> {
    let now = crate::now();
    let bytes = bytes.to_vec();
    let parsed =
        parse::parse(&bytes, delivered, now).map_err(|e| Error::BadInput { field: "message", why: e.to_string() })?;
    let message = prepare(engine, parsed, Raw { place: String::new(), bytes, delivered })?;
    let id = message.id;
    if !is_here(engine, &message)? {
        write_messages(engine, vec![Box::new(message)])?;
    }
    Ok(id)
}

fn prepare_item(engine: &Engine, item: Item, now: UnixMillis) -> Result<Outcome> {
    let raw = match item {
        Item::Message(raw) => raw,
        Item::Failed(note) => return Ok(Outcome::Failed(note)),
        Item::Ignored(note) => return Ok(Outcome::Ignored(note)),
    };
    // A parser that gives up on hostile bytes costs this message and not the run.
    let parsed = std::panic::catch_unwind(|| parse::parse(&raw.bytes, raw.delivered, now));
    let parsed = match parsed {
        Ok(Ok(parsed)) => parsed,
        Ok(Err(why)) => return Ok(Outcome::Failed(ImportNote { place: raw.place, why: why.to_string() })),
        Err(_) => return Ok(Outcome::Failed(ImportNote { place: raw.place, why: "it cannot be parsed".into() })),
    };
    let message = prepare(engine, parsed, raw)?;
    Ok(if is_here(engine, &message)? { Outcome::Already } else { Outcome::New(Box::new(message)) })
}

/// Whether it is here already, from a file or from the provider, whose copy is put together otherwise.
fn is_here(engine: &Engine, message: &Prepared) -> Result<bool> {
    let read = engine.store().read(engine.account())?;
    let row: Option<NodeRow> = read.get(NODES, message.ties.node.as_bytes())?;
    for id in row.map(|row| row.messages).unwrap_or_default() {
        let remote = read.get(REMOTE_MESSAGES, id.as_bytes())?.is_some();
        let same = |row: MessageRow| message.row.message_id.is_some() && is_same(&row, &message.row);
        if id == message.id || (remote && read.get(MESSAGES, id.as_bytes())?.is_some_and(same)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether two messages of one Message-ID are one, though they came by different ways.
pub(super) fn is_same(one: &MessageRow, other: &MessageRow) -> bool {
    let sender = |row: &MessageRow| row.from.as_ref().map(|from| from.address.folded());
    one.message_id == other.message_id && one.date == other.date && sender(one) == sender(other)
}

/// A message of the provider's, put together from its parts: known by the provider's id of it, and of the provider's conversation.
pub(super) fn prepare_remote(
    engine: &Engine,
    id: MessageId,
    conversation: Node,
    bytes: Vec<u8>,
    parsed: Parsed,
) -> Result<Prepared> {
    let has_node = parsed.message_id.is_some();
    let mut message = prepare(engine, parsed, Raw { place: String::new(), bytes, delivered: None })?;
    message.id = id;
    if !has_node {
        message.row.node = ThreadId(id.0);
        message.ties.node = message.row.node;
        if let Some(subject) = &mut message.ties.subject {
            subject.entry.node = message.row.node;
        }
    }
    message.ties.refs.push(conversation);
    Ok(message)
}

fn prepare(engine: &Engine, parsed: Parsed, raw: Raw) -> Result<Prepared> {
    let keyed = |purpose: &str, bytes: &[u8]| engine.store().keyed_hash(engine.account(), purpose, bytes);
    let id = MessageId(keyed("message", &identity(&parsed, &raw.bytes))?);
    let node_of = |message_id: &str| keyed("node", message_id.as_bytes()).map(ThreadId);
    let node = match &parsed.message_id {
        Some(message_id) => node_of(message_id)?,
        None => ThreadId(id.0),
    };
    let refs = parsed.refs.iter().map(|id| node_of(id)).collect::<Result<Vec<Node>>>()?;
    let Parsed { message_id, from, to, cc, reply_to, date, subject: title, body, attachments, damage, .. } = parsed;
    let row = MessageRow {
        node,
        message_id,
        from,
        to,
        cc,
        reply_to,
        date,
        subject: title,
        text: body.text,
        quoted: body.quoted,
        signature: body.signature,
        language: body.language,
        attachments,
        remote_images: body.remote_images,
    };
    let subject = subject_tie(&row, refs.is_empty(), &keyed)?;
    Ok(Prepared { id, ties: Ties { node, refs, subject }, row, raw: raw.bytes, place: raw.place, damage })
}

/// What makes a message this message.
fn identity(parsed: &Parsed, raw: &[u8]) -> Vec<u8> {
    let mut hasher = blake3::Hasher::new();
    let mut feed = |bytes: &[u8]| {
        for part in bytes.split(u8::is_ascii_whitespace).filter(|part| !part.is_empty()) {
            hasher.update(part);
        }
    };
    feed(&raw[header_end(raw)..]);
    if parsed.message_id.is_none() {
        feed(&raw[..header_end(raw)]);
    }
    [parsed.message_id.as_deref().unwrap_or_default().as_bytes(), &[0], hasher.finalize().as_bytes().as_slice()]
        .concat()
}

/// Its place among the messages of its subject; `unnamed`: it names nothing it answers.
pub(super) fn subject_tie(
    row: &MessageRow,
    unnamed: bool,
    keyed: &impl Fn(&str, &[u8]) -> Result<[u8; 16]>,
) -> Result<Option<SubjectTie>> {
    let base = base_subject(&row.subject);
    let Some(date) = row.date.filter(|_| base.text.chars().any(char::is_alphanumeric)) else { return Ok(None) };
    let window = date.div_euclid(SUBJECT_WINDOW);
    let key = |window: i64| keyed("subject", format!("{window}\0{}", base.text.to_lowercase()).as_bytes());
    let mut people = Vec::new();
    for person in row.from.iter().chain(&row.to).chain(&row.cc).chain(&row.reply_to).take(LISTED_PEOPLE) {
        let hash = keyed("person", person.address.folded().as_bytes())?;
        people.push(hash[..8].iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte)));
    }
    let orphan = base.answers && unnamed;
    Ok(Some(SubjectTie {
        windows: [key(window - 1)?, key(window)?, key(window + 1)?],
        entry: SameSubject { node: row.node, date, orphan, people },
    }))
}

pub(super) fn member(id: MessageId, row: &MessageRow) -> Member {
    let to: Vec<Person> = row.to.iter().chain(&row.cc).take(LISTED_PEOPLE).cloned().collect();
    let words = row.text.split_whitespace().collect::<Vec<_>>().join(" ");
    Member {
        id,
        date: row.date,
        from: row.from.clone(),
        to,
        subject: base_subject(&row.subject).text,
        snippet: words.chars().take(SNIPPET).collect(),
        files: Some(!row.attachments.is_empty()),
    }
}

#[cfg(test)]
#[path = "import_tests.rs"]
mod tests;
