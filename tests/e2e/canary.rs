//! After a whole run nothing a person wrote or is called lies in the clear in any file of the data folder: not as bytes, not as UTF-16,
//! not in base64 or hexadecimal, not inside a compressed frame.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use support::cli::Home;
use support::talker::Talker;

const SUBJECT: &str = "Quarterlysubjectcanary";
const ADDRESS: &str = "addresscanary@canaryhost.example";
const NAME: &str = "Namecanary";
const BODY: &str = "bodycanarywordthatnobodyelsewrites";
const INTENT: &str = "intentcanarywhatiwanttosay";
const ANSWER: &str = "answercanaryofthemodel";
const KEY: &str = "AIza-keycanary-0123456789";
const ATTACHMENT: &str = "attachmentcanary.pdf";

#[test]
fn nothing_lies_in_the_clear_after_a_whole_run() {
    let (home, scratch) = (Home::default(), tempfile::tempdir().unwrap());
    whole_run(&home, scratch.path());

    let files = files(&home.path());
    assert!(files.iter().any(|file| fs::metadata(file).unwrap().len() > 10_000), "the store is there: {files:?}");
    for file in &files {
        let name = file.display().to_string();
        for canary in [SUBJECT, ADDRESS, "canaryhost.example", NAME, BODY, INTENT, ANSWER, KEY, ATTACHMENT] {
            assert!(!name.contains(canary), "a file is named after {canary}");
            assert_eq!(found(&fs::read(file).unwrap(), canary), None, "{canary} lies in the clear in {name}");
        }
    }
}

/// Everything that keeps something: import, me, key, search, letters offline and by a model, a template's values, settings.
fn whole_run(home: &Home, scratch: &Path) {
    let mbox = scratch.join("canary.mbox");
    fs::write(&mbox, mail()).unwrap();
    let report = home.epistle([
        "import".as_ref(),
        mbox.as_os_str(),
        "--me".as_ref(),
        "me@canaryhost.example".as_ref(),
        "--json".as_ref(),
    ]);
    assert_eq!(report.done().json()["imported"], 2);
    let _ = home.epistle_reading(&["key", "set", "gemini"], KEY).done();
    let answer = format!("Hi {NAME},\n\n{ANSWER} is what I say.\n\nBest,\nMe");
    let talker = Talker::says(&[answer.as_str()], Duration::from_millis(1));
    let _ = home.epistle(["settings", "set", "gemini.base", &talker.base]).done();
    let _ = home.epistle(["settings", "set", "preview", "never"]).done();
    let write = |model: &str| {
        home.epistle([
            "write",
            "--reply-to",
            "c1@canaryhost.example",
            "--to",
            ADDRESS,
            "--intent",
            INTENT,
            "--model",
            model,
            "--json",
        ])
    };
    assert!(write("offline").done().json()["body"].as_str().unwrap().to_lowercase().contains(INTENT));
    assert!(write("gemini/gemini-3.1-flash-lite").done().json()["body"].as_str().unwrap().contains(ANSWER));
    assert!(
        talker.asked().iter().any(|(_, body)| String::from_utf8_lossy(body).contains(BODY)),
        "the model was really asked"
    );
    let hits = home.epistle(["search", BODY, "--json"]).done().lines();
    assert!(!hits.is_empty(), "what is sealed can still be found");
    let _ = home.epistle(["doctor"]).done();
}

fn mail() -> String {
    let text = |n: u8, from: &str, to: &str| {
        format!(
            "From x@canaryhost.example Mon Mar  2 09:00:00 2026\nFrom: {NAME} <{from}>\nTo: {to}\nSubject: {SUBJECT}\n\
             Message-ID: <c{n}@canaryhost.example>\nDate: Mon, 02 Mar 2026 09:0{n}:00 +0000\nMIME-Version: 1.0\n\
             Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nDear you,\n\n{BODY} number {n}.\n\nBest,\n{NAME}\n\
             --b\nContent-Type: application/pdf; name=\"{ATTACHMENT}\"\nContent-Disposition: attachment; filename=\"{ATTACHMENT}\"\n\nx\n--b--\n\n"
        )
    };
    text(1, ADDRESS, "me@canaryhost.example") + &text(2, "me@canaryhost.example", ADDRESS)
}

