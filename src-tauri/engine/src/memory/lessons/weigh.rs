//! What was seen in one letter is taken into what is known: a thing seen again counts more, the contrary takes its place, and what was seen
//! with several people of a house, or of several, reaches further. Pure: rows in, rows out.

use super::draw::{Contrary, Drawn, Observed};
use super::limits::{is_shared, limits};
use super::row::{Known, LessonRow, is_same, pattern, slot};
use crate::api::{LessonRule, LessonScope, Person, UnixMillis};
use crate::ids::{DraftId, LessonId};
use crate::memory::words::{fold, folded_words};
use std::collections::BTreeSet;

/// The letter in which something was seen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Letter<'a> {
    pub(crate) draft: DraftId,
    pub(crate) person: &'a Person,
    pub(crate) language: Option<&'a str>,
    pub(crate) now: UnixMillis,
}

/// What became of the rows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Weighed {
    /// The lesson of each observation, in their order; `None` where nothing was learned of it.
    pub(crate) of: Vec<Option<LessonId>>,
    /// Lessons that are gone, and what they went into.
    pub(crate) gone: Vec<(LessonId, Option<LessonId>)>,
}

/// Takes one letter's changes in. `fresh` are ids for what is new, one an observation.
pub(crate) fn weigh(known: &mut Vec<Known>, drawn: &Drawn, letter: Letter<'_>, fresh: &[LessonId]) -> Weighed {
    let mut weighed = Weighed::default();
    for contrary in &drawn.contrary {
        drop_where(known, &mut weighed, |row| covers(&row.scope, letter.person) && speaks_against(contrary, &row.rule));
    }
    for (observed, id) in drawn.observed.iter().zip(fresh) {
        let id = take(known, &mut weighed, observed, letter, *id);
        weighed.of.push(id);
    }
    weighed
}

/// Takes back what a letter taught before it was changed once more.
pub(crate) fn take_back(known: &mut Vec<Known>, draft: DraftId) -> Vec<LessonId> {
    for lesson in known.iter_mut().filter(|lesson| lesson.row.drafts.contains(&draft)) {
        lesson.row.drafts.retain(|seen| *seen != draft);
        lesson.row.seen = lesson.row.seen.saturating_sub(1);
    }
    let empty = |lesson: &Known| lesson.row.seen == 0 && !lesson.row.edited;
    let gone = known.iter().filter(|lesson| empty(lesson)).map(|lesson| lesson.id).collect();
    known.retain(|lesson| !empty(lesson));
    gone
}

/// Whether a lesson of this scope counts for letters to this person.
pub(crate) fn covers(scope: &LessonScope, person: &Person) -> bool {
    match scope {
        LessonScope::Person { person: known } => known.address.folded() == person.address.folded(),
        LessonScope::Domain { domain } => person.address.domain() == domain,
        LessonScope::Everywhere => true,
    }
}

fn speaks_against(contrary: &Contrary, rule: &LessonRule) -> bool {
    match (contrary, rule) {
        (Contrary::Line(taken), LessonRule::AddLine { line }) => folded_words(taken) == folded_words(line),
        (Contrary::Exclaims, LessonRule::NoExclamationMarks) | (Contrary::Longer, LessonRule::Shorter) => true,
        _ => false,
    }
}

/// `write b, not a` was the lesson, and the person wrote a for b.
fn is_reverse(one: &LessonRule, other: &LessonRule) -> bool {
    match (one, other) {
        (LessonRule::Write { instead_of, write }, LessonRule::Write { instead_of: from, write: to }) => {
            fold(instead_of) == fold(to) && fold(write) == fold(from) && instead_of != from
        }
        _ => false,
    }
}

fn drop_where(known: &mut Vec<Known>, weighed: &mut Weighed, is: impl Fn(&LessonRow) -> bool) {
    weighed.gone.extend(known.iter().filter(|lesson| is(&lesson.row)).map(|lesson| (lesson.id, None)));
    known.retain(|lesson| !is(&lesson.row));
}

