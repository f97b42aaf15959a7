//! The small grammar of instructions: a clause is matched against the rules of `data/intents.yaml`. Pure; a clause no rule fits stays as it is.

use crate::memory::words::fold;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// One language's rules and words.
#[derive(Debug, Deserialize)]
#[allow(missing_docs)]
pub struct Grammar {
    markers: Vec<String>,
    fillers: Vec<String>,
    who: Vec<String>,
    rules: Vec<Rule>,
    pub acknowledge: String,
    pub look_forward: String,
    pub hope_well: String,
    pub endings: BTreeMap<String, String>,
    pub fixes: BTreeMap<String, String>,
    pub formal: BTreeMap<String, String>,
    pub times: Vec<String>,
    pub questions: Vec<String>,
    pub third_parties: Vec<String>,
    pub unknown_revisions: Vec<String>,
    pub shorter: Vec<String>,
    pub warmer: Vec<String>,
    pub formal_words: Vec<String>,
    pub casual: Vec<String>,
    pub add: Vec<String>,
    pub remove: Vec<String>,
    pub padding: Vec<String>,
    pub wordy: BTreeMap<String, String>,
}

/// One way of saying something.
#[derive(Debug, Deserialize)]
pub struct Rule {
    when: Vec<String>,
    #[serde(skip)]
    patterns: Vec<Vec<Part>>,
    /// The sentence.
    pub say: String,
    /// What the letter is about.
    pub subject: Option<String>,
    /// Whether the verb is also used of what the writer does.
    #[serde(default)]
    pub weak: bool,
}

#[derive(Debug)]
enum Part {
    Word(String),
    Who,
    Any(String),
    Either(String, Vec<Vec<String>>),
}

/// The grammar of a language, where there is one.
#[must_use]
pub fn grammar(language: &str) -> Option<&'static Grammar> {
    static GRAMMARS: OnceLock<BTreeMap<String, Grammar>> = OnceLock::new();
    let all = GRAMMARS.get_or_init(|| {
        let mut read: BTreeMap<String, Grammar> =
            serde_norway::from_str(include_str!("../../../data/intents.yaml")).unwrap_or_default();
        for rule in read.values_mut().flat_map(|g| &mut g.rules) {
            rule.patterns = rule.when.iter().map(|w| parse(w)).collect();
        }
        read
    });
    all.get(crate::memory::manners::primary(language))
}

/// The language a line is written in, among those with a grammar, where its words tell; ties go to `likely`.
#[must_use]
pub fn language_of(text: &str, likely: &str) -> Option<&'static str> {
    let words: Vec<String> = text.split_whitespace().map(bare).collect();
    let count = |tag: &str| {
        grammar(tag).map_or(0, |g| words.iter().filter(|w| g.markers.iter().any(|m| fold(m) == **w)).count())
    };
    let (en, de) = (count("en"), count("de"));
    match en.cmp(&de) {
        std::cmp::Ordering::Greater => Some("en"),
        std::cmp::Ordering::Less => Some("de"),
        std::cmp::Ordering::Equal => {
            ["en", "de"].into_iter().find(|tag| *tag == crate::memory::manners::primary(likely))
        }
    }
}

/// A word for comparing: folded, without the punctuation around it.
#[must_use]
pub fn bare(word: &str) -> String {
    fold(word.trim_matches(|c: char| !c.is_alphanumeric())).replace('’', "'")
}

fn parse(pattern: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = pattern.trim();
    let mut groups = 0;
    while !rest.is_empty() {
        let end = match rest.chars().next() {
            Some('(') => rest.find(')').map_or(rest.len(), |at| at + 1),
            _ => rest.find(' ').unwrap_or(rest.len()),
        };
        let (word, after) = rest.split_at(end);
        parts.push(match word.chars().next() {
            Some('(') => {
                groups += 1;
                either(word.trim_matches(['(', ')']), groups)
            }
            Some('{') if word == "{who}" => Part::Who,
            Some('{') => Part::Any(word.trim_matches(['{', '}']).to_owned()),
            _ => Part::Word(bare(word)),
        });
        rest = after.trim_start();
    }
    parts
}

