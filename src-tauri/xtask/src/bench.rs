//! `cargo xtask bench`: Epistle measured beside things everybody has, in the same run on the same machine.

use crate::house::{Error, House, Result};

/// Runs the measurements.
pub fn bench(_house: &House) -> Result<()> {
    Err(Error::Missing("there is nothing to measure yet".into()))
}
