//! zstd for many small rows: a context is dear to make and cheap to use again, so that each thread keeps one of each. It seals nothing.

use std::cell::RefCell;
use std::io;
use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::get_frame_content_size;

/// Mail packs hardly better at higher levels, and much slower.
const LEVEL: i32 = 3;
/// What says it is longer is unpacked piece by piece, without making room for it first.
const MOST: u64 = 256 << 20;

thread_local! {
    static PACKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static UNPACKER: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Packs bytes; the frame says how many they were.
pub(super) fn pack(bytes: &[u8]) -> io::Result<Vec<u8>> {
    with(&PACKER, || Compressor::new(LEVEL), |packer| packer.compress(bytes))
}

/// Unpacks a frame, whether it says its length or, as older ones, does not.
pub(super) fn unpack(frame: &[u8]) -> io::Result<Vec<u8>> {
    let length = get_frame_content_size(frame).ok().flatten().filter(|length| *length <= MOST);
    let length = length.and_then(|length| usize::try_from(length).ok());
    match length {
        Some(length) => with(&UNPACKER, Decompressor::new, |unpacker| unpacker.decompress(frame, length)),
        None => zstd::decode_all(frame),
    }
}

fn with<C, R>(
    kept: &'static std::thread::LocalKey<RefCell<Option<C>>>,
    make: impl FnOnce() -> io::Result<C>,
    work: impl FnOnce(&mut C) -> io::Result<R>,
) -> io::Result<R> {
    kept.with_borrow_mut(|kept| match kept {
        Some(context) => work(context),
        None => work(kept.insert(make()?)),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_was_packed_comes_back_and_so_does_an_older_frame(bytes in proptest::collection::vec(0u8..4, 0..5_000)) {
            prop_assert_eq!(&unpack(&pack(&bytes).unwrap()).unwrap(), &bytes);
            prop_assert_eq!(&unpack(&zstd::encode_all(bytes.as_slice(), LEVEL).unwrap()).unwrap(), &bytes);
        }

        #[test]
        fn no_bytes_make_it_fail_but_with_an_error(bytes in any::<Vec<u8>>()) {
            let _ = unpack(&bytes);
        }
    }
}
