//! The screens, in the order in which a newcomer meets them. Each scene opens a window of its own.

use crate::desk::{Look, person};
use epistle_engine::Engine;
use epistle_engine::api::{ImportSource, PreviewPolicy, Provider, Settings, Theme};
use epistle_engine::secrets::Secret;
use fantoccini::key::Key;
use std::time::Duration;
use support::archive as mail;
use support::talker::Talker;
use support::window::{Desk, PASSPHRASE, Page, soon};
use tokio_util::sync::CancellationToken;

const LINE: &str = "What you want to say";
const CHANGE: &str = "What to change";
const LETTER: &str = "The letter";
const WAITING: &str = "~lost ferries";
const REPLY: &[&str] = &[
    "Hi Dana,\n\n",
    "Thanks for the map of lost ferries; ",
    "it is a lovely idea for the autumn. ",
    "I can send a first sketch by Friday, 24 July, ",
    "and the price stays at 2,400 euros as for the river map.\n\n",
    "Shall we talk it through on Thursday after two?\n\n",
    "Best,\nMara",
];

async fn enter(page: &Page) {
    page.keys(&Key::Enter.to_string()).await;
}

pub async fn escape(page: &Page) {
    page.keys(&Key::Escape.to_string()).await;
}

/// The letter is there, and so is what it stands on.
async fn written(page: &Page) {
    page.see("heading", "Receipt").await;
}

/// The conversation that waits for an answer, open in the mail.
async fn waiting_thread(page: &Page) {
    page.click("button", "~Mail").await;
    page.see("button", "Answer").await;
    page.click("button", WAITING).await;
    page.see("button", "Answer").await;
}

/// A first start: the passphrase, the empty places, the sample mailbox.
pub async fn newcomer(look: &Look) {
    let desk = look.desk();
    let page = desk.open_with(|command| _ = command.env_remove("EPISTLE_PASSPHRASE")).await;
    page.resize(look.width, look.height).await;
    dark_page(look, &page).await;
    page.see("heading", "Choose a passphrase").await;
    look.take(&page, "01-first-start").await;
    page.write("textbox", "~Passphrase", PASSPHRASE).await;
    page.write("textbox", "Once more", PASSPHRASE).await;
    enter(&page).await;
    page.see("textbox", LINE).await;
    paint(look, &page).await;
    look.take(&page, "02-write-empty").await;
    page.click("button", "Drafts").await;
    look.take(&page, "03-drafts-empty").await;
    page.click("button", "Mail").await;
    look.take(&page, "04-mail-empty").await;
    page.click("button", "Take the sample mailbox").await;
    page.see("heading", "Which address is you?").await;
    look.take(&page, "05-mail-brought-in").await;
    page.close().await;

    let page = desk.open_with(|command| _ = command.env_remove("EPISTLE_PASSPHRASE")).await;
    page.resize(look.width, look.height).await;
    dark_page(look, &page).await;
    page.write("textbox", "Passphrase", "not this one").await;
    enter(&page).await;
    page.see("alert", "~").await;
    look.take(&page, "06-locked").await;
    page.close().await;
}

/// Before the store is open nobody's theme is known; the system's is, and a test's screen has none.
pub async fn dark_page(look: &Look, page: &Page) {
    if look.theme == Theme::Dark {
        page.script("document.documentElement.dataset.theme = 'dark';", vec![]).await;
    }
}

/// Chooses the theme as a person does.
pub async fn paint(look: &Look, page: &Page) {
    if look.theme == Theme::Dark {
        page.click("button", "Settings").await;
        page.click("radio", "Dark").await;
        page.click("button", "Write").await;
    }
}

