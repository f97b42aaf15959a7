//! The voice as it was learned: shown trait by trait, set right, switched off. It decides nothing about letters.

use crate::args::{self, named, typed};
use crate::fail::Failure;
use crate::open::Door;
use crate::out::{Out, one_line};
use crate::people::{one, shown};
use epistle_engine::api::{
    Formality, HowOften, TraitCorrection, TraitKind, TraitState, TraitValue, VoiceProfile, VoiceTrait, WordBand,
};

pub(crate) fn voice(args: args::Voice, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let engine = door.engine()?;
    let to = args.to.as_deref().map(|text| one(&engine, text)).transpose()?.map(|person| person.address);
    let profile = if let Some(set) = &args.set {
        let none = || Failure::Usage(format!("there is no trait “{}”", set[0]));
        let kind = named(&TraitKind::ALL, &set[0]).ok_or_else(none)?;
        engine.correct_trait(&TraitCorrection { to, kind, value: Some(value(kind, &set[1])?) })?
    } else if let Some(kind) = args.learn {
        engine.correct_trait(&TraitCorrection { to, kind, value: None })?
    } else if let Some(kind) = args.off.or(args.on) {
        engine.switch_trait(to.as_ref(), kind, args.on.is_some())?
    } else {
        engine.voice_profile(to.as_ref())?
    };
    if args.json {
        out.json(&profile);
    } else {
        show(&profile, out);
    }
    Ok(())
}

/// A trait's value as it is typed.
fn value(kind: TraitKind, text: &str) -> Result<TraitValue, Failure> {
    use TraitKind::{Formality as Formal, Greeting, Language, Length, Paragraphs, Sentences, SignOff, SignsAs};
    let text = text.trim();
    Ok(match kind {
        Greeting | SignOff | SignsAs if text.eq_ignore_ascii_case("nothing") => TraitValue::Nothing,
        Greeting | SignOff | SignsAs => TraitValue::Line { line: text.to_owned() },
        Language => TraitValue::Language { tag: text.to_owned() },
        Length | Sentences | Paragraphs => {
            let mut numbers = text.split('-').map(|number| number.trim().parse::<u32>());
            let (Some(Ok(low)), high, None) = (numbers.next(), numbers.next(), numbers.next()) else {
                return Err(Failure::Usage("a length is typed as 60 or 40-90".into()));
            };
            let high =
                high.unwrap_or(Ok(low)).map_err(|_| Failure::Usage("a length is typed as 60 or 40-90".into()))?;
            TraitValue::Band { band: WordBand { low, median: low.midpoint(high), high } }
        }
        Formal => TraitValue::Formal {
            formality: match text.to_lowercase().as_str() {
                "casual" => Formality::Casual,
                "neutral" => Formality::Neutral,
                "formal" => Formality::Formal,
                _ => return Err(Failure::Usage("formality is casual, neutral or formal".into())),
            },
        },
        _ => TraitValue::Often {
            often: match text.to_lowercase().as_str() {
                "never" => HowOften::Never,
                "sometimes" => HowOften::Sometimes,
                "often" => HowOften::Often,
                _ => return Err(Failure::Usage("a habit is never, sometimes or often".into())),
            },
        },
    })
}

fn show(profile: &VoiceProfile, out: &mut Out) {
    let whom = profile.to.as_ref().map_or_else(|| "everybody".to_owned(), |person| one_line(&shown(person)));
    out.line(&out.bold(&format!("How you write to {whom}")));
    if !profile.used {
        out.note("not used: memory.use_voice is off");
    }
    if profile.letters == 0 {
        out.note("nothing is learned yet: bring in mail that you sent, and say who you are");
    }
    for one in &profile.traits {
        out.line(&format!("{:<14} {}", typed(&one.kind), one_line(&one.says)));
        out.line(&out.dim(&format!("               {}", one_line(&stands(one)))));
    }
}

/// Why it stands there.
fn stands(one: &VoiceTrait) -> String {
    let whom = if one.here { "for this person" } else { "for everybody" };
    match one.state {
        TraitState::Own => format!("set by you, {whom}"),
        TraitState::Off => format!("switched off, {whom}"),
        TraitState::Learned if one.of == 0 => String::new(),
        TraitState::Learned => format!("{} of {}; {:.0} % sure", one.times, one.basis, one.confidence * 100.0),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_value_is_read_as_its_trait_asks() {
        let line = |text: &str| TraitValue::Line { line: text.into() };
        let band = |low, median, high| TraitValue::Band { band: WordBand { low, median, high } };
        for (kind, text, expected) in [
            (TraitKind::Greeting, "Hi {name},", line("Hi {name},")),
            (TraitKind::SignOff, "nothing", TraitValue::Nothing),
            (TraitKind::Length, "40-90", band(40, 65, 90)),
            (TraitKind::Sentences, "12", band(12, 12, 12)),
            (TraitKind::Formality, "Casual", TraitValue::Formal { formality: Formality::Casual }),
            (TraitKind::Emoji, "never", TraitValue::Often { often: HowOften::Never }),
            (TraitKind::Language, "pt-BR", TraitValue::Language { tag: "pt-BR".into() }),
        ] {
            assert_eq!(value(kind, text).unwrap(), expected, "{text}");
        }
        for (kind, text) in [
            (TraitKind::Length, "long"),
            (TraitKind::Length, "1-2-3"),
            (TraitKind::Emoji, "yes"),
            (TraitKind::Formality, "x"),
        ] {
            assert!(value(kind, text).is_err(), "{text}");
        }
    }
}
