//! The index of one account's vectors, in memory: by a look at every row, and by graphs where there are many. It knows no text and no store;
//! what it gives to be kept says only which rows are neighbours.

mod build;
mod codes;
mod graph;
mod rows;
mod search;
mod snapshot;

use crate::ids::MessageId;
use codes::Scale;
use graph::Graph;
use rows::{Query, Rows};
use simsimd::f16;
use snapshot::Snapshot;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// Up to so many rows a look at each of them answers; ARCHITECTURE.md has the measurements.
const LOOK_AT_EACH: usize = 30_000;

/// The codes that an index has of a vector; `None` where it has no direction.
#[must_use]
pub fn codes(vector: &[f32]) -> Option<Vec<i8>> {
    let unit = codes::unit(vector, vector.len())?;
    Some(Scale::new(vector.len()).codes(&unit))
}

/// A message near to what was asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// The message.
    pub message: MessageId,
    /// Its nearest passage, by its place in what was given to `insert`.
    pub passage: u16,
    /// The cosine, from -1 to 1.
    pub score: f32,
}

/// The index. Whoever inserts never makes a search wait longer than it takes to copy a thousand rows.
pub struct Vectors {
    /// Where each message's rows are. Held by who changes anything, for as long as that takes; a search never asks for it.
    places: Mutex<HashMap<MessageId, Range<usize>>>,
    /// The rows as they are now: a search takes them and goes on with them. Held for moments.
    shown: RwLock<Arc<Rows>>,
    /// One builds at a time.
    building: Mutex<()>,
}

impl Vectors {
    /// An index without rows for vectors of so many dimensions.
    #[must_use]
    pub fn new(dimensions: usize) -> Self {
        let shown = RwLock::new(Arc::new(Rows::new(dimensions)));
        Self { places: Mutex::default(), shown, building: Mutex::default() }
    }

    /// Takes a message's passages in, in place of what was there of it; found at once. A vector that has another number of dimensions or
    /// no direction is left out.
    pub fn insert(&self, message: MessageId, passages: &[Vec<f32>]) {
        let (dimensions, scale) = self.shape();
        let ready = (0u16..).zip(passages).filter_map(|(number, passage)| {
            let unit = codes::unit(passage, dimensions)?;
            Some((number, scale.codes(&unit), Some(codes::halves(&unit))))
        });
        self.put(message, ready.collect());
    }

    /// The same for older mail, from the codes alone: a third of the memory. Those of another length, and zeroes, are left out.
    pub fn insert_codes(&self, message: MessageId, passages: &[Vec<i8>]) {
        let (dimensions, _) = self.shape();
        let good = |codes: &Vec<i8>| codes.len() == dimensions && codes.iter().any(|code| *code != 0);
        let ready = (0u16..).zip(passages).filter(|(_, codes)| good(codes));
        self.put(message, ready.map(|(number, codes)| (number, codes.clone(), None)).collect());
    }

    /// Whether more than the codes is kept of a message's passages.
    #[must_use]
    pub fn is_precise(&self, message: MessageId) -> bool {
        let places = self.places();
        let rows = self.rows();
        places.get(&message).is_some_and(|range| range.clone().any(|row| rows.halves(row).is_some()))
    }

    /// Keeps only the codes of a message's passages from now on.
    pub fn quantise(&self, message: MessageId) {
        let places = self.places();
        if let Some(rows) = places.get(&message) {
            self.change(|shown| shown.coarsen(rows.clone()));
        }
    }

    /// Takes a message out: no search that begins after this finds it, and nothing of its vectors is left in memory once the searches and
    /// the building that run now have ended.
    pub fn remove(&self, message: MessageId) {
        let mut places = self.places();
        if let Some(rows) = places.remove(&message) {
            self.change(|shown| shown.clear(rows));
        }
    }

    /// Whether anything of the message is here.
    #[must_use]
    pub fn contains(&self, message: MessageId) -> bool {
        self.places().contains_key(&message)
    }

