//! A mailbox as Gmail has it, as far as a sync sees it: lists whose pages are offsets that shift, a history that may be lost, messages whose
//! labels are those of now. It knows nothing of the sync.

use epistle_wire::gmail::drafts::DraftRef;
use epistle_wire::gmail::history::{self, Added, Change, Labelled};
use epistle_wire::gmail::{DraftId, HistoryId, LabelId, Message, MessageId, MessageRef, PageToken, ThreadId, messages};
use std::collections::{BTreeMap, BTreeSet};

/// What a message is there.
#[derive(Debug, Clone, PartialEq)]
pub struct There {
    pub thread: u8,
    pub labels: BTreeSet<String>,
}

#[derive(Debug, Clone)]
enum Event {
    Added(u32, bool),
    Deleted(u32),
    Label(u32, Vec<(String, bool)>),
}

/// The mailbox.
#[derive(Debug, Clone, Default)]
pub struct Mailbox {
    pub messages: BTreeMap<u32, There>,
    history: Vec<(Event, u8)>,
    /// The history begins here.
    begins: usize,
    next: u32,
    page_size: usize,
}

pub fn id(number: u32) -> MessageId {
    MessageId::parse(&format!("m{number}")).unwrap()
}

pub fn number(id: &MessageId) -> u32 {
    id.as_str()[1..].parse().unwrap()
}

fn label(name: &str) -> LabelId {
    LabelId::parse(name).unwrap()
}

impl Mailbox {
    pub fn with_pages_of(page_size: usize) -> Self {
        Self { page_size, ..Self::default() }
    }

    pub fn deliver(&mut self, thread: u8, labels: BTreeSet<String>) {
        let number = self.next;
        self.next += 1;
        self.history.push((Event::Added(number, labels.contains("DRAFT")), thread));
        self.messages.insert(number, There { thread, labels });
    }

    /// The nth of those there are.
    pub fn pick(&self, which: usize) -> Option<u32> {
        self.messages.keys().nth(which % self.messages.len().max(1)).copied()
    }

    pub fn delete(&mut self, number: u32) {
        if let Some(there) = self.messages.remove(&number) {
            self.history.push((Event::Deleted(number), there.thread));
        }
    }

    pub fn relabel(&mut self, number: u32, changes: &[(String, bool)]) {
        let Some(there) = self.messages.get_mut(&number) else { return };
        let mut done = Vec::new();
        for (name, on) in changes {
            let changed = if *on { there.labels.insert(name.clone()) } else { there.labels.remove(name) };
            if changed {
                done.push((name.clone(), *on));
            }
        }
        if !done.is_empty() {
            self.history.push((Event::Label(number, done), there.thread));
        }
    }

    /// A draft is sent, and keeps its message's id, as emulate's do.
    pub fn send(&mut self, number: u32) {
        self.relabel(number, &[("DRAFT".into(), false), ("SENT".into(), true)]);
    }

    /// The history before now is lost.
    pub fn forget_history(&mut self) {
        self.begins = self.history.len();
    }

    // ---------------------------------------------------------------- as it is asked

    pub fn history_id(&self) -> HistoryId {
        HistoryId::parse(&format!("h{}", self.history.len())).unwrap()
    }

    /// `None`: it does not reach back so far. `twice`: each change is told twice.
    pub fn changes(&self, since: &HistoryId, at: Option<&PageToken>, twice: bool) -> Option<history::Page> {
        let start: usize = since.as_str()[1..].parse().unwrap();
        if start < self.begins {
            return None;
        }
        let from = at.map_or(start, |token| token.as_str()[1..].parse().unwrap());
        let to = (from + self.page_size).min(self.history.len());
        let mut page = history::Page { history: Vec::new(), next_page_token: None, history_id: self.history_id() };
        for (place, (event, thread)) in self.history[from.min(to)..to].iter().enumerate() {
            let change = self.change(from + place, event, *thread);
            page.history.extend(std::iter::repeat_n(change, if twice { 2 } else { 1 }));
        }
        page.next_page_token = (to < self.history.len()).then(|| PageToken::parse(&format!("p{to}")).unwrap());
        Some(page)
    }

