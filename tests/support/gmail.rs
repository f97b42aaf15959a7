//! A Gmail with Ada's mailbox in it, by emulate, and a data folder that she has signed in. What the mailbox holds and what emulate does and
//! does not is in the head of `peers/gmail.mjs`; what it cannot do wrong is done by a proxy before it.

use crate::cli::{Home, Ran};
use crate::identity::{Endpoints, Peer, endpoints, home_with};
use crate::proxy::Proxy;
use crate::sign_in::{SignIn, request, visit};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Whose mailbox it is.
pub const ADA: &str = "ada@example.com";

/// The mailbox.
pub struct Mailbox {
    /// Where it is, as a provider to sign in with. Its base is the API's too.
    pub at: Endpoints,
    peer: Mutex<Peer>,
}

impl Mailbox {
    /// The seeded mailbox: seven messages, of which one is a draft, one spam and one in the trash.
    #[must_use]
    pub fn start() -> Self {
        Self::with(&json!({}))
    }

    /// With what else `gmail.mjs` takes.
    #[must_use]
    pub fn with(more: &Value) -> Self {
        let (peer, at) = Peer::start("gmail.mjs", &more.to_string());
        Self { at: endpoints(&at), peer: Mutex::new(peer) }
    }

    /// The API's base address.
    #[must_use]
    pub fn base(&self) -> String {
        self.at.base()
    }

    /// A call as another program of Ada's makes it, as in `POST messages/m/modify`; what it answered.
    pub fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let order = json!({ "method": method, "path": path, "body": body });
        let said = self.peer.lock().expect("the peer").order(&order);
        let status = said["status"].as_u64().unwrap_or(0);
        assert!((200..300).contains(&status), "{method} {path}: {said}");
        said["body"].clone()
    }

    /// A message comes; its id. `fields` are emulate's: from, to, subject, body_text, thread_id, message_id, labelIds, raw …
    pub fn deliver(&self, fields: &Value) -> String {
        let mut fields = fields.clone();
        for (name, usual) in [
            ("from", json!("Grace Hopper <grace@example.com>")),
            ("to", json!(format!("Ada Lovelace <{ADA}>"))),
            ("labelIds", json!(["INBOX", "UNREAD"])),
        ] {
            if fields[name].is_null() && fields["raw"].is_null() | (name == "labelIds") {
                fields[name] = usual;
            }
        }
        self.call("POST", "messages", &fields)["id"].as_str().expect("an id").to_owned()
    }

    /// Labels are put on a message and taken off it.
    pub fn label(&self, id: &str, add: &[&str], remove: &[&str]) {
        let _ = self.call(
            "POST",
            &format!("messages/{id}/modify"),
            &json!({ "addLabelIds": add, "removeLabelIds": remove }),
        );
    }

    /// A message is deleted for good.
    pub fn delete(&self, id: &str) {
        let _ = self.call("DELETE", &format!("messages/{id}"), &Value::Null);
    }

    /// The labels a message has, in order.
    #[must_use]
    pub fn labels_of(&self, id: &str) -> Vec<String> {
        let message = self.call("GET", &format!("messages/{id}?format=minimal"), &Value::Null);
        let labels = message["labelIds"].as_array().cloned().unwrap_or_default();
        let mut labels: Vec<String> = labels.iter().filter_map(|label| label.as_str().map(str::to_owned)).collect();
        labels.sort();
        labels
    }

    /// Every message's id, spam and trash too, the newest first.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        let (mut ids, mut page) = (Vec::new(), String::new());
        loop {
            let path = format!("messages?maxResults=500&includeSpamTrash=true{page}");
            let listed = self.call("GET", &path, &Value::Null);
            let messages = listed["messages"].as_array().cloned().unwrap_or_default();
            ids.extend(messages.iter().filter_map(|message| message["id"].as_str().map(str::to_owned)));
            match listed["nextPageToken"].as_str() {
                Some(token) => page = format!("&pageToken={token}"),
                None => return ids,
            }
        }
    }

    /// A data folder in which Ada has signed in, and Epistle may read and send.
    #[must_use]
    pub fn home(&self) -> Home {
        self.home_by(&self.base())
    }

    /// The same, with the mailbox reached by way of a proxy; signing in goes past it.
    #[must_use]
    pub fn home_through(&self, proxy: &Proxy) -> Home {
        self.home_by(&proxy.base)
    }

    fn home_by(&self, base: &str) -> Home {
        let mut home = home_with(&[("google", &self.at)]);
        self.sign_in(&home, &["google", "--for", "read-mail,send-mail,organise-mail"]);
        home.set("EPISTLE_ACCOUNT", ADA);
        let _ = home.epistle(["settings", "set", "gmail.base", base]).done();
        home
    }

    /// Ada signs in on emulate's page, in a data folder that knows of it, with these arguments of `account add`.
    pub fn sign_in(&self, home: &Home, args: &[&str]) {
        self.is_ada(SignIn::begin(home, args));
    }

    /// Ada is whom this sign-in waits for.
    pub fn is_ada(&self, mut waiting: SignIn) {
        let address: url::Url = waiting.address().parse().expect("an address");
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(address.query_pairs()).append_pair("email", ADA);
        let (form, host) = (form.finish(), self.base().replace("http://", ""));
        let posted = request(
            &host,
            &format!(
                "POST /o/oauth2/v2/auth/callback HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
                form.len()
            ),
        );
        let back = posted.expect("emulate answers").location.expect("it sends back");
        assert_eq!(visit(&back).expect("the app listens").status, 200);
        let account = waiting.account();
        assert_eq!(account["profile"]["address"], ADA, "{account}");
    }
}

