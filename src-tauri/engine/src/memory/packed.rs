//! The index of words as bytes and back, and without messages that went. It neither seals nor stores them.

use super::lexical::{Doc, Index, MANY};
use super::postings::{Postings, put, take, take_small};
use crate::ids::MessageId;
use std::collections::HashSet;

/// Grows with every change of the form, or of what a word is; another number is not read.
const FORM: u64 = 1;

impl Index {
    /// All of it as bytes.
    #[must_use]
    pub fn pack(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        put(&mut bytes, FORM);
        put(&mut bytes, self.docs.len() as u64);
        self.docs.iter().for_each(|doc| pack_doc(doc, &mut bytes));
        put(&mut bytes, self.words.len() as u64);
        for (word, postings) in &self.words {
            put_text(&mut bytes, word);
            postings.write(&mut bytes);
        }
        bytes
    }

    /// Reads back what [`Index::pack`] made; `None` where it is of another form or damaged.
    #[must_use]
    pub fn unpack(mut bytes: &[u8]) -> Option<Self> {
        let from = &mut bytes;
        if take(from)? != FORM {
            return None;
        }
        let mut index = Self::default();
        for _ in 0..take_small(from)? {
            let doc = unpack_doc(from)?;
            index.push(doc);
        }
        for _ in 0..take_small(from)? {
            let word = take_text(from)?.into_boxed_str();
            index.name(word, Postings::read(from)?);
        }
        from.is_empty().then_some(index)
    }

    /// It without these messages: nothing of them is left in it.
    #[must_use]
    pub fn without(self, gone: &HashSet<MessageId>) -> Self {
        let mut index = Self::default();
        let mut moved: Vec<Option<u32>> = Vec::with_capacity(self.docs.len());
        for doc in self.docs {
            let stays = !gone.contains(&doc.id);
            moved.push(stays.then(|| u32::try_from(index.docs.len()).unwrap_or(u32::MAX)));
            if stays {
                index.push(doc);
            }
        }
        for (word, postings) in self.words {
            let mut left = Postings::default();
            postings.each(|doc, places| {
                if let Some(Some(to)) = moved.get(doc as usize) {
                    left.push(*to, places);
                }
            });
            if left.count() > 0 {
                index.name(word, left);
            }
        }
        index
    }
}

fn pack_doc(doc: &Doc, to: &mut Vec<u8>) {
    to.extend_from_slice(doc.id.as_bytes());
    let flags = [doc.mine, doc.written, doc.files, doc.date.is_some()];
    put(to, flags.iter().enumerate().map(|(bit, on)| u64::from(*on) << bit).sum());
    put(to, doc.date.unwrap_or_default().cast_unsigned());
    put(to, u64::from(doc.copied));
    doc.lengths.iter().for_each(|length| put(to, u64::from(*length)));
    put(to, doc.to.len() as u64);
    doc.to.iter().for_each(|address| put_text(to, address));
}

fn unpack_doc(from: &mut &[u8]) -> Option<Doc> {
    let id = MessageId(from.get(..16)?.try_into().ok()?);
    *from = &from[16..];
    let flags = take(from)?;
    let on = |bit: u32| flags >> bit & 1 == 1;
    let date = take(from)?.cast_signed();
    let copied = take_small(from)?;
    let mut lengths = [0; MANY];
    for length in &mut lengths {
        *length = take_small(from)?;
    }
    let to = (0..take_small(from)?).map(|_| take_text(from)).collect::<Option<Vec<String>>>()?;
    Some(Doc { id, mine: on(0), written: on(1), files: on(2), date: on(3).then_some(date), to, copied, lengths })
}

fn put_text(to: &mut Vec<u8>, text: &str) {
    put(to, text.len() as u64);
    to.extend_from_slice(text.as_bytes());
}

fn take_text(from: &mut &[u8]) -> Option<String> {
    let long = take_small(from)? as usize;
    let text = std::str::from_utf8(from.get(..long)?).ok()?.to_owned();
    *from = &from[long..];
    Some(text)
}

#[cfg(test)]
#[path = "packed_tests.rs"]
mod tests;
