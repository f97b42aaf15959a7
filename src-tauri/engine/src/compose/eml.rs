//! What threads an answer, and a draft handed on as a `mailto:` address. It sends nothing, and names no host.

use super::leaving::{tidied, unsigned};
use super::rows::DraftRow;
use crate::api::{Message, Person};
use crate::error::{Error, Result};
use crate::ids::DraftId;
use std::fmt::Write;

/// The longest `mailto:` address the systems' openers take.
const LONGEST_MAILTO: usize = if cfg!(windows) { 2_000 } else { 16_000 };
/// RFC 5322 sets no limit; some readers do. The first and the latest ancestors are what threading needs.
const MOST_REFERENCES: usize = 50;

/// The threading facts of the message being answered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answers {
    pub(super) subject: String,
    pub(super) parent: Option<String>,
    pub(super) references: Vec<String>,
}

impl Answers {
    /// From the message and what it names as its ancestors: they, then its own id (RFC 5322, 3.6.4).
    pub(super) fn of(answered: Option<(Message, Vec<String>)>) -> Self {
        let Some((message, mut references)) = answered else { return Self::default() };
        references.retain(|id| Some(id) != message.message_id.as_ref());
        references.extend(message.message_id.clone());
        if references.len() > MOST_REFERENCES {
            references.drain(1..references.len() - MOST_REFERENCES + 1);
        }
        Self { subject: message.subject, parent: message.message_id, references }
    }
}

/// `Re: ` before the answered subject, once.
pub(crate) fn reply_subject(answered: &str) -> String {
    let bare = answered.trim();
    let is_reply =
        ["re:", "aw:", "antw:"].iter().any(|p| bare.get(..p.len()).is_some_and(|head| head.eq_ignore_ascii_case(p)));
    if is_reply { bare.to_owned() } else { format!("Re: {bare}") }
}

/// The subject a letter leaves under: its own, or that of what it answers.
pub(super) fn subject(own: &str, answers: &Answers) -> String {
    if own.trim().is_empty() && !answers.subject.is_empty() {
        return one_line(&reply_subject(&answers.subject));
    }
    one_line(own)
}

/// Headers are one line each: nothing typed may begin a second one.
pub(super) fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A Message-ID of our own: unique to this state of the draft, at the writer's domain, telling nothing else.
pub(super) fn message_id(me: &Person, id: DraftId, version: u32) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("epistle 2026 message-id v1");
    hasher.update(id.as_bytes()).update(&version.to_be_bytes());
    format!("{}@{}", &hasher.finalize().to_hex()[..32], me.address.domain())
}

/// The text with the signature under it, once; the mail program it is handed to brings no quote of ours.
fn signed(body: &str, signature: Option<&str>) -> String {
    let body = tidied(body);
    let text = match unsigned(&body, signature) {
        Some(signature) => format!("{}\n\n-- \n{signature}\n", body.trim_end()),
        None => body,
    };
    text.replace('\n', "\r\n")
}

/// The draft as a `mailto:` address.
pub(super) fn mailto(row: &DraftRow, signature: Option<&str>, answers: &Answers) -> Result<String> {
    let mut uri = format!("mailto:{}", addresses(&row.to));
    let body = signed(&row.body, signature);
    let fields = [
        ("cc", addresses(&row.cc)),
        ("bcc", addresses(&row.bcc)),
        ("subject", encode(&subject(&row.subject, answers))),
        ("in-reply-to", answers.parent.as_ref().map(|id| encode(&format!("<{id}>"))).unwrap_or_default()),
        ("body", encode(&body)),
    ];
    let mut separator = '?';
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
        let _ = write!(uri, "{separator}{name}={value}");
        separator = '&';
    }
    if uri.len() > LONGEST_MAILTO {
        return Err(Error::BadInput {
            field: "body",
            why: "too long to hand on this way: save it as .eml instead".into(),
        });
    }
    Ok(uri)
}

fn addresses(people: &[Person]) -> String {
    people.iter().map(|p| encode(p.address.as_str()).replace("%40", "@")).collect::<Vec<_>>().join(",")
}

/// Percent-encoding of everything but RFC 3986's unreserved characters.
fn encode(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_signature_stands_under_the_letter_once() {
        for (body, signature, expected) in [
            ("Hi\n\nMara", None, "Hi\r\n\r\nMara"),
            ("Hi\nMara\n", Some("Mara Lind\nExample Works"), "Hi\r\nMara\r\n\r\n-- \r\nMara Lind\r\nExample Works\r\n"),
            ("Hi\n\nMara Lind", Some("Mara Lind"), "Hi\r\n\r\nMara Lind"),
            ("Hi", Some("  "), "Hi"),
        ] {
            assert_eq!(signed(body, signature), expected, "{signature:?}");
        }
    }

    fn person(name: &str, address: &str) -> Person {
        Person { name: (!name.is_empty()).then(|| name.to_owned()), address: address.parse().unwrap() }
    }

    fn row() -> DraftRow {
        let mut row = DraftRow::new(0);
        row.to = vec![person("Dana Özil", "dana@example.org")];
        row.bcc = vec![person("", "archive@example.net")];
        row.subject = "Grüße & more?".into();
        row.body = "Hi Dana,\n\nfünf €: that's it.\n\nBest,\nMara".into();
        row
    }

    fn answers() -> Answers {
        Answers {
            subject: "Proposal".into(),
            parent: Some("b@example.org".into()),
            references: vec!["a@example.org".into(), "b@example.org".into()],
        }
    }

    #[test]
    fn an_answer_without_a_subject_takes_the_thread_s() {
        for (answered, expected) in [
            ("Plan", "Re: Plan"),
            ("Re: Plan", "Re: Plan"),
            ("RE: Plan", "RE: Plan"),
            ("AW: Plan", "AW: Plan"),
            ("Rest", "Re: Rest"),
        ] {
            assert_eq!(reply_subject(answered), expected);
        }
    }

    #[test]
    fn a_mailto_is_encoded_and_never_too_long() {
        let uri = mailto(&row(), None, &answers()).unwrap();
        assert_eq!(
            uri,
            "mailto:dana@example.org?bcc=archive@example.net&subject=Gr%C3%BC%C3%9Fe%20%26%20more%3F&in-reply-to=%3Cb%40example.org%3E\
             &body=Hi%20Dana%2C%0D%0A%0D%0Af%C3%BCnf%20%E2%82%AC%3A%20that%27s%20it.%0D%0A%0D%0ABest%2C%0D%0AMara"
        );
        let mut long = row();
        long.body = "word ".repeat(10_000);
        assert_eq!(mailto(&long, None, &answers()).unwrap_err().code(), crate::error::ErrorCode::BadInput);
    }
}
