//! Keeps words readable where what stood behind them is not shown: the picture they were written on, or the colour of an element that was
//! left out. Light words would stand on white there, and be taken for hidden when the result is read once more. Pure.

use super::super::html_style::{Look, StyleSheet};
use super::super::html_tokens::attribute;
use super::allowed;
use html5ever::tokenizer::Tag;

/// How an element is written.
pub(super) struct Dress {
    /// Its style.
    pub style: String,
    /// Whether it keeps the `color` of its attributes.
    pub own_colour: bool,
    /// How text in it looks in the end.
    pub shown: Look,
}

/// Dresses the element that is written as `name`. `written` is its look where everything behind it is shown, `around` how what it stands
/// in looks in the end. Where its ink cannot be read on the paper that is left, its colour goes, and another is written only where the one
/// it would get from around it is no better.
pub(super) fn dressed(name: &str, tag: &Tag, style: String, written: &Look, around: &Look) -> Dress {
    let as_it_is = look(name, tag, &style, true, around);
    if instead(written, &as_it_is).is_none() {
        return Dress { style, own_colour: true, shown: as_it_is };
    }
    let mut style = style.split(';').filter(|one| !one.starts_with("color:")).collect::<Vec<_>>().join(";");
    let mut shown = look(name, tag, &style, false, around);
    if let Some(ink) = instead(written, &shown) {
        style = if style.is_empty() { ink } else { format!("{style};{ink}") };
        shown = look(name, tag, &style, false, around);
    }
    Dress { style, own_colour: false, shown }
}

/// The style that text needs where it was written for another paper than it is shown on, and cannot be read there.
pub(super) fn instead(written: &Look, shown: &Look) -> Option<String> {
    let lost = !shown.is_coloured_as(written) && !shown.stands_out();
    lost.then(|| format!("color:{}", shown.readable_ink(written)))
}

/// The look of an element by what is written of it.
fn look(name: &str, tag: &Tag, style: &str, own_colour: bool, around: &Look) -> Look {
    StyleSheet::default().look(Some(around), name, &|attr| match attr {
        "style" => Some(style),
        "color" if !own_colour => None,
        "bgcolor" | "color" => attribute(tag, attr).filter(|value| allowed::value(name, attr, value).is_some()),
        _ => None,
    })
}
