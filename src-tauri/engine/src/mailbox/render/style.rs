//! What of an inline style may be shown: an allow-list of properties whose values are colours, lengths and words. A style is read by a CSS
//! tokenizer and written anew from its tokens, so that nothing that was not understood can come out. Pure.

use cssparser::{Parser, Token};
use std::fmt::Write as _;

/// More than this of one element's style is not read.
const MAX_STYLE: usize = 8000;
/// No length is longer: pixels, or what is about as long.
const LONGEST: f32 = 4000.0;

/// Properties whose value may be any words, numbers, lengths and colours.
const PROPERTIES: &[&str] = &[
    "border",
    "border-bottom",
    "border-bottom-color",
    "border-bottom-left-radius",
    "border-bottom-right-radius",
    "border-bottom-style",
    "border-bottom-width",
    "border-collapse",
    "border-color",
    "border-left",
    "border-left-color",
    "border-left-style",
    "border-left-width",
    "border-radius",
    "border-right",
    "border-right-color",
    "border-right-style",
    "border-right-width",
    "border-spacing",
    "border-style",
    "border-top",
    "border-top-color",
    "border-top-left-radius",
    "border-top-right-radius",
    "border-top-style",
    "border-top-width",
    "border-width",
    "box-sizing",
    "caption-side",
    "clear",
    "color",
    "direction",
    "empty-cells",
    "float",
    "font",
    "font-family",
    "font-size",
    "font-style",
    "font-variant",
    "font-weight",
    "height",
    "letter-spacing",
    "line-height",
    "list-style-position",
    "list-style-type",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-height",
    "max-width",
    "min-height",
    "min-width",
    "overflow-wrap",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "table-layout",
    "text-align",
    "text-decoration",
    "text-decoration-color",
    "text-decoration-line",
    "text-decoration-style",
    "text-indent",
    "text-transform",
    "vertical-align",
    "white-space",
    "width",
    "word-break",
    "word-spacing",
    "word-wrap",
];

/// Ways to be laid out that stay in the flow of the page.
const DISPLAYS: &[&str] = &[
    "block",
    "inline",
    "inline-block",
    "inline-table",
    "list-item",
    "table",
    "table-caption",
    "table-cell",
    "table-column",
    "table-footer-group",
    "table-header-group",
    "table-row",
    "table-row-group",
];

/// Words of a `background` that are no colour.
const NO_COLOURS: &[&str] = &[
    "auto",
    "border-box",
    "bottom",
    "center",
    "contain",
    "content-box",
    "cover",
    "fixed",
    "inherit",
    "initial",
    "left",
    "local",
    "no-repeat",
    "none",
    "padding-box",
    "repeat",
    "repeat-x",
    "repeat-y",
    "revert",
    "right",
    "round",
    "scroll",
    "space",
    "top",
    "unset",
];

/// The style as it may be shown; empty where nothing of it may.
#[must_use]
pub(super) fn filtered(style: &str) -> String {
    let style = &style[..style.floor_char_boundary(MAX_STYLE)];
    let mut parser = Parser::new(style);
    let mut out = String::new();
    while let Some((property, value)) = declaration(&mut parser) {
        if let Some((property, value)) = value.and_then(|value| allowed(&property, &value)) {
            let _ = write!(out, "{}{property}:{value}", if out.is_empty() { "" } else { ";" });
        }
    }
    out
}

/// A piece of a value, as it is written out.
#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Word(String),
    /// A number with or without a unit.
    Number(f32, String),
    Colour(String),
    Text(String),
    Mark(char),
    Space,
    /// What is not understood or not allowed.
    Other,
}

/// The next declaration: its property, and its value where it has one. `None` at the end.
fn declaration(parser: &mut Parser<'_>) -> Option<(String, Option<Vec<Piece>>)> {
    let property = match parser.next().ok()? {
        Token::Ident(name) => name.to_ascii_lowercase(),
        Token::Semicolon => return Some((String::new(), None)),
        _ => String::new(),
    };
    let has_value = !property.is_empty() && matches!(parser.next(), Ok(Token::Colon));
    let mut value = Vec::new();
    loop {
        match parser.next_including_whitespace().map(Token::clone) {
            Err(_) | Ok(Token::Semicolon) => break,
            Ok(token) => value.push(piece(&token, parser)),
        }
    }
    Some((property, has_value.then_some(value)))
}

