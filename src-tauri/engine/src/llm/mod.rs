//! Models: one trait, its adapters, the exact cache, limits and the ledger. It knows prompts, not mail.

use crate::Engine;
use crate::api::{ModelInfo, Provider};
use crate::error::Result;

/// The adapters, and what calls have in common: the cache, calls in flight, limits, the ledger.
#[derive(Default)]
pub struct Models {}

impl Engine {
    /// The models a provider's service lists now.
    ///
    /// # Errors
    /// A model error: `model_key_missing`, `model_unreachable`, …
    pub async fn models(&self, _provider: Provider) -> Result<Vec<ModelInfo>> {
        todo!()
    }
}
