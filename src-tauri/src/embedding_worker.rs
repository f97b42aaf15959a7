//! The mail read for its meaning beside the windows: one reader for each account, from when the engine is open until Epistle locks or ends,
//! and word to the windows of how far it is. What is read, and when, is the engine's affair.

use crate::events::MemoryChanged;
use crate::host::Host;
use epistle_engine::Engine;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tauri::{AppHandle, Manager};
use tauri_specta::Event;

/// The windows are told no more often than this.
const TELL_EVERY: Duration = Duration::from_millis(500);

/// Has every account's mail read that is not being read yet; called again where somebody signed in.
pub fn attend(app: &AppHandle, engine: &Engine) {
    let accounts = match engine.accounts() {
        Ok(accounts) => accounts,
        Err(error) => {
            tracing::error!(code = error.code().as_str(), "the mail is not read for its meaning");
            return;
        }
    };
    for account in accounts {
        let job = format!("memory {}", account.id);
        let Ok(engine) = engine.in_account(account.id) else { continue };
        let Some(stop) = app.state::<Host>().begin_lasting_job(&job) else { continue };
        let (app, teller) = (app.clone(), engine.clone());
        let said = Mutex::new(None::<Instant>);
        tauri::async_runtime::spawn(async move {
            let telling = app.clone();
            let tell = move |done: bool| {
                let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
                if done || said.is_none_or(|said| said.elapsed() >= TELL_EVERY) {
                    *said = Some(Instant::now());
                    told(&telling, &teller);
                }
            };
            engine.keep_embedding(Arc::new(tell), &stop).await;
            // What allows it again begins it again.
            if !stop.is_cancelled() {
                app.state::<Host>().end_job(&job);
            }
        });
    }
}

/// Tells the windows how far an account's memory is.
pub fn told(app: &AppHandle, engine: &Engine) {
    let Ok(state) = engine.memory_state() else { return };
    if let Err(error) = (MemoryChanged { account: engine.account(), state }).emit(app) {
        tracing::warn!(%error, "the windows were not told of the memory");
    }
}
