//! What the drawing and using of lessons goes by, as `data/lessons.yaml` says it.

use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// The data file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    /// Words of one letter's own time, money or turn, folded.
    pub(super) passing: BTreeSet<String>,
    /// Words whose change is grammar, folded.
    pub(super) little: BTreeSet<String>,
    /// The fewest digits of a number that stays.
    pub(super) fact_digits: usize,
    /// In how many letters a thing must be seen.
    pub(super) needed: u32,
    pub(super) people_of_a_house: usize,
    pub(super) people_of_all: usize,
    pub(super) houses_of_all: usize,
    /// The most a prompt spends on lessons, in tokens.
    pub(super) tokens: u32,
    /// The most lessons of one letter.
    pub(super) most: usize,
    /// How many days evidence is kept.
    pub(super) evidence_days: i64,
    /// From so many words in a row on, what stands in somebody else's mail is theirs.
    pub(super) words_in_a_row: usize,
}

pub(super) fn limits() -> &'static Limits {
    static LIMITS: OnceLock<Limits> = OnceLock::new();
    LIMITS.get_or_init(|| serde_norway::from_str(include_str!("../../../data/lessons.yaml")).unwrap_or_default())
}

/// Whether a domain is a mail provider's, whose people have nothing in common.
pub(super) fn is_shared(domain: &str) -> bool {
    static PROVIDERS: OnceLock<BTreeSet<String>> = OnceLock::new();
    let read = || serde_norway::from_str(include_str!("../../../data/domains.yaml")).unwrap_or_default();
    PROVIDERS.get_or_init(read).contains(domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_is_whole() {
        assert!(limits().passing.contains("friday") && limits().little.contains("the") && limits().needed > 1);
        assert!(is_shared("gmail.com") && !is_shared("example.org"));
    }
}
