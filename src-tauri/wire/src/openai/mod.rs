//! OpenAI-style servers, as Ollama, llama.cpp and LM Studio speak it: <https://platform.openai.com/docs/api-reference/chat>.

mod chat_completions;
mod fold;
mod list_models;

pub use chat_completions::{ChatRequest, Message, StreamOptions, chat_completions};
pub use fold::Fold;
pub use list_models::list_models;

use crate::{Base, Client};
use reqwest::RequestBuilder;
use zeroize::Zeroizing;

/// Where and as whom to call.
#[derive(Clone)]
pub struct Service {
    /// The client.
    pub client: Client,
    /// The base address with its version, as in `http://127.0.0.1:11434/v1`.
    pub base: Base,
    /// The key, where the server wants one.
    pub key: Option<Zeroizing<String>>,
}

impl Service {
    fn signed(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.key {
            Some(key) => request.bearer_auth(key.as_str()),
            None => request,
        }
    }
}
