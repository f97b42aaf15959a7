//! Which messages a question lets through: what its operators ask for, answered from the index and the labels. Pure; it ranks nothing.

use super::lexical::{Doc, Field, Index};
use super::query::{Asked, Place, Test, label_name};
use crate::api::{LabelId, UnixMillis};
use crate::mailbox::labelled::Labelled;
use std::collections::HashSet;

/// What a question's operators are answered from.
pub struct Ground<'a> {
    /// The words.
    pub index: &'a Index,
    /// The labels; empty where no operator asks for one.
    pub labels: &'a Labelled,
    /// The person's addresses, folded.
    pub me: &'a [String],
}

/// A question's operators, ready to be asked of one message after the other.
pub struct Filter<'a> {
    ground: &'a Ground<'a>,
    tests: Vec<Ready>,
}

/// A test with what can be looked up beforehand.
enum Ready {
    In(HashSet<u32>),
    Mine,
    ToMe,
    Since(UnixMillis),
    Before(UnixMillis),
    Attachment,
    Under(Vec<LabelId>),
    Not(Box<Ready>),
    Any(Vec<Ready>),
    All(Vec<Ready>),
}

/// Whether the labels must be read to answer it.
#[must_use]
pub fn asks_for_labels(asked: &Asked) -> bool {
    fn asks(test: &Test) -> bool {
        match test {
            Test::Label { .. } => true,
            Test::Not(test) => asks(test),
            Test::Any(tests) | Test::All(tests) => tests.iter().any(asks),
            _ => false,
        }
    }
    asked.tests.iter().any(asks)
}

impl<'a> Filter<'a> {
    /// The filter of a question.
    #[must_use]
    pub fn of(asked: &Asked, ground: &'a Ground<'a>) -> Self {
        Self { ground, tests: asked.tests.iter().map(|test| ready(test, ground)).collect() }
    }

    /// Whether a message passes.
    #[must_use]
    pub fn lets(&self, at: u32, doc: &Doc) -> bool {
        self.tests.iter().all(|test| self.holds(test, at, doc))
    }

    fn holds(&self, test: &Ready, at: u32, doc: &Doc) -> bool {
        match test {
            Ready::In(docs) => docs.contains(&at),
            Ready::Mine => doc.mine,
            Ready::ToMe => doc.to.iter().any(|address| self.ground.me.contains(address)),
            Ready::Since(then) => doc.date.is_some_and(|date| date >= *then),
            Ready::Before(then) => doc.date.is_some_and(|date| date < *then),
            Ready::Attachment => doc.files,
            Ready::Under(labels) => self.ground.labels.of(doc.id, doc.mine).iter().any(|label| labels.contains(label)),
            Ready::Not(test) => !self.holds(test, at, doc),
            Ready::Any(tests) => tests.iter().any(|test| self.holds(test, at, doc)),
            Ready::All(tests) => tests.iter().all(|test| self.holds(test, at, doc)),
        }
    }
}

fn ready(test: &Test, ground: &Ground<'_>) -> Ready {
    let all = |tests: &[Test]| tests.iter().map(|test| ready(test, ground)).collect();
    match test {
        Test::Says { place, words, open } => {
            Ready::In(ground.index.with(words, *open, |doc, field, at| fits(*place, doc, field, at)))
        }
        Test::Mine => Ready::Mine,
        Test::ToMe => Ready::ToMe,
        Test::Since(then) => Ready::Since(*then),
        Test::Before(then) => Ready::Before(*then),
        Test::Attachment => Ready::Attachment,
        Test::Label { name, open } => Ready::Under(named(name, *open, ground.labels)),
        Test::Not(test) => Ready::Not(Box::new(ready(test, ground))),
        Test::Any(tests) => Ready::Any(all(tests)),
        Test::All(tests) => Ready::All(all(tests)),
    }
}

/// Whether words at this place of a message are where they are looked for.
fn fits(place: Place, doc: &Doc, field: Field, at: u32) -> bool {
    match place {
        Place::Anywhere => true,
        Place::From => field == Field::From,
        Place::To => field == Field::To,
        Place::Copies => field == Field::To && at >= doc.copied,
        Place::Subject => field == Field::Subject,
        Place::Files => field == Field::Files,
    }
}

/// The labels of this name; while it is being typed, those whose name begins so.
fn named(name: &str, open: bool, labels: &Labelled) -> Vec<LabelId> {
    let exact: Vec<LabelId> =
        labels.ids().filter(|(_, called)| label_name(called) == name).map(|(id, _)| id.clone()).collect();
    if !exact.is_empty() || !open {
        return exact;
    }
    labels.ids().filter(|(_, called)| label_name(called).starts_with(name)).map(|(id, _)| id.clone()).collect()
}
