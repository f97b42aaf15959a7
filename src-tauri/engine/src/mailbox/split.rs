//! Splits a body into what was written here, what was quoted, and the signature. Pure, line by line; it loses no line.

use super::split_marks;
use std::ops::Range;

/// A body, split.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Split {
    pub text: String,
    pub quoted: String,
    pub signature: String,
}

/// What a line belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Own,
    Quoted,
    Signature,
}

/// How "wrote" stands at the end of an attribution.
const WROTE: &[&str] = &[
    "wrote",
    "writes",
    "schrieb",
    "écrit",
    "ecrit",
    "escribió",
    "escribio",
    "ha scritto",
    "scritto",
    "schreef",
    "skrev",
    "escreveu",
    "napisał",
    "napisał(a)",
    "kirjoitti",
    "said",
    "geschrieben",
    "пишет",
    "написал",
];

/// A signature is not longer than this many lines, unless its mark is exact.
const SIGNATURE_LINES: usize = 12;
/// An attribution is not longer than this many lines.
const ATTRIBUTION_LINES: usize = 3;

/// Splits a body.
#[must_use]
pub(super) fn split(body: &str) -> Split {
    let lines: Vec<&str> = body.lines().map(str::trim_end_matches_cr).collect();
    let mut kinds: Vec<Kind> =
        lines.iter().map(|line| if is_quoted(line) { Kind::Quoted } else { Kind::Own }).collect();
    split_marks::bars(&lines).into_iter().for_each(|quote| kinds[quote].fill(Kind::Quoted));
    mark_unusual(&lines, &mut kinds);
    let end = mark_rest_quoted(&lines, &mut kinds);
    mark_attributions(&lines, &mut kinds);
    mark_footer(&lines, &mut kinds, end);
    mark_signature(&lines, &mut kinds);
    mark_device_line(&lines, &mut kinds);
    let of = |kind: Kind| gather(&lines, &kinds, kind);
    Split { text: of(Kind::Own), quoted: of(Kind::Quoted), signature: of(Kind::Signature) }
}

trait TrimCr {
    fn trim_end_matches_cr(&self) -> &str;
}

impl TrimCr for str {
    fn trim_end_matches_cr(&self) -> &str {
        self.trim_end_matches('\r')
    }
}

/// `> text`, and `JH> text` as some programs of old wrote it.
fn is_quoted(line: &str) -> bool {
    let line = line.trim_start();
    let initials = line.bytes().take_while(u8::is_ascii_uppercase).count();
    let after = &line[initials..];
    match initials {
        0 => after.starts_with('>') && !after.starts_with(">From "),
        1..=4 => after.starts_with("> ") || after == ">",
        _ => false,
    }
}

/// Lines that bear, all through the body, the mark of a writer's own that stands below an attribution.
fn mark_unusual(lines: &[&str], kinds: &mut [Kind]) {
    let below = |at: usize| (at + 1..lines.len().min(at + 3)).find(|i| !lines[*i].trim().is_empty());
    let marks = (0..lines.len())
        .filter(|at| ends_as_attribution(lines[*at]))
        .filter_map(|at| below(at).filter(|first| kinds[*first] == Kind::Own))
        .filter_map(|first| split_marks::own_mark(lines, first));
    let Some(mark) = marks.into_iter().next() else { return };
    for (line, kind) in lines.iter().zip(kinds) {
        if line.starts_with(mark) {
            *kind = Kind::Quoted;
        }
    }
}

/// Where a letter begins with such a header block and its quote bears marks, what has none was written here. Gives the first marked line.
fn marked_below(lines: &[&str], kinds: &[Kind], block: Range<usize>) -> Option<usize> {
    let blank = |at: &usize| lines[*at].trim().is_empty();
    if (0..block.start).any(|at| !blank(&at) && kinds[at] == Kind::Own) {
        return None;
    }
    let end = block.clone().find(|at| blank(at) || kinds[*at] == Kind::Quoted)?;
    (end..block.end).find(|at| !blank(at)).filter(|first| kinds[*first] == Kind::Quoted)
}

/// From a forwarded or answered message's header block on, all is quoted. Gives the line where that begins.
fn mark_rest_quoted(lines: &[&str], kinds: &mut [Kind]) -> usize {
    let starts = |at: usize| {
        kinds[at] == Kind::Own
            && (is_original_mark(lines[at]) || is_header_block(lines, at) || is_bare_attribution(lines, kinds, at))
    };
    let Some(at) = (0..lines.len()).find(|at| starts(*at)) else { return lines.len() };
    let from = if at > 0 && is_rule(lines[at - 1], 10) { at - 1 } else { at };
    if let Some(first) = marked_below(lines, kinds, at..lines.len()) {
        kinds[from..first].fill(Kind::Quoted);
        return lines.len();
    }
    kinds[from..].fill(Kind::Quoted);
    from
}

