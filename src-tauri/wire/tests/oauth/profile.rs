//! Who somebody is, and what may be taken for their picture.

use crate::support::provider::{Provider, Scripted};
use epistle_wire::Client;
use epistle_wire::oauth::picture::{LARGEST_PICTURE, fetch_picture};
use epistle_wire::oauth::profile::fetch_profile;
use epistle_wire::oauth::{Kind, Token, UserInfo};
use serde_json::json;
use url::Url;

#[tokio::test]
async fn a_provider_says_who_somebody_is() {
    let (provider, client) = (Provider::start().await, Client::new().unwrap());
    let user = json!({"sub": "42", "email": "ada@example.com", "email_verified": true, "name": "Ada", "locale": "de",
        "picture": "https://example.com/ada.png"});
    provider.script("/userinfo", Scripted::json(200, &user));
    let from = UserInfo::Oidc(provider.at("/userinfo"));
    let profile = fetch_profile(&client, &from, &Token::new("a")).await.unwrap();
    assert_eq!((profile.subject.as_str(), profile.email.as_deref()), ("42", Some("ada@example.com")));
    assert!(profile.email_verified);
    assert_eq!(profile.locale.as_deref(), Some("de"));
    assert_eq!(provider.asked("/userinfo")[0].headers["authorization"], "Bearer a");

    for (status, kind) in [(401, Kind::AccessRefused), (500, Kind::Unreachable), (404, Kind::Unreadable)] {
        provider.script("/userinfo", Scripted::json(status, &json!({})));
        assert_eq!(fetch_profile(&client, &from, &Token::new("a")).await.unwrap_err().kind(), kind, "{status}");
    }
}

#[tokio::test]
async fn github_is_asked_for_the_address_it_has_verified() {
    let (provider, client) = (Provider::start().await, Client::new().unwrap());
    let from = UserInfo::GitHub(provider.at("/user"));
    let user = json!({"id": 583_231, "login": "octocat", "name": null, "email": "on-the-page@example.com",
        "avatar_url": "https://avatars.example/1"});
    let email = |primary, verified| json!({"email": "octo@example.com", "primary": primary, "verified": verified});
    let other = json!({"email": "old@example.com", "primary": false, "verified": true});
    let cases = [
        (Scripted::json(200, &json!([other, email(true, true)])), Some("octo@example.com")),
        (Scripted::json(200, &json!([other, email(true, false)])), None),
        (Scripted::json(200, &json!([])), None),
        (Scripted::json(404, &json!({})), None),
        (Scripted::json(403, &json!({})), None),
    ];
    for (index, (emails, address)) in cases.into_iter().enumerate() {
        provider.script("/user", Scripted::json(200, &user));
        provider.script("/user/emails", emails);
        let profile = fetch_profile(&client, &from, &Token::new("a")).await.unwrap();
        assert_eq!((profile.subject.as_str(), profile.name.as_deref()), ("583231", Some("octocat")));
        assert_eq!((profile.email.as_deref(), profile.email_verified), (address, address.is_some()), "case {index}");
    }
}

#[tokio::test]
async fn a_picture_is_small_and_what_it_says_it_is() {
    let (provider, client) = (Provider::start().await, Client::new().unwrap());
    let file = |mime: &str, bytes: &[u8]| Scripted {
        status: 200,
        headers: vec![("content-type", mime.to_owned())],
        body: bytes.to_vec(),
    };
    let png = b"\x89PNG\r\n\x1a\n...";
    let large = [png.as_slice(), &vec![0; LARGEST_PICTURE]].concat();
    let cases = [
        (file("image/png", png), Some("image/png")),
        (file("image/jpeg; q=1", b"\xff\xd8\xff\xe0"), Some("image/jpeg")),
        (file("IMAGE/GIF", b"GIF89a.."), Some("image/gif")),
        (file("image/webp", b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp")),
        (file("image/svg+xml", b"<svg onload=alert(1)>"), None),
        (file("image/png", b"<svg onload=alert(1)>"), None),
        (file("text/html", png), None),
        (file("image/png", b""), None),
        (file("image/png", &large), None),
        (Scripted { status: 302, ..file("image/png", png).with("location", "https://elsewhere.example/") }, None),
    ];
    let at = Url::parse(&format!("{}/ada.png?size=96", provider.address)).unwrap();
    for (index, (answer, mime)) in cases.into_iter().enumerate() {
        provider.script("/ada.png", answer);
        match fetch_picture(&client, &at).await {
            Ok(picture) => assert_eq!(Some(picture.mime), mime, "case {index}"),
            Err(fault) => assert_eq!((fault.kind(), mime), (Kind::Unreadable, None), "case {index}"),
        }
    }
    assert!(!provider.asked("/ada.png")[0].headers.contains_key("authorization"));
    for address in ["http://example.com/a.png", "file:///etc/passwd", "data:image/png;base64,AAAA"] {
        let fault = fetch_picture(&client, &Url::parse(address).unwrap()).await.unwrap_err();
        assert_eq!(fault.kind(), Kind::Unreadable, "{address}");
    }
}
