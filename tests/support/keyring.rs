//! A real keyring for one test: gnome-keyring on a session bus of its own, which starts nothing by itself. It can be locked, made to hang,
//! and taken away. Linux only.

use crate::cli::Home;
use crate::process::{end, first_line};
use std::collections::HashMap;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use zbus::blocking::connection::Builder;
use zbus::blocking::{Connection, Proxy};
use zbus::zvariant::{ObjectPath, OwnedObjectPath};

const SECRETS: &str = "org.freedesktop.secrets";
const SERVICE: &str = "/org/freedesktop/secrets";

/// A session with a keyring in it.
pub struct Keyring {
    folder: TempDir,
    bus: Child,
    address: String,
    daemon: Option<Child>,
}

impl Keyring {
    /// A session bus with no keyring on it.
    #[must_use]
    pub fn none() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the session");
        for name in ["home", "run"] {
            std::fs::create_dir(folder.path().join(name)).expect("a folder");
        }
        let run = folder.path().join("run");
        std::fs::set_permissions(&run, PermissionsExt::from_mode(0o700)).expect("it is ours alone");
        let config = folder.path().join("bus.conf");
        let text = BUS.replace("{socket}", &run.join("bus").to_string_lossy());
        std::fs::write(&config, text).expect("the bus is set up");
        let mut command = Command::new("dbus-daemon");
        command.arg("--nofork").arg("--print-address=1").arg(format!("--config-file={}", config.display()));
        let (bus, address) = first_line(&mut command);
        Self { folder, bus, address, daemon: None }
    }

    /// A session whose keyring is open, as after a login with a password.
    #[must_use]
    pub fn unlocked() -> Self {
        let mut session = Self::none();
        session.start(true);
        session
    }

    /// Starts the keyring, opened with the password or not. Only the former makes the first collection.
    pub fn start(&mut self, unlock: bool) {
        let mut command = self.command("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]).args(unlock.then_some("--unlock"));
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut daemon = command.spawn().expect("gnome-keyring-daemon starts");
        let mut password = daemon.stdin.take().expect("a pipe");
        password.write_all(if unlock { b"password" } else { b"" }).expect("it reads");
        drop(password);
        self.daemon = Some(daemon);
        let began = Instant::now();
        let there = || self.ask().map(|service| service.get_property::<Vec<OwnedObjectPath>>("Collections"));
        while !matches!(there(), Ok(Ok(_))) {
            assert!(began.elapsed() < Duration::from_secs(10), "the keyring does not come up");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Locks every collection, as a screen saver may.
    pub fn lock(&self) {
        let service = self.ask().expect("the session bus");
        let collections: Vec<OwnedObjectPath> = service.get_property("Collections").expect("the collections");
        let (locked, _prompt): (Vec<OwnedObjectPath>, OwnedObjectPath) =
            service.call("Lock", &(collections)).expect("they are locked");
        assert!(!locked.is_empty(), "there was something to lock");
    }

    /// Whether the default collection is locked.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        let service = self.ask().expect("the session bus");
        let path: OwnedObjectPath = service.call("ReadAlias", &("default",)).expect("the default collection");
        let collection = self.bus_proxy(&path, "org.freedesktop.Secret.Collection").expect("the collection");
        collection.get_property("Locked").expect("whether it is locked")
    }

    /// It answers nothing any more, and does not go away.
    pub fn hang(&self) {
        self.signal("-STOP");
    }

    /// It answers again.
    pub fn wake(&self) {
        self.signal("-CONT");
    }

    /// It is gone, and nothing starts it again.
    pub fn vanish(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            end(&mut daemon);
        }
    }

    /// A command of this session.
    #[must_use]
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        self.put_into_session(&mut command);
        command
    }

    /// `epistle` in this session: it may use the keyring, and knows no passphrase.
    #[must_use]
    pub fn epistle(&self, home: &Home) -> Command {
        let mut command = home.command("epistle-cli");
        self.put_into_session(&mut command);
        command.env_remove("EPISTLE_NO_KEYRING").env_remove("EPISTLE_PASSPHRASE");
        command
    }

    /// Whoever works in this data folder from now on does so in this session, by its keyring and without a passphrase.
    pub fn lends(&self, home: &mut Home) {
        home.set("DBUS_SESSION_BUS_ADDRESS", &self.address);
        home.set("XDG_RUNTIME_DIR", &self.folder.path().join("run").to_string_lossy());
        home.set("EPISTLE_NO_KEYRING", "0");
        home.set("EPISTLE_PASSPHRASE", "");
    }

    /// What the keyring holds, by the names Epistle gave it.
    #[must_use]
    pub fn entries(&self) -> Vec<String> {
        let mut names: Vec<_> = self.items().into_iter().map(|(name, _)| name).collect();
        names.sort();
        names
    }

    /// Takes away every entry whose name holds this, as a person may with the system's own tool.
    pub fn forget(&self, part: &str) {
        let (_, item) = self.items().into_iter().find(|(name, _)| name.contains(part)).expect("it is there");
        let _prompt: OwnedObjectPath = item.call("Delete", &()).expect("it goes");
        if self.items().iter().any(|(name, _)| name.contains(part)) {
            self.forget(part);
        }
    }

    fn items(&self) -> Vec<(String, Proxy<'static>)> {
        let service = self.ask().expect("the session bus");
        let all = HashMap::<&str, &str>::new();
        let (open, _locked): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) =
            service.call("SearchItems", &(all)).expect("it can be searched");
        let named = |path: &OwnedObjectPath| {
            let item = self.bus_proxy(path, "org.freedesktop.Secret.Item").expect("the item");
            let attributes: HashMap<String, String> = item.get_property("Attributes").expect("what it is");
            (attributes.get("username").cloned().unwrap_or_default(), item)
        };
        open.iter().map(named).collect()
    }

    fn put_into_session(&self, command: &mut Command) {
        let home = self.folder.path().join("home");
        command
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .env("XDG_RUNTIME_DIR", self.folder.path().join("run"))
            .env("XDG_DATA_HOME", home.join(".local/share"))
            .env("HOME", home)
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("GNOME_KEYRING_CONTROL");
    }

    fn signal(&self, signal: &str) {
        let daemon = self.daemon.as_ref().expect("a keyring is there").id().to_string();
        assert!(Command::new("kill").args([signal, &daemon]).status().expect("kill").success());
    }

    fn ask(&self) -> zbus::Result<Proxy<'static>> {
        self.bus_proxy(&ObjectPath::from_static_str_unchecked(SERVICE), "org.freedesktop.Secret.Service")
    }

    fn bus_proxy(&self, path: &ObjectPath<'_>, interface: &'static str) -> zbus::Result<Proxy<'static>> {
        let bus: Connection = Builder::address(self.address.as_str())?.build()?;
        Proxy::new(&bus, SECRETS, path.to_owned(), interface)
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        self.vanish();
        end(&mut self.bus);
    }
}

/// A session bus that starts no service by itself: what is taken away stays away.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;
