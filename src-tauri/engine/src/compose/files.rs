//! Files that go with a draft: their facts in rows of their own beside the draft's small one, their bytes sealed in pieces. They leave
//! with the letter, and with nothing else.

use super::drafts::known;
use super::media::{self, Limits};
use crate::Engine;
use crate::api::{Draft, DraftFile, Person};
use crate::error::{Error, Result};
use crate::ids::{DraftId, FileId};
use crate::mailbox::row::RawMessage;
use crate::store::tables::{DRAFT_BYTES, DRAFT_FILES, DRAFTS};
use crate::store::{Keep, Read, Write};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A file's bytes are kept in pieces of this size, so that no row is large.
const PIECE: usize = 1 << 20;
/// What can stand in the text of a letter: what every mail program shows.
pub(super) const SHOWN: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// A file of a draft, as the store keeps it beside its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRow {
    /// Its place among the draft's files.
    pub(crate) seq: u32,
    pub(crate) name: String,
    pub(crate) media_type: String,
    pub(crate) size: u64,
    pub(crate) inline: bool,
    /// The digest of its bytes: what is approved, and what they must have when they leave.
    pub(crate) print: [u8; 32],
}

/// A file of a letter that leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) file: DraftFile,
    pub(crate) print: [u8; 32],
}

impl Stored {
    /// By what the HTML part names it.
    pub(super) fn content_id(&self, from: &Person) -> String {
        format!("{}@{}", self.file.id, from.address.domain())
    }
}

/// The image a line of the text stands for: `[image: name]`.
pub(super) fn image_line(line: &str) -> Option<&str> {
    line.trim().strip_prefix("[image: ")?.strip_suffix(']')
}

/// The line of the text where an image stands.
pub(super) fn place_of(body: &str, name: &str) -> Option<usize> {
    body.lines().position(|line| image_line(line) == Some(name))
}

/// The most all files of a letter may weigh together, in bytes.
///
/// # Errors
/// `internal` when the table that came with Epistle cannot be read.
pub fn attachment_limit() -> Result<u64> {
    Ok(Limits::read()?.most_bytes)
}

impl Engine {
    /// Puts a file to a draft. An image that is to stand in the text is given a line of it, at its end, unless it has one.
    ///
    /// # Errors
    /// `bad_input` when there would be more than a letter can carry, or when something else than an image is to stand in the text;
    /// `not_found`, `store_broken`.
    pub fn attach(
        &self,
        draft: DraftId,
        name: &str,
        media_type: Option<&str>,
        bytes: &[u8],
        inline: bool,
    ) -> Result<Draft> {
        let (limits, now) = (Limits::read()?, crate::now());
        let media_type = limits.media_type(media_type, name, bytes);
        if inline && !SHOWN.contains(&media_type.as_str()) {
            return Err(refused("only a PNG, JPEG, GIF or WebP image can stand in the text".into()));
        }
        let id = FileId::random()?;
        self.draft_changed_here();
        self.store().write(self.account(), Keep::Made, |tx| {
            let mut row = known(tx, draft)?;
            let others = in_order(tx, draft)?;
            let size = bytes.len() as u64;
            fits(&limits, others.iter().map(|(_, file)| file.size).sum::<u64>() + size)?;
            let taken: Vec<&str> = others.iter().map(|(_, file)| file.name.as_str()).collect();
            let name = media::unique(&media::name(name), &taken);
            if inline && place_of(&row.body, &name).is_none() {
                let gap = if row.body.is_empty() || row.body.ends_with('\n') { "" } else { "\n" };
                row.body = format!("{}{gap}[image: {name}]\n", row.body);
            }
            let seq = others.last().map_or(0, |(_, last)| last.seq + 1);
            let print = *blake3::hash(bytes).as_bytes();
            let file = FileRow { seq, name, media_type: media_type.clone(), size, inline, print };
            put_file(tx, draft, id, &file, bytes)?;
            row.touch(now);
            tx.put(DRAFTS, draft.as_bytes(), &row)
        })?;
        self.draft(draft)
    }

    /// Puts a file from the disk to a draft, under its own name.
    ///
    /// # Errors
    /// `io` when it cannot be read; as `attach`.
    pub fn attach_path(&self, draft: DraftId, path: &Path, inline: bool) -> Result<Draft> {
        let reading = |e: std::io::Error| Error::io("read", path, e);
        let found = std::fs::metadata(path).map_err(reading)?;
        if !found.is_file() {
            return Err(refused("only a file can go with a letter".into()));
        }
        fits(&Limits::read()?, found.len())?; // before it is read
        let bytes = std::fs::read(path).map_err(reading)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        self.attach(draft, &name, None, &bytes, inline)
    }

