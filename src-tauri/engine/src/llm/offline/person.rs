//! Who is spoken of becomes who is spoken to: "ask whether she can come" → "whether you can come". Pure; where it is not plain who is meant,
//! the writer's words stay.

use super::grammar::{Grammar, bare};

/// Turns the recipient from the third person into the second, in English.
#[must_use]
pub fn to_you(grammar: &Grammar, text: &str, names: &[String]) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut out: Vec<String> = Vec::new();
    let mut after_subject = 0;
    for (at, word) in words.iter().enumerate() {
        let low = bare(word);
        let plain = !others_named(grammar, &words[..at], names);
        let mut new = word.to_string();
        if after_subject > 0 {
            after_subject -= 1;
            if !matches!(
                low.as_str(),
                "still" | "already" | "really" | "also" | "ever" | "even" | "just" | "actually" | "never"
            ) {
                after_subject = 0;
                new = replace(word, &second_person(&low));
            }
        } else if plain && let Some(you) = pronoun(&low, words.get(at + 1).map(|w| bare(w)).as_deref(), word) {
            new = replace(word, you);
            if matches!(low.as_str(), "he" | "she") {
                after_subject = 2;
                turn_before(&mut out);
            }
        }
        out.push(new);
    }
    out.join(" ")
}

/// Whether somebody else was named before, whom "he" or "they" may mean.
fn others_named(grammar: &Grammar, before: &[&str], names: &[String]) -> bool {
    (0..before.len()).any(|at| {
        let low = bare(before[at]);
        let day = grammar.fixes.values().any(|f| f == before[at].trim_end_matches(','));
        let capital = before[at].chars().next().is_some_and(char::is_uppercase) && !low.starts_with('i') && !day;
        let stranger = !names.contains(&low) && (capital || is_bare_subject(before, at));
        stranger || grammar.third_parties.contains(&low)
    })
}

/// A word alone before "is" or "will", with no article: most likely a name typed small, as in "tom is late".
fn is_bare_subject(words: &[&str], at: usize) -> bool {
    let low = bare(words[at]);
    let verb = words
        .get(at + 1)
        .is_some_and(|w| matches!(bare(w).as_str(), "is" | "was" | "has" | "will" | "says" | "said" | "wants"));
    let lead =
        at == 0 || matches!(bare(words[at - 1]).as_str(), "that" | "and" | "if" | "whether" | "because" | "when");
    let pronoun = [
        "i",
        "we",
        "you",
        "he",
        "she",
        "they",
        "it",
        "this",
        "that",
        "there",
        "what",
        "who",
        "which",
        "everything",
        "all",
        "nothing",
    ];
    verb && lead && !pronoun.contains(&low.as_str())
}

fn pronoun(low: &str, next: Option<&str>, word: &str) -> Option<&'static str> {
    let ended = word.ends_with([',', '.', '?', '!']);
    Some(match low {
        "he" | "she" | "they" | "him" | "them" => "you",
        "he's" | "she's" | "they're" => "you're",
        "he'll" | "she'll" | "they'll" => "you'll",
        "he'd" | "she'd" | "they'd" => "you'd",
        "they've" => "you've",
        "his" | "their" => "your",
        "hers" | "theirs" => "yours",
        "himself" | "herself" | "themselves" => "yourself",
        "her" if ended || next.is_none_or(no_noun) => "you",
        "her" => "your",
        _ => return None,
    })
}

/// What cannot follow "her" where it means "your".
fn no_noun(next: &str) -> bool {
    [
        "to", "about", "for", "on", "in", "at", "by", "with", "from", "if", "whether", "that", "when", "the", "a",
        "an", "my", "our", "and", "or", "but", "again", "back", "tomorrow", "today", "soon", "know", "this", "some",
        "any", "as", "because",
    ]
    .contains(&next)
}

/// "is she" → "are you".
fn turn_before(out: &mut [String]) {
    if let Some(last) = out.last_mut() {
        let low = bare(last);
        if matches!(low.as_str(), "is" | "was" | "has" | "does" | "isn't" | "wasn't" | "hasn't" | "doesn't") {
            *last = replace(last, &second_person(&low));
        }
    }
}

