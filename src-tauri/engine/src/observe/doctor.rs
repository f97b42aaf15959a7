//! The doctor: what is set up, what is missing, and the command that sets it up. It tries nothing over a network.

use crate::Engine;
use crate::api::{
    Account, AccountState, DoctorItem, DoctorReport, DoctorState, KeyHolder, KeyState, MeaningTrouble, MemoryState,
    Provider, Settings, SignInState, SmtpAuth, SmtpState, Status,
};
use crate::error::Result;
use std::path::Path;

impl Engine {
    /// What is set up, what is missing, what to do.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn doctor(&self) -> Result<DoctorReport> {
        let (status, settings) = (self.status()?, self.settings()?);
        let keys = self.keys()?;
        let templates = self.templates()?.len();
        let items = vec![
            home(self.home()),
            store(self.home()),
            key(status.key_holder),
            recovery(status.recovery_code),
            accounts(&self.accounts()?),
            sign_in(&self.sign_in_state()?, &self.unreadable_client_files()),
            me(&settings),
            mail(&status),
            memory(&self.memory_state()?),
            item("templates", DoctorState::Ok, format!("{templates} templates"), None),
            gemini(&settings, &keys),
            local_model(&settings),
            smtp(&self.smtp_state()?),
        ];
        Ok(DoctorReport { home: self.home().to_owned(), items })
    }
}

fn item(part: &str, state: DoctorState, found: impl Into<String>, todo: Option<&str>) -> DoctorItem {
    DoctorItem { part: part.into(), state, found: found.into(), todo: todo.map(str::to_owned) }
}

fn home(home: &Path) -> DoctorItem {
    if home.as_os_str().is_empty() {
        return item("home", DoctorState::Ok, "in memory: nothing is kept", None);
    }
    match closed_to_others(home) {
        Ok(true) => item("home", DoctorState::Ok, "only you can open the data folder", None),
        Ok(false) => {
            let todo = format!("chmod 700 {}", home.display());
            item("home", DoctorState::Ok, "sealed, but other users can see the data folder", Some(&todo))
        }
        Err(e) => item("home", DoctorState::Broken, format!("the data folder cannot be read: {e}"), None),
    }
}

#[cfg(unix)]
fn closed_to_others(home: &Path) -> std::io::Result<bool> {
    Ok(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(home)?.permissions()) & 0o077 == 0)
}

#[cfg(not(unix))]
fn closed_to_others(home: &Path) -> std::io::Result<bool> {
    std::fs::metadata(home).map(|_| true) // a Windows profile folder is the user's own
}

fn store(home: &Path) -> DoctorItem {
    let bytes = std::fs::metadata(home.join(crate::account::STORE_FILE)).map_or(0, |found| found.len());
    item("store", DoctorState::Ok, format!("open, {:.1} MB, sealed", bytes as f64 / 1e6), None)
}

fn key(holder: KeyHolder) -> DoctorItem {
    match holder {
        KeyHolder::Keyring => item("key", DoctorState::Ok, "in the system's keyring", None),
        KeyHolder::Passphrase => item("key", DoctorState::Ok, "sealed with your passphrase", None),
    }
}

fn recovery(made: bool) -> DoctorItem {
    match made {
        true => item("recovery", DoctorState::Ok, "a recovery code was made", None),
        false => item(
            "recovery",
            DoctorState::Missing,
            "no recovery code: a lost key cannot be had again",
            Some("epistle account recovery-code"),
        ),
    }
}

fn accounts(accounts: &[Account]) -> DoctorItem {
    let waiting = accounts.iter().filter(|one| matches!(one.state, AccountState::SignInAgain { .. })).count();
    let found = match accounts.len() {
        1 => "1 account".to_owned(),
        more => format!("{more} accounts"),
    };
    match waiting {
        0 => item("accounts", DoctorState::Ok, found, None),
        some => {
            let found = format!("{found}, {some} to be signed in again");
            item(
                "accounts",
                DoctorState::Broken,
                found,
                Some("epistle account list, then epistle account add PROVIDER --again ACCOUNT"),
            )
        }
    }
}

/// Signing in is nothing that is missing: everything works without it.
fn sign_in(state: &SignInState, unreadable: &[String]) -> DoctorItem {
    if state.off {
        return item("sign_in", DoctorState::Ok, "turned off by DISABLE_OAUTH", None);
    }
    if let Some(file) = unreadable.first() {
        let todo = "put it there as the provider gives it, or take it away";
        return item(
            "sign_in",
            DoctorState::Broken,
            format!("{file} in the data folder is no client’s file"),
            Some(todo),
        );
    }
    let known: Vec<&str> =
        state.clients.iter().filter(|one| one.browser || one.device).map(|one| one.provider.name()).collect();
    match known.as_slice() {
        [] => {
            item("sign_in", DoctorState::Missing, "no client to sign in with", Some("epistle account client FILE.json"))
        }
        known => item("sign_in", DoctorState::Ok, format!("with {}, not tried", known.join(", ")), None),
    }
}

fn me(settings: &Settings) -> DoctorItem {
    match settings.me.len() {
        0 => item(
            "me",
            DoctorState::Missing,
            "nobody said which addresses are yours",
            Some("epistle import --me you@example.com"),
        ),
        1 => item("me", DoctorState::Ok, "1 address", None),
        more => item("me", DoctorState::Ok, format!("{more} addresses"), None),
    }
}

fn mail(status: &Status) -> DoctorItem {
    match status.messages {
        0 => {
            item("mail", DoctorState::Missing, "no mail yet", Some("epistle import PATH (or: epistle import --sample)"))
        }
        messages => item("mail", DoctorState::Ok, format!("{messages} messages in {} threads", status.threads), None),
    }
}

