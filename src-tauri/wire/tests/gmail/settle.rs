//! The questions a lost send is settled by, each with all the answers it can have.

use crate::support::google::{Google, Scripted};
use crate::support::rude::{Reads, Rude, Then};
use crate::support::{draft, gmail, history, message, thread};
use epistle_wire::gmail::settle::{self, Presence};
use epistle_wire::gmail::{Kind, MessageRef, Rfc822Id};
use serde_json::{Value, json};

fn ours() -> Rfc822Id {
    Rfc822Id::parse("<1.abc@epistle.invalid>").unwrap()
}

fn of(id: &str, thread_id: &str) -> MessageRef {
    MessageRef { id: message(id), thread_id: thread(thread_id) }
}

#[tokio::test]
async fn a_draft_is_there_or_gone_or_it_cannot_be_told() {
    let google = Google::start().await;
    let gmail = gmail(&google.address);
    let there = json!({"id": "r1", "message": {"id": "m1", "threadId": "t1"}});
    let cases = [
        (Scripted::json(200, &there), Ok(Presence::There(of("m1", "t1")))),
        (Scripted::refusal(404, "notFound"), Ok(Presence::Gone)),
        (Scripted::html(404), Err(Kind::Unavailable)),
        (Scripted::json(404, &json!({"message": "no route"})), Err(Kind::Unavailable)),
        (Scripted::html(200), Err(Kind::AnswerLost)),
        (Scripted::refusal(403, "insufficientPermissions"), Err(Kind::ScopeMissing)),
        (Scripted::refusal(401, "authError"), Err(Kind::AccessRefused)),
        (Scripted::html(503), Err(Kind::Unavailable)),
    ];
    for (index, (answer, presence)) in cases.into_iter().enumerate() {
        google.answer(answer);
        let said = settle::draft(&gmail, &draft("r1")).await.map_err(|error| error.kind());
        assert_eq!(said, presence, "case {index}");
    }
    assert_eq!(
        (google.last().line().as_str(), google.last().values("format")),
        ("GET /gmail/v1/users/me/drafts/r1", vec!["minimal"])
    );
    let rude =
        Rude::once(Reads::Everything, Then::Closes("HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n{")).await;
    let said = settle::draft(&crate::support::gmail(&rude.address), &draft("r1")).await;
    assert_eq!(said.unwrap_err().kind(), Kind::Unavailable);
}

#[tokio::test]
async fn the_search_is_asked_by_message_id_among_the_sent() {
    let google = Google::start().await;
    let gmail = gmail(&google.address);
    google.says(&json!({"messages": [{"id": "m9", "threadId": "t1"}]}));
    assert_eq!(settle::sent_by_search(&gmail, &ours()).await.unwrap(), [of("m9", "t1")]);
    let asked = google.last();
    assert_eq!(asked.line(), "GET /gmail/v1/users/me/messages");
    assert_eq!(
        (asked.values("q"), asked.values("labelIds")),
        (vec!["rfc822msgid:1.abc@epistle.invalid"], vec!["SENT"])
    );
    assert_eq!(asked.values("includeSpamTrash"), ["true"]);

    google.says(&json!({"resultSizeEstimate": 0}));
    assert_eq!(settle::sent_by_search(&gmail, &ours()).await.unwrap(), []);
    google.answer(Scripted::html(502));
    assert!(settle::sent_by_search(&gmail, &ours()).await.is_err());

    google.says(&json!({"drafts": [{"id": "r1", "message": {"id": "m1", "threadId": "t1"}}]}));
    assert_eq!(settle::drafts_of(&gmail, &ours()).await.unwrap()[0].id, draft("r1"));
    assert_eq!(google.last().values("q"), ["rfc822msgid:1.abc@epistle.invalid"]);
}

/// A message of the history, with its labels.
fn entry(id: &str, thread_id: &str, labels: &[&str]) -> Value {
    json!({"id": id, "threadId": thread_id, "labelIds": labels})
}

#[tokio::test]
async fn the_history_tells_what_came_to_be_sent_in_a_thread() {
    let google = Google::start().await;
    let gmail = gmail(&google.address);
    google.says(&json!({"historyId": "50", "nextPageToken": "p2", "history": [
        {"id": "11", "messagesAdded": [{"message": entry("draft", "t1", &["DRAFT"])}]},
        {"id": "12", "messagesAdded": [{"message": entry("elsewhere", "t2", &["SENT"])}]},
        {"id": "13", "messagesAdded": [{"message": entry("theirs", "t1", &["INBOX"])}]},
        {"id": "14", "labelsAdded": [{"message": entry("starred", "t1", &["SENT", "STARRED"]), "labelIds": ["STARRED"]}]},
        {"id": "15", "messagesAdded": [{"message": entry("new", "t1", &["SENT"])}]}]}));
    google.says(&json!({"historyId": "50", "history": [
        {"id": "16", "messagesAdded": [{"message": entry("new", "t1", &["SENT"])}]},
        {"id": "17", "labelsAdded": [{"message": entry("same", "t1", &["SENT"]), "labelIds": ["SENT"]}]}]}));
    let said = settle::sent_since(&gmail, &history("10"), &thread("t1")).await.unwrap();
    assert_eq!((said.found, said.to_the_end), (vec![of("new", "t1"), of("same", "t1")], true));
    let asked = google.asked();
    assert_eq!(asked[0].values("startHistoryId"), ["10"]);
    assert_eq!(asked[0].values("historyTypes"), ["messageAdded", "labelAdded"]);
    assert_eq!((asked[0].values("pageToken").len(), asked[1].values("pageToken")), (0, vec!["p2"]));

    google.answer(Scripted::refusal(404, "notFound"));
    let error = settle::sent_since(&gmail, &history("1"), &thread("t1")).await.unwrap_err();
    assert_eq!(error.kind(), Kind::HistoryGone);
}

#[tokio::test]
async fn a_history_that_does_not_stop_is_not_called_whole() {
    let google = Google::start().await;
    for _ in 0..40 {
        google.says(&json!({"historyId": "50", "nextPageToken": "again"}));
    }
    let said = settle::sent_since(&gmail(&google.address), &history("10"), &thread("t1")).await.unwrap();
    assert_eq!((said.found.len(), said.to_the_end, google.asked().len()), (0, false, 40));
}

#[tokio::test]
async fn a_message_is_known_by_the_id_that_was_replaced_too() {
    let google = Google::start().await;
    let gmail = gmail(&google.address);
    let header = |name: &str, value: &str| json!({"name": name, "value": value});
    let cases = [
        (vec![header("Message-Id", "<1.abc@epistle.invalid>")], true),
        (
            vec![
                header("Message-ID", "<CAx@mail.gmail.com>"),
                header("X-Google-Original-Message-ID", " <1.abc@epistle.invalid> "),
            ],
            true,
        ),
        (vec![header("Message-ID", "<2.abc@epistle.invalid>")], false),
        (vec![header("Message-ID", "")], false),
        (vec![header("Subject", "<1.abc@epistle.invalid>")], false),
        (vec![], false),
    ];
    for (index, (headers, carries)) in cases.into_iter().enumerate() {
        google.says(&json!({"id": "m", "threadId": "t", "payload": {"headers": headers}}));
        assert_eq!(settle::carries(&gmail, &message("m"), &ours()).await.unwrap(), carries, "case {index}");
    }
    assert_eq!(google.last().values("metadataHeaders"), ["Message-ID", "X-Google-Original-Message-ID"]);
}
