//! Accounts as they are typed and printed: an id, an address, a name, or `google/ada@example.com` where an address stands at several.

use crate::fail::Failure;
use crate::out::one_line;
use epistle_engine::Engine;
use epistle_engine::api::{Account, IdentityProvider};
use epistle_engine::error::Error;

/// The account that is meant.
pub(crate) fn account(engine: &Engine, given: &str) -> Result<Account, Failure> {
    pick(engine.accounts()?, given)
}

fn pick(accounts: Vec<Account>, given: &str) -> Result<Account, Failure> {
    let mut found: Vec<_> = accounts.into_iter().filter(|account| is_meant(account, given)).collect();
    match found.len() {
        0 => Err(Error::not_found("account", given).into()),
        1 => Ok(found.remove(0)),
        _ => {
            let names: Vec<_> = found.iter().map(|account| format!("{} ({})", named(account), account.id)).collect();
            Err(Failure::Usage(format!("“{given}” may be any of {}", names.join(", "))))
        }
    }
}

fn is_meant(account: &Account, given: &str) -> bool {
    let same = |text: &str| text.to_lowercase() == given.to_lowercase();
    same(&account.id.to_string())
        || same(&named(account))
        || (!given.is_empty() && same(&account.label))
        || address(account).is_some_and(same)
}

/// What it is called: its name, or its address, or who it is, or where it is.
pub(crate) fn title(account: &Account) -> String {
    if account.label.is_empty() { person(account).unwrap_or_else(nowhere) } else { one_line(&account.label) }
}

/// The way to type it that an account at another provider does not share.
pub(crate) fn named(account: &Account) -> String {
    match account.provider {
        Some(provider) => format!("{}/{}", word(provider), person(account).unwrap_or_else(|| account.id.to_string())),
        None => title(account),
    }
}

/// Who it is: their address, or their name where the provider proves no address.
fn person(account: &Account) -> Option<String> {
    address(account).map(str::to_owned).or_else(|| account.profile.name.as_deref().map(one_line))
}

fn nowhere() -> String {
    "On this machine".into()
}

/// A provider as it is typed.
pub(crate) fn word(provider: IdentityProvider) -> String {
    provider.name().to_lowercase()
}

fn address(account: &Account) -> Option<&str> {
    account.profile.address.as_ref().map(|address| address.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn some(id: u8, provider: Option<&str>, label: &str, address: Option<&str>) -> Account {
        let state = if provider.is_some() { "signed_in" } else { "local" };
        let name = provider.map(|_| "Ada Lovelace");
        serde_json::from_value(json!({
            "id": format!("{id:032x}"), "provider": provider, "label": label, "colour": "wax", "default": id == 1,
            "state": { "kind": state }, "granted": [], "profile": { "address": address, "name": name }, "added": 0
        }))
        .unwrap()
    }

    #[test]
    fn an_account_is_meant_by_its_id_its_address_its_name_or_both_where_two_share_one() {
        let all = || {
            vec![
                some(1, Some("google"), "", Some("ada@example.com")),
                some(2, Some("microsoft"), "Work", Some("ada@example.com")),
                some(3, Some("google"), "", Some("grace@example.com")),
                some(4, None, "Notes", None),
                some(5, Some("github"), "", None),
                some(6, None, "", None),
            ]
        };
        let table = [
            ("00000000000000000000000000000003", 3),
            ("grace@example.com", 3),
            ("Grace@Example.com", 3),
            ("google/ada@example.com", 1),
            ("microsoft/ada@example.com", 2),
            ("work", 2),
            ("notes", 4),
            ("github/Ada Lovelace", 5),
            ("on this machine", 6),
        ];
        for (given, id) in table {
            assert_eq!(pick(all(), given).unwrap().id.as_bytes()[15], id, "{given}");
        }
        assert!(matches!(pick(all(), "ada@example.com"), Err(Failure::Usage(said)) if said.contains("microsoft/ada")));
        for unknown in ["", "mary@example.com", "github/ada@example.com", "local/ada"] {
            assert!(matches!(pick(all(), unknown), Err(Failure::Engine(_))), "“{unknown}”");
        }
    }
}
