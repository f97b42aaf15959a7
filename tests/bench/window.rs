//! The window's cold start beside a hello-world Tauri window: from the process's start until a typed key stands in the picture, seen from
//! outside as a person sees it. Nothing in either app tells the time; both are started by turns, each time anew.

use epistle_engine::Engine;
use epistle_engine::api::{ImportSource, Person, Theme};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use support::window::Desk;
use tokio_util::sync::CancellationToken;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt, ImageFormat, InputFocus, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, MapState};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

const ROUNDS: usize = 15;
/// Where both windows have their first line: x, y, width, height, from the window's corner.
const LINE: (i16, i16, u16, u16) = (244, 30, 400, 26);
/// How often a key is pressed: not so often that answering the keys becomes the work.
const KEYS: Duration = Duration::from_millis(25);
const PATIENCE: Duration = Duration::from_secs(30);

/// Starts both by turns, and tells medians, p99 and the ratio.
pub fn cold_start() {
    let (Some(epistle), Some(hello)) = (built("epistle"), built("examples/hello")) else {
        println!("window cold start: not measured, the windows are not built (cargo xtask bench builds them)");
        return;
    };
    let desk = Desk::new(1280, 800);
    furnish(&desk.engine());
    let screen = Screen::of(&desk);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..=ROUNDS {
        ours.push(screen.time(&mut desk.command(&epistle), "Epistle"));
        theirs.push(screen.time(&mut desk.command(&hello), "Hello"));
    }
    // The first of each brings the programs and the web view's libraries into memory.
    let (ours, theirs) = (told(&mut ours[1..]), told(&mut theirs[1..]));
    println!(
        "window, start to a typed key seen, ms, {ROUNDS} starts each by turns: epistle p50 {:.0}, p99 {:.0}; hello world p50 {:.0}, p99 {:.0}; ratio {:.2}",
        ours.0,
        ours.1,
        theirs.0,
        theirs.1,
        ours.0 / theirs.0
    );
}

/// A program of the profile this was built in.
fn built(name: &str) -> Option<PathBuf> {
    let profile = if cfg!(debug_assertions) { "debug" } else { "release" };
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target").join(profile).join(name).canonicalize().ok()
}

/// Somebody's store: with mail in it, sealed by a passphrase.
fn furnish(engine: &Engine) {
    engine.import(&ImportSource::Sample, &mut |_| {}, &CancellationToken::new()).unwrap();
    let mut settings = engine.settings().unwrap();
    settings.me = vec![Person { name: None, address: "mara@example.com".parse().unwrap() }];
    settings.theme = Theme::Light;
    engine.set_settings(settings).unwrap();
}

/// Milliseconds: the median, and the 99th percentile.
fn told(times: &mut [f64]) -> (f64, f64) {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
    (at(0.50), at(0.99))
}

/// The desk's screen, its keyboard, and eyes.
struct Screen {
    x: RustConnection,
    root: u32,
    key: u8,
}

impl Screen {
    fn of(desk: &Desk) -> Self {
        let (x, screen) = x11rb::connect(Some(desk.display())).unwrap();
        let root = x.setup().roots[screen].root;
        let (first, last) = (x.setup().min_keycode, x.setup().max_keycode);
        let map = x.get_keyboard_mapping(first, last - first + 1).unwrap().reply().unwrap();
        let each = usize::from(map.keysyms_per_keycode);
        let key = map.keysyms.chunks(each).position(|symbols| symbols.contains(&u32::from(b'm'))).unwrap();
        Self { x, root, key: first + u8::try_from(key).unwrap() }
    }

    /// Milliseconds from a program's start until a key typed into its window is seen there.
    fn time(&self, command: &mut Command, title: &str) -> f64 {
        let start = Instant::now();
        let mut app = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let window = wait(start, || self.shown(title));
        let mut pressed = None;
        wait(start, || {
            if pressed.is_none_or(|at: Instant| at.elapsed() > KEYS) {
                let _ = self.x.set_input_focus(InputFocus::PARENT, window, x11rb::CURRENT_TIME);
                self.press();
                pressed = Some(Instant::now());
            }
            self.ink_in(window).then_some(())
        });
        let took = start.elapsed();
        end(&mut app);
        while self.shown(title).is_some() {
            std::thread::sleep(Duration::from_millis(10));
        }
        took.as_secs_f64() * 1_000.0
    }

    fn press(&self) {
        for kind in [KEY_PRESS_EVENT, KEY_RELEASE_EVENT] {
            let _ = self.x.xtest_fake_input(kind, self.key, x11rb::CURRENT_TIME, self.root, 0, 0, 0);
        }
        let _ = self.x.flush();
    }

    /// The shown window with this title. Without a window manager, windows stand directly on the screen.
    fn shown(&self, title: &str) -> Option<u32> {
        let windows = self.x.query_tree(self.root).ok()?.reply().ok()?.children;
        windows.into_iter().find(|&window| {
            let name = self.x.get_property(false, window, 39u32, 31u32, 0, 64).ok().and_then(|name| name.reply().ok());
            let named = name.is_some_and(|name| name.value == title.as_bytes());
            let state = self.x.get_window_attributes(window).ok().and_then(|window| window.reply().ok());
            named && state.is_some_and(|window| window.map_state == MapState::VIEWABLE)
        })
    }

    /// Whether something is written in the line: on light paper, in ink darker than the grey of what a line says while it is empty.
    fn ink_in(&self, window: u32) -> bool {
        let (x, y, width, height) = LINE;
        let image = self.x.get_image(ImageFormat::Z_PIXMAP, window, x, y, width, height, !0);
        let Some(image) = image.ok().and_then(|image| image.reply().ok()) else { return false };
        let light = |pixel: &&[u8]| pixel[..3].iter().all(|&part| part > 200);
        let dark = |pixel: &&[u8]| pixel[..3].iter().all(|&part| part < 64);
        let pixels = image.data.len() / 4;
        let count = |fits: &dyn Fn(&&[u8]) -> bool| image.data.chunks_exact(4).filter(|pixel| fits(pixel)).count();
        count(&light) > pixels / 2 && count(&dark) > 8
    }
}

fn wait<R>(start: Instant, mut ask: impl FnMut() -> Option<R>) -> R {
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < PATIENCE, "the window was not seen");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn end(app: &mut Child) {
    let _ = app.kill();
    let _ = app.wait();
}
