//! A message as HTML in the window, as a person reads it: pictures when they are asked for, links that ask first, quotes folded, and the text.
#![allow(clippy::expect_used)] // a test that cannot set up its desk has failed

use epistle_engine::api::ImportSource;
use fantoccini::key::Key;
use serde_json::json;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use support::listener::Listener;
use support::window::{Desk, Page, soon};
use tokio_util::sync::CancellationToken;

/// Takes in messages from one sender, the first the newest.
fn take_in(desk: &Desk, letters: &[(&str, &str)]) {
    let folder = tempfile::tempdir().expect("a folder");
    for (number, (subject, html)) in letters.iter().enumerate() {
        let hour = 23 - number;
        let text = format!(
            "From: Otto <otto@example.org>\r\nTo: me@example.com\r\nSubject: {subject}\r\nDate: Mon, 02 Mar 2026 {hour}:00:00 +0000\r\n\
             Message-ID: <{number}@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n"
        );
        fs::write(folder.path().join(format!("{number}.eml")), text).expect("the file is written");
    }
    let source = ImportSource::Paths { paths: vec![folder.path().to_owned()] };
    desk.engine().import(&source, &mut |_| {}, &CancellationToken::new()).expect("the mail is taken in");
}

async fn open_mail(desk: &Desk) -> Page {
    let page = desk.open_with(|command| _ = command.env("EPISTLE_PICTURES_FROM_HERE", "1")).await;
    page.click("button", "~Mail").await;
    page
}

async fn pictures(page: &Page) -> u64 {
    let count = "return document.querySelector('iframe')?.contentDocument?.querySelectorAll('img[src^=\"data:image/gif\"]').length ?? 0;";
    page.script(count, vec![]).await.as_u64().unwrap_or_default()
}

#[tokio::test]
async fn pictures_come_when_they_are_asked_for_once_or_of_a_sender() {
    let listener = Listener::start().await;
    let html = |mark: &str| {
        let (seen, pixel) = (listener.address(&format!("seen-{mark}")), listener.address(&format!("pixel-{mark}")));
        format!(
            "<p>The heron, {mark}.</p><img src='{seen}' alt='a heron' width=200 height=120><img src='{pixel}' width=1 height=1>"
        )
    };
    let desk = Desk::new(1280, 800);
    take_in(&desk, &[("First", &html("one")), ("Second", &html("two"))]);
    let page = open_mail(&desk).await;
    page.reads("The heron, one.").await;
    page.reads("1 picture is not loaded.").await;
    page.reads("1 tracker left out.").await;
    page.shot("html-withheld").await;
    assert_eq!((listener.asked(), pictures(&page).await), (vec![], 0));

    page.click("button", "Show them").await;
    soon("the picture", async || (pictures(&page).await == 1).then_some(())).await;
    assert_eq!(listener.asked(), ["GET /seen-one"], "once, with nothing that says who asks, and no tracker");
    page.click("button", "~Second").await;
    page.reads("The heron, two.").await;
    page.reads("1 picture is not loaded.").await;

    page.click("button", "Always from this sender").await;
    soon("the picture", async || (pictures(&page).await == 1).then_some(())).await;
    assert_eq!(listener.asked(), ["GET /seen-two"]);
    page.click("button", "~First").await;
    page.see("button", "No longer from this sender").await;
    soon("the picture", async || (pictures(&page).await == 1).then_some(())).await;
    page.shot("html-shown").await;
    page.click("button", "No longer from this sender").await;
    page.reads("1 picture is not loaded.").await;
    assert_eq!(pictures(&page).await, 0);
    page.close().await;
}

#[tokio::test]
async fn a_link_says_where_it_goes_and_is_opened_only_then() {
    let listener = Listener::start().await;
    let to = listener.address("the-weir");
    let desk = Desk::new(1280, 800);
    let letter = format!(
        "<p>Hello.</p><p><a href='{to}?a=1&amp;b=2'>https://bank.example/</a> and <a href='javascript:x'>no link</a></p>\
         <p><a href='mailto:otto@example.org?subject=heron'>write to me</a></p>"
    );
    take_in(&desk, &[("The weir", &letter)]);
    let opened = browser(&desk);
    let page = open_mail(&desk).await;
    page.see("button", "Link: write to me").await;
    assert!(!page.sees("button", "Link: no link").await);

    page.click("button", "Link: https://bank.example/").await;
    page.see("heading", "Open this link?").await;
    page.reads(&format!("{to}?a=1&b=2")).await;
    page.reads("Its words are “https://bank.example/”.").await;
    page.shot("html-link").await;
    page.click("button", "Stay here").await;
    assert!(!page.sees("heading", "Open this link?").await && !opened.exists());
    page.click("button", "Link: https://bank.example/").await;
    page.click("button", "Open in the browser").await;
    let address =
        soon("the browser", async || fs::read_to_string(&opened).ok().filter(|text| text.ends_with('\n'))).await;
    assert_eq!(address.trim(), format!("{to}?a=1&b=2"));

    // The door itself opens nothing else, whoever asks it.
    let refused = "const [address, done] = arguments;
        window.__TAURI_INTERNALS__.invoke('open_link', { address }).then(() => done('opened'), (error) => done(error.code));";
    for address in
        ["javascript:alert(1)", "file:///etc/passwd", "tauri://localhost/", "/etc/passwd", "data:text/html,x", ""]
    {
        assert_eq!(page.script_async(refused, vec![json!(address)]).await, json!("bad_input"), "{address}");
    }
    // And a link that is clicked where no button lies over it goes nowhere.
    let click = "const page = document.querySelector('iframe').contentDocument; page.querySelector('a').click(); return page.URL;";
    page.script(click, vec![]).await;
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    page.reads("Hello.").await;
    assert_eq!(listener.asked(), [""; 0]);
    page.close().await;
}

