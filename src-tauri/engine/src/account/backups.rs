//! A backup in one file: every row of the store, sealed as it is, with the master key sealed under what opens it elsewhere. What a keyring
//! holds (tokens, API keys, passwords) stays in the keyring and is not in it; where a passphrase holds the key, they are rows and are.

use super::keyfile::{Holder, KeyFile, Sealed};
use super::recovery;
use crate::Engine;
use crate::api::{BackupHead, BackupKeys, BackupProgress, BackupReport, KeyHolder, UnixMillis};
use crate::error::{Error, Result};
use crate::secrets::Secret;
use crate::store::backup::{Reader, Writer};
use crate::store::tables::{MESSAGES, META};
use crate::store::{HOUSE, Keep, MasterKey, SCHEMA_VERSION};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use tokio_util::sync::CancellationToken;

/// The house's row of the last backup.
const LAST: &[u8] = b"last_backup";
/// The system is asked for so many bytes at once.
const BUFFER: usize = 1 << 20;

/// A backup to make.
#[derive(Debug, Clone, Default)]
pub struct BackupAsk {
    /// Where.
    pub file: PathBuf,
    /// A passphrase of its own. Without one it opens with the folder's passphrase or the recovery code, and one of these must be there.
    pub passphrase: Option<Secret>,
    /// Whether a file that is there may be replaced.
    pub replace: bool,
}

/// The clear beginning of a backup.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) made: UnixMillis,
    epistle: String,
    schema: u32,
    accounts: u32,
    messages: u64,
    pub(super) secrets_in_keyring: bool,
    /// The master key under each of what opens it.
    own: Option<Sealed>,
    folder: Option<Sealed>,
    pub(super) recovery: Option<Sealed>,
}

impl Engine {
    /// What would open a backup elsewhere that has no passphrase of its own.
    ///
    /// # Errors
    /// `store_broken` when the key file cannot be read.
    pub fn backup_keys(&self) -> Result<BackupKeys> {
        let file = if self.home().as_os_str().is_empty() { None } else { KeyFile::read(self.home())? };
        Ok(BackupKeys {
            recovery_code: file.as_ref().is_some_and(|file| file.recovery.is_some()),
            folder_passphrase: file.is_some_and(|file| matches!(file.holder, Holder::Passphrase(_))),
        })
    }

