//! Drafts that come from Gmail, over the real store: taken in, kept beside what the person changed, known again as ours, and let go.
#![allow(clippy::unwrap_used)]

use super::super::draft_files::Came;
use super::super::push_drafts::PushRow;
use super::super::standing::digest;
use super::super::tail;
use super::*;
use crate::api::{Attachment, Author, Draft as Here, DraftEdit, MissingFile};
use crate::compose::incoming::Incoming;
use crate::compose::rows::MissingRow;
use epistle_wire::gmail::{Body, Header, Message, MessageId, Part, ThreadId};

/// A draft of Gmail's with this text, as its `message`th state.
fn there(message: u32, text: &str) -> Draft {
    named(message, text, "made-at-gmail@mail.example")
}

fn named(message: u32, text: &str, message_id: &str) -> Draft {
    let header = |name: &str, value: &str| Header { name: name.into(), value: value.into() };
    Draft {
        id: gmail::DraftId::parse("r1").unwrap(),
        message: Message {
            id: MessageId::parse(&format!("m{message}")).unwrap(),
            thread_id: ThreadId::parse("t1").unwrap(),
            label_ids: vec![],
            snippet: String::new(),
            history_id: None,
            internal_date: Some(1_790_000_000_000),
            size_estimate: None,
            payload: Some(Part {
                mime_type: "text/plain".into(),
                headers: vec![
                    header("From", "Ada <ada@example.com>"),
                    header("To", "Grace <grace@example.com>"),
                    header("Subject", "The engine"),
                    header("Message-ID", &format!("<{message_id}>")),
                ],
                body: Body { data: Some(text.as_bytes().to_vec()), size: 5, attachment_id: None },
                ..Part::default()
            }),
            raw: None,
        },
    }
}

/// Takes it in, with no files.
fn take(engine: &Engine, there: &Draft) -> Result<bool> {
    take_with(engine, there, &Came::default())
}

fn take_with(engine: &Engine, there: &Draft, came: &Came) -> Result<bool> {
    let arrived = arrive::read(engine, there)?;
    arrived.map_or(Ok(false), |arrived| arrive::take(engine, &arrived, came))
}

/// These files came, the text of each its name, and these did not.
fn came(files: &[&str], missing: &[&str]) -> Came {
    let file = |name: &&str| {
        let told = Attachment { name: (*name).into(), media_type: "text/plain".into(), size: 1 };
        Incoming::new((*name).into(), &told, name.as_bytes().to_vec())
    };
    let lost = |name: &&str| {
        let file = MissingFile { name: (*name).into(), size: 1, never: false };
        MissingRow { part: (*name).into(), file }
    };
    Came { files: files.iter().map(file).collect(), missing: missing.iter().map(lost).collect() }
}

fn link(engine: &Engine) -> GmailDraft {
    links(engine).unwrap().into_values().next().unwrap()
}

fn names(draft: &Here) -> (Vec<&str>, Vec<&str>) {
    let missing = draft.missing.iter().map(|file| file.name.as_str());
    (draft.files.iter().map(|file| file.name.as_str()).collect(), missing.collect())
}

fn only(engine: &Engine) -> Here {
    let drafts = engine.drafts().unwrap();
    assert_eq!(drafts.len(), 1, "one draft, and no pile");
    engine.draft(drafts[0].id).unwrap()
}

fn typed(engine: &Engine, body: &str) {
    let id = engine.drafts().unwrap()[0].id;
    engine.save_draft(&DraftEdit { id: Some(id), body: Some(body.into()), ..DraftEdit::default() }).unwrap();
}

#[test]
fn what_only_gmail_changed_comes_in_and_the_text_before_stays_a_revision() {
    let engine = Engine::in_memory().unwrap();
    assert!(take(&engine, &there(1, "Hi")).unwrap());
    assert!(take(&engine, &there(2, "Hi Grace")).unwrap());
    assert!(!take(&engine, &there(2, "Hi Grace")).unwrap(), "nothing new");
    let draft = only(&engine);
    assert_eq!((draft.body.as_str(), draft.revisions[0].body.as_str()), ("Hi Grace", "Hi"));
    assert!(draft.elsewhere.is_none());
}

