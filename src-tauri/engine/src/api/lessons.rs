//! What crosses a door of the lessons: what Epistle learned from the person's own changes to its drafts, and on what evidence. Plain data.

use super::{Person, UnixMillis};
use crate::ids::{DraftId, LessonId};
use serde::{Deserialize, Serialize};
use specta::Type;

/// One small thing learned from what the person changed in drafts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Lesson {
    /// Which.
    pub id: LessonId,
    /// What kind of thing.
    pub kind: LessonKind,
    /// What is done because of it.
    pub rule: LessonRule,
    /// For whose letters it counts.
    pub scope: LessonScope,
    /// The rule in plain words, as in `Greet with “Hi Dana,”`.
    pub words: String,
    /// The language of the letters it counts for (BCP 47); `None`: of any.
    pub language: Option<String>,
    /// Whether it was seen often enough to count.
    pub state: LessonState,
    /// Whether the person lets it be used.
    pub on: bool,
    /// In how many letters it was seen.
    pub seen: u32,
    /// Whether the person put it in their own words.
    pub edited: bool,
    /// When it was first seen.
    pub first: UnixMillis,
    /// When it was last seen.
    pub last: UnixMillis,
}

/// What kind of thing a lesson is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum LessonKind {
    /// What something is called, or a number that stays.
    Fact,
    /// How the person likes it said.
    Preference,
    /// What the person always does in a letter.
    WayOfDoing,
}

/// What is done because of a lesson. The values are the person's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "rule")]
pub enum LessonRule {
    /// Greet so; `{name}` stands for a first name where it is for more than one person.
    Greet {
        /// The line.
        line: String,
    },
    /// Begin without a greeting.
    NoGreeting,
    /// Sign off so.
    SignOff {
        /// The line, as in `Cheers,`.
        line: String,
    },
    /// Put this name under it.
    SignAs {
        /// The name.
        name: String,
    },
    /// Write one thing instead of another.
    Write {
        /// What Epistle would write.
        instead_of: String,
        /// What the person writes.
        write: String,
    },
    /// No exclamation marks.
    NoExclamationMarks,
    /// Shorter than Epistle would.
    Shorter,
    /// A line that is always there.
    AddLine {
        /// The line.
        line: String,
    },
    /// What is asked comes first.
    AskFirst,
}

/// For whose letters a lesson counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "reach")]
pub enum LessonScope {
    /// Letters to this person.
    Person {
        /// Who.
        person: Person,
    },
    /// Letters to this house.
    Domain {
        /// Its mail domain.
        domain: String,
    },
    /// All letters.
    Everywhere,
}

/// How far a lesson reaches, as a person sets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum LessonReach {
    /// One person.
    Person,
    /// That person's house.
    Domain,
    /// All letters.
    Everywhere,
}

/// Whether a lesson was seen often enough to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum LessonState {
    /// Seen, and not yet often enough: it is not used.
    SeenOnce,
    /// It counts.
    Learned,
}

/// A lesson with what led to it, as far as that is still kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LessonShown {
    /// The lesson.
    pub lesson: Lesson,
    /// The changes that led to it in the last week, the newest first.
    pub evidence: Vec<LessonEvidence>,
}

/// A change the person made in a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LessonEvidence {
    /// What Epistle had written.
    pub before: String,
    /// What the person left there.
    pub after: String,
    /// When the letter left.
    pub at: UnixMillis,
    /// To whom.
    pub to: Option<Person>,
    /// The letter.
    pub draft: DraftId,
}

/// What a person changes in a lesson. Fields left `None` stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LessonEdit {
    /// The text of its rule: the line, the name, or what to write. 1 to 200 characters on one line.
    pub text: Option<String>,
    /// How far it reaches.
    pub reach: Option<LessonReach>,
}
