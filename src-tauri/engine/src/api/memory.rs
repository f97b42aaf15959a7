//! What crosses a door of the memory: its settings. Plain data.

use super::UnixMillis;
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
    /// Mail younger than this many days is kept hot: each message's bytes for themselves, its vectors in full precision. 1 or more.
    pub hot_days: u32,
    /// Mail older than this many days goes, with all that was derived from it, 30 or more; `None`: it stays.
    pub keep_days: Option<u32>,
}

/// Why mail is found by words alone, though finding it by meaning is switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum MeaningTrouble {
    /// The runtime's library is not where it should be.
    RuntimeMissing,
    /// The runtime's library is damaged, or none that this system can load.
    RuntimeBroken,
    /// The chosen model is not on this machine.
    ModelMissing,
    /// The model's files are damaged.
    ModelBroken,
}

impl MeaningTrouble {
    /// What it is, in words.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::RuntimeMissing => "the ONNX Runtime library is missing",
            Self::RuntimeBroken => "the ONNX Runtime library cannot be loaded",
            Self::ModelMissing => "the chosen model is not on this machine",
            Self::ModelBroken => "the model’s files are damaged",
        }
    }
}

/// How far the memory of what mail means is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MemoryState {
    /// Whether mail is to be found by meaning at all.
    pub enabled: bool,
    /// The chosen model's id.
    pub model: String,
    /// The model that answers until the chosen one has read the mail, where there is such a one.
    pub until_then: Option<String>,
    /// Messages the chosen model has read.
    pub embedded: u64,
    /// Messages there are.
    pub messages: u64,
    /// Messages that are older than what is kept hot, and lie packed closer.
    pub packed: u64,
    /// Whether it is reading now.
    pub running: bool,
    /// Why mail is found by words alone, where it is.
    pub trouble: Option<MeaningTrouble>,
}

/// What was packed of the mail that is older than what is kept hot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Cooled {
    /// The date from which on mail is hot.
    pub since: UnixMillis,
    /// Messages from before.
    pub older: u64,
    /// Of these, how many went into blocks now.
    pub packed: u64,
    /// How many bytes they have.
    pub bytes: u64,
    /// And how many they take now.
    pub room: u64,
    /// Messages of whose vectors the codes alone are kept from now on.
    pub quantised: u64,
}

/// How far reading the mail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct EmbeddingProgress {
    /// Messages the chosen model has read.
    pub done: u64,
    /// Messages there are.
    pub total: u64,
}

/// An embedding model a person can choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct EmbeddingModel {
    /// Its id, as the settings name it.
    pub id: String,
    /// As people call it.
    pub name: String,
    /// What it is good for, in a few words.
    pub about: String,
    /// Its licence (SPDX).
    pub license: String,
    /// Where it comes from.
    pub source: String,
    /// Whether it is on this machine.
    pub here: bool,
    /// Whether it is the chosen one.
    pub chosen: bool,
    /// What is still to be downloaded of it, in bytes: about, until the hub was asked.
    pub download_bytes: u64,
    /// What it takes in memory while it is used, about, in bytes.
    pub memory_bytes: u64,
}

/// What a download of a model would bring, as the hub says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ModelOffer {
    /// The model.
    pub model: EmbeddingModel,
    /// The whole of it, in bytes.
    pub bytes: u64,
    /// What is here of it already, from a download that was stopped.
    pub have: u64,
}

/// How far a download is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DownloadProgress {
    /// Bytes that are here.
    pub done: u64,
    /// Bytes of the whole.
    pub total: u64,
}
