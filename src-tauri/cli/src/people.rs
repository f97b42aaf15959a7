//! People as they are typed and printed: an address, `Name <address>`, or a name that the mailbox knows.

use crate::fail::Failure;
use epistle_engine::Engine;
use epistle_engine::api::Person;
use epistle_engine::error::Error;

/// Everybody named by these arguments; several may stand in one, with commas between.
pub(crate) fn all(engine: &Engine, given: &[String]) -> Result<Vec<Person>, Failure> {
    given.iter().flat_map(|text| split(text)).map(|text| one(engine, &text)).collect()
}

/// One person: read, or found in the mailbox where only a name was typed.
pub(crate) fn one(engine: &Engine, text: &str) -> Result<Person, Failure> {
    if text.contains('@') {
        return Ok(named(engine, read(text)?));
    }
    let found = engine.people(text, 4)?;
    match found.as_slice() {
        [person] => Ok(person.clone()),
        [] => Err(Error::BadAddress { given: text.chars().take(80).collect() }.into()),
        several => {
            let names: Vec<_> = several.iter().map(shown).collect();
            Err(Failure::Usage(format!("“{text}” may be any of {}: give the address", names.join(", "))))
        }
    }
}

/// Gives a bare address the name it has in the mailbox.
fn named(engine: &Engine, mut person: Person) -> Person {
    if person.name.is_none() {
        let known = engine.people(person.address.as_str(), 1).unwrap_or_default();
        person.name = known.into_iter().find(|p| p.address.folded() == person.address.folded()).and_then(|p| p.name);
    }
    person
}

fn read(text: &str) -> Result<Person, Error> {
    let (name, address) = match text.trim().strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) {
        Some((name, address)) => (name.trim().trim_matches('"').trim(), address),
        None => ("", text),
    };
    Ok(Person { name: (!name.is_empty()).then(|| name.to_owned()), address: address.parse()? })
}

/// Splits at commas that stand between two people: `a@x.example, Dana <d@y.example>`, but not in `Ortiz, Dana <d@y.example>`.
fn split(text: &str) -> Vec<String> {
    let mut people: Vec<String> = Vec::new();
    for piece in text.split(',') {
        match people.last_mut() {
            Some(last) if !last.contains('@') => last.push_str(&format!(",{piece}")),
            _ => people.push(piece.to_owned()),
        }
    }
    people.into_iter().map(|person| person.trim().to_owned()).filter(|person| !person.is_empty()).collect()
}

/// A person as mail headers write them.
pub(crate) fn shown(person: &Person) -> String {
    match &person.name {
        Some(name) if name.contains([',', '@', '<', '>', '"']) => {
            format!("\"{}\" <{}>", name.replace('"', "'"), person.address)
        }
        Some(name) => format!("{name} <{}>", person.address),
        None => person.address.to_string(),
    }
}

/// The name, or the address where there is none.
pub(crate) fn short(person: &Person) -> String {
    person.name.clone().unwrap_or_else(|| person.address.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_read_as_they_are_typed() {
        let table = [
            ("dana@x.example", None, "dana@x.example"),
            ("Dana Ortiz <dana@X.example>", Some("Dana Ortiz"), "dana@x.example"),
            ("\"Ortiz, Dana\" <dana@x.example>", Some("Ortiz, Dana"), "dana@x.example"),
            (" <dana@x.example> ", None, "dana@x.example"),
        ];
        for (text, name, address) in table {
            let person = read(text).unwrap();
            assert_eq!((person.name.as_deref(), person.address.as_str()), (name, address), "{text}");
        }
        assert!(read("Dana <dana>").is_err());
    }

    #[test]
    fn commas_divide_people_and_not_names() {
        let table: [(&str, &[&str]); 4] = [
            ("a@x.example,b@x.example", &["a@x.example", "b@x.example"]),
            ("Ortiz, Dana <d@x.example>, b@x.example", &["Ortiz, Dana <d@x.example>", "b@x.example"]),
            ("Dana", &["Dana"]),
            ("a@x.example,", &["a@x.example"]),
        ];
        for (text, people) in table {
            assert_eq!(split(text), people, "{text}");
        }
    }
}
