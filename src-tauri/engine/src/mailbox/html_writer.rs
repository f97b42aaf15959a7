//! Lays text out in lines: spaces collapsed, paragraphs apart, quotes marked. Pure; it knows no HTML.

/// Text being laid out.
#[derive(Debug, Default)]
pub(super) struct Writer {
    out: String,
    /// Line ends owed before the next word.
    breaks: u8,
    /// Whether a space is owed before the next word.
    space: bool,
    /// How deep in quotes the next word stands.
    quote: usize,
    /// How deep in quotes the current line stands.
    line_quote: usize,
}

impl Writer {
    /// Adds text; white space is one space, unless `kept`.
    pub(super) fn text(&mut self, text: &str, kept: bool) {
        for c in text.chars() {
            match c {
                '\n' if kept => self.line_break(),
                c if c == '\u{a0}' || (c.is_whitespace() && !kept) => self.space = true,
                c => self.put(c),
            }
        }
    }

    /// A line ends here (`<br>`).
    pub(super) fn line_break(&mut self) {
        self.breaks = (self.breaks + 1).min(2);
        self.space = false;
    }

    /// At least so many line ends stand here.
    pub(super) fn block(&mut self, breaks: u8) {
        if breaks > 0 {
            self.breaks = self.breaks.max(breaks);
            self.space = false;
        }
    }

    /// A space stands here.
    pub(super) fn space(&mut self) {
        self.space = true;
    }

    /// Goes into a quote, or out of one.
    pub(super) fn quote(&mut self, by: isize) {
        self.quote = self.quote.saturating_add_signed(by).min(20);
    }

    /// How much is written; where a link begins.
    pub(super) fn len(&self) -> usize {
        self.out.len()
    }

    /// Writes where a link goes, unless its own words (from `from` on) say so.
    pub(super) fn link(&mut self, link: Option<(&str, usize)>) {
        let Some((href, from)) = link else { return };
        let words = self.out.get(from..).unwrap_or_default().trim();
        let plain = |link: &str| {
            link.trim_start_matches("mailto:")
                .trim_start_matches("https://")
                .trim_start_matches("http://")
                .trim_end_matches('/')
                .to_lowercase()
        };
        if words.is_empty() || plain(words).contains(&plain(href)) || self.out.len() == from {
            return;
        }
        self.space = true;
        for c in format!("({href})").chars() {
            self.put(c);
        }
    }

    /// The text.
    pub(super) fn finish(self) -> String {
        self.out
    }

    fn put(&mut self, c: char) {
        if self.out.is_empty() {
            self.begin_line();
        } else if self.breaks > 0 {
            for left in (0..self.breaks).rev() {
                self.out.push('\n');
                if left > 0 {
                    self.out.push_str(&">".repeat(self.quote.min(self.line_quote)));
                }
            }
            self.begin_line();
        } else if self.space {
            self.out.push(' ');
        }
        self.breaks = 0;
        self.space = false;
        self.out.push(c);
    }

    fn begin_line(&mut self) {
        self.line_quote = self.quote;
        for _ in 0..self.quote {
            self.out.push_str("> ");
        }
    }
}
