//! What the store promises, on the real redb.

mod canary;
mod crash;
mod schema;
mod seal;
mod upkeep;

use super::tables::META;
use super::*;

fn memory() -> Store {
    Store::in_memory(MasterKey::random().unwrap()).unwrap()
}

fn account(store: &Store) -> AccountId {
    let account = AccountId::random().unwrap();
    store.make_account(account, |_| Ok(())).unwrap();
    account
}

fn forget(store: &Store, account: AccountId) {
    store.forget_account(account, |_| Ok(())).unwrap();
}

fn put(store: &Store, account: AccountId, key: &[u8], value: &str) {
    store.write(account, Keep::Made, |tx| tx.put(META, key, &value.to_owned())).unwrap();
}

fn get(store: &Store, account: AccountId, key: &[u8]) -> Option<String> {
    store.read(account).unwrap().get(META, key).unwrap()
}

#[test]
fn a_row_comes_back_and_another_account_does_not_see_it() {
    let store = memory();
    let (mine, other) = (account(&store), account(&store));
    put(&store, mine, b"k", "v");
    assert_eq!(get(&store, mine, b"k").as_deref(), Some("v"));
    assert_eq!(get(&store, other, b"k"), None);
    put(&store, other, b"k", "w");
    assert_eq!(get(&store, mine, b"k").as_deref(), Some("v"));
    let hash = |account| store.keyed_hash(account, "address", b"a@example.com").unwrap();
    assert_ne!(hash(mine), hash(other));
    assert_eq!(hash(mine), hash(mine));
}

#[test]
fn a_transaction_that_fails_leaves_nothing_and_one_sees_its_own_rows() {
    let store = memory();
    let mine = account(&store);
    let refused: Result<()> = store.write(mine, Keep::Made, |tx| {
        tx.put(META, b"k", &"v".to_owned())?;
        assert_eq!(tx.get(META, b"k")?.as_deref(), Some("v"));
        assert!(tx.has(META, b"k")? && !tx.has(META, b"other")?);
        Err(Error::Cancelled)
    });
    assert!(matches!(refused, Err(Error::Cancelled)));
    assert_eq!(get(&store, mine, b"k"), None);
}

#[test]
fn rows_are_walked_counted_and_deleted_by_prefix_and_never_another_accounts() {
    let store = memory();
    let (mine, other) = (account(&store), account(&store));
    let keys: [&[u8]; 5] = [b"a", b"ab", b"a\xff", b"a\xff\xff", b"b"];
    for account in [mine, other] {
        for key in keys {
            put(&store, account, key, "v");
        }
    }
    let seen = |prefix: &[u8]| {
        let mut seen = Vec::new();
        let visit = |key: &[u8], _: String| {
            seen.push(key.to_vec());
            Ok(true)
        };
        store.read(mine).unwrap().each(META, prefix, visit).unwrap();
        seen
    };
    assert_eq!(seen(b"a"), keys[..4]);
    assert_eq!(seen(b"a\xff"), keys[2..4]);
    assert_eq!(store.read(mine).unwrap().count(META).unwrap(), 5);
    let gone = |prefix: &'static [u8]| store.write(mine, Keep::Again, |tx| tx.delete_prefix(META, prefix)).unwrap();
    assert_eq!((gone(b"a\xff"), gone(b"zzz"), gone(b"")), (2, 0, 3));
    assert_eq!(store.read(mine).unwrap().count(META).unwrap(), 0);
    assert_eq!(store.read(other).unwrap().count(META).unwrap(), 5);
}

#[test]
fn a_forgotten_account_is_gone_and_the_others_stay() {
    let store = memory();
    let (mine, other) = (account(&store), account(&store));
    put(&store, mine, b"k", "v");
    put(&store, other, b"k", "w");
    let hash = store.keyed_hash(mine, "p", b"x").unwrap();
    forget(&store, mine);
    assert_eq!(get(&store, mine, b"k"), None);
    assert_eq!(get(&store, other, b"k").as_deref(), Some("w"));
    let late = store.write(mine, Keep::Made, |tx| tx.put(META, b"k", &"v".to_owned()));
    assert!(matches!(late, Err(Error::NotFound { .. })), "what still runs for it does not bring it back");
    store.make_account(mine, |_| Ok(())).unwrap();
    assert_ne!(store.keyed_hash(mine, "p", b"x").unwrap(), hash, "a new key, not the old one again");
}

