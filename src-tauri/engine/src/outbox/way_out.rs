//! Which way an account's messages leave, and what is missing where there is none.

use super::gmail::GmailMailer;
use super::worker::Mailer;
use crate::Engine;
use crate::api::{Grant, WayOut};
use crate::error::{Error, ErrorCode, GmailKind, Result};
use crate::ids::MessageId;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

impl Engine {
    /// Which way this account's messages leave now.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn way_out(&self) -> Result<WayOut> {
        let smtp = self.settings()?.smtp;
        if smtp.enabled {
            return Ok(WayOut::Smtp { host: smtp.host });
        }
        match self.gmail_line(Grant::SendMail) {
            Ok(_) => Ok(WayOut::Gmail),
            Err(Error::Gmail(trouble)) => Ok(match trouble.kind {
                GmailKind::GrantMissing(grant) => WayOut::GrantMissing { grant },
                _ => WayOut::None,
            }),
            Err(error) if error.code() == ErrorCode::SignInAgain => Ok(WayOut::SignInAgain),
            Err(error) => Err(error),
        }
    }

    /// Sends what waits in this account's outbox, by whatever way it has, until it is stopped: between two calls, never in the midst of
    /// one. Whoever cannot wait may drop it: what was under way is settled by the next one.
    ///
    /// # Errors
    /// `store_broken`; `not_found` when the account is removed.
    pub async fn run_outbox(&self, stop: &CancellationToken) -> Result<()> {
        let engine = self.clone();
        self.run_outbox_by(&move |_| engine.mailer(), stop).await?;
        self.sweep_sent_drafts().await;
        Ok(())
    }

    /// A server that the person named comes before what the account would have by itself.
    fn mailer(&self) -> Option<Arc<dyn Mailer>> {
        if let Some(smtp) = self.smtp_mailer().ok()? {
            return Some(smtp);
        }
        let line = self.gmail_line(Grant::SendMail).ok()?;
        let engine = self.clone();
        let thread_of = move |message: MessageId| engine.gmail_thread_of(message).ok().flatten();
        Some(Arc::new(GmailMailer::new(line, Arc::new(thread_of))))
    }
}
