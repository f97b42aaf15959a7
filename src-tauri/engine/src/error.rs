//! The engine's one error. Its code is stable and is what doors act on; its text is for logs and terminals and holds no mail, address or secret.

mod gmail;

use crate::api::{IdentityProvider, SignInAgainReason};
use crate::ids::{AccountId, DraftId};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

pub use gmail::{GmailKind, GmailTrouble};

/// The engine's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong, by what the person can do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Another process owns the data folder.
    #[error("the data folder {home} is in use by another Epistle")]
    InUse {
        /// The data folder.
        home: PathBuf,
    },
    /// There is no keyring and no passphrase was given.
    #[error("{}", if *.first { "no keyring here: choose a passphrase (EPISTLE_PASSPHRASE) to seal the store" } else { "the store is sealed with a passphrase: give it (EPISTLE_PASSPHRASE)" })]
    PassphraseNeeded {
        /// Whether this is the first start, so that any passphrase may be chosen.
        first: bool,
    },
    /// The passphrase does not open the key file.
    #[error("this passphrase does not open the store")]
    PassphraseWrong,
    /// The keyring is there but does not serve: it failed its round trip, or was turned off for this start.
    #[error("the keyring does not serve: {why}")]
    KeyringUnavailable {
        /// What the platform said, without secrets.
        why: String,
    },
    /// The keyring is there and locked, and nobody unlocked it.
    #[error("the keyring is locked")]
    KeyringLocked,
    /// The keyring is there and gives no answer.
    #[error("the keyring gave no answer within {seconds} s")]
    KeyringStalled {
        /// How long it was waited for.
        seconds: u64,
    },
    /// This folder's key is in a keyring, and there is no keyring here any more.
    #[error("the store's key is in a keyring, and there is none here now: {why}")]
    KeyringGone {
        /// What the platform said, without secrets.
        why: String,
    },
    /// The store exists and its key is no longer where it was.
    #[error("the store's key is not in the keyring any more")]
    KeyLost,
    /// The recovery code does not open the store, or none was ever made.
    #[error("this recovery code does not open the store")]
    RecoveryCodeWrong,
    /// Epistle was locked, by the person or after the idle time they set.
    #[error("Epistle is locked")]
    Locked,
    /// The store's file, or a row of it, cannot be read.
    #[error("the store cannot be read: {what}")]
    StoreBroken {
        /// What was found, without content.
        what: String,
    },
    /// A backup's file cannot be used.
    #[error("the backup {file} cannot be used: {what} (at byte {at})")]
    BackupBroken {
        /// The file.
        file: PathBuf,
        /// What is wrong with it, without content.
        what: String,
        /// How far it was read, in bytes.
        at: u64,
    },
    /// The store was written by a later Epistle.
    #[error("the store has schema {found}, this Epistle knows up to {known}: use a newer Epistle")]
    StoreTooNew {
        /// The file's schema.
        found: u32,
        /// The newest schema known here.
        known: u32,
    },
    /// The operating system refused a file.
    #[error("{what} {path}: {source}")]
    Io {
        /// What was tried, as in "read".
        what: &'static str,
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is no such thing (any more).
    #[error("no such {what}: {id}")]
    NotFound {
        /// The kind of thing.
        what: &'static str,
        /// The id asked for.
        id: String,
    },
    /// A field of a request is not usable.
    #[error("{field}: {why}")]
    BadInput {
        /// The field.
        field: &'static str,
        /// What is wrong and what to do.
        why: String,
    },
    /// Not an email address.
    #[error("“{given}” is not an email address")]
    BadAddress {
        /// What was given.
        given: String,
    },
    /// A template asks for values that were not given.
    #[error("the template needs: {}", .names.join(", "))]
    TemplateValueMissing {
        /// The variables without a value.
        names: Vec<String>,
    },
    /// The draft was changed elsewhere since this edit began. Nothing was overwritten.
    #[error("the draft was changed elsewhere; nothing was overwritten")]
    DraftChanged {
        /// The draft.
        draft: DraftId,
    },
    /// The settings ask that what leaves the machine be seen first.
    #[error("the settings ask to see what leaves the machine first: run the preview and approve it")]
    PreviewRequired,
    /// The monthly budget the user set is used up.
    #[error("the budget for models is used up for this month")]
    BudgetReached,
    /// The model's service, or the way to it, failed.
    #[error(transparent)]
    Model(#[from] ModelTrouble),
    /// Signing in is turned off (`DISABLE_OAUTH`).
    #[error("signing in is turned off (DISABLE_OAUTH)")]
    SignInOff,
    /// No client is set up to sign in with this provider.
    #[error("no client is set up to sign in with {}", .provider.name())]
    ClientMissing {
        /// With whom.
        provider: IdentityProvider,
    },
    /// A sign-in did not come to its end.
    #[error(transparent)]
    SignIn(#[from] SignInTrouble),
    /// The account's provider no longer accepts what it gave: the person must sign in again.
    #[error("account {account} must be signed in again")]
    SignInAgain {
        /// Which account.
        account: AccountId,
        /// Why, as far as can be told.
        reason: SignInAgainReason,
    },
    /// Gmail, or the way to it, failed.
    #[error(transparent)]
    Gmail(#[from] GmailTrouble),
    /// The person stopped it.
    #[error("stopped")]
    Cancelled,
    /// A defect of ours.
    #[error("an error of Epistle's own: {what}")]
    Internal {
        /// What was being done.
        what: &'static str,
        /// The cause.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
}

/// What a model's service can do to a request. See the vendors' error pages: <https://ai.google.dev/gemini-api/docs/troubleshooting>.
#[derive(Debug, thiserror::Error, Clone, PartialEq, Eq)]
#[error("{model}: {}", .kind.describe())]
pub struct ModelTrouble {
    /// The model asked.
    pub model: String,
    /// What happened.
    pub kind: TroubleKind,
    /// How long the provider asked to wait, where it said so, in milliseconds.
    pub retry_after_ms: Option<u64>,
    /// The draft that keeps what had come by then, if anything had.
    pub draft: Option<DraftId>,
}

/// The kinds of trouble a model's service makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TroubleKind {
    /// No key is set.
    KeyMissing,
    /// The service refuses the key.
    KeyRefused,
    /// Too many requests for now.
    RateLimited,
    /// The day's quota is used up.
    QuotaExhausted,
    /// The service is overloaded or down (5xx).
    Unavailable,
    /// The service does not know the model.
    UnknownModel,
    /// The answer, or the question, was blocked by the service's rules.
    Blocked,
    /// The service answered with nothing.
    Empty,
    /// The answer reached the model's output limit.
    TooLong,
    /// The stream ended before the answer did.
    Cut,
    /// The stream stood still.
    Stalled,
    /// The answer is not in the form the service documents.
    Unreadable,
    /// No connection to the service.
    Unreachable,
    /// The service refused the request as malformed (4xx).
    Refused,
}

impl TroubleKind {
    fn describe(self) -> &'static str {
        match self {
            Self::KeyMissing => "no key is set",
            Self::KeyRefused => "the service refuses the key",
            Self::RateLimited => "too many requests for now",
            Self::QuotaExhausted => "the quota for today is used up",
            Self::Unavailable => "the service is overloaded or down",
            Self::UnknownModel => "the service does not know this model",
            Self::Blocked => "the service's rules blocked this",
            Self::Empty => "the service answered with nothing",
            Self::TooLong => "the answer reached the model's limit",
            Self::Cut => "the answer was cut off",
            Self::Stalled => "the answer stood still",
            Self::Unreadable => "the answer could not be read",
            Self::Unreachable => "the service cannot be reached",
            Self::Refused => "the service refused the request",
        }
    }

    /// The stable code.
    #[must_use]
    pub fn code(self) -> ErrorCode {
        match self {
            Self::KeyMissing => ErrorCode::ModelKeyMissing,
            Self::KeyRefused => ErrorCode::ModelKeyRefused,
            Self::RateLimited => ErrorCode::ModelRateLimited,
            Self::QuotaExhausted => ErrorCode::ModelQuotaExhausted,
            Self::Unavailable => ErrorCode::ModelUnavailable,
            Self::UnknownModel => ErrorCode::ModelUnknown,
            Self::Blocked => ErrorCode::ModelBlocked,
            Self::Empty => ErrorCode::ModelEmpty,
            Self::TooLong => ErrorCode::ModelTooLong,
            Self::Cut => ErrorCode::ModelCut,
            Self::Stalled => ErrorCode::ModelStalled,
            Self::Unreadable => ErrorCode::ModelUnreadable,
            Self::Unreachable => ErrorCode::ModelUnreachable,
            Self::Refused => ErrorCode::ModelRefused,
        }
    }
}

/// A sign-in that did not come to its end. RFC 6749, 8252, 9700; OpenID Connect Core §3.1.3.7.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
#[error("signing in with {}: {}", .provider.name(), .kind.describe())]
pub struct SignInTrouble {
    /// With whom.
    pub provider: IdentityProvider,
    /// What happened.
    pub kind: SignInKind,
}

/// What can come of a sign-in but an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignInKind {
    /// The person said no at the provider.
    Denied,
    /// Nobody came back in time.
    TimedOut,
    /// The port the redirect needs is another program's.
    PortTaken,
    /// An answer without a state.
    StateMissing,
    /// An answer with a state that is not this sign-in's.
    StateWrong,
    /// An answer that was already taken.
    Replayed,
    /// An answer at another provider's path: a mix-up (RFC 9700 §4.4).
    OtherProvider,
    /// An answer, or an id_token, from another issuer (RFC 9207).
    OtherIssuer,
    /// An answer that carries what no code answer has, or a parameter twice.
    RedirectMalformed,
    /// The provider does not prove that it keeps the code challenge (RFC 9700 §4.8).
    PkceDropped,
    /// The provider refused the code or its verifier.
    CodeRefused,
    /// The id_token is for another sign-in.
    NonceWrong,
    /// The id_token is for another client.
    AudienceWrong,
    /// The id_token is past its end, or not yet begun.
    TokenExpired,
    /// The id_token is unsigned.
    TokenUnsigned,
    /// The id_token's signature does not hold, or no key of the provider's made it.
    SignatureWrong,
    /// There is no id_token, or it is none that can be read.
    TokenUnreadable,
    /// Somebody else signed in than the account belongs to.
    OtherPerson,
    /// The provider refused the client.
    ClientRefused,
    /// The provider cannot be reached, or is down.
    Unreachable,
    /// The provider's answer is not in the form it documents.
    Unreadable,
}

impl SignInKind {
    fn describe(self) -> &'static str {
        match self {
            Self::Denied => "it was declined there",
            Self::TimedOut => "nobody came back in time",
            Self::PortTaken => "the port its answer comes to is in use",
            Self::StateMissing => "an answer came without its state",
            Self::StateWrong => "an answer came with another state",
            Self::Replayed => "the answer was taken before",
            Self::OtherProvider => "the answer came to another provider's path",
            Self::OtherIssuer => "the answer came from another issuer",
            Self::RedirectMalformed => "the answer carries what no such answer has",
            Self::PkceDropped => "the code challenge is not kept",
            Self::CodeRefused => "the code was refused",
            Self::NonceWrong => "the id_token is for another sign-in",
            Self::AudienceWrong => "the id_token is for another client",
            Self::TokenExpired => "the id_token is not valid now",
            Self::TokenUnsigned => "the id_token is not signed",
            Self::SignatureWrong => "the id_token's signature does not hold",
            Self::TokenUnreadable => "there is no id_token that can be read",
            Self::OtherPerson => "somebody else signed in",
            Self::ClientRefused => "the client was refused",
            Self::Unreachable => "the provider cannot be reached",
            Self::Unreadable => "the provider's answer could not be read",
        }
    }

    /// The stable code.
    #[must_use]
    pub fn code(self) -> ErrorCode {
        match self {
            Self::Denied => ErrorCode::SignInDenied,
            Self::TimedOut => ErrorCode::SignInTimedOut,
            Self::PortTaken => ErrorCode::SignInPortTaken,
            Self::StateMissing => ErrorCode::SignInStateMissing,
            Self::StateWrong => ErrorCode::SignInStateWrong,
            Self::Replayed => ErrorCode::SignInReplayed,
            Self::OtherProvider => ErrorCode::SignInOtherProvider,
            Self::OtherIssuer => ErrorCode::SignInOtherIssuer,
            Self::RedirectMalformed => ErrorCode::SignInRedirectMalformed,
            Self::PkceDropped => ErrorCode::SignInPkceDropped,
            Self::CodeRefused => ErrorCode::SignInCodeRefused,
            Self::NonceWrong => ErrorCode::SignInNonceWrong,
            Self::AudienceWrong => ErrorCode::SignInAudienceWrong,
            Self::TokenExpired => ErrorCode::SignInTokenExpired,
            Self::TokenUnsigned => ErrorCode::SignInTokenUnsigned,
            Self::SignatureWrong => ErrorCode::SignInSignatureWrong,
            Self::TokenUnreadable => ErrorCode::SignInTokenUnreadable,
            Self::OtherPerson => ErrorCode::SignInOtherPerson,
            Self::ClientRefused => ErrorCode::SignInClientRefused,
            Self::Unreachable => ErrorCode::SignInUnreachable,
            Self::Unreadable => ErrorCode::SignInUnreadable,
        }
    }
}

