//! Forgetting a lesson, everywhere it is: its row, what led to it, what drafts say of it, and the answers of models that may have been written
//! with it.

use super::{known, row::Known};
use crate::Engine;
use crate::compose::rows::DraftGround;
use crate::error::{Error, Result};
use crate::ids::LessonId;
use crate::store::tables::{DRAFT_GROUNDS, LESSON_EVIDENCE, LESSONS, LLM_CACHE};
use crate::store::{Keep, Write};

impl Engine {
    /// Forgets a lesson: its row, the changes that led to it, its name among the sources of drafts, and every kept answer of a model, as any
    /// of them may have been written with it. All of that is one commit; nothing of a lesson is held in memory. Letters already written stay
    /// as they are.
    ///
    /// What is promised of the disk: after this no row of the data folder holds it, and no operation finds it. Pages that the store has freed
    /// hold the old rows until they are used again, sealed under the account's key as all rows are: to whoever has no key they say nothing,
    /// and only removing the account takes that key away.
    ///
    /// # Errors
    /// `not_found`, `store_broken`.
    pub fn forget_lesson(&self, id: LessonId) -> Result<()> {
        self.store().write(self.account(), Keep::Made, |tx| {
            if !tx.has(LESSONS, id.as_bytes())? {
                return Err(Error::not_found("lesson", id));
            }
            forget(tx, &[id])
        })
    }

    /// Forgets every lesson of this account, as [`Engine::forget_lesson`] does; says how many those were.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn forget_all_lessons(&self) -> Result<u32> {
        let all: Vec<LessonId> =
            known(&self.store().read(self.account())?)?.into_iter().map(|Known { id, .. }| id).collect();
        self.store().write(self.account(), Keep::Made, |tx| {
            forget(tx, &all)?;
            tx.delete_prefix(LESSON_EVIDENCE.table(), &[])?;
            tx.delete_prefix(LESSONS, &[])
        })?;
        Ok(u32::try_from(all.len()).unwrap_or(u32::MAX))
    }
}

fn forget(tx: &mut Write<'_>, lessons: &[LessonId]) -> Result<()> {
    for lesson in lessons {
        forget_rows(tx, *lesson)?;
    }
    let mut grounds: Vec<(Vec<u8>, DraftGround)> = Vec::new();
    tx.each(DRAFT_GROUNDS, &[], |key, ground: DraftGround| {
        if ground.sources.iter().any(|source| source.lesson.is_some_and(|id| lessons.contains(&id))) {
            grounds.push((key.to_vec(), ground));
        }
        Ok(true)
    })?;
    for (key, mut ground) in grounds {
        ground.sources.retain(|source| source.lesson.is_none_or(|id| !lessons.contains(&id)));
        tx.put(DRAFT_GROUNDS, &key, &ground)?;
    }
    tx.delete_prefix(LLM_CACHE.table(), &[])?;
    Ok(())
}

/// The lesson's own row and its evidence.
pub(super) fn forget_rows(tx: &mut Write<'_>, lesson: LessonId) -> Result<()> {
    tx.delete(LESSONS, lesson.as_bytes())?;
    tx.delete_prefix(LESSON_EVIDENCE.table(), lesson.as_bytes())?;
    Ok(())
}
