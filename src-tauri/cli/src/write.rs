//! `epistle write`: a request from arguments, the letter to the terminal as it comes. How a letter is written is the engine's.

use crate::args;
use crate::fail::Failure;
use crate::import::{runtime, stopped_by_ctrl_c};
use crate::open::Door;
use crate::out::{Out, plain};
use crate::people;
use epistle_engine::Engine;
use epistle_engine::api::{
    Check, CheckKind, Claim, ComposeEvent, ComposeRequest, Draft, DraftEdit, EmailAddress, ModelChoice, ModelRef,
    Preview, Provider, Receipt, Source,
};
use epistle_engine::error::Error;
use epistle_engine::ids::{MessageId, TemplateId};
use serde::Serialize;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use tokio_util::sync::CancellationToken;

pub(crate) fn write(args: args::Write, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let engine = door.engine()?;
    let (json, preview, all, attach) = (args.json, args.preview, args.all, args.attach.clone());
    attach.iter().try_for_each(|path| readable(path))?;
    let mut request = request(&engine, args)?;
    let from = addressed(&engine, &mut request, all)?;
    if preview {
        let preview = engine.preview(&request)?;
        if json {
            out.json(&preview)
        } else {
            show_preview(&preview, out)
        }
        return Ok(());
    }
    let (mut draft, streamed) = compose(&engine, request, json, out)?;
    if let Some(from) = from {
        engine.save_draft(&DraftEdit { id: Some(draft.id), from: Some(from), ..DraftEdit::default() })?;
    }
    for path in &attach {
        draft = engine.attach_path(draft.id, path, false)?;
    }
    if json {
        out.json(&Written::of(&draft))
    } else {
        finish(&draft, &streamed, out)
    }
    Ok(())
}

fn request(engine: &Engine, args: args::Write) -> Result<ComposeRequest, Failure> {
    Ok(ComposeRequest {
        to: people::all(engine, &args.to)?,
        cc: people::all(engine, &args.cc)?,
        bcc: people::all(engine, &args.bcc)?,
        subject: args.subject,
        intent: args.intent,
        tone: args.tone,
        length: args.length,
        language: args.language,
        template: args.template.map(|given| template(engine, &given)).transpose()?,
        values: args.set.into_iter().collect(),
        answers: args.reply_to.map(|given| answered(engine, &given)).transpose()?,
        model: args.model.map(|given| model(&given)).transpose()?,
        approved: args.approve,
        ..ComposeRequest::default()
    })
}

/// Fills in whom an answer goes to, where nobody was named; gives the address it is to leave from.
fn addressed(engine: &Engine, request: &mut ComposeRequest, all: bool) -> Result<Option<EmailAddress>, Failure> {
    let Some(message) = request.answers else { return Ok(None) };
    if engine.senders()?.is_empty() {
        return Ok(None); // a letter can be written before anybody said who writes
    }
    let reply = engine.reply_to(message, all)?;
    if request.to.is_empty() {
        request.to = reply.to;
    }
    if all && request.cc.is_empty() {
        request.cc = reply.cc;
    }
    Ok(Some(reply.from.address))
}

/// A file that cannot go with the letter is told before the letter is written.
fn readable(path: &Path) -> Result<(), Failure> {
    std::fs::File::open(path).map_err(|e| Error::io("read", path, e))?;
    Ok(())
}

fn template(engine: &Engine, given: &str) -> Result<TemplateId, Failure> {
    let found =
        engine.templates()?.into_iter().find(|template| template.slug == given || template.id.to_string() == given);
    Ok(found.ok_or_else(|| Error::not_found("template", given))?.id)
}

/// The message to answer: a file's, taken in first, or one that is here.
fn answered(engine: &Engine, given: &str) -> Result<MessageId, Failure> {
    let path = Path::new(given);
    if !path.is_file() {
        return Ok(engine.find_message(given)?);
    }
    let bytes = std::fs::read(path).map_err(|e| Error::io("read", path, e))?;
    Ok(engine.import_eml(&bytes)?)
}

/// `auto`, `offline`, `gemini/NAME`, `local/NAME`; a bare `gemini-…` is Google's.
fn model(given: &str) -> Result<ModelChoice, Failure> {
    let named = |provider, name: &str| ModelChoice::Named { model: ModelRef { provider, name: name.to_owned() } };
    Ok(match given.split_once('/') {
        None if given == "auto" => ModelChoice::Auto,
        None if given == "offline" => ModelChoice::Offline,
        None if given.starts_with("gemini-") => named(Provider::Gemini, given),
        Some(("gemini", name)) if !name.is_empty() => named(Provider::Gemini, name),
        Some(("local", name)) if !name.is_empty() => named(Provider::Local, name),
        _ => {
            return Err(Failure::Usage(format!(
                "“{given}” is no model: give auto, offline, gemini/NAME or local/NAME"
            )));
        }
    })
}

/// Composes; tells each step to whoever watches, and stops at Ctrl-C with what had come kept.
fn compose(engine: &Engine, request: ComposeRequest, json: bool, out: &mut Out) -> Result<(Draft, String), Failure> {
    let stop = CancellationToken::new();
    let watcher = Mutex::new(Watcher { out, json, streamed: String::new() });
    let tell = |event: ComposeEvent| watcher.lock().unwrap_or_else(PoisonError::into_inner).see(event);
    let runtime = runtime()?;
    runtime.spawn(stopped_by_ctrl_c(stop.clone()));
    let draft = runtime.block_on(engine.compose(request, &tell, &stop));
    let watcher = watcher.into_inner().unwrap_or_else(PoisonError::into_inner);
    if draft.is_err() && !watcher.streamed.is_empty() && watcher.live() {
        watcher.out.line("");
    }
    Ok((draft?, watcher.streamed))
}

