//! Old files and newer ones. The writer of schema 1 stands here frozen: it shares nothing with the code it tests.

use super::*;
use crate::store::schema::{KNOWN, SCHEMA};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use redb::TableDefinition;

const MASTER: [u8; 32] = [7; 32];

fn key_v1(account: [u8; 16]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("epistle 2026 account key v1");
    hasher.update(&MASTER).update(&account);
    *hasher.finalize().as_bytes()
}

/// `form | nonce | sealed`, the key without a salt, form, table and key authenticated. Frozen.
fn seal_v1(table: &str, account: [u8; 16], key: &[u8], text: &str) -> (Vec<u8>, Vec<u8>) {
    let full = [account.as_slice(), key].concat();
    let plain = rmp_serde::to_vec_named(text).unwrap();
    let (form, body) =
        if plain.len() < 256 { (1u8, plain) } else { (2, zstd::encode_all(plain.as_slice(), 3).unwrap()) };
    let nonce = [9u8; 24];
    let aad = [&[form], table.as_bytes(), &[0], &full].concat();
    let cipher = XChaCha20Poly1305::new(&key_v1(account).into());
    let sealed = cipher.encrypt(&XNonce::from(nonce), Payload { msg: &body, aad: &aad }).unwrap();
    (full, [[form].as_slice(), &nonce, &sealed].concat())
}

fn file_v1(path: &Path, rows: &[(&'static str, [u8; 16], &[u8], &str)]) {
    let db = Database::create(path).unwrap();
    let tx = db.begin_write().unwrap();
    for (table, account, key, text) in rows {
        let definition: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new(table);
        let (full, value) = seal_v1(table, *account, key, text);
        tx.open_table(definition).unwrap().insert(full.as_slice(), value.as_slice()).unwrap();
    }
    tx.commit().unwrap();
}

fn master() -> MasterKey {
    MasterKey::from_bytes(&MASTER).unwrap()
}

#[test]
fn a_file_of_schema_1_is_brought_up_to_date_once_and_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("epistle.redb");
    let (mine, other) = ([1; 16], [2; 16]);
    let id = AccountId(mine).to_string();
    let long = "a long letter ".repeat(100);
    file_v1(
        &path,
        &[
            ("meta", [0; 16], b"local_account", &id),
            ("meta", mine, b"a", "small"),
            ("meta", mine, b"b", &long),
            ("keys", mine, b"gemini", "a key"),
            ("meta", other, b"a", "another's"),
        ],
    );
    for _ in 0..2 {
        let store = Store::open(&path, master()).unwrap();
        assert_eq!(get(&store, HOUSE, b"local_account").as_deref(), Some(id.as_str()));
        assert_eq!(get(&store, AccountId(mine), b"a").as_deref(), Some("small"));
        assert_eq!(get(&store, AccountId(mine), b"b").as_deref(), Some(long.as_str()));
        assert_eq!(get(&store, AccountId(other), b"a").as_deref(), Some("another's"));
        let kept = store.read(AccountId(mine)).unwrap().get(crate::store::tables::KEYS, b"gemini").unwrap();
        assert_eq!(kept.as_deref(), Some("a key"));
        assert_eq!(store.read(AccountId(mine)).unwrap().count(META).unwrap(), 2);
    }
}

#[test]
fn an_old_file_under_another_key_is_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("epistle.redb");
    file_v1(&path, &[("meta", [1; 16], b"a", "small")]);
    assert!(matches!(Store::open(&path, MasterKey::random().unwrap()), Err(Error::KeyLost)));
    let store = Store::open(&path, master()).unwrap();
    assert_eq!(get(&store, AccountId([1; 16]), b"a").as_deref(), Some("small"));
}

#[test]
fn a_file_of_a_later_epistle_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("epistle.redb");
    let store = Store::open(&path, master()).unwrap();
    let tx = store.begin_write().unwrap();
    tx.open_table(SCHEMA).unwrap().insert(b"version".as_slice(), 3u32.to_be_bytes().as_slice()).unwrap();
    tx.commit().unwrap();
    drop(store);
    assert!(matches!(Store::open(&path, master()), Err(Error::StoreTooNew { found: 3, known: KNOWN })));
}

#[test]
fn what_is_no_store_is_said_to_be_broken_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("epistle.redb");
    std::fs::write(&path, "a letter, not a database ".repeat(1_000)).unwrap();
    assert!(matches!(Store::open(&path, master()), Err(Error::StoreBroken { .. })));
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("a letter"));
}
