//! Hostile messages in the real window: taken in as mail, opened one after another, and none of them runs a script, asks anybody for anything,
//! or calls the engine. That each of these would be noticed is shown beside it.
#![allow(clippy::expect_used)] // a test that cannot set up its desk has failed

use epistle_engine::api::ImportSource;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;
use support::hostile::{Hostile, MADE_BY_A_LETTER, messages, script, write_mail};
use support::listener::Listener;
use support::window::{Desk, Page};
use tokio_util::sync::CancellationToken;

/// Opens the conversation with this subject and waits until its frame shows these words; then says how the window is.
const OPEN: &str = "
    const [subject, mark, settle, done] = arguments;
    const until = Date.now() + 20000;
    let opened = false;
    const tell = () => {
        const frame = document.querySelector('iframe');
        done({
            words: frame?.contentDocument?.body?.innerText ?? '', address: frame?.contentDocument?.URL, sandbox: frame?.sandbox.value,
            frames: window.length, ran: window.ran ?? [], title: document.title, at: location.href,
        });
    };
    const look = () => {
        if (!opened) {
            const row = [...document.querySelectorAll('button')].find((one) => one.textContent.includes(subject));
            const list = document.querySelector('[aria-label^=Conversations]');
            if (row) row.click(); else list?.scrollTo(0, list.scrollHeight);
            opened = !!row;
        }
        const frame = document.querySelector('iframe');
        const page = frame?.contentDocument;
        const there = frame?.srcdoc.includes(mark) && page?.body?.innerText.includes(mark) && page.readyState === 'complete';
        if (there || Date.now() > until) setTimeout(tell, settle); else setTimeout(look, 10);
    };
    look();";

/// Puts unsanitised messages into frames like the one that shows mail, or into plain ones.
const FRAME: &str = "
    const [sandbox, letters, done] = arguments;
    for (const letter of letters) {
        const frame = document.createElement('iframe');
        if (sandbox !== null) frame.setAttribute('sandbox', sandbox);
        frame.srcdoc = letter;
        document.body.append(frame);
    }
    setTimeout(() => { document.querySelectorAll('body > iframe').forEach((one) => one.remove()); done(window.ran ?? []); }, 1500);";

const ACCOUNTS: &str = "const done = arguments[0]; window.__TAURI_INTERNALS__.invoke('accounts').then((all) => done(all.map((one) => one.label)));";

fn take_in(desk: &Desk, messages: &[Hostile]) {
    let folder = tempfile::tempdir().expect("a folder");
    for (number, message) in messages.iter().enumerate() {
        write_mail(folder.path(), number, message);
    }
    let source = ImportSource::Paths { paths: vec![folder.path().to_owned()] };
    let report = desk.engine().import(&source, &mut |_| {}, &CancellationToken::new()).expect("the mail is taken in");
    assert_eq!(report.imported, messages.len() as u64);
}

async fn open(page: &Page, message: &Hostile) -> Value {
    let settle = if message.name.contains("late") { 1500 } else { 50 };
    page.script_async(OPEN, vec![json!(message.name), json!(message.mark), json!(settle)]).await
}

async fn accounts(page: &Page) -> usize {
    let labels = page.script_async(ACCOUNTS, vec![]).await;
    labels.as_array().expect("a list").iter().filter(|label| **label == MADE_BY_A_LETTER).count()
}

#[tokio::test]
async fn no_hostile_message_runs_loads_or_calls_anything() {
    let listener = Listener::start().await;
    let messages = messages(&listener);
    assert!(messages.len() >= 150, "only {}", messages.len());
    let desk = Desk::new(1280, 800);
    take_in(&desk, &messages);
    let page = desk.open_with(|command| _ = command.env("EPISTLE_PICTURES_FROM_HERE", "1")).await;
    page.click("button", "~Mail").await;
    for message in &messages {
        let seen = open(&page, message).await;
        let name = &message.name;
        let words = seen["words"].as_str().unwrap_or_default();
        assert!(words.contains(&message.mark) && !words.contains("HIDDEN"), "{name}: {seen}");
        let still = json!(["about:srcdoc", "allow-same-origin", 1, [], "Epistle", "tauri://localhost"]);
        let is = json!([seen["address"], seen["sandbox"], seen["frames"], seen["ran"], seen["title"], seen["at"]]);
        assert_eq!(is, still, "{name}");
        assert_eq!(listener.asked(), [""; 0], "{name}");
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let calls = accounts(&page).await;
    let requests = listener.asked();
    println!("{} messages: 0 scripts, {} requests, {calls} calls", messages.len(), requests.len());
    assert_eq!((requests.len(), calls), (0, 0));

    // And each would have been noticed: pictures that are asked for are seen by the listener, and the same script makes what is looked for.
    let picture = messages.iter().find(|message| &message.name[4..] == "a picture").expect("there is one");
    open(&page, picture).await;
    page.click("button", "Show them").await;
    page.see("button", "Show as text").await;
    support::window::soon("the picture to be asked for", async || (!listener.asked().is_empty()).then_some(())).await;
    page.script(&script(7), vec![]).await;
    support::window::soon("the script's own call", async || (accounts(&page).await == 1).then_some(())).await;
    assert_eq!(page.script("return window.ran;", vec![]).await, json!([7]));
    page.close().await;
}

#[tokio::test]
async fn the_frame_alone_stops_them_too_and_a_page_without_either_does_not() {
    let listener = Listener::start().await;
    let messages = messages(&listener);
    let desk = Desk::new(1280, 800);
    let page = desk.open().await;
    page.see("textbox", "What you want to say").await;
    let letters: Vec<&str> = messages.iter().map(|message| message.html.as_str()).collect();
    for some in letters.chunks(30) {
        let ran = page.script_async(FRAME, vec![json!("allow-same-origin"), json!(some)]).await;
        assert_eq!(ran, json!([]), "a script ran in the frame");
    }
    let (requests, calls) = (listener.asked(), accounts(&page).await);
    println!("not sanitised, in the same frame: 0 scripts, {} requests, {calls} calls", requests.len());
    assert_eq!((requests, calls), (vec![], 0));

    let bare = listener.put("bare", "<!doctype html><title>bare</title><body></body>".into());
    page.client.goto(&bare).await.expect("the window goes there");
    let (mut ran, mut asked) = (BTreeSet::new(), BTreeSet::new());
    for some in letters.chunks(20) {
        page.client.goto(&bare).await.expect("the window goes there");
        let marks = page.script_async(FRAME, vec![Value::Null, json!(some)]).await;
        ran.extend(marks.as_array().expect("a list").iter().filter_map(Value::as_u64));
        let lines = listener.asked();
        let marked = messages.iter().filter(|message| lines.iter().any(|line| line.contains(&message.mark)));
        asked.extend(marked.map(|message| message.mark.clone()));
    }
    println!("not sanitised, in a page of no policy: scripts of {} messages, requests of {}", ran.len(), asked.len());
    assert!(ran.len() >= 40 && asked.len() >= 40, "{ran:?} {asked:?}");
    page.close().await;
}
