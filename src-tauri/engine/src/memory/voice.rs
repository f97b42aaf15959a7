//! The user's habits, counted from their sent mail: greeting, sign-off, name, length, language; to one person, to their house, to people or
//! lists, to everybody. It counts what was done and invents nothing: a writer who never greets gets no greeting.

use super::manners::{
    self, Ending, Greeting, Whom, closing_language, first_name, full_name, of_language, primary, read_ending,
    read_greeting,
};
use super::words::fold;
use crate::api::{Habit, Message, Person, Tone, Voice, WordBand};
use std::collections::{HashMap, HashSet};

/// From how many letters on a habit is one.
pub const ENOUGH: u32 = 3;

/// What one sent letter shows.
#[derive(Debug, Clone)]
pub struct Sample {
    to: Vec<String>,
    greeting: Option<Greeting>,
    ending: Ending,
    words: u32,
    language: Option<String>,
}

/// What a letter of the user's own shows of their habits; `None` where they wrote nothing in it.
#[must_use]
pub fn sample(message: &Message) -> Option<Sample> {
    let words = message.text.split_whitespace().count() as u32;
    let first = message.text.lines().map(str::trim).find(|l| !l.is_empty() && !is_attribution(l))?;
    if is_forwarded(&message.text) {
        return None;
    }
    let names: Vec<String> = message.to.iter().chain(&message.cc).filter_map(first_name).collect();
    let own = message.from.as_ref().map(manners::name_words).unwrap_or_default();
    Some(Sample {
        to: message.to.iter().map(|p| p.address.folded()).collect(),
        greeting: read_greeting(first, &names),
        ending: read_ending(&message.text, &message.signature, &own),
        words,
        language: message.language.clone(),
    })
}

/// Somebody else's text passed on says nothing of the user's own habits.
fn is_forwarded(text: &str) -> bool {
    let start = text.lines().map(str::trim).find(|l| !l.is_empty()).map(fold).unwrap_or_default();
    let marks = [
        "forwarded text",
        "forwarded message",
        "original message",
        "begin pgp signed",
        "weitergeleitete nachricht",
        "message transfere",
    ];
    start.starts_with("--") && marks.iter().any(|m| start.contains(m))
}

/// `On Friday Dana wrote:` is the program's, not the writer's.
fn is_attribution(line: &str) -> bool {
    let folded = fold(line);
    line.ends_with(':')
        && ["wrote", "writes", "said", "schrieb", "a ecrit", "escribio", "ha scritto"]
            .iter()
            .any(|w| folded.contains(w))
        || line.starts_with('>')
}

/// The addresses that are mailing lists: several people write to them, and nobody writes from them.
#[derive(Debug, Default, Clone)]
pub struct Lists {
    writers: HashMap<String, HashSet<u64>>,
    from: HashSet<String>,
}

impl Lists {
    /// Counts one message.
    pub fn count(&mut self, message: &Message) {
        let Some(from) = &message.from else { return };
        let from = from.address.folded();
        let writer = u64::from_le_bytes(std::array::from_fn(|i| blake3::hash(from.as_bytes()).as_bytes()[i]));
        for person in message.to.iter().chain(&message.cc) {
            self.writers.entry(person.address.folded()).or_default().insert(writer);
        }
        self.from.insert(from);
    }

    /// Whether this address is one.
    #[must_use]
    pub fn contains(&self, folded_address: &str) -> bool {
        self.writers.get(folded_address).is_some_and(|w| w.len() >= 3) && !self.from.contains(folded_address)
    }
}

/// How the user writes to `to`: as counted to them, else to their domain, else to their kind (lists or people), else to everybody; the first
/// of these with [`ENOUGH`] letters. `Voice::to` is set only where the habits are of letters to that very person.
#[must_use]
pub fn voice(samples: &[Sample], lists: &Lists, to: Option<&Person>) -> Voice {
    let Some(to) = to else { return counted(&samples.iter().collect::<Vec<_>>(), None) };
    let address = to.address.folded();
    let house = format!("@{}", to.address.domain());
    let is_list = lists.contains(&address);
    let about = |keep: &dyn Fn(&Sample) -> bool| samples.iter().filter(|s| keep(s)).collect::<Vec<&Sample>>();
    let person = about(&|s| s.to.first() == Some(&address) || (s.to.len() <= 3 && s.to.contains(&address)));
    if person.len() as u32 >= ENOUGH {
        return counted(&person, Some(to));
    }
    let shared = FREE_MAIL.contains(&to.address.domain());
    let colleagues = about(&|s| !is_list && !shared && s.to.iter().any(|a| a.ends_with(&house) && !lists.contains(a)));
    let kind = about(&|s| s.to.first().is_some_and(|a| lists.contains(a)) == is_list);
    let nearest = [colleagues, kind].into_iter().find(|found| found.len() as u32 >= ENOUGH);
    counted(&nearest.unwrap_or_else(|| samples.iter().collect()), None)
}

