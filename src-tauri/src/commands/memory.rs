//! The memory as a window sees it: how far it is, and the models that read the mail.

use crate::embedding_worker;
use crate::events;
use crate::host::Host;
use crate::ui_error::Reply;
use epistle_engine::api::{DownloadProgress, EmbeddingModel, MemoryState, ModelOffer};
use tauri::ipc::Channel;
use tauri::{AppHandle, State};

#[tauri::command]
#[specta::specta]
pub async fn memory_state(host: State<'_, Host>) -> Reply<MemoryState> {
    host.ask(|engine| engine.memory_state()).await
}

#[tauri::command]
#[specta::specta]
pub async fn embedding_models(host: State<'_, Host>) -> Reply<Vec<EmbeddingModel>> {
    host.ask(|engine| engine.embedding_models()).await
}

#[tauri::command]
#[specta::specta]
pub async fn model_offer(host: State<'_, Host>, model: String) -> Reply<ModelOffer> {
    Ok(host.engine().await?.model_offer(&model).await?)
}

/// Downloads a model; `stop` with the same job stops it, and another call goes on from there.
#[tauri::command]
#[specta::specta]
pub async fn download_model(
    host: State<'_, Host>,
    job: String,
    model: String,
    on_progress: Channel<DownloadProgress>,
) -> Reply<()> {
    let engine = host.engine().await?;
    let stop = host.begin_job(&job);
    let done = engine.download_model(&model, &mut |progress| drop(on_progress.send(progress)), &stop).await;
    host.end_job(&job);
    Ok(done?)
}

#[tauri::command]
#[specta::specta]
pub async fn use_model(app: AppHandle, host: State<'_, Host>, model: String) -> Reply<MemoryState> {
    host.ask(move |engine| {
        engine.use_model(&model)?;
        events::tell_changed(&app);
        embedding_worker::told(&app, engine);
        engine.memory_state()
    })
    .await
}
