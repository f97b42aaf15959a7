//! The addresses a person can write from: those they said are theirs, and those their provider lets them send as, each with its signature.

use crate::Engine;
use crate::account::Urgency;
use crate::api::{EmailAddress, Grant, Person, Sender};
use crate::error::{Error, Result};
use crate::store::Keep;
use crate::store::tables::ALIASES;
use epistle_wire::gmail::Gmail;
use epistle_wire::gmail::quota::Method;
use epistle_wire::gmail::settings::send_as::{self, SendAs};
use serde::{Deserialize, Serialize};

/// The aliases' one row.
const ROW: &[u8] = b"aliases";

/// An address a provider lets an account send as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    pub(crate) person: Person,
    /// As text; `None`: nothing.
    pub(crate) signature: Option<String>,
    /// Whether the provider sends from it unless told otherwise.
    pub(crate) default: bool,
    /// Whether it is the account's own address.
    pub(crate) primary: bool,
}

impl Engine {
    /// The addresses to write from, the person's own order first.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn senders(&self) -> Result<Vec<Sender>> {
        let aliases = self.store().read(self.account())?.get(ALIASES, ROW)?.unwrap_or_default();
        Ok(merged(self.settings()?.me, self.account_row(self.account())?.profile.signature, aliases))
    }

    /// Who a letter goes out from: one of the person's own addresses, the default one where none is named.
    ///
    /// # Errors
    /// `bad_input` when it is none of theirs; `store_broken`.
    pub(crate) fn sender(&self, from: Option<&EmailAddress>) -> Result<Sender> {
        let mut senders = self.senders()?.into_iter();
        let found = match from {
            None => senders.find(|sender| sender.default),
            Some(from) => senders.find(|sender| sender.person.address.folded() == from.folded()),
        };
        found.ok_or_else(|| Error::BadInput { field: "me", why: "say first that this address is yours".into() })
    }

    /// Asks the account's provider which addresses it may send as, and what their signatures are.
    ///
    /// # Errors
    /// `gmail_off` where there is nobody to ask, and every error of a call to Gmail: what was known stays then; `store_broken`.
    pub async fn refresh_senders(&self) -> Result<Vec<Sender>> {
        let list = |gmail: Gmail| async move { send_as::list(&gmail).await };
        let line = self.gmail_line(Grant::ReadMail)?;
        let said = line.call(Method::SettingsSendAsList, Urgency::Read, list).await;
        let aliases = of_gmail(said.map_err(|fault| fault.told("the addresses to send as", Grant::ReadMail))?);
        self.off_thread(move |engine| {
            engine.put_aliases(&aliases)?;
            engine.senders()
        })
        .await
    }

    /// Keeps what the provider said of aliases, in place of what it said before.
    ///
    /// # Errors
    /// `store_broken`.
    pub(crate) fn put_aliases(&self, aliases: &[Alias]) -> Result<()> {
        self.store().write(self.account(), Keep::Again, |tx| tx.put(ALIASES, ROW, &aliases.to_vec()))
    }
}

/// The person's own, then the aliases that are none of them. A signature set in Epistle stands under letters from the account's own
/// address; an alias has the one it has at the provider.
fn merged(me: Vec<Person>, signature: Option<String>, aliases: Vec<Alias>) -> Vec<Sender> {
    let same = |a: &Person, b: &Person| a.address.folded() == b.address.folded();
    let own = signature.filter(|signature| !signature.trim().is_empty());
    let known = |person: &Person| aliases.iter().find(|alias| same(&alias.person, person));
    let mut senders: Vec<Sender> = Vec::with_capacity(me.len() + aliases.len());
    for person in me {
        let signature = match known(&person) {
            Some(alias) if !alias.primary => alias.signature.clone().or_else(|| own.clone()),
            known => own.clone().or_else(|| known.and_then(|alias| alias.signature.clone())),
        };
        senders.push(Sender { person, signature, default: false, alias: false });
    }
    for alias in &aliases {
        if !senders.iter().any(|sender| same(&sender.person, &alias.person)) {
            let signature =
                if alias.primary { own.clone().or_else(|| alias.signature.clone()) } else { alias.signature.clone() };
            senders.push(Sender { person: alias.person.clone(), signature, default: false, alias: true });
        }
    }
    let by_provider =
        || senders.iter().position(|s| aliases.iter().any(|alias| alias.default && same(&alias.person, &s.person)));
    let default = if senders.first().is_some_and(|first| !first.alias) { Some(0) } else { by_provider() };
    if let Some(sender) = senders.get_mut(default.unwrap_or(0)) {
        sender.default = true;
    }
    senders
}

