//! A model's files from a hub on this machine that cuts, lies and sends on: what comes is whole or it is not there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{Response, StatusCode};
use epistle_wire::hub::{Failure, RemoteFile, Revision, Service, Sum, part_of};
use epistle_wire::{Base, Client, Kind};
use futures_util::stream;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

const OF: Revision<'_> = Revision { repository: "owner/model", revision: "main" };
const LONG: usize = 300_000;

fn whole() -> Vec<u8> {
    (0..LONG).map(|n| (n % 251) as u8).collect()
}

/// What the hub does to the next answer.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Harm {
    Nothing,
    CutAfter(usize),
    Other,
    IgnoreRange,
    SendOn,
    SendOutside,
    StandStillAfter(usize),
}

#[derive(Clone)]
struct Hub {
    at: SocketAddr,
    harm: Arc<Mutex<Harm>>,
    asked: Arc<Mutex<Vec<Option<String>>>>,
}

async fn hub() -> (Hub, Service) {
    let socket = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let at = socket.local_addr().unwrap();
    let hub = Hub { at, harm: Arc::new(Mutex::new(Harm::Nothing)), asked: Arc::default() };
    let served = hub.clone();
    let app = Router::new().fallback(move |request: Request| {
        let served = served.clone();
        async move { served.answer(&request) }
    });
    tokio::spawn(async move { axum::serve(socket, app).await });
    let base = Base::parse(&format!("http://{at}")).unwrap();
    (hub, Service { client: Client::new().unwrap(), base })
}

impl Hub {
    fn will(&self, harm: Harm) {
        *self.harm.lock().unwrap() = harm;
    }

    fn answer(&self, request: &Request) -> Response<Body> {
        match request.uri().path() {
            "/api/models/owner/model/tree/main" => {
                assert_eq!(request.uri().query(), Some("recursive=true"));
                let list = format!(
                    r#"[{{"type":"directory","oid":"x","size":0,"path":"onnx"}},
                        {{"type":"file","oid":"pointer","size":{LONG},"lfs":{{"oid":"abc","size":{LONG},"pointerSize":134}},"path":"onnx/model.onnx"}},
                        {{"type":"file","oid":"def","size":12,"path":"config.json"}}]"#
                );
                Response::new(list.into())
            }
            "/owner/model/resolve/main/onnx/model.onnx" | "/elsewhere" => self.file(request),
            _ => Response::builder().status(StatusCode::NOT_FOUND).body(Body::empty()).unwrap(),
        }
    }

    fn file(&self, request: &Request) -> Response<Body> {
        let range = request.headers().get("range").map(|range| range.to_str().unwrap().to_owned());
        self.asked.lock().unwrap().push(range.clone());
        let from = range.and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
        let harm = std::mem::replace(&mut *self.harm.lock().unwrap(), Harm::Nothing);
        let (from, whole) = (from.filter(|_| harm != Harm::IgnoreRange), whole());
        let rest = whole[from.unwrap_or(0)..].to_vec();
        let answer = match from {
            Some(from) => Response::builder()
                .status(206)
                .header("content-range", format!("bytes {from}-{}/{LONG}", LONG - 1))
                .header("content-length", rest.len()),
            None => Response::builder().header("content-length", rest.len()),
        };
        let on = |to: &str| Response::builder().status(302).header("location", to).body(Body::empty()).unwrap();
        match harm {
            Harm::SendOn => on("/elsewhere"),
            Harm::SendOutside => on("http://example.com/model.onnx"),
            Harm::Other => answer.body(vec![7; rest.len()].into()).unwrap(),
            Harm::CutAfter(bytes) => {
                let pieces = [Ok(Bytes::from(rest[..bytes].to_vec())), Err(std::io::Error::other("cut"))];
                answer.body(Body::from_stream(stream::iter(pieces))).unwrap()
            }
            Harm::StandStillAfter(bytes) => {
                let first = stream::iter([Ok::<_, std::io::Error>(Bytes::from(rest[..bytes].to_vec()))]);
                let body = futures_util::StreamExt::chain(first, stream::pending());
                answer.body(Body::from_stream(body)).unwrap()
            }
            Harm::Nothing | Harm::IgnoreRange => answer.body(rest.into()).unwrap(),
        }
    }
}

fn listed() -> RemoteFile {
    let sum = ring::digest::digest(&ring::digest::SHA256, &whole());
    let sum = sum.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    RemoteFile { path: "onnx/model.onnx".into(), size: LONG as u64, sum: Sum::Sha256(sum) }
}

