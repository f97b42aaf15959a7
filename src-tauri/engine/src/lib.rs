//! The application: everything Epistle does, behind one type, [`Engine`]. No Tauri, no clap, no HTTP server.
//! In the order of a request: a door parses into [`api`] types, [`account`] says who, [`mailbox`] and [`memory`] give context,
//! [`compose`] writes with a model of [`llm`], and [`store`] keeps all of it sealed.

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
pub mod secrets;
pub mod settings;
pub mod store;

use error::Result;
use ids::AccountId;
use secrets::Secret;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::Store;

/// How to open a data folder.
#[derive(Debug, Default)]
pub struct Open {
    /// The data folder; made if it is not there. See [`account::default_home`].
    pub home: PathBuf,
    /// The passphrase, where there is no keyring (`EPISTLE_PASSPHRASE`, or asked for).
    pub passphrase: Option<Secret>,
    /// Whether the keyring may be used. Off: a passphrase only, as on a bare server.
    pub use_keyring: bool,
}

/// The engine: one a data folder, cheap to clone, safe to share.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) home: PathBuf,
    pub(crate) store: Store,
    pub(crate) account: AccountId,
    pub(crate) vault: account::Vault,
    pub(crate) keys: settings::KnownKeys,
    pub(crate) mailbox: mailbox::Mailbox,
    pub(crate) memory: memory::Memory,
    pub(crate) llm: llm::Models,
}

impl Engine {
    /// Opens the data folder: finds the master key, opens the store, migrates it if it is old.
    ///
    /// # Errors
    /// `passphrase_needed`, `passphrase_wrong`, `keyring_unavailable`, `key_lost`, `in_use`, `store_broken`, `store_too_new`, `io`.
    pub fn open(open: &Open) -> Result<Self> {
        let (store, account, vault) = account::open_store(open)?;
        Ok(Self::over(open.home.clone(), store, account, vault))
    }

    /// An engine on an in-memory store, for tests.
    ///
    /// # Errors
    /// `store_broken` when redb cannot make it.
    pub fn in_memory() -> Result<Self> {
        let store = Store::in_memory(store::MasterKey::random()?)?;
        Ok(Self::over(PathBuf::new(), store, AccountId::random()?, account::Vault::in_store()))
    }

    fn over(home: PathBuf, store: Store, account: AccountId, vault: account::Vault) -> Self {
        let inner = Inner {
            home,
            store,
            account,
            vault,
            keys: settings::KnownKeys::default(),
            mailbox: mailbox::Mailbox::default(),
            memory: memory::Memory::default(),
            llm: llm::Models::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The data folder.
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.inner.home
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    pub(crate) fn account(&self) -> AccountId {
        self.inner.account
    }
}
