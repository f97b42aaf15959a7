//! A question cut into what stands between spaces: quotes and parentheses hold together, `name:value` is taken apart. Pure.

/// A piece of a question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Token {
    /// Whether a minus stands before it.
    pub not: bool,
    /// What stands before the colon, in lower case.
    pub op: Option<String>,
    /// The text, without quotes or parentheses.
    pub value: String,
    /// Whether it stood in quotes.
    pub quoted: bool,
    /// Whether it stood in parentheses.
    pub grouped: bool,
    /// Whether the question ends with it: it may still be being typed.
    pub open: bool,
}

impl Token {
    /// Whether it says that what stands left or what stands right of it will do.
    pub fn is_or(&self) -> bool {
        self.value == "OR" && self.op.is_none() && !self.quoted && !self.not
    }

    /// It as it was typed, but for its sign.
    pub fn whole(&self) -> String {
        let op = self.op.as_ref().map(|op| format!("{op}:")).unwrap_or_default();
        match (self.quoted, self.grouped) {
            (true, _) => format!("{op}\"{}\"", self.value),
            (_, true) => format!("{op}({})", self.value),
            _ => format!("{op}{}", self.value),
        }
    }
}

/// The pieces of a question, in order.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let text = text.replace(['“', '”', '„'], "\"");
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (token, after) = token(rest);
        found.push(Token { open: after.is_empty() && !token.quoted && !token.grouped, ..token });
        rest = after.trim_start();
    }
    found
}

fn token(text: &str) -> (Token, &str) {
    let unsigned = text.strip_prefix('-').filter(|rest| is_negated(rest));
    let not = unsigned.is_some();
    let text = unsigned.unwrap_or(text);
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let named = text[..end].split_once(':').filter(|(op, _)| is_name(op));
    let (op, start) = named.map_or((None, 0), |(op, _)| (Some(op.to_lowercase()), op.len() + 1));
    let value = &text[start..];
    if let Some((inside, after)) = enclosed(value, '"', '"') {
        return (Token { not, op, value: inside.to_owned(), quoted: true, ..Token::default() }, after);
    }
    if let Some((inside, after)) = op.as_ref().and_then(|_| enclosed(value, '(', ')')) {
        return (Token { not, op, value: inside.to_owned(), grouped: true, ..Token::default() }, after);
    }
    (Token { not, op, value: text[start..end].to_owned(), ..Token::default() }, &text[end..])
}

/// What stands between these signs at the front, and what follows.
fn enclosed(text: &str, open: char, close: char) -> Option<(&str, &str)> {
    text.strip_prefix(open)?.split_once(close)
}

/// A name before a colon, as operators have them.
fn is_name(op: &str) -> bool {
    !op.is_empty() && op.chars().all(|c| c.is_ascii_alphabetic() || c == '_')
}

/// Whether a minus before this takes it out: before a word, a phrase or an operator. `-30998` is a number, and `-f`, `--force` are what is
/// typed in a terminal.
fn is_negated(rest: &str) -> bool {
    let word: Vec<char> = rest.chars().take(2).collect();
    match word.as_slice() {
        ['"', ..] => true,
        [a, b] => a.is_alphabetic() && !b.is_whitespace(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_cut_where_a_reader_would_cut_it() {
        for (text, expected) in [
            ("two words", vec!["two", "words"]),
            ("\"in a row\" after", vec!["\"in a row\"", "after"]),
            (
                "from:\"Dana Whitfield\" subject:(plan OR budget)",
                vec!["from:\"Dana Whitfield\"", "subject:(plan OR budget)"],
            ),
            ("From:dana", vec!["from:dana"]),
            ("an \"open phrase", vec!["an", "\"open", "phrase"]),
            ("http://example.com a::b", vec!["http://example.com", "a::b"]),
            ("from:", vec!["from:"]),
            ("-spam -\"two words\" -from:tom", vec!["spam", "\"two words\"", "from:tom"]),
            ("db3 -30998 rpm -e --force - x", vec!["db3", "-30998", "rpm", "-e", "--force", "-", "x"]),
            ("  ", vec![]),
        ] {
            let got: Vec<String> = tokens(text).iter().map(Token::whole).collect();
            assert_eq!(got, expected, "{text}");
        }
        let signs: Vec<bool> = tokens("-spam -\"two words\" -from:tom -30998 -e").iter().map(|t| t.not).collect();
        assert_eq!(signs, [true, true, true, false, false]);
    }
}
