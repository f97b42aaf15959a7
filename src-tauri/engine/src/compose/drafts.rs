//! Drafts: kept at every keystroke, with revisions. Nothing typed is ever overwritten by a model: what stood there is a revision first.

pub use super::diff::diff;
use super::rows::{DraftGround, DraftRow};
use super::{eml, files, mime};
use crate::Engine;
use crate::api::{Draft, DraftEdit, DraftSummary, Finish, Revision, Saved, UnixMillis};
use crate::error::{Error, Result};
use crate::ids::{DraftId, RevisionId};
use crate::store::tables::{DRAFT_GROUNDS, DRAFTS, REVISIONS};
use crate::store::{Keep, Read, Write};

/// How long after the last change here a draft is still the one somebody is at, in milliseconds.
const JUST_NOW: UnixMillis = 15 * 60_000;

impl Engine {
    /// The drafts, the last changed first. One that was sent, or is on its way, is none any more, unless it was changed since.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn drafts(&self) -> Result<Vec<DraftSummary>> {
        let mut found: Vec<_> = self.unsent()?.into_iter().map(|(id, row)| row.summary(id)).collect();
        found.sort_by_key(|draft| std::cmp::Reverse((draft.updated, draft.id)));
        Ok(found)
    }

    /// The draft somebody was at here a moment ago: the one to go on with after a crash or a quick restart. What the sync brought is none.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn draft_at_hand(&self) -> Result<Option<DraftId>> {
        Ok(at_hand(&self.unsent()?, crate::now()))
    }

    fn unsent(&self) -> Result<Vec<(DraftId, DraftRow)>> {
        let leaving: Vec<_> = self.outbox_rows()?.into_iter().map(|(_, row)| row).collect();
        let is_leaving = |id, version| leaving.iter().any(|row| row.draft == id && row.stands_for(version));
        let mut found = Vec::new();
        self.store().read(self.account())?.each(DRAFTS, &[], |key, row: DraftRow| {
            let id = key.try_into().map(DraftId).ok();
            let id = id.filter(|id| row.gone.is_none() && !is_leaving(*id, row.version));
            found.extend(id.map(|id| (id, row)));
            Ok(true)
        })?;
        Ok(found)
    }

    /// A draft, whole.
    ///
    /// # Errors
    /// `not_found`, `store_broken`.
    pub fn draft(&self, id: DraftId) -> Result<Draft> {
        let read = self.store().read(self.account())?;
        let row = row(&read, id)?;
        let ground: Option<DraftGround> = read.get(DRAFT_GROUNDS, id.as_bytes())?;
        let draft = row.with(
            id,
            revisions(&read, id)?,
            files::files(&read, id)?.into_iter().map(|stored| stored.file).collect(),
        );
        Ok(match ground {
            Some(ground) => super::check::onto(draft, ground),
            None => draft,
        })
    }

    /// Saves what a person typed; committed when it returns. A draft that is gone at its provider is kept by it.
    ///
    /// # Errors
    /// `draft_changed` when the draft has moved on since the edit began; `not_found`, `store_broken`.
    pub fn save_draft(&self, edit: &DraftEdit) -> Result<Saved> {
        let now = crate::now();
        let (id, mut row) = match edit.id {
            Some(id) => (id, None),
            None => (DraftId::random()?, Some(DraftRow::new(now))),
        };
        self.draft_changed_here();
        self.store().write(self.account(), Keep::Made, |tx| {
            let mut row = match row.take() {
                Some(new) => new,
                None => known(tx, id)?,
            };
            if edit.version.is_some_and(|version| version != row.version) {
                return Err(Error::DraftChanged { draft: id });
            }
            if row.take(edit) || row.version == 0 || row.gone.is_some() {
                row.touch(now);
                tx.put(DRAFTS, id.as_bytes(), &row)?;
            }
            Ok(Saved { id, version: row.version, at: row.updated })
        })
    }

    /// Keeps the draft's present text as a revision.
    ///
    /// # Errors
    /// `not_found`, `store_broken`.
    pub fn keep_revision(&self, id: DraftId) -> Result<Draft> {
        let now = crate::now();
        self.store().write(self.account(), Keep::Made, |tx| {
            let mut row = known(tx, id)?;
            if keep_typed(tx, id, &mut row, now)? {
                tx.put(DRAFTS, id.as_bytes(), &row)?;
            }
            Ok(())
        })?;
        self.draft(id)
    }

    /// Says which version of a draft stands that was changed here and elsewhere: the one of elsewhere, or the one here. The other stays
    /// among its revisions. Where there is only one, nothing is changed.
    ///
    /// # Errors
    /// `not_found`, `store_broken`.
    pub fn settle_elsewhere(&self, id: DraftId, take_theirs: bool) -> Result<Draft> {
        let now = crate::now();
        self.store().write(self.account(), Keep::Made, |tx| {
            let mut row = known(tx, id)?;
            let Some(theirs) = row.elsewhere.take() else { return Ok(()) };
            if take_theirs {
                keep_typed(tx, id, &mut row, now)?;
                (row.to, row.cc, row.bcc) = (theirs.to, theirs.cc, theirs.bcc);
                (row.subject, row.body) = (theirs.subject, theirs.body);
            }
            row.touch(now);
            tx.put(DRAFTS, id.as_bytes(), &row)
        })?;
        self.draft_changed_here();
        self.draft(id)
    }

    /// Deletes a draft, its revisions and its files.
    ///
    /// # Errors
    /// `not_found`, `store_broken`.
    pub fn delete_draft(&self, id: DraftId) -> Result<()> {
        self.draft_changed_here();
        self.store().write(self.account(), Keep::Made, |tx| {
            known(tx, id)?;
            forget(tx, id)
        })
    }

    /// The draft as an RFC 5322 message, with threading headers where it answers one; Bcc kept.
    ///
    /// # Errors
    /// `not_found`, `bad_input` when there is no "me" to write from.
    pub fn export_eml(&self, id: DraftId) -> Result<Vec<u8>> {
        let letter = self.leaving(&self.draft(id)?, None)?;
        let message_id = eml::message_id(&letter.from, id, letter.version);
        let head = mime::Head { message_id: &message_id, date: crate::now(), unsent: true };
        mime::message(&letter, self.contents(id, &letter.files)?, head)
    }

    /// The draft as a `mailto:` address (RFC 6068), for the system's mail program.
    ///
    /// # Errors
    /// `not_found`, `bad_input` when it is too long for one, `store_broken`.
    pub fn mailto(&self, id: DraftId) -> Result<String> {
        let row = row(&self.store().read(self.account())?, id)?;
        let answers = eml::Answers::of(row.answers.and_then(|id| self.answered(id)));
        let signature = self.account_row(self.account())?.profile.signature;
        eml::mailto(&row, signature.as_deref(), &answers)
    }

    /// The message and its ancestors; `None` where it is no longer there, so that a letter can still be handed on.
    pub(super) fn answered(&self, id: crate::ids::MessageId) -> Option<(crate::api::Message, Vec<String>)> {
        Some((self.message(id).ok()?, self.ancestors(id).ok()?))
    }
}

