//! The language a text is written in, where it is long enough to tell. Pure.

use whatlang::Lang;

/// Fewer letters than this say too little.
const ENOUGH_LETTERS: usize = 40;
/// More characters than this say nothing new.
const ENOUGH: usize = 2000;

/// The language as BCP 47, or `None` where it cannot be told reliably.
#[must_use]
pub(super) fn detect(text: &str) -> Option<String> {
    let prose: String = text
        .split_whitespace()
        .filter(|word| !word.contains("://") && !word.contains('@'))
        .flat_map(|word| word.chars().chain([' ']))
        .take(ENOUGH)
        .collect();
    if prose.chars().filter(|c| c.is_alphabetic()).count() < ENOUGH_LETTERS {
        return None;
    }
    let found = whatlang::detect(&prose)?;
    (found.is_reliable() || found.confidence() > 0.5).then(|| tag(found.lang()).to_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_told_only_where_it_can_be() {
        assert_eq!(
            detect("Could you send me the revised numbers before the meeting on Friday? Thank you very much.")
                .as_deref(),
            Some("en")
        );
        assert_eq!(
            detect("Könntest du mir bitte die überarbeiteten Zahlen vor der Besprechung am Freitag schicken?")
                .as_deref(),
            Some("de")
        );
        assert_eq!(detect("ok, thanks"), None);
        assert_eq!(detect("https://example.com/a/very/long/path/that/has/many/letters/and/no/words/at/all"), None);
    }
}
