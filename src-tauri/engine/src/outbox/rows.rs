//! What the store keeps of the outbox: a small row that every step rewrites, and beside it, written once, the bytes that are sent.
//! No behaviour but the rules of a row.

use super::approval::Approval;
use super::backoff::Wait;
use super::state::{Answer, Course, Event, Settled, State, Trouble};
use crate::api::{OutboxEvent, OutboxId, OutboxItem, OutboxState, OutboxStep, Person, UnixMillis, WaitReason};
use crate::error::{Error, Result};
use crate::ids::{DraftId, MessageId};
use serde::{Deserialize, Serialize};

/// How many steps of a story are kept: its beginning, and its end.
const KEPT_FIRST: usize = 20;
const KEPT_LAST: usize = 40;

/// A message in the outbox. All that was approved is frozen here when it is queued; only `course` and `history` change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutboxRow {
    pub(crate) draft: DraftId,
    /// The draft's version that was approved.
    pub(crate) version: u32,
    pub(crate) from: Person,
    pub(crate) to: Vec<Person>,
    pub(crate) cc: Vec<Person>,
    pub(crate) bcc: Vec<Person>,
    pub(crate) subject: String,
    pub(crate) answers: Option<MessageId>,
    /// Fixed when it is queued: by it a sent message is found again. Without the angle brackets.
    pub(crate) message_id: String,
    /// What the person agreed to.
    pub(crate) approval: Approval,
    /// The digest of the bytes that go out under that approval.
    pub(crate) print: [u8; 32],
    pub(crate) course: Course,
    pub(crate) history: Vec<OutboxStep>,
}

/// The digest by which the bytes are known again before they leave.
pub(super) fn print_of(raw: &[u8]) -> [u8; 32] {
    *blake3::hash(raw).as_bytes()
}

impl OutboxId {
    /// A new one, behind all that were queued before `now`.
    ///
    /// # Errors
    /// `internal` when the operating system gives no randomness.
    pub(crate) fn new(now: UnixMillis) -> Result<Self> {
        let mut bytes = [0; 24];
        bytes[..8].copy_from_slice(&u64::try_from(now).unwrap_or(0).to_be_bytes());
        getrandom::fill(&mut bytes[8..]).map_err(|e| Error::internal("no randomness", e))?;
        Ok(Self(bytes))
    }

    /// The record key.
    pub(crate) fn key(&self) -> &[u8; 24] {
        &self.0
    }

    /// From a record key.
    pub(crate) fn from_key(key: &[u8]) -> Result<Self> {
        let bytes =
            key.try_into().map_err(|_| Error::StoreBroken { what: "a key of outbox has another length".into() })?;
        Ok(Self(bytes))
    }

    /// When it was queued.
    pub(crate) fn queued(&self) -> UnixMillis {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&self.0[..8]);
        UnixMillis::from_be_bytes(bytes)
    }
}

impl OutboxRow {
    /// Whether the draft it was made of is this message now, and no draft any more: it is on its way, or was sent, as it was approved.
    pub(crate) fn stands_for(&self, version: u32) -> bool {
        self.version == version && !matches!(self.course.state, State::Failed { .. } | State::Undone { .. })
    }

    /// Whether it was sent.
    pub(crate) fn was_sent(&self) -> bool {
        matches!(self.course.state, State::Sent { .. })
    }

    /// Whoever receives it, blind copies too.
    pub(crate) fn recipients(&self) -> impl Iterator<Item = &Person> {
        self.to.iter().chain(&self.cc).chain(&self.bcc)
    }

    /// The step taken, and noted.
    pub(crate) fn stepped(mut self, event: &Event, next: Course, now: UnixMillis) -> Self {
        if let Some(what) = noted(event, &self.course, &next) {
            self.note(what, now);
        }
        self.course = next;
        self
    }

    pub(crate) fn note(&mut self, what: OutboxEvent, now: UnixMillis) {
        if self.history.len() >= KEPT_FIRST + KEPT_LAST {
            self.history.remove(KEPT_FIRST);
        }
        self.history.push(OutboxStep { at: now, what });
    }

    pub(crate) fn item(self, id: OutboxId) -> OutboxItem {
        OutboxItem {
            id,
            draft: self.draft,
            from: self.from,
            to: self.to,
            cc: self.cc,
            bcc: self.bcc,
            subject: self.subject,
            queued: id.queued(),
            approval: self.approval.to_string(),
            message_id: self.message_id,
            can_undo: self.course.can_undo(),
            can_retry: self.course.can_retry(),
            can_settle: self.course.can_settle(),
            state: shown(self.course),
            history: self.history,
        }
    }
}

