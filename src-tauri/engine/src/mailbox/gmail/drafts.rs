//! Drafts made elsewhere become drafts here. Where a draft was changed on both sides since they last were one, both versions are kept and
//! shown: the person's text here is never overwritten. Nothing here writes to Gmail; `push_drafts` does, and keeps the link's row in step.

use super::decide::{Act, Here, There, decide};
use super::push_drafts::PushRow;
use super::{body, fetch, tail};
use crate::Engine;
use crate::account::{Fault, GmailLine, Urgency, blocking};
use crate::api::{Author, DraftEdit, DraftElsewhere, Finish, Revision, UnixMillis};
use crate::compose::drafts::{forget, keep_typed, push_revision};
use crate::compose::files;
use crate::compose::rows::DraftRow;
use crate::error::{Error, Result};
use crate::ids::{DraftId, RevisionId};
use crate::mailbox::parse;
use crate::outbox::rows::OutboxRow;
use crate::store::tables::{DRAFTS, GMAIL_DRAFTS, GMAIL_PUSHES, OUTBOX};
use crate::store::{Keep, Write};
use epistle_wire::gmail::drafts::{Draft, DraftRef};
use epistle_wire::gmail::quota::Method;
use epistle_wire::gmail::{self, Format, Kind, PageToken, Search, drafts};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A draft of Gmail's and the draft here that is the same one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GmailDraft {
    /// The draft there.
    pub id: gmail::DraftId,
    /// The draft here.
    pub draft: DraftId,
    /// The message it held there when they were last the same: another one is a draft that was changed there.
    pub message: gmail::MessageId,
    /// A digest of what was in it when they were last the same: another one is a draft that was changed here.
    pub digest: [u8; 32],
    /// Whether it holds files there that are not here: what is here must not be written over it then.
    #[serde(default)]
    pub more: bool,
}

/// A file of a draft: name, size and digest.
pub(super) type Print = (String, u64, [u8; 32]);

/// What of a draft counts when it is asked whether it was changed: see [`GmailDraft::digest`].
#[must_use]
pub(super) fn digest(row: &DraftRow, files: &[Print]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    let mut feed = |text: &[u8]| {
        hasher.update(&(text.len() as u64).to_le_bytes()).update(text);
    };
    for people in [&row.to, &row.cc, &row.bcc] {
        feed(people.iter().map(|person| person.address.folded()).collect::<Vec<_>>().join(",").as_bytes());
    }
    feed(row.subject.trim().as_bytes());
    let lines: Vec<&str> = row.body.trim_end().lines().map(str::trim_end).collect();
    feed(lines.join("\n").as_bytes());
    feed(row.answers.as_ref().map_or(&[], |id| id.as_bytes().as_slice()));
    feed(row.from.as_ref().map(|from| from.folded()).unwrap_or_default().as_bytes());
    feed(row.quote.map_or("", |quote| if quote { "quoted" } else { "bare" }).as_bytes());
    files.iter().for_each(|(_, _, print)| feed(print));
    *hasher.finalize().as_bytes()
}

/// How a draft that is here stands. `base`: its digest when it was last the same as Gmail's.
pub(super) fn stands(row: &DraftRow, files: &[Print], base: Option<[u8; 32]>, leaving: &Leaving, rest: Rest) -> Here {
    let mut on_its_way = leaving.iter().filter(|(_, out)| out.stands_for(row.version)).peekable();
    if on_its_way.peek().is_some() {
        let sent = on_its_way.any(|(_, out)| out.was_sent());
        return if sent { Here::Sent { disputed: row.elsewhere.is_some() } } else { Here::Leaving };
    }
    if row.elsewhere.is_some() {
        return Here::Disputed;
    }
    let nothing = row.body.trim().is_empty() && row.subject.trim().is_empty() && files.is_empty();
    match base {
        Some(base) if base == digest(row, files) => Here::Same,
        None if nothing => Here::Empty,
        _ => Here::Changed { rested: rest.is_over(row.updated) },
    }
}

/// What of the outbox a draft is in.
pub(super) type Leaving = Vec<(DraftId, OutboxRow)>;

/// When a draft rests.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rest {
    pub(super) now: UnixMillis,
    pub(super) millis: i64,
}

impl Rest {
    pub(super) fn of(engine: &Engine) -> Result<Self> {
        let millis = i64::from(engine.settings()?.gmail.draft_rest_seconds) * 1000;
        Ok(Self { now: crate::now(), millis })
    }

