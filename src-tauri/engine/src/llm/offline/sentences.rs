//! From the user's line to sentences: clause by clause, by rule where one fits, in their own words where none does. Nothing is invented.

use super::grammar::{Caught, Grammar, Rule, bare};
use super::person::{main_clause, to_sie_or_du, to_you};
use crate::api::Tone;
use crate::memory::manners::{capitalise, primary};
use crate::memory::words::fold;

/// What sentences are made with.
#[derive(Debug, Clone)]
pub struct Maker<'a> {
    /// The rules, where the language has some.
    pub grammar: Option<&'static Grammar>,
    /// The language of the sentences.
    pub language: &'a str,
    /// The words of the recipients' names, folded.
    pub names: Vec<String>,
    /// Names to write with a capital, folded.
    pub known: Vec<String>,
    /// Whether German says "du".
    pub du: bool,
    /// The tone.
    pub tone: Tone,
}

/// One sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// The text, whole.
    pub text: String,
    /// Whether it begins with a rule's word, not the user's.
    pub by_rule: bool,
    /// What the letter is about, by the rule.
    pub subject: Option<String>,
}

impl Maker<'_> {
    /// The sentences of a line of intent.
    #[must_use]
    pub fn sentences(&self, intent: &str) -> Vec<Sentence> {
        let Some(grammar) = self.grammar else {
            return intent
                .lines()
                .map(str::trim)
                .filter(|l| !l.is_empty())
                .map(|l| self.own_words(&ended(l, '.')))
                .collect();
        };
        let clauses = grammar.clauses(intent, &self.names);
        clauses.iter().filter_map(|clause| self.clause(grammar, clause, 0)).collect()
    }

    fn clause(&self, grammar: &Grammar, clause: &[&str], depth: u8) -> Option<Sentence> {
        let joined = clause.join(" ");
        if joined.trim_matches(|c: char| !c.is_alphanumeric()).is_empty() {
            return None;
        }
        let asked = joined.ends_with('?');
        match grammar.rule_for(clause, &self.names).filter(|_| depth < 3 && !asked) {
            Some((rule, caught)) => self.by_rule(grammar, rule, caught, depth),
            None => Some(self.statement(grammar, clause)),
        }
    }

    fn by_rule(&self, grammar: &Grammar, rule: &Rule, caught: Caught, depth: u8) -> Option<Sentence> {
        let caught: Caught =
            caught.into_iter().map(|(name, text)| (name.clone(), self.turned(grammar, &name, &text))).collect();
        if let Some(inner) = rule.say.strip_prefix("=> ").or_else(|| rule.say.strip_prefix("~> ")) {
            let fact = filled(inner, &caught);
            if rule.say.starts_with('~') {
                let fact = main_clause(&fact).unwrap_or_else(|| format!("ich wollte kurz Bescheid geben, dass {fact}"));
                return Some(self.statement(grammar, &fact.split_whitespace().collect::<Vec<_>>()));
            }
            return self.clause(grammar, &fact.split_whitespace().collect::<Vec<_>>(), depth + 1);
        }
        let text = self.polished(&self.addressed(&filled(&rule.say, &caught)));
        let subject = rule.subject.as_ref().map(|s| self.polished(&filled(s, &caught)));
        Some(Sentence { text, by_rule: true, subject: subject.map(|s| capitalise(&s)) })
    }

    /// What was caught, with the recipient spoken to.
    fn turned(&self, grammar: &Grammar, name: &str, text: &str) -> String {
        match primary(self.language) {
            "en" => to_you(grammar, text, &self.names),
            "de" if name == "ob" => to_sie_or_du(text, self.du),
            _ => text.to_owned(),
        }
    }

    /// A clause no rule fits: the user's own words as a sentence.
    fn statement(&self, grammar: &Grammar, clause: &[&str]) -> Sentence {
        let mut words = clause;
        while let Some((_, rest)) = words
            .split_first()
            .filter(|(w, rest)| matches!(bare(w).as_str(), "and" | "und" | "then" | "dann") && !rest.is_empty())
        {
            words = rest;
        }
        let text = words.join(" ").trim_end_matches([',', ';', ' ']).to_owned();
        let question = is_question(grammar, words);
        let text = if question || text.ends_with(['!', '?']) { text } else { self.with_ending(grammar, &text) };
        self.own_words(&ended(&text, if question { '?' } else { '.' }))
    }

    /// "Tuesday works" reads better as "Tuesday works for me".
    fn with_ending(&self, grammar: &Grammar, text: &str) -> String {
        let bare_text = text.trim_end_matches('.');
        let words: Vec<String> = bare_text.split_whitespace().map(bare).collect();
        let of_time = words.iter().any(|w| grammar.times.contains(w) || w.starts_with(|c: char| c.is_ascii_digit()));
        let low = bare_text.to_lowercase();
        let found = grammar
            .endings
            .iter()
            .filter(|(short, _)| of_time && words.len() <= 6 && low.ends_with(&format!(" {short}")))
            .max_by_key(|(short, _)| short.len());
        found.map_or_else(
            || text.to_owned(),
            |(short, long)| format!("{}{long}", &bare_text[..bare_text.len() - short.len()]),
        )
    }

    fn own_words(&self, text: &str) -> Sentence {
        Sentence { text: self.polished(text), by_rule: false, subject: None }
    }

    /// `[[Sie|du]]` chosen.
    #[must_use]
    pub fn addressed(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("[[") {
            let (choice, after) = after.split_once("]]").unwrap_or((after, ""));
            let (sie, du) = choice.split_once('|').unwrap_or((choice, choice));
            out.push_str(before);
            out.push_str(if self.du { du } else { sie });
            rest = after;
        }
        out + rest
    }

    /// Words as they are spelt: days, months, names, "I"; without contractions where the tone is formal.
    #[must_use]
    pub fn polished(&self, text: &str) -> String {
        let mut lines = Vec::new();
        for line in text.lines() {
            lines.push(line.split(' ').map(|word| self.spelt(word)).collect::<Vec<_>>().join(" "));
        }
        lines.join("\n")
    }

    fn spelt(&self, word: &str) -> String {
        let (Some(start), Some(last)) = (word.find(char::is_alphanumeric), word.rfind(char::is_alphanumeric)) else {
            return word.to_owned();
        };
        let end = last + word[last..].chars().next().map_or(1, char::len_utf8);
        let core = &word[start..end];
        let low = core.to_lowercase().replace('’', "'");
        let fixed = self
            .grammar
            .and_then(|g| g.fixes.get(&low))
            .filter(|_| core.chars().next().is_some_and(char::is_lowercase) || low == "i");
        let mut core = fixed.cloned().unwrap_or_else(|| core.to_owned());
        if fixed.is_none()
            && self.known.contains(&fold(&core))
            && !core.contains(char::is_uppercase)
            && !word.contains(['@', '/'])
        {
            core = capitalise(&core);
        }
        let long = self.grammar.and_then(|g| g.formal.get(&core.to_lowercase().replace('’', "'")));
        if let Some(long) = long.filter(|_| self.tone == Tone::Formal) {
            core = if core.starts_with(char::is_uppercase) { capitalise(long) } else { long.clone() };
        }
        format!("{}{core}{}", &word[..start], &word[end..])
    }
}

/// "can we meet", "when do you arrive".
fn is_question(grammar: &Grammar, words: &[&str]) -> bool {
    const SUBJECTS: [&str; 34] = [
        "i", "we", "you", "he", "she", "they", "it", "the", "this", "that", "there", "your", "my", "our", "anyone",
        "do", "does", "did", "is", "are", "can", "should", "ich", "wir", "du", "sie", "ihr", "er", "es", "der", "die",
        "das", "ist", "konnen",
    ];
    let (Some(first), Some(second)) = (words.first(), words.get(1)) else { return false };
    grammar.questions.iter().any(|q| fold(q) == bare(first)) && SUBJECTS.contains(&bare(second).as_str())
}

fn filled(text: &str, caught: &Caught) -> String {
    caught.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// The text with a mark at its end.
fn ended(text: &str, mark: char) -> String {
    let text = text.trim().trim_end_matches([';', ',']);
    if text.ends_with(['.', '!', '?', '…', ':', ')']) && !(mark == '?' && text.ends_with('.')) {
        text.to_owned()
    } else {
        format!("{}{mark}", text.trim_end_matches('.'))
    }
}
