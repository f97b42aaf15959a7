//! The outbox's states, what can happen, and what is to be done about it: plain data, no behaviour but questions a state answers.
//!
//! A message walks `Queued → Leased → Uploaded → Sending → Sent`. `Sending` is committed before the provider is asked to send, so that
//! whoever finds it later knows that the message may be out; from there only an answer, a settlement or the person leads on.

use super::backoff::Wait;
use crate::api::{FailReason, UnixMillis, UnknownReason, WaitReason};
use serde::{Deserialize, Serialize};

/// How a message leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Transport {
    /// The provider keeps drafts and sends one by its id, once: what became of it can be asked (Gmail).
    Drafts,
    /// The message is handed over whole, and nobody can be asked afterwards (SMTP).
    Direct,
}

/// Where a message is. What else its way depends on is in [`Course`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// It waits: to be undone, for its time, or to be tried again. No send can have reached anybody.
    Queued {
        /// Until when.
        wait: Wait,
    },
    /// It is being uploaded as a draft.
    Leased {
        /// When that is given up as lost.
        lease: Wait,
    },
    /// The provider has it as an unsent draft, as far as anybody knows.
    Uploaded {
        /// The provider's id of the draft.
        remote: String,
        /// Until when it waits before it is sent.
        wait: Wait,
    },
    /// A send was begun, and its answer is not here.
    Sending {
        /// The provider's id of the draft, where it keeps drafts.
        remote: Option<String>,
        /// When the answer is given up as lost.
        lease: Wait,
    },
    /// The answer to a send was lost. What became of it is being asked, and nothing is sent.
    Settling {
        /// The provider's id of the draft.
        remote: String,
        /// Since when.
        since: UnixMillis,
        /// Questions that settled nothing.
        asked: u32,
        /// Whether a question is under way.
        asking: bool,
        /// Until when to wait: for the answer, or before the next question.
        wait: Wait,
    },
    /// It was sent.
    Sent {
        /// When that was known.
        at: UnixMillis,
        /// The provider's id of the message.
        message: Option<String>,
    },
    /// It was not sent.
    Failed {
        /// Why.
        why: FailReason,
        /// The provider's words.
        said: Option<String>,
    },
    /// Nothing can tell whether it was sent: the person must.
    Unknown {
        /// Since when.
        since: UnixMillis,
        /// Why.
        why: UnknownReason,
        /// The provider's id of the draft, by which it may be asked again.
        remote: Option<String>,
    },
    /// The person took it back.
    Undone {
        /// When.
        at: UnixMillis,
    },
}

/// A message's state with what its way depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// How it leaves; known when it is first taken, since an account may be signed in after the message was queued.
    pub transport: Option<Transport>,
    /// Where it is.
    pub state: State,
    /// Counts every call made for it: an answer names the call it is of, so that a late one is known as late.
    pub attempt: u32,
    /// Failures that count: so many, and it is given up.
    pub strikes: u32,
    /// Times in a row that the provider could not be spoken with at all; they never make it fail.
    pub misses: u32,
    /// Whether the answer to any send was lost, so that it may yet turn out sent. What is in doubt ends as sent or unknown.
    pub doubt: bool,
    /// What it waits for.
    pub reason: WaitReason,
}

/// What happens to a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The person presses “undo”.
    Undo,
    /// A worker takes it to make the next call. The scheduler asked whether it is its turn.
    Take {
        /// How it is to leave.
        transport: Transport,
        /// How long an answer is waited for, in milliseconds.
        patience: i64,
    },
    /// Time went by, in whatever direction.
    Clock,
    /// The process that worked on it is gone.
    Restarted,
    /// The answer to a call.
    Answer {
        /// Which call it is of.
        attempt: u32,
        /// What it says.
        answer: Answer,
    },
    /// The person wants it tried again.
    Retry,
    /// The person says that it was sent.
    SaidSent,
    /// The person says that it was not sent.
    SaidNotSent,
}

/// What a call came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is a draft there now.
    Uploaded {
        /// Its id there.
        remote: String,
    },
    /// It could not be uploaded.
    NotUploaded(Trouble),
    /// It is sent.
    Sent {
        /// The provider's id of the message.
        message: Option<String>,
    },
    /// It is not sent, or the answer was lost.
    NotSent(Trouble),
    /// What the provider says became of it.
    Settled(Settled),
}

