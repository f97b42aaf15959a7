//! Drafts of here go to Gmail when they rest: each is one draft there, made once, written over only while it is what both last had, and
//! deleted when it was deleted or sent here. What is kept in the store before a call settles what became of it. It sends nothing.

use super::decide::{Act, Here, There, decide};
use super::drafts::{self, GmailDraft, key, let_go, links};
use super::standing::{Leaving, Rest, digest, stands};
use super::tail::Tail;
use super::{find_draft, patience};
use crate::Engine;
use crate::account::{Fault, GmailLine, Urgency, blocking};
use crate::api::{Grant, UnixMillis};
use crate::compose::files::{self, Print};
use crate::compose::mime;
use crate::compose::rows::DraftRow;
use crate::error::{Error, ErrorCode, Result};
use crate::ids::{DraftId, MessageId};
use crate::store::tables::{DRAFTS, GMAIL_DRAFTS, GMAIL_PUSHES, REMOTE_MESSAGES};
use crate::store::{Keep, Read};
use epistle_wire::gmail::drafts::{Draft, create, delete, update};
use epistle_wire::gmail::quota::Method;
use epistle_wire::gmail::settle::{self, Presence};
use epistle_wire::gmail::{Kind, Rfc822Id, ThreadId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// More steps than this one draft does not need: found, compared, made or written, and looked at again.
const STEPS: usize = 6;

/// A draft's way to Gmail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushRow {
    /// Its Message-ID there, without the angle brackets: the same as long as it is the same draft there.
    pub(super) message_id: String,
    /// Whether it was asked to be made and no answer was heard.
    pub(super) asked: bool,
    /// The digest of what was written there last, or asked to be.
    pub(super) digest: [u8; 32],
    /// What stands under its text there.
    pub(super) tail: Tail,
    /// The digest of what Gmail will not take: not offered again before it was changed.
    pub(super) refused: Option<[u8; 32]>,
}

/// What pushing came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Pushed {
    /// Drafts made, written or deleted there.
    pub(super) told: u64,
    /// Whether any were looked at: what was found may be another here now.
    pub(super) looked: bool,
    /// When the next one rests that is being written.
    pub(super) rests: Option<UnixMillis>,
}

/// Which drafts are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// All of them.
    All,
    /// Only those that were sent.
    Sent,
}

/// Brings Gmail's drafts in step with what is here, patiently; stopped anywhere, the next one goes on.
pub(super) async fn push(line: &GmailLine, which: Which, stop: &CancellationToken) -> Result<Pushed> {
    let engine = line.engine().clone();
    let (due, rests) = blocking(move || due(&engine, which)).await?;
    let mut pushed = Pushed { told: 0, looked: !due.is_empty(), rests };
    for draft in due {
        let mut failures = 0;
        loop {
            let done = tokio::select! {
                done = one(line, draft) => done,
                () = stop.cancelled() => return Ok(pushed),
            };
            let error = match done {
                Ok(told) => {
                    pushed.told += u64::from(told);
                    break;
                }
                Err(Fault::Ours(error)) => return Err(error),
                Err(Fault::Gmail(error)) => error,
            };
            failures += 1;
            let Some(wait) = patience::pause(error.kind(), failures, error.retry_after(), patience::chance()) else {
                return Err(Fault::Gmail(error).told("draft", Grant::SendMail));
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = stop.cancelled() => return Ok(pushed),
            }
        }
    }
    Ok(pushed)
}

impl Engine {
    /// What was sent leaves no draft at Gmail. Nobody waits for it long: what is not done now is done by the next sync.
    pub(crate) async fn sweep_sent_drafts(&self) {
        let Ok(line) = self.gmail_line(Grant::SendMail) else { return };
        let never = CancellationToken::new();
        let swept = tokio::time::timeout(Duration::from_secs(10), push(&line, Which::Sent, &never));
        if !matches!(swept.await, Ok(Ok(_))) {
            tracing::info!("a draft that was sent stays at Gmail until the next sync");
        }
    }
}

