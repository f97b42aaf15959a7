//! Known items: what a person who remembers a mail types to find it again, and how often that mail is among the first ten found.
//! The queries and how they were made: `data/known_items.yaml`.

use crate::archive;
use epistle_engine::Engine;
use epistle_engine::api::{SearchBy, SearchRequest};
use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::io::Read;

/// A query and the mails that are right.
#[derive(Debug, Clone, Deserialize)]
pub struct Item {
    /// What kind of memory it is.
    pub kind: String,
    /// What is typed.
    pub query: String,
    /// The mail that is meant.
    pub message: String,
    /// Those that are as right.
    #[serde(default)]
    pub also: Vec<String>,
}

/// All of them.
///
/// # Panics
/// When the file is not as it should be.
#[must_use]
pub fn all() -> Vec<Item> {
    serde_norway::from_str(include_str!("../data/known_items.yaml")).unwrap()
}

/// How many were found among the first ten: by words, by meaning, by both.
#[derive(Debug, Default, Clone, Copy)]
pub struct Found {
    /// How many were looked for.
    pub of: u32,
    /// How many were found, in the order of [`WAYS`].
    pub by: [u32; 3],
}

/// The ways of a [`Found`].
pub const WAYS: [(SearchBy, &str); 3] =
    [(SearchBy::Words, "words"), (SearchBy::Meaning, "meaning"), (SearchBy::Both, "both")];

impl Found {
    /// A way's recall@10, 0 to 100.
    #[must_use]
    pub fn recall(&self, way: usize) -> f64 {
        f64::from(self.by[way]) * 100.0 / f64::from(self.of.max(1))
    }

    /// By how many points both together are worse than the better one alone.
    #[must_use]
    pub fn lost(&self) -> f64 {
        self.recall(0).max(self.recall(1)) - self.recall(2)
    }
}

/// A table of kinds.
#[derive(Debug, Default)]
pub struct Table(pub BTreeMap<String, Found>);

impl Table {
    /// Searches for all of these, each way; `told` hears of each: the item, and the place it was found at by each way.
    ///
    /// # Panics
    /// When a search fails.
    pub fn of(engine: &Engine, items: &[Item], mut told: impl FnMut(&Item, [Option<usize>; 3])) -> Self {
        let mut table = Self::default();
        for item in items {
            let places = WAYS.map(|(by, _)| place(engine, item, by));
            let found = table.0.entry(item.kind.clone()).or_default();
            found.of += 1;
            for (count, place) in found.by.iter_mut().zip(places) {
                *count += u32::from(place.is_some());
            }
            told(item, places);
        }
        table
    }
}

fn place(engine: &Engine, item: &Item, by: SearchBy) -> Option<usize> {
    let hits = engine.search(&SearchRequest { query: item.query.clone(), limit: 10, by }).unwrap();
    hits.iter().position(|hit| {
        let id = hit.message_id.as_deref().unwrap_or_default();
        id == item.message || item.also.iter().any(|also| also == id)
    })
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "recall@10   queries  {:>8} {:>8} {:>8}", WAYS[0].1, WAYS[1].1, WAYS[2].1)?;
        for (kind, found) in &self.0 {
            let [words, meaning, both] = [0, 1, 2].map(|way| found.recall(way));
            writeln!(f, "{kind:<11} {:>7}  {words:>8.1} {meaning:>8.1} {both:>8.1}", found.of)?;
        }
        Ok(())
    }
}

/// The archive's messages as they lie in its file, each with its separator line.
///
/// # Panics
/// When the archive cannot be read.
#[must_use]
pub fn messages() -> Vec<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(archive::real_path()).unwrap();
    flate2::read::MultiGzDecoder::new(file).read_to_end(&mut bytes).unwrap();
    let mut starts: Vec<usize> =
        bytes.windows(6).enumerate().filter(|(_, w)| *w == b"\nFrom ").map(|(at, _)| at + 1).collect();
    starts.insert(0, 0);
    starts.push(bytes.len());
    starts.windows(2).map(|pair| bytes[pair[0]..pair[1]].to_vec()).collect()
}

/// A message's Message-ID, without the angle brackets.
#[must_use]
pub fn id_of(message: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(message);
    let head = text.split("\n\n").next().unwrap_or_default();
    let at = head.to_ascii_lowercase().find("\nmessage-id:")?;
    let rest = head[at..].split_once('<')?.1;
    Some(rest.split_once('>')?.0.to_owned())
}

/// The archive's messages that are meant by some item, and every `nth` of the others.
///
/// # Panics
/// When the archive cannot be read.
#[must_use]
pub fn some_of_the_archive(nth: usize) -> Vec<u8> {
    let items = all();
    let meant: HashSet<&str> =
        items.iter().flat_map(|item| item.also.iter().chain([&item.message])).map(String::as_str).collect();
    let chosen = messages().into_iter().enumerate();
    let chosen = chosen.filter(|(at, mail)| at % nth == 0 || id_of(mail).is_some_and(|id| meant.contains(id.as_str())));
    chosen.flat_map(|(_, mail)| mail).collect()
}
