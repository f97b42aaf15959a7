//! How long the sync waits before it asks again, and when it gives up. Pure: how often it failed, what Gmail asked for and chance are passed in.

use epistle_wire::gmail::Kind;
use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
/// A wait longer than this is told, and not sat out.
const LONGEST: Duration = Duration::from_secs(120);
/// So often a call may fail in a row.
const TRIES: u32 = 6;

/// How long to wait after the `failures`th failure in a row (from 1); `None`: it is told. Gmail is never asked sooner than it said, and chance
/// (0 up to 1) adds up to half of what would be waited else.
pub(super) fn pause(kind: Kind, failures: u32, asked: Option<Duration>, chance: f64) -> Option<Duration> {
    let tries = match kind {
        Kind::RateLimited | Kind::Unavailable | Kind::AnswerLost => TRIES,
        Kind::Unreachable => 2,
        _ => return None,
    };
    let doubled = FIRST * 2_u32.pow(failures.saturating_sub(1).min(8));
    let wait = asked.unwrap_or(doubled) + doubled.mul_f64(0.5 * chance.clamp(0.0, 1.0));
    (failures < tries && wait <= LONGEST).then_some(wait)
}

/// Between 0 and 1.
pub(super) fn chance() -> f64 {
    let mut byte = [0; 1];
    // Without randomness everybody waits alike.
    let _ = getrandom::fill(&mut byte);
    f64::from(byte[0]) / 256.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_waits_as_gmail_says_and_longer_each_time_and_not_for_ever() {
        let seconds = Duration::from_secs;
        let table = [
            (Kind::RateLimited, 1, None, 0.0, Some(seconds(1))),
            (Kind::RateLimited, 3, None, 0.0, Some(seconds(4))),
            (Kind::RateLimited, 1, Some(seconds(7)), 0.0, Some(seconds(7))),
            (Kind::RateLimited, 2, Some(seconds(7)), 1.0, Some(seconds(8))),
            (Kind::RateLimited, 1, Some(seconds(0)), 0.0, Some(seconds(0))),
            (Kind::RateLimited, 1, Some(seconds(3_600)), 0.0, None),
            (Kind::RateLimited, 6, None, 0.0, None),
            (Kind::Unavailable, 5, None, 0.0, Some(seconds(16))),
            (Kind::AnswerLost, 1, None, 1.0, Some(Duration::from_millis(1_500))),
            (Kind::Unreachable, 1, None, 0.0, Some(seconds(1))),
            (Kind::Unreachable, 2, None, 0.0, None),
            (Kind::QuotaExhausted, 1, None, 0.0, None),
            (Kind::ScopeMissing, 1, None, 0.0, None),
            (Kind::Invalid, 1, Some(seconds(1)), 0.0, None),
        ];
        for (kind, failures, asked, chance, wait) in table {
            assert_eq!(pause(kind, failures, asked, chance), wait, "{kind} {failures} {asked:?}");
        }
    }
}
