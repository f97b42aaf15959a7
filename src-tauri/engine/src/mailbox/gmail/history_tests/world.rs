//! A sync and a mailbox in one schedule: after each question the mailbox may change, the sync may be killed, an answer may be lost. The rows
//! are what a store would keep; a kill leaves nothing else.

use super::super::plan::{Ask, Effect, Fetch, Got, Known, Mirror, Run, Said, State, What};
use super::super::rows;
use super::super::rows_tests::message as message_with_words;
use super::mailbox::{Mailbox, number};
use crate::Engine;
use epistle_wire::gmail::labels::Label;
use epistle_wire::gmail::{LabelId, Message, MessageId, messages};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

const LABELS: [&str; 6] = ["INBOX", "UNREAD", "TRASH", "SENT", "Label_1", "Label_2"];

/// What happens between two questions.
#[derive(Debug, Clone)]
pub enum Happens {
    Deliver {
        thread: u8,
        labels: u8,
        draft: bool,
    },
    Delete(usize),
    Relabel {
        which: usize,
        label: usize,
        on: bool,
    },
    Send(usize),
    /// The history is lost.
    HistoryLost,
    /// The process ends here: before the answer is taken, or after.
    Kill {
        before: bool,
    },
    /// The answer is lost: it is asked again.
    AnswerLost,
    /// Page tokens are good no more.
    PageGone,
    /// Only some of the messages asked for come.
    Part(u8),
    /// Each change is told twice.
    Twice,
    /// Somebody asks for a full sync.
    Anew,
    Nothing,
}

#[derive(Debug, Clone)]
pub struct Schedule {
    pub page_size: usize,
    pub before: Vec<(u8, u8, bool)>,
    pub steps: Vec<Happens>,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        5 => (0..6_u8, any::<u8>(), prop::bool::weighted(0.15)).prop_map(|(thread, labels, draft)| Happens::Deliver { thread, labels, draft }),
        4 => any::<usize>().prop_map(Happens::Delete),
        6 => (any::<usize>(), 0..LABELS.len(), any::<bool>()).prop_map(|(which, label, on)| Happens::Relabel { which, label, on }),
        1 => any::<usize>().prop_map(Happens::Send),
        1 => Just(Happens::HistoryLost),
        2 => any::<bool>().prop_map(|before| Happens::Kill { before }),
        1 => Just(Happens::AnswerLost),
        1 => Just(Happens::PageGone),
        2 => (1..4_u8).prop_map(Happens::Part),
        1 => Just(Happens::Twice),
        1 => Just(Happens::Anew),
        6 => Just(Happens::Nothing),
    ]
}

pub fn schedules() -> impl Strategy<Value = Schedule> {
    let message = (0..6_u8, any::<u8>(), prop::bool::weighted(0.1));
    (1..5_usize, vec(message, 0..14), vec(happens(), 0..40)).prop_map(|(page_size, before, steps)| Schedule {
        page_size,
        before,
        steps,
    })
}

/// What a store keeps.
#[derive(Debug, Clone, Default)]
struct Rows {
    state: State,
    known: HashMap<MessageId, Known>,
    /// Messages that were written, and not taken away.
    mail: HashSet<MessageId>,
}

pub struct World {
    mailbox: Mailbox,
    steps: Vec<Happens>,
    rows: Rows,
    mirror: Mirror,
    run: Run,
    /// A real store, where there is one.
    store: Option<Engine>,
    fetched_twice: u64,
    pub stale: u64,
    pub killed: u64,
    passes: u64,
    shifted: u64,
    listed: BTreeSet<u32>,
}

fn some_labels(bits: u8, draft: bool) -> BTreeSet<String> {
    if draft {
        return BTreeSet::from(["DRAFT".to_owned()]);
    }
    let chosen = LABELS.iter().enumerate().filter(|(place, _)| bits >> place & 1 == 1);
    chosen.map(|(_, name)| (*name).to_owned()).collect()
}

impl World {
    pub fn of(schedule: &Schedule) -> Self {
        let mut mailbox = Mailbox::with_pages_of(schedule.page_size);
        for (thread, labels, draft) in &schedule.before {
            mailbox.deliver(*thread, some_labels(*labels, *draft));
        }
        Self::over(mailbox, schedule.steps.clone())
    }

    /// The same mailbox, and nothing known of it.
    pub fn beside(other: &Self) -> Self {
        Self::over(other.mailbox.clone(), Vec::new())
    }

