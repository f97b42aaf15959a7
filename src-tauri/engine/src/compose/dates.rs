//! Days and times as people write them, in English and German, and what they mean on the day they were written. Pure.

use super::lex::{Kind, Token};
use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use std::ops::Range;

/// What a day or a time in a text means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// One of these days: some ways of writing leave two readings.
    Days(Vec<Date>),
    /// The week that begins on this Monday.
    Week(Date),
    /// A month, of a year where it says which.
    Month(Option<i16>, i8),
    /// A quarter, of a year where it says which.
    Quarter(Option<i16>, i8),
    /// A time of day.
    Time(i8, i8),
}

impl Meaning {
    /// Whether `self` follows from a source that says `said`.
    pub(super) fn follows_from(&self, said: &Meaning) -> bool {
        match (self, said) {
            (Self::Days(a), Self::Days(b)) => a.iter().any(|day| b.contains(day)),
            (Self::Week(monday), Self::Days(b)) => b.iter().any(|day| monday_of(*day) == *monday),
            (Self::Month(year, month), Self::Days(b)) => {
                b.iter().any(|day| day.month() == *month && year.is_none_or(|y| y == day.year()))
            }
            (Self::Month(y1, m1), Self::Month(y2, m2)) | (Self::Quarter(y1, m1), Self::Quarter(y2, m2)) => {
                m1 == m2 && (y1 == y2 || y1.is_none() || y2.is_none())
            }
            (a, b) => a == b,
        }
    }
}

/// Every day and time in the pieces of a text written on `base`.
pub(super) fn find(tokens: &[Token<'_>], base: Date) -> Vec<(Range<usize>, Meaning)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let here = Here { tokens, at, base };
        match here.any() {
            Some((taken, meaning)) => {
                found.push((tokens[at].at.start..tokens[at + taken - 1].at.end, meaning));
                at += taken;
            }
            None => at += 1,
        }
    }
    found
}

/// A place in the pieces.
#[derive(Clone, Copy)]
struct Here<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
    base: Date,
}

type Found = Option<(usize, Meaning)>;

impl<'a> Here<'a> {
    fn token(&self, ahead: usize) -> Option<&'a Token<'a>> {
        self.tokens.get(self.at + ahead)
    }

