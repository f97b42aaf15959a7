//! `models.streamGenerateContent`: <https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent>.

use super::Service;
use super::error::refusal;
use super::fold::Fold;
use super::types::GenerateContentRequest;
use crate::Usage;
use crate::error::Error;

/// Asks, and hands each piece of the answer to `more` as it comes. Ends well only when the service said that the answer is whole.
///
/// # Errors
/// Every outcome of [`Fold`], every refusal, and the network's own.
pub async fn stream_generate_content(
    service: &Service,
    model: &str,
    request: &GenerateContentRequest,
    more: &mut (dyn FnMut(&str) + Send),
) -> Result<Usage, Error> {
    let mut url = service.base.join(&[&service.version, "models", &format!("{model}:streamGenerateContent")]);
    url.set_query(Some("alt=sse"));
    let request = service.signed(service.client.post(url)).json(request);
    let answer = service.client.send(request, refusal).await?;
    let mut fold = Fold::default();
    let mut take = |data: &str| {
        let told = fold.take(data)?;
        if !told.text.is_empty() {
            more(&told.text);
        }
        Ok(())
    };
    let events = service.client.events(answer, &mut take).await?;
    fold.end(events)
}
