//! Reads an mbox stream message by message, in memory bounded by one message. It takes files as they come in the wild: mboxo and mboxrd
//! quoting, any line ends, separators with and without blank lines, and text that begins with "From ". It never parses a message.

use super::date;
use crate::api::UnixMillis;
use std::io::{self, BufRead};

/// The longest message taken in; a longer one is reported and skipped.
pub(super) const MESSAGE_LIMIT: usize = 50 << 20;
/// The longest line that can be a separator.
const SEPARATOR_LIMIT: usize = 1000;

/// What stands at one place of an mbox.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum MboxItem {
    /// A message, unquoted, and the separator's date.
    Message {
        /// The bytes after the separator.
        raw: Vec<u8>,
        /// The time of delivery that the separator tells.
        delivered: Option<UnixMillis>,
    },
    /// A message over the limit; its length.
    TooLong(usize),
}

/// An mbox stream.
pub(super) struct Mbox<R> {
    input: R,
    limit: usize,
    /// The line read ahead: it may begin the next message.
    ahead: Vec<u8>,
    /// The separator of the message about to be read.
    separator: Option<Vec<u8>>,
}

impl<R: BufRead> Mbox<R> {
    /// A stream positioned at the beginning of an mbox.
    pub(super) fn new(input: R, limit: usize) -> Self {
        Self { input, limit, ahead: Vec::new(), separator: None }
    }

