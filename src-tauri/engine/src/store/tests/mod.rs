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

fn account() -> AccountId {
    AccountId::random().unwrap()
}

fn put(store: &Store, account: AccountId, key: &[u8], value: &str) {
    store.write(account, Keep::Made, |tx| tx.put(META, key, &value.to_owned())).unwrap();
}

fn get(store: &Store, account: AccountId, key: &[u8]) -> Option<String> {
    store.read(account).unwrap().get(META, key).unwrap()
}

#[test]
fn a_row_comes_back_and_another_account_does_not_see_it() {
    let (store, mine, other) = (memory(), account(), account());
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
    let (store, mine) = (memory(), account());
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
    let (store, mine, other) = (memory(), account(), account());
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
    let (store, mine, other) = (memory(), account(), account());
    put(&store, mine, b"k", "v");
    put(&store, other, b"k", "w");
    let hash = store.keyed_hash(mine, "p", b"x").unwrap();
    store.forget_account(mine).unwrap();
    assert_eq!(get(&store, mine, b"k"), None);
    assert_eq!(get(&store, other, b"k").as_deref(), Some("w"));
    assert_ne!(store.keyed_hash(mine, "p", b"x").unwrap(), hash, "a new key, not the old one again");
}

#[test]
fn the_local_account_stays_the_same_until_it_is_forgotten() {
    let store = memory();
    let account = store.local_account().unwrap();
    assert_eq!(store.local_account().unwrap(), account);
    store.forget_account(account).unwrap();
    assert_ne!(store.local_account().unwrap(), account);
}
