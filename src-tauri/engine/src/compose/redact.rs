//! What is withheld from a model: phones, account and card numbers, secrets, addresses. Each stands as `[phone 1]` in the prompt and is put
//! back into the answer as it streams. Pure; the values never leave this machine.

use crate::api::{Person, RedactionKind, Withheld};
use std::collections::BTreeMap;
use std::ops::Range;

/// The values withheld from one call, each with its placeholder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Vault {
    values: Vec<(String, RedactionKind, String)>,
}

/// What to withhold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules<'a> {
    pub(crate) kinds: &'a [RedactionKind],
    /// Whose address is never withheld.
    pub(crate) me: Option<&'a Person>,
}

impl Vault {
    /// A vault over all texts of a call; placeholders that stand in a text already are not used.
    pub(crate) fn over(texts: &[&str], rules: Rules<'_>) -> Self {
        let mut vault = Self::default();
        let lower: Vec<_> = texts.iter().map(|t| t.to_lowercase()).collect();
        let mut next: BTreeMap<RedactionKind, u32> = BTreeMap::new();
        for text in texts {
            for (range, kind) in find(text, rules) {
                let value = &text[range];
                if vault.values.iter().any(|(known, _, _)| known == value) {
                    continue;
                }
                let number = next.entry(kind).or_insert(0);
                let placeholder = loop {
                    *number += 1;
                    let candidate = format!("[{} {number}]", word(kind));
                    if !lower.iter().any(|text| text.contains(&candidate)) {
                        break candidate;
                    }
                };
                vault.values.push((value.to_owned(), kind, placeholder));
            }
        }
        vault
    }

    /// The text with placeholders in place of what is withheld.
    pub(crate) fn withhold(&self, text: &str, rules: Rules<'_>) -> String {
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for (range, _) in find(text, rules) {
            let placeholder = self.values.iter().find(|(value, _, _)| *value == text[range.clone()]);
            out.push_str(&text[from..range.start]);
            out.push_str(placeholder.map_or(&text[range.clone()], |(_, _, placeholder)| placeholder));
            from = range.end;
        }
        out.push_str(&text[from..]);
        out
    }

    /// How many of each kind.
    pub(crate) fn counts(&self) -> Vec<Withheld> {
        let mut counts: BTreeMap<RedactionKind, u32> = BTreeMap::new();
        for (_, kind, _) in &self.values {
            *counts.entry(*kind).or_insert(0) += 1;
        }
        counts.into_iter().map(|(kind, count)| Withheld { kind, count }).collect()
    }
}

fn word(kind: RedactionKind) -> &'static str {
    match kind {
        RedactionKind::Phone => "phone",
        RedactionKind::Iban => "account",
        RedactionKind::Card => "card",
        RedactionKind::Secret => "secret",
        RedactionKind::Address => "address",
    }
}

/// Puts values back into a stream: a placeholder may be cut anywhere between two pieces.
#[derive(Debug, Clone)]
pub(crate) struct Restorer {
    vault: Vault,
    held: String,
}

impl Restorer {
    pub(crate) fn new(vault: Vault) -> Self {
        Self { vault, held: String::new() }
    }

    /// More of the stream; what is certain comes back.
    pub(crate) fn push(&mut self, piece: &str) -> String {
        self.held.push_str(piece);
        let mut out = String::new();
        while let Some(at) = self.held.find('[') {
            out.push_str(&self.held[..at]);
            self.held.drain(..at);
            let found = self.vault.values.iter().find(|(_, _, p)| starts_with(&self.held, p));
            if let Some((value, _, placeholder)) = found {
                out.push_str(value);
                self.held.drain(..placeholder.len());
            } else if self.vault.values.iter().any(|(_, _, p)| starts_with(p, &self.held)) {
                return out; // it may become one
            } else {
                out.push('[');
                self.held.drain(..1);
            }
        }
        out.push_str(&std::mem::take(&mut self.held));
        out
    }

    /// The end of the stream: what was held back.
    pub(crate) fn finish(&mut self) -> String {
        std::mem::take(&mut self.held)
    }
}

