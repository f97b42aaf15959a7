//! Sending by SMTP, as it is set up for an account: the server, and the password that is kept for it and for no other.

use super::smtp_servers;
use crate::Engine;
use crate::api::{EmailAddress, Grant, SmtpAuth, SmtpGuess, SmtpSettings, SmtpState};
use crate::error::{Error, Result};
use crate::secrets::Secret;

/// The name an account's password is kept under.
pub(crate) const PASSWORD: &str = "smtp";
/// No provider's password is longer.
const LONGEST_PASSWORD: usize = 1_000;

impl Engine {
    /// How sending by SMTP stands, and what is proposed where it is not set up.
    ///
    /// # Errors
    /// The keyring's; `store_broken`.
    pub fn smtp_state(&self) -> Result<SmtpState> {
        let settings = self.settings()?.smtp;
        let guess = self.own_address()?.map(|address| self.smtp_guess(&address)).transpose()?.flatten();
        Ok(SmtpState {
            password_set: self.smtp_password(&settings)?.is_some(),
            user: self.smtp_user(&settings)?,
            token: self.account_row(self.account())?.granted.contains(&Grant::SendMail),
            guess,
            settings,
        })
    }

    /// What is proposed for an address of this account's.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn smtp_guess(&self, address: &EmailAddress) -> Result<Option<SmtpGuess>> {
        let identity = self.account_row(self.account())?.identity;
        Ok(smtp_servers::guess(address, identity.map(|identity| identity.provider)))
    }

    /// Sets the server up, or turns it off.
    ///
    /// # Errors
    /// `bad_input` naming the field, and then nothing is changed; the keyring's; `store_broken`.
    pub fn set_smtp(&self, smtp: SmtpSettings) -> Result<SmtpState> {
        self.set_settings(crate::api::Settings { smtp, ..self.settings()? })?;
        self.smtp_changed();
        self.smtp_state()
    }

    /// Keeps the password for the server that is set up. Another server is never told it.
    ///
    /// # Errors
    /// `bad_input` when there is no server yet, or this is no password; the keyring's; `store_broken`.
    pub fn set_smtp_password(&self, password: &Secret) -> Result<SmtpState> {
        let host = self.settings()?.smtp.host;
        if host.is_empty() {
            return Err(Error::BadInput { field: "smtp.host", why: "say first for which server".into() });
        }
        let text = password.expose();
        if text.is_empty() || text.len() > LONGEST_PASSWORD || text.chars().any(char::is_control) {
            return Err(Error::BadInput { field: "password", why: "a password is one line".into() });
        }
        let kept = Secret::new(format!("{host} {text}"));
        self.house.vault.keep(self.store(), self.account(), PASSWORD, &kept)?;
        self.smtp_changed();
        self.smtp_state()
    }

    /// Forgets the password.
    ///
    /// # Errors
    /// The keyring's; `store_broken`.
    pub fn forget_smtp_password(&self) -> Result<SmtpState> {
        self.house.vault.forget(self.store(), self.account(), PASSWORD)?;
        self.smtp_changed();
        self.smtp_state()
    }

    /// The password for this server, if it is the one it was given for.
    pub(crate) fn smtp_password(&self, settings: &SmtpSettings) -> Result<Option<Secret>> {
        if settings.host.is_empty() || settings.auth != SmtpAuth::Password {
            return Ok(None);
        }
        let kept = self.house.vault.find(self.store(), self.account(), PASSWORD)?;
        let of_this =
            kept.as_ref().and_then(|kept| kept.expose().split_once(' ')).filter(|(host, _)| *host == settings.host);
        Ok(of_this.map(|(_, password)| Secret::new(password.to_owned())))
    }

    /// The name to sign in with.
    pub(crate) fn smtp_user(&self, settings: &SmtpSettings) -> Result<Option<String>> {
        if !settings.user.is_empty() {
            return Ok(Some(settings.user.clone()));
        }
        Ok(self.own_address()?.map(|address| address.as_str().to_owned()))
    }

    /// The account's address: the one its provider proved, or the one to write from.
    fn own_address(&self) -> Result<Option<EmailAddress>> {
        let proved = self.account_row(self.account())?.profile.address;
        let said = || Ok(self.settings()?.me.into_iter().next().map(|person| person.address));
        proved.map_or_else(said, |address| Ok(Some(address)))
    }

    /// What was refused may be taken now, and what waits may leave.
    fn smtp_changed(&self) {
        self.desk.outbox.forget_refusal();
        self.wake_outbox();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Person, SmtpSecurity};
    use crate::error::ErrorCode;

    fn server(host: &str) -> SmtpSettings {
        SmtpSettings {
            enabled: true,
            host: host.into(),
            port: 465,
            security: SmtpSecurity::Tls,
            user: String::new(),
            auth: SmtpAuth::Password,
        }
    }

    #[test]
    fn a_password_is_kept_for_one_server_and_never_shown() {
        let engine = Engine::in_memory().unwrap();
        let secret = || Secret::new("canary pass word".into());
        assert_eq!(engine.set_smtp_password(&secret()).unwrap_err().code(), ErrorCode::BadInput);
        engine.set_smtp(server("smtp.example.com")).unwrap();
        let state = engine.set_smtp_password(&secret()).unwrap();
        assert!(state.password_set && !format!("{state:?}").contains("canary"));
        assert_eq!(engine.smtp_password(&state.settings).unwrap().unwrap().expose(), "canary pass word");
        assert!(!engine.set_smtp(server("smtp.example.org")).unwrap().password_set, "another server is not told it");
        assert!(engine.set_smtp(server("smtp.example.com")).unwrap().password_set);
        assert!(!engine.forget_smtp_password().unwrap().password_set);
        for bad in ["", "two\nlines"] {
            assert!(engine.set_smtp_password(&Secret::new(bad.into())).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_server_is_proposed_for_the_address_that_is_written_from() {
        let engine = Engine::in_memory().unwrap();
        assert_eq!(engine.smtp_state().unwrap().guess, None);
        let mut settings = engine.settings().unwrap();
        settings.me = vec![Person { name: None, address: "ada@fastmail.com".parse().unwrap() }];
        engine.set_settings(settings).unwrap();
        let state = engine.smtp_state().unwrap();
        let guess = state.guess.unwrap();
        assert_eq!((guess.name.as_str(), guess.settings.host.as_str()), ("Fastmail", "smtp.fastmail.com"));
        assert!(guess.app_password.is_some() && !state.settings.enabled, "proposed, and nothing turned on");
        assert_eq!(state.user.unwrap(), "ada@fastmail.com");
    }
}
