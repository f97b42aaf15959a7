//! The offline composer: a letter from a template, the request and the user's own habits. No model, no network, and it says so. It turns
//! instructions into sentences by a small grammar, keeps the user's own words where no rule fits, and invents nothing.

mod grammar;
mod person;
mod revise;
mod sentences;
mod voiced;

use crate::api::{Length, Message, Person, SourceKind, Tone};
use crate::compose::brief::Brief;
use crate::memory::manners::{capitalise, name_words, primary};
use crate::memory::voice::{greeting_for, sign_off_for};
use crate::memory::words::{fold, folded_words};
use grammar::{grammar, language_of};
use sentences::{Maker, Sentence};

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The subject.
    pub subject: String,
    /// The whole body: greeting, text, sign-off.
    pub body: String,
}

/// Writes the letter the brief asks for. Pure: the same brief gives the same letter.
#[must_use]
pub fn write(brief: &Brief) -> Letter {
    let language = body_language(brief);
    let maker = maker(brief, &language);
    if let Some(text) = &brief.text_to_revise {
        let body = revise::revise(brief, &maker, text);
        return Letter { subject: subject(brief, &maker, &[], ""), body };
    }
    let mut said = voiced::sentence_by_sentence(said(brief, &maker), &brief.voice.style, &maker);
    if brief.lessons.asks_first() {
        said.sort_by_key(|sentence| !sentence.text.ends_with('?'));
    }
    let body = match &brief.template {
        Some(template) => with_template(brief, &maker, &template.body, &said),
        None => paragraphs(brief, &maker, &said),
    };
    let subject = subject(brief, &maker, &said, &body);
    Letter { subject, body: framed(brief, &maker, &body) }
}

// ---------------------------------------------------------------- what the letter is written with

/// The people the letter goes to: as asked, else who wrote what it answers.
fn recipients(brief: &Brief) -> Vec<Person> {
    if !brief.request.to.is_empty() {
        return brief.request.to.clone();
    }
    match &brief.answers {
        Some(message) if message.mine => message.to.clone(),
        Some(message) if !message.reply_to.is_empty() => message.reply_to.clone(),
        Some(message) => message.from.iter().cloned().collect(),
        None => vec![],
    }
}

/// The language of the body: the template's, else that of the user's own line (it is not translated), else as decided.
fn body_language(brief: &Brief) -> String {
    let own = || language_of(&brief.request.intent, &brief.language).map(str::to_owned);
    let template = brief.template.as_ref().map(|t| t.template.language.clone());
    let revised = brief.text_to_revise.as_ref().and_then(|text| language_of(text, &brief.language)).map(str::to_owned);
    template.or(revised).or_else(own).unwrap_or_else(|| brief.language.clone())
}

/// The language of greeting and sign-off: as asked, else the body's.
fn frame_language<'a>(brief: &'a Brief, maker: &'a Maker<'a>) -> &'a str {
    if brief.request.language.is_some() && brief.template.is_none() { &brief.language } else { maker.language }
}

fn maker<'a>(brief: &Brief, language: &'a str) -> Maker<'a> {
    let to = recipients(brief);
    let names = to.iter().flat_map(name_words).collect();
    let people = to.iter().chain(&brief.request.cc).chain(brief.thread.iter().filter_map(|m| m.from.as_ref()));
    let known =
        people.filter_map(|p| p.name.as_deref()).flat_map(folded_words).filter(|w| is_surely_a_name(w)).collect();
    Maker { grammar: grammar(language), language, names, known, du: says_du(brief), tone: brief.request.tone }
}

/// A name that is no word besides, as "will" and "mark" are.
fn is_surely_a_name(word: &str) -> bool {
    const WORDS: [&str; 22] = [
        "will", "mark", "bill", "may", "grant", "frank", "rob", "sue", "hope", "joy", "grace", "art", "jack", "pat",
        "max", "ernst", "lange", "kurz", "the", "and", "young", "list",
    ];
    word.chars().count() > 2 && word.chars().all(char::is_alphabetic) && !WORDS.contains(&word)
}

