//! The lock in the window: at once, after a while with nobody there, with a keyring and with a passphrase; and the recovery code, where the
//! key is gone. A locked window holds nothing that can be read.
#![allow(clippy::expect_used)] // a test that cannot set up its desk has failed

use fantoccini::key::Key;
use serde_json::json;
use std::process::Command;
use std::time::Duration;
use support::keyring::Keyring;
use support::window::{Desk, PASSPHRASE, Page, soon};

const LINE: &str = "What you want to say";
const LETTER: &str = "The letter";
const SAID: &str = "Dear Ottoline, the heron is back at the weir.";

async fn letter_is(page: &Page, wanted: &str) {
    let there = async || (page.text("textbox", LETTER).await == wanted).then_some(());
    soon(&format!("the letter “{wanted}”"), there).await;
}

async fn lock_now(page: &Page) {
    page.click("button", "Settings").await;
    page.click("button", "Lock now").await;
}

/// What the page's own command is answered.
async fn answer(page: &Page, command: &str) -> serde_json::Value {
    let ask = "const done = arguments[1]; window.__TAURI_INTERNALS__.invoke(arguments[0]).then(done, done);";
    page.script_async(ask, vec![json!(command)]).await
}

/// Everything that is in the page, shown or not, and in what it keeps.
async fn all_of(page: &Page) -> String {
    let all = "return document.documentElement.outerHTML + JSON.stringify([{ ...localStorage }, { ...sessionStorage }]) \
               + [...document.querySelectorAll('input, textarea')].map((field) => field.value).join(' ');";
    page.script(all, vec![]).await.as_str().expect("the page").to_owned()
}

/// A locked window: nothing of the mail is in it, and its commands are refused.
async fn holds_nothing(page: &Page, code: &str) {
    let all = all_of(page).await;
    for word in ["heron", "Ottoline", "lost ferries", "Dana", "Mara", "mara@example.com"] {
        assert!(!all.contains(word), "“{word}” is still in the page");
    }
    for command in ["drafts", "status", "settings", "accounts", "templates"] {
        assert_eq!(answer(page, command).await["code"], code, "{command}");
    }
}

#[tokio::test]
async fn locked_at_once_both_windows_hold_nothing_and_unlocking_brings_the_letter_back() {
    let desk = Desk::with_sample();
    let page = desk.open().await;
    let main = page.client.window().await.expect("the window");
    page.write("textbox", LETTER, SAID).await;
    page.click("button", "~Mail").await;
    page.see("button", "~lost ferries").await;
    soon("quick compose", async || {
        desk.xdotool(&["key", "ctrl+shift+e"]);
        (!desk.visible("Quick compose").is_empty()).then_some(())
    })
    .await;
    page.turn_to("quick.html").await;
    page.write("textbox", LINE, "tell Ottoline about the heron").await;
    page.client.switch_to_window(main.clone()).await.expect("the window is there");
    lock_now(&page).await;

    page.see("heading", "Epistle is locked").await;
    page.shot("locked").await;
    holds_nothing(&page, "locked").await;
    page.turn_to("quick.html").await;
    page.see("heading", "Epistle is locked").await;
    page.shot("quick-locked").await;
    holds_nothing(&page, "locked").await;

    page.client.switch_to_window(main.clone()).await.expect("the window is there");
    page.click("button", "Unlock").await;
    page.see("navigation", "Places").await;
    page.click("button", "~Drafts").await;
    page.click("button", &format!("~{SAID}")).await;
    letter_is(&page, SAID).await;
    page.click("button", "~Drafts").await;
    page.see("button", "~To nobody yet").await;
    page.turn_to("quick.html").await;
    page.see("textbox", LINE).await; // it is open again with the window
    page.close().await;
}

