//! The terminal: what is asked for goes to stdout, what is told about it to stderr. A reader that goes away (`| head`) is no error.

use serde::Serialize;
use std::io::{IsTerminal, Write};

/// Both ends of the terminal.
pub(crate) struct Out {
    color: bool,
    live: bool,
    quiet: bool,
    drawn: bool,
}

impl Out {
    pub(crate) fn new() -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let stdout = std::io::stdout().is_terminal();
        Self { color: stdout && !plain, live: stdout, quiet: !std::io::stderr().is_terminal(), drawn: false }
    }

    /// Whether somebody watches stdout.
    pub(crate) fn live(&self) -> bool {
        self.live
    }

    /// Whether nobody watches stderr.
    pub(crate) fn quiet(&self) -> bool {
        self.quiet
    }

    /// A line of what was asked for.
    pub(crate) fn line(&mut self, line: &str) {
        self.bytes(line.as_bytes());
        self.bytes(b"\n");
    }

    /// A piece of text as it comes.
    pub(crate) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
        let _ = std::io::stdout().flush();
    }

    /// Bytes as they are.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        let _ = std::io::stdout().lock().write_all(bytes);
    }

    /// One JSON object on a line of its own.
    pub(crate) fn json(&mut self, value: &impl Serialize) {
        if let Ok(line) = serde_json::to_string(value) {
            self.line(&line);
        }
    }

    /// A line about what is going on, to stderr.
    pub(crate) fn note(&mut self, line: &str) {
        let end = if std::mem::take(&mut self.drawn) { "\r\x1b[K" } else { "" };
        let _ = writeln!(std::io::stderr().lock(), "{end}{line}");
    }

    /// A line that the next one replaces, for somebody who watches stderr.
    pub(crate) fn redraw(&mut self, line: &str) {
        if !self.quiet {
            self.drawn = true;
            let _ = write!(std::io::stderr().lock(), "\r\x1b[K{line}");
        }
    }

    /// Takes such a line away.
    pub(crate) fn clear(&mut self) {
        if std::mem::take(&mut self.drawn) {
            let _ = write!(std::io::stderr().lock(), "\r\x1b[K");
        }
    }

    pub(crate) fn bold(&self, text: &str) -> String {
        if self.color { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
    }

    pub(crate) fn dim(&self, text: &str) -> String {
        if self.color { format!("\x1b[2m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// Text from a mail, safe for a terminal: one line, no control characters (which could move the cursor or worse).
pub(crate) fn one_line(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text from a mail with its lines kept and its control characters dropped.
pub(crate) fn plain(text: &str) -> String {
    text.chars().filter(|c| *c == '\n' || *c == '\t' || !c.is_control()).collect()
}

/// At most `width` characters.
pub(crate) fn fit(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_cannot_move_the_cursor() {
        assert_eq!(one_line("a\x1b[2J\r\n b\u{9b}31m"), "a [2J b 31m");
        assert_eq!(plain("one\n\x1b]0;title\x07two"), "one\n]0;titletwo");
    }

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        for (text, width, fitted) in [("short", 9, "short"), ("überlang", 4, "übe…"), ("", 3, "")] {
            assert_eq!(fit(text, width), fitted);
        }
    }
}
