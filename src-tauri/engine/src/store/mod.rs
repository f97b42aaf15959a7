//! One redb file a data folder. Every value is sealed before it reaches redb; every key is an account's id and an opaque rest.
//! The store never knows what a row means: `tables.rs` names the tables and their row types, and the modules do the rest.

mod accounts;
pub(crate) mod backup;
mod rewrite;
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
use redb::{Database, ReadTransaction, ReadableDatabase, StorageBackend, WriteTransaction};
use std::collections::HashMap;
use std::fs::File;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

pub(crate) use accounts::HOUSE;
pub(crate) use schema::KNOWN as SCHEMA_VERSION;

pub use rows::{GetRow, Read, Write};
use seal::AccountKey;
pub use seal::MasterKey;
pub use table::{Expiring, Table};

/// So much of the file is kept in memory: a store that is read or copied from end to end takes no more.
const CACHE_BYTES: usize = 256 << 20;

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
    /// `None` only when a rewritten file could not be opened again.
    db: RwLock<Option<Arc<Database>>>,
    /// Held as long as a transaction for writing is open, so that the file is never changed for another under one.
    writer: Mutex<()>,
    /// The file; `None`: in memory.
    file: Option<PathBuf>,
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
        rewrite::forget_unfinished(path)?;
        if !crate::account::has_content(path)? {
            rewrite::make(path)?;
        }
        let mut store = Self::over(open_file(path)?, Some(path.to_owned()), master)?;
        let db = store.db.get_mut().unwrap_or_else(PoisonError::into_inner).as_mut();
        upkeep::compact_if_loose(
            db.and_then(Arc::get_mut).ok_or_else(gone)?,
            std::fs::metadata(path).map_or(0, |found| found.len()),
        )?;
        Ok(store)
    }

    /// A store in memory, for tests: the real redb on its in-memory backend.
    ///
    /// # Errors
    /// `store_broken` when redb cannot make it.
    pub fn in_memory(master: MasterKey) -> Result<Self> {
        Self::over_backend(redb::backends::InMemoryBackend::new(), master)
    }

    /// A store over any backend of redb's.
    pub(crate) fn over_backend(backend: impl StorageBackend, master: MasterKey) -> Result<Self> {
        Self::over(Database::builder().create_with_backend(backend).map_err(broken)?, None, master)
    }

    fn over(db: Database, file: Option<PathBuf>, master: MasterKey) -> Result<Self> {
        let db = RwLock::new(Some(Arc::new(db)));
        let store = Self { db, writer: Mutex::default(), file, master, keys: Mutex::default(), _lock: None };
        store.prove_key_and_migrate()?;
        store.finish_rewriting()?;
        Ok(store)
    }

    /// The file as it is now. Who reads from it goes on reading it, whatever takes its place.
    fn database(&self) -> Result<Arc<Database>> {
        self.db.read().unwrap_or_else(PoisonError::into_inner).clone().ok_or_else(gone)
    }

    fn begin_read(&self) -> Result<Reading> {
        let db = self.database()?;
        Ok(Reading { tx: db.begin_read().map_err(broken)?, _db: db })
    }

    fn begin_write(&self) -> Result<Writing<'_>> {
        let turn = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let tx = self.database()?.begin_write().map_err(broken)?;
        Ok(Writing { tx, _turn: turn })
    }

    /// The master key, for whoever seals it in another way.
    pub(crate) fn master(&self) -> &MasterKey {
        &self.master
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
        Ok(Read::new(self.begin_read()?, account, key))
    }

    /// One transaction over one account's rows: all of it or nothing.
    ///
    /// # Errors
    /// `not_found` where there is no such account (any more); whatever `work` returns (then nothing was written); `store_broken`.
    pub fn write<R>(
        &self,
        account: AccountId,
        keep: Keep,
        work: impl FnOnce(&mut Write<'_>) -> Result<R>,
    ) -> Result<R> {
        let key = self.account_key(account)?;
        let mut tx = self.begin_write()?;
        tx.set_two_phase_commit(keep == Keep::Made);
        let done = work(&mut Write::new(&tx, account, key))?;
        tx.commit()?;
        Ok(done)
    }
}

/// A transaction for reading, and the file it reads from.
struct Reading {
    tx: ReadTransaction,
    _db: Arc<Database>,
}

impl Deref for Reading {
    type Target = ReadTransaction;
    fn deref(&self) -> &ReadTransaction {
        &self.tx
    }
}

/// A transaction for writing, and its turn.
struct Writing<'a> {
    tx: WriteTransaction,
    _turn: MutexGuard<'a, ()>,
}

impl Writing<'_> {
    fn commit(self) -> Result<()> {
        self.tx.commit().map_err(broken)
    }
}

impl Deref for Writing<'_> {
    type Target = WriteTransaction;
    fn deref(&self) -> &WriteTransaction {
        &self.tx
    }
}

impl DerefMut for Writing<'_> {
    fn deref_mut(&mut self) -> &mut WriteTransaction {
        &mut self.tx
    }
}

fn open_file(path: &Path) -> Result<Database> {
    let file = private_file(path).map_err(|e| Error::io("open", path, e))?;
    let backend = redb::backends::FileBackend::new(file).map_err(|e| opening(path, e))?;
    Database::builder().set_cache_size(CACHE_BYTES).create_with_backend(backend).map_err(|e| opening(path, e))
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

fn gone() -> Error {
    broken("its file was rewritten and could not be opened again")
}

fn broken(e: impl std::fmt::Display) -> Error {
    Error::StoreBroken { what: e.to_string() }
}
