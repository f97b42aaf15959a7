//! How vectors are kept: one row a message and model, its passages' numbers in bytes. Plain data; nothing is searched here.

use crate::mailbox::row::RawMessage;
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
    /// A byte each, -127 to 127, after the vector's scale as f32: a quarter of the room, for mail that is old.
    I8,
}

/// The end of a row's key, after the message's id: a model is told by it without opening the row.
pub fn tag(model: &str) -> [u8; 8] {
    let mut tag = [0; 8];
    tag.copy_from_slice(&blake3::hash(model.as_bytes()).as_bytes()[..8]);
    tag
}

impl VectorRow {
    /// A row of vectors as they came.
    #[must_use]
    pub fn new(model: &str, dimensions: usize, vectors: &[Vec<f32>]) -> Self {
        let bytes = vectors.iter().flatten().flat_map(|value| value.to_le_bytes()).collect();
        let dimensions = u32::try_from(dimensions).unwrap_or_default();
        Self { model: model.to_owned(), dimensions, form: Form::F32, bytes: RawMessage(bytes) }
    }

    /// The same vectors in a quarter of the room, each number within 1/254 of the vector's largest.
    #[must_use]
    pub fn quantised(&self) -> Self {
        let mut bytes = Vec::with_capacity(self.bytes.0.len() / 4);
        for vector in self.vectors() {
            let largest = vector.iter().fold(0f32, |most, value| most.max(value.abs()));
            bytes.extend((largest / 127.0).to_le_bytes());
            let scaled = |value: f32| if largest > 0.0 { (value / largest * 127.0).round() } else { 0.0 };
            #[allow(clippy::cast_possible_truncation)] // rounded, and at most 127 by what it was divided by
            bytes.extend(vector.iter().flat_map(|value| (scaled(*value) as i8).to_le_bytes()));
        }
        Self { form: Form::I8, bytes: RawMessage(bytes), ..self.clone() }
    }

    /// The vectors.
    #[must_use]
    pub fn vectors(&self) -> Vec<Vec<f32>> {
        let long = self.dimensions as usize;
        if long == 0 {
            return vec![];
        }
        let f32s = |bytes: &[u8]| bytes.chunks_exact(4).map(number).collect();
        match self.form {
            Form::F32 => self.bytes.0.chunks_exact(long * 4).map(f32s).collect(),
            Form::I8 => self.bytes.0.chunks_exact(long + 4).map(scaled_up).collect(),
        }
    }
}

fn number(bytes: &[u8]) -> f32 {
    f32::from_le_bytes(bytes.try_into().unwrap_or_default())
}

fn scaled_up(bytes: &[u8]) -> Vec<f32> {
    let (scale, values) = bytes.split_at(4);
    let scale = number(scale);
    values.iter().map(|byte| f32::from(i8::from_le_bytes([*byte])) * scale).collect()
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
            let small = row.quantised();
            prop_assert!(small.bytes.0.len() <= row.bytes.0.len());
            for (old, new) in vectors.iter().zip(small.vectors()) {
                let largest = old.iter().fold(0f32, |most, value| most.max(value.abs()));
                for (a, b) in old.iter().zip(new) {
                    prop_assert!((a - b).abs() <= largest / 254.0 + 1e-6);
                }
            }
        }
    }

    #[test]
    fn a_message_without_passages_has_a_row_all_the_same() {
        assert!(VectorRow::new("m", 384, &[]).vectors().is_empty());
    }
}
