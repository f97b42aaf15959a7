//! What the house knows about itself: status and doctor. Counts and codes only, no mail.

use crate::Engine;
use crate::api::{DoctorReport, Status};
use crate::error::Result;

impl Engine {
    /// What the foot of the window tells.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn status(&self) -> Result<Status> {
        todo!()
    }

    /// What is set up, what is missing, what to do.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn doctor(&self) -> Result<DoctorReport> {
        todo!()
    }
}
