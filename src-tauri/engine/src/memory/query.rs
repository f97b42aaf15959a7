//! What a person types into a search, read as Gmail reads it: words, "exact phrases", `from:dana`, `before:2024/06/01`, `-word`, `OR`. Pure:
//! `now` is passed in. What it does not understand is looked for as words; nothing is ever an error.
//! The operators are those of Gmail's help page "Refine searches in Gmail" (read 2026-12-01), as far as a mailbox here can answer them.

use super::concepts::{Concept, Query};
use super::tokens::{Token, tokens};
use super::words::{fold, folded_words};
use crate::api::UnixMillis;
use jiff::civil::Date;
use jiff::{ToSpan, Zoned};

/// A question, read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Asked {
    /// What is ranked by.
    pub words: Query,
    /// What must be so.
    pub tests: Vec<Test>,
    /// What meaning is asked for: the words as typed, without operators.
    pub free: String,
    /// The operators as typed, to say why a message fits.
    pub typed: Vec<String>,
    /// Whether Trash and Spam are looked through too.
    pub everywhere: bool,
}

impl Asked {
    /// Whether a phrase must stand as it is.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.words.concepts.iter().any(|concept| concept.must)
    }
}

/// Something that is so of a message or is not.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// These words stand in a row there; `open`: the last may be the beginning of one.
    Says {
        /// Where.
        place: Place,
        /// The words, folded.
        words: Vec<String>,
        /// Whether the last is still being typed.
        open: bool,
    },
    /// The person wrote it.
    Mine,
    /// It went to the person.
    ToMe,
    /// It was written then or later.
    Since(UnixMillis),
    /// It was written earlier.
    Before(UnixMillis),
    /// Something is attached.
    Attachment,
    /// It is under this label; as [`label_name`] makes it.
    Label {
        /// The name, or the provider's id.
        name: String,
        /// Whether it is still being typed.
        open: bool,
    },
    /// It is not so.
    Not(Box<Test>),
    /// One of these is so.
    Any(Vec<Test>),
    /// All of these are so.
    All(Vec<Test>),
}

/// Where words must stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Place {
    Anywhere,
    From,
    To,
    Copies,
    Subject,
    Files,
}

