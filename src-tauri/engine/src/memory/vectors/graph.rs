//! A graph over a stretch of rows (HNSW) as plain lists of neighbours, and the search over them. It holds no vector.

use super::codes;
use super::rows::{Query, Rows};
use super::search::Keep;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::ops::Range;

/// A search that has seen this part of the rows and is not done is dearer than a look at each of them.
const PATIENCE: usize = 8;

/// A layer's lists of neighbours, one after another.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Layer {
    /// Which rows are in the layer, in order; empty: all of them.
    pub(super) members: Vec<u32>,
    /// Where each member's list begins; one more at the end.
    pub(super) starts: Vec<u32>,
    pub(super) links: Vec<u32>,
}

impl Layer {
    pub(super) fn of(&self, row: u32) -> &[u32] {
        let place = if self.members.is_empty() {
            row as usize
        } else {
            self.members.binary_search(&row).unwrap_or(usize::MAX - 1)
        };
        match (self.starts.get(place), self.starts.get(place + 1)) {
            (Some(from), Some(to)) => self.links.get(*from as usize..*to as usize).unwrap_or_default(),
            _ => &[],
        }
    }
}

/// A graph. Rows are counted from its first.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Graph {
    pub(super) start: usize,
    pub(super) len: usize,
    pub(super) entry: u32,
    /// The lowest first; that one has all rows.
    pub(super) layers: Vec<Layer>,
}

impl Graph {
    pub(super) fn rows(&self) -> Range<usize> {
        self.start..self.start + self.len
    }

    /// The nearest rows that `keep` lets through, each with its product, in no order; `None` where only a look at
    /// each row can tell.
    pub(super) fn search(&self, rows: &Rows, query: &Query, most: usize, keep: Keep<'_>) -> Option<Vec<(i32, usize)>> {
        let product = |row: u32| codes::product(rows.codes(self.start + row as usize), &query.codes);
        let at = descend(&self.layers[1.min(self.layers.len())..], (product(self.entry), self.entry), product);
        let passes = |row: u32| rows.owner(self.start + row as usize).is_some_and(|(message, _)| keep(message));
        let lowest = self.layers.first()?;
        let around = |row: u32, visit: &mut dyn FnMut(u32)| lowest.of(row).iter().for_each(|next| visit(*next));
        let found = beam(at, most, self.len, self.len / PATIENCE, product, around, passes)?;
        // Many rows that are the same would hide what lies behind them.
        let different: HashSet<i32> = found.iter().map(|(product, _)| *product).collect();
        if found.len() >= most && 2 * different.len() < most {
            return None;
        }
        Some(found.into_iter().map(|(product, row)| (product, self.start + row as usize)).collect())
    }

    pub(super) fn bytes(&self) -> usize {
        self.layers.iter().map(|layer| 4 * (layer.members.len() + layer.starts.len() + layer.links.len())).sum()
    }
}

/// Down through upper layers, given lowest first, always to the nearest neighbour.
pub(super) fn descend(layers: &[Layer], mut at: (i32, u32), product: impl Fn(u32) -> i32) -> (i32, u32) {
    for layer in layers.iter().rev() {
        let nearest = |row: u32| layer.of(row).iter().map(|row| (product(*row), *row)).max();
        while let Some(nearer) = nearest(at.1).filter(|next| next.0 > at.0) {
            at = nearer;
        }
    }
    at
}

/// From one row on to its neighbours and theirs, nearest first, until the `most` best of those that pass are known; they are in no order.
/// `None` where `patience` rows were seen before that.
pub(super) fn beam(
    at: (i32, u32),
    most: usize,
    len: usize,
    mut patience: usize,
    product: impl Fn(u32) -> i32,
    around: impl Fn(u32, &mut dyn FnMut(u32)),
    passes: impl Fn(u32) -> bool,
) -> Option<Vec<(i32, u32)>> {
    let mut seen = Seen::new(len);
    let mut open = BinaryHeap::from([at]);
    let mut best = BinaryHeap::with_capacity(most + 1);
    seen.first_time(at.1);
    if passes(at.1) {
        best.push(Reverse(at));
    }
    while let Some((near, row)) = open.pop() {
        if best.len() >= most && best.peek().is_some_and(|Reverse((least, _))| near < *least) {
            break;
        }
        let mut had = patience;
        around(row, &mut |next| {
            if !seen.first_time(next) {
                return;
            }
            had = had.saturating_sub(1);
            let found = (product(next), next);
            if best.len() < most || best.peek().is_some_and(|Reverse(least)| found.0 > least.0) {
                open.push(found);
                if passes(next) {
                    best.push(Reverse(found));
                    if best.len() > most {
                        best.pop();
                    }
                }
            }
        });
        patience = had;
        if patience == 0 {
            return None;
        }
    }
    Some(best.into_iter().map(|Reverse(found)| found).collect())
}

/// Which rows a search came by.
struct Seen(Vec<u64>);

impl Seen {
    fn new(len: usize) -> Self {
        Self(vec![0; len.div_ceil(64)])
    }

    fn first_time(&mut self, row: u32) -> bool {
        let Some(word) = self.0.get_mut(row as usize / 64) else { return false };
        let bit = 1 << (row % 64);
        let first = *word & bit == 0;
        *word |= bit;
        first
    }
}
