//! The data folder and the files in it: private to the user, written whole or not at all, owned by one process at a time.

use crate::error::{Error, Result};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::Path;

/// Makes the folder, closed to other users, if it is not there. An empty one that is there is closed too: it is ours now.
pub(super) fn make(home: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(home).and_then(|()| close_if_empty(home)).map_err(|e| Error::io("make", home, e))
}

#[cfg(unix)]
fn close_if_empty(home: &Path) -> std::io::Result<()> {
    let closed: std::fs::Permissions = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    if std::fs::read_dir(home)?.next().is_some() { Ok(()) } else { std::fs::set_permissions(home, closed) }
}

#[cfg(not(unix))]
fn close_if_empty(_home: &Path) -> std::io::Result<()> {
    Ok(()) // a Windows profile folder is the user's own
}

/// Takes the folder's lock. The operating system gives it back when the process ends, however it ends.
pub(super) fn lock(home: &Path) -> Result<File> {
    let path = home.join("lock");
    let file = private().create(true).truncate(false).open(&path).map_err(|e| Error::io("open", &path, e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::InUse { home: home.to_owned() }),
        Err(TryLockError::Error(e)) => Err(Error::io("lock", path, e)),
    }
}

/// Whether the file is there and not empty: a crash before the first commit may leave an empty one.
pub(crate) fn has_content(path: &Path) -> Result<bool> {
    match std::fs::metadata(path) {
        Ok(found) => Ok(found.len() > 0),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(Error::io("look at", path, e)),
    }
}

/// Writes a file so that after a crash it is the old one or the new one, and on the disk when this returns.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let fresh = path.with_extension("new");
    let wrote = (|| {
        let mut file = private().create(true).truncate(true).open(&fresh)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&fresh, path)?;
        sync_folder(path)
    })();
    wrote.map_err(|e| Error::io("write", path, e))
}

#[cfg(unix)]
pub(crate) fn sync_folder(path: &Path) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

#[cfg(not(unix))]
pub(crate) fn sync_folder(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
