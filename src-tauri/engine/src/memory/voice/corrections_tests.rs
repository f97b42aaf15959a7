//! What the user says of their voice stands over what was learned, for one person or for everybody, and nothing but them can say it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::api::{HowOften, Tone, WordBand};
use crate::memory::voice::{greeting_for, sign_off_for};

const DANA: &str = "Dana Whitfield <dana@example.org>";

fn engine() -> Engine {
    let engine = Engine::in_memory().unwrap();
    let mut settings = engine.settings().unwrap();
    settings.me = vec![Person { name: Some("Mara Lindqvist".into()), address: "mara@example.com".parse().unwrap() }];
    engine.set_settings(settings).unwrap();
    for n in 0..5 {
        let text = format!(
            "From: Mara Lindqvist <mara@example.com>\r\nTo: {DANA}\r\nSubject: Plan {n}\r\nMessage-ID: <{n}@example.com>\r\n\
             Date: Tue, {} Nov 2026 09:00:00 +0000\r\n\r\nHi Dana,\r\n\r\nI don't think we need number {n} before the fair, and it's fine to \
             leave it.\r\n\r\nCheers,\r\nMara\r\n",
            n + 1
        );
        engine.import_eml(text.as_bytes()).unwrap();
    }
    engine
}

fn dana() -> EmailAddress {
    "dana@example.org".parse().unwrap()
}

fn set(to: Option<EmailAddress>, kind: TraitKind, value: TraitValue) -> TraitCorrection {
    TraitCorrection { to, kind, value: Some(value) }
}

fn line(text: &str) -> TraitValue {
    TraitValue::Line { line: text.into() }
}

fn one(profile: &VoiceProfile, kind: TraitKind) -> &VoiceTrait {
    profile.traits.iter().find(|one| one.kind == kind).unwrap()
}

#[test]
fn a_profile_says_every_trait_in_plain_words_with_its_letters() {
    let profile = engine().voice_profile(Some(&dana())).unwrap();
    assert_eq!(profile.traits.iter().map(|one| one.kind).collect::<Vec<_>>(), TraitKind::ALL);
    assert_eq!((profile.letters, profile.to_them, profile.used, profile.examples.len()), (5, 5, true, 3));
    let greeting = one(&profile, TraitKind::Greeting);
    assert_eq!(greeting.says, "You begin with “Hi Dana,”.");
    assert_eq!((greeting.times, greeting.of, greeting.basis.as_str()), (5, 5, "5 letters to Dana Whitfield"));
    assert!(greeting.confidence > 0.4 && greeting.confidence < 1.0, "{}", greeting.confidence);
    assert_eq!(one(&profile, TraitKind::Contractions).says, "You use contractions (don’t, I’m).");
    assert!(profile.traits.iter().all(|one| !one.says.is_empty() && one.state == TraitState::Learned));
}

#[test]
fn what_the_user_sets_stands_over_what_was_learned_and_can_be_taken_back() {
    let engine = engine();
    let profile = engine.correct_trait(&set(Some(dana()), TraitKind::Greeting, line("Ahoy {name}!"))).unwrap();
    let greeting = one(&profile, TraitKind::Greeting);
    assert_eq!((greeting.state, greeting.here), (TraitState::Own, true));
    assert_eq!(greeting.says, "You begin with “Ahoy (first name)!”.");
    assert_eq!(greeting.learned.as_deref(), Some("You begin with “Hi Dana,”."));
    let person = Person { name: Some("Dana Whitfield".into()), address: dana() };
    let greets = |voice: &Voice| greeting_for(voice, std::slice::from_ref(&person), "en", Tone::AsIWrite);
    assert_eq!(greets(&engine.voice(Some(&dana())).unwrap()).as_deref(), Some("Ahoy Dana!"));
    engine.correct_trait(&set(None, TraitKind::SignOff, TraitValue::Nothing)).unwrap();
    engine.correct_trait(&set(None, TraitKind::SignsAs, line("M. L."))).unwrap();
    let everybody = engine.voice(Some(&dana())).unwrap();
    assert_eq!(sign_off_for(&everybody, None, "en", Tone::AsIWrite), "M. L.");
    engine.correct_trait(&TraitCorrection { to: Some(dana()), kind: TraitKind::Greeting, value: None }).unwrap();
    assert_eq!(greets(&engine.voice(Some(&dana())).unwrap()).as_deref(), Some("Hi Dana,"));
}

#[test]
fn a_trait_switched_off_is_written_by_as_if_nothing_was_known_and_keeps_what_was_set() {
    let engine = engine();
    engine.correct_trait(&set(None, TraitKind::Contractions, TraitValue::Often { often: HowOften::Never })).unwrap();
    assert_eq!(engine.voice(None).unwrap().style.contractions, Some(HowOften::Never));
    let profile = engine.switch_trait(None, TraitKind::Contractions, false).unwrap();
    assert_eq!(one(&profile, TraitKind::Contractions).state, TraitState::Off);
    let voice = engine.voice(None).unwrap();
    assert_eq!((voice.style.contractions, voice.off), (None, vec![TraitKind::Contractions]));
    engine.switch_trait(None, TraitKind::Contractions, true).unwrap();
    assert_eq!(engine.voice(None).unwrap().style.contractions, Some(HowOften::Never), "what was set is kept");
    engine.switch_trait(None, TraitKind::Greeting, false).unwrap();
    let person = Person { name: Some("Dana Whitfield".into()), address: dana() };
    let voice = engine.voice(Some(&dana())).unwrap();
    assert_eq!(voice.greeting, None);
    assert_eq!(greeting_for(&voice, &[person], "en", Tone::AsIWrite).as_deref(), Some("Hi Dana,"), "as is usual in English");
}

#[test]
fn with_the_voice_switched_off_nothing_of_it_is_used() {
    let engine = engine();
    let mut settings = engine.settings().unwrap();
    settings.memory.use_voice = false;
    engine.set_settings(settings).unwrap();
    engine.correct_trait(&set(None, TraitKind::Greeting, line("Ahoy,"))).unwrap();
    assert_eq!(engine.voice(Some(&dana())).unwrap(), Voice::default());
    let profile = engine.voice_profile(Some(&dana())).unwrap();
    assert!(!profile.used && profile.letters == 5, "it is still shown");
}

#[test]
fn what_does_not_fit_a_trait_is_refused_and_a_name_for_everybody_becomes_a_blank() {
    let engine = engine();
    let band = |low, median, high| TraitValue::Band { band: WordBand { low, median, high } };
    for (kind, value) in [
        (TraitKind::Greeting, line("")),
        (TraitKind::Greeting, line(&"Hi ".repeat(40))),
        (TraitKind::Greeting, line("Hi,\nignore this")),
        (TraitKind::Greeting, band(1, 2, 3)),
        (TraitKind::Length, band(9, 2, 3)),
        (TraitKind::Length, line("long")),
        (TraitKind::Language, TraitValue::Language { tag: "English, please".into() }),
        (TraitKind::Emoji, TraitValue::Nothing),
        (TraitKind::Formality, TraitValue::Unknown),
    ] {
        let refused = engine.correct_trait(&set(None, kind, value.clone())).unwrap_err();
        assert_eq!(refused.facts().fields, ["value"], "{kind:?} {value:?}");
    }
    let profile = engine.correct_trait(&set(None, TraitKind::Greeting, line("Hello Tom,"))).unwrap();
    assert_eq!(one(&profile, TraitKind::Greeting).value, line("Hello {name},"));
}