/// The draft that was changed here last, if that was just now.
fn at_hand(drafts: &[(DraftId, DraftRow)], now: UnixMillis) -> Option<DraftId> {
    let here = drafts.iter().filter_map(|(id, row)| Some((row.edited?, *id)));
    here.max().filter(|(edited, _)| now - edited < JUST_NOW).map(|(_, id)| id)
}

fn row(read: &Read, id: DraftId) -> Result<DraftRow> {
    read.get(DRAFTS, id.as_bytes())?.ok_or_else(|| Error::not_found("draft", id))
}

/// The row as a writing transaction sees it.
pub(super) fn known(tx: &Write<'_>, id: DraftId) -> Result<DraftRow> {
    tx.get(DRAFTS, id.as_bytes())?.ok_or_else(|| Error::not_found("draft", id))
}

/// Deletes a draft with all that is its own.
pub(crate) fn forget(tx: &mut Write<'_>, id: DraftId) -> Result<()> {
    tx.delete_prefix(REVISIONS, id.as_bytes())?;
    tx.delete(DRAFT_GROUNDS, id.as_bytes())?;
    files::forget_all(tx, id)?;
    tx.delete(DRAFTS, id.as_bytes())?;
    Ok(())
}

fn revisions(read: &Read, id: DraftId) -> Result<Vec<Revision>> {
    let mut found = Vec::new();
    read.each(REVISIONS, id.as_bytes(), |_, revision| {
        found.push(revision);
        Ok(true)
    })?;
    Ok(found)
}

/// Revisions stand in the order they were made.
pub(super) fn revision_key(id: DraftId, seq: u32) -> [u8; 20] {
    let mut key = [0; 20];
    key[..16].copy_from_slice(id.as_bytes());
    key[16..].copy_from_slice(&seq.to_be_bytes());
    key
}

/// Keeps the present text as the person's revision, unless it is empty or kept already; `true` if it made one.
pub(crate) fn keep_typed(tx: &mut Write<'_>, id: DraftId, row: &mut DraftRow, now: UnixMillis) -> Result<bool> {
    if row.body.trim().is_empty() {
        return Ok(false);
    }
    for seq in (0..row.revisions).rev().take(2) {
        let kept: Option<Revision> = tx.get(REVISIONS, &revision_key(id, seq))?;
        if kept.is_some_and(|kept| row.is_kept_by(&kept)) {
            return Ok(false);
        }
    }
    let revision = row.as_revision(RevisionId::random()?, now);
    push_revision(tx, id, row, &revision)?;
    Ok(true)
}

