//! The other side of a sign-in, ready to be spoken to: a provider's endpoints, our client there, and the connection. Made from the settings.

use super::clients;
use crate::Engine;
use crate::api::{IdentityProvider, IdentityProviderSettings};
use crate::error::{Error, Result, SignInKind, SignInTrouble};
use epistle_wire::oauth::{self, ClientCredentials, Endpoints, KeySet, Revocation, Token, UserInfo};
use epistle_wire::{Base, Client};
use std::sync::{Mutex, PoisonError};

/// A provider, and how we stand to it.
pub(super) struct Party {
    pub(super) provider: IdentityProvider,
    pub(super) endpoints: Endpoints,
    pub(super) credentials: ClientCredentials,
    pub(super) redirect_port: Option<u16>,
    pub(super) http: Client,
}

/// What sign-ins have in common: the connections, made when first needed.
#[derive(Default)]
pub(crate) struct Line(Mutex<Option<Client>>);

impl Line {
    pub(super) fn client(&self) -> Result<Client, oauth::Kind> {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = &*made {
            return Ok(client.clone());
        }
        let client = Client::new().map_err(|_| oauth::Kind::Unreachable)?;
        *made = Some(client.clone());
        Ok(client)
    }
}

impl Engine {
    /// A provider as the settings reach it, with the client there is for it.
    pub(super) fn party(&self, provider: IdentityProvider) -> Result<Party> {
        let settings = self.settings()?;
        let client = self.client(&settings, provider)?.ok_or(Error::ClientMissing { provider })?;
        let set = clients::of(&settings.identity, provider);
        Ok(Party {
            provider,
            endpoints: endpoints(provider, set)?,
            credentials: ClientCredentials {
                id: client.id,
                secret: client.secret.map(|secret| Token::new(secret.expose())),
            },
            redirect_port: set.redirect_port,
            http: self.house.identity.client().map_err(|kind| trouble(provider, kind))?,
        })
    }
}

impl Party {
    /// What of the wire's fails, as the engine says it.
    pub(super) fn trouble(&self, kind: oauth::Kind) -> Error {
        trouble(self.provider, kind)
    }

    /// The wire's kind of an error of ours, for the browser's tab; a failure of our own house is none of the provider's.
    pub(super) fn kind_of(&self, error: &Error) -> oauth::Kind {
        use oauth::Kind as Wire;
        let after_the_answer = [
            Wire::CodeRefused,
            Wire::ClientRefused,
            Wire::TokenUnreadable,
            Wire::TokenUnsigned,
            Wire::SignatureWrong,
            Wire::OtherIssuer,
            Wire::AudienceWrong,
            Wire::TokenExpired,
            Wire::NonceWrong,
            Wire::Unreachable,
        ];
        let same = |kind: &Wire| self.trouble(*kind).code() == error.code();
        after_the_answer.into_iter().find(same).unwrap_or(Wire::Unreadable)
    }

    /// The keys that sign its id_tokens, fetched anew for each sign-in: they change, and sign-ins are rare.
    pub(super) fn keys(&self) -> Option<KeySet> {
        self.endpoints.jwks.clone().map(KeySet::at)
    }
}

fn endpoints(provider: IdentityProvider, set: &IdentityProviderSettings) -> Result<Endpoints> {
    let base = |text: &str| Base::parse(text).map_err(|e| Error::internal("reading a checked address", e));
    let perhaps = |text: &str| if text.is_empty() { Ok(None) } else { base(text).map(Some) };
    let github = provider == IdentityProvider::Github;
    Ok(Endpoints {
        issuer: Some(set.issuer.clone()).filter(|issuer| !issuer.is_empty()),
        authorization: base(&set.authorization)?,
        token: base(&set.token)?,
        jwks: perhaps(&set.jwks)?,
        userinfo: if github { UserInfo::GitHub(base(&set.userinfo)?) } else { UserInfo::Oidc(base(&set.userinfo)?) },
        device: perhaps(&set.device)?,
        revocation: perhaps(&set.revocation)?
            .map(|at| if github { Revocation::GitHub(at) } else { Revocation::Rfc7009(at) }),
    })
}

/// One kind of the wire's is one of ours. The two of a token's later life have none in a sign-in: who handles tokens answers them before.
pub(super) fn trouble(provider: IdentityProvider, kind: oauth::Kind) -> Error {
    use SignInKind as Ours;
    use oauth::Kind as Wire;
    let kind = match kind {
        Wire::Denied => Ours::Denied,
        Wire::TimedOut => Ours::TimedOut,
        Wire::PortTaken => Ours::PortTaken,
        Wire::StateMissing => Ours::StateMissing,
        Wire::StateWrong => Ours::StateWrong,
        Wire::Replayed => Ours::Replayed,
        Wire::OtherProvider => Ours::OtherProvider,
        Wire::OtherIssuer => Ours::OtherIssuer,
        Wire::RedirectMalformed => Ours::RedirectMalformed,
        Wire::PkceDropped => Ours::PkceDropped,
        Wire::CodeRefused => Ours::CodeRefused,
        Wire::NonceWrong => Ours::NonceWrong,
        Wire::AudienceWrong => Ours::AudienceWrong,
        Wire::TokenExpired => Ours::TokenExpired,
        Wire::TokenUnsigned => Ours::TokenUnsigned,
        Wire::SignatureWrong => Ours::SignatureWrong,
        Wire::TokenUnreadable => Ours::TokenUnreadable,
        Wire::ClientRefused => Ours::ClientRefused,
        Wire::Unreachable => Ours::Unreachable,
        Wire::Unreadable | Wire::AccessRefused | Wire::GrantRefused(_) => Ours::Unreadable,
    };
    SignInTrouble { provider, kind }.into()
}
