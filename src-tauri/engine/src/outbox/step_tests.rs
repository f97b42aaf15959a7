//! The transition, by tables: every state against every event, the roads a message takes, and the rule over any sequence of events.

use super::backoff::Wait;
use super::state::{Answer, Course, Effect, Event, Refused, Settled, State, Transport, Trouble};
use super::step::{MOST_ASKED, MOST_STRIKES, Moment, step};
use crate::api::{FailReason, UnknownReason, WaitReason};
use proptest::prelude::*;

const LEASE: i64 = 60_000;

fn at(now: i64) -> Moment {
    Moment { now, chance: 0.0 }
}

fn take() -> Event {
    Event::Take { transport: Transport::Drafts, patience: LEASE }
}

fn direct() -> Event {
    Event::Take { transport: Transport::Direct, patience: LEASE }
}

fn drafts_course(state: State) -> Course {
    Course { state, attempt: 1, transport: Some(Transport::Drafts), ..Course::new(Wait::pause(0, 0)) }
}

fn answer(answer: Answer) -> Event {
    Event::Answer { attempt: 1, answer }
}

fn draft() -> Option<String> {
    Some("d1".into())
}

/// Every state a message can be in, at the time 0, all of their waits over at 10.
fn states() -> Vec<(&'static str, Course)> {
    let wait = Wait::pause(0, 10);
    let of = drafts_course;
    let settling = |asking| State::Settling { remote: "d1".into(), since: 0, asked: 0, asking, wait };
    let unknown = |remote| State::Unknown { since: 0, why: UnknownReason::NoTrace, remote };
    vec![
        ("queued", of(State::Queued { wait })),
        ("leased", of(State::Leased { lease: wait })),
        ("uploaded", of(State::Uploaded { remote: "d1".into(), wait })),
        ("sending", of(State::Sending { remote: draft(), lease: wait })),
        ("handing over", of(State::Sending { remote: None, lease: wait })),
        ("settling", Course { doubt: true, ..of(settling(false)) }),
        ("asking", Course { doubt: true, ..of(settling(true)) }),
        ("sent", of(State::Sent { at: 0, message: None })),
        ("failed", of(State::Failed { why: FailReason::Refused, said: None })),
        ("unknown", Course { doubt: true, ..of(unknown(draft())) }),
        ("unknowable", Course { doubt: true, ..of(unknown(None)) }),
        ("undone", of(State::Undone { at: 0 })),
    ]
}

/// Where a course is, in a word.
fn word(course: &Course) -> &'static str {
    match &course.state {
        State::Queued { .. } => "queued",
        State::Leased { .. } => "leased",
        State::Uploaded { .. } => "uploaded",
        State::Sending { remote: Some(_), .. } => "sending",
        State::Sending { remote: None, .. } => "handing over",
        State::Settling { asking: false, .. } => "settling",
        State::Settling { asking: true, .. } => "asking",
        State::Sent { .. } => "sent",
        State::Failed { .. } => "failed",
        State::Unknown { remote: Some(_), .. } => "unknown",
        State::Unknown { remote: None, .. } => "unknowable",
        State::Undone { .. } => "undone",
    }
}

