//! What crosses a door of backing up, restoring, and of how long mail is kept. Plain data.

use super::{KeyHolder, UnixMillis};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::path::PathBuf;

/// How far a backup or a restore is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct BackupProgress {
    /// Rows copied; for a restore, bytes read.
    pub done: u64,
    /// Of so many.
    pub total: u64,
}

/// What opens a backup where this machine's keyring is not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct BackupKeys {
    /// The recovery code that was made for this data folder.
    pub recovery_code: bool,
    /// The passphrase that this data folder is opened with.
    pub folder_passphrase: bool,
}

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct BackupReport {
    /// Where it is.
    pub file: PathBuf,
    /// When it was made.
    pub made: UnixMillis,
    /// Its size in bytes.
    pub bytes: u64,
    /// How many rows it holds.
    pub rows: u64,
}

/// What a backup says of itself before it is opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct BackupHead {
    /// When it was made.
    pub made: UnixMillis,
    /// By which Epistle.
    pub epistle: String,
    /// The store's schema.
    pub schema: u32,
    /// How many accounts it holds.
    pub accounts: u32,
    /// Messages of all of them.
    pub messages: u64,
    /// Whether tokens, API keys and passwords were in a keyring then, and so are not in it.
    pub secrets_in_keyring: bool,
    /// What opens it.
    pub keys: BackupKeys,
    /// Whether a passphrase of its own opens it.
    pub own_passphrase: bool,
}

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RestoreReport {
    /// The data folder it is in now.
    pub home: PathBuf,
    /// When the backup was made.
    pub made: UnixMillis,
    /// How many rows came back, each of them unsealed.
    pub rows: u64,
    /// Where the data folder that was there before is kept.
    pub kept_aside: Option<PathBuf>,
    /// What holds the key now.
    pub key_holder: KeyHolder,
    /// Whether tokens, API keys and passwords have to be given again.
    pub secrets_missing: bool,
    /// Letters that were waiting to leave and now wait for the person's word, as they may have left since.
    pub letters_held: u32,
}

/// What a limit to how long mail is kept would take away now, or took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Retention {
    /// Messages past the limit.
    pub messages: u64,
    /// Of these, how many are at Gmail, and stay there.
    pub at_gmail: u64,
    /// How many messages there are, these included.
    pub of: u64,
    /// The date from which on mail is kept.
    pub since: UnixMillis,
    /// Messages past the limit that stay because a draft answers them.
    pub held: u64,
}
