//! `epistle account client`: the client that signs people in with a provider. A secret is read from standard input or asked for, and never
//! stands in a command line; it never comes back either.

use crate::args::{self, ClientAction, With};
use crate::fail::Failure;
use crate::open::{Door, read_secret};
use crate::out::Out;
use crate::who::word;
use clap::ValueEnum;
use epistle_engine::api::{IdentityProvider, OauthClient, OauthClientFrom};
use std::path::PathBuf;

/// What is wanted of clients.
#[derive(Debug, PartialEq, Eq)]
enum Wish {
    Show(Option<IdentityProvider>),
    Set(IdentityProvider, String),
    Forget(IdentityProvider),
    Read(PathBuf),
}

pub(crate) fn client(args: args::Client, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let json = args.json;
    let clients = match wish(args)? {
        Wish::Show(only) => {
            let mut clients = door.house()?.sign_in_state()?.clients;
            clients.retain(|client| only.is_none_or(|provider| provider == client.provider));
            clients
        }
        Wish::Set(provider, id) => {
            let secret = read_secret("Client secret (empty: none, or the one there is): ")?;
            of(door.house()?.set_client(provider, &id, secret)?.clients, provider)
        }
        Wish::Forget(provider) => of(door.house()?.forget_client(provider)?.clients, provider),
        Wish::Read(path) => door.house()?.read_client_file(&path)?,
    };
    for client in &clients {
        if json {
            out.json(client);
        } else {
            out.line(&line(client));
        }
    }
    Ok(())
}

fn wish(args: args::Client) -> Result<Wish, Failure> {
    let Some(what) = args.what else { return Ok(Wish::Show(None)) };
    let Some(provider) = With::from_str(&what, true).ok().and_then(With::provider) else {
        return match args.action {
            None => Ok(Wish::Read(what.into())),
            Some(_) => Err(Failure::Usage(format!("“{what}” is no provider: give google, github or microsoft"))),
        };
    };
    match (args.action, args.id) {
        (None, _) => Ok(Wish::Show(Some(provider))),
        (Some(ClientAction::Set), Some(id)) => Ok(Wish::Set(provider, id)),
        (Some(ClientAction::Set), None) => {
            Err(Failure::Usage(format!("give the client's id: epistle account client {what} set ID")))
        }
        (Some(ClientAction::Forget), None) => Ok(Wish::Forget(provider)),
        (Some(ClientAction::Forget), Some(_)) => Err(Failure::Usage("forget takes no id".into())),
    }
}

fn of(mut clients: Vec<OauthClient>, provider: IdentityProvider) -> Vec<OauthClient> {
    clients.retain(|client| client.provider == provider);
    clients
}

fn line(client: &OauthClient) -> String {
    let from = match client.from {
        OauthClientFrom::Environment => "from the environment",
        OauthClientFrom::Settings => "kept here",
        OauthClientFrom::OauthConfig => "from oauth_config.json",
        OauthClientFrom::GmailCredentials => "from gmail_credentials.json",
        OauthClientFrom::Nowhere => return format!("{:<10} none", word(client.provider)),
    };
    let secret = if client.has_secret { "with a secret" } else { "without a secret" };
    let ways = match (client.browser, client.device) {
        (true, true) => "signs in by browser or by code",
        (true, false) => "signs in by browser",
        (false, true) => "signs in by code",
        (false, false) => "cannot sign anybody in",
    };
    format!("{:<10} {}  ({from}, {secret}; {ways})", word(client.provider), client.client_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(what: Option<&str>, action: Option<ClientAction>, id: Option<&str>) -> Result<Wish, Failure> {
        wish(args::Client { what: what.map(Into::into), action, id: id.map(Into::into), json: false })
    }

    #[test]
    fn a_provider_is_told_from_a_file() {
        use ClientAction::{Forget, Set};
        use IdentityProvider::{Github, Google};
        let table = [
            (typed(None, None, None), Wish::Show(None)),
            (typed(Some("github"), None, None), Wish::Show(Some(Github))),
            (typed(Some("google"), Some(Set), Some("id-1")), Wish::Set(Google, "id-1".into())),
            (typed(Some("google"), Some(Forget), None), Wish::Forget(Google)),
            (typed(Some("client_secret.json"), None, None), Wish::Read("client_secret.json".into())),
        ];
        for (found, meant) in table {
            assert_eq!(found.unwrap(), meant);
        }
        for bad in [
            typed(Some("google"), Some(Set), None),
            typed(Some("google"), Some(Forget), Some("id-1")),
            typed(Some("local"), Some(Set), Some("id-1")),
            typed(Some("file.json"), Some(Forget), None),
        ] {
            assert!(matches!(bad, Err(Failure::Usage(_))));
        }
    }
}
