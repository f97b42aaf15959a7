//! A model of a provider, with every fault a call can have, and a record of what was really delivered. It knows nothing of the outbox.

use super::chance::Chance;
use crate::outbox::{Answer, Effect, Settled, Trouble};
use std::collections::BTreeMap;

pub(super) const MINUTE: i64 = 60_000;
pub(super) const HOUR: i64 = 60 * MINUTE;

/// What is done after the caller stopped waiting.
enum Late {
    Upload(Vec<u8>),
    SendDraft(String),
    SendRaw(Vec<u8>),
}

/// How a call goes wrong, or does not.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Done,
    DoneAndAnswerLost,
    NotDoneAndAnswerLost,
    /// The caller gives up first; it is done all the same.
    DoneLater,
    Offline,
    SignIn,
    NotNow,
    Refused,
}

#[derive(Default)]
pub(super) struct Provider {
    drafts: BTreeMap<String, Vec<u8>>,
    /// Which drafts were sent, and from when on a search finds the message.
    sent: BTreeMap<String, i64>,
    /// What was delivered, byte for byte: the truth.
    pub(super) delivered: Vec<Vec<u8>>,
    late: Vec<(i64, Late)>,
    /// Until when nobody reaches it.
    down_until: i64,
    drafts_made: u32,
}

impl Provider {
    pub(super) fn count(&self, raw: &[u8]) -> usize {
        self.delivered.iter().filter(|delivered| *delivered == raw).count()
    }

    /// When it does something next by itself.
    pub(super) fn acts_at(&self) -> Option<i64> {
        self.late.iter().map(|(at, _)| *at).min()
    }

    pub(super) fn goes_down_until(&mut self, time: i64) {
        self.down_until = time;
    }

    /// Somebody deletes one of the drafts in the provider's own program.
    pub(super) fn loses_a_draft(&mut self, chance: &mut Chance) {
        let which = chance.below(self.drafts.len() as i64) as usize;
        if let Some(id) = self.drafts.keys().nth(which).cloned() {
            self.drafts.remove(&id);
        }
    }

    /// Does what it began and nobody waits for any more.
    pub(super) fn catch_up(&mut self, now: i64, chance: &mut Chance) {
        let (due, later) = std::mem::take(&mut self.late).into_iter().partition(|(at, _)| *at <= now);
        self.late = later;
        for (_, late) in due {
            match late {
                Late::Upload(raw) => drop(self.keep(raw)),
                Late::SendDraft(id) => drop(self.send_draft(&id, now, chance)),
                Late::SendRaw(raw) => self.delivered.push(raw),
            }
        }
    }

    fn keep(&mut self, raw: Vec<u8>) -> String {
        self.drafts_made += 1;
        let id = format!("draft-{}", self.drafts_made);
        self.drafts.insert(id.clone(), raw);
        id
    }

    /// A draft is sent once: by sending it is gone.
    fn send_draft(&mut self, id: &str, now: i64, chance: &mut Chance) -> bool {
        let Some(raw) = self.drafts.remove(id) else { return false };
        self.delivered.push(raw);
        let lag = [0, 0, 5_000, MINUTE, 20 * MINUTE, 5 * HOUR][chance.below(6) as usize];
        self.sent.insert(id.to_owned(), now + chance.below(lag + 1));
        true
    }

    fn fate(&self, now: i64, chance: &mut Chance) -> Fate {
        if now < self.down_until {
            return if chance.often(50) { Fate::Offline } else { Fate::NotDoneAndAnswerLost };
        }
        match chance.below(100) {
            0..8 => Fate::DoneAndAnswerLost,
            8..14 => Fate::NotDoneAndAnswerLost,
            14..20 => Fate::DoneLater,
            20..26 => Fate::Offline,
            26..28 => Fate::SignIn,
            28..36 => Fate::NotNow,
            36..38 => Fate::Refused,
            _ => Fate::Done,
        }
    }

    /// Makes a call. What the caller hears may be nothing, or less than the truth, but never a lie.
    pub(super) fn call(&mut self, effect: &Effect, raw: &[u8], now: i64, chance: &mut Chance) -> Option<Answer> {
        let fate = self.fate(now, chance);
        let done = matches!(fate, Fate::Done | Fate::DoneAndAnswerLost);
        let later = (fate == Fate::DoneLater).then(|| now + chance.below(40 * MINUTE));
        Some(match effect {
            Effect::Upload { again, .. } => {
                self.late.extend(later.map(|at| (at, Late::Upload(raw.to_vec()))));
                let found = self.drafts.iter().find(|(_, draft)| *draft == raw).map(|(id, _)| id.clone());
                let found = found.filter(|_| *again && chance.often(80)); // a search may lag
                let remote = done.then(|| found.unwrap_or_else(|| self.keep(raw.to_vec())));
                match (fate, remote) {
                    (Fate::Done, Some(remote)) => Answer::Uploaded { remote },
                    _ => Answer::NotUploaded(trouble(fate, chance)),
                }
            }
            Effect::Send { remote, .. } => {
                let late = remote.clone().map_or_else(|| Late::SendRaw(raw.to_vec()), Late::SendDraft);
                self.late.extend(later.map(|at| (at, late)));
                let sent = done
                    && match remote {
                        Some(id) => self.send_draft(id, now, chance),
                        None => {
                            self.delivered.push(raw.to_vec());
                            true
                        }
                    };
                match (fate, sent) {
                    (Fate::Done, true) => Answer::Sent { message: remote.clone() },
                    (Fate::Done, false) => Answer::NotSent(Trouble::Gone),
                    _ => Answer::NotSent(trouble(fate, chance)),
                }
            }
            Effect::Settle { remote, .. } => Answer::Settled(match fate {
                Fate::Done => self.became_of(remote, now),
                _ => Settled::CannotAsk(trouble(fate, chance)),
            }),
            Effect::DeleteDraft { remote } => {
                if done {
                    self.drafts.remove(remote);
                }
                return None;
            }
            Effect::Tell => return None,
        })
    }

    fn became_of(&self, draft: &str, now: i64) -> Settled {
        if self.drafts.contains_key(draft) {
            return Settled::StillADraft;
        }
        match self.sent.get(draft) {
            Some(found_from) if now >= *found_from => Settled::Found { message: Some(draft.to_owned()) },
            _ => Settled::NoTrace,
        }
    }
}

fn trouble(fate: Fate, chance: &mut Chance) -> Trouble {
    match fate {
        Fate::Offline => Trouble::Offline,
        Fate::SignIn => Trouble::SignIn,
        Fate::NotNow => Trouble::NotNow { retry_after: chance.often(50).then(|| chance.below(2 * HOUR)) },
        Fate::Refused => Trouble::Refused { said: "no".into() },
        Fate::Done | Fate::DoneAndAnswerLost | Fate::NotDoneAndAnswerLost | Fate::DoneLater => Trouble::Lost,
    }
}
