//! How often and how long: the window of calls a minute, and when a failed call is tried again. Pure: times and chance are passed in.

use crate::error::{ModelTrouble, TroubleKind};
use std::collections::VecDeque;
use std::time::Duration;

const MINUTE_MS: i64 = 60_000;
/// Attempts at one call, the first included.
pub(crate) const MOST_ATTEMPTS: u32 = 3;
/// The longest all waits of one call may take together.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// The first pause, where the provider names none; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(600);

/// The calls of the last minute.
#[derive(Debug, Default)]
pub(crate) struct Window {
    calls: VecDeque<i64>,
}

impl Window {
    /// Takes a place for a call at `now`, or says how many milliseconds to wait for one.
    pub(crate) fn take(&mut self, now: i64, most: u32) -> Result<(), u64> {
        while self.calls.front().is_some_and(|&at| at + MINUTE_MS <= now || at > now) {
            self.calls.pop_front(); // gone by, or the clock was set back
        }
        let most = usize::try_from(most).unwrap_or(usize::MAX).max(1);
        if self.calls.len() < most {
            self.calls.push_back(now);
            return Ok(());
        }
        let oldest = self.calls.get(self.calls.len() - most).copied().unwrap_or(now);
        Err(u64::try_from(oldest + MINUTE_MS - now).unwrap_or(0).max(1))
    }
}

/// What a failed attempt asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Attempt {
    /// Which attempt failed, from 1.
    pub(crate) number: u32,
    /// Whether text had come.
    pub(crate) had_text: bool,
    /// How long this call has waited so far.
    pub(crate) waited: Duration,
    /// Chance, from 0 up to 1.
    pub(crate) chance: f64,
}

/// How long to wait before the next attempt; `None`: there is none.
pub(crate) fn pause(trouble: &ModelTrouble, attempt: Attempt) -> Option<Duration> {
    let most = match trouble.kind {
        TroubleKind::RateLimited | TroubleKind::Unavailable | TroubleKind::Unreachable | TroubleKind::Stalled
            if !attempt.had_text =>
        {
            MOST_ATTEMPTS
        }
        TroubleKind::Cut
        | TroubleKind::Stalled
        | TroubleKind::Unreachable
        | TroubleKind::Unavailable
        | TroubleKind::Empty => 2,
        _ => 1,
    };
    if attempt.number >= most {
        return None;
    }
    let backoff = FIRST_PAUSE * 2u32.pow(attempt.number.saturating_sub(1).min(8));
    let asked = trouble.retry_after_ms.map(Duration::from_millis);
    let pause = asked.unwrap_or(backoff) + backoff.mul_f64(0.5 * attempt.chance.clamp(0.0, 1.0));
    (attempt.waited + pause <= LONGEST_WAIT).then_some(pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_lets_so_many_through_a_minute() {
        let mut window = Window::default();
        assert_eq!((window.take(0, 2), window.take(10_000, 2)), (Ok(()), Ok(())));
        assert_eq!(window.take(20_000, 2), Err(40_000));
        assert_eq!(window.take(59_999, 2), Err(1));
        assert_eq!(window.take(60_000, 2), Ok(()));
        assert_eq!(window.take(60_001, 2), Err(9_999));
    }

    #[test]
    fn a_window_of_none_still_lets_one_through_and_a_clock_set_back_blocks_nobody() {
        let mut window = Window::default();
        assert_eq!(window.take(1_000_000, 0), Ok(()));
        assert_eq!(window.take(0, 1), Ok(()));
    }

    #[test]
    fn what_passes_is_tried_again_and_what_does_not_is_not() {
        use TroubleKind::*;
        let table = [
            (RateLimited, false, 1, true),
            (RateLimited, false, 2, true),
            (RateLimited, false, 3, false),
            (Unavailable, false, 2, true),
            (Unreachable, false, 2, true),
            (Stalled, false, 2, true),
            (Cut, true, 1, true),
            (Cut, true, 2, false),
            (Stalled, true, 1, true),
            (Stalled, true, 2, false),
            (Empty, false, 1, true),
            (Empty, false, 2, false),
            (QuotaExhausted, false, 1, false),
            (KeyRefused, false, 1, false),
            (KeyMissing, false, 1, false),
            (Blocked, false, 1, false),
            (UnknownModel, false, 1, false),
            (TooLong, true, 1, false),
            (Unreadable, false, 1, false),
            (Refused, false, 1, false),
        ];
        for (kind, had_text, number, again) in table {
            let trouble = ModelTrouble { model: "m".into(), kind, retry_after_ms: None, draft: None };
            let attempt = Attempt { number, had_text, waited: Duration::ZERO, chance: 0.5 };
            assert_eq!(pause(&trouble, attempt).is_some(), again, "{kind:?} attempt {number}");
        }
    }

    #[test]
    fn the_provider_s_wish_is_kept_and_an_hour_is_not_waited() {
        let asked = |ms| ModelTrouble {
            model: "m".into(),
            kind: TroubleKind::RateLimited,
            retry_after_ms: Some(ms),
            draft: None,
        };
        let attempt = Attempt { number: 1, had_text: false, waited: Duration::ZERO, chance: 1.0 };
        let pause_ms = pause(&asked(7_000), attempt).unwrap().as_millis();
        assert!((7_000..=7_300).contains(&pause_ms), "{pause_ms}");
        assert_eq!(pause(&asked(3_600_000), attempt), None);
        assert_eq!(pause(&asked(7_000), Attempt { waited: Duration::from_secs(25), ..attempt }), None);
    }
}
