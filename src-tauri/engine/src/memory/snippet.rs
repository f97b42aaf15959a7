//! The passage of a text that says most about a query. Pure; it returns the writer's own words, cut at words.

use super::words::{stem, words};
use std::collections::HashSet;

/// The passage of at most `most` characters with the most of these stems in it; the beginning where none stands there.
#[must_use]
pub fn passage(text: &str, stems: &HashSet<String>, most: usize) -> String {
    let words = words(text);
    let hits: Vec<(usize, &str)> =
        words.iter().map(|w| (w.start, stem(&w.folded))).filter(|(_, s)| stems.contains(*s)).collect();
    let reach =
        |from: usize| hits.iter().filter(move |(at, _)| *at >= from && *at < from + most * 3 / 4).map(|(_, s)| *s);
    let score = |from: usize| (reach(from).collect::<HashSet<_>>().len(), reach(from).count());
    let best = hits.iter().map(|(at, _)| *at).max_by_key(|at| (score(*at), std::cmp::Reverse(*at)));
    let start = best.map_or(0, |at| sentence_start(text, at, most / 4));
    cut(&text[start..], most, start > 0)
}

/// The start of the sentence or line around `at`, no further back than `most` bytes.
fn sentence_start(text: &str, at: usize, most: usize) -> usize {
    let mut from = at.saturating_sub(most);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    if from == 0 {
        return 0;
    }
    let before = &text[from..at];
    let sentence = before.rfind(['\n']).or_else(|| before.rfind(". ").map(|i| i + 1));
    let word = sentence.or_else(|| before.find(char::is_whitespace)).unwrap_or(0);
    from + word
}

/// The first `most` characters in one line, cut at a word, with `…` where something is missing.
fn cut(text: &str, most: usize, began_later: bool) -> String {
    let mut out = String::new();
    let mut whole = true;
    for word in text.split_whitespace() {
        if out.chars().count() + word.chars().count() + 1 > most {
            whole = false;
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    if out.is_empty() {
        out = text.trim().chars().take(most).collect();
    }
    format!("{}{out}{}", if began_later { "… " } else { "" }, if whole { "" } else { " …" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stems(of: &[&str]) -> HashSet<String> {
        of.iter().map(|w| stem(w).to_owned()).collect()
    }

    #[test]
    fn the_passage_with_the_words_is_shown() {
        let text = format!(
            "{} The proposal goes out on Friday. {}",
            "Nothing here at all. ".repeat(20),
            "And more of nothing. ".repeat(20)
        );
        let shown = passage(&text, &stems(&["proposal", "friday"]), 120);
        assert!(shown.contains("proposal goes out on Friday") && shown.chars().count() <= 124, "{shown}");
        assert_eq!(passage("Short and whole.", &stems(&["none"]), 120), "Short and whole.");
    }

    proptest! {
        #[test]
        fn a_passage_is_never_too_long(text in "\\PC{0,400}", word in "[a-z]{1,8}") {
            prop_assert!(passage(&text, &stems(&[&word]), 80).chars().count() <= 84);
        }
    }
}
