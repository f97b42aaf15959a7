//! `epistle sync`: Gmail's mail in, with progress on stderr. Ctrl-C pauses it; the same command goes on from there. What is asked and in which
//! order is the engine's.

use crate::args;
use crate::fail::Failure;
use crate::import::{runtime, stopped_by_ctrl_c};
use crate::open::Door;
use crate::out::Out;
use epistle_engine::Engine;
use epistle_engine::api::{SyncNews, SyncPhase, SyncProgress, SyncReport};
use epistle_engine::error::{Error, ErrorCode};
use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

pub(crate) fn sync(args: &args::Sync, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let engine = door.engine()?;
    let runtime = runtime()?;
    let stop = CancellationToken::new();
    runtime.spawn(stopped_by_ctrl_c(stop.clone()));
    let report = runtime.block_on(once(&engine, args.full, &stop, out))?;
    if args.json {
        out.json(&report);
    } else {
        tell(&report, out);
    }
    if report.stopped {
        out.note("paused; epistle sync goes on from here");
        return Err(Failure::Told(ErrorCode::Cancelled));
    }
    if args.watch { runtime.block_on(watch(&engine, args.json, &stop, out)) } else { Ok(()) }
}

pub(crate) fn attachment(args: &args::Attachment, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let engine = door.engine()?;
    let message = engine.find_message(&args.message)?;
    let bytes = runtime()?.block_on(engine.attachment(message, args.number - 1))?;
    let Some(path) = &args.to else {
        out.bytes(&bytes);
        return Ok(());
    };
    let mut file = File::create_new(path).map_err(|e| Error::io("make", path, e))?;
    file.write_all(&bytes).map_err(|e| Error::io("write", path, e))?;
    out.note(&format!("written to {}", path.display()));
    Ok(())
}

async fn once(engine: &Engine, full: bool, stop: &CancellationToken, out: &mut Out) -> Result<SyncReport, Failure> {
    let mut last = None::<Instant>;
    let mut progress = |at: &SyncProgress| {
        let every = Duration::from_millis(if out.quiet() { 5_000 } else { 100 });
        if at.phase == SyncPhase::Waiting || last.is_none_or(|last| last.elapsed() >= every) {
            last = Some(Instant::now());
            if out.quiet() { out.note(&step(at)) } else { out.redraw(&step(at)) }
        }
    };
    let report = engine.sync(full, &mut progress, stop).await;
    out.clear();
    Ok(report?)
}

fn step(at: &SyncProgress) -> String {
    let left = at.eta_seconds.map(|seconds| format!(", about {} min left", seconds.div_ceil(60))).unwrap_or_default();
    match (at.phase, at.total) {
        (SyncPhase::Telling, _) => "telling Gmail what changed here".to_owned(),
        (SyncPhase::Asking, _) => "asking Gmail what changed".to_owned(),
        (SyncPhase::BringingIn, Some(total)) => format!("bringing in mail: {} of about {total}{left}", at.done),
        (SyncPhase::BringingIn, None) => format!("bringing in mail: {}", at.done),
        (SyncPhase::Comparing, _) => "comparing what is here with what is there".to_owned(),
        (SyncPhase::Waiting, _) => "Gmail asks to wait, or cannot be reached: waiting".to_owned(),
    }
}

fn tell(report: &SyncReport, out: &mut Out) {
    let SyncReport { new, gone, relabelled, told, drafts, pushed, .. } = report;
    out.line(&format!("{new} new, {gone} gone, {relabelled} relabelled, {told} told to Gmail, {drafts} drafts, {pushed} drafts told to Gmail"));
}

/// Looks again and again until Ctrl-C.
async fn watch(engine: &Engine, json: bool, stop: &CancellationToken, out: &mut Out) -> Result<(), Failure> {
    let mut news = engine.sync_news();
    let (_window, visible) = tokio::sync::watch::channel(true);
    let watching = engine.watch_mail(visible, stop);
    tokio::pin!(watching);
    loop {
        let heard = tokio::select! {
            ended = &mut watching => {
                ended?;
                return if stop.is_cancelled() { Err(Failure::Told(ErrorCode::Cancelled)) } else { gone_quiet(engine) };
            }
            heard = news.recv() => heard,
        };
        match heard {
            Ok(news) if json => out.json(&news),
            Ok(SyncNews::MailChanged) => out.line("something changed"),
            _ => {}
        }
    }
}

/// Watching ended by itself: there is nothing to be read any more, and asking once more says why.
fn gone_quiet(engine: &Engine) -> Result<(), Failure> {
    match engine.sync_state()?.trouble {
        Some(code) => Err(Failure::Told(code)),
        None => Err(Error::Cancelled.into()),
    }
}
