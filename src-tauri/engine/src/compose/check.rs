//! The check: what a person should look at before a draft goes out. Pure; it changes no text.

use super::rows::DraftGround;
use crate::api::Draft;

/// The draft with what its text was made from, and what the check finds in the text as it stands now.
pub(super) fn onto(mut draft: Draft, ground: DraftGround) -> Draft {
    draft.sources = ground.sources;
    draft.receipt = Some(ground.receipt);
    draft
}
