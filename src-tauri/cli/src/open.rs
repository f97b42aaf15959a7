//! Opens the data folder as the environment says, and asks for a passphrase where somebody can answer. Never takes one from the command line.

use crate::fail::Failure;
use crate::who;
use epistle_engine::error::Error;
use epistle_engine::secrets::Secret;
use epistle_engine::{Engine, Open, account};
use std::io::{IsTerminal, Read};

/// Where a command works.
pub(crate) struct Door {
    account: Option<String>,
}

impl Door {
    /// In this account; left out, in the one `EPISTLE_ACCOUNT` names, or the default one.
    pub(crate) fn new(account: Option<String>) -> Self {
        let named = || std::env::var("EPISTLE_ACCOUNT").ok().filter(|name| !name.is_empty());
        Self { account: account.or_else(named) }
    }

    /// The engine, at work in that account.
    pub(crate) fn engine(&self) -> Result<Engine, Failure> {
        let engine = self.house()?;
        match &self.account {
            None => Ok(engine),
            Some(given) => Ok(engine.in_account(who::account(&engine, given)?.id)?),
        }
    }

    /// The engine over the data folder, for what is about no account or about any.
    pub(crate) fn house(&self) -> Result<Engine, Failure> {
        open(usual())
    }

    /// The same where Epistle is locked; the recovery code, where given, in place of what is lost.
    pub(crate) fn unlock(&self, recovery_code: Option<Secret>) -> Result<Engine, Failure> {
        open(Open { unlock: true, recovery_code, ..usual() })
    }
}

fn usual() -> Open {
    Open { home: account::default_home(), passphrase: given(), use_keyring: keyring(), ..Open::default() }
}

fn open(mut open: Open) -> Result<Engine, Failure> {
    match Engine::open(&open) {
        Err(Error::PassphraseNeeded { first }) if somebody_there() => {
            open.passphrase = Some(ask(first)?);
            Ok(Engine::open(&open)?)
        }
        other => Ok(other?),
    }
}

fn given() -> Option<Secret> {
    std::env::var("EPISTLE_PASSPHRASE").ok().map(Secret::new).filter(|secret| !secret.is_empty())
}

/// Whether the keyring may be used.
pub(crate) fn keyring() -> bool {
    std::env::var("EPISTLE_NO_KEYRING").map_or(true, |value| value.is_empty() || value == "0")
}

/// Whether a question would be answered.
pub(crate) fn somebody_there() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

fn ask(first: bool) -> Result<Secret, Failure> {
    let passphrase = prompt(if first { "Choose a passphrase that seals your mail: " } else { "Passphrase: " })?;
    if first && prompt("Once more: ")?.expose() != passphrase.expose() {
        return Err(Failure::Usage("the two passphrases differ".into()));
    }
    Ok(passphrase)
}

/// Asks for a secret without showing it.
fn prompt(text: &str) -> Result<Secret, Failure> {
    let answer = rpassword::prompt_password(text).map_err(|e| Error::io("read from", "the terminal", e))?;
    Ok(Secret::new(answer))
}

/// A secret from standard input, or asked for in a terminal.
pub(crate) fn read_secret(text: &str) -> Result<Secret, Failure> {
    if std::io::stdin().is_terminal() {
        return prompt(text);
    }
    let mut secret = String::new();
    std::io::stdin().read_to_string(&mut secret).map_err(|e| Error::io("read from", "standard input", e))?;
    Ok(Secret::new(secret))
}
