//! Which drafts are due, over the real store; what becomes of them at Gmail is in `tests/e2e/gmail_drafts.rs`.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::api::DraftEdit;
use epistle_wire::gmail;

fn engine(rest_seconds: u32) -> Engine {
    let engine = Engine::in_memory().unwrap();
    let mut settings = engine.settings().unwrap();
    settings.gmail.draft_rest_seconds = rest_seconds;
    engine.set_settings(settings).unwrap();
    engine
}

fn typed(engine: &Engine, body: &str) -> DraftId {
    engine.save_draft(&DraftEdit { body: Some(body.into()), ..DraftEdit::default() }).unwrap().id
}

#[test]
fn a_draft_is_due_when_it_rests_and_says_when_that_is() {
    let waiting = engine(60);
    let id = typed(&waiting, "Hi");
    let (due_now, rests) = due(&waiting, Which::All).unwrap();
    let updated = waiting.draft(id).unwrap().updated;
    assert_eq!((due_now, rests), (vec![], Some(updated + 60_000)));
    let resting = engine(0);
    let id = typed(&resting, "Hi");
    typed(&resting, "  ");
    assert_eq!(due(&resting, Which::All).unwrap(), (vec![id], None), "an empty one is nothing yet");
    assert!(due(&resting, Which::Sent).unwrap().0.is_empty());
}

#[test]
fn what_was_refused_is_not_offered_again_before_it_is_changed() {
    let engine = engine(0);
    let id = typed(&engine, "Hi");
    assert!(written(&engine, id, true).unwrap().is_none(), "nobody is me yet");
    assert!(due(&engine, Which::All).unwrap().0.is_empty());
    engine.save_draft(&DraftEdit { id: Some(id), body: Some("Hi Grace".into()), ..DraftEdit::default() }).unwrap();
    assert_eq!(due(&engine, Which::All).unwrap().0, [id]);
    engine.delete_draft(id).unwrap();
    assert_eq!(due(&engine, Which::All).unwrap().0, [id], "what is known of it goes too");
}

#[test]
fn a_draft_with_files_that_are_not_here_is_neither_written_over_nor_deleted_there() {
    let engine = engine(0);
    let id = typed(&engine, "Hi");
    let there = gmail::DraftId::parse("r1").unwrap();
    let message = gmail::MessageId::parse("m1").unwrap();
    let link = |more| GmailDraft {
        id: there.clone(),
        draft: id,
        message: message.clone(),
        digest: [0; 32],
        more,
        again: false,
    };
    let key = key(&engine, &there).unwrap();
    let put = |more| engine.store().write(engine.account(), Keep::Made, |tx| tx.put(GMAIL_DRAFTS, &key, &link(more)));
    for deleted in [false, true] {
        for (more, wanted) in [(true, vec![]), (false, vec![id])] {
            put(more).unwrap();
            assert_eq!(due(&engine, Which::All).unwrap().0, wanted, "deleted: {deleted}, more: {more}");
        }
        let _ = engine.delete_draft(id);
    }
}
