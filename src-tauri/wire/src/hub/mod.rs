//! A hub of models, as huggingface.co is one: what files a repository has, and a file of it, resumed where it was cut. Documented at
//! <https://huggingface.co/docs/hub/api>. A file is never given before its sum was found to be the one the hub listed.

mod list_files;
mod resolve;
mod sum;

use crate::{Base, Client, Error};

pub use resolve::part_of;
pub use sum::Sum;

/// The hub at an address.
#[derive(Clone)]
pub struct Service {
    /// The client.
    pub client: Client,
    /// Its address.
    pub base: Base,
}

/// A revision of a repository.
#[derive(Debug, Clone, Copy)]
pub struct Revision<'a> {
    /// Owner and name, as in `owner/name`.
    pub repository: &'a str,
    /// A branch, a tag or a commit.
    pub revision: &'a str,
}

/// A file as the hub lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteFile {
    /// Its path in the repository.
    pub path: String,
    /// How long it is, in bytes.
    pub size: u64,
    /// Its sum.
    pub sum: Sum,
}

/// What can come of a download but the file.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The hub, or the way to it.
    #[error(transparent)]
    Hub(#[from] Error),
    /// The disk.
    #[error("the file cannot be written: {0}")]
    Disk(#[from] std::io::Error),
    /// What came is not what the hub listed. It was thrown away.
    #[error("what came is not what the hub listed")]
    WrongSum,
}

impl Failure {
    /// Whether going on with the same file later may help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Hub(error) if error.is_transient())
    }
}
