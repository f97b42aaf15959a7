//! `POST /chat/completions`, streamed: <https://platform.openai.com/docs/api-reference/chat/create>.

use super::Service;
use super::fold::Fold;
use crate::Usage;
use crate::client::by_status;
use crate::error::Error;
use serde::Serialize;

/// The request.
#[derive(Debug, Clone, Serialize)]
pub struct ChatRequest {
    /// The model's name there.
    pub model: String,
    /// The conversation.
    pub messages: Vec<Message>,
    /// Whether to stream; always true here.
    pub stream: bool,
    /// Asks for the tokens at the end; servers that do not know it ignore it.
    pub stream_options: StreamOptions,
    /// The most tokens out.
    pub max_tokens: u32,
}

/// What to add to a stream.
#[derive(Debug, Clone, Serialize)]
pub struct StreamOptions {
    /// The tokens at the end.
    pub include_usage: bool,
}

/// A turn.
#[derive(Debug, Clone, Serialize)]
pub struct Message {
    /// `system` or `user`.
    pub role: &'static str,
    /// The text.
    pub content: String,
}

/// Asks, and hands each piece of the answer to `more` as it comes. Ends well only when the server said that the answer is whole.
///
/// # Errors
/// Every outcome of [`Fold`], every refusal, and the network's own.
pub async fn chat_completions(
    service: &Service,
    request: &ChatRequest,
    more: &mut (dyn FnMut(&str) + Send),
) -> Result<Usage, Error> {
    let url = service.base.join(&["chat", "completions"]);
    let request = service.signed(service.client.post(url)).json(request);
    let answer = service.client.send(request, |status, _| by_status(status)).await?;
    let mut fold = Fold::default();
    let mut take = |data: &str| {
        let text = fold.take(data)?;
        if !text.is_empty() {
            more(&text);
        }
        Ok(())
    };
    let events = service.client.events(answer, &mut take).await?;
    fold.end(events)
}
