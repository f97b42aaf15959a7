//! What a draft at Gmail has besides the person's own text: the signature and the quote that were put under it. Pure. It takes them off
//! again when the draft comes back, so that neither ever stands there twice.

use serde::{Deserialize, Serialize};

/// What was put to a draft when it was written at Gmail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tail {
    /// The signature, without its mark; empty: none.
    pub(super) signature: String,
    /// The quote as it stands in the plain part; empty: none.
    pub(super) quote: String,
    /// The subject it was given there.
    pub(super) subject: String,
    /// The subject it has here.
    pub(super) own_subject: String,
}

/// A text without its tail, and whether the quote is in it still: somebody wrote in it, and it is theirs.
pub(super) fn without(text: &str, tail: &Tail) -> (String, bool) {
    let mut text = text.trim_end();
    let mut quoted = !tail.quote.is_empty();
    if quoted && let Some(at) = begins_last(text, &tail.quote) {
        (text, quoted) = (text[..at].trim_end(), false);
    }
    if tail.signature.is_empty() {
        return (text.to_owned(), quoted);
    }
    let marked = format!("--{}", tail.signature);
    for signature in [marked.as_str(), tail.signature.as_str()] {
        if let Some(at) = begins_last(text, signature) {
            return (text[..at].trim_end().to_owned(), quoted);
        }
    }
    (cut_out(text, &marked), quoted)
}

/// What of a text counts when two are compared: neither how its lines are broken nor the marks before them.
fn counts(c: char) -> bool {
    !c.is_whitespace() && c != '>'
}

/// Where a text's last part begins, if that part is this one.
fn begins_last(text: &str, part: &str) -> Option<usize> {
    let mut wanted = part.chars().rev().filter(|c| counts(*c)).peekable();
    wanted.peek()?;
    let mut at = text.len();
    for (place, c) in text.char_indices().rev().filter(|(_, c)| counts(*c)) {
        match wanted.next() {
            None => break,
            Some(expected) if expected == c => at = place,
            Some(_) => return None,
        }
    }
    if wanted.next().is_some() {
        return None;
    }
    // The part begins a line, or it is the end of a sentence that happens to be the same.
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    text[line..at].chars().all(|c| !counts(c)).then_some(line)
}

/// The text without the first run of whole lines that is this part.
fn cut_out(text: &str, part: &str) -> String {
    let squeezed = |text: &str| text.chars().filter(|c| counts(*c)).collect::<String>();
    let (wanted, lines) = (squeezed(part), text.lines().collect::<Vec<_>>());
    for start in 0..lines.len() {
        let mut run = String::new();
        for (end, line) in lines.iter().enumerate().skip(start) {
            run.push_str(&squeezed(line));
            if run == wanted {
                return [&lines[..start], &lines[end + 1..]].concat().join("\n");
            }
            if !wanted.starts_with(&run) || run.is_empty() {
                break;
            }
        }
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tail(signature: &str, quote: &str) -> Tail {
        Tail { signature: signature.into(), quote: quote.into(), ..Tail::default() }
    }

    #[test]
    fn what_was_put_under_a_letter_is_taken_off_again() {
        let quote = "On Thu, Grace wrote:\n\n> Does it run?\n> And when?";
        for (text, tail, own, left) in [
            ("Hi", tail("", ""), "Hi", false),
            ("Hi\n\n-- \nAda\nLondon", tail("Ada\nLondon", ""), "Hi", false),
            ("Hi\n\nAda London", tail("Ada\nLondon", ""), "Hi", false),
            ("Hi\n\n-- \nAda\n\nOn Thu, Grace wrote:\n> Does it run? And\n> when?\n", tail("Ada", quote), "Hi", false),
            (
                "Hi\n\nOn Thu, Grace wrote:\n\n> Does it run?\nYes.\n> And when?",
                tail("", quote),
                "Hi\n\nOn Thu, Grace wrote:\n\n> Does it run?\nYes.\n> And when?",
                true,
            ),
            ("Hi\n\n-- \nAda\n\n> Does it run?\nYes.", tail("Ada", quote), "Hi\n\n\n> Does it run?\nYes.", true),
            ("I am Ada", tail("Ada", ""), "I am Ada", false),
            ("", tail("Ada", quote), "", true),
        ] {
            assert_eq!(without(text, &tail), (own.to_owned(), left), "{text:?} {tail:?}");
        }
    }

    proptest! {
        #[test]
        fn any_letter_comes_back_as_it_was_written(body in "[a-z>\\- \n]{0,60}", signature in "[A-Z][a-z]{1,8}(\n[A-Z]{2,6})?", quote in "[A-Z]{3,9}:\n\n> [a-z ]{1,20}") {
            let text = format!("{}\n\n-- \n{signature}\n\n{quote}", body.trim_end());
            let (own, left) = without(&text, &tail(&signature, &quote));
            prop_assert_eq!((own.as_str(), left), (body.trim_end(), false));
        }
    }
}
