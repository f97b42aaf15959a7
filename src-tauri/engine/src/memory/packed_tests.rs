//! An index comes back as it was, and what went is not in it any more.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::memory::lexical::tests::{index, mail};
use proptest::prelude::*;

#[test]
fn an_index_comes_back_as_it_was() {
    let whole = index(&[
        mail(1, "The proposal", "Dana Whitfield dana@example.org", "We sent the proposals on Friday."),
        mail(2, "Rechnung", "Jörg Müller joerg@example.de", "Anbei die Rechnungen für März."),
    ]);
    let bytes = whole.pack();
    assert_eq!(Index::unpack(&bytes).unwrap(), whole);
    for cut in 0..bytes.len() {
        assert_eq!(Index::unpack(&bytes[..cut]), None, "cut at {cut}");
    }
}

#[test]
fn what_went_is_not_in_it_any_more() {
    let mails = [
        mail(1, "One", "Dana Whitfield dana@example.org", "apples and pears"),
        mail(2, "Two", "Tom Baker tom@example.net", "zebras"),
        mail(3, "Three", "Dana Whitfield dana@example.org", "pears"),
    ];
    let left = index(&mails).without(&HashSet::from([mails[1].id]));
    assert_eq!(left, index(&[mails[0].clone(), mails[2].clone()]));
    let bytes = left.pack();
    assert!(!bytes.windows(6).any(|w| w == b"zebras"));
}

proptest! {
    #[test]
    fn no_bytes_are_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Index::unpack(&bytes);
        let formed: Vec<u8> = [1u8].into_iter().chain(bytes).collect();
        let _ = Index::unpack(&formed);
    }
}
