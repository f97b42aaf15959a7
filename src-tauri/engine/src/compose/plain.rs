//! Other people's text made harmless: nothing hidden, nothing that steers a terminal or turns the line around. Pure.

/// The text without characters nobody sees: controls, zero-width and bidirectional marks, tags, soft hyphens, private use.
pub(crate) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' => out.push('\n'),
            '\n' | '\t' => out.push(c),
            '\u{a0}' | '\u{202f}' => out.push(' '),
            '\u{200d}' if joins_emoji(&out, chars.peek().copied()) => out.push(c),
            _ if c.is_control() || is_hidden(c) => {}
            _ => out.push(c),
        }
    }
    squeeze_blank_lines(&out)
}

/// A zero-width joiner between two pictures makes one picture; anywhere else it hides.
fn joins_emoji(before: &str, after: Option<char>) -> bool {
    let picture = |c: char| ('\u{2190}'..='\u{2bff}').contains(&c) || c >= '\u{1f000}' || c == '\u{fe0f}';
    before.chars().next_back().is_some_and(picture) && after.is_some_and(picture)
}

fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
        | '\u{f0000}'..='\u{10ffff}')
}

fn squeeze_blank_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = 0;
    for line in text.lines().map(str::trim_end) {
        blank = if line.is_empty() { blank + 1 } else { 0 };
        if blank < 2 {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.trim_matches('\n').to_owned()
}

/// An estimate of how many tokens a text is: four Latin characters each, one for most others. Never below the real count by much.
pub(crate) fn tokens(text: &str) -> u32 {
    let quarters: usize = text
        .chars()
        .map(|c| {
            if c.is_ascii() {
                1
            } else if c.len_utf8() < 3 {
                2
            } else {
                4
            }
        })
        .sum();
    u32::try_from(quarters.div_ceil(4)).unwrap_or(u32::MAX)
}

/// As many whole words of a text's beginning as fit so many tokens.
pub(crate) fn cut_to(text: &str, budget: u32) -> String {
    if tokens(text) <= budget {
        return text.to_owned();
    }
    let most = usize::try_from(budget).unwrap_or(usize::MAX).saturating_mul(4);
    let mut quarters = 0;
    let end = text.char_indices().find(|(_, c)| {
        quarters += if c.is_ascii() {
            1
        } else if c.len_utf8() < 3 {
            2
        } else {
            4
        };
        quarters > most
    });
    let head = &text[..end.map_or(text.len(), |(at, _)| at)];
    let whole = head.rfind(char::is_whitespace).map_or(head, |at| &head[..at]);
    format!("{} …", whole.trim_end())
}

/// How many words.
pub(crate) fn words(text: &str) -> u32 {
    u32::try_from(text.split_whitespace().filter(|w| w.chars().any(char::is_alphanumeric)).count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hidden_text_is_gone_and_the_rest_stays() {
        let table = [
            ("pay\u{200b}pal", "paypal"),
            ("\u{202e}evil\u{202c}", "evil"),
            ("a\u{1b}[31mred", "a[31mred"),
            ("one\r\ntwo\rthree", "one\ntwo\nthree"),
            ("tags\u{e0041}\u{e0042}", "tags"),
            ("Grüße, 你好, שלום", "Grüße, 你好, שלום"),
            ("👩\u{200d}💻 ok", "👩\u{200d}💻 ok"),
            ("x\u{200d}y", "xy"),
            ("a\n\n\n\n\nb", "a\n\nb"),
        ];
        for (given, expected) in table {
            assert_eq!(visible(given), expected, "{given:?}");
        }
    }

    proptest! {
        #[test]
        fn making_visible_twice_changes_nothing_more(text in any::<String>()) {
            let once = visible(&text);
            prop_assert_eq!(visible(&once), once.clone());
            prop_assert!(!once.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
        }

        #[test]
        fn a_cut_text_fits(text in "[a-zäöü€ 你]{0,300}", budget in 1u32..60) {
            prop_assert!(tokens(&cut_to(&text, budget)) <= budget + 2);
        }
    }
}
