//! Traits in our own words: to the user who reads what was learned, and to a model that is to write so. What was learned from mail goes in
//! only as a number, a level, or a line that was checked.

use super::Found;
use crate::api::{Formality, HowOften, Person, Style, TraitKind, TraitValue, VoiceGroup};
use crate::language;

/// The trait as a sentence to the user.
pub(super) fn says(found: &Found) -> String {
    let (kind, sign, others) = (found.kind, found.sign.as_deref(), &found.others);
    match &found.value {
        TraitValue::Unknown => "Too little is known yet.".to_owned(),
        TraitValue::Nothing => nothing(kind).to_owned(),
        TraitValue::Line { line } => format!("{} “{}”.", line_verb(kind), shown(line)),
        TraitValue::Band { band } if band.low == band.high => format!("{} about {}.", band_of(kind).0, many(band.median, kind)),
        TraitValue::Band { band } => {
            format!("{} {} to {}, about {} as a rule.", band_of(kind).0, band.low, many(band.high, kind), band.median)
        }
        TraitValue::Often { often } => often_says(kind, *often, sign),
        TraitValue::Formal { formality } => match formality {
            Formality::Casual => "You write casually.".to_owned(),
            Formality::Neutral => "You write neither casually nor formally.".to_owned(),
            Formality::Formal => "You write formally.".to_owned(),
        },
        TraitValue::Language { tag } => {
            let more: Vec<&str> = others.iter().map(|tag| language::name(tag)).collect();
            let also = if more.is_empty() { String::new() } else { format!(", and at times in {}", more.join(" and ")) };
            format!("You write in {}{also}.", language::name(tag))
        }
    }
}

fn shown(line: &str) -> String {
    line.replace("{name}", "(first name)").replace("{full}", "(title and name)")
}

fn nothing(kind: TraitKind) -> &'static str {
    match kind {
        TraitKind::Greeting => "You begin without a greeting.",
        TraitKind::SignOff => "You end without a sign-off.",
        _ => "You leave your name off.",
    }
}

fn line_verb(kind: TraitKind) -> &'static str {
    match kind {
        TraitKind::Greeting => "You begin with",
        TraitKind::SignOff => "You end with",
        _ => "You sign as",
    }
}

fn band_of(kind: TraitKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        TraitKind::Length => ("Your letters have", "word", "words"),
        TraitKind::Sentences => ("Your sentences have", "word", "words"),
        _ => ("Your letters have", "paragraph", "paragraphs"),
    }
}

fn many(count: u32, kind: TraitKind) -> String {
    let (_, one, more) = band_of(kind);
    format!("{count} {}", if count == 1 { one } else { more })
}

/// What a habit is called.
fn habit(kind: TraitKind) -> &'static str {
    match kind {
        TraitKind::Contractions => "contractions",
        TraitKind::Emoji => "emoji or emoticons",
        TraitKind::Exclamations => "exclamation marks",
        TraitKind::Ellipses => "three dots",
        TraitKind::Dashes => "dashes",
        TraitKind::Semicolons => "semicolons",
        TraitKind::LowerCase => "lower case at the beginning of a sentence",
        _ => "two spaces after a sentence",
    }
}

fn often_says(kind: TraitKind, often: HowOften, sign: Option<&str>) -> String {
    let what = habit(kind);
    let shows = match (kind, sign) {
        (TraitKind::Emoji, Some(sign)) => format!(" ({sign})"),
        (TraitKind::Contractions, _) => " (don’t, I’m)".to_owned(),
        _ => String::new(),
    };
    match often {
        HowOften::Never if kind == TraitKind::DoubleSpace => "You put one space after a sentence.".to_owned(),
        HowOften::Never if kind == TraitKind::LowerCase => "You begin sentences with a capital.".to_owned(),
        HowOften::Never => format!("You use no {what}."),
        HowOften::Sometimes => format!("You use {what}{shows} now and then."),
        HowOften::Often => format!("You use {what}{shows}."),
    }
}

/// Whose letters something was counted in.
pub(super) fn basis(group: VoiceGroup, letters: u32, to: Option<&Person>) -> String {
    let count = if letters == 1 { "1 letter".to_owned() } else { format!("{letters} letters") };
    let name = || to.map(|p| p.name.clone().unwrap_or_else(|| p.address.to_string())).unwrap_or_default();
    match group {
        VoiceGroup::Person => format!("{count} to {}", name()),
        VoiceGroup::Colleagues => format!("{count} to people of your own domain"),
        VoiceGroup::Domain => format!("{count} to people at {}", to.map_or("", |p| p.address.domain())),
        VoiceGroup::Strangers => format!("{count}, each the first to somebody"),
        VoiceGroup::Lists => format!("{count} to mailing lists"),
        VoiceGroup::People => format!("{count} to people, not lists"),
        VoiceGroup::Everybody => format!("{count} of yours"),
    }
}

/// What a model is told of the text's manner; nothing where nothing is known.
pub(crate) fn manner(style: &Style) -> Option<String> {
    let mut told: Vec<String> = Vec::new();
    if let Some(band) = style.sentences.filter(|band| band.median > 0) {
        told.push(format!("sentences of about {} words, mostly {} to {}", band.median, band.low, band.high));
    }
    if let Some(band) = style.paragraphs.filter(|band| band.median > 0) {
        told.push(if band.median == 1 { "one paragraph".into() } else { format!("about {} paragraphs", band.median) });
    }
    if let Some(formality) = style.formality {
        told.push(
            match formality {
                Formality::Casual => "a casual tone",
                Formality::Neutral => "a tone neither casual nor formal",
                Formality::Formal => "a formal tone",
            }
            .into(),
        );
    }
    told.extend(habits(style).into_iter().filter_map(|(kind, often)| {
        let what = habit(kind);
        match often? {
            HowOften::Never if kind == TraitKind::DoubleSpace => None,
            HowOften::Never if kind == TraitKind::LowerCase => None,
            HowOften::Never => Some(format!("no {what}")),
            HowOften::Sometimes => None,
            HowOften::Often => match (&style.sign, kind) {
                (Some(sign), TraitKind::Emoji) => Some(format!("{what} where they fit, as in {sign}")),
                _ => Some(format!("{what} where they fit")),
            },
        }
    }));
    (!told.is_empty()).then(|| format!("The user's own manner here: {}.", told.join("; ")))
}

fn habits(style: &Style) -> [(TraitKind, Option<HowOften>); 8] {
    [
        (TraitKind::Contractions, style.contractions),
        (TraitKind::Emoji, style.emoji),
        (TraitKind::Exclamations, style.exclamations),
        (TraitKind::Ellipses, style.ellipses),
        (TraitKind::Dashes, style.dashes),
        (TraitKind::Semicolons, style.semicolons),
        (TraitKind::LowerCase, style.lower_case),
        (TraitKind::DoubleSpace, style.double_space),
    ]
}
