//! `GET /api/models/{repository}/tree/{revision}?recursive=true`: every file of a revision. The hub answers at most a thousand entries at once;
//! the repositories of models have a few dozen.

use super::{RemoteFile, Revision, Service, Sum};
use crate::Error;
use crate::client::by_status;
use serde::Deserialize;

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "type")]
    kind: String,
    path: String,
    #[serde(default)]
    size: u64,
    #[serde(default)]
    oid: String,
    lfs: Option<Large>,
}

/// A file that lies in large file storage: its id is its SHA-256.
#[derive(Deserialize)]
struct Large {
    oid: String,
    size: u64,
}

impl Service {
    /// The files of a revision, with their sums.
    ///
    /// # Errors
    /// `UnknownModel` where there is no such repository or revision, and the usual ones.
    pub async fn list_files(&self, of: Revision<'_>) -> Result<Vec<RemoteFile>, Error> {
        let mut segments = vec!["api", "models"];
        segments.extend(of.repository.split('/'));
        segments.extend(["tree", of.revision]);
        let mut url = self.base.join(&segments);
        url.set_query(Some("recursive=true"));
        let answer = self.client.send(self.client.get(url), |status, _| by_status(status)).await?;
        let entries: Vec<Entry> = self.client.json(answer).await?;
        let files = entries.into_iter().filter(|entry| entry.kind == "file").map(|entry| match entry.lfs {
            Some(large) => RemoteFile { path: entry.path, size: large.size, sum: Sum::Sha256(large.oid) },
            None => RemoteFile { path: entry.path, size: entry.size, sum: Sum::GitBlob(entry.oid) },
        });
        Ok(files.collect())
    }
}
