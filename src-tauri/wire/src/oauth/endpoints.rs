//! Where a provider's parts are, and who we are to it. Plain data, given by the caller; every address was checked by `Base`.

use super::token::Token;
use crate::Base;

/// A provider's addresses. None of them may end with a slash: `Base` drops it.
#[derive(Debug, Clone)]
pub struct Endpoints {
    /// Who must have issued answers and id_tokens, letter by letter. It may hold `{tenantid}`, as Microsoft's does: the id_token's
    /// `tid` stands there then. None where a provider has no issuer, as GitHub.
    pub issuer: Option<String>,
    /// Where the person signs in.
    pub authorization: Base,
    /// Where codes and refresh tokens become tokens.
    pub token: Base,
    /// Where the keys of its id_tokens are. None where it issues none.
    pub jwks: Option<Base>,
    /// Where it says who somebody is.
    pub userinfo: UserInfo,
    /// Where a device code comes from (RFC 8628).
    pub device: Option<Base>,
    /// Where tokens are given back. None where a provider has no such place, as Microsoft.
    pub revocation: Option<Revocation>,
}

/// The ways to ask who somebody is.
#[derive(Debug, Clone)]
pub enum UserInfo {
    /// OpenID Connect Core §5.3.
    Oidc(Base),
    /// GitHub's `GET /user`, and `/user/emails` below it.
    GitHub(Base),
}

/// The ways to give a token back.
#[derive(Debug, Clone)]
pub enum Revocation {
    /// RFC 7009.
    Rfc7009(Base),
    /// GitHub's `DELETE /applications/{client_id}/token`, under the base of its API. It needs the client's secret.
    GitHub(Base),
}

/// Who we are to a provider.
#[derive(Debug, Clone)]
pub struct ClientCredentials {
    /// The client's id: public.
    pub id: String,
    /// The client's secret, where the provider gave one. A native app's is no real secret (RFC 8252 §8.5); it is kept like one.
    pub secret: Option<Token>,
}