/// Placeholders are ASCII, and a model may write them with a capital.
fn starts_with(text: &str, head: &str) -> bool {
    text.as_bytes().get(..head.len()).is_some_and(|bytes| bytes.eq_ignore_ascii_case(head.as_bytes()))
}

/// Everything to withhold in a text, in order, never overlapping.
fn find(text: &str, rules: Rules<'_>) -> Vec<(Range<usize>, RedactionKind)> {
    let mut found: Vec<(Range<usize>, RedactionKind)> = Vec::new();
    let on = |kind| rules.kinds.contains(&kind);
    if on(RedactionKind::Secret) || on(RedactionKind::Address) {
        found.extend(
            tokens_of(text).filter_map(|range| kind_of_token(&text[range.clone()], rules).map(|kind| (range, kind))),
        );
    }
    found.extend(number_runs(text).filter_map(|range| kind_of_run(text, range, rules)));
    found.sort_by_key(|(range, _)| (range.start, usize::MAX - range.end));
    let mut end = 0;
    found.retain(|(range, _)| {
        let keep = range.start >= end;
        end = if keep { range.end } else { end };
        keep
    });
    found
}

/// Runs of the characters secrets and addresses are made of.
fn tokens_of(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let part_of_token = |c: char| c.is_alphanumeric() || "._%+-@~=/$!#&*".contains(c);
    text.split(move |c: char| !part_of_token(c)).filter(|token| token.len() >= 5).map(move |token| {
        let start = token.as_ptr() as usize - text.as_ptr() as usize;
        let bare = token.trim_end_matches(['.', '-', '=', '/', '!', '&', '*', '#']).len();
        start..start + bare
    })
}

fn kind_of_token(token: &str, rules: Rules<'_>) -> Option<RedactionKind> {
    let on = |kind| rules.kinds.contains(&kind);
    if token.contains('@') {
        let address: crate::api::EmailAddress = token.parse().ok()?;
        let mine = rules.me.is_some_and(|me| me.address.folded() == address.folded());
        return (on(RedactionKind::Address) && address.domain().contains('.') && !mine)
            .then_some(RedactionKind::Address);
    }
    (on(RedactionKind::Secret) && looks_secret(token)).then_some(RedactionKind::Secret)
}

/// Known beginnings of keys, or a long run of mixed characters no word has.
fn looks_secret(token: &str) -> bool {
    const HEADS: [&str; 14] = [
        "sk-",
        "sk_live_",
        "sk_test_",
        "pk_live_",
        "rk_live_",
        "ghp_",
        "gho_",
        "ghs_",
        "github_pat_",
        "xoxb-",
        "xoxp-",
        "AKIA",
        "AIza",
        "eyJ",
    ];
    if HEADS.iter().any(|head| token.starts_with(head)) && token.len() >= 16 {
        return true;
    }
    if token.len() < 20 || token.contains("://") || token.contains('/') || token.starts_with("www.") {
        return false;
    }
    let has = |test: fn(&char) -> bool| token.chars().any(|c| test(&c));
    let digits = token.chars().filter(char::is_ascii_digit).count();
    let mixed = has(char::is_ascii_lowercase) && has(char::is_ascii_uppercase) && digits >= 3;
    let hex = token.len() >= 32 && token.chars().all(|c| c.is_ascii_hexdigit()) && digits >= 4;
    (mixed || hex) && token.is_ascii()
}

/// Runs of digits, capital letters and what stands between them in numbers.
fn number_runs(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let part = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase() || " +-()/.\u{a0}".contains(c);
    text.split(move |c: char| !part(c)).filter(|run| run.bytes().filter(u8::is_ascii_digit).count() >= 7).map(
        move |run| {
            let start = run.as_ptr() as usize - text.as_ptr() as usize;
            start..start + run.len()
        },
    )
}

