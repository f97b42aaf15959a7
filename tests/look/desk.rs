//! What the pictures begin with: a desk whose store holds the sample mailbox, a few drafts and a template, and how a picture is kept.

use epistle_engine::api::{
    ComposeRequest, DraftEdit, ImportSource, ModelChoice, Person, Template, Theme, ThreadsView, Variable, VariableKind,
};
use epistle_engine::ids::TemplateId;
use epistle_engine::{Engine, api::Settings};
use std::path::PathBuf;
use std::time::Duration;
use support::window::{Desk, Page};
use tokio_util::sync::CancellationToken;

/// One size in one theme, and where its pictures go.
pub struct Look {
    pub folder: PathBuf,
    pub width: u32,
    pub height: u32,
    pub theme: Theme,
}

impl Look {
    /// A screen of this size.
    pub fn desk(&self) -> Desk {
        Desk::new(self.width, self.height)
    }

    /// A desk of somebody who has been here for a while.
    pub async fn lived_in(&self, change: impl FnOnce(&Engine, &mut Settings)) -> Desk {
        let desk = self.desk();
        let engine = desk.engine();
        engine.import(&ImportSource::Sample, &mut |_| {}, &CancellationToken::new()).unwrap();
        let mut settings = engine.settings().unwrap();
        settings.me = vec![person("Mara Lind", "mara@example.com")];
        settings.theme = self.theme;
        settings.told_about_tray = true;
        change(&engine, &mut settings);
        engine.set_settings(settings).unwrap();
        furnish(&engine).await;
        desk
    }

    /// Opens the window at this size.
    pub async fn open(&self, desk: &Desk) -> Page {
        let page = desk.open().await;
        page.resize(self.width, self.height).await;
        page.see("navigation", "Places").await;
        tokio::time::sleep(Duration::from_millis(500)).await; // the letter of a moment ago comes back to the desk
        page
    }

    /// Keeps a picture.
    pub async fn take(&self, page: &Page, name: &str) {
        std::fs::write(self.folder.join(format!("{name}.png")), page.picture().await).unwrap();
    }
}

/// A person with a name.
pub fn person(name: &str, address: &str) -> Person {
    Person { name: Some(name.into()), address: address.parse().unwrap() }
}

/// Three drafts in three states, and a template of one's own.
async fn furnish(engine: &Engine) {
    let page = engine.threads(&ThreadsView::default(), 0, 50).unwrap();
    for (about, intent) in [
        ("Maps for guided hikes", "thank her and say the samples go out on Thursday"),
        ("Nachdruck Flusskarte", "bestätige den Termin und frage nach dem Papiermuster"),
    ] {
        let thread = page.threads.iter().find(|thread| thread.subject.contains(about)).unwrap();
        let last = engine.thread(thread.id).unwrap().messages.pop().unwrap();
        let request = ComposeRequest {
            intent: intent.into(),
            to: last.from.into_iter().collect(),
            answers: Some(last.id),
            model: Some(ModelChoice::Offline),
            ..ComposeRequest::default()
        };
        engine.compose(request, &|_| {}, &CancellationToken::new()).await.unwrap();
    }
    let edit =
        DraftEdit { body: Some("Dear Priya,\n\nbefore the holidays I would like to".into()), ..DraftEdit::default() };
    engine.save_draft(&edit).unwrap();
    engine.save_template(template()).unwrap();
}

fn template() -> Template {
    let blank = |name: &str, label: &str, kind| Variable {
        name: name.into(),
        label: label.into(),
        kind,
        required: name == "title",
        default: None,
    };
    Template {
        id: TemplateId::random().unwrap(),
        slug: String::new(),
        name: "Reprint".into(),
        purpose: "Asking the printer for another run of a map".into(),
        language: "en".into(),
        subject: "Reprint of {{title}}".into(),
        body: "We are running out of {{title}} and would like another {{copies}} copies on the same paper.\n\nCould they be here by {{day}}?".into(),
        variables: vec![
            blank("title", "Which map", VariableKind::Text),
            blank("copies", "How many", VariableKind::Number),
            blank("day", "Needed by", VariableKind::Date),
        ],
        builtin: false,
    }
}
