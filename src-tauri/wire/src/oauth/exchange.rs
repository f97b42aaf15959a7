//! The code for tokens: RFC 6749 §4.1.3 with the verifier of RFC 7636. It tries once: a code is good for one try.

use super::authorize::Pending;
use super::dialogue;
use super::endpoints::{ClientCredentials, Endpoints};
use super::fault::Fault;
use super::http::Carrier;
use super::token::{Token, Tokens};
use crate::Client;
use oauth2::{AuthorizationCode, PkceCodeVerifier, RedirectUrl};
use std::borrow::Cow;

/// Redeems a code.
///
/// # Errors
/// `CodeRefused`, `ClientRefused`, `Unreadable`, `Unreachable`. After any of them the sign-in begins anew.
pub async fn code(
    client: &Client,
    endpoints: &Endpoints,
    credentials: &ClientCredentials,
    pending: &Pending,
    code: &Token,
) -> Result<Tokens, Fault> {
    redeem(client, endpoints, credentials, pending, code, &pending.verifier).await
}

pub(super) async fn redeem(
    client: &Client,
    endpoints: &Endpoints,
    credentials: &ClientCredentials,
    pending: &Pending,
    code: &Token,
    verifier: &Token,
) -> Result<Tokens, Fault> {
    let granted = dialogue::with(endpoints, credentials)
        .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
        .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose().to_owned()))
        .set_redirect_uri(Cow::Owned(RedirectUrl::from_url(pending.redirect.clone())))
        .request_async(&Carrier(client.clone()))
        .await
        .map_err(|error| dialogue::fault(error, |refusal| dialogue::means(&refusal.error)))?;
    dialogue::tokens(&granted, &pending.scopes)
}