fn kind_of_run(text: &str, run: Range<usize>, rules: Rules<'_>) -> Option<(Range<usize>, RedactionKind)> {
    let on = |kind| rules.kinds.contains(&kind);
    if on(RedactionKind::Iban)
        && let Some(range) = iban(text, run.clone())
    {
        return Some((range, RedactionKind::Iban));
    }
    let range = digits_range(text, run)?;
    let digits: Vec<u8> = text[range.clone()].bytes().filter(u8::is_ascii_digit).map(|b| b - b'0').collect();
    if on(RedactionKind::Card) && (13..=19).contains(&digits.len()) && luhn(&digits) {
        return Some((range, RedactionKind::Card));
    }
    (on(RedactionKind::Phone) && looks_like_phone(&text[range.clone()], digits.len()))
        .then_some((range, RedactionKind::Phone))
}

/// An IBAN inside the run: two letters, two digits, and a checksum that holds (ISO 13616).
fn iban(text: &str, run: Range<usize>) -> Option<Range<usize>> {
    let part = &text[run.clone()];
    for (at, _) in part.char_indices().filter(|(_, c)| c.is_ascii_uppercase()) {
        let boundary = !part[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
        let mut compact = String::new();
        let mut best = None;
        for (offset, c) in part[at..].char_indices() {
            if c.is_ascii_alphanumeric() {
                compact.push(c);
                if (15..=34).contains(&compact.len()) && iban_holds(&compact) {
                    best = Some(run.start + at..run.start + at + offset + 1);
                }
            } else if c != ' ' && c != '\u{a0}' {
                break;
            }
        }
        if boundary && best.is_some() {
            return best;
        }
    }
    None
}

fn iban_holds(compact: &str) -> bool {
    let bytes = compact.as_bytes();
    let shaped = bytes[..2].iter().all(u8::is_ascii_uppercase) && bytes[2..4].iter().all(u8::is_ascii_digit);
    let rest = bytes[4..].iter().chain(&bytes[..4]).try_fold(0u32, |rest, b| match b {
        b'0'..=b'9' => Some((rest * 10 + u32::from(b - b'0')) % 97),
        b'A'..=b'Z' => Some((rest * 100 + u32::from(b - b'A') + 10) % 97),
        _ => None,
    });
    shaped && rest == Some(1)
}

/// The part of a run from its first digit (or `+`, `(` before it) to its last.
fn digits_range(text: &str, run: Range<usize>) -> Option<Range<usize>> {
    let part = &text[run.clone()];
    let first = part.find(|c: char| c.is_ascii_digit())?;
    let last = part.rfind(|c: char| c.is_ascii_digit())?;
    let lead = part[..first].trim_end_matches(['+', '(']).len();
    if part[lead..=last].contains(|c: char| c.is_ascii_uppercase()) {
        return None;
    }
    Some(run.start + lead..run.start + last + 1)
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, &d)| {
            let d = u32::from(d);
            if i % 2 == 0 {
                d
            } else if d > 4 {
                d * 2 - 9
            } else {
                d * 2
            }
        })
        .sum();
    sum.is_multiple_of(10) && digits.iter().any(|&d| d != 0)
}

