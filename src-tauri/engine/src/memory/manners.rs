//! How letters open and close: a line is read as a greeting or a sign-off, or it is not. What is known stands in `data/manners.yaml`.
//! Only short lines of plain words pass: a stranger's sentence never becomes a habit.

use super::words::fold;
use crate::api::Person;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The data file.
#[derive(Debug, Default, Deserialize)]
pub struct Manners {
    /// By language (BCP 47, primary subtag).
    pub languages: BTreeMap<String, Language>,
    titles: Vec<String>,
    not_people: Vec<String>,
}

/// One language's manners.
#[derive(Debug, Deserialize)]
pub struct Language {
    openers: Vec<String>,
    formal_openers: Vec<String>,
    gendered_openers: Vec<String>,
    everyone: Vec<String>,
    /// Between two names.
    pub and: String,
    /// What to write where no habit is known.
    pub greetings: Greetings,
    closings: Vec<String>,
    /// What to write where no habit is known.
    pub sign_offs: SignOffs,
}

/// Greetings by occasion, with `{name}` or `{full}`.
#[derive(Debug, Deserialize)]
#[allow(missing_docs)]
pub struct Greetings {
    pub plain: String,
    pub formal: String,
    pub friendly: String,
    pub warm: String,
    pub nobody: String,
    pub many: String,
    pub formal_many: String,
}

/// Sign-offs by tone.
#[derive(Debug, Deserialize)]
#[allow(missing_docs)]
pub struct SignOffs {
    pub plain: String,
    pub formal: String,
    pub friendly: String,
    pub warm: String,
    pub direct: String,
}

/// The manners that ship.
pub fn manners() -> &'static Manners {
    static MANNERS: OnceLock<Manners> = OnceLock::new();
    MANNERS.get_or_init(|| {
        let mut read: Manners = serde_norway::from_str(include_str!("../../data/manners.yaml")).unwrap_or_default();
        for language in read.languages.values_mut() {
            for list in [
                &mut language.openers,
                &mut language.formal_openers,
                &mut language.gendered_openers,
                &mut language.everyone,
                &mut language.closings,
            ] {
                list.iter_mut().for_each(|entry| *entry = fold(entry));
                list.sort_by_key(|entry| std::cmp::Reverse(entry.len()));
            }
        }
        read
    })
}

/// `de` of `de-AT`.
#[must_use]
pub fn primary(language: &str) -> &str {
    language.split(['-', '_']).next().unwrap_or(language)
}

/// The manners of a language, where they are known.
#[must_use]
pub fn of_language(language: &str) -> Option<&'static Language> {
    manners().languages.get(primary(language))
}

// ---------------------------------------------------------------- greetings

/// A greeting line, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Greeting {
    /// As in `Hi`; empty where the name alone greets.
    pub opener: String,
    /// Who is greeted.
    pub whom: Whom,
    /// What ends the line, as in `,`.
    pub tail: String,
}

/// Who a greeting names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// Nobody: `Hello,`.
    Nobody,
    /// Everybody, in these words: `all`.
    Everyone(String),
    /// Somebody, by this name.
    Name(String),
}

impl Greeting {
    /// The line as it stood.
    #[must_use]
    pub fn line(&self) -> String {
        match &self.whom {
            Whom::Nobody => format!("{}{}", self.opener, self.tail),
            Whom::Everyone(name) | Whom::Name(name) => self.with(name),
        }
    }

    /// The line with `{name}` where somebody is named: what is counted.
    #[must_use]
    pub fn pattern(&self) -> String {
        match &self.whom {
            Whom::Name(name) if has_title(name) => self.with("{full}"),
            Whom::Name(_) => self.with("{name}"),
            _ => self.line(),
        }
    }

    /// The line, greeting `name` instead.
    #[must_use]
    pub fn with(&self, name: &str) -> String {
        let gap = if self.opener.is_empty() { "" } else { " " };
        format!("{}{gap}{name}{}", self.opener, self.tail)
    }
}

