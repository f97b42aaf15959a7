//! What lives as long as the app: the engine (opened beside the window, never before it) at work in one account, the jobs that can be
//! stopped, the lock's clock, and a draft to open. It holds no mail.

use crate::embedding_worker;
use crate::events::{Locked, tell_changed};
use crate::mail_watch;
use crate::outbox_worker;
use crate::shortcut;
use crate::ui_error::{Reply, UiError};
use epistle_engine::api::KeyHolder;
use epistle_engine::error::{Error, ErrorCode, Result};
use epistle_engine::ids::{AccountId, DraftId};
use epistle_engine::secrets::Secret;
use epistle_engine::{Engine, Open, account};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tauri::{AppHandle, Manager};
use tauri_specta::Event;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// What lives as long as the app.
pub struct Host {
    slot: watch::Sender<Slot>,
    jobs: Mutex<HashMap<String, CancellationToken>>,
    /// The provider's page of each sign-in that waits, by its job.
    pages: Mutex<HashMap<String, String>>,
    /// The account the windows work in, where that is not the default one. It is kept over a lock.
    account: Mutex<Option<AccountId>>,
    /// When somebody was last seen in a window, in Unix milliseconds.
    seen: AtomicI64,
    /// After how many minutes it locks; 0: never.
    idle_minutes: AtomicU32,
    draft_to_open: Mutex<Option<DraftId>>,
}

/// How the engine is.
#[derive(Clone)]
enum Slot {
    Opening,
    Open(Engine),
    Closed(UiError),
}

/// Begins to open the engine, on a thread of its own.
pub fn start(app: &AppHandle) {
    app.manage(Host {
        slot: watch::Sender::new(Slot::Opening),
        jobs: Mutex::default(),
        pages: Mutex::default(),
        account: Mutex::default(),
        seen: AtomicI64::new(now_ms()),
        idle_minutes: AtomicU32::new(0),
        draft_to_open: Mutex::default(),
    });
    let opening = app.clone();
    tauri::async_runtime::spawn(async move { try_to_open(&opening).await });
    let watching = app.clone();
    tauri::async_runtime::spawn(async move { lock_when_idle(&watching).await });
}

async fn try_to_open(app: &AppHandle) {
    let opened = blocking({
        let app = app.clone();
        move || open(&app, Open::default())
    });
    if let Err(error) = opened.await {
        app.state::<Host>().slot.send_replace(Slot::Closed(error));
    }
}

/// Opens the data folder as the environment says, with what a person gave at the window besides.
fn open(app: &AppHandle, given: Open) -> Result<()> {
    let engine = Engine::open(&Open {
        home: account::default_home(),
        passphrase: given.passphrase.or_else(passphrase_around).filter(|given| !given.is_empty()),
        use_keyring: std::env::var_os("EPISTLE_NO_KEYRING").is_none_or(|value| value.is_empty()),
        ..given
    })?;
    let host = app.state::<Host>();
    let chosen = *held(&host.account);
    let engine = chosen.and_then(|account| engine.in_account(account).ok()).unwrap_or(engine);
    let settings = engine.settings()?;
    host.idle_after(settings.lock_minutes);
    host.slot.send_replace(Slot::Open(engine.clone()));
    shortcut::set(app, &settings.quick_shortcut);
    outbox_worker::attend(app, &engine);
    mail_watch::attend(app, &engine);
    embedding_worker::attend(app, &engine);
    ask_for_old_profiles(app, engine);
    Ok(())
}

/// The passphrase that the environment gives.
fn passphrase_around() -> Option<Secret> {
    std::env::var("EPISTLE_PASSPHRASE").ok().map(Secret::new).filter(|given| !given.is_empty())
}

/// What a window that was locked waits for: one click, or the passphrase where nothing else opens the store.
fn locked_until(holder: KeyHolder, passphrase_around: bool) -> Error {
    match holder {
        KeyHolder::Passphrase if !passphrase_around => Error::PassphraseNeeded { first: false },
        _ => Error::Locked,
    }
}

/// What a lock let go of may take a moment to be gone, and until then the folder is in use by ourselves.
const LETTING_GO: Duration = Duration::from_secs(10);

