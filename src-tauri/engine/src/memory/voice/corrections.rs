//! What the user says of their own voice: a trait set, switched off, or let be learned again; for one person or for everybody. It is theirs,
//! and no mail can write it.

use super::examples::choose;
use super::groups::Near;
use super::{Found, learn, say};
use crate::Engine;
use crate::api::{
    EmailAddress, Message, Person, TraitCorrection, TraitKind, TraitState, TraitValue, Voice, VoiceExample,
    VoiceProfile, VoiceTrait,
};
use crate::error::{Error, Result};
use crate::memory::manners::read_greeting;
use crate::store::Keep;
use crate::store::tables::VOICE_CORRECTIONS;
use serde::{Deserialize, Serialize};

/// The longest line a person may set, in characters.
const LONGEST_LINE: usize = 80;
/// The largest number of words or paragraphs that means anything.
const LARGEST: u32 = 5_000;
/// How much of an example is shown, in characters.
const EXCERPT: usize = 400;
/// How many examples are shown.
const EXAMPLES: usize = 3;

/// One row: what the user says of one trait, to one person or to everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionRow {
    to: Option<EmailAddress>,
    kind: TraitKind,
    value: Option<TraitValue>,
    on: bool,
}

/// What the user says of the traits, seen from one recipient.
#[derive(Debug, Clone, Default)]
pub(crate) struct Corrections {
    here: Vec<CorrectionRow>,
    everywhere: Vec<CorrectionRow>,
}

impl Corrections {
    fn rows(&self, kind: TraitKind) -> impl Iterator<Item = (&CorrectionRow, bool)> {
        let here = self.here.iter().map(|row| (row, true));
        here.chain(self.everywhere.iter().map(|row| (row, false))).filter(move |(row, _)| row.kind == kind)
    }

    /// Who has the say over a trait, and whether that was said for this very person.
    pub(super) fn state(&self, kind: TraitKind) -> (TraitState, bool) {
        match self.rows(kind).next() {
            Some((row, here)) if !row.on => (TraitState::Off, here),
            _ => self.own(kind).map_or((TraitState::Learned, false), |(_, here)| (TraitState::Own, here)),
        }
    }

    /// What the user set, and whether for this very person.
    pub(super) fn own(&self, kind: TraitKind) -> Option<(&TraitValue, bool)> {
        self.rows(kind).find_map(|(row, here)| Some((row.value.as_ref()?, here)))
    }
}

impl Engine {
    /// What was learned of the user's voice, and what they made of it: to this person, or to everybody.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn voice_profile(&self, to: Option<&EmailAddress>) -> Result<VoiceProfile> {
        let corrections = self.corrections(to)?;
        let used = self.settings()?.memory.use_voice;
        let (mut profile, shown) = {
            let held = self.remembered()?;
            let to = to.map(|address| held.person(address));
            let near = Near::new(&held.samples, &held.lists, to.as_ref());
            (profile(&near, &corrections, used, held.samples.len()), choose(&near, EXAMPLES))
        };
        for id in shown {
            match self.message(id) {
                Ok(message) => profile.examples.push(example(message)),
                Err(Error::NotFound { .. }) => {} // it went since
                Err(error) => return Err(error),
            }
        }
        Ok(profile)
    }

    /// Sets a trait, or lets it be learned again.
    ///
    /// # Errors
    /// `bad_input` naming `value` where it does not fit the trait; `store_broken`.
    pub fn correct_trait(&self, correction: &TraitCorrection) -> Result<VoiceProfile> {
        let TraitCorrection { to, kind, value } = correction.clone();
        let value = value.map(|value| checked(kind, value, to.is_none())).transpose()?;
        self.put_correction(CorrectionRow { to: to.clone(), kind, value, on: true })?;
        self.voice_profile(to.as_ref())
    }

    /// Switches a trait off, or on again: switched off, letters are written as if nothing was known of it. What was set is kept.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn switch_trait(&self, to: Option<&EmailAddress>, kind: TraitKind, on: bool) -> Result<VoiceProfile> {
        let known = self.corrections(to)?;
        let rows = if to.is_some() { known.here } else { known.everywhere };
        let value = rows.into_iter().find(|row| row.kind == kind).and_then(|row| row.value);
        self.put_correction(CorrectionRow { to: to.cloned(), kind, value, on })?;
        self.voice_profile(to)
    }

    /// The voice letters to this person are written by; nothing at all where the user does not want it used.
    pub(crate) fn voice_in_use(&self, to: Option<&EmailAddress>) -> Result<Voice> {
        if !self.settings()?.memory.use_voice {
            return Ok(Voice::default());
        }
        let corrections = self.corrections(to)?;
        let held = self.remembered()?;
        let person = to.map(|address| held.person(address));
        Ok(super::corrected(&held.samples, &held.lists, person.as_ref(), &corrections))
    }

    /// The user's own letters that show best how they write to this person.
    pub(crate) fn voice_examples(&self, to: Option<&EmailAddress>, limit: usize) -> Result<Vec<Message>> {
        let chosen = {
            let held = self.remembered()?;
            let person = to.map(|address| held.person(address));
            choose(&Near::new(&held.samples, &held.lists, person.as_ref()), limit)
        };
        chosen.into_iter().map(|id| self.message(id)).collect()
    }

    fn corrections(&self, to: Option<&EmailAddress>) -> Result<Corrections> {
        let folded = to.map(EmailAddress::folded);
        let mut known = Corrections::default();
        self.store().read(self.account())?.each(VOICE_CORRECTIONS, &[], |_, row: CorrectionRow| {
            match &row.to {
                None => known.everywhere.push(row),
                Some(address) if Some(address.folded()) == folded => known.here.push(row),
                Some(_) => {}
            }
            Ok(true)
        })?;
        Ok(known)
    }

    /// Keeps what was said; what says no more than nothing is no row.
    fn put_correction(&self, row: CorrectionRow) -> Result<()> {
        let key = self.correction_key(&row)?;
        let nothing = row.value.is_none() && row.on && row.to.is_none();
        self.store().write(self.account(), Keep::Made, |write| {
            if nothing { write.delete(VOICE_CORRECTIONS, &key).map(drop) } else { write.put(VOICE_CORRECTIONS, &key, &row) }
        })
    }

    fn correction_key(&self, row: &CorrectionRow) -> Result<[u8; 16]> {
        let to = row.to.as_ref().map(EmailAddress::folded).unwrap_or_default();
        let name = format!("{to}\n{:?}", row.kind);
        self.store().keyed_hash(self.account(), "voice correction", name.as_bytes())
    }
}

