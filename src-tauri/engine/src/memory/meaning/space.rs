//! What one model read of an account's mail, in memory. Vectors of two models cannot be compared, so each has a space of its own.

use super::rows::{Form, VectorRow};
use crate::ids::MessageId;
use crate::memory::vectors::Vectors;
use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The vectors that one model made.
pub(crate) struct Space {
    /// The model's id.
    pub model: String,
    /// The vectors, to be searched.
    pub vectors: Vectors,
    read: Mutex<Read>,
}

#[derive(Default)]
struct Read {
    /// What the model has read, messages without passages too.
    done: HashSet<MessageId>,
    /// What went while the rows were still being taken in: a view of the store from before does not bring it back.
    gone: Option<HashSet<MessageId>>,
}

impl Space {
    pub fn new(model: &str, dimensions: usize, loading: bool) -> Self {
        let read = Read { gone: loading.then(HashSet::new), ..Read::default() };
        Self { model: model.to_owned(), vectors: Vectors::new(dimensions), read: Mutex::new(read) }
    }

    /// Takes a row in that was in the store when the view of it was opened.
    pub fn load(&self, message: MessageId, row: &VectorRow) {
        let mut read = self.read();
        let gone = read.gone.as_ref().is_some_and(|gone| gone.contains(&message));
        if !gone && read.done.insert(message) {
            self.put(message, row);
        }
    }

    /// Every row was taken in.
    pub fn loaded(&self) {
        self.read().gone = None;
    }

    /// A message was read by the model just now.
    pub fn insert(&self, message: MessageId, row: &VectorRow) {
        let mut read = self.read();
        read.done.insert(message);
        self.put(message, row);
    }

    /// A message went.
    pub fn remove(&self, message: MessageId) {
        let mut read = self.read();
        if let Some(gone) = &mut read.gone {
            gone.insert(message);
        }
        read.done.remove(&message);
        self.vectors.remove(message);
    }

    /// Whether the model has read this message.
    pub fn has(&self, message: MessageId) -> bool {
        self.read().done.contains(&message)
    }

    fn put(&self, message: MessageId, row: &VectorRow) {
        match row.form {
            Form::F32 => self.vectors.insert(message, &row.vectors()),
            Form::Codes => self.vectors.insert_codes(message, &row.codes()),
        }
    }

    fn read(&self) -> MutexGuard<'_, Read> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
