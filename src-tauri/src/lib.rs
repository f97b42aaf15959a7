//! The desktop door: a window, a tray and a shortcut over the engine. It parses, asks the engine and maps; it decides nothing about mail.
//! In the order of a start: [`run`] builds the app, `host` opens the engine beside it, `windows` shows the window, `tray` and `shortcut`
//! keep quick compose at hand, `commands` answer the page, and `events` tell it what it did not ask.

mod again;
mod commands;
mod embedding_worker;
mod events;
mod host;
mod mail_watch;
mod outbox_worker;
mod shortcut;
mod tray;
mod ui_error;
mod windows;

use std::process::ExitCode;
use tauri::{App, AppHandle, Manager, RunEvent, Wry};

/// Opens the window and runs until the person leaves.
#[must_use]
pub fn run() -> ExitCode {
    if !windows::there_is_a_display() {
        complain("there is no display here; `epistle --help` tells what the command line can do");
        return ExitCode::FAILURE;
    }
    log();
    let bindings = commands::bindings();
    let built = tauri::Builder::default()
        .plugin(single_instance())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(windows::remember_places())
        .invoke_handler(bindings.invoke_handler())
        .on_window_event(windows::on_event)
        .setup(move |app| {
            bindings.mount_events(app);
            set_up(app)
        })
        .build(context());
    match built {
        Ok(app) => {
            app.run(on_run_event);
            ExitCode::SUCCESS
        }
        Err(tauri::Error::PluginInitialization(plugin, _)) if plugin == "single-instance" && again::may_begin() => {
            again::begin()
        }
        Err(error) => {
            complain(&format!("the window cannot be opened: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn set_up(app: &mut App) -> Result<(), Box<dyn std::error::Error>> {
    app.manage(mail_watch::Seen::default());
    host::start(app.handle());
    tray::set_up(app.handle());
    if windows::asked_for_quick(std::env::args()) {
        windows::show_quick(app.handle());
    } else {
        windows::show_main(app.handle());
    }
    Ok(())
}

/// A second start shows the first one's window. On Linux "the first" is counted per data folder; elsewhere per user, and there a second
/// data folder's owner is kept apart by the store's own lock.
fn single_instance() -> tauri::plugin::TauriPlugin<Wry> {
    tauri_plugin_single_instance::Builder::new()
        .dbus_id(host::bus_name())
        .callback(|app: &AppHandle, arguments, _folder| {
            if windows::asked_for_quick(arguments) {
                windows::show_quick(app);
            } else {
                windows::show_main(app);
            }
        })
        .build()
}

/// The app outlives its last window only where a tray can bring it back; when it ends, the store is closed first.
fn on_run_event(app: &AppHandle, event: RunEvent) {
    match event {
        RunEvent::ExitRequested { code: None, api, .. } if tray::is_shown(app) => api.prevent_exit(),
        RunEvent::Exit => app.state::<host::Host>().close(),
        _ => {}
    }
}

#[allow(clippy::disallowed_methods)] // the macro's own code ends the process where a page's integrity pattern is broken
fn context() -> tauri::Context<Wry> {
    tauri::generate_context!("tauri.conf.json")
}

/// Says why there is no window where a person who started it in a terminal reads it.
fn complain(why: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "epistle: {why}");
}

/// Logs go to stderr, and only when `EPISTLE_LOG` asks for them.
fn log() {
    if let Ok(filter) = tracing_subscriber::EnvFilter::try_from_env("EPISTLE_LOG") {
        let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    }
}
