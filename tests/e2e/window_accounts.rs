//! Accounts in the window: connecting one, two beside each other, giving a sign-in up, being refused, coming back. The providers are other
//! people's, and a headless Chromium clicks at them.
#![allow(clippy::expect_used)] // a test that cannot set up its desk has failed

use epistle_engine::api::{Account, DraftEdit, DraftSummary, IdentityProvider, ImportSource};
use epistle_engine::ids::AccountId;
use fantoccini::key::Key;
use serde_json::json;
use std::fs;
use std::path::Path;
use std::process::Command;
use support::browser::Browser;
use support::identity::{CLIENT, CLIENT_SECRET, Providers, Strict};
use support::window::{Desk, Page, soon};
use tokio_util::sync::CancellationToken;

const ADA: &str = "ada@example.com";
const GRACE: &str = "grace@example.com";
const LINE: &str = "What you want to say";
const LETTER: &str = "The letter";
const CALLBACK: &str = "/callback/google";

/// A desk with the sample mailbox, where nobody said yet who they are.
fn with_sample() -> Desk {
    let desk = Desk::new(1280, 800);
    desk.engine().import(&ImportSource::Sample, &mut |_| {}, &CancellationToken::new()).expect("the sample comes in");
    desk
}

/// The accounts on a desk whose window is closed.
fn accounts(desk: &Desk) -> Vec<Account> {
    desk.engine().accounts().expect("the accounts")
}

/// An account's drafts on a desk whose window is closed.
fn drafts(desk: &Desk, account: AccountId) -> Vec<DraftSummary> {
    desk.engine().in_account(account).expect("the account").drafts().expect("its drafts")
}

async fn letter_is(page: &Page, wanted: &str) {
    let there = async || (page.text("textbox", LETTER).await == wanted).then_some(());
    soon(&format!("the letter “{wanted}”"), there).await;
}

/// Types into the letter and leaves it as it is saved.
async fn writes(page: &Page, text: &str) {
    page.click("button", "Write").await;
    page.write("textbox", LETTER, text).await;
    letter_is(page, text).await;
    page.reads("saved").await;
}

/// The accounts, through the menu at the rail's foot.
async fn to_accounts(page: &Page) {
    page.click("button", "~Account: ").await;
    page.click("menuitem", "Accounts…").await;
    page.see("heading", "Accounts").await;
}

/// Another account at work.
async fn switch_to(page: &Page, name: &str) {
    page.click("button", "~Account: ").await;
    page.click("menuitemradio", &format!("~{name}")).await;
    page.see("button", &format!("Account: {name}")).await;
}

#[tokio::test]
async fn a_newcomer_connects_google_and_writes_as_who_signed_in_with_what_was_here() {
    let providers = Providers::start();
    let desk = with_sample();
    desk.finds(IdentityProvider::Google, &providers.google);
    let asked = desk.browser();
    let browser = Browser::open().await;
    let page = desk.open().await;
    to_accounts(&page).await;
    page.shot("accounts-newcomer").await;
    page.click("button", "Set up Google").await;
    page.write("textbox", "Client ID, Google", CLIENT).await;
    page.write("textbox", "Client secret, Google", CLIENT_SECRET).await;
    page.click("button", "Keep this client").await;
    page.click("button", "Sign in with Google").await;
    page.see("dialog", "Sign in with Google").await;
    let address = page.sign_in_address().await;
    page.shot("sign-in-waiting").await;
    let opened = soon("the desktop's browser", async || fs::read_to_string(&asked).ok().filter(|a| a.ends_with('\n')));
    assert_eq!(opened.await.trim_end(), address, "the desktop's browser was asked for the very page that is shown");
    let tab = browser.sign_in_as(&address, ADA).await;
    assert!(tab.contains("signed in"), "the tab says how it ended: {tab}");

    let card = page.see("listitem", ADA).await.text().await.expect("the card");
    assert!(card.contains("Ada Lovelace") && card.contains("Google · Signed in"), "{card}");
    page.see("button", &format!("Account: {ADA}")).await;
    page.shot("accounts-signed-in").await;
    page.click("button", "~Mail").await;
    page.see("button", "~lost ferries").await; // what was on the desk is theirs
    page.click("button", "Write").await;
    page.write("textbox", LINE, "ask Dana whether the revised proposal can be with us by Friday").await;
    page.keys(&Key::Enter.to_string()).await;
    let letter = soon("the letter", async || Some(page.text("textbox", LETTER).await).filter(|text| !text.is_empty()));
    let letter = letter.await;
    assert!(letter.trim_end().ends_with("Ada"), "it is signed with their name: {letter}");
    page.reads("saved").await;
    page.close().await;
    browser.close().await;

    let [account] = &accounts(&desk)[..] else { panic!("it is the one account there was: {:?}", accounts(&desk)) };
    let engine = desk.engine();
    let letter = engine.drafts().expect("the drafts").pop().expect("the letter");
    let message = engine.export_eml(letter.id).expect("the message");
    assert!(String::from_utf8_lossy(&message).contains(&format!("From: \"Ada Lovelace\" <{ADA}>")));
    assert_eq!(account.profile.address.as_ref().map(ToString::to_string).as_deref(), Some(ADA));
    drop(engine);
    desk.holds_nothing_of(&[CLIENT_SECRET, "google_refresh_", ADA]);
}

