//! What becomes of each picture: one that came with the letter is put into it, one from elsewhere is left empty unless it was fetched, and
//! one that nobody could see is a tracker and left out. It fetches nothing.

use super::super::html_tokens::{attribute, is_remote};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use epistle_wire::image_kind;
use html5ever::tokenizer::Tag;
use mail_parser::{Message, MimeHeaders};
use std::collections::HashMap;
use url::Url;

/// A picture of the letter's own that is larger is left empty.
const LARGEST: usize = 5 << 20;
/// All pictures of a letter together are no larger.
const LARGEST_OF_ALL: usize = 24 << 20;
/// More addresses than this are not asked for.
pub(crate) const MOST_WANTED: usize = 40;
/// A picture this small on both sides shows nothing.
const TINY: f32 = 2.0;

/// Fetched pictures, by their address, each as a `data:` address.
pub(crate) type Loaded = HashMap<String, String>;

/// The pictures of one letter.
pub(crate) struct Pictures<'m> {
    message: Option<&'m Message<'m>>,
    loaded: &'m Loaded,
    /// Addresses of pictures that were left empty, each once.
    pub(crate) wanted: Vec<String>,
    /// How many pictures from elsewhere were left empty.
    pub(crate) withheld: u32,
    /// How many that nobody could see were left out.
    pub(crate) trackers: u32,
    /// How many from elsewhere are shown.
    pub(crate) shown: u32,
    bytes: usize,
}

/// What is to be shown in a picture's place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// Nothing.
    Not,
    /// Its room, and its words.
    Empty,
    /// It.
    Here(String),
}

impl<'m> Pictures<'m> {
    pub(crate) fn of(message: Option<&'m Message<'m>>, loaded: &'m Loaded) -> Self {
        Self { message, loaded, wanted: Vec::new(), withheld: 0, trackers: 0, shown: 0, bytes: 0 }
    }

    /// Decides about a picture; `there` says whether a reader could see it where it stands.
    pub(super) fn judge(&mut self, tag: &Tag, there: bool) -> Shown {
        let source = attribute(tag, "src").unwrap_or_default().trim();
        if is_remote(source) {
            return self.of_elsewhere(source, there && !is_tiny(tag));
        }
        if !there {
            return Shown::Not;
        }
        let scheme = source.split(':').next().unwrap_or_default().to_ascii_lowercase();
        let bytes = match scheme.as_str() {
            "cid" => self.part(&source[4..]),
            "data" => inlined(source),
            _ => None,
        };
        let picture = bytes.filter(|bytes| bytes.len() <= LARGEST).and_then(|bytes| data_address(&bytes));
        picture.and_then(|picture| self.taken(picture)).map_or(Shown::Empty, Shown::Here)
    }

    fn of_elsewhere(&mut self, source: &str, seen: bool) -> Shown {
        if !seen {
            self.trackers += 1;
            return Shown::Not;
        }
        let Some(address) = address(source) else { return Shown::Empty };
        if let Some(picture) = self.loaded.get(&address).cloned().and_then(|picture| self.taken(picture)) {
            self.shown += 1;
            return Shown::Here(picture);
        }
        self.withheld += 1;
        if self.wanted.len() < MOST_WANTED && !self.wanted.contains(&address) {
            self.wanted.push(address);
        }
        Shown::Empty
    }

    fn taken(&mut self, picture: String) -> Option<String> {
        self.bytes += picture.len();
        (self.bytes <= LARGEST_OF_ALL).then_some(picture)
    }

    /// The part with this Content-ID.
    fn part(&self, id: &str) -> Option<Vec<u8>> {
        let bare = |id: &str| id.trim().trim_matches(['<', '>']).to_owned();
        let wanted = [bare(id), bare(&unescaped(id))];
        let part =
            self.message?.parts.iter().find(|part| part.content_id().is_some_and(|id| wanted.contains(&bare(id))))?;
        (part.contents().len() <= LARGEST).then(|| part.contents().to_vec())
    }
}

/// A picture as an address that holds it, where its own bytes say that it is one.
pub(crate) fn data_address(bytes: &[u8]) -> Option<String> {
    image_kind(bytes).map(|kind| format!("data:{kind};base64,{}", BASE64_STANDARD.encode(bytes)))
}

/// The whole address of a picture elsewhere, over TLS: what is asked for in the clear is asked for by its safer name. This machine has none.
fn address(source: &str) -> Option<String> {
    let whole = if source.starts_with("//") { format!("https:{source}") } else { source.to_owned() };
    let mut url = Url::parse(&whole).ok().filter(|url| url.as_str().len() <= 4000)?;
    let here = matches!(url.host_str()?, "localhost" | "127.0.0.1" | "[::1]");
    if url.scheme() == "http" && !here {
        url.set_scheme("https").ok()?;
    }
    url.set_fragment(None);
    Some(url.into())
}

fn inlined(source: &str) -> Option<Vec<u8>> {
    let (head, data) = source.split_once(',')?;
    let base64 = head.rsplit(';').next().is_some_and(|last| last.trim().eq_ignore_ascii_case("base64"));
    if !base64 || data.len() > LARGEST * 2 {
        return None;
    }
    let data: String = data.chars().filter(|c| !c.is_whitespace()).collect();
    BASE64_STANDARD.decode(data).ok()
}

fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = after.get(..2).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether a picture is too small to show anything, by its attributes or its style.
fn is_tiny(tag: &Tag) -> bool {
    let side = |name: &str| {
        let styled = attribute(tag, "style").unwrap_or_default().split(';').find_map(|declaration| {
            let (property, value) = declaration.split_once(':')?;
            property.trim().eq_ignore_ascii_case(name).then(|| number(value))?
        });
        styled.or_else(|| attribute(tag, name).and_then(number))
    };
    match (side("width"), side("height")) {
        (Some(width), Some(height)) if width <= TINY && height <= TINY => true,
        (width, height) => width == Some(0.0) || height == Some(0.0),
    }
}

fn number(value: &str) -> Option<f32> {
    let value = value.trim();
    let end = value.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(value.len());
    let number = value[..end].parse().ok()?;
    matches!(value[end..].trim().trim_end_matches("!important").trim(), "" | "px" | "pt").then_some(number)
}
