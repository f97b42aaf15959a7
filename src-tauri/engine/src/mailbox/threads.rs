//! Conversations as they are read: listed, and whole. It changes nothing.

use super::row::{Member, NodeRow, ThreadRow};
use super::view::{View, latest};
use crate::Engine;
use crate::api::{Message, Person, Thread, ThreadPage, ThreadSummary, UnixMillis};
use crate::error::{Error, Result};
use crate::ids::ThreadId;
use crate::store::tables::{MESSAGES, NODES, THREADS};

/// No page is longer than this.
const MAX_PAGE: u32 = 500;
/// So many people are named in a list.
const LISTED_PEOPLE: usize = 8;

/// Whether one of `me` wrote it.
pub(super) fn is_mine(from: Option<&Person>, me: &[String]) -> bool {
    from.is_some_and(|from| me.contains(&from.address.folded()))
}

/// A page of conversations, newest first.
pub(super) fn page(engine: &Engine, from: u32, limit: u32) -> Result<ThreadPage> {
    let limit = limit.clamp(1, MAX_PAGE);
    let view = View::of(engine)?;
    let read = engine.store().read(engine.account())?;
    let total = u32::try_from(view.order.len()).unwrap_or(u32::MAX);
    let mut threads = Vec::new();
    for (_, id) in view.order.iter().skip(from as usize).take(limit as usize) {
        threads.extend(read.get(THREADS, id.as_bytes())?.map(|thread| summary(*id, thread, &view.me)));
    }
    let next = from.saturating_add(limit);
    Ok(ThreadPage { threads, next: (next < total).then_some(next), total })
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
    let members = in_order(row);
    let mut messages: Vec<Message> = Vec::with_capacity(members.len());
    for member in &members {
        if let Some(row) = read.get(MESSAGES, member.id.as_bytes())? {
            let mine = is_mine(row.from.as_ref(), &me);
            messages.push(row.into_message(member.id, id, mine));
        }
    }
    Ok(Thread { id, subject: members.first().map(|first| first.subject.clone()).unwrap_or_default(), messages })
}

/// The oldest first; what has no date stands where it came, after the dated.
fn in_order(thread: ThreadRow) -> Vec<Member> {
    let mut members = thread.members;
    members.sort_by_key(|member| (member.date.unwrap_or(UnixMillis::MAX), member.id));
    members
}

fn summary(id: ThreadId, thread: ThreadRow, me: &[String]) -> ThreadSummary {
    let latest = latest(&thread);
    let members = in_order(thread);
    let newest = members.iter().rev().find(|member| member.date.is_some()).or(members.last());
    ThreadSummary {
        id,
        subject: members.first().map(|first| first.subject.clone()).unwrap_or_default(),
        people: people(&members),
        latest,
        messages: u32::try_from(members.len()).unwrap_or(u32::MAX),
        snippet: newest.map(|newest| newest.snippet.clone()).unwrap_or_default(),
        awaits_me: newest.is_some_and(|newest| awaits(newest, &members, me)),
    }
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
