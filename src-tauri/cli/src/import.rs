//! `epistle import`: mail in, with progress on stderr and one line of JSON where asked. Reading mail is the engine's.

use crate::args;
use crate::fail::Failure;
use crate::open::Door;
use crate::out::Out;
use crate::people;
use epistle_engine::Engine;
use epistle_engine::api::{ImportNote, ImportProgress, ImportReport, ImportSource};
use epistle_engine::error::{Error, ErrorCode};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

pub(crate) fn import(args: args::Import, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let engine = door.engine()?;
    let source = match (args.sample, args.paths.is_empty()) {
        (true, _) => Some(ImportSource::Sample),
        (false, false) => Some(ImportSource::Paths { paths: args.paths }),
        (false, true) => None,
    };
    let report = source.map(|source| take_in(&engine, source, out)).transpose()?;
    be(&engine, &args.me, out)?;
    let report = report.unwrap_or_default();
    if args.json {
        out.json(&report);
    } else if report.seen > 0 || !report.failed.is_empty() || args.me.is_empty() {
        tell(&report, out);
    }
    suggest_me(&engine, out)?;
    if report.stopped { Err(Failure::Told(ErrorCode::Cancelled)) } else { Ok(()) }
}

/// Runs the import on this thread; Ctrl-C asks it to stop after the message at hand.
fn take_in(engine: &Engine, source: ImportSource, out: &mut Out) -> Result<ImportReport, Failure> {
    let stop = CancellationToken::new();
    let runtime = runtime()?;
    runtime.spawn(stopped_by_ctrl_c(stop.clone()));
    let mut last = Instant::now();
    let mut progress = |at: &ImportProgress| {
        let every = Duration::from_millis(if out.quiet() { 5_000 } else { 100 });
        if last.elapsed() >= every {
            last = Instant::now();
            if out.quiet() { out.note(&step(at)) } else { out.redraw(&step(at)) }
        }
    };
    let report = engine.import(&source, &mut progress, &stop);
    out.clear();
    Ok(report?)
}

fn step(at: &ImportProgress) -> String {
    let share = at.bytes_done.saturating_mul(100).checked_div(at.bytes_total).unwrap_or(0);
    format!("{share:>3} %  {} messages, {} new  {}", at.seen, at.imported, at.file)
}

/// A runtime for one command.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    Ok(runtime.map_err(|e| Error::internal("no runtime", e))?)
}

/// Cancels at the first Ctrl-C.
pub(crate) async fn stopped_by_ctrl_c(stop: CancellationToken) {
    if tokio::signal::ctrl_c().await.is_ok() {
        stop.cancel();
    }
}

/// Sets which addresses are "me", in the order given.
fn be(engine: &Engine, me: &[String], out: &mut Out) -> Result<(), Failure> {
    if me.is_empty() {
        return Ok(());
    }
    let mut settings = engine.settings()?;
    settings.me = people::all(engine, me)?;
    let settings = engine.set_settings(settings)?;
    let names: Vec<_> = settings.me.iter().map(people::shown).collect();
    out.note(&format!("you are {}", names.join(", ")));
    Ok(())
}

fn tell(report: &ImportReport, out: &mut Out) {
    let ImportReport { seen, imported, already, failed, ignored, damaged, stopped } = report;
    let end = if *stopped { "; stopped, the same command goes on from here" } else { "" };
    out.line(&format!("{seen} messages seen: {imported} new, {already} already here, {} failed{end}", failed.len()));
    list("not taken in", failed, out);
    if let [first, others @ ..] = ignored.as_slice() {
        let more = if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
        out.note(&format!("left alone, no mail: {}{more}", first.place));
    }
    list("taken in as far as it could be read", damaged, out);
}

fn list(title: &str, notes: &[ImportNote], out: &mut Out) {
    const SHOWN: usize = 10;
    if notes.is_empty() {
        return;
    }
    out.note(&format!("{title}:"));
    notes.iter().take(SHOWN).for_each(|note| out.note(&format!("  {}: {}", note.place, note.why)));
    if notes.len() > SHOWN {
        out.note(&format!("  and {} more (--json lists all)", notes.len() - SHOWN));
    }
}

fn suggest_me(engine: &Engine, out: &mut Out) -> Result<(), Failure> {
    if !engine.settings()?.me.is_empty() {
        return Ok(());
    }
    let candidates = engine.me_candidates()?;
    if candidates.is_empty() {
        return Ok(());
    }
    out.note("which of these is you? tell with: epistle import --me ADDRESS");
    for candidate in candidates.iter().take(5) {
        let wrote = format!("wrote {}, received {}", candidate.wrote, candidate.received);
        out.note(&format!("  {}  {wrote}", people::shown(&candidate.person)));
    }
    Ok(())
}
