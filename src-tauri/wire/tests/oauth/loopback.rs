//! The receiver and what comes to it: the answer, web pages that guess, other programs, and tabs that are opened twice.

use crate::support::browser::{self, Tab};
use crate::support::provider::Provider;
use crate::support::{SignIn, begin};
use epistle_wire::oauth::{Ending, Kind, Receiver};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket};
use tokio::time::timeout;

/// Every page, whatever it says, is closed in itself and leads nowhere.
fn is_closed(tab: &Tab) {
    assert!(!tab.headers.contains_key("location") && !tab.headers.contains_key("refresh"), "{tab:?}");
    assert!(tab.headers["content-security-policy"].starts_with("default-src 'none'; style-src 'unsafe-inline'"));
    assert_eq!(tab.headers["referrer-policy"], "no-referrer");
    assert_eq!(tab.headers["cache-control"], "no-store");
    assert_eq!(tab.headers["x-content-type-options"], "nosniff");
    assert!(!tab.headers.contains_key("access-control-allow-origin"));
}

/// The sign-in is still open: its answer is taken.
async fn still_waits(mut sign_in: SignIn) {
    let good = sign_in.back(&format!("state={}&code=good", sign_in.state()));
    let tab = tokio::spawn(async move { browser::open(&good).await });
    let answer = sign_in.listening.answer().await.unwrap();
    assert_eq!(answer.code().expose(), "good");
    answer.tell(Ending::SignedIn);
    assert_eq!(tab.await.unwrap().status, 200);
}

#[tokio::test]
async fn a_strangers_answer_is_turned_away_and_the_waiting_goes_on() {
    let provider = Provider::start().await;
    let sign_in = SignIn::begin(&provider).await;
    let other_path = sign_in.redirect.as_str().replace("google", "github");
    for (url, code) in [
        (sign_in.back("code=x"), "state_missing"),
        (sign_in.back("state=guessed&code=x"), "state_wrong"),
        (sign_in.back("state=guessed&error=access_denied"), "state_wrong"),
        (format!("{other_path}?state=guessed&code=x"), "state_wrong"),
    ] {
        let tab = browser::open(&url).await;
        assert_eq!(tab.status, 400, "{url}");
        assert!(tab.body.contains(code), "{url}");
        is_closed(&tab);
    }
    assert_eq!(sign_in.turned_away(), [Kind::StateMissing, Kind::StateWrong, Kind::StateWrong, Kind::StateWrong]);
    still_waits(sign_in).await;
}

