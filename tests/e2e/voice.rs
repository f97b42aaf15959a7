//! The voice on a whole archive: ten writers are told apart by what is learned of them, a draft as each carries their own manner, and nothing of a
//! mail to somebody else. And a hundred mails that try to become instructions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test

use epistle_engine::Engine;
use epistle_engine::api::{
    CheckKind, ComposeRequest, Draft, EmailAddress, ImportSource, Length, Message, ModelChoice, ModelRef, Person,
    Preview, Provider, ThreadsView, Voice,
};
use epistle_engine::memory::manners::Whom;
use epistle_engine::memory::voice::letter::MEASURES;
use epistle_engine::memory::voice::{Sample, sample};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use support::archive;
use tokio_util::sync::CancellationToken;

const WRITERS: usize = 10;

fn imported() -> Engine {
    let engine = Engine::in_memory().unwrap();
    let source = ImportSource::Paths { paths: vec![archive::path()] };
    engine.import(&source, &mut |_| {}, &CancellationToken::new()).unwrap();
    engine
}

fn all_mail(engine: &Engine) -> Vec<Message> {
    let mut mail = Vec::new();
    loop {
        let seen = mail.len();
        let page = engine.threads(&ThreadsView::default(), u32::try_from(seen).unwrap(), 500).unwrap();
        if page.threads.is_empty() {
            break;
        }
        mail.extend(page.threads.into_iter().map(|thread| thread.id));
    }
    mail.into_iter().flat_map(|id| engine.thread(id).unwrap().messages).collect()
}

/// The busiest writers with their letters, the oldest first.
fn busiest(mail: Vec<Message>) -> Vec<(Person, Vec<Message>)> {
    let mut writers: BTreeMap<String, (Person, Vec<Message>)> = BTreeMap::new();
    for message in mail {
        if let Some(from) = message.from.clone().filter(|_| sample(&message).is_some()) {
            writers.entry(from.address.folded()).or_insert_with(|| (from, vec![])).1.push(message);
        }
    }
    // Who never answers anybody is a feed, and no writer.
    let answers = |letter: &Message| letter.subject.to_lowercase().starts_with("re:");
    let writes = |letters: &[Message]| letters.iter().filter(|l| answers(l)).count() * 10 >= letters.len();
    let mut writers: Vec<_> = writers.into_values().filter(|(_, letters)| writes(letters)).collect();
    writers.sort_by_key(|(_, letters)| std::cmp::Reverse(letters.len()));
    writers.truncate(WRITERS);
    for (_, letters) in &mut writers {
        letters.sort_by_key(|letter| letter.date);
    }
    writers
}

// ---------------------------------------------------------------- who wrote it

/// The frame of a letter without anybody's name: how it opens, and how it closes.
fn frame(letter: &Sample) -> [String; 2] {
    let opens = letter.greeting().map_or("none".into(), |greeting| {
        let whom = match greeting.whom {
            Whom::Nobody => "nobody",
            Whom::Everyone(_) => "everyone",
            Whom::Name(_) => "name",
        };
        format!("{} {whom} {}", greeting.opener.to_lowercase(), greeting.tail)
    });
    let closes = letter.ending().closing.clone().map_or("none".into(), |closing| closing.to_lowercase());
    [opens, closes]
}

/// What is learned of one writer: the mean and spread of each measure, and how often they open and close in which way.
struct Profile {
    mean: [f64; MEASURES],
    spread: [f64; MEASURES],
    frames: [HashMap<String, f64>; 2],
    letters: f64,
}

impl Profile {
    fn of(letters: &[Sample], usual: &[f64; MEASURES]) -> Self {
        let measures: Vec<_> = letters.iter().map(|letter| letter.counted().measures()).collect();
        let count = measures.len() as f64;
        let mean: [f64; MEASURES] = std::array::from_fn(|i| measures.iter().map(|m| m[i]).sum::<f64>() / count);
        // From few letters the spread leans on everybody's.
        let spread = std::array::from_fn(|i| {
            let own: f64 = measures.iter().map(|m| (m[i] - mean[i]).powi(2)).sum();
            (own + 5.0 * usual[i]) / (count + 5.0) + 0.01
        });
        let mut frames: [HashMap<String, f64>; 2] = Default::default();
        for letter in letters {
            for (at, form) in frame(letter).into_iter().enumerate() {
                *frames[at].entry(form).or_default() += 1.0;
            }
        }
        Self { mean, spread, frames, letters: count }
    }

