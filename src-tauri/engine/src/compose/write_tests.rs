//! The walk against a scripted service: what each of its faults leaves with the person. The service is a second implementation of [`Llm`];
//! everything else is the real engine on a store in memory.

use super::*;
use crate::api::{Author, ComposeRequest, DraftEdit, ModelChoice, ModelRef, Person, PreviewPolicy, RedactionKind};
use crate::compose::scripted::Scripted;
use crate::compose::scripted::Step::{self, Fail, Hold, Say, Wait};
use crate::error::ErrorCode;
use crate::ids::DraftId;
use std::sync::Mutex;

fn flash() -> ModelRef {
    ModelRef { provider: Provider::Gemini, name: "gemini-3.8-flash".into() }
}

fn engine(change: impl FnOnce(&mut Settings)) -> Engine {
    let engine = Engine::in_memory().unwrap();
    let mut settings = engine.settings().unwrap();
    settings.me = vec![Person { name: Some("Mara Voss".into()), address: "mara@example.com".parse().unwrap() }];
    settings.preview = PreviewPolicy::OnRequest;
    settings.calls_per_minute = 100;
    change(&mut settings);
    engine.set_settings(settings).unwrap();
    engine
}

fn asking(intent: &str) -> ComposeRequest {
    ComposeRequest {
        intent: intent.into(),
        to: vec![Person { name: Some("Dana Levi".into()), address: "dana@example.org".parse().unwrap() }],
        model: Some(ModelChoice::Named { model: flash() }),
        ..ComposeRequest::default()
    }
}

struct Told {
    result: Result<Draft>,
    events: Vec<ComposeEvent>,
}

impl Told {
    /// What the window shows at the end: deltas since the last restart.
    fn shown(&self) -> String {
        let mut shown = String::new();
        for event in &self.events {
            match event {
                ComposeEvent::Delta { text } => shown.push_str(text),
                ComposeEvent::Restarted => shown.clear(),
                _ => {}
            }
        }
        shown
    }

    fn retries(&self) -> usize {
        self.events.iter().filter(|e| matches!(e, ComposeEvent::Retrying { .. })).count()
    }

    fn restarts(&self) -> usize {
        self.events.iter().filter(|e| matches!(e, ComposeEvent::Restarted)).count()
    }

    fn id(&self) -> DraftId {
        self.events
            .iter()
            .find_map(|e| if let ComposeEvent::Began { draft } = e { Some(*draft) } else { None })
            .unwrap()
    }

    fn code(&self) -> Option<ErrorCode> {
        self.result.as_ref().err().map(Error::code)
    }
}

async fn compose(engine: &Engine, service: &Arc<Scripted>, request: ComposeRequest, stop: &CancellationToken) -> Told {
    let events = Mutex::new(Vec::new());
    let adapter = |_| Ok(Arc::clone(service) as Arc<dyn Llm>);
    let result = engine.compose_with(request, &|event| events.lock().unwrap().push(event), stop, &adapter).await;
    Told { result, events: events.into_inner().unwrap() }
}

async fn run(engine: &Engine, service: &Arc<Scripted>, request: ComposeRequest) -> Told {
    compose(engine, service, request, &CancellationToken::new()).await
}

/// A compose on a task of its own.
fn begin(engine: &Engine, service: &Arc<Scripted>) -> tokio::task::JoinHandle<Told> {
    let (engine, service) = (engine.clone(), Arc::clone(service));
    tokio::spawn(async move { run(&engine, &service, asking("accept")).await })
}

/// The one draft, once some text of it is on the disk.
async fn kept(engine: &Engine) -> Draft {
    for _ in 0..600 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        if let Some(found) = engine.drafts().unwrap().first().filter(|d| !d.snippet.is_empty()) {
            return engine.draft(found.id).unwrap();
        }
    }
    panic!("no text was kept within half a minute");
}

const LETTER: &str = "Hi Dana,\n\nyes, gladly.\n\nBest,\nMara";

