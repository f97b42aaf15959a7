//! What can go wrong, one row each: at which step, what is known then, and what the server has afterwards.

use super::support::{ADA, DANA, LETTER, Post, bearer, letter};
use epistle_wire::smtp::{Enhanced, Kind, Letter, Security};
use serde_json::{Value, json};

/// What the server does; the kind it is told as; the reply's code; whether the message may be out; how many the server took.
type Row = (Value, Kind, Option<u16>, bool, usize);

fn rows() -> Vec<Row> {
    let say = |code: u16, said: &str| json!({ "code": code, "said": said });
    let only_jo = json!({ "code": 550, "said": "5.1.1 no such user", "to": "jo@example.net" });
    vec![
        (json!({ "connect": say(421, "4.3.2 closing") }), Kind::NotNow, Some(421), false, 0),
        (json!({ "connect": say(554, "no service here") }), Kind::Refused, Some(554), false, 0),
        (json!({ "auth": say(535, "5.7.8 no") }), Kind::AuthRefused, Some(535), false, 0),
        (json!({ "auth": say(534, "5.7.9 use an app password") }), Kind::AuthRefused, Some(534), false, 0),
        (json!({ "auth": say(454, "4.7.0 later") }), Kind::NotNow, Some(454), false, 0),
        (json!({ "mail": say(452, "4.3.1 disk full") }), Kind::NotNow, Some(452), false, 0),
        (json!({ "mail": say(550, "5.7.60 not your address") }), Kind::Refused, Some(550), false, 0),
        (json!({ "rcpt": say(450, "4.2.1 busy") }), Kind::NotNow, Some(450), false, 0),
        (json!({ "rcpt": say(451, "4.7.1 greylisted") }), Kind::NotNow, Some(451), false, 0),
        (json!({ "rcpt": say(550, "5.1.1 no such user") }), Kind::Refused, Some(550), false, 0),
        (json!({ "rcpt": only_jo }), Kind::Refused, Some(550), false, 0), // to all, or to nobody
        (json!({ "data": say(421, "4.3.2 closing") }), Kind::NotNow, Some(421), false, 0),
        (json!({ "data": say(450, "4.2.0 later") }), Kind::NotNow, Some(450), false, 0),
        (json!({ "data": say(451, "4.3.0 later") }), Kind::NotNow, Some(451), false, 0),
        (json!({ "data": say(552, "5.3.4 too large") }), Kind::TooLarge, Some(552), false, 0),
        (json!({ "data": say(552, "5.2.2 mailbox full") }), Kind::Refused, Some(552), false, 0),
        (json!({ "data": say(554, "5.7.1 spam") }), Kind::Refused, Some(554), false, 0),
        (json!({ "drop": "mail" }), Kind::Cut, None, false, 0),
        (json!({ "drop": "data" }), Kind::Cut, None, false, 0),
        (json!({ "drop": "end" }), Kind::AnswerLost, None, true, 1), // the one that must never be sent again by itself
        (json!({ "stall": "end" }), Kind::AnswerLost, None, true, 1),
    ]
}

#[tokio::test]
async fn where_a_talk_ends_tells_whether_the_message_may_be_out() {
    for security in [Security::None, Security::StartTls, Security::Tls] {
        let post = Post::start(security);
        for (fault, kind, code, may_be_out, taken) in rows() {
            post.will(&fault);
            let error = post.server().send(Some(&post.login()), letter(LETTER)).await.unwrap_err();
            let known = (error.kind(), error.code(), error.may_have_arrived());
            assert_eq!(known, (kind, code, may_be_out), "{security:?} {fault}");
            assert_eq!(post.will(&json!({}))["messages"].as_array().unwrap().len(), taken, "{security:?} {fault}");
            println!("{security:?} {fault}: {error}, may be out: {may_be_out}, taken: {taken}");
            post.server().send(Some(&post.login()), letter(LETTER)).await.unwrap();
            post.will(&json!({}));
        }
    }
}

