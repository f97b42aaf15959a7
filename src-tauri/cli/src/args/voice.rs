//! What can be typed about the voice. Only shapes and help.

use clap::ValueEnum;
use epistle_engine::api::TraitKind;

#[derive(Debug, clap::Args)]
pub(crate) struct Voice {
    /// How you write to this person: an address, or a name from your mail. Left out: to everybody.
    #[arg(long, value_name = "PERSON")]
    pub(crate) to: Option<String>,
    /// Set a trait: a line, a number as in 40-90, never, sometimes or often, casual, neutral or formal, a language, or nothing.
    #[arg(long, value_names = ["TRAIT", "VALUE"], num_args = 2, conflicts_with_all = ["off", "on", "learn"])]
    pub(crate) set: Option<Vec<String>>,
    /// Switch a trait off: letters are written as if nothing was known of it.
    #[arg(long, value_name = "TRAIT", conflicts_with_all = ["on", "learn"])]
    pub(crate) off: Option<TraitArg>,
    /// Switch it on again.
    #[arg(long, value_name = "TRAIT", conflicts_with = "learn")]
    pub(crate) on: Option<TraitArg>,
    /// Let a trait be as learned again.
    #[arg(long, value_name = "TRAIT")]
    pub(crate) learn: Option<TraitArg>,
    /// One JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum TraitArg {
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

impl From<TraitArg> for TraitKind {
    fn from(kind: TraitArg) -> Self {
        match kind {
            TraitArg::Greeting => Self::Greeting,
            TraitArg::SignOff => Self::SignOff,
            TraitArg::SignsAs => Self::SignsAs,
            TraitArg::Length => Self::Length,
            TraitArg::Language => Self::Language,
            TraitArg::Formality => Self::Formality,
            TraitArg::Sentences => Self::Sentences,
            TraitArg::Paragraphs => Self::Paragraphs,
            TraitArg::Contractions => Self::Contractions,
            TraitArg::Emoji => Self::Emoji,
            TraitArg::Exclamations => Self::Exclamations,
            TraitArg::Ellipses => Self::Ellipses,
            TraitArg::Dashes => Self::Dashes,
            TraitArg::Semicolons => Self::Semicolons,
            TraitArg::LowerCase => Self::LowerCase,
            TraitArg::DoubleSpace => Self::DoubleSpace,
        }
    }
}
