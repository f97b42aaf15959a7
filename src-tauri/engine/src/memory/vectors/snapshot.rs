//! Graphs as bytes, so that a start need not build them again: which rows are neighbours, and by a hash which rows these were. No vector is
//! in them. What is read is checked before anything is believed of it.

use super::graph::{Graph, Layer};
use super::rows::Rows;
use crate::ids::MessageId;

/// Changes with everything that makes old bytes wrong: their form, the codes' scale.
const VERSION: u32 = 1;
/// Words a row has: its message's id, its passage, its codes' hash.
const WORDS: usize = 6;
/// In a passage's place: the row is gone.
const GONE: u32 = u32::MAX;
const CHECKSUM: usize = 32;

/// A row as it was when the graph was built.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Kept {
    pub(super) message: MessageId,
    pub(super) passage: u16,
    pub(super) hash: u32,
}

/// What a snapshot tells.
#[derive(Debug, PartialEq)]
pub(super) struct Snapshot {
    /// The rows under the graphs; `None` where one was gone already.
    pub(super) rows: Vec<Option<Kept>>,
    pub(super) graphs: Vec<Graph>,
}

/// Tells rows with other codes apart. Not kept anywhere in the clear.
fn hash(codes: &[i8]) -> u32 {
    let bytes: Vec<u8> = codes.iter().map(|code| code.cast_unsigned()).collect();
    let [a, b, c, d, ..] = *blake3::hash(&bytes).as_bytes();
    u32::from_le_bytes([a, b, c, d])
}

pub(super) fn write(rows: &Rows) -> Vec<u8> {
    let mut out = vec![0; CHECKSUM];
    list(&mut out, &[VERSION, rows.dimensions as u32, rows.graphs.len() as u32]);
    let words: Vec<u32> = (0..rows.graphed()).flat_map(|row| words(rows, row)).collect();
    list(&mut out, &words);
    for graph in &rows.graphs {
        list(&mut out, &[graph.start as u32, graph.len as u32, graph.entry, graph.layers.len() as u32]);
        for layer in &graph.layers {
            list(&mut out, &layer.members);
            list(&mut out, &layer.starts);
            list(&mut out, &layer.links);
        }
    }
    let checksum = blake3::hash(&out[CHECKSUM..]);
    out[..CHECKSUM].copy_from_slice(checksum.as_bytes());
    out
}

/// A row as a snapshot tells of it.
pub(super) fn of(rows: &Rows, row: usize) -> Option<Kept> {
    rows.owner(row).map(|(message, passage)| Kept { message, passage, hash: hash(rows.codes(row)) })
}

fn words(rows: &Rows, row: usize) -> [u32; WORDS] {
    let Some(Kept { message: MessageId(id), passage, hash }) = of(rows, row) else { return [0, 0, 0, 0, GONE, 0] };
    let word = |at: usize| u32::from_le_bytes([id[at], id[at + 1], id[at + 2], id[at + 3]]);
    [word(0), word(4), word(8), word(12), u32::from(passage), hash]
}

fn list(out: &mut Vec<u8>, words: &[u32]) {
    out.extend_from_slice(&(words.len() as u32).to_le_bytes());
    words.iter().for_each(|word| out.extend_from_slice(&word.to_le_bytes()));
}

/// `None` where the bytes are damaged, of another version, or of an index with other dimensions.
pub(super) fn read(bytes: &[u8], dimensions: usize) -> Option<Snapshot> {
    let (checksum, mut rest) = bytes.split_at_checked(CHECKSUM)?;
    if blake3::hash(rest).as_bytes() != checksum {
        return None;
    }
    let from = &mut rest;
    let [version, of, graphs] = *next(from)?.as_slice() else { return None };
    if version != VERSION || of as usize != dimensions {
        return None;
    }
    let words = next(from)?;
    let rows: Vec<Option<Kept>> = words.chunks_exact(WORDS).map(kept).collect();
    let mut all = Vec::new();
    let mut start = 0;
    for _ in 0..graphs {
        let graph = graph(from)?;
        if graph.start != start || !is_sound(&graph) {
            return None;
        }
        start += graph.len;
        all.push(graph);
    }
    (start == rows.len() && rest.is_empty()).then_some(Snapshot { rows, graphs: all })
}

fn kept(words: &[u32]) -> Option<Kept> {
    let passage = u16::try_from(*words.get(4)?).ok()?;
    let mut id = [0; 16];
    id.chunks_exact_mut(4).zip(words).for_each(|(four, word)| four.copy_from_slice(&word.to_le_bytes()));
    Some(Kept { message: MessageId(id), passage, hash: *words.get(5)? })
}

fn graph(from: &mut &[u8]) -> Option<Graph> {
    let [start, len, entry, layers] = *next(from)?.as_slice() else { return None };
    let layers = (0..layers).map(|_| Some(Layer { members: next(from)?, starts: next(from)?, links: next(from)? }));
    Some(Graph { start: start as usize, len: len as usize, entry, layers: layers.collect::<Option<_>>()? })
}

fn next(from: &mut &[u8]) -> Option<Vec<u32>> {
    let word = |four: &[u8]| Some(u32::from_le_bytes(four.try_into().ok()?));
    let (len, rest) = from.split_at_checked(4)?;
    let (body, rest) = rest.split_at_checked((word(len)? as usize).checked_mul(4)?)?;
    *from = rest;
    body.chunks_exact(4).map(word).collect()
}

/// Whether a search over it stays within it.
fn is_sound(graph: &Graph) -> bool {
    let within = |row: &u32| (*row as usize) < graph.len;
    let layer = |(number, layer): (usize, &Layer)| {
        let members = if number == 0 { graph.len } else { layer.members.len() };
        (number > 0 || layer.members.is_empty())
            && layer.starts.len() == members + 1
            && layer.starts.is_sorted()
            && layer.starts.last().is_some_and(|end| *end as usize == layer.links.len())
            && layer.members.is_sorted()
            && layer.members.iter().chain(&layer.links).all(within)
    };
    within(&graph.entry) && !graph.layers.is_empty() && graph.layers.iter().enumerate().all(layer)
}
