//! Gmail's ids: opaque texts, each its own type, never counted with and never compared but for equality.

use serde::{Deserialize, Serialize};
use std::fmt;

/// No id of Gmail's comes near this; those of attachments have some hundreds.
const LONGEST: usize = 4096;

/// Whether a text can be an id: in a path it stays one segment.
fn is_id(text: &str) -> bool {
    !matches!(text, "" | "." | "..") && text.len() <= LONGEST && !text.chars().any(char::is_control)
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Takes a text that can be one.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                is_id(text).then(|| Self(text.to_owned()))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;

            fn try_from(text: String) -> Result<Self, NotAnId> {
                if is_id(&text) { Ok(Self(text)) } else { Err(NotAnId) }
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// A message. It is another one after a draft was changed, and after it was sent.
    MessageId,
    /// A thread. A draft's stays the same when it is sent.
    ThreadId,
    /// A draft. It stays the same while the draft is changed, and is gone when it was sent.
    DraftId,
    /// A place in a mailbox's history.
    HistoryId,
    /// A label, as in `INBOX` or `Label_7`.
    LabelId,
    /// An attachment of one message. It is good for a while only: ask for the message again to have a fresh one.
    AttachmentId,
    /// Where a list goes on.
    PageToken,
}

/// A text that is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct NotAnId;

impl LabelId {
    /// One of Gmail's own labels.
    pub(super) fn system(name: &'static str) -> Self {
        Self(name.to_owned())
    }
}

/// What a message's Message-ID header holds, without its angle brackets: nothing that a search would read as anything else.
/// RFC 5322 §3.6.4.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Rfc822Id(String);

impl Rfc822Id {
    /// Takes a Message-ID, with or without its angle brackets.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let bare = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or(text);
        let (left, right) = bare.split_once('@')?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.[]:".contains(&byte);
        let part = |text: &str| !text.is_empty() && text.bytes().all(plain);
        // RFC 5322 §2.1.1: a line has at most 998 characters.
        (bare.len() < 998 && part(left) && part(right)).then(|| Self(bare.to_owned()))
    }

    /// The id without angle brackets.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_id_is_anything_that_stays_one_segment() {
        for good in ["18c", "r-1234567890123456789", "ANGjdJ_-=", "99999999999999999999999999", "Label 7", "a/b"] {
            assert_eq!(MessageId::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", ".", "..", "a\nb", "\0", &"a".repeat(LONGEST + 1)] {
            assert_eq!(MessageId::parse(bad), None, "{bad}");
            assert!(serde_json::from_value::<MessageId>(bad.into()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_message_id_cannot_leave_its_search() {
        for (text, bare) in [("<a.b+c@x.example>", "a.b+c@x.example"), ("1@[127.0.0.1]", "1@[127.0.0.1]")] {
            assert_eq!(Rfc822Id::parse(text).unwrap().as_str(), bare);
        }
        for bad in ["", "a", "@b", "a@", "a@b in:inbox", "a@b\r\nBcc: c", "\"a b\"@c", "a@b@c", "<a@b", "a@b)", "ä@b"]
        {
            assert_eq!(Rfc822Id::parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_them(text in ".{0,40}") {
            let id = MessageId::parse(&text);
            prop_assert_eq!(id.is_some(), serde_json::from_value::<MessageId>(text.clone().into()).is_ok());
            if let Some(id) = Rfc822Id::parse(&text) {
                prop_assert!(!id.as_str().contains(char::is_whitespace));
            }
        }
    }
}
