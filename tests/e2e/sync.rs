//! Gmail's mail comes in: the real program, emulate's Gmail, and a proxy before it that does what Gmail does on a bad day.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use support::gmail::Mailbox;
use support::identity::signed_in;

#[test]
fn ada_has_signed_in() {
    let mailbox = Mailbox::start();
    let home = mailbox.home();
    let account = &signed_in(&home)[0];
    assert_eq!(account["granted"], serde_json::json!(["profile", "read_mail", "send_mail"]));
    let id = mailbox.deliver(&serde_json::json!({ "subject": "Hello", "body_text": "Hello there." }));
    assert_eq!(mailbox.labels_of(&id), ["INBOX", "UNREAD"]);
    assert_eq!(mailbox.ids().len(), 8);
}
