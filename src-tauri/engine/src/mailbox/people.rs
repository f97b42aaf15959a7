//! Who is in the mailbox, counted. Pure; it decides nothing about who is "me".

use super::row::ThreadRow;
use crate::api::{MeCandidate, Person, UnixMillis};
use crate::ids::MessageId;
use std::collections::{BTreeSet, HashMap};

/// No more candidates than this are of use.
const CANDIDATES: usize = 20;

/// How often an address stands where.
#[derive(Debug, Default)]
struct Count {
    names: HashMap<String, u64>,
    wrote: u64,
    received: u64,
    /// Times "me" wrote to it.
    written_to: u64,
    /// Its address as most recently written.
    person: Option<Person>,
    /// What it wrote, and what "me" wrote to it.
    exchanged: Vec<(Option<UnixMillis>, MessageId)>,
}

impl Count {
    fn named(&mut self, person: &Person) {
        if let Some(name) = &person.name {
            *self.names.entry(name.clone()).or_default() += 1;
        }
        self.person.get_or_insert_with(|| person.clone());
    }

    /// The person under the name most used.
    fn person(&self) -> Option<Person> {
        let name = self.names.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0))).map(|(name, _)| name.clone());
        self.person.as_ref().map(|person| Person { name, address: person.address.clone() })
    }
}

/// Everyone, counted; by address in lower case.
#[derive(Debug, Default)]
pub(super) struct Census {
    counts: HashMap<String, Count>,
}

impl Census {
    /// Counts a conversation.
    pub(super) fn add(&mut self, thread: &ThreadRow, me: &[String]) {
        for member in &thread.members {
            let author = member.from.as_ref().map(|from| from.address.folded());
            let mine = author.as_ref().is_some_and(|author| me.contains(author));
            if let (Some(from), Some(author)) = (&member.from, &author) {
                let count = self.counts.entry(author.clone()).or_default();
                count.named(from);
                count.wrote += 1;
                if !mine {
                    count.exchanged.push((member.date, member.id));
                }
            }
            for person in &member.to {
                let count = self.counts.entry(person.address.folded()).or_default();
                count.named(person);
                count.received += 1;
                count.written_to += u64::from(mine);
                if mine {
                    count.exchanged.push((member.date, member.id));
                }
            }
        }
    }

    /// Addresses that may be the user's: those that both wrote and received come first.
    pub(super) fn me_candidates(&self) -> Vec<MeCandidate> {
        let mut all: Vec<MeCandidate> = self
            .counts
            .values()
            .filter_map(|count| {
                Some(MeCandidate { person: count.person()?, wrote: count.wrote, received: count.received })
            })
            .filter(|candidate| candidate.wrote > 0 || candidate.received > 1)
            .collect();
        let weight = |c: &MeCandidate| (c.wrote.min(c.received), c.wrote + c.received);
        all.sort_by(|a, b| weight(b).cmp(&weight(a)).then_with(|| a.person.address.cmp(&b.person.address)));
        all.truncate(CANDIDATES);
        all
    }

    /// The last messages an address wrote and "me" wrote to it, the newest first.
    pub(super) fn exchanged_with(&self, folded: &str, limit: usize) -> Vec<MessageId> {
        let mut all = self.counts.get(folded).map(|count| count.exchanged.clone()).unwrap_or_default();
        all.sort_unstable_by_key(|one| std::cmp::Reverse(*one));
        all.into_iter().take(limit).map(|(_, id)| id).collect()
    }

    /// The domains "me" has written to.
    pub(super) fn written_domains(&self) -> BTreeSet<String> {
        let written = self.counts.iter().filter(|(_, count)| count.written_to > 0);
        written.filter_map(|(address, _)| Some(address.rsplit_once('@')?.1.to_owned())).collect()
    }

    /// People whose name or address has a word that begins so, the most written-to first, then those heard from most.
    pub(super) fn matching(&self, prefix: &str, me: &[String], limit: usize) -> Vec<Person> {
        let prefix = prefix.trim().to_lowercase();
        let mut found: Vec<(&Count, Person)> = self
            .counts
            .iter()
            .filter(|(address, _)| !me.contains(address))
            .filter_map(|(address, count)| Some((address, count, count.person()?)))
            .filter(|(address, count, _)| {
                prefix.is_empty()
                    || begins(address, &prefix)
                    || count.names.keys().any(|name| begins(&name.to_lowercase(), &prefix))
            })
            .map(|(_, count, person)| (count, person))
            .collect();
        found.sort_by(|(a, one), (b, other)| {
            (b.written_to, b.wrote, b.received)
                .cmp(&(a.written_to, a.wrote, a.received))
                .then_with(|| one.address.cmp(&other.address))
        });
        found.into_iter().take(limit).map(|(_, person)| person).collect()
    }
}

fn begins(text: &str, prefix: &str) -> bool {
    text.starts_with(prefix)
        || text.char_indices().any(|(at, c)| !c.is_alphanumeric() && text[at + c.len_utf8()..].starts_with(prefix))
}
