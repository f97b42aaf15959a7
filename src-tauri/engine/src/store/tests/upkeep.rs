//! Expiry, sweeping and compaction.

use super::*;
use crate::store::Expiring;

const CACHE: Expiring<String> = Expiring::new("test_cache");

fn keep_until(store: &Store, account: AccountId, key: &[u8], until: i64) {
    store.write(account, Keep::Again, |tx| tx.put_until(CACHE, key, &"v".to_owned(), until)).unwrap();
}

fn fresh(store: &Store, account: AccountId, key: &[u8], now: i64) -> bool {
    store.read(account).unwrap().get_fresh(CACHE, key, now).unwrap().is_some()
}

#[test]
fn a_row_is_good_until_its_time_and_then_swept_in_every_account() {
    let store = memory();
    let (mine, other) = (account(&store), account(&store));
    keep_until(&store, mine, b"soon", 100);
    keep_until(&store, other, b"soon", 100);
    keep_until(&store, mine, b"late", 200);
    put(&store, mine, b"for ever", "v");
    assert!(fresh(&store, mine, b"soon", 99) && !fresh(&store, mine, b"soon", 100));
    assert_eq!(store.sweep(99).unwrap(), 0);
    assert_eq!(store.sweep(100).unwrap(), 2);
    assert_eq!(store.read(mine).unwrap().count(CACHE.0).unwrap(), 1);
    assert!(fresh(&store, mine, b"late", 199));
    assert_eq!(store.sweep(i64::MAX).unwrap(), 1);
    assert_eq!(get(&store, mine, b"for ever").as_deref(), Some("v"));
}

#[test]
fn a_row_put_again_lives_to_its_new_time() {
    let store = memory();
    let mine = account(&store);
    keep_until(&store, mine, b"k", 100);
    keep_until(&store, mine, b"k", 300);
    assert_eq!(store.sweep(200).unwrap(), 0);
    assert!(fresh(&store, mine, b"k", 200));
    assert_eq!(store.sweep(300).unwrap(), 1);
}

#[test]
fn more_than_a_batch_is_swept_in_one_call() {
    let store = memory();
    let mine = account(&store);
    let put_many = |tx: &mut Write<'_>| {
        (0..2_500u32).try_for_each(|number| tx.put_until(CACHE, &number.to_be_bytes(), &"v".to_owned(), 100))
    };
    store.write(mine, Keep::Again, put_many).unwrap();
    assert_eq!(store.sweep(100).unwrap(), 2_500);
    assert_eq!(store.read(mine).unwrap().count(CACHE.0).unwrap(), 0);
}

#[test]
fn a_file_with_more_air_than_data_shrinks_when_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("epistle.redb");
    let master = MasterKey::random().unwrap();
    let noise = |number: u32| {
        let mut bytes = vec![0; 16_000];
        blake3::Hasher::new().update(&number.to_be_bytes()).finalize_xof().fill(&mut bytes);
        bytes.iter().map(|byte| char::from(byte / 2)).collect::<String>()
    };
    let store = Store::open(&path, master.clone()).unwrap();
    let mine = account(&store);
    let fill = |tx: &mut Write<'_>| (0..1_000u32).try_for_each(|n| tx.put(META, &n.to_be_bytes(), &noise(n)));
    store.write(mine, Keep::Again, fill).unwrap();
    let thin = |tx: &mut Write<'_>| {
        (0..1_000u32).filter(|n| n % 50 != 0).try_for_each(|n| tx.delete(META, &n.to_be_bytes()).map(drop))
    };
    store.write(mine, Keep::Again, thin).unwrap();
    put(&store, mine, b"kept", "v");
    drop(store);
    let before = std::fs::metadata(&path).unwrap().len();
    let store = Store::open(&path, master).unwrap();
    assert_eq!(get(&store, mine, b"kept").as_deref(), Some("v"));
    assert_eq!(get(&store, mine, &950u32.to_be_bytes()), Some(noise(950)));
    drop(store);
    let after = std::fs::metadata(&path).unwrap().len();
    println!("{before} bytes before, {after} after");
    assert!(after * 2 < before, "{before} bytes before, {after} after");
}