/// One event against every state at the time 20: where it leads, in the order of [`states`]; `-` where it changes nothing.
#[test]
fn every_event_in_every_state() {
    let not_now = || Trouble::NotNow { retry_after: None };
    let refused = || Trouble::Refused { said: "no".into() };
    let settled = |outcome| answer(Answer::Settled(outcome));
    let sent = "sent sent sent sent sent sent sent - sent sent sent sent";
    let table = [
        (Event::Undo, "undone - undone - - - - - - - - -"),
        (take(), "leased - sending - - asking - - - - - -"),
        (direct(), "handing_over - - - - - - - - - - -"),
        (Event::Clock, "- queued - settling unknowable - settling - - - - -"),
        (Event::Restarted, "- queued - settling unknowable - settling - - - - -"),
        (Event::Retry, "- - - - - - - - queued settling - -"),
        (Event::SaidSent, "- - - - - - - - - sent sent -"),
        (Event::SaidNotSent, "- - - - - - - - - failed failed -"),
        (answer(Answer::Uploaded { remote: "d1".into() }), "- uploaded - - - - - - - - - -"),
        (answer(Answer::NotUploaded(Trouble::Offline)), "- queued - - - - - - - - - -"),
        (answer(Answer::NotUploaded(Trouble::SignIn)), "- queued - - - - - - - - - -"),
        (answer(Answer::NotUploaded(not_now())), "- queued - - - - - - - - - -"),
        (answer(Answer::NotUploaded(Trouble::Lost)), "- queued - - - - - - - - - -"),
        (answer(Answer::NotUploaded(refused())), "- failed - - - - - - - - - -"),
        (answer(Answer::Sent { message: None }), sent),
        (answer(Answer::NotSent(Trouble::Offline)), "- - - uploaded queued - - - - - - -"),
        (answer(Answer::NotSent(Trouble::SignIn)), "- - - uploaded queued - - - - - - -"),
        (answer(Answer::NotSent(not_now())), "- - - uploaded queued - - - - - - -"),
        (answer(Answer::NotSent(Trouble::Lost)), "- - - settling unknowable - - - - - - -"),
        (answer(Answer::NotSent(Trouble::Gone)), "- - - settling unknowable - - - - - - -"),
        (answer(Answer::NotSent(refused())), "- - - failed failed - - - - - - -"),
        (settled(Settled::StillADraft), "- - - - - - uploaded - - - - -"),
        (settled(Settled::Found { message: None }), "- - - - - - sent - - - - -"),
        (settled(Settled::NoTrace), "- - - - - - settling - - - - -"),
        (settled(Settled::CannotAsk(Trouble::Offline)), "- - - - - - settling - - - - -"),
    ];
    for (event, expected) in table {
        let got: Vec<String> = states()
            .iter()
            .map(|(name, course)| {
                assert_eq!(word(course), *name);
                step(course, event.clone(), at(20)).map_or("-".into(), |(next, _)| word(&next).replace(' ', "_"))
            })
            .collect();
        assert_eq!(got.join(" "), expected, "{event:?}");
    }
}

#[test]
fn what_waits_for_the_network_or_for_the_person_is_tried_at_once_when_asked_and_what_waits_for_a_time_is_not() {
    let of = |name: &str| states().into_iter().find(|(n, _)| *n == name).unwrap().1;
    for state in ["queued", "uploaded", "settling"] {
        for (reason, tried) in [
            (WaitReason::Offline, true),
            (WaitReason::SignIn, true),
            (WaitReason::Provider, false),
            (WaitReason::Time, false),
        ] {
            let course = Course { reason, ..of(state) };
            let retried = step(&course, Event::Retry, at(3));
            assert_eq!(retried.is_ok(), tried, "{state} {reason:?}");
            assert_eq!(course.can_retry(), tried, "{state} {reason:?}");
            if let Ok((next, effects)) = retried {
                assert_eq!((word(&next), effects.len()), (state, 0), "it is the same, only sooner");
                assert!(next.wait().unwrap().is_over(3));
            }
        }
    }
}

#[test]
fn why_nothing_happens_is_said() {
    let of = |name: &str| states().into_iter().find(|(n, _)| *n == name).unwrap().1;
    for (state, event, expected) in [
        ("sending", Event::Undo, Refused::TooLate),
        ("settling", Event::Undo, Refused::TooLate),
        ("sent", Event::Undo, Refused::Nothing),
        ("sending", take(), Refused::NotNow),
        ("unknowable", Event::Retry, Refused::SayFirst),
        ("sending", Event::Answer { attempt: 0, answer: Answer::NotSent(Trouble::Offline) }, Refused::Stale),
        ("sending", Event::Answer { attempt: 2, answer: Answer::Sent { message: None } }, Refused::Stale),
        ("queued", Event::Clock, Refused::Nothing),
    ] {
        assert_eq!(step(&of(state), event.clone(), at(20)).unwrap_err(), expected, "{state}: {event:?}");
    }
    assert_eq!(step(&of("queued"), take(), at(9)).unwrap_err(), Refused::NotNow);
}

/// A walk: events by turns, taking whenever the wait is over.
fn walk(course: &Course, events: &[Event]) -> (Course, Vec<Effect>) {
    events.iter().fold((course.clone(), vec![]), |(course, mut effects), event| {
        let now = course.wait().map_or(0, Wait::until);
        let event = match event {
            Event::Answer { answer, .. } => Event::Answer { attempt: course.attempt, answer: answer.clone() },
            other => other.clone(),
        };
        let (next, more) = step(&course, event, at(now)).unwrap();
        effects.extend(more);
        (next, effects)
    })
}

fn new() -> Course {
    Course::new(Wait::pause(0, 10_000))
}

