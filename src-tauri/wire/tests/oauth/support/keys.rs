//! Keys to sign id_tokens with, well and badly. They are test data, public on purpose.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair, PublicKeyComponents};
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256};
use ring::{digest, hmac};
use serde_json::{Value, json};

/// How an id_token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signing {
    /// As it should be.
    Rs256,
    /// As it may be, too.
    Es256,
    /// By somebody else, who claims the provider's key id.
    Stranger,
    /// With a key that the provider's set does not name.
    UnknownKid,
    /// With no algorithm, and nothing where the signature stands.
    None,
    /// The same, shouted.
    NoneShouted,
    /// With a good head and the signature cut off.
    Stripped,
    /// With HMAC, and the provider's public key for a secret.
    HmacWithPublicKey,
    /// With a head that the signature does not cover.
    HeadChanged,
    /// With something that must be understood and is not.
    Critical,
    /// Not a token at all.
    Garbage,
}

/// A provider's keys.
pub struct Keys {
    rsa: KeyPair,
    stranger: KeyPair,
    elliptic: EcdsaKeyPair,
}

impl Keys {
    pub fn load() -> Self {
        let random = SystemRandom::new();
        let elliptic = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        Self {
            rsa: rsa(include_str!("provider.test-key.pem")),
            stranger: rsa(include_str!("stranger.test-key.pem")),
            elliptic: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, elliptic.as_ref(), &random).unwrap(),
        }
    }

    /// The public ones, under names that begin with `prefix`, beside some that no client here can use.
    pub fn public(&self, prefix: &str) -> Value {
        let rsa = PublicKeyComponents::<Vec<u8>>::from(self.rsa.public());
        let point = self.elliptic.public_key().as_ref();
        json!({"keys": [
            {"kty": "OKP", "crv": "Ed448", "kid": format!("{prefix}-new"), "x": "AAAA"},
            {"kty": "RSA", "use": "enc", "kid": format!("{prefix}-rsa"), "n": "AQAB", "e": "AQAB"},
            {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": format!("{prefix}-rsa"), "n": url(&rsa.n), "e": url(&rsa.e)},
            {"kty": "EC", "crv": "P-256", "kid": format!("{prefix}-ec"), "x": url(&point[1..33]), "y": url(&point[33..])},
        ]})
    }

    pub fn sign(&self, how: Signing, prefix: &str, claims: &Value) -> String {
        let rsa = json!({"alg": "RS256", "typ": "JWT", "kid": format!("{prefix}-rsa")});
        match how {
            Signing::Rs256 => with_rsa(&self.rsa, &rsa, claims),
            Signing::Stranger => with_rsa(&self.stranger, &rsa, claims),
            Signing::UnknownKid => with_rsa(&self.rsa, &json!({"alg": "RS256", "kid": "never-seen"}), claims),
            Signing::Critical => {
                with_rsa(&self.rsa, &json!({"alg": "RS256", "kid": format!("{prefix}-rsa"), "crit": ["b64"]}), claims)
            }
            Signing::Es256 => {
                let input = input(&json!({"alg": "ES256", "kid": format!("{prefix}-ec")}), claims);
                let signature = self.elliptic.sign(&SystemRandom::new(), input.as_bytes()).unwrap();
                format!("{input}.{}", url(signature.as_ref()))
            }
            Signing::None => format!("{}.", input(&json!({"alg": "none"}), claims)),
            Signing::NoneShouted => format!("{}.AAAA", input(&json!({"alg": "NONE"}), claims)),
            Signing::Stripped => format!("{}.", input(&rsa, claims)),
            Signing::HmacWithPublicKey => {
                let input = input(&json!({"alg": "HS256", "kid": format!("{prefix}-rsa")}), claims);
                let key = hmac::Key::new(hmac::HMAC_SHA256, self.rsa.public().as_ref());
                format!("{input}.{}", url(hmac::sign(&key, input.as_bytes()).as_ref()))
            }
            Signing::HeadChanged => {
                let signed = with_rsa(&self.rsa, &rsa, claims);
                let changed = json!({"alg": "RS256", "typ": "jwt", "kid": format!("{prefix}-rsa")});
                format!("{}.{}", url(changed.to_string().as_bytes()), signed.split_once('.').unwrap().1)
            }
            Signing::Garbage => "not-a-token".into(),
        }
    }
}

/// What a verifier's challenge must be.
pub fn challenge(verifier: &str) -> String {
    url(digest::digest(&digest::SHA256, verifier.as_bytes()).as_ref())
}

fn with_rsa(key: &KeyPair, head: &Value, claims: &Value) -> String {
    let input = input(head, claims);
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), input.as_bytes(), &mut signature).unwrap();
    format!("{input}.{}", url(&signature))
}

fn input(head: &Value, claims: &Value) -> String {
    format!("{}.{}", url(head.to_string().as_bytes()), url(claims.to_string().as_bytes()))
}

fn url(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn rsa(pem: &str) -> KeyPair {
    let body: String =
        pem.lines().skip_while(|line| !line.starts_with("-----")).filter(|l| !l.starts_with('-')).collect();
    KeyPair::from_pkcs8(&BASE64_STANDARD.decode(body).unwrap()).unwrap()
}
