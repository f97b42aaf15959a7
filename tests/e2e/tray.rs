//! The tray, seen from the panel's side: what its menu offers, what a click opens, and what closing the last window leaves.
#![allow(clippy::expect_used)] // a test that cannot set up its desk has failed

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use support::tray::Tray;
use support::window::{Desk, Page, binary, soon};

const LINE: &str = "What you want to say";

/// The app as a person starts it, without a driver.
struct App(Child);

impl App {
    fn start(desk: &Desk) -> Self {
        Self(desk.command(binary()).spawn().expect("the app starts"))
    }

    fn runs(&mut self) -> bool {
        self.0.try_wait().expect("its state").is_none()
    }

    async fn ends(&mut self) {
        soon("the app to end", async || (!self.runs()).then_some(())).await;
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn the_tray_opens_quick_compose_and_the_window_and_quits() {
    let desk = Desk::new(1280, 900);
    let tray = Tray::new(desk.bus_address()).await;
    let mut app = App::start(&desk);
    desk.shows("Epistle").await;
    let menu = soon("the tray's menu", async || tray.menu().await.filter(|menu| !menu.is_empty())).await;
    let labels: Vec<_> = menu.iter().map(|(_, label)| label.as_str()).collect();
    assert_eq!(labels, ["Quick compose", "Open Epistle", "Quit"]);

    press_shortcut(&desk).await; // the store is open now
    desk.press_close("Quick compose");
    desk.hides("Quick compose").await;
    tray.click("Quick compose").await;
    desk.shows("Quick compose").await;
    desk.press_close("Quick compose");
    desk.hides("Quick compose").await;
    desk.press_close("Epistle");
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(!desk.visible("Epistle").is_empty(), "the first time it stays, to say where it will go");
    desk.press_close("Epistle");
    desk.hides("Epistle").await;
    assert!(app.runs(), "the last window closed leaves the tray");
    tray.click("Open Epistle").await;
    desk.shows("Epistle").await;
    tray.click("Quit").await;
    app.ends().await;
}

#[tokio::test]
async fn the_shortcut_opens_quick_compose_from_anywhere() {
    let desk = Desk::new(1280, 900);
    let _app = App::start(&desk);
    desk.shows("Epistle").await;
    press_shortcut(&desk).await;
}

/// Presses quick compose's shortcut until it is heard: as soon as the store is open and the settings are read.
async fn press_shortcut(desk: &Desk) {
    soon("quick compose", async || {
        desk.xdotool(&["key", "ctrl+shift+e"]);
        (!desk.visible("Quick compose").is_empty()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn quick_compose_opens_with_the_caret_ready_by_its_shortcut_and_from_the_tray() {
    let desk = Desk::new(1280, 900);
    let tray = Tray::new(desk.bus_address()).await;
    let page = desk.open().await;
    page.see("textbox", LINE).await;
    press_shortcut(&desk).await;
    types_at_once(&desk, &page, "ask otto about the heron").await;
    desk.xdotool(&["key", "Escape"]);
    desk.hides("Quick compose").await;

    tray.click("Quick compose").await;
    desk.shows("Quick compose").await;
    types_at_once(&desk, &page, "tell wilma that the kite is mended").await;
    page.close().await;
    let drafts = desk.engine().drafts().expect("the drafts");
    assert_eq!(drafts.len(), 2, "each line is a draft of its own, kept when quick compose is left: {drafts:?}");
}

/// The keyboard writes into the line with nothing clicked first. (There is no window manager here: giving the focus is its part.)
async fn types_at_once(desk: &Desk, page: &Page, words: &str) {
    let window = desk.visible("Quick compose").pop().expect("quick compose is shown");
    desk.xdotool(&["windowfocus", "--sync", &window]);
    page.turn_to("quick.html").await;
    soon("the caret in the line", async || {
        let there = page.script("return document.activeElement?.getAttribute('aria-label') ?? '';", vec![]).await;
        (there == LINE && page.text("textbox", LINE).await.is_empty()).then_some(())
    })
    .await;
    desk.xdotool(&["type", "--delay", "12", words]);
    soon("the words in the line", async || (page.text("textbox", LINE).await == words).then_some(())).await;
}

#[tokio::test]
async fn closing_the_last_window_says_once_that_the_tray_is_left() {
    let desk = Desk::new(1280, 900);
    let tray = Tray::new(desk.bus_address()).await;
    let page = desk.open().await;
    page.see("textbox", LINE).await;
    desk.press_close("Epistle");
    page.see("dialog", "Epistle stays in the tray").await;
    page.click("button", "Close the window").await;
    desk.hides("Epistle").await;
    tray.click("Open Epistle").await;
    desk.shows("Epistle").await;
    desk.press_close("Epistle");
    desk.hides("Epistle").await;
    page.close().await;

    let page = desk.open().await;
    page.see("textbox", LINE).await;
    desk.press_close("Epistle");
    desk.hides("Epistle").await;
    page.close().await;
}

#[tokio::test]
async fn without_the_trays_library_the_app_goes_on_and_says_so_once() {
    let desk = Desk::new(1280, 900);
    let _tray = Tray::new(desk.bus_address()).await;
    let broken = tempfile::tempdir().expect("a folder");
    for name in ["libayatana-appindicator3", "libappindicator3"] {
        for end in [".so.1", ".so"] {
            std::fs::write(broken.path().join(format!("{name}{end}")), "no library").expect("a file");
        }
    }
    let mut command = desk.command(binary());
    let mut app = App(command.env("LD_LIBRARY_PATH", broken.path()).stderr(Stdio::piped()).spawn().expect("it starts"));
    desk.shows("Epistle").await;
    press_shortcut(&desk).await;
    desk.press_close("Quick compose");
    desk.hides("Quick compose").await;
    desk.press_close("Epistle");
    app.ends().await; // with no icon to come back by, the last window ends the app
    let mut said = String::new();
    app.0.stderr.take().expect("its words").read_to_string(&mut said).expect("its words");
    assert_eq!(said.matches("no tray icon").count(), 1, "{said}");
    assert!(!said.contains("panicked"), "{said}");
}

#[tokio::test]
async fn without_a_tray_the_app_opens_and_closing_its_window_ends_it() {
    let desk = Desk::new(1280, 900);
    let mut app = App::start(&desk);
    desk.shows("Epistle").await;
    desk.press_close("Epistle");
    app.ends().await;
}

#[tokio::test]
async fn a_second_start_shows_the_first_ones_window() {
    let desk = Desk::new(1280, 900);
    let _tray = Tray::new(desk.bus_address()).await;
    let mut app = App::start(&desk);
    desk.shows("Epistle").await;
    let mut second = App::start(&desk);
    second.ends().await;
    assert!(app.runs(), "the first one goes on");
    let mut quick = App(desk.command(binary()).arg("--quick").spawn().expect("the app starts"));
    quick.ends().await;
    desk.shows("Quick compose").await;
}

#[tokio::test]
async fn without_a_display_it_says_so_and_does_not_crash() {
    let output = Command::new(binary()).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").output();
    let output =
        tokio::time::timeout(Duration::from_secs(5), async { output }).await.expect("at once").expect("it starts");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("no display"), "{said}");
}
