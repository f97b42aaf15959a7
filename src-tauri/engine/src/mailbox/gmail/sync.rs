//! The sync's driver: it asks what the machine in `plan` wants to know, waits as Gmail says, commits each answer before it asks again, and
//! tells how far it is. Stopped or killed anywhere, the next one goes on from what was committed.

use super::plan::{Ask, Mirror, Run, Said};
use super::{drafts, fetch, patience, push_drafts, rows};
use crate::Engine;
use crate::account::{Fault, GmailLine, Urgency, blocking};
use crate::api::{Grant, SyncNews, SyncPhase, SyncProgress, SyncReport, SyncState, UnixMillis};
use crate::error::{Error, ErrorCode, Result};
use crate::mailbox::labels::PendingLabels;
use epistle_wire::gmail::quota::Method;
use epistle_wire::gmail::{Kind, LabelId, MessageId, messages};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

/// The labels' names are asked for again after this long: no history tells of a new name.
const NAMES_LAST: Duration = Duration::from_secs(300);

/// What an account's sync keeps in memory.
pub(crate) struct Syncing {
    /// What is known of the mailbox; one sync at a time.
    mirror: tokio::sync::Mutex<Option<Mirror>>,
    now: Mutex<Now>,
    pub(super) news: broadcast::Sender<SyncNews>,
    pub(super) poke: Notify,
    /// A draft was changed here.
    pub(super) typed: Notify,
}

/// How it is now.
#[derive(Default)]
struct Now {
    running: Option<SyncProgress>,
    known: Option<(u64, Option<u64>)>,
    trouble: Option<ErrorCode>,
    waiting_until: Option<UnixMillis>,
    names_read: Option<Instant>,
    /// When the next draft rests that is being written.
    drafts_rest: Option<UnixMillis>,
    /// Ends the one that runs.
    stop: Option<CancellationToken>,
}

impl Default for Syncing {
    fn default() -> Self {
        Self {
            mirror: tokio::sync::Mutex::default(),
            now: Mutex::default(),
            news: broadcast::Sender::new(64),
            poke: Notify::new(),
            typed: Notify::new(),
        }
    }
}

impl Syncing {
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// Brings the account's Gmail and what is here to one state: what changed here is told, what changed there comes. `full`: all of the
    /// mailbox is gone over, though nothing that is here is fetched again. Asked to stop, it ends with what was committed, and the next
    /// one goes on from there.
    ///
    /// # Errors
    /// `gmail_off`, `gmail_grant_missing`, `gmail_unreachable`, `gmail_busy`, `gmail_refused`, `sign_in_again`, `store_broken`.
    pub async fn sync(
        &self,
        full: bool,
        progress: &mut (dyn FnMut(&SyncProgress) + Send),
        stop: &CancellationToken,
    ) -> Result<SyncReport> {
        let line = self.gmail_line(Grant::ReadMail)?;
        let syncing = &self.desk.syncing;
        let mut held = tokio::select! {
            held = syncing.mirror.lock() => held,
            () = stop.cancelled() => return Ok(SyncReport { stopped: true, ..SyncReport::default() }),
        };
        let engine = self.clone();
        let first = held.is_none();
        let mirror = match held.take() {
            Some(mirror) => mirror,
            None => blocking(move || rows::load(&engine)).await?,
        };
        let stop = stop.child_token();
        syncing.now().stop = Some(stop.clone());
        let mut driver = Driver::new(line, mirror, progress, &stop);
        let done = driver.run(full).await;
        // After a failure or a stop, what was not committed is forgotten.
        let (mirror, report) = (driver.mirror, driver.report);
        syncing.now().running = None;
        syncing.now().known = Some(mirror.progress());
        syncing.now().trouble = done.as_ref().err().map(Error::code);
        let ended = matches!(done, Ok(false));
        *held = ended.then_some(mirror);
        drop(held);
        if ended {
            self.note_sync(|row| row.last = Some(crate::now())).await?;
            // The addresses to send as change seldom: asked once a start, and left as they were where they cannot be had.
            if first && let Err(error) = self.refresh_senders().await {
                tracing::info!(code = error.code().as_str(), "the addresses to send as were not told");
            }
        }
        let _ = syncing.news.send(SyncNews::Ended);
        done.map(|stopped| SyncReport { stopped, ..report })
    }

