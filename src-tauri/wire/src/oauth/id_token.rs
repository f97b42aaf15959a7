//! Checks an id_token (OpenID Connect Core §3.1.3.7) and gives its claims. Nothing in it is believed before its signature holds; the
//! time is passed in.

use super::fault::{Fault, Kind};
use super::issuer;
use super::jwks::KeySet;
use super::signature;
use super::token::Token;
use crate::Client;
use jsonwebtoken::jwk::Jwk;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// How far two clocks may be apart, in seconds.
const LEEWAY: i64 = 60;

/// What the token must say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The issuer, as in `Endpoints`.
    pub issuer: &'a str,
    /// Our client's id.
    pub client_id: &'a str,
    /// This sign-in's nonce. None for a device code, which has none.
    pub nonce: Option<&'a Token>,
    /// Seconds since 1970, UTC.
    pub now: i64,
}

/// Who signed in, as the provider states and signs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// Who, to this issuer: never another person's, unlike an email address.
    pub subject: String,
    /// Who says so. With Microsoft: the tenant's own.
    pub issuer: String,
    /// Their address.
    pub email: Option<String>,
    /// Whether the provider has proved that the address is theirs. Where it does not say: no.
    pub email_verified: bool,
    /// Their name.
    pub name: Option<String>,
    /// Where their picture is.
    pub picture: Option<String>,
    /// Their language, as the provider has it.
    pub locale: Option<String>,
    /// Microsoft's tenant.
    pub tenant: Option<String>,
}

