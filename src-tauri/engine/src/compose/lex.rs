//! Words, numbers and signs of a text, with where they stand. Pure.

use std::ops::Range;

/// One piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    /// As written.
    pub(super) text: &'a str,
    /// In lower case.
    pub(super) lower: String,
    pub(super) at: Range<usize>,
}

/// What kind of piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters, with apostrophes inside.
    Word,
    /// Digits, with `. , : / -` between them.
    Number,
    /// Any other visible character.
    Sign,
}

/// The pieces of a text in order.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((start, c)) = rest.next() {
        if c.is_whitespace() {
            continue;
        }
        let kind = match c {
            _ if c.is_ascii_digit() => Kind::Number,
            _ if c.is_alphabetic() => Kind::Word,
            _ => Kind::Sign,
        };
        let mut end = start + c.len_utf8();
        while let Some(&(at, next)) = rest.peek() {
            let after = text[at + next.len_utf8()..].chars().next();
            let inside = match kind {
                Kind::Word => {
                    next.is_alphabetic() || (matches!(next, '\'' | '’') && after.is_some_and(char::is_alphabetic))
                }
                Kind::Number => {
                    next.is_ascii_digit() || (".,:/-'’".contains(next) && after.is_some_and(|c| c.is_ascii_digit()))
                }
                Kind::Sign => false,
            };
            if !inside {
                break;
            }
            end = at + next.len_utf8();
            rest.next();
        }
        let piece = &text[start..end];
        found.push(Token { kind, text: piece, lower: piece.to_lowercase().replace('’', "'"), at: start..end });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_where_a_reader_would() {
        let cut = |text| tokens(text).into_iter().map(|t| t.text.to_owned()).collect::<Vec<_>>();
        assert_eq!(cut("I'll pay €12,400.50 by 27th."), ["I'll", "pay", "€", "12,400.50", "by", "27", "th", "."]);
        assert_eq!(cut("am 27.11. um 15:00"), ["am", "27.11", ".", "um", "15:00"]);
    }
}
