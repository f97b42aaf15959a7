//! What to ask a person before a letter leaves: what is missing from it, and what may be a slip. Pure; it stops nothing.

use crate::api::{Check, CheckKind, EmailAddress, Person, Question, QuestionKind};
use crate::compose::Leaving;
use crate::error::{Error, Result};
use crate::language;
use std::collections::{BTreeMap, BTreeSet};

/// An answer to more people than this is asked about.
const MANY_ANSWERED: usize = 8;
/// Any letter to more people than this is.
const MANY: usize = 20;
/// In a shorter domain one letter makes another domain too often.
const SHORTEST: usize = 8;
/// From here on a letter is somebody else's words.
const FORWARDED: &str = "---------- Forwarded message";

/// What the mailbox knows that a letter does not.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Domains this person has written to.
    pub(super) domains: BTreeSet<String>,
    /// At which of their addresses they received what the letter answers.
    pub(super) received_at: Option<EmailAddress>,
}

/// All there is to ask, the gravest first.
pub(super) fn of(letter: &Leaving, checks: &[Check], known: &Known) -> Result<Vec<Question>> {
    let recipients: Vec<&Person> = letter.to.iter().chain(&letter.cc).chain(&letter.bcc).collect();
    let mut asked = odd_domains(&recipients, &letter.from, known)?;
    asked.extend(letter.gone.then(|| question(QuestionKind::GoneElsewhere, "")));
    asked.extend(nothing_attached(letter)?);
    asked.extend(files_missing(letter));
    asked.extend(checks.iter().filter_map(of_check));
    if letter.body.trim().is_empty() {
        asked.push(question(QuestionKind::EmptyBody, ""));
    }
    if letter.subject.trim().is_empty() {
        asked.push(question(QuestionKind::NoSubject, ""));
    }
    asked.extend(many(&recipients, letter.answers.is_some()));
    let other = known.received_at.as_ref().filter(|at| at.folded() != letter.from.address.folded());
    asked.extend(other.map(|at| question(QuestionKind::FromOther, at.as_str())));
    let mut seen = Vec::new();
    asked.retain(|question| {
        !seen.contains(question) && {
            seen.push(question.clone());
            true
        }
    });
    Ok(asked)
}

fn question(kind: QuestionKind, about: impl Into<String>) -> Question {
    Question { kind, about: about.into() }
}

/// What the draft's check found, as far as it is a reason to ask once more.
fn of_check(check: &Check) -> Option<Question> {
    let kind = match check.kind {
        CheckKind::PlaceholderLeft => QuestionKind::PlaceholderLeft,
        CheckKind::OtherName => QuestionKind::OtherName,
        CheckKind::UnsupportedClaim | CheckKind::UnknownLink | CheckKind::OtherAddress => QuestionKind::Unsupported,
        CheckKind::CopiedFromOthers => QuestionKind::CopiedFromOthers,
        CheckKind::OtherLanguage
        | CheckKind::TooLong
        | CheckKind::TooShort
        | CheckKind::NotLetter
        | CheckKind::SecondSignOff
        | CheckKind::Unfinished
        | CheckKind::WrittenOffline => return None,
    };
    Some(question(kind, check.about.clone()))
}

fn many(recipients: &[&Person], answers: bool) -> Option<Question> {
    let people: BTreeSet<String> = recipients.iter().map(|person| person.address.folded()).collect();
    let most = if answers { MANY_ANSWERED } else { MANY };
    (people.len() > most).then(|| question(QuestionKind::ManyRecipients, people.len().to_string()))
}

// ---------------------------------------------------------------- attachments

fn nothing_attached(letter: &Leaving) -> Result<Option<Question>> {
    if !letter.files.is_empty() || !letter.missing.is_empty() {
        return Ok(None);
    }
    let lists: BTreeMap<String, Vec<String>> = serde_norway::from_str(include_str!("../../data/attached.yaml"))
        .map_err(|e| Error::internal("reading the words for attachments", e))?;
    let own = own_lines(&letter.body).to_lowercase();
    let written = language::of(&own).map(|found| language::base(&found).to_owned());
    let known = written.filter(|language| lists.contains_key(language));
    let tried = lists.iter().filter(|(language, _)| known.as_ref().is_none_or(|known| known == *language));
    let found = tried.flat_map(|(_, words)| words).find_map(|word| spoken(&own, word));
    Ok(found.map(|words| question(QuestionKind::NothingAttached, words)))
}

fn files_missing(letter: &Leaving) -> Option<Question> {
    (!letter.missing.is_empty()).then(|| question(QuestionKind::FilesMissing, letter.missing.join(", ")))
}

/// What the writer wrote themselves: no quote, nothing forwarded.
fn own_lines(body: &str) -> String {
    let lines = body.lines().take_while(|line| !line.starts_with(FORWARDED)).filter(|line| !line.starts_with('>'));
    lines.collect::<Vec<_>>().join("\n")
}

/// The words as they stand in the text, whole.
fn spoken(text: &str, word: &str) -> Option<String> {
    let stem = word.strip_suffix('*');
    let wanted = stem.unwrap_or(word);
    text.match_indices(wanted).find_map(|(at, _)| {
        let begins = !text[..at].ends_with(char::is_alphanumeric);
        let rest = &text[at + wanted.len()..];
        let tail = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        (begins && (tail == 0 || stem.is_some())).then(|| text[at..at + wanted.len() + tail].to_owned())
    })
}

// ---------------------------------------------------------------- domains

fn odd_domains(recipients: &[&Person], from: &Person, known: &Known) -> Result<Vec<Question>> {
    let providers: BTreeSet<String> = serde_norway::from_str(include_str!("../../data/domains.yaml"))
        .map_err(|e| Error::internal("reading the providers' domains", e))?;
    let usual =
        |domain: &str| providers.contains(domain) || known.domains.contains(domain) || from.address.domain() == domain;
    let odd = |domain: &str| {
        let close = |other: &str| other.len() >= SHORTEST && one_slip(domain, other);
        !usual(domain)
            && (!domain.contains('.')
                || close(from.address.domain())
                || providers.iter().chain(&known.domains).any(|other| close(other)))
    };
    let asked = recipients.iter().filter(|person| odd(person.address.domain()));
    Ok(asked.map(|person| question(QuestionKind::OddDomain, person.address.as_str())).collect())
}

/// Whether one letter more, less or other, or two neighbours changed, make one of the other.
fn one_slip(one: &str, other: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    match long.len() - short.len() {
        0 if same == short.len() => false,
        0 => {
            let swapped = same + 1 < a.len() && a[same] == b[same + 1] && a[same + 1] == b[same];
            a[same + 1..] == b[same + 1..] || (swapped && a[same + 2..] == b[same + 2..])
        }
        1 => short[same..] == long[same + 1..],
        _ => false,
    }
}

#[cfg(test)]
#[path = "questions_tests.rs"]
mod tests;
