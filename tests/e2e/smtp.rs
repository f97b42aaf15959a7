//! Sending by SMTP, the whole of it: a draft that a person approved, the outbox, and a mail server that takes it, puts it off, refuses it,
//! or breaks off. What the server has at the end is compared with what the person is told.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use epistle_engine::api::{
    DraftEdit, FailReason, IdentityProvider, OutboxId, OutboxItem, OutboxState, Person, SendWhen, SmtpAuth,
    SmtpOutcome, SmtpSecurity, SmtpSettings, UnknownReason, WaitReason,
};
use epistle_engine::secrets::Secret;
use epistle_engine::{Engine, Open};
use serde_json::{Value, json};
use std::process::Command;
use std::time::{Duration, Instant};
use support::cli::{Home, PASSPHRASE};
use support::identity::{CLIENT, CLIENT_SECRET, Mock, home_with};
use support::sign_in::SignIn;
use support::smtp::{Post, bytes};
use tokio_util::sync::CancellationToken;

const ADA: &str = "ada@example.com";

fn person(address: &str) -> Person {
    Person { name: None, address: address.parse().unwrap() }
}

/// Ada's engine, whose mail leaves by this port.
fn desk(port: u16, password: &str) -> Engine {
    let engine = Engine::in_memory().unwrap();
    set_up(&engine, port, SmtpAuth::Password);
    engine.set_smtp_password(&Secret::new(password.into())).unwrap();
    engine
}

fn set_up(engine: &Engine, port: u16, auth: SmtpAuth) {
    let mut settings = engine.settings().unwrap();
    settings.me = vec![person(ADA)];
    settings.smtp = SmtpSettings {
        enabled: true,
        host: "127.0.0.1".into(),
        port,
        security: SmtpSecurity::None,
        user: ADA.into(),
        auth,
    };
    engine.set_settings(settings).unwrap();
}

fn queued(engine: &Engine) -> OutboxId {
    let edit = DraftEdit {
        to: Some(vec![person("dana@example.org")]),
        bcc: Some(vec![person("canary.bcc@example.net")]),
        subject: Some("Plan".into()),
        body: Some("Hi Dana,\n.a dot\nGrüße".into()),
        ..DraftEdit::default()
    };
    let draft = engine.save_draft(&edit).unwrap().id;
    let approval = engine.outgoing(draft, None).unwrap().approval;
    engine.queue(draft, &approval, SendWhen::After { seconds: 0 }, None).unwrap().id
}

/// The outbox's worker, running until this is dropped.
struct Worker {
    stop: CancellationToken,
}

