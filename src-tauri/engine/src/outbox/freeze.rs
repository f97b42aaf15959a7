//! The bytes that are sent, looked at: whom they name is compared with what a person approved before anything is queued.

use crate::api::Person;
use mail_parser::{HeaderName, MessageParser};

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

    const SENT: &[u8] = b"From: Mara <mara@example.com>\r\nTo: Dana <dana@example.org>,\r\n\tjo@example.org\r\nBcc: secret@example.net,\r\n  hidden@example.net\r\n\
        Date: Thu, 1 Jan 1970 00:00:00 +0000\r\nMessage-ID: <old@example.com>\r\nSubject: Plan\r\n\r\nBcc: this is text\r\n";

    #[test]
    fn blind_copies_leave_no_trace_in_what_is_passed_on() {
        let passed_on = without_bcc(SENT);
        let text = String::from_utf8(passed_on).unwrap();
        assert!(!text.contains("secret@") && !text.contains("hidden@"));
        assert!(text.contains("jo@example.org") && text.contains("Bcc: this is text"));
    }

    #[test]
    fn bytes_that_name_anybody_else_are_told_apart() {
        let (from, dana, jo) =
            (person("", "mara@example.com"), person("", "DANA@example.org"), person("", "jo@example.org"));
        let bcc = [person("", "secret@example.net"), person("", "hidden@example.net")];
        let raw = SENT.to_vec();
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
