//! Signing in, as somebody with a terminal and a browser does it: the real program, other people's providers, a Chromium that clicks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::{Value, json};
use std::process::Stdio;
use std::time::{Duration, Instant};
use support::browser::Browser;
use support::cli::Home;
use support::identity::{CLIENT, CLIENT_SECRET, Mock, Providers, Strict, home_with, signed_in};
use support::sign_in::{SignIn, parameter, visit};

const ADA: &str = "ada@example.com";
const GRACE: &str = "grace@example.com";

/// Signs somebody in with a click and gives the account.
async fn sign_in(home: &Home, browser: &Browser, args: &[&str], who: &str) -> Value {
    let mut waiting = SignIn::begin(home, args);
    let page = browser.sign_in_as(&waiting.address(), who).await;
    assert!(page.contains("Epistle"), "the tab ends on a page of ours: {page}");
    waiting.account()
}

/// An authorization request as RFC 8252, 7636 and 9700 have it.
fn as_native_apps_ask(address: &str, provider: &str) {
    let of = |name: &str| parameter(address, name).unwrap_or_default();
    assert_eq!(
        (of("response_type"), of("client_id"), of("code_challenge_method")),
        ("code".into(), CLIENT.into(), "S256".into())
    );
    assert_eq!(of("code_challenge").len(), 43, "{address}");
    assert!(of("state").len() >= 22, "at least 128 bits of state: {address}");
    let redirect = of("redirect_uri");
    assert!(redirect.starts_with("http://127.0.0.1:") && redirect.ends_with(&format!("/{provider}")), "{redirect}");
    if provider != "github" {
        assert!(of("nonce").len() >= 22 && of("scope").split(' ').any(|scope| scope == "openid"), "{address}");
    }
}

#[tokio::test]
async fn somebody_signs_in_with_each_provider_and_is_found_again() {
    let providers = Providers::start();
    let home = home_with(&providers.all());
    let browser = Browser::open().await;
    let mut first = Vec::new();
    for (provider, _) in providers.all() {
        let mut waiting = SignIn::begin(&home, &[provider]);
        let address = waiting.address();
        as_native_apps_ask(&address, provider);
        let page = browser.sign_in_as(&address, ADA).await;
        assert!(page.contains("Epistle"), "the tab ends on a page of ours: {page}");
        let account = waiting.account();
        assert_eq!(account["provider"], provider);
        assert_eq!(
            (&account["profile"]["address"], &account["profile"]["name"]),
            (&json!(ADA), &json!("Ada Lovelace"))
        );
        assert_eq!(account["state"]["kind"], "signed_in");
        assert_eq!(account["granted"], json!(["profile"]), "nothing more than was asked for: {account}");
        first.push(account["id"].clone());
    }
    assert_eq!(signed_in(&home).len(), 3, "one address at three providers is three accounts");

    for ((provider, _), id) in providers.all().iter().zip(&first) {
        let again = sign_in(&home, &browser, &[provider], ADA).await;
        assert_eq!(again["id"], *id, "the same person at {provider} is the same account");
    }
    let other = sign_in(&home, &browser, &["google"], GRACE).await;
    assert!(!first.contains(&other["id"]));
    let google = signed_in(&home).into_iter().filter(|account| account["provider"] == "google");
    assert_eq!(google.count(), 2, "two accounts of one provider stand side by side");
    browser.close().await;
}

