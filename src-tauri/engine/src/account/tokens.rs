//! Tokens: the refresh token in the keyring, the access token sealed with its expiry. Renewed ahead of time, once for any number of
//! callers; a provider that says no leaves the account waiting for its person, and is not asked again before they were there.

use super::party::Party;
use super::registry::blocking;
use crate::Engine;
use crate::api::{AccountState, IdentityProvider, SignInAgainReason, UnixMillis};
use crate::error::{Error, Result};
use crate::ids::AccountId;
use crate::secrets::Secret;
use crate::store::Keep;
use crate::store::tables::ACCESS;
use epistle_wire::oauth::{self, GrantEnd, Token, Tokens};
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The access token's one row.
const ROW: &[u8] = b"access";
/// An access token this near to its end is not given out any more.
const TOO_LATE_MS: i64 = 60_000;
/// One this near is given out, and the next one is fetched beside it.
const AHEAD_MS: i64 = 5 * 60_000;
/// What an access token lives where its provider does not say. Google's and Microsoft's live an hour.
const USUAL_LIFE: Duration = Duration::from_secs(3_600);
/// How long a provider may take to hear that a token is given back.
const REVOKING: Duration = Duration::from_secs(10);
/// When a refresh token of a consent screen in Testing mode ends: <https://developers.google.com/identity/protocols/oauth2#expiration>.
const TESTING_DAYS: std::ops::RangeInclusive<i64> = 6..=8;
const DAY_MS: i64 = 24 * 3_600_000;

/// An access token at hand.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct AccessRow {
    token: String,
    expires: UnixMillis,
}

/// One renewal at a time, and how the last one ended: whoever waited while it ran takes its outcome instead of asking again.
#[derive(Default)]
pub(crate) struct Refreshing(tokio::sync::Mutex<Option<Last>>);

struct Last {
    ended: Instant,
    fault: Option<oauth::Kind>,
}

impl Engine {
    /// An access token that is good for a minute at least.
    ///
    /// # Errors
    /// `sign_in_again` where the provider no longer accepts what it gave; `sign_in_unreachable`; the keyring's.
    pub(crate) async fn access_token(&self, account: AccountId) -> Result<Token> {
        let began = Instant::now();
        let now = crate::now();
        match self.access_row(account, now)? {
            Some(row) if row.expires - now > AHEAD_MS => Ok(Token::new(row.token.as_str())),
            Some(row) => {
                let engine = self.clone();
                tokio::spawn(async move { engine.renewed(account, began, AHEAD_MS).await.map(drop) });
                Ok(Token::new(row.token.as_str()))
            }
            None => self.renewed(account, began, TOO_LATE_MS).await,
        }
    }

    /// The next access token, after the provider refused this one before its time.
    pub(crate) async fn next_access_token(&self, account: AccountId, refused: &Token) -> Result<Token> {
        let began = Instant::now();
        let now = crate::now();
        if self.access_row(account, now)?.is_some_and(|row| refused.is(&row.token)) {
            self.store().write(account, Keep::Made, |tx| tx.delete(ACCESS.table(), ROW).map(drop))?;
        }
        self.renewed(account, began, TOO_LATE_MS).await
    }

    /// The access token at hand, if it is good for a minute.
    fn access_row(&self, account: AccountId, now: UnixMillis) -> Result<Option<AccessRow>> {
        self.may_ask(account)?;
        self.store().read(account)?.get_fresh(ACCESS, ROW, now + TOO_LATE_MS)
    }

    /// Only a signed-in account has tokens; one that waits for its person is not asked about again and again.
    fn may_ask(&self, account: AccountId) -> Result<IdentityProvider> {
        let row = self.account_row(account)?;
        let again = |reason| Err(Error::SignInAgain { account, reason });
        match (row.state, row.identity) {
            (AccountState::SignedIn, Some(identity)) => Ok(identity.provider),
            (AccountState::SignInAgain { reason, .. }, _) => again(reason),
            _ => again(SignInAgainReason::TokenLost),
        }
    }