/// One draft as it stands on both sides, and what is to be done.
struct Standing {
    act: Act,
    link: Option<GmailDraft>,
    push: Option<PushRow>,
    rests: Option<UnixMillis>,
    sent: bool,
}

/// Everything that standings are made of, read once.
struct Known {
    links: Vec<GmailDraft>,
    leaving: Leaving,
    rest: Rest,
}

impl Known {
    fn read(engine: &Engine) -> Result<Self> {
        let leaving = engine.outbox_rows()?.into_iter().map(|(_, row)| (row.draft, row)).collect();
        Ok(Self { links: links(engine)?.into_values().collect(), leaving, rest: Rest::of(engine)? })
    }

    fn standing(&self, read: &Read, draft: DraftId) -> Result<Standing> {
        let link = self.links.iter().find(|link| link.draft == draft).cloned();
        let push = read.get(GMAIL_PUSHES, draft.as_bytes())?;
        let there = match (&link, &push) {
            (Some(_), _) => There::Same, // as far as is known: it is looked at before anything is done
            (None, Some(PushRow { asked: true, .. })) => There::Asked,
            (None, _) => There::Never,
        };
        // What it holds there and not here would be lost.
        let loses = |act: Act| link.as_ref().is_some_and(|link| link.more) && matches!(act, Act::Update | Act::Delete);
        let row: Option<DraftRow> = read.get(DRAFTS, draft.as_bytes())?;
        let Some(row) = row.filter(|row| row.gone.is_none()) else {
            let nothing_is_left = there == There::Never && push.is_some();
            let act = if nothing_is_left { Act::Unlink } else { decide(Here::Gone, there) };
            let act = if loses(act) { Act::Nothing } else { act };
            return Ok(Standing { act, link, push, rests: None, sent: false });
        };
        let files = prints(read, draft)?;
        let mine = digest(&row, &files);
        let leaving: Leaving = self.leaving.iter().filter(|(of, _)| *of == draft).cloned().collect();
        let here = stands(&row, &files, link.as_ref().map(|link| link.digest), &leaving, self.rest);
        let mut act = decide(here, there);
        let refused = push.as_ref().is_some_and(|push: &PushRow| push.refused == Some(mine));
        if loses(act) || (refused && matches!(act, Act::Create | Act::Update)) {
            act = Act::Nothing;
        }
        let rests = (act == Act::Wait).then(|| row.updated + self.rest.millis);
        Ok(Standing { act, link, push, rests, sent: matches!(here, Here::Sent { .. }) })
    }
}

fn prints(read: &Read, draft: DraftId) -> Result<Vec<Print>> {
    let stored = files::files(read, draft)?;
    Ok(stored.into_iter().map(|stored| (stored.file.name, stored.file.size, stored.print)).collect())
}

/// The drafts about which something is to be done, and when the next one rests.
fn due(engine: &Engine, which: Which) -> Result<(Vec<DraftId>, Option<UnixMillis>)> {
    let known = Known::read(engine)?;
    let read = engine.store().read(engine.account())?;
    let mut all: BTreeSet<DraftId> = known.links.iter().map(|link| link.draft).collect();
    let mut see = |key: &[u8]| all.extend(key.try_into().ok().map(DraftId));
    read.each(DRAFTS, &[], |key, _: DraftRow| {
        see(key);
        Ok(true)
    })?;
    read.each(GMAIL_PUSHES, &[], |key, _| {
        see(key);
        Ok(true)
    })?;
    let (mut due, mut rests) = (Vec::new(), None::<UnixMillis>);
    for draft in all {
        let standing = known.standing(&read, draft)?;
        rests = [rests, standing.rests].into_iter().flatten().min();
        let to_do = !matches!(standing.act, Act::Nothing | Act::Wait);
        if to_do && (which == Which::All || standing.sent) {
            due.push(draft);
        }
    }
    Ok((due, rests))
}

