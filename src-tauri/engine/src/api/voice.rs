//! What crosses a door of the voice: how the user writes to somebody, trait by trait, and what they say of it themselves. Plain data; a trait
//! is one of an enumerated kind and never a sentence out of a mail.

use super::{EmailAddress, Habit, Person, UnixMillis, WordBand};
use crate::ids::MessageId;
use serde::{Deserialize, Serialize};
use specta::Type;

/// How the user writes to somebody: what letters are written by. Counted in their sent mail, with what they corrected in its place.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct Voice {
    /// To whom, where the habits are of letters to that very person; `None`: to people like them, or to everybody.
    pub to: Option<Person>,
    /// How many sent messages it was learned from.
    pub samples: u32,
    /// The greeting line, as in `Hi Dana,` where it is to one person; else with `{name}` for a first name and `{full}` for a title and
    /// name. `None` where none is usual.
    pub greeting: Option<Habit>,
    /// The sign-off, as in `Best,`.
    pub sign_off: Option<Habit>,
    /// The name under the sign-off, as in `Mara`.
    pub signs_as: Option<Habit>,
    /// The middle half of the letters' lengths, in words.
    pub words: Option<WordBand>,
    /// The language mostly written in (BCP 47).
    pub language: Option<String>,
    /// How the text between them runs.
    pub style: Style,
    /// What the user set themselves.
    pub own: Vec<TraitKind>,
    /// What the user switched off: letters are written as if nothing was known of it.
    pub off: Vec<TraitKind>,
}

/// How a writer's text runs. `None`: too little is known, or it is switched off.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct Style {
    /// Words a sentence: the middle half.
    pub sentences: Option<WordBand>,
    /// Paragraphs a letter: the middle half.
    pub paragraphs: Option<WordBand>,
    /// How formally.
    pub formality: Option<Formality>,
    /// `don't` for `do not`.
    pub contractions: Option<HowOften>,
    /// Emoji and emoticons.
    pub emoji: Option<HowOften>,
    /// The one used most, from a list of known ones.
    pub sign: Option<String>,
    /// Exclamation marks.
    pub exclamations: Option<HowOften>,
    /// Three dots.
    pub ellipses: Option<HowOften>,
    /// Dashes between words.
    pub dashes: Option<HowOften>,
    /// Semicolons.
    pub semicolons: Option<HowOften>,
    /// Sentences that begin in lower case.
    pub lower_case: Option<HowOften>,
    /// Two spaces after a sentence.
    pub double_space: Option<HowOften>,
}

/// What is learned of a writer: every trait there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // their words are in `memory/voice/say.rs`
pub enum TraitKind {
    Greeting,
    SignOff,
    SignsAs,
    Length,
    Language,
    Formality,
    Sentences,
    Paragraphs,
    Contractions,
    Emoji,
    Exclamations,
    Ellipses,
    Dashes,
    Semicolons,
    LowerCase,
    DoubleSpace,
}

impl TraitKind {
    /// All of them, in the order they are shown.
    pub const ALL: [Self; 16] = [
        Self::Greeting,
        Self::SignOff,
        Self::SignsAs,
        Self::Length,
        Self::Language,
        Self::Formality,
        Self::Sentences,
        Self::Paragraphs,
        Self::Contractions,
        Self::Emoji,
        Self::Exclamations,
        Self::Ellipses,
        Self::Dashes,
        Self::Semicolons,
        Self::LowerCase,
        Self::DoubleSpace,
    ];
}

/// How often something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum HowOften {
    /// In hardly any letter.
    Never,
    /// Now and then.
    Sometimes,
    /// In every second letter and more.
    Often,
}

/// How formally somebody writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Formality {
    Casual,
    Neutral,
    Formal,
}

/// A trait's value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TraitValue {
    /// Too little is known.
    Unknown,
    /// A line this writer leaves out.
    Nothing,
    /// A greeting, a sign-off or a name.
    Line {
        /// The line; `{name}` stands for a first name, `{full}` for a title and name.
        line: String,
    },
    /// A length.
    Band {
        /// Its middle half.
        band: WordBand,
    },
    /// A habit of the text.
    Often {
        /// How often.
        often: HowOften,
    },
    /// How formally.
    Formal {
        /// How formally.
        formality: Formality,
    },
    /// A language.
    Language {
        /// BCP 47.
        tag: String,
    },
}

/// Whose letters a trait was counted in, the nearest to the recipient first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum VoiceGroup {
    /// Letters to this very person or list.
    Person,
    /// To people of the user's own domain.
    Colleagues,
    /// To people of the recipient's domain.
    Domain,
    /// First letters to people.
    Strangers,
    /// To mailing lists.
    Lists,
    /// To people, not lists.
    People,
    /// All letters.
    Everybody,
}

/// Who has the say over a trait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TraitState {
    /// As learned.
    Learned,
    /// As the user set it.
    Own,
    /// Switched off.
    Off,
}

/// One trait, in plain words and in data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct VoiceTrait {
    /// Which.
    pub kind: TraitKind,
    /// What it is: what the user set, else what was learned.
    pub value: TraitValue,
    /// The same in a sentence to the user.
    pub says: String,
    /// What was learned, in a sentence, where the user has set something else.
    pub learned: Option<String>,
    /// How sure what was learned is: 0 to 1, more with more letters that agree.
    pub confidence: f32,
    /// In how many letters it was seen.
    pub times: u32,
    /// Of how many letters that show something of it.
    pub of: u32,
    /// Whose letters.
    pub group: VoiceGroup,
    /// The same in words, as in `10 letters to Dana`.
    pub basis: String,
    /// What speaks for it, in words; for formality.
    pub evidence: Vec<String>,
    /// Who has the say.
    pub state: TraitState,
    /// Whether the state was set for this very person, and not for everybody.
    pub here: bool,
}

/// A letter of the user's own that shows well how they write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct VoiceExample {
    /// Which message.
    pub message: MessageId,
    /// Its subject.
    pub subject: String,
    /// When.
    pub date: Option<UnixMillis>,
    /// Its text, cut at 400 characters.
    pub excerpt: String,
}

/// What was learned of the user's voice, and what they made of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct VoiceProfile {
    /// To whom; `None`: to everybody.
    pub to: Option<Person>,
    /// Whether letters are written by it at all (`memory.use_voice`).
    pub used: bool,
    /// How many sent letters there are.
    pub letters: u32,
    /// How many of them went to this person.
    pub to_them: u32,
    /// Every trait, in the order of [`TraitKind::ALL`].
    pub traits: Vec<VoiceTrait>,
    /// Letters that show it best.
    pub examples: Vec<VoiceExample>,
}

/// What the user says of a trait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct TraitCorrection {
    /// To whom it is so; `None`: to everybody.
    pub to: Option<EmailAddress>,
    /// Which trait.
    pub kind: TraitKind,
    /// What it is; `None`: as learned, again.
    pub value: Option<TraitValue>,
}