#[derive(Deserialize)]
struct Raw {
    iss: Option<String>,
    sub: Option<String>,
    aud: Option<Audience>,
    azp: Option<String>,
    exp: Option<f64>,
    iat: Option<f64>,
    nbf: Option<f64>,
    nonce: Option<String>,
    email: Option<String>,
    #[serde(default, deserialize_with = "truth")]
    email_verified: bool,
    name: Option<String>,
    picture: Option<String>,
    locale: Option<String>,
    tid: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// Providers write a truth as `true` or as `"true"`.
pub(super) fn truth<'de, D: Deserializer<'de>>(input: D) -> Result<bool, D::Error> {
    let value = Value::deserialize(input)?;
    Ok(value == Value::Bool(true) || value == "true")
}

/// Checks a token with the provider's keys, which are fetched if it names one that is not there yet, once.
///
/// # Errors
/// What is wrong with it, each in its own kind; `Unreachable` and `Unreadable` where the keys cannot be had.
pub async fn verify(client: &Client, keys: &KeySet, token: &Token, expected: &Expected<'_>) -> Result<Claims, Fault> {
    if let Some(kept) = keys.kept().await
        && let Some(claims) = check(token, &kept, expected)?
    {
        return Ok(claims);
    }
    let fetched = keys.fetched(client).await?;
    Ok(check(token, &fetched, expected)?.ok_or(Kind::SignatureWrong)?)
}

fn check(token: &Token, keys: &[Jwk], expected: &Expected<'_>) -> Result<Option<Claims>, Kind> {
    signature::opened(token.expose(), keys)?.map(|raw| judged(raw, expected)).transpose()
}

/// Judges claims whose signature holds.
fn judged(raw: Raw, expected: &Expected<'_>) -> Result<Claims, Kind> {
    let issuer = raw.iss.ok_or(Kind::TokenUnreadable)?;
    if issuer::of_tenant(expected.issuer, raw.tid.as_deref()).as_ref() != Some(&issuer) {
        return Err(Kind::OtherIssuer);
    }
    if !is_for(raw.aud.as_ref(), raw.azp.as_deref(), expected.client_id) {
        return Err(Kind::AudienceWrong);
    }
    let (Some(ends), Some(issued)) = (raw.exp, raw.iat) else { return Err(Kind::TokenUnreadable) };
    if !is_now(ends, raw.nbf.unwrap_or(issued).max(issued), expected.now) {
        return Err(Kind::TokenExpired);
    }
    if let Some(nonce) = expected.nonce
        && !raw.nonce.is_some_and(|given| nonce.is(&given))
    {
        return Err(Kind::NonceWrong);
    }
    let subject = raw.sub.filter(|subject| !subject.is_empty() && subject.len() <= 255).ok_or(Kind::TokenUnreadable)?;
    Ok(Claims {
        subject,
        issuer,
        email: raw.email,
        email_verified: raw.email_verified,
        name: raw.name,
        picture: raw.picture,
        locale: raw.locale,
        tenant: raw.tid,
    })
}

/// Ours is among the audience; where there are others, the token must have been issued to us.
fn is_for(audience: Option<&Audience>, party: Option<&str>, client_id: &str) -> bool {
    match audience {
        None => false,
        Some(Audience::One(one)) => one == client_id,
        Some(Audience::Several(several)) => {
            several.iter().any(|one| one == client_id) && (several.len() == 1 || party == Some(client_id))
        }
    }
}

/// Both ends with leeway. JSON's numbers may have a fraction, and what is not a number is never now.
#[allow(clippy::cast_precision_loss)] // seconds since 1970 stay below 2^53 for longer than there are clocks
fn is_now(ends: f64, begins: f64, now: i64) -> bool {
    ((now - LEEWAY) as f64) < ends && begins <= (now + LEEWAY) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: i64 = 1_900_000_000;
    const TID: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

    fn claims(change: &Value) -> Value {
        let mut claims = json!({"iss": "https://id.example", "sub": "42", "aud": "me", "exp": NOW + 600, "iat": NOW,
            "nonce": "n", "email": "ada@example.com", "email_verified": "true"});
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims
    }

    fn outcome(claims: Value, issuer: &str) -> Result<Claims, Kind> {
        let nonce = Token::new("n");
        let expected = Expected { issuer, client_id: "me", nonce: Some(&nonce), now: NOW };
        judged(serde_json::from_value(claims).unwrap(), &expected)
    }

    #[test]
    fn each_claim_is_held_against_this_sign_in() {
        let cases = [
            (json!({}), None),
            (json!({"iss": "https://evil.example"}), Some(Kind::OtherIssuer)),
            (json!({"iss": "https://id.example/"}), Some(Kind::OtherIssuer)),
            (json!({"iss": null}), Some(Kind::TokenUnreadable)),
            (json!({"aud": "other"}), Some(Kind::AudienceWrong)),
            (json!({"aud": null}), Some(Kind::AudienceWrong)),
            (json!({"aud": []}), Some(Kind::AudienceWrong)),
            (json!({"aud": ["me"]}), None),
            (json!({"aud": ["me", "other"]}), Some(Kind::AudienceWrong)),
            (json!({"aud": ["me", "other"], "azp": "other"}), Some(Kind::AudienceWrong)),
            (json!({"aud": ["me", "other"], "azp": "me"}), None),
            (json!({"exp": NOW - 59}), None),
            (json!({"exp": NOW - 60}), Some(Kind::TokenExpired)),
            (json!({"exp": null}), Some(Kind::TokenUnreadable)),
            (json!({"iat": NOW + 60}), None),
            (json!({"iat": NOW + 61}), Some(Kind::TokenExpired)),
            (json!({"iat": null}), Some(Kind::TokenUnreadable)),
            (json!({"nbf": NOW + 61}), Some(Kind::TokenExpired)),
            (json!({"nonce": "m"}), Some(Kind::NonceWrong)),
            (json!({"nonce": null}), Some(Kind::NonceWrong)),
            (json!({"sub": ""}), Some(Kind::TokenUnreadable)),
            (json!({"sub": null}), Some(Kind::TokenUnreadable)),
        ];
        for (change, kind) in cases {
            assert_eq!(outcome(claims(&change), "https://id.example").err(), kind, "{change}");
        }
    }

    #[test]
    fn an_address_is_verified_only_where_the_provider_says_so() {
        for (said, verified) in [
            (json!(true), true),
            (json!("true"), true),
            (json!(false), false),
            (json!("yes"), false),
            (json!(null), false),
        ] {
            let claims = outcome(claims(&json!({"email_verified": said})), "https://id.example").unwrap();
            assert_eq!(claims.email_verified, verified, "{said}");
        }
    }

    #[test]
    fn microsofts_issuer_is_the_tenants_own() {
        let expected = "https://login.example/{tenantid}/v2.0";
        let iss = format!("https://login.example/{TID}/v2.0");
        let good = outcome(claims(&json!({"iss": iss, "tid": TID})), expected).unwrap();
        assert_eq!((good.issuer.as_str(), good.tenant.as_deref()), (iss.as_str(), Some(TID)));
        for change in [
            json!({"iss": iss}),
            json!({"iss": iss, "tid": "00000000-0000-0000-0000-000000000000"}),
            json!({"iss": "https://login.example/common/v2.0", "tid": "common"}),
            json!({"iss": expected, "tid": TID}),
        ] {
            assert_eq!(outcome(claims(&change), expected), Err(Kind::OtherIssuer), "{change}");
        }
    }
}
