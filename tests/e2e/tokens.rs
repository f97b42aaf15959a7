//! What a sign-in leaves: tokens that are refreshed, rotated, refused, handed back and forgotten; at no moment does an account get lost with
//! them, and in no file and no output do they stand. The real program, other people's providers, a proxy that loses answers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::{Value, json};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use support::browser::Browser;
use support::cli::{Home, Ran, ran};
use support::identity::{CLIENT, CLIENT_SECRET, Mock, Providers, Strict, home_with, signed_in};
use support::keyring::Keyring;
use support::proxy::{Fault, Proxy};
use support::sign_in::SignIn;

const ADA: &str = "ada@example.com";

/// Access tokens that are all but over, so that every use of the account asks for a new one.
fn short_lived() -> Value {
    json!({ "expires_in": 1 })
}

/// Somebody signed in at a provider whose token endpoint is behind a proxy.
fn one_signed_in(faults: &Value) -> (Mock, Proxy, Home) {
    let mock = Mock::like("google");
    mock.will(faults);
    let proxy = Proxy::before(&mock.at.base(), vec![]);
    let home = home_with(&[("google", &mock.at.through(&proxy))]);
    let _ = SignIn::begin(&home, &["google"]).by_itself();
    (mock, proxy, home)
}

fn refresh(home: &Home) -> Ran {
    home.epistle(["account", "list", "--refresh", "--json"])
}

/// The one account's state, without asking anybody.
fn state(home: &Home) -> Value {
    let accounts = signed_in(home);
    assert_eq!(accounts.len(), 1, "no account is lost: {accounts:?}");
    accounts[0]["state"].clone()
}

fn works(home: &Home) {
    let refreshed = refresh(home);
    assert_eq!(refreshed.status, 0, "{refreshed:?}");
    assert_eq!(state(home)["kind"], "signed_in");
}

/// The provider no longer takes what it gave: this is said once, nobody is asked again, and signing in makes it good.
fn asks_once_to_sign_in_again(mock: &Mock, home: &Home, reason: &str) {
    let before = signed_in(home);
    let said = refresh(home);
    assert!(said.status == 1 && said.stderr.contains("error[sign_in_again]"), "{said:?}");
    let now = state(home);
    assert_eq!((&now["kind"], &now["reason"]), (&json!("sign_in_again"), &json!(reason)), "{now}");
    mock.will(&short_lived());
    let quiet = refresh(home).done();
    assert!(!quiet.stderr.contains("error"), "said once: {}", quiet.stderr);
    let counted = mock.will(&short_lived());
    assert_eq!((&counted["refresh"], &counted["code"]), (&Value::Null, &Value::Null), "nobody was asked: {counted}");
    let again = SignIn::begin(home, &["google", "--again", ADA]).by_itself();
    assert_eq!((&again["id"], &again["state"]["kind"]), (&before[0]["id"], &json!("signed_in")));
    works(home);
}

#[test]
fn a_token_that_rotates_is_followed_from_start_to_start() {
    let (mock, _proxy, home) = one_signed_in(&short_lived());
    for start in 1..=4 {
        mock.will(&short_lived());
        works(&home);
        let counted = mock.will(&short_lived());
        assert_eq!((&counted["refresh"], &counted["refused"]), (&json!(1), &Value::Null), "start {start}: {counted}");
    }
}

#[tokio::test]
async fn a_provider_that_ends_the_grant_at_a_tokens_second_use_sees_none() {
    let strict = Strict::start(&["/callback/google"], &json!({ "secret": CLIENT_SECRET, "access_seconds": 1 }));
    let home = home_with(&[("google", &strict.at)]);
    let browser = Browser::open().await;
    let mut waiting = SignIn::begin(&home, &["google"]);
    browser.sign_in_as(&waiting.address(), ADA).await;
    let _ = waiting.account();
    for _ in 0..5 {
        works(&home);
    }
    browser.close().await;
}

