//! The outbox against a provider that loses answers, a process that is killed at every step, a clock that jumps and two windows at once:
//! thousands of schedules, each from its seed. A naive worker walks through the same, to show that there is something to find.

mod book;
mod chance;
mod provider;
mod tally;
mod world;

use super::{Course, Event, Moment, State, Stepped, Wait, step};
use book::{Book, Rule};
use tally::Tally;
use world::World;

/// Schedules in every test run, and at night.
const EVERY_RUN: u64 = 2_000;
const AT_NIGHT: u64 = 100_000;
/// Every so manieth schedule runs on the real store.
const ON_THE_STORE: u64 = 50;

fn schedules() -> u64 {
    let nightly = std::env::var_os("EPISTLE_NIGHTLY").is_some_and(|on| on == "1");
    if nightly { AT_NIGHT } else { EVERY_RUN }
}

/// What nearly everybody writes first: no answer means try again.
fn naive(course: &Course, event: Event, at: Moment) -> Stepped {
    let (mut next, effects) = step(course, event, at)?;
    if matches!(next.state, State::Settling { .. } | State::Unknown { .. }) {
        next.state = State::Queued { wait: Wait::pause(at.now, 2_000) };
        next.doubt = false;
        return Ok((next, vec![]));
    }
    Ok((next, effects))
}

fn simulate(seeds: std::ops::Range<u64>, book: impl Fn(u64) -> Book) -> Tally {
    let mut sum = Tally::default();
    for seed in seeds {
        let tally = World::new(seed, book(seed)).run();
        let bad =
            tally.duplicates + tally.silent + tally.lies + tally.unapproved + tally.out_of_order + tally.twice_taken;
        if bad > 0 && sum.duplicates + sum.silent + sum.lies == 0 {
            println!("first seed that went wrong: {seed}: {tally:?}");
        }
        sum += tally;
    }
    sum
}

#[test]
fn nothing_is_sent_twice_nothing_is_lost_and_nothing_leaves_unapproved() {
    let began = std::time::Instant::now();
    let real = simulate(0..schedules(), |seed| if seed % ON_THE_STORE == 0 { Book::store() } else { Book::list(step) });
    println!("{real:#?} in {:?}", began.elapsed());
    let wrong = [real.duplicates, real.silent, real.lies, real.unapproved, real.out_of_order, real.twice_taken];
    assert_eq!(wrong, [0; 6], "duplicates, silent losses, lies, unapproved, out of order, taken twice");
    assert_eq!(real.sent + real.failed + real.unknown + real.undone, real.items);
    let met = [real.sent, real.failed, real.unknown, real.undone, real.void, real.altered, real.kills, real.lost];
    assert!(
        met.iter().chain(&[real.jumps, real.sleeps, real.late_answers]).all(|count| *count > 0),
        "nothing was tried"
    );
}

#[test]
fn a_naive_worker_sends_twice_in_the_same_schedules() {
    let naive = simulate(0..EVERY_RUN / 4, |_| Book::list(naive as Rule));
    println!("naive: {} of {} messages delivered more than once", naive.duplicates, naive.items);
    assert!(naive.duplicates > 0, "or the simulation proves nothing");
}

#[test]
fn the_store_and_the_list_tell_the_same_story() {
    for seed in 0..10 {
        assert_eq!(World::new(seed, Book::store()).run(), World::new(seed, Book::list(step)).run(), "seed {seed}");
    }
}
