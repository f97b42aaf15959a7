//! What is shown of HTML as it comes in mail, and what is not: whatever is written, the result is read once more by a browser's own rules and
//! holds nothing that is not on the list.

use super::*;
use html5ever::tendril::TendrilSink;
use html5ever::{QualName, local_name, ns, parse_fragment};
use markup5ever_rcdom::{NodeData, RcDom};
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// What is shown of a fragment, before and after the second lock.
fn both(html: &str) -> (String, String) {
    let loaded = Loaded::new();
    let walked = walk::walk(html, &mut Pictures::of(None, &loaded)).html;
    let locked = lock::locked(&walked);
    (walked, locked)
}

fn shown(html: &str) -> String {
    both(html).1
}

/// The hostile messages: each one's name and markup.
fn hostile() -> Vec<(&'static str, String)> {
    const CASES: &str = include_str!("../../../../../tests/data/hostile/cases.txt");
    let js = "top.ran=(top.ran||0)+1;top.document.title=1";
    let cases = CASES.split("\n=== ").skip(1).map(|case| {
        let (head, markup) = case.split_once('\n').unwrap();
        let markup =
            markup.replace("{js}", js).replace("{at}", "http://evil.example/x").replace("{host}", "evil.example");
        (head.split(" :: ").next().unwrap(), markup)
    });
    cases.collect()
}

/// What a browser would find in this that is not on the list; a comment, another namespace, an address that is asked by itself.
fn not_allowed(html: &str) -> Vec<String> {
    let context = QualName::new(None, ns!(html), local_name!("body"));
    let dom = parse_fragment(RcDom::default(), Default::default(), context, vec![], false).one(html);
    let mut found = Vec::new();
    let root = dom.document.children.borrow()[0].clone();
    let mut rest: Vec<_> = root.children.borrow().iter().cloned().collect();
    while let Some(node) = rest.pop() {
        match &node.data {
            NodeData::Element { name, attrs, template_contents, .. } => {
                if name.ns != ns!(html) || !allowed::is_element(&name.local) || template_contents.borrow().is_some() {
                    found.push(format!("<{}>", name.local));
                }
                for attr in attrs.borrow().iter() {
                    let own = (&*name.local, &*attr.name.local) == ("a", "rel");
                    let same =
                        allowed::value(&name.local, &attr.name.local, &attr.value).as_deref() == Some(&attr.value);
                    if !own && !same {
                        found.push(format!("<{} {}={}>", name.local, attr.name.local, attr.value));
                    }
                }
            }
            NodeData::Text { .. } => {}
            other => found.push(format!("{other:?}")),
        }
        rest.extend(node.children.borrow().iter().cloned());
    }
    found
}

/// What is wrong with what is shown of this: nothing that is not on the list, and the same when it is shown once more.
fn faults(html: &str) -> Vec<String> {
    let (walked, locked) = both(html);
    let mut found = [not_allowed(&walked), not_allowed(&locked)].concat();
    let again = shown(&locked);
    found.extend(not_allowed(&again));
    if again != locked {
        found.push(format!("not the same again: {locked:?} {again:?}"));
    }
    found
}