// ---------------------------------------------------------------- what may be set

fn checked(kind: TraitKind, value: TraitValue, for_everybody: bool) -> Result<TraitValue> {
    use TraitKind::{Formality, Greeting, Language, Length, Paragraphs, Sentences, SignOff, SignsAs};
    let is_line = matches!(kind, Greeting | SignOff | SignsAs);
    let is_band = matches!(kind, Length | Sentences | Paragraphs);
    match value {
        TraitValue::Nothing if is_line => Ok(value),
        TraitValue::Line { line } if is_line => checked_line(kind, &line, for_everybody),
        TraitValue::Band { band } if is_band => {
            let fits = 1 <= band.low && band.low <= band.median && band.median <= band.high && band.high <= LARGEST;
            if fits { Ok(value) } else { Err(bad("three numbers that rise, from 1 to 5000")) }
        }
        TraitValue::Formal { .. } if kind == Formality => Ok(value),
        TraitValue::Language { ref tag } if kind == Language => {
            let plain = (2..=12).contains(&tag.len()) && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
            if plain { Ok(value) } else { Err(bad("a language is written as in en or pt-BR")) }
        }
        TraitValue::Often { .. } if !is_line && !is_band && !matches!(kind, Formality | Language) => Ok(value),
        _ => Err(bad("this trait has another kind of value")),
    }
}

/// One short line. For everybody, a name in a greeting is a blank.
fn checked_line(kind: TraitKind, line: &str, for_everybody: bool) -> Result<TraitValue> {
    let line = line.trim();
    if line.is_empty() || line.chars().count() > LONGEST_LINE || line.chars().any(char::is_control) {
        return Err(bad("one line of at most 80 characters"));
    }
    let read = read_greeting(line, &[]).filter(|_| kind == TraitKind::Greeting && for_everybody && !line.contains('{'));
    Ok(TraitValue::Line { line: read.map_or_else(|| line.to_owned(), |greeting| greeting.pattern()) })
}

fn bad(why: &str) -> Error {
    Error::BadInput { field: "value", why: why.to_owned() }
}

// ---------------------------------------------------------------- what is shown

fn profile(near: &Near<'_>, corrections: &Corrections, used: bool, letters: usize) -> VoiceProfile {
    let theirs = near.levels.iter().find(|level| level.group == crate::api::VoiceGroup::Person);
    VoiceProfile {
        to: near.to.cloned(),
        used,
        letters: letters as u32,
        to_them: theirs.map_or(0, |level| level.at.len() as u32),
        traits: learn::traits(near).into_iter().map(|found| told(found, corrections, near.to)).collect(),
        examples: vec![],
    }
}

fn told(found: Found, corrections: &Corrections, to: Option<&Person>) -> VoiceTrait {
    let (state, here) = corrections.state(found.kind);
    let learned = say::says(&found);
    let own = corrections.own(found.kind).map(|(value, _)| value.clone()).filter(|_| state == TraitState::Own);
    let (value, says) = match own {
        Some(value) => {
            let own = Found { value: value.clone(), sign: None, others: vec![], ..found.clone() };
            (value, say::says(&own))
        }
        None => (found.value.clone(), learned.clone()),
    };
    VoiceTrait {
        kind: found.kind,
        value,
        says,
        learned: (state == TraitState::Own && found.value != TraitValue::Unknown).then_some(learned),
        confidence: found.confidence as f32,
        times: found.seen.times,
        of: found.seen.of,
        group: found.seen.group,
        basis: say::basis(found.seen.group, found.seen.of, to),
        evidence: if found.kind == TraitKind::Formality { found.others } else { vec![] },
        state,
        here,
    }
}

fn example(message: Message) -> VoiceExample {
    let text = message.text.trim();
    let excerpt: String = text.chars().take(EXCERPT).collect();
    let cut = if text.chars().nth(EXCERPT).is_some() { "…" } else { "" };
    VoiceExample {
        message: message.id,
        subject: message.subject,
        date: message.date,
        excerpt: format!("{}{cut}", excerpt.trim_end()),
    }
}

#[cfg(test)]
#[path = "corrections_tests.rs"]
mod tests;
