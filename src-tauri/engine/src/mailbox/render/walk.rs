//! Makes of a message's HTML what may be shown of it: the elements, attributes and styles that are allowed, hidden text and trackers left
//! out, pictures inlined or left empty, quotes folded. It runs the tokenizer alone and writes elements that are whole and in their place, so
//! that whoever parses the result does so in time bounded by its length. It loads nothing.

use super::super::charset::visible;
use super::super::html_style::{Look, StyleSheet};
use super::super::html_tokens::{attribute, belongs_in_head, is_block, is_dropped, is_void, readable, reads_on};
use super::allowed;
use super::fold::Fold;
use super::ink;
use super::pictures::{Pictures, Shown};
use super::style;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use html5ever::{LocalName, local_name};
use std::cell::RefCell;

/// Deeper elements than this are dropped.
const MAX_DEPTH: usize = 200;
/// More than this is not shown, pictures not counted.
const MAX_OUT: usize = 2 << 20;
/// A style that grew longer out of a sheet's rules loses those.
const MAX_STYLE: usize = 4000;

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// The fragment.
    pub html: String,
    /// Whether not all of it was read or shown.
    pub cut: bool,
    /// Whether it sets colours of its own.
    pub coloured: bool,
}

/// Walks over a part.
#[must_use]
pub(super) fn walk(html: &str, pictures: &mut Pictures<'_>) -> Walked {
    let read = readable(html);
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(read));
    let walker = Walker {
        pictures,
        out: String::new(),
        open: Vec::new(),
        too_deep: 0,
        sheet: StyleSheet::default(),
        css: None,
        fold: Fold::default(),
        inlined: 0,
        cut: read.len() < html.len(),
        coloured: false,
        full: false,
    };
    let tokenizer = Tokenizer::new(Sink(RefCell::new(walker)), TokenizerOpts::default());
    let _ = tokenizer.feed(&input); // it stops early only for scripts, and this sink never asks it to
    tokenizer.end();
    let mut walker = tokenizer.sink.0.into_inner();
    walker.close_at(0);
    Walked { html: walker.out, cut: walker.cut, coloured: walker.coloured }
}

struct Sink<'p, 'm>(RefCell<Walker<'p, 'm>>);