#[test]
fn what_both_changed_is_kept_twice_and_the_person_chooses() {
    for (take_theirs, stands, stays) in [(false, "mine", "theirs"), (true, "theirs", "mine")] {
        let engine = Engine::in_memory().unwrap();
        take(&engine, &there(1, "Hi")).unwrap();
        typed(&engine, "mine");
        assert!(take(&engine, &there(2, "theirs")).unwrap());
        let draft = only(&engine);
        assert_eq!((draft.body.as_str(), draft.elsewhere.unwrap().body.as_str()), ("mine", "theirs"));
        assert!(draft.revisions.iter().any(|kept| kept.by == Author::Elsewhere && kept.body == "theirs"));
        let settled = engine.settle_elsewhere(draft.id, take_theirs).unwrap();
        assert_eq!((settled.body.as_str(), settled.elsewhere), (stands, None));
        assert!(settled.revisions.iter().any(|kept| kept.body == stays), "{stays} is lost");
        let again = engine.settle_elsewhere(draft.id, !take_theirs).unwrap();
        assert_eq!((again.body.as_str(), again.version), (stands, settled.version), "there is nothing to choose");
    }
}

#[test]
fn the_same_change_on_both_sides_is_no_question() {
    let engine = Engine::in_memory().unwrap();
    take(&engine, &there(1, "Hi")).unwrap();
    typed(&engine, "Hi Grace");
    assert!(!take(&engine, &there(2, "Hi  Grace".replace("  ", " ").as_str())).unwrap());
    assert_eq!(only(&engine).elsewhere, None);
}

#[test]
fn what_was_deleted_there_goes_unless_it_was_changed_here() {
    let engine = Engine::in_memory().unwrap();
    take(&engine, &there(1, "Hi")).unwrap();
    let gone: Vec<_> = links(&engine).unwrap().into_values().collect();
    assert_eq!(let_go(&engine, &gone).unwrap(), 1);
    assert!(engine.drafts().unwrap().is_empty());
    take(&engine, &there(1, "Hi")).unwrap();
    typed(&engine, "mine");
    let gone: Vec<_> = links(&engine).unwrap().into_values().collect();
    assert_eq!(let_go(&engine, &gone).unwrap(), 0);
    assert_eq!(only(&engine).body, "mine");
}

#[test]
fn a_draft_of_ours_whose_making_was_not_answered_is_known_by_its_message_id() {
    let engine = Engine::in_memory().unwrap();
    let edit = DraftEdit {
        to: Some(vec!["grace@example.com".parse().map(|address| crate::api::Person { name: None, address }).unwrap()]),
        subject: Some("The engine".into()),
        body: Some("Hi".into()),
        ..DraftEdit::default()
    };
    let id = engine.save_draft(&edit).unwrap().id;
    let row: DraftRow = engine.store().read(engine.account()).unwrap().get(DRAFTS, id.as_bytes()).unwrap().unwrap();
    let tail = tail::Tail { signature: "Ada".into(), ..tail::Tail::default() };
    let push =
        PushRow { message_id: "ours@example.com".into(), asked: true, digest: digest(&row, &[]), tail, refused: None };
    engine.store().write(engine.account(), Keep::Made, |tx| tx.put(GMAIL_PUSHES, id.as_bytes(), &push)).unwrap();
    assert!(!take(&engine, &named(1, "Hi\n\n-- \nAda", "ours@example.com")).unwrap());
    assert_eq!((only(&engine).id, only(&engine).body.as_str()), (id, "Hi"));
    assert!(take(&engine, &named(2, "Hi Grace\n\n-- \nAda", "ours@example.com")).unwrap());
    assert_eq!(only(&engine).body, "Hi Grace", "the signature is no part of the text");
}

#[test]
fn a_quote_that_another_program_put_under_a_draft_is_its_text_and_comes_once() {
    let engine = Engine::in_memory().unwrap();
    take(&engine, &there(1, "Yes.\n\nOn Mon, 5 Oct 2026, Grace <grace@example.com> wrote:\n> Does it run?")).unwrap();
    let draft = only(&engine);
    assert!(draft.body.ends_with("> Does it run?"), "{}", draft.body);
    assert_eq!(draft.quote, Some(false));
}

#[test]
fn files_come_with_the_draft_and_those_that_did_not_come_later_though_it_was_changed_here() {
    let engine = Engine::in_memory().unwrap();
    assert!(take_with(&engine, &there(1, "Hi"), &came(&["a"], &["b"])).unwrap());
    assert_eq!(names(&only(&engine)), (vec!["a"], vec!["b"]));
    assert!(link(&engine).more && incomplete(&engine).unwrap().len() == 1);
    assert!(!take_with(&engine, &there(1, "Hi"), &came(&[], &["b"])).unwrap(), "it did not come again");
    typed(&engine, "mine");
    assert!(take_with(&engine, &there(1, "Hi"), &came(&["b"], &[])).unwrap());
    let draft = only(&engine);
    assert_eq!((draft.body.as_str(), names(&draft), &draft.elsewhere), ("mine", (vec!["a", "b"], vec![]), &None));
    assert!(!link(&engine).more && incomplete(&engine).unwrap().is_empty());
}

