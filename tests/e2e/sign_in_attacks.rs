//! What somebody else may try at a sign-in, against the real program: at its port, on the way, and from the provider's side. Each is
//! refused with a code of its own, and afterwards there is no account that was not there before. RFC 8252 §8, RFC 9700 §4, OpenID Connect
//! Core §3.1.3.7, RFC 8725 §2.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::{Value, json};
use std::net::TcpListener;
use support::cli::Home;
use support::identity::{CLIENT, Mock, Providers, home_with, signed_in};
use support::sign_in::{SignIn, Visit, parameter, request, visit, with_parameter};

/// Goes where the provider's page sends the browser, without going there yet.
fn answer_of(address: &str) -> String {
    visit(address).unwrap().location.expect("the provider sends back")
}

/// What came to the port did not end the waiting, led nowhere else, and said nothing of the sign-in.
fn harmless(refusal: &Visit, state: &str) {
    assert!((400..500).contains(&refusal.status), "{refusal:?}");
    assert_eq!(refusal.location, None, "no redirect: {refusal:?}");
    assert!(!refusal.body.contains(state) && !refusal.body.contains("evil"), "it repeats nothing: {}", refusal.body);
    assert!(refusal.headers.contains("cache-control: no-store"), "{}", refusal.headers);
}

#[test]
fn what_comes_to_the_port_from_somebody_else_is_refused_and_the_sign_in_goes_on() {
    let mock = Mock::like("google");
    let home = home_with(&[("google", &mock.at)]);
    let mut waiting = SignIn::begin(&home, &["google"]);
    let address = waiting.address();
    let (redirect, state) = (parameter(&address, "redirect_uri").unwrap(), parameter(&address, "state").unwrap());
    let cut = &state[..state.len() - 1];
    let elsewhere = redirect.replace("/google", "/github");
    let table = [
        ("no state", format!("{redirect}?code=stolen"), "sign_in_state_missing"),
        ("an empty state", format!("{redirect}?code=stolen&state="), "sign_in_state_missing"),
        ("another state", format!("{redirect}?code=stolen&state=guessed"), "sign_in_state_wrong"),
        ("a state cut short", format!("{redirect}?code=stolen&state={cut}"), "sign_in_state_wrong"),
        ("an error with another state", format!("{redirect}?error=access_denied&state=guessed"), "sign_in_state_wrong"),
        ("another provider's path", format!("{elsewhere}?code=stolen&state=guessed"), "sign_in_state_wrong"),
        (
            "a place to go on to",
            format!("{redirect}?code=a&redirect_uri=https%3A%2F%2Fevil.example"),
            "sign_in_state_missing",
        ),
    ];
    for (attack, address, code) in table {
        let refusal = visit(&address).unwrap();
        harmless(&refusal, &state);
        assert_eq!(waiting.event("refused")["code"], code, "{attack}");
    }
    let seen = mock.will(&json!({}));
    assert_eq!(seen["code"], Value::Null, "no code of theirs was ever handed on: {seen}");
    let _ = visit(&answer_of(&address)).unwrap();
    assert_eq!(waiting.account()["profile"]["address"], "ada@example.com", "the person's own answer is still taken");
}

/// What somebody makes of the provider's answer.
type Spoiled = fn(&str) -> String;

