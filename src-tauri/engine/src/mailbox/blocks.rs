//! Messages byte for byte, as they are kept: a row each, and of older mail some dozens in one block, which takes half the room. A message is in
//! one of the two places, never in both. Which mail is old is decided elsewhere (`cooling.rs`).

use super::row::RawMessage;
use crate::error::{Error, Result};
use crate::ids::{BlockId, MessageId};
use crate::store::tables::{BLOCKS, IN_BLOCK, RAW};
use crate::store::{GetRow, Write};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};

/// How thoroughly a block is packed when it is made, with nobody waiting.
const LEVEL: i32 = 19;
/// And when one of its messages goes, while the store's one writer waits.
const AGAIN: i32 = 6;
/// No block has more bytes once unpacked; what says it has is damaged.
pub(super) const LONGEST: usize = 8 << 20;

/// Some messages' bytes in one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// Which messages, and how many bytes each has, in the order in which they lie there.
    members: Vec<(MessageId, u32)>,
    /// Their bytes one after the other, packed by zstd.
    bytes: RawMessage,
}

impl Block {
    /// Packs messages together.
    pub(super) fn pack(messages: &[(MessageId, Vec<u8>)]) -> Result<Self> {
        Self::of(messages.iter().map(|(id, bytes)| (*id, bytes.as_slice())), LEVEL)
    }

    fn of<'b>(messages: impl Iterator<Item = (MessageId, &'b [u8])>, level: i32) -> Result<Self> {
        let (mut members, mut whole) = (Vec::new(), Vec::new());
        for (id, bytes) in messages {
            members.push((id, u32::try_from(bytes.len()).map_err(|e| Error::internal("packing mail", e))?));
            whole.extend_from_slice(bytes);
        }
        let bytes = zstd::bulk::compress(&whole, level).map_err(|e| Error::internal("packing mail", e))?;
        Ok(Self { members, bytes: RawMessage(bytes) })
    }

    /// How many messages are in it.
    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    /// The room it takes, before it is sealed.
    pub(super) fn room(&self) -> usize {
        self.bytes.0.len()
    }

    fn unpacked(&self) -> Result<Vec<u8>> {
        let broken = || Error::StoreBroken { what: "a block of older mail does not unpack".into() };
        let length: usize = self.members.iter().map(|(_, length)| *length as usize).sum();
        if length > LONGEST {
            return Err(broken());
        }
        let whole = zstd::bulk::decompress(&self.bytes.0, length).map_err(|_| broken())?;
        if whole.len() == length { Ok(whole) } else { Err(broken()) }
    }

    /// The messages, of what the block unpacks to.
    fn messages<'b>(&'b self, mut whole: &'b [u8]) -> impl Iterator<Item = (MessageId, &'b [u8])> {
        self.members.iter().map(move |(id, length)| {
            let (bytes, rest) = whole.split_at_checked(*length as usize).unwrap_or((whole, &[]));
            whole = rest;
            (*id, bytes)
        })
    }

    fn message(&self, wanted: MessageId) -> Result<Option<RawMessage>> {
        let whole = self.unpacked()?;
        let found = self.messages(&whole).find(|(id, _)| *id == wanted);
        Ok(found.map(|(_, bytes)| RawMessage(bytes.to_vec())))
    }

    /// The block without these; `None` where nothing is left.
    fn without(&self, gone: &HashSet<MessageId>) -> Result<Option<Self>> {
        let whole = self.unpacked()?;
        let left: Vec<_> = self.messages(&whole).filter(|(id, _)| !gone.contains(id)).collect();
        if left.is_empty() { Ok(None) } else { Self::of(left.into_iter(), AGAIN).map(Some) }
    }
}

/// A message byte for byte; `None` where it is not here.
pub(crate) fn raw(rows: &impl GetRow, id: MessageId) -> Result<Option<RawMessage>> {
    if let Some(own) = rows.get(RAW, id.as_bytes())? {
        return Ok(Some(own));
    }
    let Some(block) = rows.get(IN_BLOCK, id.as_bytes())? else { return Ok(None) };
    let broken = || Error::StoreBroken { what: "a block of older mail is missing".into() };
    rows.get(BLOCKS, block.as_bytes())?.ok_or_else(broken)?.message(id)
}

/// Puts messages that have rows of their own into a block. Where one of them went meanwhile nothing is changed, and it is `false`.
pub(super) fn put(tx: &mut Write<'_>, block: &Block) -> Result<bool> {
    for (id, _) in &block.members {
        if !tx.has(RAW, id.as_bytes())? {
            return Ok(false);
        }
    }
    let place = BlockId::random()?;
    tx.put(BLOCKS, place.as_bytes(), block)?;
    for (id, _) in &block.members {
        tx.delete(RAW, id.as_bytes())?;
        tx.put(IN_BLOCK, id.as_bytes(), &place)?;
    }
    Ok(true)
}

/// Takes messages away, wherever they are. A block is written anew without them, so that nothing of them is left in it.
pub(super) fn take_out(tx: &mut Write<'_>, gone: &[MessageId]) -> Result<()> {
    let mut blocks: BTreeMap<BlockId, HashSet<MessageId>> = BTreeMap::new();
    for id in gone {
        tx.delete(RAW, id.as_bytes())?;
        if let Some(block) = tx.get(IN_BLOCK, id.as_bytes())? {
            blocks.entry(block).or_default().insert(*id);
            tx.delete(IN_BLOCK, id.as_bytes())?;
        }
    }
    for (place, gone) in blocks {
        let block: Option<Block> = tx.get(BLOCKS, place.as_bytes())?;
        match block.map(|block| block.without(&gone)).transpose()?.flatten() {
            Some(left) => tx.put(BLOCKS, place.as_bytes(), &left)?,
            None => drop(tx.delete(BLOCKS, place.as_bytes())?),
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "blocks_tests.rs"]
mod tests;
