//! What can go wrong between Epistle and Gemini, one row each: what the person reads at the terminal and in the window, what is kept of
//! the letter, and how often the service was asked. The service is aimock; what it cannot do wrong, a proxy before it does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::{Value, json};
use std::fmt::Write;
use support::cli::Home;
use support::peers::{Aimock, Says, free_port};
use support::proxy::{Fault, Proxy};

const LETTER: &str =
    "Hi Dana,\n\nthe proposal reads well, and Friday suits us. I will bring the printed maps.\n\nBest,\nMara";

/// A row: its name, what it does to the requests in order, and the word in the line that makes aimock answer so.
struct Row {
    name: &'static str,
    faults: Vec<Fault>,
    word: &'static str,
}

fn row(name: &'static str, faults: Vec<Fault>) -> Row {
    Row { name, faults, word: "plainly" }
}

fn said(name: &'static str, word: &'static str) -> Row {
    Row { name, faults: Vec::new(), word }
}

/// Google's error body. <https://ai.google.dev/api/rest/v1beta/Status>
fn refusal(code: u16, status: &str, details: &Value) -> Fault {
    Fault::json(code, &json!({ "error": { "code": code, "message": "no", "status": status, "details": details } }))
}

fn pause(seconds: &str) -> Value {
    json!([{ "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": seconds }])
}

