//! Sending: what would leave, the person's own word to send it, and what becomes of it. Nothing is sent that was not shown and approved here.

use crate::host::Host;
use crate::ui_error::Reply;
use epistle_engine::api::{EmailAddress, OutboxId, OutboxItem, Outgoing, SendWhen};
use epistle_engine::ids::DraftId;
use tauri::State;

#[tauri::command]
#[specta::specta]
pub async fn outgoing(host: State<'_, Host>, draft: DraftId, from: Option<EmailAddress>) -> Reply<Outgoing> {
    host.ask(move |engine| engine.outgoing(draft, from.as_ref())).await
}

#[tauri::command]
#[specta::specta]
pub async fn queue(
    host: State<'_, Host>,
    draft: DraftId,
    approval: String,
    when: SendWhen,
    from: Option<EmailAddress>,
) -> Reply<OutboxItem> {
    host.ask(move |engine| engine.queue(draft, &approval, when, from.as_ref())).await
}

#[tauri::command]
#[specta::specta]
pub async fn outbox(host: State<'_, Host>) -> Reply<Vec<OutboxItem>> {
    host.ask(|engine| engine.outbox()).await
}

#[tauri::command]
#[specta::specta]
pub async fn undo(host: State<'_, Host>, id: OutboxId) -> Reply<OutboxItem> {
    host.ask(move |engine| engine.undo(id)).await
}

#[tauri::command]
#[specta::specta]
pub async fn retry(host: State<'_, Host>, id: OutboxId) -> Reply<OutboxItem> {
    host.ask(move |engine| engine.retry(id)).await
}

#[tauri::command]
#[specta::specta]
pub async fn settle_by_hand(host: State<'_, Host>, id: OutboxId, was_sent: bool) -> Reply<OutboxItem> {
    host.ask(move |engine| engine.settle_by_hand(id, was_sent)).await
}
