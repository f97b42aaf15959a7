//! Drafts, and the ways a letter leaves the app: as a file, or into the mail program.

use crate::host::Host;
use crate::ui_error::{Reply, UiError};
use epistle_engine::api::{DiffPiece, Draft, DraftEdit, DraftSummary, ReplyTo, Saved, Sender};
use epistle_engine::compose::{drafts as engine_drafts, files as engine_files};
use epistle_engine::error::Error;
use epistle_engine::ids::{DraftId, FileId, MessageId};
use std::path::PathBuf;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;
use tauri_plugin_opener::OpenerExt;
use tokio::sync::oneshot;

#[tauri::command]
#[specta::specta]
pub async fn drafts(host: State<'_, Host>) -> Reply<Vec<DraftSummary>> {
    host.ask(|engine| engine.drafts()).await
}

/// The draft to go on with when the window opens.
#[tauri::command]
#[specta::specta]
pub async fn draft_at_hand(host: State<'_, Host>) -> Reply<Option<DraftId>> {
    host.ask(|engine| engine.draft_at_hand()).await
}

#[tauri::command]
#[specta::specta]
pub async fn draft(host: State<'_, Host>, id: DraftId) -> Reply<Draft> {
    host.ask(move |engine| engine.draft(id)).await
}

#[tauri::command]
#[specta::specta]
pub async fn save_draft(host: State<'_, Host>, edit: DraftEdit) -> Reply<Saved> {
    host.ask(move |engine| engine.save_draft(&edit)).await
}

#[tauri::command]
#[specta::specta]
pub async fn keep_revision(host: State<'_, Host>, id: DraftId) -> Reply<Draft> {
    host.ask(move |engine| engine.keep_revision(id)).await
}

/// Says which version of a draft stands that was changed here and in Gmail.
#[tauri::command]
#[specta::specta]
pub async fn settle_elsewhere(host: State<'_, Host>, id: DraftId, take_theirs: bool) -> Reply<Draft> {
    host.ask(move |engine| engine.settle_elsewhere(id, take_theirs)).await
}

#[tauri::command]
#[specta::specta]
pub async fn delete_draft(host: State<'_, Host>, id: DraftId) -> Reply<()> {
    host.ask(move |engine| engine.delete_draft(id)).await
}

/// Lets the person choose files to go with a draft; the draft with them, and as it is where they choose none.
#[tauri::command]
#[specta::specta]
pub async fn attach(app: AppHandle, host: State<'_, Host>, id: DraftId, inline: bool) -> Reply<Draft> {
    let (answer, asked) = oneshot::channel();
    let mut dialog = app.dialog().file().set_title(if inline { "Choose an image" } else { "Choose files" });
    if inline {
        dialog = dialog.add_filter("Image", &["png", "jpg", "jpeg", "gif", "webp"]);
    }
    dialog.pick_files(|chosen| drop(answer.send(chosen)));
    let chosen = asked.await.ok().flatten().unwrap_or_default();
    host.ask(move |engine| {
        for path in chosen.into_iter().filter_map(|path| path.into_path().ok()) {
            engine.attach_path(id, &path, inline)?;
        }
        engine.draft(id)
    })
    .await
}

/// The same with files that were dropped on the letter.
#[tauri::command]
#[specta::specta]
pub async fn attach_paths(host: State<'_, Host>, id: DraftId, paths: Vec<PathBuf>) -> Reply<Draft> {
    host.ask(move |engine| {
        for path in paths {
            engine.attach_path(id, &path, false)?;
        }
        engine.draft(id)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn detach(host: State<'_, Host>, id: DraftId, file: FileId) -> Reply<Draft> {
    host.ask(move |engine| engine.detach(id, file)).await
}

/// The most all files of a letter may weigh together, in bytes.
#[tauri::command]
#[specta::specta]
pub async fn attachment_limit() -> Reply<u64> {
    Ok(engine_files::attachment_limit()?)
}

/// Whom an answer goes to, and from which address.
#[tauri::command]
#[specta::specta]
pub async fn reply_to(host: State<'_, Host>, message: MessageId, all: bool) -> Reply<ReplyTo> {
    host.ask(move |engine| engine.reply_to(message, all)).await
}

/// The addresses to write from.
#[tauri::command]
#[specta::specta]
pub async fn senders(host: State<'_, Host>) -> Reply<Vec<Sender>> {
    host.ask(|engine| engine.senders()).await
}

/// Asks the provider again which addresses those are.
#[tauri::command]
#[specta::specta]
pub async fn refresh_senders(host: State<'_, Host>) -> Reply<Vec<Sender>> {
    Ok(host.engine().await?.refresh_senders().await?)
}

/// A draft that hands a message on, with its files.
#[tauri::command]
#[specta::specta]
pub async fn forward(host: State<'_, Host>, message: MessageId) -> Reply<DraftId> {
    Ok(host.engine().await?.forward(message).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn diff(before: String, after: String) -> Reply<Vec<DiffPiece>> {
    crate::host::blocking(move || Ok(engine_drafts::diff(&before, &after))).await
}

/// Saves the draft as a message file where the person says; `None` when they say nowhere.
#[tauri::command]
#[specta::specta]
pub async fn export_eml(app: AppHandle, host: State<'_, Host>, id: DraftId) -> Reply<Option<PathBuf>> {
    let (subject, message) = host.ask(move |engine| Ok((engine.draft(id)?.subject, engine.export_eml(id)?))).await?;
    let (answer, asked) = oneshot::channel();
    let dialog = app
        .dialog()
        .file()
        .set_title("Save the letter")
        .add_filter("Message", &["eml"])
        .set_file_name(file_name(&subject));
    dialog.save_file(|path| drop(answer.send(path)));
    let Some(path) = asked.await.ok().flatten().and_then(|path| path.into_path().ok()) else { return Ok(None) };
    tokio::fs::write(&path, message).await.map_err(|e| Error::io("write", &path, e))?;
    Ok(Some(path))
}

/// Opens the draft in the system's mail program.
#[tauri::command]
#[specta::specta]
pub async fn open_in_mail_program(app: AppHandle, host: State<'_, Host>, id: DraftId) -> Reply<()> {
    let address = host.ask(move |engine| engine.mailto(id)).await?;
    app.opener().open_url(address, None::<&str>).map_err(|e| UiError::internal("opening the mail program", e))
}

/// A subject as a file name that every system takes.
fn file_name(subject: &str) -> String {
    let kept: String =
        subject.chars().map(|c| if c.is_alphanumeric() || " -_,'".contains(c) { c } else { ' ' }).take(60).collect();
    let name = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() { "letter.eml".into() } else { format!("{name}.eml") }
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_subject_becomes_a_file_name_every_system_takes() {
        for (subject, name) in [
            ("Re: Proposal, second round", "Re Proposal, second round.eml"),
            ("", "letter.eml"),
            ("../../etc/passwd", "etc passwd.eml"),
            ("???", "letter.eml"),
            ("Größe\u{0}\n", "Größe.eml"),
        ] {
            assert_eq!(file_name(subject), name);
        }
        assert!(file_name(&"a".repeat(500)).len() < 70);
    }
}
