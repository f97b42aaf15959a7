//! Files that come with a draft from where it was made. What is here already is known by its bytes and stays as it is. It fetches nothing.

use super::files::{FileRow, Print, SHOWN, file_key, image_line, in_order, place_of, put_file};
use super::media::{self, Limits};
use super::rows::{DraftRow, MissingRow};
use crate::api::{Attachment, MissingFile};
use crate::error::Result;
use crate::ids::{DraftId, FileId};
use crate::store::Write;
use crate::store::tables::{DRAFT_BYTES, DRAFT_FILES};

/// A file that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Incoming {
    /// Its place in the message it came with.
    part: String,
    name: String,
    media_type: String,
    bytes: Vec<u8>,
    print: [u8; 32],
}

/// What becomes of a draft's files that did not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Others {
    Stay,
    Go,
}

impl Incoming {
    /// A file as it is told of, and its bytes.
    pub(crate) fn new(part: String, told: &Attachment, bytes: Vec<u8>) -> Self {
        let print = *blake3::hash(&bytes).as_bytes();
        Self { part, name: media::name(&told.name), media_type: told.media_type.clone(), bytes, print }
    }

    fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn too_much(&self) -> MissingRow {
        let file = MissingFile { name: self.name.clone(), size: self.size(), never: true };
        MissingRow { part: self.part.clone(), file }
    }
}

/// What a draft's files would be known by if these were all of them: those that are here first, in their order.
pub(crate) fn arranged(here: &[Print], files: &[Incoming]) -> Vec<Print> {
    let mut coming: Vec<&Incoming> = files.iter().collect();
    let mut all: Vec<Print> = here.iter().filter(|(_, _, print)| is_among(&mut coming, print)).cloned().collect();
    all.extend(coming.into_iter().map(|file| (file.name.clone(), file.size(), file.print)));
    all
}

/// Puts these files to a draft, unless they are there; the caller puts the row. Those that would be more than a letter can carry are
/// given back.
pub(crate) fn take_in(
    tx: &mut Write<'_>,
    draft: DraftId,
    row: &mut DraftRow,
    files: &[Incoming],
    others: Others,
) -> Result<Vec<MissingRow>> {
    let limits = Limits::read()?;
    let (mut coming, mut stay) = (files.iter().collect::<Vec<_>>(), Vec::new());
    for (id, file) in in_order(tx, draft)? {
        if is_among(&mut coming, &file.print) || others == Others::Stay {
            stay.push(file);
        } else {
            tx.delete_prefix(DRAFT_BYTES, &file_key(draft, id))?;
            tx.delete(DRAFT_FILES, &file_key(draft, id))?;
        }
    }
    let mut too_much = Vec::new();
    for new in coming {
        if stay.iter().map(|file| file.size).sum::<u64>() + new.size() > limits.most_bytes {
            too_much.push(new.too_much());
            continue;
        }
        let file = as_row(new, &limits, row, &stay);
        put_file(tx, draft, FileId::random()?, &file, &new.bytes)?;
        stay.push(file);
    }
    Ok(too_much)
}

/// Whether a file with these bytes is among those that come; it is taken from them.
fn is_among(coming: &mut Vec<&Incoming>, print: &[u8; 32]) -> bool {
    let at = coming.iter().position(|file| file.print == *print);
    at.map(|at| coming.remove(at)).is_some()
}

/// A file behind the others, under a name that none of them has.
fn as_row(new: &Incoming, limits: &Limits, row: &mut DraftRow, others: &[FileRow]) -> FileRow {
    let taken: Vec<&str> = others.iter().map(|file| file.name.as_str()).collect();
    let name = media::unique(&new.name, &taken);
    let media_type = limits.media_type(Some(&new.media_type), &name, &new.bytes);
    let shown = SHOWN.contains(&media_type.as_str());
    if shown && name != new.name {
        row.body = with_second_named(&row.body, &new.name, &name);
    }
    let inline = shown && place_of(&row.body, &name).is_some();
    let seq = others.iter().map(|file| file.seq + 1).max().unwrap_or(0);
    FileRow { seq, name, media_type, size: new.size(), inline, print: new.print }
}

