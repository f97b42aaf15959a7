//! The way in by a device code, with the pauses a provider asks for, none of which is waited for here.

use crate::support::provider::{Provider, Scripted};
use crate::support::{credentials, scopes};
use epistle_wire::Client;
use epistle_wire::oauth::{Endpoints, Fault, Kind, Tokens, device};
use serde_json::{Value, json};
use std::sync::Mutex;
use std::time::Duration;

fn code(change: &Value) -> Scripted {
    let mut body = json!({"device_code": "dev", "user_code": "WDJB-MJHT", "expires_in": 900, "interval": 1,
        "verification_uri": "https://id.example/device"});
    for (name, value) in change.as_object().unwrap() {
        body[name] = value.clone();
    }
    Scripted::json(200, &body)
}

/// Polls through the answers; gives the outcome and the pauses in seconds.
async fn polled(answers: Vec<Scripted>) -> (Result<Tokens, Fault>, Vec<u64>) {
    let (provider, client) = (Provider::start().await, Client::new().unwrap());
    let (endpoints, credentials) = (provider.endpoints(), credentials());
    provider.script("/device", code(&json!({})));
    for answer in answers {
        provider.script("/token", answer);
    }
    let grant = device::begin(&client, &endpoints, &credentials, &scopes()).await.unwrap();
    assert_eq!((grant.user_code.expose(), grant.verification.as_str()), ("WDJB-MJHT", "https://id.example/device"));
    assert_eq!(provider.asked("/device")[0].form["scope"], "openid email");
    let pauses = Mutex::new(Vec::new());
    let pause = |pause: Duration| {
        pauses.lock().unwrap().push(pause.as_secs());
        std::future::ready(())
    };
    let outcome = device::poll_pausing(&client, &endpoints, &credentials, &grant, pause).await;
    assert_eq!(provider.asked("/token")[0].form["device_code"], "dev");
    (outcome, pauses.into_inner().unwrap())
}

#[tokio::test]
async fn a_device_is_let_in_at_the_providers_pace() {
    let waiting = |status, error| Scripted::json(status, &json!({"error": error}));
    let (outcome, pauses) = polled(vec![
        waiting(400, "authorization_pending"),
        waiting(400, "slow_down"),
        waiting(200, "authorization_pending"), // GitHub's way
        waiting(503, "busy"),
        Scripted::json(200, &json!({"access_token": "a", "token_type": "bearer"})),
    ])
    .await;
    assert_eq!(outcome.unwrap().scopes, scopes());
    assert_eq!(pauses, [1, 6, 6, 12]);
}

#[tokio::test]
async fn a_device_that_is_not_let_in_hears_why() {
    for (error, kind) in [
        ("access_denied", Kind::Denied),
        ("expired_token", Kind::TimedOut),
        ("incorrect_device_code", Kind::CodeRefused),
        ("invalid_client", Kind::ClientRefused),
        ("something_new", Kind::Unreadable),
    ] {
        for status in [400, 200] {
            let (outcome, _) = polled(vec![Scripted::json(status, &json!({"error": error}))]).await;
            assert_eq!(outcome.unwrap_err().kind(), kind, "{error}");
        }
    }
}

#[tokio::test]
async fn what_the_person_opens_is_safe_to_open() {
    let (provider, client) = (Provider::start().await, Client::new().unwrap());
    for change in [
        json!({"verification_uri": "http://id.example/device"}),
        json!({"verification_uri": "file:///etc/passwd"}),
        json!({"verification_uri_complete": "javascript:alert(1)"}),
    ] {
        provider.script("/device", code(&change));
        let fault = device::begin(&client, &provider.endpoints(), &credentials(), &[]).await.unwrap_err();
        assert_eq!(fault.kind(), Kind::Unreadable, "{change}");
    }
}

#[tokio::test]
async fn a_provider_without_this_flow_refuses_the_client() {
    let (provider, client) = (Provider::start().await, Client::new().unwrap());
    provider.script("/device", Scripted::json(400, &json!({"error": "device_flow_disabled"})));
    for endpoints in [provider.endpoints(), Endpoints { device: None, ..provider.endpoints() }] {
        let fault = device::begin(&client, &endpoints, &credentials(), &[]).await.unwrap_err();
        assert_eq!(fault.kind(), Kind::ClientRefused);
    }
}
