//! What the adapters share: where the provider is, its key, and the mapping of the wire's ends to ours.

use super::gemini::Gemini;
use super::local::Local;
use super::{Llm, Usage};
use crate::Engine;
use crate::api::{ModelInfo, Provider};
use crate::error::{Error, ModelTrouble, Result, TroubleKind};
use epistle_wire::{Base, Client, Kind, Patience};
use std::sync::OnceLock;
use std::time::Duration;
use zeroize::Zeroizing;

/// The HTTP client, made when the first call needs it.
#[derive(Default)]
pub(crate) struct Line {
    client: OnceLock<Client>,
}

impl Line {
    pub(crate) fn client(&self, patience: Patience) -> Result<Client> {
        if let Some(client) = self.client.get() {
            return Ok(client.waiting(patience));
        }
        let client = Client::new().map_err(|e| Error::internal("making the HTTP client", e))?;
        Ok(self.client.get_or_init(|| client).waiting(patience))
    }
}

impl Engine {
    /// The models a provider's service lists now.
    ///
    /// # Errors
    /// A model error: `model_key_missing`, `model_unreachable`, …
    pub async fn models(&self, provider: Provider) -> Result<Vec<ModelInfo>> {
        if provider == Provider::Offline {
            return Ok(Vec::new());
        }
        Ok(self.llm(provider)?.models().await?)
    }

    /// The adapter for a provider, made from the present settings and key.
    ///
    /// # Errors
    /// `model_key_missing`; `bad_input` when its base address is unusable.
    pub(crate) fn llm(&self, provider: Provider) -> Result<Box<dyn Llm>> {
        let settings = self.settings()?;
        let client = self.desk.llm.line.client(patience(provider, settings.answer_seconds))?;
        let key = self.key(provider)?.map(|key| Zeroizing::new(key.expose().to_owned()));
        match provider {
            Provider::Gemini => {
                let key = key.ok_or_else(|| trouble("gemini", TroubleKind::KeyMissing))?;
                let base = base("gemini.base", &settings.gemini.base)?;
                let version = settings.gemini.version;
                Ok(Box::new(Gemini::new(epistle_wire::gemini::Service { client, base, version, key })))
            }
            Provider::Local => {
                let base = base("local_model.base", &settings.local_model.base)?;
                Ok(Box::new(Local::new(epistle_wire::openai::Service { client, base, key })))
            }
            Provider::Offline => {
                Err(Error::BadInput { field: "model", why: "the offline composer is no service".into() })
            }
        }
    }
}

/// A model on the user's own machine may have to be loaded before it answers.
fn patience(provider: Provider, answer_seconds: u32) -> Patience {
    let whole = Duration::from_secs(u64::from(answer_seconds));
    Patience { first_byte: if provider == Provider::Local { whole * 2 } else { whole }, between: whole / 2 }
}

fn base(field: &'static str, text: &str) -> Result<Base> {
    Base::parse(text).map_err(|e| Error::BadInput { field, why: e.to_string() })
}

fn trouble(model: &str, kind: TroubleKind) -> ModelTrouble {
    ModelTrouble { model: model.to_owned(), kind, retry_after_ms: None, draft: None }
}

/// The wire's end of a call, in our words.
pub(crate) fn troubled(model: &str, error: &epistle_wire::Error) -> ModelTrouble {
    let kind = match error.kind {
        Kind::KeyRefused => TroubleKind::KeyRefused,
        Kind::RateLimited => TroubleKind::RateLimited,
        Kind::QuotaExhausted => TroubleKind::QuotaExhausted,
        Kind::Unavailable => TroubleKind::Unavailable,
        Kind::UnknownModel => TroubleKind::UnknownModel,
        Kind::Blocked => TroubleKind::Blocked,
        Kind::Empty => TroubleKind::Empty,
        Kind::TooLong => TroubleKind::TooLong,
        Kind::Cut => TroubleKind::Cut,
        Kind::Stalled => TroubleKind::Stalled,
        Kind::Unreadable => TroubleKind::Unreadable,
        Kind::Unreachable => TroubleKind::Unreachable,
        Kind::Refused => TroubleKind::Refused,
    };
    let asked = error.retry_after.filter(|_| kind != TroubleKind::QuotaExhausted); // no pause it names gives the day back
    let retry_after_ms = asked.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
    ModelTrouble { retry_after_ms, ..trouble(model, kind) }
}

pub(super) fn counted(usage: epistle_wire::Usage) -> Usage {
    Usage { input_tokens: usage.input, output_tokens: usage.output }
}
