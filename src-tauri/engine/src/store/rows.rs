//! Reading and writing one account's rows. A row is unsealed only here, and only for the account that wrote it.

use super::broken;
use super::seal::{AccountKey, expiry};
use super::table::{Expiring, Table};
use super::upkeep::EXPIRY;
use crate::api::UnixMillis;
use crate::error::Result;
use crate::ids::AccountId;
use redb::{ReadableTable, ReadableTableMetadata};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Bound;
use std::sync::Arc;

/// The account's id before every key.
pub(super) const ACCOUNT: usize = 16;

/// What rows are had from: a view, or a transaction that writes.
pub trait GetRow {
    /// The row under `key`, if there is one.
    ///
    /// # Errors
    /// `store_broken` when the row cannot be unsealed.
    fn get<T: DeserializeOwned>(&self, table: Table<T>, key: &[u8]) -> Result<Option<T>>;
}

impl GetRow for Read {
    fn get<T: DeserializeOwned>(&self, table: Table<T>, key: &[u8]) -> Result<Option<T>> {
        self.get(table, key)
    }
}

impl GetRow for Write<'_> {
    fn get<T: DeserializeOwned>(&self, table: Table<T>, key: &[u8]) -> Result<Option<T>> {
        self.get(table, key)
    }
}

/// A view for reading.
pub struct Read {
    tx: super::Reading,
    account: AccountId,
    key: Arc<AccountKey>,
}

type ReadTable = redb::ReadOnlyTable<&'static [u8], &'static [u8]>;

impl Read {
    pub(super) fn new(tx: super::Reading, account: AccountId, key: Arc<AccountKey>) -> Self {
        Self { tx, account, key }
    }

    /// The row under `key`, if there is one.
    ///
    /// # Errors
    /// `store_broken` when the row cannot be unsealed.
    pub fn get<T: DeserializeOwned>(&self, table: Table<T>, key: &[u8]) -> Result<Option<T>> {
        let Some(open) = self.table(table)? else { return Ok(None) };
        get(&open, table, &self.key, &full_key(self.account, key), None)
    }

    /// The row under `key`, if there is one that is still good at `now`.
    ///
    /// # Errors
    /// `store_broken` when the row cannot be unsealed.
    pub fn get_fresh<T: DeserializeOwned>(&self, table: Expiring<T>, key: &[u8], now: UnixMillis) -> Result<Option<T>> {
        let Some(open) = self.table(table.0)? else { return Ok(None) };
        get(&open, table.0, &self.key, &full_key(self.account, key), Some(now))
    }

    /// Every row whose key begins with `prefix`, in key order: `visit(key without the account, row)`; `false` ends the walk.
    ///
    /// # Errors
    /// What `visit` returns, or `store_broken`.
    pub fn each<T: DeserializeOwned>(
        &self,
        table: Table<T>,
        prefix: &[u8],
        visit: impl FnMut(&[u8], T) -> Result<bool>,
    ) -> Result<()> {
        let Some(open) = self.table(table)? else { return Ok(()) };
        each(&open, table, &self.key, &full_key(self.account, prefix), visit)
    }

    /// Every key of this account's in a table, in order, without the account. Nothing is unsealed.
    ///
    /// # Errors
    /// What `visit` returns, or `store_broken`.
    pub fn keys<T>(&self, table: Table<T>, mut visit: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        self.rooms(table, |key, _| visit(key))
    }

    /// The same with the room that each row takes, in bytes as it is sealed.
    ///
    /// # Errors
    /// What `visit` returns, or `store_broken`.
    pub fn rooms<T>(&self, table: Table<T>, mut visit: impl FnMut(&[u8], u64) -> Result<()>) -> Result<()> {
        let Some(open) = self.table(table)? else { return Ok(()) };
        let mine = full_key(self.account, &[]);
        for entry in open.range(mine.as_slice()..).map_err(broken)? {
            let (key, sealed) = entry.map_err(broken)?;
            if !key.value().starts_with(&mine) {
                break;
            }
            visit(&key.value()[ACCOUNT..], sealed.value().len() as u64)?;
        }
        Ok(())
    }

    /// How many rows this account has in a table. Nothing is unsealed, and where it is the only account nothing is walked.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn count<T>(&self, table: Table<T>) -> Result<u64> {
        let Some(open) = self.table(table)? else { return Ok(0) };
        let (Some(first), Some(last)) = (open.first().map_err(broken)?, open.last().map_err(broken)?) else {
            return Ok(0);
        };
        let mine = full_key(self.account, &[]);
        if first.0.value().starts_with(&mine) && last.0.value().starts_with(&mine) {
            return open.len().map_err(broken);
        }
        let mut count = 0;
        for entry in open.range(mine.as_slice()..).map_err(broken)? {
            if !entry.map_err(broken)?.0.value().starts_with(&mine) {
                break;
            }
            count += 1;
        }
        Ok(count)
    }

    fn table<T>(&self, table: Table<T>) -> Result<Option<ReadTable>> {
        match self.tx.open_table(table.definition()) {
            Ok(open) => Ok(Some(open)),
            Err(redb::TableError::TableDoesNotExist(_)) => Ok(None),
            Err(e) => Err(broken(e)),
        }
    }
}

/// A transaction for writing. Its tables stay open until it ends, so that many rows cost no more than they must.
pub struct Write<'a> {
    tx: &'a redb::WriteTransaction,
    account: AccountId,
    key: Arc<AccountKey>,
    open: HashMap<&'static str, WriteTable<'a>>,
}

pub(super) type WriteTable<'a> = redb::Table<'a, &'static [u8], &'static [u8]>;

