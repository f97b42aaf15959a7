//! The one HTTP client: TLS, time limits and redirects are decided here and nowhere else. It retries nothing: reqwest's own second try
//! after a refused stream is off, and hyper sends again only what it never began to write.

use crate::error::{Error, Kind, kind_of};
use crate::retry_after::retry_after;
use crate::sse::Parser;
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use std::time::{Duration, SystemTime};
use url::Url;

/// A body of an error, or of a list, larger than this is not read on.
const LARGEST_BODY: usize = 8 * 1024 * 1024;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// How long to wait for what.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For the first byte of an answer.
    pub first_byte: Duration,
    /// Between two pieces of an answer.
    pub between: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { first_byte: Duration::from_secs(60), between: Duration::from_secs(30) }
    }
}

/// The client. Cheap to clone: clones share connections.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    patience: Patience,
}

impl Client {
    /// Makes it, with the platform's certificate store.
    ///
    /// # Errors
    /// `Unreachable` when the platform offers no TLS that works.
    pub fn new() -> Result<Self, Error> {
        // A second install is refused, and is as good as the first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .user_agent(concat!("epistle/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|_| Error::new(Kind::Unreachable))?;
        Ok(Self { http, patience: Patience::default() })
    }

    /// The same connections, waited for in another way.
    #[must_use]
    pub fn waiting(&self, patience: Patience) -> Self {
        Self { http: self.http.clone(), patience }
    }

    pub(crate) fn patience(&self) -> Patience {
        self.patience
    }

    pub(crate) fn get(&self, url: Url) -> RequestBuilder {
        self.http.get(url)
    }

    pub(crate) fn post(&self, url: Url) -> RequestBuilder {
        self.http.post(url)
    }

    pub(crate) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.http.request(method, url)
    }

    /// Sends, and gives the answer if it is a 200; else what `refusal` reads from status, headers and body.
    pub(crate) async fn send(
        &self,
        request: RequestBuilder,
        refusal: impl Fn(u16, &[u8]) -> Error,
    ) -> Result<Response, Error> {
        let answer = within(self.patience.first_byte, request.send()).await??;
        let status = answer.status().as_u16();
        if status == 200 {
            return Ok(answer);
        }
        let asked = retry_after(answer.headers(), SystemTime::now());
        let body = self.body(answer).await.unwrap_or_default();
        let mut error = refusal(status, &body);
        error.retry_after = error.retry_after.or(asked);
        Err(error)
    }

    /// A whole JSON answer.
    pub(crate) async fn json<T: DeserializeOwned>(&self, answer: Response) -> Result<T, Error> {
        let body = self.body(answer).await?;
        serde_json::from_slice(&body).map_err(|_| Error::status(Kind::Unreadable, 200, None))
    }

    async fn body(&self, mut answer: Response) -> Result<Vec<u8>, Error> {
        let mut body = Vec::new();
        while let Some(chunk) =
            within(self.patience.between, answer.chunk()).await?.map_err(|_| Error::new(Kind::Cut))?
        {
            if body.len() + chunk.len() > LARGEST_BODY {
                return Err(Error::new(Kind::Unreadable));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// Reads an answer's events to its end: each goes to `event`, which may end the reading with an error.
    /// Returns how many there were; a broken connection is `Cut`.
    pub(crate) async fn events(
        &self,
        mut answer: Response,
        event: &mut (dyn FnMut(&str) -> Result<(), Error> + Send),
    ) -> Result<u64, Error> {
        let (mut parser, mut count, mut patience) = (Parser::default(), 0, self.patience.first_byte);
        while let Some(chunk) = within(patience, answer.chunk()).await?.map_err(|_| Error::new(Kind::Cut))? {
            patience = self.patience.between;
            let mut outcome = Ok(());
            let fed = parser.feed(&chunk, |data| {
                count += 1;
                if outcome.is_ok() {
                    outcome = event(data);
                }
            });
            outcome?;
            fed.map_err(|_| Error::new(Kind::Unreadable))?;
        }
        Ok(count)
    }
}

async fn within<T>(patience: Duration, work: impl Future<Output = T>) -> Result<T, Error> {
    tokio::time::timeout(patience, work).await.map_err(|_| Error::new(Kind::Stalled))
}

/// A refusal told by the status alone.
pub(crate) fn by_status(status: u16) -> Error {
    Error::status(kind_of(status), status, None)
}
