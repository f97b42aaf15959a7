//! Days and times as people write them: tables of cases.

use super::*;
use crate::compose::lex::tokens;
use jiff::civil::date;

fn read(text: &str) -> Vec<(String, Meaning)> {
    let base = date(2026, 11, 23); // a Monday
    find(&tokens(text), base).into_iter().map(|(at, meaning)| (text[at].to_owned(), meaning)).collect()
}

fn day(month: i8, day: i8) -> Meaning {
    Meaning::Days(vec![date(2026, month, day)])
}

#[test]
fn days_and_times_mean_what_they_say() {
    let both = |a, b| Meaning::Days(vec![date(2026, 11, a), date(2026, if b < a { 12 } else { 11 }, b)]);
    let table = [
        ("by Friday", "Friday", day(11, 27)),
        ("on Friday, 27 November", "Friday, 27 November", day(11, 27)),
        ("on Friday the 27th of November", "Friday the 27th of November", day(11, 27)),
        ("am Freitag, den 27. November", "Freitag, den 27. November", day(11, 27)),
        ("am Freitag, 27.11.", "Freitag, 27.11.", day(11, 27)),
        ("next Friday", "next Friday", both(27, 4)),
        ("nächsten Freitag", "nächsten Freitag", both(27, 4)),
        ("this Friday", "this Friday", day(11, 27)),
        ("last Friday", "last Friday", day(11, 20)),
        ("on Monday", "Monday", both(23, 30)),
        ("27 November", "27 November", day(11, 27)),
        ("November 27th, 2026", "November 27th, 2026", day(11, 27)),
        ("Nov 27", "Nov 27", day(11, 27)),
        ("27. November 2026", "27. November 2026", day(11, 27)),
        ("2026-11-27", "2026-11-27", day(11, 27)),
        ("27.11.2026", "27.11.2026", day(11, 27)),
        ("27.11.26", "27.11.26", day(11, 27)),
        ("bis 27.11. bitte", "27.11.", day(11, 27)),
        ("11/27/2026", "11/27/2026", day(11, 27)),
        ("3 January", "3 January", Meaning::Days(vec![date(2027, 1, 3)])),
        ("tomorrow", "tomorrow", day(11, 24)),
        ("wir sehen uns morgen", "morgen", day(11, 24)),
        ("übermorgen", "übermorgen", day(11, 25)),
        ("next week", "next week", Meaning::Week(date(2026, 11, 30))),
        ("nächste Woche", "nächste Woche", Meaning::Week(date(2026, 11, 30))),
        ("this week", "this week", Meaning::Week(date(2026, 11, 23))),
        ("in two weeks", "in two weeks", day(12, 7)),
        ("within 14 days", "within 14 days", day(12, 7)),
        ("in zwei Wochen", "in zwei Wochen", day(12, 7)),
        ("at 3 pm", "3 pm", Meaning::Time(15, 0)),
        ("at 3pm.", "3pm", Meaning::Time(15, 0)),
        ("at 3:30 p.m.", "3:30 p.m", Meaning::Time(15, 30)),
        ("at 12 am", "12 am", Meaning::Time(0, 0)),
        ("at 15:00", "15:00", Meaning::Time(15, 0)),
        ("um 15 Uhr", "15 Uhr", Meaning::Time(15, 0)),
        ("um 15.30 Uhr", "15.30 Uhr", Meaning::Time(15, 30)),
        ("at noon", "noon", Meaning::Time(12, 0)),
        ("in November 2026", "November 2026", Meaning::Month(Some(2026), 11)),
        ("end of November", "November", Meaning::Month(None, 11)),
        ("in Q1 2027", "Q1 2027", Meaning::Quarter(Some(2027), 1)),
    ];
    for (text, words, meaning) in table {
        assert_eq!(read(text), [(words.to_owned(), meaning)], "{text}");
    }
}

#[test]
fn what_only_looks_like_a_day_is_none() {
    for text in [
        "Guten Morgen",
        "we may march on",
        "version 2.1",
        "3 of us",
        "room 15",
        "12,400",
        "I am 12",
        "heute",
        "item 31/12",
        "50.000",
    ] {
        assert_eq!(read(text), [], "{text}");
    }
}
