//! Whole data folders, backed up and restored, on the disk; with the power going at each moment.

use super::*;
use crate::account::{BackupAsk, read_backup};
use crate::api::{DraftEdit, OutboxState, Person, SendWhen, UnknownReason};
use crate::error::ErrorCode;
use crate::{Engine, Open};
use tempfile::TempDir;

const PASSPHRASE: &str = "correct horse";
const OWN: &str = "battery staple";

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn open(home: &Path, passphrase: &str) -> Result<Engine> {
    Engine::open(&Open { home: home.to_owned(), passphrase: Some(secret(passphrase)), ..Open::default() })
}

struct Desk {
    folder: TempDir,
}

impl Desk {
    /// A data folder with an account and a draft in it, closed.
    fn new(body: &str) -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        let engine = desk.open();
        engine.save_draft(&DraftEdit { body: Some(body.into()), ..DraftEdit::default() }).unwrap();
        desk
    }
    fn home(&self) -> PathBuf {
        self.folder.path().join("data")
    }
    fn file(&self) -> PathBuf {
        self.folder.path().join("mail.backup")
    }
    fn open(&self) -> Engine {
        open(&self.home(), PASSPHRASE).unwrap()
    }
    fn back_up(&self, engine: &Engine, own: Option<&str>) -> Result<crate::api::BackupReport> {
        let ask = BackupAsk { file: self.file(), passphrase: own.map(secret), replace: false };
        engine.back_up(&ask, &mut |_| {}, &CancellationToken::new())
    }
    fn ask(&self, home: &Path, given: &str) -> RestoreAsk {
        RestoreAsk { file: self.file(), home: home.to_owned(), passphrase: secret(given), ..RestoreAsk::default() }
    }
}

fn run(ask: &RestoreAsk) -> Result<RestoreReport> {
    restore(ask, &mut |_| {}, &CancellationToken::new())
}

fn bodies(engine: &Engine) -> Vec<String> {
    let drafts = engine.drafts().unwrap();
    let mut bodies: Vec<_> = drafts.iter().map(|draft| engine.draft(draft.id).unwrap().body).collect();
    bodies.sort();
    bodies
}

fn entries(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_backup_opens_elsewhere_with_its_passphrase_the_folders_or_the_recovery_code_and_with_nothing_else() {
    let desk = Desk::new("kept");
    let engine = desk.open();
    let code = engine.make_recovery_code().unwrap();
    assert_eq!(engine.last_backup().unwrap(), None);
    let made = desk.back_up(&engine, Some(OWN)).unwrap();
    assert_eq!(engine.last_backup().unwrap().as_ref(), Some(&made));
    assert_eq!(std::fs::metadata(desk.file()).unwrap().len(), made.bytes);
    let head = read_backup(&desk.file()).unwrap();
    assert!(head.own_passphrase && head.keys.recovery_code && head.keys.folder_passphrase && !head.secrets_in_keyring);
    assert_eq!((head.accounts, head.made), (1, made.made));
    for (n, given) in [OWN, PASSPHRASE, &code.to_lowercase()].into_iter().enumerate() {
        let home = desk.folder.path().join(format!("elsewhere {n}"));
        let report = run(&desk.ask(&home, given)).unwrap();
        assert_eq!((report.rows, report.kept_aside, report.letters_held), (made.rows, None, 0));
        assert_eq!(report.key_holder, KeyHolder::Passphrase);
        let given = if n == 2 {
            crate::account::recovery::normalised(&secret(given)).expose().to_owned()
        } else {
            given.into()
        };
        let back = open(&home, &given).unwrap();
        assert_eq!((bodies(&back), back.account()), (vec!["kept".to_owned()], engine.account()));
    }
    let home = desk.folder.path().join("wrong");
    assert_eq!(run(&desk.ask(&home, "wrong horse")).unwrap_err().code(), ErrorCode::PassphraseWrong);
    assert!(!home.exists() && !entries(desk.folder.path()).iter().any(|name| name.contains("restor")));
}

#[test]
fn nothing_is_overwritten_unless_it_was_said() {
    let desk = Desk::new("first");
    let engine = desk.open();
    desk.back_up(&engine, None).unwrap();
    assert_eq!(desk.back_up(&engine, None).unwrap_err().code(), ErrorCode::BadInput);
    engine.save_draft(&DraftEdit { body: Some("since".into()), ..DraftEdit::default() }).unwrap();
    let mut ask = desk.ask(&desk.home(), PASSPHRASE);
    assert_eq!(run(&ask).unwrap_err().code(), ErrorCode::InUse, "not under an open store");
    drop(engine);
    assert_eq!(run(&ask).unwrap_err().code(), ErrorCode::BadInput);
    assert_eq!(bodies(&desk.open()), ["first", "since"]);
    ask.replace = true;
    let report = run(&ask).unwrap();
    assert_eq!(bodies(&desk.open()), ["first"]);
    let aside = report.kept_aside.unwrap();
    assert_eq!(bodies(&open(&aside, PASSPHRASE).unwrap()), ["first", "since"], "what was there is kept");
}

#[test]
fn the_power_may_go_at_any_moment_and_one_whole_store_is_there() {
    let desk = Desk::new("in the backup");
    let engine = desk.open();
    desk.back_up(&engine, None).unwrap();
    engine.save_draft(&DraftEdit { body: Some("since".into()), ..DraftEdit::default() }).unwrap();
    drop(engine);
    let (old, new) = (vec!["in the backup".to_owned(), "since".to_owned()], vec!["in the backup".to_owned()]);
    let moments = [(Moment::Built, &old), (Moment::Named, &old), (Moment::Aside, &new), (Moment::Placed, &new)];
    for (goes, expected) in moments {
        let ask = RestoreAsk { replace: true, ..desk.ask(&desk.home(), PASSPHRASE) };
        let mut power = |at| if at == goes { Err(Error::Cancelled) } else { Ok(()) };
        restored(&ask, &mut |_| {}, &CancellationToken::new(), &mut power).unwrap_err();
        assert_eq!(&bodies(&desk.open()), expected, "{goes:?}");
        let left = entries(desk.folder.path());
        assert!(!left.iter().any(|name| name.ends_with(BUILDING) || name.ends_with(WHOLE)), "{goes:?}: {left:?}");
        // As it was, for the next moment.
        let engine = desk.open();
        if bodies(&engine) == new {
            engine.save_draft(&DraftEdit { body: Some("since".into()), ..DraftEdit::default() }).unwrap();
        }
    }
}

#[test]
fn a_damaged_file_is_named_with_its_place_and_changes_nothing() {
    let desk = Desk::new("kept");
    desk.back_up(&desk.open(), None).unwrap();
    let whole = std::fs::read(desk.file()).unwrap();
    let damages: [(&str, Vec<u8>, &str); 4] = [
        ("nothing", vec![], "no backup"),
        ("another file", b"a letter to somebody".to_vec(), "no backup"),
        ("cut short", whole[..whole.len() / 2].to_vec(), "cut short"),
        (
            "a byte",
            {
                let mut bytes = whole.clone();
                let at = bytes.len() / 2;
                bytes[at] ^= 1;
                bytes
            },
            "damaged",
        ),
    ];
    for (name, bytes, says) in damages {
        std::fs::write(desk.file(), bytes).unwrap();
        let refused = run(&RestoreAsk { replace: true, ..desk.ask(&desk.home(), PASSPHRASE) }).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::BackupBroken, "{name}: {refused}");
        assert!(refused.to_string().contains(says) && refused.to_string().contains("at byte"), "{name}: {refused}");
        assert_eq!(bodies(&desk.open()), ["kept"], "{name}");
    }
    assert!(!entries(desk.folder.path()).iter().any(|name| name.contains("restor")));
}

