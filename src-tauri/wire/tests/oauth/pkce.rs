//! What can be known of a provider's PKCE: by its word, and by a verifier it must refuse.

use crate::support::provider::{Provider, Scripted};
use crate::support::{begin, credentials, nowhere};
use epistle_wire::Client;
use epistle_wire::oauth::pkce::{self, Statement};
use epistle_wire::oauth::{Kind, Token};
use serde_json::json;

#[tokio::test]
async fn a_provider_is_taken_at_its_word() {
    let (provider, client) = (Provider::start().await, Client::new().unwrap());
    let at = "/.well-known/openid-configuration";
    let own = provider.address.clone();
    for (metadata, outcome) in [
        (json!({"issuer": own, "code_challenge_methods_supported": ["plain", "S256"]}), Ok(Statement::Kept)),
        (json!({"issuer": own}), Ok(Statement::Silent)),
        (json!({"issuer": own, "code_challenge_methods_supported": ["plain"]}), Err(Kind::PkceDropped)),
        (json!({"issuer": own, "code_challenge_methods_supported": []}), Err(Kind::PkceDropped)),
        (json!({"issuer": "https://evil.example"}), Err(Kind::OtherIssuer)),
        (json!({}), Err(Kind::Unreadable)),
    ] {
        provider.script(at, Scripted::json(200, &metadata));
        let said = pkce::stated(&client, &provider.at(at), &own).await;
        assert_eq!(said.map_err(|fault| fault.kind()), outcome, "{metadata}");
    }
}

#[tokio::test]
async fn a_provider_that_drops_the_challenge_is_found_out() {
    let (provider, client) = (Provider::start().await, Client::new().unwrap());
    let (endpoints, credentials) = (provider.endpoints(), credentials());
    let (url, pending) = begin(&provider, &nowhere());

    let code = Token::new(provider.agree(&url));
    pkce::prove(&client, &endpoints, &credentials, &pending, &code).await.unwrap();

    provider.world().keeps_pkce = false;
    let code = Token::new(provider.agree(&url));
    let fault = pkce::prove(&client, &endpoints, &credentials, &pending, &code).await.unwrap_err();
    assert_eq!(fault.kind(), Kind::PkceDropped);
    let given_back = &provider.asked("/revoke")[0].form["token"];
    assert!(given_back.starts_with("refresh-"), "{given_back}");

    provider.script("/token", Scripted::json(503, &json!({})));
    let fault = pkce::prove(&client, &endpoints, &credentials, &pending, &code).await.unwrap_err();
    assert_eq!(fault.kind(), Kind::Unreachable, "no answer proves nothing");
}
