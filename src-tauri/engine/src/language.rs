//! Which language a text is in: small words for the short texts people type, statistics for the longer ones. Pure; a guess that
//! nothing supports is no answer.

use whatlang::Lang;

/// Small words that tell a language in a line or two.
const SMALL_WORDS: [(&str, &[&str]); 5] = [
    (
        "en",
        &[
            "the", "and", "to", "for", "with", "you", "we", "is", "are", "of", "that", "ask", "tell", "on", "her",
            "him", "thank", "thanks", "it", "my", "our", "they", "them", "this",
        ],
    ),
    (
        "de",
        &[
            "der", "die", "das", "und", "ich", "nicht", "für", "mit", "ist", "wir", "ihr", "ihm", "ihn", "dass", "den",
            "dem", "zu", "auf", "bitte", "danke", "ein", "eine", "sie", "uns", "euch", "ob", "um",
        ],
    ),
    (
        "fr",
        &["le", "les", "et", "pour", "avec", "est", "nous", "vous", "une", "des", "merci", "je", "du", "pas", "que"],
    ),
    ("es", &["el", "los", "y", "para", "con", "es", "una", "gracias", "por", "que", "del", "las", "su", "no"]),
    ("nl", &["het", "een", "en", "voor", "met", "niet", "wij", "ik", "dat", "van", "bedankt", "naar", "je"]),
];

/// Below this many letters statistics only guess about a line somebody typed.
const ENOUGH_FOR_A_LINE: usize = 60;
/// Below this many letters a letter's prose says too little.
const ENOUGH_FOR_PROSE: usize = 40;
/// Of so many words and more, one in five is a small word of the language, and hardly any is another's: statistics would say the same.
const PLAIN_WORDS: usize = 30;
/// The languages whose small words no neighbour shares so often.
const PLAIN: [&str; 2] = ["en", "de"];
/// More characters than this say nothing new.
const PROSE: usize = 2000;

/// The language (BCP 47), where the text is long or plain enough to tell.
pub(crate) fn of(text: &str) -> Option<String> {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    if letters >= ENOUGH_FOR_A_LINE
        && let Some(info) = whatlang::detect(text)
        && info.is_reliable()
    {
        return Some(tag(info.lang()).to_owned());
    }
    by_small_words(text).map(str::to_owned)
}

/// The language (BCP 47) of a letter's own prose, its links and addresses left out, where it is long enough to tell.
pub(crate) fn of_prose(text: &str) -> Option<String> {
    let prose: String = text
        .split_whitespace()
        .filter(|word| !word.contains("://") && !word.contains('@'))
        .flat_map(|word| word.chars().chain([' ']))
        .take(PROSE)
        .collect();
    if prose.chars().filter(|c| c.is_alphabetic()).count() < ENOUGH_FOR_PROSE {
        return None;
    }
    if let Some(tag) = plainly(&prose) {
        return Some(tag.to_owned());
    }
    let found = whatlang::detect(&prose)?;
    (found.is_reliable() || found.confidence() > 0.5).then(|| tag(found.lang()).to_owned())
}

fn by_small_words(text: &str) -> Option<&'static str> {
    let ((best, tag), second, _) = small_words(text);
    (best > second).then_some(tag)
}

/// The language, where it is so plain that statistics, which are dear, need not be asked.
fn plainly(prose: &str) -> Option<&'static str> {
    let ((best, tag), second, words) = small_words(prose);
    (words >= PLAIN_WORDS && best * 5 >= words && best >= second * 4 && PLAIN.contains(&tag)).then_some(tag)
}

/// How many small words the text has of the language that has most, and of the next; and how many words it has.
fn small_words(text: &str) -> ((usize, &'static str), usize, usize) {
    let lower = text.to_lowercase();
    let words: Vec<_> = lower.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()).collect();
    let mut scores = SMALL_WORDS.map(|(tag, small)| (words.iter().filter(|w| small.contains(w)).count(), tag));
    scores.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    (scores[0], scores[1].0, words.len())
}

