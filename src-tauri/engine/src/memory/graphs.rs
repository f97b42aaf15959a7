//! The graphs' snapshot in the store, sealed like every row. It can be had again: lost, stale or damaged, it is built anew.

use super::vectors::Vectors;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::MessageId;

    fn filled(count: u8) -> Vectors {
        let index = Vectors::new(8);
        (0..count).for_each(|n| index.insert(MessageId([n; 16]), &[(0..8).map(|d| f32::from(n ^ (d * 31))).collect()]));
        index
    }

    #[test]
    fn the_graphs_come_back_from_the_store_and_damage_there_only_costs_the_building() {
        let engine = Engine::in_memory().unwrap();
        assert!(!engine.restore_graphs(&filled(90)), "nothing is kept yet");
        let built = filled(90);
        assert!(built.build_above(0, 1, &|| false));
        engine.keep_graphs(&built).unwrap();
        let again = filled(90);
        assert!(engine.restore_graphs(&again));
        assert!(again.snapshot().is_some());

        let spoil =
            |write: &mut crate::store::Write<'_>| write.put(tables::VECTOR_SNAPSHOT, &[0; 4], &RawMessage(vec![7; 99]));
        engine.store().write(engine.account(), Keep::Again, spoil).unwrap();
        let damaged = filled(90);
        assert!(!engine.restore_graphs(&damaged));
        assert_eq!(damaged.search(&[1.0; 8], 10, &|_| true).len(), 10, "a look at each goes on answering");

        engine.keep_graphs(&filled(90)).unwrap();
        let rows = engine.store().read(engine.account()).unwrap().count(tables::VECTOR_SNAPSHOT).unwrap();
        assert_eq!(rows, 0, "without a graph nothing is kept");
    }
}