/// How a call failed. What a mailer cannot tell for sure is [`Trouble::Lost`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The provider was not reached: nothing was handed over.
    Offline,
    /// The account must be signed in again, or a permission is missing: nothing was done.
    SignIn,
    /// The provider said “not now”, and did nothing (429, and 5xx only where it is certain).
    NotNow {
        /// How long it asked to wait, in milliseconds.
        retry_after: Option<i64>,
    },
    /// The provider said no, for good, and did nothing.
    Refused {
        /// Its words.
        said: String,
    },
    /// The provider has no such draft: it was sent or deleted.
    Gone,
    /// There was no answer, or none that tells: it may have been done, or may yet be.
    Lost,
}

/// What became of a draft after the answer to its sending was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// The draft is there, unsent.
    StillADraft,
    /// The draft is gone and the message was found among the sent.
    Found {
        /// The provider's id of the message.
        message: Option<String>,
    },
    /// The draft is gone and no message was found (yet: searches lag).
    NoTrace,
    /// The provider could not be asked.
    CannotAsk(Trouble),
}

/// What is to be done, once the state that asks for it is committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Make it a draft at the provider.
    Upload {
        /// Which call this is.
        attempt: u32,
        /// Whether an earlier upload may have left a draft there, to be found by its Message-ID instead of making another.
        again: bool,
    },
    /// Send it: the draft by its id, or the message itself.
    Send {
        /// Which call this is.
        attempt: u32,
        /// The provider's id of the draft.
        remote: Option<String>,
    },
    /// Ask what became of the draft. Nothing is changed by it.
    Settle {
        /// Which call this is.
        attempt: u32,
        /// The provider's id of the draft.
        remote: String,
    },
    /// Take away a draft that is not going to be sent. Nothing depends on it.
    DeleteDraft {
        /// The provider's id of the draft.
        remote: String,
    },
    /// Tell the person how it ended.
    Tell,
}

/// Why an event changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It is on its way, or already there: it cannot be taken back.
    TooLate,
    /// It is not its turn, or somebody else has it.
    NotNow,
    /// An answer to a call that is no longer waited for.
    Stale,
    /// There is nothing of the kind to do.
    Nothing,
    /// Nobody can be asked: the person must say first whether it was sent.
    SayFirst,
}

impl Course {
    /// A message newly queued.
    #[must_use]
    pub fn new(wait: Wait) -> Self {
        Self {
            transport: None,
            state: State::Queued { wait },
            attempt: 0,
            strikes: 0,
            misses: 0,
            doubt: false,
            reason: WaitReason::Time,
        }
    }

    /// What it waits for by the clock: a pause before the next call, or the answer to one.
    #[must_use]
    pub fn wait(&self) -> Option<Wait> {
        match &self.state {
            State::Queued { wait } | State::Uploaded { wait, .. } | State::Settling { wait, .. } => Some(*wait),
            State::Leased { lease } | State::Sending { lease, .. } => Some(*lease),
            _ => None,
        }
    }

    /// Whether its next call can be made by such a mailer: what is a draft at a provider is that provider's to send and to ask about.
    #[must_use]
    pub fn goes_by(&self, way: Transport) -> bool {
        way == Transport::Drafts || !matches!(self.state, State::Uploaded { .. } | State::Settling { .. })
    }

    /// Whether a call is under way.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self.state, State::Leased { .. } | State::Sending { .. } | State::Settling { asking: true, .. })
    }

    /// Whether it has come to its end, unless the person wants more.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.wait().is_none()
    }

    /// Whether it can be taken back: no send was begun whose end is not known.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.doubt && matches!(self.state, State::Queued { .. } | State::Uploaded { .. })
    }

    /// Whether the person can have it tried again.
    #[must_use]
    pub fn can_retry(&self) -> bool {
        self.stays_away() || matches!(self.state, State::Failed { .. } | State::Unknown { remote: Some(_), .. })
    }

    /// Whether it waits for the network or for the person, and not for a time: it may be tried whenever either may be back.
    #[must_use]
    pub fn stays_away(&self) -> bool {
        let waits =
            matches!(self.state, State::Queued { .. } | State::Uploaded { .. } | State::Settling { asking: false, .. });
        waits && matches!(self.reason, WaitReason::Offline | WaitReason::SignIn)
    }

    /// Whether it waits for the person to say what became of it.
    #[must_use]
    pub fn can_settle(&self) -> bool {
        matches!(self.state, State::Unknown { .. })
    }
}