/// Reads the first line of a letter as a greeting. `names` are the recipients' first names, for writers who greet with the name alone.
#[must_use]
pub fn read_greeting(line: &str, names: &[String]) -> Option<Greeting> {
    let line = line.trim();
    if line.contains("://") {
        return None;
    }
    let cut = [line.find([',', '!', ':', ';', '—']), line.find(" -")].into_iter().flatten().min();
    let (head, tail) = line.split_at(cut.unwrap_or(line.len()));
    let head = if cut.is_none() { head.trim_end_matches('.') } else { head }.trim();
    let (mark, rest) = tail.split_at(tail.chars().next().map_or(0, char::len_utf8));
    let inline = rest.chars().any(char::is_alphanumeric);
    if head.is_empty() || head.chars().count() > 40 || !is_plain(head) {
        return None;
    }
    let tail = if mark.trim().is_empty() { if cut.is_some() { " -" } else { "" } } else { mark };
    let greeting = with_opener(head, cut.is_some()).or_else(|| name_alone(head, cut.is_some(), names))?;
    if inline && greeting.whom == Whom::Nobody {
        return None; // "Hey, that is wrong" greets nobody
    }
    Some(Greeting { tail: tail.to_owned(), ..greeting })
}

fn with_opener(head: &str, ended: bool) -> Option<Greeting> {
    let (opener, rest) = manners()
        .languages
        .values()
        .flat_map(|l| &l.openers)
        .filter_map(|o| starts_with_words(head, o))
        .min_by_key(|(_, rest)| rest.len())?;
    let whom = if rest.is_empty() {
        Whom::Nobody
    } else if manners().languages.values().any(|l| l.everyone.iter().any(|e| *e == fold(rest))) {
        Whom::Everyone(rest.to_owned())
    } else if is_name(rest, ended) {
        Whom::Name(rest.to_owned())
    } else {
        return None;
    };
    Some(Greeting { opener: opener.to_owned(), whom, tail: String::new() })
}

fn name_alone(head: &str, ended: bool, names: &[String]) -> Option<Greeting> {
    let known = names.iter().any(|name| fold(name) == fold(head));
    (ended && known).then(|| Greeting { opener: String::new(), whom: Whom::Name(head.to_owned()), tail: String::new() })
}

/// Splits `head` after `words` (folded), at a word's end.
fn starts_with_words<'a>(head: &'a str, words: &str) -> Option<(&'a str, &'a str)> {
    let ends = head.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at).chain([head.len()]);
    let mut ends = ends.filter(|at| fold(&head[..*at]) == words);
    ends.next().map(|at| (&head[..at], head[at..].trim()))
}

/// Letters and what stands in names; no digits, no links, no markup.
fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c.is_alphabetic() || c.is_whitespace() || matches!(c, '.' | '\'' | '’' | '-' | '&' | '/'))
}

fn is_name(text: &str, ended: bool) -> bool {
    let parts: Vec<&str> = text.split_whitespace().collect();
    let capital = parts.iter().any(|p| p.chars().next().is_some_and(char::is_uppercase));
    parts.len() <= 4
        && (capital || (ended && parts.len() == 1))
        && parts.iter().all(|p| p.chars().filter(|c| c.is_alphabetic()).count() <= 20)
}

/// Which languages know this opener.
#[must_use]
pub fn languages_of(opener: &str) -> Vec<&'static str> {
    let folded = fold(opener);
    manners().languages.iter().filter(|(_, l)| l.openers.contains(&folded)).map(|(tag, _)| tag.as_str()).collect()
}

/// Whether this opener is a formal one in this language.
#[must_use]
pub fn is_formal(opener: &str, language: &str) -> bool {
    of_language(language).is_some_and(|l| l.formal_openers.contains(&fold(opener)))
}

/// Whether this opener tells the gender of the person greeted.
#[must_use]
pub fn is_gendered(opener: &str) -> bool {
    let folded = fold(opener);
    manners().languages.values().any(|l| l.gendered_openers.contains(&folded))
}

/// `Mr. Whitfield`, `Frau Whitfield`.
fn has_title(name: &str) -> bool {
    name.split_whitespace().next().is_some_and(|first| manners().titles.contains(&fold(first.trim_end_matches('.'))))
}

