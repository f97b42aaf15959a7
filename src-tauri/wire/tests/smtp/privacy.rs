//! What is said to whom: no name, no password and no message before the connection is private, and only to the right server.

use super::support::{ADA, LETTER, Post, hasty, letter};
use epistle_wire::oauth::Token;
use epistle_wire::smtp::{Kind, Login, Security, Server};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

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

/// Somebody on the way to a server, who puts their own words behind its answer to STARTTLS and then only passes on.
async fn in_between(port: u16, put: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let here = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let mut buffer = [0; 4096];
        let mut asked_for_tls = false;
        while !asked_for_tls {
            let read = server.read(&mut buffer).await.unwrap();
            client.write_all(&buffer[..read]).await.unwrap();
            let read = client.read(&mut buffer).await.unwrap();
            asked_for_tls = buffer[..read].starts_with(b"STARTTLS");
            server.write_all(&buffer[..read]).await.unwrap();
        }
        let read = server.read(&mut buffer).await.unwrap();
        client.write_all(&[&buffer[..read], put].concat()).await.unwrap();
        let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
    });
    here
}

#[tokio::test]
async fn what_is_put_behind_the_answer_to_starttls_is_not_taken_for_the_servers_word() {
    // Taken for the reply to EHLO within TLS, it would have somebody else say what the server offers.
    let post = Post::start(Security::StartTls);
    for (put, refused) in [(&b""[..], None), (b"250-mail.example\r\n250 AUTH PLAIN\r\n", Some(Kind::TlsFailed))] {
        let port = in_between(post.port, put).await;
        let server = Server::new("localhost", port, Security::StartTls).trusting(post.root.clone()).waiting(hasty());
        let sent = server.send(Some(&post.login()), letter(LETTER)).await;
        assert_eq!(sent.err().map(|error| error.kind()), refused);
        let seen = post.seen();
        assert_eq!(seen["logins"].as_array().unwrap().len(), usize::from(refused.is_none()), "{seen}");
    }
}

#[tokio::test]
async fn what_speaks_no_smtp_is_told_as_that() {
    for (said, security, kind) in [
        ("HTTP/1.1 400 Bad Request\r\n\r\n", Security::None, Kind::Unreadable),
        ("220 mail.example ESMTP\r\n", Security::Tls, Kind::TlsFailed),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.write_all(said.as_bytes()).await.unwrap();
            let _ = stream.read(&mut [0; 4096]).await;
        });
        let refused = Server::new("localhost", port, security).waiting(hasty()).check(None).await.unwrap_err();
        assert_eq!((refused.kind(), refused.may_have_arrived()), (kind, false), "{said}");
    }
}

#[tokio::test]
async fn no_secret_is_in_what_a_log_could_show() {
    let login = Login::Password { user: ADA.into(), password: Token::new("canary-password") };
    assert!(!format!("{login:?}").contains("canary"));
}
