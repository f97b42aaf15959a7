//! The graphs' snapshot in the store, sealed like every row. It can be had again: lost, stale or damaged, it is built anew.

use super::Vectors;
use crate::Engine;
use crate::error::Result;
use crate::mailbox::row::RawMessage;
use crate::store::{Keep, tables};

/// Bytes in one row.
const PIECE: usize = 1 << 20;

impl Engine {
    /// Keeps the graphs' snapshot in place of the one before; none where there is no graph.
    ///
    /// # Errors
    /// `store_broken`.
    pub(crate) fn keep_graphs(&self, vectors: &Vectors) -> Result<()> {
        let bytes = vectors.snapshot().unwrap_or_default();
        self.store().write(self.account(), Keep::Again, |write| {
            write.delete_prefix(tables::VECTOR_SNAPSHOT, &[])?;
            for (number, piece) in (0u32..).zip(bytes.chunks(PIECE)) {
                write.put(tables::VECTOR_SNAPSHOT, &number.to_be_bytes(), &RawMessage(piece.to_vec()))?;
            }
            Ok(())
        })
    }

    /// Gives an index that has its vectors the graphs back; `false` where there is nothing to be had, so that it must build.
    pub(crate) fn restore_graphs(&self, vectors: &Vectors) -> bool {
        let mut bytes = Vec::new();
        let read = self.store().read(self.account()).and_then(|read| {
            read.each(tables::VECTOR_SNAPSHOT, &[], |_, RawMessage(piece)| {
                bytes.extend(piece);
                Ok(true)
            })
        });
        match read {
            Ok(()) => !bytes.is_empty() && vectors.restore(&bytes),
            Err(error) => {
                tracing::warn!(code = ?error.code(), "the graphs' snapshot cannot be read: they are built anew");
                false
            }
        }
    }
}
