//! What crosses a door of the memory: its settings. Plain data.

use serde::{Deserialize, Serialize};
use specta::Type;

/// How mail is found by meaning; all accounts share it, as one model in memory is enough.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct EmbeddingSettings {
    /// Whether mail is embedded at all. Off: search goes by words alone.
    pub enabled: bool,
    /// The embedding model, by its id in `data/embedding_models.yaml`.
    pub model: String,
    /// Where other models are downloaded from; `http` only on loopback.
    pub hub: String,
}

/// What an account's memory learns, and how long it keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct MemorySettings {
    /// Whether letters are written by the voice learned from sent mail.
    pub use_voice: bool,
    /// Whether lessons are drawn from what the person changes in drafts, and used.
    pub learn_lessons: bool,
    /// Mail younger than this many days is kept hot: its vectors in full precision. 1 or more.
    pub hot_days: u32,
    /// Mail older than this many days goes, with all that was derived from it, 30 or more; `None`: it stays.
    pub keep_days: Option<u32>,
}