/// `-----Original Message-----` and its like.
fn is_original_mark(line: &str) -> bool {
    let inner = line.trim().trim_matches(['-', '_', '=', '*', ' ']).to_lowercase();
    let dashed = line.trim().starts_with("--") || line.trim().starts_with("__");
    let words = [
        "original message",
        "original-nachricht",
        "ursprüngliche nachricht",
        "originalnachricht",
        "weitergeleitete nachricht",
        "forwarded message",
        "message d'origine",
        "message transféré",
        "mensaje original",
        "messaggio originale",
        "oorspronkelijk bericht",
        "doorgestuurd bericht",
        "ursprungligt meddelande",
    ];
    (dashed
        && (words.iter().any(|word| inner == *word)
            || inner.starts_with("forwarded by ")
            || inner.starts_with("forwarded message ")))
        || inner == "begin forwarded message:"
        || inner == "anfang der weitergeleiteten nachricht:"
}

/// An Outlook header block: From, then Sent or Date, then To or Subject, within a few lines.
fn is_header_block(lines: &[&str], at: usize) -> bool {
    let has = |line: &&str, names: &[&str]| {
        let line = line.trim_start_matches(['*', ' ', '\t']).to_lowercase();
        names.iter().any(|name| {
            line.strip_prefix(name)
                .is_some_and(|rest| rest.trim_start_matches(['*', ' ']).starts_with(':') || rest.starts_with("*:"))
        })
    };
    let after_gap = at == 0 || lines[at - 1].trim().is_empty() || is_rule(lines[at - 1], 5);
    let block = &lines[at..lines.len().min(at + 6)];
    after_gap
        && has(&lines[at], &["from", "von", "de", "da", "van", "från", "fra"])
        && block.iter().any(|line| {
            has(
                line,
                &[
                    "sent",
                    "date",
                    "gesendet",
                    "datum",
                    "envoyé",
                    "enviado",
                    "fecha",
                    "inviato",
                    "data",
                    "verzonden",
                    "skickat",
                    "sendt",
                ],
            )
        })
        && block.iter().any(|line| {
            has(
                line,
                &[
                    "to",
                    "subject",
                    "an",
                    "betreff",
                    "à",
                    "objet",
                    "para",
                    "asunto",
                    "assunto",
                    "a",
                    "oggetto",
                    "aan",
                    "onderwerp",
                    "till",
                    "ämne",
                    "til",
                    "emne",
                ],
            )
        })
}

/// A whole, dated attribution with nothing marked as quoted after it: the rest is the quote.
fn is_bare_attribution(lines: &[&str], kinds: &[Kind], at: usize) -> bool {
    let opens = ["on ", "am ", "le ", "el ", "il ", "op ", "den ", "em ", "dnia ", "em "];
    let first = lines[at].trim_start().to_lowercase();
    if !opens.iter().any(|open| first.starts_with(open)) || (at > 0 && !lines[at - 1].trim().is_empty()) {
        return false;
    }
    let Some(end) = attribution_end(lines, at) else { return false };
    let whole = lines[at..end].join(" ");
    let dated = whole.chars().filter(char::is_ascii_digit).count() >= 4 && (whole.contains(':') || whole.contains('@'));
    dated && !kinds[end..].contains(&Kind::Quoted)
}

/// Where an attribution that begins at `at` ends, if one does.
fn attribution_end(lines: &[&str], at: usize) -> Option<usize> {
    (at..lines.len().min(at + ATTRIBUTION_LINES))
        .take_while(|i| !lines[*i].trim().is_empty())
        .find(|i| ends_as_attribution(lines[*i]))
        .map(|i| i + 1)
}

fn ends_as_attribution(line: &str) -> bool {
    let Some(line) = line.trim_end().strip_suffix([':', '：']).map(str::trim_end) else { return false };
    let line = line.to_lowercase();
    WROTE.iter().any(|word| line.ends_with(word))
        || (line.contains("schrieb ")
            || line.contains("schreef ")
            || line.contains(" wrote in ")
            || line.contains(" wrote on ")
            || line.contains(" a écrit"))
            && line.len() < 200
}

/// An attribution whose verb stands before the name, broken before the address: `Am … schrieb Dana <` and `dana@example.org>:`.
fn ends_broken(lines: &[&str], last: usize) -> bool {
    let broken = lines[last].trim_end().ends_with(">:") && last > 0 && lines[last - 1].trim_end().ends_with('<');
    broken && ends_as_attribution(&format!("{}{}", lines[last - 1].trim_end(), lines[last]))
}

