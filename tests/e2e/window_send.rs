//! Sending through the window: what is asked first, the time to undo and what it brings back, a window closed while a letter waits, one
//! that is sent, once; and an account that cannot send. Gmail is emulate's.
#![allow(clippy::expect_used)] // a test that cannot set up its desk has failed

use epistle_engine::api::{OutboxItem, OutboxState};
use fantoccini::key::Key;
use serde_json::{Value, json};
use support::gmail::Mailbox;
use support::window::{Desk, Page, soon};

const LETTER: &str = "The letter";
const TEXT: &str = "Hi Dana, the plan is attached. Ada";

/// Ada's desk, where what is sent can be undone for so long.
fn desk_of_ada(mailbox: &Mailbox, undo_seconds: u32) -> Desk {
    let desk = Desk::of_ada(mailbox);
    let engine = desk.engine();
    let mut settings = engine.settings().expect("the settings");
    settings.undo_seconds = undo_seconds;
    engine.set_settings(settings).expect("they are kept");
    desk
}

/// The desk with a window on it, in which a letter to Dana is written.
async fn with_letter(mailbox: &Mailbox, undo_seconds: u32) -> (Desk, Page) {
    let desk = desk_of_ada(mailbox, undo_seconds);
    let page = desk.open().await;
    write_letter(&page).await;
    (desk, page)
}

/// A mailbox. The draft in it, which the sync brings, is none to go on with.
async fn started(more: &Value) -> Mailbox {
    let more = more.clone(); // a peer has threads of its own
    tokio::task::spawn_blocking(move || Mailbox::with(&more)).await.expect("a mailbox")
}

async fn write_letter(page: &Page) {
    page.write("textbox", LETTER, TEXT).await;
    page.write("textbox", "Subject", "The plan").await;
    page.click("button", "+ To").await;
    page.write("combobox", "To", &format!("Dana Ortiz <dana@example.org>{}", Key::Enter)).await;
    page.keys(&Key::Escape.to_string()).await;
    page.reads("Dana Ortiz <dana@example.org>").await;
}

async fn ctrl_enter(page: &Page) {
    page.keys(&format!("{}{}", Key::Control, Key::Enter)).await;
}

async fn letter_is(page: &Page, wanted: &str) {
    let there = async || (page.text("textbox", LETTER).await == wanted).then_some(());
    soon(&format!("the letter “{wanted}”"), there).await;
}

/// What is in the outbox of the account at work, the window closed.
fn outbox(desk: &Desk) -> Vec<OutboxItem> {
    desk.engine().outbox().expect("the outbox")
}

