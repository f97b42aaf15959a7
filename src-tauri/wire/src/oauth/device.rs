//! The way in without a browser on this machine: RFC 8628. It shows nothing and opens nothing; whoever waits may drop it at any time.

use super::dialogue;
use super::endpoints::{ClientCredentials, Endpoints};
use super::fault::{Fault, Kind};
use super::http::Carrier;
use super::token::{Token, Tokens};
use crate::Client;
use crate::base::reachable;
use oauth2::{DeviceAuthorizationUrl, Scope, StandardDeviceAuthorizationResponse};
use std::fmt;
use std::time::Duration;
use url::Url;

/// The longest pause after a bad moment. `oauth2`'s own ten seconds can be shorter than what the provider asked for.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// What the person needs to let this device in.
pub struct DeviceGrant {
    /// The code they type in.
    pub user_code: Token,
    /// Where they type it.
    pub verification: Url,
    /// The same with the code in it, where the provider offers it.
    pub verification_complete: Option<Url>,
    /// How long the code lives.
    pub expires_in: Duration,
    answer: StandardDeviceAuthorizationResponse,
    scopes: Vec<String>,
}

impl fmt::Debug for DeviceGrant {
    /// Without the address that has the code in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceGrant").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

/// Asks for a code.
///
/// # Errors
/// `ClientRefused` where the provider has no such flow, or not for this client; `Unreadable`, `Unreachable`.
pub async fn begin(
    client: &Client,
    endpoints: &Endpoints,
    credentials: &ClientCredentials,
    scopes: &[String],
) -> Result<DeviceGrant, Fault> {
    let device = endpoints.device.as_ref().ok_or(Kind::ClientRefused)?;
    let answer: StandardDeviceAuthorizationResponse = dialogue::with(endpoints, credentials)
        .set_device_authorization_url(DeviceAuthorizationUrl::from_url(device.url().clone()))
        .exchange_device_code()
        .add_scopes(scopes.iter().cloned().map(Scope::new))
        .request_async(&Carrier(client.clone()))
        .await
        .map_err(|error| dialogue::fault(error, |refusal| dialogue::means(&refusal.error)))?;
    Ok(DeviceGrant {
        user_code: Token::new(answer.user_code().secret()),
        verification: openable(answer.verification_uri().as_str())?,
        verification_complete: answer.verification_uri_complete().map(|url| openable(url.secret())).transpose()?,
        expires_in: answer.expires_in(),
        answer,
        scopes: scopes.to_vec(),
    })
}

/// Asks until the person has answered, as often as the provider allows: `slow_down` adds five seconds, a bad moment doubles the pause.
///
/// # Errors
/// `Denied`; `TimedOut` when the code's time is over; `CodeRefused`, `ClientRefused`, `Unreadable`.
pub async fn poll(
    client: &Client,
    endpoints: &Endpoints,
    credentials: &ClientCredentials,
    grant: &DeviceGrant,
) -> Result<Tokens, Fault> {
    poll_pausing(client, endpoints, credentials, grant, tokio::time::sleep).await
}

/// `poll`, with pauses as the caller makes them.
///
/// # Errors
/// As `poll`.
pub async fn poll_pausing<Pause: Future<Output = ()>>(
    client: &Client,
    endpoints: &Endpoints,
    credentials: &ClientCredentials,
    grant: &DeviceGrant,
    pause: impl Fn(Duration) -> Pause,
) -> Result<Tokens, Fault> {
    let granted = dialogue::with(endpoints, credentials)
        .exchange_device_access_token(&grant.answer)
        .set_max_backoff_interval(LONGEST_PAUSE.max(grant.answer.interval()))
        .request_async(&Carrier(client.clone()), pause, None)
        .await
        .map_err(|error| dialogue::fault(error, |refusal| dialogue::means(refusal.error().as_ref())))?;
    dialogue::tokens(&granted, &grant.scopes)
}

/// The person will open it: no other scheme, and no http to another machine.
fn openable(text: &str) -> Result<Url, Fault> {
    let url = Url::parse(text).map_err(|_| Kind::Unreadable)?;
    reachable(&url).map_err(|_| Kind::Unreadable)?;
    Ok(url)
}
