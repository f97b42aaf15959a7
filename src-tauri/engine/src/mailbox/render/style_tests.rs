//! Which styles are shown, and that none comes through that loads, covers or leaves its attribute.

use super::*;
use proptest::prelude::*;

#[test]
fn what_says_how_letters_look_is_kept() {
    for (style, shown) in [
        ("color:red", "color:red"),
        ("COLOR : #FF0000 !important; Font-Size:12.5PX", "color:#ff0000;font-size:12.5px"),
        (
            "font:italic bold .8em/1.2 'Open Sans', Arial",
            "font:italic bold 0.8em/1.2 'Open Sans',Arial".to_lowercase().replace("open sans", "Open Sans").as_str(),
        ),
        ("background:#fff url(https://a.example/x.png) no-repeat", "background-color:#fff"),
        ("background: no-repeat center rgba(0, 0, 0, .5)", "background-color:rgba(0,0,0,0.5)"),
        ("margin:0 auto;padding:1em 33.3%", "margin:0 auto;padding:1em 33.3%"),
        ("border:1px solid #ccc;;width:600px", "border:1px solid #ccc;width:600px"),
        ("display:inline-block;letter-spacing:-1px", "display:inline-block;letter-spacing:-1px"),
    ] {
        assert_eq!(filtered(style), shown, "{style}");
    }
}

#[test]
fn what_loads_covers_or_is_not_understood_is_not() {
    for style in [
        "background-image:url(https://a.example/x)",
        "background:url('https://a.example/x')",
        "background:\\75rl(https://a.example/x)",
        "list-style:url(x)",
        "color:url(x)",
        "width:expression(alert(1))",
        "width:calc(1px + 1px)",
        "color:var(--x)",
        "content:'x'",
        "behavior:url(#default#time2)",
        "-moz-binding:url(x)",
        "position:fixed",
        "position:absolute;top:0",
        "z-index:9",
        "display:none",
        "display:flex",
        "margin-top:-100px",
        "margin:0 -9999px",
        "text-indent:-999em",
        "width:100vw",
        "height:1000000px",
        "font-size:1e30px",
        "transform:scale(9)",
        "animation:x 1s",
        "font-family:\"a;b\"",
        "font-family:'</style>'",
        "font-family:\"\\3c/style>\"",
        "color:red}body{background:url(x)",
        "@import 'x'",
        "--x:1",
        "cursor:url(x),auto",
        "opacity:0",
        "filter:url(#x)",
        "color:",
        ":red",
    ] {
        assert_eq!(filtered(style), "", "{style}");
    }
}

#[test]
fn a_declaration_that_is_refused_takes_no_other_with_it() {
    assert_eq!(filtered("color:red;background:url(a;b);margin:1px"), "color:red;margin:1px");
    assert_eq!(filtered("x{};color:red"), "color:red");
    assert_eq!(filtered("font-family:\"a;position:fixed;color:red"), "");
    assert_eq!(filtered("color:red/**/;/*;*/margin:0"), "color:red;margin:0");
}

proptest! {
    #[test]
    fn what_came_out_is_the_same_when_it_is_read_again(style in "((color|margin|font|background|width|display|border)? ?:? ?(red|#fff|rgb\\(1,2, 3%\\)|-?[0-9]{1,4}\\.?[0-9]{0,4}(px|em|%|vw)?|'a b'|url\\(x\\)|[!/,;\\\\\"()<>{}@])?){0,12}") {
        let once = filtered(&style);
        prop_assert_eq!(filtered(&once), once);
    }

    #[test]
    fn no_text_comes_through_that_could_load_or_leave_the_attribute(style in any::<String>()) {
        let shown = filtered(&style);
        prop_assert!(!shown.contains(['<', '>', '"', '\\', '@', '{', '}', '!']), "{}", shown);
        prop_assert!(!shown.contains("url"), "{}", shown);
    }
}
