//! In which lists a conversation stands, by the labels of its messages: kept in memory for all of them, so that a list is a walk over
//! numbers. Pure; it never reads the store.

use crate::api::LabelId;
use crate::ids::MessageId;
use std::collections::{HashMap, HashSet};

/// A label as a small number: there are few labels and very many messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Tag(u16);

/// No label at all: the list of everything that is not thrown away.
pub(super) const ALL: Tag = Tag(0);
const INBOX: Tag = Tag(1);
const UNREAD: Tag = Tag(2);
const SENT: Tag = Tag(3);
const TRASH: Tag = Tag(4);
const SPAM: Tag = Tag(5);
const FIRST: [&str; 5] = [LabelId::INBOX, LabelId::UNREAD, LabelId::SENT, LabelId::TRASH, LabelId::SPAM];

/// The labels met so far, each with its number.
#[derive(Debug)]
pub(super) struct Tags {
    numbers: HashMap<LabelId, Tag>,
    ids: Vec<LabelId>,
}

impl Default for Tags {
    fn default() -> Self {
        let mut tags = Self { numbers: HashMap::new(), ids: Vec::new() };
        for id in FIRST {
            tags.tag(&LabelId::known(id));
        }
        tags
    }
}

impl Tags {
    /// A label's number, given to it now if it has none.
    pub(super) fn tag(&mut self, id: &LabelId) -> Tag {
        if let Some(tag) = self.numbers.get(id) {
            return *tag;
        }
        self.ids.push(id.clone());
        // Sixty thousand labels are more than any provider allows; what is beyond shares a number.
        let tag = Tag(u16::try_from(self.ids.len()).unwrap_or(u16::MAX));
        self.numbers.insert(id.clone(), tag);
        tag
    }

    /// A label's number, if something ever was under it.
    pub(super) fn known(&self, id: &LabelId) -> Option<Tag> {
        self.numbers.get(id).copied()
    }
}

/// The numbers of a message that has no row of labels.
pub(super) fn unlabelled(mine: bool) -> &'static [Tag] {
    if mine { &[SENT] } else { &[INBOX] }
}

/// The lists that one conversation stands in, and whether it is unread there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Standing(Box<[(Tag, bool)]>);

impl Standing {
    /// From its messages' labels. What is in Trash is seen there alone, what is in Spam likewise.
    pub(super) fn of<'a>(messages: impl Iterator<Item = &'a [Tag]>) -> Self {
        let mut lists: Vec<(Tag, bool)> = Vec::new();
        let (mut unread, mut here) = (false, Vec::new());
        for labels in messages {
            let new = labels.contains(&UNREAD);
            match hidden_in(labels) {
                Some(tag) => match lists.iter_mut().find(|(there, _)| *there == tag) {
                    Some((_, unread)) => *unread |= new,
                    None => lists.push((tag, new)),
                },
                None => {
                    unread |= new;
                    here.push(ALL);
                    here.extend(labels.iter().filter(|label| **label != UNREAD));
                }
            }
        }
        here.sort_unstable();
        here.dedup();
        lists.extend(here.into_iter().map(|tag| (tag, unread)));
        lists.sort_unstable();
        Self(lists.into())
    }

    /// Whether it is unread in this list; `None` where it is not in it.
    pub(super) fn unread_in(&self, list: Tag) -> Option<bool> {
        self.0.iter().find(|(tag, _)| *tag == list).map(|(_, unread)| *unread)
    }
}

/// Trash or Spam, where one of them hides the message from everywhere else.
fn hidden_in(labels: &[Tag]) -> Option<Tag> {
    [TRASH, SPAM].into_iter().find(|tag| labels.contains(tag))
}

/// Where a message with these labels is seen: the list that alone shows it, or `None` for all others.
pub(super) fn hidden_by(labels: &[LabelId]) -> Option<&'static str> {
    [LabelId::TRASH, LabelId::SPAM].into_iter().find(|hides| labels.iter().any(|label| label == *hides))
}

/// Every conversation's lists, in the order of the conversations.
#[derive(Debug, Default)]
pub(super) struct Standings {
    pub(super) tags: Tags,
    of: Vec<Standing>,
    /// Messages that a search does not show.
    hidden: HashSet<MessageId>,
}

