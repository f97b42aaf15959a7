//! Building a graph: `hnsw_rs` makes the upper layers and the first lists of the lowest over a part of the rows, the other rows are put into
//! the lowest layer here. `hnsw_rs` alone takes five times as long for all of them. Nothing is locked that a search needs.

use super::codes;
use super::graph::{Graph, Layer, beam, descend};
use super::rows::Rows;
use hnsw_rs::prelude::{Distance, Hnsw};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One row in so many is in the upper layers.
const UPPER: usize = 16;
/// Neighbours that a row gets; in the lowest layer it may have three times as many by and by.
const NEIGHBOURS: usize = 16;
const MOST: usize = 3 * NEIGHBOURS;
/// So many are taken whatever lies between.
const ALWAYS: usize = 4;
/// How many rows are held while a place is looked for.
const CARE: usize = 96;
const LAYERS: usize = 16;

/// Codes only, turned so that the nearest have the least distance, and none below nothing, which `hnsw_rs` takes for granted.
struct Apart {
    above_all: f32,
}

impl Distance<i8> for Apart {
    fn eval(&self, a: &[i8], b: &[i8]) -> f32 {
        (self.above_all - codes::product(a, b) as f32) / self.above_all
    }
}

/// Whether somebody wants the building to stop.
pub(super) type Stop<'a> = &'a (dyn Fn() -> bool + Sync);

impl Graph {
    /// Builds one over these rows, on so many threads; `None` where there is nothing to build, or it was stopped, or did not succeed.
    pub(super) fn build(rows: &Rows, range: Range<usize>, threads: usize, stop: Stop<'_>) -> Option<Self> {
        let (firsts, twins) = alike(rows, &range);
        let (upper, others): (Vec<_>, Vec<_>) = (0..).zip(firsts).partition(|(number, _)| number % UPPER == 0);
        let upper: Vec<u32> = upper.into_iter().map(|(_, at)| at).collect();
        let others: Vec<u32> = others.into_iter().map(|(_, at)| at).collect();
        let (entry, layers) = upper_layers(rows, range.start, &upper, threads, stop)?;
        let lowest = Lowest::over(rows, &range, layers.first()?);
        let put =
            |at| lowest.put(at, descend(&layers, (lowest.product(at, entry), entry), |row| lowest.product(at, row)));
        let whole = each(&others, threads, stop, put);
        twins.iter().for_each(|(first, twins)| lowest.put_twins(*first, twins));
        let mut all = vec![lowest.packed()];
        all.extend(layers);
        whole.then_some(Self { start: range.start, len: range.len(), entry, layers: all })
    }
}

/// The rows that are there, one of those with the same codes; and the others of such by that one. Mail that is sent to many comes often.
fn alike(rows: &Rows, range: &Range<usize>) -> (Vec<u32>, HashMap<u32, Vec<u32>>) {
    let (mut firsts, mut twins) = (Vec::with_capacity(range.len()), HashMap::<u32, Vec<u32>>::new());
    let mut known = HashMap::with_capacity(range.len());
    for (at, row) in (0u32..).zip(range.clone()).filter(|(_, row)| rows.owner(*row).is_some()) {
        match known.entry(rows.codes(row)) {
            Entry::Occupied(first) => twins.entry(*first.get()).or_default().push(at),
            Entry::Vacant(place) => {
                place.insert(at);
                firsts.push(at);
            }
        }
    }
    (firsts, twins)
}

/// Works through a list on so many threads; `false` where it was stopped or a thread broke.
fn each(list: &[u32], threads: usize, stop: Stop<'_>, work: impl Fn(u32) + Sync) -> bool {
    let next = AtomicUsize::new(0);
    let one = || {
        while let Some(at) = list.get(next.fetch_add(1, Ordering::Relaxed)).filter(|_| !stop()) {
            work(*at);
        }
    };
    let whole = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(one)).collect();
        workers.into_iter().map(|worker| worker.join()).all(|end| end.is_ok())
    });
    whole && !stop()
}

/// An entry, and the layers above the lowest: all that `hnsw_rs` makes over these rows.
fn upper_layers(rows: &Rows, start: usize, upper: &[u32], threads: usize, stop: Stop<'_>) -> Option<(u32, Vec<Layer>)> {
    let apart = Apart { above_all: rows.scale.above_all(rows.dimensions) };
    let hnsw = Hnsw::<i8, Apart>::new(NEIGHBOURS, upper.len(), LAYERS, CARE, apart);
    let insert = |at: u32| hnsw.insert_slice((rows.codes(start + at as usize), at as usize));
    // Two that come first at the same time would not know each other.
    let (first, others) = upper.split_first()?;
    insert(*first);
    if !each(others, threads, stop, insert) {
        return None;
    }
    let points = hnsw.get_point_indexation();
    let top = usize::from(hnsw.get_max_level_observed());
    let mut lists: Vec<Vec<(u32, Vec<u32>)>> = vec![vec![]; top + 1];
    let mut entry = *first;
    for level in 0..=top {
        for point in points.get_layer_iterator(level) {
            entry = if level == top { point.get_origin_id() as u32 } else { entry };
            for (layer, near) in point.get_neighborhood_id().into_iter().enumerate().take(level + 1) {
                let links = near.iter().map(|near| near.d_id as u32).collect();
                lists[layer].push((point.get_origin_id() as u32, links));
            }
        }
    }
    Some((entry, lists.into_iter().map(packed).collect()))
}

