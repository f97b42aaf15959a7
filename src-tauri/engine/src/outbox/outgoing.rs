//! A draft as it would leave now: exactly what is approved, and what to ask before. It reads, and changes nothing.

use super::approval::{Approval, Approved, digest};
use crate::Engine;
use crate::api::{Draft, EmailAddress, Outgoing, Person};
use crate::error::{Error, Result};
use crate::ids::DraftId;

impl Engine {
    /// The draft as it would leave now, from this address, or the draft's own, or the first of the person's.
    ///
    /// # Errors
    /// `not_found`; `bad_input` when there is nobody to send to or no such “me” to write from; `store_broken`.
    pub fn outgoing(&self, draft: DraftId, from: Option<&EmailAddress>) -> Result<Outgoing> {
        let letter = self.draft(draft)?;
        let from = self.sender(from.or(letter.from.as_ref()))?;
        self.outgoing_of(letter, from)
    }

    /// The same, of a draft that was read.
    pub(super) fn outgoing_of(&self, letter: Draft, from: Person) -> Result<Outgoing> {
        if letter.to.is_empty() && letter.cc.is_empty() && letter.bcc.is_empty() {
            return Err(Error::BadInput { field: "to", why: "say to whom".into() });
        }
        let text = self.text_leaving(&letter)?;
        Ok(Outgoing {
            draft: letter.id,
            version: letter.version,
            approval: approval_for(&letter, &from, &text).to_string(),
            from,
            to: letter.to,
            cc: letter.cc,
            bcc: letter.bcc,
            subject: letter.subject,
            text,
            attachments: letter.files,
            questions: vec![],
        })
    }
}

fn approval_for(letter: &Draft, from: &Person, text: &str) -> Approval {
    digest(&Approved {
        from: &from.address,
        to: &letter.to,
        cc: &letter.cc,
        bcc: &letter.bcc,
        subject: &letter.subject,
        body: text,
        attachments: &[],
        answers: letter.answers,
    })
}