    fn over(mailbox: Mailbox, steps: Vec<Happens>) -> Self {
        let mut mirror = Mirror::default();
        let run = Run::over(&mut mirror, true);
        Self {
            mailbox,
            steps,
            rows: Rows::default(),
            mirror,
            run,
            store: None,
            fetched_twice: 0,
            stale: 0,
            killed: 0,
            passes: 0,
            shifted: 0,
            listed: BTreeSet::new(),
        }
    }

    /// What is committed is committed to this store too, and what a restart knows comes from there.
    pub fn kept_in(mut self, store: Engine) -> Self {
        self.store = Some(store);
        self
    }

    /// Lives through its schedule.
    pub fn live(&mut self) {
        for happens in std::mem::take(&mut self.steps) {
            self.step(&happens);
            if self.run.next(&self.mirror) == Ask::Nothing {
                self.begin();
            }
        }
    }

    /// Runs on to its end, and looks once more, while nothing happens.
    pub fn settle(&mut self) {
        for _ in 0..2 {
            let mut steps = 0;
            while self.run.next(&self.mirror) != Ask::Nothing {
                self.step(&Happens::Nothing);
                steps += 1;
                assert!(steps < 5_000, "it does not come to its end: {:?}", self.mirror.state);
            }
            self.begin();
        }
    }

    fn begin(&mut self) {
        self.run = Run::over(&mut self.mirror, false);
    }

    fn restart(&mut self) {
        self.killed += 1;
        self.mirror = match &self.store {
            Some(store) => rows::load(store).expect("the store"),
            None => Mirror { state: self.rows.state.clone(), known: self.rows.known.clone() },
        };
        self.begin();
    }

    fn step(&mut self, happens: &Happens) {
        let ask = self.run.next(&self.mirror);
        let said = self.answer(&ask, happens);
        self.mailbox_changes(happens);
        match (happens, said) {
            (Happens::Kill { before: true }, _) => return self.restart(),
            (Happens::AnswerLost, _) | (_, None) => {}
            (_, Some(said)) => {
                let tries = self.mirror.state.backfill.as_ref().map_or(0, |backfill| backfill.tries);
                let effects = self.run.heard(&mut self.mirror, said);
                self.commit(effects);
                let now = self.mirror.state.backfill.as_ref().map_or(0, |backfill| backfill.tries);
                self.passes += u64::from(now > tries && tries > 0);
            }
        }
        match happens {
            Happens::Kill { .. } => self.restart(),
            Happens::Anew => {
                self.mirror.begin_anew();
                self.begin();
            }
            _ => {}
        }
    }

    fn mailbox_changes(&mut self, happens: &Happens) {
        let pick = |which: &usize| self.mailbox.pick(*which);
        match happens {
            Happens::Deliver { thread, labels, draft } => self.mailbox.deliver(*thread, some_labels(*labels, *draft)),
            Happens::Delete(which) => {
                if let Some(number) = pick(which) {
                    self.mailbox.delete(number);
                }
            }
            Happens::Relabel { which, label, on } => {
                // A draft's labels are its own affair.
                if let Some(number) = pick(which).filter(|number| !self.is_draft(*number)) {
                    self.mailbox.relabel(number, &[(LABELS[*label].to_owned(), *on)]);
                }
            }
            Happens::Send(which) => {
                if let Some(number) = pick(which).filter(|number| self.is_draft(*number)) {
                    self.mailbox.send(number);
                }
            }
            Happens::HistoryLost => self.mailbox.forget_history(),
            _ => {}
        }
    }

    fn is_draft(&self, number: u32) -> bool {
        self.mailbox.messages.get(&number).is_some_and(|there| there.labels.contains("DRAFT"))
    }

    fn answer(&mut self, ask: &Ask, happens: &Happens) -> Option<Said> {
        Some(match ask {
            Ask::Start => Said::Start { history: self.mailbox.history_id(), total: None },
            Ask::History { since, page } => {
                match self.mailbox.changes(since, page.as_ref(), matches!(happens, Happens::Twice)) {
                    Some(page) => Said::History(page),
                    None => {
                        self.stale += 1;
                        Said::HistoryGone
                    }
                }
            }
            Ask::Drafts => Said::Drafts(self.mailbox.drafts()),
            Ask::Names => Said::Names(LABELS.iter().map(|name| named(name)).collect()),
            Ask::List { page: Some(_), .. } if matches!(happens, Happens::PageGone) => Said::PageGone,
            Ask::List { label, page } => {
                let page_of = self.mailbox.list(label.as_ref(), page.as_ref());
                if label.is_none() {
                    self.note_shift(page.is_none(), &page_of);
                }
                Said::List(page_of)
            }
            Ask::Get(wanted) => Said::Got(self.fetch(wanted, happens)),
            Ask::Nothing => return None,
        })
    }

