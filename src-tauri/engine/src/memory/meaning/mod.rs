//! What mail means: each message's passages as vectors, kept sealed in its row and in memory, and what is near a question. Where there is
//! no model or no runtime nothing is near, and words alone find; nothing here fails for that.

mod models;
pub mod rows;
mod space;
mod work;

use super::vectors::Near;
use crate::Engine;
use crate::api::MemoryState;
use crate::error::Result;
use crate::ids::MessageId;
use crate::store::Keep;
use crate::store::tables::VECTORS;
pub use rows::VectorRow;
use space::Space;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// One account's vectors in memory: a space for each model that has read of its mail, taken in from the store when first needed.
#[derive(Default)]
pub(crate) struct Meaning {
    spaces: RwLock<Vec<Arc<Space>>>,
    /// Whether the rows were taken in. Held while that is being done, so that it is done once.
    opened: Mutex<bool>,
    /// Held by who embeds.
    working: Mutex<()>,
}

impl Meaning {
    /// A message went: nothing of it is found from now on.
    pub(crate) fn forget(&self, message: MessageId) {
        self.spaces().iter().for_each(|space| space.remove(message));
    }

    fn spaces(&self) -> RwLockReadGuard<'_, Vec<Arc<Space>>> {
        self.spaces.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self) -> RwLockWriteGuard<'_, Vec<Arc<Space>>> {
        self.spaces.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The model's space, made if there is none yet.
    fn space(&self, model: &str, dimensions: usize, loading: bool) -> Arc<Space> {
        let mut spaces = self.change();
        if let Some(space) = spaces.iter().find(|space| space.model == model) {
            return space.clone();
        }
        let space = Arc::new(Space::new(model, dimensions, loading));
        spaces.push(space.clone());
        space
    }
}

impl Engine {
    /// Messages nearest in meaning, best first, of those that `keep` lets through; none where meaning is not to be had now (no runtime,
    /// switched off, nothing read yet): words alone find then. While a new model reads the mail the old one answers, and the new one only
    /// for what came since.
    ///
    /// # Errors
    /// `store_broken`.
    pub(crate) fn near_in_meaning(
        &self,
        text: &str,
        limit: usize,
        keep: &dyn Fn(MessageId) -> bool,
    ) -> Result<Vec<Near>> {
        let settings = self.settings()?.embedding;
        if !settings.enabled || text.trim().is_empty() {
            return Ok(vec![]);
        }
        let mut spaces = self.spaces()?;
        spaces.sort_by_key(|space| space.model == settings.model);
        let mut lists = Vec::new();
        for space in spaces.iter().filter(|space| !space.vectors.is_empty()) {
            let Ok(embedder) = self.house.embedders.get(&space.model) else { continue };
            match embedder.query(text) {
                Ok(query) => lists.push((space, space.vectors.search(&query, limit, keep))),
                Err(error) => tracing::warn!(%error, "meaning does not answer"),
            }
        }
        let mut lists = lists.into_iter();
        let Some((first, best)) = lists.next() else { return Ok(vec![]) };
        let others = lists.flat_map(|(_, list)| list).filter(|near| !first.has(near.message)).collect();
        Ok(woven(best, others, limit))
    }

    /// How far the memory of what mail means is.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn memory_state(&self) -> Result<MemoryState> {
        let settings = self.settings()?.embedding;
        let (mut embedded, mut others) = (0, HashSet::new());
        let (view, tag) = (self.store().read(self.account())?, rows::tag(&settings.model));
        view.keys(VECTORS, |key| {
            match key.get(16..) {
                Some(found) if found == tag => embedded += 1,
                Some(found) => drop(others.insert(found.to_vec())),
                None => {}
            }
            Ok(())
        })?;
        let known = super::embed::catalogue::models().iter();
        let until_then = known.map(|model| &model.id).find(|id| others.contains(rows::tag(id).as_slice())).cloned();
        let trouble = settings.enabled.then(|| self.house.embedders.trouble(&settings.model)).flatten();
        let running = self.desk.meaning.working.try_lock().is_err();
        let (enabled, model, messages) = (settings.enabled, settings.model, self.mail_counts()?.0);
        let packed = self.packed_messages()?;
        Ok(MemoryState { enabled, model, until_then, embedded, messages, packed, running, trouble })
    }

    /// Keeps only the codes of these messages' vectors from now on; of how many there was more. Where meaning is switched off it waits:
    /// nothing is taken into memory for this alone.
    ///
    /// # Errors
    /// `store_broken`.
    pub(crate) fn quantise(&self, messages: &[MessageId]) -> Result<u64> {
        if !self.settings()?.embedding.enabled {
            return Ok(0);
        }
        let spaces = self.spaces()?;
        let precise = |id: &&MessageId| spaces.iter().any(|space| space.vectors.is_precise(**id));
        let messages: Vec<_> = messages.iter().filter(precise).collect();
        if messages.is_empty() {
            return Ok(0);
        }
        self.store().write(self.account(), Keep::Again, |tx| {
            for (id, space) in messages.iter().flat_map(|id| spaces.iter().map(move |space| (id, space))) {
                let key = rows::key(**id, &space.model);
                let row: Option<VectorRow> = tx.get(VECTORS, &key)?;
                if let Some(row) = row.filter(|row| row.form == rows::Form::F32) {
                    tx.put(VECTORS, &key, &row.quantised())?;
                    space.vectors.quantise(**id);
                }
            }
            Ok(messages.len() as u64)
        })
    }

    /// The account's spaces, taken in from the store if they are not yet.
    fn spaces(&self) -> Result<Vec<Arc<Space>>> {
        let meaning = &self.desk.meaning;
        let mut opened = meaning.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if !*opened {
            // The spaces stand before the view is opened, so that what goes meanwhile is known to them.
            for model in super::embed::catalogue::models() {
                meaning.space(&model.id, model.dimensions, true);
            }
            self.store().read(self.account())?.each(VECTORS, &[], |key, row: VectorRow| {
                let message = key.get(..16).and_then(|id| id.try_into().ok()).map(MessageId);
                let space = meaning.spaces().iter().find(|space| space.model == row.model).cloned();
                if let (Some(message), Some(space)) = (message, space) {
                    space.load(message, &row);
                }
                Ok(true)
            })?;
            meaning.spaces().iter().for_each(|space| space.loaded());
            let chosen = self.settings()?.embedding.model;
            if let Some(space) = meaning.spaces().iter().find(|space| space.model == chosen) {
                // Where they are lost or of another model, looking at each vector answers until they are built anew.
                self.restore_graphs(&space.vectors);
            }
            *opened = true;
        }
        Ok(meaning.spaces().clone())
    }
}

/// Two lists whose scores say nothing of each other, one from each in turn.
fn woven(first: Vec<Near>, second: Vec<Near>, limit: usize) -> Vec<Near> {
    let mut all = Vec::with_capacity(first.len() + second.len());
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    loop {
        match (first.next(), second.next()) {
            (None, None) => break,
            (one, other) => all.extend(one.into_iter().chain(other)),
        }
    }
    all.truncate(limit);
    all
}

#[cfg(test)]
mod models_tests;
#[cfg(test)]
mod tests;
