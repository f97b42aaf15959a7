//! One schedule: a few messages, a worker, a second window, a person and a provider, with everything going wrong that can, from one seed.

use super::book::Book;
use super::chance::Chance;
use super::provider::{HOUR, MINUTE, Provider};
use super::tally::Tally;
use crate::api::{OutboxId, Person};
use crate::outbox::rows::{OutboxRow, print_of, tests::row};
use crate::outbox::{
    Answer, Approval, Approved, Course, Effect, Event, Moment, State, Transport, Trouble, Turn, Wait, digest, turn,
};

/// More rounds than any schedule needs: whatever has not ended by then is lost.
const ROUNDS: u32 = 5_000;
const LEASE: i64 = 15 * MINUTE;
const DAY: i64 = 24 * HOUR;

struct Item {
    id: OutboxId,
    raw: Vec<u8>,
    approval: Approval,
    /// Whether a send was begun whose end nobody was told.
    doubtful: bool,
    /// How often the person may yet put a hand in.
    patience: i64,
}

pub(super) struct World {
    chance: Chance,
    /// The clock on the wall, which is set back and forth.
    wall: i64,
    /// Time itself.
    real: i64,
    book: Book,
    provider: Provider,
    way: Transport,
    items: Vec<Item>,
    /// Answers that come after nobody waits for them.
    answers: Vec<(i64, OutboxId, Event)>,
    pub(super) tally: Tally,
}

/// What a person approves here is a text; so is what is delivered.
fn approval_of(raw: &[u8]) -> Approval {
    let from = "mara@example.com".parse().unwrap();
    let to = [Person { name: None, address: "dana@example.org".parse().unwrap() }];
    let body = String::from_utf8_lossy(raw);
    digest(&Approved {
        from: &from,
        to: &to,
        cc: &[],
        bcc: &[],
        subject: "",
        body: &body,
        attachments: &[],
        missing: &[],
        answers: None,
    })
}

impl World {
    pub(super) fn new(seed: u64, book: Book) -> Self {
        let mut chance = Chance::of(seed);
        let way = if chance.often(75) { Transport::Drafts } else { Transport::Direct };
        let wall = 1_800_000_000_000;
        let mut world = Self {
            chance,
            wall,
            real: 0,
            book,
            provider: Provider::default(),
            way,
            items: vec![],
            answers: vec![],
            tally: Tally::default(),
        };
        for number in 0..=world.chance.below(4) {
            world.queue(number);
        }
        world
    }

    fn queue(&mut self, number: i64) {
        let raw = format!("letter {number}").into_bytes();
        let approval = approval_of(&raw);
        // Now and then the text changes between the approval and the queueing.
        let stands = if self.chance.often(5) { format!("letter {number}, changed").into_bytes() } else { raw.clone() };
        if approval_of(&stands) != approval {
            self.tally.void += 1;
            return;
        }
        let wait = if self.chance.often(70) {
            Wait::pause(self.wall, self.chance.below(31_000))
        } else {
            Wait::until_clock(self.wall + self.chance.below(3 * DAY) - DAY)
        };
        let mut key = [0; 24];
        key[..8].copy_from_slice(&(self.wall as u64).to_be_bytes());
        key[23] = number as u8;
        let id = OutboxId(key);
        let row = row(Course::new(wait), &raw, approval);
        // And now and then what is stored is not what was queued.
        let stored = if self.chance.often(1) { b"something else".to_vec() } else { raw.clone() };
        self.book.add(id, row, stored);
        self.items.push(Item { id, raw, approval, doubtful: false, patience: 3 });
        self.tally.items += 1;
    }

    fn moment(&mut self) -> Moment {
        Moment { now: self.wall, chance: self.chance.unit() }
    }

    fn pass(&mut self, time: i64) {
        self.real += time;
        self.wall += time;
        self.provider.catch_up(self.real, &mut self.chance);
        let (due, later) = std::mem::take(&mut self.answers).into_iter().partition(|(at, _, _)| *at <= self.real);
        self.answers = later;
        for (_, id, event) in due {
            self.tally.late_answers += 1;
            self.step(id, &event);
        }
    }

