//! The import as a whole, on the real store in memory.

use super::*;
use crate::api::ImportSource;

fn import(engine: &Engine, paths: &[&std::path::Path]) -> ImportReport {
    let paths = paths.iter().map(|path| path.to_path_buf()).collect();
    engine.import(&ImportSource::Paths { paths }, &mut |_| {}, &CancellationToken::new()).unwrap()
}

fn mail(id: u32, headers: &str, body: &str) -> String {
    format!(
        "From - Thu Aug 22 12:36:23 2002\nMessage-ID: <{id}@example.com>\nFrom: Ann <ann@example.com>\nDate: Thu, 22 Aug 2002 12:36:23 +0000\n{headers}\n{body}\n\n"
    )
}

#[test]
fn the_same_file_twice_adds_nothing_and_every_message_is_accounted_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.mbox");
    let mbox = [
        mail(1, "Subject: One\n", "x"),
        mail(2, "Subject: Re: One\nReferences: <1@example.com>\n", "y"),
        "From - Thu Aug 22 12:36:23 2002\nnothing here\n\n".to_owned(),
    ];
    std::fs::write(&path, mbox.concat()).unwrap();
    let engine = Engine::in_memory().unwrap();
    let first = import(&engine, &[&path]);
    assert_eq!((first.seen, first.imported, first.already, first.failed.len()), (3, 2, 0, 1));
    assert_eq!(engine.mail_counts().unwrap(), (2, 1));
    let second = import(&engine, &[&path]);
    assert_eq!((second.seen, second.imported, second.already, second.failed.len()), (3, 0, 2, 1));
    assert_eq!(engine.mail_counts().unwrap(), (2, 1));
}
