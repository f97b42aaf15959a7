//! Where an answer can be lost, and what is said of it: nothing may be called unsent that the service may have read, and nothing is
//! ever sent a second time.

use crate::support::google::Google;
use crate::support::rude::{Reads, Rude, Then};
use crate::support::{draft, gmail, hasty};
use epistle_wire::Base;
use epistle_wire::gmail::{Error, Format, Gmail, Kind, drafts, messages};
use serde_json::json;
use std::time::Duration;
use tokio::net::TcpListener;

const WHOLE: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 27\r\n\r\n{\"id\":\"m9\",\"threadId\":\"t1\"}";
const CUT: &str = "HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{\"id\":\"m9\",\"threadId\":\"t1\"}";
const CHUNKS_CUT: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"id\"\r\n";
const CLOSED_MEANS_END: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"id\":\"m9\",\"thr";
const REFUSAL_CUT: &str = "HTTP/1.1 404 Not Found\r\nContent-Length: 900\r\n\r\n{\"error\":{\"code\":404,";

async fn sends(gmail: &Gmail) -> Error {
    drafts::send(gmail, &draft("r1")).await.unwrap_err()
}

#[tokio::test]
async fn what_may_have_arrived_is_never_called_unsent() {
    use Reads::{Everything, Head, Nothing};
    let texts = [
        "",
        "HTTP/1.1 20",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "not http at all\r\n\r\n",
        CUT,
        CHUNKS_CUT,
        CLOSED_MEANS_END,
    ];
    let mut cases = vec![(Nothing, Then::Closes("")), (Nothing, Then::IsSilent(""))];
    for text in texts {
        cases.extend([(Head, Then::Closes(text)), (Everything, Then::Closes(text))]);
    }
    for text in ["", "HTTP/1.1 200 OK\r\nContent-Le", CUT, CHUNKS_CUT] {
        cases.extend([(Head, Then::IsSilent(text)), (Everything, Then::IsSilent(text))]);
    }
    let (patient, hasty) = (gmail("http://127.0.0.1:9"), hasty("http://127.0.0.1:9"));
    for (reads, then) in cases {
        let rude = Rude::once(reads, then).await;
        let client = if matches!(then, Then::IsSilent(_)) { &hasty } else { &patient };
        let error = sends(&Gmail { base: Base::parse(&rude.address).unwrap(), ..client.clone() }).await;
        assert_eq!((error.kind(), error.may_have_arrived()), (Kind::AnswerLost, true), "{reads:?} {then:?}");
        assert!(error.is_transient(), "{reads:?} {then:?}");
        assert_eq!(rude.read().len(), usize::from(reads != Nothing), "{reads:?} {then:?}: sent once");
    }
}

/// The end of a connection and the writing of a request race with each other: whoever wins, it is not called unsent.
#[tokio::test]
async fn a_connection_that_ends_at_once_is_no_proof_of_anything() {
    let rude = Rude::once(Reads::Nothing, Then::Closes("")).await;
    let gmail = gmail(&rude.address);
    for turn in 0..100 {
        assert_eq!(sends(&gmail).await.kind(), Kind::AnswerLost, "turn {turn}");
    }
}

#[tokio::test]
async fn a_refusal_that_was_cut_is_not_believed() {
    for reads in [Reads::Head, Reads::Everything] {
        let rude = Rude::once(reads, Then::Closes(REFUSAL_CUT)).await;
        let error = sends(&gmail(&rude.address)).await;
        assert_eq!((error.kind(), error.status(), error.may_have_arrived()), (Kind::Unavailable, Some(404), true));
    }
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = sends(&gmail(&address)).await;
    assert_eq!((error.kind(), error.may_have_arrived(), error.is_transient()), (Kind::Unreachable, false, true));
}

#[tokio::test]
async fn without_tls_nothing_was_sent() {
    let plain = "HTTP/1.1 400 Bad Request\r\n\r\n";
    for (reads, then) in [(Reads::Nothing, Then::Closes("")), (Reads::Nothing, Then::Closes(plain))] {
        let rude = Rude::once(reads, then).await;
        let address = rude.address.replace("http://", "https://");
        let error = sends(&gmail(&address)).await;
        assert_eq!((error.kind(), error.may_have_arrived()), (Kind::Unreachable, false), "{then:?}");
    }
    // The clock that ends it cannot see how far the connection was: it is counted on the safe side.
    let rude = Rude::once(Reads::Nothing, Then::IsSilent("")).await;
    let error = sends(&hasty(&rude.address.replace("http://", "https://"))).await;
    assert_eq!((error.kind(), error.may_have_arrived()), (Kind::AnswerLost, true));
}

#[tokio::test]
async fn on_a_connection_used_before_nothing_is_sent_twice() {
    let good = (Reads::Everything, Then::Closes(WHOLE));
    for reads in [Reads::Head, Reads::Everything] {
        let rude = Rude::start(vec![vec![good, (reads, Then::Closes(""))], vec![good]]).await;
        let gmail = gmail(&rude.address);
        drafts::send(&gmail, &draft("r1")).await.unwrap();
        let error = drafts::send(&gmail, &draft("r2")).await.unwrap_err();
        assert_eq!((error.kind(), error.may_have_arrived()), (Kind::AnswerLost, true), "{reads:?}");
        let second = rude.read().iter().filter(|request| request.starts_with("POST")).count();
        assert_eq!(second, 2, "{reads:?}: each once");
    }
}

/// The server closes while nothing is asked. A request is then either given to a new connection before a byte of it was written, or
/// counted as lost: at most one copy arrives either way.
#[tokio::test]
async fn on_a_connection_closed_meanwhile_nothing_is_sent_twice() {
    let good = (Reads::Everything, Then::Closes(WHOLE));
    let client = gmail("http://127.0.0.1:9");
    for turn in 0..50 {
        let rude = Rude::start(vec![vec![good]]).await;
        let gmail = Gmail { base: Base::parse(&rude.address).unwrap(), ..client.clone() };
        drafts::send(&gmail, &draft("first")).await.unwrap();
        if turn % 2 == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let outcome = drafts::send(&gmail, &draft("second")).await;
        let copies = rude.read().iter().filter(|request| request.contains("second")).count();
        match outcome {
            Ok(_) => assert_eq!(copies, 1, "turn {turn}"),
            Err(error) => assert!(error.may_have_arrived() && copies <= 1, "turn {turn}: {error} {copies}"),
        }
    }
}

#[tokio::test]
async fn a_draft_whose_answer_was_lost_was_uploaded_once() {
    let rude = Rude::once(Reads::Everything, Then::Closes("")).await;
    let error = drafts::create(&gmail(&rude.address), b"Subject: a\r\n\r\n", None).await.unwrap_err();
    assert_eq!((error.kind(), error.may_have_arrived(), rude.read().len()), (Kind::AnswerLost, true, 1));
}

#[tokio::test]
async fn the_call_after_a_lost_one_is_as_any_other() {
    let (rude, google) = (Rude::once(Reads::Everything, Then::Closes(CUT)).await, Google::start().await);
    let lost = gmail(&rude.address);
    sends(&lost).await;
    google.says(&json!({"id": "m", "threadId": "t"}));
    let same_client = Gmail { base: Base::parse(&google.address).unwrap(), ..lost };
    let said = messages::get(&same_client, &crate::support::message("m"), Format::Minimal).await;
    assert!(said.is_ok());
}
