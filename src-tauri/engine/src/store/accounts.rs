//! Accounts as the store knows them: a key each, from the master key and a sealed salt. An account whose salt is gone cannot be read again.

use super::rewrite::DUE;
use super::rows::{Write, delete_prefix, full_key};
use super::seal::AccountKey;
use super::tables::{ACCOUNT_KEYS, META};
use super::upkeep::{EXPIRY, due_of};
use super::{Keep, Store, broken};
use crate::error::{Error, Result};
use crate::ids::AccountId;
use redb::{TableDefinition, TableHandle};
use std::collections::HashMap;
use std::sync::{Arc, MutexGuard, PoisonError};

/// Whose rows are nobody's: the accounts' salts, the proof of the key.
pub(crate) const HOUSE: AccountId = AccountId([0; 16]);

impl Store {
    /// Makes an account's key, if it has none yet, together with what else the house keeps of it.
    ///
    /// # Errors
    /// What `with` returns (then there is no account), or `store_broken`.
    pub fn make_account<R>(&self, account: AccountId, with: impl FnOnce(&mut Write<'_>) -> Result<R>) -> Result<R> {
        let (salt, done) = self.write(HOUSE, Keep::Made, |tx| Ok((salt_of(tx, account)?, with(tx)?)))?;
        self.know(account, &salt);
        Ok(done)
    }

    /// Forgets an account: its key first, together with what else the house keeps of it, so that its rows are unreadable at once;
    /// then the rows; then the file that held them.
    ///
    /// # Errors
    /// What `with` returns (then the account is still there), or `store_broken`.
    pub fn forget_account(&self, account: AccountId, with: impl FnOnce(&mut Write<'_>) -> Result<()>) -> Result<()> {
        self.write(HOUSE, Keep::Made, |tx| {
            with(tx)?;
            tx.delete(ACCOUNT_KEYS, account.as_bytes())?;
            tx.put(META, DUE, &account.to_string())
        })?;
        self.known().remove(&account);
        self.finish_forgetting(account)
    }

    /// Takes away the rows of an account that has no key any more, and the file that held them.
    pub(super) fn finish_forgetting(&self, account: AccountId) -> Result<()> {
        let mut tx = self.begin_write()?;
        tx.set_two_phase_commit(true);
        let names: Vec<String> = tx.list_tables().map_err(broken)?.map(|table| table.name().to_owned()).collect();
        for name in names {
            let mut open = tx.open_table(TableDefinition::<&[u8], &[u8]>::new(&name)).map_err(broken)?;
            delete_prefix(&mut open, &full_key(account, &[]))?;
            if name == EXPIRY.name {
                open.retain(|due, _| !due_of(due, account)).map_err(broken)?;
            }
        }
        tx.commit()?;
        self.rewrite()
    }

    /// The accounts that have a key.
    ///
    /// # Errors
    /// `store_broken`.
    pub(crate) fn keyed_accounts(&self) -> Result<Vec<AccountId>> {
        let mut found = Vec::new();
        self.read(HOUSE)?.each(ACCOUNT_KEYS, &[], |key, _| {
            found.extend(key.try_into().ok().map(AccountId));
            Ok(true)
        })?;
        Ok(found)
    }

    /// An account's key for writing. Only [`Store::make_account`] makes one: what still runs for an account that was forgotten
    /// cannot bring it back.
    pub(super) fn account_key(&self, account: AccountId) -> Result<Arc<AccountKey>> {
        self.existing_key(account)?.ok_or_else(|| Error::not_found("account", account))
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
