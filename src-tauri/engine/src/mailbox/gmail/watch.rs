//! When to look again: soon after something happened, ever later while nothing does, at once when the person looks or sends, and not at all
//! while nobody looks and nothing is reachable. One question of the history a look, which costs least of all.

use super::sync::failed_softly;
use crate::Engine;
use crate::account::blocking;
use crate::api::{Grant, SyncReport, UnixMillis};
use crate::error::{Error, ErrorCode, Result};
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// After something happened.
const SOON: Duration = Duration::from_secs(15);
/// While nothing does.
const LATE: Duration = Duration::from_secs(300);
/// While Gmail cannot be reached and somebody looks.
const AGAIN: Duration = Duration::from_secs(60);

/// What is to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// Look again after this long, or when poked.
    After(Duration),
    /// Look only when somebody looks at the window, or when poked.
    WhenSeen,
}

/// How the last look ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    /// Something had changed.
    Changed,
    /// Nothing had.
    Same,
    /// Gmail cannot be reached.
    Offline,
    /// Gmail asked to wait so long, or is down.
    Busy(Option<Duration>),
}

/// Decides it: pure. `before`: how long the last wait was.
fn next(last: Last, visible: bool, before: Duration) -> (Next, Duration) {
    match last {
        Last::Changed => (Next::After(SOON), SOON),
        Last::Same => {
            let wait = (before * 2).clamp(SOON, LATE);
            (Next::After(if visible { wait } else { LATE }), wait)
        }
        Last::Offline if !visible => (Next::WhenSeen, LATE),
        Last::Offline => (Next::After(AGAIN), AGAIN),
        Last::Busy(asked) => {
            let wait = (before * 2).clamp(AGAIN, LATE).max(asked.unwrap_or_default());
            (Next::After(wait), before.max(AGAIN))
        }
    }
}

impl Engine {
    /// Keeps the account up to date until it is stopped: brings mail in, and looks again and again. It ends without an error where the account
    /// has no Gmail, or may not read it; whoever changes that begins it anew.
    ///
    /// # Errors
    /// `store_broken`, `internal`.
    pub async fn watch_mail(&self, mut visible: watch::Receiver<bool>, stop: &CancellationToken) -> Result<()> {
        let mut before = SOON;
        while !stop.is_cancelled() {
            let (wait, may_tell) = if self.is_sync_paused().await? {
                (Next::WhenSeen, false)
            } else {
                let Some(last) = self.look(stop).await? else { return Ok(()) };
                let (wait, length) = next(last, *visible.borrow_and_update(), before);
                before = length;
                (wait, matches!(last, Last::Changed | Last::Same))
            };
            self.sync_waits(until(wait));
            tokio::select! {
                () = waited(wait) => {}
                () = self.drafts_rest(may_tell) => {}
                () = self.desk.syncing.poke.notified() => before = SOON,
                seen = seen(&mut visible) => if seen { before = SOON } else { return Ok(()) },
                () = stop.cancelled() => {}
            }
        }
        Ok(())
    }

    /// Looks again at once: a message was sent, labels were changed, the network came back.
    pub fn poke_sync(&self) {
        self.desk.syncing.poke.notify_one();
    }

    /// A draft was changed here: it goes to Gmail when it rests.
    pub(crate) fn draft_changed_here(&self) {
        self.desk.syncing.typed.notify_one();
    }

    /// Ends when a draft was changed here and rests now. `may_tell`: Gmail may be asked before its time, which it may not while it asks to
    /// wait or cannot be reached.
    async fn drafts_rest(&self, may_tell: bool) {
        if !may_tell || self.gmail_line(Grant::SendMail).is_err() {
            return std::future::pending().await;
        }
        let mut rests = self.drafts_rest_at();
        loop {
            let nap = async {
                match rests {
                    Some(at) => {
                        let millis = u64::try_from(at.saturating_sub(crate::now())).unwrap_or(0);
                        tokio::time::sleep(Duration::from_millis(millis)).await;
                    }
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = nap => return,
                () = self.desk.syncing.typed.notified() => {
                    let seconds = self.settings().map_or(20, |settings| settings.gmail.draft_rest_seconds);
                    // A moment more, so that the draft has rested by then and not almost.
                    rests = Some(crate::now() + i64::from(seconds) * 1000 + 200);
                }
            }
        }
    }

    async fn is_sync_paused(&self) -> Result<bool> {
        let engine = self.clone();
        blocking(move || Ok(super::rows::sync_row(&engine)?.paused)).await
    }

    /// One sync; `None`: there is nothing to be looked at.
    async fn look(&self, stop: &CancellationToken) -> Result<Option<Last>> {
        match self.sync(false, &mut |_| {}, stop).await {
            Ok(report) if report == SyncReport::default() => Ok(Some(Last::Same)),
            Ok(_) => Ok(Some(Last::Changed)),
            Err(error) => failed(error),
        }
    }
}

fn failed(error: Error) -> Result<Option<Last>> {
    match error.code() {
        ErrorCode::GmailUnreachable | ErrorCode::SignInUnreachable => Ok(Some(Last::Offline)),
        ErrorCode::GmailBusy => {
            let asked = error.facts().retry_after_ms.map(Duration::from_millis);
            Ok(Some(Last::Busy(asked)))
        }
        _ if failed_softly(&error) => Ok(None),
        _ => Err(error),
    }
}

async fn waited(wait: Next) {
    match wait {
        Next::After(wait) => tokio::time::sleep(wait).await,
        Next::WhenSeen => std::future::pending().await,
    }
}

/// Somebody looks at the window now, who did not; `false`: there is no window any more.
async fn seen(visible: &mut watch::Receiver<bool>) -> bool {
    loop {
        if visible.changed().await.is_err() {
            return false;
        }
        if *visible.borrow_and_update() {
            return true;
        }
    }
}

fn until(wait: Next) -> Option<UnixMillis> {
    let Next::After(wait) = wait else { return None };
    Some(crate::now().saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_looks_soon_after_something_and_ever_later_after_nothing() {
        let seconds = Duration::from_secs;
        let table = [
            (Last::Changed, true, seconds(240), Next::After(SOON), SOON),
            (Last::Changed, false, seconds(240), Next::After(SOON), SOON),
            (Last::Same, true, seconds(15), Next::After(seconds(30)), seconds(30)),
            (Last::Same, true, seconds(240), Next::After(LATE), LATE),
            (Last::Same, false, seconds(15), Next::After(LATE), seconds(30)),
            (Last::Offline, true, seconds(15), Next::After(AGAIN), AGAIN),
            (Last::Offline, false, seconds(15), Next::WhenSeen, LATE),
            (Last::Busy(None), true, seconds(15), Next::After(AGAIN), AGAIN),
            (Last::Busy(Some(seconds(900))), true, seconds(15), Next::After(seconds(900)), AGAIN),
        ];
        for (last, visible, before, wait, length) in table {
            assert_eq!(next(last, visible, before), (wait, length), "{last:?} {visible} {before:?}");
        }
    }
}
