//! What holds the secrets: the keyring or the sealed store. A folder keeps the holder it began with, until a recovery code moves it.
//! Every secret has an owner, an account or the house, and no owner reaches another's.

use super::keyfile::{self, Holder, KeyFile, Sealed};
use super::keyring::{Keyring, Trouble};
use super::recovery;
use crate::Open;
use crate::api::KeyHolder;
use crate::error::{Error, Result};
use crate::ids::AccountId;
use crate::secrets::Secret;
use crate::store::tables::KEYS;
use crate::store::{Keep, MasterKey, Store};
use zeroize::Zeroizing;

/// What holds this folder's secrets.
pub(crate) struct Vault {
    keyring: Option<Keyring>,
}

impl Vault {
    /// A vault without a keyring: secrets go into the sealed store.
    pub(crate) fn in_store() -> Self {
        Self { keyring: None }
    }

    /// What the doors are told.
    pub(crate) fn holder(&self) -> KeyHolder {
        if self.keyring.is_some() { KeyHolder::Keyring } else { KeyHolder::Passphrase }
    }

    /// An owner's secret under this name.
    pub(crate) fn find(&self, store: &Store, owner: AccountId, name: &str) -> Result<Option<Secret>> {
        match &self.keyring {
            Some(keyring) => keyring.get_text(&entry(owner, name)).map_err(refused),
            None => Ok(store.read(owner)?.get(KEYS, name.as_bytes())?.map(Secret::new)),
        }
    }

    /// Keeps an owner's secret, in place of an older one.
    pub(crate) fn keep(&self, store: &Store, owner: AccountId, name: &str, secret: &Secret) -> Result<()> {
        match &self.keyring {
            Some(keyring) => keyring.set(&entry(owner, name), secret.expose().as_bytes()).map_err(refused),
            None => {
                let text = Zeroizing::new(secret.expose().to_owned());
                store.write(owner, Keep::Made, |tx| tx.put(KEYS, name.as_bytes(), &text))
            }
        }
    }

    /// Forgets an owner's secret; nothing there is no error.
    pub(crate) fn forget(&self, store: &Store, owner: AccountId, name: &str) -> Result<()> {
        match &self.keyring {
            Some(keyring) => keyring.forget(&entry(owner, name)).map_err(refused),
            None => store.write(owner, Keep::Made, |tx| tx.delete(KEYS, name.as_bytes()).map(drop)),
        }
    }

    /// Secrets of the time before there could be several accounts had no owner: they become this one's.
    pub(super) fn adopt(&self, store: &Store, owner: AccountId, name: &str) -> Result<()> {
        let Some(keyring) = &self.keyring else { return Ok(()) };
        if let Some(secret) = keyring.get_text(name).map_err(refused)? {
            self.keep(store, owner, name, &secret)?;
            keyring.forget(name).map_err(refused)?;
        }
        Ok(())
    }
}

/// The name of an owner's entry in the keyring.
fn entry(owner: AccountId, name: &str) -> String {
    format!("{owner}/{name}")
}

/// The folder's master key: found where its key file says, or made at the first start.
pub(super) fn find_master(open: &Open, store_exists: bool) -> Result<(MasterKey, Vault)> {
    let passphrase = open.passphrase.as_ref().filter(|given| !given.is_empty());
    match KeyFile::read(&open.home)? {
        Some(file) if open.recovery_code.is_some() => recovery::recover(open, file),
        Some(KeyFile { holder: Holder::Passphrase(sealed), recovery, .. }) => {
            let given = passphrase.ok_or(Error::PassphraseNeeded { first: false })?;
            let master = sealed.open(given).or_else(|refused| {
                let other = recovery.map(|sealed| sealed.open(&recovery::normalised(given)));
                other.and_then(Result::ok).ok_or(refused)
            })?;
            Ok((master, Vault::in_store()))
        }
        Some(KeyFile { holder: Holder::Keyring, folder, .. }) => from_keyring(open, &folder),
        None if store_exists => Err(Error::KeyLost),
        None => make_master(open, passphrase),
    }
}

fn from_keyring(open: &Open, folder: &str) -> Result<(MasterKey, Vault)> {
    if !open.use_keyring {
        return Err(Error::KeyringUnavailable { why: "this folder's key is in it, and it is turned off".into() });
    }
    let keyring = Keyring::find(folder).map_err(refused)?;
    let bytes = keyring.get("").map_err(refused)?.ok_or(Error::KeyLost)?;
    let master = MasterKey::from_bytes(&bytes).ok_or(Error::KeyLost)?;
    Ok((master, Vault { keyring: Some(keyring) }))
}

/// The first start: the keyring where it serves, else a passphrase. A keyring that is there and fails is said, unless a
/// passphrase was given: that is a person's own answer. The key file is written last, when the key is proved.
fn make_master(open: &Open, passphrase: Option<&Secret>) -> Result<(MasterKey, Vault)> {
    let folder = keyfile::hex(&keyfile::random::<16>()?);
    let master = MasterKey::random()?;
    let keyring = match open.use_keyring.then(|| kept_in_keyring(&folder, &master)) {
        Some(Ok(keyring)) => Some(keyring),
        Some(Err(trouble)) if passphrase.is_none() && !matches!(trouble, Trouble::Absent(_)) => {
            return Err(refused(trouble));
        }
        Some(Err(_)) | None => None,
    };
    let holder = match &keyring {
        Some(_) => Holder::Keyring,
        None => Holder::Passphrase(Sealed::seal(&master, passphrase.ok_or(Error::PassphraseNeeded { first: true })?)?),
    };
    KeyFile::new(folder, holder).write(&open.home)?;
    Ok((master, Vault { keyring }))
}

/// The keyring, when it holds the key and gave it back.
pub(super) fn kept_in_keyring(folder: &str, master: &MasterKey) -> Result<Keyring, Trouble> {
    let keyring = Keyring::find(folder)?;
    keyring.set("", master.expose())?;
    Ok(keyring)
}

impl From<Keyring> for Vault {
    fn from(keyring: Keyring) -> Self {
        Self { keyring: Some(keyring) }
    }
}

/// What a person is told of a keyring that has what is needed and does not give it.
fn refused(trouble: Trouble) -> Error {
    match trouble {
        Trouble::Absent(why) => Error::KeyringGone { why },
        Trouble::Locked => Error::KeyringLocked,
        Trouble::Stalled(limit) => Error::KeyringStalled { seconds: limit.as_secs() },
        Trouble::Failing(why) => Error::KeyringUnavailable { why },
    }
}
