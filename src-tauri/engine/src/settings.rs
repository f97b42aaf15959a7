//! The settings: sealed rows of what differs from `defaults.yaml`, one an account and one that all accounts share, and the providers' keys
//! and the mail server's password beside them. A setting is checked before it is kept; a key never comes back through a door.

mod bindings;
mod check;
mod keys;
mod smtp;
mod smtp_servers;

use crate::Engine;
use crate::api::Settings;
use crate::error::{Error, Result};
use crate::ids::AccountId;
use crate::store::tables::SETTINGS;
use crate::store::{HOUSE, Keep, Store};
pub(crate) use check::client_id;
pub(crate) use keys::{KnownKeys, key_names};
use serde_json::{Map, Value};
pub(crate) use smtp::PASSWORD as SMTP_PASSWORD;

const DEFAULTS: &str = include_str!("defaults.yaml");
/// The settings' one row.
const ROW: &[u8] = b"settings";
/// What all accounts share: the window and its keys, the lock, how providers are reached, the embedding model. Everything else is an account's own.
const SHARED: &[&str] =
    &["theme", "system_font", "quick_shortcut", "told_about_tray", "lock_minutes", "identity", "embedding", "keys"];

impl Engine {
    /// The settings as they are.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn settings(&self) -> Result<Settings> {
        let (mut set, own) = (kept(self.store(), HOUSE)?, kept(self.store(), self.account())?);
        set.retain(|field, _| is_shared(field));
        set.extend(own.into_iter().filter(|(field, _)| !is_shared(field)));
        overlay(&set)
    }

    /// Puts the settings in place of the old ones, after checking each field.
    ///
    /// # Errors
    /// `bad_input` naming the field; nothing is changed then.
    pub fn set_settings(&self, settings: Settings) -> Result<Settings> {
        let settings = check::checked(settings)?;
        let idle = (self.settings()?.lock_minutes != settings.lock_minutes).then_some(settings.lock_minutes);
        let set = differing(&defaults()?, &settings)?;
        let (shared, own): (Row, Row) = set.into_iter().partition(|(field, _)| is_shared(field));
        for (owner, set) in [(HOUSE, shared), (self.account(), own)] {
            if kept(self.store(), owner)? != set {
                self.store().write(owner, Keep::Made, |tx| tx.put(SETTINGS, ROW, &set))?;
            }
        }
        if let Some(minutes) = idle {
            self.set_idle_minutes(minutes, crate::now())?;
        }
        self.settings()
    }
}

type Row = Map<String, Value>;

fn is_shared(field: &str) -> bool {
    SHARED.contains(&field)
}

fn kept(store: &Store, owner: AccountId) -> Result<Row> {
    Ok(store.read(owner)?.get(SETTINGS, ROW)?.unwrap_or_default())
}

/// In a file from before there could be several accounts the one account's row held everything: what is shared moves out of it.
pub(crate) fn share(store: &Store, first: AccountId) -> Result<()> {
    let (shared, own): (Row, Row) = kept(store, first)?.into_iter().partition(|(field, _)| is_shared(field));
    if shared.is_empty() {
        return Ok(());
    }
    store.write(HOUSE, Keep::Made, |tx| tx.put(SETTINGS, ROW, &shared))?;
    store.write(first, Keep::Made, |tx| tx.put(SETTINGS, ROW, &own))
}

/// The settings of somebody who set nothing.
pub(crate) fn defaults() -> Result<Settings> {
    serde_norway::from_str(DEFAULTS).map_err(|e| Error::internal("reading the default settings", e))
}

/// The defaults with what was set laid over them. A field no longer known, or of an older shape, gives way to its default.
fn overlay(set: &Map<String, Value>) -> Result<Settings> {
    let mut whole = object(&defaults()?)?;
    for (field, value) in set {
        let Some(old) = whole.get(field).cloned() else { continue };
        whole.insert(field.clone(), laid_over(old.clone(), value));
        if serde_json::from_value::<Settings>(Value::Object(whole.clone())).is_err() {
            whole.insert(field.clone(), old);
        }
    }
    serde_json::from_value(Value::Object(whole)).map_err(|e| Error::internal("reading the settings", e))
}

