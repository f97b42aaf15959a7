//! The clients that sign people in, as registered with each provider: found in the environment, in what was kept here, or in the files
//! people have of them. A secret goes in and never comes back.

use crate::Engine;
use crate::api::{
    IdentityProvider, IdentityProviderSettings, IdentitySettings, OauthClient, OauthClientFrom, Settings, SignInState,
};
use crate::error::{Error, Result};
use crate::secrets::Secret;
use crate::store::HOUSE;
use serde::Deserialize;
use std::path::Path;
use url::Url;

/// A file of a client larger than this is none.
const LARGEST_FILE: u64 = 64 * 1024;

/// Where in the data folder people put what a provider gave them.
const FILES: [(&str, OauthClientFrom); 3] = [
    ("config/oauth_config.json", OauthClientFrom::OauthConfig),
    ("config/gmail_credentials.json", OauthClientFrom::GmailCredentials),
    ("gmail_credentials.json", OauthClientFrom::GmailCredentials),
];

/// A client, ready to be used.
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) secret: Option<Secret>,
    pub(crate) from: OauthClientFrom,
}

/// A client as files tell it. Endpoints that a file may name are not believed: a dropped file must not say where passwords go.
#[derive(Deserialize)]
struct Told {
    client_id: String,
    #[serde(default)]
    client_secret: String,
    #[serde(default)]
    redirect_uris: Vec<String>,
}

/// The files people have: what Google's console gives, and the guide's own.
#[derive(Deserialize)]
struct ClientFile {
    installed: Option<Told>,
    web: Option<Told>,
    google: Option<Told>,
    microsoft: Option<Told>,
    github: Option<Told>,
}

/// The variables that name a client.
fn variables(provider: IdentityProvider) -> (&'static str, &'static str) {
    match provider {
        IdentityProvider::Google => ("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"),
        IdentityProvider::Microsoft => ("MICROSOFT_CLIENT_ID", "MICROSOFT_CLIENT_SECRET"),
        IdentityProvider::Github => ("GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET"),
    }
}

/// The name a client's secret is kept under, the house being its owner.
fn secret_name(provider: IdentityProvider) -> &'static str {
    match provider {
        IdentityProvider::Google => "client/google",
        IdentityProvider::Microsoft => "client/microsoft",
        IdentityProvider::Github => "client/github",
    }
}

/// One provider's settings.
pub(crate) fn of(identity: &IdentitySettings, provider: IdentityProvider) -> &IdentityProviderSettings {
    match provider {
        IdentityProvider::Google => &identity.google,
        IdentityProvider::Microsoft => &identity.microsoft,
        IdentityProvider::Github => &identity.github,
    }
}

fn of_mut(identity: &mut IdentitySettings, provider: IdentityProvider) -> &mut IdentityProviderSettings {
    match provider {
        IdentityProvider::Google => &mut identity.google,
        IdentityProvider::Microsoft => &mut identity.microsoft,
        IdentityProvider::Github => &mut identity.github,
    }
}

/// Whether `DISABLE_OAUTH` turns signing in off.
pub(crate) fn turned_off() -> bool {
    is_set("DISABLE_OAUTH")
}

/// Whether the environment says yes to a switch.
pub(super) fn is_set(switch: &str) -> bool {
    std::env::var(switch).is_ok_and(|set| means_yes(&set))
}

fn means_yes(set: &str) -> bool {
    matches!(set.trim().to_lowercase().as_str(), "1" | "true" | "yes" | "on")
}

impl Engine {
    /// Whether people can sign in, and with whom.
    ///
    /// # Errors
    /// The keyring's, `store_broken`.
    pub fn sign_in_state(&self) -> Result<SignInState> {
        let settings = self.settings()?;
        let clients = IdentityProvider::ALL.into_iter().map(|provider| self.client_shown(&settings, provider));
        Ok(SignInState { off: turned_off(), clients: clients.collect::<Result<_>>()? })
    }

    fn client_shown(&self, settings: &Settings, provider: IdentityProvider) -> Result<OauthClient> {
        let client = self.client(settings, provider)?;
        let has_secret = client.as_ref().is_some_and(|client| client.secret.is_some());
        let has_device = !of(&settings.identity, provider).device.is_empty();
        let known = client.is_some();
        Ok(OauthClient {
            provider,
            from: client.as_ref().map_or(OauthClientFrom::Nowhere, |client| client.from),
            client_id: client.map(|client| client.id).unwrap_or_default(),
            has_secret,
            // GitHub's web flow takes no client without its secret; its device flow needs none.
            browser: known && (has_secret || provider != IdentityProvider::Github),
            device: known && has_device,
            grants: super::scopes::offered(provider)?,
        })
    }

