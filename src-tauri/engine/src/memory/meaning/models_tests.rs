//! Another model from a hub on this machine: the model that ships, under another one's name and pooled in its way, so that its vectors are
//! others. Cut, stopped, gone on with, chosen, and read with while the one before answers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::api::{DownloadProgress, MeaningTrouble};
use crate::error::ErrorCode;
use crate::ids::MessageId;
use crate::memory::embed::{catalogue, places::Places};
use crate::secrets::Secret;
use crate::store::tables::VECTORS;
use crate::{Engine, Open};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

const BUNDLED: &str = "all-minilm-l6-v2-int8";
const OTHER: &str = "bge-small-en-v1.5";

/// The shipped files as the other model's repository has them, with the SHA-256 sums that the model's own script prints.
const FILES: [(&str, &str, &str); 5] = [
    ("onnx/model.onnx", "model.onnx", "09578f15bf8bf3aa8078421246c3ed4871286170352a89d33e2357036082c63e"),
    ("tokenizer.json", "tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
    ("config.json", "config.json", "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
    (
        "tokenizer_config.json",
        "tokenizer_config.json",
        "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    ),
    (
        "special_tokens_map.json",
        "special_tokens_map.json",
        "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    ),
];

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/models").join(BUNDLED)
}

#[derive(Clone, Default)]
struct Hub {
    /// The next answer with a large file breaks off in its midst.
    cuts: Arc<AtomicBool>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Hub {
    async fn open(&self) -> String {
        let socket = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let at = socket.local_addr().unwrap();
        let hub = self.clone();
        tokio::spawn(async move {
            while let Ok((line, _)) = socket.accept().await {
                let hub = hub.clone();
                tokio::spawn(async move { hub.answer(line).await });
            }
        });
        format!("http://{at}")
    }

    async fn answer(&self, line: TcpStream) -> std::io::Result<()> {
        let mut line = BufReader::new(line);
        let mut request = String::new();
        while line.read_line(&mut request).await? > 2 {}
        let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
        let from =
            request.to_lowercase().split("range: bytes=").nth(1).and_then(|rest| rest.split('-').next()?.parse().ok());
        self.asked.lock().unwrap().push(format!("{path} {from:?}"));
        let body = match path.rsplit("/resolve/main/").next().filter(|_| path.contains("/resolve/")) {
            None => list().into_bytes(),
            Some(name) => std::fs::read(shipped().join(FILES.iter().find(|file| file.0 == name).unwrap().1))?,
        };
        let (status, range) = match from {
            Some(from) => {
                ("206 Partial Content", format!("Content-Range: bytes {from}-{}/{}\r\n", body.len() - 1, body.len()))
            }
            None => ("200 OK", String::new()),
        };
        let rest = &body[from.unwrap_or(0)..];
        let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{range}Connection: close\r\n\r\n", rest.len());
        line.write_all(head.as_bytes()).await?;
        let cut = rest.len() > 1_000_000 && self.cuts.swap(false, Ordering::AcqRel);
        line.write_all(&rest[..if cut { rest.len() / 2 } else { rest.len() }]).await?;
        line.flush().await
    }
}

fn list() -> String {
    let entry = |(path, file, sum): &(&str, &str, &str)| {
        let size = std::fs::metadata(shipped().join(file)).unwrap().len();
        format!(r#"{{"type":"file","path":"{path}","oid":"x","size":{size},"lfs":{{"oid":"{sum}","size":{size}}}}}"#)
    };
    format!("[{}]", FILES.iter().map(entry).collect::<Vec<_>>().join(","))
}

async fn engine(home: &Path, hub: &Hub) -> Engine {
    let passphrase = Some(Secret::new("a passphrase for this test".into()));
    let engine = Engine::open(&Open { home: home.to_owned(), passphrase, ..Open::default() }).unwrap();
    let mut settings = engine.settings().unwrap();
    settings.embedding.hub = hub.open().await;
    engine.set_settings(settings).unwrap();
    engine
}

fn mail(engine: &Engine) -> Vec<MessageId> {
    let texts = [
        "The meeting moved to Thursday at ten.",
        "The sound driver makes the kernel panic.",
        "Please pay the bill from March.",
    ];
    let eml = |(n, text): (usize, &&str)| {
        format!("From: tom@example.net\r\nSubject: note\r\nMessage-ID: <n{n}@example.com>\r\n\r\n{text}\r\n")
    };
    texts.iter().enumerate().map(eml).map(|eml| engine.import_eml(eml.as_bytes()).unwrap()).collect()
}

fn nearest(engine: &Engine) -> Option<MessageId> {
    let found = engine.near_in_meaning("an overdue invoice", 3, &|_| true).unwrap();
    found.first().map(|near| near.message)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_model_is_brought_over_a_cut_and_reads_the_mail_while_the_one_before_answers() {
    let (home, hub) = (tempfile::tempdir().unwrap(), Hub::default());
    let engine = engine(home.path(), &hub).await;
    let ids = mail(&engine);
    let run = |engine: &Engine| engine.run_embedding(&mut |_| {}, &CancellationToken::new()).unwrap();
    run(&engine);
    assert_eq!(nearest(&engine), Some(ids[2]));
    assert_eq!(engine.use_model(OTHER).unwrap_err().code(), ErrorCode::BadInput);

    let offer = engine.model_offer(OTHER).await.unwrap();
    assert!(!offer.model.here && offer.bytes > 23_000_000 && offer.have == 0 && offer.model.memory_bytes > 0);
    hub.cuts.store(true, Ordering::Release);
    let mut told: Vec<DownloadProgress> = Vec::new();
    engine.download_model(OTHER, &mut |at| told.push(at), &CancellationToken::new()).await.unwrap();
    assert_eq!(told.last().map(|at| (at.done, at.total)), Some((offer.bytes, offer.bytes)));
    let resumed = |asked: &String| asked.contains("onnx/model.onnx Some(");
    assert!(hub.asked.lock().unwrap().iter().any(resumed), "it went on where it was cut");
    assert!(engine.embedding_models().unwrap().iter().any(|model| model.id == OTHER && model.here));

    engine.use_model(OTHER).unwrap();
    let state = engine.memory_state().unwrap();
    assert_eq!((state.model.as_str(), state.embedded, state.until_then.as_deref()), (OTHER, 0, Some(BUNDLED)));
    assert_eq!(nearest(&engine), Some(ids[2]), "the one before answers");
    run(&engine);
    let state = engine.memory_state().unwrap();
    assert_eq!((state.embedded, state.until_then, state.trouble), (3, None, None));
    assert_eq!(nearest(&engine), Some(ids[2]));
    let rows = engine.store().read(engine.account()).unwrap().count(VECTORS).unwrap();
    assert_eq!(rows, 3, "nothing of the one before is left");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_download_is_gone_on_with_and_damage_that_comes_later_is_seen() {
    let (home, hub) = (tempfile::tempdir().unwrap(), Hub::default());
    let engine = engine(home.path(), &hub).await;
    let stop = CancellationToken::new();
    let stopping = stop.clone();
    let mut some = move |at: DownloadProgress| {
        if at.done > 1_000_000 {
            stopping.cancel()
        }
    };
    let stopped = engine.download_model(OTHER, &mut some, &stop).await;
    assert_eq!(stopped.unwrap_err().code(), ErrorCode::Cancelled);
    let offer = engine.model_offer(OTHER).await.unwrap();
    assert!(offer.have > 0 && offer.have < offer.bytes && !offer.model.here, "{offer:?}");
    engine.download_model(OTHER, &mut |_| {}, &CancellationToken::new()).await.unwrap();
    engine.use_model(OTHER).unwrap();

    let onnx = home.path().join("models").join(OTHER).join("onnx/model.onnx");
    let mut bytes = std::fs::read(&onnx).unwrap();
    bytes[5_000_000] ^= 1;
    std::fs::write(&onnx, bytes).unwrap();
    assert_eq!(engine.house.embedders.get(OTHER).err(), Some(MeaningTrouble::ModelBroken));
    assert_eq!(engine.memory_state().unwrap().trouble, Some(MeaningTrouble::ModelBroken));
    assert!(catalogue::model(OTHER).is_some() && !Places::around(home.path()).models.is_empty());
}

#[tokio::test]
async fn a_hub_that_is_not_there_is_told_and_changes_nothing() {
    let (home, hub) = (tempfile::tempdir().unwrap(), Hub::default());
    let engine = engine(home.path(), &hub).await;
    let mut settings = engine.settings().unwrap();
    settings.embedding.hub = "http://127.0.0.1:9".into();
    engine.set_settings(settings).unwrap();
    assert_eq!(engine.model_offer(OTHER).await.unwrap_err().code(), ErrorCode::ModelUnreachable);
    assert_eq!(engine.model_offer(BUNDLED).await.unwrap_err().code(), ErrorCode::BadInput);
    assert_eq!(engine.model_offer("none").await.unwrap_err().code(), ErrorCode::NotFound);
    assert_eq!(engine.settings().unwrap().embedding.model, BUNDLED);
}
