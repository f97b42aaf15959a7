//! Opaque identifiers. An id says nothing about what it names: 16 bytes, random or a keyed hash, written as 32 hex digits.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, specta::Type)]
        #[serde(try_from = "String", into = "String")]
        #[specta(type = String)]
        pub struct $name(pub [u8; 16]);

        impl $name {
            /// A fresh random id from the operating system's generator.
            ///
            /// # Errors
            /// `internal` when the operating system gives no randomness.
            pub fn random() -> Result<Self> {
                let mut bytes = [0u8; 16];
                getrandom::fill(&mut bytes).map_err(|e| Error::internal("no randomness", e))?;
                Ok(Self(bytes))
            }

            /// The raw bytes, as used in record keys.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = Error;
            fn try_from(text: String) -> Result<Self> {
                text.parse()
            }
        }

        impl FromStr for $name {
            type Err = Error;
            fn from_str(text: &str) -> Result<Self> {
                parse_hex(text).map(Self).ok_or_else(|| Error::BadInput {
                    field: concat!($what, " id"),
                    why: "an id is 32 hexadecimal digits".into(),
                })
            }
        }
    };
}

id!(/// An account: the boundary no mail, memory, cache or limit crosses.
    AccountId, "account");
id!(/// A message taken into the mailbox; a keyed hash of its Message-ID, or of its bytes where it has none.
    MessageId, "message");
id!(/// A conversation.
    ThreadId, "thread");
id!(/// Some older messages' bytes in one row.
    BlockId, "block");
id!(/// A draft.
    DraftId, "draft");
id!(/// One state of a draft's text, kept.
    RevisionId, "revision");
id!(/// A file that goes with a draft.
    FileId, "file");
id!(/// A lesson, learned from what the person changed in drafts.
    LessonId, "lesson");
id!(/// A template, the user's own or one that ships.
    TemplateId, "template");

fn parse_hex(text: &str) -> Option<[u8; 16]> {
    if text.len() != 32 || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0u8; 16];
    for (i, byte) in bytes.iter_mut().enumerate() {
        if !text.as_bytes()[2 * i].is_ascii_hexdigit() {
            return None;
        }
        *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text_form() {
        let id = DraftId::random().unwrap();
        assert_eq!(id.to_string().parse::<DraftId>().unwrap(), id);
    }

    #[test]
    fn what_is_not_an_id_is_refused() {
        for bad in [
            "",
            "12",
            "zz112233445566778899aabbccddeeff",
            "+1112233445566778899aabbccddeeff",
            "é1112233445566778899aabbccddeef",
        ] {
            assert!(bad.parse::<DraftId>().is_err(), "{bad}");
        }
    }
}