    /// The next message; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<MboxItem>> {
        if self.separator.is_none() && !self.find_first()? {
            return Ok(None);
        }
        let delivered = self.separator.take().and_then(|line| date::of_separator(&line));
        let mut raw = Vec::new();
        let mut length = 0;
        let mut after_blank = false;
        while !self.ahead.is_empty() {
            let line = std::mem::take(&mut self.ahead);
            self.ahead = self.read_line()?;
            if is_separator(&line, after_blank, &self.ahead) {
                self.separator = Some(line);
                break;
            }
            after_blank = is_blank(&line);
            length += line.len();
            if length <= self.limit {
                raw.extend_from_slice(unquoted(&line));
            }
        }
        if length > self.limit {
            return Ok(Some(MboxItem::TooLong(length)));
        }
        drop_last_blank_line(&mut raw);
        Ok(Some(MboxItem::Message { raw, delivered }))
    }

    /// Skips blank lines and a byte order mark; the first line is the first message's separator.
    fn find_first(&mut self) -> io::Result<bool> {
        if self.ahead.is_empty() {
            self.ahead = self.read_line()?;
        }
        while !self.ahead.is_empty() {
            let line = std::mem::take(&mut self.ahead);
            self.ahead = self.read_line()?;
            if !is_blank(&line) {
                self.separator = Some(line);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A line with its end; at most the limit is kept of a longer one, and the rest comes as lines of their own.
    fn read_line(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        loop {
            let available = self.input.fill_buf()?;
            if available.is_empty() {
                return Ok(line);
            }
            let end = available.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
            let taken = end.unwrap_or(available.len());
            line.extend_from_slice(&available[..taken]);
            self.input.consume(taken);
            if end.is_some() || line.len() > self.limit {
                return Ok(line);
            }
        }
    }
}

/// Whether a line separates messages: `From `, a sender and a date; or, after a blank line and before a header, a sender alone.
fn is_separator(line: &[u8], after_blank: bool, next: &[u8]) -> bool {
    if !line.starts_with(b"From ") || line.len() > SEPARATOR_LIMIT {
        return false;
    }
    let dated = date::of_separator(line).is_some();
    let header_next = is_header(next) || next.starts_with(b">From ");
    match (after_blank, header_next) {
        (true, true) => dated || names_a_sender(line),
        (true, false) | (false, true) => dated,
        (false, false) => false,
    }
}

fn names_a_sender(line: &[u8]) -> bool {
    let words: Vec<&[u8]> =
        line[5..].split(|byte| byte.is_ascii_whitespace()).filter(|word| !word.is_empty()).collect();
    words.len() == 1 && (words[0] == b"-" || words[0] == b"MAILER-DAEMON" || words[0].contains(&b'@'))
}

/// A single message without the separator that some programs leave at its top, and the separator's date.
pub(super) fn without_separator(bytes: &[u8]) -> (&[u8], Option<UnixMillis>) {
    let end = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1);
    if bytes.starts_with(b"From ") { (&bytes[end..], date::of_separator(&bytes[..end])) } else { (bytes, None) }
}

/// Whether a line begins with a header field's name and a colon (RFC 5322 §2.2).
pub(super) fn is_header(line: &[u8]) -> bool {
    let name = line.iter().take_while(|byte| (33..=126).contains(*byte) && **byte != b':').count();
    let rest = &line[name..];
    let colon = rest.iter().position(|byte| *byte != b' ' && *byte != b'\t');
    name > 0 && name <= 76 && colon.is_some_and(|at| rest[at] == b':')
}

fn is_blank(line: &[u8]) -> bool {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    line.iter().all(|byte| matches!(byte, b'\r' | b'\n' | b' ' | b'\t'))
}

/// `>From ` loses one `>` (mboxrd; in mboxo only the first level was ever quoted, and this undoes it).
fn unquoted(line: &[u8]) -> &[u8] {
    let marks = line.iter().take_while(|byte| **byte == b'>').count();
    if marks > 0 && line[marks..].starts_with(b"From ") { &line[1..] } else { line }
}

/// The blank line before the next separator belongs to the mbox and not to the message.
fn drop_last_blank_line(raw: &mut Vec<u8>) {
    if raw.ends_with(b"\r\n\r\n") {
        raw.truncate(raw.len() - 2);
    } else if raw.ends_with(b"\n\n") {
        raw.truncate(raw.len() - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> Vec<MboxItem> {
        let mut mbox = Mbox::new(bytes, 1000);
        std::iter::from_fn(|| mbox.next().unwrap()).collect()
    }

    fn texts(bytes: &[u8]) -> Vec<String> {
        let text = |item| match item {
            MboxItem::Message { raw, .. } => String::from_utf8_lossy(&raw).into_owned(),
            MboxItem::TooLong(length) => format!("too long: {length}"),
        };
        read(bytes).into_iter().map(text).collect()
    }

    #[test]
    fn messages_are_told_apart_as_they_come_in_the_wild() {
        let cases: &[(&str, &str, &[&str])] = &[
            (
                "plain",
                "From a@b.example Thu Aug 22 12:36:23 2002\nA: 1\n\nx\n\nFrom c@d.example Thu Aug 22 12:36:24 2002\nA: 2\n\ny\n",
                &["A: 1\n\nx\n", "A: 2\n\ny\n"],
            ),
            (
                "crlf",
                "From - Thu Aug 22 12:36:23 2002\r\nA: 1\r\n\r\nx\r\n\r\nFrom - Thu Aug 22 12:36:23 2002\r\nA: 2\r\n\r\ny\r\n",
                &["A: 1\r\n\r\nx\r\n", "A: 2\r\n\r\ny\r\n"],
            ),
            (
                "a zone",
                "From x Thu Aug 22 12:36:23 +0000 2002\nA: 1\n\n\nFrom x Thu Aug 22 12:36:23 EDT 2002\nA: 2\n\n",
                &["A: 1\n\n", "A: 2\n"],
            ),
            (
                "prose",
                "From x Thu Aug 22 12:36:23 2002\nA: 1\n\n\nFrom what I hear,\nit works\n\nFrom here: to there\n",
                &["A: 1\n\n\nFrom what I hear,\nit works\n\nFrom here: to there\n"],
            ),
            (
                "mboxrd",
                "From x Thu Aug 22 12:36:23 2002\nA: 1\n\n>From me\n>>From you\n> From\n",
                &["A: 1\n\nFrom me\n>From you\n> From\n"],
            ),
            (
                "no blank line before",
                "From x Thu Aug 22 12:36:23 2002\nA: 1\n\nx\nFrom x Thu Aug 22 12:36:23 2002\nA: 2\n\ny\n",
                &["A: 1\n\nx\n", "A: 2\n\ny\n"],
            ),
            (
                "sender alone",
                "From x@y.example\nA: 1\n\nx\n\nFrom MAILER-DAEMON\nA: 2\n\ny\n",
                &["A: 1\n\nx\n", "A: 2\n\ny\n"],
            ),
            ("no end of line", "From x Thu Aug 22 12:36:23 2002\nA: 1\n\nx", &["A: 1\n\nx"]),
            ("blank lines first", "\n\nFrom x Thu Aug 22 12:36:23 2002\nA: 1\n\nx", &["A: 1\n\nx"]),
            ("empty", "", &[]),
            ("only a separator", "From x Thu Aug 22 12:36:23 2002\n", &[""]),
        ];
        for (name, given, expected) in cases {
            assert_eq!(&texts(given.as_bytes()), expected, "{name}");
        }
    }

    #[test]
    fn a_message_over_the_limit_is_skipped_and_the_next_one_read() {
        let long = "y".repeat(3000);
        let given = format!(
            "From x Thu Aug 22 12:36:23 2002\nA: 1\n\n{long}\n{long}\n\nFrom x Thu Aug 22 12:36:23 2002\nA: 2\n\nx\n"
        );
        assert_eq!(texts(given.as_bytes()), ["too long: 6009", "A: 2\n\nx\n"]);
    }

    #[test]
    fn the_separator_tells_the_delivery() {
        let given = b"From x@y.example Thu Aug 22 12:36:23 2002\nA: 1\n\n";
        assert_eq!(read(given), [MboxItem::Message { raw: b"A: 1\n".to_vec(), delivered: Some(1_030_019_783_000) }]);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_fail_and_none_are_read_twice(bytes in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'>'), any::<u8>()], 0..400)) {
            let total: usize = read(&bytes).iter().map(|item| match item { MboxItem::Message { raw, .. } => raw.len(), MboxItem::TooLong(length) => *length }).sum();
            prop_assert!(total <= bytes.len());
        }

        #[test]
        fn what_was_quoted_as_mboxrd_comes_back(lines in proptest::collection::vec("(>{0,3}From )?[a-z ]{0,10}", 1..20)) {
            let body = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
            let quoted = lines.iter().map(|line| if line.trim_start_matches('>').starts_with("From ") { format!(">{line}\n") } else { format!("{line}\n") }).collect::<String>();
            let mbox = format!("From x Thu Aug 22 12:36:23 2002\nA: 1\n\n{quoted}\nFrom x Thu Aug 22 12:36:23 2002\nA: 2\n\n");
            prop_assert_eq!(&texts(mbox.as_bytes())[0], &format!("A: 1\n\n{body}"));
        }
    }
}