/// Puts a revision behind the others; the caller puts the row.
pub(crate) fn push_revision(tx: &mut Write<'_>, id: DraftId, row: &mut DraftRow, revision: &Revision) -> Result<u32> {
    let seq = row.revisions;
    tx.put(REVISIONS, &revision_key(id, seq), revision)?;
    row.revisions += 1;
    row.moved(revision.at);
    row.unfinished = revision.finish != Finish::Complete;
    Ok(seq)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::error::ErrorCode;

    fn typed(id: Option<DraftId>, body: &str) -> DraftEdit {
        DraftEdit { id, body: Some(body.into()), ..DraftEdit::default() }
    }

    #[test]
    fn what_is_typed_is_there_again_whole() {
        let engine = Engine::in_memory().unwrap();
        let saved = engine.save_draft(&typed(None, "Hi")).unwrap();
        let again = engine
            .save_draft(&DraftEdit { intent: Some("ask for".into()), ..typed(Some(saved.id), "Hi Dana") })
            .unwrap();
        let draft = engine.draft(saved.id).unwrap();
        assert_eq!((draft.body.as_str(), draft.version), ("Hi Dana", again.version));
        assert_eq!(draft.request.unwrap().intent, "ask for");
        assert_eq!(engine.drafts().unwrap().len(), 1);
    }

    #[test]
    fn the_draft_at_hand_is_the_one_changed_here_just_now_and_never_one_that_came() {
        let row = |edited| DraftRow { edited, updated: 1_000_000, ..DraftRow::new(0) };
        let id = |n| DraftId([n; 16]);
        let now = 10_000_000;
        for (drafts, expected) in [
            (vec![], None),
            (vec![(id(1), row(None))], None),
            (vec![(id(1), row(Some(now - JUST_NOW)))], None),
            (vec![(id(1), row(Some(now - JUST_NOW + 1)))], Some(id(1))),
            (vec![(id(1), row(Some(now - 9))), (id(2), row(Some(now - 8))), (id(3), row(None))], Some(id(2))),
        ] {
            assert_eq!(at_hand(&drafts, now), expected);
        }
        let engine = Engine::in_memory().unwrap();
        let typed = engine.save_draft(&typed(None, "Hi")).unwrap();
        assert_eq!(engine.draft_at_hand().unwrap(), Some(typed.id));
    }

    #[test]
    fn an_edit_of_an_older_version_changes_nothing() {
        let engine = Engine::in_memory().unwrap();
        let saved = engine.save_draft(&typed(None, "one")).unwrap();
        engine.save_draft(&typed(Some(saved.id), "two")).unwrap();
        let late = DraftEdit { version: Some(saved.version), ..typed(Some(saved.id), "three") };
        assert_eq!(engine.save_draft(&late).unwrap_err().code(), ErrorCode::DraftChanged);
        assert_eq!(engine.draft(saved.id).unwrap().body, "two");
    }

    #[test]
    fn an_edit_that_changes_nothing_makes_no_version() {
        let engine = Engine::in_memory().unwrap();
        let saved = engine.save_draft(&typed(None, "one")).unwrap();
        assert_eq!(engine.save_draft(&typed(Some(saved.id), "one")).unwrap().version, saved.version);
    }

    #[test]
    fn a_revision_is_kept_once() {
        let engine = Engine::in_memory().unwrap();
        let saved = engine.save_draft(&typed(None, "one")).unwrap();
        engine.keep_revision(saved.id).unwrap();
        assert_eq!(engine.keep_revision(saved.id).unwrap().revisions.len(), 1);
        engine.save_draft(&typed(Some(saved.id), "two")).unwrap();
        let draft = engine.keep_revision(saved.id).unwrap();
        let bodies: Vec<_> = draft.revisions.iter().map(|r| r.body.as_str()).collect();
        assert_eq!(bodies, ["one", "two"]);
    }

    #[test]
    fn a_deleted_draft_is_gone_with_its_revisions() {
        let engine = Engine::in_memory().unwrap();
        let saved = engine.save_draft(&typed(None, "one")).unwrap();
        engine.keep_revision(saved.id).unwrap();
        engine.delete_draft(saved.id).unwrap();
        assert_eq!(engine.draft(saved.id).unwrap_err().code(), ErrorCode::NotFound);
        assert_eq!(engine.store().read(engine.account()).unwrap().count(REVISIONS).unwrap(), 0);
        assert_eq!(engine.delete_draft(saved.id).unwrap_err().code(), ErrorCode::NotFound);
    }
}
