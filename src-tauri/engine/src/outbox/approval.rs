//! The approval: a digest of everything a person agrees to when they say “send”. It allows nothing by itself; a byte changed, and it
//! is another digest.

use crate::api::{EmailAddress, Person};
use crate::error::{Error, Result};
use crate::ids::MessageId;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Everything a person agrees to.
#[derive(Debug, Clone, Copy)]
pub struct Approved<'a> {
    /// Which address it goes out from.
    pub from: &'a EmailAddress,
    /// Recipients, in order.
    pub to: &'a [Person],
    /// Copies, in order.
    pub cc: &'a [Person],
    /// Blind copies, in order.
    pub bcc: &'a [Person],
    /// The subject.
    pub subject: &'a str,
    /// The text.
    pub body: &'a str,
    /// What goes with it, in order.
    pub attachments: &'a [Attached<'a>],
    /// Files that are not here and do not go with it, by name: whoever agrees knows of each.
    pub missing: &'a [String],
    /// The message it answers.
    pub answers: Option<MessageId>,
}

/// A file that goes with a message.
#[derive(Debug, Clone, Copy)]
pub struct Attached<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its media type.
    pub media_type: &'a str,
    /// Whether it stands in the text.
    pub inline: bool,
    /// The BLAKE3 digest of its content.
    pub print: &'a [u8; 32],
}

/// A digest of everything a person agreed to; written as 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Approval([u8; 32]);

/// The digest of everything a person agrees to. Every part is preceded by its length, so that no two letters are one run of bytes.
#[must_use]
pub fn digest(approved: &Approved<'_>) -> Approval {
    let mut hasher = blake3::Hasher::new_derive_key("epistle 2026 approval v2");
    part(&mut hasher, approved.from.folded().as_bytes());
    for people in [approved.to, approved.cc, approved.bcc] {
        count(&mut hasher, people.len());
        for person in people {
            part(&mut hasher, person.address.folded().as_bytes());
            maybe(&mut hasher, person.name.as_deref().map(str::as_bytes));
        }
    }
    part(&mut hasher, approved.subject.as_bytes());
    part(&mut hasher, approved.body.as_bytes());
    count(&mut hasher, approved.attachments.len());
    for file in approved.attachments {
        part(&mut hasher, file.name.as_bytes());
        part(&mut hasher, file.media_type.as_bytes());
        hasher.update(&[u8::from(file.inline)]);
        part(&mut hasher, file.print);
    }
    maybe(&mut hasher, approved.answers.as_ref().map(|id| id.as_bytes().as_slice()));
    approved.missing.iter().for_each(|name| part(&mut hasher, name.as_bytes()));
    Approval(*hasher.finalize().as_bytes())
}

fn count(hasher: &mut blake3::Hasher, many: usize) {
    hasher.update(&(many as u64).to_be_bytes());
}

fn part(hasher: &mut blake3::Hasher, bytes: &[u8]) {
    count(hasher, bytes.len());
    hasher.update(bytes);
}

/// Nothing is another thing than something empty.
fn maybe(hasher: &mut blake3::Hasher, bytes: Option<&[u8]>) {
    hasher.update(&[u8::from(bytes.is_some())]);
    part(hasher, bytes.unwrap_or_default());
}

impl fmt::Display for Approval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&blake3::Hash::from_bytes(self.0).to_hex())
    }
}

impl fmt::Debug for Approval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Approval({self})")
    }
}

impl FromStr for Approval {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        blake3::Hash::from_hex(text.trim())
            .map(|hash| Self(*hash.as_bytes()))
            .map_err(|_| Error::BadInput { field: "approval", why: "an approval is 64 hexadecimal digits".into() })
    }
}

impl From<Approval> for String {
    fn from(approval: Approval) -> Self {
        approval.to_string()
    }
}

impl TryFrom<String> for Approval {
    type Error = Error;
    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A letter that owns its parts, so that it can be changed one by one.
    #[derive(Debug, Clone)]
    struct Letter {
        from: EmailAddress,
        people: [Vec<Person>; 3],
        subject: String,
        body: String,
        files: Vec<(String, String, Vec<u8>, bool)>,
        missing: Vec<String>,
        answers: Option<MessageId>,
    }

    impl Letter {
        fn digest(&self) -> Approval {
            let [to, cc, bcc] = &self.people;
            let prints: Vec<[u8; 32]> = self.files.iter().map(|file| *blake3::hash(&file.2).as_bytes()).collect();
            let files = self.files.iter().zip(&prints);
            let files: Vec<_> = files
                .map(|((name, media_type, _, inline), print)| Attached { name, media_type, inline: *inline, print })
                .collect();
            digest(&Approved {
                from: &self.from,
                to,
                cc,
                bcc,
                subject: &self.subject,
                body: &self.body,
                attachments: &files,
                missing: &self.missing,
                answers: self.answers,
            })
        }
    }

    fn person(local: &str) -> Person {
        Person { name: None, address: format!("{local}@example.org").parse().unwrap() }
    }