// ---------------------------------------------------------------- sign-offs

/// How a letter ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ending {
    /// As in `Best,`.
    pub closing: Option<String>,
    /// As in `Mara`, with the dash before it if there was one.
    pub name: Option<String>,
    /// A last line that is no known name and could be one: a name by which only some know the writer.
    pub perhaps: Option<String>,
}

/// Reads the end of a letter. `names` are the words of the writer's own name.
#[must_use]
pub fn read_ending(text: &str, signature: &str, names: &[String]) -> Ending {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    let footer =
        |l: &&str| l.contains("://") || (l.contains('@') && !l.contains(' ')) || !l.contains(char::is_alphanumeric);
    let footers = lines.iter().rev().take(6).take_while(|l| footer(l)).count();
    let mut rest = &lines[..lines.len() - footers];
    let mut ending = Ending::default();
    if let Some((last, before)) = rest.split_last() {
        if let Some((closing, name)) = closing_and_name(last, names) {
            return Ending { closing: Some(closing), name: Some(name), perhaps: None };
        }
        if own_name(last, names) && !before.is_empty() {
            ending.name = Some((*last).to_owned());
            rest = before;
        } else if could_be_a_name(last) && !before.is_empty() {
            ending.perhaps = Some((*last).to_owned());
            rest = if before.last().is_some_and(|line| is_closing(line)) { before } else { rest };
        }
    }
    ending.closing = rest.last().filter(|l| is_closing(l)).map(|l| (*l).to_owned());
    if ending.name.is_none() {
        ending.name =
            signature.lines().map(str::trim).find(|l| !l.is_empty()).filter(|l| own_name(l, names)).map(str::to_owned);
    }
    ending
}

/// A word or two that begin as names do, or a single one after a dash; no sentence, and no sign-off.
fn could_be_a_name(line: &str) -> bool {
    let bare = line.trim_start_matches(['-', '–', '—', '~', ' ']);
    let dashed = bare.len() < line.len();
    let words: Vec<&str> = bare.split_whitespace().collect();
    let named = |word: &&str| word.chars().next().is_some_and(char::is_uppercase);
    let few = words.len() == 1 || (words.len() == 2 && words.iter().all(named));
    few && (dashed || words.iter().all(named))
        && bare.chars().all(|c| c.is_alphabetic() || c == ' ' || c == '\'')
        && (2..=20).contains(&bare.chars().count())
        && !is_closing(line)
}

/// `Thanks, Tom` and `cheers - tom`.
fn closing_and_name(line: &str, names: &[String]) -> Option<(String, String)> {
    let at = line.find([',', '!']).map(|at| at + 1).or_else(|| line.find(" -").map(|at| at + 1))?;
    let (closing, name) = (line[..at].trim(), line[at..].trim());
    (is_closing(closing) && own_name(name, names)).then(|| (closing.to_owned(), name.to_owned()))
}

/// Whether a line is a sign-off and nothing else.
#[must_use]
pub fn is_closing(line: &str) -> bool {
    closing_language(line).is_some()
}

/// The languages a sign-off belongs to.
#[must_use]
pub fn closing_language(line: &str) -> Option<Vec<&'static str>> {
    let bare = line.trim_matches(|c: char| !c.is_alphanumeric());
    if bare.is_empty() || bare.len() > 60 || !is_plain(bare) {
        return None;
    }
    let bare = fold(bare);
    let known: Vec<&str> =
        manners().languages.iter().filter(|(_, l)| l.closings.contains(&bare)).map(|(tag, _)| tag.as_str()).collect();
    (!known.is_empty()).then_some(known)
}