/// The stable code of an error: what doors and the UI act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // each is the variant of `Error`, or of a trouble's kind, that it is named after
pub enum ErrorCode {
    InUse,
    PassphraseNeeded,
    PassphraseWrong,
    KeyringUnavailable,
    KeyringLocked,
    KeyringStalled,
    KeyringGone,
    KeyLost,
    RecoveryCodeWrong,
    Locked,
    StoreBroken,
    BackupBroken,
    StoreTooNew,
    Io,
    NotFound,
    BadInput,
    BadAddress,
    TemplateValueMissing,
    DraftChanged,
    PreviewRequired,
    BudgetReached,
    ModelKeyMissing,
    ModelKeyRefused,
    ModelRateLimited,
    ModelQuotaExhausted,
    ModelUnavailable,
    ModelUnknown,
    ModelBlocked,
    ModelEmpty,
    ModelTooLong,
    ModelCut,
    ModelStalled,
    ModelUnreadable,
    ModelUnreachable,
    ModelRefused,
    SignInOff,
    ClientMissing,
    SignInAgain,
    SignInDenied,
    SignInTimedOut,
    SignInPortTaken,
    SignInStateMissing,
    SignInStateWrong,
    SignInReplayed,
    SignInOtherProvider,
    SignInOtherIssuer,
    SignInRedirectMalformed,
    SignInPkceDropped,
    SignInCodeRefused,
    SignInNonceWrong,
    SignInAudienceWrong,
    SignInTokenExpired,
    SignInTokenUnsigned,
    SignInSignatureWrong,
    SignInTokenUnreadable,
    SignInOtherPerson,
    SignInClientRefused,
    SignInUnreachable,
    SignInUnreadable,
    GmailOff,
    GmailGrantMissing,
    GmailUnreachable,
    GmailBusy,
    GmailRefused,
    Cancelled,
    Internal,
}