/// What an answer with the right state may carry, and comes from the provider itself or from who controls the browser's way there.
#[test]
fn an_answer_that_knows_the_state_and_is_not_as_it_should_be_ends_the_sign_in() {
    let mock = Mock::like("google");
    let home = home_with(&[("google", &mock.at)]);
    let table: [(&str, Spoiled, &str); 9] = [
        ("another provider's path", |right| right.replace("/google", "/github"), "sign_in_other_provider"),
        ("two codes", |right| format!("{right}&code=second"), "sign_in_redirect_malformed"),
        ("two states", |right| format!("{right}&state=second"), "sign_in_redirect_malformed"),
        ("a token in the redirect", |right| format!("{right}&access_token=evil"), "sign_in_redirect_malformed"),
        ("an id_token in the redirect", |right| format!("{right}&id_token=evil"), "sign_in_redirect_malformed"),
        (
            "a place to go on to",
            |right| format!("{right}&redirect_uri=https%3A%2F%2Fevil.example"),
            "sign_in_redirect_malformed",
        ),
        ("a code and an error", |right| format!("{right}&error=access_denied"), "sign_in_redirect_malformed"),
        ("an empty code", |right| with_parameter(right, "code", ""), "sign_in_redirect_malformed"),
        ("another issuer", |right| format!("{right}&iss=https%3A%2F%2Fevil.example"), "sign_in_other_issuer"),
    ];
    for (attack, spoiled, code) in table {
        let mut waiting = SignIn::begin(&home, &["google"]);
        let address = waiting.address();
        let refusal = visit(&spoiled(&answer_of(&address))).unwrap();
        harmless(&refusal, &parameter(&address, "state").unwrap());
        let ended = waiting.end();
        assert!(ended.status == 1 && ended.stderr.starts_with(&format!("error[{code}]:")), "{attack}: {ended:?}");
    }
    let seen = mock.will(&json!({}));
    assert_eq!(seen["code"], Value::Null, "no code was handed on: {seen}");
    assert!(signed_in(&home).is_empty());
}