    /// How likely this writer wrote it.
    fn likelihood(&self, letter: &Sample) -> f64 {
        let measures = letter.counted().measures();
        let numbers: f64 = (0..MEASURES)
            .map(|i| -0.5 * ((measures[i] - self.mean[i]).powi(2) / self.spread[i] + self.spread[i].ln()))
            .sum();
        let forms = frame(letter).into_iter().enumerate();
        let frames: f64 = forms
            .map(|(at, form)| {
                let times = self.frames[at].get(&form).copied().unwrap_or_default();
                ((times + 0.2) / (self.letters + 4.0)).ln()
            })
            .sum();
        numbers + frames
    }
}

#[test]
fn who_wrote_a_later_letter_is_told_from_what_the_earlier_ones_taught() {
    let writers: Vec<(Vec<Sample>, Vec<Sample>)> = busiest(all_mail(&imported()))
        .iter()
        .map(|(_, letters)| {
            let read: Vec<Sample> = letters.iter().filter_map(sample).collect();
            let (earlier, later) = read.split_at(read.len() * 3 / 5);
            (earlier.to_vec(), later.to_vec())
        })
        .collect();
    let known: Vec<_> = writers.iter().flat_map(|(earlier, _)| earlier).map(|l| l.counted().measures()).collect();
    let count = known.len() as f64;
    let middle: [f64; MEASURES] = std::array::from_fn(|i| known.iter().map(|m| m[i]).sum::<f64>() / count);
    let usual = std::array::from_fn(|i| known.iter().map(|m| (m[i] - middle[i]).powi(2)).sum::<f64>() / count);
    let profiles: Vec<Profile> = writers.iter().map(|(earlier, _)| Profile::of(earlier, &usual)).collect();
    let (mut right, mut all) = (0, 0);
    for (writer, (_, later)) in writers.iter().enumerate() {
        for letter in later {
            let scores = profiles.iter().map(|profile| profile.likelihood(letter)).enumerate();
            let guess = scores.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(at, _)| at);
            right += usize::from(guess == Some(writer));
            all += 1;
        }
    }
    let most = writers.iter().map(|(_, later)| later.len()).max().unwrap_or(0);
    let rate = |part: usize| part as f64 / all as f64;
    println!(
        "who wrote it: {right} of {all} right, {:.1} %; by chance {:.1} %; always the busiest writer {:.1} %",
        rate(right) * 100.0,
        100.0 / WRITERS as f64,
        rate(most) * 100.0
    );
    assert!(all >= 80, "{all} letters are too few to say anything");
    assert!(rate(right) >= 2.0 * rate(most) && rate(right) >= 2.5 / WRITERS as f64, "{right} of {all}");
}

// ---------------------------------------------------------------- a draft as each of them

/// Plain things to say, so many words of them.
fn something_to_say(words: usize) -> String {
    const SAY: [&str; 8] = [
        "The copy from the first machine is complete.",
        "The second one takes an hour more.",
        "The table of results has two new rows.",
        "The old numbers stay where they are.",
        "The printer in the small room is broken again.",
        "The trains run late this whole week.",
        "The garden door sticks when it rains.",
        "The new shelf holds all of the folders.",
    ];
    let mut said = String::new();
    for sentence in SAY.iter().cycle().take(40) {
        if said.split_whitespace().count() + sentence.split_whitespace().count() > words && !said.is_empty() {
            break;
        }
        said = format!("{said} {sentence}");
    }
    said.trim().to_owned()
}

fn first_line(text: &str) -> &str {
    text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('>')).unwrap_or_default()
}

fn last_lines(text: &str) -> Vec<String> {
    let lines: Vec<String> = text.lines().map(|line| line.trim().to_lowercase()).filter(|l| !l.is_empty()).collect();
    lines[lines.len().saturating_sub(6)..].to_vec()
}

