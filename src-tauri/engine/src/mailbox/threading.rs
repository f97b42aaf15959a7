//! Conversations: messages tied by References, In-Reply-To and, failing both, the subject. The tie between two messages depends on those two
//! alone and a conversation is what ties connect, so any order of arrival ends in the same conversations. It never reads a body.

use super::row::{Member, Node, NodeRow, SameSubject, ThreadRow};
use crate::api::UnixMillis;
use crate::error::Result;
use crate::ids::{MessageId, ThreadId};
use crate::store::Write;
use crate::store::tables::{NODES, SUBJECTS, THREADS};
use std::collections::HashMap;

/// How far apart two messages of one subject may be to be tied by it alone: 30 days.
pub(super) const SUBJECT_WINDOW: UnixMillis = 30 * 24 * 3600 * 1000;

/// What threading knows of a message.
#[derive(Debug, Clone)]
pub(super) struct Ties {
    /// The message's own node.
    pub node: Node,
    /// What it names as its ancestors.
    pub refs: Vec<Node>,
    /// Its subject's rows: this window's, and its neighbours'. `None` without a date or a subject.
    pub subject: Option<SubjectTie>,
}

/// A message's place among those of its subject.
#[derive(Debug, Clone)]
pub(super) struct SubjectTie {
    /// Keys of the windows before, of, and after the message.
    pub windows: [[u8; 16]; 3],
    /// The message there.
    pub entry: SameSubject,
}

/// The conversations a transaction touches; read when first needed, written by [`Threader::finish`].
pub(super) struct Threader<'w, 't> {
    tx: &'w mut Write<'t>,
    nodes: HashMap<Node, NodeRow>,
    threads: HashMap<ThreadId, Option<ThreadRow>>,
    subjects: HashMap<[u8; 16], Vec<SameSubject>>,
}

impl<'w, 't> Threader<'w, 't> {
    pub(super) fn new(tx: &'w mut Write<'t>) -> Self {
        Self { tx, nodes: HashMap::new(), threads: HashMap::new(), subjects: HashMap::new() }
    }

    /// The transaction, for the message's own rows.
    pub(super) fn tx(&mut self) -> &mut Write<'t> {
        self.tx
    }

    /// Adds a message to its conversation, joining conversations where it ties them; `false` when it is here already.
    pub(super) fn add(&mut self, ties: &Ties, member: Member) -> Result<bool> {
        if self.node(ties.node)?.messages.contains(&member.id) {
            return Ok(false);
        }
        for reference in &ties.refs {
            self.join(ties.node, *reference)?;
        }
        if let Some(subject) = &ties.subject {
            self.tie_by_subject(subject)?;
        }
        let id: MessageId = member.id;
        let thread = self.node(ties.node)?.thread;
        self.thread(thread)?.members.push(member);
        self.node(ties.node)?.messages.push(id);
        Ok(true)
    }

    /// Ties a message that is here to one more place.
    pub(super) fn tie(&mut self, node: Node, other: Node) -> Result<()> {
        self.join(node, other)
    }

    /// The messages here that bear this node's Message-ID.
    pub(super) fn messages_at(&mut self, node: Node) -> Result<Vec<MessageId>> {
        Ok(self.node(node)?.messages.clone())
    }

    /// Writes what changed.
    pub(super) fn finish(self) -> Result<()> {
        for (node, row) in &self.nodes {
            self.tx.put(NODES, node.as_bytes(), row)?;
        }
        for (id, row) in &self.threads {
            match row {
                Some(row) => self.tx.put(THREADS, id.as_bytes(), row)?,
                None => {
                    self.tx.delete(THREADS, id.as_bytes())?;
                }
            }
        }
        // Most of them were only looked at.
        for (key, row) in self.subjects.iter().filter(|(_, row)| !row.is_empty()) {
            self.tx.put(SUBJECTS, key, row)?;
        }
        Ok(())
    }

    fn node(&mut self, node: Node) -> Result<&mut NodeRow> {
        if !self.nodes.contains_key(&node) {
            let row = match self.tx.get(NODES, node.as_bytes())? {
                Some(row) => row,
                None => {
                    self.threads.insert(node, Some(ThreadRow { nodes: vec![node], members: Vec::new() }));
                    NodeRow { thread: node, messages: Vec::new() }
                }
            };
            self.nodes.insert(node, row);
        }
        Ok(self.nodes.entry(node).or_insert_with(|| NodeRow { thread: node, messages: Vec::new() }))
    }

    fn thread(&mut self, id: ThreadId) -> Result<&mut ThreadRow> {
        if !self.threads.contains_key(&id) {
            let row = self.tx.get(THREADS, id.as_bytes())?;
            self.threads.insert(id, row);
        }
        Ok(self.threads.entry(id).or_default().get_or_insert_default())
    }

    fn join(&mut self, a: Node, b: Node) -> Result<()> {
        let (one, other) = (self.node(a)?.thread, self.node(b)?.thread);
        if one == other {
            return Ok(());
        }
        let (kept, gone) = (one.min(other), one.max(other));
        let moved = std::mem::take(self.thread(gone)?);
        self.threads.insert(gone, None);
        for node in &moved.nodes {
            self.node(*node)?.thread = kept;
        }
        let into = self.thread(kept)?;
        into.nodes.extend(moved.nodes);
        into.members.extend(moved.members);
        Ok(())
    }

    fn tie_by_subject(&mut self, tie: &SubjectTie) -> Result<()> {
        for window in tie.windows {
            let tied: Vec<Node> = self
                .same_subject(window)?
                .iter()
                .filter(|other| tied_by_subject(&tie.entry, other))
                .map(|other| other.node)
                .collect();
            for node in tied {
                self.join(tie.entry.node, node)?;
            }
        }
        self.same_subject(tie.windows[1])?.push(tie.entry.clone());
        Ok(())
    }

    fn same_subject(&mut self, window: [u8; 16]) -> Result<&mut Vec<SameSubject>> {
        if !self.subjects.contains_key(&window) {
            let row = self.tx.get(SUBJECTS, &window)?.unwrap_or_default();
            self.subjects.insert(window, row);
        }
        Ok(self.subjects.entry(window).or_default())
    }
}

/// Whether the subject alone ties two messages of one base subject: one of them answers something it does not name, they are close in
/// time, and somebody stands in the headers of both.
fn tied_by_subject(a: &SameSubject, b: &SameSubject) -> bool {
    (a.orphan || b.orphan)
        && (a.date - b.date).abs() <= SUBJECT_WINDOW
        && a.people.iter().any(|one| b.people.contains(one))
}
