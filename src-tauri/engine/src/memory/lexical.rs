//! BM25 over mail in memory: an inverted index with positions, so that "exact phrases" are exact. It holds folded words, never text, and never
//! reads the store. Formula: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), §3.5 with weighted fields.

use super::concepts::{Concept, Query};
use super::postings::Postings;
use super::words::{folded_words, stem};
use crate::api::{Message, Person, UnixMillis};
use crate::ids::MessageId;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Bound;

/// How fast more of the same word stops counting.
pub const K1: f64 = 1.2;
/// How much a long field is marked down.
pub const B: f64 = 0.75;
/// How much a form of a word counts beside the word itself.
const FORM: f64 = 0.6;
/// How much the beginning of a word counts.
const PREFIX: f64 = 0.3;
/// A prefix that begins more words than this says too little.
const MOST_PREFIXED: usize = 60;

/// What of a message is searched, in the order of [`FIELDS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Field {
    Subject,
    From,
    To,
    Text,
    Files,
}

/// Every field with its name and weight.
pub const FIELDS: [(Field, &str, f64); MANY] = [
    (Field::Subject, "subject", 2.0),
    (Field::From, "from", 1.5),
    (Field::To, "to", 0.8),
    (Field::Text, "text", 1.0),
    (Field::Files, "attachment", 1.0),
];
/// How many fields there are.
pub const MANY: usize = 5;

/// Positions of a field begin here, so that one list holds all of them.
const FIELD_BITS: u32 = 28;

/// What is known of a message besides its words.
#[derive(Debug, Clone, PartialEq)]
pub struct Doc {
    /// Which message.
    pub id: MessageId,
    /// Whether the user wrote it.
    pub mine: bool,
    /// The addresses it went to, folded.
    pub to: Vec<String>,
    /// When, if it says so.
    pub date: Option<UnixMillis>,
    /// Whether its writer wrote anything in it.
    pub written: bool,
    /// Whether something is attached.
    pub files: bool,
    /// Where among the words of [`Field::To`] those of the copies begin.
    pub(super) copied: u32,
    pub(super) lengths: [u32; MANY],
}

/// The index.
#[derive(Default, Debug, PartialEq)]
pub struct Index {
    pub(super) docs: Vec<Doc>,
    pub(super) known: HashMap<MessageId, u32>,
    pub(super) words: BTreeMap<Box<str>, Postings>,
    pub(super) stems: HashMap<Box<str>, Vec<Box<str>>>,
    pub(super) totals: [u64; MANY],
}

/// A message that matches.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// Its place in the index.
    pub doc: u32,
    /// BM25.
    pub score: f64,
}

/// The words of each field of a message.
#[must_use]
pub fn fields_of(message: &Message) -> [Vec<String>; MANY] {
    let files = message.attachments.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join(" ");
    let mut to = words_of(&message.to);
    to.extend(words_of(&message.cc));
    [
        folded_words(&message.subject),
        words_of(message.from.as_slice()),
        to,
        folded_words(&format!("{}\n{}", message.text, message.signature)),
        folded_words(&files),
    ]
}

fn words_of(people: &[Person]) -> Vec<String> {
    let names = people.iter().flat_map(|p| p.name.iter().cloned().chain([p.address.to_string()]));
    folded_words(&names.collect::<Vec<_>>().join(" "))
}

impl Index {
    /// Takes a message in; one already there is left as it is.
    pub fn add(&mut self, message: &Message) {
        if self.known.contains_key(&message.id) {
            return;
        }
        let doc = u32::try_from(self.docs.len()).unwrap_or(u32::MAX);
        let fields = fields_of(message);
        let lengths = std::array::from_fn(|f| u32::try_from(fields[f].len()).unwrap_or(u32::MAX));
        let mut places: HashMap<String, Vec<u32>> = HashMap::new();
        for (f, words) in fields.into_iter().enumerate() {
            for (at, word) in words.into_iter().enumerate() {
                places.entry(word).or_default().push(place(f, at));
            }
        }
        for (word, at) in places {
            self.post(&word, doc, &at);
        }
        let to = message.to.iter().chain(&message.cc).map(|p| p.address.folded()).collect();
        self.push(Doc {
            id: message.id,
            mine: message.mine,
            to,
            date: message.date,
            written: !message.text.trim().is_empty(),
            files: !message.attachments.is_empty(),
            copied: u32::try_from(words_of(&message.to).len()).unwrap_or(u32::MAX),
            lengths,
        });
    }

    /// Takes a message's own entry in, after its words.
    pub(super) fn push(&mut self, doc: Doc) {
        self.known.insert(doc.id, u32::try_from(self.docs.len()).unwrap_or(u32::MAX));
        for (total, length) in self.totals.iter_mut().zip(doc.lengths) {
            *total += u64::from(length);
        }
        self.docs.push(doc);
    }