#[test]
fn a_plain_letter_is_shown_as_it_is() {
    for (html, expected) in [
        ("<p>one<p>two<br>three", "<p>one</p><p>two<br>three</p>"),
        ("<b>a</b> &amp; <i>b</i>", "<b>a</b> &amp; <i>b</i>"),
        (
            "<body bgcolor=black><p style='color:white'>x",
            "<div style=\"background-color:black\"><p style=\"color:white\">x</p></div>",
        ),
        (
            "<style>\n.a {\n color: red;\n}\n</style><p class=a style='margin:0'>x",
            "<p style=\"color:red;margin:0\">x</p>",
        ),
        (
            "<table><td>a<td>b<tr><td>c</table>d",
            "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>d",
        ),
        ("<table>a<p>b", "<table><tbody><tr><td>a<p>b</p></td></tr></tbody></table>"),
        ("<table> <tr> <td>a</td> </tr> </table>", "<table><tbody><tr><td>a</td></tr></tbody></table>"),
        ("<td>a</td>", "a"),
        ("<div>a<table><td>b</div>c</table>d", "<div>a<table><tbody><tr><td>bc</td></tr></tbody></table>d</div>"),
        ("<pre>\n\na\n\nb\n</pre>", "<pre>a\n\nb\n</pre>"),
        ("<pre><b>a</b>\nb</pre>", "<pre><b>a</b>\nb</pre>"),
        ("<form action=x><input><button>go</button></form>", "go"),
        ("<unknown>a</unknown>", "a"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        (
            "<a href=https://example.com/x title=bank.example>here</a>",
            "<a href=\"https://example.com/x\" title=\"https://example.com/x\" tabindex=\"-1\" rel=\"noopener noreferrer nofollow\">here</a>",
        ),
        ("<a href=#x>here</a>", "<a rel=\"noopener noreferrer nofollow\">here</a>"),
    ] {
        assert_eq!(shown(html), expected, "{html}");
    }
}

#[test]
fn words_stay_readable_where_the_picture_behind_them_is_not_shown() {
    for (html, expected) in [
        // Without the picture they stand on the page: what was chosen for the picture goes.
        ("<table background=x.png><td style='color:white'>x", "<table><tbody><tr><td>x</td></tr></tbody></table>"),
        ("<div style='background:url(x.png);color:#fff;margin:0'>x", "<div style=\"margin:0\">x</div>"),
        ("<div style='background-image:url(x.png)'><p style='color:#eee'>x", "<div><p>x</p></div>"),
        ("<div style='background-image:image-set(\"x.png\" 1x);color:#fff'>x", "<div>x</div>"),
        ("<div style='background:linear-gradient(#000,#111);color:#fff'>x", "<div>x</div>"),
        (
            "<div style='background:url(x.png)'><font color=white face=Arial>x",
            "<div><font face=\"Arial\">x</font></div>",
        ),
        ("<style>.a{background:url(x.png);color:#fff}</style><p class=a>x", "<p>x</p>"),
        // What is readable all the same stays as it was.
        ("<div style='background:url(x.png)'><p style='color:#a00'>x", "<div><p style=\"color:#a00\">x</p></div>"),
        // With a colour beside the picture, or under it, that is the paper.
        (
            "<div style='background:#000 url(x.png);color:#fff'>x",
            "<div style=\"background-color:#000;color:#fff\">x</div>",
        ),
        (
            "<table><td bgcolor='#202020' background=x.png style='color:white'>x",
            "<table><tbody><tr><td bgcolor=\"#202020\" style=\"color:white\">x</td></tr></tbody></table>",
        ),
        (
            "<div style='background-color:#111'><p style='background:url(x.png);color:#fff'>x",
            "<div style=\"background-color:#111\"><p style=\"color:#fff\">x</p></div>",
        ),
        (
            "<div style='background:navy url(x.png);color:white'>x",
            "<div style=\"background-color:navy;color:white\">x</div>",
        ),
        ("<div style='background:#fff url(x.png);color:#fefefe'>x", "<div style=\"background-color:#fff\">x</div>"),
        ("<div style='background:#000 url(light.png)'>x", "<div style=\"background-color:#000;color:#ffffff\">x</div>"),
        // A colour from outside the picture, and one that a child's own paper was counting on.
        (
            "<div style='color:#fff'><p style='background:url(x.png)'>x",
            "<div style=\"color:#fff\"><p style=\"color:#000000\">x</p></div>",
        ),
        (
            "<div style='background:url(x.png);color:#fff'>x<p style='background:#000'>y",
            "<div>x<p style=\"background-color:#000;color:#ffffff\">y</p></div>",
        ),
        (
            "<div style='background:url(x.png);color:#fff'><p style='background:#000;color:#eee'>x",
            "<div><p style=\"background-color:#000;color:#eee\">x</p></div>",
        ),
        // The same where an element that is not shown had the colour.
        ("<form style='background:#000'><p style='color:#fff'>x", "<p>x</p>"),
        (
            "<p style='color:#fff'><button style='background:#000'>x</button>",
            "<p style=\"color:#fff\"><span style=\"color:#000000\">x</span></p>",
        ),
        // What was hidden before is hidden still.
        (
            "<div style='background:url(x.png)'><p style='background:#fff;color:#fff'>HIDDEN</p>x",
            "<div><p style=\"background-color:#fff;color:#fff\"></p>x</div>",
        ),
    ] {
        assert_eq!(shown(html), expected, "{html}");
        assert_eq!(faults(html), [""; 0], "{html}");
    }
}

#[test]
fn what_is_quoted_is_folded_where_something_was_said_before_it() {
    let fold = |open: &str, quote: &str| {
        format!("<p>I agree.</p><details{open}><summary>Quoted text</summary>{quote}</details>")
    };
    for (html, expected) in [
        (
            "<p>I agree.</p><div class=gmail_quote>On Monday<blockquote>x</blockquote></div>",
            fold("", "<div>On Monday<blockquote>x</blockquote></div>"),
        ),
        (
            "<p>I agree.</p><blockquote type=cite>x<blockquote type=CITE>y</blockquote></blockquote>",
            fold("", "<blockquote>x<blockquote>y</blockquote></blockquote>"),
        ),
        (
            "<p>I agree.</p><div class='gmail_quote a'>---------- Forwarded message</div>",
            fold(" open=\"\"", "<div>---------- Forwarded message</div>"),
        ),
        ("<div class=gmail_quote>x</div>", "<div>x</div>".to_owned()),
        (
            "<p>I agree.</p><div style='background:#000'><blockquote type=cite style='color:#fff'>x",
            "<p>I agree.</p><div style=\"background-color:#000\"><blockquote style=\"color:#fff\">x</blockquote></div>"
                .to_owned(),
        ),
        (
            "<p>I agree.</p><blockquote>a saying</blockquote>",
            "<p>I agree.</p><blockquote>a saying</blockquote>".to_owned(),
        ),
    ] {
        assert_eq!(shown(html), expected, "{html}");
    }
}

#[test]
fn no_hostile_message_keeps_anything_that_is_not_on_the_list() {
    let cases = hostile();
    assert!(cases.len() >= 150, "{}", cases.len());
    for (name, html) in &cases {
        assert_eq!(faults(html), [""; 0], "{name}: {html}");
        let shown = shown(html);
        assert!(!shown.contains("HIDDEN"), "{name}: {shown}");
        let elsewhere = shown.replace("href=\"http://evil.example", "").replace("title=\"http://evil.example", "");
        assert!(!elsewhere.contains("=\"http://evil"), "{name}: {shown}");
    }
}

#[test]
fn without_the_walk_and_the_lock_the_same_messages_would_fail() {
    let cases = hostile();
    let caught = cases.iter().filter(|(_, html)| !not_allowed(html).is_empty()).count();
    assert!(caught * 10 >= cases.len() * 9, "only {caught} of {} hold anything to be taken out", cases.len());
    assert!(!shown("<p>seen</p>").is_empty());
}

#[test]
fn pictures_from_elsewhere_are_left_empty_and_counted_and_those_nobody_sees_are_left_out() {
    let html = "<img src='https://a.example/1.png' alt=one width=300 height=200><img src='//a.example/2.png'><img src='http://a.example/3'>\
        <img src='https://a.example/1.png'><img src='https://t.example/t' width=1 height=1><div style='display:none'><img src='https://t.example/h'></div>";
    let loaded = Loaded::new();
    let mut pictures = Pictures::of(None, &loaded);
    let walked = walk::walk(html, &mut pictures);
    assert_eq!((pictures.withheld, pictures.trackers, pictures.shown), (4, 2, 0));
    assert_eq!(pictures.wanted, ["https://a.example/1.png", "https://a.example/2.png", "https://a.example/3"]);
    let shown = lock::locked(&walked.html);
    assert!(shown.contains("<img alt=\"one\" width=\"300\" height=\"200\">") && !shown.contains("example"), "{shown}");

    let loaded = Loaded::from([("https://a.example/2.png".to_owned(), data_address(b"GIF89a....").unwrap())]);
    let mut pictures = Pictures::of(None, &loaded);
    let shown = lock::locked(&walk::walk(html, &mut pictures).html);
    assert_eq!((pictures.withheld, pictures.shown), (3, 1));
    assert!(shown.contains("<img src=\"data:image/gif;base64,"), "{shown}");
}

#[test]
fn a_picture_that_came_along_is_shown_and_only_if_it_is_one() {
    let mail = |kind: &str, body: &str| {
        format!(
            "From: a@example.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n\
             <p>x<img src=\"cid:p%40x\"></p>\r\n--b\r\nContent-Type: {kind}\r\nContent-ID: <p@x>\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}\r\n--b--\r\n"
        )
    };
    let rendered = |kind, body| render(mail(kind, body).as_bytes(), &Loaded::new()).unwrap();
    assert!(
        rendered("image/gif", "R0lGODlhAQABAAAAADs=")
            .document
            .contains("src=\"data:image/gif;base64,R0lGODlhAQABAAAAADs=\"")
    );
    assert!(
        !rendered("image/png", "PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+").document.contains("src="),
        "what says it is a PNG is a drawing"
    );
    assert!(render(b"From: a@example.com\r\n\r\nplain text", &Loaded::new()).is_none());
}

#[test]
fn a_letter_that_sets_no_colours_is_plain() {
    let plain = |html: &str| {
        render(format!("From: a@b.c\r\nContent-Type: text/html\r\n\r\n{html}").as_bytes(), &Loaded::new())
            .unwrap()
            .plain
    };
    assert!(plain("<p style='font-size:14px'>x</p>"));
    assert!(!plain("<p style='color:#222'>x</p>") && !plain("<table bgcolor=white><td>x</table>"));
}

#[test]
fn a_huge_or_twisted_letter_is_cut_and_soon_done() {
    for (name, html) in [
        ("ten megabytes", format!("<p>{}</p>", "letter ".repeat(70)).repeat(20_000)),
        ("deep", "<div>".repeat(100_000)),
        ("deep and closed", "<b><i>".repeat(5000) + "x" + &"</i></b>".repeat(5000)),
        ("links in links", "<a href=https://example.com>x".repeat(50_000)),
        ("text in tables", "<table>".to_owned() + &"x<b>y</b>".repeat(50_000)),
        ("tables in tables", "<table>".repeat(50_000)),
        ("paragraphs in type", "<b><p>".repeat(30_000)),
        ("type that is never closed", (0..50_000).map(|n| format!("<font size={n}>")).collect()),
        (
            "a sheet's rules by the hundred",
            format!("<style>.a{{{}}}</style>{}", "color:red;".repeat(390), "<p class=a>".repeat(20_000)),
        ),
        ("attributes", format!("<p {}>", (0..100_000).map(|n| format!("a{n}=1 ")).collect::<String>())),
        ("quotes", "x<blockquote type=cite>".repeat(50_000)),
        ("cells", "<table><td>".to_owned() + &"<td colspan=100>".repeat(40_000)),
    ] {
        let start = Instant::now();
        let (walked, locked) = both(&html);
        assert!(start.elapsed() < Duration::from_secs(20), "{name} took {:?}", start.elapsed());
        assert!(walked.len() < 16 << 20 && locked.len() < 16 << 20, "{name}");
        assert_eq!(not_allowed(&locked), [""; 0], "{name}");
    }
    let loaded = Loaded::new();
    assert!(
        walk::walk(&format!("<p>{}</p>", "letter ".repeat(70)).repeat(20_000), &mut Pictures::of(None, &loaded)).cut
    );
    assert!(!walk::walk("<p>letter</p>", &mut Pictures::of(None, &loaded)).cut);
}

/// Pieces of the hostile messages, put together anew.
fn mixed() -> impl Strategy<Value = String> {
    let cases: Vec<String> = hostile().into_iter().map(|(_, html)| html).collect();
    let piece = (0..cases.len(), any::<prop::sample::Index>(), any::<prop::sample::Index>()).prop_map(
        move |(case, from, to)| {
            let chars: Vec<char> = cases[case].chars().collect();
            let (from, to) = (from.index(chars.len() + 1), to.index(chars.len() + 1));
            chars[from.min(to)..from.max(to)].iter().collect::<String>()
        },
    );
    prop::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn pieces_of_hostile_messages_keep_nothing_that_is_not_on_the_list(html in mixed()) {
        prop_assert_eq!(faults(&html), Vec::<String>::new());
    }

    #[test]
    fn tags_in_any_order_keep_nothing_that_is_not_on_the_list(html in "(<(/?(div|p|a|b|span|blockquote|li|ul|style|head|body|td|tr|th|tbody|table|caption|colgroup|col|pre|svg|math|mtext|mglyph|script|select|option|template|form|textarea|title|noscript|h1|dd|details|summary|font|center|xmp|plaintext))( (style='(display:none|color:#fff|position:fixed|background:(url\\(x\\)|#000|#000 url\\(x\\)))'|href=(x|https://a.b|javascript:x)|onload=x|type=cite|class=gmail_quote|src=x))?/?>|<!--|-->|<!\\[CDATA\\[|[a-z &;<>\"'\n]){0,40}") {
        prop_assert_eq!(faults(&html), Vec::<String>::new());
    }

    #[test]
    fn no_text_keeps_anything_that_is_not_on_the_list(html in any::<String>()) {
        prop_assert_eq!(faults(&html), Vec::<String>::new());
    }
}
