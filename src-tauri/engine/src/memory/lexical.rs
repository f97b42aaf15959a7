//! BM25 over mail in memory: an inverted index with positions, so that "exact phrases" are exact. It holds folded words, never text, and never
//! reads the store. Formula: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), §3.5 with weighted fields.

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
}

/// Every field with its name and weight.
pub const FIELDS: [(Field, &str, f64); 4] =
    [(Field::Subject, "subject", 2.0), (Field::From, "from", 1.5), (Field::To, "to", 0.8), (Field::Text, "text", 1.0)];

/// Positions of a field begin here, so that one list holds all four.
const FIELD_BITS: u32 = 28;

struct Posting {
    doc: u32,
    /// Field and position, ascending.
    at: Box<[u32]>,
}

/// What is known of a message besides its words.
#[derive(Debug, Clone)]
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
    lengths: [u32; 4],
}

/// The index.
#[derive(Default)]
pub struct Index {
    docs: Vec<Doc>,
    known: HashSet<MessageId>,
    words: BTreeMap<Box<str>, Vec<Posting>>,
    stems: HashMap<Box<str>, Vec<Box<str>>>,
    totals: [u64; 4],
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
pub fn fields_of(message: &Message) -> [Vec<String>; 4] {
    let people = |people: &[Person]| {
        people.iter().flat_map(|p| p.name.iter().cloned().chain([p.address.to_string()])).collect::<Vec<_>>().join(" ")
    };
    let from = people(message.from.as_slice());
    let to = people(&[message.to.as_slice(), message.cc.as_slice()].concat());
    [
        folded_words(&message.subject),
        folded_words(&from),
        folded_words(&to),
        folded_words(&format!("{}\n{}", message.text, message.signature)),
    ]
}

impl Index {
    /// Takes a message in; one already there is left as it is.
    pub fn add(&mut self, message: &Message) {
        if !self.known.insert(message.id) {
            return;
        }
        let doc = u32::try_from(self.docs.len()).unwrap_or(u32::MAX);
        let fields = fields_of(message);
        let lengths = std::array::from_fn(|f| u32::try_from(fields[f].len()).unwrap_or(u32::MAX));
        let mut places: HashMap<String, Vec<u32>> = HashMap::new();
        for (f, words) in fields.into_iter().enumerate() {
            self.totals[f] += u64::from(lengths[f]);
            for (at, word) in words.into_iter().enumerate() {
                places.entry(word).or_default().push(place(f, at));
            }
        }
        for (word, at) in places {
            self.post(&word, Posting { doc, at: at.into_boxed_slice() });
        }
        let to = message.to.iter().chain(&message.cc).map(|p| p.address.folded()).collect();
        self.docs.push(Doc {
            id: message.id,
            mine: message.mine,
            to,
            date: message.date,
            written: !message.text.trim().is_empty(),
            lengths,
        });
    }

    fn post(&mut self, word: &str, posting: Posting) {
        if let Some(postings) = self.words.get_mut(word) {
            postings.push(posting);
            return;
        }
        self.stems.entry(stem(word).into()).or_default().push(word.into());
        self.words.insert(word.into(), vec![posting]);
    }

    /// Whether this message is in it.
    #[must_use]
    pub fn contains(&self, id: MessageId) -> bool {
        self.known.contains(&id)
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
    pub fn search(&self, query: &Query, limit: usize, keep: impl Fn(&Doc) -> bool) -> Vec<Match> {
        let mut scores: HashMap<u32, f64> = HashMap::new();
        for concept in &query.concepts {
            let frequencies = self.frequencies(concept);
            let idf = idf(self.docs.len(), frequencies.len());
            for (doc, tf) in frequencies {
                *scores.entry(doc).or_default() += concept.weight * idf * tf * (K1 + 1.0) / (tf + K1);
            }
        }
        let must: Vec<HashSet<u32>> =
            query.concepts.iter().filter(|c| c.must).map(|c| self.frequencies(c).into_keys().collect()).collect();
        let whole = |doc: &u32| must.iter().all(|docs| docs.contains(doc));
        let mut found: Vec<Match> = scores
            .into_iter()
            .filter(|(doc, _)| whole(doc) && self.docs.get(*doc as usize).is_some_and(&keep))
            .map(|(doc, score)| Match { doc, score })
            .collect();
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(b.doc.cmp(&a.doc)));
        found.truncate(limit);
        found
    }

    /// For each message with the concept: how often, weighed by field, field length and form.
    fn frequencies(&self, concept: &Concept) -> HashMap<u32, f64> {
        let mut found: HashMap<u32, f64> = HashMap::new();
        for (words, weight) in self.forms(concept) {
            for (doc, places) in self.runs(&words) {
                let Some(lengths) = self.docs.get(doc as usize).map(|d| d.lengths) else { continue };
                let tf: f64 = places.iter().map(|at| self.field_weight(at >> FIELD_BITS, lengths)).sum();
                *found.entry(doc).or_default() += weight * tf;
            }
        }
        found
    }

