//! Bytes to a message (RFC 5322, MIME), as far as they can be read; what could not be is told. Pure. It follows no link and trusts no header.

use super::body::{self, Body};
use super::charset;
use super::date;
use crate::api::{Attachment, EmailAddress, Person, UnixMillis};
use mail_parser::{Address, HeaderName, HeaderValue, Message, MessageParser, MimeHeaders, PartType};
use std::sync::LazyLock;

/// More nested messages than this are not followed.
const MAX_NESTED: usize = 50;
/// So many of a message's first and last ancestors are kept.
const FIRST_REFS: usize = 10;
const LAST_REFS: usize = 40;
/// More people than this in one header are cut off.
const MAX_PEOPLE: usize = 500;

static PARSER: LazyLock<MessageParser> = LazyLock::new(MessageParser::default);

/// A message as read.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Parsed {
    pub message_id: Option<String>,
    pub refs: Vec<String>,
    pub from: Option<Person>,
    pub to: Vec<Person>,
    pub cc: Vec<Person>,
    pub reply_to: Vec<Person>,
    pub date: Option<UnixMillis>,
    pub subject: String,
    pub body: Body,
    pub attachments: Vec<Attachment>,
    /// What could not be read, in a few words each.
    pub damage: Vec<String>,
}

/// Why bytes are no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotMail {
    /// There is nothing.
    #[error("it is empty")]
    Empty,
    /// There are no header fields that mail has.
    #[error("it has no mail headers")]
    NoHeaders,
}

/// Reads a message. `delivered` is when an mbox says it came.
pub(super) fn parse(raw: &[u8], delivered: Option<UnixMillis>, now: UnixMillis) -> Result<Parsed, NotMail> {
    if raw.iter().all(u8::is_ascii_whitespace) {
        return Err(NotMail::Empty);
    }
    let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    let readable = charset::with_readable_headers(raw);
    let mut damage = Vec::new();
    let nested_too_deep = count_nested(&readable) > MAX_NESTED;
    let message =
        if nested_too_deep { PARSER.parse_headers(readable.as_ref()) } else { PARSER.parse(readable.as_ref()) };
    let message = message.filter(has_mail_headers).ok_or(NotMail::NoHeaders)?;
    let body = if nested_too_deep {
        damage.push("messages nested too deep: its body is kept as it stands and not read".to_owned());
        Body::default()
    } else {
        body::read(&message, &readable, &mut damage)
    };
    let from = author(&message);
    if from.is_none() {
        damage.push("no From address that can be read".to_owned());
    }
    let (to, cc, reply_to) = (people(message.to()), people(message.cc()), people(message.reply_to()));
    let known: Vec<&Person> = from.iter().chain(&to).chain(&cc).chain(&reply_to).collect();
    Ok(Parsed {
        message_id: message.message_id().and_then(normal_id),
        refs: references(&message, &known),
        date: sent(&message, delivered, now, &mut damage),
        subject: charset::visible(message.subject().unwrap_or_default())
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" "),
        attachments: attachments(&message),
        from,
        to,
        cc,
        reply_to,
        body,
        damage,
    })
}

fn has_mail_headers(message: &Message<'_>) -> bool {
    use HeaderName::{
        Bcc, Cc, ContentType, Date, DeliveredTo, From, MessageId, MimeVersion, Received, ReturnPath, Sender, Subject,
        To,
    };
    let known = [
        From,
        To,
        Cc,
        Bcc,
        Date,
        Subject,
        MessageId,
        Received,
        ReturnPath,
        Sender,
        MimeVersion,
        ContentType,
        DeliveredTo,
    ];
    message.headers().iter().any(|header| known.contains(&header.name))
}

/// Declared messages within messages, counted in the bytes: whatever a parser would make of them, there are no more.
fn count_nested(raw: &[u8]) -> usize {
    let starts =
        |at: usize, word: &[u8]| raw.get(at..at + word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word));
    let slashes = raw.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
    slashes
        .filter(|at| starts(*at, b"/rfc822") || starts(*at, b"/global") || starts(*at, b"/digest"))
        .take(MAX_NESTED + 1)
        .count()
}

// ---------------------------------------------------------------- people

fn author(message: &Message<'_>) -> Option<Person> {
    [message.from(), message.sender(), message.reply_to()]
        .into_iter()
        .find_map(|header| people(header).into_iter().next())
}

fn people(header: Option<&Address<'_>>) -> Vec<Person> {
    header.into_iter().flat_map(|list| list.iter()).filter_map(person).take(MAX_PEOPLE).collect()
}

fn person(addr: &mail_parser::Addr<'_>) -> Option<Person> {
    let given = [addr.address(), addr.name()];
    let address: EmailAddress = given.into_iter().flatten().find_map(mended_address)?;
    let name = addr.name().map(|name| {
        charset::visible(name.trim().trim_matches(['"', '\''])).split_whitespace().collect::<Vec<_>>().join(" ")
    });
    Some(Person { name: name.filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case(address.as_str())), address })
}

/// An address as meant: without what surrounds it in the wild.
fn mended_address(given: &str) -> Option<EmailAddress> {
    let bare = given
        .trim()
        .trim_start_matches("mailto:")
        .trim_matches(|c: char| c.is_whitespace() || "<>'\"()[],;".contains(c));
    bare.trim_end_matches('.').parse().ok()
}

// ---------------------------------------------------------------- ids

