//! Quotes with unusual marks: a bar, `| text`, told apart from tables, trees and drawings, and marks of a writer's own. Pure; it only marks.

use std::ops::Range;

/// A bar further in than this belongs to something drawn or to a program.
const INDENT: usize = 4;
/// A bar alone on one line is a quote only with so many words.
const WORDS: usize = 3;
/// The header lines of the quoted message that some programs wrote above such a quote.
const ABOVE: &[&str] = &["date:", "from:", "to:", "cc:", "subject:", "message-id:"];

/// The longest mark of a writer's own.
const LONGEST: usize = 4;

/// The mark of a writer's own (`--]text`, `: text`) before each line of the paragraph that begins at `at`, just below an attribution.
pub(super) fn own_mark<'t>(lines: &[&'t str], at: usize) -> Option<&'t str> {
    let mut paragraph = lines[at..].iter().take_while(|line| !line.trim().is_empty());
    let first = paragraph.next()?;
    let others: Vec<&str> = paragraph.copied().collect();
    let punctuation = first.bytes().take(LONGEST).take_while(u8::is_ascii_punctuation).count();
    let shared =
        (1..=punctuation).rev().find(|length| others.iter().all(|line| line.starts_with(&first[..*length])))?;
    let mark = &first[..shared];
    (!others.is_empty() && mark.contains([':', '}', '%', '#', '+', '!', ']', '|'])).then_some(mark)
}

/// The lines that are quoted by a bar, with the quoted message's header lines above them.
pub(super) fn bars(lines: &[&str]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let end = (at..lines.len()).find(|i| !has_bar(lines[*i])).unwrap_or(lines.len());
        if end > at && is_quote(lines, at..end) {
            found.extend(headers_above(lines, at));
            found.push(at..end);
        }
        at = end.max(at + 1);
    }
    found
}

fn after_bar(line: &str) -> Option<&str> {
    let text = line.trim_start_matches([' ', '\t']);
    (line.len() - text.len() <= INDENT).then(|| text.strip_prefix('|')).flatten()
}

fn has_bar(line: &str) -> bool {
    after_bar(line).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '>']))
}

/// Prose has a bar before each line and seldom another; what is drawn has them at its ends, or a frame or a branch beside it.
fn is_quote(lines: &[&str], run: Range<usize>) -> bool {
    let beside = [run.start.checked_sub(1), Some(run.end)].into_iter().flatten();
    let drawn = |line: &str| line.contains('|') || line.trim_start().starts_with(['+', '`', '=']);
    if beside.filter_map(|at| lines.get(at)).any(|line| drawn(line)) {
        return false;
    }
    let rests: Vec<&str> = lines[run].iter().filter_map(|line| after_bar(line)).collect();
    let with_more = rests.iter().filter(|rest| rest.contains('|')).count();
    let words =
        || rests.iter().flat_map(|rest| rest.split_whitespace()).filter(|word| word.contains(char::is_alphabetic));
    rests.iter().all(|rest| !rest.trim_end().ends_with('|')) && with_more * 4 <= rests.len() && words().count() >= WORDS
}

/// `    From:        Ann <ann@example.com>` and its like, with a blank line or two before the quote.
fn headers_above(lines: &[&str], quote: usize) -> Option<Range<usize>> {
    let last = (quote.saturating_sub(3)..quote).rev().find(|at| !lines[*at].trim().is_empty())?;
    let is_header = |line: &str| {
        let folded = line.trim_start().to_lowercase();
        line.starts_with([' ', '\t']) && ABOVE.iter().any(|name| folded.starts_with(name))
    };
    let first = (0..=last).rev().take_while(|at| is_header(lines[*at])).last()?;
    (last > first).then_some(first..last + 1)
}
