//! `models.list`: <https://ai.google.dev/api/models#method:-models.list>.

use super::Service;
use super::error::refusal;
use crate::error::{Error, Kind};
use serde::Deserialize;

/// A model as the service lists it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Model {
    /// `models/NAME`.
    pub name: String,
    /// The name for people.
    #[serde(default)]
    pub display_name: String,
    /// How many tokens it takes in.
    pub input_token_limit: Option<u64>,
    /// What can be asked of it.
    #[serde(default)]
    pub supported_generation_methods: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    models: Vec<Model>,
    next_page_token: Option<String>,
}

/// More pages than this are a service that does not stop.
const MOST_PAGES: usize = 50;

/// Every model the key may see.
///
/// # Errors
/// Refusals, `Unreadable`, and the network's own.
pub async fn list_models(service: &Service) -> Result<Vec<Model>, Error> {
    let (mut models, mut token) = (Vec::new(), None::<String>);
    for _ in 0..MOST_PAGES {
        let mut url = service.base.join(&[&service.version, "models"]);
        url.query_pairs_mut().append_pair("pageSize", "1000");
        if let Some(token) = &token {
            url.query_pairs_mut().append_pair("pageToken", token);
        }
        let answer = service.client.send(service.signed(service.client.get(url)), refusal).await?;
        let page: Page = service.client.json(answer).await?;
        models.extend(page.models);
        token = page.next_page_token.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok(models);
        }
    }
    Err(Error::new(Kind::Unreadable))
}
