//! Sending by SMTP: the mailer of an account whose settings name a server, and the try that a person asks for. What a talk's end means
//! for the outbox is decided in [`trouble`]. A password or token that was refused is not said again by itself: servers close accounts for
//! that.

use super::{Call, Mailer, Outbox, Parcel, Settled, Transport, Trouble};
use crate::Engine;
use crate::account::blocking;
use crate::api::{Grant, SmtpAuth, SmtpCheck, SmtpOutcome, SmtpSecurity, SmtpSettings};
use crate::error::{Error, ErrorCode, Result};
use epistle_wire::oauth::Token;
use epistle_wire::smtp::{self, Kind, Letter, Login, Security, Server};
use std::sync::{Arc, PoisonError};

/// The way out by an account's mail server. It asks for password or token when it needs one, and keeps neither.
struct SmtpMailer {
    engine: Engine,
    settings: SmtpSettings,
}

/// Why there is nothing to sign in with.
enum NoLogin {
    NotSetUp,
    PasswordMissing,
    GrantMissing,
    /// The account's own trouble, or the keyring's.
    Failed(Error),
}

impl From<Error> for NoLogin {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Outbox {
    /// A sign-in is not refused any more, for all that is known.
    pub(crate) fn forget_refusal(&self) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn note_refusal(&self, login: &Login) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(print_of(login));
    }

    fn was_refused(&self, login: &Login) -> bool {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) == Some(print_of(login))
    }
}

/// By what a sign-in is known again, without being kept.
fn print_of(login: &Login) -> [u8; 32] {
    let (Login::Password { user, password: secret } | Login::Bearer { user, token: secret }) = login;
    *blake3::hash(format!("{user}\0{}", secret.expose()).as_bytes()).as_bytes()
}

impl Engine {
    /// This account's way out by SMTP; `None` where none is set up.
    ///
    /// # Errors
    /// `store_broken`.
    pub(super) fn smtp_mailer(&self) -> Result<Option<Arc<dyn Mailer>>> {
        let settings = self.settings()?.smtp;
        let mailer = || Arc::new(SmtpMailer { engine: self.clone(), settings: settings.clone() }) as Arc<dyn Mailer>;
        Ok(settings.enabled.then(mailer))
    }

    /// Connects to the server, signs in and leaves. Nothing is sent.
    ///
    /// # Errors
    /// The keyring's; `store_broken`.
    pub async fn try_smtp(&self) -> Result<SmtpCheck> {
        let settings = self.settings()?.smtp;
        let mailer = SmtpMailer { engine: self.clone(), settings };
        let tried = mailer.talk(None).await;
        let outcome = |outcome| Ok(SmtpCheck { outcome, code: None, said: None });
        match tried {
            Ok(Ok(())) => {
                self.desk.outbox.forget_refusal();
                self.wake_outbox();
                outcome(SmtpOutcome::Works)
            }
            Ok(Err(error)) => Ok(SmtpCheck {
                outcome: outcome_of(error.kind()),
                code: codes(&error),
                said: error.said().map(str::to_owned),
            }),
            Err(NoLogin::NotSetUp) => outcome(SmtpOutcome::NotSetUp),
            Err(NoLogin::PasswordMissing) => outcome(SmtpOutcome::PasswordMissing),
            Err(NoLogin::GrantMissing) => outcome(SmtpOutcome::GrantMissing),
            Err(NoLogin::Failed(error)) if is_of_the_sign_in(error.code()) => outcome(SmtpOutcome::SignInAgain),
            Err(NoLogin::Failed(error)) => Err(error),
        }
    }
}

impl SmtpMailer {
    fn server(&self) -> Server {
        let security = match self.settings.security {
            SmtpSecurity::Tls => Security::Tls,
            SmtpSecurity::Starttls => Security::StartTls,
            SmtpSecurity::None => Security::None,
        };
        Server::new(&self.settings.host, self.settings.port, security)
    }

    /// Sends a letter; without one, only signs in and leaves, as a person asks for. A refused token is asked for anew, once. What was
    /// refused before is not said again, unless by a person's word.
    async fn talk(&self, letter: Option<Letter<'_>>) -> Result<Result<(), smtp::Error>, NoLogin> {
        let outbox = &self.engine.desk.outbox;
        let mut login = self.login().await?;
        if letter.is_some() && outbox.was_refused(&login) {
            return Ok(Err(Kind::AuthRefused.into()));
        }
        let mut ended = self.attempt(&login, letter).await;
        if let (true, Login::Bearer { user, token }) = (is_refused(&ended), &login) {
            let token = self.engine.next_access_token(self.engine.account(), token).await?;
            login = Login::Bearer { user: user.clone(), token };
            ended = self.attempt(&login, letter).await;
        }
        if is_refused(&ended) {
            outbox.note_refusal(&login);
        }
        Ok(ended)
    }

    async fn attempt(&self, login: &Login, letter: Option<Letter<'_>>) -> Result<(), smtp::Error> {
        match letter {
            Some(letter) => self.server().send(Some(login), letter).await,
            None => self.server().check(Some(login)).await,
        }
    }