fn take(
    known: &mut Vec<Known>,
    weighed: &mut Weighed,
    observed: &Observed,
    letter: Letter<'_>,
    fresh: LessonId,
) -> Option<LessonId> {
    let Letter { draft, person, language, now } = letter;
    let address = person.address.folded();
    let about = slot(&observed.rule, language);
    let same =
        |row: &LessonRow| is_same(&row.rule, &observed.rule) && slot(&row.rule, row.language.as_deref()) == about;
    let own = LessonScope::Person { person: person.clone() };
    drop_where(known, weighed, |row| {
        let contrary = slot(&row.rule, row.language.as_deref()) == about && !same(row);
        let here = matches!(row.scope, LessonScope::Person { .. }) && covers(&row.scope, person);
        (contrary && here) || (is_reverse(&row.rule, &observed.rule) && covers(&row.scope, person))
    });
    let nearest = known.iter_mut().filter(|lesson| same(&lesson.row) && covers(&lesson.row.scope, person));
    let found = nearest.min_by_key(|lesson| reach(&lesson.row.scope));
    let id = match found {
        Some(lesson) if !lesson.row.on => return None, // switched off, it stays so
        Some(lesson) => {
            lesson.row.seen_in(draft, &address, now);
            if lesson.row.scope == own && !lesson.row.edited {
                lesson.row.rule = observed.rule.clone();
            }
            lesson.id
        }
        None => {
            let mut row = LessonRow {
                kind: observed.kind,
                rule: observed.rule.clone(),
                scope: own,
                language: language.filter(|_| !matches!(observed.rule, LessonRule::SignAs { .. })).map(str::to_owned),
                seen: 0,
                people: vec![],
                drafts: vec![],
                on: true,
                edited: false,
                first: now,
                last: now,
            };
            row.seen_in(draft, &address, now);
            known.push(Known { id: fresh, row });
            fresh
        }
    };
    widen(known, weighed, id, person);
    Some(id)
}

/// From the narrowest to the widest.
pub(crate) fn reach(scope: &LessonScope) -> u8 {
    match scope {
        LessonScope::Person { .. } => 0,
        LessonScope::Domain { .. } => 1,
        LessonScope::Everywhere => 2,
    }
}

/// Lets a lesson reach as far as it was seen; the narrower ones that say the same go into it.
fn widen(known: &mut Vec<Known>, weighed: &mut Weighed, id: LessonId, person: &Person) {
    let Some(lesson) = known.iter().find(|lesson| lesson.id == id).cloned() else { return };
    let about = slot(&lesson.row.rule, lesson.row.language.as_deref());
    let same = |row: &LessonRow| {
        row.on && is_same(&row.rule, &lesson.row.rule) && slot(&row.rule, row.language.as_deref()) == about
    };
    let people: BTreeSet<&str> =
        known.iter().filter(|k| same(&k.row)).flat_map(|k| k.row.people.iter().map(String::as_str)).collect();
    let scope = scope_of(&people, person);
    if reach(&scope) <= reach(&lesson.row.scope) || lesson.row.edited {
        return;
    }
    let mut wide = lesson.row.clone();
    wide.scope = scope;
    if let LessonRule::Greet { line } = &mut wide.rule {
        *line = pattern(line);
        if line.contains("{full}") {
            return; // a title is one person's
        }
    }
    let within = |row: &LessonRow| {
        same(row)
            && !row.edited
            && row.people.iter().all(|p| covers_address(&wide.scope, p))
            && reach(&row.scope) <= reach(&wide.scope)
    };
    let narrower: Vec<Known> = known.iter().filter(|k| k.id != id && within(&k.row)).cloned().collect();
    for other in &narrower {
        wide.absorb(&other.row);
    }
    weighed.gone.extend(narrower.iter().map(|other| (other.id, Some(id))));
    // The newer of two that contradict each other for the same letters.
    let scope = wide.scope.clone();
    known.retain(|k| !narrower.iter().any(|other| other.id == k.id));
    drop_where(known, weighed, |row| {
        row.scope == scope && slot(&row.rule, row.language.as_deref()) == about && !is_same(&row.rule, &wide.rule)
    });
    if let Some(place) = known.iter_mut().find(|k| k.id == id) {
        place.row = wide;
    }
}

/// How far a thing reaches that was seen with these people, the last of them being `person`.
fn scope_of(people: &BTreeSet<&str>, person: &Person) -> LessonScope {
    let domain_of = |address: &str| address.rsplit_once('@').map_or(String::new(), |(_, domain)| domain.to_owned());
    let houses: BTreeSet<String> = people
        .iter()
        .map(|address| if is_shared(&domain_of(address)) { (*address).to_owned() } else { domain_of(address) })
        .collect();
    if people.len() >= limits().people_of_all && houses.len() >= limits().houses_of_all {
        return LessonScope::Everywhere;
    }
    let domain = person.address.domain();
    let colleagues = people.iter().filter(|address| domain_of(address) == domain).count();
    if !is_shared(domain) && colleagues >= limits().people_of_a_house {
        return LessonScope::Domain { domain: domain.to_owned() };
    }
    LessonScope::Person { person: person.clone() }
}

fn covers_address(scope: &LessonScope, folded: &str) -> bool {
    match scope {
        LessonScope::Person { person } => person.address.folded() == folded,
        LessonScope::Domain { domain } => folded.rsplit_once('@').is_some_and(|(_, own)| own == domain),
        LessonScope::Everywhere => true,
    }
}

#[cfg(test)]
#[path = "weigh_tests.rs"]
mod tests;
