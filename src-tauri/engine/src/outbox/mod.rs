//! The outbox: a message leaves once, when a person approved these recipients and this text, and its end is known or is said to be unknown.
//! `state`, `step`, `line`, `backoff` and `approval` are pure; `worker` makes the calls that a step asks for, each after its commit;
//! `way_out` chooses by whom: `gmail` or `smtp`.

mod approval;
mod backoff;
mod freeze;
mod gmail;
mod held;
mod line;
mod outgoing;
mod questions;
pub mod rows;
#[cfg(test)]
mod simulation_tests;
mod smtp;
mod state;
mod step;
#[cfg(test)]
mod step_tests;
mod way_out;
mod worker;
#[cfg(test)]
mod worker_tests;

use crate::Engine;
use crate::api::{EmailAddress, OutboxEvent, OutboxId, OutboxItem, OutboxNews, SendWhen, UnixMillis};
use crate::compose::{Leaving, mime};
use crate::error::{Error, Result};
use crate::ids::DraftId;
use crate::mailbox::row::RawMessage;
use crate::store::tables::{DRAFTS, OUTBOX, OUTBOX_RAW};
use crate::store::{Keep, Write};
pub use approval::{Approval, Approved, Attached, digest};
pub use backoff::Wait;
pub(crate) use held::hold_all;
pub use line::{Turn, turn};
use rows::OutboxRow;
pub use state::{Answer, Course, Effect, Event, Refused, Settled, State, Transport, Trouble};
use std::sync::{Mutex, PoisonError};
pub use step::{Moment, Stepped, step};
use tokio::sync::{Notify, broadcast};
pub use worker::{Call, Mailer, Mailers, Parcel};

/// How many changes a listener may lag behind.
const NEWS: usize = 256;

/// What an account's outbox has in memory. Nothing here is needed to resume.
pub(crate) struct Outbox {
    /// Something may be due.
    wake: Notify,
    news: broadcast::Sender<OutboxNews>,
    /// Drafts at the provider that nobody needs; taken away when there is time.
    litter: Mutex<Vec<String>>,
    /// One worker at a time.
    running: tokio::sync::Mutex<()>,
    /// The sign-in that a mail server refused last, as a digest.
    refused: Mutex<Option<[u8; 32]>>,
}

impl Default for Outbox {
    fn default() -> Self {
        let (news, _) = broadcast::channel(NEWS);
        Self {
            wake: Notify::new(),
            news,
            litter: Mutex::default(),
            running: tokio::sync::Mutex::default(),
            refused: Mutex::default(),
        }
    }
}

/// Now, with chance from the operating system; none of it where it gives none, since only politeness depends on it.
fn moment() -> Moment {
    let mut bytes = [0; 4];
    let chance = getrandom::fill(&mut bytes).map_or(0.0, |()| f64::from(u32::from_be_bytes(bytes)) / 4_294_967_296.0);
    Moment { now: crate::now(), chance }
}

impl Engine {
    /// Queues a draft under an approval. The same draft under the same approval is the same item, however often it is asked for.
    ///
    /// # Errors
    /// `draft_changed` when it is not what was approved any more; `bad_input` when there is nobody to send to, no such
    /// “me”, or when it was sent already or another state of it is on its way; `not_found`, `store_broken`.
    pub fn queue(
        &self,
        draft: DraftId,
        approval: &str,
        when: SendWhen,
        from: Option<&EmailAddress>,
    ) -> Result<OutboxItem> {
        let approval: Approval = approval.parse()?;
        let (letter, now) = (self.leaving(&self.draft(draft)?, from)?, crate::now());
        outgoing::addressed(&letter)?;
        if outgoing::approval_for(&letter) != approval {
            return Err(Error::DraftChanged { draft });
        }
        let (id, version) = (OutboxId::new(now)?, letter.version);
        let (row, raw) = self.freeze(letter, approval, when, now)?;
        let item = self.store().write(self.account(), Keep::Made, |tx| {
            // What was read above is what stands here now: a draft's version counts every change.
            let stored = tx.get(DRAFTS, draft.as_bytes())?.filter(|stored| stored.version == version);
            let mut stored = stored.ok_or(Error::DraftChanged { draft })?;
            // Gone elsewhere or not: taken back, it is a draft again.
            if stored.gone.take().is_some() {
                tx.put(DRAFTS, draft.as_bytes(), &stored)?;
            }
            match earlier(tx, draft, approval)? {
                Some((id, same)) => Ok(same.item(id)),
                None => put_new(tx, id, &row, raw).map(|()| row.item(id)),
            }
        })?;
        self.changed(item.id, false);
        Ok(item)
    }

