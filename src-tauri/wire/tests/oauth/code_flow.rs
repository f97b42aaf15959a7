//! The whole way by code, and what a token endpoint can do to it.

use crate::support::provider::{Provider, Scripted};
use crate::support::{NOW, SignIn, begin, browser, credentials, nowhere, scopes};
use epistle_wire::oauth::{ClientCredentials, Ending, Endpoints, KeySet, Kind, Token};
use epistle_wire::oauth::{device, exchange, id_token, profile, refresh};
use epistle_wire::{Base, Client};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_person_signs_in() {
    let (provider, client) = (Provider::start().await, Client::new().unwrap());
    let (endpoints, credentials) = (provider.endpoints(), credentials());
    let mut sign_in = SignIn::begin(&provider).await;
    let tab = tokio::spawn({
        let back = provider.back(&sign_in.url);
        async move { browser::open(&back).await }
    });

    let answer = sign_in.listening.answer().await.unwrap();
    let tokens = exchange::code(&client, &endpoints, &credentials, &sign_in.pending, answer.code()).await.unwrap();
    let keys = KeySet::at(endpoints.jwks.clone().unwrap());
    let expected = id_token::Expected {
        issuer: endpoints.issuer.as_deref().unwrap(),
        client_id: &credentials.id,
        nonce: Some(sign_in.pending.nonce()),
        now: NOW,
    };
    let claims = id_token::verify(&client, &keys, tokens.id_token.as_ref().unwrap(), &expected).await.unwrap();
    answer.tell(Ending::SignedIn);

    assert_eq!((claims.subject.as_str(), claims.email.as_deref()), ("42", Some("ada@example.com")));
    assert!(claims.email_verified && claims.tenant.is_none());
    assert!(tokens.access.expose().starts_with("access-") && tokens.refresh.is_some());
    assert_eq!((tokens.expires_in, tokens.scopes), (Some(Duration::from_secs(3599)), scopes()));
    let tab = tab.await.unwrap();
    assert_eq!(tab.status, 200);
    assert!(tab.body.contains("You are signed in"));
    let asked = &provider.asked("/token")[0];
    assert_eq!(asked.form["client_secret"], "hush");
    assert_eq!(asked.headers["accept"], "application/json");
    assert!(!asked.headers.contains_key("authorization"), "the client's secret goes into the body");
}

#[tokio::test]
async fn a_client_without_a_secret_sends_none() {
    let (provider, client) = (Provider::start().await, Client::new().unwrap());
    let credentials = ClientCredentials { secret: None, ..credentials() };
    let (url, pending) = begin(&provider, &nowhere());
    let code = Token::new(provider.agree(&url));
    exchange::code(&client, &provider.endpoints(), &credentials, &pending, &code).await.unwrap();
    assert!(!provider.asked("/token")[0].form.contains_key("client_secret"));
}

#[tokio::test]
async fn a_stolen_code_is_worth_nothing() {
    let (provider, client) = (Provider::start().await, Client::new().unwrap());
    let (endpoints, credentials) = (provider.endpoints(), credentials());
    let (url, pending) = begin(&provider, &nowhere());

    // Somebody else's: the code was bound to another challenge, so this verifier is wrong.
    let other = url.as_str().replace("code_challenge=", "code_challenge=x");
    let stolen = Token::new(provider.agree(&other.parse().unwrap()));
    let fault = exchange::code(&client, &endpoints, &credentials, &pending, &stolen).await.unwrap_err();
    assert_eq!(fault.kind(), Kind::CodeRefused);

    // A second time.
    let code = Token::new(provider.agree(&url));
    exchange::code(&client, &endpoints, &credentials, &pending, &code).await.unwrap();
    let fault = exchange::code(&client, &endpoints, &credentials, &pending, &code).await.unwrap_err();
    assert_eq!(fault.kind(), Kind::CodeRefused);
    assert!(!fault.is_transient());
}