    /// A time that is still to come is a clock that was set back: it rests.
    fn is_over(self, updated: UnixMillis) -> bool {
        updated > self.now || updated + self.millis <= self.now
    }
}

/// Asks which drafts there are, and brings in what changed; the list, and how many drafts that were.
pub(super) async fn bring_in(line: &GmailLine) -> Result<(Vec<DraftRef>, u64), Fault> {
    let list = all(line).await?;
    let engine = line.engine().clone();
    let links = blocking(move || links(&engine)).await.map_err(Fault::Ours)?;
    let mut changed = 0;
    for there in &list {
        if links.get(&there.id).is_some_and(|link| link.message == there.message.id) {
            continue;
        }
        changed += u64::from(look(line, &there.id).await?);
    }
    let gone: Vec<GmailDraft> =
        links.into_values().filter(|link| !list.iter().any(|there| there.id == link.id)).collect();
    let engine = line.engine().clone();
    changed += blocking(move || let_go(&engine, &gone)).await.map_err(Fault::Ours)?;
    Ok((list, changed))
}

/// Takes one draft as it is there now; whether anything here is another now.
pub(super) async fn look(line: &GmailLine, id: &gmail::DraftId) -> Result<bool, Fault> {
    let Some(draft) = get(line, id).await? else { return Ok(false) };
    let engine = line.engine().clone();
    blocking(move || take(&engine, &draft)).await.map_err(Fault::Ours)
}

/// All drafts there are, as the list gives them.
pub(super) async fn all(line: &GmailLine) -> Result<Vec<DraftRef>, Fault> {
    let (mut list, mut at): (Vec<DraftRef>, Option<PageToken>) = (Vec::new(), None);
    loop {
        let page =
            line.call(Method::DraftsList, Urgency::Read, |gmail| {
                let at = at.clone();
                async move {
                    drafts::list(&gmail, &Search { page: at.as_ref(), at_most: Some(500), ..Search::default() }).await
                }
            });
        let page = page.await?;
        list.extend(page.drafts);
        at = page.next_page_token;
        if at.is_none() {
            return Ok(list);
        }
    }
}