/// A browser that writes down what it was given, registered for this person's desktop.
fn browser(desk: &Desk) -> PathBuf {
    let opened = desk.home().join("opened");
    let script = desk.home().join("browser");
    fs::write(&script, format!("#!/bin/sh\nprintf '%s\\n' \"$1\" > '{}'\n", opened.display())).expect("a program");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("it can be run");
    write(
        &desk.home().join(".local/share/applications/stand-in.desktop"),
        &format!(
            "[Desktop Entry]\nType=Application\nName=Stand-in\nExec={} %u\nMimeType=x-scheme-handler/http;x-scheme-handler/https;\n",
            script.display()
        ),
    );
    let defaults =
        "[Default Applications]\nx-scheme-handler/http=stand-in.desktop\nx-scheme-handler/https=stand-in.desktop\n";
    write(&desk.home().join(".config/mimeapps.list"), defaults);
    opened
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("the file is written");
}

#[tokio::test]
async fn what_is_quoted_is_folded_and_the_text_is_a_click_away() {
    let desk = Desk::new(1280, 800);
    let letter = "<p style='color:#222'>I agree.</p><div class='gmail_quote'>On Monday you wrote:<blockquote>QUOTED words</blockquote></div>";
    let tall = format!(
        "<p>Top.</p>{}<p>Bottom.</p><p><a href='https://example.com/end'>the end</a></p>",
        "<p>line</p>".repeat(80)
    );
    take_in(&desk, &[("Folded", letter), ("Tall", &tall)]);
    let page = open_mail(&desk).await;
    soon("the frame", async || (height(&page).await > 0).then_some(())).await;
    page.reads("I agree.").await;
    let seen = "return document.querySelector('iframe').contentDocument.querySelector('blockquote').checkVisibility();";
    assert_eq!(page.script(seen, vec![]).await, json!(false));
    let tall_before = height(&page).await;
    let open = "document.querySelector('iframe').contentDocument.querySelector('details').open = true; return 1;";
    page.script(open, vec![]).await;
    soon("the frame to grow with what is opened", async || (height(&page).await > tall_before).then_some(())).await;
    page.shot("html-quote").await;

    page.click("button", "Show as text").await;
    soon("the frame to go", async || (height(&page).await == 0).then_some(())).await;
    page.reads("I agree.").await;
    page.click("button", "Show as written").await;
    soon("the frame to be back", async || (height(&page).await > 0).then_some(())).await;

    page.click("button", "~Tall").await;
    page.reads("Bottom.").await;
    let whole = "const frame = document.querySelector('iframe'), root = frame?.contentDocument?.documentElement;
        return !!root && frame.clientHeight >= root.scrollHeight && root.scrollHeight > 1500;";
    soon("a frame as tall as its letter", async || (page.script(whole, vec![]).await == json!(true)).then_some(()))
        .await;
    page.see("button", "Link: the end").await;
    // A click in the letter does not take the keys away: R answers.
    let frame = page.client.find(fantoccini::Locator::Css("iframe")).await.expect("the frame");
    frame.click().await.expect("a click in it");
    let back = "return document.activeElement?.tagName !== 'IFRAME';";
    soon("the keys to come back", async || (page.script(back, vec![]).await == json!(true)).then_some(())).await;
    page.keys("r").await;
    page.see("textbox", "What you want to say").await;
    page.keys(&Key::Escape.to_string()).await;
    page.close().await;
}

async fn height(page: &Page) -> u64 {
    page.script("return document.querySelector('iframe')?.clientHeight ?? 0;", vec![])
        .await
        .as_u64()
        .unwrap_or_default()
}
