//! A draft as it would leave now: exactly what is approved, and what to ask before. It reads, and changes nothing.

use super::approval::{Approval, Approved, Attached, digest};
use super::questions::{self, Known};
use crate::Engine;
use crate::api::{EmailAddress, Outgoing};
use crate::compose::{Leaving, mime};
use crate::error::{Error, Result};
use crate::ids::DraftId;

impl Engine {
    /// The draft as it would leave now, from this address, or the draft's own, or the first of the person's.
    ///
    /// # Errors
    /// `not_found`; `bad_input` when there is nobody to send to or no such “me” to write from; `bad_address` for one that no message can
    /// name; `store_broken`.
    pub fn outgoing(&self, draft: DraftId, from: Option<&EmailAddress>) -> Result<Outgoing> {
        let draft = self.draft(draft)?;
        let letter = self.leaving(&draft, from)?;
        addressed(&letter)?;
        let known = Known { domains: self.written_domains()?, received_at: self.received_at(&letter)? };
        Ok(Outgoing {
            draft: letter.draft,
            version: letter.version,
            text: letter.text(),
            approval: approval_for(&letter).to_string(),
            questions: questions::of(&letter, &draft.checks, &known)?,
            from: letter.from,
            to: letter.to,
            cc: letter.cc,
            bcc: letter.bcc,
            subject: letter.subject,
            attachments: letter.files.into_iter().map(|stored| stored.file).collect(),
        })
    }

    /// The address of the person's that the answered message came to.
    fn received_at(&self, letter: &Leaving) -> Result<Option<EmailAddress>> {
        let Some(answered) = letter.answers else { return Ok(None) };
        match self.reply_to(answered, false) {
            Ok(reply) => Ok(Some(reply.from.address)),
            Err(Error::NotFound { .. }) => Ok(None), // it is no longer there
            Err(other) => Err(other),
        }
    }
}

/// There is somebody to send to, and everybody can be named in a message.
pub(super) fn addressed(letter: &Leaving) -> Result<()> {
    letter.to.iter().chain(&letter.cc).chain(&letter.bcc).try_for_each(mime::can_name)?;
    if letter.to.is_empty() && letter.cc.is_empty() && letter.bcc.is_empty() {
        return Err(Error::BadInput { field: "to", why: "say to whom".into() });
    }
    Ok(())
}

/// The digest of all that leaves.
pub(super) fn approval_for(letter: &Leaving) -> Approval {
    let attached = letter.files.iter().map(|stored| Attached {
        name: &stored.file.name,
        media_type: &stored.file.media_type,
        inline: stored.file.inline,
        print: &stored.print,
    });
    digest(&Approved {
        from: &letter.from.address,
        to: &letter.to,
        cc: &letter.cc,
        bcc: &letter.bcc,
        subject: &letter.subject,
        body: &letter.text(),
        attachments: &attached.collect::<Vec<_>>(),
        missing: &letter.missing,
        answers: letter.answers,
    })
}

#[cfg(test)]
#[path = "outgoing_tests.rs"]
mod tests;
