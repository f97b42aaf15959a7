//! Begins a sign-in: the address to open in the person's browser, and what its answer will be held against. Pure: randomness is given.
//! It opens nothing.

use super::dialogue;
use super::endpoints::{ClientCredentials, Endpoints};
use super::redirect::Expected;
use super::token::Token;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use oauth2::{AuthUrl, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope};
use std::borrow::Cow;
use url::Url;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The randomness of one sign-in: 32 bytes each for state, nonce and verifier. Used once.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Seed([[u8; 32]; 3]);

impl Seed {
    /// Takes bytes of the system's generator.
    #[must_use]
    pub fn new(bytes: [[u8; 32]; 3]) -> Self {
        Self(bytes)
    }

    fn text(&self, which: usize) -> Token {
        Token::new(BASE64_URL_SAFE_NO_PAD.encode(self.0[which]))
    }
}

/// What is asked of a provider.
#[derive(Clone, Copy)]
pub struct Wish<'a> {
    /// Where the answer comes to: `Receiver::redirect`.
    pub redirect: &'a Url,
    /// What for.
    pub scopes: &'a [String],
    /// The provider's own parameters, as Google's `access_type=offline`. One that would replace a parameter of ours is left out.
    pub extra: &'a [(&'a str, &'a str)],
    /// The address the person is expected to sign in with.
    pub login_hint: Option<&'a str>,
}

/// A sign-in that waits for its answer.
#[derive(Debug)]
pub struct Pending {
    pub(super) expected: Expected,
    pub(super) verifier: Token,
    pub(super) redirect: Url,
    pub(super) scopes: Vec<String>,
    nonce: Token,
}

impl Pending {
    /// What the id_token must repeat.
    #[must_use]
    pub fn nonce(&self) -> &Token {
        &self.nonce
    }

    /// What the answer must match.
    #[must_use]
    pub fn expected(&self) -> &Expected {
        &self.expected
    }
}

/// The parameters that are ours to set.
const OURS: [&str; 8] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
];

/// Begins: gives the address to open and what to hold the answer against.
#[must_use]
pub fn begin(endpoints: &Endpoints, credentials: &ClientCredentials, wish: &Wish<'_>, seed: &Seed) -> (Url, Pending) {
    let (state, nonce, verifier) = (seed.text(0), seed.text(1), seed.text(2));
    let client =
        dialogue::with(endpoints, credentials).set_auth_uri(AuthUrl::from_url(endpoints.authorization.url().clone()));
    let pkce = PkceCodeVerifier::new(verifier.expose().to_owned());
    let mut request = client
        .authorize_url(|| CsrfToken::new(state.expose().to_owned()))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&pkce))
        .set_redirect_uri(Cow::Owned(RedirectUrl::from_url(wish.redirect.clone())))
        .add_scopes(wish.scopes.iter().cloned().map(Scope::new));
    if endpoints.jwks.is_some() {
        request = request.add_extra_param("nonce", nonce.expose());
    }
    if let Some(hint) = wish.login_hint {
        request = request.add_extra_param("login_hint", hint);
    }
    for (name, value) in wish.extra.iter().filter(|(name, _)| !OURS.contains(name)) {
        request = request.add_extra_param(*name, *value);
    }
    let (url, _) = request.url();
    let expected = Expected { state, path: wish.redirect.path().to_owned(), issuer: endpoints.issuer.clone() };
    let pending = Pending { expected, nonce, verifier, redirect: wish.redirect.clone(), scopes: wish.scopes.to_vec() };
    (url, pending)
}

#[cfg(test)]
mod tests {
    use super::super::endpoints::UserInfo;
    use super::*;
    use crate::Base;
    use std::collections::HashMap;

    fn endpoints(jwks: bool) -> Endpoints {
        let at = |path: &str| Base::parse(&format!("https://id.example{path}")).unwrap();
        Endpoints {
            issuer: Some("https://id.example".into()),
            authorization: at("/authorize"),
            token: at("/token"),
            jwks: jwks.then(|| at("/keys")),
            userinfo: UserInfo::Oidc(at("/me")),
            device: None,
            revocation: None,
        }
    }

    fn begun(jwks: bool) -> (HashMap<String, String>, Pending) {
        let redirect = Url::parse("http://127.0.0.1:4000/callback/google").unwrap();
        let credentials = ClientCredentials { id: "me".into(), secret: Some(Token::new("hush")) };
        let wish = Wish {
            redirect: &redirect,
            scopes: &["openid".into(), "mail".into()],
            extra: &[("access_type", "offline"), ("state", "mine"), ("code_challenge_method", "plain")],
            login_hint: Some("ada@example.com"),
        };
        let (url, pending) = begin(&endpoints(jwks), &credentials, &wish, &Seed::new([[1; 32], [2; 32], [3; 32]]));
        assert_eq!(url.path(), "/authorize");
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let map: HashMap<_, _> = pairs.iter().cloned().collect();
        assert_eq!(map.len(), pairs.len(), "a parameter stands twice: {url}");
        (map, pending)
    }

    #[test]
    fn the_address_asks_for_a_code_bound_to_this_sign_in() {
        let (query, pending) = begun(true);
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".len();
        for (name, value) in [
            ("response_type", "code"),
            ("client_id", "me"),
            ("redirect_uri", "http://127.0.0.1:4000/callback/google"),
            ("scope", "openid mail"),
            ("access_type", "offline"),
            ("login_hint", "ada@example.com"),
            ("code_challenge_method", "S256"),
            ("state", pending.expected().state.expose()),
            ("nonce", pending.nonce().expose()),
        ] {
            assert_eq!(query[name], value, "{name}");
        }
        assert_eq!(query["code_challenge"].len(), challenge);
        assert!(!query.values().any(|value| value == pending.verifier.expose() || value == "hush"));
        assert_eq!(pending.expected().path, "/callback/google");
    }

    #[test]
    fn a_provider_without_id_tokens_is_told_no_nonce() {
        assert!(!begun(false).0.contains_key("nonce"));
    }
}