/// Gmail calls every image that was pasted the same: the second line that names one is the second image's.
fn with_second_named(body: &str, old: &str, new: &str) -> String {
    let mut seen = 0;
    let lines = body.split_inclusive('\n').map(|line| {
        let names_it = image_line(line) == Some(old);
        seen += usize::from(names_it);
        if names_it && seen == 2 { line.replacen(old, new, 1) } else { line.to_owned() }
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Engine;
    use crate::api::DraftEdit;
    use crate::compose::files::prints;
    use crate::store::Keep;
    use crate::store::tables::DRAFTS;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    fn file(name: &str, media_type: &str, bytes: &[u8]) -> Incoming {
        let told = Attachment { name: name.into(), media_type: media_type.into(), size: bytes.len() as u64 };
        Incoming::new("1".into(), &told, bytes.to_vec())
    }

    fn taken(engine: &Engine, draft: DraftId, files: &[Incoming], others: Others) -> Vec<MissingRow> {
        let took = engine.store().write(engine.account(), Keep::Made, |tx| {
            let mut row: DraftRow = tx.get(DRAFTS, draft.as_bytes())?.unwrap();
            let here = prints(tx, draft)?;
            let too_much = take_in(tx, draft, &mut row, files, others)?;
            if others == Others::Go {
                assert_eq!(arranged(&here, files).len(), prints(tx, draft)?.len());
                assert!(arranged(&here, files).iter().zip(prints(tx, draft)?).all(|(one, other)| one.2 == other.2));
            }
            tx.put(DRAFTS, draft.as_bytes(), &row)?;
            Ok(too_much)
        });
        took.unwrap()
    }

    fn draft(engine: &Engine, body: &str) -> DraftId {
        engine.save_draft(&DraftEdit { body: Some(body.into()), ..DraftEdit::default() }).unwrap().id
    }

    fn names(engine: &Engine, draft: DraftId) -> Vec<String> {
        engine.draft(draft).unwrap().files.into_iter().map(|file| file.name).collect()
    }

    #[test]
    fn what_is_here_stays_the_same_file_and_what_did_not_come_goes_or_stays_as_asked() {
        let engine = Engine::in_memory().unwrap();
        let id = draft(&engine, "Hi");
        engine.attach(id, "mine.txt", None, b"mine", false).unwrap();
        let before = engine.attach(id, "plan.txt", None, b"plan", false).unwrap().files[1].clone();
        let theirs = [file("map.csv", "text/csv", b"a,b"), file("plan.txt", "text/plain", b"plan")];
        taken(&engine, id, &theirs, Others::Stay);
        assert_eq!(names(&engine, id), ["mine.txt", "plan.txt", "map.csv"]);
        taken(&engine, id, &theirs, Others::Go);
        assert_eq!(names(&engine, id), ["plan.txt", "map.csv"]);
        assert_eq!(engine.draft(id).unwrap().files[0], before);
        let stored = engine.stored_files(id).unwrap();
        assert_eq!(engine.contents(id, &stored).unwrap(), [b"plan".to_vec(), b"a,b".to_vec()]);
        // The same name and as many bytes: another file all the same.
        taken(&engine, id, &[file("plan.txt", "text/plain", b"flan")], Others::Go);
        let stored = engine.stored_files(id).unwrap();
        assert_eq!(engine.contents(id, &stored).unwrap(), [b"flan".to_vec()]);
    }

    #[test]
    fn images_stand_where_the_text_names_them_though_all_have_one_name() {
        let engine = Engine::in_memory().unwrap();
        let id = draft(&engine, "Hi\n[image: image.png]\nand\n[image: image.png]\n[image: image.png]\n");
        let image = |n: u8| file("image.png", "image/png", &[PNG, &[n]].concat());
        taken(&engine, id, &[image(1), image(2), image(3), file("apart.png", "image/png", PNG)], Others::Go);
        let kept = engine.draft(id).unwrap();
        assert_eq!(kept.body, "Hi\n[image: image.png]\nand\n[image: image (2).png]\n[image: image (3).png]\n");
        assert_eq!(kept.files.iter().map(|file| file.inline).collect::<Vec<_>>(), [true, true, true, false]);
    }

    #[test]
    fn what_is_more_than_a_letter_can_carry_is_given_back() {
        let engine = Engine::in_memory().unwrap();
        let id = draft(&engine, "Hi");
        let most = usize::try_from(Limits::read().unwrap().most_bytes).unwrap();
        engine.attach(id, "large", None, &vec![0; most - 2], false).unwrap();
        let left = taken(&engine, id, &[file("b", "text/plain", b"abc"), file("c", "text/plain", b"c")], Others::Stay);
        assert_eq!(names(&engine, id), ["large", "c"]);
        assert_eq!(left.iter().map(|row| (row.file.name.as_str(), row.file.never)).collect::<Vec<_>>(), [("b", true)]);
    }
}
