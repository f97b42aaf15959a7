//! What the tests share: a Gmail that answers as it was told, and one that breaks off. They know no single test.

pub mod google;
pub mod rude;

use epistle_wire::gmail::{DraftId, Gmail, HistoryId, LabelId, MessageId, PageToken, ThreadId};
use epistle_wire::oauth::Token;
use epistle_wire::{Base, Client, Patience};
use std::time::Duration;

pub const ACCESS: &str = "opens-mail";

/// A client of whoever is at an address, with more patience than any test takes.
pub fn gmail(address: &str) -> Gmail {
    waiting(address, Duration::from_secs(30))
}

/// One with little, where the other side falls silent.
pub fn hasty(address: &str) -> Gmail {
    waiting(address, Duration::from_millis(400))
}

fn waiting(address: &str, patience: Duration) -> Gmail {
    let client = Client::new().unwrap().waiting(Patience { first_byte: patience, between: patience });
    Gmail { client, base: Base::parse(address).unwrap(), access: Token::new(ACCESS) }
}

pub fn message(id: &str) -> MessageId {
    MessageId::parse(id).unwrap()
}

pub fn thread(id: &str) -> ThreadId {
    ThreadId::parse(id).unwrap()
}

pub fn draft(id: &str) -> DraftId {
    DraftId::parse(id).unwrap()
}

pub fn history(id: &str) -> HistoryId {
    HistoryId::parse(id).unwrap()
}

pub fn label(id: &str) -> LabelId {
    LabelId::parse(id).unwrap()
}

pub fn page(token: &str) -> PageToken {
    PageToken::parse(token).unwrap()
}
