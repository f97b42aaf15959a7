//! The least a Tauri app can be: one window with one line to type in. Epistle's start is measured beside it. It is no part of Epistle.
#![allow(missing_docs, clippy::disallowed_methods)] // the macro's own code ends the process where a page's integrity pattern is broken

use tauri::{WebviewUrl, WebviewWindowBuilder};

fn main() -> tauri::Result<()> {
    tauri::Builder::default()
        .setup(|app| {
            let page = WebviewUrl::App("index.html".into());
            WebviewWindowBuilder::new(app, "main", page)
                .title("Hello")
                .inner_size(1180.0, 800.0)
                .incognito(true)
                .center()
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!("tests/hello/tauri.conf.json"))
}