fn piece(token: &Token<'_>, parser: &mut Parser<'_>) -> Piece {
    match token {
        Token::Ident(word) if is_word(word) => Piece::Word(word.to_ascii_lowercase()),
        Token::Number { value, .. } => Piece::Number(*value, String::new()),
        Token::Percentage { unit_value, .. } => Piece::Number(unit_value * 100.0, "%".into()),
        Token::Dimension { value, unit, .. } => Piece::Number(*value, unit.to_ascii_lowercase()),
        Token::Hash(hex) | Token::IDHash(hex) if is_hex(hex) => Piece::Colour(format!("#{}", hex.to_ascii_lowercase())),
        Token::QuotedString(text) if is_plain(text) => Piece::Text(text.to_string()),
        Token::Function(name) => {
            let name = name.to_ascii_lowercase();
            if !matches!(name.as_str(), "rgb" | "rgba" | "hsl" | "hsla") {
                return Piece::Other;
            }
            let inner = parser.parse_nested_block(|inner| Ok::<_, cssparser::ParseError<()>>(arguments(inner)));
            inner.ok().flatten().map_or(Piece::Other, |inner| Piece::Colour(format!("{name}({inner})")))
        }
        Token::Comma => Piece::Mark(','),
        Token::Delim('/') => Piece::Mark('/'),
        Token::Delim('!') => Piece::Mark('!'),
        Token::WhiteSpace(_) => Piece::Space,
        _ => Piece::Other,
    }
}

/// The numbers of a colour.
fn arguments(parser: &mut Parser<'_>) -> Option<String> {
    let mut out = String::new();
    loop {
        let token = match parser.next() {
            Err(_) => return Some(out),
            Ok(token) => token.clone(),
        };
        match token {
            Token::Comma => out.push(','),
            Token::Delim('/') => out.push_str(" / "),
            Token::Number { value, .. } => spaced(&mut out, &number(value)),
            Token::Percentage { unit_value, .. } => spaced(&mut out, &format!("{}%", number(unit_value * 100.0))),
            _ => return None,
        }
    }
}

fn spaced(out: &mut String, text: &str) {
    if !out.is_empty() && !out.ends_with([',', ' ']) {
        out.push(' ');
    }
    out.push_str(text);
}

/// A declaration as it may be shown.
fn allowed(property: &str, value: &[Piece]) -> Option<(&'static str, String)> {
    let value = value.split(|piece| *piece == Piece::Mark('!')).next()?;
    match property {
        "background" | "background-color" => Some(("background-color", behind(value)?)),
        "display" => match value.iter().filter(|piece| **piece != Piece::Space).collect::<Vec<_>>()[..] {
            [Piece::Word(word)] => Some(("display", DISPLAYS.iter().find(|known| *known == word)?.to_string())),
            _ => None,
        },
        _ => {
            let known = PROPERTIES.iter().find(|known| **known == property)?;
            let lowest = if matches!(property, "letter-spacing" | "word-spacing") { -3.0 } else { 0.0 };
            written(value, lowest).map(|value| (*known, value))
        }
    }
}

/// The colour in a `background`; whatever picture it names is left out.
fn behind(value: &[Piece]) -> Option<String> {
    value.iter().find_map(|piece| match piece {
        Piece::Colour(colour) => Some(colour.clone()),
        Piece::Word(word) if !NO_COLOURS.contains(&word.as_str()) => Some(word.clone()),
        _ => None,
    })
}

/// The value anew, unless a piece of it is not allowed.
fn written(value: &[Piece], lowest: f32) -> Option<String> {
    let mut out = String::new();
    let mut space = false;
    for piece in value {
        let text = match piece {
            Piece::Space => {
                space = true;
                continue;
            }
            Piece::Other => return None,
            Piece::Mark(mark) => {
                out.push(*mark);
                space = false;
                continue;
            }
            Piece::Word(word) => word.clone(),
            Piece::Colour(colour) => colour.clone(),
            Piece::Text(text) => format!("'{text}'"),
            Piece::Number(value, unit) => length(*value, unit, lowest)?,
        };
        if space && !out.is_empty() && !out.ends_with([',', '/']) {
            out.push(' ');
        }
        space = false;
        out.push_str(&text);
    }
    (!out.is_empty()).then_some(out)
}

/// A number with a unit that depends on nothing but the letter itself, and is not absurd.
fn length(value: f32, unit: &str, lowest: f32) -> Option<String> {
    let pixels = match unit {
        "" | "px" | "pt" => 1.0,
        "em" | "rem" | "ex" | "ch" | "pc" => 16.0,
        "%" => 4.0,
        "cm" | "in" => 96.0,
        "mm" => 4.0,
        _ => return None,
    };
    (value.is_finite() && value >= lowest && value * pixels <= LONGEST).then(|| format!("{}{unit}", number(value)))
}

/// A number to at most three places, so that it is the same when it is read again.
fn number(value: f32) -> String {
    let rounded = (f64::from(value) * 1000.0).round() / 1000.0;
    format!("{}", if rounded == 0.0 { 0.0 } else { rounded })
}

fn is_word(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '-')
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

fn is_hex(text: &str) -> bool {
    matches!(text.len(), 3 | 4 | 6 | 8) && text.chars().all(|c| c.is_ascii_hexdigit())
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.len() <= 100 && text.chars().all(|c| c.is_ascii_alphanumeric() || " -_.".contains(c))
}

#[cfg(test)]
#[path = "style_tests.rs"]
mod tests;