/// Brings one draft in step; whether anything was told to Gmail.
async fn one(line: &GmailLine, draft: DraftId) -> Result<bool, Fault> {
    let mut told = false;
    for _ in 0..STEPS {
        let standing = ours(line, move |engine| {
            let known = Known::read(engine)?;
            known.standing(&engine.store().read(engine.account())?, draft)
        })
        .await?;
        match (standing.act, standing.link, standing.push) {
            (Act::Create, ..) => told |= make(line, draft).await?,
            (Act::Find, _, Some(push)) => find(line, draft, push).await?,
            (act @ (Act::Update | Act::Delete), Some(link), _) => {
                if is_as_known(line, &link).await? {
                    told |= if act == Act::Update { write(line, &link).await? } else { remove(line, &link).await? };
                }
            }
            (Act::Unlink, link, _) => {
                let there = link.as_ref().map(|link| link.id.clone());
                ours(line, move |engine| unlink(engine, draft, link.as_ref())).await?;
                if let Some(there) = there {
                    drafts::look(line, &there).await?; // it is a draft of its own from now on
                }
            }
            _ => break,
        }
    }
    Ok(told)
}

async fn ours<R: Send + 'static>(
    line: &GmailLine,
    work: impl FnOnce(&Engine) -> Result<R> + Send + 'static,
) -> Result<R, Fault> {
    let engine = line.engine().clone();
    blocking(move || work(&engine)).await.map_err(Fault::Ours)
}

/// Whether the draft there is what both last had; if it is another, or gone, that is taken in here.
async fn is_as_known(line: &GmailLine, link: &GmailDraft) -> Result<bool, Fault> {
    let id = &link.id;
    let asked = line.call(Method::DraftsGet, Urgency::Read, |gmail| async move { settle::draft(&gmail, id).await });
    match asked.await? {
        Presence::There(message) if message.id == link.message => return Ok(true),
        Presence::There(_) => drop(drafts::look(line, &link.id).await?),
        Presence::Gone => {
            let gone = link.clone();
            ours(line, move |engine| let_go(engine, &[gone]).map(drop)).await?;
        }
    }
    Ok(false)
}

/// A draft as it goes up.
struct Written {
    raw: Vec<u8>,
    thread: Option<ThreadId>,
    digest: [u8; 32],
}

/// Makes it there. What finds it again is in the store before it is asked for.
async fn make(line: &GmailLine, draft: DraftId) -> Result<bool, Fault> {
    let Some(written) = ours(line, move |engine| written(engine, draft, true)).await? else { return Ok(false) };
    let Written { raw, thread, digest } = written;
    let made = match asked_for(line, &raw, thread.as_ref()).await {
        // The conversation is gone at Gmail: the draft goes up without it.
        Err(Fault::Gmail(error)) if error.kind() == Kind::NotFound && thread.is_some() => {
            asked_for(line, &raw, None).await
        }
        other => other,
    };
    match made {
        Ok(there) => ours(line, move |engine| in_step(engine, draft, &there, digest)).await.map(|()| true),
        Err(Fault::Gmail(error)) if is_refusal(error.kind()) => {
            ours(line, move |engine| refuse(engine, draft, digest)).await.map(|()| false)
        }
        // Nothing arrived, so nothing was made.
        Err(Fault::Gmail(error)) if !error.may_have_arrived() => {
            ours(line, move |engine| unlink(engine, draft, None)).await?;
            Err(Fault::Gmail(error))
        }
        Err(fault) => Err(fault),
    }
}

async fn asked_for(line: &GmailLine, raw: &[u8], thread: Option<&ThreadId>) -> Result<Draft, Fault> {
    line.call(Method::DraftsCreate, Urgency::Read, |gmail| async move { create(&gmail, raw, thread).await }).await
}

