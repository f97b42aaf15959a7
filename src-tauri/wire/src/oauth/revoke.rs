//! Gives a token back, so that it opens nothing any more. `oauth2` would refuse http on this machine here, so it is posted by hand.

use super::endpoints::{ClientCredentials, Revocation};
use super::fault::{Fault, Kind};
use super::http::{LARGEST, fetch};
use super::token::Token;
use crate::Client;
use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

/// Gives a token back. With a refresh token, its whole grant ends. A token the provider no longer knows counts as given back.
///
/// # Errors
/// `ClientRefused`, `Unreadable`, `Unreachable`.
pub async fn revoke(
    client: &Client,
    at: &Revocation,
    credentials: &ClientCredentials,
    token: &Token,
) -> Result<(), Fault> {
    match at {
        Revocation::Rfc7009(at) => {
            let request = client.post(at.url().clone()).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
            let answer =
                fetch(request.header(ACCEPT, "application/json").body(form(credentials, token)), LARGEST).await?;
            match (answer.status, code(&answer.body).as_deref()) {
                (200, _) | (_, Some("invalid_token")) => Ok(()),
                (401, _) | (_, Some("invalid_client" | "unauthorized_client")) => {
                    Err(answer.fault(Kind::ClientRefused))
                }
                _ => Err(answer.fault(Kind::Unreadable)),
            }
        }
        Revocation::GitHub(api) => {
            let secret = credentials.secret.as_ref().ok_or(Kind::ClientRefused)?;
            let url = api.join(&["applications", &credentials.id, "token"]);
            let request = client.request(Method::DELETE, url).basic_auth(&credentials.id, Some(secret.expose()));
            let request = request.header(ACCEPT, "application/vnd.github+json");
            let answer = fetch(request.json(&json!({ "access_token": token.expose() })), LARGEST).await?;
            match answer.status {
                // 404 and 422: no such token.
                204 | 404 | 422 => Ok(()),
                401 | 403 => Err(answer.fault(Kind::ClientRefused)),
                _ => Err(answer.fault(Kind::Unreadable)),
            }
        }
    }
}

/// Built before anything is awaited: the serializer may not cross threads.
fn form(credentials: &ClientCredentials, token: &Token) -> String {
    let mut form = Serializer::new(String::new());
    form.append_pair("token", token.expose()).append_pair("client_id", &credentials.id);
    if let Some(secret) = &credentials.secret {
        form.append_pair("client_secret", secret.expose());
    }
    form.finish()
}

/// The code of an error's body. Google answers `invalid_token` with a 400 where RFC 7009 §2.2 says 200.
fn code(body: &[u8]) -> Option<String> {
    serde_json::from_slice::<Value>(body).ok()?["error"].as_str().map(str::to_owned)
}
