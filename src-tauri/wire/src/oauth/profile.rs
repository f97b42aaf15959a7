//! Who somebody is, by their access token: OpenID Connect's userinfo, and GitHub's own. It believes no address verified unless told so.

use super::endpoints::UserInfo;
use super::fault::{Fault, Kind};
use super::http::{LARGEST, fetch};
use super::id_token::truth;
use super::token::Token;
use crate::Client;
use reqwest::header::ACCEPT;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

/// Somebody, as a provider describes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Who, to this provider. It must be the id_token's subject where there is one (OpenID Connect Core §5.3.2): the caller compares.
    pub subject: String,
    /// Their address.
    pub email: Option<String>,
    /// Whether the provider has proved that the address is theirs.
    pub email_verified: bool,
    /// Their name.
    pub name: Option<String>,
    /// Where their picture is.
    pub picture: Option<String>,
    /// Their language.
    pub locale: Option<String>,
}

#[derive(Deserialize)]
struct OidcUser {
    sub: String,
    email: Option<String>,
    #[serde(default, deserialize_with = "truth")]
    email_verified: bool,
    name: Option<String>,
    picture: Option<String>,
    locale: Option<String>,
}

#[derive(Deserialize)]
struct GitHubUser {
    id: u64,
    login: String,
    name: Option<String>,
    avatar_url: Option<String>,
}

#[derive(Deserialize)]
struct GitHubEmail {
    email: String,
    primary: bool,
    verified: bool,
}

/// Asks who somebody is.
///
/// # Errors
/// `AccessRefused`, `Unreadable`, `Unreachable`.
pub async fn fetch_profile(client: &Client, from: &UserInfo, access: &Token) -> Result<Profile, Fault> {
    match from {
        UserInfo::Oidc(at) => {
            let user: OidcUser = get(client, at.url().clone(), access, "application/json").await?;
            Ok(Profile {
                subject: user.sub,
                email: user.email,
                email_verified: user.email_verified,
                name: user.name,
                picture: user.picture,
                locale: user.locale,
            })
        }
        UserInfo::GitHub(at) => {
            let user: GitHubUser = get(client, at.url().clone(), access, GITHUB).await?;
            let email = github_email(client, at.join(&["emails"]), access).await?;
            Ok(Profile {
                subject: user.id.to_string(),
                email_verified: email.is_some(),
                email,
                name: user.name.filter(|name| !name.is_empty()).or(Some(user.login)),
                picture: user.avatar_url,
                locale: None,
            })
        }
    }
}

/// What GitHub calls its JSON.
const GITHUB: &str = "application/vnd.github+json";

/// The primary address, if GitHub has verified it. The one on a public profile need not be theirs, and is not read. Without the scope
/// for it there is none.
async fn github_email(client: &Client, at: Url, access: &Token) -> Result<Option<String>, Fault> {
    match get::<Vec<GitHubEmail>>(client, at, access, GITHUB).await {
        Ok(emails) => Ok(emails.into_iter().find(|email| email.primary && email.verified).map(|email| email.email)),
        Err(fault) if matches!(fault.kind(), Kind::AccessRefused | Kind::Unreadable) => Ok(None),
        Err(fault) => Err(fault),
    }
}

async fn get<T: DeserializeOwned>(client: &Client, at: Url, access: &Token, form: &str) -> Result<T, Fault> {
    let answer = fetch(client.get(at).bearer_auth(access.expose()).header(ACCEPT, form), LARGEST).await?;
    match answer.status {
        401 | 403 => Err(answer.fault(Kind::AccessRefused)),
        _ => answer.json(),
    }
}
