//! One redb file a data folder. Every value is sealed before it reaches redb; every key is an account's id and an opaque rest.
//! The store never knows what a row means: `tables.rs` names the tables and their row types, and the modules do the rest.

mod accounts;
mod rows;
mod schema;
mod seal;
mod table;
pub mod tables;
#[cfg(test)]
mod tests;
mod upkeep;
mod zstd_contexts;

use crate::error::{Error, Result};
use crate::ids::AccountId;
use redb::{Database, ReadableDatabase, StorageBackend};
use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex};

pub use rows::{Read, Write};
use seal::AccountKey;
pub use seal::MasterKey;
pub use table::{Expiring, Table};

/// How much a commit must endure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// What a person made: two-phase commit, on the disk before the call returns.
    Made,
    /// What can be had again (imports, caches, indexes): one-phase commit.
    Again,
}

/// The open store.
pub struct Store {
    db: Database,
    master: MasterKey,
    keys: Mutex<HashMap<AccountId, Arc<AccountKey>>>,
    /// The data folder's lock, held as long as the store is open. Never read.
    _lock: Option<File>,
}

impl Store {
    /// Opens or makes the file, and brings an old one up to date.
    ///
    /// # Errors
    /// `in_use` when another process has it open; `key_lost` when the key is another store's; `store_too_new`;
    /// `store_broken` when it cannot be read.
    pub fn open(path: &Path, master: MasterKey) -> Result<Self> {
        let file = private_file(path).map_err(|e| Error::io("open", path, e))?;
        let backend = redb::backends::FileBackend::new(file).map_err(|e| opening(path, e))?;
        let mut store = Self::over(backend, master, |e| opening(path, e))?;
        store.compact_if_loose(std::fs::metadata(path).map_or(0, |found| found.len()))?;
        Ok(store)
    }

    /// A store in memory, for tests: the real redb on its in-memory backend.
    ///
    /// # Errors
    /// `store_broken` when redb cannot make it.
    pub fn in_memory(master: MasterKey) -> Result<Self> {
        Self::over(redb::backends::InMemoryBackend::new(), master, broken)
    }

    fn over(
        backend: impl StorageBackend,
        master: MasterKey,
        refused: impl Fn(redb::DatabaseError) -> Error,
    ) -> Result<Self> {
        let db = Database::builder().create_with_backend(backend).map_err(refused)?;
        let store = Self { db, master, keys: Mutex::default(), _lock: None };
        store.prove_key_and_migrate()?;
        Ok(store)
    }

    /// Keeps the data folder's lock as long as the store is open.
    #[must_use]
    pub(crate) fn holding(mut self, lock: File) -> Self {
        self._lock = Some(lock);
        self
    }

    /// A keyed hash under an account's key: the only form in which an address or a Message-ID may become a record key.
    ///
    /// # Errors
    /// `store_broken` when the account's key row cannot be read.
    pub fn keyed_hash(&self, account: AccountId, purpose: &str, bytes: &[u8]) -> Result<[u8; 16]> {
        Ok(self.account_key(account)?.keyed_hash(purpose, bytes))
    }

    /// A consistent view of one account's rows.
    ///
    /// # Errors
    /// `store_broken` when the file cannot be read.
    pub fn read(&self, account: AccountId) -> Result<Read> {
        let key = self.reading_key(account)?;
        Ok(Read::new(self.db.begin_read().map_err(broken)?, account, key))
    }

    /// One transaction over one account's rows: all of it or nothing.
    ///
    /// # Errors
    /// Whatever `work` returns (then nothing was written), or `store_broken`.
    pub fn write<R>(
        &self,
        account: AccountId,
        keep: Keep,
        work: impl FnOnce(&mut Write<'_>) -> Result<R>,
    ) -> Result<R> {
        let key = self.account_key(account)?;
        let mut tx = self.db.begin_write().map_err(broken)?;
        tx.set_two_phase_commit(keep == Keep::Made);
        let done = work(&mut Write::new(&tx, account, key))?;
        tx.commit().map_err(broken)?;
        Ok(done)
    }
}

fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = std::fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn opening(path: &Path, e: redb::DatabaseError) -> Error {
    match e {
        redb::DatabaseError::DatabaseAlreadyOpen => Error::InUse { home: path.parent().unwrap_or(path).to_owned() },
        other => broken(other),
    }
}

fn broken(e: impl std::fmt::Display) -> Error {
    Error::StoreBroken { what: e.to_string() }
}
