//! Other people's identity providers, started for one test and ended with it: emulate as all three; oauth2-mock-server as one that does
//! wrong when told; oidc-provider as one that takes the standards to the letter. What each does is in the head of its `.mjs` file.

use crate::cli::Home;
use crate::process::end;
use crate::proxy::Proxy;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;

/// The client's id at every provider.
pub const CLIENT: &str = "epistle-under-test.example";
/// The client's secret at Google and GitHub. A desktop's secret is none, and yet it must not be found in a file.
pub const CLIENT_SECRET: &str = "canary-client-secret-5521";

/// Where a provider is reached, by the names Epistle's settings have.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Endpoints {
    pub issuer: String,
    pub authorization: String,
    pub token: String,
    pub jwks: String,
    pub userinfo: String,
    pub device: String,
    pub revocation: String,
}

impl Endpoints {
    /// The same, with what the app asks without a browser going through a proxy. The token endpoint's answers can then be spoiled.
    #[must_use]
    pub fn through(&self, proxy: &Proxy) -> Self {
        let by_way = |address: &str| {
            let path = address.splitn(4, '/').nth(3);
            path.map(|path| format!("{}/{path}", proxy.base)).unwrap_or_default()
        };
        Self { token: by_way(&self.token), revocation: by_way(&self.revocation), ..self.clone() }
    }

    /// Scheme, host and port.
    #[must_use]
    pub fn base(&self) -> String {
        self.token.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
    }

    /// Tells the app in this data folder that the provider of this name is here.
    pub fn reached_from(&self, home: &Home, provider: &str) {
        let mut settings = json!(self);
        settings["client_id"] = json!("");
        settings["redirect_port"] = Value::Null;
        let _ = home.epistle(["settings", "set", &format!("identity.{provider}"), &settings.to_string()]).done();
    }
}

/// A peer written for Node, which tells where it is in its first line and takes orders in lines.
pub(crate) struct Peer {
    process: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    pub(crate) fn start(file: &str, with: &str) -> (Self, Value) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
        assert!(
            folder.join("node_modules/emulate").is_dir(),
            "the peers are not installed: run `cargo xtask test peers`"
        );
        let mut process = Command::new("node")
            .args([file, with])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node starts");
        let orders = process.stdin.take().expect("its input");
        let answers = BufReader::new(process.stdout.take().expect("its output"));
        let mut peer = Self { process, orders, answers };
        let first = peer.line();
        (peer, first)
    }

    pub(crate) fn order(&mut self, order: &Value) -> Value {
        writeln!(self.orders, "{order}").expect("the peer listens");
        self.line()
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the peer speaks");
        serde_json::from_str(&line).unwrap_or_else(|e| panic!("a peer said “{line}”: {e}"))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

/// Google, Microsoft and GitHub, by emulate.
pub struct Providers {
    /// Google.
    pub google: Endpoints,
    /// Microsoft.
    pub microsoft: Endpoints,
    /// GitHub.
    pub github: Endpoints,
    _peer: Peer,
}

impl Providers {
    /// Starts all three.
    #[must_use]
    pub fn start() -> Self {
        let (peer, at) = Peer::start("identity.mjs", "");
        let of = |name: &str| endpoints(&at[name]);
        Self { google: of("google"), microsoft: of("microsoft"), github: of("github"), _peer: peer }
    }

    /// By their names in the settings.
    #[must_use]
    pub fn all(&self) -> [(&'static str, &Endpoints); 3] {
        [("google", &self.google), ("microsoft", &self.microsoft), ("github", &self.github)]
    }
}

/// One issuer, by oauth2-mock-server, that does wrong when told.
pub struct Mock {
    /// Where it is.
    pub at: Endpoints,
    peer: Mutex<Peer>,
}

impl Mock {
    /// One that is like Google, or like Microsoft.
    #[must_use]
    pub fn like(provider: &str) -> Self {
        let (peer, at) = Peer::start("oidc.mjs", provider);
        Self { at: endpoints(&at), peer: Mutex::new(peer) }
    }

    /// What it does wrong from now on; `{}`: nothing. Gives what it counted since the last time: `authorize`, `code`, `refresh`,
    /// `refused`, `revoke`, `userinfo`, `jwks`.
    pub fn will(&self, faults: &Value) -> Value {
        self.peer.lock().expect("the peer").order(faults)
    }

    /// How many requests of a kind came since it was last told something.
    #[must_use]
    pub fn counted(&self, what: &str) -> u64 {
        self.will(&json!({ "only_count": true }))[what].as_u64().unwrap_or(0)
    }
}

/// A certified provider, by oidc-provider.
pub struct Strict {
    /// Where it is.
    pub at: Endpoints,
    _peer: Peer,
}

impl Strict {
    /// Starts it, with a client whose redirects come to these paths, and what else `strict.mjs` takes.
    #[must_use]
    pub fn start(redirects: &[&str], more: &Value) -> Self {
        let mut with = json!({ "client": CLIENT, "redirects": redirects });
        for (name, value) in more.as_object().into_iter().flatten() {
            with[name] = value.clone();
        }
        let (peer, at) = Peer::start("strict.mjs", &with.to_string());
        Self { at: endpoints(&at), _peer: peer }
    }
}

pub(crate) fn endpoints(at: &Value) -> Endpoints {
    serde_json::from_value(at.clone()).unwrap_or_else(|e| panic!("{e} in {at}"))
}

/// A data folder with a client for each provider, where the providers are these.
#[must_use]
pub fn home_with(providers: &[(&str, &Endpoints)]) -> Home {
    let mut home = Home::default();
    for name in ["GOOGLE_CLIENT_ID", "MICROSOFT_CLIENT_ID", "GITHUB_CLIENT_ID"] {
        home.set(name, CLIENT);
    }
    for name in ["GOOGLE_CLIENT_SECRET", "GITHUB_CLIENT_SECRET"] {
        home.set(name, CLIENT_SECRET);
    }
    for (name, at) in providers {
        at.reached_from(&home, name);
    }
    home
}

/// The accounts in a data folder that somebody vouches for.
#[must_use]
pub fn signed_in(home: &Home) -> Vec<Value> {
    let accounts = home.epistle(["account", "list", "--json"]).done().lines();
    accounts.into_iter().filter(|account| !account["provider"].is_null()).collect()
}
