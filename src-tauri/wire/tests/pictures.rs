//! Pictures that a letter names, against a server that says what it likes: what is taken, what is not, and what the server comes to know.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, StatusCode, header};
use epistle_wire::{Pictures, Reach};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use url::Url;

const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;";

type Asked = Arc<Mutex<Vec<(String, Vec<String>)>>>;

async fn server() -> (SocketAddr, Asked) {
    let asked = Asked::default();
    let seen = asked.clone();
    let socket = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let at = socket.local_addr().unwrap();
    let app = Router::new().fallback(move |request: Request| {
        let headers = request.headers().iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()));
        seen.lock().unwrap().push((request.uri().to_string(), headers.collect()));
        let path = request.uri().path().to_owned();
        async move { answer(&path, at).await }
    });
    tokio::spawn(async move { axum::serve(socket, app).await });
    (at, asked)
}

async fn answer(path: &str, at: SocketAddr) -> Response<Body> {
    let to = |to: String| {
        let answer = Response::builder().status(302).header(header::LOCATION, to).header(header::SET_COOKIE, "who=you");
        answer.body(Body::empty()).unwrap()
    };
    match path {
        "/small.gif" => Response::new(GIF.into()),
        "/lies.png" => Response::builder().header(header::CONTENT_TYPE, "text/html").body(GIF.into()).unwrap(),
        "/drawing.png" => {
            let answer = Response::builder().header(header::CONTENT_TYPE, "image/png");
            answer.body("<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>".into()).unwrap()
        }
        "/page.gif" => Response::new("<html>GIF89a</html>".into()),
        "/huge.gif" => Response::new([GIF, &vec![0; 3 << 20]].concat().into()),
        "/large.gif" => Response::new([GIF, &vec![0; 1900 * 1024]].concat().into()),
        "/once" => to("/small.gif".into()),
        "/out" => to("http://localhost:1/small.gif".into()),
        "/inside" => to("http://10.0.0.1/small.gif".into()),
        "/meta" => to("http://169.254.169.254/latest/meta-data".into()),
        "/file" => to("file:///etc/passwd".into()),
        "/for-ever" => to(format!("http://{at}/for-ever")),
        "/slow.gif" => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Response::new(GIF.into())
        }
        _ => Response::builder().status(StatusCode::NOT_FOUND).body(GIF.into()).unwrap(),
    }
}

fn urls(at: SocketAddr, paths: &[&str]) -> Vec<Url> {
    paths.iter().map(|path| Url::parse(&format!("http://{at}{path}")).unwrap()).collect()
}

#[tokio::test]
async fn what_is_a_picture_by_its_bytes_is_taken_and_nothing_else() {
    let (at, _) = server().await;
    let pictures = Pictures::new(Reach::WorldAndHere).unwrap();
    for (path, taken) in [
        ("/small.gif", true),
        ("/lies.png", true),
        ("/once", true),
        ("/drawing.png", false),
        ("/page.gif", false),
        ("/huge.gif", false),
        ("/nothing", false),
        ("/out", false),
        ("/inside", false),
        ("/meta", false),
        ("/file", false),
        ("/for-ever", false),
    ] {
        let had = pictures.fetch(&urls(at, &[path])).await;
        assert_eq!(had.len(), usize::from(taken), "{path}");
        assert!(had.iter().all(|(asked, bytes)| asked.path() == path && bytes == GIF), "{path}");
    }
}

#[tokio::test]
async fn nobody_learns_who_asks_and_a_redirect_is_followed_three_times() {
    let (at, asked) = server().await;
    let pictures = Pictures::new(Reach::WorldAndHere).unwrap();
    pictures.fetch(&urls(at, &["/once", "/once", "/for-ever"])).await;
    let asked = std::mem::take(&mut *asked.lock().unwrap());
    assert_eq!(
        asked.iter().filter(|(path, _)| path.ends_with("/for-ever")).count(),
        4,
        "the first, and three redirects"
    );
    for (path, headers) in asked {
        let said: Vec<&str> = headers.iter().map(|line| line.split(':').next().unwrap()).collect();
        assert!(said.iter().all(|name| ["accept", "user-agent", "host"].contains(name)), "{path}: {headers:?}");
        assert!(!headers.concat().to_lowercase().contains("epistle"), "{headers:?}");
    }
}

#[tokio::test]
async fn all_pictures_together_are_bounded_in_number_and_size() {
    let (at, asked) = server().await;
    let pictures = Pictures::new(Reach::WorldAndHere).unwrap();
    let had = pictures.fetch(&urls(at, &["/large.gif"; 20])).await;
    let bytes: usize = had.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!((1..=16 << 20).contains(&bytes), "{bytes}");
    asked.lock().unwrap().clear();
    assert_eq!(pictures.fetch(&urls(at, &["/small.gif"; 100])).await.len(), 40);
    assert_eq!(asked.lock().unwrap().len(), 40);
}

#[tokio::test]
async fn who_does_not_answer_holds_nobody_up_for_long() {
    let (at, _) = server().await;
    let pictures = Pictures::new(Reach::WorldAndHere).unwrap();
    let addresses = urls(at, &["/slow.gif", "/small.gif"]);
    let had = tokio::time::timeout(Duration::from_secs(30), pictures.fetch(&addresses)).await.expect("it ends");
    assert_eq!(had.len(), 1);
}

#[tokio::test]
async fn this_machine_is_not_asked_where_that_is_not_set() {
    let (at, asked) = server().await;
    let pictures = Pictures::new(Reach::World).unwrap();
    let mut addresses = urls(at, &["/small.gif"]);
    addresses.extend(
        [format!("http://localhost:{}/small.gif", at.port()), format!("https://localhost:{}/", at.port())]
            .map(|text| Url::parse(&text).unwrap()),
    );
    assert!(pictures.fetch(&addresses).await.is_empty());
    assert!(asked.lock().unwrap().is_empty());
}
