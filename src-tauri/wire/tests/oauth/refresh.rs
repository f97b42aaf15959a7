//! The tokens' later life: rotation, and the two ways a refresh can fail.

use crate::support::provider::{Provider, Scripted};
use crate::support::{begin, credentials, nowhere, scopes};
use epistle_wire::Client;
use epistle_wire::oauth::refresh::refresh;
use epistle_wire::oauth::{GrantEnd, Kind, Token, exchange};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_refresh_token_is_good_for_its_turn() {
    let (provider, client) = (Provider::start().await, Client::new().unwrap());
    let (endpoints, credentials) = (provider.endpoints(), credentials());
    let (url, pending) = begin(&provider, &nowhere());
    let code = Token::new(provider.agree(&url));
    let first = exchange::code(&client, &endpoints, &credentials, &pending, &code).await.unwrap();
    let old = first.refresh.unwrap();

    let second = refresh(&client, &endpoints, &credentials, &old, &first.scopes).await.unwrap();
    assert!(!second.access.is(first.access.expose()));
    let new = second.refresh.unwrap();
    assert!(!new.is(old.expose()));

    let fault = refresh(&client, &endpoints, &credentials, &old, &first.scopes).await.unwrap_err();
    assert_eq!(fault.kind(), Kind::GrantRefused(GrantEnd::Other));
    assert!(!fault.is_transient());
    refresh(&client, &endpoints, &credentials, &new, &first.scopes).await.unwrap();
}

#[tokio::test]
async fn a_provider_that_does_not_rotate_says_nothing_of_the_old_one() {
    let (provider, client) = (Provider::start().await, Client::new().unwrap());
    provider.script("/token", Scripted::json(200, &json!({"access_token": "a", "token_type": "Bearer"})));
    let tokens = refresh(&client, &provider.endpoints(), &credentials(), &Token::new("r"), &scopes()).await.unwrap();
    assert!(tokens.refresh.is_none() && tokens.id_token.is_none());
    assert_eq!(tokens.scopes, scopes());
}

#[tokio::test]
async fn a_grant_that_is_over_is_told_from_a_bad_moment() {
    let (provider, client) = (Provider::start().await, Client::new().unwrap());
    let over = |end| (Kind::GrantRefused(end), None);
    let later = |seconds: Option<u64>| (Kind::Unreachable, seconds.map(Duration::from_secs));
    let cases = [
        (Scripted::json(400, &json!({"error": "invalid_grant"})), over(GrantEnd::Other)),
        (
            Scripted::json(400, &json!({"error": "invalid_grant", "error_subtype": "invalid_rapt"})),
            over(GrantEnd::ProveAgain),
        ),
        (Scripted::json(400, &json!({"error": "invalid_grant", "error_codes": [50173]})), over(GrantEnd::Revoked)),
        (Scripted::json(200, &json!({"error": "bad_refresh_token"})), over(GrantEnd::Revoked)),
        (Scripted::json(401, &json!({"error": "invalid_client"})), (Kind::ClientRefused, None)),
        (Scripted::json(429, &json!({})).with("retry-after", "7"), later(Some(7))),
        (Scripted::json(503, &json!({"error": "invalid_grant"})), later(None)),
        (Scripted::json(400, &json!({"error": "temporarily_unavailable"})), later(None)),
    ];
    for (index, (answer, (kind, retry_after))) in cases.into_iter().enumerate() {
        provider.script("/token", answer);
        let outcome = refresh(&client, &provider.endpoints(), &credentials(), &Token::new("r"), &[]).await;
        let fault = outcome.unwrap_err();
        assert_eq!((fault.kind(), fault.retry_after()), (kind, retry_after), "case {index}");
        assert_eq!(fault.is_transient(), kind == Kind::Unreachable, "case {index}");
    }
}
