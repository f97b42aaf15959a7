//! Finding in rows: the graphs where there are any, a look at every row where there is none or where they may have missed something.
//! It reads one moment's rows and never waits for anybody.

use super::Near;
use super::rows::{Query, Rows};
use crate::ids::MessageId;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::ops::Range;

/// How many messages are looked at again more exactly, at least.
const AGAIN: usize = 50;

/// What a search lets through.
pub(super) type Keep<'a> = &'a dyn Fn(MessageId) -> bool;

impl Rows {
    /// The best passage of each message that `keep` lets through, best first.
    pub(super) fn search(&self, query: &Query, limit: usize, keep: Keep<'_>) -> Vec<Near> {
        let most = AGAIN.max(2 * limit);
        let rows = self.by_graphs(query, most, limit, keep).unwrap_or_else(|| {
            let mut best = Best::new(most, keep);
            best.scan(self, 0..self.len(), query);
            best.rows()
        });
        self.ranked(rows, query, limit)
    }

    /// `None` where only a look at every row can tell.
    fn by_graphs(&self, query: &Query, most: usize, limit: usize, keep: Keep<'_>) -> Option<Vec<usize>> {
        if self.graphs.is_empty() {
            return None;
        }
        let mut best = Best::new(most, keep);
        for graph in &self.graphs {
            graph
                .search(self, query, most, keep)?
                .into_iter()
                .for_each(|(product, row)| best.offer_row(self, row, product));
        }
        best.scan(self, self.graphed()..self.len(), query);
        let rows = best.rows();
        (rows.len() >= limit).then_some(rows)
    }

    /// The messages of these rows by their best passages, each looked at more exactly.
    fn ranked(&self, rows: Vec<usize>, query: &Query, limit: usize) -> Vec<Near> {
        let best_of = |row: usize| {
            let each = self.run(row).filter_map(|row| {
                let (message, passage) = self.owner(row)?;
                Some(Near { message, passage, score: self.score(row, query) })
            });
            each.max_by(|a, b| a.score.total_cmp(&b.score))
        };
        let mut near: Vec<Near> = rows.into_iter().filter_map(best_of).collect();
        near.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.message.cmp(&b.message)));
        near.truncate(limit);
        near
    }
}

/// The best rows so far, one a message.
struct Best<'a> {
    most: usize,
    keep: Keep<'a>,
    /// Products and rows, the least at the top.
    heap: BinaryHeap<Reverse<(i32, usize)>>,
    /// What came from graphs, which tell a message's rows one by one.
    told: HashMap<MessageId, (i32, usize)>,
}

impl<'a> Best<'a> {
    fn new(most: usize, keep: Keep<'a>) -> Self {
        Self { most, keep, heap: BinaryHeap::with_capacity(most + 1), told: HashMap::new() }
    }

    /// A row that `keep` let through already.
    fn offer_row(&mut self, rows: &Rows, row: usize, product: i32) {
        let Some((message, _)) = rows.owner(row) else { return };
        let best = self.told.entry(message).or_insert((product, row));
        *best = (product, row).max(*best);
    }

    /// Looks at every row of the range. A message's rows stand together, so that it is offered once.
    fn scan(&mut self, rows: &Rows, range: Range<usize>, query: &Query) {
        let mut run: Option<(MessageId, (i32, usize))> = None;
        rows.scan(range, query, |row, message, product| match &mut run {
            Some((same, best)) if *same == message => *best = (product, row).max(*best),
            _ => {
                if let Some((message, best)) = run.replace((message, (product, row))) {
                    self.offer(message, best);
                }
            }
        });
        if let Some((message, best)) = run {
            self.offer(message, best);
        }
    }

    fn offer(&mut self, message: MessageId, best: (i32, usize)) {
        let good = self.heap.len() < self.most || self.heap.peek().is_some_and(|Reverse(least)| best > *least);
        if good && (self.keep)(message) {
            self.push(best);
        }
    }

    fn push(&mut self, best: (i32, usize)) {
        self.heap.push(Reverse(best));
        if self.heap.len() > self.most {
            self.heap.pop();
        }
    }

    fn rows(mut self) -> Vec<usize> {
        for best in std::mem::take(&mut self.told).into_values() {
            self.push(best);
        }
        self.heap.into_iter().map(|Reverse((_, row))| row).collect()
    }
}
