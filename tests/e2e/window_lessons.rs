//! A lesson in the window: a greeting changed before the letter goes is said to be learned, stands on the page with what led to it, is in the
//! next draft to that person and in no other; forgotten there, it is gone, after the window was opened anew too, and from every file.
#![allow(clippy::expect_used)] // a test that cannot set up its desk has failed

use fantoccini::key::Key;
use std::path::Path;
use support::window::{Desk, Page, soon};

const LINE: &str = "What you want to say";
const LETTER: &str = "The letter";
const GREETING: &str = "Greetings Elena,";
const LEARNED: &str = "Learned for Elena: greet with “Greetings Elena,”";

/// A letter on an empty desk, to the person this is typed for, as Epistle writes it.
async fn written_to(page: &Page, who: &str) -> String {
    page.click("button", "Write").await;
    page.see("region", "Write").await;
    page.keys(&format!("{}n", Key::Control)).await;
    page.see("textbox", LINE).await;
    page.click("button", "+ To").await;
    page.write("combobox", "To", &format!("{who}{}", Key::Enter)).await;
    page.keys(&Key::Escape.to_string()).await;
    page.write("textbox", LINE, &format!("say that the samples are ready{}", Key::Enter)).await;
    let whole = async || Some(page.text("textbox", LETTER).await).filter(|text| text.contains("samples are ready"));
    let letter = soon("the letter", whole).await;
    page.see("heading", "Receipt").await; // it is whole
    letter
}

async fn is_learned(page: &Page, desk: &Desk, path: &Path) {
    page.click("button", "More").await;
    page.click("menuitem", "Save as .eml…").await;
    desk.shows("Save the letter").await;
    desk.save_as("Save the letter", path);
    page.reads(LEARNED).await;
}

#[tokio::test]
async fn a_changed_greeting_is_learned_kept_to_and_forgotten_for_good() {
    let desk = Desk::with_sample();
    let page = desk.open().await;
    let letter = written_to(&page, "elena").await;
    let usual = letter.lines().next().expect("a greeting").to_owned();
    assert!(usual.contains("Elena") && usual != GREETING, "{usual}");
    let changed = letter.replacen(&usual, GREETING, 1);
    page.script(
        "const letter = document.querySelector('[aria-label=\"The letter\"]'); letter.value = arguments[0]; \
         letter.dispatchEvent(new Event('input', { bubbles: true }));",
        vec![changed.clone().into()],
    )
    .await;
    is_learned(&page, &desk, &desk.home().join("samples.eml")).await;

    let next = written_to(&page, "elena").await;
    assert!(next.starts_with(GREETING), "{next}");
    page.reads("You changed this last time").await;
    let other = written_to(&page, "tom").await;
    assert!(!other.starts_with("Greetings"), "{other}");

    page.click("button", "Learned").await;
    page.click("button", "~Greet with “Greetings Elena,”").await;
    page.reads(&usual).await; // what led to it
    page.click("button", "~Forget: Greet with").await;
    page.click("button", "Forget for good").await;
    page.reads("Nothing yet").await;
    let after = written_to(&page, "elena").await;
    assert!(after.starts_with(&usual), "{after}");
    page.close().await;

    let page = desk.open().await;
    page.see("heading", "Receipt").await; // the last letter is on the desk again
    let again = written_to(&page, "elena").await;
    assert!(again.starts_with(&usual), "{again}");
    page.close().await;
    assert!(desk.engine().lessons().expect("the lessons").is_empty());
    let data = desk.data();
    let found = std::process::Command::new("grep").args(["-rlaiF", "--", "Greetings"]).arg(&data).output();
    assert!(found.expect("grep").stdout.is_empty(), "it stands in the clear in the data folder");
}