/// `epistle sync --json …` in a data folder.
pub fn sync(home: &Home, more: &[&str]) -> Ran {
    home.epistle([&["sync", "--json"], more].concat())
}

/// What a program prints, line by line as it comes.
pub fn lines(output: std::process::ChildStdout) -> impl Iterator<Item = String> {
    BufReader::new(output).lines().map(|line| line.expect("its output"))
}

/// Waits for something that comes by itself.
///
/// # Panics
/// When it does not come within a minute.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(60), "{what} did not come");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// A letter as its writer approved it.
pub struct Letter {
    /// The draft.
    pub draft: String,
    /// What approves it as it is.
    pub approval: String,
}

impl Letter {
    /// Written offline to Grace, under this subject.
    #[must_use]
    pub fn written(home: &Home, subject: &str) -> Self {
        Self::with(home, &["--to", "Grace Hopper <grace@example.com>", "--subject", subject])
    }

    /// Written offline, with these arguments of `epistle write`.
    #[must_use]
    pub fn with(home: &Home, more: &[&str]) -> Self {
        let usual = ["write", "--intent", "the engine runs on Friday", "--model", "offline", "--json"];
        let draft = home.epistle([&usual, more].concat()).done().json()["id"].as_str().expect("an id").to_owned();
        let shown = home.epistle(["draft", "show", &draft, "--json"]).done().json();
        Self { draft, approval: shown["approval"].as_str().expect("an approval").to_owned() }
    }

    /// `epistle send … --approve … --json`, to its end.
    #[must_use]
    pub fn sent(&self, home: &Home) -> Ran {
        home.epistle(["send", &self.draft, "--approve", &self.approval, "--json"])
    }
}

impl Mailbox {
    /// The sent messages with this subject, as Gmail has them.
    #[must_use]
    pub fn sent(&self, subject: &str) -> Vec<Value> {
        let listed = self.call("GET", "messages?labelIds=SENT&maxResults=500&includeSpamTrash=true", &Value::Null);
        let ids = listed["messages"].as_array().cloned().unwrap_or_default();
        let all = ids.iter().filter_map(|message| message["id"].as_str());
        let all = all.map(|id| self.call("GET", &format!("messages/{id}?format=full"), &Value::Null));
        all.filter(|message| header(message, "Subject").as_deref() == Some(subject)).collect()
    }

    /// The drafts with this subject.
    #[must_use]
    pub fn drafts(&self, subject: &str) -> Vec<Value> {
        let listed = self.call("GET", "drafts?maxResults=500", &Value::Null);
        let ids = listed["drafts"].as_array().cloned().unwrap_or_default();
        let all = ids.iter().filter_map(|draft| draft["id"].as_str());
        let all = all.map(|id| self.call("GET", &format!("drafts/{id}?format=full"), &Value::Null));
        all.filter(|draft| header(&draft["message"], "Subject").as_deref() == Some(subject)).collect()
    }
}

/// A header of a message as the API gives it, decoded.
#[must_use]
pub fn header(message: &Value, name: &str) -> Option<String> {
    let headers = message["payload"]["headers"].as_array()?;
    let found = headers.iter().find(|header| header["name"].as_str().is_some_and(|has| has.eq_ignore_ascii_case(name)));
    let value = found?["value"].as_str()?;
    let decoded = format!("Subject: {value}\r\n\r\n");
    let decoded = mail_parser::MessageParser::new().parse(decoded.as_bytes())?.subject()?.to_owned();
    Some(decoded)
}