struct Watcher<'a> {
    out: &'a mut Out,
    json: bool,
    streamed: String,
}

impl Watcher<'_> {
    fn live(&self) -> bool {
        self.out.live() && !self.json
    }

    fn see(&mut self, event: ComposeEvent) {
        match event {
            ComposeEvent::Delta { text } => {
                if self.live() {
                    self.out.text(&plain(&text));
                }
                self.streamed.push_str(&text);
            }
            ComposeEvent::Restarted => {
                if self.live() && !self.streamed.is_empty() {
                    self.out.line("\n\n(begins anew)\n");
                }
                self.streamed.clear();
            }
            ComposeEvent::Retrying { after_ms, attempt } if !self.out.quiet() => {
                self.out.note(&format!(
                    "the service asks to wait {} s; attempt {attempt} comes then",
                    after_ms.div_ceil(1000)
                ));
            }
            ComposeEvent::Chosen { model, why } if self.live() => {
                let line = self.out.dim(&format!("{}: {why}\n", named(&model)));
                self.out.note(&line);
            }
            _ => {}
        }
    }
}

/// After the text: what streams already is not printed twice, and what a person should look at is named.
fn finish(draft: &Draft, streamed: &str, out: &mut Out) {
    if !out.live() {
        out.line(&format!("Subject: {}\n\n{}", draft.subject, plain(&draft.body).trim_end()));
    } else if streamed.trim() == draft.body.trim() {
        out.line("\n");
    } else {
        out.line(&format!("\n\n(as it was kept)\n\n{}\n", plain(&draft.body).trim_end()));
    }
    if out.live() {
        let line = out.dim(&format!("subject: {}", draft.subject));
        out.note(&line);
    }
    for check in &draft.checks {
        out.note(&format!("look: {}", words(check)));
    }
    out.note(&format!("draft {} is kept", draft.id));
}

fn words(check: &Check) -> String {
    let what = match check.kind {
        CheckKind::OtherLanguage => "it is not in the language of what it answers, or asked for, but in",
        CheckKind::TooLong => "it is longer than asked for",
        CheckKind::TooShort => "it is shorter than asked for",
        CheckKind::PlaceholderLeft => "a blank is left",
        CheckKind::OtherName => "it names somebody who is no recipient",
        CheckKind::OtherAddress => "an address that is in no source",
        CheckKind::UnknownLink => "a link that is in no source",
        CheckKind::UnsupportedClaim => "nothing supports this",
        CheckKind::NotLetter => "words that are not of the letter",
        CheckKind::SecondSignOff => "more than one sign-off",
        CheckKind::Unfinished => "it ends before its end",
        CheckKind::WrittenOffline => "written offline, from a template and your habits",
        CheckKind::CopiedFromOthers => "this stands in a letter to somebody else",
    };
    if check.about.is_empty() { what.to_owned() } else { format!("{what}: {}", plain(&check.about)) }
}

/// A draft as JSON: people as mail headers write them, the model as `--model` takes it.
#[derive(Serialize)]
struct Written<'a> {
    id: String,
    subject: &'a str,
    body: &'a str,
    to: Vec<String>,
    cc: Vec<String>,
    bcc: Vec<String>,
    model: Option<String>,
    sources: &'a [Source],
    receipt: &'a Option<Receipt>,
    checks: &'a [Check],
    claims: &'a [Claim],
}

impl<'a> Written<'a> {
    fn of(draft: &'a Draft) -> Self {
        let shown = |people: &[_]| people.iter().map(people::shown).collect();
        Self {
            id: draft.id.to_string(),
            subject: &draft.subject,
            body: &draft.body,
            to: shown(&draft.to),
            cc: shown(&draft.cc),
            bcc: shown(&draft.bcc),
            model: draft.receipt.as_ref().map(|receipt| named(&receipt.model)),
            sources: &draft.sources,
            receipt: &draft.receipt,
            checks: &draft.checks,
            claims: &draft.claims,
        }
    }
}

fn named(model: &ModelRef) -> String {
    match model.provider {
        Provider::Offline => "offline".into(),
        Provider::Gemini => format!("gemini/{}", model.name),
        Provider::Local => format!("local/{}", model.name),
    }
}

fn show_preview(preview: &Preview, out: &mut Out) {
    let goes = preview.sent_to.as_deref().map_or("stays on this machine".to_owned(), |host| format!("goes to {host}"));
    out.line(&format!(
        "{}  {} ({}); {goes}; about {} tokens",
        out.bold("model"),
        named(&preview.model),
        preview.why,
        preview.input_tokens
    ));
    for withheld in &preview.withheld {
        out.line(&format!("{}  {} × {:?}", out.bold("withheld"), withheld.count, withheld.kind));
    }
    out.line(&format!("\n{}\n{}", out.bold("instructions"), plain(&preview.system)));
    for part in &preview.parts {
        let whose = if part.mine { "your words" } else { "others' words, marked as data" };
        let title = part.source.as_ref().map_or_else(|| whose.to_owned(), |source| format!("{whose} ({source})"));
        out.line(&format!("\n{}\n{}", out.bold(&title), plain(&part.text)));
    }
    out.line(&format!("\n{}  {}", out.bold("digest"), preview.digest));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_named_as_they_are_printed() {
        for text in ["offline", "gemini/gemini-3.1-flash-lite", "local/qwen3:8b"] {
            let name = match model(text).unwrap() {
                ModelChoice::Named { model } => named(&model),
                ModelChoice::Offline => "offline".into(),
                ModelChoice::Auto => "auto".into(),
            };
            assert_eq!(name, text);
        }
        for bad in ["", "gpt", "gemini/", "cloud/x"] {
            assert!(model(bad).is_err(), "{bad}");
        }
    }
}
