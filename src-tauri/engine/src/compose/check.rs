//! The check: what a person should look at before a letter goes out. Pure; it changes no text.

use super::claims::{Against, claims, sentences};
use super::rows::DraftGround;
use super::{copied, letter, plain, prompt};
use crate::api::{
    Author, Check, CheckKind, Claim, ClaimKind, Draft, Finish, Length, Person, Provider, Source, SourceKind,
};
use crate::language;

/// Sign-offs as lines of their own.
const SIGN_OFFS: [&str; 40] = [
    "best",
    "best regards",
    "best wishes",
    "all the best",
    "regards",
    "kind regards",
    "warm regards",
    "warmly",
    "sincerely",
    "yours sincerely",
    "sincerely yours",
    "yours",
    "yours truly",
    "yours faithfully",
    "thanks",
    "thank you",
    "many thanks",
    "thanks again",
    "cheers",
    "take care",
    "cordially",
    "respectfully",
    "with thanks",
    "grüße",
    "viele grüße",
    "liebe grüße",
    "beste grüße",
    "herzliche grüße",
    "schöne grüße",
    "mit freundlichen grüßen",
    "freundliche grüße",
    "mit besten grüßen",
    "herzlich",
    "herzlichst",
    "gruß",
    "lg",
    "vg",
    "mfg",
    "cordialement",
    "saludos",
];
/// Greetings, the longer before the shorter.
const GREETINGS: [&str; 22] = [
    "sehr geehrte frau",
    "sehr geehrter herr",
    "sehr geehrte",
    "sehr geehrter",
    "good morning",
    "good afternoon",
    "good evening",
    "guten morgen",
    "guten tag",
    "guten abend",
    "dear",
    "hello",
    "hallo",
    "liebe",
    "lieber",
    "hi",
    "hey",
    "moin",
    "servus",
    "bonjour",
    "hola",
    "greetings",
];
/// Those whom a greeting may name without naming a recipient.
const ANYONE: [&str; 34] = [
    "all",
    "team",
    "everyone",
    "everybody",
    "there",
    "both",
    "folks",
    "friends",
    "colleagues",
    "sir",
    "madam",
    "sirs",
    "alle",
    "zusammen",
    "ihr",
    "damen",
    "herren",
    "und",
    "and",
    "or",
    "oder",
    "mr",
    "mrs",
    "ms",
    "dr",
    "prof",
    "frau",
    "herr",
    "kollegen",
    "kolleginnen",
    "again",
    "nochmal",
    "leute",
    "support",
];

/// The draft with what its text was made from, and what the check finds in the text as it stands now.
pub(super) fn onto(mut draft: Draft, ground: DraftGround) -> Draft {
    let known: Vec<Person> =
        ground.me.iter().chain(&ground.others).chain(&draft.to).chain(&draft.cc).chain(&draft.bcc).cloned().collect();
    let witnesses: Vec<Source> = ground.sources.iter().map(|source| witness(&draft, source)).collect();
    draft.claims = claims(&draft.body, Against { sources: &witnesses, known: &known, now: ground.now });
    draft.checks = checks(&draft, &ground, &known);
    draft.sources = ground.sources;
    draft.receipt = Some(ground.receipt);
    draft
}

/// A source as it may support a claim: of a text that was changed, only what the person wrote or asked for, and nothing a model put there.
fn witness(draft: &Draft, source: &Source) -> Source {
    if source.kind != SourceKind::Draft {
        return source.clone();
    }
    let by_the_person = |sentence: &str| {
        let first = draft.revisions.iter().filter(|r| r.body.contains(sentence)).min_by_key(|r| r.at);
        first.is_none_or(|revision| revision.by == Author::Person)
    };
    let mut own: Vec<&str> =
        sentences(&source.excerpt).into_iter().map(|(_, s)| s).filter(|s| by_the_person(s)).collect();
    own.extend(draft.revisions.iter().map(|revision| revision.instruction.as_str()));
    Source { excerpt: own.join("\n"), ..source.clone() }
}

fn check(kind: CheckKind, about: impl Into<String>) -> Check {
    Check { kind, about: about.into() }
}

fn checks(draft: &Draft, ground: &DraftGround, known: &[Person]) -> Vec<Check> {
    let body = draft.body.as_str();
    let mut found = Vec::new();
    if ground.receipt.model.provider == Provider::Offline {
        found.push(check(CheckKind::WrittenOffline, ""));
    }
    if ground.receipt.finish != Finish::Complete {
        found.push(check(CheckKind::Unfinished, last_words(body)));
    }
    found.extend(other_language(body, &ground.language));
    found.extend(length(body, ground.length));
    found.extend(placeholders(body).into_iter().map(|p| check(CheckKind::PlaceholderLeft, p)));
    found.extend(other_name(body, known));
    found.extend(not_letter(body).map(|line| check(CheckKind::NotLetter, line)));
    found.extend(second_sign_off(body).map(|line| check(CheckKind::SecondSignOff, line)));
    let copies = copied::copied(body, &ground.sources);
    found.extend(copies.into_iter().map(|span| check(CheckKind::CopiedFromOthers, &body[span])));
    found.extend(draft.claims.iter().filter(|c| c.source.is_none()).map(unsupported));
    found
}

