//! What a native app can truthfully know of a provider's PKCE. It is the provider that holds the challenge, so a token answer looks the
//! same whether it compared the verifier or threw it away (RFC 9700 §4.8); nothing here pretends to see that in one.
//!
//! Two things can be known. A provider's metadata may list the methods it keeps: a list without S256 is a refusal in advance, no list is
//! no statement (Microsoft publishes none, and keeps S256). And a code can be tried with a verifier that cannot be right: a provider
//! that gives tokens for it keeps no challenge. That costs the code, so it is a check to run once for a provider, not in a sign-in.

use super::authorize::Pending;
use super::endpoints::{ClientCredentials, Endpoints};
use super::exchange::redeem;
use super::fault::{Fault, Kind};
use super::http::{LARGEST, fetch};
use super::revoke::revoke;
use super::token::Token;
use crate::{Base, Client};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;

/// What a provider's metadata says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statement {
    /// It keeps S256.
    Kept,
    /// It says nothing.
    Silent,
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    code_challenge_methods_supported: Option<Vec<String>>,
}

/// Reads what a provider's metadata (RFC 8414, OpenID Connect Discovery) says of PKCE.
///
/// # Errors
/// `PkceDropped` when it lists methods and S256 is none of them; `OtherIssuer` when it is another's; `Unreadable`, `Unreachable`.
pub async fn stated(client: &Client, metadata: &Base, issuer: &str) -> Result<Statement, Fault> {
    let metadata: Metadata = fetch(client.get(metadata.url().clone()), LARGEST).await?.json()?;
    if metadata.issuer != issuer {
        return Err(Kind::OtherIssuer.into());
    }
    match metadata.code_challenge_methods_supported {
        None => Ok(Statement::Silent),
        Some(methods) if methods.iter().any(|method| method == "S256") => Ok(Statement::Kept),
        Some(_) => Err(Kind::PkceDropped.into()),
    }
}

/// Proves that a provider keeps the challenge, by a wrong verifier that it must refuse. The code is spent either way.
///
/// # Errors
/// `PkceDropped` when it gave tokens (they are given back at once, where it takes them); else whatever kept it from an answer.
pub async fn prove(
    client: &Client,
    endpoints: &Endpoints,
    credentials: &ClientCredentials,
    pending: &Pending,
    code: &Token,
) -> Result<(), Fault> {
    // The challenge's own preimage is random; a verifier of zeros is never it.
    let wrong = Token::new(BASE64_URL_SAFE_NO_PAD.encode([0; 32]));
    match redeem(client, endpoints, credentials, pending, code, &wrong).await {
        Err(fault) if fault.kind() == Kind::CodeRefused => Ok(()),
        Err(fault) => Err(fault),
        Ok(tokens) => {
            if let Some(at) = &endpoints.revocation {
                // What could not be given back is dropped here, unseen.
                let _ = revoke(client, at, credentials, tokens.refresh.as_ref().unwrap_or(&tokens.access)).await;
            }
            Err(Kind::PkceDropped.into())
        }
    }
}
