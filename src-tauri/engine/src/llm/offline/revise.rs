//! Changes to a text that need no model: shorter, warmer, more formal, more casual, add, remove, replace. What it cannot do it leaves undone:
//! the text stays as it is.

use super::grammar::{Grammar, bare};
use super::sentences::Maker;
use crate::api::Tone;
use crate::compose::brief::Brief;
use crate::memory::manners::{capitalise, is_closing, read_greeting};
use crate::memory::voice::{greeting_for, sign_off_for};
use crate::memory::words::fold;

/// A letter in its three parts; the ends may be empty.
struct Parts {
    greeting: String,
    body: Vec<String>,
    ending: String,
}

/// The text, changed as the instruction asks.
pub fn revise(brief: &Brief, maker: &Maker<'_>, text: &str) -> String {
    let instruction = brief.request.intent.trim();
    let Some(grammar) = maker.grammar else { return text.to_owned() };
    let mut parts = taken_apart(text);
    let words: Vec<String> = instruction.split_whitespace().map(bare).collect();
    let asks = |list: &[String]| words.len() <= 7 && words.iter().any(|w| list.iter().any(|l| fold(l) == *w));
    if let Some((old, new)) = replacement(instruction) {
        return replaced(text, &old, &new);
    }
    if let Some(what) = after_lead(instruction, &grammar.add) {
        parts.add(maker, &what);
    } else if words.first().is_some_and(|w| grammar.remove.iter().any(|r| fold(r).split(' ').next() == Some(w))) {
        parts.remove(&words[1..]);
    } else if words.iter().any(|w| matches!(w.as_str(), "less" | "weniger")) && asks(&grammar.formal_words)
        || asks(&grammar.casual)
    {
        parts.retone(brief, maker, Tone::Friendly);
        parts.respell(&contractions(grammar));
    } else if asks(&grammar.shorter) {
        parts.shorten(grammar);
    } else if asks(&grammar.warmer) {
        parts.warm(brief, maker, grammar);
    } else if asks(&grammar.formal_words) {
        parts.retone(brief, maker, Tone::Formal);
        parts.respell(&grammar.formal.iter().map(|(a, b)| (a.clone(), b.clone())).collect::<Vec<_>>());
    } else if !words.first().is_some_and(|w| grammar.unknown_revisions.iter().any(|u| fold(u) == *w)) {
        parts.add(maker, instruction);
    }
    parts.together()
}

fn taken_apart(text: &str) -> Parts {
    let mut paragraphs: Vec<String> =
        text.split("\n\n").map(|p| p.trim().to_owned()).filter(|p| !p.is_empty()).collect();
    let first = paragraphs.first().map(String::as_str).unwrap_or_default();
    let greets = !first.contains('\n')
        && first.split_whitespace().count() <= 6
        && (read_greeting(first, &[]).is_some() || (first.ends_with(',') && paragraphs.len() > 1));
    let greeting = if greets { paragraphs.remove(0) } else { String::new() };
    let mut ending = Vec::new();
    let is_end = |p: &str| p.lines().next().is_some_and(is_closing) && p.lines().count() <= 3;
    let is_name = |p: &str| !p.contains('\n') && p.split_whitespace().count() <= 3 && !p.ends_with(['.', '?', '!']);
    if paragraphs.len() > 1 && paragraphs.last().is_some_and(|p| is_end(p) || is_name(p)) {
        ending.extend(paragraphs.pop());
        if paragraphs.len() > 1 && paragraphs.last().is_some_and(|p| is_end(p)) {
            ending.extend(paragraphs.pop());
        }
    }
    ending.reverse();
    Parts { greeting, body: paragraphs, ending: ending.join("\n\n") }
}

impl Parts {
    fn together(&self) -> String {
        let body = self.body.join("\n\n");
        [&self.greeting, &body, &self.ending]
            .into_iter()
            .filter(|p| !p.is_empty())
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("\n\n")
    }

    fn add(&mut self, maker: &Maker<'_>, what: &str) {
        let sentences: Vec<String> = maker.sentences(what).into_iter().map(|s| capitalise(&s.text)).collect();
        if !sentences.is_empty() {
            self.body.push(sentences.join(" "));
        }
    }

    /// Takes away each sentence that has the words.
    fn remove(&mut self, words: &[String]) {
        let telling: Vec<&String> = words
            .iter()
            .filter(|w| {
                !matches!(
                    w.as_str(),
                    "the"
                        | "a"
                        | "about"
                        | "sentence"
                        | "part"
                        | "paragraph"
                        | "line"
                        | "den"
                        | "die"
                        | "das"
                        | "satz"
                        | "uber"
                        | "mit"
                        | "weg"
                )
            })
            .collect();
        if telling.is_empty() {
            return;
        }
        self.keep_sentences(|s| !telling.iter().all(|w| s.split_whitespace().map(bare).any(|have| have == **w)));
    }

    fn keep_sentences(&mut self, keep: impl Fn(&str) -> bool) {
        for paragraph in &mut self.body {
            *paragraph = sentences_of(paragraph).into_iter().filter(|s| keep(s)).collect::<Vec<_>>().join(" ");
        }
        self.body.retain(|p| !p.is_empty());
    }