/// Whether German says "du" here: as asked, else as these two have written so far.
fn says_du(brief: &Brief) -> bool {
    match brief.request.tone {
        Tone::Formal => return false,
        Tone::Friendly => return true,
        _ => {}
    }
    let earlier = brief.sources.iter().filter(|s| s.kind == SourceKind::ToThisPerson).map(|s| s.excerpt.as_str());
    let thread = brief.thread.iter().chain(&brief.answers).map(|m: &Message| m.text.as_str());
    let (mut du, mut sie) = (0, 0);
    for word in
        earlier.chain(thread).flat_map(str::split_whitespace).map(|w| w.trim_matches(|c: char| !c.is_alphabetic()))
    {
        match word {
            "du" | "dir" | "dich" | "dein" | "deine" | "deinen" | "Du" | "Dir" | "Dich" | "Dein" | "Deine" => du += 1,
            "Sie" | "Ihnen" | "Ihre" | "Ihren" | "Ihrem" | "Ihrer" => sie += 1,
            _ => {}
        }
    }
    du > sie
}

// ---------------------------------------------------------------- the body

/// What the user's line says, in sentences. Nothing where the template says it already.
fn said(brief: &Brief, maker: &Maker<'_>) -> Vec<Sentence> {
    let intent = brief.request.intent.trim();
    let covered = brief.template.as_ref().is_some_and(|template| {
        let there = folded_words(&format!("{} {} {}", template.subject, template.body, template.template.name));
        let asked = folded_words(intent);
        let long: Vec<&String> = asked.iter().filter(|w| w.chars().count() > 3).collect();
        let found = long.iter().filter(|w| there.contains(w)).count();
        found * 3 >= long.len() * 2
    });
    if covered { vec![] } else { maker.sentences(intent) }
}

/// Sentences in paragraphs: short letters are one, in longer ones the questions stand apart.
fn paragraphs(brief: &Brief, maker: &Maker<'_>, said: &[Sentence]) -> String {
    let mut all: Vec<String> = said.iter().map(|s| capitalise(&s.text)).collect();
    if let (Some(grammar), false) = (maker.grammar, said.is_empty()) {
        let thanked = all.iter().take(2).any(|s| fold(s).contains("thank") || fold(s).contains("dank"));
        if brief.request.tone == Tone::Warm && brief.answers.is_some() && !thanked {
            all.insert(0, maker.addressed(&grammar.acknowledge));
        }
        let asks = all.iter().any(|s| s.ends_with('?'));
        if matches!(brief.request.tone, Tone::Warm | Tone::Formal) && brief.length != Length::Short && asks {
            all.push(maker.addressed(&grammar.look_forward));
        }
    }
    let words: usize = all.iter().map(|s| s.split_whitespace().count()).sum();
    if all.len() <= 3 && words <= 45 {
        return all.join(" ");
    }
    let mut out = String::new();
    for (at, sentence) in all.iter().enumerate() {
        let turns = at > 0 && sentence.ends_with('?') != all[at - 1].ends_with('?');
        out.push_str(if at == 0 {
            ""
        } else if turns {
            "\n\n"
        } else {
            " "
        });
        out.push_str(sentence);
    }
    out
}

/// The template's text, and after it what the user's line adds. A short letter goes without the template's courtesies.
fn with_template(brief: &Brief, maker: &Maker<'_>, text: &str, said: &[Sentence]) -> String {
    let padding = |p: &&str| {
        brief.length == Length::Short
            && maker.grammar.is_some_and(|g| g.padding.iter().any(|start| p.to_lowercase().starts_with(start.as_str())))
    };
    let mut kept: Vec<String> = text.split("\n\n").filter(|p| !padding(p)).map(str::to_owned).collect();
    if !said.is_empty() {
        let added = said.iter().map(|s| capitalise(&s.text)).collect::<Vec<_>>().join(" ");
        kept.insert(kept.len().saturating_sub(usize::from(kept.len() > 2)), added);
    }
    kept.join("\n\n")
}

