//! What went wrong, as a terminal tells it: `error[code]: what`, what to do, and an exit status. Decides by code, never by text.

use crate::out::Out;
use epistle_engine::error::{Error, ErrorCode};
use std::process::ExitCode;

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The engine said no.
    #[error(transparent)]
    Engine(#[from] Error),
    /// What was typed cannot be meant.
    #[error("{0}")]
    Usage(String),
    /// Told already; only the exit status is left.
    #[error("{0:?}")]
    Told(ErrorCode),
}

impl Failure {
    /// Tells it on stderr and gives the exit status.
    pub(crate) fn tell(&self, out: &mut Out) -> ExitCode {
        match self {
            Self::Usage(what) => out.note(&format!("error[usage]: {what}")),
            Self::Told(_) => {}
            Self::Engine(error) => {
                out.note(&format!("error[{}]: {error}", error.code().as_str()));
                let facts = error.facts();
                if let Some(wait) = facts.retry_after_ms {
                    out.note(&format!("  the service asks to wait {} s", wait.div_ceil(1000)));
                }
                if let Some(draft) = facts.draft {
                    out.note(&format!("  what had come is kept: epistle show {draft}"));
                }
                if let Some(hint) = hint(error.code()) {
                    out.note(&format!("  {hint}"));
                }
            }
        }
        ExitCode::from(self.status())
    }

    fn status(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Engine(error) => status(error.code()),
            Self::Told(code) => status(*code),
        }
    }
}

fn status(code: ErrorCode) -> u8 {
    use ErrorCode as C;
    match code {
        C::InUse | C::PassphraseNeeded | C::PassphraseWrong | C::KeyringUnavailable | C::KeyLost => 3,
        C::Cancelled => 130,
        C::BadInput | C::BadAddress | C::TemplateValueMissing => 2,
        _ => 1,
    }
}

/// What a person at a terminal can do about it.
pub(crate) fn hint(code: ErrorCode) -> Option<&'static str> {
    use ErrorCode as C;
    Some(match code {
        C::InUse => "quit the other Epistle, or give this one a folder of its own with EPISTLE_HOME",
        C::PassphraseNeeded => "set EPISTLE_PASSPHRASE, or run this in a terminal to be asked",
        C::PassphraseWrong => "the passphrase cannot be recovered; EPISTLE_HOME begins a new data folder",
        C::KeyringUnavailable => {
            "unlock the keyring, or set EPISTLE_NO_KEYRING=1 and EPISTLE_PASSPHRASE for a new data folder"
        }
        C::KeyLost => "restore the keyring's entry; without it the store stays sealed",
        C::StoreBroken => "restore the data folder from a backup, or begin a new one with EPISTLE_HOME",
        C::StoreTooNew => "install the newest Epistle",
        C::TemplateValueMissing => "give each as --set NAME=VALUE",
        C::PreviewRequired => "see it with --preview, then run again with --approve DIGEST",
        C::BudgetReached => "raise it: epistle settings set budget_micros N; or write with --model offline",
        C::ModelKeyMissing => "epistle key set gemini; or write with --model offline",
        C::ModelKeyRefused => "check the key, then: epistle key set gemini",
        C::ModelRateLimited | C::ModelUnavailable => "try again in a while; or write with --model offline",
        C::ModelQuotaExhausted => "try again tomorrow, another model with --model, or --model offline",
        C::ModelUnknown => "name another with --model; the settings name the usual ones: epistle settings",
        C::ModelBlocked => "say it in other words; or write with --model offline",
        C::ModelTooLong => "ask for a shorter letter with --length short",
        C::ModelEmpty | C::ModelCut | C::ModelStalled | C::ModelUnreadable => "run it again",
        C::ModelUnreachable => {
            "check the network and the base address (epistle settings); or write with --model offline"
        }
        C::ModelRefused => "try another model with --model; or write with --model offline",
        C::Io | C::NotFound | C::BadInput | C::BadAddress | C::DraftChanged | C::Cancelled => return None,
        C::Internal => "this is a defect: run again with EPISTLE_LOG=debug and tell us what it says",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_status_tells_what_kind_of_failure_it_was() {
        let table = [
            (ErrorCode::InUse, 3),
            (ErrorCode::PassphraseWrong, 3),
            (ErrorCode::BadAddress, 2),
            (ErrorCode::ModelCut, 1),
            (ErrorCode::NotFound, 1),
            (ErrorCode::Cancelled, 130),
        ];
        for (code, expected) in table {
            assert_eq!(status(code), expected, "{code:?}");
        }
    }
}