#[test]
fn a_draft_that_is_whole_is_the_same_on_both_sides_whichever_way_its_files_came() {
    for first in [came(&["a", "b"], &[]), came(&["a"], &["b"])] {
        let engine = Engine::in_memory().unwrap();
        take_with(&engine, &there(1, "Hi"), &first).unwrap();
        take_with(&engine, &there(1, "Hi"), &came(&["b"], &[])).unwrap();
        // Another program lists them the other way round.
        assert!(!take_with(&engine, &there(2, "Hi"), &came(&["b", "a"], &[])).unwrap());
        assert!(take_with(&engine, &there(3, "Hi Grace"), &came(&["b"], &[])).unwrap());
        let draft = only(&engine);
        assert_eq!((draft.body.as_str(), names(&draft), &draft.elsewhere), ("Hi Grace", (vec!["b"], vec![]), &None));
    }
}

#[test]
fn a_change_there_whose_files_do_not_come_waits_and_nothing_is_written_over_meanwhile() {
    let engine = Engine::in_memory().unwrap();
    take_with(&engine, &there(1, "Hi"), &came(&["a"], &[])).unwrap();
    assert!(!take_with(&engine, &there(2, "Hi Grace"), &came(&[], &["a"])).unwrap());
    assert_eq!(names(&only(&engine)), (vec!["a"], vec![]));
    assert!(link(&engine).more && incomplete(&engine).unwrap().len() == 1);
    assert!(take_with(&engine, &there(2, "Hi Grace"), &came(&["a"], &[])).unwrap());
    assert_eq!((only(&engine).body.as_str(), link(&engine).more), ("Hi Grace", false));
}

#[test]
fn where_both_were_changed_the_files_of_both_are_with_the_draft() {
    let engine = Engine::in_memory().unwrap();
    take_with(&engine, &there(1, "Hi"), &came(&["a"], &[])).unwrap();
    typed(&engine, "mine");
    assert!(take_with(&engine, &there(2, "theirs"), &came(&["b"], &[])).unwrap());
    let draft = only(&engine);
    assert_eq!(names(&draft), (vec!["a", "b"], vec![]));
    assert_eq!(draft.elsewhere.unwrap().files, ["b"]);
}

#[test]
fn of_a_draft_that_was_deleted_there_what_did_not_come_never_will() {
    let engine = Engine::in_memory().unwrap();
    take_with(&engine, &there(1, "Hi"), &came(&[], &["a"])).unwrap();
    typed(&engine, "mine");
    let_go(&engine, &[link(&engine)]).unwrap();
    assert!(only(&engine).missing[0].never);
}

#[test]
fn a_draft_that_was_deleted_here_lacks_nothing_any_more() {
    let engine = Engine::in_memory().unwrap();
    take_with(&engine, &there(1, "Hi"), &came(&[], &["a"])).unwrap();
    engine.delete_draft(only(&engine).id).unwrap();
    assert!(incomplete(&engine).unwrap().is_empty());
    assert!(!take_with(&engine, &there(1, "Hi"), &came(&["a"], &[])).unwrap(), "it does not come back");
}

#[test]
fn a_draft_that_went_at_gmail_is_listed_nowhere_and_kept_for_a_day_by_whoever_has_it_on_the_screen() {
    let engine = Engine::in_memory().unwrap();
    let gone = || {
        take_with(&engine, &there(1, "Hi"), &came(&["a"], &[])).unwrap();
        let id = only(&engine).id;
        let_go(&engine, &[link(&engine)]).unwrap();
        assert!(engine.drafts().unwrap().is_empty() && engine.draft_at_hand().unwrap().is_none());
        id
    };
    let kept = gone();
    let before = engine.draft(kept).unwrap();
    assert_eq!((before.body.as_str(), names(&before), before.gone.is_some()), ("Hi", (vec!["a"], vec![]), true));
    forget_gone(&engine, before.gone.unwrap() + GONE_MILLIS - 1).unwrap();
    let edit = DraftEdit { id: Some(kept), version: Some(before.version), ..DraftEdit::default() };
    engine.save_draft(&edit).unwrap();
    let after = only(&engine);
    assert_eq!((after.id, after.files, after.gone), (kept, before.files, None), "as it was");
    engine.delete_draft(kept).unwrap();

    let left = gone();
    forget_gone(&engine, crate::now() + GONE_MILLIS).unwrap();
    assert_eq!(engine.draft(left).unwrap_err().code(), crate::error::ErrorCode::NotFound);
}
