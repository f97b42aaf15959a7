//! Who an account is, as its provider says: kept so that it is there at once, and asked again in the background. What the person set
//! themselves is never overwritten.

use super::registry::blocking;
use super::sign_in::address;
use crate::Engine;
use crate::api::{Account, AccountState, IdentityProvider, Profile, UnixMillis};
use crate::error::{Error, Result};
use crate::ids::AccountId;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use epistle_wire::Client;
use epistle_wire::oauth::{self, picture::fetch_picture, profile::fetch_profile};
use url::Url;

/// A profile older than this is asked for again when there is occasion.
const FRESH_FOR_MS: i64 = 24 * 3_600_000;

impl Engine {
    /// Asks an account's provider who it is. For a local account, or one that is signed out, nothing is asked.
    ///
    /// # Errors
    /// `not_found`; `sign_in_again`; `sign_in_unreachable` and its like, and then the profile stays as it was.
    pub async fn refresh_profile(&self, account: AccountId) -> Result<Account> {
        let row = self.account_row(account)?;
        let (Some(identity), AccountState::SignedIn) = (row.identity, row.state) else {
            return self.account_of(account);
        };
        let engine = self.clone();
        let party = blocking(move || engine.party(identity.provider)).await?;
        let access = self.access_token(account).await?;
        let mut told = fetch_profile(&party.http, &party.endpoints.userinfo, &access).await;
        if told.as_ref().is_err_and(|fault| fault.kind() == oauth::Kind::AccessRefused) {
            let access = self.next_access_token(account, &access).await?;
            told = fetch_profile(&party.http, &party.endpoints.userinfo, &access).await;
        }
        let told = match told {
            // Twice, the second time with what the provider had just given, or with a token that should have lasted.
            Err(fault) if fault.kind() == oauth::Kind::AccessRefused => return Err(self.taken_back(account)),
            told => told.map_err(|fault| party.trouble(fault.kind()))?,
        };
        if told.subject == identity.subject {
            let shown = match told.picture.as_deref().and_then(|text| Url::parse(text).ok()) {
                Some(at) => picture(&party.http, &at).await,
                None => None,
            };
            let fresh = Profile { picture: shown, ..of(identity.provider, &told, crate::now()) };
            self.change_account(account, |row| row.profile = renewed(&row.profile, fresh))?;
        }
        self.account_of(account)
    }

    /// Asks again for every profile that is a day old, one after another. What cannot be reached is left for the next time; whether an
    /// account must be signed in again is seen in its state.
    ///
    /// # Errors
    /// `store_broken`.
    pub async fn refresh_old_profiles(&self, now: UnixMillis) -> Result<bool> {
        let mut asked = false;
        for account in self.accounts()? {
            let old = account.profile.as_of.is_none_or(|as_of| now - as_of > FRESH_FOR_MS);
            if account.state != AccountState::SignedIn || !old {
                continue;
            }
            asked = true;
            match self.refresh_profile(account.id).await {
                Err(error @ (Error::StoreBroken { .. } | Error::Internal { .. })) => return Err(error),
                Err(error) => tracing::info!(code = error.code().as_str(), "a profile stays as it was"),
                Ok(_) => {}
            }
        }
        Ok(asked)
    }
}

/// A profile as the provider tells it. The time zone is this machine's: no provider tells it with the profile.
pub(super) fn of(provider: IdentityProvider, told: &oauth::Profile, now: UnixMillis) -> Profile {
    Profile {
        name: told.name.clone().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()),
        address: address(provider, told),
        picture: None,
        signature: None,
        locale: told.locale.clone().filter(|locale| !locale.is_empty()),
        time_zone: jiff::tz::TimeZone::system().iana_name().map(str::to_owned),
        as_of: Some(now),
    }
}

/// The new over the old: what the provider does not say this time stays, and so does the signature.
pub(super) fn renewed(old: &Profile, new: Profile) -> Profile {
    Profile {
        name: new.name.or_else(|| old.name.clone()),
        address: new.address.or_else(|| old.address.clone()),
        picture: new.picture.or_else(|| old.picture.clone()),
        signature: old.signature.clone(),
        locale: new.locale.or_else(|| old.locale.clone()),
        time_zone: new.time_zone.or_else(|| old.time_zone.clone()),
        as_of: new.as_of,
    }
}

/// A picture as the page can show it with no network of its own.
pub(super) async fn picture(http: &Client, at: &Url) -> Option<String> {
    let picture = fetch_picture(http, at).await.ok()?;
    Some(format!("data:{};base64,{}", picture.mime, BASE64_STANDARD.encode(&picture.bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_person_set_and_what_was_known_stay() {
        let old = Profile {
            name: Some("Ada".into()),
            signature: Some("Ada\nLovelace Works".into()),
            locale: Some("en".into()),
            ..Profile::default()
        };
        let new = Profile {
            name: Some("Ada L.".into()),
            signature: Some("theirs".into()),
            as_of: Some(7),
            ..Profile::default()
        };
        let renewed = renewed(&old, new);
        assert_eq!((renewed.name.as_deref(), renewed.locale.as_deref()), (Some("Ada L."), Some("en")));
        assert_eq!((renewed.signature.as_deref(), renewed.as_of), (Some("Ada\nLovelace Works"), Some(7)));
    }

    #[test]
    fn an_address_that_was_not_proved_is_nobodys() {
        let told = |verified| oauth::Profile {
            subject: "1".into(),
            email: Some("ada@example.com".into()),
            email_verified: verified,
            name: Some("  ".into()),
            picture: None,
            locale: None,
        };
        use IdentityProvider::{Google, Microsoft};
        assert!(of(Google, &told(true), 0).address.is_some());
        assert!(of(Google, &told(false), 0).address.is_none() && of(Google, &told(false), 0).name.is_none());
        assert!(of(Microsoft, &told(false), 0).address.is_some(), "it proves none, and says of none whether it did");
    }
}