impl ErrorCode {
    /// The code as doors print it: snake_case, the same text as in JSON.
    #[must_use]
    pub fn as_str(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

/// What of an error a door may act on besides its code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ErrorFacts {
    /// The draft that keeps what had come.
    pub draft: Option<DraftId>,
    /// How long to wait before trying again, in milliseconds.
    pub retry_after_ms: Option<u64>,
    /// The field or variables at fault.
    pub fields: Vec<String>,
    /// Whether this is the first start (for `passphrase_needed`).
    pub first: bool,
    /// The account it is about.
    pub account: Option<AccountId>,
    /// The identity provider it is about.
    pub identity_provider: Option<IdentityProvider>,
    /// Why an account must be signed in again.
    pub reason: Option<SignInAgainReason>,
}

impl Error {
    /// A defect of ours, with its cause.
    pub fn internal(what: &'static str, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Internal { what, source: Some(Box::new(source)) }
    }

    /// The system refused a file.
    pub fn io(what: &'static str, path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::Io { what, path: path.into(), source }
    }

    /// There is no such thing.
    pub fn not_found(what: &'static str, id: impl ToString) -> Self {
        Self::NotFound { what, id: id.to_string() }
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::InUse { .. } => ErrorCode::InUse,
            Self::PassphraseNeeded { .. } => ErrorCode::PassphraseNeeded,
            Self::PassphraseWrong => ErrorCode::PassphraseWrong,
            Self::KeyringUnavailable { .. } => ErrorCode::KeyringUnavailable,
            Self::KeyringLocked => ErrorCode::KeyringLocked,
            Self::KeyringStalled { .. } => ErrorCode::KeyringStalled,
            Self::KeyringGone { .. } => ErrorCode::KeyringGone,
            Self::KeyLost => ErrorCode::KeyLost,
            Self::RecoveryCodeWrong => ErrorCode::RecoveryCodeWrong,
            Self::Locked => ErrorCode::Locked,
            Self::StoreBroken { .. } => ErrorCode::StoreBroken,
            Self::BackupBroken { .. } => ErrorCode::BackupBroken,
            Self::StoreTooNew { .. } => ErrorCode::StoreTooNew,
            Self::Io { .. } => ErrorCode::Io,
            Self::NotFound { .. } => ErrorCode::NotFound,
            Self::BadInput { .. } => ErrorCode::BadInput,
            Self::BadAddress { .. } => ErrorCode::BadAddress,
            Self::TemplateValueMissing { .. } => ErrorCode::TemplateValueMissing,
            Self::DraftChanged { .. } => ErrorCode::DraftChanged,
            Self::PreviewRequired => ErrorCode::PreviewRequired,
            Self::BudgetReached => ErrorCode::BudgetReached,
            Self::Model(trouble) => trouble.kind.code(),
            Self::SignInOff => ErrorCode::SignInOff,
            Self::ClientMissing { .. } => ErrorCode::ClientMissing,
            Self::SignIn(trouble) => trouble.kind.code(),
            Self::SignInAgain { .. } => ErrorCode::SignInAgain,
            Self::Gmail(trouble) => trouble.kind.code(),
            Self::Cancelled => ErrorCode::Cancelled,
            Self::Internal { .. } => ErrorCode::Internal,
        }
    }

    /// What a door may act on besides the code.
    #[must_use]
    pub fn facts(&self) -> ErrorFacts {
        let mut facts = ErrorFacts::default();
        match self {
            Self::PassphraseNeeded { first } => facts.first = *first,
            Self::BadInput { field, .. } => facts.fields = vec![(*field).to_owned()],
            Self::TemplateValueMissing { names } => facts.fields.clone_from(names),
            Self::DraftChanged { draft } => facts.draft = Some(*draft),
            Self::Model(trouble) => {
                facts.draft = trouble.draft;
                facts.retry_after_ms = trouble.retry_after_ms;
            }
            Self::Gmail(trouble) => facts.retry_after_ms = trouble.retry_after_ms,
            Self::ClientMissing { provider } => facts.identity_provider = Some(*provider),
            Self::SignIn(trouble) => facts.identity_provider = Some(trouble.provider),
            Self::SignInAgain { account, reason } => {
                facts.account = Some(*account);
                facts.reason = Some(*reason);
            }
            _ => {}
        }
        facts
    }
}