/// Writes it there, in place of what both had.
async fn write(line: &GmailLine, link: &GmailDraft) -> Result<bool, Fault> {
    let draft = link.draft;
    let Some(written) = ours(line, move |engine| written(engine, draft, false)).await? else { return Ok(false) };
    let (id, raw, thread, digest) = (&link.id, &written.raw, written.thread.as_ref(), written.digest);
    let ask = line
        .call(Method::DraftsUpdate, Urgency::Read, |gmail| async move { update(&gmail, id, raw, thread).await })
        .await;
    match ask {
        Ok(there) => ours(line, move |engine| in_step(engine, draft, &there, digest)).await.map(|()| true),
        Err(Fault::Gmail(error)) if error.kind() == Kind::NotFound => {
            // The draft, or its conversation: the next step tells which, and a conversation that is gone is gone for good.
            ours(line, move |engine| refuse(engine, draft, digest)).await.map(|()| false)
        }
        Err(Fault::Gmail(error)) if is_refusal(error.kind()) => {
            ours(line, move |engine| refuse(engine, draft, digest)).await.map(|()| false)
        }
        Err(fault) => Err(fault),
    }
}

const fn is_refusal(kind: Kind) -> bool {
    matches!(kind, Kind::Invalid | Kind::TooLarge | Kind::NotAllowed)
}

/// Deletes it there.
async fn remove(line: &GmailLine, link: &GmailDraft) -> Result<bool, Fault> {
    let id = &link.id;
    let asked = line.call(Method::DraftsDelete, Urgency::Read, |gmail| async move { delete(&gmail, id).await });
    match asked.await {
        Err(Fault::Gmail(error)) if error.kind() == Kind::NotFound => {}
        done => done?,
    }
    let link = link.clone();
    ours(line, move |engine| unlink(engine, link.draft, Some(&link))).await.map(|()| true)
}

/// Finds it there by its Message-ID; where it is not, it was never made.
async fn find(line: &GmailLine, draft: DraftId, push: PushRow) -> Result<(), Fault> {
    let Some(id) = Rfc822Id::parse(&push.message_id) else {
        return ours(line, move |engine| unlink(engine, draft, None)).await;
    };
    let known = ours(line, links).await?.into_keys().collect();
    match find_draft::find(line, &id, &known).await? {
        Some(there) => ours(line, move |engine| in_step(engine, draft, &there, push.digest)).await,
        None => ours(line, move |engine| unlink(engine, draft, None)).await,
    }
}

/// The draft as it goes up, kept in the store as what is asked for; `None`: it cannot go up as it is, or was changed just now.
fn written(engine: &Engine, draft: DraftId, new: bool) -> Result<Option<Written>> {
    let mut kept = None;
    let letter = engine.draft(draft).and_then(|draft| engine.leaving(&draft, None));
    let letter = match letter {
        Ok(letter) => letter,
        Err(error) if error.code() == ErrorCode::NotFound => return Ok(None),
        // There is nobody yet to write from.
        Err(error) if error.code() == ErrorCode::BadInput => return refuse_as_it_is(engine, draft).map(|()| None),
        Err(error) => return Err(error),
    };
    let domain = letter.from.address.domain().to_owned();
    let (fresh, now) = (format!("{}@{domain}", DraftId::random()?), crate::now());
    let (signature, quote) = letter.tail();
    let thread = letter.answers.map(|answered| engine.gmail_thread_of(answered)).transpose()?.flatten();
    let contents = engine.contents(draft, &letter.files)?;
    engine.store().write(engine.account(), Keep::Made, |tx| {
        let row: Option<DraftRow> = tx.get(DRAFTS, draft.as_bytes())?;
        let Some(row) = row.filter(|row| row.version == letter.version) else { return Ok(()) };
        let digest = digest(&row, &files::prints(tx, draft)?);
        let before: Option<PushRow> = tx.get(GMAIL_PUSHES, draft.as_bytes())?;
        let known = before.map(|before| before.message_id).filter(|id| !id.is_empty());
        let message_id = known.unwrap_or_else(|| fresh.clone());
        let tail = Tail {
            signature: signature.clone(),
            quote: quote.clone(),
            subject: letter.subject.clone(),
            own_subject: row.subject,
        };
        let push = PushRow { message_id: message_id.clone(), asked: new, digest, tail, refused: None };
        tx.put(GMAIL_PUSHES, draft.as_bytes(), &push)?;
        kept = Some((message_id, digest));
        Ok(())
    })?;
    let Some((message_id, digest)) = kept else { return Ok(None) };
    let head = mime::Head { message_id: &message_id, date: now, unsent: false };
    match mime::message(&letter, contents, head) {
        Ok(raw) => Ok(Some(Written { raw, thread, digest })),
        // It names somebody whom no message can name.
        Err(Error::BadAddress { .. }) => refuse(engine, draft, digest).map(|()| None),
        Err(error) => Err(error),
    }
}

