//! What is known of Gmail's mailbox, and the words that the sync's machine and its driver have for each other: what to ask, what was said,
//! what is to be committed. Plain data; what is done with it is in `plan`.

use crate::ids;
use epistle_wire::gmail::drafts::DraftRef;
use epistle_wire::gmail::labels::Label;
use epistle_wire::gmail::{HistoryId, LabelId, Message, MessageId, MessageRef, PageToken, ThreadId, history, messages};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// What a message of Gmail's is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// Mail.
    Mail,
    /// A draft's present text: not among the mail.
    Draft,
    /// No message that can be read: noted, so that it is not fetched again.
    Unreadable,
    /// Mail older than the person keeps: noted, so that it is not fetched again.
    Past,
}

/// What is known of one of Gmail's messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// Its conversation there.
    pub(super) thread: ThreadId,
    /// Its labels there, as far as the history was read.
    pub(super) labels: BTreeSet<LabelId>,
    /// The last pass that found it.
    pub(super) seen: u32,
    /// What it is here.
    pub(super) what: What,
    /// Under which id, where it is mail.
    pub(super) message: Option<ids::MessageId>,
    /// Whether it came from Gmail; else it was imported before, and stays when Gmail's is deleted.
    pub(super) came: bool,
}

/// Where a pass over all of the mailbox is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// The labels there are, to be asked for one by one.
    Names,
    /// The list of everything, from this page on.
    Everything(Option<PageToken>),
    /// Who is under each label still to be asked for.
    Labels(Vec<LabelId>),
    /// All lists were read.
    Listed,
}

/// A pass over all of the mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backfill {
    pub(super) part: Part,
    /// The labels there are, where they are to be asked for.
    pub(super) labels: Vec<LabelId>,
    /// Whether what is here must learn its labels anew, as the history since is lost.
    pub(super) relabel: bool,
    /// Whether something left since the pass began.
    pub(super) disturbed: bool,
    /// How many passes there were.
    pub(super) tries: u32,
    /// About how many messages there are.
    pub(super) total: Option<u64>,
}

/// How far the sync is. One row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Up to where the history was read.
    pub(super) history: Option<HistoryId>,
    /// The number of the pass.
    pub(super) pass: u32,
    /// The pass over everything, until it is through.
    pub(super) backfill: Option<Backfill>,
    /// Whether the drafts may have changed.
    pub(super) drafts_due: bool,
    /// Whether everything was brought in once.
    pub(super) whole: bool,
}

/// What is known of the mailbox: the store's rows, held in memory while an account syncs.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Mirror {
    pub(super) state: State,
    pub(super) known: HashMap<MessageId, Known>,
}

/// What to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fetch {
    One(MessageRef),
    /// A whole conversation, where that costs less.
    Thread(ThreadId),
}

/// What to ask Gmail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ask {
    /// Where the history stands now.
    Start,
    /// What changed since.
    History { since: HistoryId, page: Option<PageToken> },
    /// Which drafts there are.
    Drafts,
    /// Which labels there are.
    Names,
    /// A page of the list of everything, or of what is under a label.
    List { label: Option<LabelId>, page: Option<PageToken> },
    /// Messages.
    Get(Vec<Fetch>),
    /// Nothing: here is what is there.
    Nothing,
}

/// A message as it was fetched.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Got {
    Message(Box<Message>),
    /// It is not there (any more).
    Gone(MessageId),
    /// It is there, and larger than what is read here.
    TooLarge(MessageRef),
    /// This conversation was asked for as a whole: what of it did not come is asked for message by message.
    Apart(ThreadId),
}

/// What Gmail said.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Said {
    Start {
        history: HistoryId,
        total: Option<u64>,
    },
    History(history::Page),
    HistoryGone,
    Drafts(Vec<DraftRef>),
    Names(Vec<Label>),
    List(messages::Page),
    /// The list does not go on from there any more.
    PageGone,
    Got(Vec<Got>),
}

/// What is to be committed, all of one answer at once.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Effect {
    /// The state as it is now.
    State,
    /// What is known of this message as it is now.
    Known(MessageId),
    /// This message is new, and is known as what the mirror says.
    Take(Box<Message>),
    /// This message is gone.
    Forget(MessageId, Known),
    /// What labels are called.
    Names(Vec<Label>),
}

/// What left a list since the history was last read.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Left {
    pub(super) messages: bool,
    pub(super) labels: bool,
}

/// What a run came to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) new: u64,
    pub(super) gone: u64,
    pub(super) relabelled: u64,
    pub(super) full: bool,
}

impl Mirror {
    /// A pass over everything begins, whatever was known of the way there. What is here stays, and is not fetched again.
    pub(super) fn begin_anew(&mut self) {
        self.state.history = None;
        self.state.drafts_due = true;
        self.state.pass += 1;
        self.state.backfill = Some(Backfill::first(!self.known.is_empty()));
    }

    /// How many of the mailbox's messages this pass has found, and about how many there are.
    pub(super) fn progress(&self) -> (u64, Option<u64>) {
        let pass = self.state.pass;
        let found = self.known.values().filter(|known| known.seen == pass).count() as u64;
        match &self.state.backfill {
            Some(backfill) => (found, backfill.total.map(|total| total.max(found))),
            None => (self.known.len() as u64, None),
        }
    }

    pub(super) fn disturb(&mut self, left: Left) {
        if let Some(backfill) = &mut self.state.backfill {
            backfill.disturbed |= left.messages || (left.labels && backfill.relabel);
        }
    }
}

impl Backfill {
    pub(super) fn first(relabel: bool) -> Self {
        let part = if relabel { Part::Names } else { Part::Everything(None) };
        Self { part, labels: Vec::new(), relabel, disturbed: false, tries: 1, total: None }
    }
}

impl Mirror {
    pub(super) fn as_found(&self, thread: &ThreadId, labels: BTreeSet<LabelId>, what: What) -> Known {
        Known { thread: thread.clone(), labels, seen: self.state.pass, what, message: None, came: true }
    }
}
