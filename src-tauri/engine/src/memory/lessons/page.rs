//! What the person reads and changes of the lessons: the page's and the command line's operations. It draws none.

use super::say::LONGEST;
use super::{DAY, known, limits::limits, row::LessonRow};
use crate::Engine;
use crate::api::{Lesson, LessonEdit, LessonEvidence, LessonReach, LessonRule, LessonScope, LessonShown, Person};
use crate::compose::plain;
use crate::error::{Error, Result};
use crate::ids::LessonId;
use crate::store::Keep;
use crate::store::tables::{LESSON_EVIDENCE, LESSONS};

impl Engine {
    /// What was learned, the last seen first.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn lessons(&self) -> Result<Vec<Lesson>> {
        let found = known(&self.store().read(self.account())?)?;
        let mut lessons: Vec<Lesson> = found.into_iter().map(|lesson| lesson.row.told(lesson.id)).collect();
        lessons.sort_by_key(|lesson| (std::cmp::Reverse(lesson.last), lesson.id));
        Ok(lessons)
    }

    /// A lesson, with the changes of the last week that led to it.
    ///
    /// # Errors
    /// `not_found`, `store_broken`.
    pub fn lesson(&self, id: LessonId) -> Result<LessonShown> {
        let (read, oldest) = (self.store().read(self.account())?, crate::now() - limits().evidence_days * DAY);
        let row: LessonRow = read.get(LESSONS, id.as_bytes())?.ok_or_else(|| Error::not_found("lesson", id))?;
        let mut evidence: Vec<LessonEvidence> = Vec::new();
        read.each(LESSON_EVIDENCE.table(), id.as_bytes(), |_, change: LessonEvidence| {
            evidence.extend(Some(change).filter(|change| change.at > oldest));
            Ok(true)
        })?;
        evidence.sort_by_key(|change| std::cmp::Reverse(change.at));
        Ok(LessonShown { lesson: row.told(id), evidence })
    }

    /// Changes a lesson's words or its reach. What a person put in their own words counts, however often it was seen.
    ///
    /// # Errors
    /// `bad_input` where the rule has no words, or these are none; `not_found`, `store_broken`.
    pub fn edit_lesson(&self, id: LessonId, edit: &LessonEdit) -> Result<Lesson> {
        let text = edit.text.as_deref().map(checked).transpose()?;
        self.change_lesson(id, |row| {
            if let Some(text) = &text {
                *word_of(&mut row.rule)? = text.clone();
                row.edited = true;
            }
            if let Some(reach) = edit.reach {
                row.scope = scope(row, reach)?;
                row.edited = true;
            }
            Ok(())
        })
    }

    /// Lets a lesson be used, or not. One that is off stays off, however often it is seen.
    ///
    /// # Errors
    /// `not_found`, `store_broken`.
    pub fn switch_lesson(&self, id: LessonId, on: bool) -> Result<Lesson> {
        self.change_lesson(id, |row| {
            row.on = on;
            Ok(())
        })
    }

    fn change_lesson(&self, id: LessonId, change: impl FnOnce(&mut LessonRow) -> Result<()>) -> Result<Lesson> {
        self.store().write(self.account(), Keep::Made, |tx| {
            let mut row: LessonRow = tx.get(LESSONS, id.as_bytes())?.ok_or_else(|| Error::not_found("lesson", id))?;
            change(&mut row)?;
            tx.put(LESSONS, id.as_bytes(), &row)?;
            Ok(row.told(id))
        })
    }
}

/// A value as it may be kept: visible, on one line, neither empty nor long.
fn checked(text: &str) -> Result<String> {
    let refuse = |why: &str| Err(Error::BadInput { field: "text", why: why.into() });
    let text = plain::visible(text).trim().to_owned();
    match text.chars().count() {
        0 => refuse("say what it should be"),
        n if n > LONGEST => refuse("this is too long for a lesson"),
        _ if text.contains('\n') => refuse("a lesson's words stand on one line"),
        _ => Ok(text),
    }
}

/// The words of a rule that a person can change.
fn word_of(rule: &mut LessonRule) -> Result<&mut String> {
    match rule {
        LessonRule::Greet { line } | LessonRule::SignOff { line } | LessonRule::AddLine { line } => Ok(line),
        LessonRule::SignAs { name } => Ok(name),
        LessonRule::Write { write, .. } => Ok(write),
        LessonRule::NoGreeting | LessonRule::NoExclamationMarks | LessonRule::Shorter | LessonRule::AskFirst => {
            Err(Error::BadInput { field: "text", why: "this lesson has no words to change".into() })
        }
    }
}

/// The scope of this reach, from the person it was seen with last.
fn scope(row: &LessonRow, reach: LessonReach) -> Result<LessonScope> {
    let person = match &row.scope {
        LessonScope::Person { person } => Some(person.clone()),
        _ => row.people.last().and_then(|p| p.parse().ok()).map(|address| Person { name: None, address }),
    };
    let nobody = || Error::BadInput { field: "reach", why: "it is not known with whom this was seen".into() };
    Ok(match reach {
        LessonReach::Everywhere => LessonScope::Everywhere,
        LessonReach::Domain => LessonScope::Domain { domain: person.ok_or_else(nobody)?.address.domain().to_owned() },
        LessonReach::Person => LessonScope::Person { person: person.ok_or_else(nobody)? },
    })
}
