//! The recovery code: 125 random bits that open the store when its keyring, or what was in it, is gone. Shown once, kept nowhere; beside
//! the key file's own holder stands the master key sealed under it.

use super::keyfile::{self, Holder, KeyFile, Sealed};
use super::vault::{Vault, kept_in_keyring};
use crate::error::{Error, Result};
use crate::secrets::Secret;
use crate::store::MasterKey;
use crate::{Engine, Open};

/// Crockford's base 32: no I, L, O or U, so that a written-down code is read as it was meant. <https://www.crockford.com/base32.html>
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Five groups of five digits.
const LENGTH: usize = 25;
const GROUP: usize = 5;

impl Engine {
    /// Makes a recovery code, in place of an older one. This is the one time it can be read.
    ///
    /// # Errors
    /// `io` when the key file cannot be written; the older code then still works.
    pub fn make_recovery_code(&self) -> Result<String> {
        let mut file = KeyFile::read(self.home())?.ok_or(Error::KeyLost)?;
        let code = fresh()?;
        file.recovery = Some(Sealed::seal(self.store().master(), &normalised(&code))?);
        file.write(self.home())?;
        Ok(code.expose().to_owned())
    }

    /// Whether a recovery code was made.
    pub(crate) fn has_recovery_code(&self) -> Result<bool> {
        if self.home().as_os_str().is_empty() {
            return Ok(false); // in memory
        }
        Ok(KeyFile::read(self.home())?.is_some_and(|file| file.recovery.is_some()))
    }
}

fn fresh() -> Result<Secret> {
    let bytes: [u8; LENGTH] = keyfile::random()?;
    let digits: Vec<u8> = bytes.iter().map(|byte| DIGITS[usize::from(byte % 32)]).collect();
    let groups: Vec<String> = digits.chunks(GROUP).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    Ok(Secret::new(groups.join("-")))
}

/// A code as it is meant: without the marks between its groups, in one case, with the letters that look like digits read as those.
pub(super) fn normalised(code: &Secret) -> Secret {
    let digits = code.expose().chars().filter(char::is_ascii_alphanumeric).map(|c| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    });
    Secret::new(digits.collect())
}

/// Opens with the code, and puts the key back: into the keyring where one serves; where none does, the code is the folder's passphrase
/// from now on.
pub(super) fn recover(open: &Open, mut file: KeyFile) -> Result<(MasterKey, Vault)> {
    let code = open.recovery_code.as_ref().map(normalised).ok_or(Error::RecoveryCodeWrong)?;
    let sealed = file.recovery.clone().ok_or(Error::RecoveryCodeWrong)?;
    let master = sealed.open(&code).map_err(|refused| match refused {
        Error::PassphraseWrong => Error::RecoveryCodeWrong,
        other => other,
    })?;
    if matches!(file.holder, Holder::Passphrase(_)) {
        return Ok((master, Vault::in_store()));
    }
    let vault = match open.use_keyring.then(|| kept_in_keyring(&file.folder, &master)) {
        Some(Ok(keyring)) => Vault::from(keyring),
        _ => {
            file.holder = Holder::Passphrase(sealed);
            Vault::in_store()
        }
    };
    file.write(&open.home)?;
    Ok((master, vault))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::KeyHolder;
    use crate::error::ErrorCode;

    #[test]
    fn a_code_is_read_as_it_was_meant() {
        for (typed, meant) in [("ab-cd", "ABCD"), (" 0O1lI ", "00111"), ("AAAAA BBBBB", "AAAAABBBBB"), ("ü1", "1")] {
            assert_eq!(normalised(&Secret::new(typed.into())).expose(), meant, "{typed}");
        }
        let code = fresh().unwrap();
        assert_eq!(code.expose().len(), LENGTH + LENGTH / GROUP - 1);
        assert_eq!(normalised(&code).expose().len(), LENGTH);
        assert_ne!(code.expose(), fresh().unwrap().expose());
    }

    #[test]
    fn the_code_opens_what_the_passphrase_opened_and_an_older_code_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let open = |passphrase: Option<&str>, code: Option<&str>| {
            Engine::open(&Open {
                home: folder.path().to_owned(),
                passphrase: passphrase.map(|text| Secret::new(text.into())),
                recovery_code: code.map(|text| Secret::new(text.into())),
                ..Open::default()
            })
        };
        let engine = open(Some("correct horse"), None).unwrap();
        assert!(!engine.status().unwrap().recovery_code);
        let (old, new) = (engine.make_recovery_code().unwrap(), engine.make_recovery_code().unwrap());
        assert!(engine.status().unwrap().recovery_code);
        drop(engine);
        let written = std::fs::read_to_string(folder.path().join("key.json")).unwrap();
        assert!(!written.contains(&new) && !written.contains(normalised(&Secret::new(new.clone())).expose()));
        assert_eq!(open(None, Some(&old)).err().unwrap().code(), ErrorCode::RecoveryCodeWrong);
        assert_eq!(open(None, Some("")).err().unwrap().code(), ErrorCode::RecoveryCodeWrong);
        assert_eq!(open(None, Some(&new.to_lowercase())).unwrap().status().unwrap().key_holder, KeyHolder::Passphrase);
        assert!(open(Some(&new), None).is_ok(), "where a passphrase is asked for, the code serves too");
        assert!(open(Some("correct horse"), None).is_ok());
    }
}