/// The sample mailbox with nothing set up: mail, drafts, templates, search, settings.
pub async fn sample(look: &Look) {
    let desk = look.lived_in(|_, _| {}).await;
    let page = look.open(&desk).await;
    page.click("button", "~Drafts").await;
    page.see("listitem", "~Dear Priya").await;
    look.take(&page, "10-drafts").await;
    page.click("button", "~Delete the draft").await;
    look.take(&page, "11-drafts-asking").await;
    waiting_thread(&page).await;
    look.take(&page, "12-mail").await;
    learned(look, &page).await;
    templates(look, &page).await;
    search(look, &page).await;
    settings(look, &page).await;
    page.click("button", "Write").await;
    page.keys(&Key::Escape.to_string()).await;
    page.client.active_element().await.unwrap();
    page.click("button", "~Mail").await;
    page.see("button", "Answer").await;
    page.keys("?").await;
    page.see("heading", "Keys").await;
    look.take(&page, "29-keys").await;
    page.close().await;
}

async fn learned(look: &Look, page: &Page) {
    page.click("button", "Learned").await;
    page.see("heading", "From your changes").await;
    page.reads("Nothing yet").await;
    look.take(page, "19-learned").await;
}

async fn templates(look: &Look, page: &Page) {
    page.click("button", "Templates").await;
    page.see("button", "Write with this").await;
    look.take(page, "13-templates").await;
    page.click("button", "~Reprint").await;
    page.click("button", "Edit").await;
    page.see("textbox", "Name").await;
    look.take(page, "14-template-edit").await;
    page.click("button", "Leave it").await;
    page.click("button", "Write with this").await;
    page.see("textbox", "~What").await;
    look.take(page, "15-write-template").await;
}

async fn search(look: &Look, page: &Page) {
    page.click("button", "~Search").await;
    look.take(page, "16-search-empty").await;
    page.write("combobox", "Search your mail", "river map price").await;
    page.see("option", "~").await;
    look.take(page, "17-search").await;
    page.write("combobox", "Search your mail", " zzyzx qqq").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    look.take(page, "18-search-other").await;
    escape(page).await;
}

async fn settings(look: &Look, page: &Page) {
    page.click("button", "Settings").await;
    page.see("heading", "Settings").await;
    for (number, section) in ["You", "A model on this machine", "Appearance", "What is set up"].iter().enumerate() {
        let heading = page.see("heading", section).await;
        page.script("arguments[0].scrollIntoView({ block: 'start' });", vec![serde_json::json!(heading)]).await;
        look.take(page, &format!("2{number}-settings")).await;
    }
}

/// Answering, with a model that streams, and with nothing set up: every state of a letter.
pub async fn models(look: &Look) {
    let begin = || Talker::says(REPLY, Duration::from_millis(900)); // it has threads of its own
    let talker = tokio::task::spawn_blocking(begin).await.unwrap();
    let desk = look.lived_in(|engine, settings| gemini(engine, settings, &talker.base)).await;
    let page = look.open(&desk).await;
    waiting_thread(&page).await;
    page.click("button", "Answer").await;
    page.write("textbox", LINE, "yes to the lost ferries, a first sketch by Friday, talk on Thursday after two").await;
    look.take(&page, "30-write-answering").await;
    chips(look, &page).await;
    page.click("button", "See what leaves").await;
    page.see("heading", "~This would leave").await;
    look.take(&page, "34-preview").await;
    escape(&page).await;
    page.see("textbox", LINE).await.click().await.unwrap();
    enter(&page).await;
    page.reads("lovely idea").await;
    look.take(&page, "35-streaming").await;
    if look.width < 1080 {
        soon("the letter", async || page.words().await.contains("saved").then_some(())).await;
        look.take(&page, "36-written").await;
        page.click("button", "Why it says this").await;
    }
    written(&page).await;
    look.take(&page, "37-written").await;
    if look.width < 1080 {
        page.click("button", "Close").await;
    }
    revise(look, &page).await;
    page.close().await;
    tokio::task::spawn_blocking(move || drop(talker)).await.unwrap();
    unreachable(look, &desk).await;
}

