//! After a restore: a letter that was on its way when the backup was made may have left since. None of them goes by itself; the person says
//! what became of it. It sends nothing.

use super::rows::OutboxRow;
use super::state::{Course, State};
use crate::api::{OutboxEvent, UnixMillis, UnknownReason};
use crate::error::Result;
use crate::store::tables::OUTBOX;
use crate::store::{Keep, Store};

/// Holds every letter of every account that has not come to its end; how many these are.
pub(crate) fn hold_all(store: &Store, now: UnixMillis) -> Result<u32> {
    let mut held = 0;
    for account in store.keyed_accounts()? {
        held += store.write(account, Keep::Made, |tx| {
            let mut rows = Vec::new();
            tx.each(OUTBOX, &[], |key, row: OutboxRow| {
                rows.extend(hold(row, now).map(|row| (key.to_vec(), row)));
                Ok(true)
            })?;
            rows.iter().try_for_each(|(key, row)| tx.put(OUTBOX, key, row))?;
            Ok(u32::try_from(rows.len()).unwrap_or(u32::MAX))
        })?;
    }
    Ok(held)
}

fn hold(mut row: OutboxRow, now: UnixMillis) -> Option<OutboxRow> {
    if row.course.is_ended() {
        return None;
    }
    let remote = match &row.course.state {
        State::Uploaded { remote, .. } | State::Settling { remote, .. } => Some(remote.clone()),
        State::Sending { remote, .. } => remote.clone(),
        _ => None,
    };
    let state = State::Unknown { since: now, why: UnknownReason::Restored, remote };
    row.course = Course { state, doubt: true, ..row.course };
    row.note(OutboxEvent::Interrupted, now);
    Some(row)
}