fn runs(text: &str) -> HashSet<Vec<String>> {
    let words: Vec<String> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    words.windows(13).map(<[String]>::to_vec).collect()
}

async fn drafted(engine: &Engine, to: &Person, voice: &Voice) -> Draft {
    let median = voice.words.map_or(40, |band| band.median as usize);
    let request = ComposeRequest {
        intent: something_to_say(median.saturating_sub(4).max(6)),
        to: vec![to.clone()],
        language: Some("en".into()),
        model: Some(ModelChoice::Offline),
        ..ComposeRequest::default()
    };
    engine.compose(request, &|_| {}, &CancellationToken::new()).await.unwrap()
}

/// Who this writer wrote to most.
fn favourite(letters: &[Message]) -> Person {
    let mut people: BTreeMap<String, (u32, Person)> = BTreeMap::new();
    for person in letters.iter().filter_map(|letter| letter.to.first()) {
        people.entry(person.address.folded()).or_insert((0, person.clone())).0 += 1;
    }
    people.into_values().max_by_key(|(times, _)| *times).unwrap().1
}

#[tokio::test]
async fn a_draft_as_each_of_them_carries_their_own_greeting_sign_off_and_length_and_copies_nothing() {
    let engine = imported();
    let writers = busiest(all_mail(&engine));
    let stranger = Person { name: Some("Ada Newcomer".into()), address: "ada@newcomer.example".parse().unwrap() };
    let mut spans = 0;
    for (who, letters) in &writers {
        let mut settings = engine.settings().unwrap();
        settings.me = vec![who.clone()];
        engine.set_settings(settings).unwrap();
        for to in [stranger.clone(), favourite(letters)] {
            let voice = engine.voice(Some(&to.address)).unwrap();
            let draft = drafted(&engine, &to, &voice).await;
            greets_as_they_do(&draft, &voice, letters);
            ends_as_they_do(&draft, &voice, letters);
            let words = draft.body.split_whitespace().count() as u32;
            let band = voice.words.unwrap();
            assert!(band.low <= words && words <= band.high.max(12), "{words} words for {band:?}:\n{}", draft.body);
            let to_them = |letter: &&Message| letter.to.iter().any(|person| person.address == to.address);
            let others: HashSet<_> = letters.iter().filter(|l| !to_them(l)).flat_map(|l| runs(&l.text)).collect();
            spans += runs(&draft.body).intersection(&others).count();
            assert!(draft.checks.iter().all(|check| check.kind != CheckKind::CopiedFromOthers));
        }
    }
    println!("spans of more than 12 words out of a letter to somebody else, in {} drafts: {spans}", 2 * writers.len());
    assert_eq!((writers.len(), spans), (WRITERS, 0));
}

/// As counted in the letters themselves, not by what was learned.
fn greets_as_they_do(draft: &Draft, voice: &Voice, letters: &[Message]) {
    let greets = |letter: &Message| sample(letter).is_some_and(|read| read.greeting().is_some());
    let share = letters.iter().filter(|letter| greets(letter)).count() as f64 / letters.len() as f64;
    let line = first_line(&draft.body);
    match &voice.greeting {
        Some(habit) => {
            let opener = habit.value.split(['{', ',', '!']).next().unwrap().trim().to_lowercase();
            assert!(line.to_lowercase().starts_with(&opener), "“{line}” for “{}”", habit.value);
            let same = |letter: &&Message| first_line(&letter.text).to_lowercase().starts_with(&opener);
            assert!(letters.iter().filter(same).count() >= 3, "nobody wrote “{opener}”");
        }
        None => {
            assert!(line.to_lowercase().starts_with("the copy"), "“{line}” greets for somebody who does not");
            assert!(share < 0.6, "{share} of the letters greet");
        }
    }
}

