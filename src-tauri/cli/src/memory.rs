//! `epistle memory`: how far finding by meaning is, which model reads the mail, and reading it now. What a model is, is the engine's.

use crate::args::{Memory, MemoryAction};
use crate::fail::Failure;
use crate::import::{runtime, stopped_by_ctrl_c};
use crate::keep::watched;
use crate::open::Door;
use crate::out::Out;
use epistle_engine::Engine;
use epistle_engine::api::{BackupProgress, Cooled, DownloadProgress, EmbeddingModel, EmbeddingProgress, MemoryState};
use epistle_engine::error::ErrorCode;
use std::io::{BufRead, IsTerminal};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

pub(crate) fn memory(args: &Memory, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let engine = door.engine()?;
    match args.action.as_ref().unwrap_or(&MemoryAction::Status) {
        MemoryAction::Status => status(&engine, args.json, out),
        MemoryAction::Models => models(&engine, args.json, out),
        MemoryAction::Use { model, yes } => choose(&engine, model, *yes, args.json, out),
        MemoryAction::Embed => embed(&engine, args.json, out),
        MemoryAction::Pack => pack(&engine, args.json, out),
    }
}

fn status(engine: &Engine, json: bool, out: &mut Out) -> Result<(), Failure> {
    let state = engine.memory_state()?;
    if json {
        out.json(&state)
    } else {
        told(&state).iter().for_each(|line| out.line(line))
    }
    Ok(())
}

fn told(state: &MemoryState) -> Vec<String> {
    if !state.enabled {
        return vec!["finding by meaning is switched off; words alone find".into()];
    }
    let mut lines = vec![format!("{} has read {} of {} messages", state.model, state.embedded, state.messages)];
    lines.extend((state.packed > 0).then(|| format!("{} older messages are packed closer", state.packed)));
    lines.extend(state.until_then.as_ref().map(|model| format!("{model} answers until it is through")));
    lines.extend(state.trouble.map(|trouble| format!("words alone find: {}", trouble.describe())));
    lines
}

fn models(engine: &Engine, json: bool, out: &mut Out) -> Result<(), Failure> {
    for model in engine.embedding_models()? {
        if json {
            out.json(&model);
            continue;
        }
        let mark = if model.chosen { "*" } else { " " };
        let here = if model.here { "here".into() } else { format!("{} to download", megabytes(model.download_bytes)) };
        let EmbeddingModel { id, about, license, memory_bytes, .. } = &model;
        out.line(&format!("{mark} {id:<28} {here:<20} {} in memory   {about} ({license})", megabytes(*memory_bytes)));
    }
    Ok(())
}

fn choose(engine: &Engine, id: &str, yes: bool, json: bool, out: &mut Out) -> Result<(), Failure> {
    let here = engine.embedding_models()?.iter().any(|model| model.id == id && model.here);
    if !here && engine.embedding_models()?.iter().any(|model| model.id == id) {
        download(engine, id, yes, out)?;
    }
    engine.use_model(id)?;
    out.note("epistle memory embed has it read the mail; the window does that by itself");
    status(engine, json, out)
}

fn download(engine: &Engine, id: &str, yes: bool, out: &mut Out) -> Result<(), Failure> {
    let runtime = runtime()?;
    let offer = runtime.block_on(engine.model_offer(id))?;
    let (bytes, memory) = (megabytes(offer.bytes - offer.have), megabytes(offer.model.memory_bytes));
    out.note(&format!("{id}: {bytes} to download ({} of it here), {memory} in memory", megabytes(offer.have)));
    if !yes && !agreed(out)? {
        return Err(Failure::Told(ErrorCode::Cancelled));
    }
    let stop = CancellationToken::new();
    runtime.spawn(stopped_by_ctrl_c(stop.clone()));
    let mut last = Instant::now();
    let quiet = out.quiet();
    let mut progress = |at: DownloadProgress| {
        if !quiet && last.elapsed() > Duration::from_millis(100) {
            last = Instant::now();
            out.redraw(&format!("{} of {}", megabytes(at.done), megabytes(at.total)));
        }
    };
    let done = runtime.block_on(engine.download_model(id, &mut progress, &stop));
    out.clear();
    Ok(done?)
}

fn agreed(out: &mut Out) -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::Usage("nobody is here to be asked: --yes downloads it".into()));
    }
    out.note("Download it? [y/N]");
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    Ok(read.is_ok() && ["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
}

fn embed(engine: &Engine, json: bool, out: &mut Out) -> Result<(), Failure> {
    let runtime = runtime()?;
    let stop = CancellationToken::new();
    runtime.spawn(stopped_by_ctrl_c(stop.clone()));
    let quiet = out.quiet();
    let mut progress = |at: EmbeddingProgress| {
        if !quiet {
            out.redraw(&format!("reading mail: {} of {}", at.done, at.total));
        }
    };
    let done = engine.run_embedding(&mut progress, &stop);
    out.clear();
    done?;
    if stop.is_cancelled() {
        out.note("paused; epistle memory embed goes on from here");
        return Err(Failure::Told(ErrorCode::Cancelled));
    }
    status(engine, json, out)
}

fn pack(engine: &Engine, json: bool, out: &mut Out) -> Result<(), Failure> {
    let cooled =
        watched(out, |progress, stop| engine.cool(&mut |done, total| progress(&BackupProgress { done, total }), stop))?;
    if json {
        out.json(&cooled);
        return Ok(());
    }
    let Cooled { older, packed, bytes, room, quantised, .. } = cooled;
    out.line(&format!("{packed} of {older} older messages were packed: {bytes} bytes take {room} now"));
    out.note(&format!("of {quantised} the vectors are kept as codes alone"));
    Ok(())
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes.div_ceil(1_000_000))
}