/// Domains whose people have nothing in common.
const FREE_MAIL: [&str; 10] = [
    "gmail.com",
    "googlemail.com",
    "hotmail.com",
    "outlook.com",
    "yahoo.com",
    "aol.com",
    "icloud.com",
    "gmx.de",
    "gmx.net",
    "web.de",
];

fn counted(samples: &[&Sample], person: Option<&Person>) -> Voice {
    let of = samples.len() as u32;
    let greeting = |s: &&Sample| s.greeting.as_ref().map(|g| if person.is_some() { g.line() } else { g.pattern() });
    Voice {
        to: person.cloned(),
        samples: of,
        greeting: most(samples.iter().filter_map(greeting), of, 2),
        sign_off: most(samples.iter().filter_map(|s| s.ending.closing.clone()), of, 3),
        signs_as: most(samples.iter().filter_map(|s| s.ending.name.clone()), of, 5)
            .or_else(|| recurring(samples.iter().filter_map(|s| s.ending.perhaps.clone()), of)),
        words: quartiles(samples.iter().map(|s| s.words).collect()),
        language: most(samples.iter().filter_map(|s| s.language.clone()), 0, 1).map(|h| h.value),
    }
}

/// The value done most, if the thing is done in at least one of `share` letters; forms that differ in case and marks alone count as one.
fn most(values: impl Iterator<Item = String>, of: u32, share: u32) -> Option<Habit> {
    let mut groups: HashMap<String, HashMap<String, u32>> = HashMap::new();
    let mut all = 0;
    for value in values {
        all += 1;
        let key: String =
            fold(&value).chars().filter(|c| c.is_alphanumeric() || c.is_whitespace() || *c == '{').collect();
        *groups.entry(key.trim().to_owned()).or_default().entry(value).or_default() += 1;
    }
    if all == 0 || all * share < of {
        return None;
    }
    let group = groups.into_values().max_by_key(|forms| (forms.values().sum::<u32>(), forms.keys().max().cloned()))?;
    let times = group.values().sum();
    let (value, _) = group.into_iter().max_by_key(|(form, count)| (*count, form.clone()))?;
    Some(Habit { value, times, of: of.max(all) })
}

/// The value done most, if that very one was done in [`ENOUGH`] letters and in one of five.
fn recurring(values: impl Iterator<Item = String>, of: u32) -> Option<Habit> {
    most(values, 0, 1).map(|habit| Habit { of, ..habit }).filter(|h| h.times >= ENOUGH && h.times * 5 >= of)
}

fn quartiles(mut counts: Vec<u32>) -> Option<WordBand> {
    counts.sort_unstable();
    let at = |share: f64| counts.get(((counts.len().saturating_sub(1)) as f64 * share).round() as usize).copied();
    Some(WordBand { low: at(0.25)?, median: at(0.5)?, high: at(0.75)? })
}

// ---------------------------------------------------------------- the habits at work

/// The greeting line for these recipients, by habit where the language and the tone allow it, else as is usual in that language. `None`: this
/// writer does not greet (or nothing is known of the language).
#[must_use]
pub fn greeting_for(voice: &Voice, to: &[Person], language: &str, tone: Tone) -> Option<String> {
    let asked = matches!(tone, Tone::Formal | Tone::Friendly | Tone::Warm);
    if voice.samples < ENOUGH || (voice.greeting.is_none() && asked) {
        return usual_greeting(to, language, tone);
    }
    let line = &voice.greeting.as_ref()?.value;
    let habit = read_greeting(
        &line.replace("{name}", "Name").replace("{full}", "Full"),
        &["Name".to_owned(), "Full".to_owned()],
    )?;
    let known = manners::languages_of(&habit.opener);
    let speaks = habit.opener.is_empty()
        || known.contains(&primary(language))
        || (known.is_empty() && voice.language.as_deref().is_none_or(|l| primary(l) == primary(language)));
    let fits = match tone {
        Tone::Formal => manners::is_formal(&habit.opener, language),
        Tone::Friendly => !manners::is_formal(&habit.opener, language),
        _ => true,
    };
    if !speaks || !fits { usual_greeting(to, language, tone) } else { Some(greet(&habit, voice, to, language)) }
}

