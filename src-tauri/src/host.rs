//! What lives as long as the app: the engine (opened beside the window, never before it), the jobs that can be stopped, and a draft
//! to open. It holds no mail.

use crate::shortcut;
use crate::ui_error::{Reply, UiError};
use epistle_engine::error::{Error, ErrorCode, Result};
use epistle_engine::ids::DraftId;
use epistle_engine::secrets::Secret;
use epistle_engine::{Engine, Open, account};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tauri::{AppHandle, Manager};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// What lives as long as the app.
pub struct Host {
    slot: watch::Sender<Slot>,
    jobs: Mutex<HashMap<String, CancellationToken>>,
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
        draft_to_open: Mutex::default(),
    });
    let app = app.clone();
    tauri::async_runtime::spawn(async move { try_to_open(&app).await });
}

async fn try_to_open(app: &AppHandle) {
    let passphrase = std::env::var("EPISTLE_PASSPHRASE").ok().map(Secret::new).filter(|given| !given.is_empty());
    let opened = blocking({
        let app = app.clone();
        move || open(&app, passphrase)
    });
    if let Err(error) = opened.await {
        app.state::<Host>().slot.send_replace(Slot::Closed(error));
    }
}

fn open(app: &AppHandle, passphrase: Option<Secret>) -> Result<()> {
    let use_keyring = std::env::var_os("EPISTLE_NO_KEYRING").is_none_or(|value| value.is_empty());
    let engine = Engine::open(&Open { home: account::default_home(), passphrase, use_keyring })?;
    let wanted = engine.settings()?.quick_shortcut;
    app.state::<Host>().slot.send_replace(Slot::Open(engine));
    shortcut::set(app, &wanted);
    Ok(())
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
        if matches!(error.code, ErrorCode::PassphraseNeeded | ErrorCode::PassphraseWrong) {
            return Some(error);
        }
        try_to_open(app).await;
        self.engine().await.err()
    }

    /// Opens the store with a passphrase, after it could not be opened without.
    pub async fn unlock(&self, app: AppHandle, passphrase: Secret) -> Reply<()> {
        if self.engine().await.is_ok() {
            return Ok(());
        }
        let given = (!passphrase.is_empty()).then_some(passphrase);
        blocking(move || open(&app, given)).await
    }

    /// Stops what runs and lets go of the engine, so that the store is closed and the next start need not look it over.
    pub fn close(&self) {
        held(&self.jobs).values().for_each(CancellationToken::cancel);
        self.slot.send_replace(Slot::Closed(Error::Cancelled.into()));
    }

    /// A job's own stop switch, by the name the page gave it.
    pub fn begin_job(&self, job: &str) -> CancellationToken {
        let stop = CancellationToken::new();
        held(&self.jobs).insert(job.to_owned(), stop.clone());
        stop
    }

    /// The job is over.
    pub fn end_job(&self, job: &str) {
        held(&self.jobs).remove(job);
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
