//! Refusals, read from the codes of Google's error body (google.rpc.Status), never from its words.
//! <https://ai.google.dev/gemini-api/docs/troubleshooting>, <https://cloud.google.com/apis/design/errors#error_model>.

use crate::error::{Error, Kind, kind_of};
use crate::retry_after::retry_delay;
use serde_json::Value;

/// What a body says under a status. A body that is no such thing (a proxy's HTML page) leaves the status alone to tell.
pub(super) fn refusal(status: u16, body: &[u8]) -> Error {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let error = body.get(0).unwrap_or(&body).get("error").cloned().unwrap_or_default();
    let status = error["code"].as_u64().and_then(|code| u16::try_from(code).ok()).unwrap_or(status);
    let details = error["details"].as_array().cloned().unwrap_or_default();
    Error::status(kind(status, &error, &details), status, details.iter().find_map(retry_delay))
}

fn kind(status: u16, error: &Value, details: &[Value]) -> Kind {
    let by_reason = details.iter().any(|detail| {
        matches!(detail["reason"].as_str(), Some("API_KEY_INVALID" | "API_KEY_EXPIRED" | "API_KEY_SERVICE_BLOCKED"))
    });
    if by_reason {
        return Kind::KeyRefused;
    }
    if details.iter().any(is_per_day) {
        return Kind::QuotaExhausted;
    }
    match (status, error["status"].as_str()) {
        (200, Some("RESOURCE_EXHAUSTED")) => Kind::RateLimited,
        (200, Some("UNAVAILABLE" | "INTERNAL" | "DEADLINE_EXCEEDED")) => Kind::Unavailable,
        _ => kind_of(status),
    }
}

/// google.rpc.QuotaFailure: `quotaId` names the period, as in `GenerateRequestsPerDayPerProjectPerModel-FreeTier`.
fn is_per_day(detail: &Value) -> bool {
    let violations = detail["violations"].as_array().map(Vec::as_slice).unwrap_or_default();
    violations.iter().any(|violation| violation["quotaId"].as_str().is_some_and(|id| id.contains("PerDay")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_refusal_is_told_by_its_codes() {
        let info = |kind: &str, rest: &str| format!(r#"{{"@type":"type.googleapis.com/google.rpc.{kind}",{rest}}}"#);
        let body = |code: u16, status: &str, details: &[String]| {
            format!(
                r#"{{"error":{{"code":{code},"message":"words","status":"{status}","details":[{}]}}}}"#,
                details.join(",")
            )
        };
        let wait = info("RetryInfo", r#""retryDelay":"34.5s""#);
        let day =
            info("QuotaFailure", r#""violations":[{"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]"#);
        let minute =
            info("QuotaFailure", r#""violations":[{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel"}]"#);
        let key = info("ErrorInfo", r#""reason":"API_KEY_INVALID""#);
        let half = Some(Duration::from_millis(34_500));
        let cases = [
            (429, body(429, "RESOURCE_EXHAUSTED", &[minute, wait.clone()]), Kind::RateLimited, half),
            (429, body(429, "RESOURCE_EXHAUSTED", &[day, wait]), Kind::QuotaExhausted, half),
            (429, "too many".into(), Kind::RateLimited, None),
            (400, body(400, "INVALID_ARGUMENT", &[key]), Kind::KeyRefused, None),
            (400, body(400, "INVALID_ARGUMENT", &[]), Kind::Refused, None),
            (401, String::new(), Kind::KeyRefused, None),
            (403, body(403, "PERMISSION_DENIED", &[]), Kind::KeyRefused, None),
            (404, body(404, "NOT_FOUND", &[]), Kind::UnknownModel, None),
            (503, "<html>busy</html>".into(), Kind::Unavailable, None),
            (500, format!("[{}]", body(500, "INTERNAL", &[])), Kind::Unavailable, None),
            (302, String::new(), Kind::Refused, None),
            (200, r#"{"error":{"status":"UNAVAILABLE"}}"#.into(), Kind::Unavailable, None),
            (429, body(429, "RESOURCE_EXHAUSTED", &[r#"{"retryDelay":"-1s"}"#.into()]), Kind::RateLimited, None),
        ];
        for (status, body, kind, wait) in cases {
            let error = refusal(status, body.as_bytes());
            assert_eq!((error.kind, error.retry_after), (kind, wait), "{status} {body}");
        }
    }
}
