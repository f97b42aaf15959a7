//! Reading the mail, newest first, in small commits: stopped or killed, it goes on from there. It blocks, so it runs on a thread of its own.

use super::space::Space;
use super::{VectorRow, rows};
use crate::Engine;
use crate::api::{EmbeddingProgress, EmbeddingSettings, UnixMillis};
use crate::error::{Error, Result};
use crate::ids::MessageId;
use crate::mailbox::retention::{is_past, kept_since};
use crate::memory::embed::{Embedder, catalogue, threads};
use crate::memory::passages::passages;
use crate::store::Keep;
use crate::store::tables::{MESSAGES, THREADS, VECTORS};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::{Arc, TryLockError};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Messages in one commit: some seconds of work at most.
const BATCH: usize = 32;
/// Passages whose vectors are remembered while it works, as lists send the same text again and again.
const REMEMBERED: usize = 4_096;
/// Rows of an old model taken away in one commit.
const CLEARED: usize = 1_000;

/// How often it is looked whether there is something new to read.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// And whether what was missing has come.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// After a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(30);

/// A message whose passages were read.
struct ReadMessage {
    id: MessageId,
    date: Option<UnixMillis>,
    vectors: Vec<Vec<f32>>,
}

/// One time the mail was gone through: what it went by, and how it ended.
pub(super) struct Round {
    generation: u64,
    settings: Option<EmbeddingSettings>,
    end: End,
    /// When it ended, or when what was missing was last looked for.
    at: Instant,
}

#[derive(Clone, Copy, PartialEq)]
enum End {
    /// Nothing is left to be read, or somebody stopped it.
    Through,
    /// The model or the runtime is missing.
    Missing,
    Failed,
}

impl Engine {
    /// Has the chosen model read every message it has not read, newest first; when it is through, what other models made goes. Blocks.
    /// Does nothing where meaning is switched off, where the model or the runtime is missing (see [`Engine::memory_state`]), and where
    /// it is at work already.
    ///
    /// # Errors
    /// `store_broken`; `internal` when the runtime fails.
    pub fn run_embedding(&self, progress: &mut dyn FnMut(EmbeddingProgress), stop: &CancellationToken) -> Result<()> {
        self.go_through(progress, stop).map(drop)
    }

    /// As [`Engine::run_embedding`]; tells whether the model or the runtime is missing.
    fn go_through(&self, progress: &mut dyn FnMut(EmbeddingProgress), stop: &CancellationToken) -> Result<End> {
        let settings = self.settings()?.embedding;
        let _working = match self.desk.meaning.working.try_lock() {
            Err(TryLockError::WouldBlock) => return Ok(End::Through),
            Ok(working) => working,
            Err(TryLockError::Poisoned(broken)) => broken.into_inner(),
        };
        if !settings.enabled {
            return Ok(End::Through);
        }
        let embedder = match self.house.embedders.get(&settings.model) {
            Ok(embedder) => embedder,
            Err(trouble) => {
                tracing::warn!(trouble = trouble.describe(), "mail is found by words alone");
                return Ok(End::Missing);
            }
        };
        self.spaces()?;
        let space = self.desk.meaning.space(&settings.model, embedder.dimensions(), false);
        if self.read_mail(&embedder, &space, progress, stop)? {
            self.leave_other_models(&settings.model)?;
            self.build_graphs(&space, stop)?;
        }
        Ok(End::Through)
    }

