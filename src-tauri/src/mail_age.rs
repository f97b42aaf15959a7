//! Mail past the limit a person set goes at the start and once a day, beside the windows, in every account, and what grew old is packed closer.
//! What goes and what is old is the engine's affair.

use crate::events::MailChanged;
use crate::host::{Host, blocking};
use epistle_engine::Engine;
use std::time::{Duration, SystemTime};
use tauri::{AppHandle, Manager};
use tauri_specta::Event;

/// How often it is looked whether a day went by: by the wall clock, as machines sleep.
const LOOK_EVERY: Duration = Duration::from_secs(600);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Has every account's mail looked over.
pub fn attend(app: &AppHandle, engine: &Engine) {
    const JOB: &str = "retention";
    let Some(stop) = app.state::<Host>().begin_lasting_job(JOB) else { return };
    let (app, engine) = (app.clone(), engine.clone());
    tauri::async_runtime::spawn(async move {
        let mut last = None::<SystemTime>;
        while !stop.is_cancelled() {
            if last.is_none_or(|last| last.elapsed().unwrap_or(DAY) >= DAY) {
                last = Some(SystemTime::now());
                let (app, engine, stop) = (app.clone(), engine.clone(), stop.clone());
                let looked = blocking(move || {
                    for account in engine.accounts()? {
                        let engine = engine.in_account(account.id)?;
                        let gone = engine.apply_retention(false, &mut |_, _| {}, &stop)?;
                        if gone.messages > 0
                            && let Err(error) = (MailChanged { account: account.id }).emit(&app)
                        {
                            tracing::warn!(%error, "the windows were not told that mail went");
                        }
                        engine.cool(&mut |_, _| {}, &stop)?;
                    }
                    Ok(())
                });
                if let Err(error) = looked.await {
                    tracing::error!(code = error.code.as_str(), "mail that is old was not taken away or packed");
                }
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = stop.cancelled() => {}
            }
        }
    });
}