#[test]
fn a_letter_that_was_on_its_way_is_held_for_the_persons_word() {
    let desk = Desk::new("unsent");
    let engine = desk.open();
    let mut settings = engine.settings().unwrap();
    let person = |address: &str| Person { name: None, address: address.parse().unwrap() };
    settings.me = vec![person("mara@example.com")];
    engine.set_settings(settings).unwrap();
    let edit =
        DraftEdit { to: Some(vec![person("dana@example.org")]), body: Some("Hello.".into()), ..DraftEdit::default() };
    let draft = engine.save_draft(&edit).unwrap().id;
    let approval = engine.outgoing(draft, None).unwrap().approval;
    let item = engine.queue(draft, &approval, SendWhen::After { seconds: 30 }, None).unwrap();
    desk.back_up(&engine, None).unwrap();
    let home = desk.folder.path().join("elsewhere");
    assert_eq!(run(&desk.ask(&home, PASSPHRASE)).unwrap().letters_held, 1);
    let back = open(&home, PASSPHRASE).unwrap();
    let held = back.outbox().unwrap();
    assert!(matches!(held[0].state, OutboxState::Unknown { why: UnknownReason::Restored, .. }));
    assert!(held[0].can_settle && !held[0].can_retry && held[0].id == item.id);
    assert!(matches!(back.settle_by_hand(item.id, true).unwrap().state, OutboxState::Sent { .. }));
}

#[test]
fn all_accounts_come_back_and_a_folder_that_was_empty_leaves_nothing_aside() {
    let desk = Desk::new("one");
    let engine = desk.open();
    let second = engine.add_local_account("second").unwrap();
    let other = engine.in_account(second.id).unwrap();
    other.save_draft(&DraftEdit { body: Some("two".into()), ..DraftEdit::default() }).unwrap();
    desk.back_up(&engine, None).unwrap();
    let home = desk.folder.path().join("empty");
    std::fs::create_dir(&home).unwrap();
    assert_eq!(run(&desk.ask(&home, PASSPHRASE)).unwrap().kept_aside, None);
    let back = open(&home, PASSPHRASE).unwrap();
    assert_eq!(back.accounts().unwrap().len(), 2);
    assert_eq!(bodies(&back.in_account(second.id).unwrap()), ["two"]);
    assert!(!entries(desk.folder.path()).iter().any(|name| name.contains("before-restore")));
}
