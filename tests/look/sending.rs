//! The screens of sending: what is asked, the time to undo, the outbox, a time to choose, and an account that cannot send.

use crate::desk::{Look, person};
use crate::scenes::escape;
use epistle_engine::api::{DraftEdit, IdentityProvider, SendWhen};
use fantoccini::key::Key;
use support::gmail::{ADA, Mailbox};
use support::identity::CLIENT_SECRET;
use support::sign_in::SignIn;
use support::window::{Page, binary};

const TEXT: &str = "Hi Dana,\n\nthe plan for the autumn is attached. Could you look at the second page?\n\nAda";

/// A letter to Dana on the desk.
async fn letter(page: &Page) {
    page.write("textbox", "The letter", &TEXT.replace('\n', &Key::Enter.to_string())).await;
    page.write("textbox", "Subject", "The plan for the autumn").await;
    page.click("button", "+ To").await;
    page.write("combobox", "To", &format!("Dana Ortiz <dana@example.org>{}", Key::Enter)).await;
    page.keys(&Key::Escape.to_string()).await;
    page.reads("Dana Ortiz <dana@example.org>").await;
}

/// Ada's letters, with emulate's Gmail to take them.
pub async fn sending(look: &Look) {
    let mailbox = tokio::task::spawn_blocking(Mailbox::start).await.unwrap(); // it has threads of its own
    let desk = look.lived_in(|_, settings| settings.gmail.base = mailbox.base()).await;
    desk.signs_in_with(IdentityProvider::Google, &mailbox.at, CLIENT_SECRET);
    mailbox.is_ada(SignIn::run(desk.command(binary()), &["google", "--for", "read-mail,send-mail"]));
    let engine = desk.engine();
    let mut settings = engine.settings().unwrap();
    settings.me = vec![person("Ada Lovelace", ADA)];
    settings.undo_seconds = 30;
    engine.set_settings(settings).unwrap();
    for (subject, at) in [("Papers for the winter", 90_000_000), ("The river map", 600_000_000)] {
        let edit = DraftEdit {
            to: Some(vec![person("Priya Nair", "priya@example.net")]),
            subject: Some(subject.into()),
            body: Some("Dear Priya,\n\nhere they are.\n\nAda".into()),
            ..DraftEdit::default()
        };
        let draft = engine.save_draft(&edit).unwrap().id;
        let approval = engine.outgoing(draft, None).unwrap().approval;
        let when = SendWhen::At { time: engine.draft(draft).unwrap().updated + at };
        let _ = engine.queue(draft, &approval, when, None).unwrap();
    }
    drop(engine);

    let page = look.open(&desk).await;
    page.click("button", "Write").await;
    page.keys(&format!("{}n", Key::Control)).await;
    letter(&page).await;
    look.take(&page, "80-ready-to-send").await;
    page.keys(&format!("{}{}", Key::Control, Key::Enter)).await;
    page.see("heading", "Before it is sent").await;
    look.take(&page, "81-asked").await;
    page.click("button", "Send anyway").await;
    page.reads("Sending to Dana in ").await;
    look.take(&page, "82-time-to-undo").await;
    page.click("button", "~Outbox").await;
    page.click("button", "What happened to The plan for the autumn").await;
    look.take(&page, "83-outbox").await;
    page.click("button", "Undo: do not send The plan for the autumn").await;
    page.click("button", "Send later…").await;
    page.see("heading", "Send later").await;
    look.take(&page, "84-later").await;
    page.close().await;
}

/// Nobody is signed in.
pub async fn no_way_out(look: &Look) {
    let desk = look.lived_in(|_, _| {}).await;
    let page = look.open(&desk).await;
    page.click("button", "~Outbox").await;
    page.see("heading", "Nothing is waiting").await;
    look.take(&page, "85-outbox-empty").await;
    page.click("button", "Write").await;
    page.keys(&format!("{}n", Key::Control)).await;
    letter(&page).await;
    page.keys(&format!("{}{}", Key::Control, Key::Enter)).await;
    page.see("heading", "No account to send from yet").await;
    look.take(&page, "86-no-account").await;
    escape(&page).await;
    page.close().await;
}
