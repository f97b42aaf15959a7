//! As much of CSS as decides whether text is seen. Pure. It errs towards "seen" only where a reader may see it too.

use std::collections::HashMap;

/// No more rules than this are read.
const MAX_RULES: usize = 2000;

/// Ink that differs from its paper by less than this, of 255, is hard to read.
const CONTRAST: i32 = 80;

/// A colour, or that it cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Paint {
    Rgb(u8, u8, u8),
    Transparent,
    Unknown,
}

/// What of an element's style decides whether its text is seen.
#[derive(Debug, Clone)]
pub(super) struct Look {
    /// Hidden with all that is in it.
    gone: bool,
    /// `visibility`, which what is in it may take back.
    invisible: bool,
    /// `font-size` of nothing, which what is in it may take back.
    tiny: bool,
    ink: Paint,
    paper: Paint,
}

impl Paint {
    /// How bright an eye finds it, of 255.
    fn brightness(self) -> Option<i32> {
        match self {
            Self::Rgb(r, g, b) => Some((299 * i32::from(r) + 587 * i32::from(g) + 114 * i32::from(b)) / 1000),
            Self::Transparent | Self::Unknown => None,
        }
    }
}

impl Default for Look {
    fn default() -> Self {
        Self { gone: false, invisible: false, tiny: false, ink: Paint::Rgb(0, 0, 0), paper: Paint::Rgb(255, 255, 255) }
    }
}

impl Look {
    /// Whether what is in an element with this look takes part in the page at all: pictures are seen whatever the colour and size of text.
    pub(super) fn is_there(&self) -> bool {
        !self.gone && !self.invisible
    }

    /// Whether an element is hidden with all that is in it.
    pub(super) fn is_gone(&self) -> bool {
        self.gone
    }

    /// Whether text with this look is seen.
    pub(super) fn is_seen(&self) -> bool {
        let same = self.ink == self.paper && self.ink != Paint::Unknown;
        !self.gone && !self.invisible && !self.tiny && !same && self.ink != Paint::Transparent
    }

    /// Whether text has the same colours in another look.
    pub(super) fn is_coloured_as(&self, other: &Self) -> bool {
        (self.ink, self.paper) == (other.ink, other.paper)
    }

    /// Whether text can be read on its paper: a paper that cannot be told is a colour that somebody chose for it.
    pub(super) fn stands_out(&self) -> bool {
        match (self.ink, self.paper) {
            (Paint::Transparent, _) => false,
            (_, Paint::Unknown | Paint::Transparent) => true,
            (ink, paper) => match (ink.brightness(), paper.brightness()) {
                (Some(ink), Some(paper)) => (ink - paper).abs() >= CONTRAST,
                _ => false,
            },
        }
    }

    /// An ink that can be read on this paper: the one it was written with, or else black or white.
    pub(super) fn readable_ink(&self, written: &Self) -> String {
        let (r, g, b) = match written.ink {
            Paint::Rgb(r, g, b) if (Self { ink: written.ink, ..self.clone() }).stands_out() => (r, g, b),
            _ if self.paper.brightness().is_some_and(|paper| paper < 128) => (255, 255, 255),
            _ => (0, 0, 0),
        };
        format!("#{r:02x}{g:02x}{b:02x}")
    }
}

/// The rules of a `<style>` that name one class, id or element.
#[derive(Debug, Default)]
pub(super) struct StyleSheet {
    rules: HashMap<String, String>,
}

impl StyleSheet {
    /// Reads a style sheet; rules within `@media` and the like are for other screens and left out.
    pub(super) fn read(&mut self, css: &str) {
        let mut rest = css;
        while let Some((selectors, after)) = rest.split_once('{') {
            let at_rule = selectors.trim_start_matches(|c: char| c.is_whitespace() || c == '}').starts_with('@');
            let (body, next) = if at_rule { skip_block(after) } else { after.split_once('}').unwrap_or((after, "")) };
            if !at_rule && self.rules.len() < MAX_RULES {
                self.add(selectors, body);
            }
            rest = next;
        }
    }

    fn add(&mut self, selectors: &str, body: &str) {
        let selectors = selectors.rsplit("*/").next().unwrap_or(selectors).trim().trim_start_matches("<!--");
        for selector in selectors.split(',').map(str::trim) {
            let simple = !selector.is_empty() && selector.chars().all(|c| c.is_alphanumeric() || "-_.#".contains(c));
            if simple {
                let rule = self.rules.entry(selector.to_lowercase()).or_default();
                if rule.len() < 4000 {
                    rule.push_str(body);
                    rule.push(';');
                }
            }
        }
    }

