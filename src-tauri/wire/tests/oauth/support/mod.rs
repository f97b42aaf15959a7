//! What the tests share: a provider, a browser, and a sign-in begun between them. It knows no single test.

pub mod browser;
pub mod keys;
pub mod provider;

use epistle_wire::oauth::authorize::{self, Wish};
use epistle_wire::oauth::{ClientCredentials, Kind, Listening, Pending, Receiver, Seed, Token};
use provider::Provider;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use url::Url;

/// The time all tests live in.
pub const NOW: i64 = 1_900_000_000;

pub fn credentials() -> ClientCredentials {
    ClientCredentials { id: "epistle".into(), secret: Some(Token::new("hush")) }
}

pub fn scopes() -> Vec<String> {
    vec!["openid".into(), "email".into()]
}

/// A sign-in that waits for its answer.
pub struct SignIn {
    pub url: Url,
    pub pending: Pending,
    pub redirect: Url,
    pub listening: Listening,
    turned_away: Arc<Mutex<Vec<Kind>>>,
}

impl SignIn {
    pub async fn begin(provider: &Provider) -> Self {
        Self::with_tab_patience(provider, Duration::from_secs(10)).await
    }

    pub async fn with_tab_patience(provider: &Provider, patience: Duration) -> Self {
        let receiver = Receiver::bind("google", None).await.unwrap().with_tab_patience(patience);
        let redirect = receiver.redirect().clone();
        let (url, pending) = begin(provider, &redirect);
        let turned_away = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&turned_away);
        let listening = receiver.listen(&pending, move |kind| told.lock().unwrap().push(kind));
        Self { url, pending, redirect, listening, turned_away }
    }

    /// What was turned away so far.
    pub fn turned_away(&self) -> Vec<Kind> {
        self.turned_away.lock().unwrap().clone()
    }

    /// This sign-in's state, as a browser's tab would see it.
    pub fn state(&self) -> String {
        self.pending.expected().state.expose().to_owned()
    }

    /// The redirect's address with a query.
    pub fn back(&self, query: &str) -> String {
        format!("{}?{query}", self.redirect)
    }
}

pub fn begin(provider: &Provider, redirect: &Url) -> (Url, Pending) {
    let wish = Wish { redirect, scopes: &scopes(), extra: &[("access_type", "offline")], login_hint: None };
    authorize::begin(&provider.endpoints(), &credentials(), &wish, &Seed::new([[7; 32], [8; 32], [9; 32]]))
}

/// A redirect nobody listens at, where a test needs only the exchange.
pub fn nowhere() -> Url {
    Url::parse("http://127.0.0.1:9/callback/google").unwrap()
}
