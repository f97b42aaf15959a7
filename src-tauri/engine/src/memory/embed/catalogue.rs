//! The embedding models there are to choose from, as `data/embedding_models.yaml` lists them, and the runtime's library for this system.
//! Nothing is read here but that data.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// How a text's vector is made of its tokens'.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pooling {
    /// Their mean.
    Mean,
    /// The first one's.
    Cls,
}

/// A model's files by what they are for, each by its path in the model's repository.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Files {
    /// The graph with its weights.
    pub onnx: String,
    /// `tokenizer.json`.
    pub tokenizer: String,
    /// `config.json`.
    pub config: String,
    /// `tokenizer_config.json`.
    pub tokenizer_config: String,
    /// `special_tokens_map.json`.
    pub special_tokens: String,
}

impl Files {
    /// Their paths.
    pub fn paths(&self) -> [&str; 5] {
        [&self.onnx, &self.tokenizer, &self.config, &self.tokenizer_config, &self.special_tokens]
    }
}

/// A model as the catalogue has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Its id in the settings and in rows.
    pub id: String,
    /// As people call it.
    pub name: String,
    /// What it is good for, in a few words.
    pub about: String,
    /// Its licence (SPDX).
    pub license: String,
    /// Where it comes from.
    pub source: String,
    /// When this entry was written.
    pub date: String,
    /// Whether it comes with Epistle.
    #[serde(default)]
    pub bundled: bool,
    /// Its repository at the hub, where it is downloaded.
    #[serde(default)]
    pub repository: String,
    /// The repository's revision.
    #[serde(default)]
    pub revision: String,
    /// How long its vectors are.
    pub dimensions: usize,
    /// The longest text it reads, in tokens; what is beyond is not seen.
    pub tokens: usize,
    /// How a text's vector is made.
    pub pooling: Pooling,
    /// What it wants before a question.
    pub query: String,
    /// What it wants before a passage.
    pub passage: String,
    /// What a download of it takes, about, in megabytes.
    pub download_mb: u32,
    /// What it takes in memory, about, in megabytes.
    pub memory_mb: u32,
    /// Its files.
    pub files: Files,
    /// The sums of those that come with Epistle; a downloaded model's are kept beside it.
    #[serde(default)]
    pub blake3: BTreeMap<String, String>,
}

static MODELS: LazyLock<Vec<Model>> =
    LazyLock::new(|| serde_norway::from_str(include_str!("../../../data/embedding_models.yaml")).unwrap_or_default());

/// Every model, the one that comes with Epistle first.
pub fn models() -> &'static [Model] {
    &MODELS
}

/// The model with this id.
pub fn model(id: &str) -> Option<&'static Model> {
    MODELS.iter().find(|model| model.id == id)
}

/// The runtime's library for one system.
#[derive(Debug, Clone, Deserialize)]
pub struct Library {
    os: String,
    arch: String,
    /// Where it lies in npm's package, under `bin/napi-v6`.
    pub path: String,
    /// Its sum.
    pub blake3: String,
}

impl Library {
    /// Its file's name.
    pub fn file(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

#[derive(Default, Deserialize)]
struct Libraries {
    libraries: Vec<Library>,
}

static LIBRARY: LazyLock<Option<Library>> = LazyLock::new(|| {
    let all: Libraries = serde_norway::from_str(include_str!("../../../data/onnxruntime.yaml")).unwrap_or_default();
    all.libraries.into_iter().find(|one| one.os == std::env::consts::OS && one.arch == std::env::consts::ARCH)
});

/// The runtime's library for this system; `None` where there is none.
pub fn library() -> Option<&'static Library> {
    LIBRARY.as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_model_comes_with_epistle_and_the_others_say_where_they_are() {
        let settings = crate::settings::defaults().unwrap();
        let first = &models()[0];
        assert!(models().len() >= 4 && first.bundled && first.id == settings.embedding.model);
        assert!(first.files.paths().iter().all(|path| first.blake3.contains_key(*path)));
        for other in &models()[1..] {
            let known = !other.repository.is_empty() && !other.revision.is_empty() && other.download_mb > 0;
            assert!(known && !other.bundled && !other.license.is_empty(), "{}", other.id);
            assert_eq!(models().iter().filter(|one| one.id == other.id).count(), 1);
        }
    }

    #[test]
    fn this_system_has_a_library() {
        assert!(library().is_some_and(|library| library.blake3.len() == 64 && library.file().contains("onnxruntime")));
    }
}