async fn get(line: &GmailLine, id: &gmail::DraftId) -> Result<Option<Draft>, Fault> {
    let said = line.call(Method::DraftsGet, Urgency::Read, |gmail| {
        let id = id.clone();
        async move { drafts::get(&gmail, &id, Format::Full).await }
    });
    match said.await {
        Ok(Draft { id, message }) => Ok(Some(Draft { id, message: fetch::with_its_text(line, message).await? })),
        // Gone since it was listed, or larger than what is read here.
        Err(Fault::Gmail(error)) if matches!(error.kind(), Kind::NotFound | Kind::TooLarge) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Where the link of a draft of Gmail's is.
pub(super) fn key(engine: &Engine, id: &gmail::DraftId) -> Result<[u8; 16]> {
    engine.store().keyed_hash(engine.account(), "gmail draft", id.as_str().as_bytes())
}

/// Which drafts of Gmail's are known, by their ids there.
pub(super) fn links(engine: &Engine) -> Result<HashMap<gmail::DraftId, GmailDraft>> {
    let mut links = HashMap::new();
    engine.store().read(engine.account())?.each(GMAIL_DRAFTS, &[], |_, link| {
        links.insert(link.id.clone(), link);
        Ok(true)
    })?;
    Ok(links)
}

/// A draft of Gmail's, read.
struct Arrived {
    edit: DraftEdit,
    id: gmail::DraftId,
    message: gmail::MessageId,
    /// The draft here that it is, as far as is known.
    of: Option<DraftId>,
    /// That one's digest when both were last the same.
    base: Option<[u8; 32]>,
    push: Option<PushRow>,
    /// Its files there: name and size.
    files: Vec<(String, u64)>,
}

/// Takes a draft as it is there; whether anything here is another now.
pub(super) fn take(engine: &Engine, there: &Draft) -> Result<bool> {
    let Some(arrived) = read(engine, there)? else { return Ok(false) };
    let (key, rest) = (key(engine, &there.id)?, Rest::of(engine)?);
    let (new, revision) = (DraftId::random()?, RevisionId::random()?);
    engine.store().write(engine.account(), Keep::Made, |tx| arrive(tx, &arrived, &key, new, revision, rest))
}

fn arrive(
    tx: &mut Write<'_>,
    there: &Arrived,
    key: &[u8],
    new: DraftId,
    revision: RevisionId,
    rest: Rest,
) -> Result<bool> {
    let here = match there.of {
        Some(of) => tx.get(DRAFTS, of.as_bytes())?.map(|row: DraftRow| (of, row)),
        None => None,
    };
    let (act, id, mut row) = match here {
        // It was deleted here before anybody heard that it had been made there: it is that one all the same.
        None if let (Some(of), Some(push)) = (there.of, there.push.as_ref().filter(|push| push.asked)) => {
            return link(tx, there, key, of, push.digest).map(|()| false);
        }
        None => (Act::TakeBeside, new, DraftRow::new(rest.now)),
        Some((id, row)) => {
            let files = files::prints(tx, id)?;
            let mut theirs = row.clone();
            theirs.take(&there.edit);
            let theirs = digest(&theirs, &files);
            // What was written there last by us, though no answer was heard, or what somebody wrote there just so.
            if theirs == digest(&row, &files) || there.push.as_ref().is_some_and(|push| push.digest == theirs) {
                return link(tx, there, key, id, theirs).map(|()| false);
            }
            let standing = stands(&row, &files, there.base, &leaving_in(tx, id)?, rest);
            (decide(standing, There::Changed), id, row)
        }
    };
    match act {
        Act::TakeIn => {
            keep_typed(tx, id, &mut row, rest.now)?;
            row.take(&there.edit);
            put(tx, there, key, id, row, rest.now)
        }
        Act::KeepBoth => keep_both(tx, there, key, id, row, revision, rest.now),
        _ => {
            if let Some(push) = there.of.map(|of| tx.get(GMAIL_PUSHES, of.as_bytes())).transpose()?.flatten() {
                // What stands under its text is known of it still.
                let of = there.of.unwrap_or(new);
                tx.delete(GMAIL_PUSHES, of.as_bytes())?;
                tx.put(GMAIL_PUSHES, new.as_bytes(), &PushRow { asked: false, ..push })?;
            }
            let mut row = DraftRow::new(rest.now);
            row.take(&there.edit);
            put(tx, there, key, new, row, rest.now)
        }
    }
}

fn put(
    tx: &mut Write<'_>,
    there: &Arrived,
    key: &[u8],
    id: DraftId,
    mut row: DraftRow,
    now: UnixMillis,
) -> Result<bool> {
    row.moved(now);
    tx.put(DRAFTS, id.as_bytes(), &row)?;
    let same = digest(&row, &files::prints(tx, id)?);
    link(tx, there, key, id, same).map(|()| true)
}

/// Theirs is a revision, and stands beside the person's until they choose.
fn keep_both(
    tx: &mut Write<'_>,
    there: &Arrived,
    key: &[u8],
    id: DraftId,
    mut row: DraftRow,
    revision: RevisionId,
    now: UnixMillis,
) -> Result<bool> {
    let mut theirs = row.clone();
    theirs.take(&there.edit);
    let same = digest(&theirs, &files::prints(tx, id)?);
    keep_typed(tx, id, &mut row, now)?;
    let kept = Revision {
        id: revision,
        at: now,
        by: Author::Elsewhere,
        instruction: String::new(),
        subject: theirs.subject.clone(),
        body: theirs.body.clone(),
        finish: Finish::Complete,
    };
    push_revision(tx, id, &mut row, &kept)?;
    let DraftRow { to, cc, bcc, subject, body, .. } = theirs;
    row.elsewhere = Some(DraftElsewhere { at: now, to, cc, bcc, subject, body });
    tx.put(DRAFTS, id.as_bytes(), &row)?;
    link(tx, there, key, id, same).map(|()| true)
}

fn link(tx: &mut Write<'_>, there: &Arrived, key: &[u8], draft: DraftId, digest: [u8; 32]) -> Result<()> {
    let here = files::prints(tx, draft)?;
    let is_here = |(name, size): &(String, u64)| here.iter().any(|(own, bytes, _)| own == name && bytes == size);
    let more = !there.files.iter().all(is_here);
    let (id, message) = (there.id.clone(), there.message.clone());
    if let Some(push) = tx.get(GMAIL_PUSHES, draft.as_bytes())? {
        tx.put(GMAIL_PUSHES, draft.as_bytes(), &PushRow { asked: false, ..push })?;
    }
    tx.put(GMAIL_DRAFTS, key, &GmailDraft { id, draft, message, digest, more })
}

fn leaving_in(tx: &Write<'_>, draft: DraftId) -> Result<Leaving> {
    let mut found = Vec::new();
    tx.each(OUTBOX, &[], |_, row: OutboxRow| {
        if row.draft == draft {
            found.push((draft, row));
        }
        Ok(true)
    })?;
    Ok(found)
}

/// A draft of Gmail's as an edit of the one here that it is; `None`: it is nothing yet, or a letter on its way out of here.
fn read(engine: &Engine, there: &Draft) -> Result<Option<Arrived>> {
    let (bytes, parts) = body::rebuilt(&there.message);
    // An empty draft has no header that mail has: it is nothing yet.
    let parsed = std::panic::catch_unwind(|| parse::parse(&bytes, there.message.internal_date, crate::now()));
    let Ok(Ok(parsed)) = parsed else { return Ok(None) };
    if engine.outbox_rows()?.iter().any(|(_, row)| Some(&row.message_id) == parsed.message_id.as_ref()) {
        return Ok(None);
    }
    let read = engine.store().read(engine.account())?;
    let link = read.get(GMAIL_DRAFTS, &key(engine, &there.id)?)?;
    let (mut of, base) = link.map_or((None, None), |link| (Some(link.draft), Some(link.digest)));
    let mut push = None;
    read.each(GMAIL_PUSHES, &[], |key, row: PushRow| {
        let draft = key.try_into().map(DraftId).ok();
        let asked = of.is_none() && row.asked && Some(&row.message_id) == parsed.message_id.as_ref();
        if asked || (of.is_some() && of == draft) {
            (of, push) = (draft, Some(row));
        }
        Ok(push.is_none())
    })?;
    let base = base.or_else(|| Some(push.as_ref()?.digest));
    let answers = match parsed.refs.last().map(|id| engine.find_message(id)) {
        Some(Ok(id)) => Some(id),
        Some(Err(Error::NotFound { .. })) | None => None,
        Some(Err(error)) => return Err(error),
    };
    let whole = parse::whole_text(&bytes).unwrap_or_default();
    let known = push.as_ref().map(|push| push.tail.clone()).unwrap_or_default();
    let (text, quoted) = match &push {
        Some(_) => tail::without(&whole, &known),
        None => (whole.trim_end().to_owned(), !parsed.body.quoted.trim().is_empty()),
    };
    let own_subject = !known.subject.is_empty() && parsed.subject == known.subject;
    let edit = DraftEdit {
        to: Some(parsed.to),
        cc: Some(parsed.cc),
        bcc: Some(parse::blind_copies(&bytes)),
        subject: Some(if own_subject { known.own_subject } else { parsed.subject }),
        body: Some(text),
        answers,
        // Somebody wrote in the quote, or another program put it there: it is text now, and no second one comes under it.
        quote: quoted.then_some(false),
        ..DraftEdit::default()
    };
    let files = parts.into_iter().map(|part| (part.attachment.name, part.attachment.size)).collect();
    Ok(Some(Arrived { edit, id: there.id.clone(), message: there.message.id.clone(), of, base, push, files }))
}

/// Drafts that are no longer there were sent or deleted: what was not changed here goes as well.
pub(super) fn let_go(engine: &Engine, gone: &[GmailDraft]) -> Result<u64> {
    if gone.is_empty() {
        return Ok(0);
    }
    let keys = gone.iter().map(|link| key(engine, &link.id)).collect::<Result<Vec<_>>>()?;
    let rest = Rest::of(engine)?;
    engine.store().write(engine.account(), Keep::Made, |tx| {
        let mut went = 0;
        for (link, key) in gone.iter().zip(&keys) {
            tx.delete(GMAIL_DRAFTS, key)?;
            tx.delete(GMAIL_PUSHES, link.draft.as_bytes())?;
            let row: Option<DraftRow> = tx.get(DRAFTS, link.draft.as_bytes())?;
            let Some(row) = row else { continue };
            let files = files::prints(tx, link.draft)?;
            let standing = stands(&row, &files, Some(link.digest), &leaving_in(tx, link.draft)?, rest);
            if decide(standing, There::Gone) == Act::LetGo {
                forget(tx, link.draft)?;
                went += 1;
            }
        }
        Ok(went)
    })
}

#[cfg(test)]
#[path = "drafts_tests.rs"]
mod tests;
