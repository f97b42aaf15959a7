//! Who is at work: the data folder, its key, the account. For now one local account a folder, with no provider.

use crate::api::KeyHolder;
use crate::error::Result;
use crate::ids::AccountId;
use crate::store::Store;
use crate::Open;
use std::path::PathBuf;

/// The data folder: `EPISTLE_HOME`, or the platform's place for application data.
#[must_use]
pub fn default_home() -> PathBuf {
    std::env::var_os("EPISTLE_HOME")
        .map(PathBuf::from)
        .unwrap_or_else(|| dirs::data_dir().unwrap_or_else(std::env::temp_dir).join("epistle"))
}

pub(crate) fn open_store(_open: &Open) -> Result<(Store, AccountId, KeyHolder)> {
    todo!("store helper")
}