/// What Gmail says of the addresses to send as: only those that are verified, with their signatures as text.
pub(crate) fn of_gmail(said: Vec<SendAs>) -> Vec<Alias> {
    said.into_iter()
        .filter(|alias| alias.is_primary || alias.verification_status.as_deref() == Some("accepted"))
        .filter_map(|alias| {
            let name = Some(alias.display_name.trim().to_owned()).filter(|name| !name.is_empty());
            let signature = crate::mailbox::html_as_text(&alias.signature).trim().to_owned();
            Some(Alias {
                person: Person { name, address: alias.send_as_email.parse().ok()? },
                signature: (!signature.is_empty()).then_some(signature),
                default: alias.is_default,
                primary: alias.is_primary,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(address: &str) -> Person {
        Person { name: None, address: address.parse().unwrap() }
    }

    fn alias(address: &str, signature: &str, default: bool, primary: bool) -> Alias {
        let signature = (!signature.is_empty()).then(|| signature.to_owned());
        Alias { person: person(address), signature, default, primary }
    }

    fn said(senders: &[Sender]) -> Vec<String> {
        let mark = |yes, mark| if yes { mark } else { "" };
        let of = |s: &Sender| {
            let signature = s.signature.as_deref().unwrap_or("-");
            format!("{} {signature}{}{}", s.person.address, mark(s.default, " default"), mark(s.alias, " alias"))
        };
        senders.iter().map(of).collect()
    }

    #[test]
    fn each_address_has_its_own_signature_and_one_is_the_default() {
        let own = || Some("Own".to_owned());
        let gmail =
            || vec![alias("mara@example.com", "Gmail", false, true), alias("desk@example.net", "Desk", true, false)];
        let me = |addresses: &[&str]| addresses.iter().map(|address| person(address)).collect::<Vec<_>>();
        for (me, signature, aliases, expected) in [
            (me(&[]), own(), vec![], vec![]),
            (me(&["mara@example.com"]), None, vec![], vec!["mara@example.com - default"]),
            (
                me(&["mara@example.com", "b@example.com"]),
                own(),
                vec![],
                vec!["mara@example.com Own default", "b@example.com Own"],
            ),
            (
                me(&["Mara@example.com"]),
                None,
                gmail(),
                vec!["Mara@example.com Gmail default", "desk@example.net Desk alias"],
            ),
            (
                me(&["mara@example.com", "desk@example.net"]),
                own(),
                gmail(),
                vec!["mara@example.com Own default", "desk@example.net Desk"],
            ),
            (me(&[]), None, gmail(), vec!["mara@example.com Gmail alias", "desk@example.net Desk default alias"]),
        ] {
            assert_eq!(said(&merged(me, signature, aliases)), expected);
        }
    }

    #[test]
    fn of_what_gmail_lists_only_what_can_send_is_kept_and_its_markup_is_text() {
        let row = |address: &str, primary: bool, status: Option<&str>| SendAs {
            send_as_email: address.into(),
            display_name: " Mara Lind ".into(),
            reply_to_address: String::new(),
            signature: "<div>Mara &amp; co<br>Example<script>x()</script></div>".into(),
            is_primary: primary,
            is_default: primary,
            verification_status: status.map(str::to_owned),
        };
        let kept = of_gmail(vec![
            row("mara@example.com", true, None),
            row("desk@example.net", false, Some("accepted")),
            row("late@example.net", false, Some("pending")),
            row("none@example.net", false, None),
            row("no address", false, Some("accepted")),
        ]);
        let addresses: Vec<_> = kept.iter().map(|alias| alias.person.address.as_str()).collect();
        assert_eq!(addresses, ["mara@example.com", "desk@example.net"]);
        assert_eq!(kept[0].signature.as_deref(), Some("Mara & co\nExample"));
        assert_eq!(kept[0].person.name.as_deref(), Some("Mara Lind"));
    }

    #[test]
    fn an_alias_can_be_written_from_and_a_draft_remembers_it() {
        let engine = Engine::in_memory().unwrap();
        let aliases = [alias("mara@example.com", "", true, true), alias("desk@example.net", "Desk", false, false)];
        engine.put_aliases(&aliases).unwrap();
        let edit = crate::api::DraftEdit {
            to: Some(vec![person("dana@example.org")]),
            body: Some("Hi".into()),
            subject: Some("Plan".into()),
            ..crate::api::DraftEdit::default()
        };
        let id = engine.save_draft(&edit).unwrap().id;
        assert_eq!(engine.outgoing(id, None).unwrap().text, "Hi");
        let from = crate::api::DraftEdit {
            id: Some(id),
            from: Some("Desk@example.net".parse().unwrap()),
            ..crate::api::DraftEdit::default()
        };
        engine.save_draft(&from).unwrap();
        let leaving = engine.outgoing(id, None).unwrap();
        assert_eq!((leaving.from.address.as_str(), leaving.text.as_str()), ("desk@example.net", "Hi\n\n-- \nDesk"));
        let named = engine.outgoing(id, Some(&"mara@example.com".parse().unwrap())).unwrap();
        assert_ne!(named.approval, leaving.approval);
    }
}
