//! Which schema a file has, how an old one becomes the present one, and whether the key at hand is this file's.
//! A migration is one transaction: the file is the old one or the new one.

use super::accounts::{HOUSE, salt_of};
use super::rows::{ACCOUNT, Write};
use super::table::Definition;
use super::tables::META;
use super::{Store, broken};
use crate::error::{Error, Result};
use crate::ids::AccountId;
use redb::{ReadableTable, TableDefinition, TableHandle, WriteTransaction};
use std::collections::HashMap;
use std::sync::Arc;

/// The schema this Epistle writes. 1: account keys without a salt, no schema row. 2: salted keys, expiry, this row, the proof.
pub(crate) const KNOWN: u32 = 2;
/// In clear, because it must be read before any key: one row, `version`.
pub(super) const SCHEMA: Definition = TableDefinition::new("schema");
const VERSION: &[u8] = b"version";
/// A row only the file's own key unseals.
const PROOF: &[u8] = b"proof";

impl Store {
    pub(super) fn prove_key_and_migrate(&self) -> Result<()> {
        match self.found_version()? {
            None => self.transform(|_| Ok(())),
            Some(KNOWN) => Ok(()),
            Some(1) => self.transform(|tx| self.salt_every_account(tx)),
            Some(found) if found > KNOWN => Err(Error::StoreTooNew { found, known: KNOWN }),
            Some(found) => Err(Error::StoreBroken { what: format!("its schema is {found}") }),
        }?;
        match self.read(HOUSE)?.get(META, PROOF) {
            Ok(Some(_)) => Ok(()),
            Ok(None) => Err(Error::StoreBroken { what: "it has no proof of its key".into() }),
            Err(_) => Err(Error::KeyLost),
        }
    }

    /// The file's schema; `None` for a new file.
    fn found_version(&self) -> Result<Option<u32>> {
        let tx = self.begin_read()?;
        if tx.list_tables().map_err(broken)?.next().is_none() {
            return Ok(None);
        }
        let open = match tx.open_table(SCHEMA) {
            Ok(open) => open,
            Err(redb::TableError::TableDoesNotExist(_)) => return Ok(Some(1)),
            Err(e) => return Err(broken(e)),
        };
        let value = open.get(VERSION).map_err(broken)?;
        let bytes: Option<[u8; 4]> = value.and_then(|value| value.value().try_into().ok());
        bytes.map(|bytes| Some(u32::from_be_bytes(bytes))).ok_or_else(|| broken("its schema row is damaged"))
    }

    /// One transaction that ends in the present schema.
    fn transform(&self, change: impl FnOnce(&WriteTransaction) -> Result<()>) -> Result<()> {
        let mut tx = self.begin_write()?;
        tx.set_two_phase_commit(true);
        change(&tx)?;
        self.house(&tx).put(META, PROOF, &"this key is this store's".to_owned())?;
        tx.open_table(SCHEMA).map_err(broken)?.insert(VERSION, KNOWN.to_be_bytes().as_slice()).map_err(broken)?;
        tx.commit()
    }

    fn house<'a>(&self, tx: &'a WriteTransaction) -> Write<'a> {
        Write::new(tx, HOUSE, Arc::new(self.master.unsalted_key(HOUSE)))
    }

    /// 1 → 2: every account gets a salt, and every row of it is sealed again under the salted key.
    fn salt_every_account(&self, tx: &WriteTransaction) -> Result<()> {
        let mut salts: HashMap<AccountId, Vec<u8>> = HashMap::new();
        let names: Vec<String> = tx.list_tables().map_err(broken)?.map(|table| table.name().to_owned()).collect();
        for name in names {
            for key in keys(tx, &name)? {
                let account = account_of(&key)?;
                if account == HOUSE {
                    continue;
                }
                if let std::collections::hash_map::Entry::Vacant(place) = salts.entry(account) {
                    place.insert(salt_of(&mut self.house(tx), account)?);
                }
                let (old, new) =
                    (self.master.unsalted_key(account), self.master.account_key(account, &salts[&account]));
                let mut open = tx.open_table(definition(&name)).map_err(broken)?;
                let value =
                    open.get(key.as_slice()).map_err(broken)?.map(|value| value.value().to_vec()).unwrap_or_default();
                let again = old.reseal(&new, &name, &key, &value).map_err(|_| Error::KeyLost)?;
                open.insert(key.as_slice(), again.as_slice()).map_err(broken)?;
            }
        }
        Ok(())
    }
}

fn definition(name: &str) -> TableDefinition<'_, &'static [u8], &'static [u8]> {
    TableDefinition::new(name)
}

fn keys(tx: &WriteTransaction, name: &str) -> Result<Vec<Vec<u8>>> {
    let open = tx.open_table(definition(name)).map_err(broken)?;
    let all = open.iter().map_err(broken)?;
    all.map(|entry| Ok(entry.map_err(broken)?.0.value().to_vec())).collect()
}

fn account_of(key: &[u8]) -> Result<AccountId> {
    let id = key.get(..ACCOUNT).and_then(|bytes| bytes.try_into().ok());
    id.map(AccountId).ok_or_else(|| broken("a key is too short"))
}
