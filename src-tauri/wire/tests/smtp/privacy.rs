//! What is said to whom: no name, no password and no message before the connection is private, and only to the right server.

use super::support::{ADA, LETTER, Post, hasty, letter};
use epistle_wire::oauth::Token;
use epistle_wire::smtp::{Kind, Login, Security, Server};
use serde_json::json;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

#[tokio::test]
async fn a_wrong_certificate_is_refused_and_nothing_is_said() {
    for security in [Security::Tls, Security::StartTls] {
        let another = Post::with(security, "mail.example.org", &json!({}));
        let stranger = Post::start(security);
        let known_to_nobody = Server::new("localhost", stranger.port, security).waiting(hasty());
        for (post, server) in [(&another, another.server()), (&stranger, known_to_nobody)] {
            let refused = server.send(Some(&post.login()), letter(LETTER)).await.unwrap_err();
            assert_eq!((refused.kind(), refused.may_have_arrived()), (Kind::TlsFailed, false), "{security:?}");
            let seen = post.seen();
            assert_eq!((&seen["logins"], &seen["messages"]), (&json!([]), &json!([])), "{security:?}");
        }
    }
}

#[tokio::test]
async fn where_starttls_is_taken_out_of_the_offer_no_password_is_said() {
    let post = Post::with(Security::StartTls, "localhost", &json!({ "hide": ["STARTTLS"] }));
    let refused = post.server().send(Some(&post.login()), letter(LETTER)).await.unwrap_err();
    assert_eq!((refused.kind(), refused.may_have_arrived()), (Kind::NoStartTls, false));
    let seen = post.seen();
    assert_eq!((&seen["connections"], &seen["logins"], &seen["messages"]), (&json!(1), &json!([]), &json!([])));
}

#[tokio::test]
async fn without_tls_only_this_machine_is_spoken_with() {
    // 192.0.2.0/24 is nobody's (RFC 5737): whether or not a connection stands there, nothing is said.
    let elsewhere = Server::new("192.0.2.1", 25, Security::None).waiting(hasty());
    let login = Login::Password { user: ADA.into(), password: Token::new("x") };
    let refused = elsewhere.check(Some(&login)).await.unwrap_err();
    assert!(matches!(refused.kind(), Kind::PlainElsewhere | Kind::Unreachable), "{refused}");
}

/// A server that says what it is told, line for line, and keeps all that it hears.
async fn telling(lines: &'static [&'static str]) -> (u16, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hears = heard.clone();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        for line in lines {
            stream.write_all(line.as_bytes()).await.unwrap();
            let mut buffer = [0; 4096];
            let Ok(read @ 1..) = stream.read(&mut buffer).await else { return };
            hears.lock().unwrap().extend(&buffer[..read]);
        }
    });
    (port, heard)
}

#[tokio::test]
async fn what_is_put_behind_the_answer_to_starttls_is_not_taken_for_the_servers_word() {
    // The last line's second half came before TLS: taken for the reply to EHLO within TLS, it would have an attacker say what is offered.
    let (port, heard) = telling(&[
        "220 mail.example ESMTP\r\n",
        "250-mail.example\r\n250 STARTTLS\r\n",
        "220 go on\r\n250-mail.example\r\n250 AUTH PLAIN\r\n235 welcome\r\n",
    ])
    .await;
    let server = Server::new("localhost", port, Security::StartTls).waiting(hasty());
    let login = Login::Password { user: ADA.into(), password: Token::new("canary-password") };
    let refused = server.send(Some(&login), letter(LETTER)).await.unwrap_err();
    assert_eq!((refused.kind(), refused.may_have_arrived()), (Kind::TlsFailed, false));
    let heard = heard.lock().unwrap().clone();
    assert!(String::from_utf8_lossy(&heard).contains("STARTTLS"));
    assert!(!String::from_utf8_lossy(&heard).contains("AUTH"), "nobody signed in");
}

#[tokio::test]
async fn what_speaks_no_smtp_is_told_as_that() {
    for (said, security, kind) in [
        ("HTTP/1.1 400 Bad Request\r\n\r\n", Security::None, Kind::Unreadable),
        ("220 mail.example ESMTP\r\n", Security::Tls, Kind::TlsFailed),
    ] {
        let (port, _) = telling(Box::leak(Box::new([said]))).await;
        let refused = Server::new("localhost", port, security).waiting(hasty()).check(None).await.unwrap_err();
        assert_eq!((refused.kind(), refused.may_have_arrived()), (kind, false), "{said}");
    }
}

#[tokio::test]
async fn no_secret_is_in_what_a_log_could_show() {
    let login = Login::Password { user: ADA.into(), password: Token::new("canary-password") };
    assert!(!format!("{login:?}").contains("canary"));
}