#[tokio::test]
async fn each_refusal_has_its_kind() {
    let (provider, client) = (Provider::start().await, Client::new().unwrap());
    let elsewhere = Provider::start().await;
    let (_, pending) = begin(&provider, &nowhere());
    let granted = json!({"access_token": "a", "token_type": "bearer"});
    let cases = [
        (Scripted::json(401, &json!({"error": "invalid_client"})), Kind::ClientRefused),
        (Scripted::json(400, &json!({"error": "invalid_grant"})), Kind::CodeRefused),
        (Scripted::json(400, &json!({"error": "redirect_uri_mismatch"})), Kind::ClientRefused),
        (Scripted::json(400, &json!({"error": "something_new"})), Kind::Unreadable),
        // GitHub's way.
        (Scripted::json(200, &json!({"error": "bad_verification_code"})), Kind::CodeRefused),
        (Scripted::json(200, &json!({"error": "incorrect_client_credentials"})), Kind::ClientRefused),
        (Scripted::json(200, &json!({})), Kind::Unreadable),
        (Scripted::json(200, &json!({"access_token": "a", "token_type": "mac"})), Kind::Unreadable),
        (
            Scripted { headers: vec![("content-type", "text/html".into())], ..Scripted::json(200, &granted) },
            Kind::Unreadable,
        ),
        (Scripted { body: b"<html>".to_vec(), ..Scripted::json(400, &granted) }, Kind::Unreadable),
        (Scripted { body: vec![b' '; 2 << 20], ..Scripted::json(200, &granted) }, Kind::Unreadable),
        (Scripted::json(503, &json!({"error": "invalid_grant"})), Kind::Unreachable),
        (Scripted::json(307, &json!({})).with("location", &format!("{}/token", elsewhere.address)), Kind::Unreadable),
    ];
    for (index, (answer, kind)) in cases.into_iter().enumerate() {
        provider.script("/token", answer);
        let code = Token::new("code-of-nobody");
        let outcome = exchange::code(&client, &provider.endpoints(), &credentials(), &pending, &code).await;
        let fault = outcome.unwrap_err();
        assert_eq!(fault.kind(), kind, "case {index}");
        let shown = format!("{fault} {fault:?}");
        for secret in ["code-of-nobody", "hush", "127.0.0.1"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
    assert!(elsewhere.world().asked.is_empty(), "a redirect was followed with a code in hand");
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let (provider, client) = (Provider::start().await, Client::new().unwrap());
    let (_, pending) = begin(&provider, &nowhere());
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let token = Base::parse(&format!("http://{closed}/token")).unwrap();
    let endpoints = Endpoints { token, ..provider.endpoints() };
    let fault = exchange::code(&client, &endpoints, &credentials(), &pending, &Token::new("c")).await.unwrap_err();
    assert_eq!(fault.kind(), Kind::Unreachable);
    assert!(fault.is_transient());
}

/// Whoever signs in may do so in a task of their own: that each future can be sent there is checked by the compiler.
#[tokio::test]
async fn every_call_can_be_a_task_of_its_own() {
    fn sendable<T: Send>(future: T) -> T {
        future
    }
    let (provider, client) = (Provider::start().await, Client::new().unwrap());
    let (endpoints, credentials, token) = (provider.endpoints(), credentials(), Token::new("t"));
    let (_, pending) = begin(&provider, &nowhere());
    let keys = KeySet::at(provider.at("/keys"));
    let expected = id_token::Expected { issuer: "i", client_id: "c", nonce: None, now: NOW };
    let device = async {
        let grant = device::begin(&client, &endpoints, &credentials, &[]).await?;
        device::poll(&client, &endpoints, &credentials, &grant).await
    };
    assert!(sendable(device).await.is_err());
    assert!(sendable(exchange::code(&client, &endpoints, &credentials, &pending, &token)).await.is_err());
    assert!(sendable(refresh::refresh(&client, &endpoints, &credentials, &token, &[])).await.is_err());
    assert!(sendable(id_token::verify(&client, &keys, &token, &expected)).await.is_err());
    assert!(sendable(profile::fetch_profile(&client, &endpoints.userinfo, &token)).await.is_err());
}
