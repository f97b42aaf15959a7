//! Which accounts there are: added, named, ordered, removed. There is always one, and each has rows, secrets and memory of its own.
//! What signs an account in is not decided here.

use super::Vault;
use super::slots::SLOTS;
use crate::Engine;
use crate::api::{
    Account, AccountEdit, AccountState, Colour, EmailAddress, Grant, IdentityProvider, Profile, UnixMillis,
};
use crate::error::{Error, Result};
use crate::ids::AccountId;
use crate::settings;
use crate::store::tables::{ACCOUNT, ACCOUNTS, META};
use crate::store::{HOUSE, Keep, Store};
use serde::{Deserialize, Serialize};

/// The row of a table that has one.
const LIST: &[u8] = b"accounts";
const ROW: &[u8] = b"account";
/// The one account of a file from before there could be several.
const LOCAL_ACCOUNT: &[u8] = b"local_account";
/// How long a name or a signature may be, in characters.
const LONGEST_LABEL: usize = 60;
const LONGEST_SIGNATURE: usize = 4_000;

/// Which accounts there are, in the person's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountList {
    order: Vec<AccountId>,
    default: AccountId,
}

/// What is known of an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountRow {
    /// Who vouches for it, if anybody.
    pub(crate) identity: Option<Identity>,
    pub(crate) label: String,
    pub(crate) colour: Colour,
    pub(crate) added: UnixMillis,
    pub(crate) state: AccountState,
    pub(crate) granted: Vec<Grant>,
    pub(crate) profile: Profile,
    /// When the person last signed in; 0: never.
    pub(crate) signed_in: UnixMillis,
    /// Whether the token that is kept is itself the access token: the provider gives tokens that last, and none to renew them.
    pub(crate) lasting: bool,
    /// The scopes as granted.
    pub(crate) scopes: Vec<String>,
}

/// A person as a provider knows them: never by their address, which can change hands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) provider: IdentityProvider,
    /// Who issued the subject; empty where the provider has but one.
    pub(crate) issuer: String,
    pub(crate) subject: String,
}

impl Default for AccountRow {
    fn default() -> Self {
        Self {
            identity: None,
            label: String::new(),
            colour: Colour::default(),
            added: 0,
            state: AccountState::Local,
            granted: Vec::new(),
            profile: Profile::default(),
            signed_in: 0,
            lasting: false,
            scopes: Vec::new(),
        }
    }
}

/// The account Epistle opens with. A new file gets a local one; an old file's becomes the first; what a crash left half made is forgotten.
pub(crate) fn settle_in(store: &Store, vault: &Vault) -> Result<AccountId> {
    if let Some(list) = store.read(HOUSE)?.get(ACCOUNTS, LIST)? {
        for account in store.keyed_accounts()? {
            if !list.order.contains(&account) {
                forget(store, vault, account, |_| Ok(()))?;
            }
        }
        return Ok(list.default);
    }
    let known = store.read(HOUSE)?.get(META, LOCAL_ACCOUNT)?.map(|id| id.parse()).transpose()?;
    let first = known.map_or_else(AccountId::random, Ok)?;
    store.make_account(first, |_| Ok(()))?;
    settings::share(store, first)?;
    for name in settings::key_names() {
        vault.adopt(store, first, name)?;
    }
    let row = AccountRow { added: crate::now(), ..AccountRow::default() };
    put_row(store, first, &row)?;
    let others = store.keyed_accounts()?.into_iter().filter(|account| *account != first);
    let order = std::iter::once(first).chain(others).collect();
    store.write(HOUSE, Keep::Made, |tx| {
        tx.delete(META, LOCAL_ACCOUNT)?;
        tx.put(ACCOUNTS, LIST, &AccountList { order, default: first })
    })?;
    Ok(first)
}