#[tokio::test]
async fn a_lock_outlives_the_window_and_where_a_passphrase_opens_the_store_it_is_asked_for() {
    let desk = Desk::with_sample();
    let without = |command: &mut Command| _ = command.env_remove("EPISTLE_PASSPHRASE");
    let page = desk.open_with(without).await;
    unlock(&page).await;
    page.write("textbox", LETTER, SAID).await;
    page.click("button", "~Account: ").await;
    page.click("menuitem", "Lock Epistle").await;
    page.see("heading", "Open your letters").await;
    page.shot("locked-passphrase").await;
    holds_nothing(&page, "passphrase_needed").await;
    page.write("textbox", "Passphrase", "not this one").await;
    page.keys(&Key::Enter.to_string()).await;
    page.reads("does not open").await;
    page.close().await;

    let page = desk.open_with(without).await;
    page.see("heading", "Open your letters").await;
    unlock(&page).await;
    letter_is(&page, SAID).await;
    page.close().await;
}

async fn unlock(page: &Page) {
    page.write("textbox", "Passphrase", PASSPHRASE).await;
    page.keys(&Key::Enter.to_string()).await;
    page.see("navigation", "Places").await;
}

#[tokio::test]
async fn with_nobody_there_for_a_minute_it_locks_by_itself() {
    let desk = Desk::with_sample();
    let page = desk.open().await;
    page.click("button", "Settings").await;
    page.see("combobox", "Lock after").await.select_by_value("own").await.expect("another time can be chosen");
    let minutes = page.see("textbox", "Minutes until it locks").await;
    minutes.send_keys(&format!("1{}", Key::Tab)).await.expect("a minute");
    page.click("button", "Write").await;
    page.write("textbox", LETTER, SAID).await;
    tokio::time::sleep(Duration::from_secs(50)).await;
    letter_is(&page, SAID).await; // not before its time
    page.see("heading", "Epistle is locked").await;
    holds_nothing(&page, "locked").await;
    page.click("button", "Unlock").await;
    letter_is(&page, SAID).await;
    page.close().await;
}

/// The keyring's own calls block, and have no place among what the window waits for.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("it is done")
}

#[tokio::test]
async fn a_recovery_code_made_in_the_window_opens_what_the_keyring_forgot_and_puts_the_key_back() {
    let desk = Desk::new(1280, 800);
    let keyring = aside(Keyring::unlocked).await;
    let page = desk.open_with(|command| keyring.lend(command)).await;
    page.write("textbox", LETTER, SAID).await;
    page.click("button", "Settings").await;
    page.click("button", "Make a recovery code").await;
    page.see("dialog", "Your recovery code").await;
    page.shot("recovery-code").await;
    let code = page.text("group", "Recovery code").await;
    assert_eq!(code.split_whitespace().collect::<String>().len(), 25, "{code}");
    page.keys(&Key::Escape.to_string()).await;
    page.reads("Nobody can show it again").await; // it does not go before it was written down
    page.click("button", "I have written it down").await;
    page.reads("A code was made").await;
    assert!(!all_of(&page).await.contains(code.split_whitespace().next().expect("a group")));
    page.close().await;
    let words = code.split_whitespace().collect::<Vec<_>>().join("-");
    desk.holds_nothing_of(&[&words]);

    let keyring = aside(move || {
        keyring.forget("");
        assert!(keyring.entries().is_empty());
        keyring
    })
    .await;
    let page = desk.open_with(|command| keyring.lend(command)).await;
    page.reads("no longer in the keyring").await;
    page.shot("key-lost").await;
    page.click("button", "Use your recovery code").await;
    page.write("textbox", "Recovery code", "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE").await;
    page.click("button", "Open with this code").await;
    page.reads("That recovery code does not open the store").await;
    page.see("textbox", "Recovery code").await.clear().await.expect("the field can be cleared");
    page.write("textbox", "Recovery code", &code.to_lowercase()).await;
    page.click("button", "Open with this code").await;
    letter_is(&page, SAID).await;
    page.close().await;

    let page = desk.open_with(|command| keyring.lend(command)).await; // the key is in its place again
    letter_is(&page, SAID).await;
    page.close().await;
    aside(move || drop(keyring)).await;
}