    /// The last backup that was made of this data folder.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn last_backup(&self) -> Result<Option<BackupReport>> {
        let row = self.store().read(HOUSE)?.get(META, LAST)?;
        Ok(row.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Makes a backup of all accounts, as of one moment, while everything goes on. The file has its name when it is whole. Blocks.
    ///
    /// # Errors
    /// `bad_input` where the file is there and may not be replaced, or where nothing would open it elsewhere; `cancelled`; `io`;
    /// `store_broken`.
    pub fn back_up(
        &self,
        ask: &BackupAsk,
        progress: &mut dyn FnMut(&BackupProgress),
        stop: &CancellationToken,
    ) -> Result<BackupReport> {
        if ask.file.exists() && !ask.replace {
            return Err(Error::BadInput { field: "file", why: "there is a file of this name already".into() });
        }
        let head = self.head(ask.passphrase.as_ref())?;
        let part = with_ending(&ask.file, "part");
        let made = self.write_backup(&part, &head, progress, stop).and_then(|rows| {
            std::fs::rename(&part, &ask.file)
                .and_then(|()| super::sync_folder(&ask.file))
                .map_err(|e| Error::io("write", &ask.file, e))?;
            Ok(rows)
        });
        let rows = made.inspect_err(|_| drop(std::fs::remove_file(&part)))?;
        let bytes = std::fs::metadata(&ask.file).map_err(|e| Error::io("look at", &ask.file, e))?.len();
        let report = BackupReport { file: ask.file.clone(), made: head.made, bytes, rows };
        let row = serde_json::to_string(&report).map_err(|e| Error::internal("encoding a backup's report", e))?;
        self.store().write(HOUSE, Keep::Made, |tx| tx.put(META, LAST, &row))?;
        Ok(report)
    }

    fn write_backup(
        &self,
        part: &Path,
        head: &Head,
        progress: &mut dyn FnMut(&BackupProgress),
        stop: &CancellationToken,
    ) -> Result<u64> {
        let head = serde_json::to_vec(head).map_err(|e| Error::internal("encoding a backup's head", e))?;
        let file = private(part).map_err(|e| Error::io("write", part, e))?;
        let writer = Writer::begin(BufWriter::with_capacity(BUFFER, file), part, &head)?;
        let mut told = |done, total| progress(&BackupProgress { done, total });
        let (mut file, end) = self.store().back_up(writer, &head, &mut told, stop)?;
        file.flush().and_then(|()| file.get_ref().sync_all()).map_err(|e| Error::io("write", part, e))?;
        Ok(end.rows())
    }

    fn head(&self, passphrase: Option<&Secret>) -> Result<Head> {
        let file = if self.home().as_os_str().is_empty() { None } else { KeyFile::read(self.home())? };
        let own = passphrase.filter(|given| !given.is_empty());
        let own = own.map(|given| Sealed::seal(self.store().master(), given)).transpose()?;
        let recovery = file.as_ref().and_then(|file| file.recovery.clone());
        let folder = file.and_then(|file| match file.holder {
            Holder::Passphrase(sealed) => Some(sealed),
            Holder::Keyring => None,
        });
        if own.is_none() && recovery.is_none() && folder.is_none() {
            let why = "nothing would open this backup where this keyring is not: give it a passphrase, or make a recovery code";
            return Err(Error::BadInput { field: "passphrase", why: why.into() });
        }
        let accounts = self.store().keyed_accounts()?;
        let mut messages = 0;
        for account in &accounts {
            messages += self.store().read(*account)?.count(MESSAGES)?;
        }
        Ok(Head {
            made: crate::now(),
            epistle: env!("CARGO_PKG_VERSION").to_owned(),
            schema: SCHEMA_VERSION,
            accounts: u32::try_from(accounts.len()).unwrap_or(u32::MAX),
            messages,
            secrets_in_keyring: self.house.vault.holder() == KeyHolder::Keyring,
            own,
            folder,
            recovery,
        })
    }
}

impl Head {
    fn shown(&self) -> BackupHead {
        BackupHead {
            made: self.made,
            epistle: self.epistle.clone(),
            schema: self.schema,
            accounts: self.accounts,
            messages: self.messages,
            secrets_in_keyring: self.secrets_in_keyring,
            keys: BackupKeys { recovery_code: self.recovery.is_some(), folder_passphrase: self.folder.is_some() },
            own_passphrase: self.own.is_some(),
        }
    }

    /// The master key, and the seal that what was given opened.
    pub(super) fn open(&self, given: &Secret) -> Result<(MasterKey, Sealed)> {
        let code = recovery::normalised(given);
        let ways = [(&self.own, given), (&self.folder, given), (&self.recovery, &code)];
        let mut refused = Error::PassphraseWrong;
        for (sealed, given) in ways {
            let Some(sealed) = sealed.as_ref().filter(|sealed| sealed.is_bearable()) else { continue };
            match sealed.open(given) {
                Ok(master) => return Ok((master, sealed.clone())),
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }
}

/// What a backup says of itself: nothing of it is opened, and nothing of it is proved yet.
///
/// # Errors
/// `backup_broken` where it is none; `store_too_new`; `io`.
pub fn read_backup(file: &Path) -> Result<BackupHead> {
    Ok(open_backup(file)?.1.shown())
}

/// The same, and whether this opens it. Nothing of it is proved yet.
///
/// # Errors
/// Those of [`read_backup`], and `passphrase_wrong`.
pub fn opens_backup(file: &Path, given: &Secret) -> Result<BackupHead> {
    let (_, head, _) = open_backup(file)?;
    head.open(given)?;
    Ok(head.shown())
}

/// A backup to be read on, its head, and the head's very bytes.
pub(super) fn open_backup(file: &Path) -> Result<(Reader<BufReader<File>>, Head, Vec<u8>)> {
    let open = File::open(file).map_err(|e| Error::io("open", file, e))?;
    let length = open.metadata().map_err(|e| Error::io("look at", file, e))?.len();
    let (reader, bytes) = Reader::begin(BufReader::with_capacity(BUFFER, open), file, length)?;
    let head: Head = serde_json::from_slice(&bytes).map_err(|_| reader.broken("its head cannot be read"))?;
    if head.schema > SCHEMA_VERSION {
        return Err(Error::StoreTooNew { found: head.schema, known: SCHEMA_VERSION });
    }
    Ok((reader, head, bytes))
}

/// The path with something behind its name, beside it.
pub(super) fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ending);
    path.with_file_name(name)
}

fn private(path: &Path) -> std::io::Result<File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
