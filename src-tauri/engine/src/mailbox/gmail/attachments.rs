//! An attachment's bytes, when they are wanted: from the message where it came from a file, else from Gmail, by the part's place in its
//! message. What was fetched is kept for a while.

use super::{body, fetch};
use crate::Engine;
use crate::account::{GmailLine, Urgency, blocking};
use crate::api::{Grant, UnixMillis};
use crate::error::{Error, Result};
use crate::ids::MessageId;
use crate::mailbox::row::RawMessage;
use crate::mailbox::{blocks, parse};
use crate::store::Keep;
use crate::store::tables::{ATTACHMENTS, GMAIL_PARTS, MESSAGES, REMOTE_MESSAGES};
use epistle_wire::gmail;

/// So long is kept what was fetched: a fortnight.
const KEPT_MILLIS: UnixMillis = 14 * 24 * 3_600 * 1_000;
/// Larger ones are fetched anew each time.
const LARGEST_KEPT: usize = 8 << 20;

/// Where an attachment is.
enum Place {
    Here(Vec<u8>),
    /// In this message of Gmail's, at this place.
    There(gmail::MessageId, String),
}

impl Engine {
    /// The bytes of a message's attachment, by its number in [`crate::api::Message::attachments`], from 0.
    ///
    /// # Errors
    /// `not_found`; where it is at Gmail still, those of [`Engine::sync`].
    pub async fn attachment(&self, message: MessageId, number: u32) -> Result<Vec<u8>> {
        let engine = self.clone();
        match blocking(move || place(&engine, message, number)).await? {
            Place::Here(bytes) => Ok(bytes),
            Place::There(id, part) => {
                let line = self.gmail_line(Grant::ReadMail)?;
                let bytes = fetched(&line, &id, &part).await?;
                let (engine, keep) = (self.clone(), bytes.clone());
                blocking(move || kept(&engine, message, number, keep)).await?;
                Ok(bytes)
            }
        }
    }
}

fn place(engine: &Engine, message: MessageId, number: u32) -> Result<Place> {
    let none = || Error::not_found("attachment", format!("{message} {number}"));
    let read = engine.store().read(engine.account())?;
    let now = crate::now();
    if let Some(bytes) = read.get_fresh(ATTACHMENTS, &key(message, number), now)? {
        return Ok(Place::Here(bytes.0));
    }
    let parts = read.get(GMAIL_PARTS, message.as_bytes())?;
    let Some(parts) = parts else {
        read.get(MESSAGES, message.as_bytes())?.ok_or_else(none)?;
        let raw = blocks::raw(&read, message)?.ok_or_else(none)?;
        return parse::attachment(&raw.0, number as usize).map(Place::Here).ok_or_else(none);
    };
    let part = parts.into_iter().nth(number as usize).ok_or_else(none)?.part;
    let remote = read.get(REMOTE_MESSAGES, message.as_bytes())?.ok_or_else(none)?;
    let id = gmail::MessageId::parse(&remote.message).ok_or_else(none)?;
    Ok(Place::There(id, part))
}

/// A person waits for it: it goes before what a sync reads.
async fn fetched(line: &GmailLine, id: &gmail::MessageId, place: &str) -> Result<Vec<u8>> {
    let told = |fault: crate::account::Fault| fault.told("attachment", Grant::ReadMail);
    let message = fetch::get(line, id.clone(), true).await.map_err(told)?;
    let part = message.payload.as_ref().and_then(|root| body::part_at(root, place));
    let part = part.ok_or_else(|| Error::not_found("attachment", "at Gmail"))?;
    match (&part.body.data, &part.body.attachment_id) {
        (Some(data), _) => Ok(data.clone()),
        (None, Some(id)) => fetch::attachment(line, &message.id, id, Urgency::Send).await.map_err(told),
        (None, None) => Ok(Vec::new()),
    }
}

fn kept(engine: &Engine, message: MessageId, number: u32, bytes: Vec<u8>) -> Result<()> {
    if bytes.len() > LARGEST_KEPT {
        return Ok(());
    }
    let until = crate::now().saturating_add(KEPT_MILLIS);
    engine.store().write(engine.account(), Keep::Again, |tx| {
        tx.put_until(ATTACHMENTS, &key(message, number), &RawMessage(bytes), until)
    })
}

fn key(message: MessageId, number: u32) -> [u8; 20] {
    let mut key = [0; 20];
    key[..16].copy_from_slice(message.as_bytes());
    key[16..].copy_from_slice(&number.to_be_bytes());
    key
}