impl TokenSink for Sink<'_, '_> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut walker = self.0.borrow_mut();
        match token {
            _ if walker.full => {}
            Token::CharacterTokens(text) => walker.text(&text),
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => return walker.start(&tag),
            Token::TagToken(tag) => walker.end(&tag.name),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// An element that is open.
pub(super) struct Open {
    pub(super) name: LocalName,
    /// As what it was written, if it was.
    pub(super) written: Option<LocalName>,
    /// How it looks by what the letter says.
    pub(super) look: Look,
    /// And by what is written of it.
    pub(super) shown: Look,
    pub(super) dropped: bool,
    pub(super) folded: bool,
}

/// The walk, where it is.
pub(super) struct Walker<'p, 'm> {
    pictures: &'p mut Pictures<'m>,
    pub(super) out: String,
    pub(super) open: Vec<Open>,
    too_deep: usize,
    sheet: StyleSheet,
    /// The style sheet that is being read.
    css: Option<String>,
    fold: Fold,
    /// Bytes of pictures in what is written.
    inlined: usize,
    cut: bool,
    coloured: bool,
    full: bool,
}

impl Walker<'_, '_> {
    fn text(&mut self, text: &str) {
        if let Some(css) = &mut self.css {
            css.push_str(text);
            return;
        }
        let blank = text.trim().is_empty();
        if self.top_is("head") && !blank {
            self.close_at(self.open.len() - 1);
        }
        if !self.is_seen() || (blank && self.between_cells()) {
            return;
        }
        self.make_cell();
        let text = if self.begins_pre() { text.trim_start_matches('\n') } else { text };
        self.write_text(&visible(text));
        self.fold.said |= !blank;
        self.stop_where_full();
    }

    /// Text, in an ink of its own where an element that is not written had the paper for it.
    fn write_text(&mut self, text: &str) {
        let ink = self.open.last().and_then(|open| ink::instead(&open.look, &open.shown));
        let Some(ink) = ink else { return escape(text, &mut self.out) };
        self.out.push_str("<span");
        self.write_attribute("span", "style", &ink);
        self.out.push('>');
        escape(text, &mut self.out);
        self.out.push_str("</span>");
    }

    fn start(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name = &*tag.name;
        if self.top_is("head") && !belongs_in_head(name) {
            self.close_at(self.open.len() - 1);
        }
        if is_void(name) {
            self.void(tag);
            return TokenSinkResult::Continue;
        }
        let top = self.open.last().map(|open| open.name.clone());
        if top.is_some_and(|top| ends(&top, name)) {
            self.close_at(self.open.len() - 1);
        }
        self.leave_cells(name);
        self.push(tag);
        self.stop_where_full();
        reads_on(name)
    }

    fn push(&mut self, tag: &Tag) {
        let name = &*tag.name;
        self.css = (name == "style").then(String::new);
        if self.open.len() >= MAX_DEPTH {
            self.too_deep += 1;
            self.cut = true;
            return;
        }
        let parent = self.open.last();
        let look = self.sheet.look(parent.map(|open| &open.look), name, &|attr| attribute(tag, attr));
        let dropped = parent.is_some_and(|open| open.dropped) || is_dropped(name) || look.is_gone();
        let written = if dropped { None } else { self.writes_as(tag) };
        let mut shown = parent.map(|open| open.shown.clone()).unwrap_or_default();
        let mut folded = false;
        if let Some(written) = &written {
            self.make_place(written);
            // Where the fold's own words would not be seen, what is in it would be out of reach.
            folded = self.is_seen() && self.fold.begin(tag, &mut self.out);
            let dress = ink::dressed(written, tag, self.style_of(tag), &look, &shown);
            self.write_start(written, tag, &dress.style, dress.own_colour);
            shown = dress.shown;
        }
        self.open.push(Open { name: tag.name.clone(), written, look, shown, dropped, folded });
    }

    /// As what an element is written. A letter's body becomes a block within ours; a link within a link, or a cell without a table, is none.
    fn writes_as(&self, tag: &Tag) -> Option<LocalName> {
        match &*tag.name {
            "body" => Some(local_name!("div")),
            "a" if self.open.iter().any(|open| open.written == Some(local_name!("a"))) => None,
            "caption" | "colgroup" | "tbody" | "thead" | "tfoot" | "tr" | "td" | "th" => {
                self.table_at().map(|_| tag.name.clone())
            }
            name => allowed::is_element(name).then(|| tag.name.clone()),
        }
    }

    fn write_start(&mut self, name: &str, tag: &Tag, style: &str, own_colour: bool) {
        self.write_beginning(name, tag, style, own_colour);
        self.out.push('>');
    }

    /// A start tag but for its end.
    fn write_beginning(&mut self, name: &str, tag: &Tag, style: &str, own_colour: bool) {
        self.out.push('<');
        self.out.push_str(name);
        for attr in &tag.attrs {
            let attribute = &*attr.name.local;
            let elsewhere = matches!(attribute, "style" | "src" | "title" | "tabindex");
            if !elsewhere && (own_colour || attribute != "color") {
                self.write_attribute(name, attribute, &attr.value);
            }
        }
        if let Some(href) = attribute(tag, "href").filter(|_| name == "a").and_then(allowed::link) {
            self.write_attribute(name, "title", href.as_str());
            self.write_attribute(name, "tabindex", "-1");
        }
        self.write_attribute(name, "style", style);
    }

    fn write_picture(&mut self, tag: &Tag, source: Option<&str>) {
        self.make_cell();
        let style = self.style_of(tag);
        self.write_beginning("img", tag, &style, true);
        if let Some(source) = source {
            let before = self.out.len();
            self.write_attribute("img", "src", source);
            self.inlined += self.out.len() - before;
        }
        self.out.push('>');
    }

    fn write_attribute(&mut self, element: &str, attribute: &str, given: &str) {
        let Some(value) = allowed::value(element, attribute, given) else { return };
        self.coloured |= match attribute {
            "bgcolor" | "color" => true,
            "style" => value.contains("color:"),
            _ => false,
        };
        self.out.push(' ');
        self.out.push_str(attribute);
        self.out.push_str("=\"");
        escape(&value, &mut self.out);
        self.out.push('"');
    }

    /// An element's style: what the letter's sheets say of it, then its own.
    fn style_of(&self, tag: &Tag) -> String {
        let find = |attr: &str| attribute(tag, attr);
        let own = style::filtered(find("style").unwrap_or_default());
        let mut parts: Vec<String> = self.sheet.matching(&tag.name, &find).into_iter().map(style::filtered).collect();
        if let ("body", Some(colour)) = (&*tag.name, find("bgcolor")) {
            parts.insert(0, style::filtered(&format!("background-color:{colour}")));
        }
        if parts.iter().map(String::len).sum::<usize>() > MAX_STYLE {
            parts.clear();
        }
        parts.push(own);
        parts.retain(|part| !part.is_empty());
        parts.join(";")
    }

    fn void(&mut self, tag: &Tag) {
        let name = &*tag.name;
        let there = self.too_deep == 0 && self.open.last().is_none_or(|open| !open.dropped && open.look.is_there());
        if name == "img" {
            return self.picture(tag, there);
        }
        if !there {
            return;
        }
        match name {
            "br" | "hr" | "wbr" => self.make_cell(),
            "col" if self.top_written() == Some("colgroup") => {}
            _ => return,
        }
        let style = self.style_of(tag);
        self.write_start(name, tag, &style, true);
        self.stop_where_full();
    }

    fn picture(&mut self, tag: &Tag, there: bool) {
        let parent = self.open.last().map(|open| &open.look);
        let look = self.sheet.look(parent, "img", &|attr| attribute(tag, attr));
        match self.pictures.judge(tag, there && look.is_there()) {
            Shown::Not => {}
            Shown::Empty => self.write_picture(tag, None),
            Shown::Here(source) => {
                self.write_picture(tag, Some(&source));
                self.fold.said = true;
            }
        }
        self.stop_where_full();
    }

    fn end(&mut self, name: &LocalName) {
        if let Some(css) = self.css.take() {
            self.sheet.read(&css);
        }
        match &**name {
            "br" => self.void(&Tag {
                kind: TagKind::StartTag,
                name: name.clone(),
                self_closing: false,
                attrs: vec![],
                had_duplicate_attributes: false,
            }),
            "body" | "html" => {} // more may follow, and it is in the body
            _ if self.too_deep > 0 => self.too_deep -= 1,
            ending => {
                if let Some(at) = self.ended_by(ending) {
                    self.close_at(at);
                }
            }
        }
    }

    /// The open element that an end tag ends: none beyond the cell or table it stands in.
    fn ended_by(&self, name: &str) -> Option<usize> {
        let part = matches!(name, "caption" | "colgroup" | "tbody" | "thead" | "tfoot" | "tr" | "td" | "th");
        for (at, open) in self.open.iter().enumerate().rev() {
            match &*open.name {
                found if found == name => return Some(at),
                "table" if name != "table" => return None,
                "td" | "th" | "caption" if !part && name != "table" => return None,
                _ => {}
            }
        }
        None
    }

    /// Closes the element at `at` and everything open within it.
    pub(super) fn close_at(&mut self, at: usize) {
        while self.open.len() > at {
            let Some(closed) = self.open.pop() else { return };
            if let Some(name) = &closed.written {
                self.out.push_str("</");
                self.out.push_str(name);
                self.out.push('>');
            }
            if closed.folded {
                self.fold.end(&mut self.out);
            }
        }
    }

    fn is_seen(&self) -> bool {
        self.too_deep == 0 && self.open.last().is_none_or(|open| !open.dropped && open.look.is_seen())
    }

    /// Whether what is written next begins a `<pre>`: whoever parses it drops a line's end there, each time again.
    fn begins_pre(&self) -> bool {
        self.out.ends_with('>') && self.out.rfind('<').is_some_and(|at| self.out[at..].starts_with("<pre"))
    }

    fn top_is(&self, name: &str) -> bool {
        self.open.last().is_some_and(|open| &*open.name == name)
    }

    fn stop_where_full(&mut self) {
        if self.out.len() - self.inlined > MAX_OUT {
            self.full = true;
            self.cut = true;
        }
    }
}

/// Whether an element that is open ends where another begins.
fn ends(top: &str, begun: &str) -> bool {
    let heading = |name: &str| matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
    match top {
        "p" => is_block(begun) || matches!(begun, "details" | "summary"),
        "li" => begun == "li",
        "dt" | "dd" => matches!(begun, "dt" | "dd"),
        top => heading(top) && heading(begun),
    }
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}
