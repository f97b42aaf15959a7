//! Gather: the conversation, similar mail of one's own, the voice, the template; each a source with an id and a token cost. What is fetched
//! stands in [`Found`]; what is made of it is pure. It changes nothing.

use super::brief::{Brief, FilledTemplate};
use super::{plain, reply, templates};
use crate::Engine;
use crate::api::{
    ComposeRequest, EmailAddress, Length, Message, Person, Sender, Source, SourceKind, UnixMillis, Voice,
};
use crate::error::{Error, Result};
use crate::language;
use crate::memory::Similar;
use crate::memory::lessons::{Lessons, rule_in_words};

/// So many letters of one's own show well enough how one writes.
const LETTERS: usize = 2;

/// What the conversation may cost in a prompt, in tokens.
const THREAD_TOKENS: u32 = 3_000;
/// What one message of it may.
const MESSAGE_TOKENS: u32 = 1_200;
/// What the story of other conversations may cost together, and one message of it.
const STORY_TOKENS: u32 = 800;
const STORY_MESSAGE_TOKENS: u32 = 200;
/// What similar mail may cost together.
const SIMILAR_TOKENS: u32 = 1_200;
/// What one of them may.
const PASSAGE_TOKENS: u32 = 300;
/// How many similar letters are asked for.
const SIMILAR: usize = 5;
/// How much of the answered text is looked for in similar mail.
const QUERY_TOKENS: u32 = 120;
/// The longest request, in tokens: a line or a page, not a book.
const REQUEST_TOKENS: u32 = 8_000;

/// What was fetched for a request.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) me: Vec<Person>,
    pub(super) answers: Option<Message>,
    pub(super) thread: Vec<Message>,
    /// Exchanges of other conversations with the same people, in the order of time.
    pub(super) story: Vec<Message>,
    pub(super) voice: Option<Voice>,
    pub(super) similar: Vec<Similar>,
    pub(super) lessons: Lessons,
    pub(super) template: Option<FilledTemplate>,
    pub(super) text_to_revise: Option<String>,
}

impl Engine {
    /// Everything a letter is written from. `text` is the draft's present text, for a request to revise it.
    pub(super) fn gather(&self, mut request: ComposeRequest, text: Option<String>, now: UnixMillis) -> Result<Brief> {
        let settings = self.settings()?;
        let mut found = Found { me: settings.me, ..Found::default() };
        if let Some(id) = request.answers {
            let message = self.message(id)?;
            found.thread = self.thread(message.thread)?.messages;
            request.to = recipients(&request, &message, &self.senders()?);
            found.answers = Some(message);
        }
        found.text_to_revise = text.filter(|text| request.revise && !text.trim().is_empty());
        check(&request, found.text_to_revise.is_some())?;
        let first = request.to.first().map(|person| &person.address);
        found.voice = Some(self.voice(first)?);
        found.story = self.told_so_far(&request, &found)?;
        if settings.memory.use_voice {
            found.similar = self.similar(&request, &found, first)?;
            found.similar.retain(|similar| !found.story.iter().any(|told| told.id == similar.message.id));
            self.add_examples(&mut found, first)?;
        }
        if !request.revise {
            found.lessons = self.lessons_for(&request.to)?;
        }
        if let Some(id) = request.template {
            found.template = Some(self.filled(id, &request, now)?);
        }
        Ok(brief(request, found, now))
    }

    fn similar(&self, request: &ComposeRequest, found: &Found, to: Option<&EmailAddress>) -> Result<Vec<Similar>> {
        let answered = found.answers.as_ref();
        let subject = answered.map_or("", |m| m.subject.as_str());
        let text = answered.map_or(String::new(), |m| plain::cut_to(&m.text, QUERY_TOKENS));
        let query = [request.intent.as_str(), request.subject.as_deref().unwrap_or(""), subject, &text].join(" ");
        if query.trim().is_empty() {
            return Ok(Vec::new());
        }
        let mut similar = self.similar_sent(&query, to, SIMILAR)?;
        similar.retain(|s| !found.thread.iter().any(|m| m.id == s.message.id));
        Ok(similar)
    }

    /// What else was exchanged with these people about it. A text to be revised was written from it already.
    fn told_so_far(&self, request: &ComposeRequest, found: &Found) -> Result<Vec<Message>> {
        if found.text_to_revise.is_some() {
            return Ok(Vec::new());
        }
        let answered = found.answers.as_ref();
        let subject = answered.map_or("", |message| message.subject.as_str());
        let about = [request.intent.as_str(), request.subject.as_deref().unwrap_or(""), subject].join(" ");
        self.story(&request.to, &about, answered.map(|message| message.thread))
    }

