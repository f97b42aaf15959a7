//! Where a letter's text is put: the typed row first, pieces while they come, the whole at the end. A text a person typed is a revision
//! before anything stands in its place.

use super::brief::Brief;
use super::drafts::{keep_typed, known, push_revision, revision_key};
use super::eml::reply_subject;
use super::rows::{DraftGround, DraftRow};
use crate::Engine;
use crate::api::{Author, ComposeRequest, Finish, ModelRef, Receipt, Revision, UnixMillis};
use crate::error::Result;
use crate::ids::{DraftId, RevisionId};
use crate::store::tables::{DRAFT_GROUNDS, DRAFTS, REVISIONS};
use crate::store::{Keep, Write};

/// A draft a compose writes into.
#[derive(Debug, Clone)]
pub(super) struct Begun {
    pub(super) id: DraftId,
    /// Whether this compose made it.
    pub(super) new: bool,
    /// The text that stood there.
    pub(super) text: String,
    /// The digest of the call that wrote it.
    pub(super) digest: Option<String>,
    /// The request with what the draft already knew.
    pub(super) request: ComposeRequest,
}

/// Where this compose keeps its text.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    id: RevisionId,
    seq: Option<u32>,
    body: Option<String>,
}

/// A state of the text to put.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub(super) draft: DraftId,
    pub(super) subject: String,
    pub(super) body: String,
    pub(super) instruction: String,
    pub(super) model: ModelRef,
    pub(super) finish: Finish,
    /// Whether it takes the place of a text that stands there.
    pub(super) takes_over: bool,
}

/// The request with what the draft knows and the request leaves open.
pub(super) fn effective(mut request: ComposeRequest, row: Option<&DraftRow>) -> ComposeRequest {
    let Some(row) = row else { return request };
    for (asked, kept) in [(&mut request.to, &row.to), (&mut request.cc, &row.cc), (&mut request.bcc, &row.bcc)] {
        if asked.is_empty() {
            asked.clone_from(kept);
        }
    }
    request.answers = request.answers.or(row.answers);
    let named = request.subject.as_deref().is_some_and(|s| !s.trim().is_empty());
    if !named && !row.subject.trim().is_empty() {
        request.subject = Some(row.subject.clone());
    }
    request
}

impl Engine {
    /// Makes or finds the draft, keeps what was asked and what stood there; committed when it returns.
    pub(super) fn begin(&self, request: ComposeRequest, now: UnixMillis) -> Result<Begun> {
        let (id, new) = match request.draft {
            Some(id) => (id, false),
            None => (DraftId::random()?, true),
        };
        self.store().write(self.account(), Keep::Made, |tx| {
            let mut row = if new { DraftRow::new(now) } else { known(tx, id)? };
            let request = effective(request, (!new).then_some(&row));
            keep_typed(tx, id, &mut row, now)?;
            row.to.clone_from(&request.to);
            row.cc.clone_from(&request.cc);
            row.bcc.clone_from(&request.bcc);
            row.answers = request.answers;
            row.subject = request.subject.clone().unwrap_or_default();
            row.request = Some(ComposeRequest { approved: None, draft: Some(id), ..request.clone() });
            row.touch(now);
            tx.put(DRAFTS, id.as_bytes(), &row)?;
            let ground: Option<DraftGround> = tx.get(DRAFT_GROUNDS, id.as_bytes())?;
            Ok(Begun { id, new, text: row.body, digest: ground.map(|g| g.receipt.digest), request })
        })
    }

    /// Keeps the text as it is now. While the call runs again and again into the same revision; a text of somebody else's is not replaced
    /// unless `takes_over`, and is a revision first then.
    pub(super) fn put_text(
        &self,
        slot: &mut Slot,
        text: &Text,
        brief: &Brief,
        receipt: Option<Receipt>,
        now: UnixMillis,
    ) -> Result<()> {
        self.store().write(self.account(), Keep::Made, |tx| {
            let mut row = known(tx, text.draft)?;
            let free = row.body.trim().is_empty() || slot.body.as_deref() == Some(row.body.as_str());
            if text.takes_over && !free {
                if let Some(seq) = slot.seq.take() {
                    tx.delete(REVISIONS, &revision_key(text.draft, seq))?;
                }
                keep_typed(tx, text.draft, &mut row, now)?;
            }
            put_revision(tx, slot, text, &mut row, now)?;
            if free || text.takes_over {
                row.body.clone_from(&text.body);
                row.subject.clone_from(&text.subject);
                slot.body = Some(text.body.clone());
                if let Some(receipt) = receipt {
                    tx.put(DRAFT_GROUNDS, text.draft.as_bytes(), &ground(brief, receipt))?;
                }
            }
            if row.to.is_empty() {
                row.to.clone_from(&brief.request.to);
            }
            tx.put(DRAFTS, text.draft.as_bytes(), &row)
        })
    }
}

fn put_revision(tx: &mut Write<'_>, slot: &mut Slot, text: &Text, row: &mut DraftRow, now: UnixMillis) -> Result<()> {
    let revision = Revision {
        id: slot.id,
        at: now,
        by: Author::Model { model: text.model.clone() },
        instruction: text.instruction.clone(),
        subject: text.subject.clone(),
        body: text.body.clone(),
        finish: text.finish,
    };
    match slot.seq {
        Some(seq) => {
            tx.put(REVISIONS, &revision_key(text.draft, seq), &revision)?;
            row.touch(now);
            row.unfinished = text.finish != Finish::Complete;
        }
        None => slot.seq = Some(push_revision(tx, text.draft, row, &revision)?),
    }
    Ok(())
}

fn ground(brief: &Brief, receipt: Receipt) -> DraftGround {
    let mut others: Vec<_> =
        brief.request.to.iter().chain(&brief.request.cc).chain(&brief.request.bcc).cloned().collect();
    others.extend(brief.answers.iter().filter(|m| !m.mine).filter_map(|m| m.from.clone()));
    DraftGround {
        sources: brief.sources.clone(),
        receipt,
        language: brief.language.clone(),
        length: brief.request.length,
        me: brief.me.clone(),
        others,
        now: brief.now,
    }
}

impl Slot {
    pub(super) fn new() -> Result<Self> {
        Ok(Self { id: RevisionId::random()?, seq: None, body: None })
    }
}

/// The subject: as typed, else the answered one's, else the template's, else the one the writer gave.
pub(super) fn subject(brief: &Brief, written: Option<&str>) -> String {
    let typed = brief.request.subject.as_deref().filter(|s| !s.trim().is_empty());
    let answered = brief.answers.as_ref().map(|m| reply_subject(&m.subject));
    let template = brief.template.as_ref().map(|t| t.subject.clone()).filter(|s| !s.trim().is_empty());
    let written = written.filter(|s| !s.trim().is_empty());
    typed
        .map(str::to_owned)
        .or(answered)
        .or(template)
        .or_else(|| written.map(super::gather::one_line))
        .unwrap_or_default()
}
