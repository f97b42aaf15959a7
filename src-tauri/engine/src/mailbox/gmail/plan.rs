//! The sync as a pure machine: what is known of the mailbox, what to ask Gmail next, and what an answer changes. No clock, no store, no
//! network: the driver asks, tells the answer, and commits what comes of it before it asks again.
//!
//! **Why it ends in Gmail's own state.** `State::history` is a place in Gmail's history up to which everything known here was brought. It
//! moves only when all changes since were read, in order, and what they added was fetched. A list, and a fetched message, tell of a time
//! after that place; what changed since then is told again by the history, and of two words on one label of one message the later one
//! wins. So a list may be read at leisure, and a message fetched whenever, as long as the history is read after them.
//! What a list alone can tell is what is *not* there. While messages leave a list its pages shift, and one may be missed; so a pass
//! during which something left is not believed about what it did not list, and made again. That costs lists only, never a message.

pub(super) use super::mirror::{Ask, Effect, Fetch, Got, Known, Mirror, Said, State, What};

use super::mirror::{Backfill, Counts, Left, Part};
use epistle_wire::gmail::drafts::DraftRef;
use epistle_wire::gmail::history::{Change, Labelled};
use epistle_wire::gmail::labels::Label;
use epistle_wire::gmail::quota::{Method, quota_units};
use epistle_wire::gmail::{HistoryId, LabelId, MessageId, MessageRef, PageToken, ThreadId, history, messages};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

/// So many are fetched before what came is committed.
pub(super) const AT_ONCE: usize = 20;
/// After so many passes in each of which something left, the last is believed: nobody deletes for ever.
const PASSES: u32 = 8;

/// What the history says of one message, in sum.
#[derive(Debug, Default)]
struct Net {
    thread: Option<ThreadId>,
    added: bool,
    deleted: bool,
    draft: bool,
    labels: BTreeMap<LabelId, bool>,
}

/// One run of the sync: what it has heard and not committed yet. It can be dropped at any moment.
#[derive(Debug, Default)]
pub(super) struct Run {
    history_read: bool,
    history_page: Option<PageToken>,
    net: BTreeMap<MessageId, Net>,
    /// Something left a list.
    left: Left,
    /// Where the history stands once the queue is empty.
    closing: Option<HistoryId>,
    /// Where the list goes on once the queue is empty; `Some(None)`: nowhere.
    turning: Option<Option<PageToken>>,
    queue: VecDeque<MessageRef>,
    /// Conversations that are fetched message by message.
    apart: HashSet<ThreadId>,
    under: HashSet<MessageId>,
    under_page: Option<PageToken>,
    /// The drafts' messages, where they were asked for in this run.
    drafts: Option<HashSet<MessageId>>,
    names_due: bool,
    pub(super) counts: Counts,
}

impl Run {
    /// A run over what is known; `names`: whether the labels' names are to be asked for.
    pub(super) fn over(mirror: &mut Mirror, names: bool) -> Self {
        if mirror.state.history.is_none() && mirror.state.backfill.is_none() {
            mirror.begin_anew();
        }
        // Whether a draft is still one is known only to a run that has asked.
        mirror.state.drafts_due |= mirror.state.backfill.is_some();
        let counts = Counts { full: mirror.state.backfill.is_some(), ..Counts::default() };
        Self { names_due: names, counts, ..Self::default() }
    }

    /// What to ask next.
    pub(super) fn next(&self, mirror: &Mirror) -> Ask {
        if !self.queue.is_empty() {
            return Ask::Get(self.fetches());
        }
        let state = &mirror.state;
        let Some(since) = &state.history else { return Ask::Start };
        if self.under_page.is_none() && !self.history_read {
            return Ask::History { since: since.clone(), page: self.history_page.clone() };
        }
        if state.drafts_due {
            return Ask::Drafts;
        }
        let Some(backfill) = &state.backfill else {
            return if self.names_due { Ask::Names } else { Ask::Nothing };
        };
        match &backfill.part {
            Part::Names => Ask::Names,
            _ if self.names_due => Ask::Names,
            Part::Everything(page) => Ask::List { label: None, page: page.clone() },
            Part::Labels(left) => Ask::List { label: left.last().cloned(), page: self.under_page.clone() },
            Part::Listed => Ask::Nothing,
        }
    }

