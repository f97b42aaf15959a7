//! How a draft that is here stands: the digest by which it is told whether it was changed, and what of the outbox it is in. It reads, and
//! decides nothing.

use super::decide::Here;
use crate::Engine;
use crate::api::UnixMillis;
use crate::compose::files::Print;
use crate::compose::rows::DraftRow;
use crate::error::Result;
use crate::ids::DraftId;
use crate::outbox::rows::OutboxRow;
use crate::store::Write;
use crate::store::tables::OUTBOX;

/// What of a draft counts when it is asked whether it was changed: see [`super::drafts::GmailDraft::digest`].
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

/// What of the outbox this draft is in, as a writing transaction sees it.
pub(super) fn leaving_in(tx: &Write<'_>, draft: DraftId) -> Result<Leaving> {
    let mut found = Vec::new();
    tx.each(OUTBOX, &[], |_, row: OutboxRow| {
        if row.draft == draft {
            found.push((draft, row));
        }
        Ok(true)
    })?;
    Ok(found)
}

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
