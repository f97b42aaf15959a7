//! The index of words kept up to date with the mailbox: in memory, and sealed in pieces on the disk, so that the next start need not read
//! every message again. What is on the disk is thrown away as soon as mail goes whose words it holds, or where it is damaged.

use super::lexical::Index;
use crate::Engine;
use crate::error::{Error, Result};
use crate::ids::MessageId;
use crate::mailbox::row::RawMessage;
use crate::store::tables::{MESSAGES, WORDS};
use crate::store::{Keep, Write};
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};

/// How large a piece of the sealed index is at most, in bytes.
const PIECE: usize = 1 << 20;
/// It is sealed anew when so many messages are missing from it, or a tenth of all.
const WORTH_SEALING: usize = 500;
/// It is not sealed more often than this, in milliseconds.
const REST: i64 = 300_000;

/// The index of words of one account.
#[derive(Default)]
pub struct Words {
    held: RwLock<Held>,
    /// One builds at a time; readers go on meanwhile.
    building: Mutex<()>,
}

/// What is held of the mail as it was at one moment.
#[derive(Default)]
pub(super) struct Held {
    /// The mailbox's generation and who "me" was; `None` before the first build.
    as_of: Option<(u64, Vec<String>)>,
    /// The words.
    pub index: Index,
    /// How many of its messages are in the sealed one, and when that was sealed.
    sealed: usize,
    sealed_at: Option<i64>,
}

/// Takes the sealed index away, in the transaction in which mail goes: nothing derived from it stays. It is made again from memory.
pub(crate) fn forget(tx: &mut Write<'_>) -> Result<()> {
    tx.delete_prefix(WORDS, &[]).map(drop)
}

impl Engine {
    /// The words, brought up to date with the mailbox first.
    pub(super) fn indexed(&self) -> Result<RwLockReadGuard<'_, Held>> {
        let words = &self.desk.memory.words;
        let now = (self.mail_generation(), self.my_folded()?);
        let read = || words.held.read().unwrap_or_else(PoisonError::into_inner);
        if read().as_of.as_ref() != Some(&now) {
            let _alone = words.building.lock().unwrap_or_else(PoisonError::into_inner);
            if read().as_of.as_ref() != Some(&now) {
                self.bring_words_up_to(now)?;
            }
        }
        Ok(read())
    }

    fn bring_words_up_to(&self, now: (u64, Vec<String>)) -> Result<()> {
        let held = &self.desk.memory.words.held;
        let write = || held.write().map_err(|_| Error::Internal { what: "the index was left broken", source: None });
        let me = &now.1;
        let same = held.read().ok().and_then(|held| held.as_of.as_ref().map(|(_, before)| before == me));
        match same {
            Some(true) => {}
            Some(false) => {
                let index = self.words_anew()?;
                *write()? = Held { index, ..Held::default() };
            }
            None => {
                let sealed = self.unseal_words(me)?;
                let many = sealed.as_ref().map_or(0, |index| index.docs().len());
                *write()? = Held { index: sealed.unwrap_or_default(), sealed: many, ..Held::default() };
            }
        }
        let there = self.message_ids()?;
        let gone: HashSet<MessageId> = held
            .read()
            .iter()
            .flat_map(|h| h.index.docs())
            .map(|doc| doc.id)
            .filter(|id| !there.contains(id))
            .collect();
        if !gone.is_empty() {
            let mut held = write()?;
            held.index = std::mem::take(&mut held.index).without(&gone);
            held.sealed = 0;
        }
        self.take_in_new(&there, write)?;
        write()?.as_of = Some(now.clone());
        self.seal_words_if_worth_it(&now.1)
    }

    /// Takes in what is there and not yet known; the whole mailbox at once where most of it is new.
    fn take_in_new<'a>(
        &self,
        there: &HashSet<MessageId>,
        write: impl Fn() -> Result<std::sync::RwLockWriteGuard<'a, Held>>,
    ) -> Result<()> {
        let held = &self.desk.memory.words.held;
        let known = |id: MessageId| held.read().is_ok_and(|held| held.index.contains(id));
        let mut fresh: Vec<MessageId> = there.iter().copied().filter(|id| !known(*id)).collect();
        if fresh.len() > there.len() / 2 && fresh.len() > WORTH_SEALING {
            let index = self.words_anew()?;
            let mut held = write()?;
            held.index = index;
            held.sealed = 0;
            return Ok(());
        }
        // In the order of their ids, so that the same mail makes the same index.
        fresh.sort_unstable();
        for id in fresh {
            match self.message(id) {
                Ok(message) => write()?.index.add(&message),
                Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn words_anew(&self) -> Result<Index> {
        let mut index = Index::default();
        self.each_message(&mut |message| {
            index.add(&message);
            Ok(())
        })?;
        Ok(index)
    }

    fn message_ids(&self) -> Result<HashSet<MessageId>> {
        let mut ids = HashSet::new();
        self.store().read(self.account())?.keys(MESSAGES, |key| {
            let id = key.try_into().map_err(|_| Error::StoreBroken { what: "a key of messages".into() })?;
            ids.insert(MessageId(id));
            Ok(())
        })?;
        Ok(ids)
    }

    fn seal_words_if_worth_it(&self, me: &[String]) -> Result<()> {
        let held = &self.desk.memory.words.held;
        let now = crate::now();
        let bytes = {
            let held = held.read().unwrap_or_else(PoisonError::into_inner);
            let all = held.index.docs().len();
            let missing = all.saturating_sub(held.sealed);
            let rested = held.sealed_at.is_none_or(|then| now - then >= REST);
            if missing < WORTH_SEALING.max(all / 10) || !rested {
                return Ok(());
            }
            (all, held.index.pack())
        };
        let (all, bytes) = bytes;
        self.store().write(self.account(), Keep::Again, |tx| {
            forget(tx)?;
            tx.put(WORDS, &[], &RawMessage(whose(me)))?;
            for (number, piece) in (0u32..).zip(bytes.chunks(PIECE)) {
                tx.put(WORDS, &number.to_be_bytes(), &RawMessage(piece.to_vec()))?;
            }
            Ok(())
        })?;
        let mut held = held.write().unwrap_or_else(PoisonError::into_inner);
        (held.sealed, held.sealed_at) = (all, Some(now));
        Ok(())
    }

    /// The sealed index; `None` where there is none, or it was made for another "me", or is damaged.
    fn unseal_words(&self, me: &[String]) -> Result<Option<Index>> {
        let read = self.store().read(self.account())?;
        let (mut bytes, mut mine) = (Vec::new(), false);
        let walked = read.each(WORDS, &[], |key, RawMessage(piece)| {
            if key.is_empty() {
                mine = piece == whose(me);
            } else {
                bytes.extend_from_slice(&piece);
            }
            Ok(mine)
        });
        // It can be had again: a damaged one is as good as none.
        Ok(walked.ok().filter(|()| mine).and_then(|()| Index::unpack(&bytes)))
    }
}

/// Whose mail is "mine" in it.
fn whose(me: &[String]) -> Vec<u8> {
    me.join("\n").into_bytes()
}

#[cfg(test)]
#[path = "kept_tests.rs"]
mod tests;