#[tokio::test]
async fn what_no_browser_with_an_answer_sends_is_not_looked_at() {
    let provider = Provider::start().await;
    let sign_in = SignIn::begin(&provider).await;
    let (state, port) = (sign_in.state(), sign_in.redirect.port().unwrap());
    let target = format!("/callback/google?state={state}&code=x");
    let host = format!("127.0.0.1:{port}");
    let cases = [
        (format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"), 404),
        (format!("GET /favicon.ico HTTP/1.1\r\nHost: {host}\r\n\r\n"), 404),
        (format!("GET //evil.example/ HTTP/1.1\r\nHost: {host}\r\n\r\n"), 404),
        (format!("GET {target} HTTP/1.1\r\nHost: evil.example\r\n\r\n"), 404),
        (format!("GET {target} HTTP/1.1\r\nHost: evil.example:{port}\r\n\r\n"), 404),
        (format!("GET {target} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"), 404),
        (format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"), 404),
        (format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n\r\n"), 404),
        (format!("GET {target} HTTP/1.0\r\n\r\n"), 404),
        (format!("GET http://evil.example{target} HTTP/1.1\r\nHost: {host}\r\n\r\n"), 404),
        (format!("POST {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n"), 405),
        (format!("HEAD {target} HTTP/1.1\r\nHost: {host}\r\n\r\n"), 405),
        (format!("OPTIONS {target} HTTP/1.1\r\nHost: {host}\r\nOrigin: https://evil.example\r\n\r\n"), 405),
    ];
    for (request, status) in cases {
        let tab = browser::send(&sign_in.redirect, &request).await;
        assert_eq!(tab.status, status, "{request}");
        is_closed(&tab);
    }
    let large = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nX-Large: {}\r\n\r\n", "x".repeat(64 * 1024));
    let tab = browser::send(&sign_in.redirect, &large).await;
    assert!(tab.status == 431 || tab.status == 0, "{tab:?}"); // 0: hung up on while it still wrote
    let long = browser::send(&sign_in.redirect, &format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(70_000))).await;
    assert!([0, 400, 414, 431].contains(&long.status), "{long:?}");
    assert!(browser::send(&sign_in.redirect, "\u{1}\u{2}nonsense\r\n\r\n").await.status != 200);
    assert!(sign_in.turned_away().is_empty(), "none of these is an answer");
    still_waits(sign_in).await;
}

#[tokio::test]
async fn our_own_answer_ends_it_when_something_is_wrong_with_it() {
    let provider = Provider::start().await;
    for (query, path, kind) in [
        ("code=x&iss=https%3A%2F%2Fevil.example", "google", Kind::OtherIssuer),
        ("code=x", "github", Kind::OtherProvider),
        ("code=x&code=y", "google", Kind::RedirectMalformed),
        ("code=x&access_token=y", "google", Kind::RedirectMalformed),
        ("code=x&redirect_uri=https%3A%2F%2Fevil.example", "google", Kind::RedirectMalformed),
        ("state=other&code=x", "google", Kind::RedirectMalformed),
        ("error=access_denied", "google", Kind::Denied),
        ("error=server_error", "google", Kind::Unreachable),
    ] {
        let mut sign_in = SignIn::begin(&provider).await;
        let url = sign_in.back(&format!("{query}&state={}", sign_in.state())).replace("google", path);
        let tab = browser::open(&url).await;
        assert_eq!(sign_in.listening.answer().await.unwrap_err().kind(), kind, "{query}");
        assert!(tab.body.contains(kind.code()) && !tab.body.contains("evil"), "{query}");
        assert_eq!(tab.status, 400);
        is_closed(&tab);
        assert_eq!(sign_in.listening.answer().await.unwrap_err().kind(), Kind::Replayed);
    }
}

#[tokio::test]
async fn an_answer_is_taken_once() {
    let provider = Provider::start().await;
    let mut sign_in = SignIn::begin(&provider).await;
    let good = provider.back(&sign_in.url);
    let first = tokio::spawn({
        let good = good.clone();
        async move { browser::open(&good).await }
    });
    let answer = sign_in.listening.answer().await.unwrap();
    let second = sign_in.back(&format!("state={}&code=another", sign_in.state()));
    for again in [&good, &second] {
        let tab = browser::open(again).await;
        assert!(tab.body.contains("replayed") && !tab.body.contains("You are signed in"), "{tab:?}");
        is_closed(&tab);
    }
    assert_eq!(sign_in.turned_away(), [Kind::Replayed, Kind::Replayed]);
    answer.tell(Ending::SignedIn);
    let first = first.await.unwrap();
    assert!(first.body.contains("You are signed in"));
    is_closed(&first);
}

#[tokio::test]
async fn the_tab_never_claims_what_did_not_happen() {
    let provider = Provider::start().await;
    let mut failed = SignIn::begin(&provider).await;
    let tab = tokio::spawn({
        let good = provider.back(&failed.url);
        async move { browser::open(&good).await }
    });
    failed.listening.answer().await.unwrap().tell(Ending::Failed(Kind::NonceWrong));
    let tab = tab.await.unwrap();
    assert_eq!(tab.status, 400);
    assert!(tab.body.contains("nonce_wrong") && !tab.body.contains("You are signed in"));

    // Nobody tells it in time, or ever.
    let slow = SignIn::with_tab_patience(&provider, Duration::from_millis(20)).await;
    let tab = browser::open(&provider.back(&slow.url)).await;
    assert_eq!(tab.status, 202);
    assert!(tab.body.contains("Epistle has the answer") && !tab.body.contains("You are signed in"));
}

#[tokio::test]
async fn the_tab_gets_its_page_though_the_sign_in_is_dropped_at_once() {
    let provider = Provider::start().await;
    let mut sign_in = SignIn::begin(&provider).await;
    let tab = tokio::spawn({
        let good = provider.back(&sign_in.url);
        async move { browser::open(&good).await }
    });
    let answer = sign_in.listening.answer().await.unwrap();
    answer.tell(Ending::SignedIn);
    drop(sign_in);
    assert!(tab.await.unwrap().body.contains("You are signed in"));
}

#[tokio::test]
async fn a_closed_port_has_delivered_its_pages_and_does_not_wait_for_who_asks_nothing() {
    let provider = Provider::start().await;
    let mut sign_in = SignIn::begin(&provider).await;
    let _silent = browser::connect(&sign_in.redirect).await;
    let tab = tokio::spawn({
        let good = provider.back(&sign_in.url);
        async move { browser::open(&good).await }
    });
    sign_in.listening.answer().await.unwrap().tell(Ending::SignedIn);
    let began = std::time::Instant::now();
    sign_in.listening.close().await;
    assert!(began.elapsed() < Duration::from_millis(1_500), "{:?}", began.elapsed());
    assert!(tab.await.unwrap().body.contains("You are signed in"));
}

#[tokio::test]
async fn a_tab_that_comes_too_late_hears_that_it_was_stopped() {
    let provider = Provider::start().await;
    // Nobody waits for the answer.
    let mut sign_in = SignIn::begin(&provider).await;
    let mut early = browser::connect(&sign_in.redirect).await;
    assert_eq!(browser::open(&sign_in.back("code=x")).await.status, 400, "the early one is in by now");
    let (state, redirect) = (sign_in.state(), sign_in.redirect.clone());
    drop(sign_in);
    let head = browser::get(&format!("{redirect}?state={state}&code=x"));
    let tab = browser::talk(&mut early, &head).await;
    assert_eq!(tab.status, 410, "{tab:?}");
    assert!(tab.body.contains("was stopped"));
    is_closed(&tab);

    // It was taken, and then dropped untold.
    sign_in = SignIn::begin(&provider).await;
    let tab = tokio::spawn({
        let good = provider.back(&sign_in.url);
        async move { browser::open(&good).await }
    });
    drop(sign_in.listening.answer().await.unwrap());
    assert_eq!(tab.await.unwrap().status, 410);
}

#[tokio::test]
async fn a_dropped_sign_in_gives_its_port_back() {
    let provider = Provider::start().await;
    let sign_in = SignIn::begin(&provider).await;
    let port = sign_in.redirect.port().unwrap();
    drop(sign_in);
    let freed = async {
        while Receiver::bind("google", Some(port)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(5), freed).await.unwrap();
}

#[tokio::test]
async fn another_programs_port_is_not_shared() {
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port();
    let fault = Receiver::bind("google", Some(port)).await.unwrap_err();
    assert_eq!(fault.kind(), Kind::PortTaken);

    let ours = Receiver::bind("google", None).await.unwrap();
    assert_eq!(ours.redirect().host_str(), Some("127.0.0.1"));
    let port = ours.redirect().port().unwrap();
    assert!(std::net::TcpListener::bind(("127.0.0.1", port)).is_err());
    assert!(sharing(port).is_err(), "a program that offers to share the port gets its half of the answers");
    let other = sharing(0).unwrap();
    let fault = Receiver::bind("google", Some(other.local_addr().unwrap().port())).await.unwrap_err();
    assert_eq!(fault.kind(), Kind::PortTaken);
}

/// Listens as a program does that wants to share its port.
fn sharing(port: u16) -> std::io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    #[cfg(unix)]
    socket.set_reuseport(true)?;
    socket.bind(SocketAddr::from(([127, 0, 0, 1], port)))?;
    socket.listen(8)
}

#[tokio::test]
async fn a_providers_name_stays_in_its_place() {
    let receiver = Receiver::bind("a/../b?c", None).await.unwrap();
    assert_eq!(receiver.redirect().path(), "/callback/a%2F..%2Fb%3Fc");
    let (_, pending) = begin(&Provider::start().await, receiver.redirect());
    assert_eq!(pending.expected().path, receiver.redirect().path());
}
