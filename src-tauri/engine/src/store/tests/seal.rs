//! The seal: a byte changed, a row moved or an expiry stretched is refused.

use super::*;
use crate::store::rows::full_key;
use crate::store::seal::AccountKey;
use crate::store::upkeep::EXPIRY;
use proptest::prelude::*;
use redb::ReadableTable;

fn key() -> AccountKey {
    MasterKey::random().unwrap().account_key(AccountId::random().unwrap(), b"salt")
}

proptest! {
    #[test]
    fn a_value_comes_back_whatever_it_is(text in ".{0,2000}", until in proptest::option::of(any::<i64>())) {
        let key = key();
        let sealed = key.seal("t", b"k", until, &text).unwrap();
        prop_assert_eq!(key.unseal::<String>("t", b"k", &sealed).unwrap(), text);
        prop_assert_eq!(crate::store::seal::expiry(&sealed), until);
    }

    #[test]
    fn any_bytes_are_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(key().unseal::<String>("t", b"k", &bytes).is_err());
    }
}

#[test]
fn every_byte_of_a_value_counts() {
    let key = key();
    for (text, until) in [("short", None), ("short", Some(7)), ("long ".repeat(100).as_str(), Some(7))] {
        let sealed = key.seal("t", b"k", until, &text.to_owned()).unwrap();
        for place in 0..sealed.len() {
            for bit in 0..8 {
                let mut changed = sealed.clone();
                changed[place] ^= 1 << bit;
                assert!(key.unseal::<String>("t", b"k", &changed).is_err(), "byte {place} bit {bit}");
            }
            assert!(key.unseal::<String>("t", b"k", &sealed[..place]).is_err(), "cut at {place}");
        }
    }
}

#[test]
fn a_row_moved_to_another_key_table_or_account_is_refused() {
    let store = memory();
    let (mine, other) = (account(&store), account(&store));
    put(&store, mine, b"k", "v");
    put(&store, other, b"other", "w");
    let moved = [(META, mine, b"k2".as_slice()), (META, other, b"k"), (crate::store::tables::KEYS, mine, b"k")];
    let tx = store.begin_write().unwrap();
    let value = tx
        .open_table(META.definition())
        .unwrap()
        .get(full_key(mine, b"k").as_slice())
        .unwrap()
        .unwrap()
        .value()
        .to_vec();
    for (table, account, key) in moved {
        tx.open_table(table.definition()).unwrap().insert(full_key(account, key).as_slice(), value.as_slice()).unwrap();
    }
    tx.commit().unwrap();
    for (table, account, key) in moved {
        let read = store.read(account).unwrap().get(table, key);
        assert!(matches!(read, Err(Error::StoreBroken { .. })), "{table:?} {read:?}");
    }
    assert_eq!(get(&store, mine, b"k").as_deref(), Some("v"));
}

#[test]
fn two_seals_of_one_value_differ() {
    let key = key();
    let seal = || key.seal("t", b"k", None, &"v".to_owned()).unwrap();
    assert_ne!(seal(), seal());
    assert_eq!(EXPIRY.name, "expiry"); // its name is in files: changing it is a migration
}
