//! `epistle backup`, `restore` and `retention`. What a backup holds and what goes is the engine's; here it is told and asked.

use crate::args;
use crate::fail::Failure;
use crate::import::{runtime, stopped_by_ctrl_c};
use crate::open::{Door, keyring, read_secret, somebody_there};
use crate::out::Out;
use epistle_engine::Engine;
use epistle_engine::account::{BackupAsk, RestoreAsk, default_home, read_backup, restore as restore_backup};
use epistle_engine::api::{BackupHead, BackupProgress, RestoreReport, Retention};
use epistle_engine::error::{Error, ErrorCode};
use epistle_engine::secrets::Secret;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// The passphrase of a backup, where the environment gives it.
const PASSPHRASE: &str = "EPISTLE_BACKUP_PASSPHRASE";

pub(crate) fn backup(args: &args::Backup, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let engine = door.house()?;
    let passphrase = if args.passphrase { Some(new_passphrase()?) } else { around() };
    let ask = BackupAsk { file: args.file.clone(), passphrase, replace: args.replace };
    let report = watched(out, |progress, stop| engine.back_up(&ask, progress, stop))?;
    if args.json {
        out.json(&report);
    } else {
        out.line(&format!("{} rows, {} bytes: {}", report.rows, report.bytes, report.file.display()));
        let head = read_backup(&report.file)?;
        out.note(&format!("opens with {}", ways(&head).join(", or ")));
        if head.secrets_in_keyring {
            out.note("not in it: sign-ins, API keys and passwords, which stay in this machine's keyring");
        }
    }
    Ok(())
}

pub(crate) fn restore(args: &args::Restore, out: &mut Out) -> Result<(), Failure> {
    let head = read_backup(&args.file)?;
    if args.show {
        return show(&head, args.json, out);
    }
    let passphrase = match around() {
        Some(given) => given,
        None => read_secret(&format!("What opens it ({}): ", ways(&head).join(", or ")))?,
    };
    let home = args.to.clone().unwrap_or_else(default_home);
    let ask = RestoreAsk { file: args.file.clone(), home, passphrase, replace: args.replace, use_keyring: keyring() };
    let report = watched(out, |progress, stop| restore_backup(&ask, progress, stop))?;
    if args.json {
        out.json(&report);
    } else {
        tell_restored(&report, out);
    }
    Ok(())
}

pub(crate) fn retention(args: &args::Retention, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let engine = door.engine()?;
    let mut settings = engine.settings()?;
    let set = settings.memory.keep_days;
    if args.forever {
        settings.memory.keep_days = None;
        engine.set_settings(settings)?;
        out.note("all mail is kept from now on; what went does not come back by itself");
        return Ok(());
    }
    let Some(days) = args.keep_days.or(set) else {
        out.line("all mail is kept; epistle retention --keep-days N sets a limit");
        return Ok(());
    };
    let due = engine.retention_preview(days)?;
    if args.dry_run {
        return told(&due, "would go", args.json, out);
    }
    // A limit that was set was agreed to; a new one is asked about, with its number.
    if args.keep_days.is_some() && set != args.keep_days && !args.yes {
        agree(&due, days)?;
    }
    if set != Some(days) {
        settings.memory.keep_days = Some(days);
        engine.set_settings(settings)?;
    }
    let gone = take_away(&engine, set != Some(days), out)?;
    told(&gone, "went", args.json, out)
}

fn take_away(engine: &Engine, thorough: bool, out: &mut Out) -> Result<Retention, Failure> {
    watched(out, |progress, stop| {
        engine.apply_retention(thorough, &mut |done, total| progress(&BackupProgress { done, total }), stop)
    })
}

fn agree(due: &Retention, days: u32) -> Result<(), Failure> {
    let asks = format!(
        "{} of {} messages are older than {days} days and go from this machine for good. Type yes to go on: ",
        due.messages, due.of
    );
    if !somebody_there() {
        return Err(Failure::Usage(format!("{} messages would go: say --yes, or see --dry-run", due.messages)));
    }
    match read_secret(&asks)?.expose() {
        "yes" => Ok(()),
        _ => Err(Failure::Told(ErrorCode::Cancelled)),
    }
}

