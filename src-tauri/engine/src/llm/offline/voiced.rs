//! The writer's own manner on sentences that rules made: contractions, exclamation marks, an emoji, lower case, two spaces. Pure; where the user
//! typed the words themselves, they stay as typed, and a tone asked for goes before habit.

use super::sentences::{Maker, Sentence};
use crate::api::{HowOften, Style, Tone};
use crate::memory::manners::{capitalise, primary};
use crate::memory::voice::letter::{sentences, words_of};
use crate::memory::words::fold;

/// Short forms that are not always what their long form says: they are written out where the writer never contracts, and never made.
const DOUBTFUL: [&str; 3] = [" have", " would", " us"];

/// The sentences as this writer puts them.
pub(super) fn sentence_by_sentence(mut said: Vec<Sentence>, style: &Style, maker: &Maker<'_>) -> Vec<Sentence> {
    if maker.tone != Tone::AsIWrite {
        return said;
    }
    let mut thanked = false;
    for sentence in said.iter_mut().filter(|s| s.by_rule) {
        sentence.text = contracted(&sentence.text, style.contractions, maker.language);
        match style.exclamations {
            Some(HowOften::Never) if sentence.text.ends_with('!') => ended(&mut sentence.text, '.'),
            Some(HowOften::Often) if !thanked && is_thanks(&sentence.text) && sentence.text.ends_with('.') => {
                ended(&mut sentence.text, '!');
            }
            _ => {}
        }
        thanked = thanked || is_thanks(&sentence.text);
    }
    said
}

fn ended(text: &mut String, mark: char) {
    text.pop();
    text.push(mark);
}

fn is_thanks(text: &str) -> bool {
    let start = fold(text);
    ["thank", "congrat", "danke", "vielen dank", "merci", "gracias"].iter().any(|word| start.starts_with(word))
}

/// With short forms, or without.
fn contracted(text: &str, often: Option<HowOften>, language: &str) -> String {
    let Some(words) = words_of(language) else { return text.to_owned() };
    let mut out = text.to_owned();
    // "will not" is "won't" before "I will" is "I'll".
    let (with_not, others): (Vec<_>, Vec<_>) = words.contractions.iter().partition(|(_, long)| long.ends_with("not"));
    for (short, long) in with_not.into_iter().chain(others) {
        out = match often {
            Some(HowOften::Often) if primary(language) == "en" && !DOUBTFUL.iter().any(|end| long.ends_with(end)) => {
                replaced(&out, long, short, true)
            }
            Some(HowOften::Never) => replaced(&out, short, long, false),
            _ => continue,
        };
    }
    out
}

/// Every `from` that stands as words becomes `to`; with `goes_on` only where another word follows ("Yes, it is." stays).
fn replaced(text: &str, from: &str, to: &str, goes_on: bool) -> String {
    let plain = text.replace('’', "'");
    let low = plain.to_lowercase();
    if low.len() != plain.len() {
        return text.to_owned(); // places would not be the same
    }
    let (mut out, mut done) = (String::new(), 0);
    for (at, _) in low.match_indices(from) {
        let end = at + from.len();
        let apart = !low[..at].ends_with(|c: char| c.is_alphanumeric() || c == '\'')
            && !low[end..].starts_with(|c: char| c.is_alphanumeric() || c == '\'');
        let follows = low[end..].starts_with(' ') && low[end..].trim_start().starts_with(char::is_alphabetic);
        if at < done || !apart || (goes_on && !follows) {
            continue;
        }
        out.push_str(&plain[done..at]);
        let capital = plain[at..].starts_with(char::is_uppercase);
        let to = to.strip_prefix("i ").map(|rest| format!("I {rest}")).unwrap_or_else(|| to.to_owned());
        let to = to.strip_prefix("i'").map(|rest| format!("I'{rest}")).unwrap_or(to);
        out.push_str(&if capital { capitalise(&to) } else { to });
        done = end;
    }
    out.push_str(&plain[done..]);
    if done == 0 { text.to_owned() } else { out }
}

/// The body as this writer sets it.
pub(super) fn body(text: String, style: &Style, maker: &Maker<'_>) -> String {
    if maker.tone != Tone::AsIWrite || text.is_empty() {
        return text;
    }
    let gap = if style.double_space == Some(HowOften::Often) { "  " } else { " " };
    let lower = style.lower_case == Some(HowOften::Often) && primary(maker.language) != "de";
    let mut text = text;
    if lower || gap.len() > 1 {
        let lines = text.lines().map(|line| {
            let set = sentences(line).into_iter().map(|s| if lower { in_lower_case(s, maker) } else { s.to_owned() });
            set.collect::<Vec<_>>().join(gap)
        });
        text = lines.collect::<Vec<_>>().join("\n");
    }
    match &style.sign {
        Some(sign) if style.emoji == Some(HowOften::Often) && !text.contains(sign.as_str()) => format!("{text} {sign}"),
        _ => text,
    }
}

/// The first letter small, but for "I", a name, and what is written in capitals.
fn in_lower_case(sentence: &str, maker: &Maker<'_>) -> String {
    let first = sentence.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let stays = first == "I"
        || first.chars().skip(1).any(char::is_uppercase)
        || maker.known.contains(&fold(first))
        || maker.names.contains(&fold(first));
    if stays {
        return sentence.to_owned();
    }
    let mut chars = sentence.chars();
    chars.next().map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_are_made_and_undone_as_the_writer_does() {
        let often = Some(HowOften::Often);
        let never = Some(HowOften::Never);
        for (text, habit, expected) in [
            ("I am afraid we cannot do that.", often, "I'm afraid we can't do that."),
            ("Yes, it is.", often, "Yes, it is."),
            ("I have a question.", often, "I have a question."),
            ("It is done, and I will not change it.", often, "It's done, and I won't change it."),
            ("I'm afraid we can’t do that.", never, "I am afraid we cannot do that."),
            ("I'd like to see it.", never, "I would like to see it."),
            ("We can't, and don't ask.", None, "We can't, and don't ask."),
        ] {
            assert_eq!(contracted(text, habit, "en"), expected, "{text}");
        }
        assert_eq!(contracted("Das gibt's nicht.", never, "de"), "Das gibt es nicht.");
    }
}
