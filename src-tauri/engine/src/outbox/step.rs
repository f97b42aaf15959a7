//! The outbox's one transition: a course, an event, a moment → the next course and what is to be done. Pure; it never asks the clock,
//! chance, the store or a provider.
//!
//! The rule it keeps: once a send was begun, nothing is sent again before its answer said “not done”, or a settlement said that the draft
//! is still there, or the person said that it was not sent.

use super::backoff::{Wait, pause};
use super::state::{Answer, Course, Effect, Event, Refused, Settled, State, Transport, Trouble};
use crate::api::{FailReason, UnixMillis, UnknownReason, WaitReason};

/// So many failures that count, and it is given up: an hour and three quarters of asking.
pub(super) const MOST_STRIKES: u32 = 16;
/// So many questions that settle nothing, and it is unknown: an hour.
pub(super) const MOST_ASKED: u32 = 12;
/// Where nobody is reached nobody is bothered: it is looked every minute and a half at least, so that what waits leaves soon after the
/// network, or the person, is back.
const MOST_AWAY: u32 = 6;
/// How much of a provider's words is kept.
const MOST_SAID: usize = 300;

/// When something happens, and chance (0 up to 1) for what is to differ from device to device.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The wall's clock.
    pub now: UnixMillis,
    /// Chance.
    pub chance: f64,
}

/// A step that was made.
pub type Stepped = Result<(Course, Vec<Effect>), Refused>;

/// What an event makes of a course. The course is to be committed before any effect is begun.
///
/// # Errors
/// [`Refused`] where the event changes nothing.
pub fn step(course: &Course, event: Event, moment: Moment) -> Stepped {
    let next = course.clone();
    match event {
        Event::Undo => undo(next, moment),
        Event::Take { transport, patience } => take(next, transport, Wait::pause(moment.now, patience), moment),
        Event::Clock => clock(next, moment),
        Event::Restarted => lapse(next, moment),
        Event::Answer { attempt, answer } => answered(next, attempt, answer, moment),
        Event::Retry => retry(next, moment),
        Event::SaidSent if next.can_settle() => Ok(ended(next, State::Sent { at: moment.now, message: None })),
        Event::SaidNotSent => said_not_sent(next),
        Event::SaidSent => Err(Refused::Nothing),
    }
}

fn undo(next: Course, moment: Moment) -> Stepped {
    if !next.can_undo() {
        return Err(if next.is_ended() { Refused::Nothing } else { Refused::TooLate });
    }
    let cleaning = match &next.state {
        State::Uploaded { remote, .. } => vec![Effect::DeleteDraft { remote: remote.clone() }],
        _ => vec![],
    };
    Ok((Course { state: State::Undone { at: moment.now }, ..next }, cleaning))
}

/// The next call: its state first, then the call.
fn take(mut next: Course, transport: Transport, lease: Wait, moment: Moment) -> Stepped {
    if next.is_busy() || !next.goes_by(transport) || next.wait().is_none_or(|wait| !wait.is_over(moment.now)) {
        return Err(Refused::NotNow);
    }
    let again = next.attempt > 0;
    next.attempt += 1;
    let attempt = next.attempt;
    let (state, effect) = match next.state {
        State::Queued { .. } => {
            next.transport = Some(transport); // nothing reached anybody yet, so the way may be another than last time
            match transport {
                Transport::Drafts => (State::Leased { lease }, Effect::Upload { attempt, again }),
                Transport::Direct => (State::Sending { remote: None, lease }, Effect::Send { attempt, remote: None }),
            }
        }
        State::Uploaded { remote, .. } => {
            let effect = Effect::Send { attempt, remote: Some(remote.clone()) };
            (State::Sending { remote: Some(remote), lease }, effect)
        }
        State::Settling { remote, since, asked, .. } => {
            let effect = Effect::Settle { attempt, remote: remote.clone() };
            (State::Settling { remote, since, asked, asking: true, wait: lease }, effect)
        }
        _ => return Err(Refused::NotNow),
    };
    next.state = state;
    Ok((next, vec![effect]))
}

fn clock(mut next: Course, moment: Moment) -> Stepped {
    let wait = next.wait().ok_or(Refused::Nothing)?;
    if let Some(anew) = wait.set_back(moment.now) {
        match &mut next.state {
            State::Queued { wait } | State::Uploaded { wait, .. } | State::Settling { wait, .. } => *wait = anew,
            State::Leased { lease } | State::Sending { lease, .. } => *lease = anew,
            _ => {}
        }
        return Ok((next, vec![]));
    }
    if wait.is_over(moment.now) { lapse(next, moment) } else { Err(Refused::Nothing) }
}