fn memory(state: &MemoryState) -> DoctorItem {
    let read = format!("{} of {} messages read by {}", state.embedded, state.messages, state.model);
    match state.trouble {
        _ if !state.enabled => {
            item("memory", DoctorState::Ok, "finding by meaning is switched off; words alone find", None)
        }
        Some(trouble) => {
            let (state, todo) = match trouble {
                MeaningTrouble::RuntimeMissing => (DoctorState::Missing, "install Epistle again"),
                MeaningTrouble::RuntimeBroken => (DoctorState::Broken, "install Epistle again"),
                MeaningTrouble::ModelMissing => (DoctorState::Missing, "epistle memory use MODEL"),
                MeaningTrouble::ModelBroken => (DoctorState::Broken, "epistle memory use MODEL"),
            };
            item("memory", state, format!("words alone find: {}", trouble.describe()), Some(todo))
        }
        None if state.embedded < state.messages => {
            item("memory", DoctorState::Missing, read, Some("epistle memory embed (the window does it by itself)"))
        }
        None => item("memory", DoctorState::Ok, read, None),
    }
}

fn gemini(settings: &Settings, keys: &[KeyState]) -> DoctorItem {
    let key = keys.iter().find(|key| key.provider == Provider::Gemini);
    match key {
        _ if !settings.gemini.enabled => {
            item("gemini", DoctorState::Missing, "turned off", Some("epistle settings set gemini.enabled true"))
        }
        Some(KeyState { set: true, from_environment: true, .. }) => {
            item("gemini", DoctorState::Ok, "key set by GEMINI_API_KEY, not tried", None)
        }
        Some(KeyState { set: true, .. }) => item("gemini", DoctorState::Ok, "key set, not tried", None),
        _ => {
            item("gemini", DoctorState::Missing, "no key; the offline composer writes", Some("epistle key set gemini"))
        }
    }
}

fn local_model(settings: &Settings) -> DoctorItem {
    let set = &settings.local_model;
    if set.enabled {
        return item("local_model", DoctorState::Ok, format!("{} at {}, not tried", set.model, set.base), None);
    }
    let todo = "epistle settings set local_model.model NAME, then epistle settings set local_model.enabled true";
    item("local_model", DoctorState::Missing, "none is named", Some(todo))
}

/// Sending by SMTP is one way of several: that it is not set up is nothing that is missing.
fn smtp(state: &SmtpState) -> DoctorItem {
    let set = &state.settings;
    if !set.enabled {
        return item("smtp", DoctorState::Ok, "not used", None);
    }
    let found = |what| format!("{}, port {}, {what}", set.host, set.port);
    match set.auth {
        _ if state.user.is_none() => {
            let todo = "epistle account smtp --user NAME";
            item("smtp", DoctorState::Missing, found("and no name to sign in with"), Some(todo))
        }
        SmtpAuth::Password if !state.password_set => {
            let todo = "epistle account smtp --password";
            item("smtp", DoctorState::Missing, found("and no password is kept for it"), Some(todo))
        }
        SmtpAuth::Oauth if !state.token => {
            let todo = "epistle account add PROVIDER --for send-mail --again ACCOUNT";
            item("smtp", DoctorState::Missing, found("and the sign-in gives no token that sends"), Some(todo))
        }
        SmtpAuth::Password | SmtpAuth::Oauth => item("smtp", DoctorState::Ok, found("not tried"), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::Secret;

    fn said(engine: &Engine, part: &str) -> (DoctorState, String, bool) {
        let report = engine.doctor().unwrap();
        let item = report.items.into_iter().find(|item| item.part == part).unwrap();
        (item.state, item.found, item.todo.is_some())
    }

    #[test]
    fn a_fresh_house_says_what_to_do_and_nothing_is_broken() {
        let report = Engine::in_memory().unwrap().doctor().unwrap();
        let parts: Vec<&str> = report.items.iter().map(|item| item.part.as_str()).collect();
        assert_eq!(
            parts,
            [
                "home",
                "store",
                "key",
                "recovery",
                "accounts",
                "sign_in",
                "me",
                "mail",
                "memory",
                "templates",
                "gemini",
                "local_model",
                "smtp"
            ]
        );
        assert!(report.items.iter().all(|item| item.state != DoctorState::Broken));
        let missing = report.items.iter().filter(|item| item.state == DoctorState::Missing);
        assert!(missing.clone().count() >= 3 && missing.clone().all(|item| item.todo.is_some()));
    }

    #[test]
    fn what_is_set_up_is_counted_and_not_shown() {
        let engine = Engine::in_memory().unwrap();
        let mail = b"From: a@example.com\r\nSubject: canary\r\nMessage-ID: <1@example.com>\r\n\r\nHello\r\n";
        engine.import_eml(mail).unwrap();
        engine.set_key(Provider::Gemini, Secret::new("canary".into())).unwrap();
        let mut settings = engine.settings().unwrap();
        settings.me = vec![crate::api::Person { name: None, address: "canary@example.com".parse().unwrap() }];
        engine.set_settings(settings).unwrap();
        assert_eq!(said(&engine, "mail"), (DoctorState::Ok, "1 messages in 1 threads".into(), false));
        assert_eq!(said(&engine, "me"), (DoctorState::Ok, "1 address".into(), false));
        assert_eq!(said(&engine, "gemini").0, DoctorState::Ok);
        assert!(!format!("{:?}", engine.doctor().unwrap()).contains("canary"));
        let status = engine.status().unwrap();
        assert_eq!((status.messages, status.threads, status.drafts, status.spent_micros), (1, 1, 0, 0));
        assert_eq!(status.model.unwrap().provider, Provider::Gemini);
    }
}