#[tokio::test]
async fn the_file_from_googles_console_dropped_on_the_window_is_all_the_setting_up_there_is() {
    let providers = Providers::start();
    let desk = Desk::new(1280, 800);
    desk.finds(IdentityProvider::Google, &providers.google);
    let _ = desk.browser();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("gmail_credentials.json");
    let installed =
        json!({ "client_id": CLIENT, "client_secret": CLIENT_SECRET, "redirect_uris": ["http://localhost"] });
    fs::write(&file, json!({ "installed": installed }).to_string()).expect("the file");
    let browser = Browser::open().await;
    let page = desk.open().await;
    page.click("button", "Connect an account").await;
    page.see("heading", "Accounts").await;
    desk.drop_on("Epistle", &[&file]);
    page.reads("Read: Google’s client").await;
    page.shot("accounts-file-read").await;
    page.click("button", "Sign in with Google").await;
    page.sign_in_as(&browser, GRACE).await;
    page.see("listitem", GRACE).await;
    page.close().await;
    browser.close().await;
}

#[tokio::test]
async fn two_accounts_stand_beside_each_other_and_neither_shows_anything_of_the_other() {
    let providers = Providers::start();
    let desk = with_sample();
    desk.signs_in_with(IdentityProvider::Google, &providers.google, CLIENT_SECRET);
    desk.signs_in_with(IdentityProvider::Microsoft, &providers.microsoft, "");
    let _ = desk.browser();
    let browser = Browser::open().await;
    let page = desk.open().await;
    to_accounts(&page).await;
    page.click("button", "Sign in with Google").await;
    page.sign_in_as(&browser, ADA).await;
    page.see("listitem", ADA).await;
    page.click("button", "Sign in with Microsoft").await;
    page.sign_in_as(&browser, GRACE).await;
    let card = page.see("listitem", GRACE).await.text().await.expect("the card");
    assert!(card.contains("Grace Hopper") && card.contains("Microsoft · Signed in"), "{card}");
    page.see("listitem", ADA).await;
    writes(&page, "The zinnias are Ada's.").await;

    switch_to(&page, GRACE).await;
    page.click("button", "~Drafts").await;
    page.see("heading", "No drafts").await;
    page.click("button", "~Mail").await;
    page.see("button", "Take the sample mailbox").await; // there is no mail here
    nothing_found(&page, "zinnias").await;
    nothing_found(&page, "river map").await;
    nothing_in_the_page(&page, &["zinnias", "lost ferries", "river map"]).await;
    writes(&page, "The gentians are Grace's.").await;

    switch_to(&page, ADA).await;
    nothing_found(&page, "gentians").await;
    page.click("button", "~Drafts").await;
    page.see("button", "~The zinnias are Ada's.").await;
    nothing_in_the_page(&page, &["gentians"]).await;
    page.click("button", "~Mail").await;
    page.see("button", "~lost ferries").await;
    page.close().await;
    browser.close().await;
}

/// The search of the account at work finds nothing for these words.
async fn nothing_found(page: &Page, words: &str) {
    page.click("button", "~Search").await;
    page.write("combobox", "Search your mail", words).await;
    page.reads(&format!("Nothing here fits “{words}”")).await;
    assert!(!page.sees("option", "~").await, "“{words}” is found");
    page.keys(&Key::Escape.to_string()).await;
    soon("the search to go", async || (!page.sees("combobox", "Search your mail").await).then_some(())).await;
}

/// None of these words is anywhere in the page, shown or not.
async fn nothing_in_the_page(page: &Page, words: &[&str]) {
    let all = "return document.documentElement.outerHTML + JSON.stringify([{ ...localStorage }, { ...sessionStorage }]) \
               + [...document.querySelectorAll('input, textarea')].map((field) => field.value).join(' ');";
    let page = page.script(all, vec![]).await;
    for word in words {
        assert!(!page.as_str().expect("the page").contains(word), "“{word}” is in the page");
    }
}

