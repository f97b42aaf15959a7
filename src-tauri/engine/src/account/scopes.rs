//! What a feature asks of a provider, from `scopes.yaml`: grants become scopes on the way out and scopes become grants on the way back. Pure.

use crate::api::{Grant, IdentityProvider};
use crate::error::{Error, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

const DATA: &str = include_str!("../../data/scopes.yaml");

const GRANTS: [Grant; 4] = [Grant::Profile, Grant::ReadMail, Grant::SendMail, Grant::OrganiseMail];

#[derive(Deserialize)]
struct Provider {
    profile: Vec<String>,
    #[serde(default)]
    read_mail: Vec<String>,
    #[serde(default)]
    send_mail: Vec<String>,
    #[serde(default)]
    organise_mail: Vec<String>,
    parameters: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Providers {
    google: Provider,
    microsoft: Provider,
    github: Provider,
}

static PROVIDERS: LazyLock<Option<Providers>> = LazyLock::new(|| serde_norway::from_str(DATA).ok());

fn of(provider: IdentityProvider) -> Result<&'static Provider> {
    let all = PROVIDERS.as_ref().ok_or(Error::Internal { what: "reading the scopes", source: None })?;
    Ok(match provider {
        IdentityProvider::Google => &all.google,
        IdentityProvider::Microsoft => &all.microsoft,
        IdentityProvider::Github => &all.github,
    })
}

fn for_grant(provider: &Provider, grant: Grant) -> &[String] {
    match grant {
        Grant::Profile => &provider.profile,
        Grant::ReadMail => &provider.read_mail,
        Grant::SendMail => &provider.send_mail,
        Grant::OrganiseMail => &provider.organise_mail,
    }
}

/// What a provider has to give.
pub(super) fn offered(provider: IdentityProvider) -> Result<Vec<Grant>> {
    let known = of(provider)?;
    Ok(GRANTS.into_iter().filter(|grant| !for_grant(known, *grant).is_empty()).collect())
}

/// The scopes to ask for; the profile always, each once.
///
/// # Errors
/// `bad_input` when the provider has no such grant.
pub(super) fn scopes(provider: IdentityProvider, grants: &[Grant]) -> Result<Vec<String>> {
    let known = of(provider)?;
    let mut scopes = known.profile.clone();
    for grant in grants {
        let asked = for_grant(known, *grant);
        if asked.is_empty() {
            return Err(Error::BadInput {
                field: "grants",
                why: format!("{} has no such thing to give", provider.name()),
            });
        }
        scopes.extend(asked.iter().cloned());
    }
    let mut once = Vec::new();
    scopes.retain(|scope| !once.contains(scope) && (once.push(scope.clone()), true).1);
    Ok(scopes)
}

/// What was granted, by the scopes the provider names. Who somebody is was told, or there would be no sign-in.
pub(super) fn grants(provider: IdentityProvider, granted: &[String]) -> Result<Vec<Grant>> {
    let known = of(provider)?;
    let has = |scope: &String| granted.iter().any(|given| given.eq_ignore_ascii_case(scope));
    let whole = |grant: &Grant| {
        let asked = for_grant(known, *grant);
        *grant == Grant::Profile || !asked.is_empty() && asked.iter().all(has)
    };
    Ok(GRANTS.into_iter().filter(whole).collect())
}

/// The provider's own parameters for its authorization page.
pub(super) fn parameters(provider: IdentityProvider) -> Result<Vec<(&'static str, &'static str)>> {
    Ok(of(provider)?.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_asks_for_what_it_needs_and_no_more() {
        let google = |grants: &[Grant]| scopes(IdentityProvider::Google, grants).unwrap();
        assert_eq!(google(&[]), ["openid", "email", "profile"]);
        assert_eq!(google(&[Grant::Profile, Grant::ReadMail]).len(), 4);
        assert!(google(&[Grant::SendMail])[3].ends_with("gmail.compose"));
        assert!(google(&[Grant::OrganiseMail])[3].ends_with("gmail.modify"));
        assert!(scopes(IdentityProvider::Github, &[Grant::ReadMail]).is_err());
        assert_eq!(offered(IdentityProvider::Microsoft).unwrap(), [Grant::Profile, Grant::SendMail]);
        assert_eq!(offered(IdentityProvider::Github).unwrap(), [Grant::Profile]);
        for provider in IdentityProvider::ALL {
            assert!(!scopes(provider, &[]).unwrap().is_empty());
            assert!(!parameters(provider).unwrap().is_empty());
        }
    }

    #[test]
    fn what_was_granted_is_what_the_provider_says() {
        let google = |granted: &[&str]| {
            let granted: Vec<String> = granted.iter().map(|scope| (*scope).to_owned()).collect();
            grants(IdentityProvider::Google, &granted).unwrap()
        };
        assert_eq!(google(&["openid", "https://www.googleapis.com/auth/userinfo.email"]), [Grant::Profile]);
        let read = "https://www.googleapis.com/auth/gmail.readonly";
        assert_eq!(google(&["openid", read]), [Grant::Profile, Grant::ReadMail]);
        assert_eq!(google(&[]), [Grant::Profile], "a person may untick the rest");
    }
}
