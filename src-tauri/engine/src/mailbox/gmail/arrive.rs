//! A draft of Gmail's, read and taken in: its text and its files. What was changed here is never written over: both versions are kept then.

use super::body::{self, PartRow};
use super::decide::{Act, Here, There, decide};
use super::draft_files::Came;
use super::drafts::{GmailDraft, key};
use super::push_drafts::PushRow;
use super::standing::{Rest, digest, leaving_in, stands};
use super::tail;
use crate::Engine;
use crate::api::{Author, DraftEdit, DraftElsewhere, Finish, Revision};
use crate::compose::drafts::{keep_typed, push_revision};
use crate::compose::files::prints;
use crate::compose::incoming::{Others, arranged, take_in};
use crate::compose::rows::{DraftRow, MissingRow};
use crate::error::{Error, Result};
use crate::ids::{DraftId, RevisionId};
use crate::mailbox::parse;
use crate::store::tables::{DRAFTS, GMAIL_DRAFTS, GMAIL_PUSHES};
use crate::store::{Keep, Read, Write};
use epistle_wire::gmail;
use epistle_wire::gmail::drafts::Draft;

/// A draft of Gmail's, read.
pub(super) struct Arrived {
    edit: DraftEdit,
    id: gmail::DraftId,
    message: gmail::MessageId,
    /// The draft here that it is, as far as is known.
    of: Option<DraftId>,
    /// That one's digest when both were last the same.
    base: Option<[u8; 32]>,
    push: Option<PushRow>,
    /// Whether it is as it was when it was last looked at: only files that did not come then are wanted.
    as_known: bool,
    /// The files to fetch.
    pub(super) wanted: Vec<PartRow>,
}

/// A draft of Gmail's as an edit of the one here that it is; `None`: it is nothing yet, or a letter on its way out of here.
pub(super) fn read(engine: &Engine, there: &Draft) -> Result<Option<Arrived>> {
    let (bytes, parts) = body::rebuilt(&there.message);
    // An empty draft has no header that mail has: it is nothing yet.
    let parsed = std::panic::catch_unwind(|| parse::parse(&bytes, there.message.internal_date, crate::now()));
    let Ok(Ok(parsed)) = parsed else { return Ok(None) };
    if engine.outbox_rows()?.iter().any(|(_, row)| Some(&row.message_id) == parsed.message_id.as_ref()) {
        return Ok(None);
    }
    let read = engine.store().read(engine.account())?;
    let link = read.get(GMAIL_DRAFTS, &key(engine, &there.id)?)?;
    let as_known = link.as_ref().is_some_and(|link| link.message == there.message.id);
    let (mut of, base) = link.map_or((None, None), |link| (Some(link.draft), Some(link.digest)));
    let push = known_push(&read, &mut of, parsed.message_id.as_deref())?;
    let base = base.or_else(|| Some(push.as_ref()?.digest));
    let answers = match parsed.refs.last().map(|id| engine.find_message(id)) {
        Some(Ok(id)) => Some(id),
        Some(Err(Error::NotFound { .. })) | None => None,
        Some(Err(error)) => return Err(error),
    };
    let edit = as_edit(parsed, &bytes, push.as_ref(), answers);
    let (id, message) = (there.id.clone(), there.message.id.clone());
    let wanted = if as_known { still_missing(&read, of, parts)? } else { parts };
    Ok(Some(Arrived { edit, id, message, of, base, push, as_known, wanted }))
}

/// What is known of its way to Gmail. One that was asked for and whose answer was not heard is told by its Message-ID.
fn known_push(read: &Read, of: &mut Option<DraftId>, message_id: Option<&str>) -> Result<Option<PushRow>> {
    let mut push = None;
    read.each(GMAIL_PUSHES, &[], |key, row: PushRow| {
        let draft = key.try_into().map(DraftId).ok();
        let asked = of.is_none() && row.asked && Some(row.message_id.as_str()) == message_id;
        if asked || (of.is_some() && *of == draft) {
            (*of, push) = (draft, Some(row));
        }
        Ok(push.is_none())
    })?;
    Ok(push)
}

