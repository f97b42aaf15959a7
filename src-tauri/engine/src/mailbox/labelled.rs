//! The labels of all messages at once, for who asks about very many. It changes nothing.

use super::labels::{LabelName, unlabelled};
use crate::Engine;
use crate::api::LabelId;
use crate::error::{Error, Result};
use crate::ids::MessageId;
use crate::store::tables::MESSAGE_LABELS;
use std::collections::{BTreeSet, HashMap};

/// Every message's labels, and what the labels are called.
#[derive(Debug, Default)]
pub(crate) struct Labelled {
    of: HashMap<MessageId, Vec<LabelId>>,
    names: Vec<(LabelId, String)>,
    /// What a message without a row is under, where it is the person's own and where it is not.
    without: [Vec<LabelId>; 2],
}

impl Labelled {
    /// A message's labels.
    pub fn of(&self, id: MessageId, mine: bool) -> &[LabelId] {
        self.of.get(&id).unwrap_or(&self.without[usize::from(mine)])
    }

    /// Every label there is, with what it is called; the provider's own are called by their id.
    pub fn ids(&self) -> impl Iterator<Item = (&LabelId, &str)> {
        self.names.iter().map(|(id, name)| (id, name.as_str()))
    }
}

impl Engine {
    /// The labels of every message of the mailbox.
    ///
    /// # Errors
    /// `store_broken`.
    pub(crate) fn labelled(&self) -> Result<Labelled> {
        let mut all = Labelled { without: [unlabelled(false), unlabelled(true)], ..Labelled::default() };
        let read = self.store().read(self.account())?;
        read.each(MESSAGE_LABELS, &[], |key, labels| {
            let id = key.try_into().map_err(|_| Error::StoreBroken { what: "a key of message labels".into() })?;
            all.of.insert(MessageId(id), labels);
            Ok(true)
        })?;
        let known = all.of.values().chain(&all.without).flatten();
        let ids: BTreeSet<LabelId> = known.filter(|id| id.is_system()).cloned().collect();
        all.names = ids.into_iter().map(|id| (id.clone(), id.to_string())).collect();
        all.names.extend(self.label_names()?.into_iter().map(|LabelName { id, name }| (id, name)));
        Ok(all)
    }
}
