//! What is shown of HTML as it comes in mail, and what is not.

use super::*;

/// What is shown of a fragment.
fn shown(html: &str) -> String {
    let loaded = Loaded::new();
    lock::locked(&walk::walk(html, &mut Pictures::of(None, &loaded)).html)
}

#[test]
fn a_plain_letter_is_shown_as_it_is() {
    for (html, expected) in [
        ("<p>one<p>two<br>three", "<p>one</p><p>two<br>three</p>"),
        ("<b>a</b> &amp; <i>b</i>", "<b>a</b> &amp; <i>b</i>"),
        ("<body bgcolor=black><p style='color:white'>x", "<div style=\"background-color:black\"><p style=\"color:white\">x</p></div>"),
        ("<style>\n.a {\n color: red;\n}\n</style><p class=a style='margin:0'>x", "<p style=\"color:red;margin:0\">x</p>"),
        ("<table><td>a<td>b<tr><td>c</table>d", "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>d"),
        ("<table>a<p>b", "<table><tbody><tr><td>a<p>b</p></td></tr></tbody></table>"),
        ("<td>a</td>", "a"),
        ("<div>a<table><td>b</div>c</table>d", "<div>a<table><tbody><tr><td>bc</td></tr></tbody></table>d</div>"),
        ("<form action=x><input><button>go</button></form>", "go"),
        ("<unknown>a</unknown>", "a"),
    ] {
        assert_eq!(shown(html), expected, "{html}");
    }
}