fn told(retention: &Retention, how: &str, json: bool, out: &mut Out) -> Result<(), Failure> {
    if json {
        out.json(retention);
        return Ok(());
    }
    out.line(&format!("{} of {} messages {how}", retention.messages, retention.of));
    if retention.at_gmail > 0 {
        out.note(&format!("{} of them are at Gmail, and stay there", retention.at_gmail));
    }
    if retention.held > 0 {
        out.note(&format!("{} more are as old, and stay because drafts answer them", retention.held));
    }
    Ok(())
}

fn show(head: &BackupHead, json: bool, out: &mut Out) -> Result<(), Failure> {
    if json {
        out.json(head);
        return Ok(());
    }
    let made = jiff::Timestamp::from_millisecond(head.made).map_or_else(|_| String::new(), |at| at.to_string());
    out.line(&format!("made {made} by Epistle {}", head.epistle));
    out.line(&format!("{} accounts, {} messages", head.accounts, head.messages));
    out.line(&format!("opens with {}", ways(head).join(", or ")));
    if head.secrets_in_keyring {
        out.line("without sign-ins, API keys and passwords, which were in a keyring");
    }
    Ok(())
}

fn tell_restored(report: &RestoreReport, out: &mut Out) {
    out.line(&format!("{} rows, each unsealed: {}", report.rows, report.home.display()));
    if let Some(aside) = &report.kept_aside {
        out.note(&format!("what was there before is kept: {}", aside.display()));
    }
    if report.secrets_missing {
        out.note(
            "sign in again and give API keys and passwords again: they were in the keyring, and are not in a backup",
        );
    }
    if report.letters_held > 0 {
        let held = report.letters_held;
        out.note(&format!("{held} letters were waiting to leave and may have left since: epistle outbox"));
    }
}

/// What opens a backup, in words.
fn ways(head: &BackupHead) -> Vec<&'static str> {
    let ways = [
        (head.own_passphrase, "its own passphrase"),
        (head.keys.folder_passphrase, "the data folder's passphrase"),
        (head.keys.recovery_code, "the recovery code"),
    ];
    ways.into_iter().filter_map(|(there, way)| there.then_some(way)).collect()
}

fn around() -> Option<Secret> {
    std::env::var(PASSPHRASE).ok().map(Secret::new).filter(|given| !given.is_empty())
}

fn new_passphrase() -> Result<Secret, Failure> {
    if let Some(given) = around() {
        return Ok(given);
    }
    let passphrase = read_secret("A passphrase for this backup: ")?;
    if somebody_there() && read_secret("Once more: ")?.expose() != passphrase.expose() {
        return Err(Failure::Usage("the two passphrases differ".into()));
    }
    if passphrase.is_empty() {
        return Err(Failure::Usage("the passphrase is empty".into()));
    }
    Ok(passphrase)
}

/// Runs what takes a while on this thread, with progress on stderr; Ctrl-C stops it.
pub(crate) fn watched<R>(
    out: &mut Out,
    work: impl FnOnce(&mut dyn FnMut(&BackupProgress), &CancellationToken) -> Result<R, Error>,
) -> Result<R, Failure> {
    let stop = CancellationToken::new();
    let runtime = runtime()?;
    runtime.spawn(stopped_by_ctrl_c(stop.clone()));
    let mut last = Instant::now();
    let mut progress = |at: &BackupProgress| {
        let every = Duration::from_millis(if out.quiet() { 5_000 } else { 100 });
        if last.elapsed() >= every {
            last = Instant::now();
            let step = format!("{:>3} %", at.done.saturating_mul(100).checked_div(at.total).unwrap_or(0));
            if out.quiet() { out.note(&step) } else { out.redraw(&step) }
        }
    };
    let done = work(&mut progress, &stop);
    out.clear();
    Ok(done?)
}
