//! The pipeline: gather → choose → prompt → preview → generate → check → draft. Pure cores in files of their own; this file walks them.

pub mod blanks;
pub mod brief;
mod check;
mod choose;
mod claims;
mod copied;
mod dates;
mod diff;
pub mod drafts;
mod eml;
pub mod files;
mod forward;
mod gather;
mod generate;
mod html_part;
pub(crate) mod incoming;
mod leaving;
mod letter;
mod lex;
mod media;
pub(crate) mod mime;
pub(crate) mod plain;
mod preview;
mod prompt;
mod quote;
mod redact;
mod reply;
pub mod rows;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod scripted;
pub mod senders;
mod settle;
mod sums;
pub mod templates;
pub mod values;
pub(crate) mod when;
mod write;

use crate::Engine;
use crate::api::{ComposeEvent, ComposeRequest, Draft, Preview, Provider};
use crate::error::Result;
use crate::llm::Llm;
use crate::store::tables::DRAFTS;
pub(crate) use leaving::Leaving;
#[cfg(test)]
pub(crate) use samples::{letter_for_tests, stored_for_tests};
use std::sync::Arc;
use std::time::Instant;
use tokio_util::sync::CancellationToken;

impl Engine {
    /// Exactly what would leave the machine for this request.
    ///
    /// # Errors
    /// `bad_input`, `not_found`, `template_value_missing`, `store_broken`; `model_key_missing`.
    pub fn preview(&self, request: &ComposeRequest) -> Result<Preview> {
        let row = match request.draft {
            Some(id) => self.store().read(self.account())?.get(DRAFTS, id.as_bytes())?,
            None => None,
        };
        let text = row.as_ref().map(|row| row.body.clone());
        let brief = self.gather(settle::effective(request.clone(), row.as_ref()), text, crate::now())?;
        let settings = self.settings()?;
        let chosen = self.choose(&settings, &brief)?;
        if chosen.model.provider == Provider::Offline {
            return Ok(preview::offline(chosen));
        }
        let leaves_to = self.llm(chosen.model.provider)?.leaves_to();
        Ok(preview::plan(&brief, chosen, &settings, leaves_to).preview(brief.now))
    }

    /// Writes a letter: tells each step through `tell`, and returns the saved draft. What had come when it fails or is stopped is kept as
    /// an unfinished revision of the draft that the error names.
    ///
    /// # Errors
    /// As `preview`; `preview_required`, `budget_reached`, `cancelled`, and every model error.
    pub async fn compose(
        &self,
        request: ComposeRequest,
        tell: &(dyn Fn(ComposeEvent) + Send + Sync),
        stop: &CancellationToken,
    ) -> Result<Draft> {
        self.compose_with(request, tell, stop, &|provider| self.llm(provider).map(Arc::from)).await
    }

    /// The walk, with the adapters passed in.
    async fn compose_with(
        &self,
        request: ComposeRequest,
        tell: &(dyn Fn(ComposeEvent) + Send + Sync),
        stop: &CancellationToken,
        adapter: &(dyn Fn(Provider) -> Result<Arc<dyn Llm>> + Send + Sync),
    ) -> Result<Draft> {
        let asked = Instant::now();
        let now = crate::now();
        let approved = request.approved.clone();
        let begun = self.off_thread(move |engine| engine.begin(request, now)).await?;
        tell(ComposeEvent::Began { draft: begun.id });
        let walk = write::Walk { engine: self, tell, stop, adapter, asked, now, approved };
        match walk.ready(&begun).await {
            Ok(ready) => walk.write(&begun, ready).await,
            Err(error) => {
                if begun.new {
                    let id = begun.id; // nothing came, and the request was never one: it leaves no empty draft behind
                    self.off_thread(move |engine| engine.delete_draft(id)).await?;
                }
                Err(error)
            }
        }
    }
}