    fn field_weight(&self, field: u32, lengths: [u32; 4]) -> f64 {
        let f = (field as usize).min(3);
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
            let longer: Vec<&str> = self
                .words
                .range::<str, _>((Bound::Included(word.as_str()), Bound::Unbounded))
                .map(|(w, _)| &**w)
                .take_while(|w| w.starts_with(word.as_str()))
                .take(MOST_PREFIXED + 1)
                .collect();
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

    /// Where these words stand one after the other: each message with the places of the first.
    fn runs(&self, words: &[String]) -> Vec<(u32, Vec<u32>)> {
        let Some((first, rest)) = words.split_first() else { return vec![] };
        let postings = |word: &String| self.words.get(word.as_str()).map(Vec::as_slice).unwrap_or_default();
        let mut found: Vec<(u32, Vec<u32>)> = postings(first).iter().map(|p| (p.doc, p.at.to_vec())).collect();
        for (step, word) in (1..).zip(rest) {
            let next: HashMap<u32, &[u32]> = postings(word).iter().map(|p| (p.doc, &*p.at)).collect();
            for (doc, places) in &mut found {
                let here = next.get(doc).copied().unwrap_or_default();
                places.retain(|at| here.binary_search(&(at + step)).is_ok());
            }
            found.retain(|(_, places)| !places.is_empty());
        }
        found
    }

    /// Which words of the query a match has, by field, in the fields' order: for `why`.
    #[must_use]
    pub fn found_in(&self, query: &Query, found: &Match) -> Vec<(&'static str, Vec<String>)> {
        let mut by_field: [Vec<String>; 4] = Default::default();
        for (words, _) in query.concepts.iter().flat_map(|c| self.forms(c)) {
            let Some((_, places)) = self.runs(&words).into_iter().find(|(doc, _)| *doc == found.doc) else { continue };
            let text = words.join(" ");
            for at in places {
                let field = &mut by_field[((at >> FIELD_BITS) as usize).min(3)];
                if !field.contains(&text) {
                    field.push(text.clone());
                }
            }
        }
        FIELDS
            .iter()
            .zip(by_field)
            .filter(|(_, words)| !words.is_empty())
            .map(|((_, name, _), words)| (*name, words))
            .collect()
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

// ---------------------------------------------------------------- queries

/// One thing looked for: a word, or words in a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Concept {
    words: Vec<String>,
    must: bool,
    prefix: bool,
    weight: f64,
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Query {
    concepts: Vec<Concept>,
}

impl Query {
    /// Reads a query: words, and "exact phrases" that must stand so. `12,400` and `example.com` are phrases by themselves. The last word may be
    /// a beginning, as people search while they type.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut concepts = Vec::new();
        let text = text.replace(['“', '”', '„'], "\"");
        let quotes = text.matches('"').count();
        for (at, part) in text.split('"').enumerate() {
            if at % 2 == 1 && at < quotes {
                concepts.push(Concept { words: folded_words(part), must: true, prefix: false, weight: 1.0 });
            } else {
                concepts.extend(part.split_whitespace().map(|w| Concept {
                    words: folded_words(w),
                    must: false,
                    prefix: false,
                    weight: 1.0,
                }));
            }
        }
        concepts.retain(|c| !c.words.is_empty());
        if let Some(last) = concepts.last_mut().filter(|_| !text.ends_with(char::is_whitespace)) {
            last.prefix = true;
        }
        Self::without_repeats(concepts)
    }

    /// The words of a text, each as often as it tells something: to find what is like it.
    #[must_use]
    pub fn like(text: &str) -> Self {
        let concepts = folded_words(text).into_iter().take(400).map(|word| Concept {
            words: vec![word],
            must: false,
            prefix: false,
            weight: 1.0,
        });
        Self::without_repeats(concepts.collect())
    }

    fn without_repeats(concepts: Vec<Concept>) -> Self {
        let mut kept: Vec<Concept> = Vec::new();
        for concept in concepts {
            match kept.iter_mut().find(|k| k.words == concept.words && k.must == concept.must) {
                Some(same) => same.prefix |= concept.prefix,
                None => kept.push(concept),
            }
        }
        Self { concepts: kept }
    }

    /// Whether nothing is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.concepts.is_empty()
    }

    /// The stems looked for, for marking passages.
    #[must_use]
    pub fn stems(&self) -> HashSet<String> {
        self.concepts.iter().flat_map(|c| &c.words).map(|w| stem(w).to_owned()).collect()
    }
}

#[cfg(test)]
#[path = "lexical_tests.rs"]
mod tests;