#[tokio::test]
async fn a_letter_streams_and_is_kept_with_its_receipt() {
    let engine = engine(|_| {});
    let service =
        Scripted::new(vec![vec![Say("Subject: Lunch\n\nHi Da"), Say("na,\n\nyes, gladly.\n\nBest,\nMara\n")]]);
    let told = run(&engine, &service, asking("accept the lunch")).await;
    assert_eq!(told.shown(), LETTER);
    assert!(matches!(
        told.events.as_slice(),
        [
            ComposeEvent::Began { .. },
            ComposeEvent::Gathered { .. },
            ComposeEvent::Chosen { .. },
            ComposeEvent::Delta { .. },
            ..
        ]
    ));
    let draft = told.result.unwrap();
    assert_eq!((draft.body.as_str(), draft.subject.as_str()), (LETTER, "Lunch"));
    let receipt = draft.receipt.unwrap();
    assert_eq!((receipt.input_tokens, receipt.output_tokens, receipt.finish), (1_000, 100, Finish::Complete));
    assert_eq!(receipt.sent_to.as_deref(), Some("model.example.com"));
    assert_eq!(draft.revisions.len(), 1);
    assert_eq!(draft.revisions[0].by, Author::Model { model: flash() });
    assert_eq!(draft.request.unwrap().intent, "accept the lunch");
    assert_eq!(draft.sources[0].id, "s1");
    assert_eq!(engine.spent_this_month(crate::now()).unwrap(), receipt.cost_micros.unwrap());
}

#[tokio::test]
#[allow(clippy::too_many_lines)] // most of it is a table
async fn each_fault_leaves_what_it_should() {
    use ErrorCode::*;
    let half = "Hi Dana,\n\nyes, gl";
    let whole = || vec![Say(LETTER)];
    let failing = |kind, after| vec![Fail(kind, after)];
    let cut = || vec![Say("Hi Dana,\n\nyes, gl"), Fail(TroubleKind::Cut, None)];
    // name, what the service does, the code, what is shown, calls, retries, restarts
    type Row = (&'static str, Vec<Vec<Step>>, Option<ErrorCode>, &'static str, u32, usize, usize);
    let table: Vec<Row> = vec![
        ("rate limited once", vec![failing(TroubleKind::RateLimited, Some(1)), whole()], None, LETTER, 2, 1, 0),
        (
            "rate limited for an hour",
            vec![failing(TroubleKind::RateLimited, Some(3_600_000))],
            Some(ModelRateLimited),
            "",
            1,
            0,
            0,
        ),
        ("the day's quota", vec![failing(TroubleKind::QuotaExhausted, None)], Some(ModelQuotaExhausted), "", 1, 0, 0),
        ("overloaded once", vec![failing(TroubleKind::Unavailable, Some(1)), whole()], None, LETTER, 2, 1, 0),
        (
            "overloaded for good",
            vec![failing(TroubleKind::Unavailable, Some(1)); 5],
            Some(ModelUnavailable),
            "",
            3,
            2,
            0,
        ),
        ("cut once", vec![cut(), whole()], None, LETTER, 2, 1, 1),
        ("cut twice", vec![cut(), cut()], Some(ModelCut), half, 2, 1, 1),
        ("blocked", vec![failing(TroubleKind::Blocked, None)], Some(ModelBlocked), "", 1, 0, 0),
        (
            "blocked half way",
            vec![vec![Say("Hi Dana,\n\nyes, gl"), Fail(TroubleKind::Blocked, None)]],
            Some(ModelBlocked),
            half,
            1,
            0,
            0,
        ),
        (
            "too long",
            vec![vec![Say("Hi Dana,\n\nyes, gl"), Fail(TroubleKind::TooLong, None)]],
            Some(ModelTooLong),
            half,
            1,
            0,
            0,
        ),
        ("empty twice", vec![vec![], vec![Say(" ")]], Some(ModelEmpty), "", 2, 1, 1),
        ("bad key", vec![failing(TroubleKind::KeyRefused, None)], Some(ModelKeyRefused), "", 1, 0, 0),
        ("unknown model", vec![failing(TroubleKind::UnknownModel, None)], Some(ModelUnknown), "", 1, 0, 0),
        ("wrong form", vec![failing(TroubleKind::Unreadable, None)], Some(ModelUnreadable), "", 1, 0, 0),
        (
            "stalled, then whole",
            vec![vec![Say("Hi Da"), Fail(TroubleKind::Stalled, None)], whole()],
            None,
            LETTER,
            2,
            1,
            1,
        ),
    ];
    for (name, turns, code, shown, calls, retries, restarts) in table {
        let engine = engine(|_| {});
        let service = Scripted::new(turns);
        let told = run(&engine, &service, asking("accept the lunch")).await;
        assert_eq!(told.code(), code, "{name}");
        assert_eq!(told.shown().trim(), shown, "{name}: shown");
        assert_eq!((service.calls(), told.retries()), (calls, retries), "{name}: calls and retries");
        assert!(told.restarts() <= restarts, "{name}: restarts");
        let draft = engine.draft(told.id()).unwrap();
        assert_eq!(draft.body, shown, "{name}: kept");
        assert_eq!(draft.request.as_ref().unwrap().intent, "accept the lunch", "{name}: what was asked is kept");
        let unfinished = engine.drafts().unwrap()[0].unfinished;
        assert_eq!(unfinished, code.is_some() && !shown.is_empty(), "{name}: never shown as finished");
        if let Some(revision) = draft.revisions.last() {
            assert_eq!(revision.finish == Finish::Complete, code.is_none(), "{name}: revision");
        }
        if let Err(error) = &told.result {
            assert_eq!(
                error.facts().draft,
                (!shown.is_empty()).then(|| told.id()),
                "{name}: the error names the draft"
            );
        }
    }
}

