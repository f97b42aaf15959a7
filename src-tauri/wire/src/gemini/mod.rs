//! Google's Gemini API. <https://ai.google.dev/api>. The key goes in a header, never into an address.

mod error;
mod fold;
mod list_models;
mod stream_generate_content;
mod types;

pub use fold::{Fold, Told};
pub use list_models::{Model, list_models};
pub use stream_generate_content::stream_generate_content;
pub use types::{Content, GenerateContentRequest, GenerateContentResponse, GenerationConfig, Part};

use crate::{Base, Client};
use reqwest::RequestBuilder;
use zeroize::Zeroizing;

/// Where and as whom to call.
#[derive(Clone)]
pub struct Service {
    /// The client.
    pub client: Client,
    /// The base address, as in `https://generativelanguage.googleapis.com`.
    pub base: Base,
    /// The version in the path, as in `v1beta`.
    pub version: String,
    /// The API key.
    pub key: Zeroizing<String>,
}

impl Service {
    /// Adds the key. A key that cannot be a header's value is sent as none, and the service refuses it.
    fn signed(&self, request: RequestBuilder) -> RequestBuilder {
        match reqwest::header::HeaderValue::from_str(&self.key) {
            Ok(mut value) => {
                value.set_sensitive(true);
                request.header("x-goog-api-key", value)
            }
            Err(_) => request,
        }
    }
}
