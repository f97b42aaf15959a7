//! The window and the files around it: mail dropped on it and chosen, stopped and taken up again; a letter saved as a file and handed to
//! the mail program; and what a mail would load from elsewhere, never loaded.
#![allow(clippy::expect_used)] // a test that cannot set up its desk has failed

use epistle_engine::api::{DraftEdit, ImportSource, Person};
use fantoccini::key::Key;
use mail_parser::MessageParser;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use support::archive;
use support::window::{Desk, Page, soon};
use tokio_util::sync::CancellationToken;

const BODY: &str = "Dear Ottoline,\n\nthe heron is back at the weir; größer than before.\n\nYours,\nWilma";

/// A message in a file of its own.
fn eml(folder: &Path, name: &str, subject: &str, html: &str) -> PathBuf {
    let path = folder.join(name);
    let text = format!(
        "From: Otto <otto@example.org>\r\nTo: me@example.com\r\nSubject: {subject}\r\nDate: Mon, 02 Mar 2026 09:00:00 +0000\r\n\
         Message-ID: <{name}@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n"
    );
    fs::write(&path, text).expect("the file is written");
    path
}

#[tokio::test]
async fn files_dropped_anywhere_on_the_window_are_taken_in() {
    let desk = Desk::new(1280, 800);
    let folder = tempfile::tempdir().expect("a folder");
    let one = eml(folder.path(), "one.eml", "The weir", "<p>The heron is back.</p>");
    let two = eml(folder.path(), "two words.eml", "The kite", "<p>The kite is mended.</p>");
    let page = desk.open().await;
    page.see("textbox", "What you want to say").await;
    desk.drop_on("Epistle", &[&one, &two]);
    page.reads("Your mail is in").await;
    page.reads("2 messages").await;
    page.click("button", "Ask me later").await;
    page.see("button", "~The weir").await;
    page.see("button", "~The kite").await;
    page.close().await;
}

#[tokio::test]
async fn an_import_shows_how_far_it_is_can_be_stopped_and_goes_on_from_there() {
    let desk = Desk::new(1280, 800);
    let page = desk.open().await;
    page.click("button", "Bring in mail").await;
    bring_archive(&desk, &page).await;
    page.see("progressbar", "Mail brought in").await;
    page.reads("brought in").await;
    page.click("button", "Stop").await;
    page.see("heading", "Stopped").await;
    page.reads("The next run goes on from there").await;
    page.click("button", "Ask me later").await;
    let some = remembered(&page).await;
    assert!((1..archive::MESSAGES).contains(&some), "what came in before the stop is there: {some}");

    page.click("button", "Bring in more").await;
    bring_archive(&desk, &page).await;
    page.see("heading", "Your mail is in").await;
    page.reads("here before").await;
    assert_eq!(remembered(&page).await, archive::MESSAGES);
    page.close().await;
}

async fn bring_archive(desk: &Desk, page: &Page) {
    page.click("button", "Choose files").await;
    desk.shows("Choose mail").await;
    desk.choose("Choose mail", &archive::path());
}

/// How many mails the status line says are remembered.
async fn remembered(page: &Page) -> u64 {
    page.reads("mails remembered").await;
    let words = page.words().await;
    let line = words.lines().find_map(|line| line.strip_suffix(" mails remembered")).expect("the status line");
    line.replace(',', "").parse().expect("a number")
}

/// A letter to somebody, on the desk.
fn a_letter(desk: &Desk) {
    let to =
        Person { name: Some("Ottoline Bär".into()), address: "ottoline@example.org".parse().expect("an address") };
    let edit = DraftEdit {
        id: None,
        version: None,
        to: Some(vec![to]),
        cc: None,
        bcc: None,
        subject: Some("Back at the weir".into()),
        body: Some(BODY.into()),
        intent: None,
        answers: None,
        from: None,
        quote: None,
    };
    let engine = desk.engine();
    engine.save_draft(&edit).expect("the draft is saved");
    let mut settings = engine.settings().expect("the settings");
    settings.me = vec![Person { name: Some("Wilma Weir".into()), address: "wilma@example.com".parse().expect("one") }];
    engine.set_settings(settings).expect("they are kept");
}

async fn more(page: &Page, entry: &str) {
    soon("the letter of before", async || (page.text("textbox", "The letter").await == BODY).then_some(())).await;
    page.click("button", "More").await;
    page.click("menuitem", entry).await;
}

