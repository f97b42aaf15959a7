//! Finds mail on the disk and opens it: folders walked in order, formats told by content and not by name. It only reads.

use crate::error::{Error, Result};
use flate2::read::MultiGzDecoder;
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Folders within folders deeper than this are not walked.
const MAX_DEPTH: usize = 32;
/// So much of a file decides what it is.
const SNIFF: usize = 4096;

/// A file that may hold mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MailFile {
    pub path: PathBuf,
    /// The path as reports name it: within the folder that was given.
    pub place: String,
    pub bytes: u64,
    /// Whether the person named this very file, so that they hear of it even if it is no mail.
    pub named: bool,
}

/// What was found, and what could not be looked into.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub files: Vec<MailFile>,
    pub unreadable: Vec<(String, String)>,
}

/// Finds the files under these paths, each once, in the order of the paths and of names within folders.
///
/// # Errors
/// `io` when none of the paths can be read.
pub(super) fn find(paths: &[PathBuf]) -> Result<Found> {
    let mut walk = Walk::default();
    let mut first_error = None;
    for path in paths {
        match fs::metadata(path) {
            Ok(_) => walk.visit(path, &name_of(path), 0, true),
            Err(e) => {
                walk.found.unreadable.push((name_of(path), e.to_string()));
                first_error.get_or_insert_with(|| Error::io("read", path, e));
            }
        }
    }
    match first_error {
        Some(error) if walk.found.unreadable.len() == paths.len() && walk.found.files.is_empty() => Err(error),
        _ => Ok(walk.found),
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

#[derive(Default)]
struct Walk {
    found: Found,
    /// Folders and files already met, by their true path: links do not lead in circles.
    met: HashSet<PathBuf>,
}

impl Walk {
    fn visit(&mut self, path: &Path, place: &str, depth: usize, named: bool) {
        let looked = fs::canonicalize(path).and_then(|true_path| fs::metadata(path).map(|meta| (true_path, meta)));
        let (true_path, meta) = match looked {
            Ok(looked) => looked,
            Err(e) => return self.found.unreadable.push((place.to_owned(), e.to_string())),
        };
        if !self.met.insert(true_path) {
            return;
        }
        if meta.is_file() {
            self.found.files.push(MailFile {
                path: path.to_owned(),
                place: place.to_owned(),
                bytes: meta.len(),
                named,
            });
        } else if meta.is_dir() && depth < MAX_DEPTH {
            self.walk_folder(path, place, depth);
        }
    }

    fn walk_folder(&mut self, folder: &Path, place: &str, depth: usize) {
        let entries = fs::read_dir(folder).and_then(|entries| entries.collect::<io::Result<Vec<_>>>());
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(e) => return self.found.unreadable.push((place.to_owned(), e.to_string())),
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        let maildir = folder.join("cur").is_dir() && folder.join("new").is_dir();
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            let skipped = if maildir { name == "tmp" || (!entry.path().is_dir()) } else { is_no_mail(&name) };
            if !skipped {
                self.visit(&entry.path(), &format!("{place}/{name}"), depth + 1, false);
            }
        }
    }
}

/// Files that mail programs and systems keep beside mail. Folders of a Maildir++ begin with a dot and are mail.
fn is_no_mail(name: &str) -> bool {
    let lower = name.to_lowercase();
    let ends =
        [".msf", ".dat", ".cmeta", ".ev-summary", ".ibex.index", ".json", ".sqlite", ".db", ".lock", ".plist", ".ini"];
    ends.iter().any(|end| lower.ends_with(end))
        || matches!(lower.as_str(), ".ds_store" | "thumbs.db" | ".git" | "desktop.ini")
}

/// Whether a file's name or folder says it is mail, so that it is missed where it cannot be read.
pub(super) fn is_called_mail(path: &Path) -> bool {
    let folder = path.parent().and_then(Path::file_name).unwrap_or_default();
    let name = name_of(path).to_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    folder == "cur" || folder == "new" || [".mbox", ".mbx", ".eml", ".emlx"].iter().any(|end| name.ends_with(end))
}

/// What a file's first bytes say it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Mbox,
    Message,
    /// Apple Mail's `.emlx`: a count of bytes, the message, and Apple's own notes.
    Emlx,
    Empty,
    Other,
}

/// An opened file: unpacked if it is packed, its format told.
pub(super) struct Opened {
    pub format: Format,
    pub input: Box<dyn BufRead + Send>,
}

/// Opens a file; `read` counts the bytes taken from the disk.
pub(super) fn open(path: &Path, read: Arc<AtomicU64>) -> io::Result<Opened> {
    let counted = BufReader::with_capacity(1 << 16, Counted { inner: File::open(path)?, read });
    let (head, input) = sniffed(Box::new(counted))?;
    if !head.starts_with(&[0x1f, 0x8b]) {
        return Ok(Opened { format: format_of(&head), input });
    }
    let unpacked = BufReader::with_capacity(1 << 16, MultiGzDecoder::new(input));
    let (head, input) = sniffed(Box::new(unpacked))?;
    Ok(Opened { format: format_of(&head), input })
}

fn sniffed(mut input: Box<dyn BufRead + Send>) -> io::Result<(Vec<u8>, Box<dyn BufRead + Send>)> {
    let mut head = Vec::with_capacity(SNIFF);
    input.by_ref().take(SNIFF as u64).read_to_end(&mut head)?;
    let whole = io::Cursor::new(head.clone()).chain(input);
    Ok((head, Box::new(whole)))
}

/// Tells a format by a file's beginning.
#[must_use]
pub(super) fn format_of(head: &[u8]) -> Format {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let start = head.iter().position(|byte| !byte.is_ascii_whitespace());
    let Some(start) = start else { return Format::Empty };
    let mut lines = head[start..].split(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let second = lines.next().unwrap_or_default();
    if first.starts_with(b"From ") {
        Format::Mbox
    } else if !first.is_empty() && first.trim_ascii().iter().all(u8::is_ascii_digit) && super::mbox::is_header(second) {
        Format::Emlx
    } else if super::mbox::is_header(first) && !head.contains(&0) {
        Format::Message
    } else {
        Format::Other
    }
}

struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