impl Standings {
    /// Takes a conversation's standing at its place, with its messages and their labels.
    pub(super) fn put(&mut self, at: usize, messages: &[(MessageId, Vec<Tag>)]) {
        for (id, labels) in messages {
            if hidden_in(labels).is_some() {
                self.hidden.insert(*id);
            } else {
                self.hidden.remove(id);
            }
        }
        if self.of.len() <= at {
            self.of.resize_with(at + 1, Standing::default);
        }
        self.of[at] = Standing::of(messages.iter().map(|(_, labels)| labels.as_slice()));
    }

    /// The places of the conversations in a list.
    pub(super) fn places(&self, list: Tag, unread: bool) -> impl Iterator<Item = usize> + '_ {
        self.of
            .iter()
            .enumerate()
            .filter(move |(_, standing)| standing.unread_in(list).is_some_and(|new| new || !unread))
            .map(|(at, _)| at)
    }

    /// How many conversations are under each label, and how many of them are unread.
    pub(super) fn counts(&self) -> HashMap<LabelId, (u32, u32)> {
        let mut counts = vec![(0, 0); self.tags.ids.len() + 1];
        for (tag, unread) in self.of.iter().flat_map(|standing| &standing.0) {
            if let Some((threads, new)) = counts.get_mut(usize::from(tag.0)) {
                *threads += 1;
                *new += u32::from(*unread);
            }
        }
        let named = self.tags.ids.iter().cloned().zip(counts.into_iter().skip(1));
        named.filter(|(_, (threads, _))| *threads > 0).collect()
    }

    /// The messages in Trash and Spam.
    pub(super) fn hidden(&self) -> &HashSet<MessageId> {
        &self.hidden
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(messages: &[&[&str]]) -> Vec<(String, bool)> {
        let mut tags = Tags::default();
        let messages: Vec<Vec<Tag>> = messages
            .iter()
            .map(|labels| labels.iter().map(|label| tags.tag(&label.parse().unwrap())).collect())
            .collect();
        let standing = Standing::of(messages.iter().map(Vec::as_slice));
        let name = |tag: &Tag| match usize::from(tag.0).checked_sub(1) {
            None => "all".to_owned(),
            Some(at) => tags.ids[at].to_string(),
        };
        standing.0.iter().map(|(tag, unread)| (name(tag), *unread)).collect()
    }

    #[test]
    fn a_conversation_stands_where_one_of_its_messages_does() {
        type Case<'a> = (&'a [&'a [&'a str]], &'a [(&'a str, bool)]);
        let cases: &[Case<'_>] = &[
            (&[&["INBOX"]], &[("all", false), ("INBOX", false)]),
            (&[&["INBOX", "UNREAD"], &["SENT"]], &[("all", true), ("INBOX", true), ("SENT", true)]),
            (&[&[]], &[("all", false)]),
            (&[&["Label_1", "UNREAD"], &["Label_1"]], &[("all", true), ("Label_1", true)]),
            // What is thrown away is seen in Trash alone, and its being unread is nobody else's.
            (&[&["INBOX"], &["TRASH", "UNREAD", "Label_1"]], &[("all", false), ("INBOX", false), ("TRASH", true)]),
            (&[&["TRASH", "SPAM"], &["SPAM", "INBOX"]], &[("TRASH", false), ("SPAM", false)]),
            (&[], &[]),
        ];
        for (messages, expected) in cases {
            let expected: Vec<(String, bool)> =
                expected.iter().map(|(label, unread)| ((*label).to_owned(), *unread)).collect();
            assert_eq!(standing(messages), expected, "{messages:?}");
        }
    }

    #[test]
    fn counts_and_lists_follow_a_change_of_one_conversation() {
        let mut all = Standings::default();
        let (one, other) = (MessageId([1; 16]), MessageId([2; 16]));
        all.put(0, &[(one, vec![INBOX, UNREAD])]);
        all.put(1, &[(other, vec![INBOX])]);
        let inbox = LabelId::known(LabelId::INBOX);
        assert_eq!((all.counts()[&inbox], all.places(INBOX, true).collect::<Vec<_>>()), ((2, 1), vec![0]));
        all.put(0, &[(one, vec![TRASH])]);
        assert_eq!((all.counts()[&inbox], all.places(ALL, false).collect::<Vec<_>>()), ((1, 0), vec![1]));
        assert_eq!(all.hidden().iter().collect::<Vec<_>>(), [&one]);
        all.put(0, &[(one, vec![INBOX])]);
        assert!(all.hidden().is_empty());
    }
}
