//! What a reader sees of HTML as it comes in mail.

use super::*;
use proptest::prelude::*;

fn text(html: &str) -> String {
    to_text(html).text
}

#[test]
fn what_no_reader_sees_is_dropped() {
    for (name, html) in [
        ("display", "<p>a</p><div style='display:none'>HIDDEN<p>HIDDEN</p></div><p>b</p>"),
        ("display, important", "a<span style='DISPLAY : none !important'>HIDDEN</span> b"),
        ("visibility", "a<span style='visibility:hidden'>HIDDEN</span> b"),
        ("attribute", "a<span hidden>HIDDEN</span> b"),
        ("opacity", "a<span style='opacity:0.0'>HIDDEN</span> b"),
        ("font size", "a<span style='font-size:0px'>HIDDEN</span> b"),
        ("one pixel", "a<span style='font-size:1px'>HIDDEN</span> b"),
        ("no room", "a<div style='max-height:0;overflow:hidden'>HIDDEN</div>b"),
        ("off the page", "a<div style='position:absolute;left:-9999px'>HIDDEN</div>b"),
        ("white on white", "a<span style='color:#fff'>HIDDEN</span> b"),
        ("black on black", "a<table bgcolor=black><tr><td>HIDDEN</td></tr></table>b"),
        ("font colour", "a<font color=white>HIDDEN</font> b"),
        ("class", "<style>.pre{display:none}</style>a<span class='x pre'>HIDDEN</span> b"),
        ("class, over lines", "<style>\n.pre {\n  display: none;\n}\n</style>a<span class='pre'>HIDDEN</span> b"),
        ("script", "a<script>var HIDDEN='<p>HIDDEN</p>'</script> b"),
        ("head", "<html><head><title>HIDDEN</title><style>HIDDEN</style></head><body>a b</body>"),
        ("comment", "a<!-- HIDDEN --> b"),
        ("for Outlook alone", "a<!--[if mso]><p>HIDDEN</p><![endif]--> b"),
        ("template", "a<template>HIDDEN</template> b"),
        ("too deep", &format!("a {}HIDDEN{} b", "<div>".repeat(400), "</div>".repeat(400))),
    ] {
        let seen = text(html);
        assert_eq!(seen.split_whitespace().collect::<Vec<_>>(), ["a", "b"], "{name}: {seen}");
    }
}

#[test]
fn what_a_reader_sees_is_kept() {
    for (html, expected) in [
        ("<div style='font-size:0'><span style='font-size:14px'>seen</span></div>", "seen"),
        ("<div style='visibility:hidden'><b style='visibility:visible'>seen</b></div>", "seen"),
        ("<table bgcolor='#000'><tr><td style='color:white'>seen</td></tr></table>", "seen"),
        ("<div style='background:url(x.png)'><span style='color:white'>seen</span></div>", "seen"),
        ("<head><style>@media print{.a{display:none}}</style><p class=a>seen", "seen"),
        ("<![if !mso]><p>seen</p><![endif]>", "seen"),
        ("<p>one<p>two<br>three", "one\n\ntwo\nthree"),
        ("<ul><li>one<li>two</ul><ol><li>a</li><li>b</li></ol>", "- one\n- two\n\n1. a\n2. b"),
        ("a\n  b&nbsp;&amp;\tc", "a b & c"),
        ("<a href='https://example.com/x'>here</a>", "here (https://example.com/x)"),
        ("<a href='https://example.com/'>example.com</a>", "example.com"),
        ("<a href='javascript:alert(1)'>here</a>", "here"),
        ("a<blockquote>b<br>c</blockquote>d", "a\n\n> b\n> c\n\nd"),
        ("<pre>a  b\nc</pre>", "a  b\nc"),
        ("<p hidden>HIDDEN<p>seen", "seen"),
        ("<span style='display:none'>HIDDEN", ""),
    ] {
        assert_eq!(text(html), expected, "{html}");
    }
}

#[test]
fn remote_images_are_counted_and_those_that_came_along_are_not() {
    let html = "<img src='http://a.example/1'><img src=HTTPS://a.example/2><img src='cid:3'><img src='//a.example/4'><table background='https://a.example/5'><img src='data:image/png;base64,x'>";
    assert_eq!(to_text(html).remote_images, 4);
}

#[test]
fn hostile_nesting_ends_soon() {
    for html in [
        "<div>".repeat(100_000),
        "<b><p>".repeat(50_000),
        "<ul><li>".repeat(20_000) + &"</b>".repeat(100_000),
        "<a ".repeat(300_000),
        format!("<a {}>", (0..200_000).map(|n| format!("a{n}=1 ")).collect::<String>()),
    ] {
        let _ = to_text(&html);
    }
}

proptest! {
    #[test]
    fn no_html_makes_it_fail(html in "(<(/?(div|p|a|span|blockquote|li|style|head|td|pre))( style='(display:none|color:#fff|font-size:0)')?>|[a-z &;<>\n\u{e9}\u{1f600}]){0,60}") {
        let _ = to_text(&html);
    }

    #[test]
    fn no_text_makes_it_fail(html in any::<String>()) {
        let _ = to_text(&html);
    }
}
