//! Which lessons a letter is written with, and how they bear on it: the nearest of each matter, within a budget. Pure.

use super::limits::limits;
use super::row::{Known, slot};
use super::say;
use super::weigh::{covers, reach};
use crate::api::{Length, LessonRule, Person, Tone, UnixMillis};
use crate::compose::plain;
use crate::ids::LessonId;
use crate::memory::manners::{capitalise, first_name, primary};

/// A lesson as a letter uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    pub(crate) id: LessonId,
    pub(crate) rule: LessonRule,
    pub(crate) language: Option<String>,
    pub(crate) last: UnixMillis,
}

/// The lessons of a letter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lessons(pub(crate) Vec<Used>);

/// What counts for a letter to these people: for the first of them, else for their house, else for all; of one matter the nearest.
pub(crate) fn choose(mut known: Vec<Known>, to: &[Person]) -> Lessons {
    known.retain(|lesson| lesson.row.counts());
    known.retain(|lesson| match to.first() {
        Some(person) => covers(&lesson.row.scope, person),
        None => reach(&lesson.row.scope) == 2,
    });
    known.sort_by_key(|lesson| (reach(&lesson.row.scope), std::cmp::Reverse(lesson.row.last), lesson.id));
    let (mut taken, mut left, mut chosen) = (Vec::new(), limits().tokens, Vec::new());
    for lesson in known {
        let about = slot(&lesson.row.rule, lesson.row.language.as_deref());
        let Some(rule) = named(lesson.row.rule, to).filter(|_| !taken.contains(&about)) else { continue };
        let cost = plain::tokens(&say::words(&rule));
        if cost > left || chosen.len() >= limits().most {
            continue;
        }
        left -= cost;
        taken.push(about);
        chosen.push(Used { id: lesson.id, rule, language: lesson.row.language, last: lesson.row.last });
    }
    Lessons(chosen)
}

/// The rule with the recipient's name where one is wanted. How one person is greeted says nothing of a letter to several.
fn named(rule: LessonRule, to: &[Person]) -> Option<LessonRule> {
    match (rule, to) {
        (LessonRule::Greet { line }, to) if line.contains("{name}") => {
            let name = to.first().filter(|_| to.len() == 1).and_then(first_name)?;
            Some(LessonRule::Greet { line: line.replace("{name}", &name) })
        }
        (LessonRule::Greet { .. } | LessonRule::NoGreeting, to) if to.len() > 1 => None,
        (rule, _) => Some(rule),
    }
}

impl Lessons {
    /// Those that fit a letter in this language and tone. A tone that was asked for decides greeting and sign-off itself.
    pub(crate) fn fitting(mut self, language: &str, tone: Tone) -> Self {
        let spoken = |used: &Used| used.language.as_deref().is_none_or(|known| primary(known) == primary(language));
        let asked = matches!(tone, Tone::Formal | Tone::Warm);
        self.0.retain(|used| spoken(used) && !(asked && is_frame(&used.rule)));
        self
    }

    /// The lines a model is given, and the page shows.
    pub(crate) fn words(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|used| say::words(&used.rule))
    }

    /// How to greet; empty: not at all.
    pub(crate) fn greeting(&self) -> Option<&str> {
        self.0.iter().find_map(|used| match &used.rule {
            LessonRule::Greet { line } => Some(line.as_str()),
            LessonRule::NoGreeting => Some(""),
            _ => None,
        })
    }

    /// How to sign off.
    pub(crate) fn sign_off(&self) -> Option<&str> {
        self.0
            .iter()
            .find_map(|used| if let LessonRule::SignOff { line } = &used.rule { Some(line.as_str()) } else { None })
    }

    /// The name under it.
    pub(crate) fn name(&self) -> Option<&str> {
        self.0
            .iter()
            .find_map(|used| if let LessonRule::SignAs { name } = &used.rule { Some(name.as_str()) } else { None })
    }

    /// One step shorter, where that was learned.
    pub(crate) fn length(&self, usual: Length) -> Length {
        match usual {
            Length::Long if self.has(&LessonRule::Shorter) => Length::Medium,
            Length::Medium if self.has(&LessonRule::Shorter) => Length::Short,
            usual => usual,
        }
    }

    pub(crate) fn asks_first(&self) -> bool {
        self.has(&LessonRule::AskFirst)
    }

    fn has(&self, rule: &LessonRule) -> bool {
        self.0.iter().any(|used| used.rule == *rule)
    }

    /// The end of a letter, with the sign-off and the name that were learned in place of the usual ones.
    pub(crate) fn ended(&self, usual: String) -> String {
        let mut lines: Vec<String> = usual.lines().map(str::to_owned).collect();
        if let Some(closing) = self.sign_off() {
            if lines.len() < 2 { lines.insert(0, closing.to_owned()) } else { lines[0] = closing.to_owned() }
        }
        if let Some(name) = self.name() {
            if lines.len() > 1 {
                lines.pop();
            }
            lines.push(name.to_owned());
        }
        lines.join("\n")
    }

    /// A text by the lessons about words, marks and lines.
    pub(crate) fn applied(&self, text: String) -> String {
        self.0.iter().fold(text, |text, used| match &used.rule {
            LessonRule::Write { instead_of, write } => replaced(&text, instead_of, write),
            LessonRule::NoExclamationMarks => text.replace('!', "."),
            LessonRule::AddLine { line } if !text.contains(line.as_str()) => format!("{text}\n\n{line}"),
            _ => text,
        })
    }
}

fn is_frame(rule: &LessonRule) -> bool {
    use LessonRule::{Greet, NoGreeting, SignAs, SignOff};
    matches!(rule, Greet { .. } | NoGreeting | SignOff { .. } | SignAs { .. })
}

/// Writes `new` for every `old` that stands there as words of its own, in any case; at a sentence's beginning with a capital.
fn replaced(text: &str, old: &str, new: &str) -> String {
    let (low, wanted) = (text.to_lowercase(), old.to_lowercase());
    let as_long = |c: char| c.to_lowercase().map(char::len_utf8).sum::<usize>() == c.len_utf8();
    if wanted.is_empty() || !text.chars().all(as_long) {
        return text.to_owned(); // with letters whose other case is of another length, the places would not fit
    }
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    for (at, found) in low.match_indices(&wanted) {
        let end = at + found.len();
        if at < from || is_word(text[..at].chars().next_back()) || is_word(text[end..].chars().next()) {
            continue;
        }
        let begins = text[at..].starts_with(char::is_uppercase) && !old.starts_with(char::is_uppercase);
        out.push_str(&text[from..at]);
        out.push_str(&if begins { capitalise(new) } else { new.to_owned() });
        from = end;
    }
    out.push_str(&text[from..]);
    out
}

#[cfg(test)]
#[path = "using_tests.rs"]
mod tests;
