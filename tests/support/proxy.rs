//! A reverse proxy of our own on loopback, in front of somebody else's server: it notes what passes, and does to each request the harm
//! that a test asks for. What it is not asked to spoil it hands on byte for byte.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt};
use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What happens to one request for a letter.
#[derive(Debug, Clone)]
pub enum Fault {
    /// An answer of the proxy's own: status, content type, body; and Retry-After, in seconds.
    Answer(u16, &'static str, String, Option<u32>),
    /// Nothing: the server's answer as it is.
    Pass,
    /// The server's answer, the connection broken after so many bytes. With none of them nothing is answered at all.
    Cut(usize),
    /// The server's answer, silent for ever after so many bytes.
    Stall(usize),
}

impl Fault {
    /// A JSON answer with this status.
    #[must_use]
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::Answer(status, "application/json", body.to_string(), None)
    }

    /// A stream of these events, to its end.
    #[must_use]
    pub fn events(events: &[serde_json::Value]) -> Self {
        let body = events.iter().map(|event| format!("data: {event}\r\n\r\n")).collect();
        Self::Answer(200, "text/event-stream", body, None)
    }
}

/// A request that came by.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Method, path and query.
    pub line: String,
    /// The body, byte for byte.
    pub body: Bytes,
}

/// The proxy.
pub struct Proxy {
    /// Its base address.
    pub base: String,
    inner: Arc<Inner>,
    _runtime: tokio::runtime::Runtime,
}

