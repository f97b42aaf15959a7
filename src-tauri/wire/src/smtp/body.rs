//! A message as it goes over the line: every line's end is CRLF (RFC 5321 §2.3.8), and it goes in pieces, so that it is known how far it
//! came. Pure but for the note of progress.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A piece is written, and its time limit runs, as one.
const PIECE: usize = 32 * 1024;

/// How far a message came.
#[derive(Debug, Default)]
pub(super) struct Progress {
    pieces: AtomicUsize,
    ending: AtomicBool,
}

impl Progress {
    /// How many pieces were begun.
    pub(super) fn pieces(&self) -> usize {
        self.pieces.load(Ordering::Relaxed)
    }

    /// Whether the writing of the final dot may have begun: from then on the message may have arrived.
    pub(super) fn is_ending(&self) -> bool {
        self.ending.load(Ordering::Relaxed)
    }
}

/// The pieces of a message. Each is asked for when the one before it was written; that there is none left is asked right before the
/// final dot is written, and is noted.
pub(super) struct Pieces<'m> {
    rest: &'m [u8],
    progress: &'m Progress,
}

impl<'m> Pieces<'m> {
    pub(super) fn of(message: &'m [u8], progress: &'m Progress) -> Self {
        Self { rest: message, progress }
    }
}

impl<'m> Iterator for Pieces<'m> {
    type Item = &'m [u8];

    fn next(&mut self) -> Option<&'m [u8]> {
        if self.rest.is_empty() {
            self.progress.ending.store(true, Ordering::Relaxed);
            return None;
        }
        let (piece, rest) = self.rest.split_at(self.rest.len().min(PIECE));
        self.rest = rest;
        self.progress.pieces.fetch_add(1, Ordering::Relaxed);
        Some(piece)
    }
}

/// A message with every line's end a CRLF, but for the last line's: the end of the message, `CRLF.CRLF`, brings that one. A bare CR or LF
/// would let one server see the message's end where another sees text.
pub(super) fn lines(raw: &[u8]) -> Cow<'_, [u8]> {
    let bare = |at: usize| match raw[at] {
        b'\r' => raw.get(at + 1) != Some(&b'\n'),
        b'\n' => at == 0 || raw[at - 1] != b'\r',
        _ => false,
    };
    if !(0..raw.len()).any(bare) {
        return Cow::Borrowed(raw.strip_suffix(b"\r\n").unwrap_or(raw));
    }
    let mut whole = Vec::with_capacity(raw.len() + raw.len() / 16);
    for (at, byte) in raw.iter().enumerate() {
        if bare(at) { whole.extend(b"\r\n") } else { whole.push(*byte) }
    }
    if whole.ends_with(b"\r\n") {
        whole.truncate(whole.len() - 2);
    }
    Cow::Owned(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_line_ends_in_crlf_and_the_last_one_is_left_open() {
        for (raw, expected) in [
            ("a\r\nb\r\n", "a\r\nb"),
            ("a\r\nb", "a\r\nb"),
            ("a\nb\n", "a\r\nb"),
            ("a\rb", "a\r\nb"),
            ("a\n.\nb\r\n", "a\r\n.\r\nb"),
            ("a\r\r\nb", "a\r\n\r\nb"),
            ("a\r\n\r\n", "a\r\n"),
            ("\n", ""),
            ("", ""),
        ] {
            assert_eq!(lines(raw.as_bytes()), expected.as_bytes(), "{raw:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bare_end_of_a_line_is_left(raw in "[a.\r\n]{0,40}") {
            let sent = lines(raw.as_bytes()).into_owned();
            let rest = String::from_utf8(sent).unwrap().replace("\r\n", "");
            prop_assert!(!rest.contains(['\r', '\n']));
            prop_assert_eq!(rest, raw.replace(['\r', '\n'], ""));
        }

        #[test]
        fn the_pieces_are_the_message_and_its_end_is_noted_after_the_last(length in 0usize..200_000) {
            let (message, progress) = (vec![b'x'; length], Progress::default());
            let mut pieces = Pieces::of(&message, &progress);
            let mut sent = 0;
            loop {
                prop_assert!(!progress.is_ending());
                let Some(piece) = pieces.next() else { break };
                sent += piece.len();
            }
            prop_assert!(progress.is_ending() && sent == length && progress.pieces() == length.div_ceil(PIECE));
        }
    }
}