/// The verb after "he" as it stands after "you".
fn second_person(verb: &str) -> String {
    let known = [
        ("is", "are"),
        ("was", "were"),
        ("has", "have"),
        ("does", "do"),
        ("goes", "go"),
        ("isn't", "aren't"),
        ("wasn't", "weren't"),
        ("hasn't", "haven't"),
        ("doesn't", "don't"),
    ];
    if let Some((_, you)) = known.iter().find(|(he, _)| *he == verb) {
        return (*you).to_owned();
    }
    let es = ["ches", "shes", "sses", "xes", "zzes"].iter().any(|e| verb.ends_with(e));
    match verb {
        v if v.ends_with("ies") && v.len() > 4 => format!("{}y", &v[..v.len() - 3]),
        v if es => v[..v.len() - 2].to_owned(),
        v if v.ends_with('s') && !v.ends_with("ss") && v.len() > 3 => v[..v.len() - 1].to_owned(),
        v => v.to_owned(),
    }
}

/// Puts `new` in place of the letters of `word`, the punctuation around it kept.
fn replace(word: &str, new: &str) -> String {
    let start = word.find(char::is_alphanumeric).unwrap_or(0);
    let end = word
        .rfind(char::is_alphanumeric)
        .map_or(word.len(), |at| at + word[at..].chars().next().map_or(1, char::len_utf8));
    format!("{}{new}{}", &word[..start], &word[end..])
}

// ---------------------------------------------------------------- German

/// Finite verbs at the end of a German clause: of him or her, to `Sie`, to `du`.
const GERMAN: [(&str, &str, &str); 26] = [
    ("ist", "sind", "bist"),
    ("hat", "haben", "hast"),
    ("kann", "können", "kannst"),
    ("will", "wollen", "willst"),
    ("muss", "müssen", "musst"),
    ("darf", "dürfen", "darfst"),
    ("soll", "sollen", "sollst"),
    ("möchte", "möchten", "möchtest"),
    ("wird", "werden", "wirst"),
    ("weiß", "wissen", "weißt"),
    ("mag", "mögen", "magst"),
    ("war", "waren", "warst"),
    ("hatte", "hatten", "hattest"),
    ("konnte", "konnten", "konntest"),
    ("könnte", "könnten", "könntest"),
    ("würde", "würden", "würdest"),
    ("gibt", "geben", "gibst"),
    ("nimmt", "nehmen", "nimmst"),
    ("sieht", "sehen", "siehst"),
    ("liest", "lesen", "liest"),
    ("spricht", "sprechen", "sprichst"),
    ("hält", "halten", "hältst"),
    ("fährt", "fahren", "fährst"),
    ("trifft", "treffen", "triffst"),
    ("kommt", "kommen", "kommst"),
    ("braucht", "brauchen", "brauchst"),
];

/// Turns the recipient from the third person into the address, in a German clause with its verb at the end. Where the verb is not known, the
/// clause stays.
#[must_use]
pub fn to_sie_or_du(text: &str, du: bool) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return text.to_owned() };
    if words.len() < 2 || !matches!(first.to_lowercase().as_str(), "er" | "sie") {
        return text.to_owned();
    }
    let verb = last.to_lowercase();
    let Some((_, sie, you)) = GERMAN.iter().find(|(he, _, _)| *he == verb) else { return text.to_owned() };
    let middle = words[1..words.len() - 1].join(" ");
    let (subject, verb) = if du { ("du", you) } else { ("Sie", sie) };
    [subject, &middle, verb].iter().filter(|p| !p.is_empty()).copied().collect::<Vec<_>>().join(" ")
}

/// `ich am Freitag nicht kommen kann` as a sentence of its own: `ich kann am Freitag nicht kommen`. `None` where that is not plain.
#[must_use]
pub fn main_clause(text: &str) -> Option<String> {
    const APART: [&str; 17] = [
        "an", "ab", "auf", "aus", "ein", "mit", "vor", "zu", "zurück", "nach", "weg", "her", "hin", "bei", "los",
        "teil", "um",
    ];
    let words: Vec<&str> = text.split_whitespace().collect();
    let (subject, verb) = (words.first()?, words.last()?);
    if words.len() == 2 {
        return Some(text.to_owned());
    }
    let pronoun = matches!(subject.to_lowercase().as_str(), "ich" | "wir" | "es" | "das");
    let auxiliary = GERMAN.iter().any(|(he, we, _)| he == verb || we == verb)
        || matches!(*verb, "bin" | "habe" | "werde" | "komme" | "brauche");
    if !pronoun || (!auxiliary && APART.iter().any(|prefix| verb.starts_with(prefix))) {
        return None;
    }
    Some([&[*subject, *verb], &words[1..words.len() - 1]].concat().join(" "))
}