    /// Takes a file off a draft, and its line out of the text where it stood there.
    ///
    /// # Errors
    /// `not_found`, `store_broken`.
    pub fn detach(&self, draft: DraftId, file: FileId) -> Result<Draft> {
        let now = crate::now();
        self.draft_changed_here();
        self.store().write(self.account(), Keep::Made, |tx| {
            let mut row = known(tx, draft)?;
            let key = file_key(draft, file);
            let gone: FileRow = tx.get(DRAFT_FILES, &key)?.ok_or_else(|| Error::not_found("file", file))?;
            if gone.inline
                && let Some(place) = place_of(&row.body, &gone.name)
            {
                let lines = row.body.split_inclusive('\n').enumerate();
                row.body = lines.filter(|(at, _)| *at != place).map(|(_, line)| line).collect();
            }
            tx.delete_prefix(DRAFT_BYTES, &key)?;
            tx.delete(DRAFT_FILES, &key)?;
            row.touch(now);
            tx.put(DRAFTS, draft.as_bytes(), &row)
        })?;
        self.draft(draft)
    }

    /// A draft's files, in order, without their bytes.
    pub(crate) fn stored_files(&self, draft: DraftId) -> Result<Vec<Stored>> {
        files(&self.store().read(self.account())?, draft)
    }

    /// The bytes of a draft's files, in order; they are what was put there, or nothing is given.
    pub(crate) fn contents(&self, draft: DraftId, files: &[Stored]) -> Result<Vec<Vec<u8>>> {
        let read = self.store().read(self.account())?;
        let mut all = Vec::with_capacity(files.len());
        for stored in files {
            let mut bytes = Vec::with_capacity(usize::try_from(stored.file.size).unwrap_or(0));
            read.each(DRAFT_BYTES, &file_key(draft, stored.file.id), |_, piece| {
                bytes.extend(piece.0);
                Ok(true)
            })?;
            if *blake3::hash(&bytes).as_bytes() != stored.print {
                return Err(Error::StoreBroken { what: "a draft's file is not what was put there".into() });
            }
            all.push(bytes);
        }
        Ok(all)
    }
}

/// A draft's files, in order, without their bytes.
pub(crate) fn files(read: &Read, draft: DraftId) -> Result<Vec<Stored>> {
    let mut found = Vec::new();
    read.each(DRAFT_FILES, draft.as_bytes(), |key, row: FileRow| {
        found.push((file_of(key)?, row));
        Ok(true)
    })?;
    found.sort_by_key(|(_, row)| row.seq);
    Ok(found.into_iter().map(|(id, row)| stored(id, row)).collect())
}

fn stored(id: FileId, row: FileRow) -> Stored {
    let FileRow { name, media_type, size, inline, print, .. } = row;
    Stored { file: DraftFile { id, name, media_type, size, inline }, print }
}

/// Keeps a file of a draft, with its bytes.
pub(super) fn put_file(tx: &mut Write<'_>, draft: DraftId, id: FileId, file: &FileRow, bytes: &[u8]) -> Result<()> {
    tx.put(DRAFT_FILES, &file_key(draft, id), file)?;
    for (number, piece) in (0_u32..).zip(bytes.chunks(PIECE)) {
        tx.put(DRAFT_BYTES, &piece_key(draft, id, number), &RawMessage(piece.to_vec()))?;
    }
    Ok(())
}

pub(super) fn in_order(tx: &Write<'_>, draft: DraftId) -> Result<Vec<(FileId, FileRow)>> {
    let mut found = Vec::new();
    tx.each(DRAFT_FILES, draft.as_bytes(), |key, row: FileRow| {
        found.push((file_of(key)?, row));
        Ok(true)
    })?;
    found.sort_by_key(|(_, row)| row.seq);
    Ok(found)
}

/// What a file of a draft is known by: name, size and digest.
pub(crate) type Print = (String, u64, [u8; 32]);

/// What a draft's files are known by, in order, as a writing transaction sees them: name, size and digest.
pub(crate) fn prints(tx: &Write<'_>, draft: DraftId) -> Result<Vec<Print>> {
    Ok(in_order(tx, draft)?.into_iter().map(|(_, file)| (file.name, file.size, file.print)).collect())
}

/// Deletes all files of a draft.
pub(super) fn forget_all(tx: &mut Write<'_>, draft: DraftId) -> Result<()> {
    tx.delete_prefix(DRAFT_BYTES, draft.as_bytes())?;
    tx.delete_prefix(DRAFT_FILES, draft.as_bytes())?;
    Ok(())
}

fn fits(limits: &Limits, bytes: u64) -> Result<()> {
    let megabytes = limits.most_bytes / 1_000_000;
    if bytes > limits.most_bytes {
        return Err(refused(format!("all files of a letter together weigh {megabytes} MB at most")));
    }
    Ok(())
}

fn refused(why: String) -> Error {
    Error::BadInput { field: "file", why }
}

pub(super) fn file_key(draft: DraftId, file: FileId) -> [u8; 32] {
    let mut key = [0; 32];
    key[..16].copy_from_slice(draft.as_bytes());
    key[16..].copy_from_slice(file.as_bytes());
    key
}

