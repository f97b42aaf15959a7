//! Drafts made elsewhere become drafts here, with their files. Where a draft was changed on both sides since they last were one, both versions
//! are kept and shown: the person's text here is never overwritten. Nothing here writes to Gmail; `push_drafts` does, and keeps the link's row
//! in step.

use super::decide::{Act, There, decide};
use super::standing::{Rest, leaving_in, stands};
use super::{arrive, draft_files, fetch};
use crate::Engine;
use crate::account::{Fault, GmailLine, Urgency, blocking};
use crate::api::UnixMillis;
use crate::compose::drafts::forget;
use crate::compose::files;
use crate::compose::rows::DraftRow;
use crate::error::Result;
use crate::ids::DraftId;
use crate::store::tables::{DRAFTS, GMAIL_DRAFTS, GMAIL_PUSHES};
use crate::store::{Keep, Write};
use epistle_wire::gmail::drafts::{Draft, DraftRef};
use epistle_wire::gmail::quota::Method;
use epistle_wire::gmail::{self, Format, Kind, PageToken, Search, drafts};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// What is gone at Gmail is kept for so long, as it may be on a screen: a day.
const GONE_MILLIS: UnixMillis = 24 * 3_600 * 1_000;

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
    /// Whether some of those are asked for again.
    #[serde(default = "yes")] // rows from before files came with a draft
    pub again: bool,
}

const fn yes() -> bool {
    true
}

/// Asks which drafts there are, and brings in what changed; the list, and how many drafts that were.
pub(super) async fn bring_in(line: &GmailLine) -> Result<(Vec<DraftRef>, u64), Fault> {
    let list = all(line).await?;
    let engine = line.engine().clone();
    let known = blocking(move || Ok((links(&engine)?, incomplete(&engine)?))).await;
    let (links, incomplete) = known.map_err(Fault::Ours)?;
    let mut changed = 0;
    for there in &list {
        let is_known = links.get(&there.id).is_some_and(|link| link.message == there.message.id);
        if is_known && !incomplete.contains(&there.id) {
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
    let read = blocking(move || Ok((arrive::read(&engine, &draft)?, draft.message))).await;
    let (Some(arrived), message) = read.map_err(Fault::Ours)? else { return Ok(false) };
    let came = draft_files::fetch(line, &message, &arrived.wanted).await?;
    let engine = line.engine().clone();
    blocking(move || arrive::take(&engine, &arrived, &came)).await.map_err(Fault::Ours)
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

/// Which drafts of Gmail's are looked at again though nothing changed there: some of their files did not come.
pub(super) fn incomplete(engine: &Engine) -> Result<HashSet<gmail::DraftId>> {
    let read = engine.store().read(engine.account())?;
    let leaving = engine.outbox_rows()?;
    let mut found = HashSet::new();
    for link in links(engine)?.into_values().filter(|link| link.more && link.again) {
        // One that was deleted here, sent, or is on its way lacks nothing any more.
        let row: Option<DraftRow> = read.get(DRAFTS, link.draft.as_bytes())?;
        let is_out = |version| leaving.iter().any(|(_, out)| out.draft == link.draft && out.stands_for(version));
        if row.is_some_and(|row| !is_out(row.version)) {
            found.insert(link.id);
        }
    }
    Ok(found)
}

/// Drafts that are no longer there were sent or deleted: what was not changed here goes as well, though not at once.
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
            let Some(mut row) = row else { continue };
            let files = files::prints(tx, link.draft)?;
            let standing = stands(&row, &files, Some(link.digest), &leaving_in(tx, link.draft)?, rest);
            if decide(standing, There::Gone) == Act::LetGo {
                row.gone = Some(rest.now);
                tx.put(DRAFTS, link.draft.as_bytes(), &row)?;
                went += 1;
            } else {
                lose_missing(tx, link.draft, row)?;
            }
        }
        Ok(went)
    })
}

/// Lets those go for good that nobody kept.
pub(super) fn forget_gone(engine: &Engine, now: UnixMillis) -> Result<()> {
    let mut past = Vec::new();
    engine.store().read(engine.account())?.each(DRAFTS, &[], |key, row: DraftRow| {
        let id = key.try_into().map(DraftId).ok();
        past.extend(id.filter(|_| row.gone.is_some_and(|gone| gone + GONE_MILLIS <= now)));
        Ok(true)
    })?;
    if past.is_empty() {
        return Ok(());
    }
    engine.store().write(engine.account(), Keep::Made, |tx| {
        for id in past {
            let row: Option<DraftRow> = tx.get(DRAFTS, id.as_bytes())?;
            if row.is_some_and(|row| row.gone.is_some()) {
                forget(tx, id)?;
            }
        }
        Ok(())
    })
}

/// Files that did not come, of a draft that is here alone from now on, will never come.
fn lose_missing(tx: &mut Write<'_>, id: DraftId, mut row: DraftRow) -> Result<()> {
    if row.missing.is_empty() {
        return Ok(());
    }
    row.missing.iter_mut().for_each(|row| row.file.never = true);
    tx.put(DRAFTS, id.as_bytes(), &row)
}

#[cfg(test)]
#[path = "drafts_tests.rs"]
mod tests;
