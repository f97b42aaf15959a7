//! A message's text: the right parts, decoded as they were meant, split into what was written here, quoted and signed. Pure.

use super::charset::{self, guess, visible};
use super::{html, split};
use crate::language;
use mail_parser::decoders::{base64::base64_decode, quoted_printable::quoted_printable_decode};
use mail_parser::{Encoding, Message, MessagePart, MimeHeaders, PartType};
use std::borrow::Cow;

/// What there is to read in a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Body {
    pub text: String,
    pub quoted: String,
    pub signature: String,
    pub language: Option<String>,
    pub remote_images: u32,
}

/// Reads the body of a parsed message; `raw` is what was parsed.
pub(super) fn read(message: &Message<'_>, raw: &[u8], damage: &mut Vec<String>) -> Body {
    note_damage(message, raw, damage);
    let (text, remote_images) = whole(message, raw);
    let split = split::split(&text);
    Body {
        language: language::of_prose(&split.text),
        text: split.text,
        quoted: split.quoted,
        signature: split.signature,
        remote_images,
    }
}

/// The text as it stands in the message, quotes and signature in their places, and how many remote images were left out.
pub(super) fn whole(message: &Message<'_>, raw: &[u8]) -> (String, u32) {
    let mut remote_images = 0;
    let mut text = joined(message.text_bodies().filter(|part| part.is_text()), raw, &mut remote_images);
    let plain_chosen = !message.text_bodies().any(MessagePart::is_text_html);
    if text.trim().is_empty() {
        text = joined(message.html_bodies().filter(|part| part.is_text()), raw, &mut remote_images);
    } else if plain_chosen {
        for part in message.html_bodies().filter(|part| part.is_text_html()) {
            remote_images += html::to_text(&decoded(part, raw)).remote_images;
        }
    }
    (text, remote_images)
}

fn joined<'m>(parts: impl Iterator<Item = &'m MessagePart<'m>>, raw: &[u8], remote_images: &mut u32) -> String {
    let mut whole = String::new();
    for part in parts {
        let text = decoded(part, raw);
        let text = if part.is_text_html() {
            let read = html::to_text(&text);
            *remote_images += read.remote_images;
            visible(&read.text)
        } else {
            visible(&unflowed(part, text))
        };
        if !whole.is_empty() && !text.trim().is_empty() {
            whole.push_str("\n\n");
        }
        whole.push_str(text.trim_end());
    }
    whole
}

/// The part's text. Where decoding by its label left replacement marks, the bytes are read as what they most likely are.
pub(super) fn decoded<'m>(part: &'m MessagePart<'m>, raw: &[u8]) -> Cow<'m, str> {
    let (PartType::Text(text) | PartType::Html(text)) = &part.body else { return Cow::Borrowed("") };
    if !text.contains('\u{fffd}') {
        return Cow::Borrowed(text);
    }
    let Some(bytes) = raw.get(part.offset_body as usize..part.offset_end as usize) else { return Cow::Borrowed(text) };
    let bytes = match part.encoding {
        Encoding::None => Some(bytes.to_vec()),
        Encoding::QuotedPrintable => quoted_printable_decode(bytes),
        Encoding::Base64 => base64_decode(bytes),
    };
    bytes.map_or(Cow::Borrowed(text), |bytes| Cow::Owned(guess(&bytes).into_owned()))
}

/// `format=flowed` (RFC 3676): a line that ends in a space goes on in the next.
fn unflowed<'t>(part: &MessagePart<'_>, text: Cow<'t, str>) -> Cow<'t, str> {
    let flowed = part
        .content_type()
        .and_then(|ct| ct.attribute("format"))
        .is_some_and(|format| format.eq_ignore_ascii_case("flowed"));
    if !flowed {
        return text;
    }
    let depth = |line: &str| line.bytes().take_while(|byte| *byte == b'>').count();
    let mut out = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let (marks, rest) = line.split_at(depth(line));
        let continues = open == Some(marks.len());
        if !continues && !out.is_empty() {
            out.push('\n');
        }
        out.push_str(if continues { rest.strip_prefix(' ').unwrap_or(rest) } else { line });
        open = (line.ends_with(' ') && rest.trim_start() != "-- ").then_some(marks.len());
    }
    Cow::Owned(out)
}

fn note_damage(message: &Message<'_>, raw: &[u8], damage: &mut Vec<String>) {
    for (number, part) in message.parts.iter().enumerate() {
        if part.is_encoding_problem {
            damage.push(format!("part {}: its transfer encoding is broken", number + 1));
        }
        let text = matches!(&part.body, PartType::Text(text) | PartType::Html(text) if text.contains('\u{fffd}'));
        if text && let Some(charset) = part.content_type().and_then(|ct| ct.attribute("charset")) {
            damage.push(format!(
                "part {}: it is not in its charset {}",
                number + 1,
                charset.chars().take(40).collect::<String>()
            ));
        }
    }
    let boundary = message
        .root_part()
        .content_type()
        .filter(|ct| ct.ctype() == "multipart")
        .and_then(|ct| ct.attribute("boundary"));
    if let Some(boundary) = boundary
        && !has_end(&raw[charset::header_end(raw)..], boundary)
    {
        damage.push("it ends before its last part does".to_owned());
    }
}

fn has_end(body: &[u8], boundary: &str) -> bool {
    let end = format!("--{boundary}--");
    body.split(|byte| *byte == b'\n').rev().any(|line| line.starts_with(end.as_bytes()))
}
