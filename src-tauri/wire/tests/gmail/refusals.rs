//! Each refusal in its kind, over the wire, at the call where it matters most.

use crate::support::google::{Google, Scripted};
use crate::support::{draft, gmail};
use epistle_wire::gmail::{Gmail, Kind, drafts};
use epistle_wire::oauth::Token;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_send_that_was_refused_says_why_and_whether_it_may_have_arrived() {
    let google = Google::start().await;
    let gmail = gmail(&google.address);
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    let cases = [
        (Scripted::refusal(401, "authError"), Kind::AccessRefused, None),
        (Scripted::html(401), Kind::AccessRefused, None),
        (Scripted::refusal(403, "insufficientPermissions"), Kind::ScopeMissing, None),
        (Scripted::refusal(403, "domainPolicy"), Kind::NotAllowed, None),
        (Scripted::refusal(403, "rateLimitExceeded").with("retry-after", "7"), Kind::RateLimited, seconds(7)),
        (Scripted::refusal(403, "dailyLimitExceeded"), Kind::QuotaExhausted, None),
        (Scripted::refusal(429, "rateLimitExceeded"), Kind::RateLimited, None),
        (Scripted::html(429).with("retry-after", "3"), Kind::RateLimited, seconds(3)),
        (
            Scripted::html(429)
                .with("date", "Tue, 24 Nov 2026 16:00:00 GMT")
                .with("retry-after", "Tue, 24 Nov 2026 16:00:30 GMT"),
            Kind::RateLimited,
            seconds(30),
        ),
        (Scripted::refusal(404, "notFound"), Kind::NotFound, None),
        (Scripted::html(404), Kind::Unavailable, None),
        (Scripted::html(413), Kind::TooLarge, None),
        (Scripted::refusal(400, "invalidArgument"), Kind::Invalid, None),
        (Scripted::html(403), Kind::Unavailable, None),
        (Scripted::html(302).with("location", "https://elsewhere.example/"), Kind::Unavailable, None),
        (Scripted::refusal(500, "backendError"), Kind::Unavailable, None),
        (Scripted::html(502), Kind::Unavailable, None),
        (Scripted::refusal(503, "backendError").with("retry-after", "120"), Kind::Unavailable, seconds(120)),
        (Scripted::html(200), Kind::AnswerLost, None),
        (Scripted::json(200, &json!({})), Kind::AnswerLost, None),
        (Scripted::json(204, &json!({})), Kind::AnswerLost, None),
        (Scripted::json(202, &json!({"id": "m", "threadId": "t"})), Kind::Unavailable, None),
    ];
    for (index, (answer, kind, wait)) in cases.into_iter().enumerate() {
        google.answer(answer);
        let error = drafts::send(&gmail, &draft("r1")).await.unwrap_err();
        assert_eq!((error.kind(), error.retry_after()), (kind, wait), "case {index}");
        assert_eq!(error.may_have_arrived(), matches!(kind, Kind::Unavailable | Kind::AnswerLost), "case {index}");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("ada@") && !shown.contains("opens-mail") && !shown.contains("127.0.0.1"), "{shown}");
        assert_eq!(google.asked().len(), index + 1, "case {index}: asked once, and nowhere else");
    }
}

#[tokio::test]
async fn a_token_that_no_header_can_hold_is_not_sent() {
    let google = Google::start().await;
    let gmail = Gmail { access: Token::new("a\r\nb"), ..gmail(&google.address) };
    let error = drafts::send(&gmail, &draft("r1")).await.unwrap_err();
    assert_eq!((error.kind(), error.may_have_arrived(), google.asked().len()), (Kind::AccessRefused, false, 0));
}
