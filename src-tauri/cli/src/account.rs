//! `epistle account`: who is here, which is which, and the lock. What an account is, is the engine's.

use crate::args::{self, AccountAction};
use crate::fail::Failure;
use crate::import::runtime;
use crate::open::{self, Door};
use crate::out::Out;
use crate::{client, sign_in, smtp, who};
use epistle_engine::Engine;
use epistle_engine::api::{Account, AccountEdit, AccountState, Grant, KeyHolder, SignInAgainReason};
use epistle_engine::error::{Error, ErrorCode};
use std::io::Write;

pub(crate) fn account(args: args::Account, door: &Door, out: &mut Out) -> Result<(), Failure> {
    match args.action {
        AccountAction::Add(args) => sign_in::add(&args, door, out),
        AccountAction::List { refresh, json } => list(refresh, json, door, out),
        AccountAction::Default { account } => make_default(&account, door, out),
        AccountAction::Remove { account, yes } => remove(&account, yes, door, out),
        AccountAction::SignOut { account } => sign_out(&account, door, out),
        AccountAction::Edit(args) => edit(args, door, out),
        AccountAction::Order { accounts } => order(&accounts, door, out),
        AccountAction::Client(args) => client::client(args, door, out),
        AccountAction::Smtp(args) => smtp::smtp(args, door, out),
        AccountAction::Lock => lock(door, out),
        AccountAction::Unlock { recovery_code } => unlock(recovery_code, door, out),
        AccountAction::RecoveryCode => recovery_code(door, out),
    }
}

fn list(refresh: bool, json: bool, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let engine = door.house()?;
    let failed = if refresh { ask_again(&engine, out)? } else { None };
    for account in engine.accounts()? {
        if json {
            out.json(&account);
        } else {
            out.line(&line(&account, out));
        }
    }
    failed.map_or(Ok(()), |code| Err(Failure::Told(code)))
}

/// Asks every provider who it is. What fails is told and does not stop the others; the last of it is given.
fn ask_again(engine: &Engine, out: &mut Out) -> Result<Option<ErrorCode>, Failure> {
    let runtime = runtime()?;
    let mut failed = None;
    for account in engine.accounts()?.into_iter().filter(|account| account.state == AccountState::SignedIn) {
        if let Err(error) = runtime.block_on(engine.refresh_profile(account.id)) {
            failed = Some(error.code());
            out.note(&who::named(&account));
            Failure::from(error).tell(out);
        }
    }
    Ok(failed)
}

fn line(account: &Account, out: &Out) -> String {
    let mark = if account.default { "*" } else { " " };
    let granted: Vec<_> = account.granted.iter().copied().map(grant).collect();
    let granted = if granted.is_empty() { String::new() } else { format!("  ({})", granted.join(", ")) };
    let id = out.dim(&account.id.to_string());
    let address = who::named(account);
    let title = who::title(account);
    let name = if address.ends_with(&title) { address } else { format!("{title}  {address}") };
    format!("{mark} {}  {}{granted}  {id}", out.bold(&name), state(&account.state))
}

fn grant(grant: Grant) -> &'static str {
    match grant {
        Grant::Profile => "who you are",
        Grant::ReadMail => "read mail",
        Grant::SendMail => "send mail",
        Grant::OrganiseMail => "organise mail",
    }
}

fn state(state: &AccountState) -> &'static str {
    match state {
        AccountState::Local => "on this machine only",
        AccountState::SignedIn => "signed in",
        AccountState::SignedOut { revoked: true } => "signed out",
        AccountState::SignedOut { revoked: false } => "signed out; its provider was not told",
        AccountState::SignInAgain { reason, .. } => match reason {
            SignInAgainReason::Revoked => "sign in again: access was taken back, or the password changed",
            SignInAgainReason::TestingMode => {
                "sign in again: the consent screen is in Testing mode, which ends a sign-in after seven days"
            }
            SignInAgainReason::ProveAgain => "sign in again: the provider wants a proof of who you are",
            SignInAgainReason::TokenLost => "sign in again: its token is no longer in the keyring",
        },
    }
}

