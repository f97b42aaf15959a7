//! One redb file a data folder. Every value is sealed before it reaches redb; every key is an account's id and an opaque rest.
//! The store never knows what a row means: `tables.rs` names the tables and their row types, and the modules do the rest.

mod seal;
pub mod tables;

use crate::error::{Error, Result};
use crate::ids::AccountId;
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use serde::{Serialize, de::DeserializeOwned};
use std::marker::PhantomData;
use std::path::Path;

pub use seal::MasterKey;
use seal::AccountKey;

/// A table's name, its row type and how its rows are kept.
#[derive(Debug)]
pub struct Table<T> {
    name: &'static str,
    row: PhantomData<fn() -> T>,
}

impl<T> Clone for Table<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Table<T> {}

impl<T> Table<T> {
    const fn new(name: &'static str) -> Self {
        Self { name, row: PhantomData }
    }

    fn definition(&self) -> TableDefinition<'static, &'static [u8], &'static [u8]> {
        TableDefinition::new(self.name)
    }
}

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
}

impl Store {
    /// Opens or makes the file.
    ///
    /// # Errors
    /// `in_use` when another process has it open; `store_broken` when it cannot be read.
    pub fn open(path: &Path, master: MasterKey) -> Result<Self> {
        let db = Database::create(path).map_err(|e| match e {
            redb::DatabaseError::DatabaseAlreadyOpen => Error::InUse { home: path.parent().unwrap_or(path).to_owned() },
            other => Error::StoreBroken { what: other.to_string() },
        })?;
        Ok(Self { db, master })
    }

    /// A store in memory, for tests: the real redb on its in-memory backend.
    ///
    /// # Errors
    /// `store_broken` when redb cannot make it.
    pub fn in_memory(master: MasterKey) -> Result<Self> {
        let db = Database::builder().create_with_backend(redb::backends::InMemoryBackend::new()).map_err(broken)?;
        Ok(Self { db, master })
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
        Ok(Read { tx: self.db.begin_read().map_err(broken)?, account, key: self.account_key(account)? })
    }

    /// One transaction over one account's rows: all of it or nothing.
    ///
    /// # Errors
    /// Whatever `work` returns (then nothing was written), or `store_broken`.
    pub fn write<R>(&self, account: AccountId, keep: Keep, work: impl FnOnce(&mut Write<'_>) -> Result<R>) -> Result<R> {
        let mut tx = self.db.begin_write().map_err(broken)?;
        tx.set_two_phase_commit(keep == Keep::Made);
        let key = self.account_key(account)?;
        let done = work(&mut Write { tx: &tx, account, key })?;
        tx.commit().map_err(broken)?;
        Ok(done)
    }

    fn account_key(&self, account: AccountId) -> Result<AccountKey> {
        Ok(self.master.account_key(account))
    }
}

/// A view for reading.
pub struct Read {
    tx: redb::ReadTransaction,
    account: AccountId,
    key: AccountKey,
}

impl Read {
    /// The row under `key`, if there is one.
    ///
    /// # Errors
    /// `store_broken` when the row cannot be unsealed.
    pub fn get<T: DeserializeOwned>(&self, table: Table<T>, key: &[u8]) -> Result<Option<T>> {
        let Some(open) = self.table(table)? else { return Ok(None) };
        let full = full_key(self.account, key);
        let Some(value) = open.get(full.as_slice()).map_err(broken)? else { return Ok(None) };
        self.key.unseal(table.name, &full, value.value()).map(Some)
    }

    /// Every row whose key begins with `prefix`, in key order: `visit(key without the account, row)`; `false` ends the walk.
    ///
    /// # Errors
    /// What `visit` returns, or `store_broken`.
    pub fn each<T: DeserializeOwned>(&self, table: Table<T>, prefix: &[u8], mut visit: impl FnMut(&[u8], T) -> Result<bool>) -> Result<()> {
        let Some(open) = self.table(table)? else { return Ok(()) };
        let from = full_key(self.account, prefix);
        for entry in open.range(from.as_slice()..).map_err(broken)? {
            let (key, value) = entry.map_err(broken)?;
            if !key.value().starts_with(&from) {
                break;
            }
            let row = self.key.unseal(table.name, key.value(), value.value())?;
            if !visit(&key.value()[16..], row)? {
                break;
            }
        }
        Ok(())
    }

    /// How many rows this account has in a table.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn count<T>(&self, table: Table<T>) -> Result<u64> {
        let Some(open) = self.table(table)? else { return Ok(0) };
        let from = full_key(self.account, &[]);
        let mut count = 0;
        for entry in open.range(from.as_slice()..).map_err(broken)? {
            if !entry.map_err(broken)?.0.value().starts_with(&from) {
                break;
            }
            count += 1;
        }
        Ok(count)
    }

    fn table<T>(&self, table: Table<T>) -> Result<Option<redb::ReadOnlyTable<&'static [u8], &'static [u8]>>> {
        match self.tx.open_table(table.definition()) {
            Ok(open) => Ok(Some(open)),
            Err(redb::TableError::TableDoesNotExist(_)) => Ok(None),
            Err(e) => Err(broken(e)),
        }
    }
}

/// A transaction for writing.
pub struct Write<'a> {
    tx: &'a redb::WriteTransaction,
    account: AccountId,
    key: AccountKey,
}

impl Write<'_> {
    /// Puts a row, in place of an older one.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn put<T: Serialize>(&mut self, table: Table<T>, key: &[u8], row: &T) -> Result<()> {
        let full = full_key(self.account, key);
        let sealed = self.key.seal(table.name, &full, row)?;
        let mut open = self.tx.open_table(table.definition()).map_err(broken)?;
        open.insert(full.as_slice(), sealed.as_slice()).map_err(broken)?;
        Ok(())
    }

    /// The row under `key` as this transaction sees it.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn get<T: DeserializeOwned>(&self, table: Table<T>, key: &[u8]) -> Result<Option<T>> {
        let full = full_key(self.account, key);
        let open = self.tx.open_table(table.definition()).map_err(broken)?;
        let Some(value) = open.get(full.as_slice()).map_err(broken)? else { return Ok(None) };
        self.key.unseal(table.name, &full, value.value()).map(Some)
    }

    /// Takes a row away; `true` if there was one.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn delete<T>(&mut self, table: Table<T>, key: &[u8]) -> Result<bool> {
        let full = full_key(self.account, key);
        let mut open = self.tx.open_table(table.definition()).map_err(broken)?;
        let was = open.remove(full.as_slice()).map_err(broken)?.is_some();
        Ok(was)
    }
}

fn full_key(account: AccountId, rest: &[u8]) -> Vec<u8> {
    [account.as_bytes().as_slice(), rest].concat()
}

fn broken(e: impl std::fmt::Display) -> Error {
    Error::StoreBroken { what: e.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tables::META;

    #[test]
    fn a_row_comes_back_and_another_account_does_not_see_it() {
        let store = Store::in_memory(MasterKey::random().unwrap()).unwrap();
        let (mine, other) = (AccountId::random().unwrap(), AccountId::random().unwrap());
        store.write(mine, Keep::Made, |tx| tx.put(META, b"k", &"v".to_owned())).unwrap();
        assert_eq!(store.read(mine).unwrap().get(META, b"k").unwrap().as_deref(), Some("v"));
        assert_eq!(store.read(other).unwrap().get(META, b"k").unwrap(), None);
    }
}
