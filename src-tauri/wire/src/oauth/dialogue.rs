//! The token endpoint's forms as `oauth2` reads them, and what its refusals mean. What they mean is told by their codes; the words
//! beside them are read for one thing only, the number that Microsoft puts into them.

use super::endpoints::{ClientCredentials, Endpoints};
use super::fault::{Fault, GrantEnd, Kind};
use super::token::{Token, Tokens};
use oauth2::basic::{BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType};
use oauth2::{
    AuthType, ClientId, ClientSecret, EndpointNotSet, EndpointSet, ErrorResponse, ExtraTokenFields, RequestTokenError,
    StandardRevocableToken, StandardTokenResponse, TokenResponse, TokenUrl,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A conversation with a token endpoint.
pub(super) type Dialogue<Auth = EndpointNotSet, Token = EndpointNotSet> = oauth2::Client<
    Refusal,
    Granted,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    Auth,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    Token,
>;

/// The answer that grants.
pub(super) type Granted = StandardTokenResponse<IdToken, BasicTokenType>;

/// What OpenID Connect adds to it. `oauth2` asks that it can be serialised; nothing here does.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct IdToken {
    id_token: Option<String>,
}

impl ExtraTokenFields for IdToken {}

/// The answer that refuses, with the codes that Google and Microsoft add to it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Refusal {
    pub(super) error: String,
    error_subtype: Option<String>,
    suberror: Option<String>,
    #[serde(default)]
    error_codes: Vec<u64>,
    error_description: Option<String>,
}

impl ErrorResponse for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the token endpoint refused")
    }
}

/// Begins a conversation: the client's id and secret go into the body, which every provider understands.
pub(super) fn with(endpoints: &Endpoints, credentials: &ClientCredentials) -> Dialogue<EndpointNotSet, EndpointSet> {
    let client = Dialogue::new(ClientId::new(credentials.id.clone())).set_auth_type(AuthType::RequestBody);
    let client = match &credentials.secret {
        Some(secret) => client.set_client_secret(ClientSecret::new(secret.expose().to_owned())),
        None => client,
    };
    client.set_token_uri(TokenUrl::from_url(endpoints.token.url().clone()))
}

/// Takes the tokens out of a grant.
pub(super) fn tokens(granted: &Granted, asked: &[String]) -> Result<Tokens, Fault> {
    if granted.token_type() != &BasicTokenType::Bearer || granted.access_token().secret().is_empty() {
        return Err(Kind::Unreadable.into());
    }
    // Google and Microsoft separate scopes by spaces, GitHub by commas.
    let scopes = granted.scopes().map_or_else(
        || asked.to_vec(),
        |scopes| {
            scopes.iter().flat_map(|scope| scope.split([' ', ','])).filter(|s| !s.is_empty()).map(Into::into).collect()
        },
    );
    Ok(Tokens {
        access: Token::new(granted.access_token().secret()),
        refresh: granted.refresh_token().map(|token| Token::new(token.secret())),
        expires_in: granted.expires_in(),
        scopes,
        id_token: granted.extra_fields().id_token.as_deref().map(Token::new),
    })
}

/// What a conversation's error is, where `means` reads a refusal.
pub(super) fn fault<T: ErrorResponse>(error: RequestTokenError<Fault, T>, means: impl Fn(&T) -> Kind) -> Fault {
    match error {
        RequestTokenError::Request(fault) => fault,
        RequestTokenError::ServerResponse(refusal) => means(&refusal).into(),
        // These two carry the answer's body, which may hold tokens: they end here.
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => Kind::Unreadable.into(),
    }
}

/// What an error code of RFC 6749 (§4.1.2.1, §5.2), RFC 8628 (§3.5) or GitHub means in a sign-in.
pub(super) fn means(code: &str) -> Kind {
    match code {
        "access_denied" => Kind::Denied,
        "expired_token" => Kind::TimedOut,
        "invalid_grant" | "bad_verification_code" | "incorrect_device_code" => Kind::CodeRefused,
        "invalid_client"
        | "unauthorized_client"
        | "invalid_request"
        | "invalid_scope"
        | "unsupported_response_type"
        | "unsupported_grant_type"
        | "incorrect_client_credentials"
        | "redirect_uri_mismatch"
        | "application_suspended"
        | "device_flow_disabled" => Kind::ClientRefused,
        "server_error" | "temporarily_unavailable" => Kind::Unreachable,
        _ => Kind::Unreadable,
    }
}

