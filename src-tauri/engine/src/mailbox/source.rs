//! A stream of raw messages out of files and folders, or out of the sample mailbox, each with its place. It stops at nothing: what cannot be
//! read is an item too.

use super::files::{self, Format, MailFile};
use super::mbox::{MESSAGE_LIMIT, Mbox, MboxItem};
use crate::api::{ImportNote, UnixMillis};
use std::collections::VecDeque;
use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The mailbox that ships with Epistle.
const SAMPLE: &[u8] = include_bytes!("../../data/sample.mbox");
const SAMPLE_NAME: &str = "sample.mbox";
const NOT_MAIL: &str = "it is not mail: neither an mbox nor a message";

/// A message as it was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Raw {
    pub place: String,
    pub bytes: Vec<u8>,
    pub delivered: Option<UnixMillis>,
}

/// One thing found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Item {
    Message(Raw),
    Failed(ImportNote),
    /// A file beside mail that is none.
    Ignored(ImportNote),
}

/// Everything to be read.
pub(super) struct Source {
    waiting: VecDeque<MailFile>,
    failed: VecDeque<ImportNote>,
    open: Option<OpenFile>,
    /// Bytes taken from the disk so far.
    pub read: Arc<AtomicU64>,
    /// Bytes on the disk.
    pub total: u64,
    /// The file being read.
    pub file: String,
}

struct OpenFile {
    mbox: Mbox<Box<dyn BufRead + Send>>,
    place: String,
    number: u64,
}

impl Source {
    /// The files found.
    pub(super) fn files(found: files::Found) -> Self {
        let failed = found.unreadable.into_iter().map(|(place, why)| ImportNote { place, why }).collect();
        let total = found.files.iter().map(|file| file.bytes).sum();
        Self { waiting: found.files.into(), failed, open: None, read: Arc::default(), total, file: String::new() }
    }

    /// The sample mailbox.
    pub(super) fn sample() -> Self {
        let mbox = Mbox::new(Box::new(SAMPLE) as Box<dyn BufRead + Send>, MESSAGE_LIMIT);
        let open = OpenFile { mbox, place: SAMPLE_NAME.into(), number: 0 };
        let total = SAMPLE.len() as u64;
        Self {
            waiting: VecDeque::new(),
            failed: VecDeque::new(),
            open: Some(open),
            read: Arc::new(AtomicU64::new(total)),
            total,
            file: SAMPLE_NAME.into(),
        }
    }

    /// How many bytes were taken from the disk.
    pub(super) fn bytes_done(&self) -> u64 {
        self.read.load(Ordering::Relaxed).min(self.total)
    }

    /// Opens a file; its one message, if it holds just one.
    fn open(&mut self, file: &MailFile) -> Option<Item> {
        self.file =
            file.path.file_name().map_or_else(|| file.place.clone(), |name| name.to_string_lossy().into_owned());
        let failed = |why: String| Some(Item::Failed(ImportNote { place: file.place.clone(), why }));
        let opened = match files::open(&file.path, Arc::clone(&self.read)) {
            Ok(opened) => opened,
            Err(e) => return failed(e.to_string()),
        };
        match opened.format {
            Format::Empty if !file.named => None,
            Format::Empty => failed("it is empty".into()),
            Format::Other if !file.named && !files::is_called_mail(&file.path) => {
                Some(Item::Ignored(ImportNote { place: file.place.clone(), why: NOT_MAIL.into() }))
            }
            Format::Other => failed(NOT_MAIL.into()),
            Format::Mbox => {
                self.open = Some(OpenFile {
                    mbox: Mbox::new(opened.input, MESSAGE_LIMIT),
                    place: file.place.clone(),
                    number: 0,
                });
                None
            }
            Format::Message | Format::Emlx => Some(single(file, opened)),
        }
    }

    fn next_of_open(&mut self) -> Option<Item> {
        let open = self.open.as_mut()?;
        open.number += 1;
        let place = format!("{}: message {}", open.place, open.number);
        match open.mbox.next() {
            Ok(Some(MboxItem::Message { raw, delivered })) => Some(Item::Message(Raw { place, bytes: raw, delivered })),
            Ok(Some(MboxItem::TooLong(bytes))) => Some(Item::Failed(ImportNote { place, why: too_long(bytes as u64) })),
            Ok(None) => {
                self.open = None;
                None
            }
            Err(e) => {
                self.open = None;
                Some(Item::Failed(ImportNote { place, why: format!("the file cannot be read on: {e}") }))
            }
        }
    }
}

impl Iterator for Source {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        if let Some(note) = self.failed.pop_front() {
            return Some(Item::Failed(note));
        }
        loop {
            if let Some(item) = self.next_of_open() {
                return Some(item);
            }
            let file = self.waiting.pop_front()?;
            if let Some(item) = self.open(&file) {
                return Some(item);
            }
        }
    }
}

fn single(file: &MailFile, opened: files::Opened) -> Item {
    let note = |why: String| Item::Failed(ImportNote { place: file.place.clone(), why });
    match read_limited(opened.input) {
        Err(e) => note(e.to_string()),
        Ok(bytes) if bytes.len() > MESSAGE_LIMIT => note(too_long(file.bytes)),
        Ok(bytes) => {
            let bytes = if opened.format == Format::Emlx { emlx_message(&bytes).to_vec() } else { bytes };
            Item::Message(Raw { place: file.place.clone(), bytes, delivered: None })
        }
    }
}

fn read_limited(input: Box<dyn BufRead + Send>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(MESSAGE_LIMIT as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The message of an `.emlx`: as many bytes as its first line says.
fn emlx_message(bytes: &[u8]) -> &[u8] {
    let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else { return bytes };
    let count = std::str::from_utf8(&bytes[..end]).ok().and_then(|count| count.trim().parse::<usize>().ok());
    let rest = &bytes[end + 1..];
    &rest[..count.unwrap_or(rest.len()).min(rest.len())]
}

fn too_long(bytes: u64) -> String {
    format!("it is longer than {} MiB: {} MiB", MESSAGE_LIMIT >> 20, bytes >> 20)
}
