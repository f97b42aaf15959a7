//! Accounts: who is here, signing in and out, the clients that sign people in, and the lock.

use crate::events;
use crate::host::Host;
use crate::mail_watch;
use crate::outbox_worker;
use crate::ui_error::{Reply, UiError};
use epistle_engine::api::{
    Account, AccountEdit, IdentityProvider, OauthClient, SignInEvent, SignInRequest, SignInState, WayOut,
};
use epistle_engine::error::Error;
use epistle_engine::ids::AccountId;
use epistle_engine::secrets::Secret;
use std::path::PathBuf;
use tauri::ipc::Channel;
use tauri::{AppHandle, State};
use tauri_plugin_opener::OpenerExt;

#[tauri::command]
#[specta::specta]
pub async fn sign_in_state(host: State<'_, Host>) -> Reply<SignInState> {
    host.ask(|engine| engine.sign_in_state()).await
}

#[tauri::command]
#[specta::specta]
pub async fn accounts(host: State<'_, Host>) -> Reply<Vec<Account>> {
    host.ask(|engine| engine.accounts()).await
}

#[tauri::command]
#[specta::specta]
pub async fn add_local_account(app: AppHandle, host: State<'_, Host>, label: String) -> Reply<Account> {
    let added = host.ask(move |engine| engine.add_local_account(&label)).await?;
    events::tell_changed(&app);
    Ok(added)
}

#[tauri::command]
#[specta::specta]
pub async fn edit_account(
    app: AppHandle,
    host: State<'_, Host>,
    account: AccountId,
    edit: AccountEdit,
) -> Reply<Account> {
    let edited = host.ask(move |engine| engine.edit_account(account, edit)).await?;
    events::tell_changed(&app);
    Ok(edited)
}

#[tauri::command]
#[specta::specta]
pub async fn order_accounts(app: AppHandle, host: State<'_, Host>, order: Vec<AccountId>) -> Reply<Vec<Account>> {
    let ordered = host.ask(move |engine| engine.order_accounts(&order)).await?;
    events::tell_changed(&app);
    Ok(ordered)
}

/// The account Epistle opens with from now on.
#[tauri::command]
#[specta::specta]
pub async fn set_default_account(app: AppHandle, host: State<'_, Host>, account: AccountId) -> Reply<()> {
    host.ask(move |engine| engine.set_default_account(account)).await?;
    events::tell_changed(&app);
    Ok(())
}

/// Which way the account's letters leave, or what is missing.
#[tauri::command]
#[specta::specta]
pub async fn way_out(host: State<'_, Host>) -> Reply<WayOut> {
    host.ask(|engine| engine.way_out()).await
}

/// The windows work in this account from now on, until Epistle is closed.
#[tauri::command]
#[specta::specta]
pub async fn use_account(app: AppHandle, host: State<'_, Host>, account: AccountId) -> Reply<()> {
    host.use_account(account).await?;
    events::tell_changed(&app);
    Ok(())
}

/// Signs somebody in: opens the browser, waits for them to come back, and gives the account. `stop` ends the waiting.
#[tauri::command]
#[specta::specta]
pub async fn sign_in(
    app: AppHandle,
    host: State<'_, Host>,
    request: SignInRequest,
    job: String,
    on_event: Channel<SignInEvent>,
) -> Reply<Account> {
    let engine = host.engine().await?;
    let stop = host.begin_job(&job);
    let tell = |event: SignInEvent| {
        if let SignInEvent::Address { address, .. } | SignInEvent::Code { address, .. } = &event {
            host.note_page(&job, address);
        }
        if let SignInEvent::Address { address, .. } = &event {
            open_page(&app, address);
        }
        let _ = on_event.send(event); // a page that has gone hears nothing
    };
    let signed_in = engine.sign_in(&request, &tell, &stop).await;
    host.end_job(&job);
    outbox_worker::attend(&app, &engine);
    mail_watch::attend(&app, &engine);
    crate::embedding_worker::attend(&app, &engine);
    events::tell_changed(&app);
    Ok(signed_in?)
}

/// Opens the provider's page of a sign-in that waits once more, for somebody who closed its tab.
#[tauri::command]
#[specta::specta]
pub async fn open_sign_in_page(app: AppHandle, host: State<'_, Host>, job: String) -> Reply<()> {
    let address = host.page_of(&job).ok_or_else(|| UiError::from(Error::not_found("sign-in", &job)))?;
    open_page(&app, &address);
    Ok(())
}

/// The page shows the address too: a system without a browser is no reason to stop.
fn open_page(app: &AppHandle, address: &str) {
    if let Err(error) = app.opener().open_url(address, None::<&str>) {
        tracing::warn!(%error, "the browser was not opened");
    }
}

#[tauri::command]
#[specta::specta]
pub async fn sign_out(app: AppHandle, host: State<'_, Host>, account: AccountId) -> Reply<Account> {
    let signed_out = host.engine().await?.sign_out(account).await;
    events::tell_changed(&app);
    Ok(signed_out?)
}

#[tauri::command]
#[specta::specta]
pub async fn remove_account(app: AppHandle, host: State<'_, Host>, account: AccountId) -> Reply<()> {
    let removed = host.remove_account(account).await;
    events::tell_changed(&app);
    removed
}

#[tauri::command]
#[specta::specta]
pub async fn refresh_profile(app: AppHandle, host: State<'_, Host>, account: AccountId) -> Reply<Account> {
    let refreshed = host.engine().await?.refresh_profile(account).await;
    events::tell_changed(&app);
    Ok(refreshed?)
}

/// Keeps the client that signs people in with a provider. An empty secret leaves the one there is.
#[tauri::command]
#[specta::specta]
pub async fn set_client(
    host: State<'_, Host>,
    provider: IdentityProvider,
    client_id: String,
    secret: String,
) -> Reply<SignInState> {
    let secret = Secret::new(secret);
    host.ask(move |engine| engine.set_client(provider, &client_id, secret)).await
}

#[tauri::command]
#[specta::specta]
pub async fn forget_client(host: State<'_, Host>, provider: IdentityProvider) -> Reply<SignInState> {
    host.ask(move |engine| engine.forget_client(provider)).await
}

/// Takes the client in from a file dropped on the window: `gmail_credentials.json` as Google's console gives it, or an `oauth_config.json`.
#[tauri::command]
#[specta::specta]
pub async fn read_client_file(host: State<'_, Host>, path: PathBuf) -> Reply<Vec<OauthClient>> {
    host.ask(move |engine| engine.read_client_file(&path)).await
}

/// Locks Epistle: the store is closed and its key is forgotten until somebody unlocks it.
#[tauri::command]
#[specta::specta]
pub async fn lock(app: AppHandle, host: State<'_, Host>) -> Reply<()> {
    host.lock(&app).await
}

/// The person did something in a window.
#[tauri::command]
#[specta::specta]
pub async fn still_here(host: State<'_, Host>) -> Reply<()> {
    host.still_here();
    Ok(())
}

/// Opens the store with the recovery code, and puts its key back where it is kept.
#[tauri::command]
#[specta::specta]
pub async fn recover(app: AppHandle, host: State<'_, Host>, code: String) -> Reply<()> {
    host.recover(app, Secret::new(code)).await
}

/// Makes a recovery code, in place of an older one. It is shown this once.
#[tauri::command]
#[specta::specta]
pub async fn make_recovery_code(host: State<'_, Host>) -> Reply<String> {
    host.ask(|engine| engine.make_recovery_code()).await
}
