//! Whom an answer goes to: a table of messages and who is written to.

use super::*;
use crate::mailbox::message_for_tests;

fn person(address: &str) -> Person {
    Person { name: None, address: address.parse().unwrap() }
}

fn people(addresses: &str) -> Vec<Person> {
    addresses.split_whitespace().map(person).collect()
}

fn named(people: &[Person]) -> String {
    people.iter().map(|person| person.address.as_str()).collect::<Vec<_>>().join(" ")
}

fn senders(default: &str) -> Vec<Sender> {
    ["mara@example.com", "desk@example.net", "alias@example.net"]
        .map(|address| Sender {
            person: person(address),
            signature: None,
            default: address == default,
            alias: address.starts_with("alias"),
        })
        .to_vec()
}

fn message(from: &str, to: &str, cc: &str, reply_to: &str) -> Message {
    Message {
        from: people(from).into_iter().next(),
        to: people(to),
        cc: people(cc),
        reply_to: people(reply_to),
        subject: "Plan".into(),
        ..message_for_tests(1)
    }
}

#[test]
#[allow(clippy::too_many_lines)] // most of it is a table
fn an_answer_goes_to_the_author_and_to_all_others_but_never_to_oneself() {
    // from, to, cc, reply-to; then whom a reply goes to, and to and cc of one to all, and which own address it leaves from
    for (message, alone, all, copies, from) in [
        (message("dana@x.org", "mara@example.com", "", ""), "dana@x.org", "dana@x.org", "", "mara@example.com"),
        (
            message("dana@x.org", "mara@example.com jo@x.org", "kim@x.org desk@example.net", ""),
            "dana@x.org",
            "dana@x.org jo@x.org",
            "kim@x.org",
            "mara@example.com",
        ),
        // Reply-To is honoured, and its author is not written to besides.
        (
            message("dana@x.org", "mara@example.com", "jo@x.org", "list@x.org"),
            "list@x.org",
            "list@x.org",
            "jo@x.org",
            "mara@example.com",
        ),
        // A Reply-To that names only oneself is no answer.
        (
            message("dana@x.org", "mara@example.com", "", "mara@example.com"),
            "dana@x.org",
            "dana@x.org",
            "",
            "mara@example.com",
        ),
        // An alias, in another case, with a tag.
        (
            message("dana@x.org", "jo@x.org", "Alias@Example.NET", ""),
            "dana@x.org",
            "dana@x.org jo@x.org",
            "",
            "alias@example.net",
        ),
        (
            message("dana@x.org", "mara+shop@example.com jo@x.org", "", ""),
            "dana@x.org",
            "dana@x.org jo@x.org",
            "",
            "mara@example.com",
        ),
        // Came by a list or blind copy: the default address answers.
        (message("dana@x.org", "all@x.org", "", ""), "dana@x.org", "dana@x.org all@x.org", "", "mara@example.com"),
        // One's own message goes to its recipients again, from the address it left from.
        (
            message("desk@example.net", "dana@x.org mara@example.com", "jo@x.org", ""),
            "dana@x.org",
            "dana@x.org",
            "jo@x.org",
            "desk@example.net",
        ),
        (
            message("mara@example.com", "mara@example.com", "jo@x.org", ""),
            "mara@example.com",
            "jo@x.org",
            "",
            "mara@example.com",
        ),
        (
            message("mara@example.com", "desk@example.net", "", ""),
            "mara@example.com",
            "mara@example.com",
            "",
            "mara@example.com",
        ),
        // Nobody twice.
        (
            message("dana@x.org", "mara@example.com Dana@x.org jo@x.org", "JO@x.org dana@x.org kim@x.org", ""),
            "dana@x.org",
            "dana@x.org jo@x.org",
            "kim@x.org",
            "mara@example.com",
        ),
        // No author at all.
        (message("", "mara@example.com jo@x.org", "", ""), "mara@example.com", "jo@x.org", "", "mara@example.com"),
    ] {
        let one = answer(&message, &senders("mara@example.com"), false).unwrap();
        assert_eq!((named(&one.to).as_str(), one.cc.len()), (alone, 0), "{message:?}");
        let every = answer(&message, &senders("mara@example.com"), true).unwrap();
        assert_eq!((named(&every.to).as_str(), named(&every.cc).as_str()), (all, copies), "{message:?}");
        assert_eq!((one.from.address.as_str(), every.from.address.as_str()), (from, from), "{message:?}");
        assert_eq!(one.subject, "Re: Plan");
    }
}

#[test]
fn what_came_to_no_own_address_is_answered_from_the_default_one_and_with_none_not_at_all() {
    let message = message("dana@x.org", "all@x.org", "", "");
    let from = |senders: &[Sender]| answer(&message, senders, true).map(|reply| reply.from.address.to_string());
    assert_eq!(from(&senders("desk@example.net")).as_deref(), Some("desk@example.net"));
    assert_eq!(from(&[]), None);
}