fn either(inside: &str, number: usize) -> Part {
    let (name, choices) =
        inside.split_once('=').map_or((number.to_string(), inside), |(name, choices)| (name.to_owned(), choices));
    Part::Either(name, choices.split('|').map(|choice| choice.split_whitespace().map(bare).collect()).collect())
}

/// What a rule caught, by name.
pub type Caught = BTreeMap<String, String>;

impl Grammar {
    /// The rule that fits a clause, and what it caught. `names` are the words of the recipients' names.
    #[must_use]
    pub fn rule_for<'a>(&'a self, clause: &[&str], names: &[String]) -> Option<(&'a Rule, Caught)> {
        // "bitte um die Folien": what is a courtesy elsewhere may be the verb
        self.rule_of(self.without_fillers(clause), names).or_else(|| self.rule_of(clause, names))
    }

    fn rule_of<'a>(&'a self, clause: &[&str], names: &[String]) -> Option<(&'a Rule, Caught)> {
        let bare: Vec<String> = clause.iter().map(|w| bare(w)).collect();
        self.rules.iter().find_map(|rule| {
            rule.patterns.iter().find_map(|pattern| {
                let mut caught = Caught::new();
                self.fits(pattern, clause, &bare, names, &mut caught).then_some((rule, caught))
            })
        })
    }

    /// The clause without "please" and the like around it.
    #[must_use]
    pub fn without_fillers<'a, 'b>(&self, mut clause: &'b [&'a str]) -> &'b [&'a str] {
        let filler = |w: &&str| self.fillers.iter().any(|f| fold(f) == bare(w));
        while let Some((_, rest)) = clause.split_first().filter(|(w, rest)| filler(w) && !rest.is_empty()) {
            clause = rest;
        }
        while let Some((_, rest)) = clause.split_last().filter(|(w, rest)| filler(w) && !rest.is_empty()) {
            clause = rest;
        }
        clause
    }

    fn fits(&self, pattern: &[Part], clause: &[&str], bare: &[String], names: &[String], caught: &mut Caught) -> bool {
        let Some((part, rest)) = pattern.split_first() else { return clause.is_empty() };
        match part {
            Part::Word(word) => bare.first() == Some(word) && self.fits(rest, &clause[1..], &bare[1..], names, caught),
            Part::Who => {
                let most = bare.iter().take(3).take_while(|w| self.is_who(w, names)).count();
                let most = most.max(usize::from(names.is_empty() && is_somebody(clause, rest)));
                (0..=most).rev().any(|n| self.fits(rest, &clause[n..], &bare[n..], names, caught))
            }
            Part::Any(name) => (1..=clause.len()).any(|n| {
                caught.insert(name.clone(), clause[..n].join(" ").trim_end_matches([',', '.', '!', ';']).to_owned());
                self.fits(rest, &clause[n..], &bare[n..], names, caught)
            }),
            Part::Either(name, choices) => choices.iter().any(|choice| {
                let fits = bare.starts_with(choice) && !choice.is_empty();
                fits && {
                    caught.insert(name.clone(), choice.join(" "));
                    self.fits(rest, &clause[choice.len()..], &bare[choice.len()..], names, caught)
                }
            }),
        }
    }

    /// Whether a word stands for the recipient.
    #[must_use]
    pub fn is_who(&self, bare: &str, names: &[String]) -> bool {
        self.who.iter().any(|w| w == bare) || names.iter().any(|n| n == bare)
    }

    /// Takes a line apart into clauses: at the ends of sentences, and where a new instruction begins.
    #[must_use]
    pub fn clauses<'a>(&self, text: &'a str, names: &[String]) -> Vec<Vec<&'a str>> {
        let mut found = Vec::new();
        for sentence in sentences(text) {
            let mut words: &[&str] = &sentence;
            while let Some(at) = (1..words.len()).find(|at| self.parts_at(words, *at, names)) {
                found.push(words[..at].to_vec());
                words = &words[at..];
            }
            found.push(words.to_vec());
        }
        found
    }

    fn parts_at(&self, words: &[&str], at: usize, names: &[String]) -> bool {
        let joins = matches!(bare(words[at]).as_str(), "and" | "then" | "but" | "und" | "dann" | "aber");
        let comma = words[at - 1].ends_with(',');
        if !joins && !comma {
            return false;
        }
        if comma && (self.is_whole(&words[..at], names) || self.is_asked_and_explained(words, at, names)) {
            return true;
        }
        let Some(tail) = self.begins(&words[at..], names) else { return false };
        if comma {
            return true;
        }
        let Some((head, caught)) = self.rule_for(&words[..at], names) else { return false };
        let of_the_writer = caught.get("fact").and_then(|f| f.split_whitespace().next()).is_some_and(is_writer);
        let to_them = words[at..].iter().take(3).any(|w| self.is_who(&bare(w), names));
        !tail.weak && (!head.say.contains('>') || !of_the_writer || to_them)
    }

    /// "ask whether it is ready, I need it by Friday": the question ends where the writer speaks of themselves.
    fn is_asked_and_explained(&self, words: &[&str], at: usize, names: &[String]) -> bool {
        let question = || self.rule_for(&words[..at], names).is_some_and(|(rule, _)| rule.say.ends_with('?'));
        is_writer(words[at]) && question()
    }

    /// Whether these words are an instruction that wants nothing more: "thank her", "say yes". A bare "yes" belongs to what follows it.
    fn is_whole(&self, words: &[&str], names: &[String]) -> bool {
        let bare: Vec<String> = words.iter().map(|w| bare(w)).collect();
        let whole = |pattern: &&Vec<Part>| !pattern.iter().any(|part| matches!(part, Part::Any(_)));
        self.rules.iter().filter(|rule| bare.len() > 1 || rule.say.starts_with("{1}")).any(|rule| {
            let mut patterns = rule.patterns.iter().filter(whole);
            patterns.any(|pattern| self.fits(pattern, words, &bare, names, &mut Caught::new()))
        })
    }

    /// The rule an instruction at the beginning of `words` follows.
    fn begins(&self, words: &[&str], names: &[String]) -> Option<&Rule> {
        let ends = (1..words.len())
            .filter(|at| words[at - 1].ends_with(',') || matches!(bare(words[*at]).as_str(), "and" | "und"));
        ends.chain([words.len()]).find_map(|end| self.rule_for(&words[..end], names)).map(|(rule, _)| rule)
    }
}

