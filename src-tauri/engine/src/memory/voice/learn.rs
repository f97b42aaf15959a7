//! From counted letters to traits: what a writer mostly does, how often and how surely. Pure; a trait is one of an enumerated kind, and its
//! value a number, a level, or a line that `manners` knows for a greeting, a sign-off or the writer's own name.

use super::Sample;
use super::groups::{ENOUGH, Near};
use super::letter::{formality, is_sign};
use super::{Found, Seen};
use crate::api::{Formality, Habit, HowOften, TraitKind, TraitValue, VoiceGroup, WordBand};
use crate::memory::words::fold;
use std::collections::HashMap;

/// A habit in fewer letters than this share is none.
const NEVER: f64 = 0.12;
/// A habit in so many is one.
const OFTEN: f64 = 0.5;
/// What is thought before the first letter, in letters.
const PRIOR: f64 = 1.0;

/// Every trait, as learned.
pub(super) fn traits(near: &Near<'_>) -> Vec<Found> {
    TraitKind::ALL.iter().map(|kind| one(near, *kind)).collect()
}

fn one(near: &Near<'_>, kind: TraitKind) -> Found {
    match kind {
        TraitKind::Greeting => greeting(near),
        TraitKind::SignOff => line(near, kind, 3, &|s| s.ending.closing.clone()),
        TraitKind::SignsAs => signs_as(near),
        TraitKind::Language => language(near),
        TraitKind::Formality => formal(near),
        TraitKind::Length => band(near, kind, &|s| vec![s.words]),
        TraitKind::Sentences => band(near, kind, &|s| s.counted.sentences.iter().map(|n| u32::from(*n)).collect()),
        TraitKind::Paragraphs => {
            band(near, kind, &|s| Some(u32::from(s.counted.paragraphs)).filter(|n| *n > 0).into_iter().collect())
        }
        _ => often(near, kind),
    }
}

// ---------------------------------------------------------------- lines

fn greeting(near: &Near<'_>) -> Found {
    let mut found = line(near, TraitKind::Greeting, 2, &|s| s.greeting.as_ref().map(|g| g.pattern()));
    let person = near.base();
    if person.group == VoiceGroup::Person
        && let TraitValue::Line { line } = &found.value
    {
        // To this very person the line stands as it stood, with the name they are called by.
        let same = |s: &Sample| s.greeting.as_ref().filter(|g| key(&g.pattern()) == key(line)).map(|g| g.line());
        if let Some(Habit { value, .. }) = counted(near.of(person).filter_map(same)) {
            found.value = TraitValue::Line { line: value };
        }
    }
    found
}

/// The name under the sign-off; else one that recurs and is no known name of the writer's.
fn signs_as(near: &Near<'_>) -> Found {
    let found = line(near, TraitKind::SignsAs, 5, &|s| s.ending.name.clone());
    if found.value != TraitValue::Nothing {
        return found;
    }
    let base = near.base();
    let of = base.at.len() as u32;
    let recurs = counted(near.of(base).filter_map(|s| s.ending.perhaps.clone()));
    match recurs.filter(|habit| habit.times >= ENOUGH && habit.times * 5 >= of) {
        Some(Habit { value, times, .. }) => Found {
            value: TraitValue::Line { line: value },
            confidence: near.sureness(&|_| true) * f64::from(times) / f64::from(of.max(1)),
            seen: Seen { times, of, group: base.group },
            ..found
        },
        None => found,
    }
}

/// The line written most, if one is written in at least one of `share` letters.
fn line(near: &Near<'_>, kind: TraitKind, share: u32, read: &dyn Fn(&Sample) -> Option<String>) -> Found {
    let (mut all, mut with) = (0.0, 0.0);
    let mut forms: HashMap<String, HashMap<String, f64>> = HashMap::new();
    for (sample, weight) in near.weighed() {
        all += weight;
        let Some(value) = read(sample) else { continue };
        with += weight;
        *forms.entry(key(&value)).or_default().entry(value).or_default() += weight;
    }
    let sure = near.sureness(&|_| true);
    let sum = |forms: &HashMap<String, f64>| forms.values().sum::<f64>();
    let best = forms.into_values().max_by(|a, b| sum(a).total_cmp(&sum(b)).then_with(|| a.keys().max().cmp(&b.keys().max())));
    let usual = with > 0.0 && with * f64::from(share) >= all;
    match best.filter(|_| usual) {
        Some(group) => {
            let weight = sum(&group);
            let value = group.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
            let value = value.map(|(form, _)| form).unwrap_or_default();
            let seen = near.seen(&|s| Some(read(s).is_some_and(|read| key(&read) == key(&value))));
            Found { kind, value: TraitValue::Line { line: value }, confidence: sure * weight / all, seen: seen.into(), sign: None, others: vec![] }
        }
        None => {
            let seen = near.seen(&|s| Some(read(s).is_none()));
            let value = if all > 0.0 { TraitValue::Nothing } else { TraitValue::Unknown };
            let share = if all > 0.0 { 1.0 - with / all } else { 0.0 };
            Found { kind, value, confidence: sure * share, seen: seen.into(), sign: None, others: vec![] }
        }
    }
}

