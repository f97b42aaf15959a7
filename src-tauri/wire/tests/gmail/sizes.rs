//! Large messages, up and down: what is too large is not sent and not read on.

use crate::support::google::{Google, Scripted};
use crate::support::rude::{Reads, Rude, Then};
use crate::support::{draft, gmail, hasty, message, thread};
use epistle_wire::gmail::{Format, Kind, LARGEST_UPLOAD, Search, drafts, get_profile, messages};
use serde_json::json;
use std::time::Duration;

/// A mail of so many bytes, none of them like the other.
fn mail(size: usize) -> Vec<u8> {
    let mut mail = b"Subject: large\r\n\r\n".to_vec();
    mail.extend((mail.len()..size).map(|at| u8::try_from(at * 7 % 251).unwrap()));
    mail
}

#[tokio::test]
async fn a_larger_message_goes_up_as_it_is() {
    let google = Google::start().await;
    let (gmail, raw) = (gmail(&google.address), mail(5_000_001));
    google.says(&json!({"id": "r1", "message": {"id": "m", "threadId": "t"}}));
    drafts::create(&gmail, &raw, None).await.unwrap();
    let asked = google.last();
    assert_eq!(
        (asked.line().as_str(), asked.values("uploadType")),
        ("POST /upload/gmail/v1/users/me/drafts", vec!["media"])
    );
    assert_eq!(asked.headers["content-type"], "message/rfc822");
    assert_eq!(asked.headers["content-length"], "5000001");
    assert!(asked.body == raw);
}

#[tokio::test]
async fn a_larger_message_of_a_thread_says_which() {
    let google = Google::start().await;
    let (gmail, raw) = (gmail(&google.address), mail(6_000_000));
    google.says(&json!({"id": "r1", "message": {"id": "m", "threadId": "t"}}));
    drafts::update(&gmail, &draft("r1"), &raw, Some(&thread("t"))).await.unwrap();
    let asked = google.last();
    assert_eq!(asked.line(), "PUT /upload/gmail/v1/users/me/drafts/r1");
    assert_eq!(asked.values("uploadType"), ["multipart"]);
    let boundary = asked.headers["content-type"].strip_prefix("multipart/related; boundary=").unwrap();
    assert!(boundary.len() <= 70, "RFC 2046 §5.1.1");
    let head = format!(
        "--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{}\r\n--{boundary}\r\nContent-Type: message/rfc822\r\n\r\n",
        json!({"message": {"threadId": "t"}})
    );
    let tail = format!("\r\n--{boundary}--\r\n");
    assert!(asked.body == [head.as_bytes(), &raw, tail.as_bytes()].concat());
}

#[tokio::test]
async fn what_gmail_does_not_take_is_not_sent() {
    let google = Google::start().await;
    let gmail = gmail(&google.address);
    google.says(&json!({"id": "r1", "message": {"id": "m", "threadId": "t"}}));
    drafts::create(&gmail, &mail(LARGEST_UPLOAD), None).await.unwrap();
    for thread in [None, Some(thread("t"))] {
        let error = drafts::create(&gmail, &mail(LARGEST_UPLOAD + 1), thread.as_ref()).await.unwrap_err();
        assert_eq!((error.kind(), error.status(), error.may_have_arrived()), (Kind::TooLarge, None, false));
    }
    assert_eq!(google.asked().len(), 1);
}

#[tokio::test]
async fn an_upload_may_take_longer_than_an_answer() {
    // 400 ms are up long before the answer comes; what 200 kB may take is not.
    let answer =
        "HTTP/1.1 200 OK\r\nContent-Length: 47\r\n\r\n{\"id\":\"r1\",\"message\":{\"id\":\"m\",\"threadId\":\"t\"}}";
    let rude = Rude::slowly(Duration::from_millis(900), vec![vec![(Reads::Everything, Then::Closes(answer))]]).await;
    let made = drafts::create(&hasty(&rude.address), &[b'a'; 200_000], None).await.unwrap();
    assert_eq!(made.id, draft("r1"));
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_on() {
    let google = Google::start().await;
    let gmail = gmail(&google.address);
    let huge = |size: usize| Scripted { status: 200, headers: vec![], body: vec![b' '; size] };
    google.answer(huge(73 * 1024 * 1024));
    let error = messages::get(&gmail, &message("m"), Format::Raw).await.unwrap_err();
    assert_eq!(error.kind(), Kind::TooLarge);

    google.answer(huge(17 * 1024 * 1024));
    assert_eq!(get_profile(&gmail).await.unwrap_err().kind(), Kind::TooLarge);
    google.answer(huge(17 * 1024 * 1024));
    assert_eq!(messages::list(&gmail, &Search::default()).await.unwrap_err().kind(), Kind::TooLarge);

    google.answer(huge(17 * 1024 * 1024));
    let error = drafts::send(&gmail, &draft("r1")).await.unwrap_err();
    assert_eq!((error.kind(), error.may_have_arrived()), (Kind::AnswerLost, true), "it was sent all the same");

    google.answer(Scripted { status: 404, ..huge(17 * 1024 * 1024) });
    let error = drafts::send(&gmail, &draft("r1")).await.unwrap_err();
    assert_eq!((error.kind(), error.may_have_arrived()), (Kind::Unavailable, true));
}

#[tokio::test]
async fn the_largest_message_is_read() {
    let google = Google::start().await;
    let raw = "QUJD".repeat(50_000_000 / 3);
    google.says(&json!({"id": "m", "threadId": "t", "raw": raw}));
    let said = messages::get(&gmail(&google.address), &message("m"), Format::Raw).await.unwrap();
    assert_eq!(said.raw.unwrap().len(), 49_999_998);
}
