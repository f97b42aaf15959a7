//! Renewal against a token endpoint on this machine: once for any number of callers, shared where it fails, ended where the provider says no.

use super::*;
use crate::api::Grant;
use crate::error::{ErrorCode, SignInKind, SignInTrouble};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What it answers to a form, given how often it was asked.
type Answering = dyn Fn(&str, usize) -> (u16, Value) + Send + Sync;

/// What the endpoint answers, and how often it was asked.
struct Provider {
    answer: Box<Answering>,
    asked: AtomicUsize,
}

/// One request and its answer: the engine links no server, so this is as much HTTP as a token endpoint needs.
async fn serve(provider: Arc<Provider>, mut stream: TcpStream) {
    let (mut read, mut chunk) = (Vec::new(), [0; 4096]);
    let form = loop {
        let length = stream.read(&mut chunk).await.unwrap();
        read.extend_from_slice(&chunk[..length]);
        let text = String::from_utf8_lossy(&read).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let told = head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        if length == 0 || told.is_some_and(|told: usize| body.len() >= told) {
            break body.to_owned();
        }
    };
    let number = provider.asked.fetch_add(1, Ordering::SeqCst) + 1;
    tokio::time::sleep(Duration::from_millis(60)).await; // long enough for every caller to be waiting
    let (status, body) = (provider.answer)(&form, number);
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 {status} -\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).await.unwrap();
}

fn granted(number: usize, form: &str) -> (u16, Value) {
    assert!(form.contains("grant_type=refresh_token"), "{form}");
    let body = json!({"access_token": format!("access {number}"), "refresh_token": format!("refresh {number}"),
        "token_type": "Bearer", "expires_in": 3600});
    (200, body)
}

fn over() -> (u16, Value) {
    (400, json!({"error": "invalid_grant"}))
}

/// An engine with one account, signed in to such a provider, whose access token lives so much longer.
async fn signed_in(
    life_ms: i64,
    answer: impl Fn(&str, usize) -> (u16, Value) + Send + Sync + 'static,
) -> (Engine, AccountId, Arc<Provider>) {
    let provider = Arc::new(Provider { answer: Box::new(answer), asked: AtomicUsize::new(0) });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/token", listener.local_addr().unwrap());
    let serving = provider.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(serving.clone(), stream));
        }
    });
    let engine = Engine::in_memory().unwrap();
    let mut settings = engine.settings().unwrap();
    settings.identity.google.token = base;
    settings.identity.google.client_id = "client".into();
    engine.set_settings(settings).unwrap();
    let account = engine.account();
    let tokens = Tokens {
        access: Token::new("access 0"),
        refresh: Some(Token::new("refresh 0")),
        expires_in: Some(Duration::from_secs(3600)),
        scopes: vec!["openid".into()],
        id_token: None,
    };
    let now = jiff::Timestamp::now().as_millisecond();
    engine.keep_tokens(account, &tokens, now - 3_600_000 + life_ms).unwrap();
    engine
        .change_account(account, |row| {
            let subject = "1".to_owned();
            row.identity = Some(super::super::registry::Identity {
                provider: IdentityProvider::Google,
                issuer: String::new(),
                subject,
            });
            row.state = AccountState::SignedIn;
            row.granted = vec![Grant::Profile];
            row.signed_in = now;
        })
        .unwrap();
    (engine, account, provider)
}

