//! Sending by SMTP (RFC 5321, 6409), over lettre's connection, command by command, so that it is known where a talk ended. One attempt a
//! call: whoever calls decides about the next one.
//!
//! **Whether a message may have arrived** is decided here, and only here, by where the talk ended:
//!
//! | where | kind | may have arrived |
//! |---|---|---|
//! | name, network, TLS, greeting, sign-in: before DATA was answered | by what happened | no |
//! | a reply of 4xx or 5xx, to the message's end too | `NotNow`, `Refused` and their kin | no |
//! | the connection broke or stood still before the final dot began to be written | `Cut` | no |
//! | the final dot began to be written, and no reply to it could be read | `AnswerLost` | yes |
//!
//! A message is for all of its recipients or for none: where one is refused, no DATA is said.

mod body;
mod error;
mod line;
mod reply;
mod talk;

pub use error::{Enhanced, Error, Kind};

use crate::oauth::Token;
use lettre::transport::smtp::client::{Certificate, CertificateStore, TlsParameters};
use std::time::Duration;
use talk::Talk;

/// How a connection is made private.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// STARTTLS, without which nothing is said.
    StartTls,
    /// Not at all: only to this machine.
    None,
}

/// Who sends.
#[derive(Debug, Clone)]
pub enum Login {
    /// A name and a password, by PLAIN, or LOGIN where there is nothing else.
    Password {
        /// The name.
        user: String,
        /// The password.
        password: Token,
    },
    /// A name and an access token, by XOAUTH2.
    Bearer {
        /// The name.
        user: String,
        /// The access token.
        token: Token,
    },
}

/// A message and its envelope.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'l> {
    /// The envelope's sender.
    pub from: &'l str,
    /// The envelope's recipients.
    pub to: &'l [&'l str],
    /// The message (RFC 5322).
    pub raw: &'l [u8],
}

/// How long to wait for what.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For a connection.
    pub connect: Duration,
    /// For a reply to a command, a handshake included.
    pub reply: Duration,
    /// For a piece of the message to be taken.
    pub piece: Duration,
    /// For the whole message to be taken.
    pub body: Duration,
    /// For the reply to the message's end, while the server may look through it.
    pub answer: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            reply: Duration::from_secs(30),
            piece: Duration::from_secs(45),
            body: Duration::from_secs(4 * 60),
            answer: Duration::from_secs(3 * 60),
        }
    }
}

/// A mail server that takes messages from people.
#[derive(Debug, Clone)]
pub struct Server {
    host: String,
    port: u16,
    security: Security,
    patience: Patience,
    root: Option<Vec<u8>>,
}

impl Server {
    /// The server of this name at this port, believed by the platform's certificate store.
    #[must_use]
    pub fn new(host: &str, port: u16, security: Security) -> Self {
        Self { host: host.to_owned(), port, security, patience: Patience::default(), root: None }
    }

    /// The same, waited for in another way.
    #[must_use]
    pub fn waiting(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// The same, believed by this one root certificate (DER) and no other.
    #[must_use]
    pub fn trusting(self, root: Vec<u8>) -> Self {
        Self { root: Some(root), ..self }
    }

    /// Connects, signs in, and leaves. Nothing is sent.
    ///
    /// # Errors
    /// Whatever would keep a message from leaving before it is written.
    pub async fn check(&self, login: Option<&Login>) -> Result<(), Error> {
        let mut talk = Talk::begin(self, login).await?;
        talk.leave().await;
        Ok(())
    }

    /// Sends a message, to all of its recipients or to none.
    ///
    /// # Errors
    /// [`Error::may_have_arrived`] tells whether the message may be out all the same.
    pub async fn send(&self, login: Option<&Login>, letter: Letter<'_>) -> Result<(), Error> {
        let envelope = talk::Envelope::of(letter)?;
        let mut talk = Talk::begin(self, login).await?;
        let sent = talk.hand_over(&envelope, letter.raw).await;
        if sent.is_ok() || sent.as_ref().is_err_and(|error| error.code().is_some()) {
            talk.leave().await;
        }
        sent
    }

    fn tls(&self) -> Result<TlsParameters, Error> {
        // A second install is refused, and is as good as the first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut tls = TlsParameters::builder(self.host.clone());
        if let Some(root) = &self.root {
            let root = Certificate::from_der(root.clone()).map_err(|_| Kind::TlsFailed)?;
            tls = tls.certificate_store(CertificateStore::None).add_root_certificate(root);
        }
        tls.build().map_err(|_| Kind::TlsFailed.into())
    }
}
