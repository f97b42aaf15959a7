//! What Epistle has learned: read, changed and forgotten by the person, and learned from a letter they let go.

use crate::host::Host;
use crate::ui_error::Reply;
use epistle_engine::api::{Lesson, LessonEdit, LessonShown};
use epistle_engine::ids::{DraftId, LessonId};
use tauri::State;

#[tauri::command]
#[specta::specta]
pub async fn lessons(host: State<'_, Host>) -> Reply<Vec<Lesson>> {
    host.ask(|engine| engine.lessons()).await
}

#[tauri::command]
#[specta::specta]
pub async fn lesson(host: State<'_, Host>, id: LessonId) -> Reply<LessonShown> {
    host.ask(move |engine| engine.lesson(id)).await
}

/// Learns from a letter that was queued or saved, and says what counts from now on.
#[tauri::command]
#[specta::specta]
pub async fn learn_from(host: State<'_, Host>, draft: DraftId) -> Reply<Vec<Lesson>> {
    host.ask(move |engine| engine.learn_from(draft)).await
}

#[tauri::command]
#[specta::specta]
pub async fn edit_lesson(host: State<'_, Host>, id: LessonId, edit: LessonEdit) -> Reply<Lesson> {
    host.ask(move |engine| engine.edit_lesson(id, &edit)).await
}

#[tauri::command]
#[specta::specta]
pub async fn switch_lesson(host: State<'_, Host>, id: LessonId, on: bool) -> Reply<Lesson> {
    host.ask(move |engine| engine.switch_lesson(id, on)).await
}

#[tauri::command]
#[specta::specta]
pub async fn forget_lesson(host: State<'_, Host>, id: LessonId) -> Reply<()> {
    host.ask(move |engine| engine.forget_lesson(id)).await
}

#[tauri::command]
#[specta::specta]
pub async fn forget_all_lessons(host: State<'_, Host>) -> Reply<u32> {
    host.ask(|engine| engine.forget_all_lessons()).await
}