    /// Where few letters to this person are like this one, those that show best how the user writes to them.
    fn add_examples(&self, found: &mut Found, to: Option<&EmailAddress>) -> Result<()> {
        let theirs = found.similar.iter().filter(|similar| similar.to_this_person).count();
        let read = found.thread.iter().chain(&found.story).map(|message| message.id);
        let known: Vec<_> = found.similar.iter().map(|similar| similar.message.id).chain(read).collect();
        let mut examples = self.voice_examples(to, LETTERS + known.len())?;
        examples.retain(|message| !known.contains(&message.id));
        for message in examples.into_iter().take(LETTERS.saturating_sub(theirs)) {
            let folded = to.map(EmailAddress::folded);
            let to_this_person = message.to.iter().any(|person| Some(person.address.folded()) == folded);
            let passage = message.text.clone();
            found.similar.push(Similar { message, passage, to_this_person, score: 0.0 });
        }
        Ok(())
    }

    fn filled(&self, id: crate::ids::TemplateId, request: &ComposeRequest, now: UnixMillis) -> Result<FilledTemplate> {
        let template = self.templates()?.into_iter().find(|template| template.id == id);
        let template = template.ok_or_else(|| Error::not_found("template", id))?;
        templates::fill_with_intent(&template, &request.values, &request.intent, now)
    }
}

/// A request must say something: an intent, a template or a message to answer.
fn check(request: &ComposeRequest, revises: bool) -> Result<()> {
    let says = !request.intent.trim().is_empty()
        || (!request.revise && (request.template.is_some() || request.answers.is_some()));
    if !says {
        return Err(Error::BadInput { field: "intent", why: "say in a line what the letter should say".into() });
    }
    if request.revise && !revises {
        return Err(Error::BadInput { field: "revise", why: "there is no text to change yet".into() });
    }
    if plain::tokens(&request.intent) > REQUEST_TOKENS {
        return Err(Error::BadInput { field: "intent", why: "this is too long for an instruction".into() });
    }
    Ok(())
}

/// The recipients asked for, else whoever an answer to this message goes to.
pub(super) fn recipients(request: &ComposeRequest, answered: &Message, senders: &[Sender]) -> Vec<Person> {
    if !request.to.is_empty() {
        return request.to.clone();
    }
    match reply::answer(answered, senders, false) {
        Some(reply) => reply.to,
        None if answered.reply_to.is_empty() => answered.from.iter().cloned().collect(),
        None => answered.reply_to.clone(),
    }
}

/// The brief of what was found. Pure.
pub(super) fn brief(mut request: ComposeRequest, mut found: Found, now: UnixMillis) -> Brief {
    request.intent = plain::visible(&request.intent).trim().to_owned();
    for message in found.thread.iter_mut().chain(found.answers.as_mut()).chain(&mut found.story) {
        make_visible(message);
    }
    let voice = found.voice.take().unwrap_or_default();
    let language = decide_language(&request, &found, &voice);
    found.lessons = std::mem::take(&mut found.lessons).fitting(&language, request.tone);
    let length = decide_length(&request, &found, &voice);
    let sources = sources(&request, &found, now);
    Brief {
        me: found.me.into_iter().next(),
        answers: found.answers,
        thread: found.thread,
        voice,
        lessons: found.lessons,
        template: found.template,
        text_to_revise: found.text_to_revise,
        language,
        length,
        sources,
        now,
        request,
    }
}

fn make_visible(message: &mut Message) {
    message.text = plain::visible(&message.text);
    message.quoted = plain::visible(&message.quoted);
    message.subject = one_line(&message.subject);
    if let Some(from) = &mut message.from {
        from.name = from.name.as_deref().map(one_line).filter(|name| !name.is_empty());
    }
}

