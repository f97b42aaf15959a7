//! HTML to the text a reader sees: hidden text dropped, links and paragraphs kept. It runs the tokenizer alone, in time and depth bounded by
//! the input's length; it loads nothing and runs nothing.

use super::html_style::{Look, StyleSheet};
use super::html_tokens::{attribute, belongs_in_head, is_block, is_dropped, is_remote, is_void, readable, reads_on};
use super::html_writer::Writer;
use html5ever::LocalName;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use std::cell::RefCell;

/// Deeper elements than this are dropped, as browsers do.
const MAX_DEPTH: usize = 300;
/// A longer link loses its query.
const LONG_LINK: usize = 200;

/// What a reader sees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct HtmlText {
    /// The text; quotes are marked with `> `.
    pub text: String,
    /// Images that would be loaded from elsewhere.
    pub remote_images: u32,
}

/// Reads HTML as text.
#[must_use]
pub(super) fn to_text(html: &str) -> HtmlText {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(readable(html)));
    let tokenizer = Tokenizer::new(Sink(RefCell::new(Reader::default())), TokenizerOpts::default());
    let _ = tokenizer.feed(&input); // it stops early only for scripts, and this sink never asks it to
    tokenizer.end();
    let reader = tokenizer.sink.0.into_inner();
    HtmlText { text: reader.out.finish(), remote_images: reader.remote_images }
}

struct Sink(RefCell<Reader>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut reader = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => reader.text(&text),
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => return reader.start(&tag),
            Token::TagToken(tag) => reader.end(&tag.name),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// An element that is open.
struct Open {
    name: LocalName,
    look: Look,
    dropped: bool,
    href: Option<(String, usize)>,
    item: Option<u32>,
}

#[derive(Default)]
struct Reader {
    out: Writer,
    open: Vec<Open>,
    too_deep: usize,
    sheet: StyleSheet,
    /// The style sheet that is being read: it comes in pieces, a line each.
    css: Option<String>,
    remote_images: u32,
}

impl Reader {
    fn text(&mut self, text: &str) {
        if let Some(css) = &mut self.css {
            css.push_str(text);
            return;
        }
        if self.top_is("head") && !text.trim().is_empty() {
            self.close_at(self.open.len() - 1);
        }
        if self.is_seen() {
            self.out.text(text, self.open.iter().any(|open| &*open.name == "pre"));
        }
    }

    fn is_seen(&self) -> bool {
        self.too_deep == 0 && self.open.last().is_none_or(|open| !open.dropped && open.look.is_seen())
    }

    fn start(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name = &*tag.name;
        if self.top_is("head") && !belongs_in_head(name) {
            self.close_at(self.open.len() - 1);
        }
        if is_block(name) && self.top_is("p")
            || name == "li" && self.top_is("li")
            || matches!(name, "td" | "th" | "tr") && (self.top_is("td") || self.top_is("th"))
        {
            self.close_at(self.open.len() - 1);
        }
        self.count_images(tag);
        match name {
            "br" if self.is_seen() => self.out.line_break(),
            "hr" => self.out.block(2),
            _ => {}
        }
        if is_void(name) {
            return TokenSinkResult::Continue;
        }
        self.push(tag);
        reads_on(name)
    }

    fn push(&mut self, tag: &Tag) {
        let name = &*tag.name;
        self.css = (name == "style").then(String::new);
        if self.open.len() >= MAX_DEPTH {
            self.too_deep += 1;
            return;
        }
        let parent = self.open.last();
        let look = self.sheet.look(parent.map(|open| &open.look), name, &|attr| attribute(tag, attr));
        let dropped = parent.is_some_and(|open| open.dropped) || is_dropped(name);
        let seen = !dropped && look.is_seen();
        let item = matches!(name, "ul" | "ol").then_some(0);
        let href = if name == "a" {
            attribute(tag, "href").map(|href| (href.trim().to_owned(), self.out.len()))
        } else {
            None
        };
        self.open.push(Open { name: tag.name.clone(), look, dropped, href, item });
        if seen {
            self.lay_out_start(name);
        } else {
            self.out.block(gap(name).min(1));
        }
    }

    fn lay_out_start(&mut self, name: &str) {
        match name {
            "blockquote" => {
                self.out.block(2);
                self.out.quote(1);
            }
            "li" => {
                self.out.block(1);
                let marker = self.item_marker();
                self.out.text(&marker, false);
            }
            "td" | "th" => self.out.space(),
            _ => self.out.block(gap(name)),
        }
    }

    /// The bullet or number of the list item now begun.
    fn item_marker(&mut self) -> String {
        let list =
            self.open.iter_mut().rev().find_map(|open| open.item.as_mut().map(|count| (&*open.name == "ol", count)));
        match list {
            Some((true, count)) => {
                *count += 1;
                format!("{count}. ")
            }
            _ => "- ".to_owned(),
        }
    }

    fn end(&mut self, name: &LocalName) {
        if let Some(css) = self.css.take() {
            self.sheet.read(&css);
        }
        if &**name == "br" {
            self.out.line_break();
        } else if self.too_deep > 0 {
            self.too_deep -= 1;
        } else if let Some(at) = self.open.iter().rposition(|open| open.name == *name) {
            self.close_at(at);
        }
    }

    /// Closes the element at `at` and everything open within it.
    fn close_at(&mut self, at: usize) {
        while self.open.len() > at {
            let seen = self.is_seen();
            let Some(closed) = self.open.pop() else { return };
            if !seen {
                continue;
            }
            match &*closed.name {
                "blockquote" => {
                    self.out.block(2);
                    self.out.quote(-1);
                }
                "a" => self
                    .out
                    .link(closed.href.as_ref().and_then(|(href, from)| shown_link(href).map(|link| (link, *from)))),
                name => self.out.block(gap(name)),
            }
        }
    }

    fn top_is(&self, name: &str) -> bool {
        self.open.last().is_some_and(|open| &*open.name == name)
    }

    fn count_images(&mut self, tag: &Tag) {
        let source = if &*tag.name == "img" { attribute(tag, "src") } else { attribute(tag, "background") };
        let remote = source.is_some_and(is_remote);
        self.remote_images += u32::from(remote);
    }
}

/// A link worth telling, without a query that only serves its maker.
fn shown_link(href: &str) -> Option<&str> {
    let lower = href.get(..8).unwrap_or(href).to_ascii_lowercase();
    let known = lower.starts_with("http://") || lower.starts_with("https://") || lower.starts_with("mailto:");
    let shown = if href.len() > LONG_LINK { href.split(['?', '#']).next().unwrap_or(href) } else { href };
    (known && shown.len() <= 2000 && !shown.contains(char::is_whitespace)).then_some(shown)
}

/// How many line ends stand around an element: 2 leave a blank line.
fn gap(name: &str) -> u8 {
    match name {
        "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "dl" | "pre" | "table" => 2,
        name if is_block(name) => 1,
        _ => 0,
    }
}

#[cfg(test)]
#[path = "html_tests.rs"]
mod tests;
