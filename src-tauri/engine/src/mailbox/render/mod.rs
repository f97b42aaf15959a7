//! A message as it is shown in the window: its HTML made into a small document that can run and load nothing. Pure; what is shown of it is
//! decided by `walk`, with the lists of `allowed`, and checked once more by `lock`.

mod allowed;
mod fold;
mod ink;
mod lock;
mod pictures;
mod style;
mod tables;
mod walk;

pub(super) use allowed::link;
pub(super) use pictures::{Loaded, data_address};

use super::body::decoded;
use super::parse;
use mail_parser::Message;
use pictures::Pictures;

/// What the frame's document says of itself: that it loads nothing but what is in it, whatever stands in it.
const HEAD: &str = concat!(
    "<!doctype html><html><head><meta charset=\"utf-8\">",
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; ",
    "form-action 'none'; base-uri 'none'\"><meta name=\"referrer\" content=\"no-referrer\">",
    "<meta http-equiv=\"x-dns-prefetch-control\" content=\"off\"><style>",
    include_str!("paper.css"),
    "</style></head><body>"
);
const FOOT: &str = "</body></html>";

/// A message made ready.
#[derive(Debug, Default)]
pub(super) struct Rendered {
    /// The whole document.
    pub document: String,
    /// Addresses of the pictures that were left empty, each once.
    pub wanted: Vec<String>,
    /// Pictures from elsewhere that were left empty.
    pub withheld: u32,
    /// Pictures from elsewhere that are shown.
    pub shown: u32,
    /// Pictures that nobody could see, left out.
    pub trackers: u32,
    /// Whether not all of it is shown.
    pub cut: bool,
    /// Whether it sets no colours of its own.
    pub plain: bool,
}

/// Makes a message ready, with the pictures that were fetched for it; `None` where it has no HTML.
pub(super) fn render(raw: &[u8], loaded: &Loaded) -> Option<Rendered> {
    parse::with_message(raw, |message, readable| {
        let html = html_of(message, readable)?;
        let mut pictures = Pictures::of(Some(message), loaded);
        let walked = walk::walk(&html, &mut pictures);
        Some(Rendered {
            document: [HEAD, &lock::locked(&walked.html), FOOT].concat(),
            wanted: pictures.wanted,
            withheld: pictures.withheld,
            shown: pictures.shown,
            trackers: pictures.trackers,
            cut: walked.cut,
            plain: !walked.coloured,
        })
    })?
}

/// The message's HTML: its parts one after another, those of text among them as text.
fn html_of(message: &Message<'_>, readable: &[u8]) -> Option<String> {
    let parts: Vec<_> = message.html_bodies().filter(|part| part.is_text()).collect();
    if !parts.iter().any(|part| part.is_text_html()) {
        return None;
    }
    let shown = parts.into_iter().map(|part| {
        let text = decoded(part, readable);
        if part.is_text_html() {
            return text.into_owned();
        }
        format!("<pre>{}</pre>", text.replace('&', "&amp;").replace('<', "&lt;"))
    });
    Some(shown.collect::<Vec<_>>().join("<hr>"))
}

#[cfg(test)]
#[path = "render_tests.rs"]
mod tests;
