//! Preview: exactly the call that would be made, before it is made. It sends nothing.

use super::brief::Brief;
use super::choose::{self, Chosen, Setup};
use super::plain;
use super::prompt::{self, Prompt};
use super::redact::Rules;
use crate::Engine;
use crate::api::{ModelRef, Preview, PreviewPolicy, Provider, Settings, UnixMillis};
use crate::error::{Error, Result};
use crate::llm::{Call, cache, price};

/// A call ready to be made, with everything its preview tells.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) chosen: Chosen,
    pub(super) prompt: Prompt,
    pub(super) digest: String,
    pub(super) leaves_to: Option<String>,
}

impl Engine {
    /// Which model writes this letter.
    pub(super) fn choose(&self, settings: &Settings, brief: &Brief) -> Result<Chosen> {
        Ok(choose::choose(self.setup(settings, brief.now)?, brief))
    }

    fn setup<'a>(&self, settings: &'a Settings, now: UnixMillis) -> Result<Setup<'a>> {
        let gemini_key = settings.gemini.enabled && self.key(Provider::Gemini)?.is_some();
        Ok(Setup { settings, gemini_key, spent_micros: self.spent_this_month(now)?, now })
    }

    /// The model a plain request would go to now; `None`: the offline composer.
    pub(crate) fn automatic_model(&self) -> Result<Option<ModelRef>> {
        let settings = self.settings()?;
        let chosen = choose::automatic(self.setup(&settings, crate::now())?, None);
        Ok(Some(chosen.model).filter(|model| model.provider != Provider::Offline))
    }
}

/// The plan for a brief.
pub(super) fn plan(brief: &Brief, chosen: Chosen, settings: &Settings, leaves_to: Option<String>) -> Plan {
    let rules = Rules { kinds: if leaves_to.is_some() { &settings.withhold } else { &[] }, me: brief.me.as_ref() };
    let prompt = prompt::prompt(brief, &chosen.model, rules);
    Plan { digest: cache::digest(&prompt.call), chosen, prompt, leaves_to }
}

impl Plan {
    /// Whether the person has seen what this sends, where the settings or they themselves ask for it.
    pub(super) fn seen(&self, approved: Option<&str>, policy: PreviewPolicy) -> Result<()> {
        let seen = match approved {
            Some(digest) => digest == self.digest,
            None => policy != PreviewPolicy::Always,
        };
        if seen || self.leaves_to.is_none() { Ok(()) } else { Err(Error::PreviewRequired) }
    }

    /// The most this call can cost.
    pub(super) fn most_micros(&self, now: UnixMillis) -> Option<u64> {
        let price = price::of(&self.chosen.model, now)?;
        Some(price::cost(&price, input_tokens(&self.prompt.call), u64::from(self.prompt.call.max_output_tokens)))
    }

    pub(super) fn preview(self, now: UnixMillis) -> Preview {
        Preview {
            cost_micros: self.most_micros(now),
            input_tokens: input_tokens(&self.prompt.call),
            digest: self.digest,
            model: self.chosen.model,
            why: self.chosen.why,
            sent_to: self.leaves_to,
            system: self.prompt.call.system,
            parts: self.prompt.call.parts,
            withheld: self.prompt.vault.counts(),
        }
    }
}

/// The preview of a letter no model writes: nothing leaves.
pub(super) fn offline(chosen: Chosen) -> Preview {
    Preview {
        digest: String::new(),
        model: chosen.model,
        why: chosen.why,
        sent_to: None,
        system: String::new(),
        parts: Vec::new(),
        withheld: Vec::new(),
        input_tokens: 0,
        cost_micros: None,
    }
}

/// An estimate of what a call takes in.
pub(super) fn input_tokens(call: &Call) -> u64 {
    u64::from(plain::tokens(&call.system))
        + call.parts.iter().map(|part| u64::from(plain::tokens(&part.text))).sum::<u64>()
}
