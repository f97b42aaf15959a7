//! How long the outbox waits before it tries again. Pure: how often it failed, what the provider asked for and chance are passed in.

use crate::api::UnixMillis;
use serde::{Deserialize, Serialize};

const SECOND: i64 = 1_000;
const FIRST: i64 = 2 * SECOND;
const LONGEST: i64 = 15 * 60 * SECOND;
/// A provider is obeyed however long it asks to wait, within what is still a time.
const LONGEST_ASKED: i64 = 30 * 24 * 3_600 * SECOND;

/// How long to wait after the `failures`th failure in a row (from 1): it doubles, and chance (0 up to 1) adds up to half of it. A
/// provider that says how long is never asked sooner.
pub(super) fn pause(failures: u32, retry_after: Option<i64>, chance: f64) -> i64 {
    let doubled = (FIRST << failures.saturating_sub(1).min(16)).min(LONGEST);
    let asked = retry_after.map(|asked| asked.clamp(0, LONGEST_ASKED));
    // Truncation is what is wanted: a jitter is no measure.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    let jitter = (doubled as f64 * 0.5 * chance.clamp(0.0, 1.0)) as i64;
    asked.unwrap_or(doubled) + jitter
}

/// A wait by the wall's clock, which may be set back or forth meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// When it began; `None` for a time of the clock itself, which a clock set back brings no further.
    since: Option<UnixMillis>,
    until: UnixMillis,
}

impl Wait {
    /// So many milliseconds from now.
    #[must_use]
    pub fn pause(now: UnixMillis, length: i64) -> Self {
        Self { since: Some(now), until: now.saturating_add(length.max(0)) }
    }

    /// Until the clock shows this time.
    #[must_use]
    pub fn until_clock(time: UnixMillis) -> Self {
        Self { since: None, until: time }
    }

    /// When it ends.
    #[must_use]
    pub fn until(self) -> UnixMillis {
        self.until
    }

    /// Whether it has ended.
    #[must_use]
    pub fn is_over(self, now: UnixMillis) -> bool {
        now >= self.until
    }

    /// The whole pause anew, where the clock was set back to before its beginning: never a shorter one, and never days.
    #[must_use]
    pub fn set_back(self, now: UnixMillis) -> Option<Self> {
        let since = self.since.filter(|since| now < *since)?;
        Some(Self::pause(now, self.until.saturating_sub(since)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_doubles_up_to_a_quarter_of_an_hour_and_obeys_the_provider() {
        for (failures, asked, chance, expected) in [
            (1, None, 0.0, 2_000),
            (2, None, 0.0, 4_000),
            (2, None, 1.0, 6_000),
            (9, None, 0.0, 512_000),
            (10, None, 0.0, 900_000),
            (4_000_000, None, 0.0, 900_000),
            (1, Some(7_000), 0.0, 7_000),
            (1, Some(7_000), 1.0, 8_000),
            (9, Some(0), 0.0, 0),
            (1, Some(-5), 0.0, 0),
            (1, Some(i64::MAX), 0.0, LONGEST_ASKED),
        ] {
            assert_eq!(pause(failures, asked, chance), expected, "{failures} {asked:?} {chance}");
        }
    }

    proptest! {
        #[test]
        fn never_sooner_than_asked_and_never_endless(failures in any::<u32>(), asked in proptest::option::of(0..LONGEST_ASKED), chance in 0.0..1.0f64) {
            let pause = pause(failures, asked, chance);
            prop_assert!(pause >= asked.unwrap_or(FIRST) && pause <= asked.unwrap_or(LONGEST) + LONGEST / 2);
        }
    }

    #[test]
    fn a_clock_set_back_begins_a_pause_again_and_leaves_a_time_of_the_clock() {
        let pause = Wait::pause(1_000_000, 10_000);
        assert!(!pause.is_over(1_009_999) && pause.is_over(1_010_000));
        assert_eq!(pause.set_back(1_000_000), None);
        assert_eq!(pause.set_back(5_000), Some(Wait::pause(5_000, 10_000)));
        assert_eq!(Wait::until_clock(1_000_000).set_back(5_000), None);
    }
}
