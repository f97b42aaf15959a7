//! What may stand in a message that is shown: elements, attributes and what their values may be. Two readers use it: the walk that makes
//! the message (`walk.rs`) and the library that goes over it once more (`lock.rs`).

use super::style;
use std::borrow::Cow;
use url::Url;

/// Elements that may be shown.
pub(super) const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "address",
    "article",
    "aside",
    "b",
    "bdi",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "main",
    "mark",
    "nav",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
];

/// Attributes that any of them may have.
pub(super) const ANYWHERE: &[&str] = &["align", "dir", "height", "lang", "style", "valign", "width"];

/// Attributes of single elements.
pub(super) const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("a", &["href", "tabindex", "title"]),
    ("col", &["span"]),
    ("colgroup", &["span"]),
    ("details", &["open"]),
    ("font", &["color", "face", "size"]),
    ("img", &["alt", "border", "src"]),
    ("li", &["value"]),
    ("ol", &["start", "type"]),
    ("table", &["bgcolor", "border", "cellpadding", "cellspacing"]),
    ("tbody", &["bgcolor"]),
    ("td", &["bgcolor", "colspan", "nowrap", "rowspan"]),
    ("tfoot", &["bgcolor"]),
    ("th", &["bgcolor", "colspan", "nowrap", "rowspan", "scope"]),
    ("thead", &["bgcolor"]),
    ("tr", &["bgcolor"]),
    ("ul", &["type"]),
];

/// A longer link is no link.
const LONGEST_LINK: usize = 4000;

/// Whether an element may be shown.
pub(super) fn is_element(name: &str) -> bool {
    ELEMENTS.binary_search(&name).is_ok()
}

/// An attribute's value as it may be shown, if it may.
pub(super) fn value<'v>(element: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    let own = ATTRIBUTES.iter().find(|(name, _)| *name == element).is_some_and(|(_, own)| own.contains(&attribute));
    if !own && !ANYWHERE.contains(&attribute) {
        return None;
    }
    let trimmed = value.trim();
    match attribute {
        "style" => Some(style::filtered(value)).filter(|style| !style.is_empty()).map(Cow::Owned),
        "href" => link(value).map(|url| Cow::Owned(url.into())),
        "src" => is_inlined(value).then_some(Cow::Borrowed(value)),
        "alt" => Some(Cow::Borrowed(value)),
        "title" => link(value).filter(|url| url.as_str() == value).map(|_| Cow::Borrowed(value)),
        "tabindex" => (value == "-1").then_some(Cow::Borrowed(value)),
        "open" | "nowrap" => Some(Cow::Borrowed("")),
        "width" | "height" => is_measure(trimmed, 4000).then_some(Cow::Borrowed(trimmed)),
        "colspan" | "rowspan" | "span" => is_count(trimmed, 100).then_some(Cow::Borrowed(trimmed)),
        "border" | "cellpadding" | "cellspacing" => is_count(trimmed, 200).then_some(Cow::Borrowed(trimmed)),
        "start" | "value" => is_count(trimmed, 1_000_000).then_some(Cow::Borrowed(trimmed)),
        _ => is_word(trimmed).then_some(Cow::Borrowed(trimmed)),
    }
}

/// A link's address as it may be followed: to the web or to somebody's mailbox, without a user's name that would pass for a host.
pub(in super::super) fn link(href: &str) -> Option<Url> {
    let mut url = Url::parse(href.trim()).ok().filter(|url| url.as_str().len() <= LONGEST_LINK)?;
    match url.scheme() {
        "http" | "https" if url.host_str().is_some_and(|host| !host.is_empty()) => {
            let _ = url.set_username("").and_then(|()| url.set_password(None)); // which fails only where there is no host
            Some(url)
        }
        "mailto" => Some(url),
        _ => None,
    }
}

/// Whether a picture's address holds the picture, of a kind that runs nothing.
fn is_inlined(source: &str) -> bool {
    let data = ["png", "jpeg", "gif", "webp"]
        .iter()
        .find_map(|kind| source.strip_prefix("data:image/")?.strip_prefix(kind)?.strip_prefix(";base64,"));
    data.is_some_and(|data| data.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)))
}

fn is_measure(text: &str, most: u32) -> bool {
    let bare = text.strip_suffix('%').or_else(|| text.strip_suffix("px")).unwrap_or(text);
    is_count(bare, most)
}

fn is_count(text: &str, most: u32) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u32>().is_ok_and(|count| count <= most)
}

/// Names of colours, fonts, sides and the like.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.len() <= 100 && text.chars().all(|c| c.is_ascii_alphanumeric() || " #-_,+".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_elements_is_in_order() {
        assert!(ELEMENTS.is_sorted());
    }

    #[test]
    fn a_link_leads_to_the_web_or_to_a_mailbox() {
        for (href, to) in [
            ("https://example.com", "https://example.com/"),
            (" HTTP://Example.com/a b\n", "http://example.com/a%20b"),
            ("mailto:a@example.com?subject=x", "mailto:a@example.com?subject=x"),
            ("https://bank.example@evil.example/", "https://evil.example/"),
            ("java\nscript:alert(1)", ""),
            ("javascript:alert(1)", ""),
            ("data:text/html,x", ""),
            ("vbscript:x", ""),
            ("file:///etc/passwd", ""),
            ("tauri://localhost/", ""),
            ("ipc://localhost/accounts", ""),
            ("//example.com", ""),
            ("#top", ""),
            ("", ""),
        ] {
            assert_eq!(link(href).map(String::from).unwrap_or_default(), to, "{href}");
        }
    }

    #[test]
    fn values_are_what_they_are_for() {
        for (element, attribute, given, shown) in [
            ("td", "width", "50%", Some("50%")),
            ("td", "width", "99999", None),
            ("td", "colspan", "1000000", None),
            ("td", "onclick", "x", None),
            ("td", "bgcolor", "#fff", Some("#fff")),
            ("td", "bgcolor", "url(x)", None),
            ("font", "face", "Arial, Helvetica", Some("Arial, Helvetica")),
            ("p", "href", "https://example.com/", None),
            ("img", "src", "data:image/png;base64,AAAA", Some("data:image/png;base64,AAAA")),
            ("img", "src", "data:image/svg+xml;base64,AAAA", None),
            ("img", "src", "data:image/png;base64,AAAA\"onerror=x", None),
            ("img", "src", "https://example.com/x.png", None),
            ("a", "title", "anything", None),
        ] {
            assert_eq!(value(element, attribute, given).as_deref(), shown, "{element} {attribute}={given}");
        }
    }
}
