//! Texts as vectors, by a model in this process: loaded when first needed, once for all accounts, and asked from threads that may wait.
//! It knows no mail and keeps no text. Without the runtime or the model there are no vectors, and what is missing is tried again.

pub(crate) mod catalogue;
pub(crate) mod places;
mod runtime;

use crate::api::MeaningTrouble;
use crate::error::{Error, Result};
use catalogue::{Model, Pooling};
use fastembed::{InitOptionsUserDefined, TextEmbedding, TokenizerFiles, UserDefinedEmbeddingModel};
use places::Places;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// A loaded model.
pub struct Embedder {
    model: &'static Model,
    session: Mutex<TextEmbedding>,
    /// How many wait for a question's vector: passages let them go first.
    asking: AtomicUsize,
}

impl Embedder {
    /// The model's id.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model.id
    }

    /// How long its vectors are.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.model.dimensions
    }

    /// A question's vector, of length 1.
    ///
    /// # Errors
    /// `internal` when the runtime fails.
    pub fn query(&self, text: &str) -> Result<Vec<f32>> {
        self.asking.fetch_add(1, Ordering::AcqRel);
        let vector = self.embed(&format!("{}{text}", self.model.query));
        self.asking.fetch_sub(1, Ordering::AcqRel);
        vector
    }

    /// A passage's vector, of length 1. One text at a time: in a batch the int8 weights would see another range of numbers and give the
    /// same text another vector, and for passages of this length a batch is no faster.
    ///
    /// # Errors
    /// `internal` when the runtime fails.
    pub fn passage(&self, text: &str) -> Result<Vec<f32>> {
        while self.asking.load(Ordering::Acquire) > 0 {
            std::thread::sleep(Duration::from_micros(200));
        }
        self.embed(&format!("{}{text}", self.model.passage))
    }

    fn embed(&self, text: &str) -> Result<Vec<f32>> {
        let failed = |e| Error::internal("embedding a text", e);
        let vectors = held(&self.session).embed([text], Some(1)).map_err(failed)?;
        let vector = vectors.into_iter().next().unwrap_or_default();
        if vector.len() == self.dimensions() && vector.iter().all(|value| value.is_finite()) {
            return Ok(vector);
        }
        Err(Error::Internal { what: "embedding a text: the model gave no vector", source: None })
    }
}

/// The models this process has loaded, and where they are looked for.
pub(crate) struct Embedders {
    places: Mutex<Places>,
    loaded: Mutex<HashMap<&'static str, Loaded>>,
}

enum Loaded {
    Here(Arc<Embedder>),
    Failed { trouble: MeaningTrouble, at: Instant, files: Stamp },
}

/// What lay in the places when it failed: when something else lies there it is tried again at once.
type Stamp = Vec<Option<(u64, Option<SystemTime>)>>;

/// What failed and did not change is tried again after so long.
const TRY_AGAIN: Duration = Duration::from_secs(60);

impl Embedders {
    pub fn around(home: &Path) -> Self {
        Self { places: Mutex::new(Places::around(home)), loaded: Mutex::default() }
    }

    /// Other places, for tests of what is missing.
    #[cfg(test)]
    pub fn look_in(&self, places: Places) {
        *held(&self.places) = places;
    }

    /// The model with this id, loaded if it is not yet. May take a second.
    ///
    /// # Errors
    /// What is missing or broken.
    pub fn get(&self, id: &str) -> Result<Arc<Embedder>, MeaningTrouble> {
        let model = catalogue::model(id).ok_or(MeaningTrouble::ModelMissing)?;
        let mut loaded = held(&self.loaded);
        let places = held(&self.places).clone();
        match loaded.get(model.id.as_str()) {
            Some(Loaded::Here(embedder)) => return Ok(embedder.clone()),
            Some(Loaded::Failed { trouble, at, files })
                if at.elapsed() < TRY_AGAIN && *files == stamp(&places, model) =>
            {
                return Err(*trouble);
            }
            _ => {}
        }
        let files = stamp(&places, model);
        match load(&places, model).map(Arc::new) {
            Ok(embedder) => {
                loaded.insert(&model.id, Loaded::Here(embedder.clone()));
                Ok(embedder)
            }
            Err(trouble) => {
                loaded.insert(&model.id, Loaded::Failed { trouble, at: Instant::now(), files });
                Err(trouble)
            }
        }
    }

