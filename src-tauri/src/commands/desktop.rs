//! What only a desktop has: file choosers, the clipboard, windows, and the stop switch of what runs.

use crate::host::Host;
use crate::ui_error::{Reply, UiError};
use crate::windows;
use epistle_engine::ids::DraftId;
use epistle_engine::mailbox::link_to_open;
use std::path::PathBuf;
use tauri::{AppHandle, State};
use tauri_plugin_clipboard_manager::ClipboardExt;
use tauri_plugin_dialog::DialogExt;
use tauri_plugin_opener::OpenerExt;
use tokio::sync::oneshot;

/// Lets the person choose mail files, or folders; an empty list when they choose nothing.
#[tauri::command]
#[specta::specta]
pub async fn choose_files(app: AppHandle, folders: bool) -> Reply<Vec<PathBuf>> {
    let (answer, asked) = oneshot::channel();
    let dialog = app.dialog().file().set_title("Choose mail");
    if folders {
        dialog.pick_folders(|chosen| drop(answer.send(chosen)));
    } else {
        dialog.pick_files(|chosen| drop(answer.send(chosen)));
    }
    let chosen = asked.await.ok().flatten().unwrap_or_default();
    Ok(chosen.into_iter().filter_map(|path| path.into_path().ok()).collect())
}

/// Stops a running `import` or `compose` by its job name.
#[tauri::command]
#[specta::specta]
pub async fn stop(host: State<'_, Host>, job: String) -> Reply<()> {
    host.stop_job(&job);
    Ok(())
}

#[tauri::command]
#[specta::specta]
pub async fn copy_text(app: AppHandle, text: String) -> Reply<()> {
    app.clipboard().write_text(text).map_err(|e| UiError::internal("copying", e))
}

/// Opens a letter's link in the browser, or in the mail program, after the person said so.
#[tauri::command]
#[specta::specta]
pub async fn open_link(app: AppHandle, address: String) -> Reply<()> {
    let address = link_to_open(&address)?;
    app.opener().open_url(address, None::<&str>).map_err(|e| UiError::internal("opening a link", e))
}

/// Opens a draft of quick compose in the main window.
#[tauri::command]
#[specta::specta]
pub async fn open_full(app: AppHandle, draft: DraftId) -> Reply<()> {
    windows::open_full(&app, draft);
    Ok(())
}

#[tauri::command]
#[specta::specta]
pub async fn hide_quick(app: AppHandle) -> Reply<()> {
    windows::hide_quick(&app);
    Ok(())
}

/// Closes the main window into the tray, after the page has said so, and remembers that it was said.
#[tauri::command]
#[specta::specta]
pub async fn hide_main(app: AppHandle, host: State<'_, Host>) -> Reply<()> {
    host.ask(|engine| {
        let settings = engine.settings()?;
        engine.set_settings(epistle_engine::api::Settings { told_about_tray: true, ..settings }).map(drop)
    })
    .await?;
    windows::hide_main(&app);
    Ok(())
}