#[test]
fn the_usual_road_is_upload_then_send_each_once() {
    let sent = Answer::Sent { message: Some("m1".into()) };
    let (course, effects) =
        walk(&new(), &[take(), answer(Answer::Uploaded { remote: "d1".into() }), take(), answer(sent)]);
    assert_eq!(course.state, State::Sent { at: 130_000, message: Some("m1".into()) });
    assert_eq!(
        effects,
        [Effect::Upload { attempt: 1, again: false }, Effect::Send { attempt: 2, remote: draft() }, Effect::Tell]
    );
    let (_, effects) = walk(&new(), &[direct(), answer(Answer::Sent { message: None })]);
    assert_eq!(effects, [Effect::Send { attempt: 1, remote: None }, Effect::Tell]);
}

#[test]
fn a_lost_answer_is_asked_about_and_a_draft_that_is_still_there_is_sent() {
    let uploaded = answer(Answer::Uploaded { remote: "d1".into() });
    let lost = answer(Answer::NotSent(Trouble::Lost));
    let still = answer(Answer::Settled(Settled::StillADraft));
    let (course, effects) = walk(&new(), &[take(), uploaded, take(), lost, take(), still, take()]);
    assert_eq!(word(&course), "sending");
    assert_eq!(effects[2], Effect::Settle { attempt: 3, remote: "d1".into() });
    assert_eq!(effects[3], Effect::Send { attempt: 4, remote: draft() });
}

#[test]
fn it_gives_up_and_says_so_but_not_for_want_of_a_network() {
    let fail = |trouble: &Trouble, times: u32| {
        let events =
            (0..times).flat_map(|_| [take(), answer(Answer::NotUploaded(trouble.clone()))]).collect::<Vec<_>>();
        walk(&new(), &events).0
    };
    let busy = Trouble::NotNow { retry_after: None };
    assert_eq!(word(&fail(&busy, MOST_STRIKES - 1)), "queued");
    assert_eq!(fail(&busy, MOST_STRIKES).state, State::Failed { why: FailReason::GaveUp, said: None });
    let waiting = fail(&Trouble::Offline, 5_000);
    assert_eq!((word(&waiting), waiting.reason), ("queued", WaitReason::Offline));
    assert_eq!(fail(&Trouble::SignIn, 5).reason, WaitReason::SignIn);
}

#[test]
fn what_cannot_be_settled_becomes_unknown_and_a_retry_asks_before_it_sends() {
    for (outcome, why) in
        [(Settled::NoTrace, UnknownReason::NoTrace), (Settled::CannotAsk(Trouble::Lost), UnknownReason::CannotAsk)]
    {
        let asked =
            (0..MOST_ASKED).flat_map(|_| [take(), answer(Answer::Settled(outcome.clone()))]).collect::<Vec<_>>();
        let settling = states().into_iter().find(|(name, _)| *name == "settling").unwrap().1;
        let (course, effects) = walk(&settling, &asked);
        assert!(matches!(course.state, State::Unknown { why: found, .. } if found == why), "{:?}", course.state);
        assert!(effects.ends_with(&[Effect::Tell]));
        let (course, effects) = walk(&course, &[Event::Retry, take()]);
        assert!(matches!(effects[..], [Effect::Settle { .. }]) && word(&course) == "asking");
    }
}

#[test]
fn what_is_in_doubt_is_never_called_failed_nor_taken_back() {
    let of = |state| Course { doubt: true, ..drafts_course(state) };
    let sending = of(State::Sending { remote: draft(), lease: Wait::pause(0, 10) });
    let refused = answer(Answer::NotSent(Trouble::Refused { said: "no".into() }));
    let (course, _) = step(&sending, refused, at(5)).unwrap();
    assert!(matches!(course.state, State::Unknown { why: UnknownReason::InDoubt, .. }));
    let worn = Course { strikes: MOST_STRIKES - 1, ..sending };
    let (course, _) = step(&worn, answer(Answer::NotSent(Trouble::NotNow { retry_after: None })), at(5)).unwrap();
    assert!(matches!(course.state, State::Unknown { why: UnknownReason::InDoubt, remote: Some(_), .. }));
    let uploaded = of(State::Uploaded { remote: "d1".into(), wait: Wait::pause(0, 10) });
    assert_eq!(step(&uploaded, Event::Undo, at(5)).unwrap_err(), Refused::TooLate);
}

