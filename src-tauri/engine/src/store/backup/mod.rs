//! A store to a backup and back. The rows go as they are sealed, as of one moment, while others write; they come back one by one, each only
//! where its seal holds, and the whole only where its counts and its digest are those that were written. Never decides where files lie.

mod file;
#[cfg(test)]
mod tests;

use super::accounts::HOUSE;
use super::rewrite::DUE;
use super::rows::{ACCOUNT, full_key};
use super::schema::{KNOWN, SCHEMA};
use super::seal::{AccountKey, MasterKey};
use super::tables::{ACCOUNT_KEYS, META};
use super::upkeep::{EXPIRY, account_due};
use super::{Store, broken, open_file};
use crate::error::{Error, Result};
use crate::ids::AccountId;
pub(crate) use file::{Reader, Record, Writer};
use redb::{Database, ReadableDatabase, ReadableTable, ReadableTableMetadata, TableDefinition, TableHandle};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{Read, Write};
use std::path::Path;
use tokio_util::sync::CancellationToken;

/// So many bytes of rows are committed at once when a store is built, so that a large one needs no more memory than a small one.
const BATCH_BYTES: usize = 8 << 20;
/// Who watches is told after so many rows, and asked whether to stop.
const TELL_EVERY: u64 = 256;

/// The end of a backup: what all of it must come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct End {
    /// How many rows each table has.
    pub(crate) tables: BTreeMap<String, u64>,
    /// BLAKE3 over all rows in their order, in hexadecimal digits.
    pub(crate) root: String,
    /// The same, the counts and the head under a key of the store's own: nobody else can have made this backup.
    pub(crate) mark: String,
}

impl End {
    fn new(tables: BTreeMap<String, u64>, root: [u8; 32], head: &[u8], master: &MasterKey) -> Self {
        let root = blake3::Hash::from(root).to_hex().to_string();
        let unmarked = Self { tables, root, mark: String::new() };
        Self { mark: unmarked.marked(head, master), ..unmarked }
    }

    fn marked(&self, head: &[u8], master: &MasterKey) -> String {
        let key = blake3::derive_key("epistle 2026 backup mark v1", master.expose());
        let mut hasher = blake3::Hasher::new_keyed(&key);
        hasher.update(&(head.len() as u64).to_be_bytes()).update(head).update(self.root.as_bytes());
        for (table, rows) in &self.tables {
            hasher.update(table.as_bytes()).update(&[0]).update(&rows.to_be_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }

    /// How many rows there are.
    pub(crate) fn rows(&self) -> u64 {
        self.tables.values().sum()
    }
}

impl Store {
    /// Copies every row to `to` and ends it. `head` is what the backup began with.
    ///
    /// # Errors
    /// `cancelled`; `io` where it cannot be written; `store_broken`.
    pub(crate) fn back_up<W: Write>(
        &self,
        to: Writer<W>,
        head: &[u8],
        progress: &mut dyn FnMut(u64, u64),
        stop: &CancellationToken,
    ) -> Result<(W, End)> {
        let from = self.begin_read()?;
        let mut copy = Copying { to, keyed: keyed_in(&from)?, told: 0, total: 0, progress, stop };
        let mut names: Vec<String> = from.list_tables().map_err(broken)?.map(|table| table.name().to_owned()).collect();
        // The accounts' salts first: no other row can be proved without them.
        names.sort_by_key(|name| (name != ACCOUNT_KEYS.name, name.clone()));
        for name in &names {
            copy.total += from.open_table(definition(name)).map_err(broken)?.len().map_err(broken)?;
        }
        let mut tables = BTreeMap::new();
        for name in names {
            let rows = copy.table(&from, &name)?;
            tables.insert(name, rows);
        }
        let root = copy.to.root()?;
        let end = End::new(tables, root, head, self.master());
        let bytes = serde_json::to_vec(&end).map_err(|e| Error::internal("encoding a backup's end", e))?;
        Ok((copy.to.end(&bytes)?, end))
    }
}

/// A copy under way.
struct Copying<'c, W> {
    to: Writer<W>,
    keyed: HashSet<AccountId>,
    told: u64,
    total: u64,
    progress: &'c mut dyn FnMut(u64, u64),
    stop: &'c CancellationToken,
}

impl<W: Write> Copying<'_, W> {
    /// One table's rows; how many went.
    fn table(&mut self, from: &redb::ReadTransaction, name: &str) -> Result<u64> {
        self.to.table(name);
        let mut gone = 0;
        for row in from.open_table(definition(name)).map_err(broken)?.iter().map_err(broken)? {
            let (key, value) = row.map_err(broken)?;
            if self.told.is_multiple_of(TELL_EVERY) {
                (self.progress)(self.told, self.total);
                if self.stop.is_cancelled() {
                    return Err(Error::Cancelled);
                }
            }
            self.told += 1;
            if goes(name, key.value(), &self.keyed) {
                self.to.row(key.value(), value.value())?;
                gone += 1;
            }
        }
        Ok(gone)
    }
}

