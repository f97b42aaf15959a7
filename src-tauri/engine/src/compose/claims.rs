//! Claims: each date, amount, link, address and commitment of a text, traced to the source that says so, or to none. Pure.

use super::dates::{self, Meaning};
use super::lex::{Token, tokens};
use super::sums::{self, Sum};
use super::when;
use crate::api::{Claim, ClaimKind, EmailAddress, Person, Source, SourceKind, UnixMillis};
use std::ops::Range;

/// Beginnings of promises. What follows to the sentence's end is the commitment.
const PROMISES: [&str; 34] = [
    "i will",
    "i'll",
    "we will",
    "we'll",
    "i promise",
    "we promise",
    "i guarantee",
    "we guarantee",
    "i commit",
    "we commit",
    "you will receive",
    "you'll receive",
    "you will have",
    "you'll have",
    "ich werde",
    "wir werden",
    "ich schicke",
    "wir schicken",
    "ich sende",
    "wir senden",
    "ich liefere",
    "wir liefern",
    "ich verspreche",
    "wir versprechen",
    "wir garantieren",
    "ich überweise",
    "wir überweisen",
    "ich zahle",
    "wir zahlen",
    "ich kümmere mich",
    "wir kümmern uns",
    "ich bringe",
    "ich melde mich",
    "wir melden uns",
];
/// Politeness that promises nothing.
const POLITE: [&str; 8] =
    ["be happy", "be glad", "be delighted", "be pleased", "need", "gerne", "be grateful", "understand"];
/// Words that carry no fact.
const EMPTY_WORDS: [&str; 44] = [
    "will",
    "with",
    "that",
    "this",
    "your",
    "you",
    "the",
    "and",
    "for",
    "from",
    "have",
    "has",
    "our",
    "them",
    "they",
    "then",
    "also",
    "any",
    "all",
    "promise",
    "guarantee",
    "werde",
    "werden",
    "dass",
    "der",
    "die",
    "das",
    "den",
    "dem",
    "und",
    "ihnen",
    "dir",
    "euch",
    "mich",
    "uns",
    "sich",
    "bis",
    "für",
    "mit",
    "eine",
    "einen",
    "noch",
    "auch",
    "als",
];

/// What the claims of a text are held against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Against<'a> {
    pub(super) sources: &'a [Source],
    /// The user and everyone the letter goes to: their addresses are known.
    pub(super) known: &'a [Person],
    pub(super) now: UnixMillis,
}

/// One claim, before it is traced.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Said {
    Date(Meaning),
    Amount(Sum),
    Link(String),
    Address(String),
    Commitment(Vec<String>),
}

/// The claims of a text in its order.
pub(super) fn claims(text: &str, against: Against<'_>) -> Vec<Claim> {
    let base = when::day(against.now);
    let mut found = said(text, base, false);
    found.extend(commitments(text).into_iter().map(|(at, words)| (at, Said::Commitment(words))));
    found.sort_by_key(|(at, _)| (at.start, at.end));
    let sources: Vec<_> = against.sources.iter().filter(|s| s.kind != SourceKind::ToOthers).map(read).collect();
    found
        .into_iter()
        .map(|(at, said)| Claim {
            text: text[at.clone()].to_owned(),
            start: utf16(&text[..at.start]),
            end: utf16(&text[..at.end]),
            source: trace(&said, &sources, against),
            kind: kind(&said),
        })
        .collect()
}

fn utf16(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}

fn kind(said: &Said) -> ClaimKind {
    match said {
        Said::Date(_) => ClaimKind::Date,
        Said::Amount(_) => ClaimKind::Amount,
        Said::Link(_) => ClaimKind::Link,
        Said::Address(_) => ClaimKind::Address,
        Said::Commitment(_) => ClaimKind::Commitment,
    }
}

/// A source with what it says.
struct Witness<'a> {
    source: &'a Source,
    says: Vec<Said>,
    stems: Vec<String>,
}

/// A source is read as of the day it was written.
fn read(source: &Source) -> Witness<'_> {
    let text = format!("{}\n{}", source.title, source.excerpt);
    let base = when::day(source.date.unwrap_or_default());
    Witness { source, says: said(&text, base, true).into_iter().map(|(_, said)| said).collect(), stems: stems(&text) }
}

/// Dates, amounts, links and addresses; nothing inside a link or an address is read again.
fn said(text: &str, base: jiff::civil::Date, bare: bool) -> Vec<(Range<usize>, Said)> {
    let mut found: Vec<(Range<usize>, Said)> = links_and_addresses(text);
    let taken: Vec<Range<usize>> = found.iter().map(|(at, _)| at.clone()).collect();
    let outside = |at: &Range<usize>| !taken.iter().any(|t| at.start < t.end && t.start < at.end);
    let tokens: Vec<Token<'_>> = tokens(text).into_iter().filter(|t| outside(&t.at)).collect();
    let days = dates::find(&tokens, base);
    let sums = sums::find(&tokens, bare)
        .into_iter()
        .filter(|(at, _)| bare || !days.iter().any(|(day, _)| day.start < at.end && at.start < day.end));
    found.extend(sums.map(|(at, sum)| (at, Said::Amount(sum))));
    found.extend(days.into_iter().map(|(at, meaning)| (at, Said::Date(meaning))));
    found
}