#[tokio::test]
async fn a_sign_in_given_up_leaves_nothing() {
    let providers = Providers::start();
    let desk = with_sample();
    desk.signs_in_with(IdentityProvider::Google, &providers.google, CLIENT_SECRET);
    let _ = desk.browser();
    let before = accounts(&desk);
    let page = desk.open().await;
    to_accounts(&page).await;
    page.click("button", "Sign in with Google").await;
    let address = page.sign_in_address().await;
    let port = port_of_the_answer(&address);
    assert!(listens(port), "the answer is waited for");
    page.click("button", "Cancel").await;
    soon("the dialog to go", async || (!page.sees("dialog", "Sign in with Google").await).then_some(())).await;
    soon("the port to be let go of", async || (!listens(port)).then_some(())).await;
    page.see("button", "Sign in with Google").await; // and it can be begun again
    page.close().await;
    assert_eq!(accounts(&desk), before);
}

fn port_of_the_answer(address: &str) -> u16 {
    let redirect = support::sign_in::parameter(address, "redirect_uri").expect("a redirect address");
    redirect.parse::<url::Url>().expect("an address").port().expect("a port")
}

fn listens(port: u16) -> bool {
    std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
}

#[tokio::test]
async fn a_client_the_provider_refuses_is_told_and_is_put_right_from_there() {
    let strict = Strict::start(&[CALLBACK], &json!({ "secret": CLIENT_SECRET }));
    let desk = Desk::new(1280, 800);
    desk.signs_in_with(IdentityProvider::Google, &strict.at, "of-another-client");
    let _ = desk.browser();
    let browser = Browser::open().await;
    let page = desk.open().await;
    to_accounts(&page).await;
    page.click("button", "Sign in with Google").await;
    let tab = page.sign_in_as(&browser, ADA).await;
    assert!(!tab.contains("signed in"), "the tab says so too: {tab}");
    page.reads("The provider refused the client").await;
    page.reads("no account was added").await;
    page.shot("sign-in-client-refused").await;
    page.click("button", "Set up Google").await;
    page.write("textbox", "Client secret, Google", CLIENT_SECRET).await;
    page.click("button", "Keep this client").await;
    page.reads("Kept.").await;

    page.click("button", "Sign in with Google").await;
    browser.decline(&page.sign_in_address().await, ADA).await;
    page.reads("The sign-in was declined there").await;
    page.click("button", "Try again").await;
    page.sign_in_as(&browser, ADA).await;
    page.see("listitem", ADA).await;
    page.close().await;
    browser.close().await;
    assert_eq!(accounts(&desk).len(), 1);
}

/// What was in the data folder, put back as from a backup.
fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    let copied = Command::new("cp").arg("-a").args([from, to]).status().expect("cp");
    assert!(copied.success());
}

#[tokio::test]
async fn an_account_its_provider_ended_asks_once_and_comes_back_with_its_drafts() {
    // Its access tokens live a second, and a refresh token that is used a second time ends what it came from.
    let strict = Strict::start(&[CALLBACK], &json!({ "access_seconds": 1 }));
    let desk = Desk::new(1280, 800);
    desk.signs_in_with(IdentityProvider::Google, &strict.at, "");
    let _ = desk.browser();
    let browser = Browser::open().await;
    let page = desk.open().await;
    to_accounts(&page).await;
    page.click("button", "Sign in with Google").await;
    page.sign_in_as(&browser, ADA).await;
    page.see("listitem", ADA).await;
    writes(&page, "Dear Ottoline, the heron is back.").await;
    page.close().await;

    let backup = tempfile::tempdir().expect("a folder");
    copy(&desk.data(), &backup.path().join("data"));
    let [account] = &accounts(&desk)[..] else { panic!("one account") };
    let _ = desk.engine().refresh_profile(account.id).await.expect("the token of now is spent");
    copy(&backup.path().join("data"), &desk.data());

    let page = desk.open().await;
    to_accounts(&page).await;
    page.click("button", &format!("Manage {ADA}")).await;
    page.click("button", "Ask Google again").await;
    page.see("button", &format!("Sign in again to {ADA}")).await;
    page.shot("accounts-sign-in-again").await;
    page.click("button", "Write").await;
    letter_is(&page, "Dear Ottoline, the heron is back.").await; // work goes on meanwhile
    page.see("region", "Sign in again").await;
    page.shot("write-sign-in-again").await;
    let asking =
        page.script("return document.querySelectorAll('section[aria-label=\"Sign in again\"]').length;", vec![]);
    assert_eq!(asking.await, 1, "it is asked once");
    page.click("button", "Sign in again").await;
    page.sign_in_as(&browser, ADA).await;
    soon("the asking to end", async || (!page.sees("region", "Sign in again").await).then_some(())).await;
    letter_is(&page, "Dear Ottoline, the heron is back.").await; // and nobody was taken elsewhere
    to_accounts(&page).await;
    page.reads("Google · Signed in").await;
    page.close().await;
    browser.close().await;
    let [back] = &accounts(&desk)[..] else { panic!("it is the same account") };
    assert_eq!(back.id, account.id);
    assert_eq!(drafts(&desk, back.id).len(), 1);
}