/// The accounts that have a key at this moment.
fn keyed_in(from: &redb::ReadTransaction) -> Result<HashSet<AccountId>> {
    let mut keyed = HashSet::from([HOUSE]);
    let open = match from.open_table(ACCOUNT_KEYS.definition()) {
        Ok(open) => open,
        Err(redb::TableError::TableDoesNotExist(_)) => return Ok(keyed),
        Err(e) => return Err(broken(e)),
    };
    for row in open.iter().map_err(broken)? {
        keyed.extend(account_at(&row.map_err(broken)?.0.value()[ACCOUNT..]));
    }
    Ok(keyed)
}

/// Whether a row is anybody's: what is left of an account that is just being forgotten is not.
fn goes(table: &str, key: &[u8], keyed: &HashSet<AccountId>) -> bool {
    if table == SCHEMA.name() {
        return true;
    }
    if table == META.name && key == full_key(HOUSE, DUE) {
        return false;
    }
    let whose = if table == EXPIRY.name { account_due(key) } else { account_at(key) };
    whose.is_some_and(|account| keyed.contains(&account))
}

fn account_at(key: &[u8]) -> Option<AccountId> {
    key.get(..ACCOUNT)?.try_into().ok().map(AccountId)
}

fn definition(name: &str) -> TableDefinition<'_, &'static [u8], &'static [u8]> {
    TableDefinition::new(name)
}

/// Builds a store's file from a backup whose head was read, and says what it holds. The file is nobody's until the caller gives it a
/// name that is.
///
/// # Errors
/// `backup_broken` naming what and where; `store_too_new`; `cancelled`; `io`; `store_broken` where the new file cannot be written.
pub(crate) fn rebuild<R: Read>(
    file: &Path,
    from: &mut Reader<R>,
    head: &[u8],
    master: &MasterKey,
    progress: &mut dyn FnMut(u64),
    stop: &CancellationToken,
) -> Result<End> {
    let db = open_file(file)?;
    let mut building = Building { from, master, keys: HashMap::new(), table: None, counts: BTreeMap::new(), end: None };
    while building.end.is_none() {
        if stop.is_cancelled() {
            return Err(Error::Cancelled);
        }
        let mut tx = db.begin_write().map_err(broken)?;
        tx.set_two_phase_commit(true);
        building.batch(&tx)?;
        tx.commit().map_err(broken)?;
        progress(building.from.at());
    }
    let counts = building.counts;
    let end = building.end.unwrap_or_default();
    let end: End = serde_json::from_slice(&end).map_err(|_| from.broken("its end cannot be read"))?;
    prove(&db, from, &end, &counts, head, master)?;
    Ok(end)
}

/// What was built is what was written: counted as it came, counted as it lies there, and by its digest under the store's own key.
fn prove<R: Read>(
    db: &Database,
    from: &Reader<R>,
    end: &End,
    counts: &BTreeMap<String, u64>,
    head: &[u8],
    master: &MasterKey,
) -> Result<()> {
    if *end != End::new(end.tables.clone(), from.root(), head, master) {
        return Err(from.broken("what it holds is not what was written into it"));
    }
    if end.tables != *counts {
        return Err(from.broken("it does not have as many rows as were written into it"));
    }
    let tx = db.begin_read().map_err(broken)?;
    for (name, rows) in counts.iter().filter(|(_, rows)| **rows > 0) {
        let there = tx.open_table(definition(name)).map_err(broken)?.len().map_err(broken)?;
        if there != *rows {
            return Err(from.broken(format!("rows of {name} stand in it twice")));
        }
    }
    Ok(())
}

