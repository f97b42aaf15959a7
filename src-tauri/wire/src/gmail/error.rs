//! What Gmail, or the way to it, can do to a call: told apart by status and by the codes in the body, never by its words. What matters
//! most is whether a call that changes something may have arrived: <https://developers.google.com/workspace/gmail/api/guides/handle-errors>.

use crate::retry_after::retry_delay;
use serde_json::Value;
use std::time::Duration;

/// A call that did not end well. It holds no address, no token and no word of the answer but a code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}{}{}", .status.map(|status| format!(" (HTTP {status})")).unwrap_or_default(), .reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default())]
pub struct Error {
    kind: Kind,
    status: Option<u16>,
    reason: Option<String>,
    retry_after: Option<Duration>,
}

/// The kinds of end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Kind {
    /// The access token opens nothing any more: refresh, and ask again.
    #[error("the access token was refused")]
    AccessRefused,
    /// The person has not granted the scope this needs.
    #[error("a scope is missing")]
    ScopeMissing,
    /// The account's administrator, or the project's own settings, do not allow it.
    #[error("it is not allowed for this account")]
    NotAllowed,
    /// Too much for now.
    #[error("too many calls for now")]
    RateLimited,
    /// The day's quota is used up.
    #[error("the day's quota is used up")]
    QuotaExhausted,
    /// Not there, says Gmail itself.
    #[error("it is not there")]
    NotFound,
    /// The history does not reach back so far: a full sync.
    #[error("the history does not reach back so far")]
    HistoryGone,
    /// Larger than Gmail takes, or than is read here.
    #[error("it is too large")]
    TooLarge,
    /// Refused as it stands; the reason is Gmail's code.
    #[error("it was refused as it stands")]
    Invalid,
    /// Down, or an answer that is not Gmail's own (another program's error page, a redirect). It may have arrived.
    #[error("the service is not available")]
    Unavailable,
    /// No connection stood: nothing of the request was sent.
    #[error("the service cannot be reached")]
    Unreachable,
    /// A connection stood, and no answer that can be read came over it: the request may have arrived, and may have been done.
    #[error("the answer was lost")]
    AnswerLost,
}

impl Error {
    /// What happened.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The HTTP status, where one was read.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// Gmail's own code for it, as in `failedPrecondition`.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// How long the service asked to wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Whether the same call may succeed later without anybody changing anything. That does not make it safe to repeat: a call that
    /// sends or creates is repeated only where it cannot have arrived.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self.kind, Kind::RateLimited | Kind::Unavailable | Kind::Unreachable | Kind::AnswerLost)
    }

    /// Whether Gmail may have done what was asked, for all that is known here. False is a promise: this call changed nothing there.
    #[must_use]
    pub fn may_have_arrived(&self) -> bool {
        matches!(self.kind, Kind::Unavailable | Kind::AnswerLost)
    }

    pub(super) fn or_wait(mut self, asked: Option<Duration>) -> Self {
        self.retry_after = self.retry_after.or(asked);
        self
    }

    /// A 404 of the history means that it begins later.
    pub(super) fn of_history(mut self) -> Self {
        if self.kind == Kind::NotFound {
            self.kind = Kind::HistoryGone;
        }
        self
    }
}

impl From<Kind> for Error {
    fn from(kind: Kind) -> Self {
        Self { kind, status: None, reason: None, retry_after: None }
    }
}

/// What an answer says that is no success. A 4xx counts only in Gmail's own form, but for those that any program on the way may give
/// and that mean the same from all of them: a proxy's 404 page must not tell that a draft is gone.
pub(super) fn refusal(status: u16, body: &[u8]) -> Error {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let error = body.get(0).unwrap_or(&body).get("error").filter(|error| error.is_object());
    let details = error.and_then(|error| error["details"].as_array()).map(Vec::as_slice).unwrap_or_default();
    let codes = error.map(codes).unwrap_or_default();
    let kind = match (status, error) {
        (401, _) => Kind::AccessRefused,
        (413, _) => Kind::TooLarge,
        (429, _) => limited(&codes, details).unwrap_or(Kind::RateLimited),
        (408, _) | (_, None) => Kind::Unavailable,
        (403, _) => forbidden(&codes, details),
        (404, _) => Kind::NotFound,
        (400..=499, _) => Kind::Invalid,
        _ => Kind::Unavailable,
    };
    let reason = codes.into_iter().find(|code| is_code(code)).map(str::to_owned);
    Error { kind, status: Some(status), reason, retry_after: details.iter().find_map(retry_delay) }
}