    fn lower(&self, ahead: usize) -> &'a str {
        self.token(ahead).map_or("", |t| t.lower.as_str())
    }

    fn before(&self, back: usize) -> &'a str {
        self.at.checked_sub(back).map_or("", |at| self.tokens[at].lower.as_str())
    }

    fn on(&self, ahead: usize) -> Self {
        Self { at: self.at + ahead, ..*self }
    }

    /// Whether two pieces stand without a space between them.
    fn touching(&self, ahead: usize) -> bool {
        match (self.token(ahead), self.token(ahead + 1)) {
            (Some(a), Some(b)) => a.at.end == b.at.start,
            _ => false,
        }
    }

    fn any(self) -> Found {
        self.weekday()
            .or_else(|| self.time())
            .or_else(|| self.day())
            .or_else(|| self.relative())
            .or_else(|| self.month_alone())
    }

    /// A calendar day: `2026-11-27`, `27.11.2026`, `27.11.`, `11/27/2026`, `27 November`, `November 27th, 2026`.
    fn day(self) -> Found {
        self.numeric_day().or_else(|| self.day_month()).or_else(|| self.month_day())
    }

    fn numeric_day(self) -> Found {
        let token = self.token(0).filter(|t| t.kind == Kind::Number)?;
        if let Some(parts) = numbers(token.text, '-', 3) {
            return Some((1, Meaning::Days(vec![date(parts[0], parts[1], parts[2])?])));
        }
        if let Some(parts) = numbers(token.text, '.', 3) {
            return Some((1, Meaning::Days(vec![date(full_year(parts[2]), parts[1], parts[0])?])));
        }
        if let Some(parts) = numbers(token.text, '/', 3) {
            let (year, a, b) = (full_year(parts[2]), parts[0], parts[1]);
            let days: Vec<Date> = [date(year, a, b), date(year, b, a)].into_iter().flatten().collect();
            return (!days.is_empty()).then_some((1, Meaning::Days(days)));
        }
        let parts = numbers(token.text, '.', 2)?;
        let dotted = self.lower(1) == "." && self.touching(0);
        let named = ["am", "bis", "vom", "zum", "ab", "den", "dem"].contains(&self.before(1)) && self.lower(1) != "uhr";
        (dotted || named).then_some(())?;
        let taken = if dotted { 2 } else { 1 };
        Some((taken, Meaning::Days(vec![self.nearest(parts[1], parts[0])?])))
    }

    fn day_month(self) -> Found {
        let day = self.day_number(0)?;
        let mut ahead = 1;
        let suffix = ["st", "nd", "rd", "th"].contains(&self.lower(1)) && self.touching(0);
        if suffix || self.lower(1) == "." {
            ahead += 1;
        }
        if self.lower(ahead) == "of" {
            ahead += 1;
        }
        let month = month(self.token(ahead)?)?;
        self.with_year(ahead + 1, month, day)
    }

    fn month_day(self) -> Found {
        let month = month(self.token(0)?)?;
        let day = self.day_number(1)?;
        let suffix = ["st", "nd", "rd", "th"].contains(&self.lower(2)) && self.touching(1);
        self.with_year(if suffix { 3 } else { 2 }, month, day)
    }

    fn day_number(self, ahead: usize) -> Option<i16> {
        let token = self.token(ahead).filter(|t| t.kind == Kind::Number)?;
        token.text.parse().ok().filter(|day| (1..=31).contains(day))
    }

    /// A day and a month, with the year that may follow.
    fn with_year(self, ahead: usize, month: i16, day: i16) -> Found {
        let comma = usize::from(self.lower(ahead) == ",");
        match self.year(ahead + comma) {
            Some(year) => Some((ahead + comma + 1, Meaning::Days(vec![date(year, month, day)?]))),
            None => Some((ahead, Meaning::Days(vec![self.nearest(month, day)?]))),
        }
    }

    fn year(self, ahead: usize) -> Option<i16> {
        let token = self.token(ahead).filter(|t| t.kind == Kind::Number && t.text.len() == 4)?;
        token.text.parse().ok().filter(|year| (1990..2100).contains(year))
    }

    /// The day of that month that is nearest to the day of writing.
    fn nearest(self, month: i16, day: i16) -> Option<Date> {
        let year = self.base.year();
        let candidates = [year - 1, year, year + 1].into_iter().filter_map(|year| date(year, month, day));
        candidates.min_by_key(|candidate| self.base.until(*candidate).map_or(i32::MAX, |span| span.get_days().abs()))
    }

    /// A weekday, alone or before a calendar day.
    fn weekday(self) -> Found {
        let relation =
            ["next", "this", "last", "nächsten", "nächster", "kommenden", "diesen", "letzten"].contains(&self.lower(0));
        let lead = usize::from(relation);
        let day = weekday(self.lower(lead))?;
        for gap in 1..=2 {
            let filler = gap == 1 || [",", "the", "der", "den", "dem", "("].contains(&self.lower(lead + 1));
            if filler && let Some((taken, meaning)) = self.on(lead + gap).day() {
                return Some((lead + gap + taken, meaning));
            }
        }
        if [",", "the"].contains(&self.lower(lead + 1))
            && ["the", "der", "den", "dem"].contains(&self.lower(lead + 2))
            && let Some((taken, meaning)) = self.on(lead + 3).day()
        {
            return Some((lead + 3 + taken, meaning));
        }
        let ahead = (i64::from(day.to_monday_zero_offset()) - i64::from(self.base.weekday().to_monday_zero_offset()))
            .rem_euclid(7);
        let coming = self.plus(ahead.days())?;
        let days = match self.lower(0) {
            "next" | "nächsten" | "nächster" => vec![coming, coming.checked_add(7.days()).ok()?],
            "last" | "letzten" => vec![coming.checked_sub(7.days()).ok()?],
            _ if ahead == 0 => vec![coming, coming.checked_add(7.days()).ok()?],
            _ => vec![coming],
        };
        Some((lead + 1, Meaning::Days(days)))
    }

    fn plus(self, span: Span) -> Option<Date> {
        self.base.checked_add(span).ok()
    }

    /// `3 pm`, `15:00`, `15 Uhr`, `15.30 Uhr`, `noon`.
    fn time(self) -> Found {
        if ["noon", "midday", "mittags"].contains(&self.lower(0)) {
            return Some((1, Meaning::Time(12, 0)));
        }
        let token = self.token(0).filter(|t| t.kind == Kind::Number)?;
        let colon = numbers(token.text, ':', 2);
        let dotted = numbers(token.text, '.', 2).filter(|_| self.lower(1) == "uhr");
        let whole = token.text.parse::<i16>().ok().map(|hour| vec![hour, 0]);
        let (taken, shift) = self.half_of_day(1);
        let spoken = taken > 0 || self.lower(1) == "uhr";
        let parts = colon.clone().or(dotted).or_else(|| whole.filter(|_| spoken))?;
        let clock = usize::from(["uhr", "h"].contains(&self.lower(1)));
        let hour = match shift {
            Some(pm) if (1..=12).contains(&parts[0]) => parts[0] % 12 + if pm { 12 } else { 0 },
            Some(_) => return None,
            None => parts[0],
        };
        let valid = (0..24).contains(&hour) && (0..60).contains(&parts[1]);
        let (hour, minute) = (i8::try_from(hour).ok()?, i8::try_from(parts[1]).ok()?);
        valid.then_some((1 + taken.max(clock), Meaning::Time(hour, minute)))
    }

    /// `am`, `pm`, `a.m.`, `p.m.`: how many pieces, and whether it is the afternoon.
    fn half_of_day(self, ahead: usize) -> (usize, Option<bool>) {
        match self.lower(ahead) {
            "pm" => (1, Some(true)),
            "am" if self.token(ahead).is_some_and(|t| t.text != "Am")
                && !self.token(ahead + 1).is_some_and(|t| t.kind == Kind::Number) =>
            {
                (1, Some(false))
            }
            half @ ("a" | "p") if self.lower(ahead + 1) == "." && self.lower(ahead + 2) == "m" => {
                (3, Some(half == "p"))
            }
            _ => (0, None),
        }
    }

    /// `tomorrow`, `next week`, `in two weeks`, `übermorgen`.
    fn relative(self) -> Found {
        let day = |taken: usize, days: i64| Some((taken, Meaning::Days(vec![self.plus(days.days())?])));
        let greets = ["guten", "good", "am", "heute", "jeden"].contains(&self.before(1));
        match (self.lower(0), self.lower(1)) {
            ("tomorrow", _) => day(1, 1),
            ("morgen", _) if !greets && self.token(0)?.text == "morgen" => day(1, 1),
            ("übermorgen", _) => day(1, 2),
            (
                "next" | "nächste" | "nächsten" | "nächster" | "kommende" | "kommenden" | "kommender",
                "week" | "woche",
            ) => Some((2, Meaning::Week(monday_of(self.plus(7.days())?)))),
            ("this" | "diese" | "dieser", "week" | "woche") => Some((2, Meaning::Week(monday_of(self.base)))),
            ("next" | "nächsten" | "kommenden", "month" | "monat") => {
                let next = self.plus(1.months())?;
                Some((2, Meaning::Month(Some(next.year()), next.month())))
            }
            ("in" | "within" | "binnen", _) => self.distance(1),
            ("innerhalb", "von") => self.distance(2),
            _ => None,
        }
    }

    fn distance(self, ahead: usize) -> Found {
        let many = self.token(ahead)?;
        let many =
            many.text.parse::<i64>().ok().or_else(|| small_number(&many.lower)).filter(|n| (1..=400).contains(n))?;
        let days = match self.lower(ahead + 1) {
            "day" | "days" | "tag" | "tagen" | "tage" => many,
            "week" | "weeks" | "woche" | "wochen" => many * 7,
            _ => return None,
        };
        Some((ahead + 2, Meaning::Days(vec![self.plus(days.days())?])))
    }

    /// `November 2026`, `end of November`, `Q1 2027`.
    fn month_alone(self) -> Found {
        let token = self.token(0)?;
        if token.lower == "q" && self.touching(0) && self.token(1)?.text.len() == 1 {
            let quarter = self.token(1)?.text.parse::<i8>().ok().filter(|q| (1..=4).contains(q))?;
            let year = self.year(2);
            return Some((if year.is_some() { 3 } else { 2 }, Meaning::Quarter(year, quarter)));
        }
        let month = i8::try_from(month(token)?).ok()?;
        if let Some(year) = self.year(1) {
            return Some((2, Meaning::Month(Some(year), month)));
        }
        let placed =
            ["in", "im", "by", "until", "bis", "of", "since", "seit", "ende", "anfang", "mitte", "from", "ab", "till"];
        placed.contains(&self.before(1)).then_some((1, Meaning::Month(None, month)))
    }
}

