//! Words written for other words: where a person wrote a name, a number or a term differently, all through a text. Pure.

use super::draw::is_passing;
use super::limits::limits;
use crate::memory::words::{fold, folded_words};
use similar::{ChangeTag, TextDiff};
use std::time::Duration;

/// The most words on either side.
const WORDS: usize = 4;
/// A comparison that takes longer falls back to a coarser one.
const PATIENCE: Duration = Duration::from_millis(250);

/// One thing written for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Swap {
    pub(super) old: String,
    pub(super) new: String,
    /// Whether it is a name, a number or an address, not a word of the language.
    pub(super) is_fact: bool,
}

/// A place where two texts differ, with what stands before it in both.
#[derive(Debug, Default)]
struct Hunk {
    before: String,
    old: String,
    new: String,
}

/// What was written for what. `people` are folded words of names, which are no terms.
pub(super) fn swaps(old: &str, new: &str, people: &[String]) -> Vec<Swap> {
    let mut found: Vec<Swap> = Vec::new();
    for swap in hunks(old, new).into_iter().filter_map(|hunk| swap(hunk, people)) {
        if !says(new, &swap.old) && !found.contains(&swap) {
            found.push(swap);
        }
    }
    found
}

fn hunks(old: &str, new: &str) -> Vec<Hunk> {
    let compared = TextDiff::configure().timeout(PATIENCE).diff_unicode_words(old, new);
    let mut done: Vec<Hunk> = Vec::new();
    let (mut open, mut between, mut read) = (None::<Hunk>, String::new(), String::new());
    for change in compared.iter_all_changes() {
        let text = change.value();
        match change.tag() {
            // One space between two changes parts nothing.
            ChangeTag::Equal if open.is_some() && between.is_empty() && text == " " => between.push(' '),
            ChangeTag::Equal => {
                done.extend(open.take());
                read.push_str(&between);
                between.clear();
                read.push_str(text);
            }
            tag => {
                let hunk = open.get_or_insert_with(|| Hunk { before: read.clone(), ..Hunk::default() });
                hunk.old.push_str(&between);
                hunk.new.push_str(&between);
                between.clear();
                if tag == ChangeTag::Delete { &mut hunk.old } else { &mut hunk.new }.push_str(text);
                if tag == ChangeTag::Delete {
                    read.push_str(text);
                }
            }
        }
    }
    done.extend(open);
    done
}

fn swap(hunk: Hunk, people: &[String]) -> Option<Swap> {
    let (mut old, mut new) = (trimmed(&hunk.old).to_owned(), trimmed(&hunk.new).to_owned());
    if old.is_empty() || new.is_empty() || old.contains('\n') || new.contains('\n') || old == new {
        return None;
    }
    let begins = begins_a_sentence(&hunk.before);
    if begins && fold(&old) == fold(&new) {
        return None;
    }
    // "Northwind 2" for "Northwind Two": a bare number says nothing without what it numbers.
    let few_digits = |text: &str| (1..limits().fact_digits).contains(&digits(text));
    if few_digits(&old) || few_digits(&new) {
        let name = hunk.before.split_whitespace().next_back().filter(|_| hunk.before.ends_with(' '));
        let name = name.filter(|word| word.starts_with(char::is_uppercase) && word.chars().all(char::is_alphanumeric));
        match name {
            Some(name) if !has_name(&old) => (old, new) = (format!("{name} {old}"), format!("{name} {new}")),
            _ if has_name(&old) || has_name(&new) => {}
            _ => return None,
        }
    }
    let (was, now) = (folded_words(&old), folded_words(&new));
    let all = |words: &[String], of: &dyn Fn(&String) -> bool| words.iter().all(of);
    let little = |word: &String| limits().little.contains(word);
    let skip = was.is_empty()
        || now.is_empty()
        || old.split_whitespace().count() > WORDS
        || new.split_whitespace().count() > WORDS
        || all(&was, &little)
        || all(&now, &little)
        || is_passing(&was)
        || is_passing(&now)
        || is_money(&old)
        || is_money(&new)
        || was.iter().chain(&now).any(|word| people.contains(word));
    let is_fact = (!begins && (has_name(&old) || has_name(&new)))
        || digits(&new) > 0
        || new.contains('@')
        || new.contains("://")
        || inner_capital(&new);
    (!skip).then_some(Swap { old, new, is_fact })
}

/// Without the marks around it.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || ".,;:!?()[]\"'“”‘’…".contains(c))
}

fn begins_a_sentence(before: &str) -> bool {
    let before = before.trim_end_matches(' ');
    before.is_empty() || before.ends_with(['.', '!', '?', '\n', ':'])
}

fn digits(text: &str) -> usize {
    text.chars().filter(char::is_ascii_digit).count()
}

/// A word with a capital.
fn has_name(text: &str) -> bool {
    text.split_whitespace().any(|word| word.starts_with(char::is_uppercase))
}

/// "ePost", and a second capital word: what no sentence's beginning explains.
fn inner_capital(text: &str) -> bool {
    text.chars().skip(1).any(char::is_uppercase)
}

fn is_money(text: &str) -> bool {
    text.contains(['€', '$', '£', '%'])
}

/// Whether a text has these words, one after another.
fn says(text: &str, words: &str) -> bool {
    let joined = |text: &str| format!(" {} ", text.split_whitespace().map(trimmed).collect::<Vec<_>>().join(" "));
    joined(text).contains(&joined(words))
}
