//! A backup becomes a data folder: built beside it, proved row by row, opened, and only then put in its place. The folder that was there is
//! kept aside. Killed at any moment, there is one whole data folder, the old one or the new one.

use super::backups::{Head, open_backup, with_ending};
use super::keyfile::{self, Holder, KeyFile, Sealed};
use super::keyring::Keyring;
use super::vault::kept_in_keyring;
use super::{STORE_FILE, has_content, home, sync_folder};
use crate::api::{BackupProgress, KeyHolder, RestoreReport, UnixMillis};
use crate::error::{Error, Result};
use crate::outbox;
use crate::secrets::Secret;
use crate::store::{MasterKey, Store, backup};
use std::fs::File;
use std::path::{Path, PathBuf};
use tokio_util::sync::CancellationToken;

/// Beside the data folder: a new one being built, which is nobody's; and one that is whole and only has to take its place.
const BUILDING: &str = "restoring";
const WHOLE: &str = "restored";

/// A backup to restore.
#[derive(Debug, Clone, Default)]
pub struct RestoreAsk {
    /// The backup.
    pub file: PathBuf,
    /// The data folder it is to become.
    pub home: PathBuf,
    /// What opens it: its passphrase, the folder's at the time, or the recovery code.
    pub passphrase: Secret,
    /// Whether a data folder that is there may be put aside.
    pub replace: bool,
    /// Whether the keyring may hold the key.
    pub use_keyring: bool,
}

/// The moments between the renames, at each of which the power may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    Built,
    Named,
    Aside,
    Placed,
}

/// Restores a backup. Nobody may have the data folder open. Blocks.
///
/// # Errors
/// `bad_input` where there is a store that may not be replaced; `in_use`; `passphrase_wrong`; `backup_broken`, naming what and where;
/// `store_too_new`; `cancelled`; `io`. The data folder is as it was then.
pub fn restore(
    ask: &RestoreAsk,
    progress: &mut dyn FnMut(&BackupProgress),
    stop: &CancellationToken,
) -> Result<RestoreReport> {
    restored(ask, progress, stop, &mut |_| Ok(()))
}

fn restored(
    ask: &RestoreAsk,
    progress: &mut dyn FnMut(&BackupProgress),
    stop: &CancellationToken,
    moment: &mut dyn FnMut(Moment) -> Result<()>,
) -> Result<RestoreReport> {
    if ask.home.file_name().is_none() {
        return Err(Error::BadInput { field: "to", why: "this cannot be a data folder".into() });
    }
    settle(&ask.home)?;
    let held = take(&ask.home)?;
    if has_content(&ask.home.join(STORE_FILE))? && !ask.replace {
        let why = "there is a store in this folder already: say that it may be put aside";
        return Err(Error::BadInput { field: "to", why: why.into() });
    }
    let building = with_ending(&ask.home, BUILDING);
    remove(&building)?;
    home::make(&building)?;
    let own = home::lock(&building)?;
    let built = build(ask, &building, progress, stop);
    let (mut report, key) = built.inspect_err(|_| drop(std::fs::remove_dir_all(&building)))?;
    moment(Moment::Built)?;
    key.write(&building)?;
    report.kept_aside = place(&ask.home, &building, crate::now(), moment)?;
    drop((held, own));
    Ok(report)
}

/// The folder's lock, where the folder is there.
fn take(home: &Path) -> Result<Option<File>> {
    if home.is_dir() { home::lock(home).map(Some) } else { Ok(None) }
}

/// Builds the store and decides what holds its key. Nothing of the old folder is touched.
fn build(
    ask: &RestoreAsk,
    building: &Path,
    progress: &mut dyn FnMut(&BackupProgress),
    stop: &CancellationToken,
) -> Result<(RestoreReport, KeyFile)> {
    let (mut reader, head, bytes) = open_backup(&ask.file)?;
    let (master, sealed) = head.open(&ask.passphrase)?;
    let total = std::fs::metadata(&ask.file).map_or(0, |found| found.len());
    let file = building.join(STORE_FILE);
    let mut told = |done| progress(&BackupProgress { done, total });
    let end = backup::rebuild(&file, &mut reader, &bytes, &master, &mut told, stop)?;
    // Opening proves the key once more, and brings an older schema up to date.
    let letters_held = outbox::hold_all(&Store::open(&file, master.clone())?, crate::now())?;
    let (key, same) = key_file(ask, &head, &master, sealed)?;
    let key_holder = if key.holder == Holder::Keyring { KeyHolder::Keyring } else { KeyHolder::Passphrase };
    let report = RestoreReport {
        home: ask.home.clone(),
        made: head.made,
        rows: end.rows(),
        kept_aside: None,
        key_holder,
        secrets_missing: head.secrets_in_keyring && !same,
        letters_held,
    };
    Ok((report, key))
}

