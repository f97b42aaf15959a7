//! Generate: one call to a model, tried again as the provider says, heard by everyone who asked for it. It knows calls, not drafts.

use super::plain;
use super::preview::input_tokens;
use crate::Engine;
use crate::api::ModelRef;
use crate::error::{ModelTrouble, Result, TroubleKind};
use crate::llm::flight::{Heard, Listener, Teller};
use crate::llm::limits::{self, Attempt};
use crate::llm::{Call, Llm, Usage};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// One call, and where its answer is kept.
#[derive(Clone)]
pub(super) struct Flying {
    pub(super) engine: Engine,
    pub(super) llm: Arc<dyn Llm>,
    pub(super) call: Call,
    pub(super) key: String,
    pub(super) calls_per_minute: u32,
    /// When the request came in, for the measure of our own time.
    pub(super) asked: Instant,
}

impl Flying {
    /// Makes the call, or joins the same one under way.
    pub(super) fn join(self) -> Listener {
        let engine = self.engine.clone();
        let key = self.key.clone();
        engine.desk.llm.flights.join(&key, move |teller, stop| self.fly(teller, stop))
    }

    async fn fly(self, teller: Teller, stop: CancellationToken) {
        let mut text = String::new();
        let end = tokio::select! {
            end = self.attempts(&teller, &mut text) => end,
            () = stop.cancelled() => {
                if !text.is_empty() {
                    self.write_down(Usage::default(), &text).await;
                }
                return;
            }
        };
        if let Ok(usage) = &end {
            self.write_down(*usage, &text).await;
            self.keep(&text, *usage).await;
        }
        teller.tell(Heard::End(end));
    }

    async fn attempts(&self, teller: &Teller, text: &mut String) -> Result<Usage, ModelTrouble> {
        let mut waited = Duration::ZERO;
        let mut number = 1;
        loop {
            let trouble = match self.attempt(teller, text).await {
                Ok(usage) => return Ok(usage),
                Err(trouble) => trouble,
            };
            let had_text = !text.is_empty();
            if had_text {
                self.write_down(Usage::default(), text).await;
            }
            let Some(pause) = limits::pause(&trouble, Attempt { number, had_text, waited, chance: chance() }) else {
                return Err(trouble);
            };
            number += 1;
            let after_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
            tracing::info!(model = %self.call.model.name, kind = ?trouble.kind, after_ms, attempt = number, "the model's call is tried again");
            if had_text {
                teller.tell(Heard::Restarted);
                text.clear();
            }
            teller.tell(Heard::Retrying { after_ms, attempt: number });
            tokio::time::sleep(pause).await;
            waited += pause;
        }
    }

    async fn attempt(&self, teller: &Teller, text: &mut String) -> Result<Usage, ModelTrouble> {
        self.take_place()?;
        let micros = u64::try_from(self.asked.elapsed().as_micros()).unwrap_or(u64::MAX);
        tracing::debug!(target: "epistle::timing", micros, "from request to the adapter");
        let mut more = |piece: &str| {
            if !piece.is_empty() {
                text.push_str(piece);
                teller.tell(Heard::Text(piece.to_owned()));
            }
        };
        let usage = self.llm.generate(&self.call, &mut more).await?;
        if text.trim().is_empty() {
            return Err(self.trouble(TroubleKind::Empty, None));
        }
        Ok(usage)
    }

    /// A place in the minute's window; a full window is trouble of the kind that passes.
    fn take_place(&self) -> Result<(), ModelTrouble> {
        let mut window = self.engine.desk.llm.window.lock().unwrap_or_else(PoisonError::into_inner);
        window
            .take(crate::now(), self.calls_per_minute)
            .map_err(|wait| self.trouble(TroubleKind::RateLimited, Some(wait)))
    }

    fn trouble(&self, kind: TroubleKind, retry_after_ms: Option<u64>) -> ModelTrouble {
        ModelTrouble { model: self.call.model.name.clone(), kind, retry_after_ms, draft: None }
    }

    async fn write_down(&self, usage: Usage, text: &str) {
        let (input, output) = counted(usage, &self.call, text);
        let model: ModelRef = self.call.model.clone();
        let done = self.engine.off_thread(move |engine| engine.write_down(&model, input, output, crate::now())).await;
        if let Err(error) = done {
            tracing::warn!(%error, "a call could not be written into the ledger");
        }
    }

    async fn keep(&self, text: &str, usage: Usage) {
        let (key, text) = (self.key.clone(), text.to_owned());
        let done = self.engine.off_thread(move |engine| engine.cache(&key, &text, usage, crate::now())).await;
        if let Err(error) = done {
            tracing::warn!(%error, "an answer could not be kept");
        }
    }
}

/// Tokens in and out, as the service counted them, else estimated; a count of none is no count.
pub(super) fn counted(usage: Usage, call: &Call, text: &str) -> (u64, u64) {
    let input = usage.input_tokens.filter(|&count| count > 0).unwrap_or_else(|| input_tokens(call));
    let output = usage.output_tokens.filter(|&count| count > 0).unwrap_or_else(|| u64::from(plain::tokens(text)));
    (input, output)
}

/// From 0 up to 1; the middle where the system has no randomness.
fn chance() -> f64 {
    let mut byte = [128u8];
    let _ = getrandom::fill(&mut byte);
    f64::from(byte[0]) / 256.0
}