fn monday_of(day: Date) -> Date {
    day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).unwrap_or(day)
}

/// So many numbers with this character between them, and no other.
fn numbers(text: &str, between: char, count: usize) -> Option<Vec<i16>> {
    let parts: Vec<_> = text.split(between).collect();
    let shaped = parts.len() == count
        && parts.iter().all(|p| (1..=4).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()));
    shaped.then(|| parts.iter().filter_map(|p| p.parse().ok()).collect::<Vec<_>>()).filter(|v| v.len() == count)
}

fn full_year(year: i16) -> i16 {
    if year < 100 { 2000 + year } else { year }
}

fn date(year: i16, month: i16, day: i16) -> Option<Date> {
    let plausible = (1900..2200).contains(&year);
    plausible.then_some(())?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn weekday(lower: &str) -> Option<Weekday> {
    Some(match lower {
        "monday" | "montag" => Weekday::Monday,
        "tuesday" | "dienstag" => Weekday::Tuesday,
        "wednesday" | "mittwoch" => Weekday::Wednesday,
        "thursday" | "donnerstag" => Weekday::Thursday,
        "friday" | "freitag" => Weekday::Friday,
        "saturday" | "samstag" | "sonnabend" => Weekday::Saturday,
        "sunday" | "sonntag" => Weekday::Sunday,
        _ => return None,
    })
}

/// A month's name; with a capital, because `may` and `march` are words too.
fn month(token: &Token<'_>) -> Option<i16> {
    let capital = token.kind == Kind::Word && token.text.starts_with(char::is_uppercase);
    capital.then_some(())?;
    Some(match token.lower.as_str() {
        "january" | "januar" | "jänner" | "jan" => 1,
        "february" | "februar" | "feb" => 2,
        "march" | "märz" | "mar" => 3,
        "april" | "apr" => 4,
        "may" | "mai" => 5,
        "june" | "juni" | "jun" => 6,
        "july" | "juli" | "jul" => 7,
        "august" | "aug" => 8,
        "september" | "sep" | "sept" => 9,
        "october" | "oktober" | "oct" | "okt" => 10,
        "november" | "nov" => 11,
        "december" | "dezember" | "dec" | "dez" => 12,
        _ => return None,
    })
}

fn small_number(lower: &str) -> Option<i64> {
    Some(match lower {
        "a" | "one" | "ein" | "eine" | "einem" | "einer" => 1,
        "two" | "zwei" => 2,
        "three" | "drei" => 3,
        "four" | "vier" => 4,
        "five" | "fünf" => 5,
        "six" | "sechs" => 6,
        "seven" | "sieben" => 7,
        "ten" | "zehn" => 10,
        "fourteen" | "vierzehn" => 14,
        _ => return None,
    })
}

#[cfg(test)]
#[path = "dates_tests.rs"]
mod tests;
