//! A graph over a stretch of rows (HNSW): `hnsw_rs` builds it, what is kept of it is plain lists of neighbours, and the search over them is here.
//! It holds no vector.

use super::codes;
use super::rows::{Query, Rows};
use super::search::Keep;
use hnsw_rs::prelude::{Distance, Hnsw};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Neighbours of a row in the upper layers; twice as many in the lowest.
const NEIGHBOURS: usize = 16;
/// How many rows are held while a place is looked for, in building.
const CARE: usize = 128;
const LAYERS: usize = 16;
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
    fn of(&self, row: u32) -> &[u32] {
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

/// Half floats and scales stay out of it: codes only, turned so that the nearest have the least distance, and none below nothing, which
/// `hnsw_rs` takes for granted.
struct Apart {
    above_all: f32,
}

impl Distance<i8> for Apart {
    fn eval(&self, a: &[i8], b: &[i8]) -> f32 {
        (self.above_all - codes::product(a, b) as f32) / self.above_all
    }
}

impl Graph {
    pub(super) fn rows(&self) -> Range<usize> {
        self.start..self.start + self.len
    }

    /// Builds one over these rows, on so many threads; `None` where there is nothing to build, or it was stopped, or did not succeed.
    pub(super) fn build(
        rows: &Rows,
        range: Range<usize>,
        threads: usize,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Option<Self> {
        let apart = Apart { above_all: rows.scale.above_all(rows.dimensions) };
        let hnsw = Hnsw::<i8, Apart>::new(NEIGHBOURS, range.len(), LAYERS, CARE, apart);
        let mut there = range.clone().filter(|row| rows.owner(*row).is_some());
        // Two that come first at the same time would not know each other.
        let first = there.next()?;
        hnsw.insert_slice((rows.codes(first), 0));
        let next = AtomicUsize::new(first + 1);
        let work = || {
            loop {
                let row = next.fetch_add(1, Ordering::Relaxed);
                if row >= range.end || stop() {
                    return;
                }
                if rows.owner(row).is_some() {
                    hnsw.insert_slice((rows.codes(row), row - range.start));
                }
            }
        };
        let whole = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
            workers.into_iter().map(|worker| worker.join()).all(|end| end.is_ok())
        });
        (whole && !stop()).then(|| taken(&hnsw, &range, first))
    }

    /// The nearest rows that `keep` lets through, each with its product, in no order; `None` where it took too long to find enough.
    pub(super) fn search(&self, rows: &Rows, query: &Query, most: usize, keep: Keep<'_>) -> Option<Vec<(i32, usize)>> {
        let product = |row: u32| codes::product(rows.codes(self.start + row as usize), &query.codes);
        let mut at = (product(self.entry), self.entry);
        for layer in self.layers.iter().skip(1).rev() {
            while let Some(nearer) =
                layer.of(at.1).iter().map(|row| (product(*row), *row)).max().filter(|next| next.0 > at.0)
            {
                at = nearer;
            }
        }
        let passes = |row: u32| rows.owner(self.start + row as usize).is_some_and(|(message, _)| keep(message));
        let mut seen = Seen::new(self.len);
        let mut open = BinaryHeap::from([at]);
        let mut best = BinaryHeap::with_capacity(most + 1);
        seen.first_time(at.1);
        if passes(at.1) {
            best.push(Reverse(at));
        }
        let mut patience = self.len / PATIENCE;
        while let Some((near, row)) = open.pop() {
            if best.len() >= most && best.peek().is_some_and(|Reverse((least, _))| near < *least) {
                break;
            }
            for &next in self.layers.first()?.of(row) {
                if !seen.first_time(next) {
                    continue;
                }
                patience = patience.checked_sub(1)?;
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
            }
        }
        Some(best.into_iter().map(|Reverse((product, row))| (product, self.start + row as usize)).collect())
    }

    pub(super) fn bytes(&self) -> usize {
        self.layers.iter().map(|layer| 4 * (layer.members.len() + layer.starts.len() + layer.links.len())).sum()
    }
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

/// What is kept of a graph that was built.
fn taken(hnsw: &Hnsw<'_, i8, Apart>, range: &Range<usize>, first: usize) -> Graph {
    let points = hnsw.get_point_indexation();
    let top = usize::from(hnsw.get_max_level_observed());
    let mut lists: Vec<Vec<(u32, Vec<u32>)>> = vec![vec![]; top + 1];
    let mut entry = (first - range.start) as u32;
    for level in 0..=top {
        for point in points.get_layer_iterator(level) {
            entry = if level == top { point.get_origin_id() as u32 } else { entry };
            let all = point.get_neighborhood_id();
            for (layer, near) in all.into_iter().enumerate().take(level + 1) {
                let links = near.iter().map(|near| near.d_id as u32).collect();
                lists[layer].push((point.get_origin_id() as u32, links));
            }
        }
    }
    let layers = lists.into_iter().enumerate().map(|(layer, lists)| packed(lists, (layer == 0).then_some(range.len())));
    Graph { start: range.start, len: range.len(), entry, layers: layers.collect() }
}

/// Lists one after another; `all`: so many rows, whether they have a list or not.
fn packed(mut lists: Vec<(u32, Vec<u32>)>, all: Option<usize>) -> Layer {
    lists.sort_unstable_by_key(|(row, _)| *row);
    let mut layer = Layer { members: vec![], starts: vec![0], links: vec![] };
    for (row, links) in lists {
        match all {
            Some(_) => layer.starts.resize(row as usize + 1, layer.links.len() as u32),
            None => layer.members.push(row),
        }
        layer.links.extend(links);
        layer.starts.push(layer.links.len() as u32);
    }
    if let Some(all) = all {
        layer.starts.resize(all + 1, layer.links.len() as u32);
    }
    layer
}
