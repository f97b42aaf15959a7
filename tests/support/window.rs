//! A desktop for one test: a screen, a session bus, a WebDriver, and Epistle's window in it, driven by what a person sees: roles and
//! names. Each desktop has its own screen and bus, so tests stand apart. It never looks into the app by another way.

use crate::cli::THEIRS;
use crate::process::{ask_to_close, end, first_line, free_port, kill_children};
use epistle_engine::error::ErrorCode;
use epistle_engine::secrets::Secret;
use epistle_engine::{Engine, Open};
use fantoccini::elements::{Element, ElementRef};
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use serde_json::{Value, json};
use std::fmt::Debug;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long anything the window is to show may take, on a busy machine: the slowest is an archive coming in.
const PATIENCE: Duration = Duration::from_secs(60);

/// The passphrase of every store made here.
pub const PASSPHRASE: &str = "correct horse battery staple";

/// A screen and a session bus, and the folders of a person who is new here.
pub struct Desk {
    folders: TempDir,
    screen: Child,
    bus: Child,
    display: String,
    bus_address: String,
}

/// Epistle, open on a desk.
pub struct Page {
    /// The WebDriver session, for what the methods here do not cover.
    pub client: Client,
    driver: Child,
}

impl Desk {
    /// Sets up a desk of this many pixels.
    #[must_use]
    pub fn new(width: u32, height: u32) -> Self {
        let folders = tempfile::tempdir().expect("a temporary folder");
        for name in ["home", "run"] {
            std::fs::create_dir(folders.path().join(name)).expect("a folder");
        }
        let size = format!("{width}x{height}x24");
        let mut screen = Command::new("Xvfb"); // which else resets with its last client gone, and turns away who comes meanwhile
        screen.args(["-displayfd", "1", "-screen", "0", &size, "-nolisten", "tcp", "-noreset"]);
        let (screen, display) = first_line(&mut screen);
        let mut bus = Command::new("dbus-daemon");
        bus.args(["--session", "--nofork", "--print-address=1"]);
        let (bus, bus_address) = first_line(&mut bus);
        Self { folders, screen, bus, display: format!(":{display}"), bus_address }
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folders.path().join("data")
    }

    /// The screen's name.
    #[must_use]
    pub fn display(&self) -> &str {
        &self.display
    }

    /// Where the session bus listens.
    #[must_use]
    pub fn bus_address(&self) -> &str {
        &self.bus_address
    }