    fn note_shift(&mut self, first: bool, page: &messages::Page) {
        if first {
            self.listed.clear();
        }
        self.listed.extend(page.messages.iter().map(|message| number(&message.id)));
        if page.next_page_token.is_none() {
            self.shifted += self.mailbox.messages.keys().filter(|number| !self.listed.contains(number)).count() as u64;
        }
    }

    fn fetch(&mut self, wanted: &[Fetch], happens: &Happens) -> Vec<Got> {
        let most = if let Happens::Part(most) = happens { usize::from(*most) } else { usize::MAX };
        let mut got = Vec::new();
        for fetch in wanted.iter().take(most) {
            match fetch {
                Fetch::One(message) => got.push(self.one(&message.id)),
                Fetch::Thread(thread) => {
                    got.push(Got::Apart(thread.clone()));
                    for number in self.mailbox.thread(thread) {
                        // emulate leaves out what is in the trash.
                        if !self.mailbox.messages[&number].labels.contains("TRASH") {
                            got.push(Got::Message(Box::new(self.mailbox.get(number).unwrap())));
                        }
                    }
                }
            }
        }
        got
    }

    fn one(&mut self, id: &MessageId) -> Got {
        self.fetched_twice += u64::from(self.rows.mail.contains(id));
        match self.mailbox.get(number(id)) {
            Some(message) => Got::Message(Box::new(message)),
            None => Got::Gone(id.clone()),
        }
    }

    fn commit(&mut self, effects: Vec<Effect>) {
        if let Some(store) = &self.store {
            let written = effects.iter().cloned().map(with_words).collect();
            rows::commit(store, &mut self.mirror, written).expect("the store");
        }
        for effect in effects {
            match effect {
                Effect::State => self.rows.state = self.mirror.state.clone(),
                Effect::Known(id) => self.put(&id),
                Effect::Take(message) => {
                    assert!(self.rows.mail.insert(message.id.clone()), "taken twice: {}", message.id);
                    self.put(&message.id);
                }
                Effect::Forget(id, known) => {
                    self.rows.known.remove(&id);
                    assert_eq!(self.rows.mail.remove(&id), known.what == What::Mail, "{id}");
                }
                Effect::Names(_) => {}
            }
        }
        // What the machine believes to be committed is.
        for (id, known) in &self.mirror.known {
            assert_eq!(self.rows.known.get(id), Some(known), "{id}");
        }
        assert_eq!(self.rows.known.len(), self.mirror.known.len());
    }

    fn put(&mut self, id: &MessageId) {
        if let Some(known) = self.mirror.known.get(id) {
            self.rows.known.insert(id.clone(), known.clone());
        }
    }

    // ---------------------------------------------------------------- what came of it

    /// Each message here with its conversation and labels, drafts left out.
    pub fn here(&self) -> BTreeMap<u32, (String, Vec<String>)> {
        let mail = self.rows.known.iter().filter(|(_, known)| known.what == What::Mail);
        let told = mail.map(|(id, known)| {
            assert!(self.rows.mail.contains(id), "{id} is known and not there");
            let labels = known.labels.iter().map(ToString::to_string).collect();
            (number(id), (known.thread.to_string(), labels))
        });
        let told: BTreeMap<_, _> = told.collect();
        assert_eq!(told.len(), self.rows.mail.len(), "what is there is known");
        told
    }

    /// The same of the mailbox.
    pub fn truth(&self) -> BTreeMap<u32, (String, Vec<String>)> {
        let mail = self.mailbox.messages.iter().filter(|(_, there)| !there.labels.contains("DRAFT"));
        mail.map(|(number, there)| (*number, (format!("t{}", there.thread), there.labels.iter().cloned().collect())))
            .collect()
    }

    pub fn fetched_twice(&self) -> u64 {
        self.fetched_twice
    }

    /// How many passes were made again.
    pub fn again(&self) -> u64 {
        self.passes
    }

    /// How many messages a list did not show that were there.
    pub fn shifted(&self) -> u64 {
        self.shifted
    }
}

/// A message of the model with headers and words.
fn with_words(effect: Effect) -> Effect {
    let Effect::Take(message) = effect else { return effect };
    let payload = message_with_words(number(&message.id), message.thread_id.as_str(), &[]).payload;
    Effect::Take(Box::new(Message { payload, ..*message }))
}

fn named(name: &str) -> Label {
    Label {
        id: LabelId::parse(name).unwrap(),
        name: name.to_owned(),
        kind: String::new(),
        message_list_visibility: None,
        label_list_visibility: None,
    }
}
