//! A backup's file: a clear head, the rows in pieces that each carry their own digest, and an end that proves the whole. It is written and
//! read as a stream, a piece at a time, and knows no key and no account.
//!
//! `magic (16) | head | piece … piece | end`; head, piece and end are each `tag | length (4, big endian) | bytes | BLAKE3 of the bytes`.
//! A piece's bytes are records: `1 | length | a table's name`, or `2 | length | length | key | value`. Records do not cross pieces.

use crate::error::{Error, Result};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// The first bytes of every backup; the last of them is the format's number.
const MAGIC: &[u8; 16] = b"epistle backup \x01";
const HEAD: u8 = b'H';
const PIECE: u8 = b'P';
const END: u8 = b'E';
const TABLE: u8 = 1;
const ROW: u8 = 2;
/// A piece is written when it has so many bytes; one row may be longer.
const PIECE_BYTES: usize = 1 << 20;
/// No head and no end is longer.
const LONGEST_CLEAR: u64 = 1 << 20;

/// Writes a backup.
pub(crate) struct Writer<W> {
    to: W,
    path: PathBuf,
    piece: Vec<u8>,
    root: blake3::Hasher,
}

impl<W: Write> Writer<W> {
    /// Begins one; `path` is for errors alone.
    pub(crate) fn begin(to: W, path: &Path, head: &[u8]) -> Result<Self> {
        let mut writer = Self { to, path: path.to_owned(), piece: Vec::new(), root: blake3::Hasher::new() };
        writer.put(MAGIC)?;
        writer.part(HEAD, head)?;
        Ok(writer)
    }

    /// The rows that follow are this table's.
    pub(crate) fn table(&mut self, name: &str) {
        self.piece.push(TABLE);
        self.length(name.len());
        self.piece.extend_from_slice(name.as_bytes());
    }

    /// A row.
    pub(crate) fn row(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        self.piece.push(ROW);
        self.length(key.len());
        self.length(value.len());
        self.piece.extend_from_slice(key);
        self.piece.extend_from_slice(value);
        if self.piece.len() < PIECE_BYTES {
            return Ok(());
        }
        self.flush()
    }

    /// The digest of all rows: nothing is written after it but the end.
    pub(crate) fn root(&mut self) -> Result<[u8; 32]> {
        self.flush()?;
        Ok(*self.root.finalize().as_bytes())
    }

    /// Ends it.
    pub(crate) fn end(mut self, end: &[u8]) -> Result<W> {
        self.part(END, end)?;
        Ok(self.to)
    }

    /// No row and no name has four gibibytes: redb refuses them.
    fn length(&mut self, length: usize) {
        self.piece.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
    }

    fn flush(&mut self) -> Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::take(&mut self.piece);
        self.root.update(&piece);
        self.part(PIECE, &piece)?;
        self.piece = piece;
        self.piece.clear();
        Ok(())
    }

    fn part(&mut self, tag: u8, bytes: &[u8]) -> Result<()> {
        let length = u32::try_from(bytes.len()).map_err(|e| Error::internal("writing a backup", e))?;
        self.put(&[tag])?;
        self.put(&length.to_be_bytes())?;
        self.put(bytes)?;
        self.put(blake3::hash(bytes).as_bytes())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.to.write_all(bytes).map_err(|e| Error::io("write", &self.path, e))
    }
}

