//! The tray icon: Quick compose, Open, Quit. A desktop without a tray, or a machine without its library, gets an app without one.

use crate::{complain, windows};
use std::panic::{AssertUnwindSafe, catch_unwind};
use tauri::image::Image;
use tauri::menu::{Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Manager};

/// The tray icon, kept for as long as the app runs.
struct Tray {
    _icon: TrayIcon,
}

/// Puts the icon into the tray where that can be done.
pub fn set_up(app: &AppHandle) {
    match quietly(|| build(app)) {
        Some(Ok(icon)) => {
            app.manage(Tray { _icon: icon });
        }
        Some(Err(error)) => complain(&format!("no tray icon ({error}); Epistle goes on without it")),
        None => complain("no tray icon: its library (libayatana-appindicator3) is missing; Epistle goes on without it"),
    }
}

/// The library is loaded when first used, and what loads it panics where it is missing: that is told in our own words.
fn quietly<R>(build: impl FnOnce() -> R) -> Option<R> {
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let built = catch_unwind(AssertUnwindSafe(build));
    std::panic::set_hook(told);
    built.ok()
}

/// Whether the icon is in a tray that somebody shows: without one, closing the last window must end the app.
pub fn is_shown(app: &AppHandle) -> bool {
    app.try_state::<Tray>().is_some() && somebody_shows_it()
}

fn build(app: &AppHandle) -> tauri::Result<TrayIcon> {
    let menu = Menu::with_items(
        app,
        &[
            &MenuItem::with_id(app, "quick", "Quick compose", true, None::<&str>)?,
            &MenuItem::with_id(app, "open", "Open Epistle", true, None::<&str>)?,
            &PredefinedMenuItem::separator(app)?,
            &MenuItem::with_id(app, "quit", "Quit", true, None::<&str>)?,
        ],
    )?;
    TrayIconBuilder::with_id("epistle")
        .icon(icon()?)
        .icon_as_template(cfg!(target_os = "macos"))
        .tooltip("Epistle")
        .menu(&menu)
        .on_menu_event(|app, event| match event.id().as_ref() {
            "quick" => windows::show_quick(app),
            "open" => windows::show_main(app),
            "quit" => app.exit(0),
            _ => {}
        })
        .build(app)
}

fn icon() -> tauri::Result<Image<'static>> {
    if cfg!(target_os = "macos") {
        Image::from_bytes(include_bytes!("../../icons/tray-template.png"))
    } else {
        Image::from_bytes(include_bytes!("../../icons/tray.png"))
    }
}

#[cfg(not(target_os = "linux"))]
fn somebody_shows_it() -> bool {
    true
}

/// On Linux a tray is a program that owns this name on the session bus; many desktops have none.
#[cfg(target_os = "linux")]
fn somebody_shows_it() -> bool {
    let ask = || -> zbus::Result<bool> {
        let bus = zbus::blocking::Connection::session()?;
        let bus = zbus::blocking::fdo::DBusProxy::new(&bus)?;
        let name = zbus::names::BusName::try_from("org.kde.StatusNotifierWatcher")?;
        Ok(bus.name_has_owner(name)?)
    };
    ask().unwrap_or(false)
}
