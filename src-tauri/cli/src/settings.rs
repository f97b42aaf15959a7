//! `epistle settings` and `epistle key`. A key is read from standard input or asked for, and never stands in a command line.

use crate::args::{self, KeyAction, SettingsAction};
use crate::fail::Failure;
use crate::open::{Door, read_secret};
use crate::out::Out;
use epistle_engine::api::Settings;
use epistle_engine::error::Error;
use serde_json::Value;

pub(crate) fn key(args: &args::Key, door: &Door, out: &mut Out) -> Result<(), Failure> {
    match args.action {
        KeyAction::Set { provider } => {
            let key = read_secret("API key: ")?;
            door.engine()?.set_key(provider, key)?;
            out.note("kept");
        }
        KeyAction::Forget { provider } => {
            door.engine()?.forget_key(provider)?;
            out.note("forgotten");
        }
    }
    Ok(())
}

pub(crate) fn settings(args: args::Settings, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let engine = door.engine()?;
    let tree = tree(&engine.settings()?)?;
    match args.action {
        None | Some(SettingsAction::Get { key: None }) => show(&tree, "", out),
        Some(SettingsAction::Get { key: Some(key) }) => match tree.pointer(&pointer(&key)) {
            Some(value) => show(value, &key, out),
            None => return Err(unknown(&key)),
        },
        Some(SettingsAction::Set { key, value }) => {
            engine.set_settings(with(tree, &key, &value)?)?;
        }
    }
    Ok(())
}

fn tree(settings: &Settings) -> Result<Value, Failure> {
    Ok(serde_json::to_value(settings).map_err(|e| Error::internal("settings as JSON", e))?)
}

/// The settings with one value in another's place. What is no JSON is taken as text.
fn with(mut tree: Value, key: &str, value: &str) -> Result<Settings, Failure> {
    let slot = tree.pointer_mut(&pointer(key)).ok_or_else(|| unknown(key))?;
    *slot = match serde_json::from_str(value) {
        Ok(parsed) if !slot.is_string() => parsed,
        _ => Value::String(value.to_owned()),
    };
    serde_json::from_value(tree).map_err(|e| Failure::Usage(format!("{key}: {e}")))
}

fn pointer(key: &str) -> String {
    format!("/{}", key.replace('.', "/"))
}

fn unknown(key: &str) -> Failure {
    Failure::Usage(format!("there is no setting “{key}”; `epistle settings` lists them"))
}

/// One line a value, named as `settings set` takes it.
fn show(value: &Value, name: &str, out: &mut Out) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                show(value, &name, out);
            }
        }
        Value::String(text) => out.line(&format!("{name} = {text}")),
        other => out.line(&format!("{name} = {other}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nowhere() -> Value {
        serde_json::json!({ "client_id": "", "redirect_port": null, "issuer": "", "authorization": "", "token": "", "jwks": "",
                            "userinfo": "", "device": "", "revocation": "" })
    }

    fn some() -> Settings {
        let mut some = epistle_engine::Engine::in_memory().unwrap().settings().unwrap();
        some.gemini.base = "https://models.example".into();
        some
    }

    #[test]
    fn a_setting_is_changed_by_its_name_and_nothing_else_is() {
        let before = some();
        let after = with(tree(&before).unwrap(), "gemini.base", "http://127.0.0.1:4010").unwrap();
        assert_eq!(after.gemini.base, "http://127.0.0.1:4010");
        let mut expected = before;
        expected.gemini.base = "http://127.0.0.1:4010".into();
        assert_eq!(after, expected);
    }

    #[test]
    fn several_settings_are_changed_at_once_as_json() {
        let mut elsewhere = nowhere();
        elsewhere["token"] = "http://127.0.0.1:4011/token".into();
        let after = with(tree(&some()).unwrap(), "identity.google", &elsewhere.to_string()).unwrap();
        assert_eq!(after.identity.google.token, "http://127.0.0.1:4011/token");
    }

    #[test]
    fn an_unknown_setting_or_a_wrong_value_is_refused() {
        for (key, value) in
            [("gemini.colour", "blue"), ("", "1"), ("calls_per_minute", "many"), ("preview", "sometimes")]
        {
            assert!(with(tree(&some()).unwrap(), key, value).is_err(), "{key}");
        }
    }
}