    /// Without courtesies and wordy turns; if that takes too little away, without what neither asks nor names a day, a sum or a plan.
    fn shorten(&mut self, grammar: &Grammar) {
        let words = |body: &[String]| body.iter().map(|p| p.split_whitespace().count()).sum::<usize>();
        let before = words(&self.body);
        let original = self.body.clone();
        self.keep_sentences(|s| !grammar.padding.iter().any(|p| s.to_lowercase().starts_with(p.as_str())));
        for paragraph in &mut self.body {
            for (long, short) in &grammar.wordy {
                *paragraph = replaced(paragraph, long, short);
            }
            *paragraph = capitalise(paragraph);
        }
        let many = self.body.iter().map(|p| sentences_of(p).len()).sum::<usize>() > 3;
        if many && words(&self.body) * 10 > before * 7 {
            let first = self.body.first().and_then(|p| sentences_of(p).first().map(|s| (*s).to_owned()));
            self.keep_sentences(|s| {
                Some(s) == first.as_deref()
                    || s.ends_with('?')
                    || s.contains(|c: char| c.is_ascii_digit())
                    || tells_a_plan(s)
            });
        }
        if self.body.is_empty() {
            self.body = original;
        }
    }

    fn warm(&mut self, brief: &Brief, maker: &Maker<'_>, grammar: &Grammar) {
        self.retone(brief, maker, Tone::Warm);
        let start = self.body.first().map(|p| fold(p)).unwrap_or_default();
        let kind = ["thank", "dank", "i hope", "ich hoffe"].iter().any(|w| start.contains(w));
        if !kind {
            let line = if brief.answers.is_some() { &grammar.acknowledge } else { &grammar.hope_well };
            self.body.insert(0, maker.addressed(line));
        }
    }

    /// Greeting and sign-off of another tone, where there were some.
    fn retone(&mut self, brief: &Brief, maker: &Maker<'_>, tone: Tone) {
        if let Some(greeting) = greeting_for(&brief.voice, &super::recipients(brief), maker.language, tone) {
            self.greeting = greeting;
        }
        let ending = sign_off_for(&brief.voice, brief.me.as_ref(), maker.language, tone);
        if !ending.is_empty() {
            self.ending = ending;
        }
    }

    fn respell(&mut self, pairs: &[(String, String)]) {
        for paragraph in &mut self.body {
            for (from, to) in pairs {
                *paragraph = replaced(paragraph, from, to);
            }
        }
    }
}

fn tells_a_plan(sentence: &str) -> bool {
    sentence.split_whitespace().map(bare).any(|w| {
        matches!(
            w.as_str(),
            "will"
                | "i'll"
                | "we'll"
                | "cannot"
                | "can't"
                | "must"
                | "have"
                | "muss"
                | "mussen"
                | "werde"
                | "werden"
                | "monday"
                | "tuesday"
                | "wednesday"
                | "thursday"
                | "friday"
                | "montag"
                | "dienstag"
                | "mittwoch"
                | "donnerstag"
                | "freitag"
        )
    })
}

/// The contractions of the language, long to short.
fn contractions(grammar: &Grammar) -> Vec<(String, String)> {
    let spoken = grammar.formal.iter().filter(|(short, _)| short.contains('\'') && !short.starts_with("i'd"));
    spoken
        .map(|(short, long)| (long.clone(), grammar.fixes.get(short).cloned().unwrap_or_else(|| short.clone())))
        .collect()
}

fn sentences_of(paragraph: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, c) in paragraph.char_indices() {
        let next = paragraph[at..].chars().nth(1);
        let digit = paragraph[..at].ends_with(|c: char| c.is_ascii_digit());
        if matches!(c, '.' | '!' | '?')
            && next.is_none_or(char::is_whitespace)
            && !(c == '.' && digit && next.is_some())
        {
            found.push(paragraph[start..=at].trim());
            start = at + 1;
        }
    }
    found.push(paragraph[start..].trim());
    found.retain(|s| !s.is_empty());
    found
}

/// What follows the longest of these leads.
fn after_lead(text: &str, leads: &[String]) -> Option<String> {
    let low = text.to_lowercase();
    let fits = leads.iter().filter(|lead| {
        low.len() == text.len() && low.starts_with(lead.as_str()) && low[lead.len()..].starts_with([' ', ':', ','])
    });
    let lead = fits.max_by_key(|lead| lead.len())?;
    let rest = text[lead.len()..].trim_start_matches([':', ',', ' ']).trim();
    let rest = rest.strip_prefix("dass ").or_else(|| rest.strip_prefix("that ")).unwrap_or(rest);
    (!rest.is_empty()).then(|| rest.to_owned())
}

/// `replace A with B`, `change A to B`, `ersetze A durch B`.
fn replacement(text: &str) -> Option<(String, String)> {
    for (lead, between) in [("replace ", " with "), ("change ", " to "), ("ersetze ", " durch "), ("ändere ", " in ")]
    {
        if let Some((old, new)) = text.strip_prefix(lead).and_then(|rest| rest.split_once(between)) {
            let clean = |s: &str| s.trim().trim_matches(['"', '“', '”', '„']).to_owned();
            return Some((clean(old), clean(new)));
        }
    }
    None
}

/// Every `old` at a word's bounds becomes `new`, whatever its case; a capital at its start is kept.
fn replaced(text: &str, old: &str, new: &str) -> String {
    if old.is_empty() {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut at = 0;
    while at < text.len() {
        let here = &text[at..];
        let end = here.char_indices().nth(old.chars().count()).map_or(here.len(), |(i, _)| i);
        let inside = text[..at].ends_with(char::is_alphanumeric) || here[end..].starts_with(char::is_alphanumeric);
        if !inside && here[..end].to_lowercase() == old.to_lowercase() {
            let capital = here.starts_with(char::is_uppercase) && old.starts_with(char::is_lowercase);
            out.push_str(&if capital { capitalise(new) } else { new.to_owned() });
            at += end.max(1);
        } else {
            let c = here.chars().next().unwrap_or_default();
            out.push(c);
            at += c.len_utf8();
        }
    }
    out
}
