//! Proves an id_token's signature with a provider's public keys. It cannot sign, and knows RS256 and ES256: `none` and the HMAC family,
//! with which anybody who knows a public key or nothing at all could write a token, are no signatures.
//!
//! `jsonwebtoken` reads tokens and keys; the arithmetic is ring's, which TLS links anyway. Its own two providers would link either a
//! second TLS library's cryptography, which this app bans, or a pure-Rust RSA with an open timing advisory (RUSTSEC-2023-0071). The provider below is the
//! small part of one that a client needs: whatever would need a private key is an error.

use super::fault::Kind;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::{CryptoProvider, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind, new_error};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::signature::{Error as SignatureError, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind, Validation};
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A token's own word on how it is signed.
#[derive(Deserialize)]
struct Head {
    alg: String,
    kid: Option<String>,
    crit: Option<serde_json::Value>,
}

/// What a token says, once one of the keys is found to have signed it. `None`: it names a key that is not among them.
pub(super) fn opened<T: DeserializeOwned>(token: &str, keys: &[Jwk]) -> Result<Option<T>, Kind> {
    let (head, algorithm) = head(token)?;
    let named = |key: &&Jwk| head.kid.is_none() || key.common.key_id == head.kid;
    let mut fitting = keys.iter().filter(named).filter(|key| fits(key, algorithm)).peekable();
    if fitting.peek().is_none() {
        return Ok(None);
    }
    // Only a try with an earlier provider can have come first, and all of them are this one.
    let _ = VERIFIER.install_default();
    let rules = signature_only(algorithm);
    for key in fitting {
        let Ok(key) = DecodingKey::from_jwk(key) else { continue };
        match jsonwebtoken::decode::<T>(token, &key, &rules) {
            Ok(token) => return Ok(Some(token.claims)),
            Err(error) if matches!(error.kind(), ErrorKind::InvalidSignature) => {}
            Err(_) => return Err(Kind::TokenUnreadable),
        }
    }
    Err(Kind::SignatureWrong)
}

fn head(token: &str) -> Result<(Head, Algorithm), Kind> {
    let parts: Vec<&str> = token.split('.').collect();
    let [head, _, signature] = parts[..] else { return Err(Kind::TokenUnreadable) };
    let head = BASE64_URL_SAFE_NO_PAD.decode(head).map_err(|_| Kind::TokenUnreadable)?;
    let head: Head = serde_json::from_slice(&head).map_err(|_| Kind::TokenUnreadable)?;
    if signature.is_empty() || head.alg.eq_ignore_ascii_case("none") || head.alg.starts_with("HS") {
        return Err(Kind::TokenUnsigned);
    }
    // What a token calls critical must be understood, and nothing is: RFC 7515 §4.1.11.
    match head.alg.as_str() {
        _ if head.crit.is_some() => Err(Kind::TokenUnreadable),
        "RS256" => Ok((head, Algorithm::RS256)),
        "ES256" => Ok((head, Algorithm::ES256)),
        _ => Err(Kind::TokenUnreadable),
    }
}

/// Whether a key is for this algorithm, by its own form and word.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let (form, name) = match &key.algorithm {
        AlgorithmParameters::RSA(_) => (algorithm == Algorithm::RS256, KeyAlgorithm::RS256),
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
            (algorithm == Algorithm::ES256, KeyAlgorithm::ES256)
        }
        _ => return false,
    };
    let said = key.common.key_algorithm.is_none_or(|said| said == name);
    let signs = key.common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature);
    form && said && signs
}

/// The claims are judged by `id_token`, against a time that is passed in.
fn signature_only(algorithm: Algorithm) -> Validation {
    let mut rules = Validation::new(algorithm);
    rules.required_spec_claims.clear();
    rules.validate_exp = false;
    rules.validate_nbf = false;
    rules.validate_aud = false;
    rules
}

static VERIFIER: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| Err(unsupported()),
    verifier_factory: verifier,
    key_utils: KeyUtils {
        rsa_pub_components_from_private_key: |_| Err(unsupported()),
        rsa_pub_components_from_public_key: |_| Err(unsupported()),
        ec_pub_components_from_private_key: |_, _| Err(unsupported()),
        ed_pub_components_from_private_key: |_, _| Err(unsupported()),
        compute_digest: |_, _| Err(unsupported()),
    },
};

fn unsupported() -> Error {
    new_error(ErrorKind::UnsupportedAlgorithm)
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, Error> {
    match algorithm {
        Algorithm::RS256 => Ok(Box::new(Rs256(key.clone()))),
        Algorithm::ES256 => Ok(Box::new(Es256(key.clone()))),
        _ => Err(unsupported()),
    }
}

struct Rs256(DecodingKey);
struct Es256(DecodingKey);

impl JwtVerifier for Rs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::RS256
    }
}

impl JwtVerifier for Es256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::ES256
    }
}

impl Verifier<Vec<u8>> for Rs256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), SignatureError> {
        let DecodingKeyKind::RsaModulusExponent { n, e } = self.0.kind() else { return Err(SignatureError::new()) };
        // Some providers write the sign's zero byte before the modulus; ring takes none.
        let n = n.strip_prefix(&[0]).unwrap_or(n);
        RsaPublicKeyComponents { n, e }
            .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            .map_err(|_| SignatureError::new())
    }
}

impl Verifier<Vec<u8>> for Es256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), SignatureError> {
        let point = self.0.try_get_as_bytes().map_err(|_| SignatureError::new())?;
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
            .verify(message, signature)
            .map_err(|_| SignatureError::new())
    }
}
