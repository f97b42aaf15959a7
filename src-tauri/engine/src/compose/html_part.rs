//! The HTML part of a letter, made from its text as Gmail makes it: paragraphs, line breaks, links, images in their places, the signature
//! and the quote in the elements by which mail programs know them. Pure; everything written or quoted is escaped.

use super::files::image_line;
use super::leaving::Leaving;
use super::quote::Quote;
use std::fmt::Write;

const BLOCKQUOTE: &str = r#"<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">"#;

/// The HTML part.
pub(super) fn of(letter: &Leaving) -> String {
    let mut html = String::from(r#"<div dir="auto">"#);
    html.push_str(&paragraphs(letter.body.trim_end(), &|line| image(letter, line)));
    html.push_str("</div>");
    if let Some(signature) = &letter.signature {
        let _ = write!(
            html,
            r#"<br><span class="gmail_signature_prefix">-- </span><br><div dir="auto" class="gmail_signature" data-smartmail="gmail_signature">{}</div>"#,
            paragraphs(signature, &|_| None)
        );
    }
    if let Some(quote) = &letter.quote {
        html.push_str("<br>");
        html.push_str(&quoted(quote));
    }
    html.push_str("\r\n");
    html
}

/// Each line a `div`, an empty one with a break in it: no program shows more or less room than was written.
fn paragraphs(text: &str, image: &dyn Fn(&str) -> Option<String>) -> String {
    text.lines().fold(String::new(), |mut html, line| {
        let shown = image(line).unwrap_or_else(|| linked(line));
        let _ = writeln!(html, "<div>{}</div>", if shown.trim().is_empty() { "<br>" } else { &shown });
        html
    })
}

fn image(letter: &Leaving, line: &str) -> Option<String> {
    let name = image_line(line)?;
    let file = letter.files.iter().find(|file| file.file.inline && file.file.name == name)?;
    Some(format!(r#"<img src="cid:{}" alt="{}">"#, file.content_id(&letter.from), escaped(name)))
}

fn quoted(quote: &Quote) -> String {
    let mut html = String::from(r#"<div class="gmail_quote gmail_quote_container">"#);
    if !quote.attribution.is_empty() {
        let _ = write!(html, r#"<div dir="ltr" class="gmail_attr">{}<br></div>"#, linked(&quote.attribution));
    }
    html.push_str(BLOCKQUOTE);
    let mut depth = 0;
    for line in quote.text.lines() {
        let (level, words) = unmarked(line);
        while depth < level {
            html.push_str(BLOCKQUOTE);
            depth += 1;
        }
        while depth > level {
            html.push_str("</blockquote>");
            depth -= 1;
        }
        html.push_str(&paragraphs(if words.is_empty() { "\n" } else { words }, &|_| None));
    }
    html.push_str(&"</blockquote>".repeat(depth + 1));
    html.push_str("</div>");
    html
}

/// How deep a line of a quote is itself quoted, and the line without its marks. Deeper than this nobody reads.
fn unmarked(line: &str) -> (usize, &str) {
    let (mut level, mut rest) = (0, line);
    while level < 20
        && let Some(after) = rest.strip_prefix('>')
    {
        level += 1;
        rest = after.strip_prefix(' ').unwrap_or(after);
    }
    (level, rest)
}

/// A line, escaped, with its web and mail addresses made links.
fn linked(line: &str) -> String {
    let mut html = String::with_capacity(line.len() + 16);
    let mut rest = line;
    while let Some((at, link)) = next_link(rest) {
        html.push_str(&spaced(&rest[..at]));
        let target = if link.contains("://") { link.to_owned() } else { format!("mailto:{link}") };
        let _ = write!(html, r#"<a href="{}">{}</a>"#, escaped(&target), escaped(link));
        rest = &rest[at + link.len()..];
    }
    html.push_str(&spaced(rest));
    html
}

/// The next web or mail address, and where it begins.
fn next_link(text: &str) -> Option<(usize, &str)> {
    let begins = |c: char| c.is_whitespace() || "<>()[]{}\"'„“”«»,;".contains(c);
    let mut at = 0;
    for word in text.split(begins) {
        let link = word.trim_end_matches(['.', ':', '!', '?', '*', '_', '…']);
        let web = ["https://", "http://"].iter().any(|scheme| {
            link.len() > scheme.len() && link.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme))
        });
        let mail = || {
            link.is_ascii() && link.parse::<crate::api::EmailAddress>().is_ok_and(|found| found.domain().contains('.'))
        };
        if web || mail() {
            return Some((at, link));
        }
        at += word.len();
        at += text[at..].chars().next().map_or(0, char::len_utf8);
    }
    None
}

/// Escaped, with spaces that HTML would swallow kept.
fn spaced(text: &str) -> String {
    let escaped = escaped(text).replace('\t', "&nbsp;&nbsp;&nbsp; ").replace("  ", "&nbsp; ");
    match escaped.strip_prefix(' ') {
        Some(rest) => format!("&nbsp;{rest}"),
        None => escaped,
    }
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_links_and_everything_is_escaped() {
        for (line, html) in [
            ("a < b & \"c\"", "a &lt; b &amp; &quot;c&quot;"),
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            (
                "see https://example.org/a?b=1&c=2.",
                r#"see <a href="https://example.org/a?b=1&amp;c=2">https://example.org/a?b=1&amp;c=2</a>."#,
            ),
            ("(https://example.org/x), then", r#"(<a href="https://example.org/x">https://example.org/x</a>), then"#),
            ("write to dana@example.org!", r#"write to <a href="mailto:dana@example.org">dana@example.org</a>!"#),
            ("javascript:alert(1) data:x", "javascript:alert(1) data:x"),
            ("https:// is no link, nor is a@b", "https:// is no link, nor is a@b"),
            ("https://x\"onclick=\"y", r#"<a href="https://x">https://x</a>&quot;onclick=&quot;y"#),
            ("  two  spaces", "&nbsp; two&nbsp; spaces"),
        ] {
            assert_eq!(linked(line), html, "{line}");
        }
    }

    #[test]
    fn a_quote_within_a_quote_is_one() {
        let quote =
            Quote { attribution: "Dana <d@example.org> wrote:".into(), text: "yes\n> no\n>> never\nwell".into() };
        let html = quoted(&quote);
        assert_eq!(html.matches("<blockquote").count(), 3);
        assert_eq!(html.matches("</blockquote>").count(), 3);
        assert!(html.contains("<div>never</div>\n</blockquote></blockquote><div>well</div>"), "{html}");
        assert!(
            html.contains(r#"&lt;<a href="mailto:d@example.org">d@example.org</a>&gt; wrote:<br></div>"#),
            "{html}"
        );
    }
}