/// The codes of an error, the most telling first: those of google.rpc.ErrorInfo, of the older list, and the status's name.
fn codes(error: &Value) -> Vec<&str> {
    let reasons =
        |list: &'static str| error[list].as_array().into_iter().flatten().filter_map(|entry| entry["reason"].as_str());
    reasons("errors").chain(reasons("details")).chain(error["status"].as_str()).collect()
}

fn forbidden(codes: &[&str], details: &[Value]) -> Kind {
    if holds(codes, &["insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"]) {
        return Kind::ScopeMissing;
    }
    limited(codes, details).unwrap_or(Kind::NotAllowed)
}

fn limited(codes: &[&str], details: &[Value]) -> Option<Kind> {
    let of_a_day = ["dailyLimitExceeded", "dailyLimitExceededUnreg", "quotaExceeded"];
    if holds(codes, &of_a_day) || details.iter().any(is_per_day) {
        return Some(Kind::QuotaExhausted);
    }
    let of_a_moment =
        ["rateLimitExceeded", "userRateLimitExceeded", "userRateLimitExceededUnreg", "RATE_LIMIT_EXCEEDED"];
    holds(codes, &of_a_moment).then_some(Kind::RateLimited)
}

fn holds(codes: &[&str], wanted: &[&str]) -> bool {
    codes.iter().any(|code| wanted.contains(code))
}

/// google.rpc.ErrorInfo: `quota_limit` names the period, as in `QueriesPerDayPerProject`.
fn is_per_day(detail: &Value) -> bool {
    detail["metadata"]["quota_limit"].as_str().is_some_and(|limit| limit.contains("PerDay"))
}

