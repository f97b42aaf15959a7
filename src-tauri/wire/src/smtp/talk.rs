//! One talk with a server, from the connection to the farewell. Each step knows what its failing means; see the table in `mod.rs`.

use super::body::{Pieces, Progress, lines};
use super::error::{At, Error, Kind, refusal};
use super::line::LineByLine;
use super::reply::Offers;
use super::{Letter, Login, Patience, Security, Server};
use lettre::address::Address;
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Auth, Data, Ehlo, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use std::error::Error as _;
use std::fmt::Display;
use std::net::Ipv4Addr;
use std::pin::pin;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;

/// What EHLO says of us: no name of this machine's, and no address of its network's.
const HELLO: ClientId = ClientId::Ipv4(Ipv4Addr::LOCALHOST);
/// How long a farewell may take. Nothing depends on it.
const FAREWELL: Duration = Duration::from_secs(2);
/// LOGIN asks for the name, then for the password.
const QUESTIONS: usize = 2;

/// Who it is from and to, as commands can carry it.
pub(super) struct Envelope {
    from: Address,
    to: Vec<Address>,
    /// Whether there is anything outside ASCII in an address or in the head, which only SMTPUTF8 carries (RFC 6531).
    utf8: bool,
}

impl Envelope {
    pub(super) fn of(letter: Letter<'_>) -> Result<Self, Error> {
        let address = |text: &str| {
            let read = text.parse::<Address>().ok().filter(|_| !text.chars().any(char::is_control));
            read.ok_or(Error::from(Kind::BadAddress))
        };
        let to = letter.to.iter().map(|text| address(text)).collect::<Result<Vec<_>, _>>()?;
        if to.is_empty() {
            return Err(Kind::BadAddress.into());
        }
        let head = letter.raw.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(letter.raw.len());
        let utf8 =
            !letter.raw[..head].is_ascii() || !letter.from.is_ascii() || !letter.to.iter().all(|to| to.is_ascii());
        Ok(Self { from: address(letter.from)?, to, utf8 })
    }
}

/// A talk under way, signed in.
pub(super) struct Talk {
    connection: AsyncSmtpConnection,
    patience: Patience,
    offers: Offers,
}

impl Talk {
    /// Connects, makes the connection private, says hello, signs in.
    pub(super) async fn begin(server: &Server, login: Option<&Login>) -> Result<Self, Error> {
        let connection = connect(server).await?;
        let mut talk = Self { connection, patience: server.patience, offers: Offers::default() };
        let hello = talk.say(At::Hello, Ehlo::new(HELLO)).await?;
        talk.offers = Offers::of(hello.message());
        if let Some(login) = login {
            talk.sign_in(login).await?;
        }
        Ok(talk)
    }

    /// Says a command, and gives the reply if it is no refusal.
    async fn say(&mut self, at: At, command: impl Display) -> Result<Response, Error> {
        match tokio::time::timeout(self.patience.reply, self.connection.command(command)).await {
            Ok(reply) => reply.map_err(|error| failed(at, &error)),
            Err(_) => Err(Kind::Cut.into()),
        }
    }

    async fn sign_in(&mut self, login: &Login) -> Result<(), Error> {
        let (user, secret) = match login {
            Login::Password { user, password } => (user, password),
            Login::Bearer { user, token } => (user, token),
        };
        let mechanism = match login {
            Login::Password { .. } if self.offers.plain => Mechanism::Plain,
            Login::Password { .. } if self.offers.login => Mechanism::Login,
            Login::Bearer { .. } if self.offers.xoauth2 => Mechanism::Xoauth2,
            _ => return Err(Kind::NoMechanism.into()),
        };
        let credentials = Credentials::new(user.clone(), secret.expose().to_owned());
        let first = Auth::new(mechanism, credentials.clone(), None).map_err(|_| Kind::NoMechanism)?;
        let mut reply = self.say(At::Auth, first).await?;
        if mechanism == Mechanism::Login {
            for _ in 0..QUESTIONS {
                let answer = Auth::new_from_response(mechanism, credentials.clone(), &reply);
                reply = self.say(At::Auth, answer.map_err(|_| Kind::NoMechanism)?).await?;
            }
        } else if reply.has_code(334) {
            // What a refused token is told with before the refusal itself, which an empty line asks for; nothing else is said so.
            reply = self.say(At::Auth, "\r\n").await?;
        }
        if reply.has_code(235) { Ok(()) } else { Err(Kind::AuthRefused.into()) }
    }

    /// Hands a message over.
    pub(super) async fn hand_over(&mut self, envelope: &Envelope, raw: &[u8]) -> Result<(), Error> {
        let mail = Mail::new(Some(envelope.from.clone()), self.parameters(envelope, raw)?);
        expect(self.say(At::Message, mail).await?, 200..=299)?;
        for to in &envelope.to {
            expect(self.say(At::Message, Rcpt::new(to.clone(), vec![])).await?, 200..=299)?;
        }
        expect(self.say(At::Message, Data).await?, 354..=354)?;
        self.body(&lines(raw)).await
    }

