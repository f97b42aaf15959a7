//! Mail that grows old takes less room: past the days it is kept hot its bytes go into blocks (`blocks.rs`), and its vectors become codes. It
//! is found, read and searched as before. In small steps that each leave a whole mailbox; stopped, it goes on another time.

use super::blocks::{self, Block};
use super::retention::kept_since;
use super::row::RawMessage;
use crate::Engine;
use crate::api::{Cooled, UnixMillis};
use crate::error::Result;
use crate::ids::MessageId;
use crate::store::Keep;
use crate::store::tables::{IN_BLOCK, RAW, THREADS};
use std::collections::HashMap;
use tokio_util::sync::CancellationToken;

/// Messages in a block: 64 of a list pack 4.0 times where one packs 2.2 times, and to read one takes some milliseconds (ARCHITECTURE.md).
const TOGETHER: usize = 64;
/// As it is sealed, a block has hardly more bytes than this before packing closer: longer ones take long to read one message from.
const ROOM: u64 = 512 << 10;
/// What alone takes so many bytes sealed stays alone: it is mostly an attachment, which no neighbour helps to pack.
const ALONE: u64 = 128 << 10;
/// Messages whose vectors become codes in one commit.
const BATCH: usize = 200;

impl Engine {
    /// Packs the mail that is older than `settings.memory.hot_days`: its bytes in blocks, its vectors as codes. What was packed before is not
    /// looked at again; too few messages for a block wait for more. Blocks; can be stopped.
    ///
    /// # Errors
    /// `store_broken`, `io`.
    pub fn cool(&self, progress: &mut dyn FnMut(u64, u64), stop: &CancellationToken) -> Result<Cooled> {
        self.cool_at(crate::now(), progress, stop)
    }

    pub(crate) fn cool_at(
        &self,
        now: UnixMillis,
        progress: &mut dyn FnMut(u64, u64),
        stop: &CancellationToken,
    ) -> Result<Cooled> {
        let since = kept_since(now, self.settings()?.memory.hot_days);
        let old = self.older_than(since)?;
        let mut cooled = Cooled { since, older: old.len() as u64, ..Cooled::default() };
        let groups = self.to_be_packed(&old)?;
        let total = groups.iter().map(|group| group.len() as u64).sum();
        for group in groups {
            if stop.is_cancelled() {
                break;
            }
            self.pack(&group, &mut cooled)?;
            progress(cooled.packed, total);
        }
        for batch in old.chunks(BATCH) {
            if stop.is_cancelled() {
                break;
            }
            cooled.quantised += self.quantise(batch)?;
        }
        if cooled.packed > 0 {
            self.store().shrink()?;
        }
        Ok(cooled)
    }

    /// How many messages lie in blocks.
    pub(crate) fn packed_messages(&self) -> Result<u64> {
        self.store().read(self.account())?.count(IN_BLOCK)
    }

    /// Messages from before, the oldest first: so neighbours in a block are mostly of one conversation, and quote each other.
    fn older_than(&self, since: UnixMillis) -> Result<Vec<MessageId>> {
        let mut old = Vec::new();
        self.store().read(self.account())?.each(THREADS, &[], |_, thread| {
            let dated = thread.members.iter().filter_map(|member| Some((member.date?, member.id)));
            old.extend(dated.filter(|(date, _)| *date < since));
            Ok(true)
        })?;
        old.sort_unstable();
        Ok(old.into_iter().map(|(_, id)| id).collect())
    }

    /// Of these, what has a row of its own and is not too large, in groups of one block each. Nothing is unsealed for it.
    fn to_be_packed(&self, old: &[MessageId]) -> Result<Vec<Vec<MessageId>>> {
        let mut room = HashMap::new();
        self.store().read(self.account())?.rooms(RAW, |key, sealed| {
            room.extend(key.try_into().map(|id| (MessageId(id), sealed)));
            Ok(())
        })?;
        let (mut groups, mut group, mut filled) = (Vec::new(), Vec::new(), 0);
        for id in old {
            let Some(sealed) = room.get(id).filter(|sealed| **sealed < ALONE) else { continue };
            group.push(*id);
            filled += sealed;
            if group.len() == TOGETHER || filled >= ROOM {
                groups.push(std::mem::take(&mut group));
                filled = 0;
            }
        }
        Ok(groups)
    }

    /// One step. It is packed before the store's writer is asked for, and nobody waits for that.
    fn pack(&self, group: &[MessageId], cooled: &mut Cooled) -> Result<()> {
        let read = self.store().read(self.account())?;
        let (mut messages, mut whole) = (Vec::new(), 0);
        for id in group {
            let raw: Option<RawMessage> = read.get(RAW, id.as_bytes())?;
            if let Some(RawMessage(bytes)) = raw.filter(|raw| whole + raw.0.len() <= blocks::LONGEST) {
                whole += bytes.len();
                messages.push((*id, bytes));
            }
        }
        drop(read);
        if messages.is_empty() {
            return Ok(());
        }
        let block = Block::pack(&messages)?;
        if self.store().write(self.account(), Keep::Again, |tx| blocks::put(tx, &block))? {
            cooled.packed += block.len() as u64;
            cooled.bytes += whole as u64;
            cooled.room += block.room() as u64;
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "cooling_tests.rs"]
mod tests;
