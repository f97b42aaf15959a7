//! Accounts as the store knows them: a key each, from the master key and a sealed salt. An account whose salt is gone cannot be read again.

use super::rows::{Write, delete_prefix, full_key};
use super::seal::AccountKey;
use super::tables::{ACCOUNT_KEYS, META};
use super::{Keep, Store, broken};
use crate::error::{Error, Result};
use crate::ids::AccountId;
use redb::{TableDefinition, TableHandle};
use std::collections::HashMap;
use std::sync::{Arc, MutexGuard, PoisonError};

/// Whose rows are nobody's: the accounts' salts, the proof of the key.
pub(super) const HOUSE: AccountId = AccountId([0; 16]);
const LOCAL_ACCOUNT: &[u8] = b"local_account";

impl Store {
    /// The one local account, made at the first start.
    pub(crate) fn local_account(&self) -> Result<AccountId> {
        if let Some(id) = self.read(HOUSE)?.get(META, LOCAL_ACCOUNT)? {
            return id.parse();
        }
        let account = AccountId::random()?;
        self.write(HOUSE, Keep::Made, |tx| tx.put(META, LOCAL_ACCOUNT, &account.to_string()))?;
        Ok(account)
    }

    /// Forgets an account: its key first, so that its rows are unreadable at once, then the rows.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn forget_account(&self, account: AccountId) -> Result<()> {
        self.write(HOUSE, Keep::Made, |tx| {
            tx.delete(ACCOUNT_KEYS, account.as_bytes())?;
            if tx.get(META, LOCAL_ACCOUNT)? == Some(account.to_string()) {
                tx.delete(META, LOCAL_ACCOUNT)?;
            }
            Ok(())
        })?;
        self.known().remove(&account);
        let mut tx = self.db.begin_write().map_err(broken)?;
        tx.set_two_phase_commit(true);
        let names: Vec<String> = tx.list_tables().map_err(broken)?.map(|table| table.name().to_owned()).collect();
        for name in names {
            let mut open = tx.open_table(TableDefinition::<&[u8], &[u8]>::new(&name)).map_err(broken)?;
            delete_prefix(&mut open, &full_key(account, &[]))?;
        }
        tx.commit().map_err(broken)
    }

    /// An account's key, made with its salt where it has none yet.
    pub(super) fn account_key(&self, account: AccountId) -> Result<Arc<AccountKey>> {
        match self.existing_key(account)? {
            Some(key) => Ok(key),
            None => self.make_key(account),
        }
    }

    /// An account's key for looking, not touching: an account without a salt has no rows that any key could open.
    pub(super) fn reading_key(&self, account: AccountId) -> Result<Arc<AccountKey>> {
        match self.existing_key(account)? {
            Some(key) => Ok(key),
            None => Ok(Arc::new(self.master.account_key(account, &fresh_salt()?))),
        }
    }

    fn existing_key(&self, account: AccountId) -> Result<Option<Arc<AccountKey>>> {
        if account == HOUSE {
            return Ok(Some(Arc::new(self.master.unsalted_key(HOUSE))));
        }
        if let Some(known) = self.known().get(&account) {
            return Ok(Some(known.clone()));
        }
        let Some(salt) = self.read(HOUSE)?.get(ACCOUNT_KEYS, account.as_bytes())? else { return Ok(None) };
        Ok(Some(self.know(account, &salt)))
    }

    fn make_key(&self, account: AccountId) -> Result<Arc<AccountKey>> {
        let salt = self.write(HOUSE, Keep::Made, |tx| salt_of(tx, account))?;
        Ok(self.know(account, &salt))
    }

    fn know(&self, account: AccountId, salt: &[u8]) -> Arc<AccountKey> {
        let key = Arc::new(self.master.account_key(account, salt));
        self.known().insert(account, key.clone());
        key
    }

    fn known(&self) -> MutexGuard<'_, HashMap<AccountId, Arc<AccountKey>>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The account's salt, made in this transaction of the house where there is none.
pub(super) fn salt_of(house: &mut Write<'_>, account: AccountId) -> Result<Vec<u8>> {
    if let Some(salt) = house.get(ACCOUNT_KEYS, account.as_bytes())? {
        return Ok(salt);
    }
    let salt = fresh_salt()?;
    house.put(ACCOUNT_KEYS, account.as_bytes(), &salt)?;
    Ok(salt)
}

fn fresh_salt() -> Result<Vec<u8>> {
    let mut salt = vec![0; 32];
    getrandom::fill(&mut salt).map_err(|e| Error::internal("no randomness", e))?;
    Ok(salt)
}
