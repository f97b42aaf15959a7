//! The window, driven as a person drives it: by the words on it and the keys under it.
#![allow(clippy::expect_used)] // a test that cannot set up its desk has failed

use fantoccini::key::Key;
use std::time::Duration;
use support::archive;
use support::window::{Desk, PASSPHRASE, Page, soon};

const LINE: &str = "What you want to say";
const LETTER: &str = "The letter";

/// What the focused element is called.
async fn focused(page: &Page) -> String {
    let name = page.script("return document.activeElement?.getAttribute('aria-label') ?? '';", vec![]).await;
    name.as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn it_opens_ready_to_type() {
    let desk = Desk::new(1280, 800);
    let page = desk.open().await;
    page.see("textbox", LINE).await;
    soon("the caret in the line", async || (focused(&page).await == LINE).then_some(())).await;
    page.shot("write-empty").await;
    page.close().await;
}

#[tokio::test]
async fn a_line_becomes_a_letter_with_nothing_set_up() {
    let desk = Desk::new(1280, 800);
    let page = desk.open().await;
    page.write("textbox", LINE, "Ask Dana whether the revised proposal can be with us by Friday").await;
    page.keys(&Key::Enter.to_string()).await;
    let letter = written(&page).await;
    assert!(letter.contains("Friday"), "{letter}");
    page.reads("Nothing left this machine").await;
    page.shot("write-offline").await;
    page.close().await;
}

#[tokio::test]
async fn what_was_typed_a_moment_ago_survives_a_power_cut() {
    let desk = Desk::new(1280, 800);
    let page = desk.open().await;
    page.write("textbox", LETTER, "Dear Ottoline, the heron is back at the weir.").await;
    tokio::time::sleep(Duration::from_millis(250)).await;
    page.kill();

    let page = desk.open().await;
    page.click("button", "~Drafts").await;
    page.click("button", "~Dear Ottoline").await;
    assert_eq!(page.text("textbox", LETTER).await, "Dear Ottoline, the heron is back at the weir.");
    page.close().await;
}

#[tokio::test]
async fn the_sample_mailbox_is_taken_in_and_a_thread_answered() {
    let desk = Desk::new(1280, 800);
    let page = desk.open().await;
    page.click("button", "Bring in mail").await;
    page.shot("mail-empty").await;
    page.click("button", "Take the sample mailbox").await;
    page.see("heading", "Which address is you?").await;
    page.shot("mail-brought-in").await;
    let first = page.see("checkbox", "~").await;
    first.click().await.expect("an address can be chosen");
    page.click("button", "This is me").await;
    page.see("button", "Answer").await;
    page.shot("mail").await;

    page.click("button", "Answer").await;
    page.write("textbox", LINE, "thank them and say that Thursday at two suits us").await;
    page.keys(&Key::Enter.to_string()).await;
    let letter = written(&page).await;
    assert!(letter.contains("Thursday"), "{letter}");
    assert!(!letter.contains("Hi Mara"), "the letter goes to the other one: {letter}");
    page.see("heading", "What it drew on").await;
    page.see("heading", "~How you write").await;
    page.shot("write-answer").await;
    page.click("button", "~Drafts").await;
    page.shot("drafts").await;
    page.click("button", "Templates").await;
    page.shot("templates").await;
    page.click("button", "Settings").await;
    page.see("heading", "Settings").await;
    page.shot("settings").await;
    page.close().await;
}

/// The letter, once it is there.
async fn written(page: &Page) -> String {
    let there = async || Some(page.text("textbox", LETTER).await).filter(|text| !text.trim().is_empty());
    soon("the letter", there).await
}

#[tokio::test]
async fn a_wrong_passphrase_is_refused_and_the_right_one_opens() {
    let desk = Desk::new(1280, 800);
    let page = desk.open().await;
    page.write("textbox", LETTER, "sealed").await;
    tokio::time::sleep(Duration::from_millis(400)).await;
    page.close().await;

    let page = desk.open_with(|command| _ = command.env_remove("EPISTLE_PASSPHRASE")).await;
    page.see("heading", "Open your letters").await;
    page.write("textbox", "Passphrase", "not this one").await;
    page.keys(&Key::Enter.to_string()).await;
    page.see("alert", "~").await;
    page.shot("unlock").await;
    let field = page.see("textbox", "~Passphrase").await;
    field.clear().await.expect("the field can be cleared");
    page.write("textbox", "~Passphrase", PASSPHRASE).await;
    page.keys(&Key::Enter.to_string()).await;
    soon("the letter of before", async || (page.text("textbox", LETTER).await == "sealed").then_some(())).await;
    page.close().await;
}

#[tokio::test]
async fn an_archive_is_chosen_as_a_file_and_one_of_its_threads_answered() {
    let desk = Desk::new(1280, 800);
    let page = desk.open().await;
    page.click("button", "Bring in mail").await;
    page.click("button", "Choose files").await;
    desk.shows("Choose mail").await;
    desk.choose("Choose mail", &archive::path());
    page.see("heading", "Which address is you?").await;
    page.shot("archive-brought-in").await;
    page.click("checkbox", &format!("~{}", archive::busy_writer())).await;
    page.click("button", "This is me").await;
    page.click("button", "Answer").await;
    page.write("textbox", LINE, "thank them and say that the umbrella pine patch works").await;
    page.keys(&Key::Enter.to_string()).await;
    assert!(written(&page).await.contains("umbrella pine"));
    page.see("heading", "What it drew on").await;
    page.shot("archive-answer").await;
    page.close().await;
    desk.holds_nothing_of(&["umbrella pine", archive::busy_writer()]);
}