    /// One committed step, and what it asks for besides a call.
    fn step(&mut self, id: OutboxId, event: &Event) -> Option<Vec<Effect>> {
        let at = self.moment();
        let effects = self.book.step(id, event, at).ok()?;
        for effect in effects.iter().filter(|effect| matches!(effect, Effect::DeleteDraft { .. })) {
            self.provider.call(effect, &[], self.real, &mut self.chance);
        }
        Some(effects)
    }

    /// The whole schedule.
    pub(super) fn run(mut self) -> Tally {
        for _ in 0..ROUNDS {
            self.disturb();
            let rows = self.book.rows();
            let line = rows.iter().filter(|(_, row)| row.course.goes_by(self.way));
            match turn(line.map(|(id, row)| (*id, &row.course)), self.wall) {
                Turn::Clock(id) => drop(self.step(id, &Event::Clock)),
                Turn::Take(id) => self.work(id, &rows),
                Turn::Wait(until) => {
                    let time = (until - self.wall).max(1);
                    let nap = if self.chance.often(80) { time } else { time.min(30_000) };
                    self.pass(nap);
                }
                Turn::Nobody => {
                    if let Some(at) = self.provider.acts_at().into_iter().chain(self.answers.iter().map(|a| a.0)).min()
                    {
                        self.pass((at - self.real).max(1));
                    } else if !self.person_acts(&rows) {
                        break;
                    }
                }
            }
        }
        self.judge();
        self.tally
    }

    /// What comes from outside, at any time.
    fn disturb(&mut self) {
        match self.chance.below(100) {
            0..3 => {
                self.tally.jumps += 1;
                self.wall += self.chance.below(4 * DAY) - 2 * DAY;
            }
            3..5 => {
                self.tally.sleeps += 1;
                let time = self.chance.below(8 * HOUR);
                self.pass(time);
            }
            5..8 => self.undo_something(),
            8 => {
                let time = self.chance.below(3 * HOUR);
                self.provider.goes_down_until(self.real + time);
            }
            9 => self.restart(),
            10 if self.chance.often(20) => self.provider.loses_a_draft(&mut self.chance),
            _ => {
                let time = self.chance.below(2_000);
                self.pass(time);
            }
        }
    }

    fn undo_something(&mut self) {
        let which = self.chance.below(self.items.len() as i64) as usize;
        if let Some(id) = self.items.get(which).map(|item| item.id) {
            self.step(id, &Event::Undo);
        }
    }

    /// The process is gone, with all that it waited for; another one comes, sooner or later.
    fn restart(&mut self) {
        self.tally.kills += 1;
        self.answers.clear();
        if self.chance.often(50) {
            let time = self.chance.below(HOUR);
            self.pass(time);
        }
        for (id, row) in self.book.rows() {
            if row.course.is_busy() {
                self.step(id, &Event::Restarted);
            }
        }
    }

    /// The worker's walk: commit, call, commit. It can be killed between any two.
    fn work(&mut self, id: OutboxId, rows: &[(OutboxId, OutboxRow)]) {
        if self.chance.often(2) {
            return self.restart();
        }
        let ahead =
            |row: &Course| matches!(row.state, State::Leased { .. } | State::Sending { .. } | State::Uploaded { .. });
        self.tally.out_of_order += u64::from(rows.iter().any(|(other, row)| *other < id && ahead(&row.course)));
        let take = Event::Take { transport: self.way, patience: LEASE };
        let Some(effects) = self.step(id, &take) else { return };
        for effect in effects {
            self.carry(id, &effect, &take);
        }
    }

