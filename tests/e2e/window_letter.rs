//! A letter in the window, from its first key to its last revision: with the keyboard alone, changed by another line, compared and brought
//! back, cut off by a crash; and the settings it is written under, which outlive the window.
#![allow(clippy::expect_used)] // a test that cannot set up its desk has failed

use epistle_engine::api::{PreviewPolicy, Provider};
use epistle_engine::secrets::Secret;
use fantoccini::key::Key;
use std::time::Duration;
use support::talker::Talker;
use support::window::{Desk, Page, soon};

const LINE: &str = "What you want to say";
const CHANGE: &str = "What to change";
const LETTER: &str = "The letter";
const SAID: &str = "Hi Dana,\n\nthe sketch is ready on Friday.\n\nBest,\nMara";

/// The same, with a model that always says the same.
async fn with_talker() -> (Desk, Talker) {
    let begin = || Talker::says(&[SAID], Duration::ZERO); // it has threads of its own
    let talker = tokio::task::spawn_blocking(begin).await.expect("the service");
    let desk = Desk::with_sample();
    let engine = desk.engine();
    let mut settings = engine.settings().expect("the settings");
    settings.gemini.base.clone_from(&talker.base);
    settings.preview = PreviewPolicy::Never;
    engine.set_settings(settings).expect("they are kept");
    engine.set_key(Provider::Gemini, Secret::new("a-key-for-nobody".into())).expect("the key is kept");
    (desk, talker)
}

async fn enter(page: &Page) {
    page.keys(&Key::Enter.to_string()).await;
}

async fn letter_is(page: &Page, wanted: &str) {
    soon(&format!("the letter “{wanted}”"), async || (page.text("textbox", LETTER).await == wanted).then_some(()))
        .await;
}

#[tokio::test]
async fn a_letter_is_changed_by_another_line_and_every_text_of_it_is_kept() {
    let (desk, talker) = with_talker().await;
    let page = desk.open().await;
    page.write("textbox", LINE, "tell dana that the sketch is ready on Friday").await;
    enter(&page).await;
    letter_is(&page, SAID).await;
    let typed = format!("{SAID}\nP.S. The paper is on its way.");
    page.write("textbox", LETTER, &format!("{}P.S. The paper is on its way.", Key::Enter)).await;
    letter_is(&page, &typed).await;

    page.write("textbox", CHANGE, "leave the paper out").await;
    enter(&page).await;
    page.reads("1 change to decide").await;
    page.click("button", "Keep mine").await;
    letter_is(&page, &typed).await; // what was typed is never overwritten

    page.write("textbox", CHANGE, "leave it out after all").await;
    enter(&page).await;
    page.click("button", "Accept all").await;
    letter_is(&page, SAID).await;

    page.click("button", "~Revisions").await;
    page.see("dialog", "Revisions").await;
    page.click("button", "~As you had it").await;
    page.reads("P.S. The paper is on its way.").await;
    page.click("button", "Bring this one back").await;
    letter_is(&page, &typed).await;
    page.close().await;
    let _ = tokio::task::spawn_blocking(move || drop(talker)).await;
}

#[tokio::test]
async fn a_whole_letter_is_written_with_the_keyboard_alone() {
    let desk = Desk::with_sample();
    let page = desk.open().await;
    page.see("textbox", LINE).await;
    let window = desk.visible("Epistle").pop().expect("the window is shown");
    desk.xdotool(&["windowfocus", "--sync", &window]);
    let press = |keys: &[&str]| keys.iter().for_each(|key| drop(desk.xdotool(&["key", "--delay", "40", key])));
    let write = |text: &str| drop(desk.xdotool(&["type", "--delay", "15", text]));

    write("ask whether the samples came by Friday");
    press(&["Tab", "Return"]); // the chip of the recipients
    page.see("combobox", "To").await;
    write("elena");
    press(&["Return", "Return"]); // takes her, as fast as it may be typed, and is done
    page.see("button", "~To Elena Rossi").await;
    soon("the caret back in the line", async || (focused(&page).await == LINE).then_some(())).await;
    press(&["Return"]);
    let letter = soon("the letter", async || Some(page.text("textbox", LETTER).await).filter(|text| !text.is_empty()));
    let letter = letter.await;
    assert!(letter.contains("Elena") && letter.contains("Friday"), "{letter}");

    for _ in 0..30 {
        if focused(&page).await == LETTER {
            break;
        }
        press(&["Tab"]);
    }
    assert_eq!(focused(&page).await, LETTER, "the letter is reached with Tab");
    press(&["ctrl+End"]);
    write(" (and the map)");
    soon("the words in the letter", async || {
        page.text("textbox", LETTER).await.ends_with("(and the map)").then_some(())
    })
    .await;
    press(&["ctrl+3"]);
    page.see("heading", "Drafts").await;
    page.see("listitem", "~Elena Rossi").await;
    press(&["ctrl+n"]);
    press(&["ctrl+k"]);
    page.see("combobox", "Search your mail").await;
    write("river map");
    page.see("option", "~river exhibition").await;
    press(&["Return"]);
    page.see("button", "Answer").await;
    press(&["r"]);
    page.see("button", "~Answers").await;
    page.close().await;
}