/// Forms that differ in case and marks alone are one.
fn key(value: &str) -> String {
    let kept: String = fold(value).chars().filter(|c| c.is_alphanumeric() || c.is_whitespace() || *c == '{').collect();
    kept.trim().to_owned()
}

/// The value counted most; of two, the later in the alphabet.
fn counted(values: impl Iterator<Item = String>) -> Option<Habit> {
    let mut groups: HashMap<String, HashMap<String, u32>> = HashMap::new();
    let mut of = 0;
    for value in values {
        of += 1;
        *groups.entry(key(&value)).or_default().entry(value).or_default() += 1;
    }
    let group = groups.into_values().max_by_key(|forms| (forms.values().sum::<u32>(), forms.keys().max().cloned()))?;
    let times = group.values().sum();
    let (value, _) = group.into_iter().max_by_key(|(form, count)| (*count, form.clone()))?;
    Some(Habit { value, times, of })
}

fn language(near: &Near<'_>) -> Found {
    let mut tags: HashMap<&str, f64> = HashMap::new();
    for (sample, weight) in near.weighed() {
        if let Some(tag) = &sample.language {
            *tags.entry(tag).or_default() += weight;
        }
    }
    let all: f64 = tags.values().sum();
    let mut sorted: Vec<(&str, f64)> = tags.into_iter().collect();
    sorted.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let kind = TraitKind::Language;
    let Some(((tag, weight), rest)) = sorted.split_first() else { return Found::unknown(kind) };
    let seen = near.seen(&|s| s.language.as_ref().map(|l| l == tag));
    let others = rest.iter().filter(|(_, w)| w / all >= 0.1).map(|(tag, _)| (*tag).to_owned()).collect();
    let confidence = near.sureness(&|s| s.language.is_some()) * weight / all;
    Found { kind, value: TraitValue::Language { tag: (*tag).to_owned() }, confidence, seen: seen.into(), sign: None, others }
}

// ---------------------------------------------------------------- numbers

/// The middle half of what the letters have of something.
fn band(near: &Near<'_>, kind: TraitKind, read: &dyn Fn(&Sample) -> Vec<u32>) -> Found {
    let mut values: Vec<(u32, f64)> = Vec::new();
    for (sample, weight) in near.weighed() {
        let read = read(sample);
        let each = weight / read.len().max(1) as f64;
        values.extend(read.into_iter().map(|value| (value, each)));
    }
    let Some(band) = quartiles(values) else { return Found::unknown(kind) };
    let (_, of, group) = near.seen(&|s| Some(!read(s).is_empty()));
    let inside = |s: &Sample| read(s).iter().any(|v| (band.low..=band.high).contains(v));
    let (times, ..) = near.seen(&|s| Some(inside(s)));
    let confidence = near.sureness(&|s| !read(s).is_empty());
    Found { kind, value: TraitValue::Band { band }, confidence, seen: Seen { times, of, group }, sign: None, others: vec![] }
}

/// Weighted quartiles; with equal weights the value at the rounded place.
fn quartiles(mut values: Vec<(u32, f64)>) -> Option<WordBand> {
    values.sort_unstable_by_key(|(value, _)| *value);
    let all: f64 = values.iter().map(|(_, weight)| weight).sum();
    let each = all / values.len().max(1) as f64;
    let at = |share: f64| {
        let wanted = share * (all - each) + each / 2.0 - 1e-9;
        let mut before = 0.0;
        let found = values.iter().find(|(_, weight)| {
            before += weight;
            before - weight / 2.0 >= wanted
        });
        found.or(values.last()).map(|(value, _)| *value)
    };
    Some(WordBand { low: at(0.25)?, median: at(0.5)?, high: at(0.75)? })
}