fn unsupported(claim: &Claim) -> Check {
    let kind = match claim.kind {
        ClaimKind::Link => CheckKind::UnknownLink,
        ClaimKind::Address => CheckKind::OtherAddress,
        ClaimKind::Date | ClaimKind::Amount | ClaimKind::Commitment => CheckKind::UnsupportedClaim,
    };
    check(kind, claim.text.clone())
}

fn last_words(body: &str) -> String {
    let words: Vec<_> = body.split_whitespace().collect();
    words[words.len().saturating_sub(4)..].join(" ")
}

fn other_language(body: &str, wanted: &str) -> Option<Check> {
    if plain::words(body) < 12 {
        return None; // greetings and names tell nothing
    }
    let found = language::of(body)?;
    (language::base(&found) != language::base(wanted)).then(|| check(CheckKind::OtherLanguage, found))
}

/// Only a length somebody asked for can be missed; a fifth more or less is none of a person's concern.
fn length(body: &str, asked: Option<Length>) -> Option<Check> {
    let (asked, words) = (asked?, plain::words(body));
    let most = prompt::most_words(asked) * 6 / 5 + 10; // greeting and sign-off come on top
    let least = match asked {
        Length::Short => 0,
        Length::Medium => 40,
        Length::Long => 130,
    };
    let about = format!("{words}");
    if words > most {
        return Some(check(CheckKind::TooLong, about));
    }
    (words < least).then(|| check(CheckKind::TooShort, about))
}

/// Blanks left: `[date]`, `{{name}}`, `<name>`, `XXX`, `TBD`.
fn placeholders(body: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (open, close) in [("{{", "}}"), ("[", "]"), ("<", ">")] {
        let mut rest = body;
        while let Some(at) = rest.find(open) {
            let inside = &rest[at + open.len()..];
            let Some(end) = inside.find(close) else { break };
            let blank = &inside[..end];
            let words = !blank.is_empty()
                && blank.trim() == blank
                && blank.chars().count() <= 40
                && !blank.contains(['\n', '@', ':']);
            let letters = blank.chars().any(char::is_alphabetic);
            if words && letters {
                found.push(format!("{open}{blank}{close}"));
            }
            rest = &inside[end..];
        }
    }
    let marks = body.split(|c: char| !c.is_alphanumeric()).filter(|w| ["XXX", "XX", "TBD", "TODO", "TBA"].contains(w));
    found.extend(marks.map(str::to_owned));
    found
}

/// A greeting that names somebody the letter does not go to.
fn other_name(body: &str, known: &[Person]) -> Option<Check> {
    let line = body.lines().map(str::trim).find(|line| !line.is_empty())?;
    let lower = line.to_lowercase();
    let greeting =
        GREETINGS.iter().find(|g| lower.strip_prefix(**g).is_some_and(|rest| rest.starts_with([' ', ','])))?;
    let names = line.get(greeting.len()..)?.split([',', '!', '.', ':', ';']).next()?;
    let known: Vec<String> = known.iter().flat_map(name_words).collect();
    let is_known = |word: &str| {
        let word = word.to_lowercase();
        word.chars().count() < 2
            || ANYONE.contains(&word.as_str())
            || known.iter().any(|k| *k == word || (word.len() >= 3 && k.starts_with(&word)))
    };
    let words: Vec<_> = names.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|w| !w.is_empty()).collect();
    let named = words.iter().filter(|w| w.starts_with(char::is_uppercase)).collect::<Vec<_>>();
    let strangers: Vec<&str> = named.iter().filter(|w| !is_known(w)).map(|w| **w).collect();
    (!strangers.is_empty()
        && strangers.len() == named.iter().filter(|w| !ANYONE.contains(&w.to_lowercase().as_str())).count()
        && words.len() <= 6)
        .then(|| check(CheckKind::OtherName, strangers.join(" ")))
}

