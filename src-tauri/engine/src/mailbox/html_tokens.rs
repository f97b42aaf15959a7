//! What reading HTML as text and reading it to be shown have in common: how much of it is read, and what its tags mean. Pure.

use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TokenSinkResult};

/// More than this of one part is not read.
pub(super) const MAX_HTML: usize = 4 << 20;
/// A tag with more words than this is there to waste time: what comes from there on is not read.
const MAX_TAG_WORDS: usize = 2000;

/// As much of a part as is read: not all of a huge one, and nothing from the first tag with absurdly many attributes on, as to compare
/// each of them with all others takes for ever.
pub(super) fn readable(html: &str) -> &str {
    let html = &html[..html.floor_char_boundary(MAX_HTML)];
    let bytes = html.as_bytes();
    let (mut tag, mut words) = (None, 0);
    for (at, byte) in bytes.iter().enumerate() {
        match (byte, tag) {
            (b'<', None) if bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic) => (tag, words) = (Some(at), 0),
            (b'>', _) => tag = None,
            (b' ' | b'\n' | b'\t' | b'\r' | b'/' | b'"' | b'\'' | 0x0c, Some(start)) => {
                words += 1;
                if words > MAX_TAG_WORDS {
                    return &html[..start];
                }
            }
            _ => {}
        }
    }
    html
}

/// An attribute's value.
pub(super) fn attribute<'t>(tag: &'t Tag, name: &str) -> Option<&'t str> {
    tag.attrs.iter().find(|attr| &*attr.name.local == name).map(|attr| &*attr.value)
}

/// How the tokenizer reads on after this start tag.
pub(super) fn reads_on(name: &str) -> TokenSinkResult<()> {
    match name {
        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
        "style" | "iframe" | "noembed" | "noframes" | "xmp" => TokenSinkResult::RawData(RawKind::Rawtext),
        "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
        _ => TokenSinkResult::Continue,
    }
}

/// Whether an element may stand in a head that has not ended.
pub(super) fn belongs_in_head(name: &str) -> bool {
    matches!(
        name,
        "meta" | "link" | "title" | "style" | "script" | "base" | "noscript" | "template" | "basefont" | "bgsound"
    )
}

/// Whether an element has no end and nothing in it.
pub(super) fn is_void(name: &str) -> bool {
    matches!(
        name,
        "br" | "hr"
            | "img"
            | "input"
            | "meta"
            | "link"
            | "col"
            | "area"
            | "base"
            | "embed"
            | "source"
            | "track"
            | "wbr"
            | "param"
            | "bgsound"
            | "basefont"
    )
}

/// Whether what is in an element is not for reading.
pub(super) fn is_dropped(name: &str) -> bool {
    matches!(
        name,
        "head"
            | "script"
            | "style"
            | "title"
            | "template"
            | "svg"
            | "iframe"
            | "object"
            | "select"
            | "textarea"
            | "audio"
            | "video"
            | "canvas"
            | "noembed"
            | "noframes"
            | "datalist"
    )
}

/// Whether an address is on another machine.
pub(super) fn is_remote(source: &str) -> bool {
    let source = source.trim_start().to_ascii_lowercase();
    source.starts_with("http:") || source.starts_with("https:") || source.starts_with("//")
}

/// Whether an element is a block of its own.
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "ul"
            | "ol"
            | "li"
            | "dl"
            | "dt"
            | "dd"
            | "pre"
            | "table"
            | "tr"
            | "blockquote"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "main"
            | "nav"
            | "aside"
            | "form"
            | "fieldset"
            | "center"
            | "address"
            | "body"
            | "figure"
            | "figcaption"
            | "thead"
            | "tbody"
            | "caption"
    )
}
