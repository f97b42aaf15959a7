//! `GET /{repository}/resolve/{revision}/{path}`: a file, which the hub may send on to where its large files lie. What came so far stands
//! in a file of its own, so that a cut or a stop costs nothing of it; only what has the listed sum gets the file's name.

use super::{Failure, RemoteFile, Revision, Service};
use crate::base::reachable;
use crate::client::by_status;
use crate::{Error, Kind};
use reqwest::Response;
use reqwest::header::{CONTENT_RANGE, LOCATION, RANGE};
use std::path::{Path, PathBuf};
use tokio::fs::OpenOptions;
use tokio::io::AsyncWriteExt;
use url::Url;

/// So often is a file followed to where it lies.
const MOST_REDIRECTS: usize = 5;

/// Where a file stands while it is not whole.
#[must_use]
pub fn part_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

impl Service {
    /// Brings a file to `to`, beginning where an earlier try ended. `progress` is told how many bytes of it are here. Dropping the future stops it.
    ///
    /// # Errors
    /// [`Failure`]: after a transient one, and after a stop, the next call goes on where this one ended.
    pub async fn fetch(
        &self,
        of: Revision<'_>,
        file: &RemoteFile,
        to: &Path,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<(), Failure> {
        let part = part_of(to);
        if let Some(folder) = to.parent() {
            tokio::fs::create_dir_all(folder).await?;
        }
        let mut have = tokio::fs::metadata(&part).await.map_or(0, |found| found.len());
        if have > file.size {
            tokio::fs::remove_file(&part).await?;
            have = 0;
        }
        if have < file.size || file.size == 0 {
            self.rest(of, file, &part, have, progress).await?;
        }
        settle(file, part, to).await
    }

    /// Appends what is missing.
    async fn rest(
        &self,
        of: Revision<'_>,
        file: &RemoteFile,
        part: &Path,
        mut have: u64,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<(), Failure> {
        let mut answer = self.found(of, file, have).await?;
        let goes_on = have > 0 && goes_on_at(&answer, have);
        let mut open = OpenOptions::new();
        let mut out = open.create(true).write(true).append(goes_on).truncate(!goes_on).open(part).await?;
        have = if goes_on { have } else { 0 };
        progress(have);
        let patience = self.client.patience().between;
        loop {
            let chunk = tokio::time::timeout(patience, answer.chunk()).await;
            let chunk = match chunk
                .map_err(|_| Error::new(Kind::Stalled))
                .and_then(|read| read.map_err(|_| Error::new(Kind::Cut)))
            {
                Ok(Some(chunk)) => chunk,
                Ok(None) => break,
                Err(error) => {
                    out.flush().await?;
                    return Err(error.into());
                }
            };
            have += chunk.len() as u64;
            if have > file.size {
                drop(out);
                tokio::fs::remove_file(part).await?;
                return Err(Failure::WrongSum);
            }
            out.write_all(&chunk).await?;
            progress(have);
        }
        out.flush().await?;
        out.sync_all().await?;
        if have < file.size { Err(Error::new(Kind::Cut).into()) } else { Ok(()) }
    }

    /// The answer that has the bytes from `have` on, or all of them.
    async fn found(&self, of: Revision<'_>, file: &RemoteFile, have: u64) -> Result<Response, Error> {
        let mut segments: Vec<&str> = of.repository.split('/').collect();
        segments.extend(["resolve", of.revision]);
        segments.extend(file.path.split('/'));
        let mut url = self.base.join(&segments);
        for _ in 0..=MOST_REDIRECTS {
            let mut request = self.client.get(url.clone());
            if have > 0 {
                request = request.header(RANGE, format!("bytes={have}-"));
            }
            let answer = tokio::time::timeout(self.client.patience().first_byte, request.send()).await;
            let answer = answer.map_err(|_| Error::new(Kind::Stalled))??;
            match answer.status().as_u16() {
                200 | 206 => return Ok(answer),
                301 | 302 | 303 | 307 | 308 => url = next(&url, &answer)?,
                status => return Err(by_status(status)),
            }
        }
        Err(Error::new(Kind::Refused))
    }
}

/// Where an answer sends on to: the same rule as for every address, https or this machine.
fn next(url: &Url, answer: &Response) -> Result<Url, Error> {
    let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok());
    let to = to.and_then(|to| url.join(to).ok()).ok_or_else(|| Error::new(Kind::Refused))?;
    reachable(&to).map_err(|_| Error::new(Kind::Refused))?;
    Ok(to)
}

/// Whether the answer is the piece that was asked for: a 206 whose `Content-Range` begins there (RFC 9110 §14.4).
fn goes_on_at(answer: &Response, have: u64) -> bool {
    let range = answer.headers().get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
    answer.status().as_u16() == 206 && range.is_some_and(|range| range.starts_with(&format!("bytes {have}-")))
}

/// Gives the file its name if it is the right one, and throws it away if not.
async fn settle(file: &RemoteFile, part: PathBuf, to: &Path) -> Result<(), Failure> {
    let (sum, read) = (file.sum.clone(), part.clone());
    let right = tokio::task::spawn_blocking(move || sum.is_of(&read)).await.map_err(std::io::Error::other)??;
    if right {
        return Ok(tokio::fs::rename(&part, to).await?);
    }
    tokio::fs::remove_file(&part).await?;
    Err(Failure::WrongSum)
}