fn tag(lang: Lang) -> &'static str {
    match lang {
        Lang::Eng => "en",
        Lang::Deu => "de",
        Lang::Fra => "fr",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Nld => "nl",
        Lang::Swe => "sv",
        Lang::Dan => "da",
        Lang::Nob => "nb",
        Lang::Fin => "fi",
        Lang::Pol => "pl",
        Lang::Ces => "cs",
        Lang::Slk => "sk",
        Lang::Slv => "sl",
        Lang::Hrv => "hr",
        Lang::Srp => "sr",
        Lang::Bul => "bg",
        Lang::Mkd => "mk",
        Lang::Rus => "ru",
        Lang::Ukr => "uk",
        Lang::Bel => "be",
        Lang::Hun => "hu",
        Lang::Ron => "ro",
        Lang::Ell => "el",
        Lang::Tur => "tr",
        Lang::Aze => "az",
        Lang::Heb => "he",
        Lang::Yid => "yi",
        Lang::Ara => "ar",
        Lang::Pes => "fa",
        Lang::Urd => "ur",
        Lang::Hin => "hi",
        Lang::Ben => "bn",
        Lang::Cmn => "zh",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Vie => "vi",
        Lang::Tha => "th",
        Lang::Ind => "id",
        Lang::Est => "et",
        Lang::Lav => "lv",
        Lang::Lit => "lt",
        Lang::Cat => "ca",
        Lang::Epo => "eo",
        Lang::Lat => "la",
        Lang::Afr => "af",
        other => other.code(),
    }
}

/// The main part of a tag: `de` of `de-AT`.
pub(crate) fn base(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or(tag)
}

/// The language's name in English, for a model; the tag itself where it is a rarer one.
pub(crate) fn name(tag: &str) -> &str {
    match base(tag) {
        "en" => "English",
        "de" => "German",
        "fr" => "French",
        "es" => "Spanish",
        "it" => "Italian",
        "pt" => "Portuguese",
        "nl" => "Dutch",
        "sv" => "Swedish",
        "da" => "Danish",
        "nb" | "no" => "Norwegian",
        "fi" => "Finnish",
        "pl" => "Polish",
        "cs" => "Czech",
        "ru" => "Russian",
        "uk" => "Ukrainian",
        "tr" => "Turkish",
        "ja" => "Japanese",
        "ko" => "Korean",
        "zh" => "Chinese",
        _ => tag,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_plain_by_small_words_is_what_statistics_say() {
        let cases = [
            (
                "I think that the numbers are fine, and we could go with them for this month. Ask her for the rest of it, and tell me on Friday what they said to you about my letter.",
                Some("en"),
            ),
            (
                "Ich habe die Zahlen gesehen, und wir sind mit dem Entwurf nicht fertig. Bitte sag mir, ob ihr das bis Freitag schafft, und ich schreibe dann den Brief für die Stadt und für uns.",
                Some("de"),
            ),
            (
                "Ek het die syfers gesien en ons is nog nie klaar met die ontwerp nie. Sê asseblief vir my of julle dit teen Vrydag kan doen, dan skryf ek die brief vir die stad en vir ons.",
                None,
            ),
            (
                "Jeg har set tallene, og vi er ikke færdige med den plan, der blev lagt. Sig til mig, om I kan nå det til fredag, så skriver jeg det brev, som den by venter på, til os alle.",
                None,
            ),
            ("of the and to", None),
        ];
        for (text, plain) in cases {
            assert_eq!(plainly(text), plain, "{text}");
            assert!(plain.is_none() || plain == whatlang::detect(text).map(|found| tag(found.lang())), "{text}");
        }
    }

    #[test]
    fn languages_are_told_from_a_line() {
        let table = [
            ("ask for the signed contract by Friday", Some("en")),
            ("decline, but thank her", Some("en")),
            ("bitte um den Vertrag bis Freitag", Some("de")),
            ("sag ihr ab, aber danke für die Mühe", Some("de")),
            ("merci pour le contrat", Some("fr")),
            ("Vielen Dank für Ihre Nachricht. Wir melden uns in der nächsten Woche mit einem Vorschlag.", Some("de")),
            ("Thanks for getting back to me so quickly, I have read the proposal with pleasure.", Some("en")),
            ("ok", None),
            ("", None),
        ];
        for (text, language) in table {
            assert_eq!(of(text).as_deref(), language, "{text}");
        }
    }

    #[test]
    fn the_language_of_prose_is_told_only_where_it_can_be() {
        assert_eq!(
            of_prose("Could you send me the revised numbers before the meeting on Friday? Thank you very much.")
                .as_deref(),
            Some("en")
        );
        assert_eq!(
            of_prose("Könntest du mir bitte die überarbeiteten Zahlen vor der Besprechung am Freitag schicken?")
                .as_deref(),
            Some("de")
        );
        assert_eq!(of_prose("ok, thanks"), None);
        assert_eq!(of_prose("https://example.com/a/very/long/path/that/has/many/letters/and/no/words/at/all"), None);
    }
}