#[tokio::test]
async fn stop_keeps_what_came_and_nothing_more_is_told() {
    let engine = engine(|_| {});
    let service = Scripted::new(vec![vec![Say("Hi Dana,\n\nyes, "), Hold, Say("never")]]);
    let (stop, events) = (CancellationToken::new(), Mutex::new(Vec::new()));
    let adapter = |_| Ok(Arc::clone(&service) as Arc<dyn Llm>);
    let tell = |event| {
        if matches!(event, ComposeEvent::Delta { .. }) {
            stop.cancel();
        }
        events.lock().unwrap().push(event);
    };
    let result = engine.compose_with(asking("accept"), &tell, &stop, &adapter).await;
    let told = Told { result, events: events.into_inner().unwrap() };
    let draft = told.result.unwrap();
    assert_eq!(draft.body, "Hi Dana,\n\nyes,");
    assert_eq!(draft.receipt.unwrap().finish, Finish::Stopped);
    assert!(draft.checks.iter().any(|c| c.kind == crate::api::CheckKind::Unfinished));
}

#[tokio::test]
async fn stop_before_any_text_is_cancelled_at_once_even_in_a_pause() {
    let engine = engine(|_| {});
    let service = Scripted::new(vec![vec![Fail(TroubleKind::RateLimited, Some(20_000))]]);
    let stop = CancellationToken::new();
    let later = stop.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(150)).await;
        later.cancel();
    });
    let began = Instant::now();
    let told = compose(&engine, &service, asking("accept"), &stop).await;
    assert_eq!(told.code(), Some(ErrorCode::Cancelled));
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn text_that_came_is_on_the_disk_while_the_rest_is_awaited() {
    let engine = engine(|_| {});
    let service = Scripted::new(vec![vec![Say("Hi Dana,\n\nthe first half"), Hold, Say(" and the rest")]]);
    let writing = begin(&engine, &service);
    let draft = kept(&engine).await;
    assert_eq!(draft.body, "Hi Dana,\n\nthe first half");
    assert_eq!(draft.revisions.last().unwrap().finish, Finish::Cut);
    service.go_on.notify_one();
    let done = writing.await.unwrap().result.unwrap();
    assert_eq!(done.body, "Hi Dana,\n\nthe first half and the rest");
    assert_eq!(done.revisions.len(), 1);
}

#[tokio::test]
async fn what_a_person_typed_is_a_revision_before_a_model_writes() {
    let engine = engine(|_| {});
    let typed = DraftEdit { body: Some("My own words.".into()), ..DraftEdit::default() };
    let id = engine.save_draft(&typed).unwrap().id;
    let service = Scripted::new(vec![vec![Say(LETTER)]]);
    let draft = run(&engine, &service, ComposeRequest { draft: Some(id), ..asking("accept") }).await.result.unwrap();
    assert_eq!(draft.body, LETTER);
    let kept: Vec<_> = draft.revisions.iter().map(|r| (r.by == Author::Person, r.body.as_str())).collect();
    assert_eq!(kept, [(true, "My own words."), (false, LETTER)]);
}

