//! What came of many schedules.

macro_rules! tally {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        #[derive(Debug, Default, Clone, PartialEq, Eq)]
        pub(super) struct Tally { $($(#[$doc])* pub(super) $name: u64,)* }
        impl std::ops::AddAssign for Tally {
            fn add_assign(&mut self, other: Self) { $(self.$name += other.$name;)* }
        }
    };
}

tally! {
    schedules,
    items,
    /// Approvals that were void when the message was to be queued.
    void,
    calls,
    kills,
    jumps,
    sleeps,
    /// Sends whose answer was lost.
    lost,
    late_answers,
    /// Calls refused since the stored bytes were not the approved ones.
    altered,
    sent,
    failed,
    unknown,
    undone,
    /// Messages delivered more than once.
    duplicates,
    /// Messages that came to no end.
    silent,
    /// Ends that are not what happened.
    lies,
    /// Deliveries nobody approved.
    unapproved,
    /// Calls begun while an earlier message was under way.
    out_of_order,
    /// Messages taken while somebody had them.
    twice_taken,
}
