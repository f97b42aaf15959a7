//! Writing: templates, the preview, and the letter as it comes.

use crate::host::Host;
use crate::ui_error::{Reply, UiError};
use epistle_engine::api::{ComposeEvent, ComposeRequest, Draft, Preview, Suggestion, SuggestionsRequest, Template};
use epistle_engine::ids::TemplateId;
use tauri::State;
use tauri::ipc::Channel;

#[tauri::command]
#[specta::specta]
pub async fn templates(host: State<'_, Host>) -> Reply<Vec<Template>> {
    host.ask(|engine| engine.templates()).await
}

#[tauri::command]
#[specta::specta]
pub async fn save_template(host: State<'_, Host>, template: Template) -> Reply<Template> {
    host.ask(move |engine| engine.save_template(template)).await
}

#[tauri::command]
#[specta::specta]
pub async fn delete_template(host: State<'_, Host>, id: TemplateId) -> Reply<()> {
    host.ask(move |engine| engine.delete_template(id)).await
}

#[tauri::command]
#[specta::specta]
pub async fn preview(host: State<'_, Host>, request: ComposeRequest) -> Reply<Preview> {
    host.ask(move |engine| engine.preview(&request)).await
}

/// What past mail suggests for the letter that is being written.
#[tauri::command]
#[specta::specta]
pub async fn suggestions(host: State<'_, Host>, request: SuggestionsRequest) -> Reply<Vec<Suggestion>> {
    host.ask(move |engine| engine.suggestions(&request)).await
}

/// Writes a letter, telling each step through the channel. `stop` with the same job name stops it.
#[tauri::command]
#[specta::specta]
pub async fn compose(
    host: State<'_, Host>,
    job: String,
    request: ComposeRequest,
    on_event: Channel<ComposeEvent>,
) -> Reply<Draft> {
    let engine = host.engine().await?;
    let stop = host.begin_job(&job);
    let tell = move |event| drop(on_event.send(event)); // a page that is gone does not stop a letter: it is in the drafts
    let written = tauri::async_runtime::spawn(async move { engine.compose(request, &tell, &stop).await }).await;
    host.end_job(&job);
    Ok(written.map_err(|broken| UiError::internal("writing", broken))??)
}
