//! What the house knows about itself: status and doctor. Counts and codes only, no mail.

mod doctor;

use crate::Engine;
use crate::api::Status;
use crate::error::Result;
use crate::store::tables::{MESSAGES, THREADS};

impl Engine {
    /// What the foot of the window tells.
    ///
    /// # Errors
    /// `store_broken`, `keyring_unavailable`.
    pub fn status(&self) -> Result<Status> {
        let me = self.settings()?.me;
        let read = self.store().read(self.account())?;
        Ok(Status {
            account: self.account(),
            recovery_code: self.has_recovery_code()?,
            key_holder: self.house.vault.holder(),
            messages: read.count(MESSAGES)?,
            threads: read.count(THREADS)?,
            drafts: self.drafts()?.len() as u64,
            me,
            model: self.automatic_model()?,
            spent_micros: self.spent_this_month(crate::now())?,
        })
    }
}
