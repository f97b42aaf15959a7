//! A message's parts as Gmail gives them (`format=full`), to an RFC 5322 message for the one parser there is: its headers and its text whole,
//! its attachments as empty parts. Their bytes come when they are wanted, by the part's place: ids of attachments change from call to call,
//! places do not. Pure.

use crate::api::Attachment;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use epistle_wire::gmail::{AttachmentId, Header, Message, Part};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// Parts in parts, deeper than anybody writes them, are left out.
const DEEPEST: usize = 40;
/// A part of text larger than this is fetched only when it is wanted, like an attachment.
const LARGEST_TEXT: u64 = 2 << 20;

/// An attachment's place in its message at Gmail, and what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartRow {
    /// Its place, as in `1.2`.
    pub(super) part: String,
    /// What it is called, its kind and size.
    pub(super) attachment: Attachment,
}

/// The message, and its attachments in order.
pub(super) fn rebuilt(message: &Message) -> (Vec<u8>, Vec<PartRow>) {
    let (mut out, mut files) = (String::new(), Vec::new());
    let nothing = Part::default();
    let root = message.payload.as_ref().unwrap_or(&nothing);
    for header in &root.headers {
        if !is_of_the_body(&header.name) {
            push_header(&mut out, &header.name, &header.value);
        }
    }
    out.push_str("MIME-Version: 1.0\r\n");
    push_part(&mut out, root, &mut files, 0);
    (out.into_bytes(), files)
}

/// The parts of text that did not come with their message.
pub(super) fn text_to_fetch(part: &Part) -> Vec<(String, AttachmentId)> {
    let mut wanted = Vec::new();
    if let Some(id) = part.body.attachment_id.as_ref().filter(|_| is_text(part) && part.body.size <= LARGEST_TEXT)
        && part.body.data.is_none()
    {
        wanted.push((part.part_id.clone(), id.clone()));
    }
    if !is_file(part) {
        wanted.extend(part.parts.iter().flat_map(text_to_fetch));
    }
    wanted
}

/// The part at a place.
pub(super) fn part_at<'p>(part: &'p Part, place: &str) -> Option<&'p Part> {
    if part.part_id == place {
        return Some(part);
    }
    part.parts.iter().find_map(|part| part_at(part, place))
}

/// The same, to put what was fetched there.
pub(super) fn part_at_mut<'p>(part: &'p mut Part, place: &str) -> Option<&'p mut Part> {
    if part.part_id == place {
        return Some(part);
    }
    part.parts.iter_mut().find_map(|part| part_at_mut(part, place))
}

fn is_of_the_body(name: &str) -> bool {
    ["content-type", "content-transfer-encoding", "mime-version", "content-length"]
        .iter()
        .any(|own| name.eq_ignore_ascii_case(own))
}

fn is_multipart(part: &Part) -> bool {
    part.mime_type.to_ascii_lowercase().starts_with("multipart/")
}

/// Text that is read, and is no file.
fn is_text(part: &Part) -> bool {
    let kind = part.mime_type.to_ascii_lowercase();
    let attached = header(part, "Content-Disposition").is_some_and(|value| {
        value.trim_start().get(..10).is_some_and(|start| start.eq_ignore_ascii_case("attachment"))
    });
    (kind.is_empty() || kind == "text/plain" || kind == "text/html") && part.filename.is_empty() && !attached
}

/// What is shown by its name. A message in a message is one: its own parts are not this message's.
fn is_file(part: &Part) -> bool {
    !is_multipart(part) && !is_text(part)
}

fn header<'p>(part: &'p Part, name: &str) -> Option<&'p str> {
    let found = part.headers.iter().find(|Header { name: own, .. }| own.eq_ignore_ascii_case(name));
    found.map(|header| header.value.as_str())
}

