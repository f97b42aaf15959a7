//! A draft that is on the screen and that Gmail has no more: the window says so, and what was written stays. Gmail is emulate's.
#![allow(clippy::expect_used)] // a test that cannot set up its desk has failed

use serde_json::Value;
use support::gmail::Mailbox;
use support::window::{Desk, soon};

const LETTER: &str = "The letter";
const TEXT: &str = "Hi Dana, the engine runs. Ada";
const SUBJECT: &str = "It runs";

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_deleted_at_gmail_stays_on_the_screen_and_is_a_draft_again_when_the_person_keeps_it() {
    let mailbox = tokio::task::spawn_blocking(Mailbox::start).await.expect("a mailbox");
    let desk = Desk::of_ada(&mailbox);
    let engine = desk.engine();
    let mut settings = engine.settings().expect("the settings");
    settings.gmail.draft_rest_seconds = 0;
    engine.set_settings(settings).expect("they are kept");
    drop(engine);
    let page = desk.open().await;
    page.write("textbox", LETTER, TEXT).await;
    page.write("textbox", "Subject", SUBJECT).await;
    let there = soon("the draft at Gmail", async || mailbox.drafts(SUBJECT).pop()).await;

    let _ = mailbox.call("DELETE", &format!("drafts/{}", there["id"].as_str().expect("an id")), &Value::Null);
    page.click("button", "~Account: ").await;
    page.click("menuitem", "Accounts…").await;
    page.click("button", "Look now").await;
    page.click("button", "Write").await;
    page.reads("Gmail has this draft no more").await;
    assert_eq!(page.text("textbox", LETTER).await, TEXT);
    page.shot("draft-gone").await;
    page.click("button", "Keep it").await;
    soon("the draft at Gmail again", async || mailbox.drafts(SUBJECT).pop()).await;
    assert_eq!(page.text("textbox", LETTER).await, TEXT);
    assert!(!page.words().await.contains("Gmail has this draft no more"));
    page.close().await;
    let kept = desk.engine().drafts().expect("the drafts").into_iter().filter(|draft| draft.subject == SUBJECT);
    assert_eq!(kept.count(), 1);
}
