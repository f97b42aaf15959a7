//! The lock: Epistle closes itself after the idle time the person set, or when they say so, and stays closed to every door until somebody
//! asks to be let in. It guards an unattended desk; what guards the disk is the master key.

use crate::Engine;
use crate::api::UnixMillis;
use crate::error::{Error, Result};
use crate::store::tables::SESSION;
use crate::store::{HOUSE, Keep, Store};
use serde::{Deserialize, Serialize};

/// The session's one row.
const ROW: &[u8] = b"session";
/// A sign of life is written down when the last one written is older than this: a crash may cost so much idle time, no more.
const WRITTEN_EVERY: i64 = 30_000;

/// Whether Epistle is locked, and when somebody was last seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    locked: bool,
    seen: UnixMillis,
    /// The idle time as it was when `seen` was written, in minutes.
    idle_minutes: Option<u32>,
}

/// Whether a session is over: locked, or nobody was there for the idle time. A clock set back does not end it.
fn is_over(row: SessionRow, now: UnixMillis) -> bool {
    row.locked || row.idle_minutes.is_some_and(|minutes| now - row.seen >= i64::from(minutes) * 60_000)
}

/// Lets somebody in: refuses while locked, unless they ask for it.
pub(super) fn let_in(store: &Store, unlock: bool, now: UnixMillis) -> Result<()> {
    let row = read(store)?;
    if is_over(row, now) && !unlock {
        return Err(Error::Locked);
    }
    if row.locked || row.idle_minutes.is_some() {
        write(store, SessionRow { locked: false, seen: now, ..row })?;
    }
    Ok(())
}

fn read(store: &Store) -> Result<SessionRow> {
    Ok(store.read(HOUSE)?.get(SESSION, ROW)?.unwrap_or_default())
}

fn write(store: &Store, row: SessionRow) -> Result<()> {
    store.write(HOUSE, Keep::Made, |tx| tx.put(SESSION, ROW, &row))
}

impl Engine {
    /// Locks: from here on the data folder opens only for somebody who asks to be let in. Whoever holds this engine lets go of it.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn lock(&self) -> Result<()> {
        write(self.store(), SessionRow { locked: true, ..read(self.store())? })
    }

    /// Somebody was seen at `seen`, as a door noticed.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn still_here(&self, seen: UnixMillis) -> Result<()> {
        let row = read(self.store())?;
        if row.idle_minutes.is_none() || seen - row.seen < WRITTEN_EVERY {
            return Ok(());
        }
        write(self.store(), SessionRow { seen, ..row })
    }

    /// The session follows the idle time that was set.
    pub(crate) fn set_idle_minutes(&self, idle_minutes: Option<u32>, now: UnixMillis) -> Result<()> {
        write(self.store(), SessionRow { idle_minutes, seen: now, ..read(self.store())? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Open;
    use crate::error::ErrorCode;
    use crate::secrets::Secret;

    #[test]
    fn a_session_ends_when_it_is_locked_or_nobody_was_there() {
        let minute = 60_000;
        let table = [
            (false, None, 0, 1_000 * minute, false),
            (true, None, 0, 0, true),
            (false, Some(5), 0, 5 * minute - 1, false),
            (false, Some(5), 0, 5 * minute, true),
            (false, Some(5), 10 * minute, 9 * minute, false), // the clock was set back
        ];
        for (locked, idle_minutes, seen, now, over) in table {
            assert_eq!(is_over(SessionRow { locked, seen, idle_minutes }, now), over, "{idle_minutes:?} {seen} {now}");
        }
    }

    #[test]
    fn a_locked_folder_opens_for_who_asks_to_be_let_in_and_for_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        let open = |unlock| {
            let passphrase = Some(Secret::new("correct horse".into()));
            Engine::open(&Open { home: folder.path().to_owned(), passphrase, unlock, ..Open::default() })
        };
        let engine = open(false).unwrap();
        engine.lock().unwrap();
        drop(engine);
        for _ in 0..2 {
            assert_eq!(open(false).err().unwrap().code(), ErrorCode::Locked);
        }
        drop(open(true).unwrap());
        assert!(open(false).is_ok(), "once let in, it is open");
    }

    #[test]
    fn an_idle_session_is_found_over_at_the_next_start() {
        let engine = Engine::in_memory().unwrap();
        let store = engine.store();
        let mut settings = engine.settings().unwrap();
        settings.lock_minutes = Some(5);
        engine.set_settings(settings).unwrap();
        let now = crate::now();
        assert!(let_in(store, false, now + 4 * 60_000).is_ok());
        assert!(let_in(store, false, now + 8 * 60_000).is_ok(), "being let in is a sign of life");
        assert!(matches!(let_in(store, false, now + 14 * 60_000), Err(Error::Locked)));
        engine.still_here(now + 13 * 60_000).unwrap();
        assert!(let_in(store, false, now + 14 * 60_000).is_ok());
    }
}