fn as_edit(
    parsed: parse::Parsed,
    bytes: &[u8],
    push: Option<&PushRow>,
    answers: Option<crate::ids::MessageId>,
) -> DraftEdit {
    let whole = parse::whole_text(bytes).unwrap_or_default();
    let known = push.map(|push| push.tail.clone()).unwrap_or_default();
    let (text, quoted) = match push {
        Some(_) => tail::without(&whole, &known),
        None => (whole.trim_end().to_owned(), !parsed.body.quoted.trim().is_empty()),
    };
    let own_subject = !known.subject.is_empty() && parsed.subject == known.subject;
    DraftEdit {
        to: Some(parsed.to),
        cc: Some(parsed.cc),
        bcc: Some(parse::blind_copies(bytes)),
        subject: Some(if own_subject { known.own_subject } else { parsed.subject }),
        body: Some(text),
        answers,
        // Somebody wrote in the quote, or another program put it there: it is text now, and no second one comes under it.
        quote: quoted.then_some(false),
        ..DraftEdit::default()
    }
}

/// Of a draft's files those that did not come when it was last looked at. Where none was noted, none was ever asked for.
fn still_missing(read: &Read, of: Option<DraftId>, parts: Vec<PartRow>) -> Result<Vec<PartRow>> {
    let row: Option<DraftRow> = of.map(|of| read.get(DRAFTS, of.as_bytes())).transpose()?.flatten();
    let missing = row.map(|row| row.missing).unwrap_or_default();
    let is_missing = |part: &PartRow| missing.iter().any(|row| row.part == part.part && !row.file.never);
    Ok(parts.into_iter().filter(|part| missing.is_empty() || is_missing(part)).collect())
}

/// Takes a draft as it is there, with the files that came; whether anything here is another now.
pub(super) fn take(engine: &Engine, there: &Arrived, came: &Came) -> Result<bool> {
    let (key, rest) = (key(engine, &there.id)?, Rest::of(engine)?);
    let (new, revision) = (DraftId::random()?, RevisionId::random()?);
    let arrival = Arrival { there, came, key, rest };
    engine.store().write(engine.account(), Keep::Made, |tx| arrival.arrive(tx, new, revision))
}

/// All that one draft's coming in is made of.
struct Arrival<'a> {
    there: &'a Arrived,
    came: &'a Came,
    key: [u8; 16],
    rest: Rest,
}