/// A header on one line, whatever its value holds: no value begins another header, or the body.
fn push_header(out: &mut String, name: &str, value: &str) {
    let is_name = |byte: u8| byte.is_ascii_graphic() && byte != b':';
    if name.is_empty() || !name.bytes().all(is_name) {
        return;
    }
    let value: String = value.chars().map(|c| if c.is_control() && c != '\t' { ' ' } else { c }).collect();
    let _ = write!(out, "{name}: {}\r\n", value.trim());
}

fn push_part(out: &mut String, part: &Part, files: &mut Vec<PartRow>, depth: usize) {
    if is_multipart(part) {
        push_multipart(out, part, files, depth);
    } else if is_text(part) {
        push_text(out, part);
    } else {
        push_file(out, part, files);
    }
}

fn push_multipart(out: &mut String, part: &Part, files: &mut Vec<PartRow>, depth: usize) {
    // Whatever is in the parts is in base64, in which no line begins with two dashes.
    let edge = format!("=_part_{}", part.part_id.replace(|c: char| !c.is_ascii_digit() && c != '.', ""));
    let edge = format!("{edge}_{depth}");
    let kind: String = part.mime_type.chars().filter(|c| c.is_ascii_graphic() && !";\"".contains(*c)).collect();
    push_header(out, "Content-Type", &format!("{kind}; boundary=\"{edge}\""));
    out.push_str("\r\n");
    for inner in part.parts.iter().filter(|_| depth < DEEPEST) {
        let _ = write!(out, "--{edge}\r\n");
        push_part(out, inner, files, depth + 1);
    }
    let _ = write!(out, "--{edge}--\r\n");
}

fn push_text(out: &mut String, part: &Part) {
    let data = part.body.data.as_deref().unwrap_or_default();
    let declared = header(part, "Content-Type").filter(|kind| !kind.trim().is_empty());
    let kind = if part.mime_type.is_empty() { "text/plain" } else { part.mime_type.as_str() };
    // The reference does not say whether a text comes in its own charset or in UTF-8, under whichever name: what is not ASCII and
    // reads as UTF-8 is UTF-8.
    let is_utf8 = !data.is_ascii() && std::str::from_utf8(data).is_ok();
    let flowed = declared.is_some_and(|kind| kind.to_ascii_lowercase().replace(' ', "").contains("format=flowed"));
    let value = match declared {
        Some(declared) if !is_utf8 => declared.to_owned(),
        _ => format!("{kind}; charset=utf-8{}", if flowed { "; format=flowed" } else { "" }),
    };
    push_header(out, "Content-Type", &value);
    for name in ["Content-Disposition", "Content-ID", "Content-Location"] {
        if let Some(value) = header(part, name) {
            push_header(out, name, value);
        }
    }
    push_header(out, "Content-Transfer-Encoding", "base64");
    out.push_str("\r\n");
    for line in STANDARD.encode(data).as_bytes().chunks(76) {
        out.push_str(std::str::from_utf8(line).unwrap_or_default());
        out.push_str("\r\n");
    }
}

fn push_file(out: &mut String, part: &Part, files: &mut Vec<PartRow>) {
    let kind = if part.mime_type.is_empty() { "application/octet-stream" } else { part.mime_type.as_str() };
    let attachment =
        Attachment { name: part.filename.trim().to_owned(), media_type: kind.to_lowercase(), size: part.body.size };
    // A message in a message would be read as one, and there is nothing in it here.
    let shown = if kind.to_ascii_lowercase().starts_with("message/") { "application/octet-stream" } else { kind };
    let name: String = part.filename.chars().filter(|c| !c.is_control() && !"\"\\".contains(*c)).collect();
    push_header(out, "Content-Type", &format!("{shown}; name=\"{name}\""));
    let inline = header(part, "Content-Disposition").is_some_and(|value| value.trim_start().starts_with("inline"));
    let disposition = if inline { "inline" } else { "attachment" };
    push_header(out, "Content-Disposition", &format!("{disposition}; filename=\"{name}\""));
    if let Some(id) = header(part, "Content-ID") {
        push_header(out, "Content-ID", id);
    }
    out.push_str("\r\n\r\n");
    files.push(PartRow { part: part.part_id.clone(), attachment });
}
