//! What can be typed about the voice. Only shapes and help.

use super::one_of;
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
    #[arg(long, value_name = "TRAIT", value_parser = one_of(&TraitKind::ALL), conflicts_with_all = ["on", "learn"])]
    pub(crate) off: Option<TraitKind>,
    /// Switch it on again.
    #[arg(long, value_name = "TRAIT", value_parser = one_of(&TraitKind::ALL), conflicts_with = "learn")]
    pub(crate) on: Option<TraitKind>,
    /// Let a trait be as learned again.
    #[arg(long, value_name = "TRAIT", value_parser = one_of(&TraitKind::ALL))]
    pub(crate) learn: Option<TraitKind>,
    /// One JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}
