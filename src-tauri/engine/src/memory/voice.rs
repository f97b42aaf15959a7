//! The user's voice, learned from their sent mail: greeting, sign-off, length, and how the text between them runs; to one person, to their
//! house, to people or lists, to everybody. It counts what was done and invents nothing: a writer who never greets gets no greeting.

pub(crate) mod corrections;
mod examples;
mod frame;
mod groups;
mod learn;
pub mod letter;
pub(crate) mod say;

pub use frame::{greeting_for, sign_off_for};
pub use groups::{ENOUGH, Lists};

use super::manners::{self, Ending, Greeting, first_name, read_ending, read_greeting};
use super::words::fold;
use crate::api::{Habit, Message, Person, TraitKind, TraitState, TraitValue, Voice, VoiceGroup};
use crate::ids::MessageId;
use corrections::Corrections;
use groups::Near;
use letter::Counted;

/// A trait of the text less sure than this is not written by.
const SURE_ENOUGH: f64 = 0.4;

/// What one sent letter shows.
#[derive(Debug, Clone)]
pub struct Sample {
    message: MessageId,
    date: Option<crate::api::UnixMillis>,
    to: Vec<String>,
    /// The domain it was written from.
    house: String,
    greeting: Option<Greeting>,
    ending: Ending,
    words: u32,
    language: Option<String>,
    counted: Counted,
}

impl Sample {
    /// Its greeting, taken apart.
    #[must_use]
    pub fn greeting(&self) -> Option<&Greeting> {
        self.greeting.as_ref()
    }

    /// How it ended.
    #[must_use]
    pub fn ending(&self) -> &Ending {
        &self.ending
    }

    /// What its text shows.
    #[must_use]
    pub fn counted(&self) -> &Counted {
        &self.counted
    }

    /// All its words, greeting and sign-off too.
    #[must_use]
    pub fn words(&self) -> u32 {
        self.words
    }
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
    let greeting = read_greeting(first, &names);
    let ending = read_ending(&message.text, &message.signature, &own);
    Some(Sample {
        message: message.id,
        date: message.date,
        to: message.to.iter().map(|p| p.address.folded()).collect(),
        house: message.from.as_ref().map(|p| p.address.domain().to_lowercase()).unwrap_or_default(),
        counted: letter::count(&message.text, greeting.as_ref(), &ending, message.language.as_deref()),
        greeting,
        ending,
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

// ---------------------------------------------------------------- what is learned

/// How often something was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    times: u32,
    of: u32,
    group: VoiceGroup,
}

impl From<(u32, u32, VoiceGroup)> for Seen {
    fn from((times, of, group): (u32, u32, VoiceGroup)) -> Self {
        Self { times, of, group }
    }
}

/// A trait as learned.
#[derive(Debug, Clone, PartialEq)]
struct Found {
    kind: TraitKind,
    value: TraitValue,
    /// 0 to 1.
    confidence: f64,
    seen: Seen,
    /// The emoji used most.
    sign: Option<String>,
    /// Other languages; what speaks for a degree of formality.
    others: Vec<String>,
}

impl Found {
    fn unknown(kind: TraitKind) -> Self {
        let seen = Seen { times: 0, of: 0, group: VoiceGroup::Everybody };
        Self { kind, value: TraitValue::Unknown, confidence: 0.0, seen, sign: None, others: vec![] }
    }
}

/// How the user writes to `to`: what letters to them, to their house, to their kind and to everybody show, the nearest counting most.
/// `Voice::to` is set only where the habits are of letters to that very person.
#[must_use]
pub fn voice(samples: &[Sample], lists: &Lists, to: Option<&Person>) -> Voice {
    corrected(samples, lists, to, &Corrections::default())
}

/// The same, with what the user set and switched off.
pub(crate) fn corrected(samples: &[Sample], lists: &Lists, to: Option<&Person>, corrections: &Corrections) -> Voice {
    let near = Near::new(samples, lists, to);
    let base = near.base();
    let greets_them = corrections.own(TraitKind::Greeting).is_some_and(|(_, here)| here);
    let theirs = base.group == VoiceGroup::Person || greets_them;
    let mut voice =
        Voice { to: to.filter(|_| theirs).cloned(), samples: base.at.len() as u32, ..Voice::default() };
    for found in learn::traits(&near) {
        match corrections.state(found.kind).0 {
            TraitState::Off => voice.off.push(found.kind),
            TraitState::Own => {
                voice.own.push(found.kind);
                let value = corrections.own(found.kind).map(|(value, _)| value.clone());
                let none = Seen { times: 0, of: 0, group: VoiceGroup::Everybody };
                set(&mut voice, &Found { value: value.unwrap_or(TraitValue::Unknown), seen: none, ..found });
            }
            TraitState::Learned if is_of_the_frame(found.kind) || found.confidence >= SURE_ENOUGH => set(&mut voice, &found),
            TraitState::Learned => {}
        }
    }
    voice
}

/// What a letter is framed and measured by; how sure it is, its own counts tell.
fn is_of_the_frame(kind: TraitKind) -> bool {
    use TraitKind::{Greeting, Language, Length, SignOff, SignsAs};
    matches!(kind, Greeting | SignOff | SignsAs | Length | Language)
}

fn set(voice: &mut Voice, found: &Found) {
    let Seen { times, of, .. } = found.seen;
    let habit = || match &found.value {
        TraitValue::Line { line } => Some(Habit { value: line.clone(), times, of }),
        _ => None,
    };
    let band = || match found.value {
        TraitValue::Band { band } => Some(band),
        _ => None,
    };
    let often = match found.value {
        TraitValue::Often { often } => Some(often),
        _ => None,
    };
    let style = &mut voice.style;
    match found.kind {
        TraitKind::Greeting => voice.greeting = habit(),
        TraitKind::SignOff => voice.sign_off = habit(),
        TraitKind::SignsAs => voice.signs_as = habit(),
        TraitKind::Length => voice.words = band(),
        TraitKind::Language => {
            if let TraitValue::Language { tag } = &found.value {
                voice.language = Some(tag.clone());
            }
        }
        TraitKind::Formality => {
            if let TraitValue::Formal { formality } = found.value {
                style.formality = Some(formality);
            }
        }
        TraitKind::Sentences => style.sentences = band(),
        TraitKind::Paragraphs => style.paragraphs = band(),
        TraitKind::Emoji => (style.emoji, style.sign) = (often, found.sign.clone()),
        TraitKind::Contractions => style.contractions = often,
        TraitKind::Exclamations => style.exclamations = often,
        TraitKind::Ellipses => style.ellipses = often,
        TraitKind::Dashes => style.dashes = often,
        TraitKind::Semicolons => style.semicolons = often,
        TraitKind::LowerCase => style.lower_case = often,
        TraitKind::DoubleSpace => style.double_space = often,
    }
}

#[cfg(test)]
#[path = "voice_tests.rs"]
mod tests;
