//! A provider's public keys, fetched when first needed and kept for the process. They are fetched again only for a key not seen yet.

use super::fault::Fault;
use super::http::{LARGEST, fetch};
use crate::{Base, Client};
use jsonwebtoken::jwk::Jwk;
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::Mutex;

/// The keys at one address. Keep it between sign-ins: it is its own cache.
#[derive(Debug)]
pub struct KeySet {
    address: Base,
    kept: Mutex<Option<Arc<[Jwk]>>>,
}

#[derive(Deserialize)]
struct Answer {
    keys: Vec<Value>,
}

impl KeySet {
    /// The keys at an address, none fetched yet.
    #[must_use]
    pub fn at(address: Base) -> Self {
        Self { address, kept: Mutex::new(None) }
    }

    /// Those kept, if any.
    pub(super) async fn kept(&self) -> Option<Arc<[Jwk]>> {
        self.kept.lock().await.clone()
    }

    /// Fetches them, and keeps them.
    pub(super) async fn fetched(&self, client: &Client) -> Result<Arc<[Jwk]>, Fault> {
        let mut kept = self.kept.lock().await;
        let answer: Answer = fetch(client.get(self.address.url().clone()), LARGEST).await?.json()?;
        // A key of a kind not known here must not cost us the others.
        let keys: Arc<[Jwk]> = answer.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect();
        *kept = Some(Arc::clone(&keys));
        Ok(keys)
    }
}
