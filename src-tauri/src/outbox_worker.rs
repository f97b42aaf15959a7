//! The outboxes at work beside the windows: one worker for each account, from when the engine is open until Epistle locks or ends, and
//! word to the windows of what changed. It decides nothing about a message.

use crate::events::{OutboxChanged, tell_changed};
use crate::host::Host;
use epistle_engine::Engine;
use epistle_engine::error::Result;
use std::time::Duration;
use tauri::{AppHandle, Manager};
use tauri_specta::Event;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

/// How long a call that is under way may take once the worker is to stop. After that it is let go of, and settled by the next worker.
const GRACE: Duration = Duration::from_secs(4);
/// After a worker failed.
const AGAIN: Duration = Duration::from_secs(30);

/// Has every account's outbox worked, and what waits for its person tried at once; called again where somebody signed in.
pub fn attend(app: &AppHandle, engine: &Engine) {
    let accounts = match engine.accounts() {
        Ok(accounts) => accounts,
        Err(error) => {
            tracing::error!(code = error.code().as_str(), "the outboxes are not at work");
            return;
        }
    };
    for account in accounts {
        let job = format!("outbox {}", account.id);
        let Ok(engine) = engine.in_account(account.id) else { continue };
        if let Err(error) = engine.nudge_outbox() {
            tracing::error!(code = error.code().as_str(), "the outbox cannot be read");
        }
        let Some(stop) = app.state::<Host>().begin_lasting_job(&job) else { continue };
        let app = app.clone();
        tauri::async_runtime::spawn(async move { tokio::join!(work(&engine, &stop), tell(&app, &engine, &stop)) });
    }
}

async fn work(engine: &Engine, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        let ended: Option<Result<()>> = tokio::select! {
            ended = engine.run_outbox(stop) => Some(ended),
            () = async { stop.cancelled().await; tokio::time::sleep(GRACE).await } => None,
        };
        match ended {
            Some(Err(error)) if engine.account_of(engine.account()).is_err() => {
                tracing::info!(code = error.code().as_str(), "the account of an outbox is gone");
                stop.cancel();
            }
            Some(Err(error)) => {
                tracing::error!(code = error.code().as_str(), "the outbox stopped, and begins again");
                tokio::select! {
                    () = tokio::time::sleep(AGAIN) => {}
                    () = stop.cancelled() => {}
                }
            }
            Some(Ok(())) | None => {}
        }
    }
}

async fn tell(app: &AppHandle, engine: &Engine, stop: &CancellationToken) {
    let mut news = engine.outbox_news();
    loop {
        let heard = tokio::select! {
            heard = news.recv() => heard,
            () = stop.cancelled() => return,
        };
        match heard {
            Ok(news) => {
                if let Err(error) = (OutboxChanged { id: news.id, tell: news.tell }).emit(app) {
                    tracing::warn!(%error, "the windows were not told of the outbox");
                }
            }
            Err(RecvError::Lagged(_)) => tell_changed(app),
            Err(RecvError::Closed) => return,
        }
    }
}
