//! What an answer quotes, as Gmail does it: a line that says whose words they are, and the words, marked. Pure.

use super::eml::one_line;
use crate::api::{Person, UnixMillis};
use crate::error::{Error, Result};
use crate::language;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Longer than this, an attribution is broken before the address, where Gmail breaks it.
const LINE: usize = 78;
/// The language of an attribution where there are no words in the letter's.
const FALLBACK: &str = "en";

/// How one language says whose words a quote is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    dated: String,
    undated: String,
    who: String,
    clock: u8,
    weekdays: [String; 7],
    months: [String; 12],
}

/// The message that is quoted.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Quoted {
    pub(super) from: Option<Person>,
    pub(super) date: Option<UnixMillis>,
    /// Its text, whole: with its own signature and quote.
    pub(super) text: String,
}

/// A quote as it stands in a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quote {
    /// Whose words, on one line; empty where nobody can be named.
    pub(super) attribution: String,
    /// The words, without marks.
    pub(super) text: String,
}

impl Quote {
    /// The quote of a message in a letter of this language, with times as they are in `zone`.
    pub(super) fn of(quoted: &Quoted, language: Option<&str>, zone: &TimeZone) -> Result<Self> {
        let attribution = match &quoted.from {
            Some(from) => attribution(&words(language)?, from, quoted.date, zone),
            None => String::new(),
        };
        Ok(Self { attribution, text: quoted.text.trim_end().replace("\r\n", "\n") })
    }

    /// As it stands in the plain part.
    pub(super) fn plain(&self) -> String {
        let marked = self.text.lines().map(|line| if line.is_empty() { ">".to_owned() } else { format!("> {line}") });
        let marked = marked.collect::<Vec<_>>().join("\n");
        if self.attribution.is_empty() { marked } else { format!("{}\n\n{marked}", wrapped(&self.attribution)) }
    }
}

fn words(language: Option<&str>) -> Result<Words> {
    let mut all: BTreeMap<String, Words> = serde_norway::from_str(include_str!("../../data/quotes.yaml"))
        .map_err(|e| Error::internal("reading how quotes begin", e))?;
    let asked = language.map(language::base).and_then(|base| all.remove(base));
    asked.or_else(|| all.remove(FALLBACK)).ok_or(Error::Internal { what: "no words for a quote", source: None })
}

fn attribution(words: &Words, from: &Person, date: Option<UnixMillis>, zone: &TimeZone) -> String {
    let name = from.name.as_deref().map(one_line).filter(|name| !name.is_empty());
    let who = match name {
        Some(name) => words.who.replace("{name}", &name).replace("{address}", from.address.as_str()),
        None => format!("<{}>", from.address),
    };
    let Some(at) = date.and_then(|date| Timestamp::from_millisecond(date).ok()) else {
        return words.undated.replace("{who}", &who);
    };
    let at = at.to_zoned(zone.clone());
    // The name comes last: braces in it are nobody's blanks.
    filled(&words.dated, words, &at).replace("{who}", &who)
}

/// A moment as the block over a forwarded message says it.
pub(super) fn day_and_time(at: UnixMillis, zone: &TimeZone) -> Result<String> {
    let at = Timestamp::from_millisecond(at).unwrap_or_default().to_zoned(zone.clone());
    Ok(filled("{weekday}, {month} {day}, {year} at {time}", &words(None)?, &at))
}

fn filled(blanks: &str, words: &Words, at: &Zoned) -> String {
    let month = &words.months[usize::from(at.month().unsigned_abs().clamp(1, 12)) - 1];
    let weekday = &words.weekdays[usize::from(at.weekday().to_monday_zero_offset().unsigned_abs()) % 7];
    blanks
        .replace("{weekday}", weekday)
        .replace("{day}", &at.day().to_string())
        .replace("{month}", month)
        .replace("{year}", &at.year().to_string())
        .replace("{time}", &clock(words.clock, at.hour(), at.minute()))
}

fn clock(hours: u8, hour: i8, minute: i8) -> String {
    if hours == 24 {
        return format!("{hour:02}:{minute:02}");
    }
    let half = if hour < 12 { "AM" } else { "PM" };
    format!("{}:{minute:02} {half}", if hour % 12 == 0 { 12 } else { hour % 12 })
}

