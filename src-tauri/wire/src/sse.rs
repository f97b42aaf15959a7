//! Server-sent events, as far as model services use them: the `data` of each event. A pure incremental parser after
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream>; it never waits and never reads.

/// A line longer than this is not an event of a model's service.
const LONGEST_LINE: usize = 4 * 1024 * 1024;

/// Takes bytes as they come, cut anywhere, and gives whole events.
#[derive(Debug, Default)]
pub struct Parser {
    line: Vec<u8>,
    data: Option<Vec<u8>>,
    after_cr: bool,
}

/// A line was too long to be an event's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

impl Parser {
    /// Takes more bytes; `event` is called with the data of each event that they complete.
    ///
    /// # Errors
    /// `TooLong` when a line passes 4 MiB; the stream is of no use then.
    pub fn feed(&mut self, bytes: &[u8], mut event: impl FnMut(&str)) -> Result<(), TooLong> {
        for &byte in bytes {
            let was_cr = std::mem::replace(&mut self.after_cr, byte == b'\r');
            match byte {
                b'\n' if was_cr => {}
                b'\n' | b'\r' => self.end_line(&mut event),
                _ if self.line.len() >= LONGEST_LINE => return Err(TooLong),
                _ => self.line.push(byte),
            }
        }
        Ok(())
    }

    fn end_line(&mut self, event: &mut impl FnMut(&str)) {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            if let Some(data) = self.data.take() {
                event(&String::from_utf8_lossy(&data));
            }
            return;
        }
        let (field, value) = match line.iter().position(|&byte| byte == b':') {
            Some(at) => (&line[..at], &line[at + 1..]),
            None => (line.as_slice(), &[][..]),
        };
        if field == b"data" || field == b"\xEF\xBB\xBFdata" {
            let value = value.strip_prefix(b" ").unwrap_or(value);
            match &mut self.data {
                Some(data) => {
                    data.push(b'\n');
                    data.extend_from_slice(value);
                }
                none => *none = Some(value.to_vec()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(chunks: &[&[u8]]) -> Vec<String> {
        let (mut parser, mut events) = (Parser::default(), Vec::new());
        for chunk in chunks {
            parser.feed(chunk, |data| events.push(data.to_owned())).unwrap();
        }
        events
    }

    #[test]
    fn events_are_read_as_the_standard_says() {
        let cases: [(&str, &[&str]); 8] = [
            ("data: a\n\n", &["a"]),
            ("data:a\r\n\r\ndata: b\r\r", &["a", "b"]),
            ("data: a\ndata: b\n\n", &["a\nb"]),
            (": a comment\nevent: x\nid: 1\ndata: a\n\n", &["a"]),
            ("event: x\n\n", &[]),
            ("data\n\n", &[""]),
            ("data: unfinished\n", &[]),
            ("<html><body>no events</body></html>\n\n", &[]),
        ];
        for (stream, events) in cases {
            assert_eq!(all(&[stream.as_bytes()]), events, "{stream:?}");
        }
    }

    #[test]
    fn a_line_without_end_is_refused() {
        let mut parser = Parser::default();
        let big = vec![b'x'; LONGEST_LINE];
        assert_eq!(parser.feed(&big, |_| {}), Ok(()));
        assert_eq!(parser.feed(b"x", |_| {}), Err(TooLong));
    }

    proptest! {
        #[test]
        fn where_the_bytes_are_cut_does_not_matter(texts in prop::collection::vec("[^\r\n]{0,20}", 0..6), ends in prop::collection::vec(prop::sample::select(vec!["\n", "\r\n", "\r"]), 12), cut in 1usize..7) {
            let mut stream = String::new();
            for (i, text) in texts.iter().enumerate() {
                let end = ends[i];
                stream.push_str(&format!("data: {text}{end}{end}"));
            }
            let chunks: Vec<&[u8]> = stream.as_bytes().chunks(cut).collect();
            prop_assert_eq!(all(&chunks), all(&[stream.as_bytes()]));
            prop_assert_eq!(all(&chunks).len(), texts.len());
        }

        #[test]
        fn no_bytes_make_it_fall(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = all(&[&bytes]);
        }
    }
}
