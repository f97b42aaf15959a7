//! Where a schedule's rows are kept: the real store in memory, or a list with the same rules, which is faster.

use crate::Engine;
use crate::api::OutboxId;
use crate::mailbox::row::RawMessage;
use crate::outbox::rows::OutboxRow;
use crate::outbox::{Course, Effect, Event, Moment, Refused, Stepped, put_new};
use crate::store::Keep;
use crate::store::tables::OUTBOX_RAW;
use std::collections::BTreeMap;

/// A rule to be tried: the real [`crate::outbox::step`], or a naive one.
pub(super) type Rule = fn(&Course, Event, Moment) -> Stepped;

pub(super) enum Book {
    Store(Box<Engine>),
    List { rule: Rule, rows: BTreeMap<OutboxId, OutboxRow>, raws: BTreeMap<OutboxId, Vec<u8>> },
}

impl Book {
    pub(super) fn store() -> Self {
        Self::Store(Box::new(Engine::in_memory().unwrap()))
    }

    pub(super) fn list(rule: Rule) -> Self {
        Self::List { rule, rows: BTreeMap::new(), raws: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, id: OutboxId, row: OutboxRow, raw: Vec<u8>) {
        match self {
            Self::Store(engine) => {
                engine.store().write(engine.account(), Keep::Made, |tx| put_new(tx, id, &row, raw)).unwrap();
            }
            Self::List { rows, raws, .. } => {
                rows.insert(id, row);
                raws.insert(id, raw);
            }
        }
    }

    pub(super) fn rows(&self) -> Vec<(OutboxId, OutboxRow)> {
        match self {
            Self::Store(engine) => engine.outbox_rows().unwrap(),
            Self::List { rows, .. } => rows.iter().map(|(id, row)| (*id, row.clone())).collect(),
        }
    }

    pub(super) fn raw(&self, id: OutboxId) -> Vec<u8> {
        match self {
            Self::Store(engine) => {
                let raw: Option<RawMessage> =
                    engine.store().read(engine.account()).unwrap().get(OUTBOX_RAW, id.key()).unwrap();
                raw.unwrap().0
            }
            Self::List { raws, .. } => raws[&id].clone(),
        }
    }

    pub(super) fn step(&mut self, id: OutboxId, event: &Event, at: Moment) -> Result<Vec<Effect>, Refused> {
        match self {
            Self::Store(engine) => engine.outbox_step(id, event, at).unwrap().map(|(_, effects)| effects),
            Self::List { rule, rows, .. } => {
                let row = rows.get_mut(&id).unwrap();
                let (next, effects) = rule(&row.course, event.clone(), at)?;
                *row = row.clone().stepped(event, next, at.now);
                Ok(effects)
            }
        }
    }
}