/// What part of a letter has the habit; `None` where the letter could not have shown it.
fn part(sample: &Sample, kind: TraitKind) -> Option<f64> {
    let counted = &sample.counted;
    let share = |part: u16, whole: u16| (whole > 0).then(|| f64::from(part) / f64::from(whole));
    let any = |count: u16| (counted.words > 0).then_some(f64::from(count.min(1)));
    match kind {
        TraitKind::Contractions => share(counted.contracted, counted.contracted + counted.uncontracted),
        TraitKind::LowerCase => share(counted.lower_starts, counted.starts),
        TraitKind::DoubleSpace => share(counted.double_gaps, counted.gaps),
        TraitKind::Emoji => any(counted.emoji),
        TraitKind::Exclamations => any(counted.exclamations),
        TraitKind::Ellipses => any(counted.ellipses),
        TraitKind::Dashes => any(counted.dashes),
        TraitKind::Semicolons => any(counted.semicolons),
        _ => None,
    }
}

/// How often people do it of whom nothing is known.
fn usual(kind: TraitKind) -> f64 {
    match kind {
        TraitKind::Contractions => 0.5,
        TraitKind::Exclamations | TraitKind::Dashes => 0.25,
        _ => 0.1,
    }
}

fn often(near: &Near<'_>, kind: TraitKind) -> Found {
    let (mut all, mut with) = (PRIOR, PRIOR * usual(kind));
    for (sample, weight) in near.weighed() {
        if let Some(part) = part(sample, kind) {
            all += weight;
            with += weight * part;
        }
    }
    let confidence = near.sureness(&|s| part(s, kind).is_some());
    if confidence == 0.0 {
        return Found::unknown(kind);
    }
    let often = match with / all {
        rate if rate < NEVER => HowOften::Never,
        rate if rate < OFTEN => HowOften::Sometimes,
        _ => HowOften::Often,
    };
    let seen = near.seen(&|s| part(s, kind).map(|part| part > 0.0));
    let sign = (kind == TraitKind::Emoji)
        .then(|| counted(near.weighed().filter_map(|(s, _)| s.counted.sign.clone()).filter(|s| is_sign(s))))
        .flatten()
        .map(|habit| habit.value);
    Found { kind, value: TraitValue::Often { often }, confidence, seen: seen.into(), sign, others: vec![] }
}

fn score(sample: &Sample) -> f64 {
    let language = sample.language.as_deref().unwrap_or("en");
    formality(&sample.counted, sample.greeting.as_ref(), sample.ending.closing.as_deref(), language)
}

fn formal(near: &Near<'_>) -> Found {
    let (mut all, mut sum) = (PRIOR, PRIOR * 0.5);
    for (sample, weight) in near.weighed().filter(|(s, _)| s.counted.words > 0) {
        all += weight;
        sum += weight * score(sample);
    }
    let kind = TraitKind::Formality;
    let confidence = near.sureness(&|s| s.counted.words > 0);
    if confidence == 0.0 {
        return Found::unknown(kind);
    }
    let level = |score: f64| match score {
        score if score < 0.42 => Formality::Casual,
        score if score <= 0.58 => Formality::Neutral,
        _ => Formality::Formal,
    };
    let formality = level(sum / all);
    let seen = near.seen(&|s| (s.counted.words > 0).then(|| level(score(s)) == formality));
    let others = evidence(near);
    Found { kind, value: TraitValue::Formal { formality }, confidence, seen: seen.into(), sign: None, others }
}

/// What speaks for a degree of formality, counted where it was learned.
fn evidence(near: &Near<'_>) -> Vec<String> {
    let base = near.base();
    let of = base.at.len();
    let told = [
        ("contractions", &(|s: &Sample| s.counted.contracted > 0) as &dyn Fn(&Sample) -> bool),
        ("casual words", &|s| s.counted.slang > 0),
        ("emoji", &|s| s.counted.emoji > 0),
        ("words of courtesy", &|s| s.counted.polite > 0),
        ("a title in the greeting", &|s| s.greeting.as_ref().is_some_and(|g| g.pattern().contains("{full}"))),
        ("a first name in the greeting", &|s| s.greeting.as_ref().is_some_and(|g| g.pattern().contains("{name}"))),
    ];
    let counts = told.iter().map(|(what, sees)| (what, near.of(base).filter(|s| sees(s)).count()));
    counts.filter(|(_, times)| *times > 0).map(|(what, times)| format!("{what} in {times} of {of}")).collect()
}