/// A store being built.
struct Building<'b, R> {
    from: &'b mut Reader<R>,
    master: &'b MasterKey,
    keys: HashMap<AccountId, AccountKey>,
    table: Option<String>,
    counts: BTreeMap<String, u64>,
    end: Option<Vec<u8>>,
}

impl<R: Read> Building<'_, R> {
    /// As many rows as are committed at once.
    fn batch(&mut self, tx: &redb::WriteTransaction) -> Result<()> {
        let mut left = BATCH_BYTES;
        while left > 0 && self.end.is_none() {
            let Some(name) = self.table.clone() else {
                self.begin()?;
                continue;
            };
            let mut open = tx.open_table(definition(&name)).map_err(broken)?;
            self.rows(&name, &mut open, &mut left)?;
        }
        Ok(())
    }

    /// The first record names a table.
    fn begin(&mut self) -> Result<()> {
        match self.from.next()? {
            Record::Table(name) => self.table = Some(name.to_owned()),
            Record::End(end) => self.end = Some(end.to_vec()),
            Record::Row { .. } => return Err(self.from.broken("a row stands in no table")),
        }
        Ok(())
    }

    /// Rows of one table, until it ends or the batch is full.
    fn rows(
        &mut self,
        name: &str,
        open: &mut redb::Table<'_, &'static [u8], &'static [u8]>,
        left: &mut usize,
    ) -> Result<()> {
        self.counts.entry(name.to_owned()).or_default();
        while *left > 0 {
            match self.from.next()? {
                Record::Table(next) => {
                    self.table = Some(next.to_owned());
                    return Ok(());
                }
                Record::End(end) => {
                    self.end = Some(end.to_vec());
                    return Ok(());
                }
                Record::Row { key, value } => {
                    let proved = proved(name, key, value, self.master, &mut self.keys);
                    *left = left.saturating_sub(key.len() + value.len());
                    let put = proved.map(|()| open.insert(key, value).map(drop));
                    match put {
                        Ok(put) => put.map_err(broken)?,
                        Err(Refused::TooNew(found)) => return Err(Error::StoreTooNew { found, known: KNOWN }),
                        Err(Refused::Broken(why)) => {
                            return Err(self.from.broken(format!("a row of {name}: {why}")));
                        }
                    }
                    *self.counts.entry(name.to_owned()).or_default() += 1;
                }
            }
        }
        Ok(())
    }
}

/// Why a row is not taken.
enum Refused {
    TooNew(u32),
    Broken(&'static str),
}

/// A row is taken where its seal holds, under the key of the account it is of.
fn proved(
    table: &str,
    key: &[u8],
    value: &[u8],
    master: &MasterKey,
    keys: &mut HashMap<AccountId, AccountKey>,
) -> std::result::Result<(), Refused> {
    if table == SCHEMA.name() {
        let version = value.try_into().map(u32::from_be_bytes).map_err(|_| Refused::Broken("it is damaged"))?;
        return if version > KNOWN { Err(Refused::TooNew(version)) } else { Ok(()) };
    }
    if table == EXPIRY.name {
        let known = account_due(key).is_some_and(|account| account == HOUSE || keys.contains_key(&account));
        return if known && value.is_empty() { Ok(()) } else { Err(Refused::Broken("it is nobody's")) };
    }
    let account = account_at(key).ok_or(Refused::Broken("its key is too short"))?;
    if account == HOUSE {
        let house = master.unsalted_key(HOUSE);
        if table == ACCOUNT_KEYS.name {
            let salt: Vec<u8> =
                house.unseal(table, key, value).map_err(|_| Refused::Broken("its seal does not hold"))?;
            let whose = account_at(&key[ACCOUNT..]).ok_or(Refused::Broken("its key is too short"))?;
            keys.insert(whose, master.account_key(whose, &salt));
            return Ok(());
        }
        return if house.holds(table, key, value) { Ok(()) } else { Err(Refused::Broken("its seal does not hold")) };
    }
    match keys.get(&account) {
        None => Err(Refused::Broken("it is of an account without a key")),
        Some(seal) if seal.holds(table, key, value) => Ok(()),
        Some(_) => Err(Refused::Broken("its seal does not hold")),
    }
}
