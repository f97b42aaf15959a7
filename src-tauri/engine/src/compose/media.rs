//! What a file is and what it may be called: its media type from its first bytes and its name, and a name no reader trips over. Pure.

use crate::error::{Error, Result};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The longest name of a file, in bytes: what every file system takes.
const LONGEST: usize = 200;
/// What nothing better is known of.
const UNKNOWN: &str = "application/octet-stream";

/// The table that says how much may go with a letter, and what endings mean.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    /// The most all files of a letter may weigh.
    pub(super) most_bytes: u64,
    by_ending: BTreeMap<String, String>,
}

impl Limits {
    pub(super) fn read() -> Result<Self> {
        serde_norway::from_str(include_str!("../../data/media_types.yaml"))
            .map_err(|e| Error::internal("reading the media types", e))
    }

    /// What a file is: as said, where that can be; else as its bytes say, or its name.
    pub(super) fn media_type(&self, said: Option<&str>, name: &str, bytes: &[u8]) -> String {
        if let Some(said) = said.and_then(usable) {
            return said;
        }
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
        let by_name = ending.and_then(|ending| self.by_ending.get(&ending)).cloned();
        match infer::get(bytes).map(|found| found.mime_type()) {
            Some("application/zip" | "text/xml" | "text/html" | "application/x-ole-storage") | None => {
                by_name.unwrap_or_else(|| plain_or_unknown(bytes).to_owned())
            }
            Some(known) => usable(known).unwrap_or_else(|| UNKNOWN.to_owned()),
        }
    }
}

fn plain_or_unknown(bytes: &[u8]) -> &'static str {
    let text = std::str::from_utf8(bytes);
    if text.is_ok_and(|text| !text.chars().any(|c| c.is_control() && !c.is_whitespace())) {
        "text/plain"
    } else {
        UNKNOWN
    }
}

/// A `type/subtype` that a file in base64 may have: none of a message's own parts (RFC 2046 §5.2.1).
fn usable(said: &str) -> Option<String> {
    let said = said.split(';').next()?.trim().to_lowercase();
    let (kind, subtype) = said.split_once('/')?;
    let token =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b));
    (token(kind) && token(subtype) && said.len() <= 127 && !matches!(kind, "message" | "multipart")).then_some(said)
}

/// A file's name as it may be told: its last part, on one line, without characters that nobody sees or that turn the line around.
pub(super) fn name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean = super::plain::visible(last).split_whitespace().collect::<Vec<_>>().join(" ");
    let clean = clean.trim_matches(['.', ' ']).replace(['[', ']', '"', '<', '>'], "_");
    if clean.is_empty() { "file".into() } else { shortened(&clean) }
}

/// Shortened before its ending.
fn shortened(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let (stem, ending) = name.rsplit_once('.').filter(|(_, ending)| ending.len() <= 10).unwrap_or((name, ""));
    let mut end = LONGEST - ending.len() - 1;
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    if ending.is_empty() { stem[..end].to_owned() } else { format!("{}.{ending}", &stem[..end]) }
}

/// A name that no other file of the letter has: `plan (2).pdf`.
pub(super) fn unique(name: &str, taken: &[&str]) -> String {
    let (stem, ending) = name.rsplit_once('.').map_or((name, String::new()), |(stem, end)| (stem, format!(".{end}")));
    let numbered = (2..).map(|n| format!("{stem} ({n}){ending}"));
    std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken.contains(&name.as_str())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_is_is_told_by_its_bytes_then_by_its_name() {
        let limits = Limits::read().unwrap();
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        let zip = b"PK\x03\x04\x14\0\0\0\0\0";
        for (said, name, bytes, expected) in [
            (None, "plan.pdf", b"%PDF-1.7".as_slice(), "application/pdf"),
            (None, "plan.txt", b"%PDF-1.7", "application/pdf"),
            (None, "picture", png, "image/png"),
            (Some("image/PNG; x=1"), "picture", b"", "image/png"),
            (Some("text/plain\r\nX: y"), "a.csv", b"a,b", "text/csv"),
            (Some("message/rfc822"), "a.eml", b"From: a", "text/plain"),
            (Some("multipart/mixed"), "a.zip", zip, "application/zip"),
            (None, "Plan.DOCX", zip, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            (None, "notes", "fünf €".as_bytes(), "text/plain"),
            (None, "notes", b"\0\x01\xff", "application/octet-stream"),
            (None, "", b"", "text/plain"),
        ] {
            assert_eq!(limits.media_type(said, name, bytes), expected, "{said:?} {name}");
        }
    }

    #[test]
    fn a_name_is_one_line_and_no_path() {
        for (given, expected) in [
            ("plan.pdf", "plan.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\x\\Größe.pdf", "Größe.pdf"),
            ("a\r\nX-Injected: yes.pdf", "a X-Injected: yes.pdf"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("  ", "file"),
            ("..", "file"),
            ("a]\".png", "a__.png"),
            ("日本語.txt", "日本語.txt"),
        ] {
            assert_eq!(name(given), expected);
        }
        let long = name(&format!("{}.pdf", "ü".repeat(300)));
        assert!(long.len() <= LONGEST && long.ends_with("ü.pdf"));
    }

    #[test]
    fn no_two_files_have_one_name() {
        assert_eq!(unique("a.png", &[]), "a.png");
        assert_eq!(unique("a.png", &["a.png", "a (2).png"]), "a (3).png");
        assert_eq!(unique("a", &["a"]), "a (2)");
    }
}
