//! Where conversations are: listed by label, and moved. A label is named by its id or by what it is called.

use crate::args;
use crate::fail::Failure;
use crate::lists::{day, names};
use crate::open::Door;
use crate::out::{Out, one_line};
use epistle_engine::Engine;
use epistle_engine::api::{LabelChange, LabelId, ThreadSummary, ThreadsView};

pub(crate) fn threads(args: &args::Threads, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let engine = door.engine()?;
    let label = args.label.as_deref().map(|given| named(&engine, given)).transpose()?;
    let page = engine.threads(&ThreadsView { label, unread: args.unread }, 0, args.limit)?;
    if page.total == 0 {
        out.note(if args.label.is_none() && !args.unread {
            "no mail yet: epistle import PATH, or epistle import --sample"
        } else {
            "nothing there"
        });
    }
    for thread in &page.threads {
        if args.json { out.json(thread) } else { show(thread, out) }
    }
    Ok(())
}

fn show(thread: &ThreadSummary, out: &mut Out) {
    let mark = match (thread.unread, thread.starred) {
        (true, true) => "•*",
        (true, false) => "• ",
        (false, true) => " *",
        (false, false) => "  ",
    };
    let (date, subject) = (out.dim(&day(Some(thread.latest))), out.bold(&one_line(&thread.subject)));
    let files = if thread.has_files { "  (files)" } else { "" };
    out.line(&format!("{date}{mark}{subject}  {} ({}){files}", names(&thread.people), thread.messages));
    out.line(&out.dim(&format!("            {}", thread.id)));
}

pub(crate) fn labels(json: bool, door: &Door, out: &mut Out) -> Result<(), Failure> {
    for label in door.engine()?.labels()? {
        if json {
            out.json(&label);
            continue;
        }
        let unread = if label.unread > 0 { format!(", {} unread", label.unread) } else { String::new() };
        let name = out.bold(&format!("{:<24}", one_line(&label.name)));
        out.line(&format!("{name}  {}{unread}", label.threads));
    }
    Ok(())
}

pub(crate) fn relabel(args: &args::Relabel, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let engine = door.engine()?;
    let all = |given: &[String]| given.iter().map(|label| named(&engine, label)).collect::<Result<Vec<_>, _>>();
    change(&engine, &args.threads, &LabelChange { add: all(&args.add)?, remove: all(&args.remove)? }, out)
}

pub(crate) fn moved(asked: args::Move, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let (which, wanted) = asked.asked();
    change(&door.engine()?, &which, &wanted, out)
}

fn change(engine: &Engine, which: &args::Which, wanted: &LabelChange, out: &mut Out) -> Result<(), Failure> {
    let changed = engine.change_labels(&which.threads, wanted)?;
    if which.json {
        out.json(&changed);
    } else {
        let (threads, messages) = (changed.threads.len(), changed.undo.len());
        out.note(&format!("changed: {threads} of {} ({messages} messages)", which.threads.len()));
    }
    Ok(())
}

/// A label by its id or its name, in any case.
fn named(engine: &Engine, given: &str) -> Result<LabelId, Failure> {
    let labels = engine.labels()?;
    let by_id = labels.iter().find(|label| label.id.as_str() == given);
    let mut by_name = labels.iter().filter(|label| label.name.to_lowercase() == given.to_lowercase());
    let found = by_id.or_else(|| by_name.next()).map(|label| label.id.clone());
    if let Some(id) = found {
        return Ok(id);
    }
    match given.to_uppercase().parse::<LabelId>() {
        Ok(id) if id.is_system() => Ok(id),
        _ => Err(Failure::Usage("there is no such label: epistle labels lists them".into())),
    }
}