impl Arrival<'_> {
    fn arrive(&self, tx: &mut Write<'_>, new: DraftId, revision: RevisionId) -> Result<bool> {
        let there = self.there;
        let here = match there.of {
            Some(of) => tx.get(DRAFTS, of.as_bytes())?.map(|row: DraftRow| (of, row)),
            None => None,
        };
        let Some((id, row)) = here else {
            return match (there.of, there.push.as_ref().filter(|push| push.asked)) {
                // It was deleted here before anybody heard that it had been made there: it is that one all the same.
                (Some(of), Some(push)) => self.link(tx, of, push.digest, &[]).map(|()| false),
                // It was deleted here while its files were on their way.
                _ if there.as_known => Ok(false),
                _ => self.beside(tx, new),
            };
        };
        let files = prints(tx, id)?;
        let standing = stands(&row, &files, there.base, &leaving_in(tx, id)?, self.rest);
        if there.as_known {
            return if is_out(standing) { Ok(false) } else { self.more_files(tx, id, row) };
        }
        let mut theirs = row.clone();
        theirs.take(&there.edit);
        let theirs = digest(&theirs, &arranged(&files, &self.came.files));
        // What was written there last by us, though no answer was heard, or what somebody wrote there just so.
        if theirs == digest(&row, &files) || there.push.as_ref().is_some_and(|push| push.digest == theirs) {
            return self.the_same(tx, id, row, theirs, is_out(standing));
        }
        match decide(standing, There::Changed) {
            Act::TakeIn | Act::KeepBoth if self.came.lacks_some() => self.later(tx),
            Act::TakeIn => self.in_place(tx, id, row),
            Act::KeepBoth => self.keep_both(tx, id, row, revision),
            _ => self.beside(tx, new),
        }
    }

    /// A draft of its own.
    fn beside(&self, tx: &mut Write<'_>, new: DraftId) -> Result<bool> {
        if let Some(of) = self.there.of
            && let Some(push) = tx.get(GMAIL_PUSHES, of.as_bytes())?
        {
            // What stands under its text is known of it still.
            tx.delete(GMAIL_PUSHES, of.as_bytes())?;
            tx.put(GMAIL_PUSHES, new.as_bytes(), &PushRow { asked: false, ..push })?;
        }
        let mut row = DraftRow::new(self.rest.now);
        row.take(&self.there.edit);
        self.put(tx, new, row)
    }

    /// In place of the draft here, which nobody changed.
    fn in_place(&self, tx: &mut Write<'_>, id: DraftId, mut row: DraftRow) -> Result<bool> {
        if self.there.edit.body.as_ref() != Some(&row.body) {
            keep_typed(tx, id, &mut row, self.rest.now)?;
        }
        row.take(&self.there.edit);
        self.put(tx, id, row)
    }

    fn put(&self, tx: &mut Write<'_>, id: DraftId, mut row: DraftRow) -> Result<bool> {
        let too_much = take_in(tx, id, &mut row, &self.came.files, Others::Go)?;
        row.missing = [self.came.missing.clone(), too_much].concat();
        row.moved(self.rest.now);
        tx.put(DRAFTS, id.as_bytes(), &row)?;
        let same = digest(&row, &prints(tx, id)?);
        self.link(tx, id, same, &row.missing).map(|()| true)
    }

    /// Both are the same, but for files that are not here.
    fn the_same(
        &self,
        tx: &mut Write<'_>,
        id: DraftId,
        mut row: DraftRow,
        digest: [u8; 32],
        is_out: bool,
    ) -> Result<bool> {
        self.link(tx, id, digest, &self.came.missing)?;
        if row.missing == self.came.missing || is_out {
            return Ok(false);
        }
        row.missing.clone_from(&self.came.missing);
        row.moved(self.rest.now);
        tx.put(DRAFTS, id.as_bytes(), &row)?;
        Ok(true)
    }

    /// Theirs is a revision, and stands beside the person's until they choose; the files of both are with the draft.
    fn keep_both(&self, tx: &mut Write<'_>, id: DraftId, mut row: DraftRow, revision: RevisionId) -> Result<bool> {
        let now = self.rest.now;
        let mut theirs = row.clone();
        theirs.take(&self.there.edit);
        let their_files = arranged(&prints(tx, id)?, &self.came.files);
        let same = digest(&theirs, &their_files);
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
        let files = their_files.into_iter().map(|(name, ..)| name).collect();
        let DraftRow { to, cc, bcc, subject, body, .. } = theirs;
        row.elsewhere = Some(DraftElsewhere { at: now, to, cc, bcc, subject, body, files });
        let too_much = take_in(tx, id, &mut row, &self.came.files, Others::Stay)?;
        row.missing = [self.came.missing.clone(), too_much].concat();
        tx.put(DRAFTS, id.as_bytes(), &row)?;
        self.link(tx, id, same, &row.missing).map(|()| true)
    }

    /// Files that did not come when the draft was last looked at. Whatever was changed here since stays as it is.
    fn more_files(&self, tx: &mut Write<'_>, id: DraftId, mut row: DraftRow) -> Result<bool> {
        let before = digest(&row, &prints(tx, id)?);
        let was = row.missing.clone();
        row.missing.retain(|row| row.file.never);
        row.missing.extend(self.came.missing.iter().cloned());
        let too_much = take_in(tx, id, &mut row, &self.came.files, Others::Stay)?;
        row.missing.extend(too_much);
        let changed = row.missing != was || !self.came.files.is_empty();
        if changed {
            row.moved(self.rest.now);
            tx.put(DRAFTS, id.as_bytes(), &row)?;
        }
        let base = match self.there.base {
            Some(base) if base != before => base,
            _ => digest(&row, &prints(tx, id)?),
        };
        self.link(tx, id, base, &row.missing).map(|()| changed)
    }

    /// Not all of its files came, so nobody can tell yet what was changed: it is looked at again, and until then nothing is written over.
    fn later(&self, tx: &mut Write<'_>) -> Result<bool> {
        if let Some(link) = tx.get(GMAIL_DRAFTS, &self.key)? {
            tx.put(GMAIL_DRAFTS, &self.key, &GmailDraft { more: true, again: true, ..link })?;
        }
        Ok(false)
    }

    fn link(&self, tx: &mut Write<'_>, draft: DraftId, digest: [u8; 32], missing: &[MissingRow]) -> Result<()> {
        let (id, message) = (self.there.id.clone(), self.there.message.clone());
        if let Some(push) = tx.get(GMAIL_PUSHES, draft.as_bytes())? {
            tx.put(GMAIL_PUSHES, draft.as_bytes(), &PushRow { asked: false, ..push })?;
        }
        let (more, again) = (!missing.is_empty(), missing.iter().any(|row| !row.file.never));
        tx.put(GMAIL_DRAFTS, &self.key, &GmailDraft { id, draft, message, digest, more, again })
    }
}

/// Whether it left, or is about to: nothing of it is changed any more.
const fn is_out(here: Here) -> bool {
    matches!(here, Here::Leaving | Here::Sent { .. })
}
