//! What a letter has word for word from a letter to somebody else: their business does not belong in this one. Pure; it only finds.

use crate::api::{Source, SourceKind};
use crate::memory::words::{Word, words};
use std::collections::HashSet;
use std::ops::Range;

/// So many words in a row may be the same by chance or by manner; one more is a copy.
pub(super) const MOST_ALIKE: usize = 12;

/// The runs of more than [`MOST_ALIKE`] words that stand in a letter to somebody else and in nothing else this one is made from: bytes of `body`.
pub(super) fn copied(body: &str, sources: &[Source]) -> Vec<Range<usize>> {
    let from_others = runs(sources.iter().filter(|source| source.kind == SourceKind::ToOthers));
    if from_others.is_empty() {
        return vec![];
    }
    let allowed = runs(sources.iter().filter(|source| source.kind != SourceKind::ToOthers));
    let found = words(body);
    let mut spans: Vec<Range<usize>> = Vec::new();
    for run in found.windows(MOST_ALIKE + 1) {
        let print = print(run);
        if !from_others.contains(&print) || allowed.contains(&print) {
            continue;
        }
        let (start, end) = (run[0].start, run[MOST_ALIKE].end);
        match spans.last_mut().filter(|span| span.end >= start) {
            Some(span) => span.end = end,
            None => spans.push(start..end),
        }
    }
    spans
}

/// Every run of one word more than may be alike.
fn runs<'s>(sources: impl Iterator<Item = &'s Source>) -> HashSet<[u8; 32]> {
    let mut runs = HashSet::new();
    for source in sources {
        runs.extend(words(&source.excerpt).windows(MOST_ALIKE + 1).map(print));
    }
    runs
}

fn print(run: &[Word]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for word in run {
        hasher.update(word.folded.as_bytes()).update(b" ");
    }
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str =
        "The offer of the other side is twelve thousand and we will not go below ten before the spring fair.";

    fn source(kind: SourceKind, excerpt: &str) -> Source {
        Source {
            id: "s2".into(),
            kind,
            message: None,
            lesson: None,
            title: String::new(),
            who: None,
            date: None,
            excerpt: excerpt.into(),
            tokens: 1,
        }
    }

    fn found(body: &str, sources: &[Source]) -> Vec<String> {
        copied(body, sources).into_iter().map(|span| body[span].to_owned()).collect()
    }

    #[test]
    fn thirteen_words_in_a_row_are_a_copy_and_twelve_are_not() {
        let others = [source(SourceKind::ToOthers, SECRET)];
        let words: Vec<&str> = SECRET.split(' ').collect();
        assert_eq!(found(&format!("Hi Dana,\n\n{}", words[..12].join(" ")), &others), Vec::<String>::new());
        assert_eq!(found(&format!("Hi Dana,\n\n{} yes", words[..13].join(" ")), &others), [words[..13].join(" ")]);
        let whole = SECRET.trim_end_matches('.');
        assert_eq!(found(&format!("Hi Dana,\n\n{SECRET}\n\nBest"), &others), [whole]);
    }

    #[test]
    fn other_case_marks_and_line_breaks_hide_no_copy() {
        let others = [source(SourceKind::ToOthers, SECRET)];
        let disguised = SECRET.to_uppercase().replace(' ', ",\n");
        assert_eq!(found(&disguised, &others).len(), 1);
    }

    #[test]
    fn what_this_letter_is_made_from_may_be_said_again() {
        for kind in
            [SourceKind::Request, SourceKind::Thread, SourceKind::ToThisPerson, SourceKind::Template, SourceKind::Draft]
        {
            let sources = [source(SourceKind::ToOthers, SECRET), source(kind, SECRET)];
            assert!(found(SECRET, &sources).is_empty(), "{kind:?}");
        }
        assert!(found(SECRET, &[]).is_empty());
    }
}