    /// How many passages are here.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places().values().map(ExactSizeIterator::len).sum()
    }

    /// Whether nothing is here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places().is_empty()
    }

    /// Bytes held for vectors and graphs, together.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let rows = self.rows();
        rows.bytes() + rows.graphs.iter().map(|graph| graph.bytes()).sum::<usize>()
    }

    /// The messages nearest to `query` that `keep` lets through, best first, each by its best passage.
    #[must_use]
    pub fn search(&self, query: &[f32], limit: usize, keep: &dyn Fn(MessageId) -> bool) -> Vec<Near> {
        let rows = self.rows();
        match codes::unit(query, rows.dimensions) {
            Some(unit) if limit > 0 => rows.search(&Query::new(&unit, rows.scale), limit, keep),
            _ => vec![],
        }
    }

    /// Whether `build` has something to do.
    #[must_use]
    pub fn wants_building(&self) -> bool {
        let rows = self.rows();
        self.is_loose(&rows) || next_graph(&rows, LOOK_AT_EACH).is_some()
    }

    /// Builds what graph is due, on so many threads, while searches and inserts go on; `true` if there is a new one, to be kept by
    /// `snapshot`. It takes about half a millisecond a row.
    pub fn build(&self, threads: usize, stop: &(dyn Fn() -> bool + Sync)) -> bool {
        self.build_above(LOOK_AT_EACH, threads, stop)
    }

    /// The same where up to `look_at_each` rows are left without a graph: to measure where that should lie.
    pub fn build_above(&self, look_at_each: usize, threads: usize, stop: &(dyn Fn() -> bool + Sync)) -> bool {
        let _alone = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_loose(&self.rows()) {
            self.close_up();
        }
        let rows = self.rows();
        let Some(range) = next_graph(&rows, look_at_each) else { return false };
        let Some(graph) = Graph::build(&rows, range.clone(), threads, stop) else { return false };
        drop(rows);
        let _places = self.places();
        self.change(|shown| {
            shown.graphs.retain(|older| older.rows().end <= range.start);
            shown.graphs.push(Arc::new(graph));
        });
        true
    }

    /// The graphs as bytes, without a vector in them; `None` where there is no graph. To be sealed before it is kept.
    #[must_use]
    pub fn snapshot(&self) -> Option<Vec<u8>> {
        let rows = self.rows();
        (!rows.graphs.is_empty()).then(|| snapshot::write(&rows))
    }

    /// Gives an index that has its vectors again the graphs of a snapshot. What came since is looked at row by row; what went since, or has
    /// another vector now, is not found by the graphs. `false`, and nothing changed, where the bytes are damaged or tell of other rows.
    pub fn restore(&self, bytes: &[u8]) -> bool {
        let _alone = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        let mut places = self.places();
        let rows = self.rows();
        let Some(kept) = snapshot::read(bytes, rows.dimensions) else { return false };
        let Some((mut anew, moved)) = in_order_of(&kept, &rows, &places) else { return false };
        for (message, place) in places.iter_mut() {
            *place = moved.get(message).cloned().unwrap_or_else(|| {
                let from = anew.len();
                rows.copy_to(&mut anew, place.clone());
                from..anew.len()
            });
        }
        anew.graphs = kept.graphs.into_iter().map(Arc::new).collect();
        drop(rows);
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(anew);
        true
    }

    /// Whether so much was taken out that the rows should be closed up.
    fn is_loose(&self, rows: &Rows) -> bool {
        rows.len() - self.len().min(rows.len()) > rows.len() / 4 + 1_000
    }

    /// The rows anew without the empty places, and without graphs.
    fn close_up(&self) {
        let mut places = self.places();
        let rows = self.rows();
        let mut anew = Rows::new(rows.dimensions);
        let mut order: Vec<&mut Range<usize>> = places.values_mut().collect();
        order.sort_unstable_by_key(|place| place.start);
        for place in order {
            let from = anew.len();
            rows.copy_to(&mut anew, place.clone());
            *place = from..anew.len();
        }
        drop(rows);
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(anew);
    }

    fn shape(&self) -> (usize, Scale) {
        let rows = self.rows();
        (rows.dimensions, rows.scale)
    }

    /// Puts a message's rows in place of those before: each passage's number, its codes, and its half floats where they are kept.
    fn put(&self, message: MessageId, ready: Vec<(u16, Vec<i8>, Option<Vec<f16>>)>) {
        let mut places = self.places();
        let before = places.remove(&message);
        let rows = self.change(|shown| {
            before.into_iter().for_each(|rows| shown.clear(rows));
            let from = shown.len();
            for (number, codes, halves) in &ready {
                shown.push(Some((message, *number)), codes, halves.as_deref());
            }
            from..shown.len()
        });
        if !rows.is_empty() {
            places.insert(message, rows);
        }
    }

    fn places(&self) -> MutexGuard<'_, HashMap<MessageId, Range<usize>>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn rows(&self) -> Arc<Rows> {
        Arc::clone(&self.shown.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the rows; only who holds the places may. What a search holds is copied first, piece by piece where it changes.
    fn change<R>(&self, change: impl FnOnce(&mut Rows) -> R) -> R {
        change(Arc::make_mut(&mut self.shown.write().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// The rows in the order of a snapshot, and where each message's are then; `None` where too few are still what they were.
fn in_order_of(
    kept: &Snapshot,
    rows: &Rows,
    places: &HashMap<MessageId, Range<usize>>,
) -> Option<(Rows, HashMap<MessageId, Range<usize>>)> {
    let mut anew = Rows::new(rows.dimensions);
    let mut moved = HashMap::new();
    let gone = vec![0; rows.dimensions];
    for run in kept.rows.chunk_by(|a, b| a.map(|row| row.message) == b.map(|row| row.message)) {
        let same = |place: &&Range<usize>| {
            place.len() == run.len() && (*place).clone().zip(run).all(|(row, kept)| snapshot::of(rows, row) == *kept)
        };
        let place = run
            .first()
            .copied()
            .flatten()
            .and_then(|first| Some((first.message, places.get(&first.message).filter(same)?)));
        let from = anew.len();
        match place {
            Some((message, place)) if !moved.contains_key(&message) => {
                rows.copy_to(&mut anew, place.clone());
                moved.insert(message, from..anew.len());
            }
            _ => run.iter().for_each(|_| {
                anew.push(None, &gone, None);
            }),
        }
    }
    let there: usize = moved.values().map(ExactSizeIterator::len).sum();
    (4 * there >= 3 * kept.rows.len()).then_some((anew, moved))
}

/// Over which rows the next graph goes: those that no graph knows, where they are many, and with them the graphs before them that are not
/// much larger. So a row is built in a few times only, and a search goes through a few graphs.
fn next_graph(rows: &Rows, look_at_each: usize) -> Option<Range<usize>> {
    let mut start = rows.graphed();
    if rows.len() - start <= look_at_each {
        return None;
    }
    for graph in rows.graphs.iter().rev() {
        if graph.len <= 2 * (rows.len() - start) {
            start = graph.start;
        } else {
            break;
        }
    }
    Some(start..rows.len())
}

#[cfg(test)]
mod tests;