    prop_compose! {
        fn people()(names in proptest::collection::vec(("[a-z]{1,6}", proptest::option::of("[A-Za-z ]{0,8}")), 0..4)) -> Vec<Person> {
            names.into_iter().map(|(local, name)| Person { name, ..person(&local) }).collect()
        }
    }

    prop_compose! {
        fn letters()(
            from in "[a-z]{1,6}", to in people(), cc in people(), bcc in people(), subject in ".{0,12}", body in ".{0,40}",
            files in proptest::collection::vec((".{0,6}", "[a-z]{1,4}/[a-z]{1,4}", any::<Vec<u8>>(), any::<bool>()), 0..3),
            missing in proptest::collection::vec(".{0,6}", 0..3), answers in proptest::option::of(any::<[u8; 16]>()),
        ) -> Letter {
            let (from, answers) = (person(&from).address, answers.map(MessageId));
            Letter { from, people: [to, cc, bcc], subject, body, files, missing, answers }
        }
    }

    /// Every kind of change there is.
    fn changes(letter: &Letter) -> Vec<(&'static str, Letter)> {
        let with = |change: &dyn Fn(&mut Letter)| {
            let mut other = letter.clone();
            change(&mut other);
            other
        };
        let mut found = vec![
            ("from", with(&|l| l.from = format!("x{}", l.from).parse().unwrap())),
            ("subject", with(&|l| l.subject.push(' '))),
            ("body", with(&|l| l.body.insert(0, '\n'))),
            ("answers", with(&|l| l.answers = l.answers.map_or(Some(MessageId([0; 16])), |_| None))),
            ("a file that is missing", with(&|l| l.missing.push(String::new()))),
            ("a file more", with(&|l| l.files.push((String::new(), String::new(), Vec::new(), false)))),
        ];
        for field in 0..3 {
            found.push(("one more", with(&|l| l.people[field].push(person("more")))));
            if let Some(first) = letter.people[field].first() {
                found.push(("one less", with(&|l| drop(l.people[field].remove(0)))));
                let other = Person { name: Some(format!("{}x", first.name.as_deref().unwrap_or(""))), ..first.clone() };
                found.push(("a name", with(&|l| l.people[field][0] = other.clone())));
                found.push((
                    "a field",
                    with(&|l| {
                        let moved = l.people[field].remove(0);
                        l.people[(field + 1) % 3].push(moved);
                    }),
                ));
            }
            if letter.people[field].len() > 1 && letter.people[field][0] != letter.people[field][1] {
                found.push(("an order", with(&|l| l.people[field].swap(0, 1))));
            }
        }
        if !letter.files.is_empty() {
            found.push(("a file's name", with(&|l| l.files[0].0.push('x'))));
            found.push(("a file's type", with(&|l| l.files[0].1.push('x'))));
            found.push(("a file's content", with(&|l| l.files[0].2.push(0))));
            found.push(("a file's place", with(&|l| l.files[0].3 ^= true)));
            found.push(("a file less", with(&|l| drop(l.files.pop()))));
        }
        found
    }

    proptest! {
        #[test]
        fn every_change_voids_the_approval(letter in letters()) {
            prop_assert_eq!(letter.digest(), letter.clone().digest());
            for (what, other) in changes(&letter) {
                prop_assert_ne!(letter.digest(), other.digest(), "{} changed", what);
            }
        }

        #[test]
        fn one_byte_of_the_text_voids_the_approval(letter in letters(), body in "[ -~]{1,40}", place in any::<prop::sample::Index>(), bit in 0..7u32) {
            let letter = Letter { body, ..letter };
            let mut bytes = letter.body.clone().into_bytes();
            let place = place.index(bytes.len());
            bytes[place] ^= 1 << bit;
            let other = Letter { body: String::from_utf8(bytes).unwrap(), ..letter.clone() };
            prop_assert_ne!(letter.digest(), other.digest());
        }

        #[test]
        fn text_that_moves_from_one_field_to_the_next_voids_it(subject in ".{1,10}", body in ".{1,10}", letter in letters()) {
            let one = Letter { subject: format!("{subject}{body}"), body: String::new(), ..letter.clone() };
            let other = Letter { subject, body, ..letter };
            prop_assert_ne!(one.digest(), other.digest());
        }
    }

    #[test]
    fn how_an_address_is_capitalised_is_no_change_and_the_text_form_comes_back() {
        let one = Letter {
            from: person("Mara").address,
            people: [vec![person("Dana")], vec![], vec![]],
            subject: "Plan".into(),
            body: "Hi".into(),
            files: vec![],
            missing: vec![],
            answers: None,
        };
        let other =
            Letter { from: person("mara").address, people: [vec![person("dANA")], vec![], vec![]], ..one.clone() };
        assert_eq!(one.digest(), other.digest());
        assert_eq!(one.digest().to_string().parse::<Approval>().unwrap(), one.digest());
        assert!("12".parse::<Approval>().is_err());
    }
}