    /// Takes an answer; what is to be committed of it, all at once.
    pub(super) fn heard(&mut self, mirror: &mut Mirror, said: Said) -> Vec<Effect> {
        match said {
            Said::Start { history, total } => self.heard_start(mirror, history, total),
            Said::History(page) => self.heard_history(mirror, page),
            Said::HistoryGone => self.heard_gone(mirror),
            Said::Drafts(drafts) => self.heard_drafts(mirror, &drafts),
            Said::Names(names) => self.heard_names(mirror, names),
            Said::List(page) => self.heard_list(mirror, page),
            Said::PageGone => self.heard_page_gone(mirror),
            Said::Got(got) => self.heard_messages(mirror, got),
        }
    }

    /// The next of the queue, whole conversations where they cost less.
    fn fetches(&self) -> Vec<Fetch> {
        let mut wanted: HashMap<&ThreadId, u32> = HashMap::new();
        self.queue.iter().for_each(|message| *wanted.entry(&message.thread_id).or_default() += 1);
        let cheaper = |thread: &ThreadId| {
            let one_by_one = wanted.get(thread).map_or(0, |count| count * quota_units(Method::MessagesGet));
            one_by_one > quota_units(Method::ThreadsGet) && !self.apart.contains(thread)
        };
        let (mut fetches, mut threads) = (Vec::new(), HashSet::new());
        for message in &self.queue {
            if fetches.len() >= AT_ONCE {
                break;
            }
            if !cheaper(&message.thread_id) {
                fetches.push(Fetch::One(message.clone()));
            } else if threads.insert(&message.thread_id) {
                fetches.push(Fetch::Thread(message.thread_id.clone()));
            }
        }
        fetches
    }

    fn heard_start(&mut self, mirror: &mut Mirror, history: HistoryId, total: Option<u64>) -> Vec<Effect> {
        mirror.state.history = Some(history);
        if let Some(backfill) = &mut mirror.state.backfill {
            backfill.total = total;
        }
        self.history_read = true;
        vec![Effect::State]
    }

    /// What was read since is forgotten: everything is looked over again.
    fn heard_gone(&mut self, mirror: &mut Mirror) -> Vec<Effect> {
        let counts = Counts { full: true, ..self.counts };
        *self = Self { counts, names_due: self.names_due, ..Self::default() };
        mirror.begin_anew();
        vec![Effect::State]
    }

    // ---------------------------------------------------------------- history

    fn heard_history(&mut self, mirror: &mut Mirror, page: history::Page) -> Vec<Effect> {
        page.history.into_iter().for_each(|change| self.sum_up(change));
        self.history_page = page.next_page_token;
        if self.history_page.is_some() {
            return Vec::new();
        }
        self.closing = Some(page.history_id);
        mirror.disturb(std::mem::take(&mut self.left));
        let mut changes = Vec::new();
        for (id, net) in std::mem::take(&mut self.net) {
            self.settle(mirror, id, &net, &mut changes);
        }
        changes.extend(self.close(mirror));
        changes
    }

    fn sum_up(&mut self, change: Change) {
        let draft = |labels: &[LabelId]| labels.iter().any(|label| label.as_str() == "DRAFT");
        for added in change.messages_added {
            let net = self.net.entry(added.message.id).or_default();
            net.draft = draft(&added.message.label_ids);
            net.thread = Some(added.message.thread_id);
            net.added = true;
        }
        for (labelled, on) in [(change.labels_added, true), (change.labels_removed, false)] {
            for Labelled { message, label_ids } in labelled {
                let net = self.net.entry(message.id).or_default();
                net.thread = Some(message.thread_id);
                net.labels.extend(label_ids.into_iter().map(|label| (label, on)));
                self.left.labels |= !on;
            }
        }
        for gone in change.messages_deleted {
            self.net.entry(gone.id).or_default().deleted = true;
            self.left.messages = true;
        }
    }

    fn settle(&mut self, mirror: &mut Mirror, id: MessageId, net: &Net, changes: &mut Vec<Effect>) {
        let about_drafts = net.draft || net.labels.keys().any(|label| label.as_str() == "DRAFT");
        let was_draft = mirror.known.get(&id).is_some_and(|known| known.what == What::Draft);
        mirror.state.drafts_due |= about_drafts || was_draft;
        if net.deleted {
            self.queue.retain(|message| message.id != id);
            self.forget(mirror, id, changes);
            return;
        }
        let backfilling = mirror.state.backfill.is_some();
        let sent = net.labels.iter().any(|(label, on)| label.as_str() == "DRAFT" && !on);
        match mirror.known.get_mut(&id) {
            Some(known) if known.what == What::Draft => {
                if sent && let Some(thread_id) = &net.thread {
                    self.queue.push_back(MessageRef { id, thread_id: thread_id.clone() });
                }
            }
            Some(known) => {
                let before = known.labels.clone();
                for (label, on) in &net.labels {
                    let _ = if *on { known.labels.insert(label.clone()) } else { known.labels.remove(label) };
                }
                if known.labels != before {
                    self.counts.relabelled += 1;
                    changes.push(Effect::Known(id));
                }
            }
            // What the pass over everything has not come to yet, it will come to.
            None if net.draft && !sent => {
                if let Some(thread_id) = &net.thread {
                    let known = mirror.as_found(thread_id, BTreeSet::new(), What::Draft);
                    mirror.known.insert(id.clone(), known);
                    changes.push(Effect::Known(id));
                }
            }
            None if net.added || !backfilling => {
                if let Some(thread_id) = &net.thread {
                    self.queue.push_back(MessageRef { id, thread_id: thread_id.clone() });
                }
            }
            None => {}
        }
    }