/// What comes next in a backup.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Record<'r> {
    /// The rows that follow are this table's.
    Table(&'r str),
    /// A row.
    Row {
        /// Its whole key.
        key: &'r [u8],
        /// Its sealed value.
        value: &'r [u8],
    },
    /// Nothing more: the end's bytes.
    End(&'r [u8]),
}

/// Reads a backup, and believes nothing that does not prove itself.
pub(crate) struct Reader<R> {
    from: R,
    path: PathBuf,
    /// The file's length, and how much of it was read.
    length: u64,
    at: u64,
    /// The part at hand, and how much of it was given out.
    part: Vec<u8>,
    given: usize,
    root: blake3::Hasher,
}

impl<R: Read> Reader<R> {
    /// Begins to read a file of `length` bytes; the head's bytes.
    pub(crate) fn begin(from: R, path: &Path, length: u64) -> Result<(Self, Vec<u8>)> {
        let root = blake3::Hasher::new();
        let mut reader = Self { from, path: path.to_owned(), length, at: 0, part: Vec::new(), given: 0, root };
        let mut magic = [0; 16];
        let known = reader.take(&mut magic).is_ok() && magic[..15] == MAGIC[..15];
        if !known {
            reader.at = 0;
            return Err(reader.broken("it is no backup of Epistle's"));
        }
        if magic[15] != MAGIC[15] {
            return Err(Error::StoreTooNew { found: magic[15].into(), known: MAGIC[15].into() });
        }
        if reader.next_part()? != HEAD {
            return Err(reader.broken("its head is missing"));
        }
        let head = std::mem::take(&mut reader.part);
        reader.given = 0;
        Ok((reader, head))
    }

    /// The next record.
    pub(crate) fn next(&mut self) -> Result<Record<'_>> {
        if self.given == self.part.len() {
            match self.next_part()? {
                PIECE => {
                    self.root.update(&self.part);
                }
                END if self.at == self.length => return Ok(Record::End(&self.part)),
                END => return Err(self.broken("something follows its end")),
                _ => return Err(self.broken("a part of another kind stands where rows should be")),
            }
        }
        let (tag, first) = (self.byte()?, self.number()?);
        match tag {
            TABLE => {
                let name = self.span(first)?;
                match std::str::from_utf8(&self.part[name.clone()]) {
                    Ok(_) => Ok(Record::Table(std::str::from_utf8(&self.part[name]).unwrap_or_default())),
                    Err(_) => Err(self.broken("a table's name is no text")),
                }
            }
            ROW => {
                let second = self.number()?;
                let (key, value) = (self.span(first)?, self.span(second)?);
                Ok(Record::Row { key: &self.part[key], value: &self.part[value] })
            }
            _ => Err(self.broken("a record is of no known kind")),
        }
    }

    /// The digest of all rows read so far.
    pub(crate) fn root(&self) -> [u8; 32] {
        *self.root.finalize().as_bytes()
    }

    /// How many bytes were read.
    pub(crate) fn at(&self) -> u64 {
        self.at
    }

    /// What is wrong with the file, and where.
    pub(crate) fn broken(&self, what: impl Into<String>) -> Error {
        Error::BackupBroken { file: self.path.clone(), what: what.into(), at: self.at }
    }

    fn next_part(&mut self) -> Result<u8> {
        let mut head = [0; 5];
        self.take(&mut head)?;
        let length = u64::from(u32::from_be_bytes([head[1], head[2], head[3], head[4]]));
        // What the file says of itself is held against what it is, before room is made for it.
        let most = if head[0] == PIECE { u64::MAX } else { LONGEST_CLEAR };
        if length > most || length + 32 > self.length.saturating_sub(self.at) {
            return Err(self.broken("it is cut short, or a length in it is damaged"));
        }
        self.part.resize(usize::try_from(length).map_err(|_| self.broken("a part is too long"))?, 0);
        let mut part = std::mem::take(&mut self.part);
        let taken = self.take(&mut part);
        self.part = part;
        taken?;
        let mut digest = [0; 32];
        self.take(&mut digest)?;
        self.given = 0;
        if blake3::hash(&self.part) != digest {
            return Err(self.broken("a part of it was changed or is damaged"));
        }
        if head[0] != PIECE {
            self.given = self.part.len();
        }
        Ok(head[0])
    }

    fn take(&mut self, into: &mut [u8]) -> Result<()> {
        match self.from.read_exact(into) {
            Ok(()) => {
                self.at += into.len() as u64;
                Ok(())
            }
            Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => Err(self.broken("it is cut short")),
            Err(e) => Err(Error::io("read", &self.path, e)),
        }
    }

    fn byte(&mut self) -> Result<u8> {
        let at = self.span(1)?.start;
        Ok(self.part[at])
    }

    fn number(&mut self) -> Result<usize> {
        let at = self.span(4)?.start;
        let bytes = [self.part[at], self.part[at + 1], self.part[at + 2], self.part[at + 3]];
        usize::try_from(u32::from_be_bytes(bytes)).map_err(|_| self.broken("a length in it is damaged"))
    }

    fn span(&mut self, length: usize) -> Result<std::ops::Range<usize>> {
        let end = self.given.checked_add(length).filter(|end| *end <= self.part.len());
        let Some(end) = end else { return Err(self.broken("a record is longer than its part")) };
        let span = self.given..end;
        self.given = end;
        Ok(span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Rows = Vec<(String, Vec<(Vec<u8>, Vec<u8>)>)>;

    fn written(head: &[u8], tables: &Rows, end: &[u8]) -> (Vec<u8>, [u8; 32]) {
        let mut writer = Writer::begin(Vec::new(), Path::new("f"), head).unwrap();
        for (name, rows) in tables {
            writer.table(name);
            for (key, value) in rows {
                writer.row(key, value).unwrap();
            }
        }
        let root = writer.root().unwrap();
        (writer.end(end).unwrap(), root)
    }

    type Whole = (Vec<u8>, Rows, Vec<u8>, [u8; 32]);

    fn read(bytes: &[u8]) -> Result<Whole> {
        let (mut reader, head) = Reader::begin(bytes, Path::new("f"), bytes.len() as u64)?;
        let mut tables: Rows = Vec::new();
        loop {
            match reader.next()? {
                Record::Table(name) => tables.push((name.to_owned(), Vec::new())),
                Record::Row { key, value } => {
                    let row = (key.to_vec(), value.to_vec());
                    tables.last_mut().unwrap().1.push(row);
                }
                Record::End(end) => {
                    let end = end.to_vec();
                    return Ok((head, tables, end, reader.root()));
                }
            }
        }
    }

    fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(any::<u8>(), 0..most)
    }

    fn tables() -> impl Strategy<Value = Rows> {
        let rows = proptest::collection::vec((bytes(40), bytes(300)), 0..20);
        proptest::collection::vec(("[a-zé]{1,9}", rows), 0..5)
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(head in bytes(200), tables in tables(), end in bytes(200)) {
            let (file, root) = written(&head, &tables, &end);
            prop_assert_eq!(read(&file).unwrap(), (head, tables, end, root));
        }

        #[test]
        fn a_file_cut_anywhere_or_with_one_byte_changed_is_refused(tables in tables(), at in any::<prop::sample::Index>(), by in 1u8..) {
            let (file, _) = written(b"head", &tables, b"end");
            let at = at.index(file.len());
            prop_assert!(read(&file[..at]).is_err());
            let mut changed = file;
            changed[at] ^= by;
            prop_assert!(read(&changed).is_err());
        }

        #[test]
        fn no_bytes_make_it_fail_but_with_an_error(noise in bytes(400)) {
            let mut file = MAGIC.to_vec();
            file.extend(&noise);
            prop_assert!(read(&file).is_err() && read(&noise).is_err());
        }
    }

    #[test]
    fn rows_longer_than_a_piece_pass_and_the_digest_does_not_depend_on_the_pieces() {
        let long = vec![7; 3 * PIECE_BYTES];
        let tables = vec![("raw".to_owned(), vec![(vec![1], long.clone()), (vec![2], vec![]), (vec![3], long)])];
        let (file, root) = written(b"", &tables, b"");
        let (_, back, _, again) = read(&file).unwrap();
        assert!(back == tables && root == again);
        let mut longer = file;
        longer.push(0);
        assert!(read(&longer).unwrap_err().to_string().contains("follows its end"));
    }
}
