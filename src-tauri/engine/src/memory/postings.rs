//! Where one word stands, packed: message by message its places, as differences in as few bytes as they need, so that an index of a large
//! mailbox fits in memory and goes to the disk as it is. It knows no words and no messages.

/// Appends a number in as few bytes as it needs: seven bits each, the highest bit says that more follow (LEB128).
pub(super) fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number as u8) | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Takes a number from the front; `None` where there is none, or one too large.
pub(super) fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Takes a number that fits 32 bits.
pub(super) fn take_small(bytes: &mut &[u8]) -> Option<u32> {
    take(bytes).and_then(|number| u32::try_from(number).ok())
}

/// The messages a word stands in, ascending, each with its places, ascending.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Postings {
    bytes: Vec<u8>,
    /// The message added last.
    last: u32,
    /// In how many messages it stands.
    count: u32,
}

impl Postings {
    /// Adds a message after all others, with its places.
    pub fn push(&mut self, doc: u32, places: &[u32]) {
        put(&mut self.bytes, u64::from(doc - if self.count == 0 { 0 } else { self.last }));
        put(&mut self.bytes, places.len() as u64);
        let mut before = 0;
        for place in places {
            put(&mut self.bytes, u64::from(place - before));
            before = *place;
        }
        self.last = doc;
        self.count += 1;
    }

    /// Walks over the messages: each with its places.
    pub fn each(&self, mut visit: impl FnMut(u32, &[u32])) {
        let (mut rest, mut doc, mut places) = (self.bytes.as_slice(), 0u32, Vec::new());
        for _ in 0..self.count {
            let (Some(step), Some(many)) = (take_small(&mut rest), take_small(&mut rest)) else { return };
            doc = doc.wrapping_add(step);
            places.clear();
            let mut place = 0u32;
            for _ in 0..many {
                let Some(step) = take_small(&mut rest) else { return };
                place = place.wrapping_add(step);
                places.push(place);
            }
            visit(doc, &places);
        }
    }

    /// In how many messages the word stands.
    pub fn count(&self) -> usize {
        self.count as usize
    }

    /// Appends all of it to a file's bytes.
    pub fn write(&self, to: &mut Vec<u8>) {
        put(to, u64::from(self.count));
        put(to, u64::from(self.last));
        put(to, self.bytes.len() as u64);
        to.extend_from_slice(&self.bytes);
    }

    /// Reads back what [`Postings::write`] wrote; `None` where it is cut short.
    pub fn read(from: &mut &[u8]) -> Option<Self> {
        let (count, last, long) = (take_small(from)?, take_small(from)?, take_small(from)? as usize);
        let bytes = from.get(..long)?.to_vec();
        *from = &from[long..];
        Some(Self { bytes, last, count })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_went_in_comes_out(docs in proptest::collection::btree_map(any::<u32>(), proptest::collection::btree_set(any::<u32>(), 1..6), 0..20)) {
            let expected: Vec<(u32, Vec<u32>)> = docs.into_iter().map(|(doc, places)| (doc, places.into_iter().collect())).collect();
            let mut postings = Postings::default();
            expected.iter().for_each(|(doc, places)| postings.push(*doc, places));
            let mut file = Vec::new();
            postings.write(&mut file);
            let again = Postings::read(&mut file.as_slice()).unwrap();
            prop_assert_eq!(&again, &postings);
            let mut got = Vec::new();
            again.each(|doc, places| got.push((doc, places.to_vec())));
            prop_assert_eq!(got, expected);
        }

        #[test]
        fn damaged_bytes_are_read_to_their_end_and_no_further(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            if let Some(postings) = Postings::read(&mut bytes.as_slice()) {
                postings.each(|_, _| {});
            }
        }
    }
}