/// Lists one after another.
fn packed(mut lists: Vec<(u32, Vec<u32>)>) -> Layer {
    lists.sort_unstable_by_key(|(row, _)| *row);
    let mut layer = Layer { members: vec![], starts: vec![0], links: vec![] };
    for (row, links) in lists {
        layer.members.push(row);
        layer.links.extend(links);
        layer.starts.push(layer.links.len() as u32);
    }
    layer
}

/// The lowest layer while it grows.
struct Lowest<'a> {
    rows: &'a Rows,
    start: usize,
    lists: Vec<Mutex<Vec<u32>>>,
}

impl<'a> Lowest<'a> {
    /// With the lists that the layer above begins with.
    fn over(rows: &'a Rows, range: &Range<usize>, above: &Layer) -> Self {
        let mut lists: Vec<Vec<u32>> = vec![vec![]; range.len()];
        for member in &above.members {
            lists[*member as usize] = above.of(*member).to_vec();
        }
        Self { rows, start: range.start, lists: lists.into_iter().map(Mutex::new).collect() }
    }

    fn codes(&self, at: u32) -> &[i8] {
        self.rows.codes(self.start + at as usize)
    }

    fn product(&self, a: u32, b: u32) -> i32 {
        codes::product(self.codes(a), self.codes(b))
    }

    fn list(&self, at: u32) -> MutexGuard<'_, Vec<u32>> {
        self.lists[at as usize].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a row among its neighbours, looked for from a row near it.
    fn put(&self, at: u32, from: (i32, u32)) {
        let around = |row: u32, visit: &mut dyn FnMut(u32)| {
            let near = self.list(row).clone();
            near.into_iter().for_each(visit);
        };
        let codes = self.codes(at);
        let product = |row| codes::product(codes, self.codes(row));
        let found = beam(from, CARE, self.lists.len(), usize::MAX, product, around, |row| row != at);
        let near = self.apart(found.unwrap_or_default());
        self.list(at).clone_from(&near);
        for other in near {
            let mut list = self.list(other);
            if list.contains(&at) {
                continue;
            }
            list.push(at);
            if list.len() > MOST {
                let all = list.iter().map(|row| (self.product(other, *row), *row)).collect();
                *list = self.apart(all);
            }
        }
    }

    /// Puts rows beside one that is like them: all have its neighbours, its neighbours have one of them each, and they stand in a ring, so
    /// that they are found when some of them are gone.
    fn put_twins(&self, first: u32, twins: &[u32]) {
        let near = self.list(first).clone();
        let ring: Vec<u32> = std::iter::once(first).chain(twins.iter().copied()).collect();
        for (before, (at, after)) in ring.iter().zip(ring.iter().skip(1).zip(ring.iter().cycle().skip(2))) {
            let own = near.iter().copied().chain([*before, *after]);
            self.list(*at).extend(own);
        }
        self.list(first).extend(twins.first().into_iter().chain(twins.last()));
        for (other, twin) in near.iter().zip(twins.iter().cycle()) {
            self.list(*other).push(*twin);
        }
    }

    /// Of rows with their products the very nearest, and those that are not nearer to one taken before: so that a list leads into all
    /// directions, and rows that are all alike still know each other.
    fn apart(&self, mut rows: Vec<(i32, u32)>) -> Vec<u32> {
        rows.sort_unstable_by(|a, b| b.cmp(a));
        let mut taken: Vec<u32> = Vec::with_capacity(MOST + 1);
        for (near, row) in rows {
            if taken.len() >= NEIGHBOURS {
                break;
            }
            if taken.len() < ALWAYS || taken.iter().all(|other| self.product(*other, row) < near) {
                taken.push(row);
            }
        }
        taken
    }

    fn packed(self) -> Layer {
        let mut layer = Layer { members: vec![], starts: vec![0], links: vec![] };
        for list in self.lists {
            layer.links.extend(list.into_inner().unwrap_or_else(PoisonError::into_inner));
            layer.starts.push(layer.links.len() as u32);
        }
        layer
    }
}
