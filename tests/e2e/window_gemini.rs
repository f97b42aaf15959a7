//! Gemini through the window, as aimock plays it: its key kept and its models asked for by hand, a letter that streams and is stopped,
//! a fault in words, a preview refused and approved, and a thread of the whole archive answered.
#![allow(clippy::expect_used)] // a test that cannot set up its desk has failed

use epistle_engine::api::{ImportSource, Person, PreviewPolicy, Provider};
use epistle_engine::secrets::Secret;
use fantoccini::key::Key;
use serde_json::json;
use support::archive;
use support::peers::{Aimock, Says};
use support::proxy::{Fault, Proxy};
use support::window::{Desk, Page, soon};
use tokio_util::sync::CancellationToken;

const LINE: &str = "What you want to say";
const LETTER: &str = "The letter";
const SLOW: &str = "Hi Dana,\n\nFriday suits us well, and I will bring the printed maps along. The ferries can wait until the \
                    autumn, when the museum has its papers in order and the towpath is dry again.\n\nBest,\nMara";
const ANSWER: &str = "Hi,\n\nthe patch from last night builds here. When is the release due?\n\nThanks,\nThomas";

/// aimock with a proxy before it, which lists models as Google does.
fn services() -> (Aimock, Proxy) {
    let aimock =
        Aimock::start(&[Says { to: "slowly", text: SLOW, finish: "stop", pause_ms: 700 }, Says::always(ANSWER)]);
    let model = |name: &str, title: &str| {
        json!({ "name": format!("models/{name}"), "displayName": title, "inputTokenLimit": 1_048_576,
                "supportedGenerationMethods": ["generateContent", "countTokens"] })
    };
    let listed = json!({ "models": [model("gemini-3.1-flash-lite", "Gemini 3.1 Flash-Lite"), model("gemini-3.8-flash", "Gemini 3.8 Flash")] });
    let proxy = Proxy::before(&aimock.base, vec![("/v1beta/models", listed.to_string())]);
    (aimock, proxy)
}

/// The services have threads of their own, so they begin and end outside of the test's.
fn driven(walk: impl AsyncFnOnce(&Proxy)) {
    let (_aimock, proxy) = services();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(walk(&proxy));
}

async fn enter(page: &Page) {
    page.keys(&Key::Enter.to_string()).await;
}

/// Replaces what a field holds, as a person does.
async fn replace(page: &Page, name: &str, text: &str) {
    let field = page.see("textbox", name).await;
    field.clear().await.expect("the field can be cleared");
    page.write("textbox", name, text).await;
    page.keys(&Key::Tab.to_string()).await;
}

async fn letter_has(page: &Page, words: &str) {
    soon(&format!("“{words}” in the letter"), async || {
        page.text("textbox", LETTER).await.contains(words).then_some(())
    })
    .await;
}

#[test]
fn a_key_is_kept_by_hand_and_a_letter_streams_is_stopped_and_refused() {
    driven(async |proxy| {
        let desk = Desk::new(1280, 800);
        let page = desk.open().await;
        page.click("button", "Settings").await;
        page.click("button", "Models and address").await;
        replace(&page, "Address", &proxy.base).await;
        page.write("textbox", "Gemini key", "a-key-for-nobody").await;
        enter(&page).await;
        page.click("button", "Test it").await;
        page.reads("It answers: 2 models").await;
        page.shot("gemini-settings").await;

        page.click("button", "Write").await;
        page.write("textbox", LINE, "yes to Friday, and say it slowly").await;
        enter(&page).await;
        page.reads("Hi Dana,").await;
        page.shot("gemini-streaming").await;
        page.click("button", "~Stop").await;
        soon("the end of the writing", async || (!page.sees("button", "~Stop").await).then_some(())).await;
        let kept = page.text("textbox", LETTER).await;
        assert!(kept.contains("Hi Dana") && !kept.contains("dry again"), "what had come is kept: {kept}");
        page.shot("gemini-stopped").await;

        proxy.will(&[Fault::json(
            429,
            &json!({ "error": { "code": 429, "status": "RESOURCE_EXHAUSTED", "details": [
            { "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "90s" }] } }),
        )]);
        page.write("textbox", "What to change", "shorter").await;
        enter(&page).await;
        page.reads("The service asks for a pause").await;
        page.reads("It asked to wait 90 s").await;
        assert_eq!(proxy.seen().len(), 1, "a pause that long is the person's to wait");
        page.shot("gemini-fault").await;
        page.close().await;
        desk.holds_nothing_of(&["a-key-for-nobody"]);
    });
}

#[test]
fn what_the_person_refuses_never_leaves_and_a_thread_of_the_archive_is_answered() {
    driven(async |proxy| {
        let desk = Desk::new(1280, 800);
        prepare(&desk, &proxy.base);
        let page = desk.open().await;
        page.click("button", "~Mail").await;
        page.click("button", "~Answer").await;
        page.write("textbox", LINE, "the umbrella pine patch builds, ask when the release is due").await;
        enter(&page).await;
        page.see("dialog", "~This would leave, to 127.0.0.1").await;
        page.reads("You write an email for").await;
        page.shot("gemini-preview").await;
        page.click("button", "Don’t send").await;
        assert_eq!(proxy.seen().len(), 0, "refused is refused");

        page.click("textbox", LINE).await;
        enter(&page).await;
        page.click("button", "Approve and write").await;
        letter_has(&page, "When is the release due?").await;
        page.see("heading", "What it drew on").await;
        page.shot("gemini-archive-answer").await;
        let seen = proxy.seen();
        assert_eq!(seen.len(), 1);
        assert!(String::from_utf8_lossy(&seen[0].body).contains("umbrella pine"), "it was really asked");
        page.close().await;
        desk.holds_nothing_of(&["umbrella pine", archive::writer_who_greets()]);
    });
}

/// The whole archive as one of its writers, and Gemini set up so that nothing leaves unseen.
fn prepare(desk: &Desk, base: &str) {
    let engine = desk.engine();
    let source = ImportSource::Paths { paths: vec![archive::path()] };
    engine.import(&source, &mut |_| {}, &CancellationToken::new()).expect("the archive comes in");
    let mut settings = engine.settings().expect("the settings");
    settings.me = vec![Person { name: None, address: archive::writer_who_greets().parse().expect("an address") }];
    base.clone_into(&mut settings.gemini.base);
    settings.preview = PreviewPolicy::Always;
    engine.set_settings(settings).expect("they are kept");
    engine.set_key(Provider::Gemini, Secret::new("a-key-for-nobody".into())).expect("the key is kept");
}