    /// A command of this desk: its screen, its bus, its folders, a passphrase instead of a keyring.
    #[must_use]
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let home = self.folders.path().join("home");
        let mut command = Command::new(program.as_ref());
        command
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus_address)
            .env("HOME", &home)
            .env("XDG_RUNTIME_DIR", self.folders.path().join("run"))
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("XDG_DATA_HOME", home.join(".local/share"))
            .env("XDG_CACHE_HOME", home.join(".cache"))
            .env("EPISTLE_HOME", self.data())
            .env("EPISTLE_NO_KEYRING", "1")
            .env("EPISTLE_PASSPHRASE", PASSPHRASE)
            .env("GDK_BACKEND", "x11")
            .env("NO_AT_BRIDGE", "1")
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::null());
        for name in THEIRS {
            command.env_remove(name);
        }
        command
    }

    /// The data folder's engine, as the window will open it: to prepare what a test begins with, and to look at what it left.
    #[must_use]
    pub fn engine(&self) -> Engine {
        let open = || {
            let passphrase = Some(Secret::new(PASSPHRASE.into()));
            Engine::open(&Open { home: self.data(), passphrase, ..Open::default() })
        };
        let start = Instant::now();
        loop {
            match open() {
                // A window that was just closed lets go of the store in a moment.
                Err(error) if error.code() == ErrorCode::InUse && start.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(50));
                }
                opened => return opened.expect("the store opens"),
            }
        }
    }

    /// Opens Epistle and waits until its window can be driven.
    pub async fn open(&self) -> Page {
        self.open_with(|_| {}).await
    }

    /// The same, with a changed environment.
    pub async fn open_with(&self, change: impl FnOnce(&mut Command)) -> Page {
        let port = free_port();
        let mut command = self.command("WebKitWebDriver");
        command.arg(format!("--port={port}")).arg("--host=127.0.0.1").env("TAURI_WEBVIEW_AUTOMATION", "true");
        command.stdout(Stdio::null()).stderr(log("window.log"));
        change(&mut command);
        let driver = command.spawn().expect("WebKitWebDriver (webkit2gtk-driver) can be started");
        let client = connect(port).await;
        Page { client, driver }
    }

    /// What `xdotool` prints, a line each.
    pub fn xdotool(&self, arguments: &[&str]) -> Vec<String> {
        let output = self.command("xdotool").args(arguments).output().expect("xdotool can be started");
        String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
    }

    /// The visible windows with exactly this title.
    #[must_use]
    pub fn visible(&self, title: &str) -> Vec<String> {
        self.xdotool(&["search", "--onlyvisible", "--name", &format!("^{title}$")])
    }

    /// Asks a window to close, as the button in its frame does.
    pub fn press_close(&self, title: &str) {
        let find = || self.visible(title).pop().and_then(|id| id.parse().ok());
        // The list of windows cannot be read while one of them goes away, as the toolkit's own small ones do.
        let again = || std::iter::repeat_with(find).take(40).inspect(|_| std::thread::sleep(Duration::from_millis(25)));
        let window = again().flatten().next().expect("the window is shown");
        ask_to_close(&self.display, window).expect("the screen takes a message");
    }

    /// Drops files on a window, as a file manager does.
    pub fn drop_on(&self, title: &str, paths: &[&Path]) {
        let window = self.visible(title).pop().and_then(|id| id.parse().ok()).expect("the window is shown");
        crate::drop::drop_files(&self.display, window, paths).expect("the files are taken");
    }

    /// Types a new file's path into the system's dialog and saves it there.
    pub fn save_as(&self, title: &str, path: &Path) {
        let window = self.visible(title).pop().expect("the dialog is shown");
        self.xdotool(&["windowfocus", "--sync", &window]);
        let path = path.to_string_lossy();
        for keys in [&["key", "ctrl+a"][..], &["type", "--delay", "5", &path], &["key", "Return"]] {
            std::thread::sleep(Duration::from_millis(500));
            self.xdotool(keys);
        }
    }

    /// The person's own folder.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.folders.path().join("home")
    }

    /// Types a path into the system's file chooser and takes it. The first key opens its line, which then is ready for the rest.
    pub fn choose(&self, title: &str, path: &Path) {
        let window = self.visible(title).pop().expect("the file chooser is shown");
        let path = path.canonicalize().expect("the file is there");
        let path = path.to_string_lossy();
        self.xdotool(&["windowfocus", "--sync", &window]);
        for keys in [&["type", "/"][..], &["type", "--delay", "5", path.trim_start_matches('/')], &["key", "Return"]] {
            std::thread::sleep(Duration::from_millis(500));
            self.xdotool(keys);
        }
    }

    /// Proves that none of these words stands in the clear in any file of the data folder or of the person's own folders.
    pub fn holds_nothing_of(&self, words: &[&str]) {
        for word in words {
            let found = Command::new("grep").args(["-rliaF", "--", word]).arg(self.folders.path()).output();
            let found = String::from_utf8_lossy(&found.expect("grep").stdout).into_owned();
            assert!(found.is_empty(), "“{word}” stands in the clear in {found}");
        }
    }

    /// Waits until a window with this title is shown.
    pub async fn shows(&self, title: &str) {
        soon(&format!("the window {title}"), async || (!self.visible(title).is_empty()).then_some(())).await;
    }

    /// Waits until no window with this title is shown.
    pub async fn hides(&self, title: &str) {
        soon(&format!("the window {title} to go"), async || self.visible(title).is_empty().then_some(())).await;
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        end(&mut self.bus);
        end(&mut self.screen);
    }
}

/// The app's binary with the page inside: `EPISTLE_BIN`, or the debug build (`cargo build --features custom-protocol`).
#[must_use]
pub fn binary() -> PathBuf {
    let built = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/debug/epistle");
    let path = std::env::var_os("EPISTLE_BIN").map_or_else(built, PathBuf::from);
    path.canonicalize().unwrap_or_else(|_| panic!("{} is not built", path.display()))
}

impl Page {
    /// Waits for the visible element with this role and accessible name (or a part of it, after `~`).
    pub async fn see(&self, role: &str, name: &str) -> Element {
        let found = soon(&format!("{role} “{name}”"), || self.find(role, name)).await;
        Element::from_element_id(self.client.clone(), found)
    }

    /// Whether there is such an element now.
    pub async fn sees(&self, role: &str, name: &str) -> bool {
        self.find(role, name).await.is_some()
    }

    async fn find(&self, role: &str, name: &str) -> Option<ElementRef> {
        let asked = self.client.execute(FIND, vec![json!(role), json!(name)]);
        let found = tokio::time::timeout(PATIENCE, asked).await.ok()?.ok()?; // what goes while it is handed over is looked for again
        found.as_object()?.values().next()?.as_str().map(|id| ElementRef::from(id.to_owned()))
    }

    /// Clicks what has this role and name, as soon as it can be clicked: what was just listed may not be laid out yet.
    pub async fn click(&self, role: &str, name: &str) {
        soon(&format!("a click on {role} “{name}”"), async || {
            let element = self.see(role, name).await;
            tokio::time::timeout(PATIENCE, element.click()).await.ok()?.ok()
        })
        .await;
    }

