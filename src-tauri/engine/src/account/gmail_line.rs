//! The way to an account's Gmail: a token that is renewed once when it is refused, and the quota, of which sending takes before reading.
//! It maps no answer and repeats nothing but what a refused token had kept from being done.

use super::clients::is_set;
use super::registry::blocking;
use crate::Engine;
use crate::api::{AccountState, Grant, IdentityProvider};
use crate::error::{Error, GmailKind, GmailTrouble, Result};
use epistle_wire::gmail::quota::{self, Method};
use epistle_wire::gmail::{self, Gmail, Kind};
use epistle_wire::oauth::Token;
use epistle_wire::{Base, Client};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What a call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Urgency {
    /// A message on its way, or something a person waits for.
    Send,
    /// Everything else: it leaves what a message needs.
    Read,
}

/// How a call failed: in our own house (nobody is signed in, the keyring), or as Gmail says.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Ours. Nothing was asked.
    Ours(Error),
    /// Gmail's.
    Gmail(gmail::Error),
}

impl Fault {
    /// What a person reads.
    pub(crate) fn told(self, what: &'static str, needs: Grant) -> Error {
        let error = match self {
            Self::Ours(error) => return error,
            Self::Gmail(error) => error,
        };
        let kind = match error.kind() {
            Kind::NotFound => return Error::not_found(what, "at Gmail"),
            Kind::ScopeMissing => GmailKind::GrantMissing(needs),
            Kind::Unreachable | Kind::AnswerLost => GmailKind::Unreachable,
            Kind::RateLimited | Kind::QuotaExhausted | Kind::Unavailable => GmailKind::Busy,
            Kind::AccessRefused | Kind::NotAllowed | Kind::HistoryGone | Kind::TooLarge | Kind::Invalid => {
                GmailKind::Refused
            }
        };
        let wait = error.retry_after().and_then(|wait| u64::try_from(wait.as_millis()).ok());
        GmailTrouble { kind, retry_after_ms: wait }.into()
    }
}

/// An account's Gmail.
#[derive(Clone)]
pub(crate) struct GmailLine {
    engine: Engine,
    client: Client,
    base: Base,
    units_per_minute: u32,
}

impl Engine {
    /// The way to this account's Gmail.
    ///
    /// # Errors
    /// `gmail_off` where it has none, or it is turned off; `gmail_grant_missing`; `sign_in_again`; `store_broken`.
    pub(crate) fn gmail_line(&self, needs: Grant) -> Result<GmailLine> {
        let off = || Err(GmailTrouble::from(GmailKind::Off).into());
        let (row, settings) = (self.account_row(self.account())?, self.settings()?.gmail);
        let google = row.identity.as_ref().is_some_and(|identity| identity.provider == IdentityProvider::Google);
        if is_set("DISABLE_GMAIL") || !settings.enabled || !google {
            return off();
        }
        if let AccountState::SignInAgain { reason, .. } = row.state {
            return Err(Error::SignInAgain { account: self.account(), reason });
        }
        if row.state != AccountState::SignedIn {
            return off();
        }
        if !row.granted.contains(&needs) {
            return Err(GmailTrouble::from(GmailKind::GrantMissing(needs)).into());
        }
        let base = Base::parse(&settings.base).map_err(|e| Error::internal("reading a checked address", e))?;
        let client = self.house.identity.client().map_err(|_| GmailTrouble::from(GmailKind::Unreachable))?;
        let units_per_minute = settings.units_per_minute.unwrap_or_else(|| quota::limits().per_user_per_minute);
        Ok(GmailLine { engine: self.clone(), client, base, units_per_minute })
    }
}