async fn all_at_once(engine: &Engine, account: AccountId, callers: usize) -> Vec<Result<String, ErrorCode>> {
    let start = Arc::new(tokio::sync::Barrier::new(callers));
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let (engine, start) = (engine.clone(), start.clone());
            tokio::spawn(async move {
                start.wait().await;
                engine.access_token(account).await.map(|token| token.expose().to_owned()).map_err(|error| error.code())
            })
        })
        .collect();
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.unwrap());
    }
    outcomes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_callers_with_an_expired_token_make_one_renewal() {
    let (engine, account, provider) = signed_in(0, |form, number| granted(number, form)).await;
    let outcomes = all_at_once(&engine, account, 200).await;
    assert!(outcomes.iter().all(|outcome| outcome.as_deref() == Ok("access 1")), "{outcomes:?}");
    assert_eq!(provider.asked.load(Ordering::SeqCst), 1);
    assert_eq!(engine.refresh_tokens(account).unwrap()[0].token.expose(), "refresh 1", "rotated, and kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_provider_that_is_down_is_asked_once_for_all_who_wait_and_again_later() {
    let down = |_: &str, number| match number {
        1 => (503, json!({})),
        _ => granted(number, "grant_type=refresh_token"),
    };
    let (engine, account, provider) = signed_in(0, down).await;
    let outcomes = all_at_once(&engine, account, 200).await;
    assert!(outcomes.iter().all(|outcome| *outcome == Err(ErrorCode::SignInUnreachable)), "{outcomes:?}");
    assert_eq!(provider.asked.load(Ordering::SeqCst), 1);
    assert_eq!(
        engine.account_of(account).unwrap().state,
        AccountState::SignedIn,
        "a bad moment is no reason to sign in again"
    );
    assert_eq!(engine.access_token(account).await.unwrap().expose(), "access 2");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_provider_that_says_no_is_asked_once_and_the_person_is_waited_for() {
    let (engine, account, provider) = signed_in(0, |_, _| over()).await;
    let outcomes = all_at_once(&engine, account, 200).await;
    assert!(outcomes.iter().all(|outcome| *outcome == Err(ErrorCode::SignInAgain)), "{outcomes:?}");
    assert_eq!(engine.access_token(account).await.unwrap_err().code(), ErrorCode::SignInAgain);
    assert_eq!(provider.asked.load(Ordering::SeqCst), 1, "one prompt, and no further asking");
    let state = engine.account_of(account).unwrap().state;
    assert!(matches!(state, AccountState::SignInAgain { reason: SignInAgainReason::Revoked, .. }), "{state:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_token_near_its_end_serves_while_the_next_one_is_fetched_beside_it() {
    let (engine, account, provider) = signed_in(AHEAD_MS - 30_000, |form, number| granted(number, form)).await;
    assert_eq!(engine.access_token(account).await.unwrap().expose(), "access 0", "nobody waits");
    for _ in 0..200 {
        if engine.access_token(account).await.unwrap().expose() == "access 1" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(engine.access_token(account).await.unwrap().expose(), "access 1");
    assert_eq!(provider.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_kill_between_keeping_the_new_token_and_forgetting_the_old_one_loses_neither() {
    let only_new = |form: &str, number| {
        if form.contains("refresh+0") || form.contains("refresh%200") { over() } else { granted(number, form) }
    };
    let (engine, account, provider) = signed_in(0, only_new).await;
    // Both lie there, as a kill in that moment leaves them; the provider takes the newer one only.
    engine
        .house
        .vault
        .keep(
            engine.store(),
            account,
            super::super::slots::SLOTS[1],
            &super::super::slots::written(2, &Secret::new("refresh 9".into())),
        )
        .unwrap();
    assert_eq!(engine.access_token(account).await.unwrap().expose(), "access 1");
    assert_eq!(provider.asked.load(Ordering::SeqCst), 1, "the newer one first");
}

#[tokio::test]
async fn a_token_that_is_no_longer_there_is_said_and_a_local_account_has_none() {
    let (engine, account, provider) = signed_in(0, |form, number| granted(number, form)).await;
    engine.forget_refresh_tokens(account).unwrap();
    let error = engine.access_token(account).await.unwrap_err();
    assert!(matches!(error, Error::SignInAgain { reason: SignInAgainReason::TokenLost, .. }), "{error:?}");
    assert_eq!(provider.asked.load(Ordering::SeqCst), 0);
    let local = engine.add_local_account("local").unwrap().id;
    assert!(engine.access_token(local).await.is_err());
    assert_eq!(engine.sign_out(local).await.unwrap_err().code(), ErrorCode::BadInput);
}

#[test]
fn somebody_else_is_not_signed_in_to_an_account_that_is_taken() {
    let trouble = Error::from(SignInTrouble { provider: IdentityProvider::Google, kind: SignInKind::OtherPerson });
    assert_eq!(trouble.code(), ErrorCode::SignInOtherPerson);
    assert_eq!(trouble.facts().identity_provider, Some(IdentityProvider::Google));
}
