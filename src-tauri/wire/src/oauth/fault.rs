//! What can come of a sign-in, or of a token's later life, but what was wanted. Told apart by codes and checks of our own, never by
//! another's words; its texts never hold a token, a code, a secret or an address.

use std::time::Duration;

/// A call or a check that did not end well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{kind}{}", .status.map(|status| format!(" (HTTP {status})")).unwrap_or_default())]
pub struct Fault {
    kind: Kind,
    status: Option<u16>,
    retry_after: Option<Duration>,
}

/// The kinds of end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Kind {
    /// The person said no at the provider.
    #[error("it was declined there")]
    Denied,
    /// The device code's time is over and nobody entered it.
    #[error("nobody came back in time")]
    TimedOut,
    /// The port the redirect needs is another program's.
    #[error("the port its answer comes to is in use")]
    PortTaken,
    /// An answer without a state.
    #[error("an answer came without its state")]
    StateMissing,
    /// An answer with a state that is not this sign-in's.
    #[error("an answer came with another state")]
    StateWrong,
    /// An answer to a sign-in that already had its answer.
    #[error("the answer was taken before")]
    Replayed,
    /// This sign-in's answer at another provider's path: a mix-up. RFC 9700 §4.4.
    #[error("the answer came to another provider's path")]
    OtherProvider,
    /// An answer, an id_token or metadata of another issuer. RFC 9207.
    #[error("the answer came from another issuer")]
    OtherIssuer,
    /// An answer that carries what no code answer has, a parameter twice, or neither code nor error.
    #[error("the answer carries what no such answer has")]
    RedirectMalformed,
    /// The provider says, or shows, that it does not keep the code challenge. RFC 9700 §4.8.
    #[error("the code challenge is not kept")]
    PkceDropped,
    /// The provider refused the code or its verifier.
    #[error("the code was refused")]
    CodeRefused,
    /// The id_token is for another sign-in.
    #[error("the id_token is for another sign-in")]
    NonceWrong,
    /// The id_token is for another client.
    #[error("the id_token is for another client")]
    AudienceWrong,
    /// The id_token is past its end, or not yet begun.
    #[error("the id_token is not valid now")]
    TokenExpired,
    /// The id_token is unsigned, or signed with what everybody knows.
    #[error("the id_token is not signed")]
    TokenUnsigned,
    /// The id_token's signature does not hold, or no key of the provider's made it.
    #[error("the id_token's signature does not hold")]
    SignatureWrong,
    /// There is no id_token, or it is none that can be read.
    #[error("there is no id_token that can be read")]
    TokenUnreadable,
    /// The provider refused the client or what it asks for.
    #[error("the client was refused")]
    ClientRefused,
    /// The provider cannot be reached, is down, or asks to wait.
    #[error("the provider cannot be reached")]
    Unreachable,
    /// The provider's answer is not in the form it documents.
    #[error("the provider's answer could not be read")]
    Unreadable,
    /// The access token does not open this. Not of a sign-in: refresh, and ask again.
    #[error("the access token was refused")]
    AccessRefused,
    /// The refresh token gives no more tokens. Not of a sign-in: the person must sign in again.
    #[error("the grant is over")]
    GrantRefused(GrantEnd),
}

/// Why a refresh token is refused, as far as the provider's codes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GrantEnd {
    /// Withdrawn, ended by a new password, or unused for too long.
    Revoked,
    /// The provider wants the person to prove again who they are, or to consent to something.
    ProveAgain,
    /// It says no more than that the grant is over, as Google does for all of the above.
    Other,
}

impl Fault {
    pub(crate) fn by_status(kind: Kind, status: u16, retry_after: Option<Duration>) -> Self {
        Self { kind, status: Some(status), retry_after }
    }

    /// What happened.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// How long the provider asked to wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Whether the same call may succeed later without anybody changing anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.kind == Kind::Unreachable
    }
}

impl From<Kind> for Fault {
    fn from(kind: Kind) -> Self {
        Self { kind, status: None, retry_after: None }
    }
}

impl Kind {
    /// The stable code, as the browser's page shows it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::TimedOut => "timed_out",
            Self::PortTaken => "port_taken",
            Self::StateMissing => "state_missing",
            Self::StateWrong => "state_wrong",
            Self::Replayed => "replayed",
            Self::OtherProvider => "other_provider",
            Self::OtherIssuer => "other_issuer",
            Self::RedirectMalformed => "redirect_malformed",
            Self::PkceDropped => "pkce_dropped",
            Self::CodeRefused => "code_refused",
            Self::NonceWrong => "nonce_wrong",
            Self::AudienceWrong => "audience_wrong",
            Self::TokenExpired => "token_expired",
            Self::TokenUnsigned => "token_unsigned",
            Self::SignatureWrong => "signature_wrong",
            Self::TokenUnreadable => "token_unreadable",
            Self::ClientRefused => "client_refused",
            Self::Unreachable => "unreachable",
            Self::Unreadable => "unreadable",
            Self::AccessRefused => "access_refused",
            Self::GrantRefused(_) => "grant_refused",
        }
    }
}