/// Whether a line is the writer's own name, or a part or the initials of it, with no more than a dash before it.
fn own_name(line: &str, names: &[String]) -> bool {
    let bare = line
        .trim_start_matches(['-', '–', '—', '~', ' ', '*', '_', '/'])
        .trim_end_matches(['.', ',', '-', '~', '*', '_', ' ']);
    let words: Vec<String> = super::words::folded_words(bare);
    let unquoted = bare.replace(['"', '“', '”'], "");
    if bare.is_empty() || bare.chars().count() > 40 || !is_plain(&unquoted) || words.is_empty() || words.len() > 4 {
        return false;
    }
    let initials: String = names.iter().filter_map(|n| n.chars().next()).collect();
    words
        .iter()
        .all(|w| names.contains(w) || (w.chars().count() == 1 && names.iter().any(|n| n.starts_with(w.as_str()))))
        && words.iter().any(|w| w.chars().count() > 1)
        || (words.len() == 1
            && (words[0] == initials || (words[0].len() == 1 && initials.starts_with(words[0].as_str()))))
}

// ---------------------------------------------------------------- names

/// The words of a person's name, folded, and of the address where it reads like a name.
#[must_use]
pub fn name_words(person: &Person) -> Vec<String> {
    let mut words = person.name.as_deref().map(super::words::folded_words).unwrap_or_default();
    let local = person.address.as_str().split('@').next().unwrap_or_default();
    words.extend(super::words::folded_words(local).into_iter().filter(|w| w.chars().all(char::is_alphabetic)));
    words.retain(|w| !manners().titles.contains(w));
    words
}

/// The first name to greet somebody with, where the name or the address tells one.
#[must_use]
pub fn first_name(person: &Person) -> Option<String> {
    match person.name.as_deref().map(clean_name).filter(|n| !n.is_empty()) {
        Some(name) => first_of(&name),
        None => name_from_address(person.address.as_str()),
    }
}

/// The whole name to greet somebody formally with.
#[must_use]
pub fn full_name(person: &Person) -> Option<String> {
    let name = clean_name(person.name.as_deref().unwrap_or_default());
    if name.is_empty() || first_of(&name).is_none() && name.split_whitespace().count() < 2 {
        return name_from_address(person.address.as_str());
    }
    let words = super::words::folded_words(&name);
    // More words than four are a sentence somebody put where their name belongs.
    let somebody = words.len() <= 4 && !words.iter().any(|w| manners().not_people.contains(w));
    (somebody && is_plain(&name) && name.chars().count() <= 40).then_some(name)
}

/// `Whitfield, Dana (Sales)` → `Dana Whitfield`.
fn clean_name(name: &str) -> String {
    let name = name.split(['(', '<', '[', '|']).next().unwrap_or_default().trim().trim_matches(['"', '\'']);
    match name.split_once(',') {
        Some((last, first)) if !first.trim().is_empty() => format!("{} {}", first.trim(), last.trim()),
        _ => name.to_owned(),
    }
}

fn first_of(name: &str) -> Option<String> {
    let words: Vec<&str> = name.split_whitespace().collect();
    let folded = |w: &str| fold(w.trim_end_matches('.'));
    if words.iter().any(|w| manners().not_people.contains(&folded(w))) {
        return None;
    }
    let first = words.iter().find(|w| !manners().titles.contains(&folded(w)))?;
    let letters = first.chars().filter(|c| c.is_alphabetic()).count();
    let good = letters >= 2 && first.chars().count() <= 20 && is_plain(first) && !first.contains(['.', '/', '&']);
    good.then(|| capitalised_if_lower(first, words.len()))
}

/// A name typed all in lower case is written as a name; a single handle stays as its owner writes it.
fn capitalised_if_lower(name: &str, words: usize) -> String {
    if words > 1 && name.chars().all(|c| !c.is_uppercase()) { capitalise(name) } else { name.to_owned() }
}

/// The first letter in upper case.
#[must_use]
pub fn capitalise(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// `dana.whitfield@example.com` tells a name; `dwhit42@example.com` does not.
fn name_from_address(address: &str) -> Option<String> {
    let local = address.split('@').next()?;
    let (first, last) = local.split_once(['.', '_'])?;
    let word = |w: &str| {
        w.chars().count() >= 2 && w.chars().all(char::is_alphabetic) && !manners().not_people.contains(&fold(w))
    };
    (word(first) && word(last)).then(|| capitalise(first))
}