    async fn note_sync(&self, change: impl FnOnce(&mut rows::SyncRow) + Send + 'static) -> Result<()> {
        let engine = self.clone();
        blocking(move || rows::change_sync_row(&engine, change)).await
    }

    /// Whether this account has a Gmail that may be read.
    #[must_use]
    pub fn may_sync(&self) -> bool {
        self.gmail_line(Grant::ReadMail).is_ok()
    }

    /// The person pauses the sync of this account, or lets it go on; it stays so until they say otherwise.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn pause_sync(&self, paused: bool) -> Result<()> {
        rows::change_sync_row(self, |row| row.paused = paused)?;
        if let Some(running) = self.desk.syncing.now().stop.take().filter(|_| paused) {
            running.cancel();
        }
        self.desk.syncing.poke.notify_one();
        let _ = self.desk.syncing.news.send(SyncNews::Ended);
        Ok(())
    }

    /// How the sync of this account is.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn sync_state(&self) -> Result<SyncState> {
        let row = rows::sync_row(self)?;
        let now = self.desk.syncing.now();
        let known = now.running.as_ref().map(|running| (running.done, running.total)).or(now.known);
        let (done, total) = match known {
            Some(known) => known,
            None => (rows::count(self)?, row.state.backfill.as_ref().and_then(|backfill| backfill.total)),
        };
        Ok(SyncState {
            running: now.running.clone(),
            done,
            total: total.filter(|_| !row.state.whole),
            whole: row.state.whole,
            last: row.last,
            paused: row.paused,
            trouble: now.trouble,
            waiting_until: now.waiting_until,
        })
    }

    /// News of this account's sync, from now on. Who falls behind has missed some: ask for the state.
    #[must_use]
    pub fn sync_news(&self) -> broadcast::Receiver<SyncNews> {
        self.desk.syncing.news.subscribe()
    }

    /// When the next draft rests, as far as the last sync knew.
    pub(super) fn drafts_rest_at(&self) -> Option<UnixMillis> {
        self.desk.syncing.now().drafts_rest
    }

    /// Until when the next sync waits, for whoever asks for the state.
    pub(super) fn sync_waits(&self, until: Option<UnixMillis>) {
        self.desk.syncing.now().waiting_until = until;
    }
}

/// Whether an error says that there is nothing to sync, until the person does something about it.
pub(super) fn failed_softly(error: &Error) -> bool {
    use ErrorCode as C;
    matches!(
        error.code(),
        C::GmailOff
            | C::GmailGrantMissing
            | C::GmailRefused
            | C::SignInAgain
            | C::SignInOff
            | C::ClientMissing
            | C::NotFound
    )
}

impl Syncing {
    /// What is known of the mailbox was changed in the store. A sync that is under way hears of it as it commits.
    pub(crate) fn look_again(&self) {
        if let Ok(mut mirror) = self.mirror.try_lock() {
            *mirror = None;
        }
    }
}

impl Engine {
    /// What a search found is taken in, in step with a sync.
    pub(super) async fn take_found(&self, got: Vec<super::plan::Got>) -> Result<()> {
        let engine = self.clone();
        let mut held = self.desk.syncing.mirror.lock().await;
        let mut mirror = match held.take() {
            Some(mirror) => mirror,
            None => {
                blocking({
                    let engine = engine.clone();
                    move || rows::load(&engine)
                })
                .await?
            }
        };
        let effects = super::search::effects(got, &mut mirror);
        let mirror = blocking(move || rows::commit(&engine, &mut mirror, effects).map(|()| mirror)).await?;
        *held = Some(mirror);
        drop(held);
        let _ = self.desk.syncing.news.send(SyncNews::MailChanged);
        Ok(())
    }
}

/// One sync under way.
struct Driver<'d> {
    line: GmailLine,
    mirror: Mirror,
    report: SyncReport,
    progress: &'d mut (dyn FnMut(&SyncProgress) + Send),
    stop: &'d CancellationToken,
    began: (Instant, u64),
    failures: u32,
}

