//! One account tries every operation of the engine on what is another's, and finds nothing. That every operation is tried is proved by
//! reading the engine's own source: a new one that is not in the table fails the test.

use crate::Engine;
use crate::api::{
    Account, ComposeRequest, DraftEdit, ImportSource, LabelChange, LabelId, LessonEdit, ModelChoice, OutboxId, Person,
    Provider, Relabelled, SearchBy, SearchRequest, SendWhen, SmtpAuth, SmtpOutcome, SmtpSecurity, SmtpSettings,
    SuggestionsRequest, Template, ThreadsView, TraitCorrection, TraitKind, TraitState, TraitValue,
};
use crate::error::{ErrorCode, Result};
use crate::ids::{AccountId, DraftId, FileId, LessonId, MessageId, TemplateId, ThreadId};
use crate::mailbox::labels::{ChangeId, RemoteMessage};
use crate::secrets::Secret;
use crate::store::tables::REMOTE_MESSAGES;
use crate::store::{Keep, Write};
use std::collections::BTreeSet;
use std::path::Path;
use tokio_util::sync::CancellationToken;

const CANARY: &str = "canary-of-the-other-account";
const ADDRESS: &str = "canary@example.com";
const SERVER: &str = "canary-of-the-other-account.example";

/// What one account has, by the ids another might come to know.
struct Theirs {
    account: AccountId,
    draft: DraftId,
    file: FileId,
    message: MessageId,
    thread: ThreadId,
    template: TemplateId,
    waiting: OutboxId,
    change: ChangeId,
    lesson: LessonId,
}

fn mail() -> String {
    format!(
        "From: {CANARY} <{ADDRESS}>\r\nTo: you@example.com\r\nSubject: {CANARY}\r\nMessage-ID: <{ADDRESS}>\r\n\r\n{CANARY} wrote this letter\r\n"
    )
}

fn server(host: &str) -> SmtpSettings {
    let (security, auth) = (SmtpSecurity::Tls, SmtpAuth::Password);
    SmtpSettings { enabled: true, host: host.into(), port: 465, security, user: host.into(), auth }
}

fn filled(engine: &Engine) -> Theirs {
    let person = Person { name: Some(CANARY.into()), address: ADDRESS.parse().unwrap() };
    let mut settings = engine.settings().unwrap();
    settings.me = vec![Person { name: Some(CANARY.into()), address: "me.canary@example.com".parse().unwrap() }];
    settings.budget_micros = Some(1);
    engine.set_settings(settings).unwrap();
    engine.set_key(Provider::Gemini, Secret::new("canary-key".into())).unwrap();
    engine.allow_images(&ADDRESS.parse().unwrap()).unwrap();
    engine.set_smtp(server(SERVER)).unwrap();
    engine.set_smtp_password(&Secret::new(CANARY.into())).unwrap();
    let message = engine.import_eml(mail().as_bytes()).unwrap();
    let edit = DraftEdit { to: Some(vec![person]), body: Some(CANARY.into()), ..DraftEdit::default() };
    let mut template = engine.templates().unwrap().into_iter().next().unwrap();
    template.name = CANARY.into();
    template.slug = String::new();
    template.id = TemplateId::random().unwrap();
    engine.save_draft(&edit).unwrap(); // one that stays a draft: the other is on its way
    let draft = engine.save_draft(&edit).unwrap().id;
    let file = engine.attach(draft, CANARY, None, CANARY.as_bytes(), false).unwrap().files[0].id;
    let approval = engine.outgoing(draft, None).unwrap().approval;
    Theirs {
        account: engine.account(),
        draft,
        file,
        thread: engine.message(message).unwrap().thread,
        change: starred(engine, message),
        message,
        template: engine.save_template(template).unwrap().id,
        lesson: crate::memory::lessons::plant(engine, CANARY),
        waiting: engine.queue(draft, &approval, SendWhen::After { seconds: 30 }, None).unwrap().id,
    }
}

fn starring() -> LabelChange {
    LabelChange { add: vec![LabelId::known(LabelId::STARRED)], remove: vec![] }
}

