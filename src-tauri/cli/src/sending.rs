//! `epistle draft`, `send` and `outbox`: shows what would leave, asks, and tells how it goes. It sends nothing that nobody approved.

use crate::args::{DraftAction, Outbox, OutboxAction, Send, Version};
use crate::fail::Failure;
use crate::import::runtime;
use crate::open::{Door, somebody_there};
use crate::out::{Out, fit, one_line, plain};
use crate::people::shown;
use epistle_engine::Engine;
use epistle_engine::api::{
    Draft, EmailAddress, FailReason, OutboxId, OutboxItem, OutboxState, Outgoing, Person, Question, QuestionKind,
    SendWhen, UnixMillis, UnknownReason, WaitReason, WayOut,
};
use epistle_engine::error::{Error, ErrorCode};
use epistle_engine::ids::DraftId;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::io::Write;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

pub(crate) fn draft(action: DraftAction, door: &Door, out: &mut Out) -> Result<(), Failure> {
    match action {
        DraftAction::Show { id, from, json } => {
            let outgoing = door.engine()?.outgoing(id.parse::<DraftId>()?, address(from)?.as_ref())?;
            if json {
                out.json(&outgoing)
            } else {
                show(&outgoing, out)
            }
            Ok(())
        }
        DraftAction::Keep { id, version } => {
            let draft = door.engine()?.settle_elsewhere(id.parse::<DraftId>()?, version == Version::Gmail)?;
            out.text(&format!("{}\n", draft.body));
            Ok(())
        }
        DraftAction::Delete { id } => {
            door.engine()?.delete_draft(id.parse::<DraftId>()?)?;
            out.note("deleted");
            Ok(())
        }
        DraftAction::Attach { id, paths } => {
            let (engine, id) = (door.engine()?, id.parse::<DraftId>()?);
            for path in paths {
                engine.attach_path(id, &path, false)?;
            }
            files(&engine.draft(id)?, out)
        }
        DraftAction::Detach { id, file } => {
            let engine = door.engine()?;
            let draft = engine.draft(id.parse::<DraftId>()?)?;
            let found = draft.files.iter().find(|known| known.id.to_string() == file || known.name == file);
            let found = found.ok_or_else(|| Error::not_found("file", &file))?;
            files(&engine.detach(draft.id, found.id)?, out)
        }
    }
}

/// What goes with a draft, a file a line.
fn files(draft: &Draft, out: &mut Out) -> Result<(), Failure> {
    for file in &draft.files {
        out.line(&format!("{}  {} ({}, {} bytes)", file.id, one_line(&file.name), file.media_type, file.size));
    }
    if draft.files.is_empty() {
        out.note("nothing goes with it");
    }
    for file in &draft.missing {
        let why = if file.never { "it cannot come here" } else { "the next sync asks for it again" };
        out.note(&format!("only at Gmail: {} ({} bytes): {why}", one_line(&file.name), file.size));
    }
    Ok(())
}

pub(crate) fn send(args: &Send, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let engine = door.engine()?;
    let (id, from) = (args.id.parse::<DraftId>()?, address(args.from.clone())?);
    let outgoing = engine.outgoing(id, from.as_ref())?;
    let approval = match &args.approve {
        Some(approval) => approval.clone(),
        None if ask(&outgoing, out)? => outgoing.approval.clone(),
        None => {
            out.note("nothing was sent; the draft is as it was");
            return Ok(());
        }
    };
    let seconds = args.undo.map_or_else(|| settled_seconds(&engine, args), Ok)?;
    let when = match &args.at {
        Some(text) => SendWhen::At { time: time(text)? },
        None => SendWhen::After { seconds },
    };
    let item = engine.queue(id, &approval, when, from.as_ref())?;
    crate::lessons::learn(&engine, id, out);
    if args.queue {
        return ended(&item, args.json, out);
    }
    carry(&engine, item.id, args.json, out)
}

fn settled_seconds(engine: &Engine, args: &Send) -> Result<u32, Error> {
    Ok(if args.approve.is_some() { 0 } else { engine.settings()?.undo_seconds })
}