/// A phone number begins with `+` or `0`, or is written in groups; a date, an amount or an order number is none.
fn looks_like_phone(text: &str, digits: usize) -> bool {
    let international = text.starts_with('+') || text.starts_with("(+");
    let national = text.starts_with('0') || text.starts_with("(0");
    let groups = text.split(|c: char| !c.is_ascii_digit()).filter(|g| !g.is_empty()).collect::<Vec<_>>();
    let american = groups.iter().map(|g| g.len()).eq([3, 3, 4]) && !text.contains('/');
    let dated = groups.len() >= 3 && groups.iter().all(|g| g.len() <= 4) && text.contains(['.', '/']) && !international;
    (8..=15).contains(&digits) && (international || (national && !dated) || american)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: Rules<'_> = Rules {
        kinds: &[
            RedactionKind::Phone,
            RedactionKind::Iban,
            RedactionKind::Card,
            RedactionKind::Secret,
            RedactionKind::Address,
        ],
        me: None,
    };

    fn withheld(text: &str) -> String {
        Vault::over(&[text], ALL).withhold(text, ALL)
    }

    #[test]
    fn private_numbers_are_withheld_and_others_are_not() {
        let table = [
            ("call +49 30 1234567 today", "call [phone 1] today"),
            ("call (030) 123 45 67.", "call [phone 1]."),
            ("or 0171/2345678", "or [phone 1]"),
            ("US: 212-555-0142!", "US: [phone 1]!"),
            ("IBAN DE89 3704 0044 0532 0130 00, thanks", "IBAN [account 1], thanks"),
            ("IBAN DE89370400440532013000.", "IBAN [account 1]."),
            ("GB29 NWBK 6016 1331 9268 19", "[account 1]"),
            ("card 4111 1111 1111 1111 exp 12/27", "card [card 1] exp 12/27"),
            ("key sk-abcDEF1234567890abcd.", "key [secret 1]."),
            ("AKIAIOSFODNN7EXAMPLE", "[secret 1]"),
            ("token=aB3dE5fG7hI9jK1lM3nO", "[secret 1]"),
            ("mail dana@example.org or Dana", "mail [address 1] or Dana"),
            ("twice +49 30 1234567, +49 30 1234567", "twice [phone 1], [phone 1]"),
            // not private
            ("the 2026-11-27 at 15:00", "the 2026-11-27 at 15:00"),
            ("am 27.11.2026 um 15.00", "am 27.11.2026 um 15.00"),
            ("03.12.2026 - 05.12.2026", "03.12.2026 - 05.12.2026"),
            ("12,400 EUR for 2,500 seats", "12,400 EUR for 2,500 seats"),
            ("order 4711-0815", "order 4711-0815"),
            ("invoice 20261127", "invoice 20261127"),
            ("DE89 3704 0044 0532 0130 01 is no IBAN", "DE89 3704 0044 0532 0130 01 is no IBAN"),
            ("https://example.com/a/very/long/Path123456789", "https://example.com/a/very/long/Path123456789"),
            ("Donaudampfschifffahrtsgesellschaft", "Donaudampfschifffahrtsgesellschaft"),
            ("keep [phone 1] as it is: +49 30 1234567", "keep [phone 1] as it is: [phone 2]"),
        ];
        for (given, expected) in table {
            assert_eq!(withheld(given), expected, "{given}");
        }
    }

    #[test]
    fn kinds_not_chosen_and_my_own_address_stay() {
        let me = Person { name: None, address: "mara@example.com".parse().unwrap() };
        let rules = Rules { kinds: &[RedactionKind::Address], me: Some(&me) };
        let text = "mara@example.com, dana@example.org, +49 30 1234567";
        let vault = Vault::over(&[text], rules);
        assert_eq!(vault.withhold(text, rules), "mara@example.com, [address 1], +49 30 1234567");
        assert_eq!(vault.counts(), [Withheld { kind: RedactionKind::Address, count: 1 }]);
    }

    fn text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("+49 30 1234567".to_owned()),
            Just("DE89370400440532013000".to_owned()),
            Just("4111 1111 1111 1111".to_owned()),
            Just("dana@example.org".to_owned()),
            Just("[phone 1]".to_owned()),
            Just("[pho".to_owned()),
            "[a-zäß€\\[\\] ]{0,12}",
        ];
        prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.join(", "))
    }

    proptest! {
        #[test]
        fn what_was_withheld_comes_back_wherever_the_stream_is_cut(text in text(), cuts in prop::collection::vec(1usize..9, 1..40)) {
            let vault = Vault::over(&[&text], ALL);
            let sent = vault.withhold(&text, ALL);
            let mut restorer = Restorer::new(vault);
            let (mut out, mut chars) = (String::new(), sent.chars().peekable());
            for cut in cuts.iter().cycle() {
                if chars.peek().is_none() { break; }
                let piece: String = chars.by_ref().take(*cut).collect();
                out.push_str(&restorer.push(&piece));
            }
            out.push_str(&restorer.finish());
            prop_assert_eq!(out, text);
        }
    }
}