#[tokio::test]
async fn what_a_person_types_meanwhile_is_kept_too() {
    let engine = engine(|_| {});
    let service = Scripted::new(vec![vec![Say("Hi Dana,\n"), Hold, Say("\nyes.")]]);
    let writing = begin(&engine, &service);
    let id = kept(&engine).await.id;
    engine
        .save_draft(&DraftEdit { id: Some(id), body: Some("Typed meanwhile.".into()), ..DraftEdit::default() })
        .unwrap();
    service.go_on.notify_one();
    let draft = writing.await.unwrap().result.unwrap();
    assert_eq!(draft.body, "Hi Dana,\n\nyes.");
    assert!(draft.revisions.iter().any(|r| r.by == Author::Person && r.body == "Typed meanwhile."));
}

#[tokio::test]
async fn a_cut_revision_leaves_the_text_that_stood_there() {
    let engine = engine(|_| {});
    let id = engine
        .save_draft(&DraftEdit { body: Some("A good text that stands.".into()), ..DraftEdit::default() })
        .unwrap()
        .id;
    let service = Scripted::new(vec![vec![Say("A bett"), Fail(TroubleKind::Blocked, None)]]);
    let told = run(&engine, &service, ComposeRequest { draft: Some(id), revise: true, ..asking("better") }).await;
    assert_eq!(told.code(), Some(ErrorCode::ModelBlocked));
    let draft = engine.draft(id).unwrap();
    assert_eq!(draft.body, "A good text that stands.");
    assert_eq!(draft.revisions.last().map(|r| (r.body.as_str(), r.finish)), Some(("A bett", Finish::Cut)));
}

#[tokio::test]
async fn what_a_model_made_up_is_found_nowhere_however_often_the_letter_is_changed() {
    let engine = engine(|_| {});
    let first = "Hi Dana,\n\nFriday suits us. The price is 2,400 euros.\n\nBest,\nMara";
    let shorter = "Hi Dana,\n\nFriday it is. The price is 2,400 euros. The deposit is 300 euros.\n\nBest,\nMara";
    let service = Scripted::new(vec![vec![Say(first)], vec![Say(shorter)]]);
    let draft = run(&engine, &service, asking("yes to Friday")).await.result.unwrap();
    let body = Some(first.replace("euros.", "euros. The deposit is 300 euros."));
    engine.save_draft(&DraftEdit { id: Some(draft.id), body, ..DraftEdit::default() }).unwrap();
    let change = ComposeRequest { draft: Some(draft.id), revise: true, ..asking("shorter") };
    let draft = run(&engine, &service, change).await.result.unwrap();
    let found: Vec<_> = draft.claims.iter().map(|claim| (claim.text.as_str(), claim.source.is_some())).collect();
    // asked for at first; made up by the model; typed by the person
    assert_eq!(found, [("Friday", true), ("2,400 euros", false), ("300 euros", true)]);
}

#[tokio::test]
async fn the_same_call_is_served_from_the_cache_and_another_recipient_is_not() {
    let engine = engine(|_| {});
    let service =
        Scripted::new(vec![vec![Say(LETTER)], vec![Say("Hi Lee,\n\nno.")], vec![Say("Hi Dana,\n\nanother.")]]);
    run(&engine, &service, asking("accept")).await.result.unwrap();
    let again = run(&engine, &service, asking("  accept ")).await.result.unwrap();
    let receipt = again.receipt.unwrap();
    assert_eq!(
        (again.body.as_str(), receipt.from_cache, receipt.cost_micros, receipt.sent_to),
        (LETTER, true, Some(0), None)
    );
    assert_eq!(service.calls(), 1);
    let lee = vec![Person { name: Some("Lee".into()), address: "lee@example.net".parse().unwrap() }];
    let other = run(&engine, &service, ComposeRequest { to: lee, ..asking("accept") }).await.result.unwrap();
    assert_eq!((other.body.as_str(), service.calls()), ("Hi Lee,\n\nno.", 2));
}

#[tokio::test]
async fn who_asks_the_same_draft_again_gets_another_letter() {
    let engine = engine(|_| {});
    let service = Scripted::new(vec![vec![Say(LETTER)], vec![Say("Hi Dana,\n\nanother.")]]);
    let first = run(&engine, &service, ComposeRequest { subject: Some("Lunch".into()), ..asking("accept") })
        .await
        .result
        .unwrap();
    let again = ComposeRequest { draft: Some(first.id), subject: Some("Lunch".into()), ..asking("accept") };
    assert_eq!(run(&engine, &service, again).await.result.unwrap().body, "Hi Dana,\n\nanother.");
}

