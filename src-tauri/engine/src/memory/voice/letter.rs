//! What one letter shows of how its writer writes: counts of sentences, marks and words, of their own text alone. Pure; it keeps no word of it.

use super::super::manners::{Ending, Greeting, primary};
use super::super::words::fold;
use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};
use std::sync::OnceLock;

/// The data file, `data/voice.yaml`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Signs {
    languages: BTreeMap<String, Words>,
    emoticons: Vec<String>,
    abbreviations: HashSet<String>,
    pub(super) free_mail: HashSet<String>,
}

/// One language's signs.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Words {
    /// From the short form to the long one.
    pub(crate) contractions: BTreeMap<String, String>,
    polite: HashSet<String>,
    slang: HashSet<String>,
}

pub(super) fn signs() -> &'static Signs {
    static SIGNS: OnceLock<Signs> = OnceLock::new();
    SIGNS.get_or_init(|| serde_norway::from_str(include_str!("../../../data/voice.yaml")).unwrap_or_default())
}

/// The signs of a language, where they are known.
pub(crate) fn words_of(language: &str) -> Option<&'static Words> {
    signs().languages.get(primary(language))
}

/// What is counted in one letter's own text, greeting and sign-off left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    /// Words.
    pub words: u32,
    /// Letters and digits in them.
    pub letters: u32,
    /// The words of each sentence.
    pub sentences: Vec<u16>,
    /// Blocks with an empty line between them.
    pub paragraphs: u16,
    /// Lines.
    pub lines: u16,
    /// The longest line, in characters.
    pub widest: u16,
    /// `don't`.
    pub contracted: u16,
    /// `do not`.
    pub uncontracted: u16,
    /// Words of courtesy.
    pub polite: u16,
    /// Words nobody writes to an authority.
    pub slang: u16,
    /// `!`.
    pub exclamations: u16,
    /// `?`.
    pub questions: u16,
    /// `...`.
    pub ellipses: u16,
    /// Dashes between words.
    pub dashes: u16,
    /// `;`.
    pub semicolons: u16,
    /// `:`.
    pub colons: u16,
    /// `,`.
    pub commas: u16,
    /// `(`.
    pub brackets: u16,
    /// `"` and its like.
    pub quotes: u16,
    /// Words all in capitals.
    pub shouted: u16,
    /// Sentences that begin with a letter.
    pub starts: u16,
    /// Those that begin in lower case.
    pub lower_starts: u16,
    /// Gaps between two sentences on one line.
    pub gaps: u16,
    /// Those of two spaces and more.
    pub double_gaps: u16,
    /// Emoji and emoticons.
    pub emoji: u16,
    /// The first of them.
    pub sign: Option<String>,
}

/// How many measures a letter has.
pub const MEASURES: usize = 24;

impl Counted {
    /// The letter as numbers that can be compared between letters: rates and logarithms, each about 0 to 5. Nothing in it is a word or a name.
    #[must_use]
    pub fn measures(&self) -> [f64; MEASURES] {
        let words = f64::from(self.words.max(1));
        let per_hundred = |count: u16| (f64::from(count) * 100.0 / words).min(60.0).ln_1p();
        let share = |part: u16, whole: u16| 3.0 * f64::from(part) / f64::from(whole.max(1));
        let lengths: Vec<f64> = self.sentences.iter().map(|n| f64::from(*n)).collect();
        let mean = lengths.iter().sum::<f64>() / lengths.len().max(1) as f64;
        let spread = (lengths.iter().map(|n| (n - mean).powi(2)).sum::<f64>() / lengths.len().max(1) as f64).sqrt();
        [
            f64::from(self.words).ln_1p(),
            mean.ln_1p(),
            spread.ln_1p(),
            f64::from(self.letters) / words,
            f64::from(self.paragraphs).ln_1p(),
            (f64::from(self.lines) / f64::from(self.paragraphs.max(1))).ln_1p(),
            f64::from(self.widest).min(200.0) / 25.0,
            share(self.contracted, self.contracted + self.uncontracted),
            per_hundred(self.contracted),
            per_hundred(self.polite),
            per_hundred(self.slang),
            per_hundred(self.exclamations),
            per_hundred(self.questions),
            per_hundred(self.ellipses),
            per_hundred(self.dashes),
            per_hundred(self.semicolons),
            per_hundred(self.colons),
            per_hundred(self.commas),
            per_hundred(self.brackets),
            per_hundred(self.quotes),
            per_hundred(self.shouted),
            share(self.lower_starts, self.starts),
            share(self.double_gaps, self.gaps),
            per_hundred(self.emoji),
        ]
    }
}

