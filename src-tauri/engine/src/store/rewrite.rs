//! Files that are whole before they have their name: a new store's, and the one that takes an old one's place when an account was
//! forgotten, because what was deleted from redb lies on in its free pages, sealed, until they are used again. Never decides what is deleted.

use super::accounts::HOUSE;
use super::rows::full_key;
use super::tables::META;
use super::{Store, broken, open_file};
use crate::error::{Error, Result};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition, TableHandle};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

/// The house's row that names the account being forgotten: it stands from the moment something was forgotten until the fresh file is in place.
pub(super) const DUE: &[u8] = b"rewrite_due";

impl Store {
    /// Copies what is there to a fresh file and puts that in the old one's place, whole or not at all. Nobody writes meanwhile; who
    /// reads goes on with the old file.
    pub(crate) fn rewrite(&self) -> Result<()> {
        let _turn = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let old = self.database()?;
        let fresh = match &self.file {
            None => copied(&old, in_memory()?)?,
            Some(file) => {
                let fresh_file = fresh_name(file);
                forget_unfinished(file)?;
                drop(copied(&old, open_file(&fresh_file)?)?);
                // Closed before the fresh one takes its name, as some systems do not rename over an open file.
                let mut slot = self.db.write().unwrap_or_else(PoisonError::into_inner);
                *slot = None;
                drop(old);
                let put = put_in_place(&fresh_file, file);
                *slot = Some(Arc::new(open_file(file)?));
                return put;
            }
        };
        *self.db.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(fresh));
        Ok(())
    }

    /// Ends a forgetting that a crash kept from its end.
    pub(super) fn finish_rewriting(&self) -> Result<()> {
        match self.read(HOUSE)?.get(META, DUE)? {
            Some(forgotten) => self.finish_forgetting(forgotten.parse()?),
            None => Ok(()),
        }
    }
}

/// Makes the file, whole before it has its name: redb cannot open one whose making was cut short.
pub(super) fn make(file: &Path) -> Result<()> {
    let fresh = fresh_name(file);
    drop(open_file(&fresh)?);
    put_in_place(&fresh, file)
}

fn put_in_place(fresh: &Path, file: &Path) -> Result<()> {
    let put = std::fs::rename(fresh, file).and_then(|()| crate::account::sync_folder(file));
    put.map_err(|e| Error::io("replace", file, e))
}

/// A fresh file that never took its place is nobody's.
pub(super) fn forget_unfinished(file: &Path) -> Result<()> {
    let fresh = fresh_name(file);
    match std::fs::remove_file(&fresh) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", fresh, e)),
        _ => Ok(()),
    }
}

fn fresh_name(file: &Path) -> PathBuf {
    file.with_extension("rewriting")
}

fn in_memory() -> Result<Database> {
    Database::builder().create_with_backend(redb::backends::InMemoryBackend::new()).map_err(broken)
}

/// Every row as it is: the values are sealed to their table and key, not to their place in a file. What says that this is due is not
/// taken along.
fn copied(old: &Database, fresh: Database) -> Result<Database> {
    let from = old.begin_read().map_err(broken)?;
    let mut to = fresh.begin_write().map_err(broken)?;
    to.set_two_phase_commit(true);
    for table in from.list_tables().map_err(broken)? {
        let definition: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new(table.name());
        let rows = from.open_table(definition).map_err(broken)?;
        let mut copy = to.open_table(definition).map_err(broken)?;
        for row in rows.iter().map_err(broken)? {
            let (key, value) = row.map_err(broken)?;
            if table.name() == META.name && key.value() == full_key(HOUSE, DUE) {
                continue;
            }
            copy.insert(key.value(), value.value()).map_err(broken)?;
        }
    }
    to.commit().map_err(broken)?;
    Ok(fresh)
}
