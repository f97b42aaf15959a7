//! The two windows: the main one, and quick compose, made when first asked for and then hidden, never destroyed.

use crate::events::{ClosingToTray, OpenDraft, QuickShown, tell_changed};
use crate::host::Host;
use crate::mail_watch;
use crate::tray;
use epistle_engine::account;
use epistle_engine::ids::DraftId;
use std::sync::atomic::{AtomicBool, Ordering};
use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder, Window, WindowEvent, Wry};
use tauri_plugin_window_state::StateFlags;
use tauri_specta::Event;

const MAIN: &str = "main";
const QUICK: &str = "quick";

/// Whether a start asks for quick compose (`epistle --quick`, for desktops where a program cannot have a shortcut of its own).
pub fn asked_for_quick(arguments: impl IntoIterator<Item = String>) -> bool {
    arguments.into_iter().skip(1).any(|argument| argument == "--quick")
}

/// Whether a window can be shown at all: on Linux the toolkit panics where there is no display.
pub fn there_is_a_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// Where the main window was and how large, kept in the data folder.
pub fn remember_places() -> tauri::plugin::TauriPlugin<Wry> {
    tauri_plugin_window_state::Builder::new()
        .with_filename(account::default_home().join("window.json").to_string_lossy())
        .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED)
        .with_denylist(&[QUICK])
        .build()
}

/// Shows the main window, making it if it is not there.
pub fn show_main(app: &AppHandle) {
    let shown = match app.get_webview_window(MAIN) {
        Some(window) => window.show().and_then(|()| window.unminimize()).and_then(|()| window.set_focus()),
        None => make_main(app).map(drop),
    };
    report("main", shown);
}

/// Shows quick compose with the caret ready.
pub fn show_quick(app: &AppHandle) {
    let shown = match app.get_webview_window(QUICK) {
        Some(window) => window.center().and_then(|()| window.show()).and_then(|()| window.set_focus()),
        None => make_quick(app).map(drop),
    };
    report("quick", shown.and_then(|()| QuickShown.emit_to(app, QUICK)));
}

/// Hides quick compose; its page forgets what it held when it is shown again.
pub fn hide_quick(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(QUICK) {
        report("quick", window.hide());
        tell_changed(app);
    }
}

/// Hides the main window into the tray, or closes it where there is none.
pub fn hide_main(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN) {
        let done = if tray::is_shown(app) { window.hide() } else { window.destroy() };
        report("main", done);
        mail_watch::seen(app, false);
    }
}

/// Opens a draft in the main window.
pub fn open_full(app: &AppHandle, draft: DraftId) {
    hide_quick(app);
    let was_there = app.get_webview_window(MAIN).is_some();
    if !was_there {
        app.state::<Host>().leave_draft(draft);
    }
    show_main(app);
    if was_there {
        report("main", OpenDraft { draft }.emit_to(app, MAIN));
    }
}

/// Closing the main window leaves the tray, which is said once; closing quick compose hides it.
pub fn on_event(window: &Window, event: &WindowEvent) {
    let app = window.app_handle();
    if let WindowEvent::Focused(true) = event {
        mail_watch::seen(app, true);
    }
    let WindowEvent::CloseRequested { api, .. } = event else { return };
    if window.label() == QUICK {
        api.prevent_close();
        hide_quick(app);
    } else if tray::is_shown(app) {
        api.prevent_close();
        if must_tell(app) {
            report("main", ClosingToTray.emit_to(app, MAIN));
        } else {
            hide_main(app);
        }
    } else {
        app.exit(0); // a hidden quick compose must not keep an app alive that nobody can reach
    }
}

/// Whether closing into the tray is still to be told. Where the store is closed nobody could remember it, and nothing is told; who closes
/// a second time while it is being told is not asked again.
fn must_tell(app: &AppHandle) -> bool {
    static TOLD: AtomicBool = AtomicBool::new(false);
    let engine = app.state::<Host>().engine_now();
    let untold = engine.and_then(|engine| engine.settings().ok()).is_some_and(|settings| !settings.told_about_tray);
    untold && !TOLD.swap(true, Ordering::Relaxed)
}

fn make_main(app: &AppHandle) -> tauri::Result<WebviewWindow> {
    private(WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into())))
        .title("Epistle")
        .inner_size(1180.0, 800.0)
        .min_inner_size(720.0, 520.0)
        .center()
        .build()
}

fn make_quick(app: &AppHandle) -> tauri::Result<WebviewWindow> {
    private(WebviewWindowBuilder::new(app, QUICK, WebviewUrl::App("quick.html".into())))
        .title("Quick compose")
        .inner_size(600.0, 420.0)
        .resizable(false)
        .decorations(false)
        .always_on_top(true)
        .skip_taskbar(true)
        .center()
        .focused(true)
        .build()
}

/// The page keeps nothing on the disk. WebDriver cannot reach such a page, so under it the page's folder is in the data folder,
/// where the tests that look for text in the clear find it too.
fn private<'a>(builder: WebviewWindowBuilder<'a, Wry, AppHandle>) -> WebviewWindowBuilder<'a, Wry, AppHandle> {
    if std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_some() {
        builder.data_directory(account::default_home().join("webview"))
    } else {
        builder.incognito(true)
    }
}

fn report(window: &str, done: tauri::Result<()>) {
    if let Err(error) = done {
        tracing::error!(%error, window, "a window did not do as asked");
    }
}

#[cfg(test)]
mod tests {
    use super::asked_for_quick;

    #[test]
    fn quick_compose_is_asked_for_by_name() {
        let start = |arguments: &[&str]| asked_for_quick(arguments.iter().map(|&argument| argument.to_owned()));
        assert!(start(&["epistle", "--quick"]));
        assert!(!start(&["--quick"]), "the program's own name is not an argument");
        assert!(!start(&["epistle"]));
    }
}