    /// Has the mail read from now on: what is there, what comes in, and everything again where another model is chosen or a runtime that
    /// was missing comes. `tell` is called as it goes, with `true` when it is through for now. Ends when stopped, or with its account.
    pub async fn keep_embedding(&self, tell: Arc<dyn Fn(bool) + Send + Sync>, stop: &CancellationToken) {
        let mut last = None;
        while !stop.is_cancelled() {
            let (tell, stopping) = (tell.clone(), stop.clone());
            let work = move |engine: &Self| Ok(engine.read_what_is_new(last, Instant::now(), &*tell, &stopping));
            let round = self.off_thread(work).await.unwrap_or_else(|error| {
                tracing::error!(code = error.code().as_str(), "reading the mail for its meaning broke off");
                Round { generation: 0, settings: None, end: End::Failed, at: Instant::now() }
            });
            if round.end == End::Failed && self.account_row(self.account()).is_err() {
                return;
            }
            last = Some(round);
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// Goes through the mail where there is a reason to since the last time. Blocks.
    pub(super) fn read_what_is_new(
        &self,
        last: Option<Round>,
        now: Instant,
        tell: &dyn Fn(bool),
        stop: &CancellationToken,
    ) -> Round {
        let generation = self.mail_generation();
        let settings = self.settings().map(|settings| settings.embedding).ok();
        let mut round = Round { generation, settings, end: End::Through, at: now };
        if let Some(mut last) = last
            && !self.has_reason(&mut last, &round)
        {
            return last;
        }
        let began = Instant::now();
        round.end = self.go_through(&mut |_| tell(false), stop).unwrap_or_else(|error| {
            tracing::error!(code = error.code().as_str(), "the mail is not read for its meaning");
            End::Failed
        });
        round.at += began.elapsed();
        tell(true);
        round
    }

    /// Whether anything is different for `next` than it was for the last round. The mail itself is not looked at for this.
    fn has_reason(&self, last: &mut Round, next: &Round) -> bool {
        let since = next.at.saturating_duration_since(last.at);
        match last.end {
            End::Failed => since >= AFTER_FAILURE,
            _ if (last.generation, &last.settings) != (next.generation, &next.settings) => true,
            End::Missing if since >= LOOK_AGAIN => {
                last.at = next.at;
                next.settings.as_ref().is_some_and(|chosen| self.house.embedders.get(&chosen.model).is_ok())
            }
            _ => false,
        }
    }

    /// Whether the whole of the mail was read, and not stopped before.
    fn read_mail(
        &self,
        embedder: &Embedder,
        space: &Arc<Space>,
        progress: &mut dyn FnMut(EmbeddingProgress),
        stop: &CancellationToken,
    ) -> Result<bool> {
        let mut known = HashMap::new();
        loop {
            let (due, total) = self.due(space)?;
            let mut done = total - due.len() as u64;
            progress(EmbeddingProgress { done, total });
            if due.is_empty() {
                return Ok(true);
            }
            let generation = self.mail_generation();
            for batch in due.chunks(BATCH) {
                let read = self.read_batch(embedder, batch, &mut known, stop)?;
                self.keep_batch(embedder, space, &read)?;
                done += read.len() as u64;
                progress(EmbeddingProgress { done, total });
                if stop.is_cancelled() || self.settings()?.embedding.model != space.model {
                    return Ok(false);
                }
                if self.mail_generation() != generation {
                    break; // what came in meanwhile is newer, and so it goes first
                }
            }
        }
    }

    /// Builds the index's graphs where there are so many vectors that they pay, and keeps them.
    fn build_graphs(&self, space: &Space, stop: &CancellationToken) -> Result<()> {
        let mut built = false;
        while space.vectors.wants_building() && space.vectors.build(threads(), &|| stop.is_cancelled()) {
            built = true;
        }
        if built { self.keep_graphs(&space.vectors) } else { Ok(()) }
    }

    /// What the space's model has not read, newest first, and how many messages there are.
    fn due(&self, space: &Space) -> Result<(Vec<MessageId>, u64)> {
        let (mut due, mut total) = (Vec::new(), 0);
        self.store().read(self.account())?.each(THREADS, &[], |_, thread| {
            total += thread.members.len() as u64;
            due.extend(thread.members.iter().filter(|one| !space.has(one.id)).map(|one| (Reverse(one.date), one.id)));
            Ok(true)
        })?;
        due.sort_unstable();
        Ok((due.into_iter().map(|(_, id)| id).collect(), total))
    }

    fn read_batch(
        &self,
        embedder: &Embedder,
        batch: &[MessageId],
        known: &mut HashMap<blake3::Hash, Vec<f32>>,
        stop: &CancellationToken,
    ) -> Result<Vec<ReadMessage>> {
        let mut read = Vec::with_capacity(batch.len());
        for id in batch {
            let message = match self.message(*id) {
                Err(Error::NotFound { .. }) => continue, // it went since
                other => other?,
            };
            let mut vectors = Vec::new();
            for passage in passages(&message) {
                if stop.is_cancelled() {
                    return Ok(read);
                }
                let sum = blake3::hash(passage.text.as_bytes());
                let vector = match known.get(&sum) {
                    Some(vector) => vector.clone(),
                    None => embedder.passage(&passage.text)?,
                };
                if known.len() >= REMEMBERED {
                    known.clear();
                }
                known.insert(sum, vector.clone());
                vectors.push(vector);
            }
            read.push(ReadMessage { id: *id, date: message.date, vectors });
        }
        Ok(read)
    }

    /// Commits what was read. What went meanwhile is left out: the store has one writer, so a message that is there now is not going before
    /// its vectors are in memory too.
    fn keep_batch(&self, embedder: &Embedder, space: &Space, read: &[ReadMessage]) -> Result<()> {
        let hot = kept_since(crate::now(), self.settings()?.memory.hot_days);
        self.store().write(self.account(), Keep::Again, |tx| {
            for ReadMessage { id, date, vectors } in read {
                if !tx.has(MESSAGES, id.as_bytes())? {
                    continue;
                }
                let row = VectorRow::new(embedder.model(), embedder.dimensions(), vectors);
                let row = if is_past(*date, hot) { row.quantised() } else { row };
                tx.put(VECTORS, &rows::key(*id, embedder.model()), &row)?;
                space.insert(*id, &row);
            }
            Ok(())
        })
    }

    /// Takes away what other models made, in the store and in memory, and lets go of those models.
    fn leave_other_models(&self, chosen: &str) -> Result<()> {
        let tag = rows::tag(chosen);
        let mut old = Vec::new();
        self.store().read(self.account())?.keys(VECTORS, |key| {
            if key.get(16..) != Some(tag.as_slice()) {
                old.push(key.to_vec());
            }
            Ok(())
        })?;
        self.desk.meaning.change().retain(|space| space.model == chosen);
        let others = catalogue::models().iter().filter(|model| model.id != chosen);
        others.for_each(|model| self.house.embedders.let_go(&model.id));
        for keys in old.chunks(CLEARED) {
            self.store().write(self.account(), Keep::Again, |tx| {
                keys.iter().try_for_each(|key| tx.delete(VECTORS, key).map(drop))
            })?;
        }
        Ok(())
    }
}