/// The theme and the fonts the page is painted with.
async fn painted(page: &Page) -> String {
    let set = page.script("return Object.values(document.documentElement.dataset).join(' ');", vec![]).await;
    set.as_str().unwrap_or_default().to_owned()
}

/// What the focused element is called.
async fn focused(page: &Page) -> String {
    let name = page.script("return document.activeElement?.getAttribute('aria-label') ?? '';", vec![]).await;
    name.as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn the_line_the_subject_and_the_letter_are_there_after_a_crash() {
    let desk = Desk::new(1280, 800);
    let page = desk.open().await;
    page.write("textbox", LINE, "ask otto about the heron").await;
    page.write("textbox", "Subject", "The weir").await;
    page.write("textbox", LETTER, "Dear Otto,").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    page.kill();

    let page = desk.open().await;
    letter_is(&page, "Dear Otto,").await; // back on the desk, with nothing clicked
    assert_eq!(page.text("textbox", "Subject").await, "The weir");
    assert_eq!(page.text("textbox", CHANGE).await, "ask otto about the heron");
    page.close().await;
}

#[tokio::test]
async fn a_template_of_ones_own_asks_for_its_blanks_and_becomes_a_letter() {
    let desk = Desk::with_sample();
    let page = desk.open().await;
    page.click("button", "Templates").await;
    page.click("button", "New").await;
    page.write("textbox", "Name", "Reprint").await;
    page.write("textbox", "Subject", "Reprint of {{title}}").await;
    page.write("textbox", "~Letter, without", "Could you print {{copies}} more of {{title}} by {{day}}?").await;
    page.click("button", "Keep this template").await;
    page.click("button", "Write with this").await;
    page.see("textbox", "Title").await;
    page.click("button", "Write").await; // the place in the rail has this name too, and stays where it is
    page.see("textbox", LINE).await.click().await.expect("the line takes the caret");
    enter(&page).await;
    let in_the_first_blank = "return document.activeElement?.labels?.[0]?.innerText ?? '';";
    soon("the caret in the first blank", async || {
        (page.script(in_the_first_blank, vec![]).await == "Title").then_some(())
    })
    .await;
    page.keys("the river map").await;
    page.write("textbox", "Copies", "500").await;
    page.script(
        "const day = document.querySelector('input[type=date]'); day.value = '2026-07-31'; day.dispatchEvent(new Event('input', { bubbles: true }));",
        vec![],
    )
    .await; // the driver types no dates
    page.see("textbox", LINE).await.click().await.expect("the line takes the caret");
    enter(&page).await;
    soon("the letter", async || {
        let letter = page.text("textbox", LETTER).await;
        (letter.contains("500 more of the river map") && letter.contains("31 July")).then_some(())
    })
    .await;
    assert_eq!(page.text("textbox", "Subject").await, "Reprint of the river map");
    page.close().await;
}

#[tokio::test]
async fn settings_outlive_the_window() {
    let desk = Desk::with_sample();
    let page = desk.open().await;
    page.click("button", "Settings").await;
    page.see("heading", "Settings").await;
    page.write("combobox", "Your addresses", &format!("wilma@example.com{}", Key::Enter)).await;
    page.see("button", "Remove wilma@example.com").await;
    page.click("radio", "Always").await;
    page.click("radio", "Dark").await;
    page.click("radio", "The system’s").await;
    soon("the window painted so", async || (painted(&page).await == "dark system").then_some(())).await;
    page.click("checkbox", "~street addresses").await;
    page.click("button", "Models and address").await;
    let field = page.see("textbox", "For short and simple mail").await;
    field.clear().await.expect("the field can be cleared");
    page.write("textbox", "For short and simple mail", &format!("gemini-9-tiny{}", Key::Tab)).await;
    page.write("textbox", "Model", &format!("llama-of-mine{}", Key::Tab)).await;
    page.write("textbox", "Most to spend a month", &format!("2.5{}", Key::Tab)).await;
    soon("the last of them to be kept", async || {
        page.text("textbox", "Most to spend a month").await.contains("2.5").then_some(())
    })
    .await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    page.close().await;

    let page = desk.open().await;
    page.click("button", "Settings").await;
    page.see("button", "Remove wilma@example.com").await;
    page.see("button", "Remove Mara Lind").await;
    for (role, name) in
        [("radio", "Always"), ("radio", "Dark"), ("radio", "The system’s"), ("checkbox", "~street addresses")]
    {
        let ticked = page.see(role, name).await.prop("checked").await.expect("it can be asked");
        assert_eq!(ticked.as_deref(), Some("true"), "{name}");
    }
    assert_eq!(painted(&page).await, "dark system", "and the window is painted so");
    page.click("button", "Models and address").await;
    for (field, value) in
        [("For short and simple mail", "gemini-9-tiny"), ("Model", "llama-of-mine"), ("Most to spend a month", "2.5")]
    {
        assert_eq!(page.text("textbox", field).await, value, "{field}");
    }
    page.close().await;
}
