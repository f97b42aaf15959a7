//! Sums and percentages as people write them, in English and German. Pure.

use super::lex::{Kind, Token};
use std::ops::Range;

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Euro,
    Dollar,
    Pound,
    Franc,
    Percent,
}

/// A sum: in hundredths, so that equal sums are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) hundredths: i128,
    pub(super) unit: Option<Unit>,
}

impl Sum {
    /// Whether a source that says `said` says this sum; a source may leave the unit out.
    pub(super) fn follows_from(self, said: Sum) -> bool {
        self.hundredths == said.hundredths && (said.unit.is_none() || said.unit == self.unit)
    }
}

/// Every sum with a unit and, where asked, every bare number too.
pub(super) fn find(tokens: &[Token<'_>], bare: bool) -> Vec<(Range<usize>, Sum)> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate().filter(|(_, t)| t.kind == Kind::Number) {
        let Some(value) = hundredths(token.text) else { continue };
        let (times, next) = match tokens.get(at + 1).and_then(|t| multiplier(token, t)) {
            Some(times) => (times, at + 2),
            None => (1, at + 1),
        };
        let before = at.checked_sub(1).and_then(|i| unit(&tokens[i]).filter(|u| *u != Unit::Percent).map(|u| (i, u)));
        let after = tokens.get(next).and_then(unit).map(|u| (next, u));
        let sum = |unit| Sum { hundredths: value * times, unit };
        match (before, after) {
            (_, Some((i, unit))) => found.push((token.at.start..tokens[i].at.end, sum(Some(unit)))),
            (Some((i, unit)), None) => found.push((tokens[i].at.start..tokens[next - 1].at.end, sum(Some(unit)))),
            (None, None) if bare => found.push((token.at.clone(), sum(None))),
            (None, None) => {}
        }
    }
    found
}

fn unit(token: &Token<'_>) -> Option<Unit> {
    Some(match token.lower.as_str() {
        "€" | "eur" | "euro" | "euros" => Unit::Euro,
        "$" | "usd" | "dollar" | "dollars" => Unit::Dollar,
        "£" | "gbp" | "pounds" | "pfund" => Unit::Pound,
        "chf" | "franken" | "francs" => Unit::Franc,
        "%" | "percent" | "prozent" => Unit::Percent,
        _ => return None,
    })
}

fn multiplier(number: &Token<'_>, token: &Token<'_>) -> Option<i128> {
    let touching = number.at.end == token.at.start;
    Some(match token.lower.as_str() {
        "k" if touching => 1_000,
        "m" if touching => 1_000_000,
        "thousand" | "tausend" => 1_000,
        "million" | "millions" | "millionen" | "mio" => 1_000_000,
        "billion" | "milliarde" | "milliarden" => 1_000_000_000,
        _ => return None,
    })
}

/// `12,400.50`, `12.400,50`, `12'400`, `12.5`: the last separator is the decimal one, unless three digits follow it.
fn hundredths(text: &str) -> Option<i128> {
    if text.contains([':', '/', '-']) || text.len() > 20 {
        return None;
    }
    let text = text.replace(['\'', '’'], "");
    let last = text.rfind([',', '.']);
    let (whole, cents) = match last {
        Some(at) => {
            let (separator, tail) = (&text[at..=at], &text[at + 1..]);
            let mixed = text[..at].contains([',', '.']) && !text[..at].contains(separator);
            let repeated = text[..at].contains(separator);
            if tail.len() == 3 && !mixed || repeated { (text.as_str(), "") } else { (&text[..at], tail) }
        }
        None => (text.as_str(), ""),
    };
    let whole: i128 = whole.replace([',', '.'], "").parse().ok()?;
    let cents: i128 = match cents.len() {
        0 => 0,
        1 => cents.parse::<i128>().ok()? * 10,
        _ => cents.get(..2)?.parse().ok()?,
    };
    Some(whole * 100 + cents)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::lex::tokens;

    fn read(text: &str) -> Vec<(String, i128, Option<Unit>)> {
        find(&tokens(text), false)
            .into_iter()
            .map(|(at, sum)| (text[at].to_owned(), sum.hundredths, sum.unit))
            .collect()
    }

    #[test]
    fn sums_are_read_however_they_are_written() {
        use Unit::*;
        let table = [
            ("€12,400 in all", "€12,400", 1_240_000, Euro),
            ("12.400 € netto", "12.400 €", 1_240_000, Euro),
            ("12,400 EUR", "12,400 EUR", 1_240_000, Euro),
            ("EUR 12.400,50", "EUR 12.400,50", 1_240_050, Euro),
            ("12,400.50 euros", "12,400.50 euros", 1_240_050, Euro),
            ("$1.5 million", "$1.5 million", 150_000_000, Dollar),
            ("$12k", "$12k", 1_200_000, Dollar),
            ("12.5%", "12.5%", 1_250, Percent),
            ("12,5 Prozent", "12,5 Prozent", 1_250, Percent),
            ("15 percent", "15 percent", 1_500, Percent),
            ("CHF 12'400", "CHF 12'400", 1_240_000, Franc),
            ("£99.99", "£99.99", 9_999, Pound),
            ("1.234.567 Euro", "1.234.567 Euro", 123_456_700, Euro),
        ];
        for (text, words, hundredths, unit) in table {
            assert_eq!(read(text), [(words.to_owned(), hundredths, Some(unit))], "{text}");
        }
    }

    #[test]
    fn a_bare_number_is_no_sum() {
        for text in ["12 people", "version 2.1", "15:00", "in 2026", "3/4"] {
            assert_eq!(read(text), [], "{text}");
        }
    }
}
