//! The global shortcut that opens quick compose. Where it cannot be had (Wayland, or taken by another program) the app goes on without.

use crate::windows;
use std::sync::atomic::{AtomicBool, Ordering};
use tauri::{AppHandle, Manager};
use tauri_plugin_global_shortcut::{GlobalShortcut, GlobalShortcutExt, ShortcutState};

/// Whether the shortcut in the settings is heard.
#[derive(Default)]
struct Heard(AtomicBool);

/// Listens to `wanted` in place of whatever was listened to; empty: to nothing.
pub fn set(app: &AppHandle, wanted: &str) {
    let heard = listen(app, wanted).unwrap_or_else(|error| {
        tracing::warn!(%error, "the quick-compose shortcut cannot be had");
        false
    });
    app.manage(Heard::default());
    app.state::<Heard>().0.store(heard, Ordering::Relaxed);
}

/// Whether the shortcut in the settings is heard.
pub fn is_heard(app: &AppHandle) -> bool {
    app.try_state::<Heard>().is_some_and(|heard| heard.0.load(Ordering::Relaxed))
}

fn listen(app: &AppHandle, wanted: &str) -> Result<bool, Box<dyn std::error::Error>> {
    if app.try_state::<GlobalShortcut<tauri::Wry>>().is_none() {
        app.plugin(tauri_plugin_global_shortcut::Builder::new().build())?;
    }
    app.global_shortcut().unregister_all()?;
    if wanted.is_empty() {
        return Ok(false);
    }
    app.global_shortcut().on_shortcut(wanted, |app, _, event| {
        if event.state == ShortcutState::Pressed {
            windows::show_quick(app);
        }
    })?;
    Ok(true)
}