/// A label's name as names are compared: lower case, everything between words a dash, as Gmail writes it in a search.
#[must_use]
pub fn label_name(name: &str) -> String {
    let folded = fold(name);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

/// What one token says.
enum Said {
    Word(Concept, String),
    Phrase(Concept, String),
    Test(Test, String),
    /// An operator that is still being typed, or a sign without a meaning.
    Nothing,
}

/// Reads a question. `now` gives "older than a year" its date and "before 1 June" its midnight.
#[must_use]
pub fn read(text: &str, now: &Zoned) -> Asked {
    let mut asked = Asked::default();
    let mut concepts: Vec<Concept> = Vec::new();
    let mut last_is_word = false;
    for group in groups(tokens(text)) {
        let said: Vec<(bool, Said)> = group.iter().map(|token| (token.not, said(token, now))).collect();
        last_is_word = matches!(said.last(), Some((false, Said::Word(..))));
        let alone = said.len() == 1;
        let mut any = Vec::new();
        for (not, said) in said {
            let (concept, free) = match &said {
                Said::Word(c, t) | Said::Phrase(c, t) if !not => (Some(c.clone()), Some(t.clone())),
                _ => (None, None),
            };
            if let Said::Test(_, typed) = &said {
                asked.typed.push(format!("{}{typed}", if not { "-" } else { "" }));
            }
            asked.free.extend(free.into_iter().flat_map(|t| [t, " ".to_owned()]));
            concepts.extend(concept.map(|c| Concept { must: c.must && alone, ..c }));
            any.extend(said.test(alone && !not).map(|test| if not { Test::Not(Box::new(test)) } else { test }));
        }
        match any.len() {
            0 => {}
            1 => asked.tests.append(&mut any),
            _ => asked.tests.push(Test::Any(any)),
        }
    }
    if let Some(last) = concepts.last_mut().filter(|_| last_is_word && !text.ends_with(char::is_whitespace)) {
        last.prefix = true;
    }
    asked.free.truncate(asked.free.trim_end().len());
    asked.everywhere = asked.tests.iter().any(everywhere);
    asked.tests.retain(|test| !matches!(test, Test::All(none) if none.is_empty()));
    asked.words = Query::all(concepts);
    asked
}

/// Tokens with `OR` between them stand together.
fn groups(tokens: Vec<Token>) -> Vec<Vec<Token>> {
    let mut groups: Vec<Vec<Token>> = Vec::new();
    let mut join = false;
    for token in tokens {
        if token.is_or() {
            join = !groups.is_empty();
        } else if let (true, Some(group)) = (join, groups.last_mut()) {
            group.push(token);
            join = false;
        } else {
            groups.push(vec![token]);
        }
    }
    groups
}

impl Said {
    /// What must be so for it to hold; a word or phrase that stands alone is no test, as it is ranked by.
    fn test(self, ranked: bool) -> Option<Test> {
        match self {
            Self::Test(test, _) => Some(test),
            Self::Word(concept, _) | Self::Phrase(concept, _) if !ranked => {
                Some(Test::Says { place: Place::Anywhere, words: concept.words, open: false })
            }
            _ => None,
        }
    }
}

fn said(token: &Token, now: &Zoned) -> Said {
    if let Some(op) = &token.op {
        let whole = token.whole();
        if token.value.trim().is_empty() && is_operator(op) {
            return Said::Nothing;
        }
        if let Some(test) = test(op, token, now) {
            return Said::Test(test, whole);
        }
        if is_operator(op) && token.open {
            return Said::Nothing;
        }
        return Concept::word(&whole).map_or(Said::Nothing, |concept| Said::Word(concept, whole));
    }
    let text = token.value.clone();
    let concept = if token.quoted { Concept::phrase(&text) } else { Concept::word(&text) };
    match concept {
        Some(concept) if token.quoted => Said::Phrase(concept, text),
        Some(concept) => Said::Word(concept, text),
        None => Said::Nothing,
    }
}

const OPERATORS: [&str; 16] = [
    "from",
    "to",
    "cc",
    "subject",
    "before",
    "after",
    "older",
    "newer",
    "older_than",
    "newer_than",
    "has",
    "filename",
    "label",
    "is",
    "in",
    "category",
];

fn is_operator(op: &str) -> bool {
    OPERATORS.contains(&op)
}

fn test(op: &str, token: &Token, now: &Zoned) -> Option<Test> {
    if token.grouped {
        let all: Vec<Vec<Token>> = groups(tokens(&token.value));
        let one = |inner: &Token| {
            let part = Token { op: token.op.clone(), not: false, grouped: false, open: false, ..inner.clone() };
            test(op, &part, now).map(|test| if inner.not { Test::Not(Box::new(test)) } else { test })
        };
        let any = |group: &Vec<Token>| group.iter().map(one).collect::<Option<Vec<_>>>().map(Test::Any);
        return all.iter().map(any).collect::<Option<Vec<_>>>().map(Test::All);
    }
    let value = fold(token.value.trim());
    let says = |place| {
        let words = folded_words(&value);
        (!words.is_empty()).then_some(Test::Says { place, words, open: token.open })
    };
    let label = |name: &str| Some(Test::Label { name: label_name(name), open: false });
    match (op, value.as_str()) {
        ("from", "me") => Some(Test::Mine),
        ("to", "me") => Some(Test::ToMe),
        ("from", _) => says(Place::From),
        ("to", _) => says(Place::To),
        ("cc", _) => says(Place::Copies),
        ("subject", _) => says(Place::Subject),
        ("filename", _) => says(Place::Files),
        ("after" | "newer", date) => midnight(date, now).map(Test::Since),
        ("before" | "older", date) => midnight(date, now).map(Test::Before),
        ("newer_than", span) => ago(span, now).map(Test::Since),
        ("older_than", span) => ago(span, now).map(Test::Before),
        ("has", "attachment") => Some(Test::Attachment),
        ("is", "read") => label("unread").map(|unread| Test::Not(Box::new(unread))),
        ("is", "unread" | "starred" | "important") => label(&value),
        ("in", "anywhere") => Some(Test::All(vec![])),
        ("in", "bin") => label("trash"),
        ("in", "drafts") => label("draft"),
        ("in" | "label", _) => Some(Test::Label { name: label_name(&value), open: token.open }),
        ("category", _) => label(&format!("category-{value}")),
        _ => None,
    }
    .filter(|test| !matches!(test, Test::Label { name, .. } if name.is_empty()))
}

/// Whether it asks for what is in Trash or Spam, or for everything.
fn everywhere(test: &Test) -> bool {
    match test {
        Test::Label { name, .. } => matches!(name.as_str(), "trash" | "spam"),
        Test::All(all) => all.is_empty() || all.iter().any(everywhere),
        Test::Any(any) => any.iter().any(everywhere),
        _ => false,
    }
}

/// `2024/06/01`, `2024-6-1`, `06/01/2024`, `2024/06`, `2024`: the midnight a day begins with, where the person is.
fn midnight(text: &str, now: &Zoned) -> Option<UnixMillis> {
    let parts: Vec<&str> = text.split(['/', '-', '.']).filter(|part| !part.is_empty()).collect();
    let number = |at: usize| parts.get(at).map_or(Some(1), |part| part.parse::<i16>().ok());
    let (year, month, day) = match parts.as_slice() {
        [_, _, last] if last.len() == 4 => (number(2)?, number(0)?, number(1)?),
        [first, ..] if first.len() == 4 && parts.len() <= 3 => (number(0)?, number(1)?, number(2)?),
        _ => return None,
    };
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    Some(date.to_zoned(now.time_zone().clone()).ok()?.timestamp().as_millisecond())
}

/// `3d`, `2w`, `6m`, `1y` before now.
fn ago(text: &str, now: &Zoned) -> Option<UnixMillis> {
    let unit = text.chars().next_back()?;
    let many: i32 = text[..text.len() - unit.len_utf8()].parse().ok().filter(|many| (0..=1_000_000).contains(many))?;
    let span = match unit {
        'h' => many.hours(),
        'd' => many.days(),
        'w' => many.checked_mul(7)?.days(),
        'm' => many.months(),
        'y' => many.years(),
        _ => return None,
    };
    Some(now.checked_sub(span).ok()?.timestamp().as_millisecond())
}

#[cfg(test)]
#[path = "query_tests.rs"]
mod tests;
