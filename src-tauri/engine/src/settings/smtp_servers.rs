//! Which server takes an address's mail, from `smtp_servers.yaml`. Pure. A domain that is not listed gets no proposal: a wrong name would
//! be given a password.

use crate::api::{EmailAddress, IdentityProvider, SmtpAuth, SmtpGuess, SmtpSecurity, SmtpSettings};
use serde::Deserialize;
use std::sync::LazyLock;

const DATA: &str = include_str!("../../data/smtp_servers.yaml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    domains: Vec<String>,
    sign_in: Option<IdentityProvider>,
    host: String,
    port: u16,
    security: SmtpSecurity,
    auth: SmtpAuth,
    #[serde(default)]
    user: User,
    app_password: Option<String>,
    page: String,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum User {
    #[default]
    Address,
    LocalPart,
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| serde_norway::from_str(DATA).unwrap_or_default());

/// What to propose for an address. Who signed in somewhere whose token sends is taken there, whatever their domain.
pub(super) fn guess(address: &EmailAddress, signed_in: Option<IdentityProvider>) -> Option<SmtpGuess> {
    let listed = ROWS.iter().find(|row| row.domains.iter().any(|domain| domain == address.domain()));
    let signed_in = || signed_in.and_then(|provider| ROWS.iter().rfind(|row| row.sign_in == Some(provider)));
    listed.or_else(signed_in).map(|row| proposed(row, address))
}

fn proposed(row: &Row, address: &EmailAddress) -> SmtpGuess {
    let user = match row.user {
        User::Address => address.as_str(),
        User::LocalPart => address.as_str().rsplit_once('@').map_or("", |(local, _)| local),
    };
    SmtpGuess {
        name: row.name.clone(),
        address: address.clone(),
        settings: SmtpSettings {
            enabled: true,
            host: row.host.clone(),
            port: row.port,
            security: row.security,
            user: user.to_owned(),
            auth: row.auth,
        },
        app_password: row.app_password.clone(),
        page: row.page.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn of(address: &str, signed_in: Option<IdentityProvider>) -> Option<(String, String)> {
        let guess = guess(&address.parse().unwrap(), signed_in)?;
        Some((guess.settings.host, guess.settings.user))
    }

    #[test]
    fn an_address_tells_its_server_and_what_is_not_listed_tells_none() {
        let microsoft = Some(IdentityProvider::Microsoft);
        let some = |host: &str, user: &str| Some((host.to_owned(), user.to_owned()));
        for (address, signed_in, expected) in [
            ("ada@GMX.de", None, some("mail.gmx.net", "ada@gmx.de")),
            ("ada@web.de", None, some("smtp.web.de", "ada")),
            ("ada@outlook.com", microsoft, some("smtp.office365.com", "ada@outlook.com")),
            ("ada@company.example", microsoft, some("smtp.office365.com", "ada@company.example")),
            ("ada@gmail.com", microsoft, some("smtp.gmail.com", "ada@gmail.com")),
            ("ada@company.example", Some(IdentityProvider::Google), None),
            ("ada@company.example", None, None),
            ("ada@notgmx.de", None, None),
        ] {
            assert_eq!(of(address, signed_in), expected, "{address}");
        }
    }

    #[test]
    fn the_list_can_be_used_as_it_is() {
        let mut domains = HashSet::new();
        assert!(ROWS.len() >= 10);
        for row in ROWS.iter() {
            assert!(row.page.starts_with("https://") && row.security != SmtpSecurity::None, "{}", row.name);
            assert!(row.domains.iter().all(|domain| domains.insert(domain)), "{} has another's domain", row.name);
            let guess = proposed(row, &format!("ada@{}", row.domains[0]).parse().unwrap());
            let mut settings = crate::settings::defaults().unwrap();
            settings.smtp = guess.settings.clone();
            assert_eq!(super::super::check::checked(settings).unwrap().smtp, guess.settings, "{}", row.name);
        }
    }
}
