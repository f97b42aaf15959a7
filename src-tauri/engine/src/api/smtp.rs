//! What crosses a door about sending by SMTP: the server's settings, what is proposed for them, and how a try went. No password and no
//! token is in any of it.

use super::EmailAddress;
use serde::{Deserialize, Serialize};
use specta::Type;

/// The server an account's mail leaves by. The password is not here: it is in the keyring, or sealed in the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct SmtpSettings {
    /// Whether mail leaves this way.
    pub enabled: bool,
    /// The server's name; empty: none yet.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is made private.
    pub security: SmtpSecurity,
    /// The name to sign in with; empty: the account's address.
    pub user: String,
    /// What to sign in with.
    pub auth: SmtpAuth,
}

/// How a connection to a mail server is made private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SmtpSecurity {
    /// TLS from the first byte.
    Tls,
    /// STARTTLS, without which nothing is said.
    Starttls,
    /// Not at all: only to this machine.
    None,
}

/// What a mail server is signed in to with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SmtpAuth {
    /// A password.
    Password,
    /// The token of the account's sign-in.
    Oauth,
}

/// How an account's sending by SMTP stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SmtpState {
    /// The settings.
    pub settings: SmtpSettings,
    /// Whether a password is kept for this server. It never comes back.
    pub password_set: bool,
    /// The name that is signed in with; `None`: nobody said which address is theirs.
    pub user: Option<String>,
    /// What is proposed, where the server of the account's address is known.
    pub guess: Option<SmtpGuess>,
    /// Whether the account's sign-in gives a token that sends.
    pub token: bool,
}

/// What is proposed for an address, from a dated list of providers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SmtpGuess {
    /// The provider's name.
    pub name: String,
    /// The address it is for.
    pub address: EmailAddress,
    /// The settings, turned on.
    pub settings: SmtpSettings,
    /// Where a password for programs is made, where the usual one is refused.
    pub app_password: Option<String>,
    /// The provider's page about it.
    pub page: String,
}

/// How a try to reach the server and sign in went. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SmtpCheck {
    /// How it ended.
    pub outcome: SmtpOutcome,
    /// The reply's codes, as in “535 5.7.8”.
    pub code: Option<String>,
    /// The server's own words, where it said any. They may name addresses.
    pub said: Option<String>,
}

/// How a try can end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SmtpOutcome {
    /// The server took the sign-in.
    Works,
    /// No server is set up, or nobody said which address is theirs.
    NotSetUp,
    /// No password is kept for this server.
    PasswordMissing,
    /// The account's sign-in gives no token that sends.
    GrantMissing,
    /// The account must be signed in again, or its provider cannot be asked for a token now.
    SignInAgain,
    /// Nobody answers there.
    Unreachable,
    /// The connection could not be made private: nothing was said.
    NotPrivate,
    /// The server offers no STARTTLS: nothing was said.
    NoStarttls,
    /// The password, or the token, was refused.
    SignInRefused,
    /// The server takes no sign-in of this kind.
    NoSuchSignIn,
    /// The server said not now.
    NotNow,
    /// The server said no.
    Refused,
    /// What answers there is no mail server.
    NoMailServer,
}