/// The sealed values of every row of one account, as they lie in the file.
fn sealed_values(store: &Store, account: AccountId) -> Vec<Vec<u8>> {
    use redb::{ReadableTable, TableDefinition, TableHandle};
    let tx = store.begin_read().unwrap();
    let mut values = Vec::new();
    for table in tx.list_tables().unwrap() {
        let open = tx.open_table(TableDefinition::<&[u8], &[u8]>::new(table.name())).unwrap();
        for row in open.iter().unwrap() {
            let (key, value) = row.unwrap();
            if key.value().starts_with(account.as_bytes()) {
                values.push(value.value().to_vec());
            }
        }
    }
    values
}

fn found_in(file: &Path, values: &[Vec<u8>]) -> usize {
    let bytes = std::fs::read(file).unwrap();
    values.iter().filter(|value| bytes.windows(value.len()).any(|window| window == value.as_slice())).count()
}

#[test]
fn nothing_of_a_forgotten_account_lies_in_the_file_not_even_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("epistle.redb");
    let master = MasterKey::random().unwrap();
    let store = Store::open(&path, master.clone()).unwrap();
    let (mine, other) = (account(&store), account(&store));
    for number in 0u32..200 {
        put(&store, mine, &number.to_be_bytes(), &format!("a letter of mine, number {number}"));
        put(&store, other, &number.to_be_bytes(), &format!("another's, number {number}"));
    }
    let (gone, stays) = (sealed_values(&store, mine), sealed_values(&store, other));
    assert_eq!((found_in(&path, &gone), found_in(&path, &stays)), (200, 200));
    let reading = store.read(other).unwrap();
    forget(&store, mine);
    assert_eq!(reading.get(META, &7u32.to_be_bytes()).unwrap().as_deref(), Some("another's, number 7"));
    drop(reading);
    assert_eq!((found_in(&path, &gone), found_in(&path, &stays)), (0, 200));
    drop(store);
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files, ["epistle.redb"], "and in no other file");
    let store = Store::open(&path, master).unwrap();
    assert_eq!(get(&store, other, &7u32.to_be_bytes()).as_deref(), Some("another's, number 7"));
}

#[test]
fn a_forgetting_that_was_cut_short_is_ended_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("epistle.redb");
    let master = MasterKey::random().unwrap();
    let store = Store::open(&path, master.clone()).unwrap();
    let mine = account(&store);
    put(&store, mine, b"k", "v");
    let gone = sealed_values(&store, mine);
    // As far as the first commit, and no further; the fresh file was begun.
    store
        .write(HOUSE, Keep::Made, |tx| {
            tx.delete(tables::ACCOUNT_KEYS, mine.as_bytes())?;
            tx.put(META, rewrite::DUE, &mine.to_string())
        })
        .unwrap();
    drop(store);
    std::fs::write(path.with_extension("rewriting"), "half").unwrap();
    let store = Store::open(&path, master.clone()).unwrap();
    assert_eq!(get(&store, mine, b"k"), None);
    assert_eq!(found_in(&path, &gone), 0);
    drop(store);
    assert!(Store::open(&path, master).unwrap().read(HOUSE).unwrap().get(META, rewrite::DUE).unwrap().is_none());
    assert!(!path.with_extension("rewriting").exists());
}

#[test]
fn a_store_whose_first_making_was_cut_short_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("epistle.redb");
    let master = MasterKey::random().unwrap();
    drop(Store::open(&path, master.clone()).unwrap());
    let whole = std::fs::read(&path).unwrap();
    let fresh = path.with_extension("rewriting");
    // As far as redb came, zeros where the magic number is written last; beside it nothing, or an empty file of an older Epistle's.
    for (cut, empty) in [(0, false), (9, true), (4_096, false), (whole.len() / 2, true), (whole.len(), false)] {
        let _ = std::fs::remove_file(&path);
        if empty {
            std::fs::write(&path, "").unwrap();
        }
        std::fs::write(&fresh, vec![0; cut]).unwrap();
        let store = Store::open(&path, master.clone()).unwrap();
        let mine = account(&store);
        put(&store, mine, b"k", "v");
        drop(store);
        assert_eq!(get(&Store::open(&path, master.clone()).unwrap(), mine, b"k").as_deref(), Some("v"), "{cut}");
        assert!(!fresh.exists());
    }
}
