//! A model's answer made a letter as it streams: an obvious preamble, a code fence or a `Subject:` line is taken off. Pure.

/// A first line longer than this is the letter itself.
const LONGEST_PREAMBLE: usize = 160;

/// Takes off what is not the letter, piece by piece.
#[derive(Debug, Default)]
pub(crate) struct Cleaner {
    held: String,
    in_letter: bool,
    fenced: bool,
    subject: Option<String>,
}

/// What a line before the letter is.
#[derive(Debug, PartialEq, Eq)]
enum Lead {
    Blank,
    Fence,
    Subject(String),
    Preamble,
    Letter,
}

impl Cleaner {
    /// More of the stream; what belongs to the letter for certain comes back.
    pub(crate) fn push(&mut self, piece: &str) -> String {
        self.held.push_str(piece);
        while !self.in_letter {
            let Some(end) = self.held.find('\n') else {
                if self.held.len() <= LONGEST_PREAMBLE {
                    return String::new();
                }
                self.in_letter = true;
                break;
            };
            let lead = lead(&self.held[..end]);
            if !self.take_lead(lead) {
                self.held.drain(..=end);
            }
        }
        self.settled()
    }

    /// The end of the stream: the rest of the letter.
    pub(crate) fn finish(&mut self) -> String {
        let line = self.held.lines().next().map(lead);
        if !self.in_letter
            && let Some(lead) = line
            && !self.take_lead(lead)
        {
            self.held.clear();
        }
        let rest = std::mem::take(&mut self.held);
        let rest = rest.trim_end();
        let rest = if self.fenced { rest.strip_suffix("```").unwrap_or(rest) } else { rest };
        rest.trim_end().to_owned()
    }

    /// The subject the model gave, if it gave one.
    pub(crate) fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// Takes a line before the letter in; `true` when the letter begins with it.
    fn take_lead(&mut self, lead: Lead) -> bool {
        match lead {
            Lead::Letter => self.in_letter = true,
            Lead::Fence => self.fenced = true,
            Lead::Subject(subject) => self.subject = Some(subject),
            Lead::Blank | Lead::Preamble => {}
        }
        self.in_letter
    }

    /// All but the end that may still turn out to be white space before a closing fence.
    fn settled(&mut self) -> String {
        let open = self.held.trim_end_matches(|c: char| c.is_whitespace() || c == '`').len();
        let rest = self.held.split_off(open);
        std::mem::replace(&mut self.held, rest)
    }
}

fn lead(line: &str) -> Lead {
    let line = line.trim();
    if line.is_empty() {
        return Lead::Blank;
    }
    if line.starts_with("```") {
        return Lead::Fence;
    }
    if let Some(subject) = subject_line(line) {
        return Lead::Subject(subject);
    }
    if is_preamble(line) { Lead::Preamble } else { Lead::Letter }
}

/// The subject in a line like `**Subject:** Plan` or `Betreff: Plan`.
pub(super) fn subject_line(line: &str) -> Option<String> {
    let bare = line.trim_start_matches(['*', '#', ' ']);
    let (label, rest) = bare.split_once(':')?;
    let label = label.trim_matches(['*', ' ']).to_lowercase();
    let known =
        ["subject", "subject line", "betreff", "objet", "asunto", "oggetto", "onderwerp"].contains(&label.as_str());
    known.then(|| rest.trim_matches(['*', ' ', '"', '“', '”']).to_owned())
}

/// Whether a line speaks about the letter instead of being it.
pub(super) fn is_preamble(line: &str) -> bool {
    const STARTS: [&str; 12] = [
        "here is",
        "here's",
        "here’s",
        "sure",
        "certainly",
        "of course",
        "absolutely",
        "below is",
        "hier ist",
        "gerne",
        "natürlich",
        "selbstverständlich",
    ];
    const ABOUT: [&str; 9] =
        ["draft", "email", "e-mail", "reply", "version", "entwurf", "antwort", "letter", "nachricht"];
    let lower = line.trim_matches(['*', ' ']).to_lowercase();
    let starts = STARTS.iter().any(|start| lower.starts_with(start));
    let about = ABOUT.iter().any(|word| lower.contains(word));
    let alone = lower.split_whitespace().count() <= 2 && lower.ends_with(['!', ':', '.']);
    starts
        && (lower.ends_with(':') && (about || lower.split_whitespace().count() <= 4)
            || about && lower.ends_with(['.', '!', ':'])
            || alone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn clean(text: &str, size: usize) -> (String, Option<String>) {
        let mut cleaner = Cleaner::default();
        let chars: Vec<char> = text.chars().collect();
        let mut out: String = chars.chunks(size.max(1)).map(|c| cleaner.push(&c.iter().collect::<String>())).collect();
        out.push_str(&cleaner.finish());
        (out, cleaner.subject().map(str::to_owned))
    }

    #[test]
    fn what_is_not_the_letter_comes_off() {
        let letter = "Hi Dana,\n\nyes: Friday.\n\nBest,\nMara";
        let table = [
            (letter.to_owned(), None),
            (format!("\n\n{letter}\n\n"), None),
            (format!("Here is the draft:\n\n{letter}"), None),
            (format!("Sure! Here's a draft of your reply:\n{letter}"), None),
            (format!("Certainly!\n\n{letter}"), None),
            (format!("Hier ist der Entwurf:\n\n{letter}"), None),
            (format!("```\n{letter}\n```"), None),
            (format!("```text\n{letter}\n```\n"), None),
            (format!("Subject: Friday\n\n{letter}"), Some("Friday")),
            (format!("**Subject:** Friday\n\n{letter}"), Some("Friday")),
            (format!("Here is your email:\n\nBetreff: Freitag\n\n{letter}"), Some("Freitag")),
        ];
        for (given, subject) in table {
            for size in [1, 3, 7, 1000] {
                assert_eq!(
                    clean(&given, size),
                    (letter.to_owned(), subject.map(str::to_owned)),
                    "{given} in pieces of {size}"
                );
            }
        }
    }

    #[test]
    fn a_letter_that_only_begins_like_a_preamble_stays() {
        for letter in [
            "Sure, Friday works for me.\n\nBest",
            "Here is the contract we spoke about.\nBest",
            "Of course you can.\nMara",
            "Gerne komme ich am Freitag.\nMara",
        ] {
            assert_eq!(clean(letter, 4).0, letter);
        }
    }

    proptest! {
        #[test]
        fn the_size_of_the_pieces_never_matters(text in "[a-zS:`\n ]{0,60}", size in 1usize..9) {
            prop_assert_eq!(clean(&text, size), clean(&text, 10_000));
        }
    }
}
