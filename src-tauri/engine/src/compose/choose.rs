//! Choose: which model writes, and why. Pure: cheap for short and simple, strong for long or delicate, offline where nothing is set up.

use super::brief::Brief;
use super::plain;
use crate::api::{Length, ModelChoice, ModelRef, Provider, Settings, Tone, UnixMillis};
use crate::llm::price;

/// A conversation of more words than this asks for the strong model.
const LONG_CONVERSATION: u32 = 900;
/// So does one of more messages.
const MANY_MESSAGES: usize = 6;
/// What a letter roughly takes, for the question whether the budget still allows it.
const LETTER_TOKENS: (u64, u64) = (4_000, 2_000);

/// Words that make a letter delicate, as the beginnings of words in the request or in what is answered.
const DELICATE: [&str; 52] = [
    "apolog",
    "sorry",
    "regret",
    "declin",
    "reject",
    "refus",
    "turn down",
    "say no",
    "terminat",
    "cancel",
    "resign",
    "dismiss",
    "layoff",
    "lay off",
    "fire ",
    "complain",
    "complaint",
    "dispute",
    "lawyer",
    "legal",
    "lawsuit",
    "court",
    "liabil",
    "breach",
    "refund",
    "overdue",
    "debt",
    "salary",
    "raise ",
    "negotiat",
    "condolence",
    "bereave",
    "passed away",
    "illness",
    "sensitive",
    "confidential",
    "entschuldig",
    "leider",
    "absage",
    "absagen",
    "kündig",
    "beschwer",
    "anwalt",
    "gericht",
    "haftung",
    "mahnung",
    "schulden",
    "gehalt",
    "verhandl",
    "beileid",
    "vertraulich",
    "trauer",
];

/// What is set up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setup<'a> {
    pub(super) settings: &'a Settings,
    /// Whether Gemini has a key.
    pub(super) gemini_key: bool,
    /// Spent this month, in millionths of a dollar.
    pub(super) spent_micros: u64,
    pub(super) now: UnixMillis,
}

/// The model that writes, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) model: ModelRef,
    pub(super) why: String,
}

fn chosen(provider: Provider, name: &str, why: impl Into<String>) -> Chosen {
    Chosen { model: ModelRef { provider, name: name.to_owned() }, why: why.into() }
}

/// The decision for one letter.
pub(super) fn choose(setup: Setup<'_>, brief: &Brief) -> Chosen {
    match brief.request.model.as_ref() {
        Some(ModelChoice::Offline) => chosen(Provider::Offline, "offline", "asked for"),
        Some(ModelChoice::Named { model }) => Chosen { model: model.clone(), why: "asked for".into() },
        Some(ModelChoice::Auto) => automatic(setup, strong_because(brief)),
        None => match &setup.settings.model {
            ModelChoice::Offline => chosen(Provider::Offline, "offline", "as set"),
            ModelChoice::Named { model } => Chosen { model: model.clone(), why: "as set".into() },
            ModelChoice::Auto => automatic(setup, strong_because(brief)),
        },
    }
}

/// The model a plain request would go to.
pub(super) fn automatic(setup: Setup<'_>, strong: Option<&'static str>) -> Chosen {
    let gemini = &setup.settings.gemini;
    let local = &setup.settings.local_model;
    if gemini.enabled && setup.gemini_key {
        return match strong {
            Some(why) if affordable(setup, &gemini.strong) => chosen(Provider::Gemini, &gemini.strong, why),
            Some(why) => chosen(Provider::Gemini, &gemini.cheap, format!("{why}, but the budget is nearly used up")),
            None => chosen(Provider::Gemini, &gemini.cheap, "short and simple"),
        };
    }
    if local.enabled && !local.model.trim().is_empty() {
        return chosen(Provider::Local, &local.model, "on this machine");
    }
    chosen(Provider::Offline, "offline", "no model is set up")
}

fn affordable(setup: Setup<'_>, name: &str) -> bool {
    let Some(budget) = setup.settings.budget_micros else { return true };
    let model = ModelRef { provider: Provider::Gemini, name: name.to_owned() };
    let letter = price::of(&model, setup.now).map_or(0, |price| price::cost(&price, LETTER_TOKENS.0, LETTER_TOKENS.1));
    setup.spent_micros.saturating_add(letter) <= budget
}

/// Why a letter asks for the strong model, if it does.
fn strong_because(brief: &Brief) -> Option<&'static str> {
    let answered = brief.answers.as_ref().map_or("", |m| m.text.as_str());
    let words: u32 = brief.thread.iter().map(|m| plain::words(&m.text)).sum();
    if brief.request.revise && brief.length != Length::Long {
        return None; // a change to a text that stands is simple
    }
    if is_delicate(&brief.request.intent) || is_delicate(answered) {
        return Some("delicate");
    }
    if brief.length == Length::Long || plain::words(&brief.request.intent) > 80 {
        return Some("a long letter");
    }
    if brief.request.tone == Tone::Formal {
        return Some("a formal letter");
    }
    (brief.thread.len() > MANY_MESSAGES || words > LONG_CONVERSATION).then_some("a long conversation")
}

