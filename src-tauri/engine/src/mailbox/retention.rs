//! How long mail is kept: what is past the limit goes, with all that was derived from it, in small steps that each leave a whole mailbox.
//! Drafts and what is to be sent never go, nor does a message that a draft answers. Nothing is changed at Gmail, and what went here is
//! noted, so that the sync does not bring it back.

use super::gmail;
use super::remove;
use crate::Engine;
use crate::api::{Retention, UnixMillis};
use crate::compose::rows::{DraftGround, DraftRow};
use crate::error::{Error, Result};
use crate::ids::MessageId;
use crate::mailbox::row::ThreadRow;
use crate::outbox::rows::OutboxRow;
use crate::store::Keep;
use crate::store::tables::{DRAFT_GROUNDS, DRAFTS, LLM_CACHE, OUTBOX, REMOTE_MESSAGES, THREADS, VECTOR_SNAPSHOT};
use std::collections::HashSet;
use tokio_util::sync::CancellationToken;

pub(super) const DAY: i64 = 24 * 60 * 60 * 1_000;
/// So many messages go in one transaction: nobody waits long for the writer's place.
const BATCH: usize = 200;
/// The fewest days mail is kept, as the settings check it too.
const FEWEST: u32 = 30;

/// The date from which on mail is kept.
pub(crate) fn kept_since(now: UnixMillis, days: u32) -> UnixMillis {
    now.saturating_sub(i64::from(days) * DAY)
}

/// Whether a message of this date is past the limit. One without a date stays: nobody knows how old it is.
pub(crate) fn is_past(date: Option<UnixMillis>, since: UnixMillis) -> bool {
    date.is_some_and(|date| date < since)
}

impl Engine {
    /// What would go now if mail were kept for so many days. Nothing is changed.
    ///
    /// # Errors
    /// `bad_input` for fewer than 30 days; `store_broken`.
    pub fn retention_preview(&self, days: u32) -> Result<Retention> {
        if days < FEWEST {
            let why = format!("mail is kept for {FEWEST} days at least");
            return Err(Error::BadInput { field: "memory.keep_days", why });
        }
        Ok(self.past(kept_since(crate::now(), days))?.told)
    }

    /// Takes away what is past the limit that is set, and says what went; nothing where none is set. `thorough`: the file is written anew,
    /// so that nothing lies on in its free pages; else only where much of it is free. Blocks; can be stopped, and goes on another time.
    ///
    /// # Errors
    /// `store_broken`, `io`.
    pub fn apply_retention(
        &self,
        thorough: bool,
        progress: &mut dyn FnMut(u64, u64),
        stop: &CancellationToken,
    ) -> Result<Retention> {
        self.apply_retention_at(crate::now(), thorough, progress, stop)
    }

    pub(crate) fn apply_retention_at(
        &self,
        now: UnixMillis,
        thorough: bool,
        progress: &mut dyn FnMut(u64, u64),
        stop: &CancellationToken,
    ) -> Result<Retention> {
        let Some(days) = self.settings()?.memory.keep_days else { return Ok(Retention::default()) };
        let Due { ids, mut told } = self.past(kept_since(now, days))?;
        (told.messages, told.at_gmail) = (0, 0);
        if ids.is_empty() {
            return Ok(told);
        }
        // An answer of a model may repeat what it was given, and is known by a hash of it only: all of them go.
        // The graphs are of the vectors that go, too; they are made anew.
        self.store().write(self.account(), Keep::Again, |tx| {
            tx.delete_prefix(VECTOR_SNAPSHOT, &[])?;
            tx.delete_prefix(LLM_CACHE.table(), &[]).map(drop)
        })?;
        let mut gone = HashSet::new();
        for batch in ids.chunks(BATCH) {
            if stop.is_cancelled() {
                break;
            }
            let (went, at_gmail) = self.take_away(batch)?;
            told.messages += went.len() as u64;
            told.at_gmail += at_gmail;
            gone.extend(went);
            progress(told.messages, ids.len() as u64);
        }
        self.forget_excerpts(&gone)?;
        if thorough {
            self.store().rewrite()?
        } else {
            self.store().shrink().map(drop)?
        }
        Ok(told)
    }

    /// One step: the messages that went, and how many of them are at Gmail.
    fn take_away(&self, batch: &[MessageId]) -> Result<(Vec<MessageId>, u64)> {
        let went = self.store().write(self.account(), Keep::Again, |tx| {
            let answered = self.answered_by_drafts()?;
            let batch: Vec<MessageId> = batch.iter().filter(|id| !answered.contains(id)).copied().collect();
            let mut at_gmail = 0;
            for id in &batch {
                at_gmail += u64::from(gmail::let_past(self, tx, *id)?);
            }
            remove::remove(self, tx, &batch, &[])?;
            Ok((batch, at_gmail))
        })?;
        self.desk.syncing.look_again();
        self.desk.mailbox.changed();
        Ok(went)
    }

    /// The messages past the limit, conversation by conversation.
    fn past(&self, since: UnixMillis) -> Result<Due> {
        let answered = self.answered_by_drafts()?;
        let read = self.store().read(self.account())?;
        let mut told = Retention { since, ..Retention::default() };
        let mut ids = Vec::new();
        read.each(THREADS, &[], |_, thread: ThreadRow| {
            told.of += thread.members.len() as u64;
            let past = thread.members.iter().filter(|member| is_past(member.date, since));
            let (held, goes): (Vec<_>, Vec<_>) = past.map(|member| member.id).partition(|id| answered.contains(id));
            told.held += held.len() as u64;
            ids.extend(goes);
            Ok(true)
        })?;
        told.messages = ids.len() as u64;
        for id in &ids {
            told.at_gmail += u64::from(read.get(REMOTE_MESSAGES, id.as_bytes())?.is_some());
        }
        Ok(Due { ids, told })
    }

    /// The messages that drafts, and letters still to be sent, answer.
    fn answered_by_drafts(&self) -> Result<HashSet<MessageId>> {
        let read = self.store().read(self.account())?;
        let mut answered = HashSet::new();
        read.each(DRAFTS, &[], |_, row: DraftRow| {
            answered.extend(row.answers);
            Ok(true)
        })?;
        read.each(OUTBOX, &[], |_, row: OutboxRow| {
            answered.extend(row.answers.filter(|_| !row.course.is_ended()));
            Ok(true)
        })?;
        Ok(answered)
    }

    /// What drafts keep of the messages that went, as what they were written from.
    fn forget_excerpts(&self, gone: &HashSet<MessageId>) -> Result<()> {
        self.store().write(self.account(), Keep::Made, |tx| {
            let mut changed = Vec::new();
            tx.each(DRAFT_GROUNDS, &[], |key, mut ground: DraftGround| {
                let of_gone = |source: &&mut crate::api::Source| source.message.is_some_and(|id| gone.contains(&id));
                let mut any = false;
                for source in ground.sources.iter_mut().filter(of_gone) {
                    (source.excerpt, source.title, source.who, any) = (String::new(), String::new(), None, true);
                }
                if any {
                    changed.push((key.to_vec(), ground));
                }
                Ok(true)
            })?;
            changed.iter().try_for_each(|(key, ground)| tx.put(DRAFT_GROUNDS, key, ground))
        })
    }
}

/// What is past the limit.
struct Due {
    ids: Vec<MessageId>,
    told: Retention,
}

#[cfg(test)]
#[path = "retention_tests.rs"]
mod tests;
