//! Whose turn it is in one account's outbox. Pure. Messages leave in the order they were queued; one that failed, waits for its time or
//! for the person holds nobody up.

use super::state::{Course, State};
use crate::api::UnixMillis;

/// After so many questions that settled nothing, a message whose fate is being asked holds up the rest no longer.
const HOLDS_UP: u32 = 4;

/// What is to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn<K> {
    /// This one is to be told the time: its call is overdue, or the clock was set back.
    Clock(K),
    /// This one may be taken.
    Take(K),
    /// Nobody before this time.
    Wait(UnixMillis),
    /// Nobody waits.
    Nobody,
}

/// Whose turn it is, in the order of the line.
pub fn turn<'a, K: Copy>(line: impl Iterator<Item = (K, &'a Course)>, now: UnixMillis) -> Turn<K> {
    let (mut first, mut soonest, mut held_up) = (None, None::<UnixMillis>, false);
    for (key, course) in line {
        let Some(wait) = course.wait() else { continue };
        let is_over = wait.is_over(now);
        if wait.set_back(now).is_some() || (course.is_busy() && is_over) {
            return Turn::Clock(key);
        }
        if !is_over {
            soonest = Some(soonest.map_or(wait.until(), |soonest| soonest.min(wait.until())));
        } else if !held_up && first.is_none() {
            first = Some(key);
        }
        held_up |= holds_up(course);
    }
    match (first, soonest) {
        (Some(key), _) => Turn::Take(key),
        (None, Some(soonest)) => Turn::Wait(soonest),
        (None, None) => Turn::Nobody,
    }
}

/// Whether those behind it must wait: it is at the provider, or on its way there.
pub(super) fn holds_up(course: &Course) -> bool {
    match &course.state {
        State::Leased { .. } | State::Uploaded { .. } | State::Sending { .. } => true,
        State::Settling { asked, .. } => *asked < HOLDS_UP,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::backoff::Wait;
    use super::*;

    fn course(state: State) -> Course {
        Course { state, ..Course::new(Wait::pause(0, 0)) }
    }

    fn queued(until: i64) -> Course {
        course(State::Queued { wait: Wait::pause(0, until) })
    }

    fn settling(asked: u32, until: i64) -> Course {
        let wait = Wait::pause(0, until);
        course(State::Settling { remote: "d".into(), since: 0, asked, asking: false, wait })
    }

    #[test]
    fn the_line_moves_in_order_and_only_what_is_under_way_holds_it_up() {
        let failed = course(State::Failed { why: crate::api::FailReason::GaveUp, said: None });
        let unknown = course(State::Unknown { since: 0, why: crate::api::UnknownReason::NoTrace, remote: None });
        let sending = course(State::Sending { remote: None, lease: Wait::pause(0, 500) });
        let uploaded = |until| course(State::Uploaded { remote: "d".into(), wait: Wait::pause(0, until) });
        let overdue = course(State::Leased { lease: Wait::pause(0, 50) });
        let ahead_of_the_clock = course(State::Queued { wait: Wait::pause(900, 5) });
        let table: [(&str, Vec<Course>, Turn<usize>); 11] = [
            ("nothing", vec![], Turn::Nobody),
            ("only what ended", vec![failed.clone(), unknown.clone()], Turn::Nobody),
            ("the first that is due", vec![queued(900), queued(100), queued(50)], Turn::Take(1)),
            ("none is due", vec![queued(900), queued(400)], Turn::Wait(400)),
            ("past what ended", vec![failed, unknown, queued(0)], Turn::Take(2)),
            ("behind one on its way", vec![sending, queued(0)], Turn::Wait(500)),
            ("the uploaded one first", vec![uploaded(0), queued(0)], Turn::Take(0)),
            ("behind one that waits at the provider", vec![uploaded(700), queued(0)], Turn::Wait(700)),
            ("past one long asked about", vec![settling(HOLDS_UP, 900), queued(0)], Turn::Take(1)),
            ("an overdue call", vec![queued(0), overdue], Turn::Clock(1)),
            ("a clock set back", vec![queued(0), ahead_of_the_clock], Turn::Clock(1)),
        ];
        for (what, line, expected) in table {
            assert_eq!(turn(line.iter().enumerate(), 100), expected, "{what}");
        }
        assert_eq!(turn([settling(0, 900), queued(0)].iter().enumerate(), 100), Turn::Wait(900));
    }
}
