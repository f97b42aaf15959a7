//! What can be typed about sending: `draft`, `send`, `outbox`.

use clap::Subcommand;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct DraftGroup {
    #[command(subcommand)]
    pub(crate) action: DraftAction,
}

/// Which version of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Version {
    /// The one here.
    Here,
    /// The one at Gmail.
    Gmail,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DraftAction {
    /// Show a draft exactly as it would leave, with the hash that an approval names.
    Show {
        /// The draft.
        id: String,
        /// From this address of yours; left out, the draft's own or your first.
        #[arg(long, value_name = "ADDRESS")]
        from: Option<String>,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Say which version stands of a draft that was changed here and at Gmail; the other stays among its revisions.
    Keep {
        /// The draft.
        id: String,
        /// The version.
        #[arg(value_enum)]
        version: Version,
    },
    /// Delete a draft.
    Delete {
        /// The draft.
        id: String,
    },
    /// Put a file to a draft.
    Attach {
        /// The draft.
        id: String,
        /// The file. May be several.
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Take a file off a draft.
    Detach {
        /// The draft.
        id: String,
        /// The file's id or its name.
        file: String,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Send {
    /// The draft.
    pub(crate) id: String,
    /// The hash of what you have seen and approve (`epistle draft show ID --json`); left out, it is shown and you are asked.
    #[arg(long, value_name = "HASH")]
    pub(crate) approve: Option<String>,
    /// From this address of yours; left out, the draft's own or your first.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) from: Option<String>,
    /// Send it at this time, as in 2026-12-01T09:00 or 2026-12-01T09:00+01:00.
    #[arg(long, value_name = "TIME", conflicts_with = "undo")]
    pub(crate) at: Option<String>,
    /// How many seconds it can be taken back; left out, none with --approve, else as set.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) undo: Option<u32>,
    /// Only put it in the outbox; the window, or `epistle outbox run`, sends it.
    #[arg(long)]
    pub(crate) queue: bool,
    /// End with one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Outbox {
    #[command(subcommand)]
    pub(crate) action: Option<OutboxAction>,
    /// One JSON object a line.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OutboxAction {
    /// What waits, is on its way, and how each message ended.
    List,
    /// Take a message back.
    Undo {
        /// The message, or the first digits of its id.
        id: String,
    },
    /// Try a failed message again; ask again what became of an unknown one.
    Retry {
        /// The message, or the first digits of its id.
        id: String,
    },
    /// Say whether an unknown message was sent; without a word of yours the provider is asked again.
    Settle {
        /// The message, or the first digits of its id.
        id: String,
        /// It was sent.
        #[arg(long, conflicts_with = "not_sent")]
        sent: bool,
        /// It was not sent.
        #[arg(long)]
        not_sent: bool,
    },
    /// Send what waits, until nothing is left that can be sent now.
    Run,
}
