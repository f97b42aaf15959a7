//! Drafts made elsewhere become drafts here. Where a draft was changed on both sides since they last were one, both are kept: the person's
//! text here is never overwritten. Nothing here writes a draft to Gmail; whoever does keeps the link's row in step (see [`GmailDraft`]).

use super::{body, fetch};
use crate::Engine;
use crate::account::{Fault, GmailLine, Urgency, blocking};
use crate::api::{DraftEdit, Person};
use crate::compose::rows::DraftRow;
use crate::error::{Error, Result};
use crate::ids::DraftId;
use crate::mailbox::parse;
use crate::store::tables::{DRAFT_GROUNDS, DRAFTS, GMAIL_DRAFTS, REVISIONS};
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
    /// A digest of recipients, subject and text when they were last the same: another one is a draft that was changed here.
    pub digest: [u8; 32],
}

/// What of a draft counts as its text: see [`GmailDraft::digest`].
#[must_use]
pub fn digest(row: &DraftRow) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    let mut feed = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
    };
    for people in [&row.to, &row.cc, &row.bcc] {
        feed(&people.iter().map(|person| person.address.folded()).collect::<Vec<_>>().join(","));
    }
    feed(&row.subject);
    feed(row.body.trim_end());
    *hasher.finalize().as_bytes()
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
        let Some(draft) = get(line, &there.id).await? else { continue };
        let engine = line.engine().clone();
        changed += u64::from(blocking(move || take(&engine, &draft)).await.map_err(Fault::Ours)?);
    }
    let gone: Vec<GmailDraft> =
        links.into_values().filter(|link| !list.iter().any(|there| there.id == link.id)).collect();
    let engine = line.engine().clone();
    changed += blocking(move || let_go(&engine, &gone)).await.map_err(Fault::Ours)?;
    Ok((list, changed))
}

async fn all(line: &GmailLine) -> Result<Vec<DraftRef>, Fault> {
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
pub(crate) fn key(engine: &Engine, id: &gmail::DraftId) -> Result<[u8; 16]> {
    engine.store().keyed_hash(engine.account(), "gmail draft", id.as_str().as_bytes())
}

fn links(engine: &Engine) -> Result<HashMap<gmail::DraftId, GmailDraft>> {
    let mut links = HashMap::new();
    engine.store().read(engine.account())?.each(GMAIL_DRAFTS, &[], |_, link| {
        links.insert(link.id.clone(), link);
        Ok(true)
    })?;
    Ok(links)
}

/// Takes a draft as it is there; whether anything here is another now.
fn take(engine: &Engine, there: &Draft) -> Result<bool> {
    let Some(edit) = read(engine, there)? else { return Ok(false) };
    let (key, now) = (key(engine, &there.id)?, crate::now());
    let new = DraftId::random()?;
    engine.store().write(engine.account(), Keep::Made, |tx| {
        let link = tx.get(GMAIL_DRAFTS, &key)?;
        let here = match &link {
            Some(link) => {
                tx.get(DRAFTS, link.draft.as_bytes())?.map(|row| (link.draft, digest(&row) == link.digest, row))
            }
            None => None,
        };
        let (id, mut row) = match here {
            Some((id, true, row)) => (id, row),
            // It was changed here as well, or is no longer here: it stands beside it.
            _ => (new, DraftRow::new(now)),
        };
        if id != new {
            crate::compose::drafts::keep_typed(tx, id, &mut row, now)?;
        }
        let changed = row.take(&edit) || row.version == 0;
        if changed {
            row.moved(now);
            tx.put(DRAFTS, id.as_bytes(), &row)?;
        }
        let message = there.message.id.clone();
        tx.put(GMAIL_DRAFTS, &key, &GmailDraft { id: there.id.clone(), draft: id, message, digest: digest(&row) })?;
        Ok(changed)
    })
}

/// A draft of Gmail's as an edit of one here.
fn read(engine: &Engine, there: &Draft) -> Result<Option<DraftEdit>> {
    let (bytes, _) = body::rebuilt(&there.message);
    let now = crate::now();
    // An empty draft has no header that mail has: it is nothing yet.
    let parsed = std::panic::catch_unwind(|| parse::parse(&bytes, there.message.internal_date, now));
    let Ok(Ok(parsed)) = parsed else { return Ok(None) };
    let answers = match parsed.refs.last().map(|id| engine.find_message(id)) {
        Some(Ok(id)) => Some(id),
        Some(Err(Error::NotFound { .. })) | None => None,
        Some(Err(error)) => return Err(error),
    };
    let parts = [parsed.body.text, parsed.body.signature, parsed.body.quoted];
    let text: Vec<String> = parts.into_iter().filter(|part| !part.trim().is_empty()).collect();
    let people = |people: Vec<Person>| Some(people);
    Ok(Some(DraftEdit {
        to: people(parsed.to),
        cc: people(parsed.cc),
        bcc: people(parse::blind_copies(&bytes)),
        subject: Some(parsed.subject),
        body: Some(text.join("\n\n")),
        answers,
        ..DraftEdit::default()
    }))
}

/// Drafts that are no longer there were sent or deleted: what was not changed here goes as well.
fn let_go(engine: &Engine, gone: &[GmailDraft]) -> Result<u64> {
    if gone.is_empty() {
        return Ok(0);
    }
    let keys = gone.iter().map(|link| key(engine, &link.id)).collect::<Result<Vec<_>>>()?;
    engine.store().write(engine.account(), Keep::Made, |tx| {
        let mut went = 0;
        for (link, key) in gone.iter().zip(&keys) {
            tx.delete(GMAIL_DRAFTS, key)?;
            let row = tx.get(DRAFTS, link.draft.as_bytes())?;
            if row.is_some_and(|row| digest(&row) == link.digest) {
                delete(tx, link.draft)?;
                went += 1;
            }
        }
        Ok(went)
    })
}

fn delete(tx: &mut Write<'_>, id: DraftId) -> Result<()> {
    tx.delete_prefix(REVISIONS, id.as_bytes())?;
    tx.delete(DRAFT_GROUNDS, id.as_bytes())?;
    tx.delete(DRAFTS, id.as_bytes())?;
    Ok(())
}
