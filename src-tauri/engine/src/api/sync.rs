//! What crosses a door about the sync: how far it is, what it came to, and what waits.

use super::UnixMillis;
use crate::error::ErrorCode;
use serde::{Deserialize, Serialize};
use specta::Type;

/// What a sync is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SyncPhase {
    /// It tells the provider what changed here.
    Telling,
    /// It asks what changed there.
    Asking,
    /// It brings mail in, the newest first.
    BringingIn,
    /// It compares what is here with what is there.
    Comparing,
    /// It waits, as the provider asked, or as it cannot be reached.
    Waiting,
}

/// How far a sync is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SyncProgress {
    /// What it is at.
    pub phase: SyncPhase,
    /// Messages of the provider's that are here.
    pub done: u64,
    /// About how many there are, where that is known.
    pub total: Option<u64>,
    /// About how many seconds it will take, at the pace there was.
    pub eta_seconds: Option<u64>,
    /// Until when it waits.
    pub waiting_until: Option<UnixMillis>,
}

/// What a sync came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SyncReport {
    /// Messages that came.
    pub new: u64,
    /// Messages that went.
    pub gone: u64,
    /// Messages whose labels changed there.
    pub relabelled: u64,
    /// Messages whose labels changed here, and were told.
    pub told: u64,
    /// Drafts of elsewhere that came, changed or went.
    pub drafts: u64,
    /// Drafts of here that were made, changed or deleted there.
    pub pushed: u64,
    /// Whether all of the mailbox was gone over.
    pub full: bool,
    /// Whether it was paused before its end. The next one goes on from there.
    pub stopped: bool,
}

/// How the sync of an account is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SyncState {
    /// How far the one that runs is; `None`: none runs.
    pub running: Option<SyncProgress>,
    /// Messages of the provider's that are here.
    pub done: u64,
    /// About how many there are, while not all were brought in.
    pub total: Option<u64>,
    /// Whether everything was brought in once.
    pub whole: bool,
    /// When it was last up to date.
    pub last: Option<UnixMillis>,
    /// Whether the person paused it.
    pub paused: bool,
    /// Why the last one failed.
    pub trouble: Option<ErrorCode>,
    /// Until when it waits before it tries again.
    pub waiting_until: Option<UnixMillis>,
}

/// Something of a sync changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SyncNews {
    /// It is this far.
    Progress {
        /// How far.
        progress: SyncProgress,
    },
    /// Mail, labels or drafts changed.
    MailChanged,
    /// It came to its end, was paused, or failed: ask for the state.
    Ended,
}