pub(crate) fn outbox(args: Outbox, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let engine = door.engine()?;
    let json = args.json;
    match args.action.unwrap_or(OutboxAction::List) {
        OutboxAction::List => list(&engine, json, out),
        OutboxAction::Undo { id } => ended(&engine.undo(named(&engine, &id)?)?, json, out),
        OutboxAction::Retry { id } => {
            let item = engine.retry(named(&engine, &id)?)?;
            carry(&engine, item.id, json, out)
        }
        OutboxAction::Settle { id, sent, not_sent } => {
            let id = named(&engine, &id)?;
            if !sent && !not_sent {
                return carry(&engine, engine.retry(id)?.id, json, out);
            }
            ended(&engine.settle_by_hand(id, sent)?, json, out)
        }
        OutboxAction::Run => run(&engine, json, out),
    }
}

fn list(engine: &Engine, json: bool, out: &mut Out) -> Result<(), Failure> {
    let items = engine.outbox()?;
    if items.is_empty() {
        out.note("the outbox is empty: epistle send DRAFT");
    }
    for item in &items {
        if json {
            out.json(item);
            continue;
        }
        let subject = if item.subject.is_empty() { "(no subject)".into() } else { one_line(&item.subject) };
        let people: Vec<_> = item.to.iter().chain(&item.cc).chain(&item.bcc).map(shown).collect();
        out.line(&format!("{}  {}", out.bold(&subject), fit(&one_line(&people.join(", ")), 80)));
        out.line(&format!("  {}", state_words(&item.state)));
        out.line(&out.dim(&format!("  {}", item.id)));
    }
    Ok(())
}

/// Sends whatever can be sent now, one after another.
fn run(engine: &Engine, json: bool, out: &mut Out) -> Result<(), Failure> {
    engine.nudge_outbox()?;
    let due: Vec<_> = engine.outbox()?.into_iter().filter(|item| !rests(&item.state)).map(|item| item.id).collect();
    if due.is_empty() {
        out.note("nothing can be sent now");
    }
    let mut told = Ok(());
    for id in due {
        if let Err(failure) = carry(engine, id, json, out) {
            told = Err(failure);
        }
    }
    told
}

/// Whether nothing more comes of it while somebody waits at a terminal.
fn rests(state: &OutboxState) -> bool {
    match state {
        OutboxState::Waiting { until, reason: WaitReason::Time } => *until > now() + 60_000,
        OutboxState::Waiting { reason, .. } => *reason != WaitReason::Provider,
        OutboxState::Sending | OutboxState::Settling { .. } => false,
        OutboxState::Sent { .. }
        | OutboxState::Failed { .. }
        | OutboxState::Unknown { .. }
        | OutboxState::Undone { .. } => true,
    }
}

/// Works the outbox until this message rests, and tells what it came to.
fn carry(engine: &Engine, id: OutboxId, json: bool, out: &mut Out) -> Result<(), Failure> {
    let missing = match engine.way_out()? {
        WayOut::Gmail | WayOut::Smtp { .. } => None,
        WayOut::GrantMissing { .. } => Some(ErrorCode::GmailGrantMissing),
        WayOut::SignInAgain => Some(ErrorCode::SignInAgain),
        WayOut::None => Some(ErrorCode::GmailOff),
    };
    if let Some(code) = missing {
        out.note(&format!("it waits in the outbox: this account has no way out now [{}]", code.as_str()));
        if let Some(hint) = crate::fail::hint(code) {
            out.note(&format!("  {hint}"));
        }
        if json {
            out.json(&item_of(engine, id)?);
        }
        return Err(Failure::Told(code));
    }
    let item = runtime()?.block_on(follow(engine, id, out))?;
    ended(&item, json, out)
}

async fn follow(engine: &Engine, id: OutboxId, out: &mut Out) -> Result<OutboxItem, Error> {
    let (mut news, stop) = (engine.outbox_news(), CancellationToken::new());
    let mut working = std::pin::pin!(engine.run_outbox(&stop));
    loop {
        let item = item_of(engine, id)?;
        if rests(&item.state) {
            break;
        }
        out.redraw(&progress(&item));
        tokio::select! {
            ended = &mut working => return ended.and_then(|()| item_of(engine, id)),
            _ = news.recv() => {}
            () = tokio::time::sleep(Duration::from_millis(500)) => {}
            _ = tokio::signal::ctrl_c() => {
                if item.can_undo {
                    engine.undo(id)?;
                } else {
                    break;
                }
            }
        }
    }
    out.clear();
    stop.cancel();
    working.await?;
    item_of(engine, id)
}

fn progress(item: &OutboxItem) -> String {
    match &item.state {
        OutboxState::Waiting { until, reason: WaitReason::Time } => {
            format!("sending in {} s (Ctrl-C takes it back)", (until - now()).max(0).div_euclid(1000) + 1)
        }
        state => state_words(state),
    }
}

