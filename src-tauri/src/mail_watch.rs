//! The mail kept up to date beside the windows: one watcher for each account that may read it, from when the engine is open until Epistle
//! locks or ends, and word to the windows of what changed. When to look is the engine's affair; what is known here is who looks.

use crate::events::{MailChanged, SyncChanged, tell_changed};
use crate::host::Host;
use epistle_engine::Engine;
use epistle_engine::api::SyncNews;
use std::time::{Duration, Instant};
use tauri::{AppHandle, Manager};
use tauri_specta::Event;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The windows are told no more often than this how far it is, and that mail came.
const TELL_EVERY: Duration = Duration::from_millis(400);
const CHANGED_EVERY: Duration = Duration::from_secs(2);
/// What is under way may end so long after it was stopped.
const GRACE: Duration = Duration::from_secs(4);

/// Whether somebody has the main window before them.
pub struct Seen(watch::Sender<bool>);

impl Default for Seen {
    fn default() -> Self {
        Self(watch::Sender::new(true))
    }
}

/// Somebody looks at a window, or it was hidden. Whoever looks may have allowed since what was not allowed before.
pub fn seen(app: &AppHandle, visible: bool) {
    app.state::<Seen>().0.send_if_modified(|was| std::mem::replace(was, visible) != visible);
    if let Some(engine) = app.state::<Host>().engine_now().filter(|_| visible) {
        let app = app.clone();
        tauri::async_runtime::spawn_blocking(move || attend(&app, &engine));
    }
}

/// Has every account's mail watched that may be read and is not watched yet.
pub fn attend(app: &AppHandle, engine: &Engine) {
    let accounts = match engine.accounts() {
        Ok(accounts) => accounts,
        Err(error) => {
            tracing::error!(code = error.code().as_str(), "the mail is not watched");
            return;
        }
    };
    for account in accounts {
        let Ok(engine) = engine.in_account(account.id) else { continue };
        if !engine.may_sync() {
            continue;
        }
        let job = format!("mail {}", account.id);
        let Some(stop) = app.state::<Host>().begin_lasting_job(&job) else { continue };
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            tokio::select! {
                () = watch(&app, &engine, &stop) => {}
                () = tell(&app, &engine) => {}
            }
            // What allows it again begins it again.
            if !stop.is_cancelled() {
                app.state::<Host>().end_job(&job);
            }
        });
    }
}

async fn watch(app: &AppHandle, engine: &Engine, stop: &CancellationToken) {
    let visible = app.state::<Seen>().0.subscribe();
    let ended = tokio::select! {
        ended = engine.watch_mail(visible, stop) => ended,
        () = async { stop.cancelled().await; tokio::time::sleep(GRACE).await } => Ok(()),
    };
    if let Err(error) = ended {
        tracing::error!(code = error.code().as_str(), "the mail is no longer watched");
    }
    told(app, engine);
}

/// Tells the windows, some changes at once.
async fn tell(app: &AppHandle, engine: &Engine) {
    let mut news = engine.sync_news();
    let (mut said, mut changed, mut owed) = (Instant::now(), Instant::now(), false);
    loop {
        let heard = tokio::select! {
            heard = news.recv() => Some(heard),
            () = tokio::time::sleep_until((changed + CHANGED_EVERY).into()), if owed => None,
        };
        match heard {
            Some(Ok(SyncNews::Progress { .. })) if said.elapsed() < TELL_EVERY => continue,
            Some(Ok(SyncNews::Progress { .. })) => said = Instant::now(),
            Some(Ok(SyncNews::MailChanged)) => owed = true,
            Some(Ok(SyncNews::Ended)) | None => {}
            Some(Err(RecvError::Lagged(_))) => owed = true,
            Some(Err(RecvError::Closed)) => return,
        }
        told(app, engine);
        if owed && changed.elapsed() >= CHANGED_EVERY {
            (owed, changed) = (false, Instant::now());
            if let Err(error) = (MailChanged { account: engine.account() }).emit(app) {
                tracing::warn!(%error, "the windows were not told of new mail");
            }
        }
    }
}

fn told(app: &AppHandle, engine: &Engine) {
    let Ok(state) = engine.sync_state() else { return tell_changed(app) };
    if let Err(error) = (SyncChanged { account: engine.account(), state }).emit(app) {
        tracing::warn!(%error, "the windows were not told of the sync");
    }
}
