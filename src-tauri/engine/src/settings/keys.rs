//! The providers' API keys: in the keyring where that holds the master key, else sealed in the store. The environment comes first.

use crate::Engine;
use crate::api::{KeyState, Provider};
use crate::error::{Error, Result};
use crate::secrets::Secret;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Keys read once, because a keyring may take its time. Wiped when dropped.
#[derive(Default)]
pub(crate) struct KnownKeys(Mutex<HashMap<Provider, Option<Secret>>>);

impl KnownKeys {
    fn lock(&self) -> MutexGuard<'_, HashMap<Provider, Option<Secret>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A provider's name for its key, and the variable that overrides it. The offline composer has neither.
fn place(provider: Provider) -> Result<(&'static str, &'static str)> {
    match provider {
        Provider::Gemini => Ok(("gemini", "GEMINI_API_KEY")),
        Provider::Local => Ok(("local", "EPISTLE_LOCAL_MODEL_KEY")),
        Provider::Offline => Err(Error::BadInput { field: "provider", why: "the offline composer has no key".into() }),
    }
}

/// Who has a key.
const WITH_KEYS: [Provider; 2] = [Provider::Gemini, Provider::Local];

/// The names that providers' keys are kept under.
pub(crate) fn key_names() -> impl Iterator<Item = &'static str> {
    WITH_KEYS.into_iter().filter_map(|provider| place(provider).ok().map(|(name, _)| name))
}

impl Engine {
    /// Keeps a provider's API key: in the keyring where it holds the master key, else sealed in the store.
    ///
    /// # Errors
    /// `bad_input` when it is empty; `keyring_unavailable`.
    pub fn set_key(&self, provider: Provider, key: Secret) -> Result<()> {
        let (name, _) = place(provider)?;
        if key.is_empty() || key.expose().chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(Error::BadInput { field: "key", why: "a key is one word".into() });
        }
        self.house.vault.keep(self.store(), self.account(), name, &key)?;
        self.desk.keys.lock().insert(provider, Some(key));
        Ok(())
    }

    /// Forgets a provider's API key.
    ///
    /// # Errors
    /// `keyring_unavailable`, `store_broken`.
    pub fn forget_key(&self, provider: Provider) -> Result<()> {
        let (name, _) = place(provider)?;
        self.house.vault.forget(self.store(), self.account(), name)?;
        self.desk.keys.lock().insert(provider, None);
        Ok(())
    }

    /// Whose keys are set.
    ///
    /// # Errors
    /// `keyring_unavailable`, `store_broken`.
    pub fn keys(&self) -> Result<Vec<KeyState>> {
        WITH_KEYS
            .into_iter()
            .map(|provider| {
                let from_environment = from_environment(provider, variable)?.is_some();
                Ok(KeyState { provider, set: from_environment || self.kept_key(provider)?.is_some(), from_environment })
            })
            .collect()
    }

    /// The key itself, for the adapter that sends it: from `GEMINI_API_KEY` (`EPISTLE_LOCAL_MODEL_KEY`), or kept.
    pub(crate) fn key(&self, provider: Provider) -> Result<Option<Secret>> {
        match from_environment(provider, variable)? {
            Some(key) => Ok(Some(key)),
            None => self.kept_key(provider),
        }
    }

    fn kept_key(&self, provider: Provider) -> Result<Option<Secret>> {
        if let Some(known) = self.desk.keys.lock().get(&provider) {
            return Ok(known.clone());
        }
        let (name, _) = place(provider)?;
        let kept = self.house.vault.find(self.store(), self.account(), name)?;
        self.desk.keys.lock().insert(provider, kept.clone());
        Ok(kept)
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn from_environment(provider: Provider, variable: impl Fn(&str) -> Option<String>) -> Result<Option<Secret>> {
    let (_, name) = place(provider)?;
    Ok(variable(name).map(Secret::new).filter(|key| !key.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_kept_used_and_forgotten_and_never_shown() {
        let engine = Engine::in_memory().unwrap();
        engine.set_key(Provider::Local, Secret::new(" canary-key\n".into())).unwrap();
        engine.desk.keys.lock().clear();
        assert_eq!(engine.kept_key(Provider::Local).unwrap().unwrap().expose(), "canary-key");
        assert!(!format!("{:?}", engine.keys().unwrap()).contains("canary"));
        engine.forget_key(Provider::Local).unwrap();
        engine.desk.keys.lock().clear();
        assert!(engine.kept_key(Provider::Local).unwrap().is_none());
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let engine = Engine::in_memory().unwrap();
        for (provider, key) in [(Provider::Gemini, "  "), (Provider::Gemini, "two words"), (Provider::Offline, "k")] {
            assert!(engine.set_key(provider, Secret::new(key.into())).is_err(), "{provider:?}");
        }
    }

    #[test]
    fn the_environment_counts_only_when_it_says_something() {
        let said = |text: &'static str| from_environment(Provider::Gemini, move |_| Some(text.to_owned())).unwrap();
        assert_eq!(said("k").unwrap().expose(), "k");
        assert!(said(" ").is_none());
    }
}
