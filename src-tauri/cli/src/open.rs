//! Opens the data folder as the environment says, and asks for a passphrase where somebody can answer. Never takes one from the command line.

use crate::fail::Failure;
use epistle_engine::error::Error;
use epistle_engine::secrets::Secret;
use epistle_engine::{Engine, Open, account};
use std::io::IsTerminal;

/// The engine over the data folder.
pub(crate) fn engine() -> Result<Engine, Failure> {
    let mut open = Open { home: account::default_home(), passphrase: given(), use_keyring: keyring() };
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

fn keyring() -> bool {
    std::env::var("EPISTLE_NO_KEYRING").map_or(true, |value| value.is_empty() || value == "0")
}

fn somebody_there() -> bool {
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
pub(crate) fn prompt(text: &str) -> Result<Secret, Failure> {
    let answer = rpassword::prompt_password(text).map_err(|e| Error::io("read from", "the terminal", e))?;
    Ok(Secret::new(answer))
}