async fn chips(look: &Look, page: &Page) {
    for (chip, name) in [("~To ", "31-chip-to"), ("~Answers", "32-chip-answers"), ("+ Template", "33-chip-template")] {
        page.click("button", chip).await;
        look.take(page, name).await;
        escape(page).await;
    }
}

async fn revise(look: &Look, page: &Page) {
    let field = page.see("textbox", LETTER).await;
    let line = Key::Enter.to_string();
    field.send_keys(&format!("{line}{line}P.S. The paper samples are on their way.")).await.unwrap();
    page.write("textbox", CHANGE, "leave the price out").await;
    enter(page).await;
    page.see("button", "Accept all").await;
    look.take(page, "38-changes").await;
    page.click("button", "Keep mine").await;
    page.click("button", "More").await;
    look.take(page, "39-more").await;
    escape(page).await;
    page.click("button", "~Revisions").await;
    page.see("heading", "Revisions").await;
    look.take(page, "40-revisions").await;
    page.click("button", "Close").await;
}

/// The service is gone.
async fn unreachable(look: &Look, desk: &Desk) {
    let page = look.open(desk).await;
    page.see("textbox", CHANGE).await;
    page.keys(&format!("{}n", Key::Control)).await;
    page.write("textbox", LINE, "ask Tom for the numbers of May").await;
    enter(&page).await;
    page.see("button", "Write offline").await;
    look.take(&page, "41-error").await;
    page.click("button", "Write offline").await;
    page.reads("Written offline").await;
    look.take(&page, "42-offline").await;
    page.close().await;
}

/// Quick compose: opened by its shortcut, empty and with a letter.
pub async fn quick(look: &Look) {
    let desk = look.lived_in(|_, _| {}).await;
    let page = look.open(&desk).await;
    soon("quick compose", async || {
        desk.xdotool(&["key", "ctrl+shift+e"]);
        (!desk.visible("Quick compose").is_empty()).then_some(())
    })
    .await;
    page.turn_to("quick.html").await;
    page.see("textbox", LINE).await;
    look.take(&page, "50-quick").await;
    page.write("textbox", LINE, "tell dana tuesday works, ask for the agenda").await;
    enter(&page).await;
    page.see("textbox", LETTER).await;
    look.take(&page, "51-quick-written").await;
    page.close().await;
}

/// An archive of thousands, coming in and then read.
pub async fn archive(look: &Look) {
    let desk = look.desk();
    let engine = desk.engine();
    engine.import(&ImportSource::Paths { paths: vec![mail::path()] }, &mut |_| {}, &CancellationToken::new()).unwrap();
    let mut settings = engine.settings().unwrap();
    settings.me = vec![person("Gary", mail::busy_writer())];
    engine.set_settings(settings).unwrap();
    drop(engine);
    let page = look.open(&desk).await;
    page.click("button", "~Mail").await;
    page.see("button", "Answer").await;
    look.take(&page, "60-archive").await;
    page.click("button", "Answer").await;
    page.write("textbox", LINE, "thank them, and ask which version they run").await;
    enter(&page).await;
    page.reads("Written offline").await;
    look.take(&page, "61-archive-answered").await;
    page.close().await;
}

/// The README's picture: a letter to one of the sample mailbox's people, written with nothing set up.
pub async fn readme(look: &Look) -> Vec<u8> {
    let desk = look.lived_in(|_, _| {}).await;
    let page = look.open(&desk).await;
    waiting_thread(&page).await;
    page.click("button", "Answer").await;
    page.write("textbox", LINE, "yes, I can have a first sketch on Friday, and Thursday at two is fine for a call")
        .await;
    enter(&page).await;
    written(&page).await;
    let picture = page.picture().await;
    page.close().await;
    picture
}

fn gemini(engine: &Engine, settings: &mut Settings, base: &str) {
    settings.gemini.enabled = true;
    settings.gemini.base = base.to_owned();
    settings.preview = PreviewPolicy::OnRequest;
    engine.set_key(Provider::Gemini, Secret::new("a-key-for-nobody".into())).unwrap();
}