fn open_again(app: &AppHandle, given: Open) -> Result<()> {
    let began = Instant::now();
    loop {
        match open(app, Open { unlock: true, ..given.clone() }) {
            Err(Error::InUse { .. }) if began.elapsed() < LETTING_GO => std::thread::sleep(Duration::from_millis(50)),
            other => return other,
        }
    }
}

/// Who the accounts are is asked again beside everything else, and left at once when Epistle locks or ends.
fn ask_for_old_profiles(app: &AppHandle, engine: Engine) {
    const JOB: &str = "profiles";
    let stop = app.state::<Host>().begin_job(JOB);
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        tokio::select! {
            asked = engine.refresh_old_profiles(now_ms()) => {
                if asked.unwrap_or(true) {
                    tell_changed(&app);
                }
            }
            () = stop.cancelled() => {}
        }
        app.state::<Host>().end_job(JOB);
    });
}

/// How often it is looked whether somebody is still there. By the wall clock, so that a machine that slept locks as it wakes.
const LOOK_EVERY: Duration = Duration::from_secs(5);

async fn lock_when_idle(app: &AppHandle) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let host = app.state::<Host>();
        let idle = host.idle_minutes.load(Ordering::Relaxed);
        let seen = host.seen.load(Ordering::Relaxed);
        let over = idle > 0 && now_ms() - seen >= i64::from(idle) * 60_000 && host.engine_now().is_some();
        if over && let Err(error) = host.lock(app).await {
            tracing::error!(code = error.code.as_str(), "Epistle could not be locked");
        }
    }
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// The name on the session bus that marks the first start with this data folder.
pub fn bus_name() -> String {
    let mut hasher = DefaultHasher::new();
    account::default_home().hash(&mut hasher);
    format!("org.epistle.desktop.h{:016x}", hasher.finish())
}

impl Host {
    /// The engine, as soon as it is open.
    pub async fn engine(&self) -> Reply<Engine> {
        let mut slot = self.slot.subscribe();
        let settled = slot.wait_for(|slot| !matches!(slot, Slot::Opening)).await.map(|slot| slot.clone());
        match settled {
            Ok(Slot::Open(engine)) => Ok(engine),
            Ok(Slot::Closed(error)) => Err(error),
            Ok(Slot::Opening) | Err(_) => Err(Error::Internal { what: "waiting for the store", source: None }.into()),
        }
    }

    /// The engine if it is open now, for what cannot wait.
    pub fn engine_now(&self) -> Option<Engine> {
        match &*self.slot.borrow() {
            Slot::Open(engine) => Some(engine.clone()),
            _ => None,
        }
    }