    /// Types into what has this role and name.
    pub async fn write(&self, role: &str, name: &str, text: &str) {
        soon(&format!("typing into {role} “{name}”"), async || {
            let element = self.see(role, name).await;
            tokio::time::timeout(PATIENCE, element.send_keys(text)).await.ok()?.ok()
        })
        .await;
    }

    /// Types where the caret is.
    pub async fn keys(&self, text: &str) {
        let element = within(self.client.active_element()).await;
        within(element.send_keys(text)).await;
    }

    /// What a field holds, or an element says.
    pub async fn text(&self, role: &str, name: &str) -> String {
        let read = "return arguments[0].value ?? arguments[0].innerText;";
        let what = format!("what {role} “{name}” says");
        let value = soon(&what, async || {
            let element = self.see(role, name).await;
            let asked = self.client.execute(read, vec![json!(element)]);
            tokio::time::timeout(PATIENCE, asked).await.ok()?.ok() // what is written anew meanwhile is found anew
        });
        value.await.as_str().unwrap_or_default().to_owned()
    }

    /// All the words on the page, those in a message's frame among them.
    pub async fn words(&self) -> String {
        let read = "return [document, ...[...document.querySelectorAll('iframe')].map((f) => f.contentDocument)]
            .map((page) => page?.body?.innerText ?? '').join('\\n');";
        let value = self.script(read, vec![]).await;
        value.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the page says this.
    pub async fn reads(&self, words: &str) {
        soon(&format!("the words “{words}”"), async || self.words().await.contains(words).then_some(())).await;
    }

    /// Runs a script in the page.
    pub async fn script(&self, script: &str, arguments: Vec<Value>) -> Value {
        within(self.client.execute(script, arguments)).await
    }

    /// Runs a script that calls its last argument with what it found.
    pub async fn script_async(&self, script: &str, arguments: Vec<Value>) -> Value {
        within(self.client.execute_async(script, arguments)).await
    }

    /// Goes to the window whose address ends so.
    pub async fn turn_to(&self, end: &str) {
        soon(&format!("the window {end}"), async || {
            for window in within(self.client.windows()).await {
                within(self.client.switch_to_window(window)).await;
                if within(self.client.current_url()).await.path().ends_with(end) {
                    return Some(());
                }
            }
            None
        })
        .await;
    }

    /// Keeps a picture of the window in `shots/`, for people to look at.
    pub async fn shot(&self, name: &str) {
        std::fs::write(shots().join(format!("{name}.png")), self.picture().await).expect("the picture is written");
    }

    /// What the window shows, as a PNG, once what moves has arrived.
    pub async fn picture(&self) -> Vec<u8> {
        let _ = within(self.client.screenshot()).await; // the first of a busy machine may be of long ago
        tokio::time::sleep(Duration::from_millis(400)).await;
        within(self.client.screenshot()).await
    }

    /// Gives the window this size.
    pub async fn resize(&self, width: u32, height: u32) {
        within(self.client.set_window_rect(0, 0, width, height)).await;
    }

    /// Ends the app as a power cut would.
    pub fn kill(self) {
        drop(self);
    }

    /// Ends the session, and the app with it.
    pub async fn close(self) {
        let _ = tokio::time::timeout(PATIENCE, self.client.clone().close()).await;
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        kill_children(self.driver.id());
        end(&mut self.driver);
    }
}

/// Asks until there is an answer; panics with `what` when there is none in time.
pub async fn soon<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(start.elapsed() < PATIENCE, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A call to the driver, which hangs now and then where there is nothing to answer.
async fn within<T, E: Debug>(call: impl Future<Output = Result<T, E>>) -> T {
    tokio::time::timeout(PATIENCE, call).await.expect("the window answers in time").expect("the window does as asked")
}

async fn connect(port: u16) -> Client {
    let options = json!({ "binary": binary(), "args": [] });
    let capabilities: Capabilities = [("webkitgtk:browserOptions".to_owned(), options)].into_iter().collect();
    let address = format!("http://127.0.0.1:{port}");
    soon("the window's driver", async || tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok()).await;
    let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
    within(builder.capabilities(capabilities).connect(&address)).await
}

fn shots() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shots");
    std::fs::create_dir_all(&folder).expect("the folder for pictures");
    folder
}

fn log(name: &str) -> Stdio {
    let file = std::fs::OpenOptions::new().create(true).append(true).open(shots().join(name));
    file.map_or_else(|_| Stdio::null(), Stdio::from)
}

/// Finds by role and accessible name as a screen reader would say them; `~` before the name: it contains this.
const FIND: &str = include_str!("find.js");
