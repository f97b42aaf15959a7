//! Whether the window's keys can be used: each sequence one that a keyboard gives, and none in another's way. Pure.

use crate::api::KeyBindings;
use crate::error::{Error, Result};
use serde_json::Value;

/// More strokes nobody remembers.
const STROKES: usize = 3;
/// More keys for one action nobody needs.
const KEYS: usize = 4;

/// The keys as they are to be kept.
pub(super) fn checked(keys: KeyBindings) -> Result<KeyBindings> {
    let mut taken: Vec<(String, Vec<String>)> = Vec::new();
    for (action, sequences) in each(&keys)? {
        if sequences.len() > KEYS {
            return refuse(format!("{action}: at most {KEYS} keys for one action"));
        }
        for sequence in sequences {
            let strokes: Vec<String> = sequence.split(' ').map(str::to_owned).collect();
            if strokes.len() > STROKES || !strokes.iter().all(|stroke| is_stroke(stroke)) {
                return refuse(format!(
                    "{action}: a key is one to three strokes with spaces between, as in e, #, Shift+i, Enter or g i"
                ));
            }
            if let Some((other, _)) = taken.iter().find(|(_, held)| in_the_way(held, &strokes)) {
                return refuse(format!("{action}: “{sequence}” is in the way of the key for {other}"));
            }
            taken.push((action.clone(), strokes));
        }
    }
    Ok(keys)
}

/// Every action by its name, with its keys.
fn each(keys: &KeyBindings) -> Result<Vec<(String, Vec<String>)>> {
    let of = |value: &Value| {
        value.as_array().into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect()
    };
    match serde_json::to_value(keys) {
        Ok(Value::Object(actions)) => Ok(actions.iter().map(|(action, keys)| (action.clone(), of(keys))).collect()),
        Ok(_) => Err(Error::Internal { what: "encoding the keys", source: None }),
        Err(e) => Err(Error::internal("encoding the keys", e)),
    }
}

/// Whether one of two sequences is the other, or its beginning, so that the longer one is never reached.
fn in_the_way(a: &[String], b: &[String]) -> bool {
    a.iter().zip(b).all(|(one, other)| one == other)
}

/// A key of the keyboard: a sign, a letter in lower case, a letter with Shift, or Enter.
fn is_stroke(stroke: &str) -> bool {
    let single = |text: &str| {
        let mut signs = text.chars();
        signs.next().filter(|_| signs.next().is_none())
    };
    match stroke.strip_prefix("Shift+") {
        Some(letter) => single(letter).is_some_and(char::is_lowercase),
        None => {
            stroke == "Enter"
                || single(stroke).is_some_and(|c| !c.is_whitespace() && !c.is_control() && !c.is_uppercase())
        }
    }
}

fn refuse<T>(why: String) -> Result<T> {
    Err(Error::BadInput { field: "keys", why })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::defaults;

    fn with(archive: &[&str]) -> Result<KeyBindings> {
        let mut keys = defaults().unwrap().keys;
        keys.archive = archive.iter().map(|key| (*key).to_owned()).collect();
        checked(keys)
    }

    #[test]
    fn a_key_is_what_a_keyboard_gives_and_in_nobodys_way() {
        for good in [&["e"][..], &["y"], &["Shift+e"], &["["], &["g x"], &["ö"], &["y", "["], &[], &["* a b"], &["+"]]
        {
            assert!(with(good).is_ok(), "{good:?}");
        }
        for bad in [
            &["j"][..], // the next conversation's
            &["g"],     // would swallow g i
            &["g i"],
            &["g i x"], // never reached
            &["o"],
            &["Enter"],
            &["e", "e"],
            &["E"],
            &["Shift+E"],
            &["Shift+#"],
            &["Ctrl+e"],
            &["F1"],
            &[""],
            &[" "],
            &["x  y"],
            &["x y z w"],
            &["1", "2", "3", "4", "5"],
        ] {
            assert!(with(bad).is_err(), "{bad:?}");
        }
        let refused = with(&["j"]).unwrap_err();
        assert!(refused.to_string().contains("next"), "it says what is in the way: {refused}");
    }
}
