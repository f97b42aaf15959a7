//! `key.json`: which holder has the master key, and, where that is a passphrase, the key sealed under it (Argon2id). Never the key itself.

use super::home;
use crate::error::{Error, Result};
use crate::secrets::Secret;
use crate::store::MasterKey;
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use std::path::Path;
use zeroize::Zeroizing;

const NAME: &str = "key.json";
const VERSION: u32 = 1;
const AAD: &[u8] = b"epistle key file v1";

/// What the file says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeyFile {
    version: u32,
    /// A random name for this folder in the keyring.
    pub(super) folder: String,
    /// The master key sealed under a recovery code, where one was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) recovery: Option<Sealed>,
    #[serde(flatten)]
    pub(super) holder: Holder,
}

/// Where the master key is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "holder", rename_all = "snake_case")]
pub(super) enum Holder {
    /// In the keyring, under this folder's name.
    Keyring,
    /// Here, sealed.
    Passphrase(Sealed),
}

/// The master key under a passphrase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sealed {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    nonce: String,
    sealed: String,
}

impl KeyFile {
    pub(super) fn new(folder: String, holder: Holder) -> Self {
        Self { version: VERSION, folder, recovery: None, holder }
    }

    /// The folder's key file, if it has one.
    pub(super) fn read(home: &Path) -> Result<Option<Self>> {
        let path = home.join(NAME);
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(Error::io("read", path, e)),
        };
        let found: Self = serde_json::from_slice(&text).map_err(|_| unreadable())?;
        if found.version > VERSION {
            return Err(Error::StoreTooNew { found: found.version, known: VERSION });
        }
        Ok(Some(found))
    }

    /// Writes it, and reads it back before anything depends on it.
    pub(super) fn write(&self, home: &Path) -> Result<()> {
        let text = serde_json::to_vec_pretty(self).map_err(|e| Error::internal("encoding the key file", e))?;
        home::write_whole(&home.join(NAME), &text)?;
        match Self::read(home)? {
            Some(back) if back == *self => Ok(()),
            _ => Err(unreadable()),
        }
    }
}

/// OWASP's and RFC 9106's second choice: 64 MiB, three passes. Tests keep it: it takes a fifth of a second.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
/// More is not done for a file that came from elsewhere.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;
const MOST_PASSES: u32 = 16;

impl Sealed {
    pub(super) fn seal(master: &MasterKey, passphrase: &Secret) -> Result<Self> {
        let (salt, nonce): ([u8; 16], [u8; 24]) = (random()?, random()?);
        let fresh = Self {
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: 1,
            salt: hex(&salt),
            nonce: hex(&nonce),
            sealed: String::new(),
        };
        let cipher = fresh.cipher(passphrase)?;
        let sealed = cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: master.expose(), aad: AAD })
            .map_err(|_| Error::Internal { what: "sealing the master key", source: None })?;
        Ok(Self { sealed: hex(&sealed), ..fresh })
    }

    /// Whether opening it takes no more than a machine has: what a file from elsewhere asks for is not done unseen.
    pub(super) fn is_bearable(&self) -> bool {
        self.memory_kib <= MOST_MEMORY_KIB && self.passes <= MOST_PASSES && self.lanes <= MOST_PASSES
    }

    pub(super) fn open(&self, passphrase: &Secret) -> Result<MasterKey> {
        let nonce: [u8; 24] = unhex(&self.nonce).and_then(|n| n.try_into().ok()).ok_or_else(unreadable)?;
        let sealed = unhex(&self.sealed).ok_or_else(unreadable)?;
        let plain = self
            .cipher(passphrase)?
            .decrypt(&XNonce::from(nonce), Payload { msg: &sealed, aad: AAD })
            .map_err(|_| Error::PassphraseWrong)?;
        MasterKey::from_bytes(&Zeroizing::new(plain)).ok_or_else(unreadable)
    }

    fn cipher(&self, passphrase: &Secret) -> Result<XChaCha20Poly1305> {
        let salt = unhex(&self.salt).ok_or_else(unreadable)?;
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).map_err(|_| unreadable())?;
        let mut key = Zeroizing::new([0u8; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.expose().as_bytes(), &salt, key.as_mut())
            .map_err(|_| unreadable())?;
        Ok(XChaCha20Poly1305::new(&(*key).into()))
    }
}

fn unreadable() -> Error {
    Error::StoreBroken { what: format!("{NAME} is damaged: put it back from a copy") }
}

/// Random bytes from the operating system.
pub(super) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| Error::internal("no randomness", e))?;
    Ok(bytes)
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect::<Option<_>>()?;
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    Some(digits.chunks(2).map(|pair| (pair[0] << 4) | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_opens_with_its_passphrase_only_and_holds_no_key() {
        let folder = tempfile::tempdir().unwrap();
        let master = MasterKey::random().unwrap();
        let right = Secret::new("right".into());
        let sealed = Sealed::seal(&master, &right).unwrap();
        KeyFile::new("f".into(), Holder::Passphrase(sealed)).write(folder.path()).unwrap();
        let text = std::fs::read_to_string(folder.path().join(NAME)).unwrap();
        assert!(!text.contains(&hex(master.expose())));
        let Holder::Passphrase(back) = KeyFile::read(folder.path()).unwrap().unwrap().holder else { panic!("{text}") };
        assert_eq!(back.open(&right).unwrap().expose(), master.expose());
        assert!(matches!(back.open(&Secret::new("wrong".into())), Err(Error::PassphraseWrong)));
    }

    #[test]
    fn a_damaged_or_newer_file_is_named_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        for (text, code) in [
            ("", crate::error::ErrorCode::StoreBroken),
            ("{}", crate::error::ErrorCode::StoreBroken),
            (r#"{"version":9,"folder":"x","holder":"keyring"}"#, crate::error::ErrorCode::StoreTooNew),
        ] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(KeyFile::read(folder.path()).unwrap_err().code(), code, "{text}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
    }
}
