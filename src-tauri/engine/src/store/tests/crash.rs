//! The power goes at any moment: whatever was acknowledged is there again, and every transaction is whole or absent.
//! The disk here forgets what was not synced, or keeps an arbitrary part of it, as disks do.

use super::*;
use std::collections::BTreeMap;
use std::io::{Error as IoError, ErrorKind};

/// What a disk holds for certain, and what it was only told.
#[derive(Debug, Default)]
struct Disk {
    synced: Vec<u8>,
    seen: Vec<u8>,
    told: Vec<Told>,
    /// Operations left before the power goes.
    left: u64,
}

#[derive(Debug, Clone)]
enum Told {
    Length(u64),
    Bytes(u64, Vec<u8>),
}

impl Told {
    fn apply(&self, disk: &mut Vec<u8>) {
        match self {
            Self::Length(length) => disk.resize(*length as usize, 0),
            Self::Bytes(at, bytes) => {
                let end = *at as usize + bytes.len();
                if disk.len() < end {
                    disk.resize(end, 0);
                }
                disk[*at as usize..end].copy_from_slice(bytes);
            }
        }
    }
}

#[derive(Debug, Clone, Default)]
struct Backend(Arc<Mutex<Disk>>);

impl Backend {
    fn with(content: Vec<u8>, left: u64) -> Self {
        Self(Arc::new(Mutex::new(Disk { synced: content.clone(), seen: content, told: Vec::new(), left })))
    }

    fn step(&self, work: impl FnOnce(&mut Disk)) -> Result<(), IoError> {
        let mut disk = self.0.lock().unwrap();
        disk.left = disk.left.checked_sub(1).ok_or_else(|| IoError::other("the power is gone"))?;
        work(&mut disk);
        Ok(())
    }

    fn tell(&self, told: Told) -> Result<(), IoError> {
        self.step(|disk| {
            told.apply(&mut disk.seen);
            disk.told.push(told);
        })
    }

    /// What is found after the power comes back: what was synced, and of the rest what chance kept.
    fn after_crash(&self, chance: &mut Chance) -> Vec<u8> {
        let disk = self.0.lock().unwrap();
        let mut found = disk.synced.clone();
        let mode = chance.below(3);
        for told in &disk.told {
            if mode == 1 || (mode == 2 && chance.below(2) == 0) {
                told.apply(&mut found);
            }
        }
        found
    }
}

impl StorageBackend for Backend {
    fn len(&self) -> Result<u64, IoError> {
        Ok(self.0.lock().unwrap().seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), IoError> {
        let disk = self.0.lock().unwrap();
        let from = offset as usize;
        let bytes = disk.seen.get(from..from + out.len()).ok_or_else(|| IoError::from(ErrorKind::UnexpectedEof))?;
        out.copy_from_slice(bytes);
        Ok(())
    }

    fn set_len(&self, len: u64) -> Result<(), IoError> {
        self.tell(Told::Length(len))
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), IoError> {
        self.tell(Told::Bytes(offset, data.to_vec()))
    }

    fn sync_data(&self) -> Result<(), IoError> {
        self.step(|disk| {
            disk.synced.clone_from(&disk.seen);
            disk.told.clear();
        })
    }
}

/// Repeatable chance.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

type Rows = BTreeMap<u8, String>;

fn rows(store: &Store, account: AccountId) -> Rows {
    let mut found = Rows::new();
    let visit = |key: &[u8], row: String| {
        found.insert(key[0], row);
        Ok(true)
    };
    store.read(account).unwrap().each(META, &[], visit).unwrap();
    found
}

/// Writes until the power goes. Returns what was acknowledged, and that with the transaction then under way.
fn work_until_dark(store: &Store, account: AccountId, mut now: Rows, chance: &mut Chance) -> (Rows, Rows) {
    for number in 0.. {
        let mut next = now.clone();
        for _ in 0..=chance.below(4) {
            let key = chance.below(40) as u8;
            if chance.below(4) == 0 {
                next.remove(&key);
            } else {
                next.insert(key, format!("{number} ").repeat(1 + chance.below(400) as usize));
            }
        }
        let keep = if chance.below(2) == 0 { Keep::Made } else { Keep::Again };
        let done = store.write(account, keep, |tx| {
            for key in 0..40u8 {
                match (now.get(&key), next.get(&key)) {
                    (old, Some(new)) if old != Some(new) => tx.put(META, &[key], new)?,
                    (Some(_), None) => drop(tx.delete(META, &[key])?),
                    _ => {}
                }
            }
            Ok(())
        });
        match done {
            Ok(()) => now = next,
            Err(_) => return (now, next),
        }
    }
    unreachable!("the power goes at last")
}

#[test]
fn what_was_acknowledged_is_there_after_any_crash() {
    let master = MasterKey::random().unwrap();
    let account = AccountId::random().unwrap();
    let mut kept_rows = 0;
    for seed in 0..60u64 {
        let mut chance = Chance(seed * 7_919 + 1);
        let (mut disk, mut acknowledged) = (Vec::new(), Rows::new());
        for life in 0..4 {
            let backend = Backend::with(disk, 30 + chance.below(400));
            let opened = Store::over_backend(backend.clone(), master.clone())
                .and_then(|store| store.make_account(account, |_| Ok(())).map(|()| store));
            let Ok(store) = opened else {
                disk = backend.after_crash(&mut chance); // it went dark while opening
                continue;
            };
            assert_eq!(rows(&store, account), acknowledged, "seed {seed} life {life}");
            let (kept, under_way) = work_until_dark(&store, account, acknowledged, &mut chance);
            drop(store);
            disk = backend.after_crash(&mut chance);
            let lit = Store::over_backend(Backend::with(disk.clone(), u64::MAX), master.clone()).unwrap();
            let found = rows(&lit, account);
            assert!(found == kept || found == under_way, "seed {seed} life {life}: neither before nor after");
            kept_rows += kept.len();
            acknowledged = found;
        }
    }
    assert!(kept_rows > 1_000, "the work was real: {kept_rows} rows");
}
