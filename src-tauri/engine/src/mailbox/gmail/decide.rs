//! What is to be done about one draft, by how it stands here and how it stands at Gmail. Pure: a table of two columns. It never decides to
//! write over what somebody else wrote, nor to make a draft at Gmail a second time.

/// How a draft stands here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Here {
    /// The person deleted it.
    Gone,
    /// It was sent, as it is. `disputed`: another version of it is kept, and nobody chose.
    Sent {
        /// Whether another version is kept.
        disputed: bool,
    },
    /// It is on its way.
    Leaving,
    /// Nothing stands in it yet.
    Empty,
    /// As it was when both were last the same.
    Same,
    /// Changed since. `rested`: the person has not touched it for a while.
    Changed {
        /// Whether it rests.
        rested: bool,
    },
    /// Both versions are kept, and the person did not choose yet.
    Disputed,
}

/// How it stands at Gmail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum There {
    /// Nobody asked Gmail for it.
    Never,
    /// It was asked for, and no answer was heard.
    Asked,
    /// It was there, and is no more: sent or deleted.
    Gone,
    /// As it was when both were last the same.
    Same,
    /// Changed since.
    Changed,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// Nothing.
    Nothing,
    /// Nothing yet: the person is at it.
    Wait,
    /// It is made there.
    Create,
    /// It is looked for there, by its Message-ID.
    Find,
    /// It is written there, in place of what both had.
    Update,
    /// It is deleted there.
    Delete,
    /// It goes here too.
    LetGo,
    /// What stands there comes in.
    TakeIn,
    /// What stands there comes in as a draft of its own.
    TakeBeside,
    /// Both versions are kept, and shown.
    KeepBoth,
    /// It stands here alone from now on, and what is there for itself.
    Unlink,
}

/// Decides it.
pub(super) const fn decide(here: Here, there: There) -> Act {
    match (here, there) {
        // Which draft there is this one is to be known before anything else.
        (_, There::Asked) => Act::Find,
        (Here::Gone | Here::Sent { disputed: false }, There::Same) => Act::Delete,
        (Here::Sent { disputed: true }, There::Same) => Act::Unlink,
        (Here::Gone | Here::Sent { .. } | Here::Leaving, There::Changed) => Act::TakeBeside,
        (Here::Same, There::Changed) => Act::TakeIn,
        (Here::Empty | Here::Changed { .. } | Here::Disputed, There::Changed) => Act::KeepBoth,
        (Here::Same, There::Gone) => Act::LetGo,
        (_, There::Gone) => Act::Unlink,
        (Here::Same | Here::Changed { rested: true }, There::Never) => Act::Create,
        (Here::Empty | Here::Changed { rested: true }, There::Same) => Act::Update,
        (Here::Changed { rested: false }, There::Never | There::Same) => Act::Wait,
        (Here::Gone | Here::Sent { .. } | Here::Empty, There::Never)
        | (Here::Leaving | Here::Disputed, There::Never | There::Same)
        | (Here::Same, There::Same) => Act::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: [Here; 9] = [
        Here::Gone,
        Here::Sent { disputed: false },
        Here::Sent { disputed: true },
        Here::Leaving,
        Here::Empty,
        Here::Same,
        Here::Changed { rested: false },
        Here::Changed { rested: true },
        Here::Disputed,
    ];
    const THERE: [There; 5] = [There::Never, There::Asked, There::Gone, There::Same, There::Changed];

    #[test]
    fn every_pair_has_its_act() {
        use Act as A;
        // In the order of THERE: never, asked, gone, same, changed.
        let table = [
            [A::Nothing, A::Find, A::Unlink, A::Delete, A::TakeBeside],
            [A::Nothing, A::Find, A::Unlink, A::Delete, A::TakeBeside],
            [A::Nothing, A::Find, A::Unlink, A::Unlink, A::TakeBeside],
            [A::Nothing, A::Find, A::Unlink, A::Nothing, A::TakeBeside],
            [A::Nothing, A::Find, A::Unlink, A::Update, A::KeepBoth],
            [A::Create, A::Find, A::LetGo, A::Nothing, A::TakeIn],
            [A::Wait, A::Find, A::Unlink, A::Wait, A::KeepBoth],
            [A::Create, A::Find, A::Unlink, A::Update, A::KeepBoth],
            [A::Nothing, A::Find, A::Unlink, A::Nothing, A::KeepBoth],
        ];
        for (here, row) in HERE.into_iter().zip(table) {
            for (there, act) in THERE.into_iter().zip(row) {
                assert_eq!(decide(here, there), act, "{here:?} {there:?}");
            }
        }
    }

    #[test]
    fn nothing_is_lost_and_nothing_is_made_twice_whatever_the_pair() {
        for here in HERE {
            for there in THERE {
                let act = decide(here, there);
                let of_the_person = matches!(here, Here::Changed { .. } | Here::Disputed | Here::Empty);
                // What somebody wrote there is never written over or deleted, and what the person wrote here is never either.
                assert!(there != There::Changed || !matches!(act, Act::Update | Act::Delete), "{here:?} {there:?}");
                assert!(!of_the_person || !matches!(act, Act::LetGo | Act::TakeIn | Act::Delete), "{here:?} {there:?}");
                // A draft is made only where nobody asked for it, and where one is there it is that one that is written.
                assert!(act != Act::Create || there == There::Never, "{here:?} {there:?}");
                assert!(act != Act::Update || there == There::Same, "{here:?} {there:?}");
                // What is on its way is left alone.
                assert!(here != Here::Leaving || !matches!(act, Act::Update | Act::Delete | Act::Create | Act::LetGo));
            }
        }
    }
}
