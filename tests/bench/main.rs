//! Measurements, each beside something everybody has, taken by turns in the same run: import beside Python's `mailbox` + `email` on the
//! same file, our own time from a request to the model's first byte, lists over a hundred thousand messages, search in a real archive, the
//! index of meaning beside others, and the window's start beside a hello-world one. Medians, p95, p99; a single number is no measurement.
//! `epistle-bench mail`, `lists`, `search`, `memory` or `window` takes one part alone; `switch` shows where the index of meaning turns to
//! graphs, `text` is the end of `memory`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod lists;
mod memory;
mod search;
mod text;
mod window;

use epistle_engine::api::{ComposeRequest, ImportSource, ModelChoice, ModelRef, Person, PreviewPolicy, Provider};
use epistle_engine::secrets::Secret;
use epistle_engine::{Engine, Open};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use support::talker::Talker;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

const ROUNDS: usize = 5;
const LETTERS: usize = 200;

fn main() {
    let only = std::env::args().nth(1);
    let asked = |part: &str| only.as_deref().is_none_or(|only| only == part);
    if asked("mail") {
        let scratch = tempfile::tempdir().unwrap();
        let mbox = archive(scratch.path());
        let engine = import_beside_python(&mbox, scratch.path());
        first_byte(&engine);
    }
    if asked("lists") {
        lists::lists();
    }
    if asked("memory") {
        memory::memory();
    }
    match only.as_deref() {
        Some("switch") => memory::switch(),
        Some("text") => memory::text(),
        _ => {}
    }
    if asked("search") {
        search::search();
    }
    if asked("window") {
        window::cold_start();
    }
}

/// The mailing-list archive unpacked where there is one beside the repository, else letters of our own making.
fn archive(scratch: &Path) -> PathBuf {
    let mbox = scratch.join("archive.mbox");
    let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/mail/lists-2002.mbox.gz");
    let mut bytes = Vec::new();
    match fs::File::open(packed) {
        Ok(file) => drop(flate2::read::MultiGzDecoder::new(file).read_to_end(&mut bytes).unwrap()),
        Err(_) => bytes = made_up().into_bytes(),
    }
    fs::write(&mbox, bytes).unwrap();
    mbox
}

fn made_up() -> String {
    let letter = |n: u32| {
        let (who, text) =
            (n % 40, "We could meet on Tuesday and go through the proposal once more. ".repeat(1 + n as usize % 30));
        format!(
            "From w{who}@x.example Mon Mar  2 09:00:00 2026\nFrom: Writer {who} <w{who}@x.example>\nTo: list@y.example\nSubject: Question {}\n\
             Message-ID: <b{n}@x.example>\nDate: Mon, 02 Mar 2026 09:00:00 +0000\n\n{text}\n\n",
            n / 4
        )
    };
    (0..2_500).map(letter).collect()
}

/// Messages a second into a new store on the disk, sealed and committed; Python only reads.
fn import_beside_python(mbox: &Path, scratch: &Path) -> Engine {
    let (mut ours, mut pythons, mut last) = (Vec::new(), Vec::new(), None);
    for _ in 0..ROUNDS {
        let (engine, rate) = import_once(mbox, scratch);
        ours.push(rate);
        last = Some(engine);
        pythons.push(python_once(mbox));
    }
    let (ours, pythons) = (middle(&mut ours), middle(&mut pythons));
    println!(
        "import, messages/s, median of {ROUNDS}: epistle {ours:.0}, python {pythons:.0}, ratio {:.2}",
        ours / pythons
    );
    last.unwrap()
}

fn import_once(mbox: &Path, scratch: &Path) -> (Engine, f64) {
    let home = TempDir::new_in(scratch).unwrap().keep();
    let engine =
        Engine::open(&Open { home, passphrase: Some(Secret::new("a passphrase".into())), ..Open::default() }).unwrap();
    let began = Instant::now();
    let source = ImportSource::Paths { paths: vec![mbox.to_owned()] };
    let report = engine.import(&source, &mut |_| {}, &CancellationToken::new()).unwrap();
    (engine, rate(report.seen, began.elapsed().as_secs_f64()))
}

fn python_once(mbox: &Path) -> f64 {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/read_mbox.py");
    let output = Command::new("python3").arg(script).arg(mbox).output().expect("python3");
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("what the script prints");
    rate(told["messages"].as_u64().unwrap(), told["seconds"].as_f64().unwrap())
}

/// From `compose` being called to the request having come in whole at the model's service, over the imported mailbox.
fn first_byte(engine: &Engine) {
    let talker = Talker::says(&["Hi,\n\nyes.\n\nBest,\nMe"], Duration::ZERO);
    let mut settings = engine.settings().unwrap();
    settings.gemini.base.clone_from(&talker.base);
    settings.preview = PreviewPolicy::Never;
    settings.calls_per_minute = 600;
    engine.set_settings(settings).unwrap();
    engine.set_key(Provider::Gemini, Secret::new("a-key-for-nobody".into())).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut times: Vec<f64> = (0..LETTERS)
        .map(|n| {
            let began = Instant::now();
            runtime.block_on(engine.compose(request(n), &|_| {}, &CancellationToken::new())).unwrap();
            let (came, _) = talker.asked().pop().expect("the model was asked");
            came.duration_since(began).as_secs_f64() * 1_000.0
        })
        .skip(5)
        .collect();
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
    println!(
        "request to first byte at the model, ms, {} letters: p50 {:.1}, p95 {:.1}, p99 {:.1}",
        times.len(),
        at(0.50),
        at(0.95),
        at(0.99)
    );
}

fn request(n: usize) -> ComposeRequest {
    let model = ModelRef { provider: Provider::Gemini, name: "gemini-3.1-flash-lite".into() };
    ComposeRequest {
        intent: format!("Ask whether version {n} of the proposal can be discussed on Tuesday"),
        to: vec![Person { name: None, address: "somebody@x.example".parse().unwrap() }],
        model: Some(ModelChoice::Named { model }),
        ..ComposeRequest::default()
    }
}

fn rate(messages: u64, seconds: f64) -> f64 {
    messages as f64 / seconds
}

fn middle(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
