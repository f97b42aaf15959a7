//! The receiver's server: who may ask, what they are told, and when it closes. Every answer is a page of `page`; there is no redirect
//! and no header that names another place.

use super::super::fault::{Fault, Kind};
use super::super::redirect::{Gate, Verdict};
use super::page::{self, Page};
use super::{Answer, Ending};
use hyper::body::Incoming;
use hyper::header::{self, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// How long a request's head may take.
const HEAD: Duration = Duration::from_secs(5);

/// How large it may be. Microsoft's codes are about 2 KiB.
const LARGEST_HEAD: usize = 16 * 1024;

/// How many may ask at once.
const MOST: usize = 32;

/// How long a page may take on its way.
pub(super) const PAGE: Duration = Duration::from_secs(2);

/// What the pages' server knows of the sign-in.
pub(super) struct Desk {
    pub host: String,
    pub gate: Mutex<Gate>,
    pub answered: Mutex<Option<oneshot::Sender<Result<Answer, Fault>>>>,
    pub turned_away: Box<dyn Fn(Kind) + Send + Sync>,
    pub tab_patience: Duration,
    /// Requests that were made and whose pages are not delivered yet.
    pub under_way: watch::Sender<usize>,
}

/// Serves until the other side of `closed` is dropped.
pub(super) async fn keep(listener: TcpListener, desk: Arc<Desk>, mut closed: oneshot::Receiver<()>) {
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut closed => break,
            Some(_) = open.join_next() => {}
            accepted = listener.accept(), if open.len() < MOST => match accepted {
                Ok((stream, _)) => drop(open.spawn(serve(stream, Arc::clone(&desk)))),
                // No file handles left, or a caller that hung up at once: neither is helped by haste.
                Err(_) => sleep(Duration::from_millis(50)).await,
            },
        }
    }
    drop(listener);
    // Whoever is still there gets their page; each connection has its own limit.
    while open.join_next().await.is_some() {}
}

/// One connection, one request, within a time.
async fn serve(stream: TcpStream, desk: Arc<Desk>) {
    let asked = AtomicBool::new(false);
    let answer = service_fn(|request| {
        asked.store(true, Ordering::Relaxed);
        desk.under_way.send_modify(|pages| *pages += 1);
        let desk = Arc::clone(&desk);
        async move { Ok::<_, Infallible>(answer(&desk, &request).await) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(LARGEST_HEAD).keep_alive(false);
    // A connection that ends badly has nobody left to tell.
    let _ = timeout(HEAD + desk.tab_patience + PAGE, http.serve_connection(TokioIo::new(stream), answer)).await;
    if asked.into_inner() {
        desk.under_way.send_modify(|pages| *pages -= 1);
    }
}

async fn answer(desk: &Desk, request: &Request<Incoming>) -> Response<String> {
    if let Some(refused) = screen(request, &desk.host) {
        return refused;
    }
    let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
    let verdict = lock(&desk.gate).admit(path, query);
    match verdict {
        Verdict::TurnedAway(kind) => {
            (desk.turned_away)(kind);
            respond(StatusCode::BAD_REQUEST, Page::Refused(kind))
        }
        Verdict::Ended(kind) => {
            deliver(desk, Err(kind.into()));
            respond(StatusCode::BAD_REQUEST, Page::Failed(kind))
        }
        Verdict::Code(code) => {
            let (tab, ending) = oneshot::channel();
            deliver(desk, Ok(Answer { code, tab }));
            match timeout(desk.tab_patience, ending).await {
                Ok(Ok(Ending::SignedIn)) => respond(StatusCode::OK, Page::SignedIn),
                Ok(Ok(Ending::Failed(kind))) => respond(StatusCode::BAD_REQUEST, Page::Failed(kind)),
                // Nobody holds the answer any more, or nobody waited for it.
                Ok(Err(_)) => respond(StatusCode::GONE, Page::Stopped),
                // Not yet told: the tab must claim neither.
                Err(_) => respond(StatusCode::ACCEPTED, Page::Unknown),
            }
        }
    }
}

/// Turns away what no browser with an answer sends: another method, another host (a name that was pointed here), another path.
fn screen(request: &Request<Incoming>, host: &str) -> Option<Response<String>> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let ours = hosts.next().is_some_and(|given| given.as_bytes() == host.as_bytes()) && hosts.next().is_none();
    if !ours || request.uri().authority().is_some() || !request.uri().path().starts_with("/callback/") {
        return Some(respond(StatusCode::NOT_FOUND, Page::Nothing));
    }
    if request.method() != Method::GET {
        let mut refused = respond(StatusCode::METHOD_NOT_ALLOWED, Page::Nothing);
        refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET"));
        return Some(refused);
    }
    None
}

/// The first one is delivered; whoever waited may have gone.
fn deliver(desk: &Desk, answer: Result<Answer, Fault>) {
    if let Some(answered) = lock(&desk.answered).take() {
        let _ = answered.send(answer);
    }
}

fn respond(status: StatusCode, page: Page) -> Response<String> {
    let mut response = Response::new(page::html(page));
    *response.status_mut() = status;
    for (name, value) in page::HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// What a panic elsewhere left is still whole: each lock holds for one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
