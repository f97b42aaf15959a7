//! Models: one trait, its adapters, the exact cache, limits and the ledger. It knows prompts, not mail.

mod adapters;
pub mod cache;
pub(crate) mod flight;
mod gemini;
pub mod ledger;
pub(crate) mod limits;
mod local;
pub mod offline;
pub(crate) mod price;

pub(crate) use adapters::troubled;

use crate::api::{ModelInfo, ModelRef, PreviewPart};
use crate::error::{ModelTrouble, Result};
use std::future::Future;
use std::pin::Pin;

/// One call to a model, ready to send: what the preview shows is exactly this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Which model.
    pub model: ModelRef,
    /// The instructions.
    pub system: String,
    /// The prompt, in order; other people's words are marked as data inside the text.
    pub parts: Vec<PreviewPart>,
    /// The most tokens to write.
    pub max_output_tokens: u32,
}

/// How a call that ended well ended. Every other end is a [`ModelTrouble`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Tokens in, where the service counted them.
    pub input_tokens: Option<u64>,
    /// Tokens out, where the service counted them.
    pub output_tokens: Option<u64>,
}

/// What a call returns, boxed so that adapters can stand side by side.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Usage, ModelTrouble>> + Send + 'a>>;

/// A model's service. One attempt a call: waiting and trying again is the pipeline's.
pub trait Llm: Send + Sync {
    /// Streams the answer into `more`, piece by piece. Ends well only when the service said that the answer is whole.
    fn generate<'a>(&'a self, call: &'a Call, more: &'a mut (dyn FnMut(&str) + Send)) -> Answer<'a>;
    /// The models the service lists now.
    fn models(&self) -> Pin<Box<dyn Future<Output = Result<Vec<ModelInfo>, ModelTrouble>> + Send + '_>>;
    /// The host calls go to; `None` when it is this machine.
    fn leaves_to(&self) -> Option<String>;
}

/// The adapters, and what calls have in common: the cache, calls in flight, limits, the ledger.
#[derive(Default)]
pub struct Models {
    pub(crate) flights: flight::Flights,
    pub(crate) line: adapters::Line,
    pub(crate) window: std::sync::Mutex<limits::Window>,
}
