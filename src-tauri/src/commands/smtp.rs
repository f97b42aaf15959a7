//! The mail server an account's mail leaves by: how it stands, setting it up, trying it. Each names its account, since the page shows
//! accounts other than the one at work.

use crate::events;
use crate::host::Host;
use crate::ui_error::Reply;
use epistle_engine::api::{SmtpCheck, SmtpSettings, SmtpState};
use epistle_engine::ids::AccountId;
use epistle_engine::secrets::Secret;
use tauri::{AppHandle, State};

#[tauri::command]
#[specta::specta]
pub async fn smtp_state(host: State<'_, Host>, account: AccountId) -> Reply<SmtpState> {
    host.ask(move |engine| engine.in_account(account)?.smtp_state()).await
}

#[tauri::command]
#[specta::specta]
pub async fn set_smtp(
    app: AppHandle,
    host: State<'_, Host>,
    account: AccountId,
    settings: SmtpSettings,
) -> Reply<SmtpState> {
    let state = host.ask(move |engine| engine.in_account(account)?.set_smtp(settings)).await?;
    events::tell_changed(&app);
    Ok(state)
}

/// Keeps the password for the server that is set up. It never comes back.
#[tauri::command]
#[specta::specta]
pub async fn set_smtp_password(host: State<'_, Host>, account: AccountId, password: String) -> Reply<SmtpState> {
    let password = Secret::new(password);
    host.ask(move |engine| engine.in_account(account)?.set_smtp_password(&password)).await
}

#[tauri::command]
#[specta::specta]
pub async fn forget_smtp_password(host: State<'_, Host>, account: AccountId) -> Reply<SmtpState> {
    host.ask(move |engine| engine.in_account(account)?.forget_smtp_password()).await
}

/// Connects to the server, signs in and leaves. Nothing is sent.
#[tauri::command]
#[specta::specta]
pub async fn try_smtp(host: State<'_, Host>, account: AccountId) -> Reply<SmtpCheck> {
    Ok(host.engine().await?.in_account(account)?.try_smtp().await?)
}
