//! A letter taken apart for comparing: its greeting, its text, its sign-off and the name under it. Pure; it judges nothing.

use crate::memory::manners::{Greeting, is_closing, read_ending, read_greeting};
use crate::memory::words::fold;

/// The parts of a letter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) greeting: Option<Greeting>,
    /// What stands between greeting and sign-off, and under the name.
    pub(super) text: String,
    pub(super) closing: Option<String>,
    pub(super) name: Option<String>,
}

/// Takes a letter apart. `names` are the recipients' first names, `own` the words of the writer's name.
pub(super) fn parts(letter: &str, names: &[String], own: &[String]) -> Parts {
    let mut lines: Vec<&str> = letter.lines().map(str::trim_end).collect();
    let mut parts = Parts::default();
    let first = lines.iter().position(|line| !line.trim().is_empty());
    if let Some(at) = first
        && let Some(greeting) = read_greeting(lines[at], names)
    {
        lines[at] = lines[at].trim().strip_prefix(greeting.line().as_str()).unwrap_or_default().trim();
        parts.greeting = Some(greeting);
    }
    let ending = read_ending(letter, "", own);
    parts.name = ending.name.or(ending.perhaps);
    parts.closing = ending.closing;
    let both = parts.closing.as_deref().zip(parts.name.as_deref());
    let took_both = both.is_some_and(|(closing, name)| {
        take(&mut lines, |line| line.starts_with(closing) && line.ends_with(name) && line.len() > closing.len())
    });
    if !took_both {
        if let Some(name) = &parts.name {
            let at = lines.iter().rposition(|line| line.trim() == name);
            if parts.closing.is_none() {
                parts.closing = at.and_then(|at| closing_of_ones_own(&lines[..at]));
            }
            take(&mut lines, |line| line == name);
        }
        if let Some(closing) = &parts.closing {
            take(&mut lines, |line| line == closing);
        }
    }
    parts.text = lines.join("\n").trim().to_owned();
    parts
}

/// Empties the last line of its kind.
fn take(lines: &mut [&str], is: impl Fn(&str) -> bool) -> bool {
    let found = lines.iter_mut().rev().find(|line| is(line.trim()));
    found.is_some_and(|line| {
        *line = "";
        true
    })
}

/// A few plain words over the name that no list of sign-offs has: the last line, apart from the text before it.
fn closing_of_ones_own(before_name: &[&str]) -> Option<String> {
    let mut lines = before_name.iter().rev();
    let line = lines.next()?.trim();
    let apart = lines.next().is_some_and(|line| line.trim().is_empty());
    let words = line.split_whitespace().count();
    let plain = line.chars().all(|c| c.is_alphabetic() || c.is_whitespace() || matches!(c, ',' | '\'' | '’' | '-'));
    (apart && plain && (1..=4).contains(&words) && !line.is_empty()).then(|| line.to_owned())
}

/// Whether a sign-off is one that everybody knows.
pub(super) fn is_known_closing(line: &str) -> bool {
    is_closing(line)
}

/// The sentences of a text, with the mark that ends each.
pub(super) fn sentences(text: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for word in text.split_inclusive(char::is_whitespace) {
        if let Some(last) = found.last_mut() {
            last.push_str(word);
        }
        let bare = word.trim_end();
        if bare.ends_with(['.', '!', '?']) && !bare.trim_end_matches('.').ends_with(|c: char| c.is_ascii_digit()) {
            found.push(String::new());
        }
    }
    found.retain(|sentence| !sentence.trim().is_empty());
    found.iter().map(|sentence| sentence.trim().to_owned()).collect()
}

/// How much of `one`'s words `other` has too, from 0 to 1.
pub(super) fn shared(one: &str, other: &str) -> f32 {
    let words = |text: &str| fold(text).split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let (one, other) = (words(one), words(other));
    let common = one.iter().filter(|word| other.contains(word)).count();
    common as f32 / one.len().max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_comes_apart_where_people_part_it() {
        let names = ["Dana".to_owned()];
        let own = ["mara".to_owned(), "voss".to_owned()];
        let table = [
            ("Hi Dana,\n\nyes.\n\nBest,\nMara", "Hi Dana,", "yes.", Some("Best,"), Some("Mara")),
            ("Hi Dana, yes.\n\nThanks, Mara", "Hi Dana,", "yes.", Some("Thanks,"), Some("Mara")),
            ("yes.\n\nCatch you around,\nMara", "", "yes.", Some("Catch you around,"), Some("Mara")),
            ("Hello,\n\nyes.\n\nCheers", "Hello,", "yes.", Some("Cheers"), None),
            ("yes, all of it is ready", "", "yes, all of it is ready", None, None),
        ];
        for (letter, greeting, text, closing, name) in table {
            let parts = parts(letter, &names, &own);
            let greets = parts.greeting.map(|g| g.line()).unwrap_or_default();
            assert_eq!((greets.as_str(), parts.text.as_str()), (greeting, text), "{letter}");
            assert_eq!((parts.closing.as_deref(), parts.name.as_deref()), (closing, name), "{letter}");
        }
    }

    #[test]
    fn sentences_end_at_their_marks_and_not_at_days() {
        assert_eq!(
            sentences("It is the 27. today. Can you come?\nYes!"),
            ["It is the 27. today.", "Can you come?", "Yes!"]
        );
    }
}
