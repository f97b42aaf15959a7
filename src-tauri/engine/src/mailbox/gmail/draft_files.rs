//! The files of a draft made elsewhere, fetched before the draft is taken in. One that does not come now leaves the others alone, and is
//! named, so that nothing leaves without it unasked.

use super::body::{self, PartRow};
use super::fetch;
use crate::account::{Fault, GmailLine, Urgency};
use crate::api::MissingFile;
use crate::compose::files::attachment_limit;
use crate::compose::incoming::Incoming;
use crate::compose::rows::MissingRow;
use epistle_wire::gmail::{Kind, Message};

/// A draft's files, as far as they came.
#[derive(Debug, Default)]
pub(super) struct Came {
    pub(super) files: Vec<Incoming>,
    /// Those that did not.
    pub(super) missing: Vec<MissingRow>,
}

impl Came {
    /// Whether any is to be asked for again.
    pub(super) fn lacks_some(&self) -> bool {
        self.missing.iter().any(|row| !row.file.never)
    }
}

/// Fetches these parts of a message, one after the other. What concerns more than one file, such as a limit on all calls, is a fault.
pub(super) async fn fetch(line: &GmailLine, message: &Message, parts: &[PartRow]) -> Result<Came, Fault> {
    let mut room = attachment_limit().map_err(Fault::Ours)?;
    let mut came = Came::default();
    for part in parts {
        let got = if part.attachment.size > room { Got::Never } else { one(line, message, &part.part).await? };
        match got {
            Got::Bytes(bytes) if bytes.len() as u64 <= room => {
                room -= bytes.len() as u64;
                came.files.push(Incoming::new(part.part.clone(), &part.attachment, bytes));
            }
            got => {
                let never = !matches!(got, Got::NotYet);
                let (name, size) = (part.attachment.name.clone(), part.attachment.size);
                came.missing.push(MissingRow { part: part.part.clone(), file: MissingFile { name, size, never } });
            }
        }
    }
    Ok(came)
}

/// What became of one.
enum Got {
    Bytes(Vec<u8>),
    /// It is asked for again.
    NotYet,
    /// It is more than a letter can carry, or nowhere to be had.
    Never,
}

async fn one(line: &GmailLine, message: &Message, place: &str) -> Result<Got, Fault> {
    let part = message.payload.as_ref().and_then(|root| body::part_at(root, place));
    let Some(part) = part else { return Ok(Got::Never) };
    let id = match (&part.body.data, &part.body.attachment_id) {
        (Some(data), _) => return Ok(Got::Bytes(data.clone())),
        (None, Some(id)) => id,
        (None, None) => return Ok(if part.body.size == 0 { Got::Bytes(Vec::new()) } else { Got::Never }),
    };
    match fetch::attachment(line, &message.id, id, Urgency::Read).await {
        Ok(bytes) => Ok(Got::Bytes(bytes)),
        Err(Fault::Gmail(error)) => match error.kind() {
            Kind::TooLarge => Ok(Got::Never),
            Kind::Unavailable | Kind::AnswerLost | Kind::NotFound | Kind::Invalid => Ok(Got::NotYet),
            _ => Err(Fault::Gmail(error)),
        },
        Err(fault) => Err(fault),
    }
}