#[test]
fn a_provider_that_asks_to_wait_is_obeyed_and_a_clock_set_back_makes_no_wait_of_days() {
    let asked = answer(Answer::NotUploaded(Trouble::NotNow { retry_after: Some(90_000) }));
    let (course, _) = walk(&new(), &[take(), asked]);
    let waiting = course.wait().unwrap();
    assert_eq!(waiting.until(), 70_000 + 90_000);
    let (set_back, effects) = step(&course, Event::Clock, at(-1_000_000)).unwrap();
    assert_eq!((set_back.wait().unwrap().until(), effects), (-1_000_000 + 90_000, vec![]));
    let later = Course::new(Wait::until_clock(5_000_000));
    assert_eq!(step(&later, Event::Clock, at(-1_000_000)).unwrap_err(), Refused::Nothing);
    assert!(step(&later, take(), at(4_999_999)).is_err() && step(&later, take(), at(5_000_000)).is_ok());
}

#[test]
fn an_upload_that_may_have_been_made_is_looked_for_and_a_needless_draft_is_taken_away() {
    let (_, effects) = walk(&new(), &[take(), answer(Answer::NotUploaded(Trouble::Lost)), take()]);
    assert_eq!(effects[1], Effect::Upload { attempt: 2, again: true });
    let (_, effects) = walk(&new(), &[take(), answer(Answer::Uploaded { remote: "d1".into() }), Event::Undo]);
    assert_eq!(effects[1], Effect::DeleteDraft { remote: "d1".into() });
}

/// Any event at all, with answers to any call.
fn events() -> impl Strategy<Value = Event> {
    let trouble = prop_oneof![
        Just(Trouble::Offline),
        Just(Trouble::SignIn),
        Just(Trouble::NotNow { retry_after: None }),
        Just(Trouble::NotNow { retry_after: Some(40_000) }),
        Just(Trouble::Refused { said: "no".into() }),
        Just(Trouble::Gone),
        Just(Trouble::Lost),
    ];
    let answers = prop_oneof![
        2 => Just(Answer::Uploaded { remote: "d1".into() }),
        1 => trouble.clone().prop_map(Answer::NotUploaded),
        1 => Just(Answer::Sent { message: None }),
        4 => trouble.clone().prop_map(Answer::NotSent),
        2 => Just(Answer::Settled(Settled::StillADraft)),
        1 => Just(Answer::Settled(Settled::NoTrace)),
        1 => trouble.prop_map(|trouble| Answer::Settled(Settled::CannotAsk(trouble))),
    ];
    prop_oneof![
        6 => Just(take()),
        2 => Just(direct()),
        8 => (answers, 0..3u32).prop_map(|(answer, behind)| Event::Answer { attempt: behind, answer }),
        1 => Just(Event::Undo),
        1 => Just(Event::Clock),
        1 => Just(Event::Restarted),
        1 => Just(Event::Retry),
        1 => Just(Event::SaidSent),
        1 => Just(Event::SaidNotSent),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    /// Whatever comes, and whenever: a second send needs a “not done” to the first, a draft that is still there, or the person's word.
    #[test]
    fn nothing_is_sent_twice_without_a_settlement_between(story in proptest::collection::vec((events(), -100_000..200_000i64), 0..60)) {
        let (mut course, mut now, mut open) = (new(), 0, None);
        for (event, passed) in story {
            now += passed;
            // What `Answer` carries here is how many calls ago it was asked for.
            let event = match event {
                Event::Answer { attempt, answer } => Event::Answer { attempt: course.attempt.saturating_sub(attempt), answer },
                other => other,
            };
            let Ok((next, effects)) = step(&course, event.clone(), at(now)) else { continue };
            match &event {
                Event::Answer { attempt, answer: Answer::NotSent(trouble) } if open == Some(*attempt) => {
                    let not_done = !matches!(trouble, Trouble::Lost | Trouble::Gone);
                    open = open.filter(|_| !not_done);
                }
                Event::Answer { answer: Answer::Settled(Settled::StillADraft), .. } | Event::SaidNotSent => open = None,
                _ => {}
            }
            for effect in effects {
                if let Effect::Send { attempt, .. } = effect {
                    prop_assert_eq!(open, None, "sent again with an open send");
                    open = Some(attempt);
                }
            }
            if open.is_some() {
                let said = ["undone", "failed", "queued", "uploaded"].contains(&word(&next));
                prop_assert!(!said, "{} with an open send", word(&next));
            }
            prop_assert!(next.attempt >= course.attempt);
            course = next;
        }
    }
}
