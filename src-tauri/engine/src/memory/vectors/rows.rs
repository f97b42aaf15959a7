//! The rows of an index in the order they came, in pieces that a search shares with whoever changes them. A row that was taken away stays
//! as an empty place: its codes are zeroes, its half floats are gone.

use super::codes::{self, Scale};
use super::graph::Graph;
use crate::ids::MessageId;
use simsimd::f16;
use std::ops::Range;
use std::sync::Arc;

/// Rows in one piece: what is copied at most when a row changes while somebody searches.
const PIECE: usize = 1_024;

/// One piece.
#[derive(Clone, Default)]
struct Piece {
    /// Whose the rows are, and the passages' numbers; `None` where a row is gone.
    owners: Vec<Option<(MessageId, u16)>>,
    codes: Vec<i8>,
    /// Where a row's half floats begin, counted in rows of them; `None` where they are not kept.
    halves_at: Vec<Option<u16>>,
    halves: Vec<f16>,
}

/// A query, in the forms that rows have.
pub(super) struct Query {
    pub(super) codes: Vec<i8>,
    halves: Vec<f16>,
}

impl Query {
    pub(super) fn new(unit: &[f32], scale: Scale) -> Self {
        Self { codes: scale.codes(unit), halves: codes::halves(unit) }
    }
}

/// All rows as they were at one moment. To clone it is to share it.
#[derive(Clone)]
pub(super) struct Rows {
    pub(super) dimensions: usize,
    pub(super) scale: Scale,
    pieces: Vec<Arc<Piece>>,
    len: usize,
    /// Graphs over rows from the first on, without a gap.
    pub(super) graphs: Vec<Arc<Graph>>,
}

impl Rows {
    pub(super) fn new(dimensions: usize) -> Self {
        Self { dimensions, scale: Scale::new(dimensions), pieces: vec![], len: 0, graphs: vec![] }
    }

    /// How many places there are, empty ones too.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// How many rows the graphs know.
    pub(super) fn graphed(&self) -> usize {
        self.graphs.last().map_or(0, |graph| graph.rows().end)
    }

    pub(super) fn owner(&self, row: usize) -> Option<(MessageId, u16)> {
        *self.pieces.get(row / PIECE)?.owners.get(row % PIECE)?
    }

    pub(super) fn codes(&self, row: usize) -> &[i8] {
        let at = (row % PIECE) * self.dimensions;
        self.pieces.get(row / PIECE).and_then(|piece| piece.codes.get(at..at + self.dimensions)).unwrap_or_default()
    }

    /// Adds a row and says which it is.
    pub(super) fn push(&mut self, owner: Option<(MessageId, u16)>, codes: &[i8], halves: Option<&[f16]>) -> usize {
        if self.len.is_multiple_of(PIECE) {
            self.pieces.push(Arc::default());
        }
        if let Some(piece) = self.pieces.last_mut().map(Arc::make_mut) {
            let at = u16::try_from(piece.halves.len() / self.dimensions.max(1)).ok();
            piece.owners.push(owner);
            piece.codes.extend_from_slice(codes);
            piece.halves_at.push(halves.and(at));
            piece.halves.extend_from_slice(halves.unwrap_or_default());
        }
        self.len += 1;
        self.len - 1
    }

    /// The rows again as they are, at the end of `other`.
    pub(super) fn copy_to(&self, other: &mut Self, rows: Range<usize>) {
        for row in rows {
            other.push(self.owner(row), self.codes(row), self.halves(row));
        }
    }

    /// Empties the places: nothing of what stood there is left in memory, but for a search that runs now and holds the rows as they were.
    pub(super) fn clear(&mut self, rows: Range<usize>) {
        self.coarsen(rows.clone());
        let dimensions = self.dimensions;
        for row in rows {
            let Some(piece) = self.pieces.get_mut(row / PIECE).map(Arc::make_mut) else { continue };
            let at = row % PIECE;
            piece.owners[at] = None;
            piece.codes[at * dimensions..(at + 1) * dimensions].fill(0);
        }
    }

    /// Gives up the half floats of the rows.
    pub(super) fn coarsen(&mut self, rows: Range<usize>) {
        let dimensions = self.dimensions;
        for row in rows {
            let Some(piece) = self.pieces.get_mut(row / PIECE).map(Arc::make_mut) else { continue };
            let Some(gone) = piece.halves_at[row % PIECE].take() else { continue };
            let (from, end) = (usize::from(gone) * dimensions, piece.halves.len() - dimensions);
            piece.halves.copy_within(from + dimensions.., from);
            piece.halves[end..].fill(f16::ZERO);
            piece.halves.truncate(end);
            piece.halves_at.iter_mut().flatten().filter(|at| **at > gone).for_each(|at| *at -= 1);
            if piece.halves.capacity() > 2 * piece.halves.len() {
                piece.halves.shrink_to_fit();
            }
        }
    }

    pub(super) fn halves(&self, row: usize) -> Option<&[f16]> {
        let piece = self.pieces.get(row / PIECE)?;
        let at = usize::from((*piece.halves_at.get(row % PIECE)?)?) * self.dimensions;
        piece.halves.get(at..at + self.dimensions)
    }

    /// The rows around this one that are of the same message.
    pub(super) fn run(&self, row: usize) -> Range<usize> {
        let Some((message, _)) = self.owner(row) else { return row..row };
        let same = |other: &usize| self.owner(*other).is_some_and(|(owner, _)| owner == message);
        let from = (0..row).rev().take_while(same).last().unwrap_or(row);
        from..(row + 1..self.len).take_while(same).last().unwrap_or(row) + 1
    }

    /// How near a row is, as exactly as is known.
    pub(super) fn score(&self, row: usize, query: &Query) -> f32 {
        match self.halves(row) {
            Some(halves) => codes::cosine(halves, &query.halves),
            None => self.scale.cosine(codes::product(self.codes(row), &query.codes)),
        }
    }

    /// `visit(row, message, product)` for each row in the range that is there, in order.
    pub(super) fn scan(&self, rows: Range<usize>, query: &Query, mut visit: impl FnMut(usize, MessageId, i32)) {
        let first = rows.start / PIECE;
        for (number, piece) in self.pieces.iter().enumerate().skip(first) {
            let base = number * PIECE;
            if base >= rows.end {
                break;
            }
            let from = rows.start.saturating_sub(base);
            let codes = piece.codes.chunks_exact(self.dimensions);
            let each = piece.owners.iter().zip(codes).enumerate().take(rows.end - base).skip(from);
            for (at, (owner, codes)) in each {
                if let Some((message, _)) = owner {
                    visit(base + at, *message, codes::product(codes, &query.codes));
                }
            }
        }
    }

    /// Bytes held, without the graphs: what is in use, not what was asked of the system.
    pub(super) fn bytes(&self) -> usize {
        let piece = |piece: &Arc<Piece>| {
            size_of_val(piece.owners.as_slice())
                + piece.codes.len()
                + size_of_val(piece.halves_at.as_slice())
                + size_of_val(piece.halves.as_slice())
        };
        self.pieces.iter().map(piece).sum()
    }
}
