//! A letter as an RFC 5322 message: plain and HTML parts, images that stand in the text, attachments, threading headers, Bcc kept.
//! Everything that leaves is built here: what is sent, what Gmail keeps as a draft, and what is saved as a file.

use super::eml::one_line;
use super::files::{Stored, place_of};
use super::html_part;
use super::leaving::Leaving;
use crate::api::{Person, UnixMillis};
use crate::error::{Error, Result};
use lettre::Address;
use lettre::address::Envelope;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Body, Mailbox, Message, MessageBuilder, MultiPart, SinglePart};
use std::time::{Duration, UNIX_EPOCH};

/// What a message says of itself, besides the letter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head<'a> {
    /// Its Message-ID, without the angle brackets.
    pub(crate) message_id: &'a str,
    /// Its date.
    pub(crate) date: UnixMillis,
    /// Whether mail programs are to open it to be sent, not to be read.
    pub(crate) unsent: bool,
}

/// The letter as a message. `contents` are its files' bytes, in the letter's order.
pub(crate) fn message(letter: &Leaving, contents: Vec<Vec<u8>>, head: Head<'_>) -> Result<Vec<u8>> {
    let mut builder = headers(letter, head)?;
    for (people, put) in [
        (&letter.to, MessageBuilder::to as fn(MessageBuilder, Mailbox) -> MessageBuilder),
        (&letter.cc, MessageBuilder::cc),
        (&letter.bcc, MessageBuilder::bcc),
    ] {
        for person in people {
            builder = put(builder, mailbox(person)?);
        }
    }
    // The envelope is the way out's affair; lettre only wants one.
    let me = address(&letter.from)?;
    let envelope = Envelope::new(Some(me.clone()), vec![me]).map_err(|e| Error::internal("writing a message", e))?;
    let built = builder.envelope(envelope).keep_bcc().multipart(parts(letter, contents)?);
    built.map(|message| message.formatted()).map_err(|e| Error::internal("writing a message", e))
}

fn headers(letter: &Leaving, head: Head<'_>) -> Result<MessageBuilder> {
    let date = UNIX_EPOCH + Duration::from_secs(u64::try_from(head.date.div_euclid(1000)).unwrap_or(0));
    let mut builder = Message::builder()
        .from(mailbox(&letter.from)?)
        .date(date)
        .message_id(Some(format!("<{}>", head.message_id)))
        .subject(one_line(&letter.subject));
    if head.unsent {
        builder = builder.raw_header(raw("X-Unsent", "1".to_owned()));
    }
    if let Some(parent) = letter.thread.parent.as_deref().filter(|id| writable(id)) {
        builder = builder.raw_header(raw("In-Reply-To", format!("<{parent}>")));
    }
    let references: Vec<_> =
        letter.thread.references.iter().filter(|id| writable(id)).map(|id| format!("<{id}>")).collect();
    if !references.is_empty() {
        builder = builder.raw_header(raw("References", references.join("\r\n ")));
    }
    Ok(builder)
}

/// A header of ASCII that is folded already.
fn raw(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}

/// Whether a Message-ID of somebody else's can stand in a header of ours: visible ASCII, and no brackets.
fn writable(id: &str) -> bool {
    id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'<' && byte != b'>')
}

/// Whether a message can name this person: not every address that people type is one that mail can carry.
pub(crate) fn can_name(person: &Person) -> Result<()> {
    address(person).map(drop)
}

fn address(person: &Person) -> Result<Address> {
    let refused = || Error::BadAddress { given: person.address.as_str().to_owned() };
    person.address.as_str().parse().map_err(|_| refused())
}

fn mailbox(person: &Person) -> Result<Mailbox> {
    let name = person.name.as_deref().map(one_line).filter(|name| !name.is_empty());
    Ok(Mailbox::new(name, address(person)?))
}

/// `alternative` in `related` in `mixed`, each where there is a use for it.
fn parts(letter: &Leaving, contents: Vec<Vec<u8>>) -> Result<MultiPart> {
    let (mut shown, mut attached) = (Vec::new(), Vec::new());
    for (file, content) in letter.files.iter().zip(contents) {
        let inline = file.file.inline && place_of(&letter.body, &file.file.name).is_some();
        let part = part(file, content, inline.then(|| file.content_id(&letter.from)))?;
        if inline { shown.push(part) } else { attached.push(part) }
    }
    let text = MultiPart::alternative()
        .singlepart(SinglePart::plain(letter.text()))
        .singlepart(SinglePart::html(html_part::of(letter)));
    let text = match shown.is_empty() {
        true => text,
        false => shown.into_iter().fold(MultiPart::related().multipart(text), MultiPart::singlepart),
    };
    Ok(match attached.is_empty() {
        true => text,
        false => attached.into_iter().fold(MultiPart::mixed().multipart(text), MultiPart::singlepart),
    })
}

/// A file, always in base64: no line end of it is anybody's to change.
fn part(file: &Stored, content: Vec<u8>, content_id: Option<String>) -> Result<SinglePart> {
    let text = file.file.media_type.starts_with("text/") && std::str::from_utf8(&content).is_ok();
    let named = if text { format!("{}; charset=utf-8", file.file.media_type) } else { file.file.media_type.clone() };
    let media_type = ContentType::parse(&named).map_err(|e| Error::internal("an attachment's media type", e))?;
    let body = Body::new_with_encoding(content, ContentTransferEncoding::Base64)
        .map_err(|_| Error::Internal { what: "encoding an attachment", source: None })?;
    let name = file.file.name.clone();
    Ok(match content_id {
        Some(id) => Attachment::new_inline_with_name(id, name),
        None => Attachment::new(name),
    }
    .body(body, media_type))
}

#[cfg(test)]
#[path = "mime_tests.rs"]
mod tests;
