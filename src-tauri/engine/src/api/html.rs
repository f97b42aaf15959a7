//! What crosses a door about a message shown as HTML: a document that can run and load nothing, and what was left out of it.

use super::EmailAddress;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Whether pictures from elsewhere are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ImagesAsk {
    /// Only where they are always shown of this sender.
    #[default]
    Usual,
    /// This once.
    Once,
}

/// What became of the pictures from elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Images {
    /// They were not asked for.
    Withheld,
    /// They were fetched, because the person asked this once.
    Once,
    /// They were fetched, because this sender's always are.
    Always,
}

/// A message as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MessageHtml {
    /// The whole document. It is for a frame that is sandboxed without scripts.
    pub html: String,
    /// Pictures from elsewhere that are not shown: not asked for, or not to be had.
    pub remote_images: u32,
    /// Pictures from elsewhere that are shown.
    pub shown_images: u32,
    /// Pictures that nobody could see. They are never loaded.
    pub trackers: u32,
    /// What became of the pictures.
    pub images: Images,
    /// Whether it is too long, or nested too deep, to be shown whole.
    pub cut: bool,
    /// Whether it sets no colours of its own, so that it can stand on any paper.
    pub plain: bool,
    /// Whose pictures "always" is about.
    pub sender: Option<EmailAddress>,
}
