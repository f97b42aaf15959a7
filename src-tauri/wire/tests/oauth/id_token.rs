//! id_tokens that must not be believed, and keys that come and go.

use crate::support::keys::Signing;
use crate::support::provider::{Provider, Scripted};
use crate::support::{NOW, credentials};
use epistle_wire::Client;
use epistle_wire::oauth::{Claims, Fault, KeySet, Kind, Token, id_token};
use serde_json::{Value, json};

/// Verifies a token as the provider would issue it for the nonce `n`, expecting `n`.
async fn verified(provider: &Provider, keys: &KeySet) -> Result<Claims, Fault> {
    let (token, nonce) = (Token::new(provider.id_token(Some("n"))), Token::new("n"));
    let (issuer, client_id) = (&provider.address, &credentials().id);
    let expected = id_token::Expected { issuer, client_id, nonce: Some(&nonce), now: NOW };
    id_token::verify(&Client::new().unwrap(), keys, &token, &expected).await
}

async fn outcome(signing: Signing, claims: Value) -> Option<Kind> {
    let provider = Provider::start().await;
    provider.world().signing = signing;
    provider.world().claims = claims;
    verified(&provider, &KeySet::at(provider.at("/keys"))).await.err().map(|fault| fault.kind())
}

#[tokio::test]
async fn only_the_providers_signature_counts() {
    for (signing, kind) in [
        (Signing::Rs256, None),
        (Signing::Es256, None),
        (Signing::Stranger, Some(Kind::SignatureWrong)),
        (Signing::UnknownKid, Some(Kind::SignatureWrong)),
        (Signing::HeadChanged, Some(Kind::SignatureWrong)),
        (Signing::None, Some(Kind::TokenUnsigned)),
        (Signing::NoneShouted, Some(Kind::TokenUnsigned)),
        (Signing::Stripped, Some(Kind::TokenUnsigned)),
        (Signing::HmacWithPublicKey, Some(Kind::TokenUnsigned)),
        (Signing::Critical, Some(Kind::TokenUnreadable)),
        (Signing::Garbage, Some(Kind::TokenUnreadable)),
    ] {
        assert_eq!(outcome(signing, json!({})).await, kind, "{signing:?}");
    }
}

#[tokio::test]
async fn a_good_signature_under_wrong_claims_is_refused() {
    for (claims, kind) in [
        (json!({"iss": "https://evil.example"}), Kind::OtherIssuer),
        (json!({"aud": "somebody-else"}), Kind::AudienceWrong),
        (json!({"exp": NOW - 61}), Kind::TokenExpired),
        (json!({"nbf": NOW + 61}), Kind::TokenExpired),
        (json!({"nonce": "another"}), Kind::NonceWrong),
        (json!({"sub": 7}), Kind::TokenUnreadable),
    ] {
        assert_eq!(outcome(Signing::Rs256, claims.clone()).await, Some(kind), "{claims}");
    }
}

#[tokio::test]
async fn a_bad_signature_hides_behind_no_claim() {
    assert_eq!(outcome(Signing::Stranger, json!({"exp": 0, "iss": "x"})).await, Some(Kind::SignatureWrong));
}

#[tokio::test]
async fn keys_are_fetched_once_and_again_only_for_a_new_one() {
    let provider = Provider::start().await;
    let keys = KeySet::at(provider.at("/keys"));
    for _ in 0..3 {
        verified(&provider, &keys).await.unwrap();
    }
    assert_eq!(provider.asked("/keys").len(), 1);

    provider.world().keys_named = "second";
    verified(&provider, &keys).await.unwrap();
    assert_eq!(provider.asked("/keys").len(), 2);

    provider.world().signing = Signing::UnknownKid;
    assert_eq!(verified(&provider, &keys).await.unwrap_err().kind(), Kind::SignatureWrong);
    assert_eq!(provider.asked("/keys").len(), 3);

    provider.world().signing = Signing::Stranger;
    assert_eq!(verified(&provider, &keys).await.unwrap_err().kind(), Kind::SignatureWrong);
    assert_eq!(provider.asked("/keys").len(), 3, "a wrong signature of a known key is no reason to ask");
}

#[tokio::test]
async fn keys_that_cannot_be_had_say_nothing_of_the_token() {
    let provider = Provider::start().await;
    let keys = KeySet::at(provider.at("/keys"));
    for (status, kind) in [(503, Kind::Unreachable), (403, Kind::Unreadable), (404, Kind::Unreadable)] {
        provider.script("/keys", Scripted::json(status, &json!({})));
        assert_eq!(verified(&provider, &keys).await.unwrap_err().kind(), kind, "{status}");
    }
    verified(&provider, &keys).await.unwrap();
}
