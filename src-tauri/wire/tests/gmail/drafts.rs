//! The life of a draft: made, changed, looked at, sent, deleted.

use crate::support::google::{Google, Scripted};
use crate::support::{draft, gmail, message, thread};
use epistle_wire::gmail::{Format, Kind, drafts};
use serde_json::json;

const MAIL: &[u8] = b"To: bob@example.com\r\nBcc: eve@example.com\r\nSubject: \xc3\xa4\r\n\r\nHi >?";

#[tokio::test]
async fn a_draft_is_made_alone_or_in_a_thread() {
    let google = Google::start().await;
    let gmail = gmail(&google.address);
    for (thread_id, said) in [(None, json!({})), (Some(thread("t1")), json!({"threadId": "t1"}))] {
        google.says(&json!({"id": "r1", "message": {"id": "m1", "threadId": "t1", "labelIds": ["DRAFT"]}}));
        let made = drafts::create(&gmail, MAIL, thread_id.as_ref()).await.unwrap();
        assert_eq!((made.id, made.message.id, made.message.thread_id), (draft("r1"), message("m1"), thread("t1")));
        let asked = google.last();
        assert_eq!((asked.line().as_str(), asked.query.len()), ("POST /gmail/v1/users/me/drafts", 0));
        let mut body = asked.json();
        let raw = body["message"].as_object_mut().unwrap().remove("raw").unwrap();
        assert_eq!(raw, "VG86IGJvYkBleGFtcGxlLmNvbQ0KQmNjOiBldmVAZXhhbXBsZS5jb20NClN1YmplY3Q6IMOkDQoNCkhpID4_");
        assert_eq!(body, json!({ "message": said }));
    }
}

#[tokio::test]
async fn a_draft_is_changed_in_its_place() {
    let google = Google::start().await;
    let gmail = gmail(&google.address);
    google.says(&json!({"id": "r1", "message": {"id": "m2", "threadId": "t1"}}));
    let changed = drafts::update(&gmail, &draft("r1"), MAIL, Some(&thread("t1"))).await.unwrap();
    assert_eq!((changed.id, changed.message.id), (draft("r1"), message("m2")));
    assert_eq!(google.last().line(), "PUT /gmail/v1/users/me/drafts/r1");
    assert_eq!(google.last().json()["message"]["threadId"], "t1");

    google.answer(Scripted::refusal(404, "notFound"));
    let error = drafts::update(&gmail, &draft("r1"), MAIL, None).await.unwrap_err();
    assert_eq!((error.kind(), error.may_have_arrived()), (Kind::NotFound, false));
}

#[tokio::test]
async fn a_draft_is_looked_at_and_deleted() {
    let google = Google::start().await;
    let gmail = gmail(&google.address);
    google.says(&json!({"id": "r1", "message": {"id": "m2", "threadId": "t1", "raw": "SGk="}}));
    let said = drafts::get(&gmail, &draft("r1"), Format::Raw).await.unwrap();
    assert_eq!(said.message.raw.as_deref(), Some(b"Hi".as_slice()));
    assert_eq!(google.last().line(), "GET /gmail/v1/users/me/drafts/r1");
    assert_eq!(google.last().values("format"), ["raw"]);

    let nothing = |status| Scripted { status, headers: vec![], body: vec![] };
    let cases = [
        (nothing(204), None),
        (nothing(200), None),
        (Scripted::json(200, &json!({})), None),
        (Scripted::html(200), Some(Kind::AnswerLost)),
        (Scripted::refusal(404, "notFound"), Some(Kind::NotFound)),
    ];
    for (index, (answer, kind)) in cases.into_iter().enumerate() {
        google.answer(answer);
        let outcome = drafts::delete(&gmail, &draft("r1")).await;
        assert_eq!(outcome.err().map(|error| error.kind()), kind, "case {index}");
        assert_eq!(google.last().line(), "DELETE /gmail/v1/users/me/drafts/r1");
    }
}

#[tokio::test]
async fn a_draft_is_sent_by_its_id_and_by_nothing_else() {
    let google = Google::start().await;
    google.says(&json!({"id": "m9", "threadId": "t1", "labelIds": ["SENT"]}));
    let sent = drafts::send(&gmail(&google.address), &draft("r1")).await.unwrap();
    assert_eq!((sent.id.clone(), sent.is_labelled("SENT")), (message("m9"), true));
    assert_eq!(google.last().line(), "POST /gmail/v1/users/me/drafts/send");
    assert_eq!(google.last().json(), json!({"id": "r1"}));
}

#[tokio::test]
async fn a_call_can_be_a_task_of_its_own() {
    let google = Google::start().await;
    google.says(&json!({"id": "m9", "threadId": "t1"}));
    let gmail = gmail(&google.address);
    let sent = tokio::spawn(async move { drafts::send(&gmail, &draft("r1")).await }).await.unwrap();
    assert_eq!(sent.unwrap().id, message("m9"));
}
