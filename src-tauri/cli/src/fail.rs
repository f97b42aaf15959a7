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

/// Every code is named: one that is new does not compile until somebody decides.
fn status(code: ErrorCode) -> u8 {
    use ErrorCode as C;
    match code {
        C::InUse | C::Locked | C::PassphraseNeeded | C::PassphraseWrong | C::RecoveryCodeWrong => 3,
        C::KeyringUnavailable | C::KeyringLocked | C::KeyringStalled | C::KeyringGone | C::KeyLost => 3,
        C::Cancelled => 130,
        C::BadInput | C::BadAddress | C::TemplateValueMissing => 2,
        C::StoreBroken
        | C::BackupBroken
        | C::StoreTooNew
        | C::Io
        | C::NotFound
        | C::DraftChanged
        | C::PreviewRequired
        | C::Internal => 1,
        C::BudgetReached | C::ModelKeyMissing | C::ModelKeyRefused | C::ModelRateLimited | C::ModelQuotaExhausted => 1,
        C::ModelUnavailable | C::ModelUnknown | C::ModelBlocked | C::ModelEmpty | C::ModelTooLong | C::ModelCut => 1,
        C::ModelStalled | C::ModelUnreadable | C::ModelUnreachable | C::ModelRefused => 1,
        C::SignInOff | C::ClientMissing | C::SignInAgain | C::SignInDenied | C::SignInTimedOut | C::SignInPortTaken => {
            1
        }
        C::SignInStateMissing | C::SignInStateWrong | C::SignInReplayed | C::SignInOtherProvider => 1,
        C::SignInOtherIssuer | C::SignInRedirectMalformed | C::SignInPkceDropped | C::SignInCodeRefused => 1,
        C::SignInNonceWrong | C::SignInAudienceWrong | C::SignInTokenExpired | C::SignInTokenUnsigned => 1,
        C::SignInSignatureWrong | C::SignInTokenUnreadable | C::SignInOtherPerson | C::SignInClientRefused => 1,
        C::SignInUnreachable | C::SignInUnreadable => 1,
        C::GmailOff | C::GmailGrantMissing | C::GmailUnreachable | C::GmailBusy | C::GmailRefused => 1,
    }
}

/// What a person at a terminal can do about it.
pub(crate) fn hint(code: ErrorCode) -> Option<&'static str> {
    use ErrorCode as C;
    Some(match code {
        C::Locked => "epistle account unlock",
        C::InUse => "quit the other Epistle, or give this one a folder of its own with EPISTLE_HOME",
        C::PassphraseNeeded | C::PassphraseWrong | C::RecoveryCodeWrong => of_passphrases(code),
        C::KeyringUnavailable | C::KeyringLocked | C::KeyringStalled | C::KeyringGone | C::KeyLost => of_keyrings(code),
        C::StoreBroken => "restore the data folder from a backup, or begin a new one with EPISTLE_HOME",
        C::BackupBroken => "take another copy of the backup: a copy that is whole tells so with epistle restore --show",
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
        C::SignInOff => "unset DISABLE_OAUTH to sign in",
        C::ClientMissing => {
            "epistle account client PROVIDER set ID, or epistle account client FILE.json from the provider's console"
        }
        C::SignInAgain => "epistle account add PROVIDER --again ACCOUNT; epistle account list names it",
        C::SignInDenied | C::SignInTimedOut => "run it again when you want to; nothing was changed",
        C::SignInPortTaken => "end what listens there, or: epistle settings set identity.PROVIDER.redirect_port null",
        C::SignInStateMissing | C::SignInStateWrong | C::SignInReplayed | C::SignInOtherProvider => INTERFERENCE,
        C::SignInOtherIssuer | C::SignInRedirectMalformed | C::SignInPkceDropped | C::SignInNonceWrong => INTERFERENCE,
        C::SignInAudienceWrong | C::SignInTokenUnsigned | C::SignInSignatureWrong => INTERFERENCE,
        C::SignInTokenExpired => "check this machine's clock, then run it again",
        C::SignInCodeRefused | C::SignInUnreadable | C::SignInTokenUnreadable => "run it again",
        C::SignInOtherPerson => "sign in as the account's own person, or leave out --again to add another account",
        C::SignInClientRefused => {
            "check the client's id, secret and redirect address with the provider: epistle account client"
        }
        C::SignInUnreachable => "check the network and the provider's addresses: epistle settings get identity",
        C::GmailOff => "sign in with Google, unset DISABLE_GMAIL, or: epistle settings set gmail.enabled true",
        C::GmailGrantMissing => "allow it: epistle account add google --again ACCOUNT --for read-mail,send-mail",
        C::GmailUnreachable => "check the network, then run it again; what waits goes on waiting",
        C::GmailBusy => "run it again in a while",
        C::GmailRefused => "look at the account in Gmail itself, then run it again",
        C::Io | C::NotFound | C::BadInput | C::BadAddress | C::DraftChanged | C::Cancelled => return None,
        C::Internal => "this is a defect: run again with EPISTLE_LOG=debug and tell us what it says",
    })
}

/// What a sign-in that was refused for its own safety says.
const INTERFERENCE: &str =
    "nothing was taken from it; run it again, and if it comes back do not sign in on this network or machine";

fn of_passphrases(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::PassphraseNeeded => "set EPISTLE_PASSPHRASE, or run this in a terminal to be asked",
        ErrorCode::PassphraseWrong => {
            "with a recovery code: epistle account unlock --recovery-code; without one EPISTLE_HOME begins a new data folder"
        }
        _ => "codes have five groups of five; an older code ends when a new one is made",
    }
}

fn of_keyrings(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::KeyringLocked => {
            "unlock the keyring, or: epistle account unlock --recovery-code; a new data folder can have EPISTLE_PASSPHRASE instead"
        }
        ErrorCode::KeyringStalled => {
            "start the keyring anew and run this again, or: epistle account unlock --recovery-code"
        }
        ErrorCode::KeyringGone => "start the keyring, or: epistle account unlock --recovery-code",
        ErrorCode::KeyLost => {
            "restore the keyring's entry, or: epistle account unlock --recovery-code; without either the store stays sealed"
        }
        _ => {
            "unlock the keyring, or: epistle account unlock --recovery-code; a new data folder can have EPISTLE_NO_KEYRING=1 and EPISTLE_PASSPHRASE"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_status_tells_what_kind_of_failure_it_was() {
        let table = [
            (ErrorCode::InUse, 3),
            (ErrorCode::PassphraseWrong, 3),
            (ErrorCode::Locked, 3),
            (ErrorCode::KeyringStalled, 3),
            (ErrorCode::RecoveryCodeWrong, 3),
            (ErrorCode::SignInDenied, 1),
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