#[test]
fn an_access_token_that_is_good_is_not_asked_for_again() {
    let (mock, _proxy, home) = one_signed_in(&json!({}));
    mock.will(&json!({}));
    works(&home);
    works(&home);
    let counted = mock.will(&json!({}));
    assert_eq!((&counted["refresh"], &counted["userinfo"]), (&Value::Null, &json!(2)), "{counted}");
}

/// Runs a refresh whose answer never arrives, and kills it when the provider has given one.
fn killed_with_the_answer_on_its_way(proxy: &Proxy, home: &Home) {
    proxy.will(&[Fault::Stall(0)]);
    let mut command = home.command("epistle-cli");
    command.args(["account", "list", "--refresh"]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let began = Instant::now();
    while proxy.answered() == 0 {
        assert!(began.elapsed() < Duration::from_secs(30), "the provider was asked");
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    proxy.will(&[]);
}

#[test]
fn kill_between_the_providers_answer_and_our_commit_loses_no_account() {
    let rotating = short_lived();
    let (mock, proxy, home) = one_signed_in(&rotating);
    killed_with_the_answer_on_its_way(&proxy, &home);
    assert_eq!(state(&home)["kind"], "signed_in", "nothing is known to be wrong yet");
    asks_once_to_sign_in_again(&mock, &home, "revoked"); // the old token is dead there, the new one was never here

    let keeping = json!({ "expires_in": 1, "keeps": true });
    let (_mock, proxy, home) = one_signed_in(&keeping);
    killed_with_the_answer_on_its_way(&proxy, &home);
    works(&home);
}

#[test]
fn kill_while_signing_in_leaves_no_half_an_account() {
    let mock = Mock::like("google");
    let proxy = Proxy::before(&mock.at.base(), vec![]);
    let home = home_with(&[("google", &mock.at.through(&proxy))]);
    proxy.will(&[Fault::Stall(0)]);
    let mut waiting = SignIn::begin(&home, &["google"]);
    let answer = support::sign_in::visit(&waiting.address()).unwrap().location.unwrap();
    let browser = std::thread::spawn(move || support::sign_in::visit(&answer));
    while proxy.answered() == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    waiting.kill();
    let _ = browser.join().unwrap();
    drop(waiting);
    proxy.will(&[]);
    assert!(signed_in(&home).is_empty());
    let _ = SignIn::begin(&home, &["google"]).by_itself();
    works(&home);
}

#[test]
fn kill_at_any_moment_of_a_refresh_loses_no_account() {
    let (mock, _proxy, home) = one_signed_in(&short_lived());
    let mut lost = 0;
    for life in 0..40u64 {
        let mut command = home.command("epistle-cli");
        command.args(["account", "list", "--refresh"]).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        std::thread::sleep(Duration::from_millis(100 + life * 37 % 300));
        let _ = child.kill();
        child.wait().unwrap();
        if state(&home)["kind"] == "sign_in_again" || refresh(&home).status != 0 {
            assert_eq!(state(&home)["kind"], "sign_in_again", "life {life}");
            let _ = SignIn::begin(&home, &["google", "--again", ADA]).by_itself();
            lost += 1;
        }
    }
    println!("{lost} of 40 had to sign in again; the provider counted {}", mock.will(&json!({})));
    works(&home);
}

#[test]
fn a_provider_that_is_down_or_busy_changes_nothing() {
    let (_mock, proxy, home) = one_signed_in(&json!({ "expires_in": 1, "keeps": true }));
    let busy = Fault::Answer(429, "application/json", json!({ "error": "slow_down" }).to_string(), Some(1));
    let down = Fault::json(503, &json!({ "error": "temporarily_unavailable" }));
    for fault in [down, busy, Fault::Cut(0), Fault::Cut(10)] {
        proxy.will(&vec![fault.clone(); 8]); // whether or not it is tried again
        let said = refresh(&home);
        assert!(said.status == 1 && said.stderr.contains("error[sign_in_un"), "{fault:?}: {said:?}");
        proxy.will(&[]);
        works(&home);
    }
}

#[test]
fn an_account_the_provider_refuses_is_asked_for_once_and_loses_no_work() {
    let (mock, _proxy, home) = one_signed_in(&short_lived());
    let write = [
        "write",
        "--account",
        ADA,
        "--to",
        "dana@example.com",
        "--intent",
        "yes to Friday",
        "--model",
        "offline",
        "--json",
    ];
    let draft = home.epistle(write).done().json();
    mock.will(&json!({ "token": { "status": 400, "body": { "error": "invalid_grant", "error_description": "Token has been expired or revoked." } } }));
    asks_once_to_sign_in_again(&mock, &home, "revoked");
    let drafts = home.epistle(["drafts", "--account", ADA, "--json"]).done().lines();
    assert_eq!(drafts[0]["id"], draft["id"], "what was written is there");
}

/// What tokens of emulate's begin with, and what else must not be found.
const CANARIES: &[&str] =
    &["google_refresh_", "google_", "r_microsoft_", "microsoft_", "gho_", CLIENT_SECRET, ADA, "Ada Lovelace"];

/// No file of the data folder has any of it in the clear.
fn no_file_holds(home: &Home, canaries: &[&str]) {
    assert!(!holding(home, "holder").is_empty(), "the search finds what is there in the clear: the key file's words");
    for canary in canaries {
        let found = holding(home, canary);
        assert!(found.is_empty(), "“{canary}” stands in the clear in {found}");
    }
}

fn holding(home: &Home, words: &str) -> String {
    let found = Command::new("grep").args(["-rliaF", "--", words]).arg(home.path()).output().expect("grep");
    String::from_utf8_lossy(&found.stdout).into_owned()
}

#[tokio::test]
async fn signing_out_hands_the_token_back_and_no_token_is_anywhere() {
    let providers = Providers::start();
    let browser = Browser::open().await;
    for (provider, at) in
        [("google", &providers.google), ("microsoft", &providers.microsoft), ("github", &providers.github)]
    {
        let proxy = std::thread::scope(|scope| scope.spawn(|| Proxy::before(&at.base(), vec![])).join().unwrap());
        let mut home = home_with(&[(provider, &at.through(&proxy))]);
        home.set("EPISTLE_LOG", "trace");
        let mut waiting = SignIn::begin(&home, &[provider]);
        browser.sign_in_as(&waiting.address(), ADA).await;
        let account = waiting.event("account")["account"].clone();
        let id = account["id"].as_str().unwrap();
        let told = waiting.end().done();
        let listed = home.epistle(["account", "list"]).done();
        no_file_holds(&home, CANARIES);

        proxy.will(&[]);
        let out = home.epistle(["account", "sign-out", id]).done();
        for canary in ["google_refresh_", "google_", "r_microsoft_", "microsoft_", "gho_", CLIENT_SECRET] {
            for ran in [&told, &listed, &out] {
                assert!(
                    !ran.stdout.contains(canary) && !ran.stderr.contains(canary),
                    "{provider}: “{canary}” was said"
                );
            }
        }
        assert_eq!(state(&home)["kind"], "signed_out");
        if provider != "github" {
            let handed_back = proxy.seen().iter().find(|seen| seen.line.contains("revoke")).cloned();
            let body = String::from_utf8_lossy(&handed_back.expect("the token was handed back").body).into_owned();
            let token =
                url::form_urlencoded::parse(body.as_bytes()).find(|(name, _)| name == "token").unwrap().1.into_owned();
            assert!(
                token.contains("refresh") || token.starts_with("r_"),
                "the refresh token, which ends what came of it: {token}"
            );
            assert!(refused_there(&at.token, &token), "{provider} takes it no more");
        }
        no_file_holds(&home, CANARIES);
        let write =
            ["write", "--account", id, "--to", "d@example.com", "--intent", "hello there", "--model", "offline"];
        let _ = home.epistle(write).done(); // what is on the machine goes on working
        std::thread::scope(|scope| drop(scope.spawn(|| drop(proxy)).join()));
    }
    browser.close().await;
}

/// Whether the provider refuses this refresh token.
fn refused_there(token_endpoint: &str, token: &str) -> bool {
    let form = format!("grant_type=refresh_token&refresh_token={token}&client_id={CLIENT}");
    let (host, path) = token_endpoint.trim_start_matches("http://").split_once('/').unwrap();
    let head = format!(
        "POST /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded"
    );
    let answer = support::sign_in::request(host, &format!("{head}\r\nContent-Length: {}\r\n\r\n{form}", form.len()));
    answer.unwrap().body.contains("invalid_grant")
}

#[test]
fn signing_out_needs_no_provider() {
    let (mock, _proxy, home) = one_signed_in(&short_lived());
    mock.will(&json!({ "revoke": 503 }));
    let _ = home.epistle(["account", "sign-out", ADA]).done();
    assert_eq!(state(&home)["kind"], "signed_out");
    assert_eq!(mock.counted("revoke"), 1, "it was told");
    let again = SignIn::begin(&home, &["google"]).by_itself();
    assert_eq!(again["state"]["kind"], "signed_in");
    assert_eq!(signed_in(&home).len(), 1, "who comes back finds their account");
}

#[test]
fn removing_an_account_leaves_nothing_of_it_in_the_keyring_or_the_folder() {
    let keyring = Keyring::unlocked();
    let mock = Mock::like("google");
    let mut home = Home::default();
    keyring.lends(&mut home);
    for (name, value) in [("GOOGLE_CLIENT_ID", CLIENT), ("GOOGLE_CLIENT_SECRET", CLIENT_SECRET)] {
        home.set(name, value);
    }
    mock.at.reached_from(&home, "google");
    let before = keyring.entries();
    let account = SignIn::begin(&home, &["google"]).by_itself();
    let id = account["id"].as_str().unwrap();
    assert!(
        keyring.entries().iter().any(|entry| entry.contains(id)),
        "its token is in the keyring: {:?}",
        keyring.entries()
    );

    let asked = home.epistle(["account", "remove", ADA]);
    assert_eq!(asked.status, 2, "nobody is there to say yes: {asked:?}");
    assert!(asked.stderr.contains("google/ada@example.com") && asked.stderr.contains("messages"), "{}", asked.stderr);
    mock.will(&json!({}));
    let _ = home.epistle(["account", "remove", ADA, "--yes"]).done();
    assert_eq!(mock.counted("revoke"), 1, "the provider was told");
    assert_eq!(keyring.entries(), before, "the keyring is as it was");
    assert!(signed_in(&home).is_empty());
    assert_eq!(home.epistle(["drafts", "--account", id]).status, 1, "there is no such account");
    no_file_holds(&home, &[ADA, id, "Ada Lovelace"]);
}

#[test]
fn a_token_that_left_the_keyring_is_told_as_that() {
    let keyring = Keyring::unlocked();
    let mock = Mock::like("google");
    mock.will(&short_lived());
    let mut home = Home::default();
    keyring.lends(&mut home);
    home.set("GOOGLE_CLIENT_ID", CLIENT);
    mock.at.reached_from(&home, "google");
    let account = SignIn::begin(&home, &["google"]).by_itself();
    keyring.forget(account["id"].as_str().unwrap());
    let said = ran(home.command("epistle-cli").args(["account", "list", "--refresh"]));
    assert!(said.status == 1 && said.stderr.contains("error[sign_in_again]"), "{said:?}");
    let now = state(&home);
    assert_eq!((&now["kind"], &now["reason"]), (&json!("sign_in_again"), &json!("token_lost")));
}