impl Worker {
    fn start(engine: &Engine) -> Self {
        let (engine, stop) = (engine.clone(), CancellationToken::new());
        let stopped = stop.clone();
        tokio::spawn(async move {
            engine.run_outbox(&stopped).await.unwrap();
        });
        Self { stop }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// The message, once it is as wanted.
async fn once(engine: &Engine, id: OutboxId, wanted: impl Fn(&OutboxState) -> bool) -> OutboxItem {
    let began = Instant::now();
    loop {
        let item = engine.outbox().unwrap().into_iter().find(|item| item.id == id).unwrap();
        if wanted(&item.state) {
            return item;
        }
        assert!(began.elapsed() < Duration::from_secs(40), "it stays so: {:?}", item.state);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn waits_for(reason: WaitReason) -> impl Fn(&OutboxState) -> bool {
    move |state| matches!(state, OutboxState::Waiting { reason: found, .. } if *found == reason)
}

fn is_sent(state: &OutboxState) -> bool {
    matches!(state, OutboxState::Sent { .. })
}

#[tokio::test]
async fn a_message_arrives_once_byte_for_byte_and_nobody_reads_of_blind_copies() {
    let post = Post::start(&json!({}));
    let engine = desk(post.port, &post.password);
    let _worker = Worker::start(&engine);
    let id = queued(&engine);
    let item = once(&engine, id, is_sent).await;
    let seen = post.seen();
    let [message] = seen.messages.as_slice() else { panic!("{seen:?}") };
    assert_eq!(
        (&message["from"], &message["to"]),
        (&json!(ADA), &json!(["dana@example.org", "canary.bcc@example.net"]))
    );
    let raw = bytes(message);
    let text = String::from_utf8_lossy(&raw).into_owned();
    assert!(!text.contains("canary.bcc") && !text.to_lowercase().contains("bcc:"), "{text}");
    assert!(text.contains(&item.message_id), "{text}");
    let read = mail_parser::MessageParser::new().parse(&raw).unwrap();
    assert_eq!(read.body_text(0).unwrap().replace("\r\n", "\n").trim_end(), "Hi Dana,\n.a dot\nGrüße");
}

/// What the server does with the first attempts; what the person is told then.
type Row = (&'static str, Value, fn(&OutboxState) -> bool);

fn put_off() -> Vec<Row> {
    let say = |code: u16, said: &str| json!({ "code": code, "said": said });
    let waits: fn(&OutboxState) -> bool = |state| waits_for(WaitReason::Provider)(state);
    vec![
        ("421 at connect", json!({ "connect": say(421, "4.3.2 closing") }), waits),
        ("450 at RCPT", json!({ "rcpt": say(450, "4.2.1 busy") }), waits),
        ("451 at RCPT", json!({ "rcpt": say(451, "4.7.1 greylisted") }), waits),
        ("421 at the end", json!({ "data": say(421, "4.3.2 closing") }), waits),
        ("450 at the end", json!({ "data": say(450, "4.2.0 later") }), waits),
        ("451 at the end", json!({ "data": say(451, "4.3.0 later") }), waits),
        ("cut before DATA", json!({ "drop": "mail" }), waits),
        ("cut at DATA", json!({ "drop": "data" }), waits),
        ("cut in the midst of DATA", json!({ "drop": "body" }), waits),
    ]
}

#[tokio::test]
async fn what_certainly_did_not_arrive_is_sent_again_and_arrives_once() {
    let post = Post::start(&json!({}));
    for (what, fault, told) in put_off() {
        let engine = desk(post.port, &post.password);
        post.will(&fault);
        let _worker = Worker::start(&engine);
        let id = if fault["drop"] == "body" { queued_large(&engine) } else { queued(&engine) };
        once(&engine, id, told).await;
        let before = post.will(&json!({}));
        once(&engine, id, is_sent).await;
        let after = post.seen();
        assert_eq!((before.messages.len(), after.messages.len()), (0, 1), "{what}");
        println!("{what}: waited, then sent; the server has 1");
    }
}

fn queued_large(engine: &Engine) -> OutboxId {
    let edit = DraftEdit {
        to: Some(vec![person("dana@example.org")]),
        body: Some("a letter that no buffer on the way holds\n".repeat(300_000)),
        ..DraftEdit::default()
    };
    let draft = engine.save_draft(&edit).unwrap().id;
    let approval = engine.outgoing(draft, None).unwrap().approval;
    engine.queue(draft, &approval, SendWhen::After { seconds: 0 }, None).unwrap().id
}

#[tokio::test]
async fn what_is_refused_for_good_is_told_with_the_servers_words_and_not_tried_again() {
    let say = |code: u16, said: &str| json!({ "code": code, "said": said });
    let table = [
        ("550 at RCPT", json!({ "rcpt": say(550, "5.1.1 no such user") }), "550 5.1.1 no such user"),
        (
            "550 at the second RCPT",
            json!({ "rcpt": { "code": 550, "said": "5.1.1 no", "to": "canary.bcc@example.net" } }),
            "550 5.1.1 no",
        ),
        ("552 at the end", json!({ "data": say(552, "5.3.4 too large") }), "552 5.3.4 too large"),
        ("554 at the end", json!({ "data": say(554, "5.7.1 looks like spam") }), "554 5.7.1 looks like spam"),
    ];
    let post = Post::start(&json!({}));
    for (what, fault, words) in table {
        let engine = desk(post.port, &post.password);
        post.will(&fault);
        let _worker = Worker::start(&engine);
        let id = queued(&engine);
        let item = once(&engine, id, |state| matches!(state, OutboxState::Failed { .. })).await;
        let OutboxState::Failed { why, said } = item.state else { unreachable!() };
        assert_eq!((why, said.as_deref()), (FailReason::Refused, Some(words)), "{what}");
        let seen = post.will(&json!({}));
        assert_eq!((seen.connections, seen.messages.len()), (1, 0), "{what}");
        engine.retry(id).unwrap();
        once(&engine, id, is_sent).await;
        assert_eq!(post.seen().messages.len(), 1, "{what}: by the person's word");
        println!("{what}: failed, “{words}”; the server has 0");
    }
}

#[tokio::test]
async fn what_may_have_arrived_is_unknown_is_shown_and_is_never_sent_again_by_itself() {
    let post = Post::start(&json!({}));
    let engine = desk(post.port, &post.password);
    post.will(&json!({ "drop": "end" }));
    let _worker = Worker::start(&engine);
    let id = queued(&engine);
    let item = once(&engine, id, |state| matches!(state, OutboxState::Unknown { .. })).await;
    assert!(matches!(item.state, OutboxState::Unknown { why: UnknownReason::AnswerLost, .. }));
    assert!(item.can_settle && !item.can_retry && !item.can_undo);
    let seen = post.will(&json!({}));
    assert_eq!((seen.connections, seen.messages.len()), (1, 1), "it is out");
    let next = queued(&engine);
    for _ in 0..10 {
        engine.wake_outbox();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    once(&engine, next, is_sent).await;
    assert_eq!(post.seen().messages.len(), 1, "the next one alone");
    let item = engine.settle_by_hand(id, true).unwrap();
    assert!(is_sent(&item.state), "the person says so: {:?}", item.state);
    println!("cut after the final dot: unknown; the server has 1, and gets no second");
}

#[tokio::test]
async fn a_password_that_is_refused_waits_for_its_person_and_is_not_said_again() {
    let post = Post::start(&json!({}));
    let engine = desk(post.port, "another");
    let _worker = Worker::start(&engine);
    let id = queued(&engine);
    once(&engine, id, waits_for(WaitReason::SignIn)).await;
    tokio::time::sleep(Duration::from_secs(4)).await; // the outbox has tried again by now
    let seen = post.seen();
    assert_eq!((seen.logins.len(), seen.messages.len()), (1, 0), "said once: {seen:?}");
    let tried = engine.try_smtp().await.unwrap();
    assert_eq!((tried.outcome, tried.code.as_deref()), (SmtpOutcome::SignInRefused, Some("535")));
    engine.set_smtp_password(&Secret::new(post.password.clone())).unwrap();
    assert_eq!(engine.try_smtp().await.unwrap().outcome, SmtpOutcome::Works);
    once(&engine, id, is_sent).await;
    assert_eq!(post.seen().messages.len(), 1);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_waited_for() {
    let engine = desk(support::peers::free_port(), "x");
    let _worker = Worker::start(&engine);
    let id = queued(&engine);
    let item = once(&engine, id, waits_for(WaitReason::Offline)).await;
    assert!(item.can_undo);
    assert_eq!(engine.try_smtp().await.unwrap().outcome, SmtpOutcome::Unreachable);
}

#[tokio::test]
async fn a_try_says_what_is_wrong_and_sends_nothing() {
    let post = Post::start(&json!({ "auth": ["PLAIN"] }));
    let engine = desk(post.port, &post.password);
    let table = [
        (json!({}), SmtpOutcome::Works, None, None),
        (
            json!({ "connect": { "code": 421, "said": "4.3.2 busy" } }),
            SmtpOutcome::NotNow,
            Some("421 4.3.2"),
            Some("4.3.2 busy"),
        ),
        (
            json!({ "connect": { "code": 554, "said": "no service" } }),
            SmtpOutcome::Refused,
            Some("554"),
            Some("no service"),
        ),
        (
            json!({ "auth": { "code": 534, "said": "5.7.9 app password" } }),
            SmtpOutcome::SignInRefused,
            Some("534 5.7.9"),
            Some("5.7.9 app password"),
        ),
    ];
    for (fault, outcome, code, said) in table {
        post.will(&fault);
        let tried = engine.try_smtp().await.unwrap();
        assert_eq!((tried.outcome, tried.code.as_deref(), tried.said.as_deref()), (outcome, code, said), "{fault}");
        assert!(post.will(&json!({})).messages.is_empty());
    }
    engine.forget_smtp_password().unwrap();
    assert_eq!(engine.try_smtp().await.unwrap().outcome, SmtpOutcome::PasswordMissing);
    set_up(&engine, post.port, SmtpAuth::Oauth);
    assert_eq!(engine.try_smtp().await.unwrap().outcome, SmtpOutcome::GrantMissing);
    assert_eq!(post.seen().connections, 0, "nobody was asked");
}

#[test]
fn the_command_line_sets_a_server_up_tries_it_and_says_no_password() {
    let post = Post::start(&json!({}));
    let home = Home::default();
    let smtp = |args: &[&str]| home.epistle([&["account", "smtp"], args].concat());
    assert!(smtp(&[]).done().stdout.contains("no mail server is set up"));
    assert_eq!(smtp(&["--on"]).status, 2, "nothing is known of nobody's address, and nothing is guessed");
    let elsewhere = smtp(&["--on", "--host", "smtp.example.com", "--security", "none"]);
    assert!(elsewhere.status == 2 && elsewhere.stderr.contains("this machine only"), "{elsewhere:?}");
    let port = post.port.to_string();
    let set = ["--on", "--host", "127.0.0.1", "--port", &port, "--security", "none", "--user", ADA];
    assert!(smtp(&set).done().stdout.contains("no password yet"));
    let check = smtp(&["--check"]);
    assert!(check.status == 1 && check.stdout.contains("no password is kept"), "{check:?}");
    let kept = home.epistle_reading(&["account", "smtp", "--password"], &post.password).done();
    assert!(kept.stdout.contains("a password is kept"), "{kept:?}");
    let tried = smtp(&["--check"]).done();
    assert!(tried.stdout.contains("the server took the sign-in"), "{tried:?}");
    let seen = post.will(&json!({ "auth": { "code": 535, "said": "5.7.8 no\u{7}" } }));
    assert_eq!((seen.logins.len(), seen.messages.len()), (1, 0));
    let refused = smtp(&["--check", "--json"]);
    let told = refused.json();
    assert_eq!(
        (&told["outcome"], &told["code"], &told["said"]),
        (&json!("sign_in_refused"), &json!("535 5.7.8"), &json!("5.7.8 no"))
    );
    let state = smtp(&["--json"]).done().json();
    assert_eq!((&state["password_set"], &state["settings"]["host"]), (&json!(true), &json!("127.0.0.1")));
    let doctor = home.epistle(["doctor"]).done();
    assert!(doctor.stdout.contains("127.0.0.1") && doctor.stdout.contains("not tried"), "{}", doctor.stdout);
    for ran in [&kept, &tried, &refused, &doctor] {
        assert!(!ran.stdout.contains(&post.password) && !ran.stderr.contains(&post.password));
    }
    let found = Command::new("grep").args(["-rlaF", "--", &post.password]).arg(home.path()).output().unwrap();
    assert!(found.stdout.is_empty(), "the password stands in the clear in {}", String::from_utf8_lossy(&found.stdout));
    assert!(smtp(&["--off"]).done().stdout.starts_with("not used:"));
    assert_eq!(smtp(&["--forget-password", "--json"]).done().json()["password_set"], json!(false));
}

#[test]
fn an_address_proposes_its_server_and_one_word_takes_it() {
    let home = Home::default();
    let me = json!([{ "name": null, "address": "ada@gmail.com" }]).to_string();
    let _ = home.epistle(["settings", "set", "me", &me]).done();
    let shown = home.epistle(["account", "smtp"]).done();
    assert!(shown.stderr.contains("smtp.gmail.com") && shown.stderr.contains("--on"), "{shown:?}");
    let on = home.epistle(["account", "smtp", "--on"]).done();
    assert!(on.stdout.contains("mail leaves by smtp.gmail.com, port 465, TLS, as ada@gmail.com"), "{on:?}");
    assert!(on.stderr.contains("https://support.google.com"), "where a password for programs is made: {on:?}");
}

/// Somebody signed in at a Microsoft that rotates tokens, with the scope that sends, and their engine.
fn signed_in(mock: &Mock, port: u16) -> (Home, Engine) {
    let home = home_with(&[("microsoft", &mock.at)]);
    let account = SignIn::begin(&home, &["microsoft", "--for", "send-mail"]).by_itself();
    let passphrase = Some(Secret::new(PASSPHRASE.into()));
    let open = Open { home: home.path(), passphrase, use_keyring: false, ..Open::default() };
    let house = Engine::open(&open).unwrap();
    house.set_client(IdentityProvider::Microsoft, CLIENT, Secret::new(CLIENT_SECRET.into())).unwrap();
    let engine = house.in_account(account["id"].as_str().unwrap().parse().unwrap()).unwrap();
    set_up(&engine, port, SmtpAuth::Oauth);
    (home, engine)
}

fn tokens(logins: &[Value]) -> Vec<String> {
    logins
        .iter()
        .map(|login| format!("{} {}", login["method"].as_str().unwrap(), login["token"].as_str().unwrap()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_is_renewed_and_tried_once_more_and_then_the_person_is_asked() {
    let post = Post::start(&json!({}));
    let mock = Mock::like("microsoft");
    let (_home, engine) = tokio::task::block_in_place(|| signed_in(&mock, post.port));
    mock.will(&json!({}));
    // The provider's tokens differ by the second they were made in.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let _worker = Worker::start(&engine);

    post.will(&json!({ "refuse_tokens": 1 }));
    let id = queued(&engine);
    once(&engine, id, is_sent).await;
    let seen = post.will(&json!({}));
    let said = tokens(&seen.logins);
    assert_eq!((said.len(), seen.messages.len()), (2, 1), "{seen:?}");
    assert!(said.iter().all(|login| login.starts_with("XOAUTH2 ")) && said[0] != said[1], "another token");
    assert_eq!(mock.counted("refresh"), 1, "asked for once");
    println!("a refused token: renewed once, sent; the server has 1");

    mock.will(&json!({}));
    post.will(&json!({ "refuse_tokens": 2 }));
    let id = queued(&engine);
    once(&engine, id, waits_for(WaitReason::SignIn)).await;
    let seen = post.seen();
    assert_eq!(
        (seen.logins.len(), seen.messages.len(), mock.counted("refresh")),
        (2, 0, 1),
        "once more, and no further"
    );
    println!("refused again: waits for its person; the server has 0");
    assert_eq!(engine.try_smtp().await.unwrap().outcome, SmtpOutcome::Works, "the person has it tried");
    once(&engine, id, is_sent).await;
    assert_eq!(post.seen().messages.len(), 1);
}