type Rewrite = (&'static str, fn(&[u8]) -> Vec<u8>);

struct Inner {
    upstream: String,
    client: reqwest::Client,
    /// Answers to plain GETs that the server does not know.
    pages: Vec<(&'static str, String)>,
    faults: Mutex<VecDeque<Fault>>,
    /// Faults for the requests whose line has a text in it, in order.
    aimed: Mutex<Vec<(&'static str, Fault)>>,
    /// What a body's text is changed into on its way to the server.
    rewritten: Mutex<Option<Rewrite>>,
    /// Names that the server is known under to whoever asks through here, each by its other name.
    renamed: Mutex<Vec<(String, String)>>,
    delay: AtomicU64,
    seen: Mutex<Vec<Seen>>,
    answered: AtomicUsize,
}

impl Proxy {
    /// Stands before a server; `pages` are answers of its own to GETs of these paths.
    #[must_use]
    pub fn before(upstream: &str, pages: Vec<(&'static str, String)>) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let inner = Arc::new(Inner {
            upstream: upstream.to_owned(),
            client,
            pages,
            faults: Mutex::default(),
            aimed: Mutex::default(),
            rewritten: Mutex::default(),
            renamed: Mutex::default(),
            delay: AtomicU64::new(0),
            seen: Mutex::default(),
            answered: AtomicUsize::new(0),
        });
        let listener = runtime.block_on(tokio::net::TcpListener::bind(("127.0.0.1", 0))).expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let app = Router::new().fallback(pass).with_state(inner.clone());
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self { base, inner, _runtime: runtime }
    }

    /// What happens to the next requests, in order; those after pass unharmed. Forgets what was seen.
    pub fn will(&self, faults: &[Fault]) {
        *self.inner.faults.lock().expect("the faults") = faults.iter().cloned().collect();
        self.inner.seen.lock().expect("the notes").clear();
        self.inner.answered.store(0, Ordering::SeqCst);
    }

    /// What happens to the next requests whose line (method, path and query) has this text in it (at its end, with `$` behind it), in order; those
    /// after, and all others, pass unharmed. What was said before of others stands.
    pub fn will_where(&self, line: &'static str, faults: &[Fault]) {
        let mut aimed = self.inner.aimed.lock().expect("the faults");
        aimed.retain(|(other, _)| *other != line);
        aimed.extend(faults.iter().map(|fault| (line, fault.clone())));
    }

    /// From now on the bodies of requests whose line has this text in it are changed on their way to the server.
    pub fn rewrites(&self, line: &'static str, change: fn(&[u8]) -> Vec<u8>) {
        *self.inner.rewritten.lock().expect("the change") = Some((line, change));
    }

    /// From now on what the server calls `there` is called `here` on this side, in lines, bodies and answers. An id that changes is
    /// made so where the server keeps it.
    pub fn renames(&self, there: &str, here: &str) {
        self.inner.renamed.lock().expect("the names").push((there.to_owned(), here.to_owned()));
    }

    /// Every answer takes so much longer from now on.
    pub fn slow(&self, delay: Duration) {
        self.inner.delay.store(u64::try_from(delay.as_millis()).unwrap_or(u64::MAX), Ordering::SeqCst);
    }

    /// How many requests the server itself has answered since the faults were set.
    #[must_use]
    pub fn answered(&self) -> usize {
        self.inner.answered.load(Ordering::SeqCst)
    }

    /// The requests for a letter that came by since the faults were set.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        self.inner.seen.lock().expect("the notes").clone()
    }
}

impl Inner {
    fn fault_for(&self, line: &str) -> Option<Fault> {
        let mut aimed = self.aimed.lock().expect("the faults");
        if let Some(at) = aimed.iter().position(|(text, _)| fits(line, text)) {
            return Some(aimed.remove(at).1);
        }
        self.faults.lock().expect("the faults").pop_front()
    }

    fn body(&self, line: &str, body: Bytes) -> Bytes {
        match *self.rewritten.lock().expect("the change") {
            Some((text, change)) if fits(line, text) => change(&body).into(),
            _ => body,
        }
    }
}

/// Whether a request's line has a text in it; a text with `$` behind it must be the end of the line.
fn fits(line: &str, text: &str) -> bool {
    text.strip_suffix('$').map_or_else(|| line.contains(text), |end| line.ends_with(end))
}

async fn pass(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let line = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    if parts.method == Method::GET
        && let Some((_, page)) = inner.pages.iter().find(|(path, _)| *path == parts.uri.path())
    {
        return ([(header::CONTENT_TYPE, "application/json")], page.clone()).into_response();
    }
    inner.seen.lock().expect("the notes").push(Seen { line: format!("{} {line}", parts.method), body: body.clone() });
    let fault = inner.fault_for(&format!("{} {line}", parts.method));
    tokio::time::sleep(Duration::from_millis(inner.delay.load(Ordering::SeqCst))).await;
    if let Some(Fault::Answer(status, kind, text, retry_after)) = fault {
        let mut answer = (status_of(status), [(header::CONTENT_TYPE, kind)], text).into_response();
        if let Some(seconds) = retry_after {
            answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        return answer;
    }
    match forwarded(&inner, parts.method, &line, parts.headers, body).await {
        Ok(answer) => {
            inner.answered.fetch_add(1, Ordering::SeqCst);
            let names = inner.renamed.lock().expect("the names").clone();
            if names.is_empty() { harmed(answer, fault) } else { renamed(answer, &names).await }
        }
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

async fn forwarded(
    inner: &Inner,
    method: Method,
    line: &str,
    mut headers: HeaderMap,
    body: Bytes,
) -> reqwest::Result<reqwest::Response> {
    headers.remove(header::HOST);
    let names = inner.renamed.lock().expect("the names").clone();
    let line = names.iter().fold(line.to_owned(), |line, (there, here)| line.replace(here, there));
    let body = match std::str::from_utf8(&body) {
        Ok(text) if !names.is_empty() => {
            names.iter().fold(text.to_owned(), |text, (there, here)| text.replace(here, there)).into()
        }
        _ => body,
    };
    let body = inner.body(&format!("{method} {line}"), body);
    headers.remove(header::CONTENT_LENGTH); // it may have changed
    inner.client.request(method, format!("{}{line}", inner.upstream)).headers(headers).body(body).send().await
}

async fn renamed(answer: reqwest::Response, names: &[(String, String)]) -> Response {
    let status = status_of(answer.status().as_u16());
    let kind = answer.headers().get(header::CONTENT_TYPE).cloned();
    let text = answer.text().await.unwrap_or_default();
    let text = names.iter().fold(text, |text, (there, here)| text.replace(there.as_str(), here));
    let mut answer = (status, text).into_response();
    if let Some(kind) = kind {
        answer.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    answer
}

fn harmed(answer: reqwest::Response, fault: Option<Fault>) -> Response {
    let status = status_of(answer.status().as_u16());
    let kind = answer.headers().get(header::CONTENT_TYPE).cloned();
    let bytes = answer.bytes_stream().map(|piece| piece.map_err(io::Error::other));
    let body = match fault {
        Some(Fault::Cut(after)) => {
            let broken = futures_util::stream::once(async { Err(io::Error::other("broken off")) });
            Body::from_stream(first(bytes, after).chain(broken))
        }
        Some(Fault::Stall(after)) => Body::from_stream(first(bytes, after).chain(futures_util::stream::pending())),
        _ => Body::from_stream(bytes),
    };
    let mut answer = (status, body).into_response();
    if let Some(kind) = kind {
        answer.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    answer
}

/// The first so many bytes.
fn first(
    bytes: impl Stream<Item = io::Result<Bytes>> + Send,
    most: usize,
) -> impl Stream<Item = io::Result<Bytes>> + Send {
    bytes.scan(most, |left, piece| {
        let piece = piece.map(|mut piece| {
            piece.truncate(*left);
            piece
        });
        *left -= piece.as_ref().map_or(0, Bytes::len);
        let over = piece.as_ref().is_ok_and(Bytes::is_empty);
        async move { (!over).then_some(piece) }
    })
}

fn status_of(status: u16) -> StatusCode {
    StatusCode::from_u16(status).expect("a status")
}