/// A word that can only be a code: nobody's address or subject comes through.
fn is_code(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn old(status: u16, reason: &str) -> String {
        format!(
            r#"{{"error":{{"code":{status},"message":"words","errors":[{{"domain":"global","reason":"{reason}","message":"words"}}]}}}}"#
        )
    }

    fn new(status: &str, details: &str) -> String {
        format!(r#"{{"error":{{"code":0,"message":"words","status":"{status}","details":[{details}]}}}}"#)
    }

    #[test]
    fn a_refusal_is_told_by_its_codes() {
        let scope = r#"{"reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT","domain":"googleapis.com"}"#;
        let minute = r#"{"reason":"RATE_LIMIT_EXCEEDED","metadata":{"quota_limit":"defaultPerMinutePerUser"}}"#;
        let day = r#"{"reason":"RATE_LIMIT_EXCEEDED","metadata":{"quota_limit":"QueriesPerDayPerProject"}}"#;
        let cases = [
            (401, old(401, "authError"), Kind::AccessRefused, Some("authError")),
            (401, String::new(), Kind::AccessRefused, None),
            (403, old(403, "insufficientPermissions"), Kind::ScopeMissing, Some("insufficientPermissions")),
            (403, new("PERMISSION_DENIED", scope), Kind::ScopeMissing, Some("ACCESS_TOKEN_SCOPE_INSUFFICIENT")),
            (403, old(403, "rateLimitExceeded"), Kind::RateLimited, Some("rateLimitExceeded")),
            (403, old(403, "userRateLimitExceeded"), Kind::RateLimited, Some("userRateLimitExceeded")),
            (403, new("PERMISSION_DENIED", minute), Kind::RateLimited, Some("RATE_LIMIT_EXCEEDED")),
            (403, old(403, "dailyLimitExceeded"), Kind::QuotaExhausted, Some("dailyLimitExceeded")),
            (403, old(403, "domainPolicy"), Kind::NotAllowed, Some("domainPolicy")),
            (403, old(403, "accessNotConfigured"), Kind::NotAllowed, Some("accessNotConfigured")),
            (403, "<html>no</html>".into(), Kind::Unavailable, None),
            (429, old(429, "rateLimitExceeded"), Kind::RateLimited, Some("rateLimitExceeded")),
            (429, new("RESOURCE_EXHAUSTED", ""), Kind::RateLimited, Some("RESOURCE_EXHAUSTED")),
            (429, new("RESOURCE_EXHAUSTED", day), Kind::QuotaExhausted, Some("RATE_LIMIT_EXCEEDED")),
            (429, "slow down".into(), Kind::RateLimited, None),
            (404, old(404, "notFound"), Kind::NotFound, Some("notFound")),
            (404, format!("[{}]", old(404, "notFound")), Kind::NotFound, Some("notFound")),
            (404, "<html>Not Found</html>".into(), Kind::Unavailable, None),
            (404, r#"{"message":"no such route"}"#.into(), Kind::Unavailable, None),
            (404, r#"{"error":"not_found"}"#.into(), Kind::Unavailable, None),
            (400, old(400, "failedPrecondition"), Kind::Invalid, Some("failedPrecondition")),
            (400, old(400, "ada@example.com is no address"), Kind::Invalid, None),
            (400, "<html>malformed</html>".into(), Kind::Unavailable, None),
            (413, "<html>Too Large</html>".into(), Kind::TooLarge, None),
            (408, old(408, "timeout"), Kind::Unavailable, Some("timeout")),
            (500, old(500, "backendError"), Kind::Unavailable, Some("backendError")),
            (503, "<html>busy</html>".into(), Kind::Unavailable, None),
            (302, String::new(), Kind::Unavailable, None),
        ];
        for (status, body, kind, reason) in cases {
            let error = refusal(status, body.as_bytes());
            assert_eq!((error.kind(), error.reason()), (kind, reason), "{status} {body}");
            assert_eq!(error.may_have_arrived(), kind == Kind::Unavailable, "{status} {body}");
            assert!(!error.to_string().contains("words"), "{error}");
        }
    }

    #[test]
    fn the_wait_of_the_body_counts_before_the_headers() {
        let body =
            new("RESOURCE_EXHAUSTED", r#"{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"2.5s"}"#);
        let header = Some(Duration::from_secs(9));
        assert_eq!(refusal(429, body.as_bytes()).or_wait(header).retry_after(), Some(Duration::from_millis(2500)));
        assert_eq!(refusal(429, b"").or_wait(header).retry_after(), header);
    }

    #[test]
    fn only_what_never_left_or_was_refused_is_safe_to_repeat() {
        let may = [Kind::Unavailable, Kind::AnswerLost];
        let may_not = [
            Kind::AccessRefused,
            Kind::ScopeMissing,
            Kind::NotAllowed,
            Kind::RateLimited,
            Kind::QuotaExhausted,
            Kind::NotFound,
            Kind::HistoryGone,
            Kind::TooLarge,
            Kind::Invalid,
            Kind::Unreachable,
        ];
        assert!(may.iter().all(|kind| Error::from(*kind).may_have_arrived()));
        assert!(may_not.iter().all(|kind| !Error::from(*kind).may_have_arrived()));
    }

    proptest! {
        #[test]
        fn no_body_breaks_it(status in 300_u16..600, body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let error = refusal(status, &body);
            prop_assert_eq!(error.status(), Some(status));
        }

        #[test]
        fn no_json_breaks_it(status in 300_u16..600, reason in ".{0,80}", list in "errors|details|status") {
            let body = serde_json::json!({"error": {list: [{"reason": reason, "retryDelay": reason}], "status": reason}});
            let error = refusal(status, body.to_string().as_bytes());
            prop_assert!(error.reason().is_none_or(is_code));
        }
    }
}