/// What holds the key from now on, and whether it is what held it before: the data folder's own key file where its key is the backup's,
/// so that what its keyring has is found again; else the keyring; else what the person gave.
fn key_file(ask: &RestoreAsk, head: &Head, master: &MasterKey, sealed: Sealed) -> Result<(KeyFile, bool)> {
    if let Ok(Some(old)) = KeyFile::read(&ask.home)
        && opens(&old, ask, master)
    {
        return Ok((old, true));
    }
    let folder = keyfile::hex(&keyfile::random::<16>()?);
    let holder = match ask.use_keyring.then(|| kept_in_keyring(&folder, master)) {
        Some(Ok(_)) => Holder::Keyring,
        Some(Err(_)) | None => Holder::Passphrase(sealed),
    };
    let mut file = KeyFile::new(folder, holder);
    file.recovery.clone_from(&head.recovery);
    Ok((file, false))
}

fn opens(old: &KeyFile, ask: &RestoreAsk, master: &MasterKey) -> bool {
    let found = match &old.holder {
        Holder::Passphrase(sealed) => sealed.open(&ask.passphrase).ok(),
        Holder::Keyring if ask.use_keyring => Keyring::find(&old.folder)
            .and_then(|keyring| keyring.get(""))
            .ok()
            .flatten()
            .and_then(|bytes| MasterKey::from_bytes(&bytes)),
        Holder::Keyring => None,
    };
    found.is_some_and(|found| found.expose() == master.expose())
}

/// Puts the new folder in the old one's place; where the old one is kept.
fn place(
    home: &Path,
    building: &Path,
    now: UnixMillis,
    moment: &mut dyn FnMut(Moment) -> Result<()>,
) -> Result<Option<PathBuf>> {
    let (whole, aside) = (with_ending(home, WHOLE), with_ending(home, &format!("before-restore-{now}")));
    rename(building, &whole)?;
    moment(Moment::Named)?;
    let there = home.exists();
    if there {
        rename(home, &aside)?;
    }
    moment(Moment::Aside)?;
    if let Err(error) = rename(&whole, home) {
        // The system would not: everything is as it was.
        if there {
            rename(&aside, home)?;
        }
        return Err(error);
    }
    moment(Moment::Placed)?;
    let worth_keeping = there && (aside.join(STORE_FILE).exists() || !only_a_lock(&aside));
    if there && !worth_keeping {
        let _ = std::fs::remove_dir_all(&aside); // it held nothing
    }
    Ok(worth_keeping.then_some(aside))
}

fn only_a_lock(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|entries| entries.flatten().all(|entry| entry.file_name() == "lock"))
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    std::fs::rename(from, to).and_then(|()| sync_folder(to)).map_err(|e| Error::io("rename", from, e))
}

fn remove(folder: &Path) -> Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", folder, e)),
        _ => Ok(()),
    }
}

/// Ends a restore that a crash kept from its end: where the data folder is not there and a whole new one is, that takes its place; what was
/// not whole, or came too late, is nobody's.
pub(super) fn settle(home: &Path) -> Result<()> {
    if home.file_name().is_none() {
        return Ok(());
    }
    let (building, whole) = (with_ending(home, BUILDING), with_ending(home, WHOLE));
    if whole.is_dir() && !home.exists() {
        rename(&whole, home)?;
    }
    for left in [building, whole] {
        // One that is locked is another process's, at work.
        if left.is_dir() && home::lock(&left).is_ok() {
            remove(&left)?;
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "restore_tests.rs"]
mod tests;