fn shown(course: Course) -> OutboxState {
    let waiting = |wait: Wait, reason| OutboxState::Waiting { until: wait.until(), reason };
    match course.state {
        State::Queued { wait } => waiting(wait, course.reason),
        State::Uploaded { wait, .. } if course.reason != WaitReason::Time => waiting(wait, course.reason),
        State::Uploaded { .. } | State::Leased { .. } | State::Sending { .. } => OutboxState::Sending,
        State::Settling { since, .. } => OutboxState::Settling { since },
        State::Sent { at, message } => OutboxState::Sent { at, message },
        State::Failed { why, said } => OutboxState::Failed { why, said },
        State::Unknown { since, why, .. } => OutboxState::Unknown { since, why },
        State::Undone { at } => OutboxState::Undone { at },
    }
}

/// What the story says of an event; nothing of a clock that was only set back.
fn noted(event: &Event, before: &Course, after: &Course) -> Option<OutboxEvent> {
    Some(match event {
        Event::Undo => OutboxEvent::Undone,
        Event::Take { .. } => match after.state {
            State::Leased { .. } => OutboxEvent::UploadBegun,
            State::Settling { .. } => OutboxEvent::Asked,
            _ => OutboxEvent::SendBegun,
        },
        Event::Clock if before.is_busy() == after.is_busy() => return None,
        Event::Clock | Event::Restarted => OutboxEvent::Interrupted,
        Event::Answer { answer, .. } => match answer {
            Answer::Uploaded { .. } => OutboxEvent::Uploaded,
            Answer::NotUploaded(_) => OutboxEvent::UploadFailed,
            Answer::Sent { .. } => OutboxEvent::Sent,
            Answer::NotSent(Trouble::Lost) => OutboxEvent::SendAnswerLost,
            Answer::NotSent(_) => OutboxEvent::SendFailed,
            Answer::Settled(Settled::StillADraft) => OutboxEvent::StillADraft,
            Answer::Settled(Settled::Found { .. }) => OutboxEvent::FoundSent,
            Answer::Settled(Settled::NoTrace) => OutboxEvent::NoTrace,
            Answer::Settled(Settled::CannotAsk(_)) => OutboxEvent::CouldNotAsk,
        },
        Event::Retry => OutboxEvent::Retried,
        Event::SaidSent => OutboxEvent::SaidSent,
        Event::SaidNotSent => OutboxEvent::SaidNotSent,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A row that answers to nothing but its course.
    pub(crate) fn row(course: Course, raw: &[u8], approval: Approval) -> OutboxRow {
        OutboxRow {
            draft: DraftId([0; 16]),
            version: 1,
            from: Person { name: None, address: "mara@example.com".parse().unwrap() },
            to: vec![Person { name: None, address: "dana@example.org".parse().unwrap() }],
            cc: vec![],
            bcc: vec![],
            subject: "Plan".into(),
            answers: None,
            message_id: "plan@example.com".into(),
            approval,
            print: print_of(raw),
            course,
            history: vec![],
        }
    }

    fn plain() -> OutboxRow {
        row(Course::new(Wait::pause(0, 0)), b"", "0".repeat(64).parse().unwrap())
    }

    #[test]
    fn ids_stand_in_the_order_of_queueing() {
        let (early, late) = (OutboxId::new(1_000).unwrap(), OutboxId::new(1_001).unwrap());
        assert!(early < late && early.key() < late.key());
        assert_eq!((early.queued(), OutboxId::from_key(early.key()).unwrap()), (1_000, early));
        assert!(OutboxId::from_key(b"short").is_err());
    }

    #[test]
    fn a_long_story_keeps_its_beginning_and_its_end() {
        let mut row = plain();
        row.note(OutboxEvent::Queued, 0);
        for at in 1..1_000 {
            row.note(OutboxEvent::CouldNotAsk, at);
        }
        assert_eq!(row.history.len(), KEPT_FIRST + KEPT_LAST);
        assert_eq!((row.history[0].at, row.history.last().unwrap().at), (0, 999));
        assert!(row.history.is_sorted_by_key(|step| step.at));
    }

    #[test]
    fn a_row_survives_its_bytes() {
        let row = plain();
        let bytes = rmp_serde::to_vec_named(&row).unwrap();
        assert_eq!(rmp_serde::from_slice::<OutboxRow>(&bytes).unwrap(), row);
    }
}
