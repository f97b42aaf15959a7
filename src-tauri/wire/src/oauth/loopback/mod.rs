//! Receives a provider's answer on this machine (RFC 8252 §7.3): one port of 127.0.0.1, open while a sign-in waits. It serves its own
//! few pages, redirects nowhere, and says of a stranger's request only that it came.

mod door;
mod page;

use super::authorize::Pending;
use super::fault::{Fault, Kind};
use super::redirect::Gate;
use super::token::Token;
use door::Desk;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{oneshot, watch};
use url::{Position, Url};

/// How long the browser's tab waits to hear how it ended.
const TAB_PATIENCE: Duration = Duration::from_secs(10);

/// A port of this machine, taken for one sign-in.
#[derive(Debug)]
pub struct Receiver {
    listener: TcpListener,
    redirect: Url,
    tab_patience: Duration,
}

/// A receiver at work. It answers until dropped; then its port closes, and only tabs that were already there still get their page.
#[derive(Debug)]
pub struct Listening {
    answer: Option<oneshot::Receiver<Result<Answer, Fault>>>,
    under_way: watch::Receiver<usize>,
    _open: oneshot::Sender<()>,
}

/// The answer, with a browser's tab waiting to hear how it ends. Dropped untold, the tab says that the sign-in was stopped.
#[derive(Debug)]
pub struct Answer {
    code: Token,
    tab: oneshot::Sender<Ending>,
}

/// How a sign-in ended, as its tab tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Well.
    SignedIn,
    /// Not well.
    Failed(Kind),
}

impl Receiver {
    /// Takes a port for a provider's answer: the given one, or any free one. `provider` becomes the last part of its path.
    ///
    /// The port is asked for without `SO_REUSEADDR`, so that nobody shares it. A given port is therefore taken for a minute or so
    /// after its last use, on systems that let connections rest.
    ///
    /// # Errors
    /// `PortTaken`.
    pub async fn bind(provider: &str, port: Option<u16>) -> Result<Self, Fault> {
        let listener = listen(port.unwrap_or(0)).map_err(|_| Kind::PortTaken)?;
        let port = listener.local_addr().map_err(|_| Kind::PortTaken)?.port();
        let mut redirect = Url::parse("http://127.0.0.1/callback").map_err(|_| Kind::PortTaken)?;
        if redirect.set_port(Some(port)).is_err() {
            return Err(Kind::PortTaken.into());
        }
        if let Ok(mut path) = redirect.path_segments_mut() {
            path.push(provider);
        }
        Ok(Self { listener, redirect, tab_patience: TAB_PATIENCE })
    }

    /// The address the provider is told to answer to: `http://127.0.0.1:PORT/callback/PROVIDER`.
    #[must_use]
    pub fn redirect(&self) -> &Url {
        &self.redirect
    }

    /// The same port, with a tab that waits longer or shorter to hear how it ended.
    #[must_use]
    pub fn with_tab_patience(self, tab_patience: Duration) -> Self {
        Self { tab_patience, ..self }
    }

    /// Begins to wait for the answer, within a Tokio runtime. `turned_away` hears of every request that was refused and did not end the sign-in.
    #[must_use]
    pub fn listen(self, pending: &Pending, turned_away: impl Fn(Kind) + Send + Sync + 'static) -> Listening {
        let (answered, answer) = oneshot::channel();
        let (open, closed) = oneshot::channel();
        let (under_way, pages) = watch::channel(0);
        let desk = Desk {
            host: self.redirect[Position::BeforeHost..Position::AfterPort].to_owned(),
            gate: Mutex::new(Gate::new(pending.expected().clone())),
            answered: Mutex::new(Some(answered)),
            turned_away: Box::new(turned_away),
            tab_patience: self.tab_patience,
            under_way,
        };
        tokio::spawn(door::keep(self.listener, Arc::new(desk), closed));
        Listening { answer: Some(answer), under_way: pages, _open: open }
    }
}

fn listen(port: u16) -> std::io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    socket.listen(64)
}

impl Listening {
    /// Waits for the answer; cancel-safe. How long, is the caller's to say. There is one: asked again, it is `Replayed`.
    ///
    /// # Errors
    /// What was wrong with this sign-in's answer.
    pub async fn answer(&mut self) -> Result<Answer, Fault> {
        let waiting = self.answer.as_mut().ok_or(Kind::Replayed)?;
        let answer = waiting.await;
        self.answer = None;
        answer.unwrap_or_else(|_| Err(Kind::Unreachable.into()))
    }

    /// Closes the port when every tab that asked has its page, or after two seconds. A program that ends right after its sign-in would
    /// otherwise leave the tab with nothing.
    pub async fn close(mut self) {
        let delivered = self.under_way.wait_for(|pages| *pages == 0);
        let _ = tokio::time::timeout(door::PAGE, delivered).await;
    }
}

impl Answer {
    /// The code, for `exchange::code`.
    #[must_use]
    pub fn code(&self) -> &Token {
        &self.code
    }

    /// Tells the tab how it ended. A tab that is told nothing for a while says to look in Epistle.
    pub fn tell(self, ending: Ending) {
        // A tab that was closed needs no telling.
        let _ = self.tab.send(ending);
    }
}
