//! Who is at work: the data folder and its key, the accounts in it, signing in and out, the lock. In the order of a start: `home`, `vault`
//! (with `keyfile` and `keyring`), `lock`, `registry`; then `clients`, `sign_in`, `tokens`, `profile`, `gmail_line`. A master key is made, proved and only
//! then used; neither it nor a token is ever written anywhere in clear.

mod backups;
mod clients;
mod gmail_line;
mod home;
#[cfg(test)]
mod isolation_tests;
mod keyfile;
mod keyring;
mod lock;
mod party;
mod profile;
mod recovery;
mod registry;
mod restore;
mod scopes;
mod sign_in;
mod slots;
mod tokens;
mod vault;

use crate::Open;
use crate::error::Result;
use crate::store::Store;
pub use backups::{BackupAsk, opens_backup, read_backup};
pub(crate) use gmail_line::{Fault, GmailLine, Quota, Urgency};
pub(crate) use home::{has_content, sync_folder};
pub(crate) use lock::SessionRow;
pub(crate) use party::Line;
pub(crate) use registry::{AccountList, AccountRow, blocking, settle_in};
pub use restore::{RestoreAsk, restore};
use std::path::PathBuf;
pub(crate) use tokens::{AccessRow, Refreshing};
pub(crate) use vault::Vault;

/// The store's file in the data folder.
pub(crate) const STORE_FILE: &str = "epistle.redb";

/// The data folder: `EPISTLE_HOME`, or the platform's place for application data.
#[must_use]
pub fn default_home() -> PathBuf {
    std::env::var_os("EPISTLE_HOME")
        .map(PathBuf::from)
        .unwrap_or_else(|| dirs::data_dir().unwrap_or_else(std::env::temp_dir).join("epistle"))
}

/// Makes the folder, takes its lock, finds the key, opens the store and looks whether Epistle is locked, in this order:
/// whoever holds the lock may make a key, and nobody else.
pub(crate) fn open_store(open: &Open) -> Result<(Store, Vault)> {
    restore::settle(&open.home)?;
    home::make(&open.home)?;
    let held = home::lock(&open.home)?;
    let file = open.home.join(STORE_FILE);
    let (master, vault) = vault::find_master(open, home::has_content(&file)?)?;
    let store = Store::open(&file, master)?.holding(held);
    let now = crate::now();
    lock::let_in(&store, open.unlock || open.recovery_code.is_some(), now)?;
    store.sweep(now)?;
    Ok((store, vault))
}

#[cfg(test)]
mod tests {
    use crate::api::KeyHolder;
    use crate::error::{Error, ErrorCode};
    use crate::secrets::Secret;
    use crate::{Engine, Open};
    use std::path::Path;

    fn open(home: &Path, passphrase: Option<&str>) -> Result<Engine, Error> {
        let passphrase = passphrase.map(|text| Secret::new(text.to_owned()));
        Engine::open(&Open { home: home.to_owned(), passphrase, use_keyring: false, ..Open::default() })
    }

    fn code(result: Result<Engine, Error>) -> ErrorCode {
        result.err().expect("this must be refused").code()
    }

    #[test]
    fn a_passphrase_opens_the_same_account_again_and_a_wrong_one_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("made").join("here");
        let refused = open(&home, None).err().unwrap();
        assert!(matches!(refused, Error::PassphraseNeeded { first: true }));
        let first = open(&home, Some("correct horse")).unwrap();
        let account = first.account();
        assert_eq!(first.status().unwrap().key_holder, KeyHolder::Passphrase);
        assert_eq!(code(open(&home, Some("correct horse"))), ErrorCode::InUse);
        drop(first);
        assert!(matches!(open(&home, None).err().unwrap(), Error::PassphraseNeeded { first: false }));
        assert_eq!(code(open(&home, Some("wrong horse"))), ErrorCode::PassphraseWrong);
        assert_eq!(open(&home, Some("correct horse")).unwrap().account(), account);
    }

    #[test]
    fn a_store_without_its_key_file_is_told_apart_from_a_first_start() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path(), Some("x")).unwrap());
        std::fs::remove_file(folder.path().join("key.json")).unwrap();
        assert_eq!(code(open(folder.path(), Some("x"))), ErrorCode::KeyLost);
    }

    #[test]
    fn another_folders_key_does_not_open_this_store() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        drop(open(one.path(), Some("x")).unwrap());
        drop(open(two.path(), Some("x")).unwrap());
        std::fs::copy(one.path().join("key.json"), two.path().join("key.json")).unwrap();
        assert_eq!(code(open(two.path(), Some("x"))), ErrorCode::KeyLost);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_on_the_machine_can_read_the_folder_or_its_files() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("data");
        std::fs::create_dir(&home).unwrap();
        std::fs::set_permissions(&home, std::fs::Permissions::from_mode(0o755)).unwrap();
        let _engine = open(&home, Some("x")).unwrap();
        assert_eq!(std::fs::metadata(&home).unwrap().permissions().mode() & 0o777, 0o700);
        for entry in std::fs::read_dir(&home).unwrap() {
            let entry = entry.unwrap();
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.file_name());
        }
    }
}
