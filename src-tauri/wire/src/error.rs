//! What a service can do to a call, told apart by status and by the codes in its body, never by its words.

use std::time::Duration;

/// A call that did not end well.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind:?}{}", .status.map(|status| format!(" (HTTP {status})")).unwrap_or_default())]
pub struct Error {
    /// What happened.
    pub kind: Kind,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// How long the service asked to wait.
    pub retry_after: Option<Duration>,
}

/// The kinds of end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The service refuses the key.
    KeyRefused,
    /// Too many requests for now.
    RateLimited,
    /// The day's quota is used up.
    QuotaExhausted,
    /// Overloaded or down (5xx).
    Unavailable,
    /// The model is not known there.
    UnknownModel,
    /// Question or answer blocked by the service's rules.
    Blocked,
    /// No text came.
    Empty,
    /// The answer reached the output limit.
    TooLong,
    /// The stream ended before the answer did.
    Cut,
    /// Nothing came for too long.
    Stalled,
    /// Not the form the service documents.
    Unreadable,
    /// No connection.
    Unreachable,
    /// Refused as malformed (another 4xx, or a redirect).
    Refused,
}

impl Error {
    pub(crate) fn new(kind: Kind) -> Self {
        Self { kind, status: None, retry_after: None }
    }

    pub(crate) fn status(kind: Kind, status: u16, retry_after: Option<Duration>) -> Self {
        Self { kind, status: Some(status), retry_after }
    }

    /// Whether the same call may succeed later without anybody changing anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self.kind, Kind::RateLimited | Kind::Unavailable | Kind::Cut | Kind::Stalled | Kind::Unreachable)
    }
}

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        let kind = if error.is_timeout() && !error.is_connect() {
            Kind::Stalled
        } else if error.is_connect() || error.is_timeout() {
            Kind::Unreachable
        } else if error.is_decode() {
            Kind::Unreadable
        } else if error.is_body() {
            Kind::Cut
        } else {
            Kind::Unreachable
        };
        Self::new(kind)
    }
}

/// The kind a status alone tells. RFC 9110 §15.
pub(crate) fn kind_of(status: u16) -> Kind {
    match status {
        401 | 403 => Kind::KeyRefused,
        404 => Kind::UnknownModel,
        408 | 500..=599 => Kind::Unavailable,
        429 => Kind::RateLimited,
        _ => Kind::Refused,
    }
}
