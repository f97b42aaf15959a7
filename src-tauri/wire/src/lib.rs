//! Clients of other people's HTTP APIs, and of mail servers (`smtp`): one folder a service, one file a remote method, named as in its
//! reference. No domain types: whoever calls maps these plain structs to its own. Error texts never hold a key, a prompt or an answer.

mod base;
mod client;
mod error;
pub mod gemini;
pub mod gmail;
pub mod hub;
mod image_kind;
pub mod oauth;
pub mod openai;
mod remote_picture;
mod retry_after;
pub mod smtp;
mod sse;

pub use base::{Base, BaseError};
pub use client::{Client, Patience};
pub use error::{Error, Kind};
pub use image_kind::image_kind;
pub use remote_picture::{Pictures, Reach};
pub use sse::Parser as SseParser;

/// Tokens of one call, where the service counted them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Tokens in.
    pub input: Option<u64>,
    /// Tokens out, thinking included.
    pub output: Option<u64>,
}
