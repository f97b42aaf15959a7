//! The screens of accounts, of signing in and of the lock. Who signs in does so at other people's providers, as in the tests.

use crate::desk::Look;
use crate::scenes::{dark_page, escape, paint};
use epistle_engine::Engine;
use epistle_engine::api::{AccountState, IdentityProvider, SignInEvent, SignInRequest, SignInWay};
use epistle_engine::ids::AccountId;
use fantoccini::key::Key;
use serde_json::json;
use support::identity::{CLIENT_SECRET, Mock, Strict};
use support::keyring::Keyring;
use support::sign_in::visit;
use support::window::{Desk, PASSPHRASE, Page, soon};
use tokio_util::sync::CancellationToken;

const LINE: &str = "What you want to say";
const LETTER: &str = "The letter";

/// Nobody is connected yet: where one begins, and the guide to a client of one's own.
pub async fn connecting(look: &Look) {
    let desk = look.desk();
    let page = desk.open().await;
    page.resize(look.width, look.height).await;
    page.see("textbox", LINE).await;
    paint(look, &page).await;
    page.click("button", "Connect an account").await;
    page.see("heading", "Accounts").await;
    look.take(&page, "70-onboarding").await;
    page.click("button", "Set up Google").await;
    scroll_to(&page, "button", "Set up Google").await;
    look.take(&page, "71-guide").await;
    scroll_to(&page, "button", "Keep this client").await;
    look.take(&page, "72-guide-client").await;
    page.close().await;
}

/// Three accounts: signed in, signed out, and one that its provider ended; a fourth signing in.
pub async fn accounts(look: &Look) {
    let (google, microsoft) = (Mock::like("google"), Mock::like("microsoft"));
    let github = Strict::start(&["/callback/github"], &json!({ "github": true }));
    let desk = look.lived_in(|_, _| {}).await;
    desk.signs_in_with(IdentityProvider::Google, &google.at, CLIENT_SECRET);
    desk.signs_in_with(IdentityProvider::Microsoft, &microsoft.at, "");
    desk.signs_in_with(IdentityProvider::Github, &github.at, "");
    let _ = desk.browser();
    three(&desk, &google, &microsoft).await;

    let page = look.open(&desk).await;
    page.click("button", "~Account: ").await;
    page.see("menu", "Accounts").await;
    look.take(&page, "73-switcher").await;
    page.click("menuitem", "Accounts…").await;
    page.see("heading", "Accounts").await;
    look.take(&page, "74-accounts").await;
    scroll_to(&page, "heading", "Add an account").await;
    look.take(&page, "75-accounts-add").await;
    managing(look, &page).await;
    signing_in(look, &page).await;
    page.click("button", "~Account: ").await;
    page.click("menuitemradio", "~mary@example.com").await;
    page.click("button", "Write").await;
    page.see("region", "Sign in again").await;
    look.take(&page, "81-sign-in-again").await;
    page.close().await;
}

async fn managing(look: &Look, page: &Page) {
    page.click("button", "Manage ada@example.com").await;
    scroll_to(page, "button", "Manage ada@example.com").await;
    look.take(page, "76-account-managed").await;
    page.click("button", "Remove this account…").await;
    page.see("dialog", "Remove ada@example.com?").await;
    look.take(page, "77-remove").await;
    page.click("button", "Keep it").await;
    page.click("button", "Manage ada@example.com").await;
}

async fn signing_in(look: &Look, page: &Page) {
    page.click("button", "Sign in with Google").await;
    page.see("button", "Open the page again").await;
    look.take(page, "78-sign-in-waiting").await;
    page.click("button", "No page opened?").await;
    look.take(page, "79-sign-in-address").await;
    page.click("button", "~Cancel").await;
    page.click("button", "Sign in with GitHub").await;
    page.see("button", "Copy the code").await;
    look.take(page, "80-sign-in-code").await;
    page.click("button", "~Cancel").await;
}

