//! base64url as Gmail writes it (RFC 4648 §5): padded or not when it comes, padded when it goes.

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::{Deserialize, Deserializer, de};
use std::borrow::Cow;

const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

pub(super) fn encode(bytes: &[u8]) -> String {
    ENGINE.encode(bytes)
}

pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    ENGINE.decode(text).ok()
}

/// A field of it that may be missing.
pub(super) fn field<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<u8>>, D::Error> {
    let Some(text) = Option::<Cow<'de, str>>::deserialize(from)? else { return Ok(None) };
    decode(&text).map(Some).ok_or_else(|| de::Error::custom("no base64url"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn padding_does_not_matter() {
        for text in ["-_8=", "-_8"] {
            assert_eq!(decode(text), Some(vec![0xfb, 0xff]), "{text}");
        }
        for bad in ["+/8=", "a", "-_8=\n", "ä"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
        assert_eq!((decode(""), encode(&[0xfb, 0xff]).as_str()), (Some(vec![]), "-_8="));
    }

    proptest! {
        #[test]
        fn what_went_comes_back(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let text = encode(&bytes);
            prop_assert_eq!(decode(&text), Some(bytes.clone()));
            prop_assert_eq!(decode(text.trim_end_matches('=')), Some(bytes));
        }

        #[test]
        fn no_text_breaks_it(text in ".{0,40}") {
            let _ = decode(&text);
        }
    }
}
