//! The bodies of `generateContent`, as far as they are used: <https://ai.google.dev/api/generate-content>. Fields and enum values not
//! known here are ignored, because the service adds to them.

use serde::{Deserialize, Serialize};

/// The request of `generateContent` and `streamGenerateContent`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GenerateContentRequest {
    /// The instructions.
    pub system_instruction: Content,
    /// The conversation; here one turn of the user's.
    pub contents: Vec<Content>,
    /// Limits.
    pub generation_config: GenerationConfig,
}

/// A turn.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    /// `user` or `model`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Its parts.
    pub parts: Vec<Part>,
}

/// A part of a turn.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Part {
    /// The text; other kinds of part have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Whether it is the model thinking, which is not part of the answer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub thought: bool,
}

impl Part {
    /// A part of text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), thought: false }
    }
}

/// Limits of an answer.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GenerationConfig {
    /// The most tokens out, thinking included.
    pub max_output_tokens: u32,
}

/// An answer, or one event of a stream of them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GenerateContentResponse {
    /// The answers; one is asked for.
    pub candidates: Vec<Candidate>,
    /// What the service's rules said of the question.
    pub prompt_feedback: Option<PromptFeedback>,
    /// Tokens so far.
    pub usage_metadata: Option<UsageMetadata>,
    /// An error in the middle of a stream.
    pub error: Option<serde_json::Value>,
}

/// One answer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Candidate {
    /// What it says.
    pub content: Option<Content>,
    /// Why it ended; absent while it goes on.
    pub finish_reason: Option<String>,
}

/// What the service's rules said of the question.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PromptFeedback {
    /// Why it was blocked, if it was.
    pub block_reason: Option<String>,
}

/// Tokens counted.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UsageMetadata {
    /// In.
    pub prompt_token_count: Option<u64>,
    /// Out, without thinking.
    pub candidates_token_count: Option<u64>,
    /// Thinking.
    pub thoughts_token_count: Option<u64>,
}
