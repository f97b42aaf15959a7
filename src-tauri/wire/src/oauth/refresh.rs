//! The next tokens for a refresh token: RFC 6749 §6. It tries once, and its faults tell a grant that is over from a bad moment.

use super::dialogue;
use super::endpoints::{ClientCredentials, Endpoints};
use super::fault::Fault;
use super::http::Carrier;
use super::token::{Token, Tokens};
use crate::Client;
use oauth2::RefreshToken;

/// Asks for the next tokens. Where `Tokens::refresh` is there, it takes the old one's place at once: the old one may be dead already.
///
/// # Errors
/// `GrantRefused` when the person must sign in again; `Unreachable` (`is_transient`) when a later try may do; `ClientRefused`,
/// `Unreadable`.
pub async fn refresh(
    client: &Client,
    endpoints: &Endpoints,
    credentials: &ClientCredentials,
    token: &Token,
    granted_before: &[String],
) -> Result<Tokens, Fault> {
    let granted = dialogue::with(endpoints, credentials)
        .exchange_refresh_token(&RefreshToken::new(token.expose().to_owned()))
        .request_async(&Carrier(client.clone()))
        .await
        .map_err(|error| dialogue::fault(error, dialogue::means_to_grant))?;
    dialogue::tokens(&granted, granted_before)
}