#[tokio::test]
async fn an_account_removed_in_the_window_is_gone_with_all_it_held() {
    let providers = Providers::start();
    let desk = Desk::new(1280, 800);
    desk.signs_in_with(IdentityProvider::Google, &providers.google, CLIENT_SECRET);
    let engine = desk.engine();
    let second = engine.add_local_account("Evenings").expect("a second account");
    let edit = DraftEdit { body: Some("The zinnias are out.".into()), ..DraftEdit::default() };
    engine.in_account(second.id).and_then(|engine| engine.save_draft(&edit)).expect("a draft");
    drop(engine);
    let page = desk.open().await;
    switch_to(&page, "Evenings").await;
    to_accounts(&page).await;
    page.click("button", "Manage Evenings").await;
    page.click("button", "Remove this account…").await;
    page.see("dialog", "Remove Evenings?").await;
    page.click("button", "Keep it").await;
    page.click("button", "Remove this account…").await;
    page.click("button", "Remove for good").await;
    soon("the account to go", async || (!page.sees("listitem", "Evenings").await).then_some(())).await;
    page.see("button", "Account: On this machine").await; // the window goes on in the one that is left
    page.click("button", "~Drafts").await;
    page.see("heading", "No drafts").await;
    page.close().await;
    assert!(desk.engine().in_account(second.id).is_err());
}

/// What the focused element is called.
async fn focused(page: &Page) -> String {
    let name =
        "const at = document.activeElement; return at?.getAttribute('aria-label') ?? at?.innerText.trim() ?? '';";
    page.script(name, vec![]).await.as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn the_accounts_are_reached_and_a_sign_in_begun_and_given_up_with_the_keyboard_alone() {
    let providers = Providers::start();
    let desk = Desk::new(1280, 800);
    desk.signs_in_with(IdentityProvider::Google, &providers.google, CLIENT_SECRET);
    let _ = desk.browser();
    let page = desk.open().await;
    page.see("textbox", LINE).await;
    page.see("button", "~Account: ").await;
    let window = desk.visible("Epistle").pop().expect("the window is shown");
    desk.xdotool(&["windowfocus", "--sync", &window]);
    let press = |key: &str| drop(desk.xdotool(&["key", "--delay", "40", key]));

    tab_to(&page, &press, "Account: On this machine").await;
    press("Return");
    page.see("menu", "Accounts").await;
    press("Escape");
    is_focused(&page, "Account: On this machine").await;
    press("Return");
    page.see("menu", "Accounts").await;
    press("End");
    is_focused(&page, "Lock Epistle").await;
    press("Up");
    is_focused(&page, "Accounts…").await;
    press("Return");
    page.see("heading", "Accounts").await;
    tab_to(&page, &press, "Sign in with Google").await;
    press("Return");
    page.see("dialog", "Sign in with Google").await;
    page.see("button", "Open the page again").await;
    press("Escape");
    soon("the dialog to go", async || (!page.sees("dialog", "Sign in with Google").await).then_some(())).await;
    is_focused(&page, "Sign in with Google").await; // where it was begun
    page.close().await;
}

async fn is_focused(page: &Page, name: &str) {
    soon(&format!("the focus on “{name}”"), async || (focused(page).await == name).then_some(())).await;
}

/// Goes on with Tab until it is reached.
async fn tab_to(page: &Page, press: &impl Fn(&str), name: &str) {
    let mut passed = Vec::new();
    while focused(page).await != name {
        passed.push(focused(page).await);
        assert!(passed.len() < 60, "“{name}” is not reached with Tab, only: {passed:?}");
        press("Tab");
    }
}
