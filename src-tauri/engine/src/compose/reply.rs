//! Whom an answer goes to, and from which of one's own addresses. One's own are never among the recipients.

use super::eml::{one_line, reply_subject};
use crate::Engine;
use crate::api::{EmailAddress, Message, Person, ReplyTo, Sender};
use crate::error::{Error, Result};
use crate::ids::MessageId;

impl Engine {
    /// Whom an answer to this message goes to: its author alone, or all it went to.
    ///
    /// # Errors
    /// `not_found`; `bad_input` when there is no “me” to write from; `store_broken`.
    pub fn reply_to(&self, message: MessageId, all: bool) -> Result<ReplyTo> {
        let (message, senders) = (self.message(message)?, self.senders()?);
        let none = || Error::BadInput { field: "me", why: "say which address is yours first".into() };
        answer(&message, &senders, all).ok_or_else(none)
    }
}

/// Whom an answer goes to. `None` where there is no address to write from.
pub(super) fn answer(message: &Message, senders: &[Sender], all: bool) -> Option<ReplyTo> {
    let own = |person: &Person| own_of(senders, &person.address).is_some();
    let from = received_at(message, senders)?;
    let by_me = message.from.as_ref().is_some_and(own);
    let wanted = if by_me { &message.to } else { &message.reply_to };
    let author: Vec<&Person> = match wanted.iter().any(|person| !own(person)) {
        true => wanted.iter().collect(),
        false => message.from.iter().filter(|_| !by_me).collect(),
    };
    let mut seen = Vec::new();
    let mut others = |people: Vec<&Person>| -> Vec<Person> {
        let kept = people.into_iter().filter(|person| !own(person));
        let new = kept.filter(|person| {
            let folded = person.address.folded();
            !seen.contains(&folded) && {
                seen.push(folded);
                true
            }
        });
        new.cloned().collect()
    };
    let mut to = others(if all { author.into_iter().chain(&message.to).collect() } else { author });
    let mut cc = if all { others(message.cc.iter().collect()) } else { Vec::new() };
    if to.is_empty() {
        to = std::mem::take(&mut cc);
    }
    if to.is_empty() {
        to = vec![from.clone()]; // a letter to oneself is answered to oneself
    }
    Some(ReplyTo { to, cc, subject: one_line(&reply_subject(&message.subject)), from })
}

/// The own address it was sent from or came to, else the one letters leave from.
fn received_at(message: &Message, senders: &[Sender]) -> Option<Person> {
    let named = message.from.iter().chain(&message.to).chain(&message.cc);
    let found = named.filter_map(|person| own_of(senders, &person.address)).next();
    let sender = found.or_else(|| senders.iter().find(|sender| sender.default)).or(senders.first());
    sender.map(|sender| sender.person.clone())
}

/// The own address that this one is: the same, or the same with a tag behind a plus.
fn own_of<'a>(senders: &'a [Sender], address: &EmailAddress) -> Option<&'a Sender> {
    let exactly = senders.iter().find(|sender| sender.person.address.folded() == address.folded());
    exactly.or_else(|| senders.iter().find(|sender| untagged(&sender.person.address) == untagged(address)))
}

/// Without case, and without `+tag`.
fn untagged(address: &EmailAddress) -> String {
    let folded = address.folded();
    match folded.rsplit_once('@').and_then(|(local, domain)| Some((local.split_once('+')?.0, domain))) {
        Some((local, domain)) if !local.is_empty() => format!("{local}@{domain}"),
        _ => folded,
    }
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