    /// The look of an element within its parent's.
    pub(super) fn look<'t>(
        &self,
        parent: Option<&Look>,
        name: &str,
        attribute: &dyn Fn(&str) -> Option<&'t str>,
    ) -> Look {
        let mut look = parent.cloned().unwrap_or_default();
        if let Some(colour) = attribute("bgcolor") {
            look.paper = paint(colour);
        }
        if attribute("background").is_some() {
            look.paper = Paint::Unknown;
        }
        if name == "font"
            && let Some(colour) = attribute("color")
        {
            look.ink = paint(colour);
        }
        let mut own = Own::default();
        for rule in self.matching(name, attribute) {
            own.read(rule, &mut look);
        }
        own.read(attribute("style").unwrap_or_default(), &mut look);
        look.gone |= own.hides() || attribute("hidden").is_some();
        look
    }

    /// The rules for an element, those of its name first.
    pub(super) fn matching<'s, 't>(&'s self, name: &str, attribute: &dyn Fn(&str) -> Option<&'t str>) -> Vec<&'s str> {
        if self.rules.is_empty() {
            return Vec::new();
        }
        let classes = attribute("class").unwrap_or_default().to_lowercase();
        let mut keys = vec![name.to_owned()];
        for class in classes.split_whitespace().take(20) {
            keys.extend([format!(".{class}"), format!("{name}.{class}")]);
        }
        if let Some(id) = attribute("id") {
            keys.extend([format!("#{}", id.to_lowercase()), format!("{name}#{}", id.to_lowercase())]);
        }
        keys.iter().filter_map(|key| self.rules.get(key)).map(String::as_str).collect()
    }
}

fn skip_block(css: &str) -> (&str, &str) {
    let mut depth = 1;
    for (at, c) in css.char_indices() {
        depth += match c {
            '{' => 1,
            '}' => -1,
            _ => 0,
        };
        if depth == 0 {
            return (&css[..at], &css[at + 1..]);
        }
    }
    (css, "")
}

/// The properties that are an element's own and not inherited.
#[derive(Debug, Default)]
struct Own {
    not_displayed: bool,
    see_through: bool,
    no_width: bool,
    no_height: bool,
    clipped: bool,
    away: bool,
}

impl Own {
    fn hides(&self) -> bool {
        self.not_displayed || self.see_through || self.away || (self.clipped && (self.no_width || self.no_height))
    }

    fn read(&mut self, style: &str, look: &mut Look) {
        for declaration in style.split(';') {
            let Some((property, value)) = declaration.split_once(':') else { continue };
            let value = value.trim().to_lowercase();
            let value = value.trim_end_matches("!important").trim();
            self.apply(property.trim().to_lowercase().as_str(), value, look);
        }
    }

    fn apply(&mut self, property: &str, value: &str, look: &mut Look) {
        let number = number(value);
        match property {
            "display" => self.not_displayed = value == "none",
            "visibility" => look.invisible = matches!(value, "hidden" | "collapse"),
            "opacity" => self.see_through = number.is_some_and(|n| n <= 0.05),
            "font-size" => {
                look.tiny =
                    number.is_some_and(|n| n == 0.0 || (n <= 1.0 && (value.ends_with("px") || value.ends_with("pt"))))
            }
            "width" | "max-width" => self.no_width = number.is_some_and(|n| n <= 1.0 && !value.ends_with("em")),
            "height" | "max-height" => self.no_height = number.is_some_and(|n| n <= 1.0 && !value.ends_with("em")),
            "overflow" | "overflow-x" | "overflow-y" => self.clipped = matches!(value, "hidden" | "clip"),
            "left" | "top" | "right" | "text-indent" | "margin-left" | "margin-top" => {
                self.away |= number.is_some_and(|n| n <= -500.0)
            }
            "clip" => {
                self.away |= value.replace([' ', ','], "").contains("rect(000")
                    || value.contains("rect(0") && value.matches('0').count() >= 4
            }
            "color" => look.ink = paint(value),
            "background" | "background-color" => look.paper = behind(value, look.paper),
            "background-image" if value != "none" => look.paper = Paint::Unknown,
            _ => {}
        }
    }
}

/// The colour behind the text after a `background`; what is transparent shows what was behind it already.
fn behind(value: &str, before: Paint) -> Paint {
    if value.contains("url(") || value.contains("gradient(") {
        return Paint::Unknown;
    }
    match [paint(value)].into_iter().chain(value.split_whitespace().map(paint)).find(|paint| *paint != Paint::Unknown) {
        Some(Paint::Transparent) => before,
        None if matches!(value, "none" | "inherit" | "initial" | "unset") => before,
        found => found.unwrap_or(Paint::Unknown),
    }
}

fn number(value: &str) -> Option<f64> {
    let end = value.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-')).unwrap_or(value.len());
    value[..end].parse().ok()
}

fn paint(value: &str) -> Paint {
    let value = value.trim().to_lowercase();
    match value.as_str() {
        "white" => return Paint::Rgb(255, 255, 255),
        "black" => return Paint::Rgb(0, 0, 0),
        "transparent" => return Paint::Transparent,
        _ => {}
    }
    if let Some(list) =
        value.strip_prefix("rgb(").or_else(|| value.strip_prefix("rgba(")).and_then(|rest| rest.strip_suffix(')'))
    {
        let parts: Vec<f64> =
            list.split([',', ' ', '/']).filter(|part| !part.is_empty()).filter_map(|part| part.parse().ok()).collect();
        return match parts[..] {
            [_, _, _, alpha] if alpha <= 0.05 => Paint::Transparent,
            [r, g, b, ..] => Paint::Rgb(r as u8, g as u8, b as u8),
            _ => Paint::Unknown,
        };
    }
    let hex = value.strip_prefix('#').unwrap_or(&value);
    let digits: Option<Vec<u8>> = hex.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect();
    match digits.as_deref() {
        Some([r, g, b]) => Paint::Rgb(r * 17, g * 17, b * 17),
        Some([r1, r2, g1, g2, b1, b2]) => Paint::Rgb(r1 * 16 + r2, g1 * 16 + g2, b1 * 16 + b2),
        _ => Paint::Unknown,
    }
}