fn piece_key(draft: DraftId, file: FileId, number: u32) -> [u8; 36] {
    let mut key = [0; 36];
    key[..32].copy_from_slice(&file_key(draft, file));
    key[32..].copy_from_slice(&number.to_be_bytes());
    key
}

fn file_of(key: &[u8]) -> Result<FileId> {
    let id = key.get(16..).and_then(|id| id.try_into().ok());
    id.map(FileId).ok_or_else(|| Error::StoreBroken { what: "a key of draft_files".into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::DraftEdit;
    use crate::error::ErrorCode;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    fn draft(engine: &Engine, body: &str) -> DraftId {
        engine.save_draft(&DraftEdit { body: Some(body.into()), ..DraftEdit::default() }).unwrap().id
    }

    fn rows(engine: &Engine) -> (u64, u64) {
        let read = engine.store().read(engine.account()).unwrap();
        (read.count(DRAFT_FILES).unwrap(), read.count(DRAFT_BYTES).unwrap())
    }

    #[test]
    fn what_is_attached_is_there_whole_in_order_and_gone_with_its_draft() {
        let engine = Engine::in_memory().unwrap();
        let id = draft(&engine, "Hi");
        let large: Vec<u8> = (0..PIECE * 2 + 7).map(|n| u8::try_from(n * 31 % 251).unwrap()).collect();
        let before = engine.draft(id).unwrap().version;
        engine.attach(id, "../large.bin", None, &large, false).unwrap();
        engine.attach(id, "empty", None, b"", false).unwrap();
        let draft = engine.attach(id, "large.bin", Some("application/x-plan"), b"other", false).unwrap();
        assert!(draft.version > before, "an approval of before is void");
        let told: Vec<_> = draft.files.iter().map(|f| (f.name.as_str(), f.media_type.as_str(), f.size)).collect();
        assert_eq!(
            told,
            [
                ("large.bin", "application/octet-stream", large.len() as u64),
                ("empty", "text/plain", 0),
                ("large (2).bin", "application/x-plan", 5),
            ]
        );
        assert_eq!(rows(&engine), (3, 4));
        let stored = engine.stored_files(id).unwrap();
        assert_eq!(engine.contents(id, &stored).unwrap(), [large, vec![], b"other".to_vec()]);
        engine.detach(id, draft.files[0].id).unwrap();
        assert_eq!(rows(&engine), (2, 1));
        assert_eq!(engine.detach(id, draft.files[0].id).unwrap_err().code(), ErrorCode::NotFound);
        engine.delete_draft(id).unwrap();
        assert_eq!(rows(&engine), (0, 0));
    }

    #[test]
    fn an_image_stands_on_a_line_of_its_own_and_leaves_with_it() {
        let engine = Engine::in_memory().unwrap();
        let id = draft(&engine, "Hi\nas drawn:");
        let drawn = engine.attach(id, "plan.png", None, PNG, true).unwrap();
        assert_eq!(drawn.body, "Hi\nas drawn:\n[image: plan.png]\n");
        assert!(drawn.files[0].inline);
        let again = engine.attach(id, "plan.png", None, PNG, true).unwrap();
        assert!(again.body.ends_with("[image: plan.png]\n[image: plan (2).png]\n"));
        assert_eq!(engine.detach(id, drawn.files[0].id).unwrap().body, "Hi\nas drawn:\n[image: plan (2).png]\n");
        assert_eq!(engine.attach(id, "plan.pdf", None, b"%PDF-1.7", true).unwrap_err().code(), ErrorCode::BadInput);
    }

    #[test]
    fn more_than_a_letter_can_carry_is_refused_before_it_is_read() {
        let engine = Engine::in_memory().unwrap();
        let id = draft(&engine, "Hi");
        let most = usize::try_from(Limits::read().unwrap().most_bytes).unwrap();
        engine.attach(id, "a", None, &vec![0; most - 1], false).unwrap();
        engine.attach(id, "b", None, b"x", false).unwrap();
        assert_eq!(engine.attach(id, "c", None, b"x", false).unwrap_err().code(), ErrorCode::BadInput);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Größe.txt");
        std::fs::File::create(&path).unwrap().set_len(most as u64 + 1).unwrap();
        assert_eq!(engine.attach_path(id, &path, false).unwrap_err().code(), ErrorCode::BadInput);
        assert_eq!(engine.attach_path(id, folder.path(), false).unwrap_err().code(), ErrorCode::BadInput);
        assert_eq!(engine.attach_path(id, &folder.path().join("none"), false).unwrap_err().code(), ErrorCode::Io);
        let other = draft(&engine, "Hi");
        std::fs::write(&path, "fünf").unwrap();
        let files = engine.attach_path(other, &path, false).unwrap().files;
        assert_eq!((files[0].name.as_str(), files[0].media_type.as_str()), ("Größe.txt", "text/plain"));
    }
}
