//! From a draft as Epistle wrote it, and as the person let it go, to the small things that were changed. Pure and by rules: no model is asked,
//! and nothing is guessed from one change that two must show.

use super::guard::Proof;
use super::letter::{Parts, is_known_closing, parts, sentences, shared};
use super::limits::limits;
use super::say::LONGEST;
use super::swaps::{Swap, swaps};
use crate::api::{LessonKind, LessonRule, Person};
use crate::compose::plain;
use crate::memory::manners::{Greeting, Whom, first_name, name_words};
use crate::memory::words::{fold, folded_words};

/// The most things learned from one letter.
const MOST: usize = 12;
/// A letter that keeps less than this share of the text was written anew: single words of it show nothing.
const REWRITTEN: f32 = 0.35;

/// One text of Epistle's and what became of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Edit<'a> {
    /// As Epistle wrote it.
    pub(crate) before: &'a str,
    /// As the person left it.
    pub(crate) after: &'a str,
    /// Other texts of Epistle's for this draft: what stands there was not typed.
    pub(crate) others: &'a [&'a str],
    /// To whom it goes.
    pub(crate) to: &'a [Person],
    /// Everybody of the letter and its conversation: their names are no terms.
    pub(crate) people: &'a [Person],
    /// Who writes.
    pub(crate) me: Option<&'a Person>,
}

/// A change that says something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Observed {
    pub(crate) rule: LessonRule,
    pub(crate) kind: LessonKind,
    pub(crate) before: String,
    pub(crate) after: String,
    /// What must be shown to be the person's own before it counts.
    pub(crate) proof: Proof,
}

/// A change that speaks against what was learned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Contrary {
    /// This line was taken out.
    Line(String),
    /// An exclamation mark was put in.
    Exclaims,
    /// It was made longer.
    Longer,
}

/// What one edit shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Drawn {
    pub(crate) observed: Vec<Observed>,
    pub(crate) contrary: Vec<Contrary>,
}

/// What an edit shows.
pub(crate) fn draw(edit: &Edit<'_>) -> Drawn {
    if edit.before.trim() == edit.after.trim() || edit.after.trim().is_empty() {
        return Drawn::default();
    }
    let names: Vec<String> = edit.to.iter().filter_map(first_name).collect();
    let own = edit.me.map(name_words).unwrap_or_default();
    let (old, new) = (parts(edit.before, &names, &own), parts(edit.after, &names, &own));
    let mut observed = Vec::new();
    observed.extend(greeting(edit, &old, &new));
    observed.extend(sign_off(edit, &old, &new));
    observed.extend(signs_as(edit, &old, &new));
    if shared(&old.text, &new.text) >= REWRITTEN {
        observed
            .extend(swaps(&old.text, &new.text, &people_words(edit)).into_iter().filter_map(|swap| write(edit, swap)));
        observed.extend(added_lines(edit, &old.text, &new.text));
        observed.extend(asks_first(&old.text, &new.text));
        observed.extend(shorter(&old.text, &new.text));
    }
    observed.extend(exclaims_no_more(edit));
    observed.truncate(MOST);
    Drawn { observed, contrary: contrary(edit, &old.text, &new.text) }
}

fn people_words(edit: &Edit<'_>) -> Vec<String> {
    edit.people.iter().chain(edit.to).chain(edit.me).flat_map(name_words).collect()
}

/// Whether Epistle itself wrote this line for the draft once.
fn not_typed(edit: &Edit<'_>, line: &str) -> bool {
    edit.others.iter().any(|text| text.lines().any(|known| known.trim() == line.trim()))
}

fn preference(rule: LessonRule, before: &str, after: &str) -> Observed {
    Observed { rule, kind: LessonKind::Preference, before: before.into(), after: after.into(), proof: Proof::None }
}

// ---------------------------------------------------------------- the frame

/// How one person is greeted. Of a letter to several nothing is learned of it.
fn greeting(edit: &Edit<'_>, old: &Parts, new: &Parts) -> Option<Observed> {
    let [to] = edit.to else { return None };
    let was = old.greeting.as_ref().map(Greeting::line).unwrap_or_default();
    let Some(now) = &new.greeting else {
        let goes_on = shared(&old.text, &new.text) >= REWRITTEN;
        return (!was.is_empty() && goes_on).then(|| preference(LessonRule::NoGreeting, &was, ""));
    };
    let line = now.line();
    if line == was || not_typed(edit, &line) || !names_the_recipient(now, to) {
        return None;
    }
    Some(preference(LessonRule::Greet { line: line.clone() }, &was, &line))
}

/// The name of a greeting is the recipient's, or one word that may be a name for them.
fn names_the_recipient(greeting: &Greeting, to: &Person) -> bool {
    let Whom::Name(name) = &greeting.whom else { return true };
    let known = name_words(to);
    let words = folded_words(name);
    words.len() <= 1 || words.iter().filter(|word| !known.contains(word)).count() <= 1
}