fn is_delicate(text: &str) -> bool {
    let lower = format!(" {}", text.to_lowercase().replace(|c: char| !c.is_alphanumeric(), " "));
    DELICATE.iter().any(|word| lower.contains(&format!(" {word}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{GeminiSettings, LocalModelSettings, PreviewPolicy, Theme};
    use crate::compose::samples::{self, NOW};

    fn settings() -> Settings {
        Settings {
            me: vec![],
            preview: PreviewPolicy::OnRequest,
            withhold: vec![],
            model: ModelChoice::Auto,
            gemini: GeminiSettings {
                enabled: true,
                base: "https://example.com".into(),
                version: "v1beta".into(),
                cheap: "gemini-3.1-flash-lite".into(),
                strong: "gemini-3.8-flash".into(),
            },
            local_model: LocalModelSettings { enabled: false, base: String::new(), model: "llama".into() },
            budget_micros: None,
            calls_per_minute: 10,
            answer_seconds: 60,
            theme: Theme::System,
            system_font: false,
            quick_shortcut: String::new(),
            told_about_tray: false,
            lock_minutes: None,
            identity: crate::settings::defaults().unwrap().identity,
            keys: crate::settings::defaults().unwrap().keys,
        }
    }

    fn decide(settings: &Settings, key: bool, spent: u64, brief: &Brief) -> (Provider, String, String) {
        let chosen = choose(Setup { settings, gemini_key: key, spent_micros: spent, now: NOW }, brief);
        (chosen.model.provider, chosen.model.name, chosen.why)
    }

    fn name(brief: &Brief) -> String {
        decide(&settings(), true, 0, brief).1
    }

    #[test]
    fn cheap_for_short_and_simple_strong_for_long_or_delicate() {
        let (cheap, strong) = ("gemini-3.1-flash-lite", "gemini-3.8-flash");
        let table = [
            ("confirm it", cheap),
            ("thank her and say Friday works", cheap),
            ("ask for the invoice", cheap),
            ("decline, kindly", strong),
            ("apologise for the delay", strong),
            ("say sorry for last week", strong),
            ("tell them we will talk to our lawyer", strong),
            ("negotiate the price", strong),
            ("ask for a raise in salary", strong),
            ("sag ihr leider ab", strong),
            ("entschuldige dich für den Fehler", strong),
            ("kündige den Vertrag", strong),
            ("praise the raised beds", cheap),
        ];
        for (intent, expected) in table {
            assert_eq!(name(&samples::brief(intent)), expected, "{intent}");
        }
    }

    #[test]
    fn length_tone_and_a_long_conversation_count() {
        let mut brief = samples::brief("confirm it");
        brief.length = Length::Long;
        assert_eq!(name(&brief), "gemini-3.8-flash");
        brief.request.revise = true;
        brief.length = Length::Short;
        assert_eq!(name(&brief), "gemini-3.1-flash-lite");
        let mut brief = samples::brief("confirm it");
        brief.request.tone = Tone::Formal;
        assert_eq!(name(&brief), "gemini-3.8-flash");
        let mut brief = samples::brief("confirm it");
        brief.thread = (0..8).map(|n| samples::message(n, "dana@example.org", "ok")).collect();
        assert_eq!(name(&brief), "gemini-3.8-flash");
    }

    #[test]
    fn what_is_asked_for_goes_before_what_is_set() {
        let mut brief = samples::brief("confirm it");
        let mut set = settings();
        set.model = ModelChoice::Offline;
        assert_eq!(decide(&set, true, 0, &brief), (Provider::Offline, "offline".into(), "as set".into()));
        let model = ModelRef { provider: Provider::Local, name: "qwen".into() };
        brief.request.model = Some(ModelChoice::Named { model });
        assert_eq!(decide(&set, true, 0, &brief), (Provider::Local, "qwen".into(), "asked for".into()));
        brief.request.model = Some(ModelChoice::Auto);
        assert_eq!(decide(&set, true, 0, &brief).0, Provider::Gemini);
    }

    #[test]
    fn without_a_key_a_local_model_writes_and_without_both_nobody_is_asked() {
        let brief = samples::brief("decline");
        let mut set = settings();
        assert_eq!(decide(&set, false, 0, &brief), (Provider::Offline, "offline".into(), "no model is set up".into()));
        set.local_model.enabled = true;
        assert_eq!(decide(&set, false, 0, &brief).0, Provider::Local);
        assert_eq!(decide(&set, true, 0, &brief).0, Provider::Gemini);
        set.gemini.enabled = false;
        assert_eq!(decide(&set, true, 0, &brief).0, Provider::Local);
    }

    #[test]
    fn a_budget_nearly_used_up_makes_the_cheap_model_do() {
        let mut set = settings();
        set.budget_micros = Some(10_000);
        let brief = samples::brief("decline");
        assert_eq!(decide(&set, true, 9_000, &brief).1, "gemini-3.1-flash-lite");
        set.budget_micros = Some(1_000_000);
        assert_eq!(decide(&set, true, 9_000, &brief).1, "gemini-3.8-flash");
    }
}
