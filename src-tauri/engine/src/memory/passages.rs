//! A message's own words in pieces of a size that an embedding model reads, at the ends of paragraphs and sentences. What is no writing
//! of its writer's (footers of lists and lawyers, keys and signatures in letters and digits, long logs and patches) is left out. Pure.

use crate::api::Message;
use crate::mailbox::base_subject;
use std::ops::Range;
use std::sync::LazyLock;
use unicode_segmentation::UnicodeSegmentation;

/// A piece of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// What is embedded: the subject, and the piece's words.
    pub text: String,
    /// Where the piece stands in the message's text, in bytes.
    pub at: Range<usize>,
}

/// How long a piece is at most, in bytes of its text: about two hundred tokens of English.
const LONGEST: usize = 900;
/// How many pieces a message has at most: what a very long one says first says what it is about.
const MOST: usize = 16;
/// How many lines of a log or a patch are kept: its first ones have the error's name.
const OF_A_LOG: usize = 6;
/// The subject is cut off after so many bytes.
const SUBJECT: usize = 200;

static FOOTERS: LazyLock<Vec<String>> =
    LazyLock::new(|| serde_norway::from_str(include_str!("../../data/footers.yaml")).unwrap_or_default());

/// The message in pieces, in its own order; one with the subject alone where it says nothing else, none where it has no subject either.
#[must_use]
pub fn passages(message: &Message) -> Vec<Passage> {
    let subject = base_subject(&message.subject).text;
    let subject = cut(&subject, SUBJECT);
    let text = &message.text;
    let mut found: Vec<Passage> = Vec::new();
    let mut open: Vec<Range<usize>> = Vec::new();
    let pieces = paragraphs(text).into_iter().flat_map(|paragraph| pieces(text, paragraph));
    for piece in pieces {
        let length: usize = open.iter().map(|range| range.len() + 1).sum();
        if !open.is_empty() && length + piece.len() > LONGEST {
            found.push(passage(subject, text, &open));
            open.clear();
        }
        open.push(piece);
    }
    if !open.is_empty() {
        found.push(passage(subject, text, &open));
    }
    if found.is_empty() && !subject.is_empty() {
        found.push(Passage { text: subject.to_owned(), at: 0..0 });
    }
    found.truncate(MOST);
    found
}

fn passage(subject: &str, text: &str, pieces: &[Range<usize>]) -> Passage {
    let words = pieces.iter().flat_map(|at| text[at.clone()].split_whitespace());
    let mut said = String::from(subject);
    for word in words {
        if !said.is_empty() {
            said.push(if said.len() == subject.len() { '\n' } else { ' ' });
        }
        said.push_str(word);
    }
    let at = pieces.first().map_or(0, |first| first.start)..pieces.last().map_or(0, |last| last.end);
    Passage { text: said, at }
}

/// The paragraphs worth reading, by where they stand.
fn paragraphs(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut armoured, mut log) = (false, 0);
    let mut open: Option<Range<usize>> = None;
    for line in lines(text) {
        let shown = text[line.clone()].trim();
        armoured = armoured || (shown.starts_with("-----BEGIN ") && shown.ends_with("-----"));
        let kept = !armoured && !shown.is_empty() && !is_rule(shown);
        log = match kept {
            true if is_log(&text[line.clone()]) => log + 1,
            true => 0,
            false => log,
        };
        armoured = armoured && !(shown.starts_with("-----END ") && shown.ends_with("-----"));
        match &mut open {
            Some(paragraph) if kept && log <= OF_A_LOG => paragraph.end = line.end,
            None if kept && log <= OF_A_LOG => open = Some(line),
            _ => found.extend(open.take()),
        }
    }
    found.extend(open);
    found.retain(|paragraph| !is_footer(&text[paragraph.clone()]));
    found
}

fn lines(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        start..start + line.trim_end().len()
    })
}

/// A line that is drawn: `-----`, `____`, `* * *`.
fn is_rule(line: &str) -> bool {
    !line.chars().any(char::is_alphanumeric)
}

/// A line of a program's rather than of a person's: of a patch, a listing, a trace, or mostly no letters.
fn is_log(line: &str) -> bool {
    const STARTS: &[&str] =
        &["+", "-", "@@", "diff ", "Index: ", "at ", "File \"", "0x", "$ ", "# ", "<", "{", "}", "//", "/*"];
    let shown = line.trim();
    let dashed = shown.starts_with("- ") || shown.starts_with("-- ");
    if !dashed && STARTS.iter().any(|start| shown.starts_with(start)) {
        return true;
    }
    let letters = shown.chars().filter(|c| c.is_alphabetic()).count();
    let others = shown.chars().filter(|c| !c.is_alphabetic() && !c.is_whitespace()).count();
    others * 2 > letters || shown.split_whitespace().any(|word| word.len() > 60)
}

fn is_footer(paragraph: &str) -> bool {
    let said = paragraph.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    FOOTERS.iter().any(|footer| said.contains(footer.as_str()))
}

/// A paragraph as it is, or its sentences where it is too long, or the words of a sentence that is.
fn pieces(text: &str, paragraph: Range<usize>) -> Vec<Range<usize>> {
    if paragraph.len() <= LONGEST {
        return vec![paragraph];
    }
    let sentences = text[paragraph.clone()].split_sentence_bound_indices();
    let mut found = Vec::new();
    for (at, sentence) in sentences {
        let whole = paragraph.start + at..paragraph.start + at + sentence.trim_end().len();
        if whole.len() <= LONGEST {
            found.push(whole);
        } else {
            found.extend(words(text, whole));
        }
    }
    found.retain(|piece| !text[piece.clone()].trim().is_empty());
    found
}

/// Pieces that end between words; a word that is longer than a piece is cut.
fn words(text: &str, mut rest: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    while rest.len() > LONGEST {
        let head = cut(&text[rest.clone()], LONGEST);
        let end = head.rfind(char::is_whitespace).filter(|end| *end > 0).unwrap_or(head.len());
        found.push(rest.start..rest.start + end);
        rest.start += end;
        rest.start += text[rest.clone()].len() - text[rest.clone()].trim_start().len();
    }
    found.push(rest);
    found
}

fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
#[path = "passages_tests.rs"]
mod tests;