fn place(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("epistle-hub-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    folder.join("onnx/model.onnx")
}

#[tokio::test]
async fn the_files_are_listed_with_their_true_sizes_and_sums() {
    let (_, service) = hub().await;
    let files = service.list_files(OF).await.unwrap();
    assert_eq!(files.len(), 2);
    assert_eq!((files[0].size, &files[0].sum), (LONG as u64, &Sum::Sha256("abc".into())));
    assert_eq!((files[1].path.as_str(), &files[1].sum), ("config.json", &Sum::GitBlob("def".into())));
    let none = Revision { repository: "owner/none", revision: "main" };
    assert_eq!(service.list_files(none).await.unwrap_err().kind, Kind::UnknownModel);
}

#[tokio::test]
async fn a_cut_download_goes_on_where_it_was_cut() {
    let (hub, service) = hub().await;
    let to = place("cut");
    hub.will(Harm::CutAfter(100_000));
    let mut told = Vec::new();
    let failure = service.fetch(OF, &listed(), &to, &mut |bytes| told.push(bytes)).await.unwrap_err();
    assert!(failure.is_transient() && !to.exists(), "{failure:?}");
    let have = std::fs::metadata(part_of(&to)).unwrap().len();
    assert!(have > 0 && have <= 100_000, "{have}");
    told.clear();
    service.fetch(OF, &listed(), &to, &mut |bytes| told.push(bytes)).await.unwrap();
    assert_eq!((told[0], *told.last().unwrap()), (have, LONG as u64));
    assert_eq!(hub.asked.lock().unwrap().as_slice(), [None, Some(format!("bytes={have}-"))]);
    assert!(std::fs::read(&to).unwrap() == whole() && !part_of(&to).exists());
}

#[tokio::test]
async fn what_has_another_sum_is_thrown_away_and_can_be_had_again() {
    let (hub, service) = hub().await;
    let to = place("sum");
    hub.will(Harm::Other);
    let failure = service.fetch(OF, &listed(), &to, &mut |_| {}).await.unwrap_err();
    assert!(matches!(failure, Failure::WrongSum) && !to.exists() && !part_of(&to).exists());
    // A part that is damaged, or too long, is found out too.
    std::fs::write(part_of(&to), vec![9; 50_000]).unwrap();
    assert!(matches!(service.fetch(OF, &listed(), &to, &mut |_| {}).await, Err(Failure::WrongSum)));
    std::fs::write(part_of(&to), vec![9; LONG + 5]).unwrap();
    service.fetch(OF, &listed(), &to, &mut |_| {}).await.unwrap();
    assert!(std::fs::read(&to).unwrap() == whole());
}

#[tokio::test]
async fn a_hub_that_knows_no_ranges_begins_again_and_one_that_sends_on_is_followed_on_this_machine_and_over_tls_only() {
    let (hub, service) = hub().await;
    let to = place("ranges");
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    std::fs::write(part_of(&to), &whole()[..1_000]).unwrap();
    hub.will(Harm::IgnoreRange);
    service.fetch(OF, &listed(), &to, &mut |_| {}).await.unwrap();
    assert!(std::fs::read(&to).unwrap() == whole());

    let to = place("on");
    hub.will(Harm::SendOn);
    service.fetch(OF, &listed(), &to, &mut |_| {}).await.unwrap();
    assert!(std::fs::read(&to).unwrap() == whole());
    hub.will(Harm::SendOutside);
    let failure = service.fetch(OF, &listed(), &place("outside"), &mut |_| {}).await.unwrap_err();
    assert!(matches!(failure, Failure::Hub(error) if error.kind == Kind::Refused));
    assert_eq!(hub.at.ip().to_string(), "127.0.0.1");
}

#[tokio::test]
async fn a_stopped_download_keeps_what_it_has() {
    let (hub, service) = hub().await;
    let to = place("stop");
    hub.will(Harm::StandStillAfter(50_000));
    let (told, mut here) = tokio::sync::mpsc::unbounded_channel();
    let (fetching, file, at) = (service.clone(), listed(), to.clone());
    let task =
        tokio::spawn(async move { fetching.fetch(OF, &file, &at, &mut |bytes| told.send(bytes).unwrap()).await });
    while here.recv().await.unwrap() < 50_000 {}
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled() && !to.exists());
    service.fetch(OF, &listed(), &to, &mut |_| {}).await.unwrap();
    assert!(std::fs::read(&to).unwrap() == whole());
    assert_eq!(hub.asked.lock().unwrap().len(), 2);
}