/// Groups (`gemini`, `local_model`) are laid over field by field; everything else is replaced.
fn laid_over(old: Value, new: &Value) -> Value {
    match (old, new) {
        (Value::Object(mut group), Value::Object(set)) if !group.contains_key("kind") => {
            for (field, value) in set.iter().filter(|(field, _)| group.contains_key(*field)).collect::<Vec<_>>() {
                group.insert(field.clone(), value.clone());
            }
            Value::Object(group)
        }
        _ => new.clone(),
    }
}

/// What of the settings differs from the defaults: only that is kept, so that a better default reaches everybody else.
fn differing(defaults: &Settings, settings: &Settings) -> Result<Map<String, Value>> {
    let (defaults, settings) = (object(defaults)?, object(settings)?);
    let mut kept = Map::new();
    for (field, value) in settings {
        match (defaults.get(&field), value) {
            (Some(default), value) if *default == value => {}
            (Some(Value::Object(group)), Value::Object(set)) if !group.contains_key("kind") => {
                let set = set.into_iter().filter(|(name, value)| group.get(name) != Some(value)).collect();
                kept.insert(field, Value::Object(set));
            }
            (_, value) => {
                kept.insert(field, value);
            }
        }
    }
    Ok(kept)
}

fn object(settings: &Settings) -> Result<Map<String, Value>> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(Error::Internal { what: "encoding the settings", source: None }),
        Err(e) => Err(Error::internal("encoding the settings", e)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Person, PreviewPolicy, Theme};
    use crate::error::ErrorCode;
    use serde_json::json;

    #[test]
    fn the_defaults_pass_their_own_checks() {
        let defaults = defaults().unwrap();
        assert_eq!(check::checked(defaults.clone()).unwrap(), defaults);
        assert_eq!(defaults.preview, PreviewPolicy::OnRequest);
    }

    #[test]
    fn what_is_set_stays_set_and_what_is_not_follows_the_defaults() {
        let engine = Engine::in_memory().unwrap();
        let mut wanted = engine.settings().unwrap();
        wanted.theme = Theme::Dark;
        wanted.gemini.cheap = "gemini-x".into();
        wanted.me = vec![Person { name: Some("Ada".into()), address: "ada@example.com".parse().unwrap() }];
        assert_eq!(engine.set_settings(wanted.clone()).unwrap(), wanted);
        assert_eq!(engine.settings().unwrap(), wanted);
        let kept = differing(&defaults().unwrap(), &wanted).unwrap();
        assert_eq!(Value::Object(kept)["gemini"], json!({"cheap": "gemini-x"}));
    }

    #[test]
    fn a_refused_change_changes_nothing() {
        let engine = Engine::in_memory().unwrap();
        let mut wanted = engine.settings().unwrap();
        wanted.theme = Theme::Dark;
        wanted.calls_per_minute = 0;
        assert_eq!(engine.set_settings(wanted).unwrap_err().code(), ErrorCode::BadInput);
        assert_eq!(engine.settings().unwrap(), defaults().unwrap());
    }

    #[test]
    fn a_row_of_another_epistle_is_read_as_far_as_it_fits() {
        let Value::Object(row) = json!({
            "theme": "dark", "sidebar": "left", "preview": "sometimes",
            "gemini": {"cheap": "gemini-x", "region": "eu"}, "model": {"kind": "offline"},
        }) else {
            panic!("not an object")
        };
        let read = overlay(&row).unwrap();
        assert_eq!((read.theme, read.gemini.cheap.as_str()), (Theme::Dark, "gemini-x"));
        assert_eq!((read.preview, read.model), (PreviewPolicy::OnRequest, crate::api::ModelChoice::Offline));
    }
}
