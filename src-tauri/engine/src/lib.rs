//! The application: everything Epistle does, behind one type, [`Engine`]. No Tauri, no clap, no HTTP server.
//! In the order of a request: a door parses into [`api`] types, [`account`] says who, [`mailbox`] and [`memory`] give context,
//! [`compose`] writes with a model of [`llm`], [`outbox`] sends it once, and [`store`] keeps all of it sealed.

pub mod account;
pub mod api;
pub mod compose;
pub mod error;
pub mod ids;
mod language;
pub mod llm;
pub mod mailbox;
pub mod memory;
pub mod observe;
pub mod outbox;
pub mod secrets;
pub mod settings;
pub mod store;

use error::Result;
use ids::AccountId;
use secrets::Secret;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::Store;

/// The present: read here, and passed on.
pub(crate) fn now() -> api::UnixMillis {
    jiff::Timestamp::now().as_millisecond()
}

/// How to open a data folder.
#[derive(Debug, Clone, Default)]
pub struct Open {
    /// The data folder; made if it is not there. See [`account::default_home`].
    pub home: PathBuf,
    /// The passphrase, where there is no keyring (`EPISTLE_PASSPHRASE`, or asked for).
    pub passphrase: Option<Secret>,
    /// The recovery code, where the key is not to be had in another way.
    pub recovery_code: Option<Secret>,
    /// Whether the keyring may be used. Off: a passphrase only, as on a bare server.
    pub use_keyring: bool,
    /// Whether the person asks to be let in where Epistle is locked.
    pub unlock: bool,
}

/// The engine, at work in one account: cheap to clone, safe to share. One data folder has one house and a desk for each account.
#[derive(Clone)]
pub struct Engine {
    pub(crate) house: Arc<House>,
    pub(crate) desk: Arc<Desk>,
}

/// What all accounts share.
pub(crate) struct House {
    pub(crate) home: PathBuf,
    pub(crate) store: Store,
    pub(crate) vault: account::Vault,
    pub(crate) identity: account::Line,
    pub(crate) embedders: memory::embed::Embedders,
    desks: Mutex<HashMap<AccountId, Arc<Desk>>>,
}

/// What one account has in memory. Nothing of it is seen from another account.
pub(crate) struct Desk {
    account: AccountId,
    pub(crate) keys: settings::KnownKeys,
    pub(crate) mailbox: mailbox::Mailbox,
    pub(crate) memory: memory::Memory,
    pub(crate) meaning: memory::meaning::Meaning,
    pub(crate) llm: llm::Models,
    pub(crate) outbox: outbox::Outbox,
    pub(crate) refreshing: account::Refreshing,
    pub(crate) quota: account::Quota,
    pub(crate) syncing: mailbox::gmail::Syncing,
}

impl Desk {
    fn of(account: AccountId) -> Self {
        Self {
            account,
            keys: settings::KnownKeys::default(),
            mailbox: mailbox::Mailbox::default(),
            memory: memory::Memory::default(),
            meaning: memory::meaning::Meaning::default(),
            llm: llm::Models::default(),
            outbox: outbox::Outbox::default(),
            refreshing: account::Refreshing::default(),
            quota: account::Quota::default(),
            syncing: mailbox::gmail::Syncing::default(),
        }
    }
}

impl Engine {
    /// Opens the data folder at its default account: finds the master key, opens the store, migrates it if it is old.
    ///
    /// # Errors
    /// `passphrase_needed`, `passphrase_wrong`, `recovery_code_wrong`, `keyring_unavailable` and its like, `key_lost`, `locked`, `in_use`,
    /// `store_broken`, `store_too_new`, `io`.
    pub fn open(open: &Open) -> Result<Self> {
        let (store, vault) = account::open_store(open)?;
        Self::over(open.home.clone(), store, vault)
    }

    /// An engine on an in-memory store, for tests.
    ///
    /// # Errors
    /// `store_broken` when redb cannot make it.
    pub fn in_memory() -> Result<Self> {
        let store = Store::in_memory(store::MasterKey::random()?)?;
        Self::over(PathBuf::new(), store, account::Vault::in_store())
    }

    fn over(home: PathBuf, store: Store, vault: account::Vault) -> Result<Self> {
        let default = account::settle_in(&store, &vault)?;
        let desk = Arc::new(Desk::of(default));
        let desks = Mutex::new(HashMap::from([(default, desk.clone())]));
        let embedders = memory::embed::Embedders::around(&home);
        let identity = account::Line::default();
        Ok(Self { house: Arc::new(House { home, store, vault, identity, embedders, desks }), desk })
    }

    /// The same data folder, at work in another account.
    ///
    /// # Errors
    /// `not_found` where there is no such account; `store_broken`.
    pub fn in_account(&self, account: AccountId) -> Result<Self> {
        self.account_row(account)?;
        let mut desks = self.desks();
        let desk = desks.entry(account).or_insert_with(|| Arc::new(Desk::of(account))).clone();
        Ok(Self { house: self.house.clone(), desk })
    }

    /// What an account had in memory is let go of.
    pub(crate) fn clear_desk(&self, account: AccountId) {
        self.desks().remove(&account);
    }

    fn desks(&self) -> MutexGuard<'_, HashMap<AccountId, Arc<Desk>>> {
        self.house.desks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Work on the store, off the threads that stream and that wait for providers.
    pub(crate) async fn off_thread<R: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        let engine = self.clone();
        account::blocking(move || work(&engine)).await
    }

    /// The data folder.
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.house.home
    }

    pub(crate) fn store(&self) -> &Store {
        &self.house.store
    }

    /// The account at work.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.desk.account
    }
}