/// Tells what a message came to; what did not leave, and is not meant to wait, is a failure.
fn ended(item: &OutboxItem, json: bool, out: &mut Out) -> Result<(), Failure> {
    if json {
        out.json(item);
    }
    out.note(&state_words(&item.state));
    match &item.state {
        OutboxState::Waiting { reason: WaitReason::Offline, .. } => Err(Failure::Told(ErrorCode::GmailUnreachable)),
        OutboxState::Waiting { reason: WaitReason::SignIn, .. } => Err(Failure::Told(ErrorCode::SignInAgain)),
        OutboxState::Failed { why: FailReason::SaidNotSent, .. } => Ok(()),
        OutboxState::Failed { .. } => Err(Failure::Told(ErrorCode::GmailRefused)),
        OutboxState::Unknown { .. } => {
            out.note(&format!(
                "  look in Sent at your provider, then: epistle outbox settle {} --sent, or --not-sent",
                item.id
            ));
            Err(Failure::Told(ErrorCode::GmailUnreachable))
        }
        _ => Ok(()),
    }
}

fn item_of(engine: &Engine, id: OutboxId) -> Result<OutboxItem, Error> {
    engine.outbox()?.into_iter().find(|item| item.id == id).ok_or_else(|| Error::not_found("outbox item", id))
}

/// The message an id, or its first digits, names.
fn named(engine: &Engine, given: &str) -> Result<OutboxId, Failure> {
    if let Ok(id) = given.parse() {
        return Ok(id);
    }
    let found: Vec<_> = engine.outbox()?.into_iter().filter(|item| item.id.to_string().starts_with(given)).collect();
    match found.as_slice() {
        [one] if !given.is_empty() => Ok(one.id),
        [] => Err(Error::not_found("outbox item", given).into()),
        _ => Err(Failure::Usage(format!("“{given}” is the beginning of more than one id: give more of it"))),
    }
}

/// Shows what would leave and asks; somebody must be there to answer.
fn ask(outgoing: &Outgoing, out: &mut Out) -> Result<bool, Failure> {
    if !somebody_there() {
        return Err(Failure::Usage(
            "nobody is here to be asked: look at it with epistle draft show ID --json, then give --approve HASH".into(),
        ));
    }
    show(outgoing, out);
    let _ = write!(std::io::stderr().lock(), "\nSend it? [y/N] ");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(|e| Error::io("read from", "the terminal", e))?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

fn show(outgoing: &Outgoing, out: &mut Out) {
    let people = |people: &[Person]| one_line(&people.iter().map(shown).collect::<Vec<_>>().join(", "));
    out.line(&format!("From: {}", people(std::slice::from_ref(&outgoing.from))));
    for (name, field) in [("To", &outgoing.to), ("Cc", &outgoing.cc), ("Bcc", &outgoing.bcc)] {
        if !field.is_empty() {
            out.line(&format!("{name}: {}", people(field)));
        }
    }
    out.line(&format!("Subject: {}\n\n{}", one_line(&outgoing.subject), plain(&outgoing.text).trim_end()));
    for file in &outgoing.attachments {
        out.line(&out.dim(&format!("attached: {} ({}, {} bytes)", one_line(&file.name), file.media_type, file.size)));
    }
    for question in &outgoing.questions {
        out.note(&format!("look: {}", question_words(question)));
    }
    out.line(&out.dim(&format!("\napproval {}", outgoing.approval)));
}

fn question_words(question: &Question) -> String {
    let about = one_line(&question.about);
    match question.kind {
        QuestionKind::NoSubject => "it has no subject".into(),
        QuestionKind::EmptyBody => "it has no text".into(),
        QuestionKind::NothingAttached => format!("it says “{about}”, and nothing is attached"),
        QuestionKind::FilesMissing => format!("at Gmail it has files that are not here and would not go: {about}"),
        QuestionKind::GoneElsewhere => "Gmail has this draft no more: it may have been sent there".into(),
        QuestionKind::OddDomain => format!("{about} looks mistyped"),
        QuestionKind::ManyRecipients => format!("it goes to {about} people"),
        QuestionKind::PlaceholderLeft => format!("a blank is left: {about}"),
        QuestionKind::OtherName => format!("it names {about}, who is not among the recipients"),
        QuestionKind::Unsupported => format!("“{about}” was found nowhere"),
        QuestionKind::CopiedFromOthers => format!("this stands in a letter to somebody else: “{about}”"),
        QuestionKind::FromOther => {
            format!("it answers a message that came to {about}, and leaves from another address")
        }
    }
}

fn state_words(state: &OutboxState) -> String {
    match state {
        OutboxState::Waiting { until, reason } => match reason {
            WaitReason::Time => format!("waits until {}", clock(*until)),
            WaitReason::Offline => "waits for the network; it is sent when it is back (epistle outbox run)".into(),
            WaitReason::Provider => format!("the provider asks to wait; tried again at {}", clock(*until)),
            WaitReason::SignIn => "waits for you to sign in, or to allow sending".into(),
        },
        OutboxState::Sending => "on its way".into(),
        OutboxState::Settling { .. } => {
            "its answer was lost; the provider is asked what became of it, and it is not sent again".into()
        }
        OutboxState::Sent { at, .. } => format!("sent {}", clock(*at)),
        OutboxState::Failed { why, said } => {
            let why = match why {
                FailReason::Refused => "not sent: it was refused",
                FailReason::GaveUp => "not sent: the provider could not take it however often it was tried",
                FailReason::SaidNotSent => "not sent, as you said",
            };
            said.as_ref().map_or_else(|| why.to_owned(), |said| format!("{why}: {}", one_line(said)))
        }
        OutboxState::Unknown { why, .. } => format!("may have been sent: {}", unknown_words(*why)),
        OutboxState::Undone { at } => format!("taken back {}", clock(*at)),
    }
}

fn unknown_words(why: UnknownReason) -> &'static str {
    match why {
        UnknownReason::AnswerLost => "the answer was lost, and nobody can be asked",
        UnknownReason::Interrupted => "Epistle ended while it was being sent, and nobody can be asked",
        UnknownReason::NoTrace => "the provider has neither the draft nor the message",
        UnknownReason::CannotAsk => "the provider could not be asked",
        UnknownReason::InDoubt => "an answer was lost, and what was tried since did not succeed",
        UnknownReason::Restored => "it was waiting when the backup was made, and may have left since",
    }
}