    /// What is in the outbox, in the order of queueing; what was sent or undone stays for a month.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn outbox(&self) -> Result<Vec<OutboxItem>> {
        Ok(self.outbox_rows()?.into_iter().map(|(id, row)| row.item(id)).collect())
    }

    /// Takes a message back.
    ///
    /// # Errors
    /// `bad_input` when it is too late; `not_found`, `store_broken`.
    pub fn undo(&self, id: OutboxId) -> Result<OutboxItem> {
        self.by_hand(id, &Event::Undo)
    }

    /// Has a failed message sent again, or at once one that waits for the network or for the person; has it asked again what became of an unknown one, before anything is sent.
    ///
    /// # Errors
    /// `bad_input` when there is nothing to retry, or when the person must say first whether it was sent; `not_found`, `store_broken`.
    pub fn retry(&self, id: OutboxId) -> Result<OutboxItem> {
        self.by_hand(id, &Event::Retry)
    }

    /// Has everything tried at once that waits for the network or for the person: one of them may be back.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn nudge_outbox(&self) -> Result<()> {
        for (id, row) in self.outbox_rows()? {
            if row.course.stays_away() {
                self.outbox_step(id, &Event::Retry, moment())?.ok();
            }
        }
        Ok(())
    }

    /// Takes the person's word for whether an unknown message was sent. One that was not is failed, and can be retried.
    ///
    /// # Errors
    /// `bad_input` when it is not unknown; `not_found`, `store_broken`.
    pub fn settle_by_hand(&self, id: OutboxId, was_sent: bool) -> Result<OutboxItem> {
        self.by_hand(id, if was_sent { &Event::SaidSent } else { &Event::SaidNotSent })
    }

    /// Changes in this account's outbox, from now on. Who lags far behind reads [`Engine::outbox`] again.
    #[must_use]
    pub fn outbox_news(&self) -> broadcast::Receiver<OutboxNews> {
        self.desk.outbox.news.subscribe()
    }

    /// Has the worker look again: the network is back, the machine woke, an account was signed in.
    pub fn wake_outbox(&self) {
        self.desk.outbox.wake.notify_one();
    }

    fn by_hand(&self, id: OutboxId, event: &Event) -> Result<OutboxItem> {
        let why = match self.outbox_step(id, event, moment())? {
            Ok((row, effects)) => {
                self.keep_litter(&effects);
                return Ok(row.item(id));
            }
            Err(Refused::TooLate) => "it is on its way and cannot be taken back any more",
            Err(Refused::SayFirst) => "nobody can be asked whether it was sent: say so first",
            Err(Refused::NotNow | Refused::Stale | Refused::Nothing) => "there is nothing of the kind to do for it",
        };
        Err(Error::BadInput { field: "outbox item", why: why.into() })
    }

    /// One step of one message, committed when this returns; its effects come after.
    fn outbox_step(
        &self,
        id: OutboxId,
        event: &Event,
        at: Moment,
    ) -> Result<Result<(OutboxRow, Vec<Effect>), Refused>> {
        let stepped = self.store().write(self.account(), Keep::Made, |tx| {
            let row = tx.get(OUTBOX, id.key())?.ok_or_else(|| Error::not_found("outbox item", id))?;
            let (next, effects) = match step(&row.course, event.clone(), at) {
                Ok(stepped) => stepped,
                Err(refused) => return Ok(Err(refused)),
            };
            let row = row.stepped(event, next, at.now);
            tx.put(OUTBOX, id.key(), &row)?;
            if matches!(row.course.state, State::Sent { .. } | State::Undone { .. }) {
                tx.delete(OUTBOX_RAW, id.key())?;
            }
            Ok(Ok((row, effects)))
        })?;
        if let Ok((row, effects)) = &stepped {
            self.changed(id, effects.contains(&Effect::Tell));
            if matches!(row.course.state, State::Sent { .. }) {
                self.poke_sync(); // what was sent comes into its conversation
            }
        }
        Ok(stepped)
    }

    pub(crate) fn outbox_rows(&self) -> Result<Vec<(OutboxId, OutboxRow)>> {
        let mut found = Vec::new();
        self.store().read(self.account())?.each(OUTBOX, &[], |key, row| {
            found.push((OutboxId::from_key(key)?, row));
            Ok(true)
        })?;
        Ok(found)
    }

    fn changed(&self, id: OutboxId, tell: bool) {
        let _ = self.desk.outbox.news.send(OutboxNews { id, tell }); // nobody may be listening
        self.wake_outbox();
    }

    fn keep_litter(&self, effects: &[Effect]) {
        let drafts = effects.iter().filter_map(|effect| match effect {
            Effect::DeleteDraft { remote } => Some(remote.clone()),
            _ => None,
        });
        self.desk.outbox.litter.lock().unwrap_or_else(PoisonError::into_inner).extend(drafts);
    }

    /// The row and the bytes of a letter that is sent as it is now.
    fn freeze(
        &self,
        letter: Leaving,
        approval: Approval,
        when: SendWhen,
        now: UnixMillis,
    ) -> Result<(OutboxRow, Vec<u8>)> {
        let message_id = format!("{}@{}", DraftId::random()?, letter.from.address.domain());
        let (wait, date) = match when {
            SendWhen::After { seconds } => (Wait::pause(now, i64::from(seconds) * 1000), now),
            SendWhen::At { time } => (Wait::until_clock(time), time.max(now)),
        };
        let head = mime::Head { message_id: &message_id, date, unsent: false };
        let raw = mime::message(&letter, self.contents(letter.draft, &letter.files)?, head)?;
        if !freeze::names_exactly(&raw, &letter.from, &letter.to, &letter.cc, &letter.bcc) {
            return Err(Error::Internal { what: "a message names others than its draft", source: None });
        }
        let mut row = OutboxRow {
            draft: letter.draft,
            version: letter.version,
            from: letter.from,
            to: letter.to,
            cc: letter.cc,
            bcc: letter.bcc,
            subject: letter.subject,
            answers: letter.answers,
            message_id,
            approval,
            print: rows::print_of(&raw),
            course: Course::new(wait),
            history: vec![],
        };
        row.note(OutboxEvent::Queued, now);
        Ok((row, raw))
    }
}

