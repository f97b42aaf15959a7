//! The bytes that are sent: a draft as it was exported, made ready to leave. What a person approved is not touched here, and is compared
//! with what the bytes say before anything is queued.

use crate::api::{Person, UnixMillis};
use crate::error::{Error, Result};
use mail_builder::headers::Header;
use mail_builder::headers::address::Address;
use mail_builder::headers::date::Date;
use mail_parser::{HeaderName, MessageParser};

/// What differs between an exported message and one that is sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Envelope<'a> {
    /// From whom.
    pub(super) from: &'a Person,
    /// Its Message-ID, without the angle brackets.
    pub(super) message_id: &'a str,
    /// Its date.
    pub(super) date: UnixMillis,
}

/// An exported message made ready to leave: a sender, a date and a Message-ID of its own, and no mark that it is unsent.
pub(super) fn frozen(exported: &[u8], envelope: Envelope<'_>) -> Result<Vec<u8>> {
    let writing = |e| Error::internal("writing a message", e);
    let mut raw = b"From: ".to_vec();
    let name: Option<String> =
        envelope.from.name.as_ref().map(|name| name.chars().filter(|c| !c.is_control()).collect());
    let name = name.filter(|name| !name.trim().is_empty());
    Address::new_address(name, envelope.from.address.as_str().to_owned()).write_header(&mut raw, 6).map_err(writing)?;
    raw.extend(b"Date: ");
    Date::new(envelope.date.div_euclid(1000)).write_header(&mut raw, 6).map_err(writing)?;
    raw.extend(format!("Message-ID: <{}>\r\n", envelope.message_id).as_bytes());
    raw.extend(without(exported, &["From", "Date", "Message-ID", "X-Unsent"]));
    Ok(raw)
}

/// A message as it is handed to a server that passes it on as it is: blind copies are the envelope's, and nobody reads of them.
pub(super) fn without_bcc(raw: &[u8]) -> Vec<u8> {
    without(raw, &["Bcc"])
}

/// A message without these header fields, their folded lines included.
fn without(raw: &[u8], names: &[&str]) -> Vec<u8> {
    let (mut kept, mut rest, mut dropping) = (Vec::with_capacity(raw.len()), raw, false);
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, after) = rest.split_at(end + 1);
        if line == b"\r\n" || line == b"\n" {
            break;
        }
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            let name = line.split(|byte| *byte == b':').next().unwrap_or_default().trim_ascii();
            dropping = names.iter().any(|dropped| name.eq_ignore_ascii_case(dropped.as_bytes()));
        }
        if !dropping {
            kept.extend(line);
        }
        rest = after;
    }
    kept.extend(rest);
    kept
}

/// Whether the bytes name exactly these people, in this order, as sender and recipients: what a server would read is what was approved.
pub(super) fn names_exactly(raw: &[u8], from: &Person, to: &[Person], cc: &[Person], bcc: &[Person]) -> bool {
    let Some(read) = MessageParser::new().parse(raw) else { return false };
    let named = |header: HeaderName<'_>| -> Vec<String> {
        let fields = read.headers().iter().filter(|field| field.name == header);
        let addresses = fields.filter_map(|field| field.value.as_address()).flat_map(|field| field.iter());
        addresses.map(|address| address.address.as_deref().unwrap_or_default().to_lowercase()).collect()
    };
    let meant = |people: &[Person]| -> Vec<String> { people.iter().map(|person| person.address.folded()).collect() };
    named(HeaderName::From) == [from.address.folded()]
        && named(HeaderName::To) == meant(to)
        && named(HeaderName::Cc) == meant(cc)
        && named(HeaderName::Bcc) == meant(bcc)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str, address: &str) -> Person {
        Person { name: (!name.is_empty()).then(|| name.to_owned()), address: address.parse().unwrap() }
    }

    const EXPORTED: &[u8] = b"From: Mara <mara@example.com>\r\nTo: Dana <dana@example.org>,\r\n\tjo@example.org\r\nBcc: secret@example.net,\r\n  hidden@example.net\r\n\
        X-Unsent: 1\r\nDate: Thu, 1 Jan 1970 00:00:00 +0000\r\nMessage-ID: <old@example.com>\r\nSubject: Plan\r\n\r\nBcc: this is text\r\nX-Unsent: too\r\n";

    fn sent(from: &Person) -> Vec<u8> {
        frozen(EXPORTED, Envelope { from, message_id: "new@example.net", date: 1_800_000_000_000 }).unwrap()
    }

    #[test]
    fn it_is_the_same_letter_with_a_head_of_its_own() {
        let raw = sent(&person("Marä \r\nX-Injected: yes", "mara@example.net"));
        let read = MessageParser::new().parse(&raw).unwrap();
        assert_eq!(read.message_id(), Some("new@example.net"));
        assert_eq!(read.from().unwrap().first().unwrap().address(), Some("mara@example.net"));
        assert_eq!(read.date().unwrap().to_timestamp(), 1_800_000_000);
        assert_eq!((read.subject(), read.to().unwrap().iter().count()), (Some("Plan"), 2));
        assert!(read.header("X-Unsent").is_none() && read.header("X-Injected").is_none());
        assert!(raw.ends_with(b"\r\n\r\nBcc: this is text\r\nX-Unsent: too\r\n"));
        assert_eq!(String::from_utf8_lossy(&raw).matches("\r\nMessage-ID:").count(), 1);
    }

    #[test]
    fn blind_copies_leave_no_trace_in_what_is_passed_on() {
        let passed_on = without_bcc(&sent(&person("", "mara@example.com")));
        let text = String::from_utf8(passed_on).unwrap();
        assert!(!text.contains("secret@") && !text.contains("hidden@"));
        assert!(text.contains("jo@example.org") && text.contains("Bcc: this is text"));
    }

    #[test]
    fn bytes_that_name_anybody_else_are_told_apart() {
        let (from, dana, jo) =
            (person("", "mara@example.com"), person("", "DANA@example.org"), person("", "jo@example.org"));
        let bcc = [person("", "secret@example.net"), person("", "hidden@example.net")];
        let raw = sent(&from);
        assert!(names_exactly(&raw, &from, &[dana.clone(), jo.clone()], &[], &bcc));
        for (to, cc, bcc) in [
            (vec![dana.clone()], vec![], bcc.to_vec()),
            (vec![jo.clone(), dana.clone()], vec![], bcc.to_vec()),
            (vec![dana.clone()], vec![jo.clone()], bcc.to_vec()),
            (vec![dana.clone(), jo.clone()], vec![], bcc[..1].to_vec()),
        ] {
            assert!(!names_exactly(&raw, &from, &to, &cc, &bcc));
        }
        assert!(!names_exactly(&raw, &dana, &[dana.clone(), jo.clone()], &[], &bcc));
        let twice = [b"To: eve@example.org\r\n".as_slice(), &raw].concat();
        assert!(!names_exactly(&twice, &from, &[dana, jo], &[], &bcc));
    }
}
