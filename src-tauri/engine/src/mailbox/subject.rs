//! Subjects without what mail programs put before them. Pure; it never looks at a message.

/// What mail programs of the world write before a subject they answer or forward.
const PREFIXES: &[&str] = &[
    "re", "aw", "antw", "antwort", "sv", "vs", "rv", "res", "ref", "odp", "ynt", "rif", "r", "wg", "fw", "fwd", "tr",
    "enc", "i", "vb", "doorst", "pd", "回复", "答复", "转发", "返信",
];

/// A subject as threads know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseSubject {
    /// Without prefixes and list tags, spaces collapsed, case kept.
    pub text: String,
    /// Whether there was a prefix that says it answers or forwards.
    pub answers: bool,
}

/// Takes prefixes (`Re:`, `AW[2]:`, `Re^3:`, `WG :`), list tags (`[ILUG]`) before or between them, and `(fwd)` off a subject.
#[must_use]
pub fn base_subject(subject: &str) -> BaseSubject {
    let collapsed = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    let (mut rest, mut answers) = (collapsed.as_str(), false);
    loop {
        if let Some(shorter) = without_prefix(rest) {
            (rest, answers) = (shorter, true);
        } else if let Some(shorter) = without_tag(rest) {
            rest = shorter;
        } else if let Some(shorter) = rest.strip_suffix("(fwd)") {
            (rest, answers) = (shorter.trim_end(), true);
        } else {
            return BaseSubject { text: rest.to_owned(), answers };
        }
    }
}

fn without_prefix(text: &str) -> Option<&str> {
    let (head, rest) = text.split_once([':', '：'])?;
    let word = head
        .trim_end()
        .trim_end_matches(|c: char| c.is_ascii_digit() || "[]()^*".contains(c))
        .trim_end()
        .to_lowercase();
    PREFIXES.contains(&word.as_str()).then(|| rest.trim_start())
}

/// A `[tag]` is taken off only where words follow it.
fn without_tag(text: &str) -> Option<&str> {
    let (tag, rest) = text.strip_prefix('[')?.split_once(']')?;
    let rest = rest.trim_start();
    (!rest.is_empty() && tag.len() <= 40 && !tag.contains('[')).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn prefixes_of_many_lands_come_off() {
        for (given, text, answers) in [
            ("Lunch on Friday", "Lunch on Friday", false),
            ("Re: Lunch", "Lunch", true),
            ("RE: AW: Fwd: Lunch", "Lunch", true),
            ("Re[2]: Lunch", "Lunch", true),
            ("Re^3: Lunch", "Lunch", true),
            ("Antw.: Lunch", "Antw.: Lunch", false),
            ("SV : Lunch", "Lunch", true),
            ("[ILUG] Re: Lunch", "Lunch", true),
            ("Re: [ILUG] Re: Lunch", "Lunch", true),
            ("[draft]", "[draft]", false),
            ("Lunch (fwd)", "Lunch", true),
            ("回复：午饭", "午饭", true),
            ("Note: bring a pen", "Note: bring a pen", false),
            ("re", "re", false),
            ("  a \t b\r\n c ", "a b c", false),
            ("", "", false),
        ] {
            assert_eq!(base_subject(given), BaseSubject { text: text.into(), answers }, "{given}");
        }
    }

    proptest! {
        #[test]
        fn a_base_subject_is_its_own_base(subject in ".{0,60}") {
            let once = base_subject(&subject).text;
            prop_assert_eq!(&base_subject(&once).text, &once);
        }

        #[test]
        fn answering_never_changes_the_base(subject in "[a-z \\[\\]:]{0,30}") {
            prop_assert_eq!(base_subject(&format!("Re: {subject}")).text, base_subject(&subject).text);
        }
    }
}