    fn post(&mut self, word: &str, doc: u32, places: &[u32]) {
        if let Some(postings) = self.words.get_mut(word) {
            postings.push(doc, places);
            return;
        }
        let mut postings = Postings::default();
        postings.push(doc, places);
        self.name(word.into(), postings);
    }

    /// Takes a word in that is not there yet.
    pub(super) fn name(&mut self, word: Box<str>, postings: Postings) {
        let forms = self.stems.entry(stem(&word).into()).or_default();
        forms.insert(forms.partition_point(|form| *form < word), word.clone());
        self.words.insert(word, postings);
    }

    /// Whether this message is in it.
    #[must_use]
    pub fn contains(&self, id: MessageId) -> bool {
        self.known.contains_key(&id)
    }

    /// Its place in the index.
    #[must_use]
    pub fn place_of(&self, id: MessageId) -> Option<u32> {
        self.known.get(&id).copied()
    }

    /// Every message.
    #[must_use]
    pub fn docs(&self) -> &[Doc] {
        &self.docs
    }

    /// A message of a match.
    #[must_use]
    pub fn doc(&self, found: &Match) -> Option<&Doc> {
        self.docs.get(found.doc as usize)
    }

    /// The best matches among the messages `keep` lets through, best first; the newer addition first where scores are equal.
    #[must_use]
    pub fn search(&self, query: &Query, limit: usize, keep: impl Fn(u32, &Doc) -> bool) -> Vec<Match> {
        let mut scores = vec![0.0f64; self.docs.len()];
        let mut whole: Option<HashSet<u32>> = None;
        for concept in &query.concepts {
            let frequencies = self.frequencies(concept);
            let idf = idf(self.docs.len(), frequencies.len());
            for (doc, tf) in &frequencies {
                scores[*doc as usize] += idf * tf * (K1 + 1.0) / (tf + K1);
            }
            if concept.must {
                let with = frequencies.into_iter().map(|(doc, _)| doc);
                whole = Some(match whole {
                    Some(before) => with.filter(|doc| before.contains(doc)).collect(),
                    None => with.collect(),
                });
            }
        }
        let scored =
            (0u32..).zip(scores).filter(|(doc, score)| *score > 0.0 && whole.as_ref().is_none_or(|w| w.contains(doc)));
        let kept = scored.filter(|(doc, _)| self.docs.get(*doc as usize).is_some_and(|d| keep(*doc, d)));
        let mut found: Vec<Match> = kept.map(|(doc, score)| Match { doc, score }).collect();
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(b.doc.cmp(&a.doc)));
        found.truncate(limit);
        found
    }

    /// What a message could score at most: all of the words, very often.
    #[must_use]
    pub fn most(&self, query: &Query) -> f64 {
        let with = |concept: &Concept| {
            let mut count = 0;
            self.runs(&concept.words, |_, _| count += 1);
            idf(self.docs.len(), count)
        };
        query.concepts.iter().map(with).sum::<f64>() * (K1 + 1.0)
    }

    /// For each message with the concept, ascending: how often, weighed by field, field length and form.
    fn frequencies(&self, concept: &Concept) -> Vec<(u32, f64)> {
        let mut found: BTreeMap<u32, f64> = BTreeMap::new();
        let forms = self.forms(concept);
        let alone = forms.len() == 1;
        let mut only = Vec::new();
        for (words, weight) in forms {
            self.runs(&words, |doc, places| {
                let Some(lengths) = self.docs.get(doc as usize).map(|d| d.lengths) else { return };
                let tf: f64 = places.iter().map(|at| self.field_weight(at >> FIELD_BITS, lengths)).sum();
                if alone { only.push((doc, weight * tf)) } else { *found.entry(doc).or_default() += weight * tf }
            });
        }
        if alone { only } else { found.into_iter().collect() }
    }

    fn field_weight(&self, field: u32, lengths: [u32; MANY]) -> f64 {
        let f = (field as usize).min(MANY - 1);
        let average = self.totals[f] as f64 / self.docs.len().max(1) as f64;
        FIELDS[f].2 / (1.0 - B + B * f64::from(lengths[f]) / average.max(1.0))
    }

    /// The runs of words that stand for a concept, each with its weight.
    fn forms(&self, concept: &Concept) -> Vec<(Vec<String>, f64)> {
        let exact = (concept.words.clone(), 1.0);
        let [word] = concept.words.as_slice() else { return vec![exact] };
        if concept.must {
            return vec![exact];
        }
        let mut forms: BTreeMap<&str, f64> = BTreeMap::new();
        if concept.prefix && word.chars().count() >= 3 {
            let longer: Vec<&str> = self.beginning_with(word).take(MOST_PREFIXED + 1).collect();
            if longer.len() <= MOST_PREFIXED {
                forms.extend(longer.into_iter().map(|w| (w, PREFIX)));
            }
        }
        let umlaut = word.replace("ae", "a").replace("oe", "o").replace("ue", "u");
        for root in [stem(word), stem(&umlaut)] {
            forms.extend(self.stems.get(root).into_iter().flatten().map(|w| (&**w, FORM)));
        }
        forms.remove(word.as_str());
        [exact].into_iter().chain(forms.into_iter().map(|(w, weight)| (vec![w.to_owned()], weight))).collect()
    }

    fn beginning_with<'a>(&'a self, start: &'a str) -> impl Iterator<Item = &'a str> {
        let from = self.words.range::<str, _>((Bound::Included(start), Bound::Unbounded));
        from.map(|(w, _)| &**w).take_while(move |w| w.starts_with(start))
    }

    /// Where these words stand one after the other: each message, ascending, with the places of the first.
    fn runs(&self, words: &[String], mut visit: impl FnMut(u32, &[u32])) {
        let Some((first, rest)) = words.split_first() else { return };
        let Some(postings) = self.words.get(first.as_str()) else { return };
        if rest.is_empty() {
            return postings.each(visit);
        }
        let mut found: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        postings.each(|doc, places| drop(found.insert(doc, places.to_vec())));
        for (step, word) in (1..).zip(rest) {
            let mut kept: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
            let Some(postings) = self.words.get(word.as_str()) else { return };
            postings.each(|doc, here| {
                let Some(places) = found.get_mut(&doc) else { return };
                places.retain(|at| here.binary_search(&(at + step)).is_ok());
                if !places.is_empty() {
                    kept.insert(doc, std::mem::take(places));
                }
            });
            found = kept;
        }
        found.iter().for_each(|(doc, places)| visit(*doc, places));
    }

    /// The messages that have these words in a row in one of these fields; the last may be a beginning where it is `open`.
    #[must_use]
    pub fn with(&self, words: &[String], open: bool, fits: impl Fn(&Doc, Field, u32) -> bool) -> HashSet<u32> {
        let Some((last, before)) = words.split_last() else { return HashSet::new() };
        let lasts: Vec<&str> = if open { self.beginning_with(last).collect() } else { vec![last] };
        let mut found = HashSet::new();
        for last in lasts {
            let run: Vec<String> = before.iter().cloned().chain([last.to_owned()]).collect();
            self.runs(&run, |doc, places| {
                let Some(entry) = self.docs.get(doc as usize) else { return };
                let stands = |at: &u32| {
                    let (field, _, _) = FIELDS[((at >> FIELD_BITS) as usize).min(MANY - 1)];
                    fits(entry, field, at & ((1 << FIELD_BITS) - 1))
                };
                if places.iter().any(stands) {
                    found.insert(doc);
                }
            });
        }
        found
    }

    /// Which words of the query these messages have, by field, in the fields' order: for `why`.
    #[must_use]
    pub fn found_in(&self, query: &Query, docs: &[u32]) -> HashMap<u32, Vec<(&'static str, Vec<String>)>> {
        let mut told: HashMap<u32, [Vec<String>; MANY]> = docs.iter().map(|doc| (*doc, Default::default())).collect();
        for (words, _) in query.concepts.iter().flat_map(|c| self.forms(c)) {
            let text = words.join(" ");
            self.runs(&words, |doc, places| {
                let Some(by_field) = told.get_mut(&doc) else { return };
                for at in places {
                    let field = &mut by_field[((at >> FIELD_BITS) as usize).min(MANY - 1)];
                    if !field.contains(&text) {
                        field.push(text.clone());
                    }
                }
            });
        }
        let named = |by_field: [Vec<String>; MANY]| {
            FIELDS
                .iter()
                .zip(by_field)
                .filter(|(_, words)| !words.is_empty())
                .map(|((_, name, _), words)| (*name, words))
        };
        told.into_iter().map(|(doc, by_field)| (doc, named(by_field).collect())).collect()
    }
}

fn place(field: usize, at: usize) -> u32 {
    let most = (1 << FIELD_BITS) - 1;
    ((field as u32) << FIELD_BITS) | u32::try_from(at).unwrap_or(most).min(most)
}

/// How much a word tells that stands in `with` of `all` messages.
#[must_use]
pub fn idf(all: usize, with: usize) -> f64 {
    (1.0 + (all as f64 - with as f64 + 0.5) / (with as f64 + 0.5)).ln()
}

#[cfg(test)]
#[path = "lexical_tests.rs"]
pub(crate) mod tests;
