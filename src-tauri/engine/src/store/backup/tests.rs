//! A store to a backup and back, on the real redb in real files.

use super::*;
use crate::store::Keep;
use crate::store::tables::{EXPIRING_FOR_TESTS, META};
use proptest::prelude::*;
use std::io::Cursor;
use std::path::PathBuf;
use tempfile::TempDir;

const HEAD: &[u8] = b"{}";

struct Place {
    folder: TempDir,
    master: MasterKey,
    store: Store,
    account: AccountId,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let master = MasterKey::random().unwrap();
    let store = Store::open(&folder.path().join("epistle.redb"), master.clone()).unwrap();
    let account = AccountId::random().unwrap();
    store.make_account(account, |_| Ok(())).unwrap();
    Place { folder, master, store, account }
}

impl Place {
    fn put(&self, key: &[u8], value: &str) {
        self.store.write(self.account, Keep::Again, |tx| tx.put(META, key, &value.to_owned())).unwrap();
    }

    fn backup(&self) -> Vec<u8> {
        let writer = Writer::begin(Vec::new(), Path::new("f"), HEAD).unwrap();
        self.store.back_up(writer, HEAD, &mut |_, _| {}, &CancellationToken::new()).unwrap().0
    }

    fn target(&self) -> PathBuf {
        let file = self.folder.path().join("again.redb");
        let _ = std::fs::remove_file(&file);
        file
    }

    fn restore(&self, bytes: &[u8]) -> Result<Store> {
        let file = self.target();
        let (mut reader, head) = Reader::begin(Cursor::new(bytes), Path::new("f"), bytes.len() as u64)?;
        rebuild(&file, &mut reader, &head, &self.master, &mut |_| {}, &CancellationToken::new())?;
        Store::open(&file, self.master.clone())
    }
}

type Rows = Vec<(Vec<u8>, Vec<u8>)>;

fn everything(store: &Store) -> BTreeMap<String, Rows> {
    let tx = store.begin_read().unwrap();
    let names: Vec<String> = tx.list_tables().unwrap().map(|table| table.name().to_owned()).collect();
    let rows = |name: &String| {
        let open = tx.open_table(definition(name)).unwrap();
        open.iter().unwrap().map(|row| row.map(|(k, v)| (k.value().to_vec(), v.value().to_vec())).unwrap()).collect()
    };
    names.iter().map(|name| (name.clone(), rows(name))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn every_row_comes_back_as_it_was_whatever_the_rows_are(
        rows in proptest::collection::btree_map(proptest::collection::vec(any::<u8>(), 0..30), ".{0,600}", 0..60),
        expiring in proptest::collection::btree_map("[a-z]{1,8}", 1i64..1_000_000, 0..10),
    ) {
        let place = place();
        place.store.write(place.account, Keep::Again, |tx| {
            rows.iter().try_for_each(|(key, value)| tx.put(META, key, value))?;
            expiring.iter().try_for_each(|(key, until)| tx.put_until(EXPIRING_FOR_TESTS, key.as_bytes(), key, *until))
        }).unwrap();
        let back = place.restore(&place.backup()).unwrap();
        prop_assert_eq!(everything(&back), everything(&place.store));
        let read = back.read(place.account).unwrap();
        for (key, value) in &rows {
            let found = read.get(META, key).unwrap();
            prop_assert_eq!(found.as_ref(), Some(value));
        }
        drop(read);
        prop_assert_eq!(back.sweep(i64::MAX).unwrap(), expiring.len() as u64, "what expires still does");
    }

    #[test]
    fn a_backup_with_any_byte_changed_is_refused(at in any::<prop::sample::Index>(), by in 1u8..) {
        let place = place();
        (0..40u8).for_each(|n| place.put(&[n], "a value that was sealed"));
        let mut bytes = place.backup();
        let at = at.index(bytes.len());
        bytes[at] ^= by;
        prop_assert!(place.restore(&bytes).is_err());
    }
}

#[test]
fn a_backup_is_of_one_moment_though_others_write_while_it_is_made() {
    let place = place();
    (0..2_000u32).for_each(|n| {
        if n % 100 == 0 {
            place.put(&n.to_be_bytes(), "before")
        }
    });
    let before = everything(&place.store);
    let writer = Writer::begin(Vec::new(), Path::new("f"), HEAD).unwrap();
    let mut wrote = 0u32;
    let mut while_it_is_made = |_, _| {
        wrote += 1;
        place.put(&wrote.to_be_bytes(), "since");
        place.put(&0u32.to_be_bytes(), "changed since");
    };
    let stop = CancellationToken::new();
    let (bytes, _) = place.store.back_up(writer, HEAD, &mut while_it_is_made, &stop).unwrap();
    assert!(wrote > 0);
    assert_eq!(everything(&place.restore(&bytes).unwrap()), before);
}

#[test]
fn rows_of_another_backup_of_the_same_store_cannot_be_slipped_in() {
    let place = place();
    place.put(b"k", "old");
    let old = place.backup();
    place.put(b"k", "new");
    let new = place.backup();
    // The old rows under the new end: every piece is whole, every row unseals, and still it is not what was written.
    let end_of = |bytes: &[u8]| {
        let (mut reader, _) = Reader::begin(Cursor::new(bytes), Path::new("f"), bytes.len() as u64).unwrap();
        loop {
            if let Record::End(end) = reader.next().unwrap() {
                return end.to_vec();
            }
        }
    };
    let mut forged = old[..old.len() - end_of(&old).len() - 37].to_vec();
    forged.extend(&new[new.len() - end_of(&new).len() - 37..]);
    let refused = place.restore(&forged).err().unwrap();
    assert!(refused.to_string().contains("not what was written"), "{refused}");
    assert!(place.restore(&old).is_ok() && place.restore(&new).is_ok());
}

#[test]
fn an_account_that_is_being_forgotten_does_not_go_along() {
    let place = place();
    let leaving = AccountId::random().unwrap();
    place.store.make_account(leaving, |_| Ok(())).unwrap();
    place.store.write(leaving, Keep::Again, |tx| tx.put(META, b"k", &"v".to_owned())).unwrap();
    // As a crash leaves it: the key is gone, the rows are not yet.
    place
        .store
        .write(HOUSE, Keep::Made, |tx| {
            tx.delete(ACCOUNT_KEYS, leaving.as_bytes())?;
            tx.put(META, DUE, &leaving.to_string())
        })
        .unwrap();
    let back = place.restore(&place.backup()).unwrap();
    let left = everything(&back).into_values().flatten().filter(|(key, _)| key.starts_with(leaving.as_bytes())).count();
    assert_eq!(left, 0);
    assert!(back.read(HOUSE).unwrap().get(META, DUE).unwrap().is_none());
}

#[test]
fn one_that_is_stopped_is_none() {
    let place = place();
    place.put(b"k", "v");
    let bytes = place.backup();
    let stopped = CancellationToken::new();
    stopped.cancel();
    let writer = Writer::begin(Vec::new(), Path::new("f"), HEAD).unwrap();
    assert!(matches!(place.store.back_up(writer, HEAD, &mut |_, _| {}, &stopped), Err(Error::Cancelled)));
    let (mut reader, head) = Reader::begin(Cursor::new(&bytes), Path::new("f"), bytes.len() as u64).unwrap();
    let rebuilt = rebuild(&place.target(), &mut reader, &head, &place.master, &mut |_| {}, &stopped);
    assert!(matches!(rebuilt, Err(Error::Cancelled)));
}