#[test]
fn the_systems_browser_is_opened_and_the_address_is_told_as_well() {
    let mock = Mock::like("google");
    let home = home_with(&[("google", &mock.at)]);
    let (browser, told) = (home.scratch().join("browser"), home.scratch().join("told"));
    std::fs::write(&browser, format!("#!/bin/sh\nprintf %s \"$1\" > {0}.new && mv {0}.new {0}\n", told.display()))
        .unwrap();
    std::fs::set_permissions(&browser, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let mut command = home.command("epistle-cli");
    command.args(["account", "add", "google"]).env("BROWSER", &browser).env_remove("DISPLAY");
    let waiting = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let began = Instant::now();
    let address = loop {
        match std::fs::read_to_string(&told) {
            Ok(address) => break address,
            Err(_) => assert!(began.elapsed() < Duration::from_secs(30), "xdg-open opens $BROWSER"),
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let answer = visit(&address).unwrap().location.unwrap();
    assert_eq!(visit(&answer).unwrap().status, 200);
    let ended = waiting.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines[0], address);
    assert!(lines[1].starts_with("google/ada@example.com"), "{said}");
}

#[tokio::test]
async fn an_account_is_meant_by_its_name_and_only_it_is_worked_in() {
    let providers = Providers::start();
    let home = home_with(&providers.all());
    let browser = Browser::open().await;
    let _ = sign_in(&home, &browser, &["google"], ADA).await;
    let _ = sign_in(&home, &browser, &["github"], ADA).await;
    let unclear = home.epistle(["account", "default", ADA]);
    assert_eq!(unclear.status, 2, "{}", unclear.stderr);
    assert!(unclear.stderr.contains("google/ada@example.com") && unclear.stderr.contains("github/ada@example.com"));
    let _ = home.epistle(["account", "default", "github/ada@example.com"]).done();
    let _ = home.epistle(["account", "edit", "google/ada@example.com", "--label", "Home", "--colour", "teal"]).done();
    let _ = home.epistle(["account", "order", "Home", "github/ada@example.com"]).done();
    let accounts = home.epistle(["account", "list", "--json"]).done().lines();
    assert_eq!((&accounts[0]["label"], &accounts[0]["colour"]), (&json!("Home"), &json!("teal")));
    assert_eq!((&accounts[1]["provider"], &accounts[1]["default"]), (&json!("github"), &json!(true)));

    let write =
        ["write", "--account", "Home", "--to", "dana@example.com", "--intent", "yes to Friday", "--model", "offline"];
    let _ = home.epistle(write).done();
    let drafts = |account: &str| home.epistle(["drafts", "--json", "--account", account]).done().lines().len();
    assert_eq!((drafts("Home"), drafts("github/ada@example.com")), (1, 0));
    let named = home.command("epistle-cli").env("EPISTLE_ACCOUNT", "Home").args(["drafts", "--json"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&named.stdout).lines().count(), 1);
    browser.close().await;
}

#[tokio::test]
async fn an_independent_second_provider_is_understood_as_well() {
    for provider in ["google", "microsoft"] {
        let mock = Mock::like(provider);
        let home = home_with(&[(provider, &mock.at)]);
        let browser = Browser::open().await;
        let account = sign_in(&home, &browser, &[provider], ADA).await;
        assert_eq!((&account["provider"], &account["profile"]["name"]), (&json!(provider), &json!("Ada Lovelace")));
        mock.will(&json!({ "who": GRACE }));
        let other = sign_in(&home, &browser, &[provider], GRACE).await;
        assert_ne!(account["id"], other["id"]);
        let counted = mock.will(&json!({}));
        assert_eq!(counted["code"], 1, "a code is asked about once: {counted}");
        browser.close().await;
    }
}

#[tokio::test]
async fn a_provider_that_takes_the_standards_to_the_letter_is_satisfied() {
    let strict = Strict::start(&["/callback/google"], &json!({ "secret": CLIENT_SECRET }));
    let home = home_with(&[("google", &strict.at)]);
    let browser = Browser::open().await;
    let account = sign_in(&home, &browser, &["google"], ADA).await;
    assert_eq!(account["profile"]["address"], ADA);
    browser.close().await;
}

#[tokio::test]
async fn a_code_typed_on_another_device_signs_in_without_a_secret() {
    let github = Strict::start(&["/callback/github"], &json!({ "github": true }));
    let mut home = home_with(&[("github", &github.at)]);
    home.set("GITHUB_CLIENT_SECRET", "");
    let mut waiting = SignIn::begin_device(&home, "github");
    let shown = waiting.event("code");
    let (code, address) = (shown["code"].as_str().unwrap(), shown["address"].as_str().unwrap());
    let browser = Browser::open().await;
    let page = browser.type_code(address, code, ADA).await;
    assert!(page.contains("Sign-in Success"), "{page}");
    let account = waiting.account();
    assert_eq!((&account["provider"], &account["profile"]["address"]), (&json!("github"), &json!(ADA)));
    browser.close().await;
}

#[test]
fn a_code_nobody_types_is_over_in_its_time() {
    let github = Strict::start(&["/callback/github"], &json!({ "github": true, "device_seconds": 4 }));
    let mut home = home_with(&[("github", &github.at)]);
    home.set("GITHUB_CLIENT_SECRET", "");
    let mut waiting = SignIn::begin_device(&home, "github");
    waiting.event("code");
    let began = Instant::now();
    let over = waiting.end();
    assert!(over.status == 1 && over.stderr.starts_with("error[sign_in_timed_out]:"), "{over:?}");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert!(signed_in(&home).is_empty());
}

#[tokio::test]
async fn what_was_declined_at_the_provider_changes_nothing() {
    let strict = Strict::start(&["/callback/google"], &json!({ "secret": CLIENT_SECRET }));
    let home = home_with(&[("google", &strict.at)]);
    let browser = Browser::open().await;
    let mut waiting = SignIn::begin(&home, &["google"]);
    let page = browser.decline(&waiting.address(), ADA).await;
    assert!(page.contains("Epistle"), "{page}");
    let ended = waiting.end();
    assert!(ended.status == 1 && ended.stderr.starts_with("error[sign_in_denied]:"), "{ended:?}");
    assert!(signed_in(&home).is_empty());
    browser.close().await;
}

#[test]
fn ctrl_c_ends_the_waiting_and_frees_the_port() {
    let mock = Mock::like("google");
    let home = home_with(&[("google", &mock.at)]);
    let mut waiting = SignIn::begin(&home, &["google"]);
    let redirect = parameter(&waiting.address(), "redirect_uri").unwrap();
    assert!(visit(&redirect).is_ok(), "somebody listens while it waits");
    waiting.interrupt();
    let ended = waiting.end();
    assert_eq!(ended.status, 130, "{ended:?}");
    assert!(ended.stderr.contains("error[cancelled]"), "{}", ended.stderr);
    assert!(visit(&redirect).is_err(), "nobody listens any more");
    assert!(signed_in(&home).is_empty());
}

#[tokio::test]
async fn somebody_else_does_not_sign_in_to_this_account_again() {
    let mock = Mock::like("google");
    let home = home_with(&[("google", &mock.at)]);
    let browser = Browser::open().await;
    let ada = sign_in(&home, &browser, &["google"], ADA).await;
    mock.will(&json!({ "who": GRACE }));
    let mut waiting = SignIn::begin(&home, &["google", "--again", ADA]);
    browser.sign_in_as(&waiting.address(), GRACE).await;
    let ended = waiting.end();
    assert!(ended.status == 1 && ended.stderr.starts_with("error[sign_in_other_person]:"), "{ended:?}");
    assert_eq!(signed_in(&home), [ada], "the account is as it was");
    browser.close().await;
}

#[tokio::test]
async fn more_is_asked_for_only_when_it_is_wanted_and_what_was_given_is_shown() {
    let mock = Mock::like("google");
    let home = home_with(&[("google", &mock.at)]);
    let browser = Browser::open().await;
    let _ = sign_in(&home, &browser, &["google"], ADA).await;
    let mut waiting = SignIn::begin(&home, &["google", "--again", ADA, "--for", "read-mail,send-mail"]);
    let asked = waiting.event("address");
    assert_eq!(asked["grants"], json!(["profile", "read_mail", "send_mail"]));
    let scope = parameter(asked["address"].as_str().unwrap(), "scope").unwrap();
    assert!(scope.contains("gmail"), "{scope}");
    browser.sign_in_as(asked["address"].as_str().unwrap(), ADA).await;
    assert_eq!(waiting.account()["granted"], json!(["profile", "read_mail", "send_mail"]));
    browser.close().await;
}

#[test]
fn the_file_of_googles_console_is_all_it_takes_and_its_secret_never_comes_back() {
    let mock = Mock::like("google");
    let home = Home::default();
    mock.at.reached_from(&home, "google");
    let file = home.scratch().join("client_secret_4711.json");
    let installed = json!({ "client_id": CLIENT, "project_id": "epistle", "client_secret": CLIENT_SECRET,
                            "auth_uri": "https://accounts.google.com/o/oauth2/auth", "token_uri": "https://oauth2.googleapis.com/token",
                            "redirect_uris": ["http://localhost"] });
    std::fs::write(&file, json!({ "installed": installed }).to_string()).unwrap();
    let read = home.epistle(["account", "client", file.to_str().unwrap(), "--json"]).done();
    let client = read.json();
    assert_eq!(
        (&client["client_id"], &client["has_secret"], &client["browser"]),
        (&json!(CLIENT), &json!(true), &json!(true))
    );
    std::fs::remove_file(&file).unwrap();
    let account = SignIn::begin(&home, &["google"]).by_itself();
    assert_eq!(account["profile"]["address"], ADA);

    let other = "canary-other-secret-77";
    let set = home.epistle_reading(&["account", "client", "google", "set", CLIENT], &format!("{other}\n")).done();
    let listed = home.epistle(["account", "client"]).done();
    assert!(listed.stdout.contains(CLIENT) && listed.stdout.contains("with a secret"), "{}", listed.stdout);
    for ran in [&read, &set, &listed] {
        assert!(
            ![CLIENT_SECRET, other].iter().any(|secret| ran.stdout.contains(secret) || ran.stderr.contains(secret))
        );
    }
    let forgotten = home.epistle(["account", "client", "google", "forget", "--json"]).done().json();
    assert_eq!((&forgotten["client_id"], &forgotten["has_secret"]), (&json!(""), &json!(false)));
    assert_eq!(home.epistle(["account", "client", "no-such-file.json"]).status, 1);
}

#[test]
fn what_cannot_be_begun_says_why() {
    let home = Home::default();
    let missing = home.epistle(["account", "add", "google", "--no-browser"]);
    assert!(missing.status == 1 && missing.stderr.starts_with("error[client_missing]:"), "{missing:?}");
    let mut off = Home::default();
    off.set("DISABLE_OAUTH", "true");
    off.set("GOOGLE_CLIENT_ID", CLIENT);
    let refused = off.epistle(["account", "add", "google", "--no-browser"]);
    assert!(refused.status == 1 && refused.stderr.starts_with("error[sign_in_off]:"), "{refused:?}");
    let local = off.epistle(["account", "add", "local", "--label", "Notes", "--json"]).done().json();
    assert_eq!((&local["event"], &local["account"]["label"]), (&json!("account"), &json!("Notes")));
    for args in [
        &["account", "add", "local", "--device"][..],
        &["account", "add", "google", "--label", "x"],
        &["account", "add", "yahoo"],
    ] {
        assert_eq!(home.epistle(args).status, 2, "{args:?}");
    }
}