/// Counts one letter's text.
pub(super) fn count(text: &str, greeting: Option<&Greeting>, ending: &Ending, language: Option<&str>) -> Counted {
    let lines = own_lines(text, greeting, ending);
    let paragraphs = paragraphs(&lines);
    let mut counted = Counted {
        lines: small(lines.iter().filter(|line| !line.trim().is_empty()).count()),
        widest: small(lines.iter().map(|line| line.chars().count()).max().unwrap_or(0)),
        paragraphs: small(paragraphs.len()),
        ..Counted::default()
    };
    for line in &lines {
        gaps(line, &mut counted);
    }
    for paragraph in &paragraphs {
        for sentence in sentences(paragraph) {
            one_sentence(sentence, &mut counted);
        }
        marks(paragraph, &mut counted);
        word_by_word(paragraph, language.unwrap_or("en"), &mut counted);
    }
    counted
}

fn small(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// The lines between greeting and sign-off that are prose: no quotes, no code, no bare links.
fn own_lines<'t>(text: &'t str, greeting: Option<&Greeting>, ending: &Ending) -> Vec<&'t str> {
    let mut lines: Vec<&str> =
        text.lines().map(str::trim_end).filter(|l| !l.trim_start().starts_with('>') && !super::is_attribution(l.trim())).collect();
    if let (Some(greeting), Some(at)) = (greeting, lines.iter().position(|l| !l.trim().is_empty())) {
        let rest = lines[at].trim().strip_prefix(greeting.line().as_str()).unwrap_or_default();
        lines[at] = rest.trim_start();
    }
    let closes = |line: &str| {
        let line = line.trim();
        [&ending.closing, &ending.name, &ending.perhaps].iter().any(|end| end.as_deref() == Some(line))
            || matches!((&ending.closing, &ending.name), (Some(a), Some(b)) if line.starts_with(a.as_str()) && line.ends_with(b.as_str()))
    };
    let mut ends = 3;
    while let Some(last) = lines.last() {
        if closes(last) && ends > 0 {
            ends -= 1;
        } else if !last.trim().is_empty() && prose(last) {
            break;
        }
        lines.pop();
    }
    lines.retain(|line| line.trim().is_empty() || prose(line));
    lines
}

/// Whether a line is somebody's sentence and not code, a table, a log or an address.
fn prose(line: &str) -> bool {
    let line = line.trim();
    let all = line.chars().count();
    let plain = line.chars().filter(|c| c.is_alphabetic() || matches!(c, ' ' | ',' | '.' | '\'')).count();
    let words = line.split_whitespace().count();
    (all < 12 || plain * 4 >= all * 3) && !(line.contains("://") && words <= 3) && line.chars().any(char::is_alphanumeric)
        || is_emoticon(line)
}

fn paragraphs(lines: &[&str]) -> Vec<String> {
    let blocks = lines.split(|line| line.trim().is_empty());
    blocks.filter(|block| !block.is_empty()).map(|block| block.iter().map(|l| l.trim()).collect::<Vec<_>>().join(" ")).collect()
}

/// The sentences of a paragraph.
pub(crate) fn sentences(paragraph: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, c) in paragraph.char_indices() {
        let after = &paragraph[at + c.len_utf8()..];
        let ends = matches!(c, '.' | '!' | '?' | '…') && after.chars().next().is_none_or(char::is_whitespace);
        if ends && !(c == '.' && abbreviates(&paragraph[start..at])) {
            found.push(&paragraph[start..at + c.len_utf8()]);
            start = at + c.len_utf8();
        }
    }
    found.push(&paragraph[start..]);
    found.into_iter().map(str::trim).filter(|s| s.chars().any(char::is_alphanumeric)).collect()
}

fn abbreviates(before: &str) -> bool {
    let last = before.rsplit(char::is_whitespace).next().unwrap_or_default().trim_start_matches('(').to_lowercase();
    signs().abbreviations.contains(&last) || (last.chars().count() == 1 && last.chars().all(char::is_alphabetic) && last != "i")
}

fn one_sentence(sentence: &str, counted: &mut Counted) {
    let words = sentence.split_whitespace().filter(|w| w.chars().any(char::is_alphanumeric)).count();
    counted.sentences.push(small(words));
    if let Some(first) = sentence.chars().next().filter(|c| c.is_alphabetic()) {
        counted.starts += 1;
        counted.lower_starts += u16::from(first.is_lowercase());
    }
}

/// Spaces between a sentence's end and the next one's beginning, on one line.
fn gaps(line: &str, counted: &mut Counted) {
    let chars: Vec<char> = line.chars().collect();
    for at in 0..chars.len() {
        if !matches!(chars[at], '.' | '!' | '?') || chars.get(at + 1) != Some(&' ') {
            continue;
        }
        let next = chars[at + 1..].iter().position(|c| *c != ' ');
        if next.is_some_and(|n| chars[at + 1 + n].is_alphabetic()) {
            counted.gaps += 1;
            counted.double_gaps += u16::from(next >= Some(2));
        }
    }
}

