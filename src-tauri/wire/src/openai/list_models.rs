//! `GET /models`: <https://platform.openai.com/docs/api-reference/models/list>.

use super::Service;
use crate::client::by_status;
use crate::error::Error;
use serde::Deserialize;

#[derive(Deserialize)]
struct Page {
    data: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    id: String,
}

/// The names of the models the server has.
///
/// # Errors
/// Refusals, `Unreadable`, and the network's own.
pub async fn list_models(service: &Service) -> Result<Vec<String>, Error> {
    let request = service.signed(service.client.get(service.base.join(&["models"])));
    let answer = service.client.send(request, |status, _| by_status(status)).await?;
    let page: Page = service.client.json(answer).await?;
    Ok(page.data.into_iter().map(|row| row.id).collect())
}
