//! Mail in, and mail found.

use crate::events;
use crate::host::Host;
use crate::ui_error::Reply;
use epistle_engine::api::{
    EmailAddress, ImagesAsk, ImportProgress, ImportReport, ImportSource, Label, LabelChange, LabelsChanged,
    MeCandidate, Message, MessageHtml, Person, Relabelled, SearchHit, SearchRequest, Thread, ThreadPage, ThreadsView,
    TraitCorrection, TraitKind, Voice, VoiceProfile,
};
use epistle_engine::ids::{MessageId, ThreadId};
use tauri::ipc::Channel;
use tauri::{AppHandle, State};

#[tauri::command]
#[specta::specta]
pub async fn import(
    app: AppHandle,
    host: State<'_, Host>,
    job: String,
    source: ImportSource,
    on_progress: Channel<ImportProgress>,
) -> Reply<ImportReport> {
    let stop = host.begin_job(&job);
    let report = host
        .ask(move |engine| engine.import(&source, &mut |progress| drop(on_progress.send(progress.clone())), &stop))
        .await;
    host.end_job(&job);
    events::tell_changed(&app);
    report
}

#[tauri::command]
#[specta::specta]
pub async fn me_candidates(host: State<'_, Host>) -> Reply<Vec<MeCandidate>> {
    host.ask(|engine| engine.me_candidates()).await
}

#[tauri::command]
#[specta::specta]
pub async fn threads(host: State<'_, Host>, shown: ThreadsView, from: u32, limit: u32) -> Reply<ThreadPage> {
    host.ask(move |engine| engine.threads(&shown, from, limit)).await
}

#[tauri::command]
#[specta::specta]
pub async fn labels(host: State<'_, Host>) -> Reply<Vec<Label>> {
    host.ask(|engine| engine.labels()).await
}

#[tauri::command]
#[specta::specta]
pub async fn change_labels(host: State<'_, Host>, threads: Vec<ThreadId>, change: LabelChange) -> Reply<LabelsChanged> {
    host.ask(move |engine| engine.change_labels(&threads, &change)).await
}

#[tauri::command]
#[specta::specta]
pub async fn relabel(host: State<'_, Host>, changes: Vec<Relabelled>) -> Reply<LabelsChanged> {
    host.ask(move |engine| engine.relabel(&changes)).await
}

#[tauri::command]
#[specta::specta]
pub async fn thread(host: State<'_, Host>, id: ThreadId) -> Reply<Thread> {
    host.ask(move |engine| engine.thread(id)).await
}

#[tauri::command]
#[specta::specta]
pub async fn message(host: State<'_, Host>, id: MessageId) -> Reply<Message> {
    host.ask(move |engine| engine.message(id)).await
}

/// A message as HTML for a frame without scripts; `None` where it has none.
#[tauri::command]
#[specta::specta]
pub async fn message_html(host: State<'_, Host>, id: MessageId, images: ImagesAsk) -> Reply<Option<MessageHtml>> {
    Ok(host.engine().await?.message_html(id, images).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn allow_images(host: State<'_, Host>, sender: EmailAddress) -> Reply<()> {
    host.ask(move |engine| engine.allow_images(&sender)).await
}

#[tauri::command]
#[specta::specta]
pub async fn forget_images(host: State<'_, Host>, sender: EmailAddress) -> Reply<()> {
    host.ask(move |engine| engine.forget_images(&sender)).await
}

#[tauri::command]
#[specta::specta]
pub async fn image_senders(host: State<'_, Host>) -> Reply<Vec<EmailAddress>> {
    host.ask(|engine| engine.image_senders()).await
}

#[tauri::command]
#[specta::specta]
pub async fn people(host: State<'_, Host>, prefix: String, limit: u32) -> Reply<Vec<Person>> {
    host.ask(move |engine| engine.people(&prefix, limit)).await
}

#[tauri::command]
#[specta::specta]
pub async fn search(host: State<'_, Host>, request: SearchRequest) -> Reply<Vec<SearchHit>> {
    host.ask(move |engine| engine.search(&request)).await
}

#[tauri::command]
#[specta::specta]
pub async fn voice(host: State<'_, Host>, to: Option<EmailAddress>) -> Reply<Voice> {
    host.ask(move |engine| engine.voice(to.as_ref())).await
}

#[tauri::command]
#[specta::specta]
pub async fn voice_profile(host: State<'_, Host>, to: Option<EmailAddress>) -> Reply<VoiceProfile> {
    host.ask(move |engine| engine.voice_profile(to.as_ref())).await
}

#[tauri::command]
#[specta::specta]
pub async fn correct_trait(host: State<'_, Host>, correction: TraitCorrection) -> Reply<VoiceProfile> {
    host.ask(move |engine| engine.correct_trait(&correction)).await
}

#[tauri::command]
#[specta::specta]
pub async fn switch_trait(
    host: State<'_, Host>,
    to: Option<EmailAddress>,
    kind: TraitKind,
    on: bool,
) -> Reply<VoiceProfile> {
    host.ask(move |engine| engine.switch_trait(to.as_ref(), kind, on)).await
}
