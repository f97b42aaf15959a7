//! What the store promises, on the real redb.

use super::tables::META;
use super::*;

#[test]
fn a_row_comes_back_and_another_account_does_not_see_it() {
    let store = Store::in_memory(MasterKey::random().unwrap()).unwrap();
    let (mine, other) = (AccountId::random().unwrap(), AccountId::random().unwrap());
    store.write(mine, Keep::Made, |tx| tx.put(META, b"k", &"v".to_owned())).unwrap();
    assert_eq!(store.read(mine).unwrap().get(META, b"k").unwrap().as_deref(), Some("v"));
    assert_eq!(store.read(other).unwrap().get(META, b"k").unwrap(), None);
}