#[test]
fn other_doors_and_other_words_at_the_port_open_nothing() {
    let mock = Mock::like("google");
    let home = home_with(&[("google", &mock.at)]);
    let mut waiting = SignIn::begin(&home, &["google"]);
    let address = waiting.address();
    let (redirect, state) = (parameter(&address, "redirect_uri").unwrap(), parameter(&address, "state").unwrap());
    let port = redirect.split(['/', ':']).nth(4).unwrap().to_owned();
    let host = format!("127.0.0.1:{port}");
    let path = format!("{}?code=stolen&state={state}", redirect.split_once(&host).unwrap().1);
    let hostile = [
        format!("GET {path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"), // DNS rebinding
        format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
        format!("GET //evil.example/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
        format!("GET /favicon.ico HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"), // as Chromium asks
        format!("GET /{} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n", "a".repeat(100_000)),
    ];
    for bytes in hostile {
        let refusal = request(&host, &bytes);
        let first = bytes.lines().next().unwrap_or_default();
        let taken = refusal.is_ok_and(|refusal| refusal.status < 400 || refusal.location.is_some());
        assert!(!taken, "{}", &first[..first.len().min(60)]);
    }
    assert!(listeners(&port).iter().all(|at| at.starts_with("127.0.0.1:")), "{:?}", listeners(&port));
    let _ = visit(&answer_of(&address)).unwrap();
    assert_eq!(waiting.account()["profile"]["address"], "ada@example.com");
}

/// Where this port is listened on.
fn listeners(port: &str) -> Vec<String> {
    let listed = std::process::Command::new("ss").args(["-Hltn"]).output().expect("ss");
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let at = listed.lines().filter_map(|line| line.split_whitespace().nth(3).map(str::to_owned));
    at.filter(|at| at.ends_with(&format!(":{port}"))).collect()
}

#[test]
fn an_answer_is_taken_once() {
    let mock = Mock::like("google");
    mock.will(&json!({ "delay_ms": 1500 })); // the port is still open while the code is exchanged
    let home = home_with(&[("google", &mock.at)]);
    let mut waiting = SignIn::begin(&home, &["google"]);
    let answer = answer_of(&waiting.address());
    let first = std::thread::spawn({
        let answer = answer.clone();
        move || visit(&answer)
    });
    waiting.event("finishing");
    for again in [answer.clone(), with_parameter(&answer, "code", "another"), format!("{answer}&code=another")] {
        let refusal = visit(&again).unwrap();
        assert!(refusal.status == 400 && refusal.body.contains("replayed"), "{refusal:?}");
    }
    assert_eq!(first.join().unwrap().unwrap().status, 200);
    assert_eq!(waiting.account()["profile"]["address"], "ada@example.com");
    assert_eq!(mock.counted("code"), 1, "one code was exchanged, once");
    assert!(visit(&answer).is_err(), "nobody listens any more");
}

/// Ends a sign-in with what the provider does, and gives the code it was refused with.
fn refused_after(home: &Home, provider: &str, answer: impl Fn(&str) -> String) -> String {
    let mut waiting = SignIn::begin(home, &[provider]);
    let address = waiting.address();
    let _ = visit(&answer(&address));
    let ended = waiting.end();
    assert_eq!(ended.status, 1, "{ended:?}");
    assert!(!ended.stdout.contains("\"account\""), "{}", ended.stdout);
    let code = ended.stderr.split(['[', ']']).nth(1).unwrap_or_default();
    code.to_owned()
}

#[test]
fn an_id_token_that_proves_nothing_is_refused() {
    let table = [
        ("wrong_nonce", "sign_in_nonce_wrong"),
        ("no_nonce", "sign_in_nonce_wrong"),
        ("wrong_audience", "sign_in_audience_wrong"),
        ("many_audiences", "sign_in_audience_wrong"),
        ("other_issuer", "sign_in_other_issuer"),
        ("expired", "sign_in_token_expired"),
        ("not_yet", "sign_in_token_expired"),
        ("unsigned", "sign_in_token_unsigned"),
        ("stripped", "sign_in_token_unsigned"),
        ("unknown_key", "sign_in_signature_wrong"),
        ("stranger_under_our_kid", "sign_in_signature_wrong"),
        ("altered", "sign_in_signature_wrong"),
        ("hmac_of_public_key", "sign_in_token_unsigned"),
        ("unreadable", "sign_in_token_unreadable"),
        ("missing", "sign_in_token_unreadable"),
    ];
    for provider in ["google", "microsoft"] {
        let mock = Mock::like(provider);
        let home = home_with(&[(provider, &mock.at)]);
        for (fault, code) in table {
            mock.will(&json!({ "id_token": fault }));
            assert_eq!(refused_after(&home, provider, answer_of), code, "{provider}: {fault}");
        }
        assert!(signed_in(&home).is_empty(), "none of them made an account");
    }
}

#[test]
fn what_the_provider_answers_instead_of_tokens_is_told_apart() {
    let mock = Mock::like("google");
    let home = home_with(&[("google", &mock.at)]);
    let answer = |status: u16, body: Value| json!({ "token": { "status": status, "body": body } });
    let table = [
        (answer(400, json!({ "error": "invalid_grant" })), "sign_in_code_refused"),
        (answer(401, json!({ "error": "invalid_client" })), "sign_in_client_refused"),
        (answer(400, json!({ "error": "unauthorized_client" })), "sign_in_client_refused"),
        (answer(503, json!("down")), "sign_in_unreachable"),
        (answer(200, json!("hello")), "sign_in_unreadable"),
        (answer(200, json!({ "token_type": "Bearer" })), "sign_in_unreadable"),
        (json!({ "redirect": { "set": { "error": "access_denied" }, "drop": ["code"] } }), "sign_in_denied"),
    ];
    for (fault, code) in table {
        mock.will(&fault);
        assert_eq!(refused_after(&home, "google", answer_of), code, "{fault}");
    }
    assert!(signed_in(&home).is_empty());
}

#[test]
fn a_code_that_somebody_else_was_given_is_refused_by_its_verifier() {
    let providers = Providers::start();
    let home = home_with(&providers.all());
    let callback = |at: &str| format!("{at}/callback");
    for (provider, at) in [("google", &providers.google), ("microsoft", &providers.microsoft)] {
        // The attacker begins a sign-in of their own, with a challenge of their own, and slips its code into the victim's.
        let injected = |address: &str| {
            let of = |name: &str| parameter(address, name).unwrap_or_default();
            let form: String = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs([("email", "grace@example.com"), ("client_id", CLIENT), ("scope", &of("scope"))])
                .extend_pairs([("redirect_uri", &of("redirect_uri")), ("state", &of("state")), ("nonce", &of("nonce"))])
                .extend_pairs([("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")])
                .extend_pairs([("code_challenge_method", "S256")])
                .finish();
            let place = callback(&at.authorization);
            let (host, path) = place.trim_start_matches("http://").split_once('/').unwrap();
            let head = format!("POST /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
            let kind = "Content-Type: application/x-www-form-urlencoded";
            let posted = request(host, &format!("{head}{kind}\r\nContent-Length: {}\r\n\r\n{form}", form.len()));
            posted.unwrap().location.expect("emulate sends back")
        };
        assert_eq!(refused_after(&home, provider, injected), "sign_in_code_refused", "{provider}");
    }
    assert!(signed_in(&home).is_empty(), "the attacker's account is not here");
}

#[test]
fn a_provider_that_answers_for_another_is_found_out() {
    // Mixed up: the browser went to one issuer, the code is asked about at another (RFC 9700 §4.4).
    let (honest, hostile) = (Mock::like("google"), Mock::like("google"));
    let mut mixed = honest.at.clone();
    mixed.authorization = hostile.at.authorization.clone();
    let home = home_with(&[("google", &mixed)]);
    let with_issuer = json!({ "redirect": { "set": { "iss": hostile.at.issuer } } });
    hostile.will(&with_issuer);
    assert_eq!(refused_after(&home, "google", answer_of), "sign_in_other_issuer");
    assert_eq!(honest.counted("code"), 0, "its code went nowhere");
}

#[test]
fn a_provider_that_says_it_drops_the_challenge_is_not_signed_in_with() {
    let mock = Mock::like("google");
    let home = home_with(&[("google", &mock.at)]);
    for (metadata, code) in [
        (json!({ "code_challenge_methods_supported": ["plain"] }), "sign_in_pkce_dropped"),
        (json!({ "code_challenge_methods_supported": [] }), "sign_in_pkce_dropped"),
        (json!({ "issuer": "https://evil.example" }), "sign_in_other_issuer"),
    ] {
        mock.will(&json!({ "metadata": metadata }));
        let refused = home.epistle(["account", "add", "google", "--no-browser"]);
        assert!(
            refused.status == 1 && refused.stderr.starts_with(&format!("error[{code}]:")),
            "{metadata}: {refused:?}"
        );
        assert_eq!(refused.stdout, "", "nobody is sent there");
    }
}

#[test]
fn a_port_that_is_somebody_elses_is_not_shared() {
    let mock = Mock::like("google");
    let home = home_with(&[("google", &mock.at)]);
    let somebody = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = somebody.local_addr().unwrap().port().to_string();
    let _ = home.epistle(["settings", "set", "identity.google.redirect_port", &port]).done();
    let taken = home.epistle(["account", "add", "google", "--no-browser"]);
    assert!(taken.status == 1 && taken.stderr.starts_with("error[sign_in_port_taken]:"), "{taken:?}");
    assert_eq!(taken.stdout, "", "no address is given out whose answer goes to somebody else");
    drop(somebody);
    let mut waiting = SignIn::begin(&home, &["google"]);
    assert!(waiting.address().contains(&format!("127.0.0.1%3A{port}%2F")));
}

#[test]
fn a_provider_over_plain_http_elsewhere_is_not_spoken_to() {
    let mock = Mock::like("google");
    let home = home_with(&[("google", &mock.at)]);
    for key in ["authorization", "token", "jwks", "userinfo", "revocation"] {
        let refused = home.epistle(["settings", "set", &format!("identity.google.{key}"), "http://accounts.example/x"]);
        assert_eq!(refused.status, 2, "{key}: {}", refused.stderr);
    }
}