/// A star that the provider is still to be told of.
fn starred(engine: &Engine, message: MessageId) -> ChangeId {
    let remote = RemoteMessage { message: CANARY.into(), thread: CANARY.into() };
    let put = |tx: &mut Write<'_>| tx.put(REMOTE_MESSAGES, message.as_bytes(), &remote);
    engine.store().write(engine.account(), Keep::Made, put).unwrap();
    engine.change_labels(&[engine.message(message).unwrap().thread], &starring()).unwrap();
    engine.pending_label_changes().unwrap()[0].id
}

/// What an operation shows of the other account: an error is nothing, and what it gives must not name them.
fn shows<T: std::fmt::Debug>(outcome: Result<T>) -> bool {
    match outcome {
        Ok(given) => format!("{given:?}").contains(CANARY) || format!("{given:?}").contains("canary-key"),
        Err(error) => format!("{error:?} {error}").contains(CANARY),
    }
}

fn refused<T: std::fmt::Debug>(outcome: Result<T>) -> bool {
    outcome.is_err_and(|error| matches!(error.code(), ErrorCode::NotFound | ErrorCode::BadInput))
}

/// Every operation that reads or changes what an account has, tried on the other's: its name, and whether it held.
#[allow(clippy::too_many_lines)] // all of it is a table
fn tried(engine: &Engine, theirs: &Theirs) -> Vec<(&'static str, bool)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let edit = DraftEdit { id: Some(theirs.draft), body: Some("overwritten".into()), ..DraftEdit::default() };
    let search = SearchRequest { query: CANARY.into(), limit: 10, by: SearchBy::Both };
    let mut template: Template = engine.templates().unwrap().into_iter().next().unwrap();
    template.id = theirs.template;
    let asking = ComposeRequest { answers: Some(theirs.message), intent: "yes".into(), ..ComposeRequest::default() };
    let revising =
        ComposeRequest { draft: Some(theirs.draft), revise: true, intent: "x".into(), ..ComposeRequest::default() };
    let mut ignored = |_: &crate::api::ImportProgress| {};
    let stop = CancellationToken::new();
    vec![
        ("drafts", !shows(engine.drafts())),
        ("draft_at_hand", engine.draft_at_hand().unwrap().is_none()),
        ("draft", refused(engine.draft(theirs.draft))),
        ("save_draft", refused(engine.save_draft(&edit))),
        ("keep_revision", refused(engine.keep_revision(theirs.draft))),
        ("settle_elsewhere", refused(engine.settle_elsewhere(theirs.draft, true))),
        ("delete_draft", {
            let _ = engine.delete_draft(theirs.draft);
            true
        }),
        ("attach", refused(engine.attach(theirs.draft, "x", None, b"x", false))),
        (
            "attach_path",
            refused(engine.attach_path(theirs.draft, &Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"), false)),
        ),
        ("detach", refused(engine.detach(theirs.draft, theirs.file))),
        ("reply_to", refused(engine.reply_to(theirs.message, true))),
        ("forward", refused(runtime.block_on(engine.forward(theirs.message)))),
        ("senders", !shows(engine.senders())),
        ("refresh_senders", runtime.block_on(engine.refresh_senders()).is_err()),
        ("export_eml", refused(engine.export_eml(theirs.draft))),
        ("mailto", refused(engine.mailto(theirs.draft))),
        ("outgoing", refused(engine.outgoing(theirs.draft, None))),
        ("queue", refused(engine.queue(theirs.draft, &"0".repeat(64), SendWhen::After { seconds: 0 }, None))),
        ("outbox", engine.outbox().unwrap().is_empty()),
        ("outbox_news", engine.outbox_news().is_empty()),
        ("undo", refused(engine.undo(theirs.waiting))),
        ("retry", refused(engine.retry(theirs.waiting))),
        ("settle_by_hand", refused(engine.settle_by_hand(theirs.waiting, true))),
        ("templates", !shows(engine.templates())),
        ("find_template", !shows(engine.find_template(&theirs.template.to_string(), None))),
        ("save_template", {
            let _ = engine.save_template(template);
            true
        }),
        ("delete_template", {
            let _ = engine.delete_template(theirs.template);
            true
        }),
        ("threads", !shows(engine.threads(&ThreadsView::default(), 0, 100))),
        ("labels", engine.labels().unwrap().iter().all(|label| label.threads == 0)),
        ("change_labels", refused(engine.change_labels(&[theirs.thread], &starring()))),
        ("relabel", refused(engine.relabel(&[Relabelled { message: theirs.message, add: vec![], remove: vec![] }]))),
        ("pending_label_changes", engine.pending_label_changes().unwrap().is_empty()),
        ("settle_label_change", engine.settle_label_change(theirs.change).is_ok()),
        ("thread", refused(engine.thread(theirs.thread))),
        ("message", refused(engine.message(theirs.message))),
        ("message_html", refused(runtime.block_on(engine.message_html(theirs.message, crate::api::ImagesAsk::Once)))),
        ("attachment", refused(runtime.block_on(engine.attachment(theirs.message, 0)))),
        ("sync", runtime.block_on(engine.sync(false, &mut |_| {}, &stop)).is_err()),
        ("search_server", runtime.block_on(engine.search_server(CANARY, 10)).is_err()),
        ("sync_state", engine.sync_state().is_ok_and(|state| state.done == 0)),
        ("pause_sync", engine.pause_sync(true).is_ok()),
        ("may_sync", !engine.may_sync()),
        ("sync_news", engine.sync_news().is_empty()),
        ("image_senders", engine.image_senders().unwrap().is_empty()),
        ("allow_images", engine.allow_images(&ADDRESS.parse().unwrap()).is_ok()),
        ("forget_images", engine.forget_images(&ADDRESS.parse().unwrap()).is_ok()),
        ("retention_preview", engine.retention_preview(30).is_ok_and(|due| due.of == 0)),
        ("apply_retention", {
            let mut settings = engine.settings().unwrap();
            settings.memory.keep_days = Some(30);
            engine.set_settings(settings.clone()).unwrap();
            let gone = engine.apply_retention(true, &mut |_, _| {}, &stop);
            settings.memory.keep_days = None;
            engine.set_settings(settings).unwrap();
            gone.is_ok_and(|gone| gone.of == 0 && gone.messages == 0)
        }),
        ("cool", engine.cool(&mut |_, _| {}, &stop).is_ok_and(|cooled| (cooled.older, cooled.packed) == (0, 0))),
        ("suggestions", {
            let to = vec![Person { name: None, address: ADDRESS.parse().unwrap() }];
            let own = SuggestionsRequest { to, about: CANARY.into(), ..SuggestionsRequest::default() };
            let of_theirs = SuggestionsRequest { answers: Some(theirs.message), ..SuggestionsRequest::default() };
            !shows(engine.suggestions(&own)) && refused(engine.suggestions(&of_theirs))
        }),
        ("find_message", refused(engine.find_message(ADDRESS))),
        ("people", !shows(engine.people("", 100)) && !shows(engine.people("can", 100))),
        ("mail_counts", engine.mail_counts().unwrap() == (0, 0)),
        ("me_candidates", !shows(engine.me_candidates())),
        ("import", !shows(engine.import(&ImportSource::Paths { paths: vec![] }, &mut ignored, &stop))),
        ("search", !shows(engine.search(&search))),
        ("memory_state", engine.memory_state().is_ok_and(|state| (state.embedded, state.messages) == (0, 0))),
        ("run_embedding", engine.run_embedding(&mut |_| {}, &stop).is_ok()),
        ("voice", !shows(engine.voice(Some(&ADDRESS.parse().unwrap())))),
        ("voice_profile", engine.voice_profile(Some(&ADDRESS.parse().unwrap())).is_ok_and(|told| told.letters == 0)),
        // What is said of one's own voice here is said here alone.
        ("correct_trait", {
            let value = Some(TraitValue::Line { line: "Ahoy,".into() });
            let own = TraitCorrection { to: None, kind: TraitKind::Greeting, value };
            engine.correct_trait(&own).is_ok_and(|profile| profile.letters == 0)
        }),
        ("switch_trait", engine.switch_trait(None, TraitKind::Length, false).is_ok_and(|profile| profile.letters == 0)),
        ("similar_sent", !shows(engine.similar_sent(CANARY, None, 10))),
        ("learn_from", refused(engine.learn_from(theirs.draft))),
        ("lessons", !shows(engine.lessons())),
        ("lesson", refused(engine.lesson(theirs.lesson))),
        ("edit_lesson", refused(engine.edit_lesson(theirs.lesson, &LessonEdit::default()))),
        ("switch_lesson", refused(engine.switch_lesson(theirs.lesson, false))),
        ("forget_lesson", refused(engine.forget_lesson(theirs.lesson))),
        ("forget_all_lessons", engine.forget_all_lessons().is_ok_and(|count| count == 0)),
        ("keys", engine.keys().unwrap().iter().all(|key| !key.set || key.from_environment)),
        ("forget_key", {
            let _ = engine.forget_key(Provider::Gemini);
            true
        }),
        ("settings", !shows(engine.settings()) && engine.settings().unwrap().budget_micros.is_none()),
        ("set_settings", !shows(engine.settings().and_then(|settings| engine.set_settings(settings)))),
        ("smtp_state", {
            let state = engine.smtp_state().unwrap();
            !state.password_set && !shows(Ok(state))
        }),
        ("smtp_guess", !shows(engine.smtp_guess(&"canary@gmx.de".parse().unwrap()))),
        ("try_smtp", runtime.block_on(engine.try_smtp()).is_ok_and(|tried| tried.outcome == SmtpOutcome::NotSetUp)),
        ("status", !shows(engine.status())),
        ("doctor", !shows(engine.doctor())),
        ("preview", refused(engine.preview(&ComposeRequest { model: Some(ModelChoice::Offline), ..asking }))),
        ("compose", refused(runtime.block_on(engine.compose(revising, &|_| {}, &stop)))),
        // Last: the same letter taken in here is a letter of this account's own, and no door to the other's.
        ("import_eml", engine.import_eml(mail().as_bytes()).is_ok_and(|own| own != theirs.message)),
        ("set_key", engine.set_key(Provider::Gemini, Secret::new("own-key".into())).is_ok()),
        // The same server here is not told the other's password.
        ("set_smtp", engine.set_smtp(server(SERVER)).is_ok_and(|own| !own.password_set)),
        ("set_smtp_password", engine.set_smtp_password(&Secret::new("own".into())).is_ok_and(|own| own.password_set)),
        ("forget_smtp_password", engine.forget_smtp_password().is_ok_and(|own| !own.password_set)),
    ]
}

/// Operations that are about the house: they list, make, order or lock accounts, or ask a provider about one. Which account is at work
/// makes no difference to them, and none of them gives mail, memory or a key. The outbox's worker works at its own desk only, which its
/// own tests show; so does what watches the mail, which is `sync`, again and again, and what reads it for its meaning, `run_embedding`.
const THE_HOUSES: &[&str] = &[
    "open",
    "in_memory",
    "in_account",
    "home",
    "account",
    "accounts",
    "account_of",
    "add_local_account",
    "edit_account",
    "order_accounts",
    "set_default_account",
    "default_account",
    "remove_account",
    "find_account",
    "sign_in",
    "sign_out",
    "refresh_profile",
    "refresh_old_profiles",
    "sign_in_state",
    "set_client",
    "forget_client",
    "read_client_file",
    "lock",
    "still_here",
    "make_recovery_code",
    "back_up",
    "backup_keys",
    "last_backup",
    "models",
    "embedding_models",
    "model_offer",
    "download_model",
    "use_model",
    "wake_outbox",
    "nudge_outbox",
    "run_outbox",
    "way_out",
    "watch_mail",
    "keep_embedding",
    "poke_sync",
];

/// The names of the engine's public operations, as its source has them.
fn public_operations(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            public_operations(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !path.to_string_lossy().contains("test")
        {
            let text = std::fs::read_to_string(&path).unwrap();
            let mut inside = false;
            for line in text.lines() {
                inside = if line.starts_with("impl Engine {") { true } else { inside && line != "}" };
                let name = line.strip_prefix("    pub fn ").or_else(|| line.strip_prefix("    pub async fn "));
                if let Some(name) = name.filter(|_| inside) {
                    found.insert(name.split(['(', '<']).next().unwrap().to_owned());
                }
            }
        }
    }
}

#[test]
fn an_account_reaches_nothing_of_anothers_by_any_operation() {
    let engine = Engine::in_memory().unwrap();
    let theirs = filled(&engine);
    let other: Account = engine.add_local_account("another").unwrap();
    let other = engine.in_account(other.id).unwrap();
    let tried = tried(&other, &theirs);
    for (operation, held) in &tried {
        assert!(held, "{operation} crossed into another account");
    }
    // And nothing of theirs was changed by the trying.
    let draft = engine.draft(theirs.draft).unwrap();
    assert_eq!((draft.body.as_str(), draft.files.len()), (CANARY, 1));
    assert_eq!(engine.message(theirs.message).unwrap().thread, theirs.thread);
    assert!(
        engine.templates().unwrap().iter().any(|template| template.id == theirs.template && template.name == CANARY)
    );
    assert!(engine.keys().unwrap().iter().any(|key| key.provider == Provider::Gemini && key.set));
    assert!(shows(engine.lesson(theirs.lesson)));
    assert_eq!(engine.outbox().unwrap().len(), 1);
    assert_eq!(engine.pending_label_changes().unwrap().len(), 1);
    assert_eq!(engine.image_senders().unwrap().len(), 1);
    assert!(engine.smtp_state().unwrap().password_set);
    assert!(!engine.sync_state().unwrap().paused);
    assert!(engine.voice_profile(None).unwrap().traits.iter().all(|one| one.state == TraitState::Learned));
    assert_eq!(engine.account(), theirs.account);
    let (mut known, mut found) = (BTreeSet::new(), BTreeSet::new());
    known.extend(
        tried.iter().map(|(name, _)| (*name).to_owned()).chain(THE_HOUSES.iter().map(|name| (*name).to_owned())),
    );
    public_operations(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    let untried: Vec<_> = found.difference(&known).collect();
    assert!(untried.is_empty(), "operations nobody tried with the wrong account: {untried:?}");
    let gone: Vec<_> = known.difference(&found).collect();
    assert!(gone.is_empty(), "the engine has no such operations any more: {gone:?}");
}

#[test]
fn the_very_same_ids_open_everything_for_their_own_account() {
    let engine = Engine::in_memory().unwrap();
    let theirs = filled(&engine);
    assert!(
        shows(engine.drafts())
            && shows(engine.draft(theirs.draft))
            && shows(engine.threads(&ThreadsView::default(), 0, 10))
    );
    assert!(shows(engine.thread(theirs.thread)) && shows(engine.templates()) && shows(engine.people("can", 10)));
    assert!(
        shows(engine.search(&SearchRequest { query: CANARY.into(), limit: 10, by: SearchBy::Both })),
        "or the test above proves nothing"
    );
}

#[tokio::test]
async fn a_removed_account_is_gone_from_every_operation_and_what_still_runs_for_it_brings_nothing_back() {
    let engine = Engine::in_memory().unwrap();
    let other = engine.add_local_account("short-lived").unwrap().id;
    let late = engine.in_account(other).unwrap();
    let theirs = filled(&late);
    engine.remove_account(other).await.unwrap();
    assert!(engine.in_account(other).is_err_and(|error| error.code() == ErrorCode::NotFound));
    assert!(late.draft(theirs.draft).is_err() && late.message(theirs.message).is_err());
    assert!(late.drafts().unwrap().is_empty());
    for refused in [
        late.save_draft(&DraftEdit { body: Some(CANARY.into()), ..DraftEdit::default() }).map(drop),
        late.import_eml(mail().as_bytes()).map(drop),
        late.set_key(Provider::Gemini, Secret::new("k".into())),
        engine.remove_account(other).await,
    ] {
        assert_eq!(refused.unwrap_err().code(), ErrorCode::NotFound);
    }
    assert_eq!(engine.accounts().unwrap().len(), 1);
}

#[tokio::test]
async fn the_last_account_leaves_an_empty_one_and_the_default_moves_on() {
    let engine = Engine::in_memory().unwrap();
    let (first, second) = (engine.account(), engine.add_local_account("second").unwrap().id);
    assert_eq!(engine.default_account().unwrap(), first);
    engine.set_default_account(second).unwrap();
    engine.remove_account(second).await.unwrap();
    assert_eq!(engine.default_account().unwrap(), first);
    engine.remove_account(first).await.unwrap();
    let left = engine.accounts().unwrap();
    assert!(left.len() == 1 && left[0].id != first && left[0].default);
    assert!(engine.in_account(left[0].id).unwrap().drafts().unwrap().is_empty());
}
