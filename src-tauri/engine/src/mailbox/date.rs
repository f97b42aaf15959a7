//! Dates as mail has them. Pure; what cannot be a date of this mail is none, and never "now".

use crate::api::UnixMillis;
use mail_parser::DateTime;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/// Mail is not older than this: 1980-01-01.
const EARLIEST: UnixMillis = 315_532_800_000;
/// However wrong this machine's clock is, it is not earlier than when this was written: 2027-01-01.
const WRITTEN: UnixMillis = 1_798_761_600_000;
/// A sender's clock may be this far ahead.
const AHEAD: UnixMillis = 2 * 24 * 3600 * 1000;

/// A header's date, where it can be one.
#[must_use]
pub(super) fn of_header(date: &DateTime, now: UnixMillis) -> Option<UnixMillis> {
    let date = DateTime { year: full_year(date.year), second: date.second.min(59), ..*date };
    let plausible_zone = date.tz_hour <= 14 && date.tz_minute < 60;
    (date.is_valid() && plausible_zone)
        .then(|| date.to_timestamp().saturating_mul(1000))
        .filter(|at| believable(*at, now))
}

/// Whether mail can have this date.
#[must_use]
pub(super) fn believable(at: UnixMillis, now: UnixMillis) -> bool {
    (EARLIEST..=now.max(WRITTEN).saturating_add(AHEAD)).contains(&at)
}

fn full_year(year: u16) -> u16 {
    match year {
        0..=49 => year + 2000,
        50..=199 => year + 1900, // 102 is what two-digit programs wrote in 2002
        _ => year,
    }
}

/// The date of an mbox separator: `From sender Thu Aug 22 12:36:23 2002`, a zone before or after the year, as UTC where none is told.
#[must_use]
pub(super) fn of_separator(line: &[u8]) -> Option<UnixMillis> {
    let line = std::str::from_utf8(line).ok()?.strip_prefix("From ")?;
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    let at = words.iter().position(|word| MONTHS.contains(&word.to_ascii_lowercase().as_str()))?;
    let day: u8 = words.get(at + 1)?.parse().ok()?;
    let mut clock = words.get(at + 2)?.split(':').map(|part| part.parse::<u8>().ok());
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next().flatten().unwrap_or(0));
    let year = words[at + 3..]
        .iter()
        .take(3)
        .find_map(|word| word.parse::<u16>().ok().filter(|year| word.len() == 4 && *year > 1969))?;
    let zone = words[at + 3..].iter().take(3).find_map(|word| offset(word)).unwrap_or(0);
    let month = MONTHS.iter().position(|name| name.eq_ignore_ascii_case(words[at]))? as u8 + 1;
    let date = DateTime {
        year,
        month,
        day,
        hour,
        minute,
        second: second.min(59),
        tz_before_gmt: zone < 0,
        tz_hour: (zone.unsigned_abs() / 60) as u8,
        tz_minute: (zone.unsigned_abs() % 60) as u8,
    };
    (date.is_valid() && words.len() <= at + 8).then(|| date.to_timestamp().saturating_mul(1000))
}

/// `+0200` in minutes.
fn offset(word: &str) -> Option<i32> {
    let (sign, digits) = word.split_at_checked(1)?;
    let sign = match sign {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let (hours, minutes) = digits.split_at_checked(2)?;
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (digits.len() == 4 && hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = 1_790_000_000_000;

    #[test]
    fn header_dates_come_out_right_or_not_at_all() {
        for (given, expected) in [
            ("Thu, 22 Aug 2002 18:26:25 +0700\n", Some(1_030_015_585_000)),
            ("22 Aug 2002 11:26:25 GMT\n", Some(1_030_015_585_000)),
            ("Thu, 22 Aug 02 11:26:25 +0000\n", Some(1_030_015_585_000)),
            ("Thu, 22 Aug 102 11:26:25 +0000\n", Some(1_030_015_585_000)),
            ("Thu, 22 Aug 2002 11:26:60 +0000\n", Some(1_030_015_619_000)),
            ("Fri, 31 Dec 9999 23:59:59 +0000\n", None),
            ("Thu, 1 Jan 1970 00:00:00 +0000\n", None),
            ("Thu, 99 Aug 2002 11:26:25 +0000\n", None),
        ] {
            let date = DateTime::parse_rfc822(given).and_then(|date| of_header(&date, NOW));
            assert_eq!(date, expected, "{given}");
        }
    }

    #[test]
    fn separators_are_read_in_their_dialects() {
        for (given, expected) in [
            ("From a@b.example Thu Aug 22 12:36:23 2002\n", Some(1_030_019_783_000)),
            ("From a@b.example  Thu Aug 22 12:36 2002\n", Some(1_030_019_760_000)),
            ("From - Thu Aug 22 12:36:23 2002\r\n", Some(1_030_019_783_000)),
            ("From 1234@xxx Thu Aug 22 12:36:23 +0200 2002\n", Some(1_030_012_583_000)),
            ("From a Thu Aug 22 12:36:23 EDT 2002\n", Some(1_030_019_783_000)),
            ("From Aug 22\n", None),
            ("From what I saw in May 2002 it works\n", None),
        ] {
            assert_eq!(of_separator(given.as_bytes()), expected, "{given}");
        }
    }
}