/// Whether a clause begins with somebody's name: where no recipient is known yet, that is who is written to. Before "that" it may be
/// typed small.
fn is_somebody(clause: &[&str], rest: &[Part]) -> bool {
    let before_that = matches!(rest.first(), Some(Part::Word(word)) if word == "that" || word == "dass");
    let capital = |word: &&&str| word.starts_with(char::is_uppercase) || before_that;
    clause.first().filter(capital).is_some_and(|word| bare(word).chars().count() > 1 && bare(word) != "that")
}

/// Whether a word is the one who writes: "I", "we'll".
fn is_writer(word: &str) -> bool {
    matches!(bare(word).split('\'').next().unwrap_or_default(), "i" | "we" | "ich" | "wir")
}

/// The words of each sentence; the mark that ends one stays with its last word. `27.11.` and `3. Mai` end none.
fn sentences(text: &str) -> Vec<Vec<&str>> {
    let mut found: Vec<Vec<&str>> = vec![vec![]];
    for line in text.lines() {
        for word in line.split_whitespace() {
            if let Some(last) = found.last_mut() {
                last.push(word);
            }
            let stem = word.trim_end_matches(['.', '!', '?', ';']);
            let ends = word.len() > stem.len()
                && !(word.ends_with('.')
                    && (stem.ends_with(|c: char| c.is_ascii_digit())
                        || stem.chars().count() < 2
                        || stem.contains('.')));
            if ends {
                found.push(vec![]);
            }
        }
        found.push(vec![]);
    }
    found.retain(|words| !words.is_empty());
    found
}