/// The secrets first: should the keyring refuse, the account is still there and can be removed again.
fn forget(
    store: &Store,
    vault: &Vault,
    account: AccountId,
    with: impl FnOnce(&mut crate::store::Write<'_>) -> Result<()>,
) -> Result<()> {
    for name in settings::key_names().chain(SLOTS).chain([settings::SMTP_PASSWORD]) {
        vault.forget(store, account, name)?;
    }
    store.forget_account(account, with)
}

fn put_row(store: &Store, account: AccountId, row: &AccountRow) -> Result<()> {
    store.write(account, Keep::Made, |tx| tx.put(ACCOUNT, ROW, row))
}

impl Engine {
    /// The accounts, in the person's order.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn accounts(&self) -> Result<Vec<Account>> {
        let list = self.account_list()?;
        list.order.iter().map(|id| Ok(shown(*id, self.account_row(*id)?, &list))).collect()
    }

    /// One account.
    ///
    /// # Errors
    /// `not_found`, `store_broken`.
    pub fn account_of(&self, account: AccountId) -> Result<Account> {
        Ok(shown(account, self.account_row(account)?, &self.account_list()?))
    }

    /// Adds an account with no provider at all.
    ///
    /// # Errors
    /// `bad_input` when the name is not one short line; `store_broken`.
    pub fn add_local_account(&self, label: &str) -> Result<Account> {
        let row = AccountRow { label: one_line("label", label, LONGEST_LABEL)?, ..AccountRow::default() };
        let account = AccountId::random()?;
        self.store().make_account(account, |_| Ok(()))?;
        self.list_account(account, row)
    }

    /// Puts an account whose key and secrets are there already into the list, with a colour that no other has while there are enough.
    pub(crate) fn list_account(&self, account: AccountId, mut row: AccountRow) -> Result<Account> {
        let used: Vec<Colour> = self.accounts()?.iter().map(|account| account.colour).collect();
        row.colour = Colour::ALL.into_iter().find(|colour| !used.contains(colour)).unwrap_or_default();
        row.added = crate::now();
        put_row(self.store(), account, &row)?;
        self.change_list(|list| list.order.push(account))?;
        self.account_of(account)
    }

    /// Changes what a person may change of an account.
    ///
    /// # Errors
    /// `not_found`; `bad_input` naming the field, and then nothing is changed; `store_broken`.
    pub fn edit_account(&self, account: AccountId, edit: AccountEdit) -> Result<Account> {
        let label = edit.label.map(|label| one_line("label", &label, LONGEST_LABEL)).transpose()?;
        if edit.signature.as_ref().is_some_and(|text| text.chars().count() > LONGEST_SIGNATURE) {
            return Err(Error::BadInput { field: "signature", why: format!("at most {LONGEST_SIGNATURE} characters") });
        }
        self.change_account(account, |row| {
            row.label = label.unwrap_or_else(|| std::mem::take(&mut row.label));
            row.colour = edit.colour.unwrap_or(row.colour);
            if let Some(signature) = edit.signature {
                row.profile.signature = Some(signature.trim_end().to_owned()).filter(|text| !text.is_empty());
            }
        })?;
        self.account_of(account)
    }

    /// Puts the accounts in another order.
    ///
    /// # Errors
    /// `bad_input` unless each account is named once; `store_broken`.
    pub fn order_accounts(&self, order: &[AccountId]) -> Result<Vec<Account>> {
        let sorted = |ids: &[AccountId]| {
            let mut ids = ids.to_vec();
            ids.sort_unstable();
            ids
        };
        if sorted(order) != sorted(&self.account_list()?.order) {
            return Err(Error::BadInput { field: "order", why: "name each account once".into() });
        }
        self.change_list(|list| list.order = order.to_vec())?;
        self.accounts()
    }

    /// Epistle opens with this account from now on.
    ///
    /// # Errors
    /// `not_found`, `store_broken`.
    pub fn set_default_account(&self, account: AccountId) -> Result<()> {
        self.account_row(account)?;
        self.change_list(|list| list.default = account)
    }

    /// The account Epistle opens with.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn default_account(&self) -> Result<AccountId> {
        Ok(self.account_list()?.default)
    }

    /// Takes an account away with everything of it: tokens, keys, mail, drafts, memory, and the file's pages they were in. Its provider
    /// is told where it can be reached. There is always an account: in place of the last one comes an empty local one.
    ///
    /// # Errors
    /// `not_found`; the keyring's, and then the account is still there; `store_broken`.
    pub async fn remove_account(&self, account: AccountId) -> Result<()> {
        self.account_row(account)?;
        self.revoke(account).await;
        let engine = self.clone();
        blocking(move || engine.remove_now(account)).await
    }

    fn remove_now(&self, account: AccountId) -> Result<()> {
        if self.account_list()?.order.len() == 1 {
            self.add_local_account("")?;
        }
        let mut list = self.account_list()?;
        list.order.retain(|id| *id != account);
        if list.default == account {
            list.default = *list.order.first().ok_or_else(|| Error::not_found("account", account))?;
        }
        self.clear_desk(account);
        forget(self.store(), &self.house.vault, account, |tx| tx.put(ACCOUNTS, LIST, &list))
    }

    /// What is known of an account.
    pub(crate) fn account_row(&self, account: AccountId) -> Result<AccountRow> {
        let row = self.store().read(account)?.get(ACCOUNT, ROW)?;
        row.ok_or_else(|| Error::not_found("account", account))
    }

    /// Changes what is known of an account, in one transaction.
    pub(crate) fn change_account<R>(&self, account: AccountId, change: impl FnOnce(&mut AccountRow) -> R) -> Result<R> {
        self.store().write(account, Keep::Made, |tx| {
            let mut row = tx.get(ACCOUNT, ROW)?.ok_or_else(|| Error::not_found("account", account))?;
            let done = change(&mut row);
            tx.put(ACCOUNT, ROW, &row)?;
            Ok(done)
        })
    }

    /// The account a provider's person has here.
    pub(crate) fn account_by_identity(&self, identity: &Identity) -> Result<Option<AccountId>> {
        for account in self.account_list()?.order {
            if self.account_row(account)?.identity.as_ref() == Some(identity) {
                return Ok(Some(account));
            }
        }
        Ok(None)
    }

    /// How a person means an account at a terminal: its id, its address or its label.
    ///
    /// # Errors
    /// `not_found`; `bad_input` when several go by it; `store_broken`.
    pub fn find_account(&self, meant: &str) -> Result<AccountId> {
        let address = meant.parse::<EmailAddress>().ok().map(|address| address.folded());
        let goes_by = |account: &Account| {
            account.id.to_string() == meant
                || (!account.label.is_empty() && account.label.to_lowercase() == meant.to_lowercase())
                || address.is_some() && account.profile.address.as_ref().map(EmailAddress::folded) == address
        };
        let found: Vec<AccountId> = self.accounts()?.iter().filter(|one| goes_by(one)).map(|one| one.id).collect();
        match found.as_slice() {
            [one] => Ok(*one),
            [] => Err(Error::not_found("account", meant)),
            _ => Err(Error::BadInput { field: "account", why: "several go by that: name one by its id".into() }),
        }
    }

    fn account_list(&self) -> Result<AccountList> {
        let list = self.store().read(HOUSE)?.get(ACCOUNTS, LIST)?;
        list.ok_or_else(|| Error::StoreBroken { what: "its list of accounts is missing".into() })
    }

    fn change_list(&self, change: impl FnOnce(&mut AccountList)) -> Result<()> {
        self.store().write(HOUSE, Keep::Made, |tx| {
            let list = tx.get(ACCOUNTS, LIST)?;
            let mut list = list.ok_or_else(|| Error::StoreBroken { what: "its list of accounts is missing".into() })?;
            change(&mut list);
            tx.put(ACCOUNTS, LIST, &list)
        })
    }
}

fn shown(id: AccountId, row: AccountRow, list: &AccountList) -> Account {
    Account {
        id,
        provider: row.identity.map(|identity| identity.provider),
        label: row.label,
        colour: row.colour,
        default: list.default == id,
        state: row.state,
        granted: row.granted,
        profile: row.profile,
        added: row.added,
    }
}

fn one_line(field: &'static str, text: &str, longest: usize) -> Result<String> {
    let text = text.trim();
    if text.chars().count() > longest || text.chars().any(char::is_control) {
        return Err(Error::BadInput { field, why: format!("one line of at most {longest} characters") });
    }
    Ok(text.to_owned())
}

/// Runs what blocks on a thread for such work.
pub(crate) async fn blocking<R: Send + 'static>(work: impl FnOnce() -> Result<R> + Send + 'static) -> Result<R> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(broken) => Err(Error::internal("work on a thread of its own", broken)),
    }
}