/// Whoever made the call does not wait for its answer any more: as if it were lost.
fn lapse(next: Course, moment: Moment) -> Stepped {
    match next.state {
        State::Leased { .. } => not_uploaded(next, Trouble::Lost, moment),
        State::Sending { .. } => lost(next, UnknownReason::Interrupted, moment),
        State::Settling { asking: true, .. } => settled(next, Settled::CannotAsk(Trouble::Offline), moment),
        _ => Err(Refused::Nothing),
    }
}

fn answered(next: Course, attempt: u32, answer: Answer, moment: Moment) -> Stepped {
    if let Answer::Sent { message } = answer {
        return sent(next, attempt, message, moment);
    }
    if attempt != next.attempt {
        return Err(Refused::Stale);
    }
    match (&next.state, answer) {
        (State::Leased { .. }, Answer::Uploaded { remote }) => {
            next_of(next, |_| State::Uploaded { remote, wait: Wait::pause(moment.now, 0) })
        }
        (State::Leased { .. }, Answer::NotUploaded(trouble)) => not_uploaded(next, trouble, moment),
        (State::Sending { .. }, Answer::NotSent(trouble)) => not_sent(next, trouble, moment),
        (State::Settling { asking: true, .. }, Answer::Settled(outcome)) => settled(next, outcome, moment),
        _ => Err(Refused::Stale),
    }
}

/// That it was sent is true however late it is heard.
fn sent(next: Course, attempt: u32, message: Option<String>, moment: Moment) -> Stepped {
    if attempt == 0 || attempt > next.attempt || matches!(next.state, State::Sent { .. }) {
        return Err(Refused::Stale);
    }
    Ok(ended(next, State::Sent { at: moment.now, message }))
}

fn next_of(mut next: Course, state: impl FnOnce(&Course) -> State) -> Stepped {
    next.misses = 0;
    next.state = state(&next);
    Ok((next, vec![]))
}

fn not_uploaded(next: Course, trouble: Trouble, moment: Moment) -> Stepped {
    match trouble {
        Trouble::Refused { said } => Ok(not_done(next, FailReason::Refused, Some(said), moment)),
        other => Ok(again(next, other, None, moment)),
    }
}

fn not_sent(mut next: Course, trouble: Trouble, moment: Moment) -> Stepped {
    let remote = match &next.state {
        State::Sending { remote, .. } => remote.clone(),
        _ => return Err(Refused::Stale),
    };
    match trouble {
        Trouble::Lost => lost(next, UnknownReason::AnswerLost, moment),
        Trouble::Gone => {
            next.doubt = true; // somebody sent it, or deleted it: only asking tells
            lost(next, UnknownReason::NoTrace, moment)
        }
        Trouble::Refused { said } => Ok(not_done(next, FailReason::Refused, Some(said), moment)),
        other => Ok(again(next, other, remote, moment)),
    }
}

/// The answer to a send is not to be had: ask, where somebody can be asked.
fn lost(mut next: Course, why: UnknownReason, moment: Moment) -> Stepped {
    next.doubt = true;
    let State::Sending { remote, .. } = &next.state else { return Err(Refused::Stale) };
    let Some(remote) = remote.clone() else {
        return Ok(ended(next, State::Unknown { since: moment.now, why, remote: None }));
    };
    next.state = asking_anew(remote, moment);
    Ok((next, vec![]))
}

fn asking_anew(remote: String, moment: Moment) -> State {
    State::Settling { remote, since: moment.now, asked: 0, asking: false, wait: Wait::pause(moment.now, 0) }
}

fn settled(mut next: Course, outcome: Settled, moment: Moment) -> Stepped {
    let State::Settling { remote, since, asked, .. } = next.state.clone() else { return Err(Refused::Stale) };
    let (trouble, why) = match outcome {
        Settled::Found { message } => return Ok(ended(next, State::Sent { at: moment.now, message })),
        Settled::StillADraft => return Ok(again(next, Trouble::NotNow { retry_after: None }, Some(remote), moment)),
        Settled::NoTrace => (Trouble::NotNow { retry_after: None }, UnknownReason::NoTrace),
        Settled::CannotAsk(trouble) => (trouble, UnknownReason::CannotAsk),
    };
    let away = matches!(trouble, Trouble::Offline | Trouble::SignIn);
    next.misses = if away { next.misses.saturating_add(1) } else { 0 };
    let asked = if away { asked } else { asked + 1 };
    if asked >= MOST_ASKED {
        return Ok(ended(next, State::Unknown { since: moment.now, why, remote: Some(remote) }));
    }
    next.reason = reason(&trouble);
    let wait =
        Wait::pause(moment.now, pause(asked.max(next.misses.min(MOST_AWAY)), retry_after(&trouble), moment.chance));
    next.state = State::Settling { remote, since, asked, asking: false, wait };
    Ok((next, vec![]))
}

