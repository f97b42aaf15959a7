//! What past mail says while a letter is being written: the exchanges with these people as one story across conversations, who is usually on
//! it, what went along, what they asked and nobody answered. Pure: messages in, suggestions out, each with its source. It changes nothing,
//! and what a message says is never more than words to show.

use super::words::{folded_words, stem};
use crate::api::{Message, Person, Suggested, Suggestion, UnixMillis};
use crate::mailbox::base_subject;
use std::collections::{HashMap, HashSet};

/// The last so many exchanges belong to the story whatever they are about.
const LAST: usize = 3;
/// No more people than this are suggested, and no more open questions.
const MOST_PEOPLE: usize = 3;
const MOST_QUESTIONS: usize = 2;
/// Who is suggested was on at least so many messages.
const OFTEN: u32 = 2;
/// A question older than this is not open any more: nobody waits for the answer.
const OPEN_FOR: i64 = 90 * 24 * 60 * 60 * 1_000;
/// A question is shown up to so many characters.
const QUESTION: usize = 200;
/// Shorter words say nothing of what a text is about.
const SHORT: usize = 4;

/// What is being written.
#[derive(Debug, Default)]
pub(crate) struct Writing {
    /// Whoever gets it, by address in lower case.
    pub(crate) on_it: HashSet<String>,
    /// "Me", by address in lower case.
    pub(crate) me: HashSet<String>,
    /// The subject, and what it is to say.
    pub(crate) about: String,
    /// Whether files go along already.
    pub(crate) has_files: bool,
    pub(crate) now: UnixMillis,
}

/// The exchanges that belong to the story: the last ones, and those about the same, at most `most`, in the order of time.
pub(crate) fn story<'m>(messages: &'m [Message], about: &str, most: usize) -> Vec<&'m Message> {
    let about = About::of(about);
    let mut newest: Vec<(usize, &Message)> = by_time(messages).into_iter().rev().enumerate().collect();
    newest.sort_by_key(|(age, message)| (*age >= LAST, std::cmp::Reverse(about.shared(message)), *age));
    newest.retain(|(age, message)| *age < LAST || about.shared(message) > 0);
    newest.truncate(most);
    newest.sort_by_key(|(age, _)| std::cmp::Reverse(*age));
    newest.into_iter().map(|(_, message)| message).collect()
}

/// All suggestions, the most useful first.
pub(crate) fn suggestions(messages: &[Message], writing: &Writing) -> Vec<Suggestion> {
    let about = About::of(&writing.about);
    let messages = by_time(messages);
    let related: Vec<&Message> = messages.iter().filter(|message| about.shared(message) > 0).copied().collect();
    let mut all = open_questions(&messages, writing);
    all.extend(also_on_it(if related.is_empty() { &messages } else { &related }, writing));
    all.extend(attached(&related, writing));
    all
}

/// Who was on most messages with these people about this, and is not on this one.
fn also_on_it(messages: &[&Message], writing: &Writing) -> Vec<Suggestion> {
    let mut counts: HashMap<String, (u32, &Person, &Message)> = HashMap::new();
    let all = u32::try_from(messages.len()).unwrap_or(u32::MAX);
    for message in messages {
        for person in message.from.iter().chain(&message.to).chain(&message.cc) {
            let address = person.address.folded();
            if !writing.on_it.contains(&address) && !writing.me.contains(&address) {
                let known = counts.entry(address).or_insert((0, person, message));
                *known = (known.0 + 1, person, message); // the newest is the source
            }
        }
    }
    let mut often: Vec<_> = counts.into_iter().filter(|(_, (times, ..))| *times >= OFTEN && times * 2 > all).collect();
    often.sort_by(|(a, (one, ..)), (b, (other, ..))| other.cmp(one).then_with(|| a.cmp(b)));
    let told = often.into_iter().take(MOST_PEOPLE).map(|(_, (times, person, message))| {
        suggestion(message, Suggested::AlsoOnIt { person: person.clone(), times, of: all })
    });
    told.collect()
}

/// What the person sent along the last time it was about this.
fn attached(related: &[&Message], writing: &Writing) -> Option<Suggestion> {
    if writing.has_files {
        return None;
    }
    let last = related.iter().rfind(|message| message.mine && !message.attachments.is_empty())?;
    let files = last.attachments.iter().map(|file| file.name.clone()).filter(|name| !name.is_empty()).collect();
    Some(suggestion(last, Suggested::AttachedLastTime { files }))
}

/// What they asked "me" lately, where "me" wrote nothing in that conversation since.
fn open_questions(messages: &[&Message], writing: &Writing) -> Vec<Suggestion> {
    let answered = |asked: &Message| {
        messages.iter().any(|later| later.mine && later.thread == asked.thread && later.date > asked.date)
    };
    let to_me =
        |message: &Message| message.to.iter().chain(&message.cc).any(|p| writing.me.contains(&p.address.folded()));
    let mut open = Vec::new();
    for asked in messages.iter().rev().filter(|message| !message.mine && to_me(message)) {
        let recent = asked.date.is_some_and(|date| writing.now - date <= OPEN_FOR);
        let known = open.iter().any(|one: &Suggestion| one.thread == asked.thread);
        let (Some(from), Some(question)) = (&asked.from, question_in(&asked.text)) else { continue };
        if recent && !known && writing.on_it.contains(&from.address.folded()) && !answered(asked) {
            open.push(suggestion(asked, Suggested::OpenQuestion { person: from.clone(), question }));
        }
    }
    open.truncate(MOST_QUESTIONS);
    open
}

/// The last question of a text, in one line. One of a word or two says too little.
fn question_in(text: &str) -> Option<String> {
    let ends = |c: char| matches!(c, '.' | '!' | '?' | '？' | '。' | '\n');
    let mut last = None;
    // A line's end inside a paragraph is none of a sentence's.
    for paragraph in text.split("\n\n") {
        let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
        for sentence in line.split_inclusive(ends) {
            let sentence = sentence.trim();
            if sentence.ends_with(['?', '？']) && folded_words(sentence).len() > 2 {
                last = Some(sentence.to_owned());
            }
        }
    }
    last.map(|question| match question.char_indices().nth(QUESTION) {
        Some((end, _)) => format!("{}…", question[..end].trim_end()),
        None => question,
    })
}

fn suggestion(message: &Message, what: Suggested) -> Suggestion {
    let subject = message.subject.clone();
    Suggestion { what, source: message.id, thread: message.thread, subject, date: message.date }
}

fn by_time(messages: &[Message]) -> Vec<&Message> {
    let mut sorted: Vec<&Message> = messages.iter().collect();
    sorted.sort_by_key(|message| (message.date, message.id));
    sorted
}

/// What a text is about, as far as words tell.
struct About(HashSet<String>);

impl About {
    fn of(text: &str) -> Self {
        Self(stems(text))
    }

    /// How many of its words a message has: in its subject each counts twice.
    fn shared(&self, message: &Message) -> usize {
        let subject = stems(&base_subject(&message.subject).text);
        let text = stems(&message.text);
        self.0
            .iter()
            .map(|word| 2 * usize::from(subject.contains(word)) + usize::from(text.contains(word)))
            .sum::<usize>()
            // One word in passing is chance.
            .saturating_sub(1)
    }
}

fn stems(text: &str) -> HashSet<String> {
    folded_words(text).iter().filter(|word| word.len() >= SHORT).map(|word| stem(word).to_owned()).collect()
}

#[cfg(test)]
#[path = "context_tests.rs"]
mod tests;
