//! Folds what a letter quotes, where something was said before it; a letter that was handed on stays open. `<details>` opens and closes
//! where no script may run.

use super::super::html_tokens::attribute;
use html5ever::tokenizer::Tag;

/// So far into a quote its first words are looked for.
const BEGINNING: usize = 4000;
/// How mail programs begin a letter that is handed on, whatever the language.
const HANDED_ON: &str = "----------";

/// The quote that is being written.
#[derive(Debug, Default)]
pub(super) struct Fold {
    /// Whether anything was said so far.
    pub said: bool,
    /// Where the outermost quote may be opened, and where its words begin.
    at: Option<(usize, usize)>,
}

impl Fold {
    /// Begins a fold where this element is a quote and none is open; `true` where it did.
    pub(super) fn begin(&mut self, tag: &Tag, out: &mut String) -> bool {
        if !self.said || self.at.is_some() || !is_quote(tag) {
            return false;
        }
        out.push_str("<details");
        let opens = out.len();
        out.push_str("><summary>Quoted text</summary>");
        self.at = Some((opens, out.len()));
        true
    }

    /// Ends the fold.
    pub(super) fn end(&mut self, out: &mut String) {
        out.push_str("</details>");
        let Some((opens, words)) = self.at.take() else { return };
        let beginning = &out[words..out.floor_char_boundary((words + BEGINNING).min(out.len()))];
        if beginning.contains(HANDED_ON) {
            out.insert_str(opens, " open=\"\"");
        }
    }
}

fn is_quote(tag: &Tag) -> bool {
    let cited =
        &*tag.name == "blockquote" && attribute(tag, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("cite"));
    let classes = attribute(tag, "class").unwrap_or_default();
    cited
        || classes.split_whitespace().any(|class| matches!(class, "gmail_quote" | "yahoo_quoted" | "protonmail_quote"))
}