    /// The client to sign in with, from the first place that knows one.
    pub(crate) fn client(&self, settings: &Settings, provider: IdentityProvider) -> Result<Option<Client>> {
        let (id, secret) = variables(provider);
        if let Some(id) = variable(id) {
            let secret = variable(secret).map(Secret::new);
            return Ok(Some(Client { id, secret, from: OauthClientFrom::Environment }));
        }
        let kept = &of(&settings.identity, provider).client_id;
        if !kept.is_empty() {
            let secret = self.house.vault.find(self.store(), HOUSE, secret_name(provider))?;
            return Ok(Some(Client { id: kept.clone(), secret, from: OauthClientFrom::Settings }));
        }
        Ok(self.client_in_files(provider))
    }

    /// What lies in the data folder. A file that cannot be read is as good as none: the doctor says so.
    fn client_in_files(&self, provider: IdentityProvider) -> Option<Client> {
        if self.home().as_os_str().is_empty() {
            return None;
        }
        FILES.into_iter().find_map(|(name, from)| {
            let told = told_in(&self.home().join(name)).ok()?.into_iter().find(|(one, _)| *one == provider)?.1;
            let secret = Some(Secret::new(told.client_secret)).filter(|secret| !secret.is_empty());
            Some(Client { id: told.client_id, secret, from })
        })
    }

    /// The files in the data folder that should tell of a client and do not.
    pub(crate) fn unreadable_client_files(&self) -> Vec<String> {
        let unreadable = |name: &&str| {
            let path = self.home().join(name);
            !self.home().as_os_str().is_empty() && path.exists() && told_in(&path).is_err()
        };
        FILES.into_iter().map(|(name, _)| name).filter(unreadable).map(str::to_owned).collect()
    }

    /// Keeps a client that was typed: the id in the settings, the secret with the other secrets. An empty secret leaves the one there is
    /// for the same id.
    ///
    /// # Errors
    /// `bad_input`; the keyring's.
    pub fn set_client(&self, provider: IdentityProvider, client_id: &str, secret: Secret) -> Result<SignInState> {
        let id = crate::settings::client_id("client_id", client_id)?;
        if id.is_empty() {
            return Err(Error::BadInput { field: "client_id", why: "the id the provider gave".into() });
        }
        self.keep_client(provider, id, secret, |_| ())?;
        self.sign_in_state()
    }

    fn keep_client(
        &self,
        provider: IdentityProvider,
        id: String,
        secret: Secret,
        change: impl FnOnce(&mut IdentityProviderSettings),
    ) -> Result<()> {
        let mut settings = self.settings()?;
        let set = of_mut(&mut settings.identity, provider);
        let same = set.client_id == id;
        set.client_id = id;
        change(set);
        if !secret.is_empty() {
            self.house.vault.keep(self.store(), HOUSE, secret_name(provider), &secret)?;
        } else if !same {
            self.house.vault.forget(self.store(), HOUSE, secret_name(provider))?;
        }
        self.set_settings(settings).map(drop)
    }

    /// Forgets a client that was kept here, secret and all.
    ///
    /// # Errors
    /// The keyring's, `store_broken`.
    pub fn forget_client(&self, provider: IdentityProvider) -> Result<SignInState> {
        self.house.vault.forget(self.store(), HOUSE, secret_name(provider))?;
        let mut settings = self.settings()?;
        let set = of_mut(&mut settings.identity, provider);
        (set.client_id, set.redirect_port) = (String::new(), None);
        self.set_settings(settings)?;
        self.sign_in_state()
    }

