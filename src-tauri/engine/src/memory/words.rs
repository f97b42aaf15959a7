//! Text to words: Unicode segmentation, then case and diacritics folded away. It knows no mail and keeps nothing.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

/// A word and where it stands, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The word, folded.
    pub folded: String,
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// Lower case without diacritics: `Füße` and `FUSSE` become one.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' | 'ð' => out.push('d'),
            'þ' => out.push_str("th"),
            'ı' => out.push('i'),
            // what lower case brought out
            c if is_combining_mark(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// Every word of a text, in order. `example.com` and `12,400` are two each, so that a part finds the whole; `can't` is one.
#[must_use]
pub fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    for (at, segment) in text.unicode_word_indices() {
        let mut start = at;
        for piece in segment.split_inclusive(|c: char| !c.is_alphanumeric() && !is_joined(c)) {
            let word = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
            let folded: String = fold(word).chars().filter(|c| c.is_alphanumeric()).collect();
            if !folded.is_empty() {
                found.push(Word { folded, start, end: start + word.len() });
            }
            start += piece.len();
        }
    }
    found
}

/// What stands inside a word without parting it.
fn is_joined(c: char) -> bool {
    matches!(c, '\'' | '’') || is_combining_mark(c)
}

/// The words alone.
#[must_use]
pub fn folded_words(text: &str) -> Vec<String> {
    words(text).into_iter().map(|word| word.folded).collect()
}

/// A word cut to what its forms share, for English and German: `proposals` and `proposal`, `Rechnungen` and `Rechnung`. Light on purpose: it
/// only ever widens a search, with less weight than the word itself.
#[must_use]
pub fn stem(folded: &str) -> &str {
    const ENDINGS: [&str; 14] =
        ["ings", "ing", "ies", "ied", "ern", "est", "ed", "es", "en", "er", "em", "e", "s", "n"];
    if folded.len() < 5 || !folded.bytes().all(|b| b.is_ascii_lowercase()) {
        return folded;
    }
    if let Some(stem) = folded.strip_suffix("ungen").filter(|s| s.len() >= 3) {
        return &folded[..stem.len() + 3]; // Rechnungen → Rechnung
    }
    let cut = ENDINGS.iter().find_map(|ending| folded.strip_suffix(ending).filter(|rest| rest.len() >= 4));
    let stem = cut.unwrap_or(folded);
    stem.strip_suffix('y').filter(|rest| rest.len() >= 4).unwrap_or(stem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_and_diacritics_do_not_part_words() {
        for (a, b) in [
            ("Füße", "fusse"),
            ("ÉCOLE", "école"),
            ("İstanbul", "istanbul"),
            ("Łódź", "lodz"),
            ("Ｆｕｌｌ", "full"),
            ("Δοκιμή", "δοκιμη"),
        ] {
            assert_eq!(fold(a), fold(b), "{a} {b}");
        }
    }

    #[test]
    fn names_numbers_and_error_messages_are_words() {
        for (text, expected) in [
            ("ENOENT: no such file", vec!["enoent", "no", "such", "file"]),
            ("12,400 EUR by 27.11.", vec!["12", "400", "eur", "by", "27", "11"]),
            ("mail me@example.com", vec!["mail", "me", "example", "com"]),
            ("can't stop foo_bar", vec!["cant", "stop", "foo", "bar"]),
            ("0x80004005", vec!["0x80004005"]),
            ("北京 ok", vec!["北", "京", "ok"]),
        ] {
            assert_eq!(folded_words(text), expected, "{text}");
        }
    }

    #[test]
    fn forms_of_a_word_share_a_stem() {
        for (a, b) in [
            ("proposals", "proposal"),
            ("rechnungen", "rechnung"),
            ("meetings", "meeting"),
            ("replied", "replies"),
            ("invoices", "invoice"),
            ("angebote", "angebot"),
        ] {
            assert_eq!(stem(a), stem(b), "{a} {b}");
        }
        assert_ne!(stem("paris"), stem("party"));
    }

    proptest! {
        #[test]
        fn every_word_lies_where_it_says(text in "\\PC{0,60}") {
            for word in words(&text) {
                let piece = &text[word.start..word.end];
                let folded: String = fold(piece).chars().filter(|c| c.is_alphanumeric()).collect();
                prop_assert_eq!(folded, word.folded);
            }
        }
    }
}