fn put_new(tx: &mut Write<'_>, id: OutboxId, row: &OutboxRow, raw: Vec<u8>) -> Result<()> {
    tx.put(OUTBOX_RAW, id.key(), &RawMessage(raw))?;
    tx.put(OUTBOX, id.key(), row)
}

/// The item this draft already has under this approval, if it is to serve again.
fn earlier(tx: &Write<'_>, draft: DraftId, approval: Approval) -> Result<Option<(OutboxId, OutboxRow)>> {
    let mut same = None;
    let mut refused = None;
    tx.each(OUTBOX, &[], |key, row: OutboxRow| {
        if row.draft == draft {
            match again(&row.course, row.approval == approval) {
                Again::New => {}
                Again::Same => same = Some((OutboxId::from_key(key)?, row)),
                Again::No(why) => refused = Some(why),
            }
        }
        Ok(true)
    })?;
    match refused {
        Some(why) => Err(Error::BadInput { field: "draft", why: why.into() }),
        None => Ok(same),
    }
}

/// What becomes of a draft that is queued again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    /// It is another message.
    New,
    /// It is the one that is there.
    Same,
    /// It must not be.
    No(&'static str),
}

/// A draft queued again while an item of it is there. Two presses of one button are one message.
fn again(course: &Course, same_approval: bool) -> Again {
    match (&course.state, same_approval) {
        (State::Undone { .. }, _) | (State::Sent { .. } | State::Failed { .. }, false) => Again::New,
        (State::Sent { .. }, true) => Again::No("this very message was sent already"),
        (State::Failed { .. }, true) => Again::No("this very message failed: have it tried again in the outbox"),
        (State::Unknown { .. }, _) => {
            Again::No("an earlier send of it has an unknown end: say first whether it was sent")
        }
        (_, true) => Again::Same,
        (_, false) => Again::No("an earlier state of it is on its way: undo that first"),
    }
}