/// What a refusal means to a refresh token.
pub(super) fn means_to_grant(refusal: &Refusal) -> Kind {
    match refusal.error.as_str() {
        "invalid_grant" => Kind::GrantRefused(grant_end(refusal)),
        "bad_refresh_token" => Kind::GrantRefused(GrantEnd::Revoked),
        "interaction_required" | "login_required" | "consent_required" => Kind::GrantRefused(GrantEnd::ProveAgain),
        other => means(other),
    }
}

/// Google's `error_subtype`, Microsoft's `suberror` and its AADSTS numbers:
/// <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>.
fn grant_end(refusal: &Refusal) -> GrantEnd {
    let named = refusal.error_subtype.as_deref().or(refusal.suberror.as_deref());
    match named {
        Some("invalid_rapt" | "rapt_required" | "basic_action" | "additional_action" | "consent_required") => {
            return GrantEnd::ProveAgain;
        }
        Some("bad_token" | "token_expired" | "user_password_expired") => return GrantEnd::Revoked,
        _ => {}
    }
    match refusal.error_codes.first().copied().or_else(|| aadsts(refusal.error_description.as_deref()?)) {
        // Withdrawn, a new password, the session ended, or too old or too long unused.
        Some(50173 | 50132 | 50133 | 70008 | 700_082 | 700_084) => GrantEnd::Revoked,
        // A second factor, a policy, a fresh sign-in, consent.
        Some(50074 | 50076 | 50078 | 50079 | 50158 | 53000..=53004 | 65001 | 70043 | 70044) => GrantEnd::ProveAgain,
        _ => GrantEnd::Other,
    }
}

/// The number of Microsoft's `AADSTS50173: …`.
fn aadsts(description: &str) -> Option<u64> {
    let digits = description.strip_prefix("AADSTS")?;
    digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_grant_says_what_the_person_can_do() {
        let cases = [
            (r#"{"error":"invalid_grant"}"#, GrantEnd::Other),
            (r#"{"error":"invalid_grant","error_subtype":"invalid_rapt"}"#, GrantEnd::ProveAgain),
            (r#"{"error":"invalid_grant","suberror":"basic_action","error_codes":[50076]}"#, GrantEnd::ProveAgain),
            (r#"{"error":"invalid_grant","suberror":"bad_token","error_codes":[70000]}"#, GrantEnd::Revoked),
            (r#"{"error":"invalid_grant","error_codes":[50173]}"#, GrantEnd::Revoked),
            (r#"{"error":"invalid_grant","error_description":"AADSTS700082: expired."}"#, GrantEnd::Revoked),
            (r#"{"error":"invalid_grant","error_description":"AADSTS: none"}"#, GrantEnd::Other),
            (r#"{"error":"interaction_required","error_codes":[50079]}"#, GrantEnd::ProveAgain),
            (r#"{"error":"bad_refresh_token"}"#, GrantEnd::Revoked),
        ];
        for (body, end) in cases {
            let refusal: Refusal = serde_json::from_str(body).unwrap();
            assert_eq!(means_to_grant(&refusal), Kind::GrantRefused(end), "{body}");
        }
        for (code, kind) in [("invalid_client", Kind::ClientRefused), ("server_error", Kind::Unreachable)] {
            assert_eq!(means_to_grant(&Refusal { error: code.into(), ..Refusal::default() }), kind);
        }
    }

    #[test]
    fn scopes_are_those_granted() {
        let asked = ["mail".to_owned(), "openid".to_owned()];
        let cases = [
            (r#"{"access_token":"a","token_type":"Bearer"}"#, vec!["mail", "openid"]),
            (r#"{"access_token":"a","token_type":"bearer","scope":"openid"}"#, vec!["openid"]),
            (r#"{"access_token":"a","token_type":"bearer","scope":"repo,user:email"}"#, vec!["repo", "user:email"]),
            (r#"{"access_token":"a","token_type":"bearer","scope":""}"#, vec![]),
        ];
        for (body, scopes) in cases {
            assert_eq!(tokens(&serde_json::from_str(body).unwrap(), &asked).unwrap().scopes, scopes, "{body}");
        }
        for body in [r#"{"access_token":"","token_type":"bearer"}"#, r#"{"access_token":"a","token_type":"mac"}"#] {
            let fault = tokens(&serde_json::from_str(body).unwrap(), &asked).unwrap_err();
            assert_eq!(fault.kind(), Kind::Unreadable, "{body}");
        }
    }
}
