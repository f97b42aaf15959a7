//! ONNX Runtime, loaded once a process from a library that is known to be whole. A missing or broken one is an answer, never a panic:
//! nothing of `ort` is touched before its library is there.

use super::catalogue;
use super::places::Places;
use crate::api::MeaningTrouble;
use ort::environment::Environment;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// `ort` has one library and one environment a process.
static LOADED: Mutex<Option<Environment>> = Mutex::new(None);

/// The environment, loaded from the first of the places that has the library.
///
/// # Errors
/// The runtime is missing, or what is there cannot be loaded.
pub(super) fn environment(places: &Places) -> Result<Environment, MeaningTrouble> {
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(environment) = &*loaded {
        return Ok(environment.clone());
    }
    let mut trouble = MeaningTrouble::RuntimeMissing;
    for (path, known) in places.libraries.iter().filter(|(path, _)| path.is_file()) {
        if *known && !is_ours(path) {
            trouble = MeaningTrouble::RuntimeBroken;
            continue;
        }
        match load(path) {
            Ok(environment) => return Ok(loaded.insert(environment).clone()),
            Err(error) => {
                tracing::warn!(%error, "the ONNX Runtime library cannot be loaded");
                trouble = MeaningTrouble::RuntimeBroken;
            }
        }
    }
    Err(trouble)
}

fn load(path: &Path) -> Result<Environment, Box<dyn std::error::Error>> {
    Ok(ort::init_from(path)?.with_name("epistle").with_telemetry(false).build()?)
}

fn is_ours(path: &Path) -> bool {
    let sum = super::sum_of(path);
    catalogue::library().is_some_and(|library| sum.is_ok_and(|sum| sum == library.blake3))
}