    async fn login(&self) -> Result<Login, NoLogin> {
        let (engine, settings) = (self.engine.clone(), self.settings.clone());
        let account = engine.account();
        let known = blocking(move || {
            let granted = engine.account_row(account)?.granted.contains(&Grant::SendMail);
            Ok((engine.smtp_user(&settings)?, engine.smtp_password(&settings)?, granted))
        });
        let (user, password, granted) = known.await?;
        let user = user.filter(|_| !self.settings.host.is_empty()).ok_or(NoLogin::NotSetUp)?;
        match self.settings.auth {
            SmtpAuth::Password => {
                let password = password.ok_or(NoLogin::PasswordMissing)?;
                Ok(Login::Password { user, password: Token::new(password.expose()) })
            }
            SmtpAuth::Oauth if !granted => Err(NoLogin::GrantMissing),
            SmtpAuth::Oauth => Ok(Login::Bearer { user, token: self.engine.access_token(account).await? }),
        }
    }
}

impl Mailer for SmtpMailer {
    fn transport(&self) -> Transport {
        Transport::Direct
    }

    fn send<'a>(&'a self, parcel: &'a Parcel, _: Option<&'a str>) -> Call<'a, Result<Option<String>, Trouble>> {
        Box::pin(async move {
            let to: Vec<&str> = parcel.recipients.iter().map(|address| address.as_str()).collect();
            let letter = Letter { from: parcel.from.as_str(), to: &to, raw: &parcel.raw };
            match self.talk(Some(letter)).await {
                Ok(Ok(())) => Ok(None),
                Ok(Err(error)) => Err(trouble(&error)),
                Err(NoLogin::Failed(error)) if error.code() == ErrorCode::SignInUnreachable => Err(Trouble::Offline),
                Err(_) => Err(Trouble::SignIn),
            }
        })
    }

    // The outbox asks a direct way for none of these: a server that only takes messages keeps no drafts.
    fn upload<'a>(&'a self, _: &'a Parcel, _: bool) -> Call<'a, Result<String, Trouble>> {
        Box::pin(async { Err(Trouble::NotNow { retry_after: None }) })
    }

    fn settle<'a>(&'a self, _: &'a Parcel, _: &'a str) -> Call<'a, Settled> {
        Box::pin(async { Settled::CannotAsk(Trouble::Lost) })
    }

    fn discard<'a>(&'a self, _: &'a str) -> Call<'a, Result<(), Trouble>> {
        Box::pin(async { Ok(()) })
    }
}

fn is_refused(ended: &Result<(), smtp::Error>) -> bool {
    ended.as_ref().is_err_and(|error| error.kind() == Kind::AuthRefused)
}

/// What a talk's end means for a message. What may be out is lost to us, and is never sent again by itself. A connection that is not
/// private is waited out, like a network that is not there: a hotel's door page is the usual cause.
fn trouble(error: &smtp::Error) -> Trouble {
    match error.kind() {
        Kind::AnswerLost => Trouble::Lost,
        Kind::Unreachable => Trouble::Offline,
        Kind::AuthRefused => Trouble::SignIn,
        Kind::NotNow | Kind::Cut | Kind::TlsFailed | Kind::NoStartTls | Kind::Unreadable => {
            Trouble::NotNow { retry_after: None }
        }
        Kind::Refused
        | Kind::TooLarge
        | Kind::NoSmtpUtf8
        | Kind::No8Bit
        | Kind::BadAddress
        | Kind::NoMechanism
        | Kind::PlainElsewhere => Trouble::Refused { said: words(error) },
    }
}

/// What a person is told of a refusal: the server's code and words, or ours where it said none.
fn words(error: &smtp::Error) -> String {
    match (error.code(), error.said()) {
        (Some(code), Some(said)) => format!("{code} {said}"),
        _ => error.to_string(),
    }
}

fn codes(error: &smtp::Error) -> Option<String> {
    let code = error.code()?;
    Some(error.enhanced().map_or_else(|| code.to_string(), |enhanced| format!("{code} {enhanced}")))
}

fn outcome_of(kind: Kind) -> SmtpOutcome {
    match kind {
        Kind::Unreachable | Kind::Cut => SmtpOutcome::Unreachable,
        Kind::TlsFailed | Kind::PlainElsewhere => SmtpOutcome::NotPrivate,
        Kind::NoStartTls => SmtpOutcome::NoStarttls,
        Kind::AuthRefused => SmtpOutcome::SignInRefused,
        Kind::NoMechanism => SmtpOutcome::NoSuchSignIn,
        Kind::NotNow => SmtpOutcome::NotNow,
        Kind::Unreadable => SmtpOutcome::NoMailServer,
        // The rest is about a message, and a try has none.
        Kind::Refused | Kind::TooLarge | Kind::NoSmtpUtf8 | Kind::No8Bit | Kind::BadAddress | Kind::AnswerLost => {
            SmtpOutcome::Refused
        }
    }
}

/// Whether an error of getting a token is the sign-in's, which a person mends by signing in, and not the machine's.
fn is_of_the_sign_in(code: ErrorCode) -> bool {
    let keyring_or_store = [
        ErrorCode::KeyringUnavailable,
        ErrorCode::KeyringLocked,
        ErrorCode::KeyringStalled,
        ErrorCode::KeyringGone,
        ErrorCode::StoreBroken,
        ErrorCode::NotFound,
        ErrorCode::Io,
        ErrorCode::Internal,
    ];
    !keyring_or_store.contains(&code)
}
