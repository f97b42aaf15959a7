//! Which lessons a letter gets, and what they make of it.

use super::*;
use crate::api::{LessonKind, LessonScope};
use crate::memory::lessons::row::LessonRow;

fn person(name: &str, address: &str) -> Person {
    Person { name: Some(name.into()), address: address.parse().unwrap() }
}

fn dana() -> Person {
    person("Dana Levi", "dana@example.org")
}

fn known(number: u8, scope: LessonScope, rule: LessonRule) -> Known {
    let row = LessonRow {
        kind: LessonKind::Preference,
        rule,
        scope,
        language: Some("en".into()),
        seen: 2,
        people: vec![],
        drafts: vec![],
        on: true,
        edited: false,
        first: 0,
        last: i64::from(number),
    };
    Known { id: LessonId([number; 16]), row }
}

fn greet(line: &str) -> LessonRule {
    LessonRule::Greet { line: line.into() }
}

fn house() -> LessonScope {
    LessonScope::Domain { domain: "example.org".into() }
}

fn used(rules: Vec<LessonRule>) -> Lessons {
    let known = rules.into_iter().enumerate().map(|(n, rule)| known(n as u8, LessonScope::Everywhere, rule));
    choose(known.collect(), &[dana()])
}

#[test]
fn of_one_matter_the_nearest_counts() {
    let all = vec![
        known(3, LessonScope::Everywhere, greet("Hello {name},")),
        known(2, house(), greet("Hi {name},")),
        known(1, LessonScope::Person { person: dana() }, greet("Dana,")),
    ];
    let greets = |to: &Person| choose(all.clone(), std::slice::from_ref(to)).greeting().map(str::to_owned);
    assert_eq!(greets(&dana()).as_deref(), Some("Dana,"));
    assert_eq!(greets(&person("Lee Wong", "lee@example.org")).as_deref(), Some("Hi Lee,"));
    assert_eq!(greets(&person("Kim Ode", "kim@example.net")).as_deref(), Some("Hello Kim,"));
    assert_eq!(choose(all.clone(), &[dana(), person("Lee", "lee@example.org")]).greeting(), None);
    assert_eq!(choose(all, &[]).greeting(), None, "nobody is greeted by a blank");
}

#[test]
fn what_is_off_or_not_seen_often_enough_is_not_used() {
    let rule = LessonRule::Shorter;
    let mut off = known(1, house(), rule.clone());
    off.row.on = false;
    let mut once = known(2, house(), rule.clone());
    once.row.seen = 1;
    assert!(choose(vec![off, once.clone()], &[dana()]).0.is_empty());
    once.row.edited = true;
    assert_eq!(choose(vec![once], &[dana()]).0.len(), 1, "what the person said themselves counts");
}

#[test]
fn lessons_keep_their_budget() {
    let long = |n: usize| LessonRule::AddLine { line: format!("{n} {}", "word ".repeat(39)) };
    let lessons = used((0..40).map(long).collect());
    let cost: u32 = lessons.words().map(|words| plain::tokens(&words)).sum();
    assert!(!lessons.0.is_empty() && cost <= limits().tokens && lessons.0.len() <= limits().most, "{cost}");
}

#[test]
fn a_lesson_counts_in_its_language_and_gives_way_to_a_tone_that_was_asked_for() {
    let lessons = used(vec![greet("Hi {name},"), LessonRule::NoExclamationMarks]);
    assert_eq!(lessons.clone().fitting("en-GB", Tone::AsIWrite).0.len(), 2);
    assert!(lessons.clone().fitting("de", Tone::AsIWrite).0.is_empty());
    assert_eq!(lessons.fitting("en", Tone::Formal).greeting(), None);
}

#[test]
fn a_text_is_written_by_its_lessons() {
    let term = |from: &str, to: &str| LessonRule::Write { instead_of: from.into(), write: to.into() };
    let line = LessonRule::AddLine { line: "My calendar: https://cal.example.com".into() };
    let table = [
        (vec![term("utilise", "use")], "Utilise it; we utilise it, utilised.", "Use it; we use it, utilised."),
        (
            vec![term("Northwind 2", "Northwind Two")],
            "the northwind 2 and Northwind 20",
            "the Northwind Two and Northwind 20",
        ),
        (vec![LessonRule::NoExclamationMarks], "Yes! Now!", "Yes. Now."),
        (vec![line.clone()], "Yes.", "Yes.\n\nMy calendar: https://cal.example.com"),
        (vec![line], "Yes. My calendar: https://cal.example.com", "Yes. My calendar: https://cal.example.com"),
        (vec![term("İ", "I")], "İstanbul İ", "İstanbul İ"),
    ];
    for (rules, text, wanted) in table {
        assert_eq!(used(rules).applied(text.into()), wanted, "{text}");
    }
}

#[test]
fn the_end_is_put_together_from_what_was_learned_and_what_is_usual() {
    let off = || LessonRule::SignOff { line: "Cheers,".into() };
    let name = || LessonRule::SignAs { name: "M.".into() };
    for (rules, usual, wanted) in [
        (vec![off()], "Best,\nMara", "Cheers,\nMara"),
        (vec![name()], "Best,\nMara", "Best,\nM."),
        (vec![off(), name()], "Best,\nMara", "Cheers,\nM."),
        (vec![off()], "Mara", "Cheers,\nMara"),
        (vec![off()], "", "Cheers,"),
        (vec![], "Best,\nMara", "Best,\nMara"),
    ] {
        assert_eq!(used(rules).ended(usual.into()), wanted, "{usual:?}");
    }
}
