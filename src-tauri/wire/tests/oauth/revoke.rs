//! Tokens that are given back, in the standard's way and in GitHub's.

use crate::support::credentials;
use crate::support::provider::{Provider, Scripted};
use epistle_wire::Client;
use epistle_wire::oauth::revoke::revoke;
use epistle_wire::oauth::{ClientCredentials, Kind, Revocation, Token};
use serde_json::json;

#[tokio::test]
async fn a_token_is_given_back() {
    let (provider, client) = (Provider::start().await, Client::new().unwrap());
    let at = Revocation::Rfc7009(provider.at("/revoke"));
    let cases = [
        (Scripted::json(200, &json!({})), None),
        (Scripted::json(400, &json!({"error": "invalid_token"})), None),
        (Scripted::json(401, &json!({"error": "invalid_client"})), Some(Kind::ClientRefused)),
        (Scripted::json(400, &json!({"error": "unsupported_token_type"})), Some(Kind::Unreadable)),
        (Scripted::json(503, &json!({})), Some(Kind::Unreachable)),
    ];
    for (index, (answer, kind)) in cases.into_iter().enumerate() {
        provider.script("/revoke", answer);
        let outcome = revoke(&client, &at, &credentials(), &Token::new("r/+=&")).await;
        assert_eq!(outcome.err().map(|fault| fault.kind()), kind, "case {index}");
    }
    let asked = &provider.asked("/revoke")[0];
    assert_eq!((asked.form["token"].as_str(), asked.form["client_id"].as_str()), ("r/+=&", "epistle"));
}

#[tokio::test]
async fn github_takes_a_token_in_its_own_way() {
    let (provider, client) = (Provider::start().await, Client::new().unwrap());
    let at = Revocation::GitHub(provider.at(""));
    let path = "/applications/epistle/token";
    for (status, kind) in [(204, None), (404, None), (422, None), (401, Some(Kind::ClientRefused))] {
        provider.script(path, Scripted { body: Vec::new(), ..Scripted::json(status, &json!({})) });
        let outcome = revoke(&client, &at, &credentials(), &Token::new("gho_1")).await;
        assert_eq!(outcome.err().map(|fault| fault.kind()), kind, "{status}");
    }
    let asked = &provider.asked(path)[0];
    assert_eq!((asked.method.as_str(), asked.body.as_str()), ("DELETE", r#"{"access_token":"gho_1"}"#));
    assert_eq!(asked.headers["authorization"], "Basic ZXBpc3RsZTpodXNo");

    let no_secret = ClientCredentials { secret: None, ..credentials() };
    let fault = revoke(&client, &at, &no_secret, &Token::new("gho_1")).await.unwrap_err();
    assert_eq!(fault.kind(), Kind::ClientRefused);
}