fn marks(text: &str, counted: &mut Counted) {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or(' ');
    for (i, c) in chars.iter().enumerate() {
        match c {
            '!' => counted.exclamations += 1,
            '?' => counted.questions += 1,
            '…' => counted.ellipses += 1,
            '.' if at(i + 1) == '.' && at(i + 2) == '.' && (i == 0 || at(i - 1) != '.') => counted.ellipses += 1,
            '–' | '—' => counted.dashes += 1,
            '-' if (i == 0 || at(i - 1) != '-') => {
                let after = if at(i + 1) == '-' { at(i + 2) } else { at(i + 1) };
                let doubled = at(i + 1) == '-' && at(i + 2) != '-';
                counted.dashes += u16::from(doubled || (i > 0 && at(i - 1) == ' ' && after == ' '));
            }
            ';' if !matches!(at(i + 1), '-' | ')' | 'D' | 'P') => counted.semicolons += 1,
            ':' if at(i + 1) == ' ' => counted.colons += 1,
            ',' => counted.commas += 1,
            '(' => counted.brackets += 1,
            '"' | '“' | '„' | '«' => counted.quotes += 1,
            c if is_emoji(*c) => {
                counted.emoji += 1;
                counted.sign.get_or_insert_with(|| c.to_string());
            }
            _ => {}
        }
    }
}

fn word_by_word(text: &str, language: &str, counted: &mut Counted) {
    static NONE: OnceLock<Words> = OnceLock::new();
    let known = words_of(language).unwrap_or_else(|| NONE.get_or_init(Words::default));
    let mut running = String::from(" ");
    for token in text.split_whitespace() {
        if let Some(sign) = emoticon_in(token) {
            counted.emoji += 1;
            counted.sign.get_or_insert_with(|| sign.to_owned());
            continue;
        }
        let word = token.trim_matches(|c: char| !c.is_alphanumeric() && c != '\'').replace('’', "'");
        let letters = word.chars().filter(|c| c.is_alphanumeric()).count();
        if letters == 0 || token.contains("://") {
            continue;
        }
        counted.words += 1;
        counted.letters += letters.min(30) as u32;
        let capitals = word.chars().filter(|c| c.is_uppercase()).count();
        counted.shouted += u16::from(capitals >= 4 && capitals == letters);
        let low = word.trim_matches('\'').to_lowercase();
        counted.contracted += u16::from(known.contractions.contains_key(&low));
        counted.polite += u16::from(known.polite.contains(&low));
        counted.slang += u16::from(known.slang.contains(&low));
        running.push_str(&low);
        running.push(' ');
    }
    let long: usize = known.contractions.values().map(|long| running.matches(&format!(" {long} ")).count()).sum();
    counted.uncontracted += small(long);
}

/// Whether a character is a picture.
pub(crate) fn is_emoji(c: char) -> bool {
    matches!(u32::from(c), 0x1F300..=0x1FAFF | 0x2600..=0x26FF | 0x2702..=0x27B0)
}

fn is_emoticon(text: &str) -> bool {
    signs().emoticons.iter().any(|known| known == text)
}

/// The emoticon a token is, or ends with where that is plain (`fun:-)`).
fn emoticon_in(token: &str) -> Option<&'static str> {
    let bare = token.trim_end_matches(['.', ',', '!', '?']);
    let mut known = signs().emoticons.iter().map(String::as_str);
    known.find(|e| bare == *e || (e.chars().count() >= 3 && bare.ends_with(*e) && !bare.contains("://")))
}

/// Whether a sign may be written again: one emoji, or an emoticon that is known.
pub(super) fn is_sign(text: &str) -> bool {
    is_emoticon(text) || (text.chars().count() == 1 && text.chars().all(is_emoji))
}

/// How formal a letter is, from 0 to 1, and what speaks for it: each sign moves it by a step.
pub(super) fn formality(counted: &Counted, greeting: Option<&Greeting>, closing: Option<&str>, language: &str) -> f64 {
    use super::super::manners::{Whom, is_formal};
    let sees = |sign: bool, step: f64| if sign { step } else { 0.0 };
    let chances = counted.contracted + counted.uncontracted;
    let informal = |g: &Greeting| !g.opener.is_empty() && !is_formal(&g.opener, language);
    let steps = [
        sees(counted.contracted > 0, -0.12),
        sees(chances >= 1 && counted.contracted == 0, 0.12),
        sees(counted.slang > 0, -0.12),
        sees(counted.emoji > 0, -0.12),
        sees(counted.exclamations > 0, -0.05),
        sees(counted.lower_starts * 2 > counted.starts, -0.15),
        sees(counted.polite > 0, 0.08),
        sees(greeting.is_some_and(informal), -0.10),
        sees(greeting.is_some_and(|g| is_formal(&g.opener, language)), 0.15),
        sees(greeting.is_some_and(|g| matches!(&g.whom, Whom::Name(_)) && g.pattern().contains("{full}")), 0.15),
        sees(closing.is_some_and(|line| ["regards", "sincerely", "freundlichen", "cordialement", "atentamente"].iter().any(|w| fold(line).contains(w))), 0.12),
    ];
    (0.5 + steps.iter().sum::<f64>()).clamp(0.0, 1.0)
}