fn links_and_addresses(text: &str) -> Vec<(Range<usize>, Said)> {
    let ends = |c: char| c.is_whitespace() || "<>\"“”„«»|".contains(c);
    let pieces = text.split(ends).filter(|piece| !piece.is_empty());
    pieces
        .filter_map(|piece| {
            let start = piece.as_ptr() as usize - text.as_ptr() as usize;
            let lead = piece.len() - piece.trim_start_matches(['(', '[', '\'', ',', ':']).len();
            let bare = piece[lead..].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'', '’']);
            let said = link(bare).map(Said::Link).or_else(|| address(bare).map(Said::Address))?;
            Some((start + lead..start + lead + bare.len(), said))
        })
        .collect()
}

/// A link in the one form it is compared in.
fn link(piece: &str) -> Option<String> {
    let lower = piece.to_lowercase();
    let rest = lower
        .strip_prefix("https://")
        .or_else(|| lower.strip_prefix("http://"))
        .or_else(|| lower.starts_with("www.").then_some(lower.as_str()))?;
    let cut = piece.len() - rest.len();
    let (host, path) = piece[cut..].split_once('/').unwrap_or((&piece[cut..], ""));
    let host = host.to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    host.contains(['.', ':']).then(|| format!("{host}/{}", path.trim_end_matches('/')))
}

fn address(piece: &str) -> Option<String> {
    let address: EmailAddress = piece.trim_start_matches("mailto:").parse().ok()?;
    address.domain().contains('.').then(|| address.folded())
}

/// The promises of a text, each to its sentence's end, with the words that carry it.
fn commitments(text: &str) -> Vec<(Range<usize>, Vec<String>)> {
    let mut found = Vec::new();
    for (start, sentence) in sentences(text) {
        let lower = sentence.to_lowercase().replace('’', "'");
        if lower.len() != sentence.replace('’', "'").len() {
            continue; // letters that change their length in lower case: offsets would lie
        }
        let begin =
            PROMISES.iter().filter_map(|promise| word_start(&lower, promise).map(|at| (at, at + promise.len()))).min();
        let Some((at, after)) = begin else { continue };
        if POLITE.iter().any(|polite| lower[after..].trim_start().starts_with(polite))
            || lower[after..].trim().is_empty()
        {
            continue;
        }
        let at = widen(sentence, at);
        let end = sentence.trim_end_matches(|c: char| c.is_whitespace() || ".!?".contains(c)).len();
        let words = stems(&sentence[at.min(end)..end]);
        found.push((start + at.min(end)..start + end, words));
    }
    found
}

/// An offset in the text whose ’ count as one byte, in the text as it is.
fn widen(sentence: &str, at: usize) -> usize {
    let mut seen = 0;
    for (i, c) in sentence.char_indices() {
        if seen >= at {
            return i;
        }
        seen += if c == '’' { 1 } else { c.len_utf8() };
    }
    sentence.len()
}

fn word_start(lower: &str, phrase: &str) -> Option<usize> {
    lower.match_indices(phrase).map(|(at, _)| at).find(|&at| {
        let before = lower[..at].chars().next_back();
        let after = lower[at + phrase.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// Sentences with where they begin; a full stop inside a number or a word ends none.
pub(super) fn sentences(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, c)| *c);
        let after_digit = text[..at].ends_with(|c: char| c.is_ascii_digit());
        let ends =
            c == '\n' || ("!?".contains(c) || (c == '.' && !after_digit)) && next.is_none_or(char::is_whitespace);
        if ends {
            found.push((start, &text[start..at]));
            start = at + c.len_utf8();
        }
    }
    found.push((start, &text[start..]));
    found.into_iter().filter(|(_, s)| !s.trim().is_empty()).collect()
}

/// The words that carry facts, by their beginnings.
fn stems(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|w| w.chars().count() >= 3 && !EMPTY_WORDS.contains(w));
    words.map(|w| w.chars().take(5).collect()).collect()
}

/// The first source that says so: the request before the conversation, and that before older mail.
fn trace(said: &Said, witnesses: &[Witness<'_>], against: Against<'_>) -> Option<String> {
    if let Said::Address(address) = said
        && against.known.iter().any(|person| person.address.folded() == *address)
    {
        return Some("s1".to_owned());
    }
    witnesses.iter().find(|w| supports(w, said)).map(|w| w.source.id.clone())
}

fn supports(witness: &Witness<'_>, said: &Said) -> bool {
    match said {
        Said::Date(meaning) => {
            witness.says.iter().any(|s| matches!(s, Said::Date(source) if meaning.follows_from(source)))
        }
        Said::Amount(sum) => {
            witness.says.iter().any(|s| matches!(s, Said::Amount(source) if sum.follows_from(*source)))
        }
        Said::Address(address) => {
            let who = witness.source.who.as_ref().is_some_and(|who| who.address.folded() == *address);
            who || witness.says.contains(said)
        }
        Said::Link(_) => witness.says.contains(said),
        Said::Commitment(words) => {
            // only the user's own words can promise in their name
            let own = matches!(witness.source.kind, SourceKind::Request | SourceKind::Template | SourceKind::Draft);
            let found = words.iter().filter(|word| witness.stems.contains(word)).count();
            own && found > 0 && found * 2 >= words.len()
        }
    }
}

#[cfg(test)]
#[path = "claims_tests.rs"]
mod tests;
