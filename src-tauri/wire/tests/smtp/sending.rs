//! What gets through: each kind of connection and sign-in, and every byte of a message.

use super::support::{ADA, DANA, LETTER, Post, bearer, bytes, hasty, letter};
use epistle_wire::oauth::Token;
use epistle_wire::smtp::{Kind, Letter, Login, Security, Server};
use serde_json::json;

#[tokio::test]
async fn each_kind_of_connection_and_of_sign_in_takes_a_message() {
    let table = [
        (Security::Tls, "PLAIN"),
        (Security::Tls, "LOGIN"),
        (Security::Tls, "XOAUTH2"),
        (Security::StartTls, "PLAIN"),
        (Security::StartTls, "LOGIN"),
        (Security::StartTls, "XOAUTH2"),
        (Security::None, "PLAIN"),
        (Security::None, "XOAUTH2"),
    ];
    for (security, mechanism) in table {
        let post = Post::with(security, "localhost", &json!({ "auth": [mechanism] }));
        let login = if mechanism == "XOAUTH2" { bearer("opens-mail") } else { post.login() };
        post.server().check(Some(&login)).await.unwrap();
        assert_eq!(post.seen()["messages"], json!([]), "a check sends nothing");
        post.server().send(Some(&login), letter(LETTER)).await.unwrap();
        let seen = post.seen();
        let message = &seen["messages"][0];
        let private = security != Security::None;
        assert_eq!(seen["messages"].as_array().unwrap().len(), 1, "{security:?} {mechanism}: {seen}");
        assert_eq!((&message["from"], &message["to"]), (&json!(ADA), &json!([DANA, "jo@example.net"])));
        assert_eq!((&message["secure"], &message["user"]), (&json!(private), &json!(ADA)));
        assert_eq!((&seen["logins"][0]["method"], &seen["logins"][0]["secure"]), (&json!(mechanism), &json!(private)));
        assert_eq!(bytes(message), LETTER, "every byte, the dots too");
        assert_eq!(message["hello"], json!("[127.0.0.1]"), "no name of this machine's is said");
        println!("{security:?} {mechanism}: taken, {} bytes", LETTER.len());
    }
}

#[tokio::test]
async fn a_server_that_asks_nobody_who_they_are_is_asked_nothing() {
    let post = Post::start(Security::None);
    let refused = post.server().send(None, letter(LETTER)).await.unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (Kind::AuthRefused, Some(530)));
    assert_eq!(post.seen()["logins"], json!([]));
}

#[tokio::test]
async fn a_large_message_arrives_whole() {
    let post = Post::start(Security::StartTls);
    let line = "x".repeat(70) + "\r\n.\r\n..dots\r\n";
    let raw = format!("Subject: large\r\n\r\n{}", line.repeat(150_000)).into_bytes();
    post.server().send(Some(&post.login()), letter(&raw)).await.unwrap();
    assert!(bytes(&post.seen()["messages"][0]) == raw, "{} bytes", raw.len());
    println!("{} bytes over STARTTLS, each as it was", raw.len());
}

#[tokio::test]
async fn a_bare_end_of_a_line_cannot_end_the_message() {
    let post = Post::start(Security::None);
    let raw = b"Subject: x\n\nHi\n.\nMAIL FROM:<eve@example.org>\r.\rend\r\n";
    post.server().send(Some(&post.login()), letter(raw)).await.unwrap();
    let seen = post.seen();
    assert_eq!(seen["messages"].as_array().unwrap().len(), 1);
    assert_eq!(
        bytes(&seen["messages"][0]),
        b"Subject: x\r\n\r\nHi\r\n.\r\nMAIL FROM:<eve@example.org>\r\n.\r\nend\r\n"
    );
}

#[tokio::test]
async fn addresses_and_text_outside_ascii_go_where_they_can_and_are_refused_where_not() {
    let to = ["jörg@example.net"];
    let abroad = Letter { from: ADA, to: &to, raw: LETTER };
    let eight_bit = letter("Subject: x\r\n\r\nGrüße\r\n".as_bytes());
    let table = [
        (json!([]), abroad, None),
        (json!([]), eight_bit, None),
        (json!(["SMTPUTF8"]), abroad, Some(Kind::NoSmtpUtf8)),
        (json!(["SMTPUTF8"]), eight_bit, None),
        (json!(["8BITMIME"]), eight_bit, Some(Kind::No8Bit)),
    ];
    for (hide, letter, refused) in table {
        let post = Post::with(Security::None, "localhost", &json!({ "hide": hide }));
        let sent = post.server().send(Some(&post.login()), letter).await;
        assert_eq!(sent.as_ref().err().map(|error| error.kind()), refused, "{hide}");
        let seen = post.seen();
        assert_eq!(seen["messages"].as_array().unwrap().len(), usize::from(refused.is_none()), "{hide}");
        if refused.is_none() {
            assert_eq!(bytes(&seen["messages"][0]), letter.raw);
        }
    }
}

#[tokio::test]
async fn an_address_cannot_be_a_command() {
    let post = Post::start(Security::None);
    for to in ["a@b.example>\r\nRCPT TO:<eve@example.org", "no address", "", "a@b.example\n"] {
        let letter = Letter { from: ADA, to: &[to], raw: LETTER };
        let refused = post.server().send(Some(&post.login()), letter).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::BadAddress, "{to:?}");
    }
    assert_eq!(post.seen()["connections"], 0, "nobody was asked");
}

#[tokio::test]
async fn nobody_there_is_told_as_that() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for security in [Security::Tls, Security::StartTls, Security::None] {
        let login = Login::Password { user: ADA.into(), password: Token::new("x") };
        let server = Server::new("127.0.0.1", free, security).waiting(hasty());
        let refused = server.send(Some(&login), letter(LETTER)).await.unwrap_err();
        assert_eq!((refused.kind(), refused.may_have_arrived()), (Kind::Unreachable, false), "{security:?}");
    }
}
