//! Values for a template's blanks: checked by kind, written as the letter's language writes them, found in the user's own line. Pure.

use crate::api::{UnixMillis, VariableKind};
use crate::memory::manners::{capitalise, primary};
use crate::memory::words::fold;
use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan, tz::TimeZone};

/// What does not fit, in a few words for the person who wrote it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Misfit(pub String);

/// A value as the letter writes it.
///
/// # Errors
/// Why the value does not fit its kind.
pub fn written(kind: &VariableKind, value: &str, language: &str) -> Result<String, Misfit> {
    let value = value.trim();
    match kind {
        VariableKind::Text => Ok(value.to_owned()),
        VariableKind::Date => value
            .parse::<Date>()
            .map(|d| date(d, language))
            .map_err(|_| Misfit(format!("“{value}” is no day: give it as YYYY-MM-DD"))),
        VariableKind::Amount if is_amount(value) => Ok(value.to_owned()),
        VariableKind::Amount => Err(Misfit(format!("“{value}” is no sum with its currency, as in “12,400 EUR”"))),
        VariableKind::Number if is_number(value) => Ok(value.to_owned()),
        VariableKind::Number => Err(Misfit(format!("“{value}” is no number"))),
        VariableKind::Choice { options } => {
            let chosen = options.iter().find(|o| fold(o) == fold(value)).cloned();
            chosen.ok_or_else(|| Misfit(format!("“{value}” is none of: {}", options.join(", "))))
        }
    }
}

/// A day written out, as in `Friday, 27 November`. Where the language's way is not known, it stays `2026-11-27`.
#[must_use]
pub fn date(day: Date, language: &str) -> String {
    let (weekday, month, number) = (day.weekday(), usize::from(day.month().unsigned_abs()) - 1, day.day());
    match primary(language) {
        "en" => format!("{}, {number} {}", EN_DAYS[index(weekday)], EN_MONTHS[month]),
        "de" => format!("{}, {number}. {}", DE_DAYS[index(weekday)], DE_MONTHS[month]),
        "fr" => format!("{} {number} {}", FR_DAYS[index(weekday)], FR_MONTHS[month]),
        "es" => format!("{} {number} de {}", ES_DAYS[index(weekday)], ES_MONTHS[month]),
        _ => day.to_string(),
    }
}

fn index(day: Weekday) -> usize {
    usize::from(day.to_monday_zero_offset().unsigned_abs())
}

const EN_DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const DE_DAYS: [&str; 7] = ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"];
const FR_DAYS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
const ES_DAYS: [&str; 7] = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];
const EN_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DE_MONTHS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const FR_MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const ES_MONTHS: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];

fn is_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    digits > 0
        && text
            .trim_start_matches(['-', '+'])
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | '’' | ' ' | '\u{a0}' | '%'))
}

/// A number with a currency before or after it: a sign, or a code of three capitals.
fn is_amount(text: &str) -> bool {
    let is_currency = |c: &str| {
        c.chars().count() == 1 && c.chars().all(|c| "€$£¥₹₽₩₺₪฿".contains(c))
            || c.len() == 3 && c.bytes().all(|b| b.is_ascii_uppercase())
            || matches!(fold(c).as_str(), "euro" | "euros" | "dollar" | "dollars" | "pounds" | "franken" | "fr.")
    };
    let first = text.find(|c: char| c.is_ascii_digit() || c == '-');
    let last = text.rfind(|c: char| c.is_ascii_digit() || c == '–');
    let (Some(first), Some(last)) = (first, last) else { return false };
    let last = last + text[last..].chars().next().map_or(1, char::len_utf8);
    if first >= last {
        return false;
    }
    let (before, number, after) =
        (text[..first].trim(), &text[first..last], text[last..].trim_start_matches([',', '-', '.', '–']).trim());
    is_number(number.trim_end_matches(['–', '-', ',', '.']))
        && (is_currency(before) && after.is_empty() || before.is_empty() && is_currency(after))
}

// ---------------------------------------------------------------- in its place

/// The value as it stands at its place: a sentence of its own, or within one.
#[must_use]
pub fn in_place(value: &str, before: &str, next: Option<char>, alone: bool) -> String {
    let begins = before.trim_end().is_empty() || before.trim_end().ends_with(['.', '!', '?']);
    let value = if begins { capitalise(value) } else { value.to_owned() };
    if alone
        && !value.is_empty()
        && !value.ends_with(['.', '!', '?', ':', ')', '"', '”'])
        && value.split_whitespace().count() > 2
    {
        return format!("{value}.");
    }
    if next.is_some_and(|c| ".,;:?!".contains(c)) { value.trim_end_matches(['.', ',', ';']).to_owned() } else { value }
}

/// What an empty blank leaves behind: double spaces, a space before a full stop, a colon at the end.
#[must_use]
pub fn tidy(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let mut line = line.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
        for mark in [".", ",", "?", "!"] {
            line = line.replace(&format!(" {mark}"), mark);
        }
        line
    });
    lines.collect::<Vec<_>>().join("\n").trim_end_matches([':', ' ']).trim_start_matches([':', ' ']).to_owned()
}

// ---------------------------------------------------------------- found in the user's line