/// The words of a name, and those of the address before the `@`.
fn name_words(person: &Person) -> Vec<String> {
    let local = person.address.as_str().split('@').next().unwrap_or_default();
    let text = format!("{} {local}", person.name.as_deref().unwrap_or_default()).to_lowercase();
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// Words before or after the letter itself.
fn not_letter(body: &str) -> Option<String> {
    const AFTER: [&str; 8] = [
        "let me know if you'd like me to",
        "let me know if you would like me to",
        "feel free to adjust",
        "would you like me to",
        "note: ",
        "i hope this draft",
        "this draft",
        "soll ich den entwurf",
    ];
    let mut lines = body.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next()?;
    if letter::is_preamble(first) || letter::subject_line(first).is_some() || first.starts_with("```") {
        return Some(first.to_owned());
    }
    let last = lines.next_back()?;
    let lower = last.to_lowercase().replace('’', "'");
    (last.ends_with("```") || AFTER.iter().any(|after| lower.starts_with(after))).then(|| last.to_owned())
}

/// The second of two sign-offs.
fn second_sign_off(body: &str) -> Option<String> {
    let mut lines = body.lines().map(str::trim).filter(|line| {
        let bare = line.trim_end_matches([',', '.', '!']).to_lowercase();
        SIGN_OFFS.contains(&bare.as_str())
    });
    lines.nth(1).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::samples::person;

    #[test]
    fn blanks_are_found_and_other_brackets_are_not() {
        let table: [(&str, &[&str]); 11] = [
            ("on [date] then", &["[date]"]),
            ("Hi {{name}},", &["{{name}}"]),
            ("Hi <Name>,", &["<Name>"]),
            ("call [phone 1]", &["[phone 1]"]),
            ("it costs XXX", &["XXX"]),
            ("TBD", &["TBD"]),
            ("[Your Name]", &["[Your Name]"]),
            ("see [1] and [2]", &[]),
            ("if a < b and c > d", &[]),
            ("<https://example.com>", &[]),
            ("nothing (at all)", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(placeholders(text), expected, "{text}");
        }
    }

    #[test]
    fn a_greeting_to_somebody_else_is_told() {
        let known = [
            person("Dana Levi", "dana@example.org"),
            person("", "lee.wong@example.net"),
            person("Mara", "mara@example.com"),
        ];
        let table = [
            ("Hi Dana,\n", None),
            ("Dear Ms Levi,", None),
            ("Sehr geehrte Frau Levi,", None),
            ("Hallo Dana und Lee,", None),
            ("Hi Lee!", None),
            ("Hi all,", None),
            ("Hello team,", None),
            ("Sehr geehrte Damen und Herren,", None),
            ("Hi,", None),
            ("Thanks for Peter's note.", None),
            ("Hi Peter,", Some("Peter")),
            ("Lieber Klaus,", Some("Klaus")),
            ("Dear Mr Smith,", Some("Smith")),
            ("Hidden costs are none.", None),
        ];
        for (text, expected) in table {
            assert_eq!(other_name(text, &known).map(|c| c.about).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_second_sign_off_and_words_around_the_letter_are_told() {
        assert_eq!(second_sign_off("Hi\n\nok\n\nBest,\nMara"), None);
        assert_eq!(second_sign_off("Hi\n\nThanks,\nMara\n\nBest regards,\nMara").as_deref(), Some("Best regards,"));
        assert_eq!(
            second_sign_off("Hallo\n\nViele Grüße\nMara\nMit freundlichen Grüßen").as_deref(),
            Some("Mit freundlichen Grüßen")
        );
        assert_eq!(not_letter("Hi Dana,\n\nok\n\nBest").as_deref(), None);
        assert!(not_letter("Here is your draft:\n\nHi").is_some());
        assert!(not_letter("Subject: Plan\n\nHi").is_some());
        assert!(not_letter("Hi\n\nBest\n\nLet me know if you'd like me to change the tone.").is_some());
    }

    #[test]
    fn length_is_checked_where_it_was_asked_for() {
        let words = |n: usize| "word ".repeat(n);
        let kind = |n, asked| length(&words(n), asked).map(|c| c.kind);
        assert_eq!(kind(500, None), None);
        assert_eq!(kind(60, Some(Length::Short)), None);
        assert_eq!(kind(120, Some(Length::Short)), Some(CheckKind::TooLong));
        assert_eq!(kind(20, Some(Length::Medium)), Some(CheckKind::TooShort));
        assert_eq!(kind(100, Some(Length::Medium)), None);
        assert_eq!(kind(90, Some(Length::Long)), Some(CheckKind::TooShort));
        assert_eq!(kind(300, Some(Length::Long)), None);
    }

    #[test]
    fn another_language_is_told() {
        let german =
            "Vielen Dank für Ihre Nachricht. Wir melden uns in der nächsten Woche mit einem Vorschlag für den Termin.";
        assert_eq!(other_language(german, "en").map(|c| c.about).as_deref(), Some("de"));
        assert_eq!(other_language(german, "de-AT"), None);
        assert_eq!(other_language("Hi Dana", "de"), None);
    }
}