/// A Message-ID without brackets and spaces.
pub(super) fn normal_id(id: &str) -> Option<String> {
    let bare: String = id.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    let bare = bare.trim_start_matches('<').trim_end_matches('>');
    (!bare.is_empty() && bare.len() <= 998).then(|| bare.to_owned())
}

/// The ancestors: References, and In-Reply-To where it names a message and not, as old programs did, a person.
fn references(message: &Message<'_>, known: &[&Person]) -> Vec<String> {
    let mut refs = ids(message.references());
    let addresses: Vec<String> = known.iter().map(|person| person.address.folded()).collect();
    let prose = message
        .header_raw(HeaderName::InReplyTo)
        .is_some_and(|raw| raw.split('<').next().is_some_and(|before| !before.trim().is_empty()));
    let answered = ids(message.in_reply_to()).into_iter().filter(|id| !prose || id.chars().any(|c| c.is_ascii_digit()));
    refs.extend(answered);
    refs.retain(|id| id.contains('@') && !addresses.contains(&id.to_lowercase()));
    let mut seen = std::collections::HashSet::new();
    refs.retain(|id| seen.insert(id.clone()));
    if refs.len() > FIRST_REFS + LAST_REFS {
        refs.drain(FIRST_REFS..refs.len() - LAST_REFS);
    }
    refs
}

/// The bytes of an attachment, by its number in [`Parsed::attachments`].
pub(super) fn attachment(raw: &[u8], number: usize) -> Option<Vec<u8>> {
    with_message(raw, |message, _| message.attachments().nth(number).map(|part| part.contents().to_vec())).flatten()
}

/// Who has a blind copy, which only a draft tells.
pub(super) fn blind_copies(raw: &[u8]) -> Vec<Person> {
    let readable = charset::with_readable_headers(raw);
    PARSER.parse_headers(readable.as_ref()).map(|message| people(message.bcc())).unwrap_or_default()
}

/// What a message that is here names as its ancestors, as [`parse`] found it.
pub(super) fn named_in(raw: &[u8]) -> Vec<String> {
    let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    let readable = charset::with_readable_headers(raw);
    let Some(message) = PARSER.parse_headers(readable.as_ref()) else { return Vec::new() };
    let from = author(&message);
    let (to, cc, reply_to) = (people(message.to()), people(message.cc()), people(message.reply_to()));
    let known: Vec<&Person> = from.iter().chain(&to).chain(&cc).chain(&reply_to).collect();
    references(&message, &known)
}

/// Reads a message for another purpose than keeping it; `None` where there is none, or it is nested too deep to be read.
pub(super) fn with_message<R>(raw: &[u8], read: impl FnOnce(&Message<'_>, &[u8]) -> R) -> Option<R> {
    let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    let readable = charset::with_readable_headers(raw);
    if count_nested(&readable) > MAX_NESTED {
        return None;
    }
    PARSER.parse(readable.as_ref()).map(|message| read(&message, &readable))
}

/// What a message's References hold, and without one its In-Reply-To where that names one message.
pub(super) fn ancestors(raw: &[u8]) -> Vec<String> {
    let readable = charset::with_readable_headers(raw);
    let Some(message) = PARSER.parse_headers(readable.as_ref()) else { return Vec::new() };
    let references = ids(message.references());
    let answered = ids(message.in_reply_to());
    let mut named = if references.is_empty() && answered.len() == 1 { answered } else { references };
    named.retain(|id| id.contains('@'));
    named
}

/// A message's text as it stands there, not split.
pub(super) fn whole_text(raw: &[u8]) -> Option<String> {
    let readable = charset::with_readable_headers(raw);
    if count_nested(&readable) > MAX_NESTED {
        return None;
    }
    Some(body::whole(&PARSER.parse(readable.as_ref())?, &readable).0)
}

fn ids(header: &HeaderValue<'_>) -> Vec<String> {
    match header {
        HeaderValue::Text(id) => normal_id(id).into_iter().collect(),
        HeaderValue::TextList(ids) => ids.iter().filter_map(|id| normal_id(id)).collect(),
        _ => Vec::new(),
    }
}

// ---------------------------------------------------------------- dates

fn sent(
    message: &Message<'_>,
    delivered: Option<UnixMillis>,
    now: UnixMillis,
    damage: &mut Vec<String>,
) -> Option<UnixMillis> {
    if let Some(date) = message.date().and_then(|date| date::of_header(date, now)) {
        return Some(date);
    }
    let received = message.received().and_then(|received| received.date()).and_then(|date| date::of_header(&date, now));
    let delivered = received.or(delivered.filter(|at| date::believable(*at, now)));
    damage.push(
        if delivered.is_some() {
            "no Date that can be read: taken from its delivery"
        } else {
            "no Date that can be read"
        }
        .to_owned(),
    );
    delivered
}

// ---------------------------------------------------------------- attachments

fn attachments(message: &Message<'_>) -> Vec<Attachment> {
    let listed = message.attachments().map(|part| {
        let media_type = part.content_type().map_or_else(
            || "application/octet-stream".to_owned(),
            |ct| format!("{}/{}", ct.ctype(), ct.subtype().unwrap_or("octet-stream")),
        );
        let nested = if let PartType::Message(inner) = &part.body { inner.subject() } else { None };
        let name = part
            .attachment_name()
            .map(str::to_owned)
            .or_else(|| nested.map(|subject| format!("{subject}.eml")))
            .unwrap_or_default();
        Attachment {
            name: charset::visible(&name).trim().to_owned(),
            media_type: media_type.to_lowercase(),
            size: part.contents().len() as u64,
        }
    });
    listed.collect()
}
