//! What the store keeps of a lesson, and what is told of one. No behaviour but the rules of a row.

use super::limits::limits;
use super::say;
use crate::api::{Lesson, LessonKind, LessonRule, LessonScope, LessonState, UnixMillis};
use crate::ids::{DraftId, LessonId};
use crate::memory::manners::{primary, read_greeting};
use crate::memory::words::{fold, folded_words};
use serde::{Deserialize, Serialize};

/// How many people and letters a row names at most.
const NAMED: usize = 16;

/// A lesson as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonRow {
    pub(crate) kind: LessonKind,
    pub(crate) rule: LessonRule,
    pub(crate) scope: LessonScope,
    pub(crate) language: Option<String>,
    /// In how many letters it was seen.
    pub(crate) seen: u32,
    /// To whom those went, folded; the latest at the end.
    pub(crate) people: Vec<String>,
    /// Which those were; the latest at the end.
    pub(crate) drafts: Vec<DraftId>,
    pub(crate) on: bool,
    pub(crate) edited: bool,
    pub(crate) first: UnixMillis,
    pub(crate) last: UnixMillis,
}

/// A row and its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) id: LessonId,
    pub(crate) row: LessonRow,
}

impl LessonRow {
    pub(crate) fn state(&self) -> LessonState {
        if self.edited || self.seen >= needed(&self.rule, self.kind) {
            LessonState::Learned
        } else {
            LessonState::SeenOnce
        }
    }

    /// Whether it may be used.
    pub(crate) fn counts(&self) -> bool {
        self.on && self.state() == LessonState::Learned
    }

    /// Whether it was seen as often as it must be, and no oftener.
    pub(crate) fn is_just_enough(&self) -> bool {
        self.seen <= needed(&self.rule, self.kind)
    }

    pub(crate) fn seen_in(&mut self, draft: DraftId, person: &str, now: UnixMillis) {
        self.seen += 1;
        self.last = self.last.max(now);
        push(&mut self.drafts, draft);
        push(&mut self.people, person.to_owned());
    }

    /// Takes another row of the same lesson over.
    pub(crate) fn absorb(&mut self, other: &Self) {
        self.seen += other.seen;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        for person in &other.people {
            push(&mut self.people, person.clone());
        }
        for draft in &other.drafts {
            push(&mut self.drafts, *draft);
        }
    }

    pub(crate) fn told(self, id: LessonId) -> Lesson {
        Lesson {
            id,
            words: say::words(&self.rule),
            state: self.state(),
            kind: self.kind,
            rule: self.rule,
            scope: self.scope,
            language: self.language,
            on: self.on,
            seen: self.seen,
            edited: self.edited,
            first: self.first,
            last: self.last,
        }
    }
}

fn push<T: PartialEq>(list: &mut Vec<T>, new: T) {
    list.retain(|known| *known != new);
    list.push(new);
    if list.len() > NAMED {
        list.remove(0);
    }
}

/// In how many letters a thing must be seen before it counts. How one greets, signs and spells things is said by one change.
fn needed(rule: &LessonRule, kind: LessonKind) -> u32 {
    match rule {
        LessonRule::Greet { .. } | LessonRule::SignOff { .. } | LessonRule::SignAs { .. } => 1,
        LessonRule::Write { .. } if kind == LessonKind::Fact => 1,
        _ => limits().needed,
    }
}

/// What a lesson is about: of two that are about the same thing, and differ, only one can be kept to.
pub(crate) fn slot(rule: &LessonRule, language: Option<&str>) -> String {
    let tongue = language.map(primary).unwrap_or_default();
    match rule {
        LessonRule::Greet { .. } | LessonRule::NoGreeting => format!("greeting {tongue}"),
        LessonRule::SignOff { .. } => format!("sign-off {tongue}"),
        LessonRule::SignAs { .. } => "name".to_owned(),
        LessonRule::Write { instead_of, .. } => format!("write {}", fold(instead_of)),
        LessonRule::NoExclamationMarks => "exclamation marks".to_owned(),
        LessonRule::Shorter => "length".to_owned(),
        LessonRule::AddLine { line } => format!("line {}", folded_words(line).join(" ")),
        LessonRule::AskFirst => "order".to_owned(),
    }
}

/// Whether two rules say the same, whoever is greeted.
pub(crate) fn is_same(one: &LessonRule, other: &LessonRule) -> bool {
    match (one, other) {
        (LessonRule::Greet { line: one }, LessonRule::Greet { line: other }) => pattern(one) == pattern(other),
        (LessonRule::AddLine { line: one }, LessonRule::AddLine { line: other }) => {
            folded_words(one) == folded_words(other)
        }
        (one, other) => one == other,
    }
}

/// A greeting with `{name}` where somebody is named.
pub(crate) fn pattern(line: &str) -> String {
    let plain = line.replace("{name}", "Name");
    read_greeting(&plain, &["Name".to_owned()]).map_or_else(|| line.to_owned(), |greeting| greeting.pattern())
}