#[tokio::test]
async fn a_connection_cut_or_still_in_the_midst_of_a_message_has_carried_none() {
    let raw = [LETTER, "x\r\n".repeat(8_000_000).as_bytes()].concat();
    for security in [Security::None, Security::StartTls, Security::Tls] {
        let post = Post::start(security);
        for fault in [json!({ "drop": "body" }), json!({ "stall": "body" })] {
            post.will(&fault);
            let error = post.server().send(Some(&post.login()), letter(&raw)).await.unwrap_err();
            assert_eq!((error.kind(), error.may_have_arrived()), (Kind::Cut, false), "{security:?} {fault}");
            assert_eq!(post.will(&json!({}))["messages"], json!([]), "{security:?} {fault}");
            println!("{security:?} {fault}: {error}, may be out: false, taken: 0");
        }
    }
}

#[tokio::test]
async fn a_refused_token_is_told_as_refused_and_the_next_one_is_taken() {
    for security in [Security::None, Security::StartTls, Security::Tls] {
        let post = Post::start(security);
        post.will(&json!({ "refuse_tokens": 1 }));
        let refused = post.server().send(Some(&bearer("old-token")), letter(LETTER)).await.unwrap_err();
        assert_eq!((refused.kind(), refused.code()), (Kind::AuthRefused, Some(535)), "{security:?}");
        post.server().send(Some(&bearer("new-token")), letter(LETTER)).await.unwrap();
        let seen = post.seen();
        let tokens: Vec<_> = seen["logins"].as_array().unwrap().iter().map(|login| login["token"].clone()).collect();
        assert_eq!(
            (tokens, seen["messages"].as_array().unwrap().len()),
            (vec![json!("old-token"), json!("new-token")], 1)
        );
    }
}

#[tokio::test]
async fn a_wrong_password_is_refused_by_either_way_of_saying_it() {
    for mechanism in ["PLAIN", "LOGIN"] {
        let mut post = Post::with(Security::StartTls, "localhost", &json!({ "auth": [mechanism] }));
        post.password = "another".into();
        let refused = post.server().check(Some(&post.login())).await.unwrap_err();
        assert_eq!((refused.kind(), refused.code()), (Kind::AuthRefused, Some(535)), "{mechanism}");
    }
    let post = Post::with(Security::StartTls, "localhost", &json!({ "auth": ["PLAIN"] }));
    assert_eq!(post.server().check(Some(&bearer("token"))).await.unwrap_err().kind(), Kind::NoMechanism);
    assert_eq!(post.seen()["logins"], json!([]), "no token was said to a server that takes none");
}

#[tokio::test]
async fn a_message_larger_than_the_server_says_it_takes_is_not_begun() {
    let post = Post::with(Security::None, "localhost", &json!({ "size": 1000 }));
    let raw = [LETTER, &[b'x'; 2000]].concat();
    let error = post.server().send(Some(&post.login()), letter(&raw)).await.unwrap_err();
    assert_eq!((error.kind(), error.code(), error.may_have_arrived()), (Kind::TooLarge, None, false));
    post.server().send(Some(&post.login()), letter(LETTER)).await.unwrap();
}

#[tokio::test]
async fn the_servers_words_are_for_people_and_the_error_itself_says_none() {
    let post = Post::start(Security::None);
    post.will(&json!({ "rcpt": { "code": 550, "said": format!("5.1.1 <{DANA}> is not here\u{7}") } }));
    let letter = Letter { from: ADA, to: &[DANA], raw: LETTER };
    let error = post.server().send(Some(&post.login()), letter).await.unwrap_err();
    assert_eq!(error.enhanced(), Some(Enhanced(5, 1, 1)));
    assert!(error.said().unwrap().contains(DANA) && !error.said().unwrap().contains('\u{7}'), "{:?}", error.said());
    assert_eq!(error.to_string(), "the server refused it (550) 5.1.1");
}