fn sign_off(edit: &Edit<'_>, old: &Parts, new: &Parts) -> Option<Observed> {
    let (was, now) = (old.closing.as_deref().unwrap_or_default(), new.closing.as_deref()?);
    if fold(was) == fold(now) || not_typed(edit, now) {
        return None;
    }
    let proof = if is_known_closing(now) { Proof::None } else { Proof::AllMail(now.to_owned()) };
    Some(Observed { proof, ..preference(LessonRule::SignOff { line: now.to_owned() }, was, now) })
}

fn signs_as(edit: &Edit<'_>, old: &Parts, new: &Parts) -> Option<Observed> {
    let (was, now) = (old.name.as_deref()?, new.name.as_deref()?);
    if was == now || not_typed(edit, now) {
        return None;
    }
    let one_word = now.split_whitespace().count() == 1;
    let own = edit.me.map(name_words).unwrap_or_default();
    let known = folded_words(now).iter().all(|word| own.contains(word));
    let proof = if known || one_word { Proof::None } else { Proof::AllMail(now.to_owned()) };
    Some(Observed { proof, ..preference(LessonRule::SignAs { name: now.to_owned() }, was, now) })
}

// ---------------------------------------------------------------- the text

/// One thing written for another.
fn write(edit: &Edit<'_>, swap: Swap) -> Option<Observed> {
    let written_by_us = |text: &&&str| fold(text).contains(&fold(&swap.new));
    if edit.others.iter().any(|text| written_by_us(&text)) || swap.new.chars().count() > LONGEST {
        return None;
    }
    let kind = if swap.is_fact { LessonKind::Fact } else { LessonKind::Preference };
    let one_plain_word = !swap.is_fact && swap.new.chars().all(char::is_alphabetic);
    let proof = if one_plain_word { Proof::Conversation(swap.new.clone()) } else { Proof::AllMail(swap.new.clone()) };
    let rule = LessonRule::Write { instead_of: swap.old.clone(), write: swap.new.clone() };
    Some(Observed { rule, kind, before: swap.old, after: swap.new, proof })
}

/// Whole lines that are new, and no rewriting of one that was there.
fn added_lines(edit: &Edit<'_>, old: &str, new: &str) -> Vec<Observed> {
    let there: Vec<&str> = old.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let fresh = new.lines().map(str::trim).filter(|line| {
        let words = folded_words(line).len();
        let long_enough = words >= 3 || line.contains("://");
        long_enough
            && line.chars().count() <= LONGEST
            && !there.iter().any(|known| shared(line, known) > 0.5 || shared(known, line) > 0.5)
            && !not_typed(edit, line)
    });
    let observed = |line: &str| Observed {
        rule: LessonRule::AddLine { line: line.to_owned() },
        kind: LessonKind::WayOfDoing,
        before: String::new(),
        after: line.to_owned(),
        proof: Proof::AllMail(line.to_owned()),
    };
    fresh.map(observed).collect()
}

/// A question that stood further on is the first thing now.
fn asks_first(old: &str, new: &str) -> Option<Observed> {
    let (was, now) = (sentences(old), sentences(new));
    let (was_first, first) = (was.first()?, now.first()?);
    let moved = was.iter().skip(1).find(|sentence| sentence.ends_with('?') && shared(sentence, first) >= 0.6)?;
    (first.ends_with('?') && !was_first.ends_with('?') && was.len() > 1).then(|| Observed {
        kind: LessonKind::WayOfDoing,
        ..preference(LessonRule::AskFirst, &format!("{was_first} … {moved}"), first)
    })
}

fn shorter(old: &str, new: &str) -> Option<Observed> {
    let (was, now) = (plain::words(old), plain::words(new));
    let short = was >= 25 && now > 0 && now * 10 <= was * 7;
    short.then(|| preference(LessonRule::Shorter, &format!("{was} words"), &format!("{now} words")))
}

fn exclaims_no_more(edit: &Edit<'_>) -> Option<Observed> {
    let line = edit.before.lines().find(|line| line.contains('!'))?.trim();
    let now = edit.after.lines().max_by(|one, other| shared(line, one).total_cmp(&shared(line, other)))?.trim();
    (!edit.after.contains('!')).then(|| preference(LessonRule::NoExclamationMarks, line, now))
}

fn contrary(edit: &Edit<'_>, old: &str, new: &str) -> Vec<Contrary> {
    let lines = |text: &str| text.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>();
    let kept = lines(edit.after);
    let mut found: Vec<Contrary> = lines(edit.before)
        .into_iter()
        .filter(|line| !line.is_empty() && !kept.contains(line))
        .map(Contrary::Line)
        .collect();
    if !edit.before.contains('!') && edit.after.contains('!') {
        found.push(Contrary::Exclaims);
    }
    let (was, now) = (plain::words(old), plain::words(new));
    if was > 0 && now * 10 > was * 13 && now >= was + 8 {
        found.push(Contrary::Longer);
    }
    found
}

/// Whether any of these words is one letter's own.
pub(super) fn is_passing(words: &[String]) -> bool {
    words.iter().any(|word| limits().passing.contains(word))
}

#[cfg(test)]
#[path = "draw_tests.rs"]
mod tests;