    fn change(&self, place: usize, event: &Event, thread: u8) -> Change {
        let of = |number: u32| MessageRef { id: id(number), thread_id: thread_id(thread) };
        let bare = |number: u32, labels: Vec<LabelId>| Message { label_ids: labels, ..bare(&of(number)) };
        let mut change = Change {
            id: HistoryId::parse(&format!("h{}", place + 1)).unwrap(),
            messages_added: Vec::new(),
            messages_deleted: Vec::new(),
            labels_added: Vec::new(),
            labels_removed: Vec::new(),
        };
        match event {
            Event::Added(number, draft) => {
                let labels = if *draft { vec![label("DRAFT")] } else { Vec::new() };
                change.messages_added.push(Added { message: bare(*number, labels) });
            }
            Event::Deleted(number) => change.messages_deleted.push(of(*number)),
            Event::Label(number, labels) => {
                for (on, into) in [(true, &mut change.labels_added), (false, &mut change.labels_removed)] {
                    let of_kind =
                        labels.iter().filter(|(_, is)| *is == on).map(|(name, _)| label(name)).collect::<Vec<_>>();
                    if !of_kind.is_empty() {
                        into.push(Labelled { message: bare(*number, Vec::new()), label_ids: of_kind });
                    }
                }
            }
        }
        change
    }

    /// The newest first; a page is an offset.
    pub fn list(&self, under: Option<&LabelId>, at: Option<&PageToken>) -> messages::Page {
        let all: Vec<(&u32, &There)> = self
            .messages
            .iter()
            .rev()
            .filter(|(_, there)| under.is_none_or(|label| there.labels.contains(label.as_str())))
            .collect();
        let from = at.map_or(0, |token| token.as_str()[1..].parse().unwrap());
        let to = (from + self.page_size).min(all.len());
        let refs = all[from.min(to)..to]
            .iter()
            .map(|(number, there)| MessageRef { id: id(**number), thread_id: thread_id(there.thread) });
        messages::Page {
            messages: refs.collect(),
            next_page_token: (to < all.len()).then(|| PageToken::parse(&format!("p{to}")).unwrap()),
            result_size_estimate: Some(all.len() as u64),
        }
    }

    pub fn get(&self, number: u32) -> Option<Message> {
        let there = self.messages.get(&number)?;
        let labels = there.labels.iter().map(|name| label(name)).collect();
        let of = MessageRef { id: id(number), thread_id: thread_id(there.thread) };
        Some(Message { label_ids: labels, ..bare(&of) })
    }

    pub fn thread(&self, thread: &ThreadId) -> Vec<u32> {
        let of = |there: &There| thread_id(there.thread) == *thread;
        self.messages.iter().filter(|(_, there)| of(there)).map(|(number, _)| *number).collect()
    }

    pub fn drafts(&self) -> Vec<DraftRef> {
        let drafts = self.messages.iter().filter(|(_, there)| there.labels.contains("DRAFT"));
        drafts
            .map(|(number, there)| DraftRef {
                id: DraftId::parse(&format!("d{number}")).unwrap(),
                message: MessageRef { id: id(*number), thread_id: thread_id(there.thread) },
            })
            .collect()
    }
}

fn thread_id(thread: u8) -> ThreadId {
    ThreadId::parse(&format!("t{thread}")).unwrap()
}

fn bare(of: &MessageRef) -> Message {
    Message {
        id: of.id.clone(),
        thread_id: of.thread_id.clone(),
        label_ids: Vec::new(),
        snippet: String::new(),
        history_id: None,
        internal_date: None,
        size_estimate: None,
        payload: None,
        raw: None,
    }
}
