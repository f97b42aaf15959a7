//! Carries requests to a provider over the one client, with a limit on time and size: redirects are off, so that a code or a secret
//! goes to the address it was meant for or nowhere. It retries nothing.

use super::fault::{Fault, Kind};
use crate::client::Client;
use crate::retry_after::retry_after;
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::RequestBuilder;
use reqwest::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::pin::Pin;
use std::time::{Duration, SystemTime};
use url::Url;

/// How long a whole call may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// No token answer, key set or profile is larger.
pub(super) const LARGEST: usize = 1024 * 1024;

/// A whole answer.
pub(super) struct Answer {
    pub status: u16,
    pub content_type: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// What a 200 says.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        let said = (self.status == 200).then(|| serde_json::from_slice(&self.body).ok()).flatten();
        said.ok_or_else(|| self.fault(Kind::Unreadable))
    }

    pub(super) fn fault(&self, kind: Kind) -> Fault {
        Fault::by_status(kind, self.status, None)
    }
}

/// Sends, and gives the answer unless the service is down or asks to wait.
pub(super) async fn fetch(request: RequestBuilder, largest: usize) -> Result<Answer, Fault> {
    let mut answer = request.timeout(PATIENCE).send().await.map_err(|_| Kind::Unreachable)?;
    let status = answer.status().as_u16();
    if matches!(status, 408 | 429 | 500..=599) {
        return Err(Fault::by_status(Kind::Unreachable, status, retry_after(answer.headers(), SystemTime::now())));
    }
    let content_type = answer.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (content_type, mut body) = (content_type.to_owned(), Vec::new());
    while let Some(chunk) = answer.chunk().await.map_err(|_| Kind::Unreachable)? {
        if body.len() + chunk.len() > largest {
            return Err(Fault::by_status(Kind::Unreadable, status, None));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, content_type, body })
}

/// The one client, as `oauth2` wants it.
pub(super) struct Carrier(pub Client);

impl<'c> AsyncHttpClient<'c> for Carrier {
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Fault>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let url = Url::parse(&head.uri.to_string()).map_err(|_| Kind::Unreadable)?;
            let request = self.0.request(head.method, url).headers(head.headers).body(body);
            respond(fetch(request, LARGEST).await?)
        })
    }
}

/// GitHub answers errors with a 200: here they get the status that RFC 6749 §5.2 gives them, so that they are read as errors.
fn respond(answer: Answer) -> Result<HttpResponse, Fault> {
    let says_error = || serde_json::from_slice::<Value>(&answer.body).is_ok_and(|body| body["error"].is_string());
    let status = if answer.status == 200 && says_error() { 400 } else { answer.status };
    let response = oauth2::http::Response::builder().status(status).header(CONTENT_TYPE, answer.content_type);
    response.body(answer.body).map_err(|_| Fault::from(Kind::Unreadable))
}
