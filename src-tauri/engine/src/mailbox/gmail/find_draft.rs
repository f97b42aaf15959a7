//! A draft whose making was never answered is found again by its Message-ID, among the drafts there are. It looks, and changes nothing.

use super::drafts;
use crate::account::{Fault, GmailLine, Urgency};
use epistle_wire::gmail::drafts::{Draft, get};
use epistle_wire::gmail::quota::Method;
use epistle_wire::gmail::{DraftId, Format, Kind, Rfc822Id, settle};
use std::collections::HashSet;

/// The draft that carries this Message-ID, of those that no draft here is known to be. The list is no search and does not lag: where it
/// is not in it, it was not made.
pub(super) async fn find(line: &GmailLine, id: &Rfc822Id, known: &HashSet<DraftId>) -> Result<Option<Draft>, Fault> {
    for there in drafts::all(line).await? {
        if known.contains(&there.id) {
            continue;
        }
        let said = line.call(Method::DraftsGet, Urgency::Read, |gmail| {
            let there = there.id.clone();
            async move { get(&gmail, &there, Format::Metadata(&["Message-ID", "X-Google-Original-Message-ID"])).await }
        });
        match said.await {
            Ok(draft) if settle::is_named(&draft.message, id) => return Ok(Some(draft)),
            Err(Fault::Gmail(error)) if error.kind() == Kind::NotFound => {} // gone since it was listed
            other => drop(other?),
        }
    }
    Ok(None)
}
