//! How a call goes out and what comes back: each call once, with limits on time and size.
//!
//! **Whether a call may have arrived** is decided here, and only here, by where it ended:
//!
//! | where | what reqwest says | kind | may have arrived |
//! |---|---|---|---|
//! | the request cannot be written down (a token no header can hold) | `is_builder` | `AccessRefused` | no |
//! | name, TCP, proxy or TLS: no connection stood | `is_connect` | `Unreachable` | no |
//! | the connection broke before or while the request was written, or before an answer's head | any other | `AnswerLost` | yes |
//! | nothing came for too long | our own clock | `AnswerLost` | yes |
//! | a refusal in Gmail's own form (4xx) | a status | by its codes | no |
//! | 5xx, a redirect, another program's error page | a status | `Unavailable` | yes |
//! | a success whose body was cut, stalled, or cannot be read | a status | `AnswerLost` | yes |
//!
//! That `is_connect` means that nothing was sent rests on hyper-util: its `Connect` errors come from the connector and from the
//! handshake of HTTP, both before the request is handed to the connection. A connection taken from the pool that turns out closed is
//! replaced only while the request still waits in its queue; once hyper began to write it, the error is another one. A time limit that
//! ends while a connection is still being made (it has ten seconds of its own) counts as lost too: wrong on the safe side.

use super::Gmail;
use super::error::{Error, Kind, refusal};
use crate::retry_after::retry_after;
use reqwest::{Method, RequestBuilder, Response};
use serde::de::{DeserializeOwned, IgnoredAny};
use std::time::{Duration, SystemTime};
use url::Url;

/// No list, label set or refusal is larger.
const LARGEST_LIST: usize = 16 * 1024 * 1024;

/// Gmail takes in messages of up to 50 MB: so large in base64, with room for the rest.
const LARGEST_MESSAGE: usize = 72 * 1024 * 1024;

/// What the slowest line worth waiting for takes up in a second.
const SLOWEST_LINE: u64 = 16 * 1024;

/// How large an answer may be.
#[derive(Clone, Copy)]
pub(super) enum Size {
    /// A list, or a message without its parts.
    List,
    /// Messages with their parts.
    Message,
}

impl Size {
    fn largest(self) -> usize {
        match self {
            Self::List => LARGEST_LIST,
            Self::Message => LARGEST_MESSAGE,
        }
    }
}

/// A call before it goes out.
pub(super) struct Call<'g> {
    gmail: &'g Gmail,
    method: Method,
    url: Url,
    body: Option<(String, Vec<u8>)>,
    size: Size,
}

impl Gmail {
    /// A call to something of the signed-in user's.
    pub(super) fn call(&self, method: Method, segments: &[&str]) -> Call<'_> {
        let url = self.base.join(&[&["gmail", "v1", "users", "me"], segments].concat());
        Call { gmail: self, method, url, body: None, size: Size::List }
    }

    /// The same, at the address that takes media.
    pub(super) fn upload(&self, method: Method, segments: &[&str]) -> Call<'_> {
        let url = self.base.join(&[&["upload", "gmail", "v1", "users", "me"], segments].concat());
        Call { gmail: self, method, url, body: None, size: Size::List }
    }
}

impl Call<'_> {
    pub(super) fn query<'q>(mut self, pairs: impl IntoIterator<Item = (&'q str, &'q str)>) -> Self {
        let mut pairs = pairs.into_iter().peekable();
        if pairs.peek().is_some() {
            self.url.query_pairs_mut().extend_pairs(pairs);
        }
        self
    }

    pub(super) fn json(self, body: &serde_json::Value) -> Self {
        self.body("application/json".into(), body.to_string().into_bytes())
    }

    pub(super) fn body(mut self, content_type: String, body: Vec<u8>) -> Self {
        self.body = Some((content_type, body));
        self
    }

    pub(super) fn size(mut self, size: Size) -> Self {
        self.size = size;
        self
    }

    /// Goes out, and reads what a success says.
    pub(super) async fn read<T: DeserializeOwned>(self) -> Result<T, Error> {
        let body = self.send().await?;
        serde_json::from_slice(&body).map_err(|_| Kind::AnswerLost.into())
    }

    /// Goes out, where a success says nothing.
    pub(super) async fn done(self) -> Result<(), Error> {
        let body = self.send().await?;
        let is_plain = body.is_empty() || serde_json::from_slice::<IgnoredAny>(&body).is_ok();
        if is_plain { Ok(()) } else { Err(Kind::AnswerLost.into()) }
    }

    async fn send(self) -> Result<Vec<u8>, Error> {
        let (patience, reads) = (self.gmail.client.patience(), self.method == Method::GET);
        let largest = self.size.largest();
        let upload = self.body.as_ref().map_or(0, |(_, body)| body.len() as u64);
        let first_byte = patience.first_byte + Duration::from_secs(upload / SLOWEST_LINE);
        let answer = within(first_byte, self.request().send()).await?.map_err(|error| broken(&error))?;
        let status = answer.status().as_u16();
        let asked = retry_after(answer.headers(), SystemTime::now());
        match (status, whole(answer, largest, patience.between).await) {
            (200 | 204, Ok(body)) => Ok(body),
            // A read is only too large; what else came of a call that changes something is not known.
            (200 | 204, Err(error)) if error.kind() == Kind::TooLarge && !reads => Err(Kind::AnswerLost.into()),
            (200 | 204, Err(error)) => Err(error),
            (_, body) => Err(refusal(status, &body.unwrap_or_default()).or_wait(asked)),
        }
    }

    fn request(self) -> RequestBuilder {
        let request = self.gmail.client.request(self.method, self.url).bearer_auth(self.gmail.access.expose());
        match self.body {
            Some((content_type, body)) => request.header(reqwest::header::CONTENT_TYPE, content_type).body(body),
            None => request,
        }
    }
}

/// What an error before an answer's head means; see the table above.
fn broken(error: &reqwest::Error) -> Error {
    if error.is_builder() {
        return Kind::AccessRefused.into();
    }
    if error.is_connect() { Kind::Unreachable.into() } else { Kind::AnswerLost.into() }
}

async fn whole(mut answer: Response, largest: usize, patience: Duration) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    while let Some(chunk) = within(patience, answer.chunk()).await?.map_err(|_| Kind::AnswerLost)? {
        if body.len() + chunk.len() > largest {
            return Err(Kind::TooLarge.into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

async fn within<T>(patience: Duration, work: impl Future<Output = T>) -> Result<T, Error> {
    tokio::time::timeout(patience, work).await.map_err(|_| Kind::AnswerLost.into())
}