impl GmailLine {
    /// One call, within the quota. A refused token is renewed and the call made once more: a call that was refused did nothing.
    pub(crate) async fn call<T, F>(
        &self,
        method: Method,
        urgency: Urgency,
        ask: impl Fn(Gmail) -> F + Send,
    ) -> Result<T, Fault>
    where
        F: Future<Output = Result<T, gmail::Error>> + Send,
        T: Send,
    {
        let account = self.engine.account();
        self.engine.desk.quota.take(quota::quota_units(method), self.units_per_minute, urgency).await;
        let access = self.engine.access_token(account).await.map_err(Fault::Ours)?;
        let first = ask(self.gmail(&access)).await;
        if !first.as_ref().is_err_and(|error| error.kind() == Kind::AccessRefused) {
            return first.map_err(Fault::Gmail);
        }
        let access = self.engine.next_access_token(account, &access).await.map_err(Fault::Ours)?;
        let second = ask(self.gmail(&access)).await;
        if second.as_ref().is_err_and(|error| error.kind() == Kind::AccessRefused) {
            let engine = self.engine.clone();
            let taken = blocking(move || Ok(engine.taken_back(account))).await;
            return Err(Fault::Ours(taken.unwrap_or_else(|error| error)));
        }
        second.map_err(Fault::Gmail)
    }

    /// The engine it calls for.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    fn gmail(&self, access: &Token) -> Gmail {
        Gmail { client: self.client.clone(), base: self.base.clone(), access: access.clone() }
    }
}

/// What reading leaves for sending: a draft made, sent, and asked about.
const RESERVE: u32 = 400;

/// How many of an account's quota units there are now. It begins full: what an earlier process took is not known, and Gmail says so itself.
#[derive(Default)]
pub(crate) struct Quota(Mutex<Option<Bucket>>);

impl Quota {
    async fn take(&self, cost: u32, per_minute: u32, urgency: Urgency) {
        let leave = if urgency == Urgency::Send { 0 } else { RESERVE.min(per_minute / 4) };
        loop {
            let wait = {
                let mut bucket = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                let now = Instant::now();
                bucket
                    .get_or_insert(Bucket { units: f64::from(per_minute), at: now })
                    .take(now, cost, leave, per_minute)
            };
            match wait {
                None => return,
                Some(wait) => tokio::time::sleep(wait).await,
            }
        }
    }
}

/// Units that come back evenly, up to a minute's worth.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Bucket {
    units: f64,
    at: Instant,
}

impl Bucket {
    /// Takes so many units and leaves at least so many; or says how long to wait before asking again. What costs more than a minute
    /// has is let through when the minute is full.
    fn take(&mut self, now: Instant, cost: u32, leave: u32, per_minute: u32) -> Option<Duration> {
        let a_second = f64::from(per_minute) / 60.0;
        let come = now.saturating_duration_since(self.at).as_secs_f64() * a_second;
        self.units = (self.units + come).min(f64::from(per_minute));
        self.at = now;
        let needed = (f64::from(cost) + f64::from(leave)).min(f64::from(per_minute));
        if self.units + 1e-6 >= needed {
            self.units -= f64::from(cost);
            return None;
        }
        Some(Duration::from_secs_f64((needed - self.units) / a_second).max(Duration::from_millis(5)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reading_leaves_what_a_message_needs() {
        let now = Instant::now();
        let mut bucket = Bucket { units: 420.0, at: now };
        assert_eq!(bucket.take(now, 20, 400, 6_000), None);
        assert!(bucket.take(now, 20, 400, 6_000).is_some(), "reading waits");
        assert_eq!(bucket.take(now, 100, 0, 6_000), None, "sending does not");
        let wait = bucket.take(now, 20, 400, 6_000).unwrap();
        assert_eq!(bucket.take(now + wait, 20, 400, 6_000), None);
    }

    proptest! {
        #[test]
        fn no_minute_gives_more_than_it_has(costs in proptest::collection::vec((1..100u32, 0..2_000u64), 1..200)) {
            let mut now = Instant::now();
            let (start, mut taken) = (now, 0.0);
            let mut bucket = Bucket { units: 600.0, at: now };
            for (cost, pause) in costs {
                now += Duration::from_millis(pause);
                while let Some(wait) = bucket.take(now, cost, 0, 600) {
                    now += wait;
                }
                taken += f64::from(cost);
                prop_assert!(taken <= 600.0 + now.duration_since(start).as_secs_f64() * 10.0 + 1.0);
            }
        }
    }
}
