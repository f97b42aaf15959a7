//! Backups, restoring one, and how long mail is kept.

use crate::events;
use crate::host::Host;
use crate::ui_error::Reply;
use epistle_engine::account::{self, BackupAsk};
use epistle_engine::api::{BackupHead, BackupKeys, BackupProgress, BackupReport, RestoreReport, Retention};
use epistle_engine::secrets::Secret;
use std::path::PathBuf;
use tauri::ipc::Channel;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;
use tokio::sync::oneshot;

/// Lets the person choose where a backup goes (the system asks before a file is replaced), or which one to restore.
#[tauri::command]
#[specta::specta]
pub async fn choose_backup(app: AppHandle, name: Option<String>) -> Reply<Option<PathBuf>> {
    let (answer, asked) = oneshot::channel();
    let dialog = app.dialog().file();
    match name {
        Some(name) => {
            dialog.set_title("Make a backup").set_file_name(name).save_file(|chosen| drop(answer.send(chosen)))
        }
        None => dialog.set_title("Choose a backup").pick_file(|chosen| drop(answer.send(chosen))),
    }
    Ok(asked.await.ok().flatten().and_then(|path| path.into_path().ok()))
}

#[tauri::command]
#[specta::specta]
pub async fn backup_keys(host: State<'_, Host>) -> Reply<BackupKeys> {
    host.ask(|engine| engine.backup_keys()).await
}

#[tauri::command]
#[specta::specta]
pub async fn last_backup(host: State<'_, Host>) -> Reply<Option<BackupReport>> {
    host.ask(|engine| engine.last_backup()).await
}

#[tauri::command]
#[specta::specta]
pub async fn back_up(
    host: State<'_, Host>,
    job: String,
    file: PathBuf,
    passphrase: Option<String>,
    on_progress: Channel<BackupProgress>,
) -> Reply<BackupReport> {
    let stop = host.begin_job(&job);
    let ask = BackupAsk { file, passphrase: passphrase.map(Secret::new), replace: true };
    let report = host.ask(move |engine| engine.back_up(&ask, &mut |at| drop(on_progress.send(*at)), &stop)).await;
    host.end_job(&job);
    report
}

/// What a backup says of itself.
#[tauri::command]
#[specta::specta]
pub async fn read_backup(file: PathBuf) -> Reply<BackupHead> {
    crate::host::blocking(move || account::read_backup(&file)).await
}

/// Restores a backup in place of what is here, which is put aside. The person has said so.
#[tauri::command]
#[specta::specta]
pub async fn restore(
    app: AppHandle,
    host: State<'_, Host>,
    job: String,
    file: PathBuf,
    passphrase: String,
    on_progress: Channel<BackupProgress>,
) -> Reply<RestoreReport> {
    let report = host.restore(&app, &job, file, Secret::new(passphrase), move |at| drop(on_progress.send(at))).await;
    host.end_job(&job);
    events::tell_changed(&app);
    report
}

#[tauri::command]
#[specta::specta]
pub async fn retention_preview(host: State<'_, Host>, days: u32) -> Reply<Retention> {
    host.ask(move |engine| engine.retention_preview(days)).await
}

/// Takes away what is past the limit that is set.
#[tauri::command]
#[specta::specta]
pub async fn apply_retention(
    app: AppHandle,
    host: State<'_, Host>,
    job: String,
    on_progress: Channel<BackupProgress>,
) -> Reply<Retention> {
    let stop = host.begin_job(&job);
    let mut told = move |done, total| drop(on_progress.send(BackupProgress { done, total }));
    let gone = host.ask(move |engine| engine.apply_retention(true, &mut told, &stop)).await;
    host.end_job(&job);
    events::tell_changed(&app);
    gone
}
