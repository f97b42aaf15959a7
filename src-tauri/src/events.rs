//! What the app tells the page unasked. Nothing here carries mail.

use epistle_engine::api::MemoryState;
use epistle_engine::api::OutboxId;
use epistle_engine::api::SyncState;
use epistle_engine::ids::AccountId;
use epistle_engine::ids::DraftId;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::AppHandle;
use tauri_specta::Event;

/// Quick compose was shown: put the caret in the line.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct QuickShown;

/// Show this draft in the main window. A window that was not there yet learns it from `state` instead.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct OpenDraft {
    /// Which.
    pub draft: DraftId,
}

/// Settings or mail changed, or quick compose was left: ask again for what is shown.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct Changed;

/// The main window is about to be closed into the tray for the first time: say so, once, and call `hide_main` when it was read.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct ClosingToTray;

/// Epistle locked: forget what is shown, and ask for the state again.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct Locked;

/// A message in the outbox changed: ask for the outbox again.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct OutboxChanged {
    /// Which.
    pub id: OutboxId,
    /// Whether it came to an end the person should be told of, wherever they are.
    pub tell: bool,
}

/// Mail, labels or drafts of an account changed: ask again for what is shown of it.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct MailChanged {
    /// Whose.
    pub account: AccountId,
}

/// An account's sync is this far.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct SyncChanged {
    /// Whose.
    pub account: AccountId,
    /// How it is.
    pub state: SyncState,
}

/// The memory of an account's mail is this far.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct MemoryChanged {
    /// Whose.
    pub account: AccountId,
    /// How it is.
    pub state: MemoryState,
}

/// Tells every window that something changed.
pub fn tell_changed(app: &AppHandle) {
    if let Err(error) = Changed.emit(app) {
        tracing::warn!(%error, "the windows were not told of a change");
    }
}
