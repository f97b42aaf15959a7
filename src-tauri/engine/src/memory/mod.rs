//! What was written before: found by words (BM25) and counted into habits. It reads the mailbox and never changes it. What it knows is in
//! memory only, but for the index of words, which is sealed on the disk too: made when first needed, extended when mail comes in.

pub mod concepts;
pub(crate) mod context;
pub mod embed;
mod filter;
mod fuse;
mod graphs;
pub(crate) mod kept;
pub mod lessons;
pub mod lexical;
pub mod manners;
pub mod meaning;
mod packed;
pub mod passages;
mod postings;
pub mod query;
pub mod rank;
mod search;
pub mod snippet;
mod suggest;
mod tokens;
pub mod vectors;
pub mod voice;
pub mod words;

use crate::Engine;
use crate::api::{EmailAddress, Message, Person, Voice};
use crate::error::{Error, Result};
use crate::ids::MessageId;
use concepts::Query;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};
use voice::{Lists, Sample};

/// The index of words and the habits, in memory.
#[derive(Default)]
pub struct Memory {
    words: kept::Words,
    held: RwLock<Held>,
    /// One builds at a time; readers go on meanwhile.
    building: Mutex<()>,
}

/// What is held of the mail as it was at one moment.
#[derive(Default)]
struct Held {
    /// The mailbox's generation and who "me" was; `None` before the first build.
    as_of: Option<(u64, Vec<String>)>,
    /// How often mail had gone by then.
    removals: u64,
    known: HashSet<MessageId>,
    samples: Vec<Sample>,
    lists: Lists,
    names: HashMap<String, String>,
}

impl Held {
    fn add(&mut self, message: &Message) {
        if !self.known.insert(message.id) {
            return;
        }
        self.lists.count(message);
        if message.mine {
            self.samples.extend(voice::sample(message));
        }
        for person in message.from.iter().chain(&message.to) {
            if let Some(name) = &person.name {
                self.names.entry(person.address.folded()).or_insert_with(|| name.clone());
            }
        }
    }

    /// Who somebody is, as far as mail tells.
    fn person(&self, address: &EmailAddress) -> Person {
        Person { name: self.names.get(&address.folded()).cloned(), address: address.clone() }
    }
}

/// Mail this user wrote that is like what is to be written.
#[derive(Debug, Clone)]
pub struct Similar {
    /// The message.
    pub message: Message,
    /// The passage that is like it.
    pub passage: String,
    /// Whether it went to the person now written to.
    pub to_this_person: bool,
    /// By words and meaning together.
    pub score: f64,
}

/// How long a passage is at most, in characters.
const PASSAGE: usize = 600;

impl Engine {
    /// How the user writes to this person, or to everybody, as they let it be used: nothing where it is switched off.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn voice(&self, to: Option<&EmailAddress>) -> Result<Voice> {
        self.voice_in_use(to)
    }

    /// What this user wrote that is most like `text`, in words and in meaning: to `to` first, then to others.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn similar_sent(&self, text: &str, to: Option<&EmailAddress>, limit: usize) -> Result<Vec<Similar>> {
        let query = Query::like(text);
        let own: HashSet<MessageId> =
            self.indexed()?.index.docs().iter().filter(|doc| rank::is_own(doc)).map(|doc| doc.id).collect();
        let near = self.near_in_meaning(text, rank::POOL, &|id| own.contains(&id))?;
        let near: Vec<MessageId> =
            near.iter().filter(|near| near.score >= fuse::NEAR).map(|near| near.message).collect();
        let chosen: Vec<rank::Chosen> = {
            let held = self.indexed()?;
            rank::similar(&held.index, &query, &near, to.map(EmailAddress::folded).as_deref(), limit)
        };
        let stems = query.stems();
        let similar = chosen.into_iter().map(|rank::Chosen { id, to_this_person, score }| {
            let message = self.message(id)?;
            let passage = snippet::passage(&message.text, &stems, PASSAGE);
            Ok(Similar { message, passage, to_this_person, score })
        });
        similar.collect()
    }

    /// The person's addresses, folded.
    fn my_folded(&self) -> Result<Vec<String>> {
        Ok(self.settings()?.me.iter().map(|p| p.address.folded()).collect())
    }

    /// What is held, brought up to date with the mailbox first.
    fn remembered(&self) -> Result<RwLockReadGuard<'_, Held>> {
        let memory = &self.desk.memory;
        let now = (self.mail_generation(), self.my_folded()?);
        let read = || memory.held.read().unwrap_or_else(PoisonError::into_inner);
        if read().as_of.as_ref() != Some(&now) {
            let _alone = memory.building.lock().unwrap_or_else(PoisonError::into_inner);
            if read().as_of.as_ref() != Some(&now) {
                self.remember(now)?;
            }
        }
        Ok(read())
    }

    /// Takes in what is new; everything where "me" is somebody else now, or mail went. Readers wait only for the last step.
    fn remember(&self, now: (u64, Vec<String>)) -> Result<()> {
        let held = &self.desk.memory.held;
        let write = || held.write().map_err(|_| Error::Internal { what: "the index was left broken", source: None });
        let removals = self.mail_removals();
        let grown = |held: &Held| held.removals == removals && held.as_of.as_ref().is_some_and(|(_, me)| *me == now.1);
        if held.read().is_ok_and(|held| grown(&held)) {
            let mut fresh = Vec::new();
            self.each_message(&mut |message| {
                if held.read().is_ok_and(|held| !held.known.contains(&message.id)) {
                    fresh.push(message);
                }
                Ok(())
            })?;
            let mut held = write()?;
            fresh.iter().for_each(|message| held.add(message));
            held.as_of = Some(now);
        } else {
            let mut anew = Held { as_of: Some(now), removals, ..Held::default() };
            self.each_message(&mut |message| {
                anew.add(&message);
                Ok(())
            })?;
            *write()? = anew;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
