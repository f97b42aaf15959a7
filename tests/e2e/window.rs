//! The window, driven as a person drives it: by the words on it and the keys under it.
#![allow(clippy::expect_used)] // a test that cannot set up its desk has failed

use fantoccini::key::Key;
use std::time::Duration;
use support::window::{Desk, Page, soon};

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
    let letter =
        soon("the letter", async || Some(page.text("textbox", LETTER).await).filter(|text| !text.trim().is_empty()))
            .await;
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