    fn parameters(&self, envelope: &Envelope, raw: &[u8]) -> Result<Vec<MailParameter>, Error> {
        let mut parameters = vec![];
        if envelope.utf8 {
            if !self.offers.utf8 {
                return Err(Kind::NoSmtpUtf8.into());
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !raw.is_ascii() {
            if !self.offers.eight_bit {
                return Err(Kind::No8Bit.into());
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        if self.offers.largest.is_some_and(|largest| raw.len() as u64 > largest) {
            return Err(Kind::TooLarge.into());
        }
        if self.offers.size {
            parameters.push(MailParameter::Size(raw.len()));
        }
        Ok(parameters)
    }

    /// Writes the message and its end, and reads the reply.
    async fn body(&mut self, message: &[u8]) -> Result<(), Error> {
        let (progress, began, patience) = (Progress::default(), Instant::now(), self.patience);
        let mut writing = pin!(self.connection.message_iter(Pieces::of(message, &progress)));
        loop {
            let (pieces, ending) = (progress.pieces(), progress.is_ending());
            let limit = if ending { patience.answer } else { patience.piece };
            match tokio::time::timeout(limit, &mut writing).await {
                Ok(Ok(reply)) if (200..=299).contains(&u16::from(reply.code())) => return Ok(()),
                Ok(Err(error)) if error.status().is_some() => return Err(failed(At::Message, &error)),
                Ok(_) => return Err(ended(&progress)),
                Err(_) if !ending && progress.is_ending() => {}
                Err(_) if !ending && progress.pieces() > pieces && began.elapsed() < patience.body => {}
                Err(_) => return Err(ended(&progress)),
            }
        }
    }

    /// Says goodbye, if the server listens.
    pub(super) async fn leave(&mut self) {
        let _ = tokio::time::timeout(FAREWELL, self.connection.quit()).await;
    }
}

/// What it means that the writing of a message ended without a reply that says how.
fn ended(progress: &Progress) -> Error {
    if progress.is_ending() { Kind::AnswerLost.into() } else { Kind::Cut.into() }
}

fn expect(reply: Response, codes: std::ops::RangeInclusive<u16>) -> Result<(), Error> {
    if codes.contains(&u16::from(reply.code())) { Ok(()) } else { Err(Kind::Unreadable.into()) }
}

/// What a failure before the message's end means.
fn failed(at: At, error: &smtp::Error) -> Error {
    match error.status() {
        Some(code) => refusal(at, code.into(), &error.source().map(ToString::to_string).unwrap_or_default()),
        None if at == At::Hello && error.is_response() => Kind::Unreadable.into(),
        None => Kind::Cut.into(),
    }
}

async fn connect(server: &Server) -> Result<AsyncSmtpConnection, Error> {
    let Patience { connect, reply, .. } = server.patience;
    let at = (server.host.as_str(), server.port);
    if server.security == Security::Tls {
        let talk = AsyncSmtpConnection::connect_tokio1(at, Some(connect), &HELLO, Some(server.tls()?), None);
        let stood = tokio::time::timeout(connect + reply, talk).await.map_err(|_| Kind::Unreachable)?;
        return stood.map_err(|error| not_private(&error).unwrap_or_else(|| unreached(&error)));
    }
    let tcp = tokio::time::timeout(connect, TcpStream::connect(at)).await;
    let tcp = tcp.ok().and_then(Result::ok).ok_or(Kind::Unreachable)?;
    if server.security == Security::None && !tcp.peer_addr().is_ok_and(|peer| peer.ip().is_loopback()) {
        return Err(Kind::PlainElsewhere.into());
    }
    let hello = AsyncSmtpConnection::connect_with_transport(Box::new(LineByLine::new(tcp)), &HELLO);
    let hello = tokio::time::timeout(reply, hello).await.map_err(|_| Kind::Cut)?;
    let mut connection = hello.map_err(|error| failed(At::Hello, &error))?;
    if server.security == Security::StartTls {
        if !connection.can_starttls() {
            return Err(Kind::NoStartTls.into());
        }
        let private = tokio::time::timeout(reply, connection.starttls(server.tls()?, &HELLO)).await;
        private.map_err(|_| Kind::TlsFailed)?.map_err(|error| match error.status() {
            Some(_) => failed(At::Hello, &error),
            None => Kind::TlsFailed.into(),
        })?;
    }
    Ok(connection)
}

/// A connection that TLS itself refused.
fn not_private(error: &smtp::Error) -> Option<Error> {
    let mut source = error.source();
    while let Some(cause) = source {
        let inner = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if cause.is::<rustls::Error>() || inner.is_some_and(|inner| inner.is::<rustls::Error>()) {
            return Some(Kind::TlsFailed.into());
        }
        source = cause.source();
    }
    None
}

/// A greeting that refused, or no greeting at all.
fn unreached(error: &smtp::Error) -> Error {
    match error.status() {
        Some(_) => failed(At::Hello, error),
        None if error.is_response() => Kind::Unreadable.into(),
        None => Kind::Unreachable.into(),
    }
}