#[tokio::test]
async fn a_letter_saved_as_a_file_is_a_message_any_program_reads() {
    let desk = Desk::new(1280, 800);
    a_letter(&desk);
    let page = desk.open().await;
    more(&page, "Save as .eml…").await;
    desk.shows("Save the letter").await;
    let path = desk.home().join("the heron.eml");
    desk.save_as("Save the letter", &path);
    page.reads("saved as a file").await;
    let bytes = fs::read(&path).expect("the file is there");
    let message = MessageParser::default().parse(&bytes).expect("it is a message");
    let to = message.to().and_then(|to| to.first()).expect("it goes to somebody");
    assert_eq!((to.name(), to.address()), (Some("Ottoline Bär"), Some("ottoline@example.org")));
    let from = message.from().and_then(|from| from.first()).expect("it comes from somebody");
    assert_eq!((from.name(), from.address()), (Some("Wilma Weir"), Some("wilma@example.com")));
    assert!(message.message_id().is_some() && message.date().is_some());
    assert_eq!(message.subject(), Some("Back at the weir"));
    assert_eq!(message.body_text(0).expect("a text").replace("\r\n", "\n").trim_end(), BODY);
    assert!(message.header("X-Unsent").is_some(), "a mail program opens it to be sent, not to be read");
    page.close().await;
}

#[tokio::test]
async fn a_letter_is_handed_to_the_mail_program_of_the_desktop() {
    let desk = Desk::new(1280, 800);
    a_letter(&desk);
    let handed = desk.home().join("handed");
    mail_program(&desk, &handed);
    let page = desk.open().await;
    more(&page, "Open in mail program").await;
    page.reads("handed to your mail program").await;
    let address =
        soon("the mail program", async || fs::read_to_string(&handed).ok().filter(|text| text.ends_with('\n')));
    let address = url::Url::parse(address.await.trim()).expect("an address");
    assert_eq!((address.scheme(), address.path()), ("mailto", "ottoline@example.org"));
    let part = |name: &str| address.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    assert_eq!(part("subject").as_deref(), Some("Back at the weir"));
    assert_eq!(part("body").expect("the text").replace("\r\n", "\n"), BODY);
    page.close().await;
}

/// A mail program that writes down what it was given, registered for this person's desktop.
fn mail_program(desk: &Desk, handed: &Path) {
    let script = desk.home().join("mail-program");
    fs::write(&script, format!("#!/bin/sh\nprintf '%s\\n' \"$1\" > '{}'\n", handed.display())).expect("a program");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&script, executable).expect("it can be run");
    let applications = desk.home().join(".local/share/applications");
    fs::create_dir_all(&applications).expect("a folder");
    let entry = format!(
        "[Desktop Entry]\nType=Application\nName=Stand-in\nExec={} %u\nMimeType=x-scheme-handler/mailto;\n",
        script.display()
    );
    fs::write(applications.join("stand-in.desktop"), entry).expect("an entry");
    let config = desk.home().join(".config");
    fs::create_dir_all(&config).expect("a folder");
    let default = "[Default Applications]\nx-scheme-handler/mailto=stand-in.desktop\n";
    fs::write(config.join("mimeapps.list"), default).expect("the default");
}

#[tokio::test]
async fn what_a_mail_would_load_from_elsewhere_is_never_asked_for() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.set_nonblocking(true).expect("a listener that does not wait");
    let base = format!("http://{}", listener.local_addr().expect("its address"));
    let desk = Desk::new(1280, 800);
    let folder = tempfile::tempdir().expect("a folder");
    let html = format!(
        "<link rel=stylesheet href='{base}/s.css'><style>@import '{base}/i.css'; p {{ background: url({base}/b.png) }}</style>\
         <p style=\"background:url('{base}/p.png')\">The heron is back.</p><img src='{base}/track.gif'><img srcset='{base}/2x.png 2x'>\
         <iframe src='{base}/f.html'></iframe><script src='{base}/x.js'></script><script>fetch('{base}/y')</script>\
         <video poster='{base}/v.png'></video><object data='{base}/o'></object><meta http-equiv=refresh content='0;url={base}/m'>"
    );
    let mail = eml(folder.path(), "tracked.eml", "A picture", &html);
    let engine = desk.engine();
    let source = ImportSource::Paths { paths: vec![mail] };
    engine.import(&source, &mut |_| {}, &CancellationToken::new()).expect("the mail is taken in");
    drop(engine);
    let page = desk.open().await;
    page.click("button", "~Mail").await;
    page.reads("The heron is back.").await;
    page.reads("not loaded").await;
    page.click("button", "Answer").await;
    page.write("textbox", "What you want to say", "thank him").await;
    page.keys(&Key::Enter.to_string()).await;
    page.see("heading", "Receipt").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(listener.accept().is_err(), "somebody asked for something");
    page.close().await;
}