/// Three people sign in; the second leaves again, the third's provider knows her no more.
async fn three(desk: &Desk, google: &Mock, microsoft: &Mock) {
    let engine = desk.engine();
    let here = engine.account();
    sign_in(&engine, IdentityProvider::Google, Some(here)).await;
    microsoft.will(&json!({ "who": "grace@example.com" }));
    let grace = sign_in(&engine, IdentityProvider::Microsoft, None).await;
    engine.sign_out(grace).await.unwrap();
    google.will(&json!({ "who": "mary@example.com", "expires_in": 1 }));
    let mary = sign_in(&engine, IdentityProvider::Google, None).await;
    google.will(&json!({ "token": { "status": 400, "body": { "error": "invalid_grant" } } }));
    while !matches!(engine.account_of(mary).unwrap().state, AccountState::SignInAgain { .. }) {
        let _ = engine.refresh_profile(mary).await;
    }
    google.will(&json!({}));
}

/// Somebody signs in whom the provider takes the browser for.
async fn sign_in(engine: &Engine, provider: IdentityProvider, account: Option<AccountId>) -> AccountId {
    let tell = |event: SignInEvent| {
        if let SignInEvent::Address { address, .. } = event {
            std::thread::spawn(move || visit(&visit(&address).unwrap().location.unwrap()).unwrap());
        }
    };
    let request = SignInRequest { provider, way: SignInWay::Browser, grants: vec![], account };
    engine.sign_in(&request, &tell, &CancellationToken::new()).await.unwrap().id
}

async fn scroll_to(page: &Page, role: &str, name: &str) {
    let element = page.see(role, name).await;
    page.script("arguments[0].scrollIntoView({ block: 'start' });", vec![json!(element)]).await;
}

/// The lock in the settings, and the passphrase that a locked window asks for.
pub async fn locking(look: &Look) {
    let desk = look.lived_in(|_, _| {}).await;
    let page = look.open(&desk).await;
    page.click("button", "Settings").await;
    scroll_to(&page, "heading", "Lock").await;
    look.take(&page, "82-settings-lock").await;
    page.close().await;
    let page = desk.open_with(|command| _ = command.env_remove("EPISTLE_PASSPHRASE")).await;
    page.resize(look.width, look.height).await;
    dark_page(look, &page).await;
    page.see("heading", "Open your letters").await;
    look.take(&page, "84-passphrase").await;
    page.write("textbox", "Passphrase", PASSPHRASE).await;
    page.keys(&Key::Enter.to_string()).await;
    page.see("navigation", "Places").await;
    quick(look, &desk, &page).await;
    page.close().await;
}

async fn quick(look: &Look, desk: &Desk, page: &Page) {
    soon("quick compose", async || {
        desk.xdotool(&["key", "ctrl+shift+e"]);
        (!desk.visible("Quick compose").is_empty()).then_some(())
    })
    .await;
    let main = page.client.window().await.unwrap();
    page.turn_to("quick.html").await;
    page.see("textbox", LINE).await;
    page.client.switch_to_window(main).await.unwrap();
    page.click("button", "~Account: ").await;
    page.click("menuitem", "Lock Epistle").await;
    page.turn_to("quick.html").await;
    page.see("textbox", "Passphrase").await;
    look.take(page, "85-quick-locked").await;
}

/// A key in a keyring: the recovery code, the lock that a click opens, and the keyring gone.
pub async fn keyring(look: &Look) {
    let mut keyring = aside(Keyring::unlocked).await;
    let desk = look.desk();
    let page = desk.open_with(|command| keyring.lend(command)).await;
    page.resize(look.width, look.height).await;
    page.write("textbox", LETTER, "Dear Ottoline,").await;
    paint(look, &page).await;
    page.click("button", "Settings").await;
    page.click("button", "Make a recovery code").await;
    page.see("dialog", "Your recovery code").await;
    look.take(&page, "86-recovery-code").await;
    page.click("button", "I have written it down").await;
    page.click("button", "Lock now").await;
    page.see("heading", "Epistle is locked").await;
    look.take(&page, "83-locked").await;
    page.click("button", "Unlock").await;
    page.see("navigation", "Places").await;
    page.close().await;

    keyring.vanish();
    let page = desk.open_with(|command| keyring.lend(command)).await;
    page.resize(look.width, look.height).await;
    dark_page(look, &page).await;
    page.reads("there is none here now").await;
    look.take(&page, "87-keyring-gone").await;
    page.click("button", "Use your recovery code").await;
    page.write("textbox", "Recovery code", "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE").await;
    page.click("button", "Open with this code").await;
    page.reads("does not open the store").await;
    look.take(&page, "88-recovery-code-wrong").await;
    escape(&page).await;
    page.close().await;
    aside(move || drop(keyring)).await;
}

/// The keyring's own calls block.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}
