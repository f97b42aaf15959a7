//! Keeping the file small: rows that expired are swept, and a file with more air than data is compacted. Never a person's own rows.

use super::rows::{ACCOUNT, WriteTable};
use super::seal::expiry;
use super::table::Table;
use super::{Store, broken};
use crate::api::UnixMillis;
use crate::error::Result;
use crate::ids::AccountId;
use redb::{Database, ReadableTable, TableDefinition, WriteTransaction};

/// When rows expire, in that order: `expiry (8) | table | 0 | full key`, with nothing under it. A row put again leaves its
/// older entry; the row's own expiry decides.
pub(super) const EXPIRY: Table<()> = Table::new("expiry");
/// Below this a file is not worth compacting.
const WORTH_COMPACTING: u64 = 8 << 20;
/// Rows a transaction sweeps, so that nobody waits long for the writer's place.
const BATCH: usize = 1_000;

/// An entry of [`EXPIRY`].
pub(super) fn due(expires_at: UnixMillis, table: &str, full: &[u8]) -> Vec<u8> {
    [when(expires_at).as_slice(), table.as_bytes(), &[0], full].concat()
}

/// Whether an entry of [`EXPIRY`] points at a row of this account's.
pub(super) fn due_of(entry: &[u8], account: AccountId) -> bool {
    account_due(entry) == Some(account)
}

/// Whose row an entry of [`EXPIRY`] points at.
pub(super) fn account_due(entry: &[u8]) -> Option<AccountId> {
    let rest = entry.get(8..)?;
    let end = rest.iter().position(|byte| *byte == 0)?;
    rest.get(end + 1..)?.get(..ACCOUNT)?.try_into().ok().map(AccountId)
}

fn when(time: UnixMillis) -> [u8; 8] {
    u64::try_from(time).unwrap_or(0).to_be_bytes()
}

impl Store {
    /// Deletes what expired by `now`, in every account, and says how many rows that were.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn sweep(&self, now: UnixMillis) -> Result<u64> {
        let mut swept = 0;
        loop {
            let tx = self.begin_write()?;
            let due = take_due(&tx, now)?;
            for entry in &due {
                swept += u64::from(sweep_one(&tx, entry, now)?);
            }
            tx.commit()?;
            if due.len() < BATCH {
                return Ok(swept);
            }
        }
    }
}

impl Store {
    /// Copies what is there to a fresh file where much of this one is air: `true` if it did. Who reads goes on; who writes waits.
    ///
    /// # Errors
    /// `store_broken`, `io`.
    pub(crate) fn shrink(&self) -> Result<bool> {
        let Some(bytes) = self.file.as_ref().and_then(|file| std::fs::metadata(file).ok()).map(|found| found.len())
        else {
            return Ok(false);
        };
        if bytes < WORTH_COMPACTING || bytes <= self.used()?.saturating_mul(3) / 2 {
            return Ok(false);
        }
        self.rewrite().map(|()| true)
    }

    /// How many bytes of the file are in use.
    fn used(&self) -> Result<u64> {
        let tx = self.begin_write()?;
        let stats = tx.stats().map_err(broken)?;
        Ok(stats.allocated_pages().saturating_mul(stats.page_size() as u64))
    }
}

/// Compacts when the file is more than twice what is in use.
pub(super) fn compact_if_loose(db: &mut Database, file_bytes: u64) -> Result<bool> {
    if file_bytes < WORTH_COMPACTING {
        return Ok(false);
    }
    let tx = db.begin_write().map_err(broken)?;
    let stats = tx.stats().map_err(broken)?;
    tx.abort().map_err(broken)?;
    let used = stats.allocated_pages().saturating_mul(stats.page_size() as u64);
    if file_bytes <= used.saturating_mul(2) {
        return Ok(false);
    }
    db.compact().map_err(broken)
}

fn take_due(tx: &WriteTransaction, now: UnixMillis) -> Result<Vec<Vec<u8>>> {
    let mut open = tx.open_table(EXPIRY.definition()).map_err(broken)?;
    let end = when(now.saturating_add(1));
    let mut due = Vec::new();
    for entry in open.range(..end.as_slice()).map_err(broken)?.take(BATCH) {
        due.push(entry.map_err(broken)?.0.value().to_vec());
    }
    for entry in &due {
        open.remove(entry.as_slice()).map_err(broken)?;
    }
    Ok(due)
}

/// Deletes the row an entry points at, if it is there and has expired.
fn sweep_one(tx: &WriteTransaction, entry: &[u8], now: UnixMillis) -> Result<bool> {
    let parts = entry.get(8..).and_then(|rest| {
        let end = rest.iter().position(|byte| *byte == 0)?;
        Some((std::str::from_utf8(&rest[..end]).ok()?, rest.get(end + 1..)?))
    });
    let Some((name, full)) = parts.filter(|(_, full)| full.len() >= ACCOUNT) else { return Ok(false) };
    let definition: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new(name);
    let mut open: WriteTable<'_> = tx.open_table(definition).map_err(broken)?;
    let expires_at = open.get(full).map_err(broken)?.and_then(|value| expiry(value.value()));
    if expires_at.is_none_or(|expires_at| expires_at > now) {
        return Ok(false);
    }
    let was = open.remove(full).map_err(broken)?.is_some();
    Ok(was)
}
