//! Conversations as they are read: listed, and whole. It changes nothing.

use super::row::{Member, NodeRow, ThreadRow};
use super::view::{View, latest};
use super::{labels, lists};
use crate::Engine;
use crate::api::{LabelId, Message, Person, Thread, ThreadPage, ThreadSummary, ThreadsView, UnixMillis};
use crate::error::{Error, Result};
use crate::ids::ThreadId;
use crate::store::tables::{MESSAGES, NODES, THREADS};
use crate::store::{Read, Write};
use std::collections::BTreeSet;

/// No page is longer than this.
const MAX_PAGE: u32 = 500;
/// So many people are named in a list.
const LISTED_PEOPLE: usize = 8;

/// Whether one of `me` wrote it.
pub(super) fn is_mine(from: Option<&Person>, me: &[String]) -> bool {
    from.is_some_and(|from| me.contains(&from.address.folded()))
}

/// A page of conversations, newest first.
pub(super) fn page(engine: &Engine, shown: &ThreadsView, from: u32, limit: u32) -> Result<ThreadPage> {
    let limit = limit.clamp(1, MAX_PAGE);
    let view = View::of(engine)?;
    let (total, rows) = rows(&view, shown, from as usize, limit as usize);
    let read = engine.store().read(engine.account())?;
    let mut threads = Vec::with_capacity(rows.len());
    for id in rows {
        if let Some(thread) = read.get(THREADS, id.as_bytes())? {
            threads.extend(summary(&read, id, thread, &view.me, shown.label.as_ref())?);
        }
    }
    let total = u32::try_from(total).unwrap_or(u32::MAX);
    let next = from.saturating_add(limit);
    Ok(ThreadPage { threads, next: (next < total).then_some(next), total })
}

/// How many conversations a list shows, and those of one page.
fn rows(view: &View, shown: &ThreadsView, from: usize, limit: usize) -> (usize, Vec<ThreadId>) {
    let standings = view.standings();
    let list = match &shown.label {
        None => Some(lists::ALL),
        Some(label) => standings.tags.known(label),
    };
    let (mut total, mut rows) = (0, Vec::new());
    for at in list.into_iter().flat_map(|list| standings.places(list, shown.unread)) {
        if total >= from && rows.len() < limit {
            rows.extend(view.order.get(at).map(|(_, id)| *id));
        }
        total += 1;
    }
    (total, rows)
}

/// A conversation's row in somebody's transaction. An id from before it grew together with another still finds it.
pub(super) fn resolved(tx: &Write<'_>, id: ThreadId) -> Result<(ThreadId, ThreadRow)> {
    if let Some(row) = tx.get(THREADS, id.as_bytes())? {
        return Ok((id, row));
    }
    let none = || Error::not_found("thread", id);
    let node: NodeRow = tx.get(NODES, id.as_bytes())?.ok_or_else(none)?;
    Ok((node.thread, tx.get(THREADS, node.thread.as_bytes())?.ok_or_else(none)?))
}

/// A conversation with its messages, the oldest first.
pub(super) fn whole(engine: &Engine, id: ThreadId) -> Result<Thread> {
    let me = engine.my_addresses()?;
    let read = engine.store().read(engine.account())?;
    let (id, row) = match read.get(THREADS, id.as_bytes())? {
        Some(row) => (id, row),
        None => {
            let none = || Error::not_found("thread", id);
            let node: NodeRow = read.get(NODES, id.as_bytes())?.ok_or_else(none)?;
            (node.thread, read.get(THREADS, node.thread.as_bytes())?.ok_or_else(none)?)
        }
    };
    let members = in_order(row.members);
    let mut messages: Vec<Message> = Vec::with_capacity(members.len());
    for member in &members {
        if let Some(row) = read.get(MESSAGES, member.id.as_bytes())? {
            let mine = is_mine(row.from.as_ref(), &me);
            messages.push(row.into_message(member.id, id, mine, labels::all_of(&read, member.id, mine)?));
        }
    }
    Ok(Thread { id, subject: members.first().map(|first| first.subject.clone()).unwrap_or_default(), messages })
}

/// The oldest first; what has no date stands where it came, after the dated.
fn in_order(mut members: Vec<Member>) -> Vec<Member> {
    members.sort_by_key(|member| (member.date.unwrap_or(UnixMillis::MAX), member.id));
    members
}

/// The conversation as this list shows it; `None` where none of its messages is seen there any more.
fn summary(
    read: &Read,
    id: ThreadId,
    thread: ThreadRow,
    me: &[String],
    list: Option<&LabelId>,
) -> Result<Option<ThreadSummary>> {
    let latest = latest(&thread);
    let hides = list.and_then(|list| lists::hidden_by(std::slice::from_ref(list)));
    let (mut members, mut all) = (Vec::new(), BTreeSet::new());
    for member in thread.members {
        let labels = labels::all_of(read, member.id, is_mine(member.from.as_ref(), me))?;
        if lists::hidden_by(&labels) == hides {
            all.extend(labels);
            members.push(member);
        }
    }
    let members = in_order(members);
    let Some(newest) = members.iter().rev().find(|member| member.date.is_some()).or(members.last()) else {
        return Ok(None);
    };
    let unread = all.remove(&LabelId::known(LabelId::UNREAD));
    Ok(Some(ThreadSummary {
        id,
        subject: members.first().map(|first| first.subject.clone()).unwrap_or_default(),
        people: people(&members),
        latest,
        messages: u32::try_from(members.len()).unwrap_or(u32::MAX),
        snippet: newest.snippet.clone(),
        awaits_me: awaits(newest, &members, me),
        unread,
        starred: all.contains(&LabelId::known(LabelId::STARRED)),
        has_files: has_files(read, &members)?,
        labels: all.into_iter().collect(),
    }))
}

/// Whether one of them has attachments. Rows from before that was kept are asked of the message itself.
fn has_files(read: &Read, members: &[Member]) -> Result<bool> {
    for member in members {
        let files = match member.files {
            Some(files) => files,
            None => read.get(MESSAGES, member.id.as_bytes())?.is_some_and(|row| !row.attachments.is_empty()),
        };
        if files {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Local parts of addresses behind which nobody reads what is answered.
const NOBODY_READS: &[&str] = &[
    "alerts",
    "donotreply",
    "mailerdaemon",
    "news",
    "newsletter",
    "noreply",
    "notification",
    "notifications",
    "postmaster",
    "tracking",
    "updates",
];

/// Whether an answer to this person would reach a program only.
fn nobody_reads(person: &Person) -> bool {
    let folded = person.address.folded();
    let local = folded.split(['@', '+']).next().unwrap_or_default().replace(['-', '_', '.'], "");
    NOBODY_READS.contains(&local.as_str())
}

/// An answer may be due where the last word is somebody else's, a person's, and "me" was spoken to, or had spoken.
fn awaits(newest: &Member, members: &[Member], me: &[String]) -> bool {
    let spoken_to = newest.to.iter().any(|person| is_mine(Some(person), me));
    let had_spoken = members.iter().any(|member| is_mine(member.from.as_ref(), me));
    let somebody = newest.from.as_ref().is_some_and(|from| !nobody_reads(from));
    somebody && !is_mine(newest.from.as_ref(), me) && (spoken_to || had_spoken)
}

/// Who wrote, the latest first, each once.
fn people(members: &[Member]) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    for person in members.iter().rev().filter_map(|member| member.from.as_ref()) {
        if people.len() < LISTED_PEOPLE && !people.iter().any(|known| known.address.folded() == person.address.folded())
        {
            people.push(person.clone());
        }
    }
    people
}