/// Broken behind the `<` of the address, as Gmail breaks a line that is too long.
fn wrapped(attribution: &str) -> String {
    match attribution.rfind('<') {
        Some(at) if attribution.chars().count() > LINE => {
            format!("{}\n{}", &attribution[..=at], &attribution[at + 1..])
        }
        _ => attribution.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(name: &str) -> Quoted {
        let name = (!name.is_empty()).then(|| name.to_owned());
        Quoted {
            from: Some(Person { name, address: "dana@example.org".parse().unwrap() }),
            date: Some(1_795_514_580_000), // 2026-11-24T10:03:00Z
            text: "Shall we?\n\n> an older one\n\n-- \nDana".into(),
        }
    }

    fn line(language: &str, name: &str) -> String {
        Quote::of(&quoted(name), Some(language), &TimeZone::UTC).unwrap().attribution
    }

    #[test]
    fn each_language_says_it_as_gmail_does() {
        for (language, expected) in [
            ("en", "On Tue, Nov 24, 2026 at 10:03 AM Dana Özil <dana@example.org> wrote:"),
            ("en-GB", "On Tue, Nov 24, 2026 at 10:03 AM Dana Özil <dana@example.org> wrote:"),
            ("de", "Am Di., 24. Nov. 2026 um 10:03 Uhr schrieb Dana Özil <dana@example.org>:"),
            ("fr", "Le mar. 24 nov. 2026 à 10:03, Dana Özil <dana@example.org> a écrit\u{a0}:"),
            ("es", "El mar, 24 nov 2026 a las 10:03, Dana Özil (<dana@example.org>) escribió:"),
            ("it", "Il giorno mar 24 nov 2026 alle ore 10:03 Dana Özil <dana@example.org> ha scritto:"),
            ("nl", "Op di 24 nov 2026 om 10:03 schreef Dana Özil <dana@example.org>:"),
            ("pt", "Em ter., 24 de nov. de 2026 às 10:03, Dana Özil <dana@example.org> escreveu:"),
            ("ja", "On Tue, Nov 24, 2026 at 10:03 AM Dana Özil <dana@example.org> wrote:"),
        ] {
            assert_eq!(line(language, "Dana Özil"), expected);
        }
    }

    #[test]
    fn a_name_is_a_name_and_nothing_else() {
        assert_eq!(line("en", ""), "On Tue, Nov 24, 2026 at 10:03 AM <dana@example.org> wrote:");
        assert_eq!(line("en", "{year}\r\nx"), "On Tue, Nov 24, 2026 at 10:03 AM {year} x <dana@example.org> wrote:");
        let undated = Quoted { date: None, ..quoted("Dana") };
        let undated = Quote::of(&undated, Some("de"), &TimeZone::UTC).unwrap();
        assert_eq!(undated.attribution, "Dana <dana@example.org> schrieb:");
        let nobody = Quote::of(&Quoted { from: None, ..quoted("") }, None, &TimeZone::UTC).unwrap();
        assert_eq!(nobody.plain(), "> Shall we?\n>\n> > an older one\n>\n> -- \n> Dana");
    }

    #[test]
    fn times_are_the_person_s_own() {
        let zone = TimeZone::get("America/New_York").unwrap();
        for (hour, expected) in [(5, "12:03 AM"), (10, "5:03 AM"), (17, "12:03 PM"), (23, "6:03 PM")] {
            let at = Quoted { date: Some(1_795_514_580_000 + (hour - 10) * 3_600_000), ..quoted("Dana") };
            let line = Quote::of(&at, Some("en"), &zone).unwrap().attribution;
            assert!(line.contains(&format!(" at {expected} Dana")), "{line}");
        }
    }

    #[test]
    fn a_long_line_is_broken_where_gmail_breaks_it() {
        let quote = Quote::of(&quoted("Dana Whitfield-Özil of Example Works"), Some("en"), &TimeZone::UTC).unwrap();
        assert!(
            quote.plain().starts_with(
                "On Tue, Nov 24, 2026 at 10:03 AM Dana Whitfield-Özil of Example Works <\ndana@example.org> wrote:\n\n> Shall we?\n>\n"
            ),
            "{}",
            quote.plain()
        );
    }
}