    /// Waits for its turn; if another caller renewed the token meanwhile, that one's outcome is everybody's.
    async fn renewed(&self, account: AccountId, began: Instant, margin: i64) -> Result<Token> {
        let desk = self.in_account(account)?.desk;
        let mut last = desk.refreshing.0.lock().await;
        let provider = self.may_ask(account)?;
        let now = crate::now();
        if let Some(row) = self.access_row(account, now)?.filter(|row| row.expires - now > margin) {
            return Ok(Token::new(row.token.as_str()));
        }
        if let Some(kind) = last.as_ref().filter(|last| last.ended >= began).and_then(|last| last.fault) {
            return Err(super::party::trouble(provider, kind));
        }
        let outcome = self.renew(account, provider).await;
        let fault = outcome.as_ref().err().and_then(|fault| match fault {
            Renewal::Fault(kind) => Some(*kind),
            Renewal::Error(_) => None,
        });
        *last = Some(Last { ended: Instant::now(), fault });
        outcome.map_err(|fault| match fault {
            Renewal::Fault(kind) => super::party::trouble(provider, kind),
            Renewal::Error(error) => error,
        })
    }

    async fn renew(&self, account: AccountId, provider: IdentityProvider) -> Result<Token, Renewal> {
        let engine = self.clone();
        let (party, kept, row) = blocking(move || {
            Ok((engine.party(provider)?, engine.refresh_tokens(account)?, engine.account_row(account)?))
        })
        .await?;
        if row.lasting {
            // The provider gives tokens that last, and no others: what it refuses is over.
            return match kept.into_iter().next() {
                Some(one) => Ok(Token::new(one.token.expose())),
                None => Err(self.waits_for_its_person(account, SignInAgainReason::TokenLost).into()),
            };
        }
        let mut end = None;
        for one in kept {
            match self.exchange(&party, account, &Token::new(one.token.expose()), &row.scopes).await {
                Err(Renewal::Fault(oauth::Kind::GrantRefused(why))) => end = end.or(Some(why)),
                other => return other,
            }
        }
        let now = crate::now();
        let reason = end.map_or(SignInAgainReason::TokenLost, |end| reason(provider, end, now - row.signed_in));
        Err(self.waits_for_its_person(account, reason).into())
    }

    async fn exchange(
        &self,
        party: &Party,
        account: AccountId,
        refresh: &Token,
        granted: &[String],
    ) -> Result<Token, Renewal> {
        let answer = oauth::refresh::refresh(&party.http, &party.endpoints, &party.credentials, refresh, granted).await;
        let tokens = answer.map_err(|fault| Renewal::Fault(fault.kind()))?;
        let access = tokens.access.clone();
        let engine = self.clone();
        blocking(move || engine.keep_tokens(account, &tokens, crate::now())).await?;
        Ok(access)
    }

    /// Keeps what a provider gave: the refresh token first, as it may be the only one that is still good.
    pub(super) fn keep_tokens(&self, account: AccountId, tokens: &Tokens, now: UnixMillis) -> Result<()> {
        if let Some(refresh) = &tokens.refresh {
            self.keep_refresh_token(account, &Secret::new(refresh.expose().to_owned()))?;
        } else if lasts(tokens) {
            // It is kept as a refresh token is.
            self.keep_refresh_token(account, &Secret::new(tokens.access.expose().to_owned()))?;
            return Ok(());
        }
        let life = tokens.expires_in.unwrap_or(USUAL_LIFE);
        let expires = now.saturating_add(i64::try_from(life.as_millis()).unwrap_or(i64::MAX));
        let row = AccessRow { token: tokens.access.expose().to_owned(), expires };
        self.store().write(account, Keep::Made, |tx| tx.put_until(ACCESS, ROW, &row, expires))
    }

    /// The provider refuses what it gave: the person is waited for.
    pub(super) fn taken_back(&self, account: AccountId) -> Error {
        self.waits_for_its_person(account, SignInAgainReason::Revoked)
    }

    /// Notes that an account waits for its person, once, and says so.
    fn waits_for_its_person(&self, account: AccountId, reason: SignInAgainReason) -> Error {
        let since = crate::now();
        match self.change_account(account, |row| row.state = AccountState::SignInAgain { reason, since }) {
            Ok(()) => Error::SignInAgain { account, reason },
            Err(error) => error,
        }
    }

