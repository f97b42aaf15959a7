//! An engine's error as the page sees it. The code is what the page acts on; its words stand in one table of the page.

use epistle_engine::error::{Error, ErrorCode, ErrorFacts};
use serde::Serialize;

/// An error that crossed into the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
pub struct UiError {
    /// The stable code.
    pub code: ErrorCode,
    /// The engine's own words, for a detail line; they hold no mail, address or secret.
    pub message: String,
    /// What the page may act on besides the code.
    pub facts: ErrorFacts,
}

/// What every command answers.
pub type Reply<T> = Result<T, UiError>;

impl From<Error> for UiError {
    fn from(error: Error) -> Self {
        if error.code() == ErrorCode::Internal {
            tracing::error!(?error, "an error of our own");
        }
        Self { code: error.code(), message: error.to_string(), facts: error.facts() }
    }
}

impl UiError {
    /// A defect of ours in this door.
    pub(crate) fn internal(what: &'static str, cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Error::internal(what, cause).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_and_its_facts_cross_unchanged() {
        let error = UiError::from(Error::PassphraseNeeded { first: true });
        assert_eq!(serde_json::to_value(&error).unwrap()["code"], "passphrase_needed");
        assert!(error.facts.first);
    }
}
