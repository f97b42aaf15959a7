//! Bytes to text where the message does not say how, or says it wrong. Pure; it never drops a byte silently.

use std::borrow::Cow;

/// UTF-8 where it is that, else windows-1252, as nearly all unlabelled 8-bit mail is.
#[must_use]
pub(super) fn guess(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// The message with a header block that is UTF-8, the body untouched. Headers with raw 8-bit bytes are common and have no label.
#[must_use]
pub(super) fn with_readable_headers(raw: &[u8]) -> Cow<'_, [u8]> {
    let end = header_end(raw);
    if std::str::from_utf8(&raw[..end]).is_ok() {
        return Cow::Borrowed(raw);
    }
    let mut whole = Vec::with_capacity(raw.len() + 64);
    for line in raw[..end].split_inclusive(|byte| *byte == b'\n') {
        whole.extend_from_slice(guess(line).as_bytes());
    }
    whole.extend_from_slice(&raw[end..]);
    Cow::Owned(whole)
}

/// Where the header block ends: after the first blank line.
#[must_use]
pub(super) fn header_end(raw: &[u8]) -> usize {
    let mut at = 0;
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        at += line.len();
        if line == b"\n" || line == b"\r\n" {
            return at;
        }
    }
    raw.len()
}

/// Text without what no reader sees: zero-width characters, soft hyphens, invisible tags, control characters.
#[must_use]
pub(super) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut last = ' ';
    for c in text.chars() {
        let joins = c == '\u{200c}' && last.is_alphabetic();
        if joins || !is_invisible(c) {
            out.push(c);
            last = c;
        }
    }
    out
}

fn is_invisible(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}' => true,
        '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{e0000}'..='\u{e0fff}' => true,
        c => c.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unlabelled_bytes_are_read_as_what_they_most_likely_are() {
        assert_eq!(guess(b"plain"), "plain");
        assert_eq!(guess("Grüße".as_bytes()), "Grüße");
        assert_eq!(guess(b"Gr\xfc\xdfe \x96 \x80 5"), "Grüße – € 5");
    }

    #[test]
    fn only_headers_are_made_readable() {
        let raw = b"Subject: Gr\xfc\xdfe\nTo: a\n\nbody \xfc";
        assert_eq!(
            with_readable_headers(raw).as_ref(),
            "Subject: Grüße\nTo: a\n\nbody ".bytes().chain([0xfc]).collect::<Vec<u8>>()
        );
    }

    #[test]
    fn what_no_reader_sees_is_not_text() {
        assert_eq!(visible("a\u{200b}b\u{ad}c\u{e0041}d\u{202e}e\u{7}f\ng\th"), "abcdef\ng\th");
        assert_eq!(visible("می\u{200c}خواهم"), "می\u{200c}خواهم");
    }
}