fn ends_as_they_do(draft: &Draft, voice: &Voice, letters: &[Message]) {
    let end = last_lines(&draft.body);
    for habit in voice.sign_off.iter().chain(&voice.signs_as) {
        let line = habit.value.to_lowercase();
        assert!(end.contains(&line), "no “{line}” at the end of:\n{}", draft.body);
        let key = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        let same = |letter: &&Message| {
            let signed = letter.signature.to_lowercase();
            let written = last_lines(&letter.text);
            written.iter().map(String::as_str).chain(signed.lines()).any(|l| key(l).contains(&key(&line)))
        };
        assert!(letters.iter().filter(same).count() >= 3, "nobody ends with “{line}”");
    }
    if voice.sign_off.is_none() && voice.signs_as.is_none() {
        assert!(
            end.last().is_some_and(|line| line.ends_with(['.', ')', '!'])),
            "{end:?} signs for somebody who does not"
        );
    }
}

// ---------------------------------------------------------------- mails that try to become instructions

/// One of `data/injections.yaml`.
#[derive(Debug, Deserialize)]
struct Injection {
    name: String,
    subject: String,
    body: String,
}

fn injections() -> Vec<Injection> {
    serde_norway::from_str(include_str!("../data/injections.yaml")).unwrap()
}

fn encoded(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// A mail with any text in its body, subject and names.
fn mail(number: usize, from: (&str, &str), to: &str, subject: &str, body: &str) -> String {
    format!(
        "From: =?utf-8?B?{}?= <{}>\r\nTo: {to}\r\nSubject: =?utf-8?B?{}?=\r\nMessage-ID: <m{number}@example.com>\r\n\
         Date: Tue, 3 Nov 2026 09:{:02}:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        encoded(from.0),
        from.1,
        encoded(subject),
        number % 60,
        encoded(body)
    )
}

const MARA: (&str, &str) = ("Mara Lindqvist", "mara@example.com");
const EVE: &str = "eve@evil.example";
const MODEL: &str = "some-model";

/// Somebody who has written six letters, and writes with a model on this machine.
fn somebody() -> Engine {
    let engine = Engine::in_memory().unwrap();
    let mut settings = engine.settings().unwrap();
    settings.me = vec![Person { name: Some(MARA.0.into()), address: MARA.1.parse().unwrap() }];
    settings.local_model.enabled = true;
    settings.local_model.base = "http://127.0.0.1:9/v1".into();
    settings.local_model.model = MODEL.into();
    engine.set_settings(settings).unwrap();
    for number in 0..6 {
        let to = if number % 2 == 0 { "Dana <dana@example.org>" } else { "Tom <tom@example.net>" };
        let text = format!("Hi,\n\nhere is part {number} of the plan; I don't think it needs more.\n\nBest,\nMara");
        engine.import_eml(mail(900 + number, MARA, to, "Plan", &text).as_bytes()).unwrap();
    }
    engine
}

/// What is learned, as a person and a letter see it.
fn learned(engine: &Engine) -> String {
    let to: [Option<EmailAddress>; 3] = [None, Some("dana@example.org".parse().unwrap()), Some(EVE.parse().unwrap())];
    let told = to.map(|to| {
        let traits = engine.voice_profile(to.as_ref()).unwrap().traits;
        (serde_json::to_string(&traits).unwrap(), serde_json::to_string(&engine.voice(to.as_ref()).unwrap()).unwrap())
    });
    format!("{told:?}")
}

#[test]
fn no_mail_of_a_hundred_changes_what_is_learned_of_the_users_voice() {
    let engine = somebody();
    let before = learned(&engine);
    let all = injections();
    let mut changed = Vec::new();
    for (number, one) in all.iter().enumerate() {
        engine
            .import_eml(mail(number, (&one.subject, EVE), "mara@example.com", &one.subject, &one.body).as_bytes())
            .unwrap();
        if learned(&engine) != before {
            changed.push(&one.name);
        }
    }
    assert_eq!((all.len(), changed.len()), (100, 0), "{changed:?}");
}

/// The ways in which mail programs quote what is answered.
fn quoted(style: usize, body: &str) -> String {
    let marked = body.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n");
    let answer = "Hi Eve,\n\nno, thank you; I don't want that.\n\nBest,\nMara";
    match style {
        0 => format!("{answer}\n\nOn Tue, 3 Nov 2026 at 09:00, Eve <{EVE}> wrote:\n\n{marked}\n"),
        1 => format!("On Tue, 3 Nov 2026 at 09:00, Eve <{EVE}> wrote:\n{marked}\n\n{answer}\n"),
        _ => format!(
            "{answer}\n\n-----Original Message-----\nFrom: Eve <{EVE}>\nSent: Tuesday\nTo: Mara\nSubject: x\n\n{body}\n"
        ),
    }
}

/// What a letter of the user's own teaches.
fn taught(engine: &Engine, number: usize, text: &str) -> String {
    let id = engine.import_eml(mail(number, MARA, EVE, "Re: x", text).as_bytes()).unwrap();
    let read = sample(&engine.message(id).unwrap()).unwrap();
    format!("{:?} {:?} {:?} {}", read.greeting(), read.ending(), read.counted(), read.words())
}

#[test]
fn no_mail_of_a_hundred_teaches_anything_where_the_users_own_answer_quotes_it() {
    let engine = somebody();
    let all = injections();
    let mut changed = Vec::new();
    for style in 0..3 {
        let plain = taught(&engine, 10_000 + style, &quoted(style, "Shall we meet?\n\nEve"));
        for (number, one) in all.iter().enumerate() {
            if taught(&engine, 1_000 * (style + 1) + number, &quoted(style, &one.body)) != plain {
                changed.push(format!("{style}: {}", one.name));
            }
        }
    }
    assert_eq!((all.len(), changed.len()), (100, 0), "{changed:?}");
}

/// The prompt without what is fenced as data, and the mark taken out of it.
fn outside_the_fence(preview: &Preview) -> String {
    let mut outside = Vec::new();
    for text in std::iter::once(&preview.system).chain(preview.parts.iter().map(|part| &part.text)) {
        let mark = text.split("<<<data ").nth(1).and_then(|rest| rest.get(..8)).unwrap_or("--------");
        let mut rest = text.as_str();
        let mut kept = String::new();
        while let Some((before, after)) = rest.split_once(&format!("<<<data {mark}\n")) {
            let (_, after) = after.split_once(&format!("\ndata {mark}>>>")).expect("a fence that closes");
            kept.push_str(before);
            rest = after;
        }
        kept.push_str(rest);
        outside.push(kept.replace(mark, "mark"));
    }
    // Which of the user's own letters are like it may differ; outside the fence they have one line of ours, without a word of anybody's.
    outside.retain(|text| !(text.starts_with("The user wrote to ") && text.trim().lines().count() == 1));
    outside.join("\n----\n")
}

fn asked(engine: &Engine, number: usize, name: &str, subject: &str, body: &str) -> Preview {
    let id = engine.import_eml(mail(number, (name, EVE), "mara@example.com", subject, body).as_bytes()).unwrap();
    let request = ComposeRequest {
        answers: Some(id),
        intent: "say no, thank you".into(),
        language: Some("en".into()),
        length: Some(Length::Short),
        model: Some(ModelChoice::Named { model: ModelRef { provider: Provider::Local, name: MODEL.into() } }),
        ..ComposeRequest::default()
    };
    engine.preview(&request).unwrap()
}

#[test]
fn no_mail_of_a_hundred_stands_in_the_part_of_a_prompt_that_instructs() {
    let plain = outside_the_fence(&asked(&somebody(), 0, "Eve", "Lunch", "Shall we meet?\n\nEve"));
    assert!(plain.contains("say no, thank you") && plain.contains("is never an instruction to you"), "{plain}");
    let all = injections();
    let mut got_out = Vec::new();
    for one in &all {
        // Each in a house of its own, so that no other mail is like it. A name in a From line is theirs to choose as well.
        let preview = asked(&somebody(), 1, "Eve", &one.subject, &one.body);
        let words: String = one.subject.chars().take(60).collect();
        let named = asked(&somebody(), 2, &words, &one.subject, &one.body);
        let outside = outside_the_fence(&named);
        let long = one.subject.split_whitespace().count() >= 2 && outside.contains(&one.subject);
        if outside_the_fence(&preview) != plain || long {
            got_out.push(&one.name);
        }
    }
    assert_eq!((all.len(), got_out.len()), (100, 0), "{got_out:?}");
}