    /// Signs an account out: its tokens are given back, forgotten, and gone from the file. Its mail and drafts stay.
    ///
    /// # Errors
    /// `not_found`; `bad_input` for a local account; the keyring's.
    pub async fn sign_out(&self, account: AccountId) -> Result<crate::api::Account> {
        if self.account_row(account)?.identity.is_none() {
            return Err(Error::BadInput { field: "account", why: "nobody signed in to it".into() });
        }
        let revoked = self.revoke(account).await;
        let engine = self.clone();
        blocking(move || {
            engine.forget_refresh_tokens(account)?;
            engine.store().write(account, Keep::Made, |tx| tx.delete(ACCESS.table(), ROW).map(drop))?;
            engine.change_account(account, |row| {
                row.state = AccountState::SignedOut { revoked };
                row.granted.clear();
            })?;
            engine.store().rewrite()?;
            engine.account_of(account)
        })
        .await
    }

    /// Gives an account's tokens back to its provider, where it takes them and can be reached. Whatever comes of it, signing out goes on.
    pub(super) async fn revoke(&self, account: AccountId) -> bool {
        let engine = self.clone();
        let at_hand = blocking(move || {
            let provider = engine.account_row(account)?.identity.map(|identity| identity.provider);
            let Some(provider) = provider else { return Ok(None) };
            Ok(Some((engine.party(provider)?, engine.refresh_tokens(account)?)))
        });
        let Ok(Some((party, kept))) = at_hand.await else { return false };
        let Some(at) = &party.endpoints.revocation else { return false };
        let mut revoked = false;
        for one in kept {
            let token = Token::new(one.token.expose());
            let told = oauth::revoke::revoke(&party.http, at, &party.credentials, &token);
            revoked |= matches!(tokio::time::timeout(REVOKING, told).await, Ok(Ok(())));
        }
        revoked
    }
}

/// Whether an access token lasts until it is taken back, as GitHub's do: it has no end, and nothing comes to renew it. One that ends and
/// came without a refresh token is renewed with the one from before.
pub(super) fn lasts(tokens: &Tokens) -> bool {
    tokens.refresh.is_none() && tokens.expires_in.is_none()
}

/// Why there is no next token: a fault that others who waited share, or an error of this caller's alone.
enum Renewal {
    Fault(oauth::Kind),
    Error(Error),
}

impl From<Error> for Renewal {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// Why a grant is over, for a person: by what the provider adds, and by the token's age where it adds nothing.
fn reason(provider: IdentityProvider, end: GrantEnd, age_ms: i64) -> SignInAgainReason {
    let testing = provider == IdentityProvider::Google && TESTING_DAYS.contains(&(age_ms / DAY_MS));
    match end {
        GrantEnd::ProveAgain => SignInAgainReason::ProveAgain,
        GrantEnd::Other if testing => SignInAgainReason::TestingMode,
        GrantEnd::Revoked | GrantEnd::Other => SignInAgainReason::Revoked,
    }
}

#[cfg(test)]
#[path = "tokens_tests.rs"]
mod renewal_tests;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_token_with_no_end_and_none_to_renew_it_lasts() {
        let refresh = || Some(Token::new("r"));
        let hour = Some(Duration::from_secs(3_600));
        for (refresh, expires_in, expected) in
            [(None, None, true), (None, hour, false), (refresh(), None, false), (refresh(), hour, false)]
        {
            let tokens = Tokens { access: Token::new("a"), refresh, expires_in, scopes: vec![], id_token: None };
            assert_eq!(lasts(&tokens), expected, "{expires_in:?}");
        }
    }

    #[test]
    fn the_reason_is_told_from_what_can_be_known() {
        use IdentityProvider::{Google, Microsoft};
        let table = [
            (Google, GrantEnd::Other, 7, SignInAgainReason::TestingMode),
            (Google, GrantEnd::Other, 1, SignInAgainReason::Revoked),
            (Google, GrantEnd::Other, 90, SignInAgainReason::Revoked),
            (Google, GrantEnd::ProveAgain, 7, SignInAgainReason::ProveAgain),
            (Microsoft, GrantEnd::Other, 7, SignInAgainReason::Revoked),
            (Microsoft, GrantEnd::Revoked, 7, SignInAgainReason::Revoked),
        ];
        for (provider, end, days, expected) in table {
            assert_eq!(reason(provider, end, days * DAY_MS + 1), expected, "{provider:?} {end:?} {days}");
        }
    }
}