fn clock(at: UnixMillis) -> String {
    let at = Timestamp::from_millisecond(at).ok().map(|at| at.to_zoned(TimeZone::system()));
    at.map_or_else(String::new, |at| at.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

fn now() -> UnixMillis {
    Timestamp::now().as_millisecond()
}

fn address(given: Option<String>) -> Result<Option<EmailAddress>, Failure> {
    Ok(given.map(|given| given.parse()).transpose()?)
}

/// A time with its offset, or one of this machine's own zone.
fn time(text: &str) -> Result<UnixMillis, Failure> {
    let zoned = text.parse::<Timestamp>().ok();
    let local =
        || text.parse::<jiff::civil::DateTime>().ok()?.to_zoned(TimeZone::system()).ok().map(|at| at.timestamp());
    let at = zoned.or_else(local).ok_or_else(|| {
        Failure::Usage(format!("“{text}” is no time: give it as 2026-12-01T09:00, or with an offset at its end"))
    })?;
    Ok(at.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_this_machines_or_says_where() {
        assert_eq!(time("1970-01-01T01:00:00+01:00").ok(), Some(0));
        assert_eq!(time("1970-01-01T00:00Z").ok(), Some(0));
        assert!(time("2026-12-01T09:00").is_ok());
        for bad in ["", "tomorrow", "09:00"] {
            assert!(matches!(time(bad), Err(Failure::Usage(_))), "{bad}");
        }
    }

    #[test]
    fn a_terminal_waits_for_what_comes_soon_and_for_nothing_else() {
        let waiting = |until, reason| OutboxState::Waiting { until, reason };
        for (state, rest) in [
            (waiting(now() + 1_000, WaitReason::Time), false),
            (waiting(now() + 3_600_000, WaitReason::Time), true),
            (waiting(now() + 1_000, WaitReason::Provider), false),
            (waiting(now() + 1_000, WaitReason::Offline), true),
            (waiting(now() + 1_000, WaitReason::SignIn), true),
            (OutboxState::Sending, false),
            (OutboxState::Settling { since: 0 }, false),
            (OutboxState::Sent { at: 0, message: None }, true),
        ] {
            assert_eq!(rests(&state), rest, "{state:?}");
        }
    }
}
