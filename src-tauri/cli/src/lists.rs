//! What can be looked at: search hits, drafts, templates, one thing by its id. Prints and never changes anything.

use crate::args;
use crate::fail::Failure;
use crate::import::runtime;
use crate::open::Door;
use crate::out::{Out, fit, one_line, plain};
use crate::people::{short, shown};
use epistle_engine::Engine;
use epistle_engine::api::{
    Draft, Message, Person, SearchBy, SearchHit, SearchRequest, Thread, UnixMillis, VariableKind,
};
use epistle_engine::error::Error;
use epistle_engine::ids::{DraftId, ThreadId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

/// A hit as JSON: people as mail headers write them, the date as RFC 3339.
#[derive(Serialize)]
struct Hit<'a> {
    id: String,
    message_id: Option<&'a str>,
    subject: &'a str,
    from: Option<String>,
    date: Option<String>,
    score: f64,
    snippet: &'a str,
    why: &'a str,
    thread: String,
}

impl<'a> Hit<'a> {
    fn of(hit: &'a SearchHit) -> Self {
        Self {
            id: hit.id.to_string(),
            message_id: hit.message_id.as_deref(),
            subject: &hit.subject,
            from: hit.from.as_ref().map(shown),
            date: hit.date.and_then(rfc3339),
            score: hit.score,
            snippet: &hit.snippet,
            why: &hit.why,
            thread: hit.thread.to_string(),
        }
    }
}

pub(crate) fn search(args: &args::Search, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let (engine, query) = (door.engine()?, args.query.join(" "));
    let hits = if args.server {
        runtime()?.block_on(engine.search_server(&query, args.limit))?
    } else {
        engine.search(&SearchRequest { query, limit: args.limit, by: SearchBy::Both })?
    };
    if hits.is_empty() {
        out.note("nothing found");
    }
    for hit in &hits {
        if args.json {
            out.json(&Hit::of(hit));
            continue;
        }
        let from = hit.from.as_ref().map(short).unwrap_or_default();
        out.line(&format!("{}  {}  {}", out.dim(&day(hit.date)), out.bold(&one_line(&hit.subject)), one_line(&from)));
        out.line(&format!("            {}", fit(&one_line(&hit.snippet), 160)));
        out.line(&out.dim(&format!("            {}  {}", hit.id, hit.why)));
    }
    Ok(())
}

pub(crate) fn drafts(json: bool, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let drafts = door.engine()?.drafts()?;
    if drafts.is_empty() {
        out.note("no drafts yet: epistle write --to ADDRESS --intent \"…\"");
    }
    for draft in &drafts {
        if json {
            out.json(draft);
            continue;
        }
        let subject = if draft.subject.is_empty() { "(no subject)".into() } else { one_line(&draft.subject) };
        let mark = if draft.unfinished { "  (unfinished)" } else { "" };
        out.line(&format!(
            "{}  {}  {}{mark}",
            out.dim(&day(Some(draft.updated))),
            out.bold(&subject),
            names(&draft.to)
        ));
        out.line(&format!("            {}", fit(&one_line(&draft.snippet), 100)));
        out.line(&out.dim(&format!("            {}", draft.id)));
    }
    Ok(())
}

pub(crate) fn templates(json: bool, door: &Door, out: &mut Out) -> Result<(), Failure> {
    for template in door.engine()?.templates()? {
        if json {
            out.json(&template);
            continue;
        }
        out.line(&format!("{}  {}", out.bold(&format!("{:<18}", template.slug)), one_line(&template.purpose)));
        for blank in &template.variables {
            let need = if blank.required { "" } else { " (optional)" };
            out.line(&out.dim(&format!("                    {}: {}{need}", blank.name, kind(&blank.kind))));
        }
    }
    Ok(())
}

fn kind(kind: &VariableKind) -> String {
    match kind {
        VariableKind::Text => "text".into(),
        VariableKind::Date => "a day, YYYY-MM-DD".into(),
        VariableKind::Amount => "a sum with its currency".into(),
        VariableKind::Number => "a number".into(),
        VariableKind::Choice { options } => options.join(" | "),
    }
}

pub(crate) fn show(args: &args::Show, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let engine = door.engine()?;
    if let Some(draft) = known(args.id.parse::<DraftId>().and_then(|id| engine.draft(id)))? {
        return show_draft(&engine, &draft, args, out);
    }
    if let Some(thread) = known(args.id.parse::<ThreadId>().and_then(|id| engine.thread(id)))? {
        return show_thread(&thread, args, out);
    }
    let message = engine.message(engine.find_message(&args.id)?)?;
    if args.json {
        out.json(&message)
    } else {
        show_message(&message, out)
    }
    Ok(())
}

/// What is not an id of this kind, or names nothing, is looked for elsewhere.
fn known<T>(found: Result<T, Error>) -> Result<Option<T>, Error> {
    match found {
        Ok(thing) => Ok(Some(thing)),
        Err(Error::NotFound { .. } | Error::BadInput { .. }) => Ok(None),
        Err(other) => Err(other),
    }
}

fn show_draft(engine: &Engine, draft: &Draft, args: &args::Show, out: &mut Out) -> Result<(), Failure> {
    if args.eml {
        out.bytes(&engine.export_eml(draft.id)?);
    } else if args.json {
        out.json(draft);
    } else {
        header("To", &draft.to, out);
        header("Cc", &draft.cc, out);
        header("Bcc", &draft.bcc, out);
        out.line(&format!("Subject: {}\n\n{}", one_line(&draft.subject), plain(&draft.body)));
    }
    Ok(())
}

fn show_thread(thread: &Thread, args: &args::Show, out: &mut Out) -> Result<(), Failure> {
    if args.json {
        out.json(thread);
        return Ok(());
    }
    for (i, message) in thread.messages.iter().enumerate() {
        if i > 0 {
            out.line(&out.dim("\n────────────────────────────────────────\n"));
        }
        show_message(message, out);
    }
    Ok(())
}

fn show_message(message: &Message, out: &mut Out) {
    header("From", message.from.as_slice(), out);
    header("To", &message.to, out);
    header("Cc", &message.cc, out);
    if let Some(date) = message.date.and_then(rfc3339) {
        out.line(&format!("Date: {date}"));
    }
    out.line(&format!("Subject: {}\n\n{}", one_line(&message.subject), plain(&message.text).trim_end()));
    out.line(&out.dim(&format!("\n{}", message.id)));
}

fn header(name: &str, people: &[Person], out: &mut Out) {
    if !people.is_empty() {
        let people: Vec<_> = people.iter().map(shown).collect();
        out.line(&format!("{name}: {}", one_line(&people.join(", "))));
    }
}

pub(crate) fn names(people: &[Person]) -> String {
    let names: Vec<_> = people.iter().take(3).map(short).collect();
    one_line(&names.join(", "))
}

fn rfc3339(at: UnixMillis) -> Option<String> {
    Timestamp::from_millisecond(at).ok().map(|at| at.to_string())
}

pub(crate) fn day(at: Option<UnixMillis>) -> String {
    let at = at.filter(|at| *at != 0).and_then(|at| Timestamp::from_millisecond(at).ok());
    at.map_or_else(|| " ".repeat(10), |at| at.to_zoned(TimeZone::system()).date().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_leave_as_rfc_3339() {
        assert_eq!(rfc3339(0).as_deref(), Some("1970-01-01T00:00:00Z"));
        assert_eq!(rfc3339(1_014_213_600_000).as_deref(), Some("2002-02-20T14:00:00Z"));
    }
}
