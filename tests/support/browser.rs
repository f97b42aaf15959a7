//! A person's browser: a headless Chromium that loads pages, reads them, and clicks what a person would click, at the providers that
//! `identity` starts. It reaches nothing but this machine.

use crate::process::{end, free_port, kill_children};
use crate::window::soon;
use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::json;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a person and the pages may take between them, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(40);

/// A browser with a profile of its own, which knows nobody.
pub struct Browser {
    /// The WebDriver session, for what the methods here do not cover.
    pub client: Client,
    driver: Child,
    _profile: TempDir,
}

/// What a person does on a provider's pages.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
}

impl Browser {
    /// Opens it.
    pub async fn open() -> Self {
        let profile = tempfile::tempdir().expect("a folder for the profile");
        let port = free_port();
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={port}")).env("HOME", profile.path()).stdin(Stdio::null());
        let driver = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let driver = driver.expect("chromedriver (chromium-driver) can be started");
        let place = format!("--user-data-dir={}", profile.path().join("profile").display());
        let args = json!([
            "--headless=new",
            "--window-size=1280,1400", // emulate's footer lies over the later users of its list
            "--no-sandbox",            // which Chromium cannot build for root
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--proxy-server=direct://",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", // some of the pages ask for fonts from afar
            place,
        ]);
        let capabilities = [("goog:chromeOptions".to_owned(), json!({ "args": args }))].into_iter().collect();
        soon("chromedriver", async || tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok()).await;
        let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        let client = builder.capabilities(capabilities).connect(&format!("http://127.0.0.1:{port}")).await;
        Self { client: client.expect("chromium (chromium) opens"), driver, _profile: profile }
    }

    /// Opens a sign-in's address, says who they are and that they agree, and gives what the page says that the tab ends on.
    pub async fn sign_in_as(&self, address: &str, who: &str) -> String {
        self.answer(address, who, Answer::Yes).await
    }

    /// The same, and they do not agree.
    pub async fn decline(&self, address: &str, who: &str) -> String {
        self.answer(address, who, Answer::No).await
    }

    /// Types a code at the provider's page for devices, says who they are, and agrees. Gives what the page says in the end.
    pub async fn type_code(&self, address: &str, code: &str, who: &str) -> String {
        self.client.goto(address).await.expect("the page loads");
        self.type_into("input[name=user_code]", code).await;
        self.click("button[type=submit]").await;
        self.until("the device to be let in", who, Answer::Yes, async || self.text().await.contains("Sign-in Success"))
            .await
    }

    async fn answer(&self, address: &str, who: &str, answer: Answer) -> String {
        let ours = redirect_of(address);
        self.client.goto(address).await.expect("the page loads");
        let back = async || self.is_at(&ours).await && !self.text().await.is_empty();
        self.until("the tab to come back", who, answer, back).await
    }

    /// Does what a person does on each page until it is done; gives the words of the page that is there then.
    async fn until(&self, what: &str, who: &str, answer: Answer, done: impl AsyncFn() -> bool) -> String {
        let began = Instant::now();
        while !done().await {
            let (at, page) = (self.address().await, self.text().await);
            assert!(began.elapsed() < PATIENCE, "waited in vain for {what}; the tab is at {at} and says: {page}");
            self.step(who, answer).await;
        }
        self.text().await
    }

    /// One thing a person does on the page that is there: chooses themselves, types their name, agrees or declines. Nothing where
    /// the page is on its way.
    async fn step(&self, who: &str, answer: Answer) {
        if let Some(button) = self.user_button(who).await {
            let _ = button.click().await;
        } else if answer == Answer::No && self.found("a[href$='/abort'], button[name=abort]").await.is_some() {
            self.click("a[href$='/abort'], button[name=abort]").await;
        } else if self.found("input[name=login]").await.is_some() {
            self.type_into("input[name=login]", who).await;
            self.type_into("input[name=password]", "as good as any").await;
            self.click("button[type=submit]").await;
        } else if self.found("button[type=submit]").await.is_some() {
            self.click("button[type=submit]").await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    async fn user_button(&self, who: &str) -> Option<Element> {
        let written = format!("//button[@type='submit'][contains(., '{who}')]");
        self.client.find(Locator::XPath(&written)).await.ok()
    }

    async fn found(&self, css: &str) -> Option<Element> {
        self.client.find(Locator::Css(css)).await.ok()
    }

    /// Clicks, unless the page goes away at that moment.
    async fn click(&self, css: &str) {
        if let Some(element) = self.found(css).await {
            let _ = element.click().await;
        }
    }

    async fn type_into(&self, css: &str, text: &str) {
        if let Some(element) = self.found(css).await {
            let _ = element.clear().await;
            let _ = element.send_keys(text).await;
        }
    }

    /// All the words on the page.
    pub async fn text(&self) -> String {
        let words = self.client.execute("return document.body ? document.body.innerText : '';", vec![]).await;
        words.ok().and_then(|words| words.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// The tab's address.
    pub async fn address(&self) -> String {
        self.client.current_url().await.map(|url| url.to_string()).unwrap_or_default()
    }

    async fn is_at(&self, origin: &str) -> bool {
        self.address().await.starts_with(origin)
    }

    /// Closes it.
    pub async fn close(mut self) {
        let client = self.client.clone();
        let _ = tokio::time::timeout(Duration::from_secs(5), client.close()).await;
        kill_children(self.driver.id());
        end(&mut self.driver);
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        kill_children(self.driver.id());
        end(&mut self.driver);
    }
}

/// Scheme, host and port of the redirect address in an authorization request.
fn redirect_of(address: &str) -> String {
    let address: url::Url = address.parse().expect("an address");
    let redirect = address.query_pairs().find(|(name, _)| name == "redirect_uri").expect("a redirect address").1;
    let redirect: url::Url = redirect.parse().expect("the redirect is an address");
    redirect.origin().ascii_serialization()
}
