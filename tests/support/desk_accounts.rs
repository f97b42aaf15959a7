//! What signing in through the window needs of a desk: where the providers are, the client, the desktop's own browser, and the way from the
//! window's dialog to the browser that the tests click in.

use crate::browser::Browser;
use crate::gmail::{ADA, Mailbox};
use crate::identity::{CLIENT, CLIENT_SECRET, Endpoints};
use crate::keyring::Keyring;
use crate::sign_in::SignIn;
use crate::window::{Desk, Page, binary, soon};
use epistle_engine::api::{IdentityProvider, IdentityProviderSettings};
use epistle_engine::secrets::Secret;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

impl Keyring {
    /// Whoever is started so has this keyring, and no passphrase.
    pub fn lend(&self, command: &mut Command) {
        let session = self.command("epistle");
        let bus = session.get_envs().find(|(name, _)| *name == "DBUS_SESSION_BUS_ADDRESS");
        command.envs(bus.and_then(|(name, value)| Some((name, value?))));
        command.env_remove("EPISTLE_NO_KEYRING").env_remove("EPISTLE_PASSPHRASE");
    }
}

impl Desk {
    /// A desk at which Ada has signed in with this mailbox; Epistle may read it and send from it.
    #[must_use]
    pub fn of_ada(mailbox: &Mailbox) -> Self {
        let desk = Self::new(1280, 800);
        desk.signs_in_with(IdentityProvider::Google, &mailbox.at, CLIENT_SECRET);
        mailbox.is_ada(SignIn::run(desk.command(binary()), &["google", "--for", "read-mail,send-mail"]));
        let engine = desk.engine();
        let mut settings = engine.settings().expect("the settings");
        settings.gmail.base = mailbox.base();
        settings.me = serde_json::from_value(json!([{ "name": "Ada Lovelace", "address": ADA }])).expect("a person");
        engine.set_settings(settings).expect("they are kept");
        desk
    }

    /// Whoever opens Epistle here reaches this provider there.
    pub fn finds(&self, provider: IdentityProvider, at: &Endpoints) {
        let mut reached = json!(at);
        reached["client_id"] = json!("");
        reached["redirect_port"] = Value::Null;
        let reached: IdentityProviderSettings = serde_json::from_value(reached).expect("the provider's settings");
        let engine = self.engine();
        let mut settings = engine.settings().expect("the settings");
        *match provider {
            IdentityProvider::Google => &mut settings.identity.google,
            IdentityProvider::Microsoft => &mut settings.identity.microsoft,
            IdentityProvider::Github => &mut settings.identity.github,
        } = reached;
        engine.set_settings(settings).expect("they are kept");
    }

    /// The same, and the client is set up there; empty: it has no secret.
    pub fn signs_in_with(&self, provider: IdentityProvider, at: &Endpoints, secret: &str) {
        self.finds(provider, at);
        let _ = self.engine().set_client(provider, CLIENT, Secret::new(secret.into())).expect("the client is kept");
    }

    /// Gives the desktop a browser that opens nothing and writes down, in the file that this gives, the page it was last asked for.
    #[must_use]
    pub fn browser(&self) -> PathBuf {
        let (script, asked) = (self.home().join("browser"), self.home().join("asked-for"));
        let text = format!("#!/bin/sh\nprintf '%s\\n' \"$1\" > '{}'\n", asked.display());
        fs::write(&script, text).expect("a program");
        let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(&script, executable).expect("it can be run");
        let applications = self.home().join(".local/share/applications");
        fs::create_dir_all(&applications).expect("a folder");
        let schemes = ["x-scheme-handler/http", "x-scheme-handler/https"];
        let exec = script.display();
        let entry = format!(
            "[Desktop Entry]\nType=Application\nName=A browser\nExec={exec} %u\nMimeType={};\n",
            schemes.join(";")
        );
        fs::write(applications.join("a-browser.desktop"), entry).expect("an entry");
        let config = self.home().join(".config");
        fs::create_dir_all(&config).expect("a folder");
        let defaults: String = schemes.iter().map(|scheme| format!("{scheme}=a-browser.desktop\n")).collect();
        fs::write(config.join("mimeapps.list"), format!("[Default Applications]\n{defaults}")).expect("the defaults");
        asked
    }
}

impl Page {
    /// The provider's address, as the dialog of a sign-in shows it to somebody whose browser did not open.
    pub async fn sign_in_address(&self) -> String {
        self.click("button", "No page opened?").await;
        let read = "return document.querySelector('dialog[open] details[open] code')?.innerText ?? '';";
        let shown = soon("the provider's address", async || {
            let value = self.script(read, vec![]).await;
            value.as_str().filter(|text| text.starts_with("http")).map(str::to_owned)
        });
        shown.await
    }

    /// Takes the address that the dialog shows to a browser and signs in there; gives what the browser's tab says in the end.
    pub async fn sign_in_as(&self, browser: &Browser, who: &str) -> String {
        browser.sign_in_as(&self.sign_in_address().await, who).await
    }
}
