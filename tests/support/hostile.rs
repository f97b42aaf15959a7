//! The hostile messages of `data/hostile/cases.txt`, made for a listener, and each one as mail.

use crate::listener::Listener;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::path::{Path, PathBuf};

const CASES: &str = include_str!("../data/hostile/cases.txt");

/// What an account is called that a message's script made.
pub const MADE_BY_A_LETTER: &str = "from-a-letter";

/// A script that would be noticed, whatever it got through: it marks the window with its number and asks the engine for something that lasts.
/// It has no quotes, spaces or angle brackets, so that it fits wherever a message puts it.
#[must_use]
pub fn script(number: usize) -> String {
    format!(
        "(top.ran=top.ran||[]).push({number});top.document.title=1;\
         top.__TAURI_INTERNALS__?.invoke(/add_local_account/.source,{{label:/from-a-letter/.source}})"
    )
}

/// A hostile message.
pub struct Hostile {
    /// What it tries, and its number.
    pub name: String,
    /// Words that a reader sees, to know it by.
    pub mark: String,
    /// The HTML.
    pub html: String,
}

/// All of them, aiming at this listener.
#[must_use]
pub fn messages(listener: &Listener) -> Vec<Hostile> {
    let cases = CASES.split("\n=== ").skip(1).enumerate().map(|(number, case)| {
        let (head, markup) = case.split_once('\n').expect("a name, then markup");
        let (name, origin) = head.split_once(" :: ").expect("a name and where it is from");
        assert!(!origin.is_empty());
        let mark = format!("hostile-{number:03}");
        let markup = markup.replace("{js}", &script(number)).replace("{host}", &listener.host());
        let markup = markup.replace("{at}", &listener.address(&mark));
        Hostile { name: format!("{number:03} {name}"), html: format!("<p>{mark}</p>{markup}"), mark }
    });
    cases.collect()
}

/// The message as mail, in a file of its own. The later in the list, the older.
pub fn write_mail(folder: &Path, number: usize, message: &Hostile) -> PathBuf {
    let path = folder.join(format!("{}.eml", message.mark));
    let (hour, minute) = (23 - number / 60, 59 - number % 60);
    let head = format!(
        "From: Mallory <mallory@example.org>\r\nTo: you@example.com\r\nSubject: {}\r\nDate: Mon, 02 Mar 2026 {hour:02}:{minute:02}:00 +0000\r\n\
         Message-ID: <{}@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n",
        message.name, message.mark
    );
    let body = BASE64_STANDARD.encode(&message.html);
    let lines: Vec<&str> = body.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
    std::fs::write(&path, head + &lines.join("\r\n") + "\r\n").expect("the file is written");
    path
}
