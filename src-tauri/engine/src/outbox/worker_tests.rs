//! The outbox from a draft to its end: the engine's operations on the real store, and the worker against a mailer that does as it is told.

use super::*;
use crate::api::{DraftEdit, FailReason, OutboxState, Person, Saved, UnknownReason};
use crate::error::ErrorCode;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

fn person(address: &str) -> Person {
    Person { name: None, address: address.parse().unwrap() }
}

const NOW: SendWhen = SendWhen::After { seconds: 0 };

fn engine() -> Engine {
    let engine = Engine::in_memory().unwrap();
    let mut settings = engine.settings().unwrap();
    settings.me = vec![person("mara@example.com"), person("desk@example.net")];
    engine.set_settings(settings).unwrap();
    engine
}

fn draft(engine: &Engine) -> Saved {
    let edit = DraftEdit {
        to: Some(vec![person("dana@example.org")]),
        bcc: Some(vec![person("jörg@example.net")]),
        subject: Some("Plan".into()),
        body: Some("Hi Dana".into()),
        ..DraftEdit::default()
    };
    engine.save_draft(&edit).unwrap()
}

fn queued(engine: &Engine, when: SendWhen) -> OutboxItem {
    let draft = draft(engine).id;
    engine.queue(draft, &engine.outgoing(draft, None).unwrap().approval, when, None).unwrap()
}

fn edit(engine: &Engine, draft: DraftId, body: &str) {
    engine.save_draft(&DraftEdit { id: Some(draft), body: Some(body.into()), ..DraftEdit::default() }).unwrap();
}

/// What a mailer is told to answer, call by call; then only good news. It writes down what it is asked for.
struct Scripted {
    way: Transport,
    answers: Mutex<VecDeque<Answer>>,
    heard: Mutex<Vec<String>>,
    parcels: Mutex<Vec<Parcel>>,
}

impl Scripted {
    fn new(way: Transport, answers: impl IntoIterator<Item = Answer>) -> Arc<Self> {
        let answers = Mutex::new(answers.into_iter().collect());
        Arc::new(Self { way, answers, heard: Mutex::default(), parcels: Mutex::default() })
    }

    fn next(&self, heard: &str) -> Option<Answer> {
        self.heard.lock().unwrap().push(heard.to_owned());
        self.answers.lock().unwrap().pop_front()
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

impl Mailer for Scripted {
    fn transport(&self) -> Transport {
        self.way
    }

    fn upload<'a>(&'a self, parcel: &'a Parcel, again: bool) -> Call<'a, Result<String, Trouble>> {
        self.parcels.lock().unwrap().push(parcel.clone());
        let answer = self.next(if again { "upload again" } else { "upload" });
        Box::pin(async move {
            match answer {
                Some(Answer::NotUploaded(trouble)) => Err(trouble),
                _ => Ok("d1".into()),
            }
        })
    }

    fn send<'a>(&'a self, parcel: &'a Parcel, remote: Option<&'a str>) -> Call<'a, Result<Option<String>, Trouble>> {
        self.parcels.lock().unwrap().push(parcel.clone());
        let answer = self.next(&format!("send {}", remote.unwrap_or("raw")));
        Box::pin(async move {
            match answer {
                Some(Answer::NotSent(trouble)) => Err(trouble),
                _ => Ok(Some("m1".into())),
            }
        })
    }

    fn settle<'a>(&'a self, _: &'a Parcel, remote: &'a str) -> Call<'a, Settled> {
        let answer = self.next(&format!("settle {remote}"));
        Box::pin(async move {
            match answer {
                Some(Answer::Settled(settled)) => settled,
                _ => Settled::Found { message: Some("m1".into()) },
            }
        })
    }

    fn discard<'a>(&'a self, remote: &'a str) -> Call<'a, Result<(), Trouble>> {
        self.next(&format!("discard {remote}"));
        Box::pin(async { Ok(()) })
    }
}

