//! The second lock: a sanitiser that many eyes have looked at goes over what the walk made, with the same lists. The walk alone should
//! never let anything through that this one takes out; if it ever does, this one still does.

use super::allowed::{ANYWHERE, ATTRIBUTES, ELEMENTS, value};
use ammonia::{Builder, UrlRelative};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

static LOCK: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut lock = Builder::empty();
    lock.tags(ELEMENTS.iter().copied().collect())
        .clean_content_tags(HashSet::from([
            "script",
            "style",
            "svg",
            "math",
            "template",
            "title",
            "iframe",
            "object",
            "noscript",
            "textarea",
            "select",
            "xmp",
            "plaintext",
            "noembed",
            "noframes",
            "audio",
            "video",
        ]))
        .generic_attributes(ANYWHERE.iter().copied().collect())
        .tag_attributes(
            ATTRIBUTES.iter().map(|(name, own)| (*name, own.iter().copied().collect())).collect::<HashMap<_, _>>(),
        )
        .url_schemes(HashSet::from(["http", "https", "mailto", "data"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"))
        .strip_comments(true)
        // `rel` is the library's own, and no list of ours has it.
        .attribute_filter(|element, attribute, given| match (element, attribute) {
            ("a", "rel") => Some(given.into()),
            _ => value(element, attribute, given),
        });
    lock
});

/// The message once more, in the form in which it is parsed again without a change.
#[must_use]
pub(super) fn locked(html: &str) -> String {
    LOCK.clean(html).to_string()
}
