//! The state of the house: is it open, what is set up, settings, keys, models.

use crate::host::Host;
use crate::ui_error::{Reply, UiError};
use crate::{events, shortcut, tray};
use epistle_engine::api::{DoctorReport, KeyState, ModelInfo, Provider, Settings, Status};
use epistle_engine::ids::DraftId;
use epistle_engine::secrets::Secret;
use serde::Serialize;
use tauri::{AppHandle, Manager, State};

/// How the app is, as a window that opens needs to know it.
#[derive(Debug, Serialize, specta::Type)]
pub struct AppState {
    /// Why the store is not open; `None`: it is.
    pub locked: Option<UiError>,
    /// Whether closing the last window leaves a tray icon.
    pub tray: bool,
    /// Whether the quick-compose shortcut in the settings is heard.
    pub shortcut: bool,
    /// The draft the main window was opened for. It is told once.
    pub open_draft: Option<DraftId>,
}

/// How the app is. Waits until the store is open or cannot be opened; asked again, it tries again.
#[tauri::command]
#[specta::specta]
pub async fn state(app: AppHandle, host: State<'_, Host>, window: tauri::Window) -> Reply<AppState> {
    let locked = host.locked(&app).await;
    let open_draft = (window.label() == "main").then(|| host.take_draft()).flatten();
    let tray = crate::host::blocking({
        let app = app.clone();
        move || Ok(tray::is_shown(&app))
    });
    Ok(AppState { locked, tray: tray.await?, shortcut: shortcut::is_heard(&app), open_draft })
}

#[tauri::command]
#[specta::specta]
pub async fn unlock(app: AppHandle, host: State<'_, Host>, passphrase: String) -> Reply<()> {
    host.unlock(app, Secret::new(passphrase)).await
}

#[tauri::command]
#[specta::specta]
pub async fn status(host: State<'_, Host>) -> Reply<Status> {
    host.ask(|engine| engine.status()).await
}

#[tauri::command]
#[specta::specta]
pub async fn doctor(host: State<'_, Host>) -> Reply<DoctorReport> {
    host.ask(|engine| engine.doctor()).await
}

#[tauri::command]
#[specta::specta]
pub async fn settings(host: State<'_, Host>) -> Reply<Settings> {
    host.ask(|engine| engine.settings()).await
}

#[tauri::command]
#[specta::specta]
pub async fn set_settings(app: AppHandle, host: State<'_, Host>, settings: Settings) -> Reply<Settings> {
    host.ask(move |engine| {
        let before = engine.settings()?.quick_shortcut;
        let settings = engine.set_settings(settings)?;
        if settings.quick_shortcut != before {
            shortcut::set(&app, &settings.quick_shortcut);
        }
        app.state::<Host>().idle_after(settings.lock_minutes);
        events::tell_changed(&app);
        Ok(settings)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn set_key(host: State<'_, Host>, provider: Provider, key: String) -> Reply<()> {
    let key = Secret::new(key);
    host.ask(move |engine| engine.set_key(provider, key)).await
}

#[tauri::command]
#[specta::specta]
pub async fn forget_key(host: State<'_, Host>, provider: Provider) -> Reply<()> {
    host.ask(move |engine| engine.forget_key(provider)).await
}

#[tauri::command]
#[specta::specta]
pub async fn keys(host: State<'_, Host>) -> Reply<Vec<KeyState>> {
    host.ask(|engine| engine.keys()).await
}

#[tauri::command]
#[specta::specta]
pub async fn models(host: State<'_, Host>, provider: Provider) -> Reply<Vec<ModelInfo>> {
    Ok(host.engine().await?.models(provider).await?)
}
