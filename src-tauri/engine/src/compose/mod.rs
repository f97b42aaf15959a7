//! The pipeline: gather → choose → prompt → preview → generate → check → draft. Pure cores in files of their own; this file walks them.

pub mod blanks;
pub mod brief;
mod check;
mod diff;
pub mod drafts;
mod eml;
pub(crate) mod language;
mod letter;
pub(crate) mod plain;
mod redact;
pub mod rows;
pub mod templates;
pub mod values;

use crate::Engine;
use crate::api::UnixMillis;
use crate::api::{ComposeEvent, ComposeRequest, Draft, Preview};
use crate::error::Result;
use tokio_util::sync::CancellationToken;

/// The present: read here, and passed on.
fn now() -> UnixMillis {
    jiff::Timestamp::now().as_millisecond()
}

impl Engine {
    /// Exactly what would leave the machine for this request.
    ///
    /// # Errors
    /// `bad_input`, `not_found`, `template_value_missing`, `store_broken`.
    pub fn preview(&self, _request: &ComposeRequest) -> Result<Preview> {
        todo!()
    }

    /// Writes a letter: tells each step through `tell`, and returns the saved draft. What had come when it fails or is stopped is kept as
    /// an unfinished revision of the draft that the error names.
    ///
    /// # Errors
    /// As `preview`; `preview_required`, `budget_reached`, `cancelled`, and every model error.
    pub async fn compose(
        &self,
        _request: ComposeRequest,
        _tell: &(dyn Fn(ComposeEvent) + Send + Sync),
        _stop: &CancellationToken,
    ) -> Result<Draft> {
        todo!()
    }
}