/// Greeting, body, sign-off.
fn framed(brief: &Brief, maker: &Maker<'_>, body: &str) -> String {
    let language = frame_language(brief, maker);
    let tone = brief.request.tone;
    let learned = brief.lessons.greeting().map(str::to_owned);
    let greeting = learned.or_else(|| greeting_for(&brief.voice, &recipients(brief), language, tone));
    let body = voiced::body(begun(body, greeting.as_deref(), maker), &brief.voice.style, maker);
    let body = brief.lessons.applied(body);
    let end = brief.lessons.ended(sign_off_for(&brief.voice, brief.me.as_ref(), language, tone));
    let parts = [greeting.unwrap_or_default(), body, end];
    parts.iter().filter(|p| !p.is_empty()).map(String::as_str).collect::<Vec<_>>().join("\n\n")
}

/// After "Hallo Dana," German goes on in lower case, but for nouns and "Sie"; everywhere else a text begins with a capital.
fn begun(body: &str, greeting: Option<&str>, maker: &Maker<'_>) -> String {
    const SMALL: [&str; 26] = [
        "Ich",
        "Vielen",
        "Könnten",
        "Könntest",
        "Leider",
        "Ja",
        "Bitte",
        "Herzlichen",
        "Wie",
        "Hiermit",
        "Wir",
        "Das",
        "Es",
        "Die",
        "Der",
        "Danke",
        "Wann",
        "Wo",
        "Kann",
        "Können",
        "Anbei",
        "Hier",
        "Was",
        "Ob",
        "Am",
        "Darf",
    ];
    let goes_on = primary(maker.language) == "de" && greeting.is_some_and(|g| g.ends_with(','));
    let first = body.split([' ', ',', '.', '\n']).next().unwrap_or_default();
    if !goes_on {
        capitalise(body)
    } else if SMALL.contains(&first) {
        body.chars().take(1).flat_map(char::to_lowercase).chain(body.chars().skip(1)).collect()
    } else {
        body.to_owned()
    }
}

// ---------------------------------------------------------------- the subject

/// As given, else the answered message's with `Re:`, else the template's, else what the line is about.
fn subject(brief: &Brief, maker: &Maker<'_>, said: &[Sentence], body: &str) -> String {
    if let Some(given) = brief.request.subject.as_deref().map(str::trim).filter(|s| !s.is_empty()) {
        return given.to_owned();
    }
    if let Some(message) = &brief.answers {
        return format!("Re: {}", without_prefixes(&message.subject));
    }
    if let Some(template) = &brief.template {
        return template.subject.clone();
    }
    let by_rule = said.iter().find_map(|s| s.subject.clone());
    let first = said.first().map_or(body, |s| s.text.as_str());
    let plain = said.first().is_some_and(|s| !s.by_rule);
    let subject = if plain { first.to_owned() } else { by_rule.unwrap_or_else(|| first.to_owned()) };
    capitalise(&headline(&maker.polished(&subject)))
}

/// At most eight words, without the mark at the end; cut where a part of the sentence ends.
fn headline(text: &str) -> String {
    let text = text.lines().next().unwrap_or_default();
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut kept = words[..words.len().min(8)].to_vec();
    if let Some(comma) = kept.iter().position(|w| w.ends_with(',')).filter(|at| words.len() > 8 && *at > 0) {
        kept.truncate(comma + 1);
    }
    kept.join(" ").trim_end_matches(['.', ',', ';', '!', '?', ':']).to_owned()
}

/// `Re: AW: Fwd: Lunch` → `Lunch`.
fn without_prefixes(subject: &str) -> &str {
    let mut rest = subject.trim();
    while let Some((prefix, after)) = rest.split_once(':') {
        let name = fold(prefix.trim().split('[').next().unwrap_or_default());
        if !matches!(name.as_str(), "re" | "aw" | "antw" | "sv" | "vs" | "rif" | "res") {
            break;
        }
        rest = after.trim();
    }
    rest
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
