//! Days as people write them. Pure; the present and the zone are passed in or read from the machine's zone once.

use crate::api::UnixMillis;
use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

/// The day of an instant, where this machine stands.
pub(crate) fn day(at: UnixMillis) -> Date {
    Timestamp::from_millisecond(at).unwrap_or_default().to_zoned(TimeZone::system()).date()
}

/// `Monday, 23 November 2026`.
pub(crate) fn day_in_words(at: UnixMillis) -> String {
    let date = day(at);
    format!(
        "{}, {} {} {}",
        weekday(date.weekday()),
        date.day(),
        MONTHS[usize::from(date.month().unsigned_abs().clamp(1, 12)) - 1],
        date.year()
    )
}

pub(crate) const MONTHS: [&str; 12] = [
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

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_out() {
        assert_eq!(day_in_words(crate::compose::samples::NOW), "Monday, 23 November 2026");
    }
}