impl<'a> Write<'a> {
    pub(super) fn new(tx: &'a redb::WriteTransaction, account: AccountId, key: Arc<AccountKey>) -> Self {
        Self { tx, account, key, open: HashMap::new() }
    }

    /// Puts a row, in place of an older one.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn put<T: Serialize>(&mut self, table: Table<T>, key: &[u8], row: &T) -> Result<()> {
        let full = full_key(self.account, key);
        let sealed = self.key.seal(table.name, &full, None, row)?;
        self.table(table)?.insert(full.as_slice(), sealed.as_slice()).map_err(broken)?;
        Ok(())
    }

    /// Puts a row that is good until `expires_at`, in place of an older one.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn put_until<T: Serialize>(
        &mut self,
        table: Expiring<T>,
        key: &[u8],
        row: &T,
        expires_at: UnixMillis,
    ) -> Result<()> {
        let full = full_key(self.account, key);
        let sealed = self.key.seal(table.0.name, &full, Some(expires_at), row)?;
        self.table(table.0)?.insert(full.as_slice(), sealed.as_slice()).map_err(broken)?;
        let due = super::upkeep::due(expires_at, table.0.name, &full);
        self.table(EXPIRY)?.insert(due.as_slice(), [].as_slice()).map_err(broken)?;
        Ok(())
    }

    /// The row under `key` as this transaction sees it.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn get<T: DeserializeOwned>(&self, table: Table<T>, key: &[u8]) -> Result<Option<T>> {
        let full = full_key(self.account, key);
        match self.open.get(table.name) {
            Some(open) => get(open, table, &self.key, &full, None),
            None => get(&self.tx.open_table(table.definition()).map_err(broken)?, table, &self.key, &full, None),
        }
    }

    /// Whether there is a row under `key`. Nothing is unsealed.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn has<T>(&mut self, table: Table<T>, key: &[u8]) -> Result<bool> {
        let full = full_key(self.account, key);
        Ok(self.table(table)?.get(full.as_slice()).map_err(broken)?.is_some())
    }

    /// Every row whose key begins with `prefix` as this transaction sees it; see [`Read::each`].
    ///
    /// # Errors
    /// What `visit` returns, or `store_broken`.
    pub fn each<T: DeserializeOwned>(
        &self,
        table: Table<T>,
        prefix: &[u8],
        visit: impl FnMut(&[u8], T) -> Result<bool>,
    ) -> Result<()> {
        let from = full_key(self.account, prefix);
        match self.open.get(table.name) {
            Some(open) => each(open, table, &self.key, &from, visit),
            None => each(&self.tx.open_table(table.definition()).map_err(broken)?, table, &self.key, &from, visit),
        }
    }

    /// Takes a row away; `true` if there was one.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn delete<T>(&mut self, table: Table<T>, key: &[u8]) -> Result<bool> {
        let full = full_key(self.account, key);
        let was = self.table(table)?.remove(full.as_slice()).map_err(broken)?.is_some();
        Ok(was)
    }

    /// Takes every row away whose key begins with `prefix`, and says how many; an empty prefix clears the account's table.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn delete_prefix<T>(&mut self, table: Table<T>, prefix: &[u8]) -> Result<u64> {
        let from = full_key(self.account, prefix);
        delete_prefix(self.table(table)?, &from)
    }

    fn table<T>(&mut self, table: Table<T>) -> Result<&mut WriteTable<'a>> {
        match self.open.entry(table.name) {
            Entry::Occupied(open) => Ok(open.into_mut()),
            Entry::Vacant(place) => Ok(place.insert(self.tx.open_table(table.definition()).map_err(broken)?)),
        }
    }
}

pub(super) fn full_key(account: AccountId, rest: &[u8]) -> Vec<u8> {
    [account.as_bytes().as_slice(), rest].concat()
}

pub(super) fn delete_prefix(open: &mut WriteTable<'_>, prefix: &[u8]) -> Result<u64> {
    let end = after(prefix);
    let range = (Bound::Included(prefix), end.as_deref().map_or(Bound::Unbounded, Bound::Excluded));
    let mut gone = 0;
    for entry in open.extract_from_if::<&[u8], _>(range, |_, _| true).map_err(broken)? {
        entry.map_err(broken)?;
        gone += 1;
    }
    Ok(gone)
}

/// The first key after all that begin with `prefix`.
fn after(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte != 0xff)?;
    let mut end = prefix[..=last].to_vec();
    end[last] += 1;
    Some(end)
}

fn get<T: DeserializeOwned>(
    open: &impl ReadableTable<&'static [u8], &'static [u8]>,
    table: Table<T>,
    seal: &AccountKey,
    full: &[u8],
    now: Option<UnixMillis>,
) -> Result<Option<T>> {
    let Some(value) = open.get(full).map_err(broken)? else { return Ok(None) };
    let expired = now.zip(expiry(value.value())).is_some_and(|(now, expires_at)| expires_at <= now);
    if expired { Ok(None) } else { seal.unseal(table.name, full, value.value()).map(Some) }
}

fn each<T: DeserializeOwned>(
    open: &impl ReadableTable<&'static [u8], &'static [u8]>,
    table: Table<T>,
    seal: &AccountKey,
    from: &[u8],
    mut visit: impl FnMut(&[u8], T) -> Result<bool>,
) -> Result<()> {
    for entry in open.range(from..).map_err(broken)? {
        let (key, value) = entry.map_err(broken)?;
        if !key.value().starts_with(from) {
            break;
        }
        let row = seal.unseal(table.name, key.value(), value.value())?;
        if !visit(&key.value()[ACCOUNT..], row)? {
            break;
        }
    }
    Ok(())
}