    fn carry(&mut self, id: OutboxId, effect: &Effect, take: &Event) {
        let sends = matches!(effect, Effect::Send { .. });
        if self.chance.often(3) {
            self.doubt(id, sends);
            return self.restart();
        }
        if self.chance.often(15) {
            self.undo_something(); // another window, in the midst of it
            self.tally.twice_taken += u64::from(self.step(id, take).is_some());
        }
        let Some((attempt, answer)) = self.call(id, effect) else { return };
        let event = Event::Answer { attempt, answer: answer.clone() };
        let told = !matches!(answer, Answer::NotSent(Trouble::Lost | Trouble::Gone));
        match self.chance.below(100) {
            0..4 => {
                self.doubt(id, sends);
                self.restart();
            }
            4..8 => {
                self.doubt(id, sends);
                self.answers.push((self.real + self.chance.below(2 * HOUR), id, event));
            }
            _ => {
                self.doubt(id, sends && !told);
                self.step(id, &event);
                if self.chance.often(2) {
                    self.restart();
                }
            }
        }
    }

    fn call(&mut self, id: OutboxId, effect: &Effect) -> Option<(u32, Answer)> {
        self.tally.calls += 1;
        let raw = self.book.raw(id);
        let refused = || Trouble::Refused { said: "altered".into() };
        let altered = self.book.rows().iter().any(|(other, row)| *other == id && row.print != print_of(&raw));
        let (attempt, unsent) = match effect {
            Effect::Upload { attempt, .. } => (*attempt, Answer::NotUploaded(refused())),
            Effect::Send { attempt, .. } => (*attempt, Answer::NotSent(refused())),
            Effect::Settle { attempt, .. } => (*attempt, Answer::Settled(crate::outbox::Settled::CannotAsk(refused()))),
            Effect::DeleteDraft { .. } | Effect::Tell => return None,
        };
        if altered {
            self.tally.altered += 1;
            return Some((attempt, unsent));
        }
        let answer = self.provider.call(effect, &raw, self.real, &mut self.chance)?;
        self.tally.lost += u64::from(answer == Answer::NotSent(Trouble::Lost));
        Some((attempt, answer))
    }

    fn doubt(&mut self, id: OutboxId, doubtful: bool) {
        for item in self.items.iter_mut().filter(|item| item.id == id) {
            item.doubtful |= doubtful;
        }
    }

    /// The person looks into their sent mail when all is quiet, and says what is true, or has something tried again; or does not care.
    fn person_acts(&mut self, rows: &[(OutboxId, OutboxRow)]) -> bool {
        let mut acted = false;
        for number in 0..self.items.len() {
            let Item { id, patience, .. } = self.items[number];
            let Some((_, row)) = rows.iter().find(|(other, _)| *other == id) else { continue };
            if patience == 0 || self.chance.often(40) {
                continue;
            }
            self.items[number].patience -= 1;
            let was_sent = self.provider.count(&self.items[number].raw) > 0;
            let event = match row.course.state {
                State::Unknown { remote: Some(_), .. } if self.chance.often(50) => Event::Retry,
                State::Unknown { .. } if was_sent => Event::SaidSent,
                State::Unknown { .. } => Event::SaidNotSent,
                State::Failed { .. } => Event::Retry,
                _ => continue,
            };
            acted |= self.step(id, &event).is_some();
        }
        acted
    }

    /// The provider's record against what the outbox says.
    fn judge(&mut self) {
        let rows = self.book.rows();
        for item in &self.items {
            let times = self.provider.count(&item.raw);
            let state = rows.iter().find(|(id, _)| *id == item.id).map(|(_, row)| &row.course.state);
            self.tally.duplicates += u64::from(times > 1);
            let (ends, lie) = match state {
                Some(State::Sent { .. }) => (&mut self.tally.sent, times == 0),
                Some(State::Failed { .. }) => (&mut self.tally.failed, times > 0),
                Some(State::Undone { .. }) => (&mut self.tally.undone, times > 0),
                Some(State::Unknown { .. }) => (&mut self.tally.unknown, !item.doubtful),
                _ => (&mut self.tally.silent, true),
            };
            *ends += 1;
            self.tally.lies += u64::from(lie);
        }
        let approved: Vec<_> = self.items.iter().map(|item| item.approval).collect();
        self.tally.unapproved +=
            self.provider.delivered.iter().filter(|raw| !approved.contains(&approval_of(raw))).count() as u64;
        self.tally.schedules += 1;
    }
}