/// It waits and is tried again, or was tried often enough.
fn again(mut next: Course, trouble: Trouble, remote: Option<String>, moment: Moment) -> (Course, Vec<Effect>) {
    let away = matches!(trouble, Trouble::Offline | Trouble::SignIn);
    if away {
        next.misses = next.misses.saturating_add(1);
    } else {
        (next.misses, next.strikes) = (0, next.strikes + 1);
    }
    if next.strikes >= MOST_STRIKES {
        return not_done(with_draft(next, remote, moment), FailReason::GaveUp, None, moment);
    }
    next.reason = reason(&trouble);
    let failures = if away { next.misses.min(MOST_AWAY) } else { next.strikes };
    let wait = Wait::pause(moment.now, pause(failures, retry_after(&trouble), moment.chance));
    next.state = match remote {
        Some(remote) => State::Uploaded { remote, wait },
        None => State::Queued { wait },
    };
    (next, vec![])
}

fn with_draft(mut next: Course, remote: Option<String>, moment: Moment) -> Course {
    if let Some(remote) = remote {
        next.state = State::Uploaded { remote, wait: Wait::pause(moment.now, 0) };
    }
    next
}

/// It will not be sent. What is in doubt may have been, all the same, and is not called failed.
fn not_done(next: Course, why: FailReason, said: Option<String>, moment: Moment) -> (Course, Vec<Effect>) {
    let remote = match &next.state {
        State::Uploaded { remote, .. } => Some(remote.clone()),
        State::Sending { remote, .. } => remote.clone(),
        _ => None,
    };
    if next.doubt {
        return ended(next, State::Unknown { since: moment.now, why: UnknownReason::InDoubt, remote });
    }
    let said = said.map(|said| said.chars().take(MOST_SAID).collect());
    let (next, mut effects) = ended(next, State::Failed { why, said });
    effects.extend(remote.map(|remote| Effect::DeleteDraft { remote }));
    (next, effects)
}

fn ended(mut next: Course, state: State) -> (Course, Vec<Effect>) {
    next.state = state;
    (next, vec![Effect::Tell])
}

/// What failed begins anew; what is unknown is asked about anew, and never sent before that; what waits for the network or for the
/// person waits no longer.
fn retry(mut next: Course, moment: Moment) -> Stepped {
    let at_once = Wait::pause(moment.now, 0);
    let stays_away = next.stays_away();
    next.state = match next.state {
        State::Queued { .. } if stays_away => State::Queued { wait: at_once },
        State::Uploaded { remote, .. } if stays_away => State::Uploaded { remote, wait: at_once },
        State::Settling { remote, since, asked, asking: false, .. } if stays_away => {
            State::Settling { remote, since, asked, asking: false, wait: at_once }
        }
        State::Failed { .. } => State::Queued { wait: Wait::pause(moment.now, 0) },
        State::Unknown { remote: Some(remote), .. } => asking_anew(remote, moment),
        State::Unknown { remote: None, .. } => return Err(Refused::SayFirst),
        _ => return Err(Refused::Nothing),
    };
    (next.strikes, next.misses, next.reason) = (0, 0, WaitReason::Time);
    Ok((next, vec![]))
}

/// The person's word ends the doubt; sending it again is a second word of theirs.
fn said_not_sent(mut next: Course) -> Stepped {
    let State::Unknown { remote, .. } = next.state else { return Err(Refused::Nothing) };
    next.state = State::Failed { why: FailReason::SaidNotSent, said: None };
    next.doubt = false;
    Ok((next, remote.map(|remote| Effect::DeleteDraft { remote }).into_iter().collect()))
}

fn reason(trouble: &Trouble) -> WaitReason {
    match trouble {
        Trouble::Offline => WaitReason::Offline,
        Trouble::SignIn => WaitReason::SignIn,
        _ => WaitReason::Provider,
    }
}

fn retry_after(trouble: &Trouble) -> Option<i64> {
    match trouble {
        Trouble::NotNow { retry_after } => *retry_after,
        _ => None,
    }
}
