//! `epistle account add`: a sign-in that waits for its browser, or an account with no provider at all. What a sign-in is, is the engine's.

use crate::args;
use crate::browser;
use crate::fail::Failure;
use crate::import::{runtime, stopped_by_ctrl_c};
use crate::open::Door;
use crate::out::Out;
use crate::who;
use epistle_engine::Engine;
use epistle_engine::api::{Account, IdentityProvider, SignInEvent, SignInRequest, SignInWay, UnixMillis};
use epistle_engine::ids::AccountId;
use serde_json::{Value, json};
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

pub(crate) fn add(args: &args::Add, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let provider = checked(args)?;
    let engine = door.house()?;
    let account = match provider {
        None => engine.add_local_account(&args.label)?,
        Some(provider) => sign_in(&engine, &request(&engine, provider, args)?, args, out)?,
    };
    if args.json {
        out.json(&json!({ "event": "account", "account": account }));
    } else {
        out.line(&format!("{}  {}", who::named(&account), account.id));
    }
    Ok(())
}

/// The provider; what only makes sense with one is refused without it, and the other way round.
fn checked(args: &args::Add) -> Result<Option<IdentityProvider>, Failure> {
    let provider = args.with.provider();
    let asks = args.device || args.no_browser || args.again.is_some() || !args.what_for.is_empty();
    match provider {
        None if asks => Err(Failure::Usage("a local account has nobody to sign in with".into())),
        Some(_) if !args.label.is_empty() => {
            Err(Failure::Usage("name it once it is there: epistle account edit ACCOUNT --label NAME".into()))
        }
        _ => Ok(provider),
    }
}

fn request(engine: &Engine, provider: IdentityProvider, args: &args::Add) -> Result<SignInRequest, Failure> {
    let again = args.again.as_deref().map(|given| who::account(engine, given)).transpose()?;
    Ok(SignInRequest {
        provider,
        way: if args.device { SignInWay::Device } else { SignInWay::Browser },
        grants: args.what_for.clone(),
        account: match again {
            Some(account) => Some(account.id),
            None => the_local_one(engine)?,
        },
    })
}

/// The first to sign in takes over the account that is here, with its mail and drafts: it is the same person at the same desk.
fn the_local_one(engine: &Engine) -> Result<Option<AccountId>, Failure> {
    let accounts = engine.accounts()?;
    Ok(match accounts.as_slice() {
        [only] if only.provider.is_none() => Some(only.id),
        _ => None,
    })
}

/// Signs in, and tells what happens until somebody came back, the time is over, or Ctrl-C.
fn sign_in(engine: &Engine, request: &SignInRequest, args: &args::Add, out: &mut Out) -> Result<Account, Failure> {
    let stop = CancellationToken::new();
    let watcher = Mutex::new(Watcher { out, json: args.json, browser: !args.no_browser, until: None });
    let tell = |event: SignInEvent| locked(&watcher).see(&event);
    let runtime = runtime()?;
    runtime.spawn(stopped_by_ctrl_c(stop.clone()));
    let account = runtime.block_on(async {
        let mut second = tokio::time::interval(Duration::from_secs(1));
        let mut account = pin!(engine.sign_in(request, &tell, &stop));
        loop {
            tokio::select! {
                account = &mut account => break account,
                _ = second.tick() => locked(&watcher).wait(now()),
            }
        }
    });
    locked(&watcher).out.clear();
    Ok(account?)
}

fn locked<'a, 'b>(watcher: &'a Mutex<Watcher<'b>>) -> MutexGuard<'a, Watcher<'b>> {
    watcher.lock().unwrap_or_else(PoisonError::into_inner)
}

fn now() -> UnixMillis {
    jiff::Timestamp::now().as_millisecond()
}

struct Watcher<'a> {
    out: &'a mut Out,
    json: bool,
    browser: bool,
    /// When the waiting ends, while there is something to wait for.
    until: Option<UnixMillis>,
}

impl Watcher<'_> {
    fn see(&mut self, event: &SignInEvent) {
        if self.json {
            self.out.json(&as_line(event));
        }
        match event {
            SignInEvent::Address { address, until, .. } => {
                self.until = Some(*until);
                if self.browser
                    && let Err(error) = browser::open(address)
                {
                    tracing::warn!(%error, "the browser was not opened");
                }
                self.tell(
                    if self.browser { "if no browser opens, open this yourself:" } else { "open this:" },
                    address,
                );
            }
            SignInEvent::Code { code, address, until } => {
                self.until = Some(*until);
                self.tell(&format!("type the code {} at:", self.out.bold(code)), address);
            }
            SignInEvent::Refused { code } => {
                self.out.note(&format!("refused what came to the port ({}); still waiting", code.as_str()));
            }
            SignInEvent::Finishing => {
                self.until = None;
                self.out.clear();
            }
        }
    }

    fn tell(&mut self, what: &str, address: &str) {
        if !self.json {
            self.out.note(what);
            self.out.line(address);
            self.out.note("Ctrl-C stops");
        }
    }

    /// Redraws the time left, for somebody who watches.
    fn wait(&mut self, now: UnixMillis) {
        if let Some(until) = self.until {
            self.out.redraw(&format!("waiting, {} left", left(until - now)));
        }
    }
}

/// An event as a line of JSON: what it is under `event`.
fn as_line(event: &SignInEvent) -> Value {
    let mut line = serde_json::to_value(event).unwrap_or_default();
    if let Some(fields) = line.as_object_mut()
        && let Some(kind) = fields.remove("kind")
    {
        fields.insert("event".into(), kind);
    }
    line
}

fn left(millis: i64) -> String {
    let seconds = millis.max(0) / 1_000;
    match seconds / 60 {
        0 => format!("{seconds} s"),
        minutes => format!("{minutes} min {} s", seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_told_in_minutes_and_seconds() {
        for (millis, told) in [(299_900, "4 min 59 s"), (60_000, "1 min 0 s"), (59_000, "59 s"), (-5, "0 s")] {
            assert_eq!(left(millis), told);
        }
    }

    #[test]
    fn an_event_says_what_it_is_under_event() {
        let event = SignInEvent::Code { code: "WDJB-MJHT".into(), address: "https://x.example".into(), until: 7 };
        let line = json!({ "event": "code", "code": "WDJB-MJHT", "address": "https://x.example", "until": 7 });
        assert_eq!(as_line(&event), line);
        assert_eq!(as_line(&SignInEvent::Finishing), json!({ "event": "finishing" }));
    }
}