    /// What stands in a model's way, as far as is known without loading it.
    pub fn trouble(&self, id: &str) -> Option<MeaningTrouble> {
        let places = held(&self.places).clone();
        let model = match catalogue::model(id) {
            Some(model) => model,
            None => return Some(MeaningTrouble::ModelMissing),
        };
        match held(&self.loaded).get(id) {
            Some(Loaded::Here(_)) => return None,
            Some(Loaded::Failed { trouble, files, .. }) if *files == stamp(&places, model) => return Some(*trouble),
            _ => {}
        }
        if !places.libraries.iter().any(|(path, _)| path.is_file()) {
            return Some(MeaningTrouble::RuntimeMissing);
        }
        folder_of(&places, model).is_none().then_some(MeaningTrouble::ModelMissing)
    }

    /// Whether a model's files are here.
    pub fn is_here(&self, model: &Model) -> bool {
        folder_of(&held(&self.places), model).is_some()
    }

    /// Lets go of a model that nothing needs any more.
    pub fn let_go(&self, id: &str) {
        held(&self.loaded).remove(id);
    }
}

fn load(places: &Places, model: &'static Model) -> Result<Embedder, MeaningTrouble> {
    let environment = runtime::environment(places)?;
    let folder = folder_of(places, model).ok_or(MeaningTrouble::ModelMissing)?;
    let broken = |error: &dyn std::fmt::Display| {
        tracing::warn!(%error, model = model.id, "the embedding model cannot be loaded");
        MeaningTrouble::ModelBroken
    };
    let sums = if model.bundled { model.blake3.clone() } else { kept_sums(&folder).map_err(|e| broken(&e))? };
    let read = |path: &str| checked(&folder, path, &sums).map_err(|e| broken(&e));
    let files = &model.files;
    let tokenizer = TokenizerFiles {
        tokenizer_file: read(&files.tokenizer)?,
        config_file: read(&files.config)?,
        special_tokens_map_file: read(&files.special_tokens)?,
        tokenizer_config_file: read(&files.tokenizer_config)?,
    };
    let pooling = match model.pooling {
        Pooling::Mean => fastembed::Pooling::Mean,
        Pooling::Cls => fastembed::Pooling::Cls,
    };
    let given = UserDefinedEmbeddingModel::new(read(&files.onnx)?, tokenizer).with_pooling(pooling);
    let options = InitOptionsUserDefined::new()
        .with_environment(environment)
        .with_max_length(model.tokens)
        .with_intra_threads(threads())
        .with_auto_device(fastembed::AutoDevicePolicy::PreferCPU)
        // Threads that wait by spinning would take the machine from whoever is typing.
        .with_session_config("session.intra_op.allow_spinning", "0");
    let session = TextEmbedding::try_new_from_user_defined(given, options).map_err(|e| broken(&e))?;
    Ok(Embedder { model, session: Mutex::new(session), asking: AtomicUsize::new(0) })
}

/// Half of the processors, as somebody is at work on this machine; never more than four, which a text this short cannot use.
fn threads() -> usize {
    (std::thread::available_parallelism().map_or(1, usize::from) / 2).clamp(1, 4)
}

/// The name of a downloaded model's list of sums.
pub(crate) const SUMS: &str = "sums.json";

/// The first folder that holds a model as a whole. A download puts its list of sums there last.
fn folder_of(places: &Places, model: &Model) -> Option<PathBuf> {
    let whole = |folder: &PathBuf| {
        model.files.paths().iter().all(|path| folder.join(path).is_file())
            && (model.bundled || folder.join(SUMS).is_file())
    };
    places.models.iter().map(|base| base.join(&model.id)).find(whole)
}

fn kept_sums(folder: &Path) -> std::io::Result<BTreeMap<String, String>> {
    Ok(serde_json::from_slice(&std::fs::read(folder.join(SUMS))?)?)
}

fn checked(folder: &Path, path: &str, sums: &BTreeMap<String, String>) -> std::io::Result<Vec<u8>> {
    let bytes = std::fs::read(folder.join(path))?;
    if sums.get(path).is_some_and(|sum| *sum == blake3::hash(&bytes).to_hex().as_str()) {
        return Ok(bytes);
    }
    Err(std::io::Error::new(std::io::ErrorKind::InvalidData, "a file of the model is not the one it should be"))
}

/// A file's BLAKE3 sum, in hexadecimal digits.
pub(crate) fn sum_of(path: &Path) -> std::io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(std::fs::File::open(path)?)?;
    Ok(hasher.finalize().to_hex().to_string())
}

fn stamp(places: &Places, model: &Model) -> Stamp {
    let models = places.models.iter().flat_map(|base| {
        let folder = base.join(&model.id);
        model.files.paths().map(|path| folder.join(path)).into_iter().chain([folder.join(SUMS)])
    });
    let libraries = places.libraries.iter().map(|(path, _)| path.clone());
    libraries.chain(models).map(|path| std::fs::metadata(path).ok().map(|m| (m.len(), m.modified().ok()))).collect()
}

/// A lock whose holder panicked still guards plain data: take it.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