/// The person stopped it, or it failed.
enum Halt {
    Stopped,
    Failed(Error),
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl<'d> Driver<'d> {
    fn new(
        line: GmailLine,
        mirror: Mirror,
        progress: &'d mut (dyn FnMut(&SyncProgress) + Send),
        stop: &'d CancellationToken,
    ) -> Self {
        let began = (Instant::now(), mirror.progress().0);
        Self { line, mirror, report: SyncReport::default(), progress, stop, began, failures: 0 }
    }

    fn engine(&self) -> &Engine {
        self.line.engine()
    }

    /// Runs to its end; whether it was stopped before.
    async fn run(&mut self, full: bool) -> Result<bool> {
        match self.all(full).await {
            Ok(()) => Ok(false),
            Err(Halt::Stopped) => Ok(true),
            Err(Halt::Failed(error)) => Err(error),
        }
    }

    async fn all(&mut self, full: bool) -> Result<(), Halt> {
        self.tell_labels().await?;
        if full {
            self.mirror.begin_anew();
        }
        let engine = self.engine().clone();
        let incomplete = blocking(move || {
            drafts::forget_gone(&engine, crate::now())?;
            drafts::incomplete(&engine)
        });
        // Files that did not come with their drafts are asked for again.
        self.mirror.state.drafts_due |= !incomplete.await?.is_empty();
        let names_due = self.engine().desk.syncing.now().names_read.is_none_or(|read| read.elapsed() > NAMES_LAST);
        let mut run = Run::over(&mut self.mirror, names_due);
        loop {
            let ask = run.next(&self.mirror);
            if ask == Ask::Nothing {
                return self.push_drafts().await;
            }
            self.say(phase(&ask), None);
            let said = self.patiently(&ask).await?;
            let effects = run.heard(&mut self.mirror, said);
            self.commit(effects).await?;
            let counts = run.counts;
            (self.report.new, self.report.gone) = (counts.new, counts.gone);
            (self.report.relabelled, self.report.full) = (counts.relabelled, counts.full);
        }
    }

    async fn commit(&mut self, effects: Vec<super::plan::Effect>) -> Result<(), Halt> {
        use super::plan::Effect;
        let seen = effects.iter().any(|effect| !matches!(effect, Effect::State));
        let (engine, mut mirror) = (self.engine().clone(), std::mem::take(&mut self.mirror));
        let (mirror, done) = blocking(move || {
            let done = rows::commit(&engine, &mut mirror, effects);
            Ok((mirror, done))
        })
        .await?;
        self.mirror = mirror;
        done?;
        if seen {
            let _ = self.engine().desk.syncing.news.send(SyncNews::MailChanged);
        }
        Ok(())
    }

    /// Asks until there is an answer, waiting in between as Gmail says.
    async fn patiently(&mut self, ask: &Ask) -> Result<Said, Halt> {
        loop {
            let stop = self.stop.clone();
            let answer = tokio::select! {
                answer = self.ask(ask) => answer,
                () = stop.cancelled() => return Err(Halt::Stopped),
            };
            let error = match answer {
                Ok(said) => {
                    self.failures = 0;
                    return Ok(said);
                }
                Err(Fault::Ours(error)) => return Err(Halt::Failed(error)),
                Err(Fault::Gmail(error)) => error,
            };
            self.failures += 1;
            match patience::pause(error.kind(), self.failures, error.retry_after(), patience::chance()) {
                Some(wait) => self.wait(wait).await?,
                None => return Err(Halt::Failed(Fault::Gmail(error).told("message", Grant::ReadMail))),
            }
        }
    }

    async fn ask(&mut self, ask: &Ask) -> Result<Said, Fault> {
        let line = &self.line;
        match ask.clone() {
            Ask::Start => fetch::start(line).await,
            Ask::History { since, page } => fetch::changes(line, since, page).await,
            Ask::Names => {
                let said = fetch::names(line).await?;
                self.engine().desk.syncing.now().names_read = Some(Instant::now());
                Ok(said)
            }
            Ask::List { label, page } => fetch::list(line, label, page).await,
            Ask::Get(wanted) => fetch::messages(line, wanted).await,
            Ask::Drafts => {
                let (list, changed) = drafts::bring_in(line).await?;
                self.report.drafts += changed;
                if changed > 0 {
                    let _ = self.engine().desk.syncing.news.send(SyncNews::MailChanged);
                }
                Ok(Said::Drafts(list))
            }
            Ask::Nothing => Ok(Said::Got(Vec::new())),
        }
    }

    async fn wait(&mut self, wait: Duration) -> Result<(), Halt> {
        let millis = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        self.say(SyncPhase::Waiting, Some(crate::now().saturating_add(millis)));
        tokio::select! {
            () = tokio::time::sleep(wait) => Ok(()),
            () = self.stop.cancelled() => Err(Halt::Stopped),
        }
    }

    /// Tells how far it is.
    fn say(&mut self, phase: SyncPhase, waiting_until: Option<UnixMillis>) {
        let (done, total) = self.mirror.progress();
        let (at, before) = self.began;
        let (seconds, came) = (at.elapsed().as_secs(), done.saturating_sub(before));
        let left = total.map(|total| total.saturating_sub(done));
        let eta = left.filter(|_| seconds >= 5).and_then(|left| (left * seconds).checked_div(came));
        let progress = SyncProgress { phase, done, total, eta_seconds: eta, waiting_until };
        self.engine().desk.syncing.now().running = Some(progress.clone());
        (self.progress)(&progress);
        let _ = self.engine().desk.syncing.news.send(SyncNews::Progress { progress });
    }

    // ---------------------------------------------------------------- drafts changed here

    /// Brings Gmail's drafts in step with those that rest here, where the person allowed it: last, when what changed there is known.
    async fn push_drafts(&mut self) -> Result<(), Halt> {
        let Ok(line) = self.engine().gmail_line(Grant::SendMail) else { return Ok(()) };
        let pushed = push_drafts::push(&line, push_drafts::Which::All, self.stop).await?;
        self.report.pushed += pushed.told;
        self.engine().desk.syncing.now().drafts_rest = pushed.rests;
        if pushed.looked {
            let _ = self.engine().desk.syncing.news.send(SyncNews::MailChanged);
        }
        if self.stop.is_cancelled() { Err(Halt::Stopped) } else { Ok(()) }
    }

    // ---------------------------------------------------------------- labels changed here

    /// Tells Gmail what the person changed of labels, before anything is asked.
    async fn tell_labels(&mut self) -> Result<(), Halt> {
        // What may not be told stays here, and goes on waiting.
        if self.engine().gmail_line(Grant::OrganiseMail).is_err() {
            return Ok(());
        }
        let engine = self.engine().clone();
        for waiting in blocking(move || engine.pending_label_changes()).await? {
            self.say(SyncPhase::Telling, None);
            self.tell(waiting).await?;
        }
        Ok(())
    }

    async fn tell(&mut self, waiting: PendingLabels) -> Result<(), Halt> {
        let ids = |labels: &[crate::api::LabelId]| {
            labels.iter().filter_map(|label| LabelId::parse(label.as_str())).collect::<Vec<_>>()
        };
        let (add, remove) = (ids(&waiting.add), ids(&waiting.remove));
        let Some(id) = MessageId::parse(&waiting.remote.message) else { return Ok(()) };
        let now = loop {
            let said = self.line.call(Method::MessagesModify, Urgency::Read, |gmail| {
                let (id, add, remove) = (id.clone(), add.clone(), remove.clone());
                async move { messages::modify(&gmail, &id, &add, &remove).await }
            });
            let stop = self.stop.clone();
            let said = tokio::select! {
                said = said => said,
                () = stop.cancelled() => return Err(Halt::Stopped),
            };
            let error = match said {
                Ok(message) => break Some(message),
                Err(Fault::Gmail(error)) => error,
                Err(Fault::Ours(error)) => return Err(Halt::Failed(error)),
            };
            // It is gone, or will never be taken: what Gmail says holds.
            if matches!(error.kind(), Kind::NotFound | Kind::Invalid) {
                break None;
            }
            self.failures += 1;
            match patience::pause(error.kind(), self.failures, error.retry_after(), patience::chance()) {
                Some(wait) => self.wait(wait).await?,
                None => return Err(Halt::Failed(Fault::Gmail(error).told("message", Grant::OrganiseMail))),
            }
        };
        self.failures = 0;
        self.report.told += u64::from(now.is_some());
        if let (Some(message), Some(known)) = (now, self.mirror.known.get_mut(&id)) {
            known.labels = message.label_ids.into_iter().collect();
        }
        let (engine, waiting) = (self.engine().clone(), waiting.id);
        blocking(move || engine.settle_label_change(waiting)).await?;
        self.commit(vec![super::plan::Effect::Known(id)]).await
    }
}

fn phase(ask: &Ask) -> SyncPhase {
    match ask {
        Ask::Start | Ask::History { .. } | Ask::Drafts | Ask::Names | Ask::Nothing => SyncPhase::Asking,
        Ask::List { label: None, .. } | Ask::Get(_) => SyncPhase::BringingIn,
        Ask::List { label: Some(_), .. } => SyncPhase::Comparing,
    }
}