    /// Asks the engine something that blocks, away from the threads that serve the page.
    pub async fn ask<R: Send + 'static>(&self, work: impl FnOnce(&Engine) -> Result<R> + Send + 'static) -> Reply<R> {
        let engine = self.engine().await?;
        blocking(move || work(&engine)).await
    }

    /// Why the store is not open. What passes by itself (another Epistle had it, the keyring did not answer) is tried again first.
    pub async fn locked(&self, app: &AppHandle) -> Option<UiError> {
        let error = self.engine().await.err()?;
        if matches!(error.code, ErrorCode::PassphraseNeeded | ErrorCode::PassphraseWrong | ErrorCode::Locked) {
            return Some(error);
        }
        try_to_open(app).await;
        self.engine().await.err()
    }

    /// Lets a person in: with a passphrase where one is asked for, with the keyring where that has the key.
    pub async fn unlock(&self, app: AppHandle, passphrase: Secret) -> Reply<()> {
        let passphrase = (!passphrase.is_empty()).then_some(passphrase);
        self.let_in(app, Open { passphrase, ..Open::default() }).await
    }

    /// Lets a person in who has the recovery code.
    pub async fn recover(&self, app: AppHandle, code: Secret) -> Reply<()> {
        self.let_in(app, Open { recovery_code: Some(code), ..Open::default() }).await
    }

    async fn let_in(&self, app: AppHandle, given: Open) -> Reply<()> {
        if self.engine().await.is_ok() {
            return Ok(());
        }
        self.seen.store(now_ms(), Ordering::Relaxed);
        let opened = blocking({
            let app = app.clone();
            move || open_again(&app, given)
        });
        opened.await?;
        tell_changed(&app);
        Ok(())
    }

    /// Locks: what runs is stopped, the engine is let go of, and the windows are told.
    pub async fn lock(&self, app: &AppHandle) -> Reply<()> {
        let holder = self.ask(|engine| engine.lock().and_then(|()| Ok(engine.status()?.key_holder))).await?;
        self.let_go(locked_until(holder, passphrase_around().is_some()));
        if let Err(error) = Locked.emit(app) {
            tracing::warn!(%error, "the windows were not told of the lock");
        }
        Ok(())
    }

    /// Somebody did something in a window.
    pub fn still_here(&self) {
        let now = now_ms();
        self.seen.store(now, Ordering::Relaxed);
        if let Some(engine) = self.engine_now() {
            tauri::async_runtime::spawn_blocking(move || engine.still_here(now));
        }
    }

    /// Locks after so many minutes from now on.
    pub fn idle_after(&self, minutes: Option<u32>) {
        self.idle_minutes.store(minutes.unwrap_or(0), Ordering::Relaxed);
        self.seen.store(now_ms(), Ordering::Relaxed);
    }

    /// The windows work in another account from now on.
    pub async fn use_account(&self, account: AccountId) -> Reply<()> {
        let engine = self.ask(move |engine| engine.in_account(account)).await?;
        *held(&self.account) = Some(account);
        self.slot.send_replace(Slot::Open(engine));
        Ok(())
    }

    /// Takes an account away; where the windows were at work in it, they go on in the default one.
    pub async fn remove_account(&self, account: AccountId) -> Reply<()> {
        let engine = self.engine().await?;
        engine.remove_account(account).await?;
        if engine.account() == account {
            let default = blocking(move || engine.default_account()).await?;
            self.use_account(default).await?;
        }
        Ok(())
    }

    /// Stops what runs and lets go of the engine, so that the store is closed and the next start need not look it over.
    pub fn close(&self) {
        self.let_go(Error::Cancelled);
    }

    fn let_go(&self, why: Error) {
        held(&self.jobs).values().for_each(CancellationToken::cancel);
        self.slot.send_replace(Slot::Closed(why.into()));
    }

    /// A job's own stop switch, by the name the page gave it.
    pub fn begin_job(&self, job: &str) -> CancellationToken {
        let stop = CancellationToken::new();
        held(&self.jobs).insert(job.to_owned(), stop.clone());
        stop
    }

    /// The same for a job that lasts until Epistle locks or ends; `None` where it runs already.
    pub fn begin_lasting_job(&self, job: &str) -> Option<CancellationToken> {
        let mut jobs = held(&self.jobs);
        if jobs.get(job).is_some_and(|running| !running.is_cancelled()) {
            return None;
        }
        let stop = CancellationToken::new();
        jobs.insert(job.to_owned(), stop.clone());
        Some(stop)
    }

    /// The job is over.
    pub fn end_job(&self, job: &str) {
        held(&self.jobs).remove(job);
        held(&self.pages).remove(job);
    }

    /// The provider's page of a sign-in, for as long as it waits.
    pub fn note_page(&self, job: &str, address: &str) {
        held(&self.pages).insert(job.to_owned(), address.to_owned());
    }

    /// The provider's page of a sign-in that waits.
    pub fn page_of(&self, job: &str) -> Option<String> {
        held(&self.pages).get(job).cloned()
    }

    /// Stops a job; nothing happens where it is over.
    pub fn stop_job(&self, job: &str) {
        if let Some(stop) = held(&self.jobs).get(job) {
            stop.cancel();
        }
    }

    /// Leaves a draft for the main window to open when it asks for its state.
    pub fn leave_draft(&self, draft: DraftId) {
        *held(&self.draft_to_open) = Some(draft);
    }

    /// Takes the draft left to open.
    pub fn take_draft(&self) -> Option<DraftId> {
        held(&self.draft_to_open).take()
    }
}

/// Runs what blocks on a thread for such work; a panic there becomes an error of our own.
pub async fn blocking<R: Send + 'static>(work: impl FnOnce() -> Result<R> + Send + 'static) -> Reply<R> {
    match tauri::async_runtime::spawn_blocking(work).await {
        Ok(done) => done.map_err(UiError::from),
        Err(broken) => Err(UiError::internal("answering the window", broken)),
    }
}

/// A lock whose holder panicked still guards plain data: take it.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