    /// Takes clients in from a file: `gmail_credentials.json` as Google's console gives it (“installed” or “web”), or an
    /// `oauth_config.json` with a part a provider. The file itself is not kept.
    ///
    /// # Errors
    /// `bad_input` when it is no such file, and then nothing is changed; `io`; the keyring's.
    pub fn read_client_file(&self, path: &Path) -> Result<Vec<OauthClient>> {
        let told = told_in(path)?;
        let providers: Vec<IdentityProvider> = told.iter().map(|(provider, _)| *provider).collect();
        for (provider, told) in told {
            let id = crate::settings::client_id("file", &told.client_id)?;
            let port = port_of(provider, &told.redirect_uris)?;
            self.keep_client(provider, id, Secret::new(told.client_secret), |set| set.redirect_port = port)?;
        }
        let clients = self.sign_in_state()?.clients;
        Ok(clients.into_iter().filter(|client| providers.contains(&client.provider)).collect())
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().map(|set| set.trim().to_owned()).filter(|set| !set.is_empty())
}

fn told_in(path: &Path) -> Result<Vec<(IdentityProvider, Told)>> {
    let size = std::fs::metadata(path).map_err(|e| Error::io("read", path, e))?.len();
    let refuse = || Error::BadInput {
        field: "file",
        why: "not a client's file: Google's console gives one with “installed” or “web” in it".into(),
    };
    if size > LARGEST_FILE {
        return Err(refuse());
    }
    let text = std::fs::read(path).map_err(|e| Error::io("read", path, e))?;
    let told = clients_in(&text).ok_or_else(refuse)?;
    if told.is_empty() { Err(refuse()) } else { Ok(told) }
}

fn clients_in(text: &[u8]) -> Option<Vec<(IdentityProvider, Told)>> {
    let file: ClientFile = serde_json::from_slice(text).ok()?;
    let web = file.web.map(|told| Told { redirect_uris: told.redirect_uris, ..told });
    let installed = file.installed.map(|told| Told { redirect_uris: Vec::new(), ..told });
    let google = installed.or(web).or(file.google);
    let all = [
        (IdentityProvider::Google, google),
        (IdentityProvider::Microsoft, file.microsoft),
        (IdentityProvider::Github, file.github),
    ];
    let known = all.into_iter().filter_map(|(provider, told)| Some((provider, told?)));
    Some(known.filter(|(_, told)| !told.client_id.trim().is_empty()).collect())
}

/// The one port a “web” client is registered for; `None` for a client that may use any (RFC 8252 §7.3).
fn port_of(provider: IdentityProvider, redirects: &[String]) -> Result<Option<u16>> {
    if redirects.is_empty() {
        return Ok(None);
    }
    let path = super::sign_in::path_of(provider);
    let fits = |text: &String| {
        let url = Url::parse(text).ok()?;
        (url.scheme() == "http" && url.host_str() == Some("127.0.0.1") && url.path() == path).then(|| url.port())?
    };
    redirects.iter().find_map(fits).map(Some).ok_or_else(|| Error::BadInput {
        field: "file",
        why: format!(
            "this is a “web” client: add http://127.0.0.1:8765{path} to its redirect addresses and download it again, or make one of type “Desktop app”"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_read_from_the_files_people_have() {
        let table = [
            (
                r#"{"installed":{"client_id":"i","client_secret":"s","redirect_uris":["http://localhost"]}}"#,
                vec![(IdentityProvider::Google, "i", 0)],
            ),
            (
                r#"{"web":{"client_id":"w","redirect_uris":["http://127.0.0.1:1/callback/google"]}}"#,
                vec![(IdentityProvider::Google, "w", 1)],
            ),
            (
                r#"{"google":{"client_id":"g"},"github":{"client_id":"h","client_secret":"s"},"microsoft":{"client_id":""}}"#,
                vec![(IdentityProvider::Google, "g", 0), (IdentityProvider::Github, "h", 0)],
            ),
            ("{}", vec![]),
        ];
        for (text, expected) in table {
            let read = clients_in(text.as_bytes()).unwrap();
            let read: Vec<_> =
                read.iter().map(|(p, told)| (*p, told.client_id.as_str(), told.redirect_uris.len())).collect();
            assert_eq!(read, expected, "{text}");
        }
        for bad in ["", "[]", r#"{"installed":{"client_id":7}}"#, "From a@example.com"] {
            assert!(clients_in(bad.as_bytes()).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_web_clients_port_is_the_one_it_is_registered_for() {
        let of = |text: &str| port_of(IdentityProvider::Google, &[text.to_owned()]);
        assert_eq!(port_of(IdentityProvider::Google, &[]).unwrap(), None);
        assert_eq!(of("http://127.0.0.1:8765/callback/google").unwrap(), Some(8765));
        for other in
            ["http://localhost:8501/", "https://example.com/callback/google", "http://127.0.0.1:8765/callback/github"]
        {
            assert!(of(other).is_err(), "{other}");
        }
    }

    #[test]
    fn a_client_is_kept_used_and_forgotten_and_its_secret_never_comes_back() {
        let engine = Engine::in_memory().unwrap();
        let kept =
            engine.set_client(IdentityProvider::Google, " canary-id ", Secret::new("canary-secret".into())).unwrap();
        assert!(!format!("{kept:?}").contains("canary-secret"));
        let settings = engine.settings().unwrap();
        let client = engine.client(&settings, IdentityProvider::Google).unwrap().unwrap();
        assert_eq!((client.id.as_str(), client.secret.unwrap().expose()), ("canary-id", "canary-secret"));
        let again = engine.set_client(IdentityProvider::Google, "canary-id", Secret::new(String::new())).unwrap();
        assert!(again.clients[0].has_secret, "the same id keeps its secret");
        let other = engine.set_client(IdentityProvider::Google, "other-id", Secret::new(String::new())).unwrap();
        assert!(!other.clients[0].has_secret, "another id does not inherit it");
        let gone = engine.forget_client(IdentityProvider::Google).unwrap();
        assert_eq!((gone.clients[0].from, gone.clients[0].browser), (OauthClientFrom::Nowhere, false));
    }

    #[test]
    fn github_needs_a_secret_in_the_browser_and_none_by_code() {
        let engine = Engine::in_memory().unwrap();
        let github = |secret: &str| {
            engine.set_client(IdentityProvider::Github, "id", Secret::new(secret.into())).unwrap().clients[2].clone()
        };
        let without = github("");
        assert_eq!((without.browser, without.device), (false, true));
        assert!(github("secret").browser);
    }

    #[test]
    fn only_a_plain_yes_turns_signing_in_off() {
        for (set, off) in [("true", true), ("1", true), ("YES", true), ("", false), ("false", false), ("0", false)] {
            assert_eq!(means_yes(set), off, "{set}");
        }
    }
}
