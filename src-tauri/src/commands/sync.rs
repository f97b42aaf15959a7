//! The sync as a window sees it: how far it is, pausing and going on, and what is fetched when it is wanted.

use crate::host::Host;
use crate::mail_watch;
use crate::ui_error::Reply;
use epistle_engine::api::{SearchHit, SyncState};
use epistle_engine::error::Error;
use epistle_engine::ids::MessageId;
use std::path::PathBuf;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;
use tokio::sync::oneshot;

#[tauri::command]
#[specta::specta]
pub async fn sync_state(host: State<'_, Host>) -> Reply<SyncState> {
    host.ask(|engine| engine.sync_state()).await
}

/// Looks for mail now, and goes on where it was paused.
#[tauri::command]
#[specta::specta]
pub async fn sync_now(app: AppHandle, host: State<'_, Host>) -> Reply<SyncState> {
    let engine = host.engine().await?;
    mail_watch::attend(&app, &engine);
    host.ask(|engine| engine.pause_sync(false).and_then(|()| engine.sync_state())).await
}

#[tauri::command]
#[specta::specta]
pub async fn pause_sync(host: State<'_, Host>) -> Reply<SyncState> {
    host.ask(|engine| engine.pause_sync(true).and_then(|()| engine.sync_state())).await
}

#[tauri::command]
#[specta::specta]
pub async fn search_server(host: State<'_, Host>, query: String, limit: u32) -> Reply<Vec<SearchHit>> {
    Ok(host.engine().await?.search_server(&query, limit).await?)
}

/// Saves an attachment where the person says; `None` when they say nowhere.
#[tauri::command]
#[specta::specta]
pub async fn save_attachment(
    app: AppHandle,
    host: State<'_, Host>,
    message: MessageId,
    number: u32,
) -> Reply<Option<PathBuf>> {
    let engine = host.engine().await?;
    let attachments = host.ask(move |engine| Ok(engine.message(message)?.attachments)).await?;
    let name = attachments.get(number as usize).map(|file| file_name(&file.name));
    let name = name.ok_or_else(|| Error::not_found("attachment", number))?;
    let bytes = engine.attachment(message, number).await?;
    let (answer, asked) = oneshot::channel();
    let dialog = app.dialog().file().set_title("Save the attachment").set_file_name(name);
    dialog.save_file(|path| drop(answer.send(path)));
    let Some(path) = asked.await.ok().flatten().and_then(|path| path.into_path().ok()) else { return Ok(None) };
    tokio::fs::write(&path, bytes).await.map_err(|e| Error::io("write", &path, e))?;
    Ok(Some(path))
}

/// A name from mail as a file name that every system takes; never a path.
fn file_name(given: &str) -> String {
    let kept: String =
        given.chars().map(|c| if c.is_alphanumeric() || " -_,'().".contains(c) { c } else { ' ' }).collect();
    let words = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = words.trim_matches(['.', ' ']);
    let start = name.char_indices().rev().nth(79).map_or(0, |(at, _)| at);
    if name.is_empty() { "attachment".into() } else { name[start..].to_owned() }
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_name_from_mail_is_a_name_and_no_path() {
        for (given, name) in [
            ("figures.pdf", "figures.pdf"),
            ("../../.bashrc", "bashrc"),
            ("C:\\Windows\\a.exe", "C Windows a.exe"),
            ("", "attachment"),
            ("...", "attachment"),
            ("Größe\u{202e}fdp.exe\n", "Größe fdp.exe"),
        ] {
            assert_eq!(file_name(given), name);
        }
        let long = file_name(&format!("{}.pdf", "a".repeat(500)));
        assert!(long.chars().count() == 80 && long.ends_with(".pdf"), "{long}");
    }
}