/// Runs the worker until the outbox has come to its ends.
async fn run(engine: &Engine, mailer: &Arc<Scripted>) {
    let (stop, found) = (CancellationToken::new(), mailer.clone());
    let mailers = move |_| Some(found.clone() as Arc<dyn Mailer>);
    let watch = async {
        while !engine.outbox_rows().unwrap().iter().all(|(_, row)| row.course.is_ended()) {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await; // and it cleans up
        stop.cancel();
    };
    let (ran, ()) = tokio::join!(engine.run_outbox_by(&mailers, &stop), watch);
    ran.unwrap();
}

fn state(engine: &Engine, id: OutboxId) -> OutboxState {
    engine.outbox().unwrap().into_iter().find(|item| item.id == id).unwrap().state
}

#[test]
fn what_is_queued_is_what_was_approved() {
    let engine = engine();
    let draft = draft(&engine).id;
    let approval = engine.outgoing(draft, None).unwrap().approval;
    let code = |outcome: Result<OutboxItem>| outcome.unwrap_err().code();
    edit(&engine, draft, "Hi Dana!");
    assert_eq!(code(engine.queue(draft, &approval, NOW, None)), ErrorCode::DraftChanged);
    edit(&engine, draft, "Hi Dana");
    let desk = "desk@example.net".parse().unwrap();
    assert_eq!(code(engine.queue(draft, &approval, NOW, Some(&desk))), ErrorCode::DraftChanged);
    let stranger = "eve@example.org".parse().unwrap();
    assert_eq!(code(engine.queue(draft, &approval, NOW, Some(&stranger))), ErrorCode::BadInput);
    assert_eq!(code(engine.queue(draft, "yes", NOW, None)), ErrorCode::BadInput);
    assert_eq!(code(engine.queue(DraftId([9; 16]), &approval, NOW, None)), ErrorCode::NotFound);
    let item = engine.queue(draft, &approval, NOW, None).unwrap();
    assert_eq!((item.approval.as_str(), item.draft, item.can_undo), (approval.as_str(), draft, true));
    // What is typed afterwards changes nothing of what waits.
    edit(&engine, draft, "Something else");
    assert_eq!(engine.outbox().unwrap(), [item]);
}

#[test]
fn nobody_to_send_to_is_refused_and_an_empty_letter_is_not() {
    let engine = engine();
    let edit = DraftEdit { body: Some("Hi".into()), ..DraftEdit::default() };
    let id = engine.save_draft(&edit).unwrap().id;
    assert_eq!(engine.outgoing(id, None).unwrap_err().code(), ErrorCode::BadInput);
    assert_eq!(engine.queue(id, &"0".repeat(64), NOW, None).unwrap_err().code(), ErrorCode::BadInput);
    assert!(engine.outbox().unwrap().is_empty());
    let edit = DraftEdit { to: Some(vec![person("dana@example.org")]), ..DraftEdit::default() };
    let id = engine.save_draft(&edit).unwrap().id;
    engine.queue(id, &engine.outgoing(id, None).unwrap().approval, NOW, None).unwrap();
}

#[test]
fn two_presses_of_one_button_are_one_message_and_after_an_undo_it_is_another() {
    let engine = engine();
    let first = queued(&engine, SendWhen::After { seconds: 30 });
    let again = || engine.queue(first.draft, &first.approval, NOW, None);
    assert_eq!(again().unwrap().id, first.id);
    edit(&engine, first.draft, "another text");
    let other = engine.outgoing(first.draft, None).unwrap().approval;
    assert_eq!(engine.queue(first.draft, &other, NOW, None).unwrap_err().code(), ErrorCode::BadInput);
    let undone = engine.undo(first.id).unwrap();
    assert!(matches!(undone.state, OutboxState::Undone { .. }) && !undone.can_undo);
    assert_eq!(engine.undo(first.id).unwrap_err().code(), ErrorCode::BadInput);
    assert_ne!(engine.queue(first.draft, &other, NOW, None).unwrap().id, first.id);
}

#[test]
fn a_draft_queued_again_is_new_the_same_or_refused_by_how_the_earlier_one_ended() {
    let of = |state| Course { state, ..Course::new(Wait::pause(0, 0)) };
    let unknown = State::Unknown { since: 0, why: UnknownReason::NoTrace, remote: None };
    let table = [
        (of(State::Undone { at: 0 }), "new", "new"),
        (of(State::Sent { at: 0, message: None }), "no", "new"),
        (of(State::Failed { why: FailReason::Refused, said: None }), "no", "new"),
        (of(unknown), "no", "no"),
        (of(State::Queued { wait: Wait::pause(0, 0) }), "same", "no"),
        (of(State::Sending { remote: None, lease: Wait::pause(0, 0) }), "same", "no"),
    ];
    for (course, same, other) in table {
        let word = |again| match again {
            Again::New => "new",
            Again::Same => "same",
            Again::No(_) => "no",
        };
        assert_eq!((word(again(&course, true)), word(again(&course, false))), (same, other), "{course:?}");
    }
}

#[tokio::test]
async fn a_message_is_uploaded_and_sent_and_its_bytes_are_let_go() {
    let (engine, mailer) = (engine(), Scripted::new(Transport::Drafts, []));
    let mut news = engine.outbox_news();
    let item = queued(&engine, NOW);
    run(&engine, &mailer).await;
    assert!(matches!(state(&engine, item.id), OutboxState::Sent { message: Some(id), .. } if id == "m1"));
    assert_eq!(mailer.heard(), ["upload", "send d1"]);
    let raw = String::from_utf8(mailer.parcels.lock().unwrap()[0].raw.clone()).unwrap();
    assert!(
        raw.contains(&format!("Message-ID: <{}>", item.message_id))
            && raw.contains("Bcc:")
            && !raw.contains("X-Unsent")
    );
    assert_eq!(engine.store().read(engine.account()).unwrap().count(OUTBOX_RAW).unwrap(), 0);
    let story: Vec<_> = engine.outbox().unwrap()[0].history.iter().map(|step| step.what).collect();
    use OutboxEvent::*;
    assert_eq!(story, [Queued, UploadBegun, Uploaded, SendBegun, Sent]);
    let told = std::iter::from_fn(|| news.try_recv().ok()).filter(|news| news.tell).count();
    assert_eq!(told, 1);
    assert_eq!(engine.queue(item.draft, &item.approval, NOW, None).unwrap_err().code(), ErrorCode::BadInput);
}

#[tokio::test]
async fn a_draft_that_is_on_its_way_or_was_sent_is_none_any_more_until_it_is_taken_back_or_changed() {
    let engine = engine();
    let listed = |engine: &Engine| (engine.drafts().unwrap().len(), engine.status().unwrap().drafts);
    let item = queued(&engine, SendWhen::After { seconds: 30 });
    assert_eq!(listed(&engine), (0, 0));
    engine.undo(item.id).unwrap();
    assert_eq!(listed(&engine), (1, 1), "taken back, it is the draft it was");
    let approval = engine.outgoing(item.draft, None).unwrap().approval;
    engine.queue(item.draft, &approval, NOW, None).unwrap();
    run(&engine, &Scripted::new(Transport::Direct, [])).await;
    assert_eq!(listed(&engine), (0, 0));
    edit(&engine, item.draft, "And one more thing");
    assert_eq!(listed(&engine), (1, 1), "changed since, it is another letter");
}

#[tokio::test]
async fn a_lost_answer_is_settled_and_never_sent_again() {
    let (engine, mailer) = (
        engine(),
        Scripted::new(Transport::Drafts, [Answer::Uploaded { remote: String::new() }, Answer::NotSent(Trouble::Lost)]),
    );
    let item = queued(&engine, NOW);
    run(&engine, &mailer).await;
    assert!(matches!(state(&engine, item.id), OutboxState::Sent { .. }));
    assert_eq!(mailer.heard(), ["upload", "send d1", "settle d1"]);
}

#[tokio::test]
async fn without_drafts_a_lost_answer_is_unknown_and_waits_for_the_person() {
    let (engine, mailer) = (engine(), Scripted::new(Transport::Direct, [Answer::NotSent(Trouble::Lost)]));
    let item = queued(&engine, NOW);
    run(&engine, &mailer).await;
    assert!(matches!(state(&engine, item.id), OutboxState::Unknown { why: UnknownReason::AnswerLost, .. }));
    {
        let parcels = mailer.parcels.lock().unwrap();
        assert!(!String::from_utf8_lossy(&parcels[0].raw).contains("Bcc"), "blind copies are in the envelope only");
        assert_eq!(parcels[0].recipients.len(), 2);
    }
    assert_eq!(engine.retry(item.id).unwrap_err().code(), ErrorCode::BadInput);
    assert!(matches!(engine.settle_by_hand(item.id, false).unwrap().state, OutboxState::Failed { .. }));
    run(&engine, &mailer).await; // nothing goes out by that
    assert_eq!(mailer.heard(), ["send raw"]);
    engine.retry(item.id).unwrap();
    run(&engine, &mailer).await;
    assert!(matches!(state(&engine, item.id), OutboxState::Sent { .. }));
    assert_eq!(mailer.heard(), ["send raw", "send raw"]);
}

#[tokio::test]
async fn a_worker_that_dies_in_the_midst_of_a_send_is_followed_by_one_that_asks() {
    let (engine, mailer) = (engine(), Scripted::new(Transport::Drafts, []));
    let item = queued(&engine, NOW);
    for answer in [Some(Answer::Uploaded { remote: "d1".into() }), None] {
        let take = Event::Take { transport: Transport::Drafts, patience: 60_000 };
        let (row, _) = engine.outbox_step(item.id, &take, moment()).unwrap().unwrap();
        let attempt = row.course.attempt;
        if let Some(answer) = answer {
            engine.outbox_step(item.id, &Event::Answer { attempt, answer }, moment()).unwrap().unwrap();
        }
    }
    assert_eq!(state(&engine, item.id), OutboxState::Sending);
    run(&engine, &mailer).await;
    assert_eq!(mailer.heard(), ["settle d1"]);
    assert!(matches!(state(&engine, item.id), OutboxState::Sent { .. }));
}

#[tokio::test]
async fn bytes_that_are_not_the_approved_ones_do_not_leave() {
    let (engine, mailer) = (engine(), Scripted::new(Transport::Drafts, []));
    let item = queued(&engine, NOW);
    let other = RawMessage(b"To: eve@example.org\r\n\r\nnot this".to_vec());
    engine.store().write(engine.account(), Keep::Made, |tx| tx.put(OUTBOX_RAW, item.id.key(), &other)).unwrap();
    run(&engine, &mailer).await;
    assert!(matches!(state(&engine, item.id), OutboxState::Failed { .. }));
    assert!(mailer.heard().is_empty());
}

#[tokio::test]
async fn it_waits_for_a_way_out_and_a_draft_for_the_mailer_that_has_it() {
    let engine = engine();
    let item = queued(&engine, NOW);
    let stop = CancellationToken::new();
    let soon = async {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        stop.cancel();
    };
    let (ran, ()) = tokio::join!(engine.run_outbox_by(&|_| None, &stop), soon);
    ran.unwrap();
    assert!(matches!(state(&engine, item.id), OutboxState::Waiting { .. }));
    assert_eq!(engine.turn(None).unwrap(), Turn::Nobody);
    assert_eq!(engine.turn(Some(Transport::Direct)).unwrap(), Turn::Take(item.id));
    let mailer = Scripted::new(Transport::Drafts, [Answer::NotUploaded(Trouble::Refused { said: "no".into() })]);
    run(&engine, &mailer).await;
    assert!(matches!(state(&engine, item.id), OutboxState::Failed { said: Some(said), .. } if said == "no"));
}

#[test]
fn one_account_reaches_nothing_of_anothers() {
    let engine = engine();
    let theirs = queued(&engine, SendWhen::After { seconds: 30 });
    let other = engine.in_account(engine.add_local_account("another").unwrap().id).unwrap();
    let code = |outcome: Result<OutboxItem>| outcome.unwrap_err().code();
    assert!(other.outbox().unwrap().is_empty());
    assert_eq!(code(other.undo(theirs.id)), ErrorCode::NotFound);
    assert_eq!(code(other.retry(theirs.id)), ErrorCode::NotFound);
    assert_eq!(code(other.settle_by_hand(theirs.id, true)), ErrorCode::NotFound);
    assert_eq!(other.outgoing(theirs.draft, None).unwrap_err().code(), ErrorCode::NotFound);
    assert_eq!(code(other.queue(theirs.draft, &theirs.approval, NOW, None)), ErrorCode::NotFound);
    let mut news = other.outbox_news();
    engine.undo(theirs.id).unwrap();
    assert!(news.try_recv().is_err());
}
