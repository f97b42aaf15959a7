//! The settings: one sealed document, whose defaults and their meaning stand in `defaults.yaml`.

use crate::Engine;
use crate::api::{KeyState, Provider, Settings};
use crate::error::Result;
use crate::secrets::Secret;

impl Engine {
    /// The settings as they are.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn settings(&self) -> Result<Settings> {
        todo!()
    }

    /// Puts the settings in place of the old ones, after checking each field.
    ///
    /// # Errors
    /// `bad_input` naming the field; nothing is changed then.
    pub fn set_settings(&self, _settings: Settings) -> Result<Settings> {
        todo!()
    }

    /// Keeps a provider's API key: in the keyring where it holds the master key, else sealed in the store.
    ///
    /// # Errors
    /// `bad_input` when it is empty; `keyring_unavailable`.
    pub fn set_key(&self, _provider: Provider, _key: Secret) -> Result<()> {
        todo!()
    }

    /// Forgets a provider's API key.
    ///
    /// # Errors
    /// `keyring_unavailable`, `store_broken`.
    pub fn forget_key(&self, _provider: Provider) -> Result<()> {
        todo!()
    }

    /// Whose keys are set.
    ///
    /// # Errors
    /// `keyring_unavailable`, `store_broken`.
    pub fn keys(&self) -> Result<Vec<KeyState>> {
        todo!()
    }

    /// The key itself, for the adapter that sends it: kept, or from `GEMINI_API_KEY`.
    #[allow(dead_code)]
    pub(crate) fn key(&self, _provider: Provider) -> Result<Option<Secret>> {
        todo!()
    }
}
