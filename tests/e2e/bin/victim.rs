//! A process to be killed: it works through the real engine, and says on standard output what the engine has acknowledged, line by line.
//! It never decides whether that was kept: its next life says what it finds, and the test compares.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use epistle_engine::api::{
    ComposeEvent, ComposeRequest, DraftEdit, ImportSource, ModelChoice, ModelRef, Person, PreviewPolicy, Provider,
};
use epistle_engine::secrets::Secret;
use epistle_engine::{Engine, Open, account};
use std::io::{Read, Write};
use tokio_util::sync::CancellationToken;

fn main() {
    let mut args = std::env::args().skip(1);
    let (what, with) = (args.next().expect("what to do"), args.next().unwrap_or_default());
    let passphrase = std::env::var("EPISTLE_PASSPHRASE").ok().map(Secret::new);
    let engine =
        Engine::open(&Open { home: account::default_home(), passphrase, ..Open::default() }).expect("the store opens");
    say("open");
    match what.as_str() {
        "hold" => drop(std::io::stdin().read_to_string(&mut String::new())),
        "type" => type_for_ever(&engine),
        "import" => import(&engine, &with),
        "write" => write_for_ever(&engine, &with),
        other => panic_free(other),
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").expect("somebody listens");
    out.flush().expect("somebody listens");
}

fn panic_free(other: &str) {
    say(&format!("there is no work called {other}"));
}

/// Types numbered lines into one draft; `has N` first, then `ack N` after each keystroke was saved.
fn type_for_ever(engine: &Engine) {
    let found = engine.drafts().unwrap().first().map(|draft| engine.draft(draft.id).unwrap());
    let mut body = found.as_ref().map(|draft| draft.body.clone()).unwrap_or_default();
    let mut id = found.map(|draft| draft.id);
    let typed = body.lines().count();
    let whole = body.lines().enumerate().all(|(i, line)| line == (i + 1).to_string());
    say(&format!("has {typed} {whole}"));
    for n in typed + 1.. {
        body.push_str(&format!("{n}\n"));
        let saved = engine.save_draft(&DraftEdit { id, body: Some(body.clone()), ..DraftEdit::default() }).unwrap();
        id = Some(saved.id);
        say(&format!("ack {n}"));
    }
}

/// Imports a file: `has N` messages first, `ack N` with what the engine says it has taken in, `done SEEN` at the end.
fn import(engine: &Engine, path: &str) {
    let before = engine.status().unwrap().messages;
    say(&format!("has {before} true"));
    let source = ImportSource::Paths { paths: vec![path.into()] };
    let mut tell = |at: &epistle_engine::api::ImportProgress| say(&format!("ack {}", before + at.imported));
    let report = engine.import(&source, &mut tell, &CancellationToken::new()).unwrap();
    say(&format!("done {} {}", report.seen, report.imported + report.already));
}

/// Writes letters with the model at this address, one after another: `draft ID LAST-LINE` for each found, then `began ID`, `whole ID`.
fn write_for_ever(engine: &Engine, base: &str) {
    for draft in engine.drafts().unwrap() {
        let draft = engine.draft(draft.id).unwrap();
        say(&format!("draft {} {}", draft.id, draft.body.contains("the last words of it")));
    }
    say("has 0 true");
    let mut settings = engine.settings().unwrap();
    settings.gemini.base = base.to_owned();
    settings.preview = PreviewPolicy::Never;
    settings.calls_per_minute = 600;
    engine.set_settings(settings).unwrap();
    engine.set_key(Provider::Gemini, Secret::new("a-key-for-nobody".into())).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for n in 0.. {
        let tell = |event: ComposeEvent| {
            if let ComposeEvent::Began { draft } = event {
                say(&format!("began {draft}"));
            }
        };
        let nonce = std::process::id();
        let draft = runtime.block_on(engine.compose(
            request(&format!("Letter {n} of {nonce}")),
            &tell,
            &CancellationToken::new(),
        ));
        say(&format!("whole {}", draft.unwrap().id));
    }
}

fn request(intent: &str) -> ComposeRequest {
    let model = ModelRef { provider: Provider::Gemini, name: "gemini-3.1-flash-lite".into() };
    ComposeRequest {
        intent: intent.to_owned(),
        to: vec![Person { name: Some("Dana".into()), address: "dana@x.example".parse().unwrap() }],
        model: Some(ModelChoice::Named { model }),
        ..ComposeRequest::default()
    }
}