    /// The history is read once nothing of it is left to fetch.
    fn close(&mut self, mirror: &mut Mirror) -> Vec<Effect> {
        if !self.queue.is_empty() {
            return Vec::new();
        }
        let Some(history) = self.closing.take() else { return Vec::new() };
        mirror.state.history = Some(history);
        self.history_read = true;
        let mut changes = self.end_pass(mirror);
        changes.push(Effect::State);
        changes
    }

    /// All lists were read, and the history after them: what was not found is gone, or the pass is made again.
    fn end_pass(&mut self, mirror: &mut Mirror) -> Vec<Effect> {
        let mut changes = Vec::new();
        let Some(backfill) = mirror.state.backfill.as_ref().filter(|backfill| backfill.part == Part::Listed) else {
            return changes;
        };
        if backfill.disturbed && backfill.tries < PASSES {
            let again = Backfill::first(backfill.relabel);
            mirror.state.backfill = Some(Backfill { tries: backfill.tries + 1, total: backfill.total, ..again });
            mirror.state.pass += 1;
            return changes;
        }
        let pass = mirror.state.pass;
        let lost = mirror.known.iter().filter(|(_, known)| known.seen != pass).map(|(id, _)| id.clone());
        for id in lost.collect::<BTreeSet<_>>() {
            self.forget(mirror, id, &mut changes);
        }
        mirror.state.backfill = None;
        mirror.state.whole = true;
        changes
    }

    fn forget(&mut self, mirror: &mut Mirror, id: MessageId, changes: &mut Vec<Effect>) {
        if let Some(known) = mirror.known.remove(&id) {
            self.counts.gone += u64::from(known.what == What::Mail);
            changes.push(Effect::Forget(id, known));
        }
    }

    // ---------------------------------------------------------------- lists

    fn heard_drafts(&mut self, mirror: &mut Mirror, drafts: &[DraftRef]) -> Vec<Effect> {
        mirror.state.drafts_due = false;
        let mut changes = vec![Effect::State];
        for DraftRef { message, .. } in drafts {
            if !mirror.known.contains_key(&message.id) {
                let known = mirror.as_found(&message.thread_id, BTreeSet::new(), What::Draft);
                mirror.known.insert(message.id.clone(), known);
                changes.push(Effect::Known(message.id.clone()));
            }
        }
        self.drafts = Some(drafts.iter().map(|draft| draft.message.id.clone()).collect());
        changes
    }

    fn heard_names(&mut self, mirror: &mut Mirror, names: Vec<Label>) -> Vec<Effect> {
        self.names_due = false;
        let mut changes = Vec::new();
        if let Some(backfill) = mirror.state.backfill.as_mut().filter(|backfill| backfill.part == Part::Names) {
            backfill.part = Part::Everything(None);
            backfill.labels = names.iter().map(|label| label.id.clone()).collect();
            let there: HashSet<&LabelId> = names.iter().map(|label| &label.id).collect();
            for (id, known) in &mut mirror.known {
                let before = known.labels.len();
                known.labels.retain(|label| there.contains(label));
                if known.labels.len() != before {
                    changes.push(Effect::Known(id.clone()));
                }
            }
            changes.push(Effect::State);
        }
        changes.push(Effect::Names(names));
        changes
    }

    fn heard_list(&mut self, mirror: &mut Mirror, page: messages::Page) -> Vec<Effect> {
        match mirror.state.backfill.as_ref().map(|backfill| &backfill.part) {
            Some(Part::Everything(_)) => self.heard_everything(mirror, page),
            Some(Part::Labels(_)) => self.heard_label(mirror, page),
            _ => Vec::new(),
        }
    }

