//! Whose letters tell how to write to somebody: those to that very person, to their house, to their kind, to everybody; and how much each
//! counts. Few letters lean on the wider group, many stand for themselves. Pure.

use super::Sample;
use super::letter::signs;
use crate::api::{Message, Person, VoiceGroup};
use std::collections::{HashMap, HashSet};

/// From how many letters on a habit is one.
pub const ENOUGH: u32 = 3;
/// As many letters as a wider group weighs at most beside a nearer one: the strength of the prior, in letters.
const WIDER: f64 = 2.0;
/// With so many letters one is half sure.
const HALF_SURE: f64 = 4.0;
/// What each step away from the recipient leaves of the confidence.
const STEP: f64 = 0.85;

/// The addresses that are mailing lists: several people write to them, and nobody writes from them.
#[derive(Debug, Default, Clone)]
pub struct Lists {
    writers: HashMap<String, HashSet<u64>>,
    from: HashSet<String>,
}

impl Lists {
    /// Counts one message.
    pub fn count(&mut self, message: &Message) {
        let Some(from) = &message.from else { return };
        let from = from.address.folded();
        let writer = u64::from_le_bytes(std::array::from_fn(|i| blake3::hash(from.as_bytes()).as_bytes()[i]));
        for person in message.to.iter().chain(&message.cc) {
            self.writers.entry(person.address.folded()).or_default().insert(writer);
        }
        self.from.insert(from);
    }

    /// Whether this address is one.
    #[must_use]
    pub fn contains(&self, folded_address: &str) -> bool {
        self.writers.get(folded_address).is_some_and(|w| w.len() >= 3) && !self.from.contains(folded_address)
    }
}

/// One group's letters, by their place among all.
#[derive(Debug)]
pub(super) struct Level {
    pub(super) group: VoiceGroup,
    pub(super) at: Vec<usize>,
}

/// All letters, seen from one recipient.
#[derive(Debug)]
pub(super) struct Near<'s> {
    samples: &'s [Sample],
    /// The nearest group first; the last is everybody.
    pub(super) levels: Vec<Level>,
    /// How much each letter counts.
    weights: Vec<f64>,
    pub(super) to: Option<&'s Person>,
}

impl<'s> Near<'s> {
    pub(super) fn new(samples: &'s [Sample], lists: &Lists, to: Option<&'s Person>) -> Self {
        let mut levels = to.map_or_else(Vec::new, |to| levels(samples, lists, to));
        levels.push(Level { group: VoiceGroup::Everybody, at: (0..samples.len()).collect() });
        levels.retain(|level| !level.at.is_empty() || level.group == VoiceGroup::Everybody);
        let mut weights = vec![0.0; samples.len()];
        let mut share = 1.0;
        for level in &levels {
            level.at.iter().for_each(|at| weights[*at] += share);
            share *= WIDER / (level.at.len() as f64 + WIDER);
        }
        Self { samples, levels, weights, to }
    }

    /// Each letter that counts, with how much.
    pub(super) fn weighed(&self) -> impl Iterator<Item = (&'s Sample, f64)> {
        self.samples.iter().zip(self.weights.iter().copied()).filter(|(_, weight)| *weight > 0.0)
    }

    /// The nearest group with enough letters, else everybody.
    pub(super) fn base(&self) -> &Level {
        let enough = self.levels.iter().find(|level| level.at.len() as u32 >= ENOUGH);
        enough.unwrap_or(&self.levels[self.levels.len() - 1])
    }

    pub(super) fn of(&self, level: &Level) -> impl Iterator<Item = &'s Sample> {
        level.at.iter().map(|at| &self.samples[*at])
    }

    /// In how many letters something is seen, of how many that could show it: in the nearest group where it is, from the base on.
    pub(super) fn seen(&self, sees: &dyn Fn(&Sample) -> Option<bool>) -> (u32, u32, VoiceGroup) {
        let base = self.base();
        let from = self.levels.iter().skip_while(|level| level.group != base.group);
        let counted = from.map(|level| {
            let told: Vec<bool> = self.of(level).filter_map(sees).collect();
            (told.iter().filter(|seen| **seen).count() as u32, told.len() as u32, level.group)
        });
        let counted: Vec<_> = counted.collect();
        let found = counted.iter().find(|(times, ..)| *times > 0).or(counted.first());
        found.copied().unwrap_or((0, 0, VoiceGroup::Everybody))
    }

    /// How sure one can be by the number of letters that show something: near ones more than far ones.
    pub(super) fn sureness(&self, shows: &dyn Fn(&Sample) -> bool) -> f64 {
        let steps = self.levels.iter().enumerate().map(|(step, level)| {
            let letters = self.of(level).filter(|sample| shows(sample)).count() as f64;
            letters / (letters + HALF_SURE) * STEP.powi(step as i32)
        });
        steps.fold(0.0, f64::max)
    }
}

/// The groups somebody belongs to, the nearest first, without everybody.
fn levels(samples: &[Sample], lists: &Lists, to: &Person) -> Vec<Level> {
    let address = to.address.folded();
    let domain = to.address.domain().to_lowercase();
    let house = format!("@{domain}");
    let about = |group: VoiceGroup, keep: &dyn Fn(&Sample) -> bool| Level {
        group,
        at: (0..samples.len()).filter(|at| keep(&samples[*at])).collect(),
    };
    let to_them = |s: &Sample| s.to.first() == Some(&address) || (s.to.len() <= 3 && s.to.contains(&address));
    let to_list = |s: &Sample| s.to.first().is_some_and(|a| lists.contains(a));
    let person = about(VoiceGroup::Person, &to_them);
    if lists.contains(&address) {
        return vec![person, about(VoiceGroup::Lists, &to_list)];
    }
    let stranger = person.at.is_empty();
    let mut found = vec![person];
    if !signs().free_mail.contains(&domain) {
        let own = samples.iter().any(|s| s.house == domain);
        let group = if own { VoiceGroup::Colleagues } else { VoiceGroup::Domain };
        found.push(about(group, &|s| s.to.iter().any(|a| a.ends_with(&house) && !lists.contains(a))));
    }
    if stranger {
        let first = first_letters(samples);
        let keep = |at: &usize| first.contains(at) && !to_list(&samples[*at]);
        found.push(Level { group: VoiceGroup::Strangers, at: (0..samples.len()).filter(keep).collect() });
    }
    found.push(about(VoiceGroup::People, &|s| !to_list(s)));
    found
}

/// The first letter to each recipient.
fn first_letters(samples: &[Sample]) -> HashSet<usize> {
    let mut first: HashMap<&str, usize> = HashMap::new();
    let when = |at: usize| (samples[at].date.unwrap_or(i64::MAX), at);
    for (at, sample) in samples.iter().enumerate() {
        let Some(to) = sample.to.first() else { continue };
        let known = first.entry(to).or_insert(at);
        if when(at) < when(*known) {
            *known = at;
        }
    }
    first.into_values().collect()
}