fn make_default(given: &str, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let engine = door.house()?;
    let account = who::account(&engine, given)?;
    engine.set_default_account(account.id)?;
    out.note(&format!("Epistle opens with {} from now on", who::named(&account)));
    Ok(())
}

fn remove(given: &str, yes: bool, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let engine = door.house()?;
    let account = who::account(&engine, given)?;
    let name = who::named(&account);
    if !yes {
        out.note(&goes(&engine, &account)?);
        if !agreed(&name)? {
            return Err(Error::Cancelled.into());
        }
    }
    runtime()?.block_on(engine.remove_account(account.id))?;
    out.note(&format!("removed {name}"));
    Ok(())
}

/// What removing an account takes with it.
fn goes(engine: &Engine, account: &Account) -> Result<String, Failure> {
    let status = engine.in_account(account.id)?.status()?;
    let there =
        account.provider.map_or_else(String::new, |provider| format!(" Nothing is deleted at {}.", provider.name()));
    Ok(format!(
        "{} goes from this machine with its {} messages, {} drafts, templates, and all that was learned from them. \
         It cannot be undone.{there}",
        who::named(account),
        status.messages,
        status.drafts
    ))
}

/// Whether somebody types the account's name, as it stands in the question.
fn agreed(name: &str) -> Result<bool, Failure> {
    if !open::somebody_there() {
        return Err(Failure::Usage("nobody is there to be asked: add --yes".into()));
    }
    let mut answer = String::new();
    let mut terminal = std::io::stderr().lock();
    let asked = write!(terminal, "Type {name} to remove it: ").and_then(|()| terminal.flush());
    asked.and_then(|()| std::io::stdin().read_line(&mut answer)).map_err(|e| Error::io("ask at", "the terminal", e))?;
    Ok(answer.trim() == name)
}

fn sign_out(given: &str, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let engine = door.house()?;
    let account = who::account(&engine, given)?;
    let now = runtime()?.block_on(engine.sign_out(account.id))?;
    out.note(&format!("signed out of {}; its mail and drafts are here", who::named(&account)));
    if now.state == (AccountState::SignedOut { revoked: false }) {
        out.note("its provider could not be told: take access back on the provider's own page");
    }
    Ok(())
}

fn edit(args: args::Edit, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let edit = AccountEdit { label: args.label, colour: args.colour, signature: args.signature };
    if edit == AccountEdit::default() {
        return Err(Failure::Usage("say what to change: --label, --colour or --signature".into()));
    }
    let engine = door.house()?;
    let edited = engine.edit_account(who::account(&engine, &args.account)?.id, edit)?;
    out.line(&line(&edited, out));
    Ok(())
}

fn order(given: &[String], door: &Door, out: &mut Out) -> Result<(), Failure> {
    let engine = door.house()?;
    let mut order = Vec::new();
    for given in given {
        order.push(who::account(&engine, given)?.id);
    }
    let rest = engine.accounts()?.into_iter().map(|account| account.id).filter(|id| !order.contains(id));
    let order: Vec<_> = order.iter().copied().chain(rest).collect();
    for account in engine.order_accounts(&order)? {
        out.line(&line(&account, out));
    }
    Ok(())
}

fn lock(door: &Door, out: &mut Out) -> Result<(), Failure> {
    match door.house() {
        Err(Failure::Engine(Error::Locked)) => {}
        engine => engine?.lock()?,
    }
    out.note("locked; open it with: epistle account unlock");
    Ok(())
}

fn unlock(with_code: bool, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let code = with_code.then(|| open::read_secret("Recovery code: ")).transpose()?;
    let engine = door.unlock(code)?;
    out.note("unlocked");
    if with_code && engine.status()?.key_holder == KeyHolder::Passphrase {
        out.note("no keyring keeps the key: give the recovery code where a passphrase is asked for");
    }
    Ok(())
}

fn recovery_code(door: &Door, out: &mut Out) -> Result<(), Failure> {
    let code = door.house()?.make_recovery_code()?;
    out.line(&code);
    out.note("write it down: it opens your mail when the keyring or the passphrase is lost, and is not shown again");
    Ok(())
}
