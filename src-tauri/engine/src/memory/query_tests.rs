//! Every operator, and what is no operator.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use proptest::prelude::*;

fn now() -> Zoned {
    "2026-12-01T10:00:00+01:00[Europe/Berlin]".parse().unwrap()
}

fn asked(text: &str) -> Asked {
    read(text, &now())
}

fn at(text: &str) -> UnixMillis {
    text.parse::<Zoned>().unwrap().timestamp().as_millisecond()
}

fn says(place: Place, words: &[&str], open: bool) -> Test {
    Test::Says { place, words: words.iter().map(|w| (*w).to_owned()).collect(), open }
}

fn label(name: &str, open: bool) -> Test {
    Test::Label { name: name.into(), open }
}

fn not(test: Test) -> Test {
    Test::Not(Box::new(test))
}

#[test]
fn every_operator_is_understood() {
    for (text, expected) in [
        ("from:dana ", says(Place::From, &["dana"], false)),
        ("from:dan", says(Place::From, &["dan"], true)),
        ("from:dana@example.org ", says(Place::From, &["dana", "example", "org"], false)),
        ("from:\"Dana Whitfield\"", says(Place::From, &["dana", "whitfield"], false)),
        ("from:me ", Test::Mine),
        ("to:me ", Test::ToMe),
        ("to:tom ", says(Place::To, &["tom"], false)),
        ("cc:tom ", says(Place::Copies, &["tom"], false)),
        ("SUBJECT:Budget ", says(Place::Subject, &["budget"], false)),
        ("filename:report.pdf ", says(Place::Files, &["report", "pdf"], false)),
        ("has:attachment", Test::Attachment),
        ("before:2024/06/01", Test::Before(at("2024-06-01T00:00[Europe/Berlin]"))),
        ("older:06/01/2024", Test::Before(at("2024-06-01T00:00[Europe/Berlin]"))),
        ("after:2024-6-1", Test::Since(at("2024-06-01T00:00[Europe/Berlin]"))),
        ("after:2024", Test::Since(at("2024-01-01T00:00[Europe/Berlin]"))),
        ("newer:2024/06", Test::Since(at("2024-06-01T00:00[Europe/Berlin]"))),
        ("older_than:1y", Test::Before(at("2025-12-01T10:00[Europe/Berlin]"))),
        ("newer_than:2d", Test::Since(at("2026-11-29T10:00[Europe/Berlin]"))),
        ("newer_than:6m", Test::Since(at("2026-06-01T10:00[Europe/Berlin]"))),
        ("is:unread", label("unread", false)),
        ("is:read", not(label("unread", false))),
        ("is:starred", label("starred", false)),
        ("in:sent ", label("sent", false)),
        ("in:bin", label("trash", false)),
        ("label:work/clients ", label("work-clients", false)),
        ("label:\"Work/Big Clients\"", label("work-big-clients", false)),
        ("label:wo", label("wo", true)),
        ("category:promotions", label("category-promotions", false)),
        ("-from:tom ", not(says(Place::From, &["tom"], false))),
        ("-invoice", not(says(Place::Anywhere, &["invoice"], false))),
        ("-\"no such file\"", not(says(Place::Anywhere, &["no", "such", "file"], false))),
        (
            "from:tom OR from:dana ",
            Test::Any(vec![says(Place::From, &["tom"], false), says(Place::From, &["dana"], false)]),
        ),
        (
            "subject:(plan budget)",
            Test::All(vec![
                Test::Any(vec![says(Place::Subject, &["plan"], false)]),
                Test::Any(vec![says(Place::Subject, &["budget"], false)]),
            ]),
        ),
        (
            "from:(tom OR dana)",
            Test::All(vec![Test::Any(vec![says(Place::From, &["tom"], false), says(Place::From, &["dana"], false)])]),
        ),
    ] {
        assert_eq!(asked(text).tests, [expected], "{text}");
        assert!(asked(text).words.is_empty() && asked(text).free.is_empty(), "{text}");
    }
}

#[test]
fn what_is_no_operator_is_looked_for_as_words() {
    for (text, words) in [
        ("error: cannot open", vec!["error", "cannot", "open"]),
        ("E: Couldn't find package", vec!["e", "couldnt", "find", "package"]),
        ("http://example.com/x ", vec!["http example com x"]),
        ("is:funny today", vec!["is funny", "today"]),
        ("has:legs today", vec!["has legs", "today"]),
        ("before:tomorrow today", vec!["before tomorrow", "today"]),
        ("older_than:old today", vec!["older than old", "today"]),
        ("rpm -e package", vec!["rpm", "e", "package"]),
        ("apples OR pears", vec!["apples", "pears"]),
        ("OR pears", vec!["pears"]),
        ("this or that", vec!["this", "or", "that"]),
        ("12,400", vec!["12 400"]),
        ("an \"open phrase", vec!["an", "open", "phrase"]),
    ] {
        let got: Vec<String> = asked(text).words.concepts.iter().map(|concept| concept.words.join(" ")).collect();
        assert_eq!(got, words, "{text}");
    }
}

#[test]
fn an_operator_that_is_still_being_typed_asks_for_nothing() {
    for text in ["from:", "before:20", "is:un", "has:att", "newer_than:", "-from:", "label: ", "in:"] {
        assert_eq!(asked(text), Asked::default(), "{text}");
    }
    let asked = asked("budget from:");
    assert_eq!((asked.free.as_str(), asked.tests.len()), ("budget", 0));
}

#[test]
fn words_and_operators_go_together() {
    let got = asked("from:dana the budget for launch -draft has:attachment");
    assert_eq!(got.free, "the budget for launch");
    assert_eq!(got.typed, ["from:dana", "has:attachment"]);
    assert_eq!(got.tests.len(), 3);
    assert!(!got.everywhere);
    let got = asked("\"no such file\" enoe");
    assert_eq!(
        got.words.concepts.iter().map(|c| (c.must, c.prefix)).collect::<Vec<_>>(),
        [(true, false), (false, true)]
    );
    let got = asked("\"this one\" OR \"that one\"");
    assert!(got.words.concepts.iter().all(|c| !c.must) && matches!(&got.tests[..], [Test::Any(two)] if two.len() == 2));
}

#[test]
fn trash_and_spam_are_looked_through_only_where_they_are_named() {
    for (text, expected) in [
        ("in:trash x", true),
        ("label:spam x", true),
        ("in:anywhere x", true),
        ("in:trash OR in:inbox", true),
        ("-in:trash x", false),
        ("in:inbox x", false),
        ("x", false),
    ] {
        assert_eq!(asked(text).everywhere, expected, "{text}");
    }
    assert!(asked("in:anywhere x").tests.is_empty());
}

proptest! {
    #[test]
    fn nothing_typed_is_too_much_for_it(text in "(from:|before:|older_than:|label:|-|\"|\\(|\\)|OR | |[a-z0-9/.:]{1,6}|\\PC){0,12}") {
        let _ = asked(&text);
    }

    #[test]
    fn neither_is_any_text(text in "\\PC{0,80}") {
        let asked = asked(&text);
        prop_assert!(asked.free.len() <= text.len() * 2 + 8);
    }
}