/// Both are the same now. What was changed here meanwhile differs from this digest.
fn in_step(engine: &Engine, draft: DraftId, there: &Draft, digest: [u8; 32]) -> Result<()> {
    let (key, id, message) = (key(engine, &there.id)?, there.id.clone(), there.message.id.clone());
    engine.store().write(engine.account(), Keep::Made, |tx| {
        if let Some(push) = tx.get(GMAIL_PUSHES, draft.as_bytes())? {
            tx.put(GMAIL_PUSHES, draft.as_bytes(), &PushRow { asked: false, ..push })?;
        }
        tx.put(GMAIL_DRAFTS, &key, &GmailDraft { id, draft, message, digest, more: false, again: false })
    })
}

/// It stands here alone from now on.
fn unlink(engine: &Engine, draft: DraftId, link: Option<&GmailDraft>) -> Result<()> {
    let key = link.map(|link| key(engine, &link.id)).transpose()?;
    engine.store().write(engine.account(), Keep::Made, |tx| {
        if let Some(key) = key {
            tx.delete(GMAIL_DRAFTS, &key)?;
        }
        tx.delete(GMAIL_PUSHES, draft.as_bytes()).map(drop)
    })
}

/// As it is, it is not offered again.
fn refuse(engine: &Engine, draft: DraftId, digest: [u8; 32]) -> Result<()> {
    tracing::info!("a draft stays here only: it cannot go to Gmail as it is");
    engine.store().write(engine.account(), Keep::Made, |tx| {
        let before: Option<PushRow> = tx.get(GMAIL_PUSHES, draft.as_bytes())?;
        let message_id = before.as_ref().map(|push| push.message_id.clone()).unwrap_or_default();
        let tail = before.map(|push| push.tail).unwrap_or_default();
        let push = PushRow { message_id, asked: false, digest, tail, refused: Some(digest) };
        tx.put(GMAIL_PUSHES, draft.as_bytes(), &push)
    })
}

fn refuse_as_it_is(engine: &Engine, draft: DraftId) -> Result<()> {
    let read = engine.store().read(engine.account())?;
    let row: Option<DraftRow> = read.get(DRAFTS, draft.as_bytes())?;
    let Some(row) = row else { return Ok(()) };
    let digest = digest(&row, &prints(&read, draft)?);
    refuse(engine, draft, digest)
}

impl Engine {
    /// Which of Gmail's conversations a message here is in.
    ///
    /// # Errors
    /// `store_broken`.
    pub(crate) fn gmail_thread_of(&self, message: MessageId) -> Result<Option<ThreadId>> {
        let known = self.store().read(self.account())?.get(REMOTE_MESSAGES, message.as_bytes())?;
        Ok(known.and_then(|known| ThreadId::parse(&known.thread)))
    }
}

#[cfg(test)]
#[path = "push_drafts_tests.rs"]
mod tests;
