//! What Gmail can do to a call, as far as a person can do something about it.

use super::ErrorCode;
use crate::api::Grant;

/// A call to Gmail that came to nothing: <https://developers.google.com/workspace/gmail/api/guides/handle-errors>.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
#[error("{}", .kind.describe())]
pub struct GmailTrouble {
    /// What happened.
    pub kind: GmailKind,
    /// How long Gmail asked to wait, where it said so, in milliseconds.
    pub retry_after_ms: Option<u64>,
}

/// The kinds of trouble with Gmail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GmailKind {
    /// This account has no Gmail, or it is turned off (`DISABLE_GMAIL`, or the setting).
    Off,
    /// The person has not allowed what this needs.
    GrantMissing(Grant),
    /// No connection, or the answer was lost on its way.
    Unreachable,
    /// Too many calls for now, the day's quota, or the service is down.
    Busy,
    /// Gmail, or the account's administrator, refuses it.
    Refused,
}

impl GmailKind {
    fn describe(self) -> &'static str {
        match self {
            Self::Off => "this account has no Gmail, or it is turned off",
            Self::GrantMissing(Grant::ReadMail) => "Epistle may not read this account's mail yet",
            Self::GrantMissing(Grant::SendMail) => "Epistle may not send from this account yet",
            Self::GrantMissing(_) => "this account has not allowed it yet",
            Self::Unreachable => "Gmail cannot be reached",
            Self::Busy => "Gmail asks to wait",
            Self::Refused => "Gmail refused it",
        }
    }

    /// The stable code.
    #[must_use]
    pub fn code(self) -> ErrorCode {
        match self {
            Self::Off => ErrorCode::GmailOff,
            Self::GrantMissing(_) => ErrorCode::GmailGrantMissing,
            Self::Unreachable => ErrorCode::GmailUnreachable,
            Self::Busy => ErrorCode::GmailBusy,
            Self::Refused => ErrorCode::GmailRefused,
        }
    }
}

impl From<GmailKind> for GmailTrouble {
    fn from(kind: GmailKind) -> Self {
        Self { kind, retry_after_ms: None }
    }
}