/// The habit's line with these people in place.
fn greet(habit: &Greeting, voice: &Voice, to: &[Person], language: &str) -> String {
    let Whom::Name(name) = &habit.whom else { return habit.line() };
    let learned_to = voice.to.as_ref().map(|p| p.address.folded());
    let same = |p: &Person| Some(p.address.folded()) == learned_to;
    let tone = if manners::is_formal(&habit.opener, language) { Tone::Formal } else { Tone::AsIWrite };
    if manners::is_gendered(&habit.opener) && !(to.len() == 1 && to.iter().all(same)) {
        return usual_greeting(to, language, tone).unwrap_or_default();
    }
    let name_of = |p: &Person| match name.as_str() {
        "Full" => full_name(p),
        "Name" => first_name(p),
        learned if same(p) => Some(learned.to_owned()),
        _ => first_name(p),
    };
    let names: Option<Vec<String>> = to.iter().map(name_of).collect();
    let and = of_language(language).map_or("and", |l| l.and.as_str());
    match names.as_deref() {
        Some([one]) => habit.with(one),
        Some([one, two]) => habit.with(&format!("{one} {and} {two}")),
        Some([_, _, _, ..]) => of_language(language).map_or_else(|| habit.line(), |l| l.greetings.many.clone()),
        _ if tone == Tone::Formal || habit.opener.is_empty() => {
            usual_greeting(to, language, Tone::AsIWrite).unwrap_or_default()
        }
        _ => format!("{}{}", habit.opener, habit.tail),
    }
}

fn usual_greeting(to: &[Person], language: &str, tone: Tone) -> Option<String> {
    let usual = &of_language(language)?.greetings;
    let line = match tone {
        Tone::Formal => &usual.formal,
        Tone::Friendly => &usual.friendly,
        Tone::Warm => &usual.warm,
        Tone::AsIWrite | Tone::Direct => &usual.plain,
    };
    let and = of_language(language).map_or("and", |l| l.and.as_str());
    let name = |p: &Person| if line.contains("{full}") { full_name(p) } else { first_name(p) };
    let names: Option<Vec<String>> = to.iter().map(name).collect();
    let fill = |name: &str| line.replace("{name}", name).replace("{full}", name);
    Some(match names.as_deref() {
        Some([one]) => fill(one),
        Some([one, two]) => fill(&format!("{one} {and} {two}")),
        _ if to.len() >= 2 && tone == Tone::Formal => usual.formal_many.clone(),
        _ if to.len() >= 2 => usual.many.clone(),
        _ => usual.nobody.clone(),
    })
}

/// The lines a letter ends with: sign-off and name, by habit where the language and the tone allow it. Empty for a writer who just stops.
#[must_use]
pub fn sign_off_for(voice: &Voice, me: Option<&Person>, language: &str, tone: Tone) -> String {
    let known = voice.samples >= ENOUGH;
    let asked = matches!(tone, Tone::Formal | Tone::Friendly | Tone::Warm);
    let usual = of_language(language).map(|l| match tone {
        Tone::AsIWrite => &l.sign_offs.plain,
        Tone::Direct => &l.sign_offs.direct,
        Tone::Formal => &l.sign_offs.formal,
        Tone::Friendly => &l.sign_offs.friendly,
        Tone::Warm => &l.sign_offs.warm,
    });
    let habit = voice.sign_off.as_ref().map(|h| h.value.as_str()).filter(|_| known);
    let speaks = |line: &&str| closing_language(line).is_some_and(|known| known.contains(&primary(language)));
    let closing = match habit {
        Some(line) if !asked && speaks(&line) => Some(line.to_owned()),
        None if known && !asked => None,
        _ => usual.cloned(),
    };
    let habit = voice.signs_as.as_ref().map(|h| h.value.clone()).filter(|_| known);
    let given =
        me.and_then(|me| if tone == Tone::Formal { full_name(me) } else { first_name(me) }.or_else(|| me.name.clone()));
    let name = if tone == Tone::Formal {
        given.or(habit)
    } else {
        habit.or(given.filter(|_| !known || asked || closing.is_some()))
    };
    [closing, name].into_iter().flatten().filter(|l| !l.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
#[path = "voice_tests.rs"]
mod tests;