/// The mailbox's messages under Sent with this subject.
fn sent(mailbox: &Mailbox, subject: &str) -> usize {
    let is_ours = |id: &&String| {
        let message = mailbox.call("GET", &format!("messages/{id}?format=full"), &Value::Null);
        let headers = message["payload"]["headers"].as_array().cloned().unwrap_or_default();
        let same = |header: &Value| header["name"] == "Subject" && header["value"] == subject;
        message["labelIds"].as_array().is_some_and(|labels| labels.contains(&json!("SENT"))) && headers.iter().any(same)
    };
    mailbox.ids().iter().filter(is_ours).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_there_is_to_ask_is_asked_first_and_undo_brings_the_letter_back() {
    let mailbox = started(&json!({})).await;
    let (desk, page) = with_letter(&mailbox, 30).await;
    ctrl_enter(&page).await;
    page.see("heading", "Before it is sent").await;
    page.reads("and there is none").await;
    page.reads("It would go to Dana Ortiz <dana@example.org>, from ada@example.com").await;
    page.keys(&Key::Enter.to_string()).await; // goes back, which has the focus
    letter_is(&page, TEXT).await;
    assert!(!page.sees("region", "Being sent").await, "nothing was sent");

    ctrl_enter(&page).await;
    page.click("button", "Send anyway").await;
    page.reads("Sending to Dana in ").await;
    letter_is(&page, "").await;
    page.keys(&format!("{}z", Key::Control)).await;
    letter_is(&page, TEXT).await;
    page.reads("Dana Ortiz <dana@example.org>").await;
    assert_eq!(page.text("textbox", "Subject").await, "The plan");
    page.click("button", "~Outbox").await;
    page.reads("Taken back").await;
    page.close().await;
    let states: Vec<_> = outbox(&desk).into_iter().map(|item| item.state).collect();
    assert!(matches!(states[..], [OutboxState::Undone { .. }]), "{states:?}");
    assert_eq!(sent(&mailbox, "The plan"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_waits_waits_without_the_window_and_can_be_undone_in_the_next_one() {
    let mailbox = started(&json!({})).await;
    let (desk, page) = with_letter(&mailbox, 30).await;
    ctrl_enter(&page).await;
    page.click("button", "Send anyway").await;
    page.reads("Sending to Dana in ").await;
    page.kill();
    let page = desk.open().await;
    page.reads("Sending to Dana in ").await;
    assert_ne!(page.text("textbox", LETTER).await, TEXT, "it is no draft to go on with");
    page.click("button", "Undo").await;
    letter_is(&page, TEXT).await;
    page.close().await;
    assert_eq!(sent(&mailbox, "The plan"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_is_sent_once_however_often_the_keys_are_pressed_and_is_no_draft_any_more() {
    let mailbox = started(&json!({})).await;
    let (desk, page) = with_letter(&mailbox, 5).await;
    ctrl_enter(&page).await;
    page.click("button", "Send anyway").await;
    for _ in 0..3 {
        ctrl_enter(&page).await;
    }
    page.reads("Sent to Dana").await;
    page.click("button", "~Drafts").await;
    page.see("listitem", "~Mary Somerville").await; // Gmail's own
    assert!(!page.sees("listitem", "~Dana Ortiz").await);
    page.click("button", "~Outbox").await;
    page.reads("1 letter").await;
    page.click("button", "What happened to The plan").await;
    page.reads("Asking Gmail to send it").await;
    page.close().await;
    assert_eq!(sent(&mailbox, "The plan"), 1);
    assert_eq!(outbox(&desk).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_for_later_stands_in_the_outbox_with_its_time() {
    let mailbox = started(&json!({})).await;
    let (desk, page) = with_letter(&mailbox, 10).await;
    page.click("button", "Send later…").await;
    page.click("button", "~Tomorrow morning").await;
    page.click("button", "Send anyway").await;
    page.reads("Scheduled for ").await;
    page.click("button", "~Outbox").await;
    page.see("region", "On its way").await;
    page.click("button", "Undo: do not send The plan").await;
    letter_is(&page, TEXT).await;
    page.close().await;
    assert!(matches!(outbox(&desk)[0].state, OutboxState::Undone { .. }));
}

#[tokio::test]
async fn an_account_that_cannot_send_says_so_and_offers_the_step_and_keeps_the_letter() {
    let desk = Desk::with_sample();
    let page = desk.open().await;
    write_letter(&page).await;
    ctrl_enter(&page).await;
    page.see("heading", "No account to send from yet").await;
    page.see("button", "Open in your mail program").await;
    page.click("button", "Add an account").await;
    page.see("heading", "Accounts").await;
    page.click("button", "Write").await;
    letter_is(&page, TEXT).await;
    page.close().await;
    assert!(outbox(&desk).is_empty());
}

#[tokio::test]
async fn somebody_half_typed_is_told_at_the_field_and_nothing_is_sent() {
    let desk = Desk::with_sample();
    let page = desk.open().await;
    page.write("textbox", LETTER, TEXT).await;
    page.click("button", "+ To").await;
    page.write("combobox", "To", "dana@exam").await;
    ctrl_enter(&page).await;
    page.reads("“dana@exam” is nobody yet").await;
    page.close().await;
    assert!(outbox(&desk).is_empty());
}
