//! The frame of a letter: its greeting and its end, by the writer's habit where language and tone allow it, else as is usual. Pure.

use super::ENOUGH;
use crate::api::{Person, Tone, TraitKind, Voice};
use crate::memory::manners::{
    self, Greeting, Whom, closing_language, first_name, full_name, of_language, primary, read_greeting,
};

/// The greeting line for these recipients, by habit where the language and the tone allow it, else as is usual in that language. `None`: this
/// writer does not greet (or nothing is known of the language).
#[must_use]
pub fn greeting_for(voice: &Voice, to: &[Person], language: &str, tone: Tone) -> Option<String> {
    let asked = matches!(tone, Tone::Formal | Tone::Friendly | Tone::Warm);
    let own = voice.own.contains(&TraitKind::Greeting);
    if !knows(voice, TraitKind::Greeting) || (voice.greeting.is_none() && asked) {
        return usual_greeting(to, language, tone);
    }
    let line = &voice.greeting.as_ref()?.value;
    let read = read_greeting(
        &line.replace("{name}", "Name").replace("{full}", "Full"),
        &["Name".to_owned(), "Full".to_owned()],
    );
    let Some(habit) = read else {
        return own.then(|| in_their_words(line, to, language)); // a greeting of their own that no list knows
    };
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

/// Whether letters go by this trait: it was set, or enough letters show it, and it is not switched off.
fn knows(voice: &Voice, kind: TraitKind) -> bool {
    voice.own.contains(&kind) || (voice.samples >= ENOUGH && !voice.off.contains(&kind))
}

/// A greeting the user set, with these people's names where it has blanks; without them where they have none.
fn in_their_words(line: &str, to: &[Person], language: &str) -> String {
    let name = |p: &Person| if line.contains("{full}") { full_name(p) } else { first_name(p) };
    let names: Option<Vec<String>> = to.iter().map(name).collect();
    let and = of_language(language).map_or("and", |l| l.and.as_str());
    let name = match names.as_deref() {
        Some([one]) => one.clone(),
        Some([one, two]) => format!("{one} {and} {two}"),
        _ => return line.replace(" {name}", "").replace(" {full}", "").replace("{name}", "").replace("{full}", ""),
    };
    line.replace("{name}", &name).replace("{full}", &name)
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
    let known = knows(voice, TraitKind::SignOff);
    let own = voice.own.contains(&TraitKind::SignOff);
    let asked = matches!(tone, Tone::Formal | Tone::Friendly | Tone::Warm);
    let usual = of_language(language).map(|l| match tone {
        Tone::AsIWrite => &l.sign_offs.plain,
        Tone::Direct => &l.sign_offs.direct,
        Tone::Formal => &l.sign_offs.formal,
        Tone::Friendly => &l.sign_offs.friendly,
        Tone::Warm => &l.sign_offs.warm,
    });
    let habit = voice.sign_off.as_ref().map(|h| h.value.as_str()).filter(|_| known);
    let speaks = |line: &&str| match closing_language(line) {
        Some(known) => known.contains(&primary(language)),
        None => own,
    };
    let closing = match habit {
        Some(line) if !asked && speaks(&line) => Some(line.to_owned()),
        None if known && !asked => None,
        _ => usual.cloned(),
    };
    let known = knows(voice, TraitKind::SignsAs);
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
