//! What is known, after one letter and after several.

use super::*;
use crate::api::{LessonKind, LessonState};
use crate::memory::lessons::guard::Proof;

fn person(address: &str) -> Person {
    Person { name: None, address: address.parse().unwrap() }
}

/// Letters one after another: to whom, and what was seen.
struct Desk {
    known: Vec<Known>,
    number: u8,
}

impl Desk {
    fn new() -> Self {
        Self { known: vec![], number: 0 }
    }

    fn sees(&mut self, to: &str, rule: LessonRule, kind: LessonKind) -> Weighed {
        self.number += 1;
        let seen = Observed { rule, kind, before: "a".into(), after: "b".into(), proof: Proof::None };
        self.weighs(to, &Drawn { observed: vec![seen], contrary: vec![] })
    }

    fn weighs(&mut self, to: &str, drawn: &Drawn) -> Weighed {
        let person = person(to);
        let place = Letter {
            draft: DraftId([self.number; 16]),
            person: &person,
            language: Some("en"),
            now: i64::from(self.number),
        };
        weigh(&mut self.known, drawn, place, &[LessonId([self.number; 16])])
    }

    /// Every lesson in words: how far it reaches, what it says, how often it was seen.
    fn told(&self) -> Vec<String> {
        let reach = |scope: &LessonScope| match scope {
            LessonScope::Person { person } => person.address.to_string(),
            LessonScope::Domain { domain } => domain.clone(),
            LessonScope::Everywhere => "all".into(),
        };
        let mut told: Vec<String> = self
            .known
            .iter()
            .map(|k| format!("{}: {} ({})", reach(&k.row.scope), super::super::say::words(&k.row.rule), k.row.seen))
            .collect();
        told.sort();
        told
    }
}

fn greet(line: &str) -> LessonRule {
    LessonRule::Greet { line: line.into() }
}

fn write(instead_of: &str, write: &str) -> LessonRule {
    LessonRule::Write { instead_of: instead_of.into(), write: write.into() }
}

#[test]
fn a_lesson_begins_with_one_person_and_reaches_as_far_as_it_is_seen() {
    let mut desk = Desk::new();
    let kind = LessonKind::Preference;
    desk.sees("dana@example.org", greet("Hi Dana,"), kind);
    assert_eq!(desk.told(), ["dana@example.org: Greet with “Hi Dana,” (1)"]);
    let weighed = desk.sees("lee@example.org", greet("Hi Lee,"), kind);
    assert_eq!(desk.told(), ["example.org: Greet with “Hi (first name),” (2)"]);
    assert_eq!(weighed.gone, [(LessonId([1; 16]), Some(LessonId([2; 16])))]);
    desk.sees("kim@example.net", greet("Hi Kim,"), kind);
    assert_eq!(desk.told(), ["all: Greet with “Hi (first name),” (3)"]);
    desk.sees("ada@example.com", greet("Hi Ada,"), kind);
    assert_eq!(desk.told(), ["all: Greet with “Hi (first name),” (4)"]);
}

#[test]
fn people_of_a_mail_provider_are_no_house() {
    let mut desk = Desk::new();
    desk.sees("dana@gmail.com", greet("Hi Dana,"), LessonKind::Preference);
    desk.sees("lee@gmail.com", greet("Hi Lee,"), LessonKind::Preference);
    assert_eq!(desk.known.len(), 2);
    desk.sees("kim@gmail.com", greet("Hi Kim,"), LessonKind::Preference);
    assert_eq!(desk.told(), ["all: Greet with “Hi (first name),” (3)"]);
}

#[test]
fn the_newer_of_two_that_contradict_each_other_stands() {
    let mut desk = Desk::new();
    desk.sees("dana@example.org", greet("Hi Dana,"), LessonKind::Preference);
    desk.sees("dana@example.org", greet("Dear Dana,"), LessonKind::Preference);
    assert_eq!(desk.told(), ["dana@example.org: Greet with “Dear Dana,” (1)"]);
    desk.sees("dana@example.org", write("Northwind 2", "Northwind Two"), LessonKind::Fact);
    desk.sees("dana@example.org", write("Northwind Two", "Northwind 2"), LessonKind::Fact);
    assert_eq!(
        desk.told(),
        [
            "dana@example.org: Greet with “Dear Dana,” (1)",
            "dana@example.org: Write “Northwind 2”, not “Northwind Two” (1)"
        ]
    );
}

#[test]
fn one_person_can_differ_from_their_house() {
    let mut desk = Desk::new();
    desk.sees("dana@example.org", greet("Hi Dana,"), LessonKind::Preference);
    desk.sees("lee@example.org", greet("Hi Lee,"), LessonKind::Preference);
    desk.sees("dana@example.org", greet("Dear Dana,"), LessonKind::Preference);
    assert_eq!(
        desk.told(),
        ["dana@example.org: Greet with “Dear Dana,” (1)", "example.org: Greet with “Hi (first name),” (2)"]
    );
}

#[test]
fn some_things_count_at_once_and_some_when_they_are_seen_again() {
    let table = [
        (greet("Hi Dana,"), LessonKind::Preference, 1),
        (write("Northwind 2", "Northwind Two"), LessonKind::Fact, 1),
        (write("utilise", "use"), LessonKind::Preference, 2),
        (LessonRule::NoExclamationMarks, LessonKind::Preference, 2),
        (LessonRule::Shorter, LessonKind::Preference, 2),
        (LessonRule::AddLine { line: "My calendar is open".into() }, LessonKind::WayOfDoing, 2),
        (LessonRule::AskFirst, LessonKind::WayOfDoing, 2),
    ];
    for (rule, kind, needed) in table {
        let mut desk = Desk::new();
        for times in 1..=needed {
            desk.sees("dana@example.org", rule.clone(), kind);
            let state = desk.known[0].row.state();
            assert_eq!(state == LessonState::Learned, times == needed, "{rule:?} after {times}");
        }
    }
}

#[test]
fn what_is_switched_off_stays_off_however_often_it_is_seen() {
    let mut desk = Desk::new();
    desk.sees("dana@example.org", greet("Hi Dana,"), LessonKind::Preference);
    desk.known[0].row.on = false;
    let weighed = desk.sees("dana@example.org", greet("Hi Dana,"), LessonKind::Preference);
    assert_eq!(weighed.of, [None]);
    assert_eq!((desk.known.len(), desk.known[0].row.seen, desk.known[0].row.on), (1, 1, false));
}

#[test]
fn a_line_that_is_taken_out_again_is_no_lesson_any_more() {
    let mut desk = Desk::new();
    let line = LessonRule::AddLine { line: "My calendar is open.".into() };
    desk.sees("dana@example.org", line.clone(), LessonKind::WayOfDoing);
    desk.sees("dana@example.org", line, LessonKind::WayOfDoing);
    let contrary = vec![Contrary::Line("My calendar is open".into())];
    desk.weighs("lee@example.net", &Drawn { observed: vec![], contrary: contrary.clone() });
    assert_eq!(desk.known.len(), 1, "another person's letters say nothing of it");
    desk.weighs("dana@example.org", &Drawn { observed: vec![], contrary });
    assert!(desk.known.is_empty());
}

#[test]
fn a_letter_that_is_changed_once_more_teaches_what_it_says_last() {
    let mut desk = Desk::new();
    desk.sees("dana@example.org", greet("Hi Dana,"), LessonKind::Preference);
    assert_eq!(take_back(&mut desk.known, DraftId([1; 16])), [LessonId([1; 16])]);
    assert!(desk.known.is_empty());
}
