//! What can be typed to list conversations and to change where they are.

use clap::Subcommand;
use epistle_engine::api::{LabelChange, LabelId};
use epistle_engine::ids::ThreadId;

#[derive(Debug, clap::Args)]
pub(crate) struct Threads {
    /// Only those under this label: its id or its name, as in inbox, trash or Work/Clients.
    #[arg(long, value_name = "LABEL")]
    pub(crate) label: Option<String>,
    /// Only those with something unread.
    #[arg(long)]
    pub(crate) unread: bool,
    /// How many at most.
    #[arg(long, default_value_t = 20)]
    pub(crate) limit: u32,
    /// One JSON object a line.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Relabel {
    #[command(flatten)]
    pub(crate) threads: Which,
    /// A label to add: its id or its name. May be repeated.
    #[arg(long, value_name = "LABEL", required_unless_present = "remove")]
    pub(crate) add: Vec<String>,
    /// A label to take away. May be repeated.
    #[arg(long, value_name = "LABEL")]
    pub(crate) remove: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// The conversations' ids, as `epistle threads` lists them.
    #[arg(required = true, value_name = "THREAD")]
    pub(crate) threads: Vec<ThreadId>,
    /// One JSON object: what changed.
    #[arg(long)]
    pub(crate) json: bool,
}

/// The changes with a word of their own.
#[derive(Debug, Subcommand)]
pub(crate) enum Move {
    /// Take conversations out of the inbox.
    Archive(Which),
    /// Move conversations to Trash.
    Trash(Which),
    /// Mark conversations as read.
    Read(Which),
    /// Mark conversations as unread.
    Unread(Which),
    /// Give conversations a star.
    Star(Which),
    /// Take their star away.
    Unstar(Which),
}

impl Move {
    /// Which conversations, and what is to be done with them.
    pub(crate) fn asked(self) -> (Which, LabelChange) {
        let change = |add: &[&'static str], remove: &[&'static str]| LabelChange {
            add: add.iter().map(|id| LabelId::known(id)).collect(),
            remove: remove.iter().map(|id| LabelId::known(id)).collect(),
        };
        match self {
            Self::Archive(which) => (which, change(&[], &[LabelId::INBOX])),
            Self::Trash(which) => (which, change(&[LabelId::TRASH], &[LabelId::INBOX])),
            Self::Read(which) => (which, change(&[], &[LabelId::UNREAD])),
            Self::Unread(which) => (which, change(&[LabelId::UNREAD], &[])),
            Self::Star(which) => (which, change(&[LabelId::STARRED], &[])),
            Self::Unstar(which) => (which, change(&[], &[LabelId::STARRED])),
        }
    }
}