#[tokio::test]
async fn two_windows_asking_the_same_at_once_make_one_call() {
    let engine = engine(|_| {});
    let service = Scripted::new(vec![vec![Say("Hi Dana,\n"), Wait(300), Say("\nyes.")]]);
    let (a, b) = tokio::join!(run(&engine, &service, asking("accept")), run(&engine, &service, asking("accept")));
    assert_eq!(
        (a.result.unwrap().body, b.result.unwrap().body),
        ("Hi Dana,\n\nyes.".into(), "Hi Dana,\n\nyes.".into())
    );
    assert_eq!((service.calls(), engine.drafts().unwrap().len()), (1, 2));
}

#[tokio::test]
async fn what_must_be_seen_first_is_not_sent_until_this_very_preview_is_approved() {
    let engine = engine(|s| s.preview = PreviewPolicy::Always);
    let service = Scripted::new(vec![vec![Say(LETTER)]]);
    let told = run(&engine, &service, asking("accept")).await;
    assert_eq!(
        (told.code(), service.calls(), engine.drafts().unwrap().len()),
        (Some(ErrorCode::PreviewRequired), 0, 0)
    );
    let stale = ComposeRequest { approved: Some("0".repeat(64)), ..asking("accept") };
    assert_eq!(run(&engine, &service, stale).await.code(), Some(ErrorCode::PreviewRequired));
    let brief = engine.gather(asking("accept"), None, crate::now()).unwrap();
    let settings = engine.settings().unwrap();
    let chosen = engine.choose(&settings, &brief).unwrap();
    let preview = preview::plan(&brief, chosen, &settings, service.leaves_to()).preview(brief.now);
    let approved = ComposeRequest { approved: Some(preview.digest), ..asking("accept") };
    run(&engine, &service, approved).await.result.unwrap();
    let sent = service.asked.lock().unwrap()[0].clone();
    assert_eq!((sent.system, sent.parts), (preview.system, preview.parts), "exactly what the preview showed");
}

#[tokio::test]
async fn what_is_withheld_is_not_sent_and_stands_in_the_letter() {
    let engine = engine(|s| s.withhold = vec![RedactionKind::Phone]);
    let service = Scripted::new(vec![vec![Say("Hi Dana,\n\ncall me at [pho"), Say("ne 1].\n\nBest,\nMara")]]);
    let draft = run(&engine, &service, asking("give her my number +49 30 1234567")).await.result.unwrap();
    assert!(draft.body.contains("call me at +49 30 1234567."));
    assert!(!format!("{:?}", service.asked.lock().unwrap()).contains("1234567"));
    assert_eq!(draft.receipt.unwrap().withheld.len(), 1);
}

#[tokio::test]
async fn a_budget_used_up_sends_nothing() {
    let engine = engine(|s| s.budget_micros = Some(100));
    let service = Scripted::new(vec![vec![Say(LETTER)]]);
    let told = run(&engine, &service, asking("accept")).await;
    assert_eq!((told.code(), service.calls()), (Some(ErrorCode::BudgetReached), 0));
}

#[tokio::test]
async fn with_no_model_the_same_walk_writes_and_says_so() {
    let engine = engine(|_| {});
    let service = Scripted::new(vec![]);
    let request =
        ComposeRequest { model: Some(ModelChoice::Offline), ..asking("ask for the signed contract by Friday") };
    let told = run(&engine, &service, request).await;
    let shown = told.shown();
    let draft = told.result.unwrap();
    assert_eq!((draft.body == shown, service.calls()), (true, 0));
    assert!(!draft.body.is_empty() && !draft.subject.is_empty());
    assert!(draft.checks.iter().any(|c| c.kind == crate::api::CheckKind::WrittenOffline));
    assert_eq!(draft.receipt.unwrap().sent_to, None);
}

#[tokio::test]
async fn a_request_that_says_nothing_leaves_no_draft_behind() {
    let engine = engine(|_| {});
    let told = run(&engine, &Scripted::new(vec![]), asking("  ")).await;
    assert_eq!((told.code(), engine.drafts().unwrap().len()), (Some(ErrorCode::BadInput), 0));
}

