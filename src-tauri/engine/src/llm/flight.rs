//! Calls in flight: the same call asked for twice at once is made once, and both hear the same answer. The call ends when nobody listens.

use super::Usage;
use crate::error::ModelTrouble;
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

/// What a listener hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heard {
    /// More text.
    Text(String),
    /// The text so far is void.
    Restarted,
    /// A pause before the next attempt.
    Retrying {
        /// Milliseconds.
        after_ms: u64,
        /// Which attempt comes then.
        attempt: u32,
    },
    /// The end. Nothing comes after it.
    End(Result<Usage, ModelTrouble>),
}

/// The sending half: what the one who makes the call tells.
#[derive(Debug)]
pub(crate) struct Teller(watch::Sender<Vec<Heard>>);

impl Teller {
    pub(crate) fn tell(&self, heard: Heard) {
        self.0.send_modify(|log| log.push(heard));
    }
}

/// One call, as long as somebody listens.
#[derive(Debug)]
struct Flight {
    log: watch::Receiver<Vec<Heard>>,
    _stop_when_dropped: DropGuard,
}

/// All calls in flight, by cache key.
#[derive(Debug, Default)]
pub(crate) struct Flights {
    running: Mutex<HashMap<String, Weak<Flight>>>,
}

/// The hearing half.
#[derive(Debug)]
pub(crate) struct Listener {
    _flight: Arc<Flight>,
    log: watch::Receiver<Vec<Heard>>,
    next: usize,
}

impl Flights {
    /// Listens to the call under `key`; `start` makes it where it is not under way. It is cancelled when the last listener goes.
    pub(crate) fn join<F>(&self, key: &str, start: impl FnOnce(Teller, CancellationToken) -> F) -> Listener
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut running = self.lock();
        running.retain(|_, flight| flight.strong_count() > 0);
        if let Some(flight) = running.get(key).and_then(Weak::upgrade).filter(|f| !ended(&f.log)) {
            return Listener { log: flight.log.clone(), _flight: flight, next: 0 };
        }
        let (sender, log) = watch::channel(Vec::new());
        let stop = CancellationToken::new();
        let flight = Arc::new(Flight { log: log.clone(), _stop_when_dropped: stop.clone().drop_guard() });
        running.insert(key.to_owned(), Arc::downgrade(&flight));
        tokio::spawn(start(Teller(sender), stop));
        Listener { log, _flight: flight, next: 0 }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Weak<Flight>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ended(log: &watch::Receiver<Vec<Heard>>) -> bool {
    matches!(log.borrow().last(), Some(Heard::End(_)))
}

impl Listener {
    /// The next thing told, from the beginning of the call; `None` when the call was dropped without an end.
    pub(crate) async fn next(&mut self) -> Option<Heard> {
        loop {
            let told = self.log.borrow_and_update().get(self.next).cloned();
            if told.is_some() {
                self.next += 1;
                return told;
            }
            self.log.changed().await.ok()?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    async fn all(mut listener: Listener) -> Vec<Heard> {
        let mut heard = Vec::new();
        while let Some(one) = listener.next().await {
            let last = matches!(one, Heard::End(_));
            heard.push(one);
            if last {
                break;
            }
        }
        heard
    }

    #[tokio::test]
    async fn two_who_ask_the_same_hear_the_same_call() {
        let (flights, made) = (Flights::default(), Arc::new(AtomicU32::new(0)));
        let join = || {
            let made = Arc::clone(&made);
            flights.join("k", |teller, _| async move {
                made.fetch_add(1, Ordering::SeqCst);
                for piece in ["a", "b"] {
                    teller.tell(Heard::Text(piece.into()));
                    tokio::task::yield_now().await;
                }
                teller.tell(Heard::End(Ok(Usage::default())));
            })
        };
        let (first, second) = (join(), join());
        let (first, second) = tokio::join!(all(first), all(second));
        assert_eq!(first, second);
        assert_eq!((first.len(), made.load(Ordering::SeqCst)), (3, 1));
    }

    #[tokio::test]
    async fn the_call_ends_when_the_last_listener_goes_and_not_before() {
        let (flights, stopped) = (Flights::default(), CancellationToken::new());
        let join = |stopped: CancellationToken| {
            flights.join("k", |_teller, stop| async move {
                stop.cancelled().await;
                stopped.cancel();
            })
        };
        let (first, second) = (join(stopped.clone()), join(stopped.clone()));
        drop(first);
        tokio::task::yield_now().await;
        assert!(!stopped.is_cancelled());
        drop(second);
        stopped.cancelled().await;
    }

    #[tokio::test]
    async fn a_call_that_ended_is_made_again() {
        let (flights, made) = (Flights::default(), Arc::new(AtomicU32::new(0)));
        for _ in 0..2 {
            let made = Arc::clone(&made);
            let listener = flights.join("k", |teller, _| async move {
                made.fetch_add(1, Ordering::SeqCst);
                teller.tell(Heard::End(Ok(Usage::default())));
            });
            all(listener).await;
        }
        assert_eq!(made.load(Ordering::SeqCst), 2);
    }
}