/// In which form the canary lies in these bytes, if it does.
fn found(bytes: &[u8], canary: &str) -> Option<&'static str> {
    let plain = forms(canary).into_iter().find(|(_, form)| holds(bytes, form)).map(|(name, _)| name);
    plain.or_else(|| frames(bytes).iter().any(|frame| holds(frame, canary.as_bytes())).then_some("zstd"))
}

/// Whether these bytes hold those, in whatever case.
fn holds(bytes: &[u8], what: &[u8]) -> bool {
    let first = [what[0].to_ascii_lowercase(), what[0].to_ascii_uppercase()];
    let starts = bytes.iter().enumerate().filter(|(_, byte)| first.contains(byte)).map(|(at, _)| at);
    starts.filter_map(|at| bytes.get(at..at + what.len())).any(|piece| piece.eq_ignore_ascii_case(what))
}

fn forms(canary: &str) -> Vec<(&'static str, Vec<u8>)> {
    let wide = |order: fn(u16) -> [u8; 2]| canary.encode_utf16().flat_map(order).collect::<Vec<_>>();
    let hex = canary.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut forms = vec![
        ("bytes", canary.as_bytes().to_vec()),
        ("UTF-16 little-endian", wide(u16::to_le_bytes)),
        ("UTF-16 big-endian", wide(u16::to_be_bytes)),
        ("hexadecimal", hex.into_bytes()),
    ];
    forms.extend((0..3).map(|shift| ("base64", base64_core(canary.as_bytes(), shift))));
    forms
}

/// The part of the base64 text of `shift` unknown bytes, then these, that depends on these alone.
fn base64_core(bytes: &[u8], shift: usize) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let skip = (3 - shift) % 3;
    let whole = bytes[skip..].chunks_exact(3);
    whole
        .flat_map(|c| [c[0] >> 2, (c[0] & 3) << 4 | c[1] >> 4, (c[1] & 15) << 2 | c[2] >> 6, c[2] & 63])
        .map(|i| ALPHABET[usize::from(i)])
        .collect()
}

/// Whatever zstd frames lie in these bytes, unpacked as far as they go.
fn frames(bytes: &[u8]) -> Vec<Vec<u8>> {
    let starts = bytes.windows(4).enumerate().filter(|(_, four)| *four == [0x28, 0xb5, 0x2f, 0xfd]).map(|(at, _)| at);
    starts.filter_map(|at| zstd::stream::read::Decoder::new(&bytes[at..]).ok()).map(unpacked).collect()
}

fn unpacked(mut frame: impl std::io::Read) -> Vec<u8> {
    let mut text = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(n @ 1..) = frame.read(&mut piece) {
        text.extend_from_slice(&piece[..n]);
    }
    text
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Text long and uneven enough that a compressor rewrites its letters.
fn long(step: usize) -> String {
    (0..400)
        .map(|i| ["morning", "letter", "answer", "somebody", "whatever", "tomorrow"][i * i * step % 6])
        .collect::<Vec<_>>()
        .join(" ")
}

/// The search itself is proved, or its silence would prove nothing.
#[test]
fn the_search_finds_every_form_it_looks_for() {
    let around = |inner: &[u8]| [b"\x00noise ", inner, b" noise\xff"].concat();
    let utf16: Vec<u8> = BODY.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let packed = zstd::encode_all(format!("{} {BODY} {}", long(7), long(11)).as_bytes(), 3).unwrap();
    assert_eq!(found(&around(BODY.as_bytes()), BODY), Some("bytes"));
    assert_eq!(found(&around(BODY.to_uppercase().as_bytes()), BODY), Some("bytes"));
    assert_eq!(found(&around(&utf16), BODY), Some("UTF-16 little-endian"));
    assert_eq!(found(&around(&packed), BODY), Some("zstd"));
    assert_eq!(found(&around(b"Ym9keWNhbmFyeXdvcmR0aGF0bm9ib2R5ZWxzZXdyaXRlcw=="), BODY), Some("base64"));
    assert_eq!(found(&around(b"eGJvZHljYW5hcnl3b3JkdGhhdG5vYm9keWVsc2V3cml0ZXM="), BODY), Some("base64"));
    assert_eq!(found(&around(b"nothing of the kind"), BODY), None);
}
