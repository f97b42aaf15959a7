//! What holds the master key and the API keys: the keyring or the sealed store. A folder keeps the holder it began with.

use super::keyfile::{self, Holder, KeyFile, Sealed};
use super::keyring::{Keyring, Trouble};
use crate::Open;
use crate::api::KeyHolder;
use crate::error::{Error, Result};
use crate::secrets::Secret;
use crate::store::MasterKey;

/// What holds this folder's keys.
pub(crate) struct Vault {
    keyring: Option<Keyring>,
}

impl Vault {
    /// A vault without a keyring: keys go into the sealed store.
    pub(crate) fn in_store() -> Self {
        Self { keyring: None }
    }

    /// What the doors are told.
    pub(crate) fn holder(&self) -> KeyHolder {
        if self.keyring.is_some() { KeyHolder::Keyring } else { KeyHolder::Passphrase }
    }

    /// The key under this name in the keyring; `None` when this folder's keys are in the store.
    pub(crate) fn get(&self, name: &str) -> Option<Result<Option<Secret>>> {
        Some(self.keyring.as_ref()?.get_text(name).map_err(unavailable))
    }

    /// Keeps a key in the keyring; `None` when this folder's keys are in the store.
    pub(crate) fn set(&self, name: &str, key: &Secret) -> Option<Result<()>> {
        Some(self.keyring.as_ref()?.set(name, key.expose().as_bytes()).map_err(unavailable))
    }

    /// Takes a key out of the keyring; `None` when this folder's keys are in the store.
    pub(crate) fn forget(&self, name: &str) -> Option<Result<()>> {
        Some(self.keyring.as_ref()?.forget(name).map_err(unavailable))
    }
}

/// The folder's master key: found where its key file says, or made at the first start.
pub(super) fn find_master(open: &Open, store_exists: bool) -> Result<(MasterKey, Vault)> {
    let passphrase = open.passphrase.as_ref().filter(|given| !given.is_empty());
    match KeyFile::read(&open.home)? {
        Some(KeyFile { holder: Holder::Passphrase(sealed), .. }) => {
            let given = passphrase.ok_or(Error::PassphraseNeeded { first: false })?;
            Ok((sealed.open(given)?, Vault::in_store()))
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
    let keyring = Keyring::find(folder).map_err(unavailable)?;
    let bytes = keyring.get("").map_err(unavailable)?.ok_or(Error::KeyLost)?;
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
        Some(Err(Trouble::Unavailable(why))) if passphrase.is_none() => return Err(Error::KeyringUnavailable { why }),
        Some(Err(_)) | None => None,
    };
    let holder = match &keyring {
        Some(_) => Holder::Keyring,
        None => Holder::Passphrase(Sealed::seal(&master, passphrase.ok_or(Error::PassphraseNeeded { first: true })?)?),
    };
    KeyFile::new(folder, holder).write(&open.home)?;
    Ok((master, Vault { keyring }))
}

fn kept_in_keyring(folder: &str, master: &MasterKey) -> Result<Keyring, Trouble> {
    let keyring = Keyring::find(folder)?;
    keyring.set("", master.expose())?;
    Ok(keyring)
}

fn unavailable(trouble: Trouble) -> Error {
    let (Trouble::Absent(why) | Trouble::Unavailable(why)) = trouble;
    Error::KeyringUnavailable { why }
}
