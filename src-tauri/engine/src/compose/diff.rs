//! Two texts compared word by word, joined into hunks a person can read and take or leave one at a time. Pure.

use crate::api::DiffPiece;
use similar::{ChangeTag, TextDiff};
use std::time::Duration;

/// A run of words in both texts that is shorter than this is part of the change around it: hunks of single words are not readable.
const WORDS_TO_STAND_ALONE: usize = 3;
/// A comparison that takes longer falls back to a coarser one, which is as true.
const PATIENCE: Duration = Duration::from_millis(250);

/// Two texts compared, the pieces in order. `Same` and `old` joined give the old text, `Same` and `new` the new one.
#[must_use]
pub fn diff(old: &str, new: &str) -> Vec<DiffPiece> {
    let compared = TextDiff::configure().timeout(PATIENCE).diff_unicode_words(old, new);
    let mut pieces = Pieces::default();
    for change in compared.iter_all_changes() {
        match change.tag() {
            ChangeTag::Equal => pieces.same(change.value()),
            ChangeTag::Delete => pieces.change(change.value(), ""),
            ChangeTag::Insert => pieces.change("", change.value()),
        }
    }
    join_small(pieces.done)
}

#[derive(Default)]
struct Pieces {
    done: Vec<DiffPiece>,
}

impl Pieces {
    fn same(&mut self, more: &str) {
        match self.done.last_mut() {
            Some(DiffPiece::Same { text }) => text.push_str(more),
            _ => self.done.push(DiffPiece::Same { text: more.to_owned() }),
        }
    }

    fn change(&mut self, less: &str, more: &str) {
        match self.done.last_mut() {
            Some(DiffPiece::Change { old, new }) => {
                old.push_str(less);
                new.push_str(more);
            }
            _ => self.done.push(DiffPiece::Change { old: less.to_owned(), new: more.to_owned() }),
        }
    }
}

/// Changes with only a word or two between them become one, unless a sentence or a line ends there.
fn join_small(pieces: Vec<DiffPiece>) -> Vec<DiffPiece> {
    let mut joined = Pieces::default();
    let last = pieces.len().saturating_sub(1);
    for (i, piece) in pieces.into_iter().enumerate() {
        match piece {
            DiffPiece::Change { old, new } => joined.change(&old, &new),
            DiffPiece::Same { text } if i > 0 && i < last && !stands_alone(&text) => joined.change(&text, &text),
            DiffPiece::Same { text } => joined.same(&text),
        }
    }
    joined.done
}

fn stands_alone(same: &str) -> bool {
    same.contains('\n') || same.contains(['.', '!', '?']) || same.split_whitespace().count() >= WORDS_TO_STAND_ALONE
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn changes(old: &str, new: &str) -> Vec<(String, String)> {
        let pieces = diff(old, new).into_iter();
        pieces.filter_map(|p| if let DiffPiece::Change { old, new } = p { Some((old, new)) } else { None }).collect()
    }

    #[test]
    fn equal_texts_have_no_change() {
        assert_eq!(diff("", ""), []);
        assert_eq!(diff("as it is", "as it is"), [DiffPiece::Same { text: "as it is".into() }]);
    }

    #[test]
    fn a_word_changed_is_one_hunk_with_that_word() {
        let hunks = changes("We meet on Tuesday at the office.", "We meet on Friday at the office.");
        assert_eq!(hunks, [("Tuesday".into(), "Friday".into())]);
    }

    #[test]
    fn changes_in_one_phrase_are_one_hunk() {
        let hunks = changes("I think that we could maybe meet.", "I know that you should certainly meet.");
        assert_eq!(hunks.len(), 1);
    }

    #[test]
    fn changes_in_two_paragraphs_are_two_hunks() {
        let hunks = changes("One line here.\n\nAnother there.", "Two line here.\n\nAnother gone.");
        assert_eq!(hunks, [("One".into(), "Two".into()), ("there".into(), "gone".into())]);
    }

    proptest! {
        #[test]
        fn both_texts_can_be_put_together_again(old in "[a-d ,.\nä€🙂]{0,80}", new in "[a-d ,.\nä€🙂]{0,80}") {
            let (mut before, mut after) = (String::new(), String::new());
            for piece in diff(&old, &new) {
                match piece {
                    DiffPiece::Same { text } => { before.push_str(&text); after.push_str(&text); }
                    DiffPiece::Change { old, new } => { before.push_str(&old); after.push_str(&new); }
                }
            }
            prop_assert_eq!(before, old);
            prop_assert_eq!(after, new);
        }
    }
}