/// A value of this kind that the user's own line names.
#[must_use]
pub fn found_in(kind: &VariableKind, intent: &str, language: &str, now: UnixMillis) -> Option<String> {
    match kind {
        VariableKind::Date => day_in(intent, now).map(|d| d.to_string()),
        VariableKind::Amount => spans(intent, 2).find(|s| is_amount(s)).map(str::to_owned),
        VariableKind::Number => spans(intent, 1).find(|s| is_number(s)).map(str::to_owned),
        VariableKind::Choice { options } => options.iter().find(|o| fold(intent).contains(&fold(o))).cloned(),
        VariableKind::Text => topic_of(intent, language),
    }
}

/// Every run of one to `most` words, the longer first, without the punctuation around it.
fn spans(text: &str, most: usize) -> impl Iterator<Item = &str> {
    let words: Vec<(usize, usize)> =
        text.split_whitespace().map(|w| (w.as_ptr() as usize - text.as_ptr() as usize, w.len())).collect();
    let runs = (1..=most)
        .rev()
        .flat_map(move |n| words.windows(n).map(|w| (w[0].0, w[n - 1].0 + w[n - 1].1)).collect::<Vec<_>>());
    runs.map(|(from, to)| text[from..to].trim_matches([',', '.', ';', ':', '!', '?', '(', ')']))
}

/// The first day the text names: `2026-11-27`, `friday`, `tomorrow`, `27 november`, `27.11.`, in English or German. Days of the week are the
/// next to come.
#[must_use]
pub fn day_in(text: &str, now: UnixMillis) -> Option<Date> {
    let today = Timestamp::from_millisecond(now).ok()?.to_zoned(TimeZone::UTC).date();
    let words: Vec<&str> =
        text.split_whitespace().map(|w| w.trim_matches([',', ';', ':', '!', '?', '(', ')'])).collect();
    (0..words.len()).find_map(|at| {
        let next = words.get(at + 1).copied().unwrap_or_default();
        words[at]
            .trim_end_matches('.')
            .parse::<Date>()
            .ok()
            .or_else(|| relative(&fold(words[at]), today))
            .or_else(|| numbered(words[at], next, today))
            .or_else(|| numbered(next, words[at], today))
    })
}

fn relative(word: &str, today: Date) -> Option<Date> {
    let days = match word.trim_end_matches('.') {
        "today" | "heute" => 0,
        "tomorrow" | "morgen" => 1,
        "ubermorgen" => 2,
        name => {
            let at = [EN_DAYS, DE_DAYS].iter().find_map(|days| days.iter().position(|d| fold(d) == name))?;
            let ahead = (at + 7 - index(today.weekday())) % 7;
            if ahead == 0 { 7 } else { i64::try_from(ahead).ok()? }
        }
    };
    today.checked_add(days.days()).ok()
}

/// `27 November`, `27. November`, `27.11.`, `November 27th`: the next one to come.
fn numbered(number: &str, month: &str, today: Date) -> Option<Date> {
    let (day, month) = match number.split_once('.') {
        Some((day, month)) if !month.trim_end_matches('.').is_empty() => {
            (day.parse::<i8>().ok()?, month.trim_end_matches('.').split('.').next()?.parse::<i8>().ok()?)
        }
        _ => {
            let day = number.trim_end_matches(['.', 't', 'h', 's', 'n', 'd', 'r']).parse::<i8>().ok()?;
            let name = fold(month.trim_end_matches('.'));
            let at = [EN_MONTHS, DE_MONTHS].iter().find_map(|months| {
                months.iter().position(|m| fold(m) == name || (name.len() >= 3 && fold(m).starts_with(&name)))
            })?;
            (day, i8::try_from(at).ok()? + 1)
        }
    };
    let this_year = Date::new(today.year(), month, day).ok()?;
    if this_year >= today { Some(this_year) } else { Date::new(today.year() + 1, month, day).ok() }
}

/// What a line says it is about: after `about`, `on`, `for`, `regarding`; or the whole of it where it is a thing and no instruction.
fn topic_of(intent: &str, language: &str) -> Option<String> {
    let (leads, things): (&[&str], &[&str]) = match primary(language) {
        "de" => (
            &["wegen", "bezüglich", "für", "über", "zu", "zum", "zur"],
            &["der", "die", "das", "den", "dem", "mein", "meine", "unser", "unsere", "ihr", "ihre", "dein", "deine"],
        ),
        _ => (
            &["about", "regarding", "concerning", "for", "on"],
            &["the", "my", "our", "your", "this", "that", "a", "an"],
        ),
    };
    let intent = intent.trim().trim_end_matches(['.', '!']);
    let words: Vec<&str> = intent.split_whitespace().collect();
    if things.contains(&fold(words.first()?).as_str()) && words.len() <= 8 {
        return Some(intent.to_owned());
    }
    let at = leads.iter().find_map(|lead| words.iter().position(|w| fold(w) == fold(lead)))?;
    let rest: Vec<&str> = words[at + 1..]
        .iter()
        .copied()
        .take_while(|w| !matches!(fold(w).as_str(), "and" | "und" | "but" | "aber"))
        .collect();
    let topic = rest.join(" ");
    let topic = topic.split([',', ';', '.']).next().unwrap_or_default().trim();
    (!topic.is_empty() && topic.split_whitespace().count() <= 10).then(|| topic.to_owned())
}
