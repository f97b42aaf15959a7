//! What is shown is what leaves: an answer with everything a letter can have, from the mail it answers to the bytes in the outbox.

use super::*;
use crate::api::{DraftEdit, Person, QuestionKind, SendWhen};
use crate::compose::senders::Alias;
use crate::error::ErrorCode;
use crate::mailbox::row::RawMessage;
use crate::store::tables::OUTBOX_RAW;
use mail_parser::{MessageParser, MimeHeaders};

const MAIL: &str = "From: Dana =?utf-8?q?=C3=96zil?= <dana@example.org>\r\nTo: desk@example.net, jo@example.org\r\nSubject: Plan\r\n\
    Date: Tue, 24 Nov 2026 10:03:00 +0000\r\nMessage-ID: <m2@example.org>\r\nReferences: <m0@example.org> <m1@example.org>\r\n\
    MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nShall we begin on Monday?\r\n\r\n> earlier words\r\n\r\n-- \r\nDana\r\n";

fn person(address: &str) -> Person {
    Person { name: None, address: address.parse().unwrap() }
}

/// Somebody with an alias, a message that came to it, and an answer to that.
fn answer() -> (Engine, DraftId) {
    let engine = Engine::in_memory().unwrap();
    let mut settings = engine.settings().unwrap();
    settings.me = vec![person("mara@example.com")];
    engine.set_settings(settings).unwrap();
    let desk = Alias {
        person: person("desk@example.net"),
        signature: Some("The desk".into()),
        default: false,
        primary: false,
    };
    engine.put_aliases(&[desk]).unwrap();
    let message = engine.import_eml(MAIL.as_bytes()).unwrap();
    let reply = engine.reply_to(message, true).unwrap();
    let edit = DraftEdit {
        to: Some(reply.to),
        cc: Some(reply.cc),
        bcc: Some(vec![person("archive@example.net")]),
        body: Some("Yes, gladly; the plan is attached.\n".into()),
        answers: Some(message),
        from: Some(reply.from.address),
        ..DraftEdit::default()
    };
    let draft = engine.save_draft(&edit).unwrap().id;
    (engine, draft)
}

fn edit(engine: &Engine, edit: DraftEdit) {
    engine.save_draft(&edit).unwrap();
}

fn on(draft: DraftId) -> DraftEdit {
    DraftEdit { id: Some(draft), ..DraftEdit::default() }
}

#[test]
fn what_is_shown_is_what_leaves() {
    let (engine, draft) = answer();
    engine.attach(draft, "Größe.pdf", None, b"%PDF-1.7\n\0\xff", false).unwrap();
    let shown = engine.outgoing(draft, None).unwrap();
    assert_eq!(shown.from.address.as_str(), "desk@example.net");
    assert_eq!(shown.subject, "Re: Plan");
    let parts: Vec<&str> = shown.text.split("\n\n").collect();
    assert_eq!(parts[..2], ["Yes, gladly; the plan is attached.", "-- \nThe desk"]);
    assert!(parts[2].starts_with("On ") && parts[2].ends_with(" Dana Özil <dana@example.org> wrote:"), "{}", parts[2]);
    assert_eq!(parts[3], "> Shall we begin on Monday?\n>\n> > earlier words\n>\n> -- \n> Dana");
    assert!(shown.questions.is_empty(), "{:?}", shown.questions);

    let item = engine.queue(draft, &shown.approval, SendWhen::After { seconds: 30 }, None).unwrap();
    let RawMessage(raw) =
        engine.store().read(engine.account()).unwrap().get(OUTBOX_RAW, item.id.key()).unwrap().unwrap();
    let read = MessageParser::new().parse(&raw).unwrap();
    assert_eq!(read.body_text(0).unwrap().replace("\r\n", "\n").trim_end(), shown.text);
    assert_eq!(read.subject(), Some("Re: Plan"));
    assert_eq!(read.in_reply_to().as_text(), Some("m2@example.org"));
    assert_eq!(read.references().as_text_list().unwrap(), ["m0@example.org", "m1@example.org", "m2@example.org"]);
    assert_eq!(read.message_id(), Some(item.message_id.as_str()));
    assert_eq!(read.bcc().unwrap().first().unwrap().address(), Some("archive@example.net"));
    let files: Vec<_> = read.attachments().map(|part| (part.attachment_name(), part.contents())).collect();
    assert_eq!(files, [(Some("Größe.pdf"), b"%PDF-1.7\n\0\xff".as_slice())]);
    assert!(read.header("X-Unsent").is_none());
}

#[test]
fn whatever_would_leave_differently_voids_the_approval() {
    let (engine, draft) = answer();
    let mut seen = vec![engine.outgoing(draft, None).unwrap().approval];
    let mut differs = |what: &str| {
        let now = engine.outgoing(draft, None).unwrap().approval;
        let first = seen[0].clone();
        assert!(!seen.contains(&now), "{what}");
        assert_eq!(
            engine.queue(draft, &first, SendWhen::After { seconds: 0 }, None).unwrap_err().code(),
            ErrorCode::DraftChanged,
            "{what}"
        );
        seen.push(now);
    };
    let file = engine.attach(draft, "a.txt", None, b"one", false).unwrap().files[0].id;
    differs("a file more");
    engine.detach(draft, file).unwrap();
    engine.attach(draft, "a.txt", None, b"two", false).unwrap();
    differs("a file of other bytes");
    edit(&engine, DraftEdit { quote: Some(false), ..on(draft) });
    differs("no quote");
    engine
        .put_aliases(&[Alias { person: person("desk@example.net"), signature: None, default: false, primary: false }])
        .unwrap();
    differs("another signature");
    edit(&engine, DraftEdit { from: Some("mara@example.com".parse().unwrap()), ..on(draft) });
    differs("another sender");
    edit(&engine, DraftEdit { bcc: Some(vec![]), ..on(draft) });
    differs("a recipient less");
    assert!(engine.outbox().unwrap().is_empty());
}

#[test]
fn a_setting_turns_quotes_off_and_a_draft_can_say_otherwise() {
    let (engine, draft) = answer();
    let quotes = || engine.outgoing(draft, None).unwrap().text.contains("\n> ");
    assert!(quotes());
    let settings = engine.settings().unwrap();
    engine.set_settings(crate::api::Settings { quote: false, ..settings }).unwrap();
    assert!(!quotes());
    edit(&engine, DraftEdit { quote: Some(true), ..on(draft) });
    assert!(quotes());
}

#[test]
fn what_may_be_a_slip_is_asked_before_it_leaves() {
    let (engine, draft) = answer();
    let to = ["dana@exmaple.net", "jo@localhost"].map(person).to_vec();
    let from = Some("mara@example.com".parse().unwrap());
    edit(&engine, DraftEdit { to: Some(to), from, body: Some("It is attached [date]".into()), ..on(draft) });
    let kinds: Vec<_> =
        engine.outgoing(draft, None).unwrap().questions.into_iter().map(|q| (q.kind, q.about)).collect();
    let expected = [
        (QuestionKind::OddDomain, "jo@localhost"),
        (QuestionKind::NothingAttached, "attached"),
        (QuestionKind::FromOther, "desk@example.net"),
    ];
    assert_eq!(kinds, expected.map(|(kind, about)| (kind, about.to_owned())));
}

#[test]
fn an_address_that_no_message_can_name_is_refused_before_anything_is_asked() {
    let (engine, draft) = answer();
    edit(&engine, DraftEdit { cc: Some(vec![person("a..b@example.org")]), ..on(draft) });
    assert_eq!(engine.outgoing(draft, None).unwrap_err().code(), ErrorCode::BadAddress);
}