/// A model that copies what the user once wrote to somebody else is found out, whatever it does to case and line breaks.
#[tokio::test]
async fn what_a_model_copies_from_a_letter_to_somebody_else_is_marked() {
    const TO_TOM: &str = "From: Mara Voss <mara@example.com>\r\nTo: Tom Baker <tom@example.net>\r\nSubject: Lunch offer\r\n\
        Message-ID: <copy@example.com>\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\n\r\n\
        The lunch offer of the other side is twelve and we will not go below ten before the spring fair.\r\n";
    let engine = engine(|_| {});
    engine.import_eml(TO_TOM.as_bytes()).unwrap();
    let copies = [
        "Hi Dana,\n\nThe lunch offer of the other side is twelve and we will not go below ten before the spring fair.\n\nBest,\nMara",
        "Hi Dana,\n\nthe lunch OFFER of the other side\nis twelve, and we will not go below ten.\n\nBest,\nMara",
    ];
    for (copy, asked) in copies.into_iter().zip(["accept the lunch offer", "accept their lunch offer"]) {
        let service = Scripted::new(vec![vec![Say(copy)]]);
        let told = run(&engine, &service, asking(asked)).await;
        let checks = told.result.unwrap().checks;
        assert!(checks.iter().any(|check| check.kind == crate::api::CheckKind::CopiedFromOthers), "{checks:?}");
    }
    let service = Scripted::new(vec![vec![Say("Hi Dana,\n\nI accept the lunch offer.\n\nBest,\nMara")]]);
    let told = run(&engine, &service, asking("accept that lunch offer")).await;
    assert!(told.result.unwrap().checks.iter().all(|check| check.kind != crate::api::CheckKind::CopiedFromOthers));
}

const ASKED: &str = "From: Dana Levi <dana@example.org>\r\nTo: Mara Voss <mara@example.com>\r\nSubject: Proposal\r\n\
    Message-ID: <two@example.org>\r\nIn-Reply-To: <one@example.com>\r\nReferences: <zero@example.com>\r\n\t<one@example.com>\r\nDate: Wed, 18 Nov 2026 09:00:00 +0000\r\n\r\n\
    Hi Mara,\r\n\r\ncan you confirm the 12,400 EUR by 4 December 2026?\r\n\r\nDana\r\n";
const OFFERED: &str = "From: Mara Voss <mara@example.com>\r\nTo: Dana Levi <dana@example.org>\r\nSubject: Proposal\r\n\
    Message-ID: <one@example.com>\r\nDate: Tue, 17 Nov 2026 09:00:00 +0000\r\n\r\nHi Dana,\r\n\r\nhere is our proposal.\r\n\r\nBest,\r\nMara\r\n";

#[tokio::test]
async fn an_answer_goes_back_to_who_wrote_names_its_sources_and_threads() {
    let engine = engine(|_| {});
    engine.import_eml(OFFERED.as_bytes()).unwrap();
    let answered = engine.import_eml(ASKED.as_bytes()).unwrap();
    let service = Scripted::new(vec![vec![Say(
        "Hi Dana,\n\nthe 12,400 EUR stand; you have them by 4 December, or 9 December at the latest.\n\nBest,\nMara",
    )]]);
    let request = ComposeRequest { to: vec![], answers: Some(answered), ..asking("confirm it") };
    let draft = run(&engine, &service, request).await.result.unwrap();
    assert_eq!((draft.to[0].address.as_str(), draft.subject.as_str()), ("dana@example.org", "Re: Proposal"));
    let asked = draft.sources.iter().find(|s| s.message == Some(answered)).unwrap().id.clone();
    let traced: Vec<_> = draft.claims.iter().map(|c| (c.text.as_str(), c.source.clone())).collect();
    assert_eq!(traced, [("12,400 EUR", Some(asked.clone())), ("4 December", Some(asked)), ("9 December", None)]);
    let read = engine.export_eml(draft.id).unwrap();
    let read = mail_parser::MessageParser::new().parse(&read).unwrap();
    assert_eq!(read.in_reply_to().as_text(), Some("two@example.org"));
    assert_eq!(read.references().as_text_list().unwrap(), ["zero@example.com", "one@example.com", "two@example.org"]);
    let offline = ComposeRequest {
        to: vec![],
        answers: Some(answered),
        model: Some(ModelChoice::Offline),
        ..asking("confirm it")
    };
    let draft = run(&engine, &service, offline).await.result.unwrap();
    assert_eq!(draft.to[0].address.as_str(), "dana@example.org");
    assert!(draft.body.starts_with("Hi Dana,"), "{}", draft.body);
}