/// The lines before a quote that say whose it is go with it.
fn mark_attributions(lines: &[&str], kinds: &mut [Kind]) {
    for at in 1..lines.len() {
        let begins = kinds[at] == Kind::Quoted && kinds[at - 1] == Kind::Own;
        if !begins {
            continue;
        }
        let Some(last) = (at.saturating_sub(3)..at).rev().find(|i| !lines[*i].trim().is_empty()) else { continue };
        if kinds[last] != Kind::Own || !(ends_as_attribution(lines[last]) || ends_broken(lines, last)) {
            continue;
        }
        let from = attribution_start(lines, kinds, last);
        kinds[from..at].fill(Kind::Quoted);
    }
}

/// An attribution may be wrapped; it begins at a blank line's end, at most a few lines up.
fn attribution_start(lines: &[&str], kinds: &[Kind], last: usize) -> usize {
    let alone = |i: usize| i == 0 || lines[i - 1].trim().is_empty() || kinds[i - 1] != Kind::Own;
    let earliest = (last + 1).saturating_sub(ATTRIBUTION_LINES);
    (earliest..=last).rev().find(|i| alone(*i)).unwrap_or(last)
}

/// A mailing list's footer: a long rule near the end, or an advertisement.
fn mark_footer(lines: &[&str], kinds: &mut [Kind], end: usize) {
    let starts = |at: usize| {
        let line = lines[at].trim();
        kinds[at] == Kind::Own
            && (line.starts_with("------------------------ Yahoo! Groups")
                || line.starts_with("To unsubscribe from this group")
                || (is_rule(line, 20)
                    && lines[at + 1..end].iter().filter(|line| !line.trim().is_empty()).count() <= 8
                    && looks_like_footer(&lines[at + 1..end])))
    };
    if let Some(at) = (0..end).find(|at| starts(*at)) {
        mark_own(&mut kinds[at..end], Kind::Signature);
    }
}

fn looks_like_footer(lines: &[&str]) -> bool {
    let words = [
        "mailing list",
        "mailman",
        "http://",
        "https://",
        "unsubscribe",
        "listinfo",
        "-request@",
        "sponsored by",
        "mailingliste",
        "abmelden",
    ];
    let all = lines.join("\n").to_lowercase();
    words.iter().any(|word| all.contains(word))
}

fn is_rule(line: &str, least: usize) -> bool {
    let line = line.trim();
    line.len() >= least && line.chars().all(|c| "_-=*".contains(c))
}

/// From the last mark `-- ` on, up to the next quote, is the signature.
fn mark_signature(lines: &[&str], kinds: &mut [Kind]) {
    let marks = (0..lines.len()).rev().filter(|at| kinds[*at] == Kind::Own && lines[*at].trim_end() == "--");
    for at in marks {
        let end = (at..lines.len()).find(|i| kinds[*i] == Kind::Quoted).unwrap_or(lines.len());
        let exact = lines[at] == "-- ";
        if exact || written(lines, at + 1..end) <= SIGNATURE_LINES {
            mark_own(&mut kinds[at..end], Kind::Signature);
            return;
        }
    }
}

fn written(lines: &[&str], range: Range<usize>) -> usize {
    lines[range].iter().filter(|line| !line.trim().is_empty()).count()
}

/// "Sent from my iPhone" on the last line is no one's text.
fn mark_device_line(lines: &[&str], kinds: &mut [Kind]) {
    let Some(last) = (0..lines.len()).rev().find(|at| kinds[*at] == Kind::Own && !lines[*at].trim().is_empty()) else {
        return;
    };
    let line = lines[last].trim().to_lowercase();
    let starts = [
        "sent from my ",
        "von meinem ",
        "gesendet von ",
        "envoyé de mon ",
        "enviado desde mi ",
        "inviato da ",
        "get outlook for ",
        "sent via ",
    ];
    if line.len() < 80 && starts.iter().any(|start| line.starts_with(start)) {
        kinds[last] = Kind::Signature;
    }
}

fn mark_own(kinds: &mut [Kind], kind: Kind) {
    kinds.iter_mut().filter(|old| **old == Kind::Own).for_each(|old| *old = kind);
}

/// The lines of one kind, a blank line where others stood between them, without blank lines at either end.
fn gather(lines: &[&str], kinds: &[Kind], kind: Kind) -> String {
    let mut out: Vec<&str> = Vec::new();
    let mut gap = false;
    for (line, its) in lines.iter().zip(kinds) {
        if *its != kind {
            gap = true;
            continue;
        }
        let blank = line.trim().is_empty();
        let after_blank = out.last().is_none_or(|last| last.trim().is_empty());
        if gap && after_blank && blank {
            continue;
        }
        if gap && !after_blank && !blank {
            out.push("");
        }
        gap = false;
        if !(blank && out.is_empty()) {
            out.push(line);
        }
    }
    while out.last().is_some_and(|last| last.trim().is_empty()) {
        out.pop();
    }
    out.join("\n")
}

#[cfg(test)]
#[path = "split_tests.rs"]
mod tests;