pub(super) fn one_line(text: &str) -> String {
    plain::visible(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// As asked, else as what is answered, else as the template, else as the intent, else as the user writes.
fn decide_language(request: &ComposeRequest, found: &Found, voice: &Voice) -> String {
    let asked = request.language.clone().filter(|tag| !tag.trim().is_empty());
    let answered = || found.answers.as_ref().and_then(|m| m.language.clone().or_else(|| language::of(&m.text)));
    asked
        .or_else(|| found.text_to_revise.as_deref().and_then(language::of))
        .or_else(answered)
        .or_else(|| found.template.as_ref().map(|t| t.template.language.clone()))
        .or_else(|| language::of(&request.intent))
        .or_else(|| voice.language.clone())
        .unwrap_or_else(|| "en".to_owned())
}

/// As asked, else in proportion to what is answered, to the intent and to what this user writes.
fn decide_length(request: &ComposeRequest, found: &Found, voice: &Voice) -> Length {
    if let Some(length) = request.length {
        return length;
    }
    if let Some(text) = &found.text_to_revise {
        return length_of(plain::words(text));
    }
    let usual = voice.words.map_or(80, |band| band.median);
    let answered = found.answers.as_ref().map_or(usual, |m| plain::words(&m.text));
    let template = found.template.as_ref().map_or(0, |t| plain::words(&t.body));
    found.lessons.length(length_of(usual.min(answered.max(30)).max(plain::words(&request.intent) * 2).max(template)))
}

fn length_of(words: u32) -> Length {
    match words {
        0..=70 => Length::Short,
        71..=180 => Length::Medium,
        _ => Length::Long,
    }
}

/// The request, the conversation, one's own text and template, similar mail, then lessons; within the token budget.
fn sources(request: &ComposeRequest, found: &Found, now: UnixMillis) -> Vec<Source> {
    let mut sources = vec![request_source(request, found, now)];
    sources.extend(story_sources(found));
    sources.extend(thread_sources(found));
    if let Some(text) = &found.text_to_revise {
        sources.push(source(SourceKind::Draft, "", text.clone(), found.me.first().cloned(), Some(now)));
    }
    if let Some(filled) = &found.template {
        sources.push(source(SourceKind::Template, &filled.template.name, filled.body.clone(), None, None));
    }
    sources.extend(similar_sources(found));
    sources.extend(lesson_sources(found));
    for (number, source) in sources.iter_mut().enumerate() {
        source.id = format!("s{}", number + 1);
    }
    sources
}

fn request_source(request: &ComposeRequest, found: &Found, now: UnixMillis) -> Source {
    let mut lines = vec![request.intent.clone()];
    lines.extend(request.subject.iter().filter(|s| !s.trim().is_empty()).cloned());
    lines.extend(request.values.values().filter(|v| !v.trim().is_empty()).cloned());
    lines.retain(|line| !line.is_empty());
    source(
        SourceKind::Request,
        request.subject.as_deref().unwrap_or(""),
        lines.join("\n"),
        found.me.first().cloned(),
        Some(now),
    )
}

/// What is answered comes first in the budget, then what is nearest to it; the order stays the conversation's.
fn thread_sources(found: &Found) -> Vec<Source> {
    let Some(answered) = &found.answers else { return Vec::new() };
    let at = found.thread.iter().position(|m| m.id == answered.id).unwrap_or(found.thread.len());
    let mut nearest: Vec<usize> = (0..found.thread.len()).collect();
    nearest.sort_by_key(|&i| (i.abs_diff(at), std::cmp::Reverse(i)));
    let mut left = THREAD_TOKENS;
    let mut taken: Vec<(usize, Source)> = Vec::new();
    for i in nearest {
        let message = &found.thread[i];
        let excerpt = plain::cut_to(&thread_text(message, i == 0), MESSAGE_TOKENS.min(left));
        let tokens = plain::tokens(&excerpt);
        if left < 40 || excerpt.trim().is_empty() {
            continue;
        }
        left = left.saturating_sub(tokens);
        taken.push((i, message_source(SourceKind::Thread, message, excerpt)));
    }
    taken.sort_by_key(|(i, _)| *i);
    taken.into_iter().map(|(_, source)| source).collect()
}

/// The newest of the story comes first in the budget; the order stays that of time.
fn story_sources(found: &Found) -> Vec<Source> {
    let mut left = STORY_TOKENS;
    let mut taken = Vec::new();
    for message in found.story.iter().rev() {
        let excerpt = plain::cut_to(message.text.trim(), STORY_MESSAGE_TOKENS.min(left));
        if left < 40 || excerpt.trim().is_empty() {
            continue;
        }
        left = left.saturating_sub(plain::tokens(&excerpt));
        taken.push(message_source(SourceKind::Story, message, excerpt));
    }
    taken.reverse();
    taken
}

/// A message's own words; for the oldest known one also what it quotes, because the quoted mail is not here.
fn thread_text(message: &Message, oldest: bool) -> String {
    if oldest && !message.quoted.trim().is_empty() {
        return format!("{}\n\n{}", message.text.trim(), message.quoted.trim());
    }
    message.text.trim().to_owned()
}

fn similar_sources(found: &Found) -> Vec<Source> {
    let mut left = SIMILAR_TOKENS;
    let mut taken = Vec::new();
    for similar in &found.similar {
        let excerpt = plain::cut_to(&plain::visible(&similar.passage), PASSAGE_TOKENS.min(left));
        if left < 40 || excerpt.trim().is_empty() {
            continue;
        }
        left = left.saturating_sub(plain::tokens(&excerpt));
        let kind = if similar.to_this_person { SourceKind::ToThisPerson } else { SourceKind::ToOthers };
        taken.push(message_source(kind, &similar.message, excerpt));
    }
    taken
}

fn lesson_sources(found: &Found) -> impl Iterator<Item = Source> {
    found.lessons.0.iter().map(|used| {
        let words = rule_in_words(&used.rule);
        let mut source =
            source(SourceKind::Lesson, "You changed this last time", words, found.me.first().cloned(), Some(used.last));
        source.lesson = Some(used.id);
        source
    })
}

fn message_source(kind: SourceKind, message: &Message, excerpt: String) -> Source {
    let mut source = source(kind, &one_line(&message.subject), excerpt, message.from.clone(), message.date);
    source.message = Some(message.id);
    source
}

fn source(kind: SourceKind, title: &str, excerpt: String, who: Option<Person>, date: Option<UnixMillis>) -> Source {
    let tokens = plain::tokens(&excerpt);
    Source { id: String::new(), kind, message: None, lesson: None, title: title.to_owned(), who, date, excerpt, tokens }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::compose::samples::{message, person};

    fn asked(intent: &str) -> ComposeRequest {
        ComposeRequest { intent: intent.into(), ..ComposeRequest::default() }
    }

    fn answering(text: &str) -> Found {
        let mut answered = message(2, "dana@example.org", text);
        answered.subject = "Proposal".into();
        let first = message(1, "mara@example.com", "Here is our proposal.");
        Found {
            me: vec![person("Mara", "mara@example.com")],
            thread: vec![first, answered.clone()],
            answers: Some(answered),
            ..Found::default()
        }
    }

    #[test]
    fn an_answer_goes_to_who_wrote_or_where_they_want_it_and_never_to_me() {
        let me = person("Mara", "mara@example.com");
        let me = [Sender { person: me, signature: None, default: true, alias: false }];
        let mut answered = message(1, "dana@example.org", "Hi");
        let to = |request: &ComposeRequest, answered: &Message| -> Vec<String> {
            recipients(request, answered, &me).iter().map(|p| p.address.to_string()).collect()
        };
        assert_eq!(to(&asked(""), &answered), ["dana@example.org"]);
        answered.reply_to = vec![person("", "team@example.org"), person("", "MARA@example.com")];
        assert_eq!(to(&asked(""), &answered), ["team@example.org"]);
        answered.from = Some(me[0].person.clone());
        answered.to = vec![person("", "lee@example.net")];
        assert_eq!(to(&asked(""), &answered), ["lee@example.net"], "a follow-up to my own mail");
        let explicit = ComposeRequest { to: vec![person("", "x@example.com")], ..asked("") };
        assert_eq!(to(&explicit, &answered), ["x@example.com"]);
    }

    #[test]
    fn a_request_must_say_something() {
        assert!(check(&asked(" "), false).is_err());
        assert!(check(&asked("thank her"), false).is_ok());
        assert!(check(&ComposeRequest { revise: true, ..asked("shorter") }, false).is_err());
        assert!(check(&ComposeRequest { revise: true, ..asked("shorter") }, true).is_ok());
        assert!(check(&asked(&"word ".repeat(10_000)), false).is_err());
    }

    #[test]
    fn the_language_is_as_asked_else_as_answered_else_as_the_intent() {
        let language = |request: ComposeRequest, found: Found| brief(request, found, 0).language;
        let german =
            "Vielen Dank für das Angebot, wir haben noch eine Frage zur Laufzeit und melden uns in der nächsten Woche.";
        assert_eq!(language(asked("accept it"), answering(german)), "de");
        assert_eq!(
            language(ComposeRequest { language: Some("fr".into()), ..asked("accept") }, answering(german)),
            "fr"
        );
        assert_eq!(language(asked("bitte um den Vertrag"), Found::default()), "de");
        assert_eq!(language(asked("ok"), Found::default()), "en");
    }

    #[test]
    fn sources_are_numbered_request_first_and_hidden_text_is_gone() {
        let brief = brief(asked("accept"), answering("Ple\u{200b}ase ans\u{202e}wer"), 5);
        let told: Vec<_> = brief.sources.iter().map(|s| (s.id.as_str(), s.kind, s.excerpt.as_str())).collect();
        assert_eq!(
            told,
            [
                ("s1", SourceKind::Request, "accept"),
                ("s2", SourceKind::Thread, "Here is our proposal."),
                ("s3", SourceKind::Thread, "Please answer"),
            ]
        );
    }

    #[test]
    fn a_long_conversation_keeps_the_budget_and_the_answered_message() {
        let mut found = answering("the answered one");
        let long = "word ".repeat(2_000);
        found.thread = (10..40).map(|n| message(n, "dana@example.org", &long)).collect();
        found.thread.push(found.answers.clone().unwrap());
        let brief = brief(asked("accept"), found, 0);
        let thread: Vec<_> = brief.sources.iter().filter(|s| s.kind == SourceKind::Thread).collect();
        assert!(thread.iter().map(|s| s.tokens).sum::<u32>() <= THREAD_TOKENS + 10);
        assert_eq!(thread.last().unwrap().excerpt, "the answered one");
    }
}
