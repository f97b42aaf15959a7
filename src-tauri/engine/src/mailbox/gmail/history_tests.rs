//! Random mailboxes with random histories: messages come, go and are relabelled while a sync reads page by page, is stopped, killed and
//! misled. What is here in the end is what a fresh sync brings, and what the mailbox holds.

use proptest::test_runner::{Config, TestRunner};
use std::cell::Cell;

mod mailbox;
pub(super) mod world;

use world::{Schedule, World, schedules};

/// So many in every run, and so many where there is time.
fn cases() -> u32 {
    if std::env::var_os("EPISTLE_NIGHTLY").is_some() { 200_000 } else { 10_000 }
}

#[test]
fn after_any_history_what_is_here_is_what_a_fresh_sync_brings() {
    let (stale, killed, passes, shifted) = (Cell::new(0_u64), Cell::new(0_u64), Cell::new(0_u64), Cell::new(0_u64));
    let count = |cell: &Cell<u64>, more: u64| cell.set(cell.get() + more);
    let mut runner = TestRunner::new(Config { cases: cases(), failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&schedules(), |schedule: Schedule| {
        let mut world = World::of(&schedule);
        world.live();
        world.settle();
        let mut fresh = World::beside(&world);
        fresh.settle();
        proptest::prop_assert_eq!(world.here(), fresh.here(), "a fresh sync");
        proptest::prop_assert_eq!(world.here(), world.truth(), "the mailbox");
        proptest::prop_assert_eq!(world.fetched_twice(), 0, "nothing that was committed is fetched again");
        count(&stale, world.stale);
        count(&killed, world.killed);
        count(&passes, world.again());
        count(&shifted, world.shifted());
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
    println!(
        "{} histories: {} lost histories, {} kills, {} passes made again, {} messages missed by a shifted list",
        cases(),
        stale.get(),
        killed.get(),
        passes.get(),
        shifted.get()
    );
    assert!(stale.get() > 100 && killed.get() > 100 && passes.get() > 100, "the schedules reach what is hard");
}
