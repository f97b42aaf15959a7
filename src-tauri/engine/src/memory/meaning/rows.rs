//! How vectors are kept: one row a message and model, its passages' numbers in bytes. Plain data; nothing is searched here.

use crate::ids::MessageId;
use crate::mailbox::row::RawMessage;
use crate::memory::vectors;
use serde::{Deserialize, Serialize};

/// A message's passages as a model put them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VectorRow {
    /// The model's id.
    pub model: String,
    /// How long each vector is.
    pub dimensions: u32,
    /// How the numbers are kept.
    pub form: Form,
    /// The numbers, passage after passage.
    pub bytes: RawMessage,
}

/// How a row's numbers are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// As they came: f32, little-endian.
    F32,
    /// The index's codes, a byte a number: a quarter of the room, for mail that is old.
    Codes,
}

/// The end of a row's key, after the message's id: a model is told by it without opening the row.
pub fn tag(model: &str) -> [u8; 8] {
    let mut tag = [0; 8];
    tag.copy_from_slice(&blake3::hash(model.as_bytes()).as_bytes()[..8]);
    tag
}

/// A row's key.
pub(crate) fn key(message: MessageId, model: &str) -> Vec<u8> {
    [message.as_bytes().as_slice(), &tag(model)].concat()
}

impl VectorRow {
    /// A row of vectors as they came.
    #[must_use]
    pub fn new(model: &str, dimensions: usize, vectors: &[Vec<f32>]) -> Self {
        let bytes = vectors.iter().flatten().flat_map(|value| value.to_le_bytes()).collect();
        let dimensions = u32::try_from(dimensions).unwrap_or_default();
        Self { model: model.to_owned(), dimensions, form: Form::F32, bytes: RawMessage(bytes) }
    }

    /// The same in a quarter of the room: the codes by which the index finds, and nothing to tell near ones apart more exactly.
    #[must_use]
    pub fn quantised(&self) -> Self {
        let long = self.dimensions as usize;
        let codes = |vector: Vec<f32>| vectors::codes(&vector).unwrap_or_else(|| vec![0; long]);
        let bytes = self.vectors().into_iter().flat_map(codes).map(i8::cast_unsigned).collect();
        Self { form: Form::Codes, bytes: RawMessage(bytes), ..self.clone() }
    }

    /// The vectors as they came; none where the codes alone are kept.
    #[must_use]
    pub fn vectors(&self) -> Vec<Vec<f32>> {
        let number = |bytes: &[u8]| f32::from_le_bytes(bytes.try_into().unwrap_or_default());
        let long = self.dimensions as usize;
        if self.form != Form::F32 || long == 0 {
            return vec![];
        }
        self.bytes.0.chunks_exact(long * 4).map(|bytes| bytes.chunks_exact(4).map(number).collect()).collect()
    }

    /// The codes, where they alone are kept. A passage that had no direction has zeroes.
    #[must_use]
    pub fn codes(&self) -> Vec<Vec<i8>> {
        let long = self.dimensions as usize;
        if self.form != Form::Codes || long == 0 {
            return vec![];
        }
        self.bytes.0.chunks_exact(long).map(|bytes| bytes.iter().copied().map(u8::cast_signed).collect()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_row_gives_back_what_was_put_into_it(vectors in prop::collection::vec(prop::collection::vec(-1f32..1.0, 8), 0..5)) {
            let row = VectorRow::new("m", 8, &vectors);
            prop_assert_eq!(row.vectors(), vectors.clone());
            prop_assert!(row.codes().is_empty());
            let small = row.quantised();
            prop_assert_eq!(small.bytes.0.len() * 4, row.bytes.0.len());
            let codes: Vec<_> = vectors.iter().map(|vector| vectors::codes(vector).unwrap_or(vec![0; 8])).collect();
            prop_assert_eq!(small.codes(), codes);
        }
    }

    #[test]
    fn a_message_without_passages_has_a_row_all_the_same() {
        assert!(VectorRow::new("m", 384, &[]).vectors().is_empty());
    }
}