fn day_used_up() -> Value {
    let violation = json!({ "quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier", "quotaValue": "20" });
    json!([
        { "@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [violation] },
        { "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1s" },
    ])
}

fn bad_key() -> Value {
    json!([{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com" }])
}

fn html(status: u16) -> Fault {
    Fault::Answer(status, "text/html", "<!doctype html><title>Sorry</title>".into(), None)
}

fn rows() -> Vec<Row> {
    let busy = || refusal(503, "UNAVAILABLE", &json!([]));
    let limited = |wait| refusal(429, "RESOURCE_EXHAUSTED", &pause(wait));
    vec![
        row("nothing", vec![]),
        row("429 with RetryInfo of 1 s, once", vec![limited("1s")]),
        row("429 with RetryInfo of 90 s", vec![limited("90s")]),
        row("429 with Retry-After of 1 s, once", vec![Fault::Answer(429, "application/json", "{}".into(), Some(1))]),
        row("429, the day's quota", vec![refusal(429, "RESOURCE_EXHAUSTED", &day_used_up())]),
        row("503, once", vec![busy()]),
        row("503, for ever", vec![busy(), busy(), busy(), busy()]),
        row("500, for ever", vec![refusal(500, "INTERNAL", &json!([])); 4]),
        row("cut before any text, once", vec![Fault::Cut(0)]),
        row("cut in the midst, once", vec![Fault::Cut(400)]),
        row("cut in the midst, every time", vec![Fault::Cut(400); 4]),
        row("a stall before any text, every time", vec![Fault::Stall(0); 4]),
        row("a stall in the midst, every time", vec![Fault::Stall(400); 4]),
        row(
            "the question blocked",
            vec![Fault::events(&[json!({ "promptFeedback": { "blockReason": "PROHIBITED_CONTENT" } })])],
        ),
        said("SAFETY in the midst", "safety"),
        said("RECITATION", "recitation"),
        row("no candidates", vec![Fault::events(&[json!({ "candidates": [], "usageMetadata": {} })]); 4]),
        said("MAX_TOKENS", "length"),
        said("an end nobody knows (FUNCTION_CALL)", "function"),
        row("400, a bad key", vec![refusal(400, "INVALID_ARGUMENT", &bad_key())]),
        row("403", vec![refusal(403, "PERMISSION_DENIED", &json!([]))]),
        row("404, an unknown model", vec![refusal(404, "NOT_FOUND", &json!([]))]),
        row("400, a bad request", vec![refusal(400, "INVALID_ARGUMENT", &json!([]))]),
        row("200 with JSON of another shape", vec![Fault::json(200, &json!({ "hello": "world" })); 4]),
        row(
            "200 with half a JSON event",
            vec![Fault::Answer(200, "text/event-stream", "data: {\"candidates\":[\r\n\r\n".into(), None); 4],
        ),
        row("200 with an HTML page", vec![html(200); 4]),
        row("502 with an HTML page, for ever", vec![html(502); 4]),
        row("302 to somewhere else", vec![Fault::Answer(302, "text/html", String::new(), None); 4]),
    ]
}

#[test]
fn every_fault_of_gemini_has_words_and_loses_nothing() {
    let aimock = Aimock::start(&[
        Says { to: "safety", text: LETTER, finish: "content_filter", pause_ms: 0 },
        Says { to: "recitation", text: LETTER, finish: "RECITATION", pause_ms: 0 },
        Says { to: "length", text: LETTER, finish: "length", pause_ms: 0 },
        Says { to: "function", text: LETTER, finish: "FUNCTION_CALL", pause_ms: 0 },
        Says::always(LETTER),
    ]);
    let proxy = Proxy::before(&aimock.base, vec![]);
    let home = set_up(&proxy.base);
    let mut table = String::new();
    for (number, row) in rows().iter().enumerate() {
        proxy.will(&row.faults);
        tell(&mut table, &home, (number, row), || proxy.seen().len());
    }
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let _ = home.epistle(["settings", "set", "gemini.base", &nobody]).done();
    tell(&mut table, &home, (99, &row("nobody listens", vec![])), || 0);
    insta::assert_snapshot!("what_a_person_reads", table);
}

fn set_up(base: &str) -> Home {
    let home = Home::default();
    let _ = home.epistle_reading(&["key", "set", "gemini"], "a-key-for-nobody").done();
    for (name, value) in
        [("gemini.base", base), ("preview", "never"), ("answer_seconds", "2"), ("calls_per_minute", "600")]
    {
        let _ = home.epistle(["settings", "set", name, value]).done();
    }
    home
}

/// Writes a letter under one fault and tells how it went. Each has a line of its own, or a cached letter would answer it.
fn tell(table: &mut String, home: &Home, (number, row): (usize, &Row), asked: impl Fn() -> usize) {
    let before = drafts(home).len();
    let intent = format!("Say that Friday suits us, put {}, case {number}", row.word);
    let to = "dana@example.com";
    let ran = home.epistle(["write", "--to", to, "--intent", &intent, "--model", "gemini/gemini-3.1-flash-lite"]);
    let drafts = drafts(home);
    assert!(!ran.stderr.contains("a-key-for-nobody"), "{}: the key is in what is said", row.name);
    writeln!(table, "── {} · asked {}× · exit {}", row.name, asked(), ran.status).unwrap();
    for line in ran.stderr.lines() {
        writeln!(table, "  terminal  {}", without_ids(line)).unwrap();
    }
    if let Some(code) = code(&ran.stderr) {
        let words = window_words(&code);
        writeln!(table, "  window    {} | {} | {}", words[0], words[1], words[2]).unwrap();
    }
    assert_eq!(drafts.len(), before + 1, "{}: the line itself is kept as a draft", row.name);
    let body = drafts[0]["snippet"].as_str().unwrap_or_default();
    writeln!(table, "  kept      {body:?}").unwrap();
}

fn drafts(home: &Home) -> Vec<Value> {
    home.epistle(["drafts", "--json"]).done().lines()
}

fn code(stderr: &str) -> Option<String> {
    let rest = stderr.split_once("error[")?.1;
    Some(rest.split_once(']')?.0.to_owned())
}

/// A draft's id differs from run to run, and so do ports.
fn without_ids(line: &str) -> String {
    let words = line.split(' ').map(|word| {
        let id = word.len() == 32 && word.chars().all(|c| c.is_ascii_hexdigit());
        if id { "ID" } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// What the window's table says of a code: title, what is safe, what to do.
fn window_words(code: &str) -> [String; 3] {
    let table = include_str!("../../ui/src/lib/errors.ts");
    let entry = table.split_once(&format!("\n  {code}: {{")).unwrap_or_else(|| panic!("no words for {code}")).1;
    ["title", "safe", "action"].map(|name| {
        let rest = entry.split_once(&format!("{name}: \"")).expect("three sentences").1;
        rest.split_once("\",").expect("a closed string").0.to_owned()
    })
}