    fn heard_everything(&mut self, mirror: &mut Mirror, page: messages::Page) -> Vec<Effect> {
        let (pass, mut changes) = (mirror.state.pass, Vec::new());
        for message in page.messages {
            let Some(known) = mirror.known.get_mut(&message.id) else {
                self.queue.push_back(message);
                continue;
            };
            if known.seen != pass {
                known.seen = pass;
                changes.push(Effect::Known(message.id.clone()));
            }
            let no_draft = self.drafts.as_ref().is_some_and(|drafts| !drafts.contains(&message.id));
            if known.what == What::Draft && no_draft {
                self.queue.push_back(message);
            }
        }
        self.turning = Some(page.next_page_token);
        changes.extend(self.turn_page(mirror));
        changes
    }

    /// The list is at its next page, or through, once nothing of this one is left to fetch.
    fn turn_page(&mut self, mirror: &mut Mirror) -> Vec<Effect> {
        if !self.queue.is_empty() {
            return Vec::new();
        }
        let (Some(next), Some(backfill)) = (self.turning.take(), &mut mirror.state.backfill) else { return Vec::new() };
        backfill.part = match next {
            Some(page) => Part::Everything(Some(page)),
            None if backfill.labels.is_empty() => Part::Listed,
            None => Part::Labels(std::mem::take(&mut backfill.labels)),
        };
        self.history_read = false;
        vec![Effect::State]
    }

    fn heard_label(&mut self, mirror: &mut Mirror, page: messages::Page) -> Vec<Effect> {
        self.under.extend(page.messages.into_iter().map(|message| message.id));
        self.under_page = page.next_page_token;
        let Some(backfill) = mirror.state.backfill.as_mut().filter(|_| self.under_page.is_none()) else {
            return Vec::new();
        };
        let Part::Labels(left) = &mut backfill.part else { return Vec::new() };
        let label = left.pop();
        if left.is_empty() {
            backfill.part = Part::Listed;
        }
        self.history_read = false;
        let under = std::mem::take(&mut self.under);
        let mut changes = Vec::new();
        for (id, known) in mirror.known.iter_mut().filter(|(_, known)| known.what != What::Draft) {
            let Some(label) = &label else { break };
            let changed = match under.contains(id) {
                true => known.labels.insert(label.clone()),
                false => known.labels.remove(label),
            };
            if changed {
                self.counts.relabelled += 1;
                changes.push(Effect::Known(id.clone()));
            }
        }
        changes.push(Effect::State);
        changes
    }

    fn heard_page_gone(&mut self, mirror: &mut Mirror) -> Vec<Effect> {
        (self.under, self.under_page) = (HashSet::new(), None);
        self.history_read = false;
        if let Some(Backfill { part: Part::Everything(page), .. }) = &mut mirror.state.backfill {
            *page = None;
        }
        vec![Effect::State]
    }

    // ---------------------------------------------------------------- messages

    fn heard_messages(&mut self, mirror: &mut Mirror, got: Vec<Got>) -> Vec<Effect> {
        let (mut changes, mut answered) = (Vec::new(), HashSet::new());
        for got in got {
            answered.extend(self.take(mirror, got, &mut changes));
        }
        self.queue.retain(|message| !answered.contains(&message.id));
        changes.extend(self.turn_page(mirror));
        changes.extend(self.close(mirror));
        changes
    }

    fn take(&mut self, mirror: &mut Mirror, got: Got, changes: &mut Vec<Effect>) -> Option<MessageId> {
        let message = match got {
            Got::Message(message) => message,
            Got::Apart(thread) => {
                self.apart.insert(thread);
                return None;
            }
            Got::Gone(id) => {
                mirror.disturb(Left { messages: true, labels: false });
                self.forget(mirror, id.clone(), changes);
                return Some(id);
            }
            Got::TooLarge(message) => {
                let known = mirror.as_found(&message.thread_id, BTreeSet::new(), What::Unreadable);
                mirror.known.insert(message.id.clone(), known);
                changes.push(Effect::Known(message.id.clone()));
                return Some(message.id);
            }
        };
        let id = message.id.clone();
        if mirror.known.get(&id).is_some_and(|known| known.what != What::Draft) {
            return Some(id);
        }
        let what = if message.is_labelled("DRAFT") { What::Draft } else { What::Mail };
        mirror.state.drafts_due |= what == What::Draft && !self.is_draft(&id);
        let known = mirror.as_found(&message.thread_id, message.label_ids.iter().cloned().collect(), what);
        mirror.known.insert(id.clone(), known);
        if what == What::Mail {
            self.counts.new += 1;
            changes.push(Effect::Take(message));
        } else {
            changes.push(Effect::Known(id.clone()));
        }
        Some(id)
    }

    fn is_draft(&self, id: &MessageId) -> bool {
        self.drafts.as_ref().is_some_and(|drafts| drafts.contains(id))
    }
}
