//! The worker: takes whoever's turn it is, commits, calls the mailer, commits its answer. It decides nothing: what a call's end means is
//! [`step`](super::step())'s to say. Between calls it sleeps until the next due time; where nothing waits, until it is woken.

use super::freeze::without_bcc;
use super::rows::{OutboxRow, print_of};
use super::state::{Answer, Effect, Event, Settled, State, Transport, Trouble};
use super::{Turn, moment, turn};
use crate::Engine;
use crate::api::{EmailAddress, OutboxId, UnixMillis};
use crate::error::{Error, Result};
use crate::ids::{AccountId, MessageId};
use crate::store::Keep;
use crate::store::tables::{OUTBOX, OUTBOX_RAW};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long a call may take at most: a letter with large files over a slow line, and no more. A mailer has shorter limits of its own.
const PATIENCE: Duration = Duration::from_secs(10 * 60);
/// How long it tidies up, once it is to stop.
const TIDYING: Duration = Duration::from_secs(10);
/// After this a call of another worker is given up as lost.
const LEASE_MS: i64 = 15 * 60_000;
/// While something waits, the clock is looked at this often: a machine that slept does not count its sleep.
const LOOK: Duration = Duration::from_secs(30);
/// How long what was sent or undone stays in the list.
const KEPT_MS: i64 = 31 * 24 * 3_600_000;

/// What a call comes to, boxed so that mailers can stand side by side.
pub type Call<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A message ready to leave. Everything in it was approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// The message byte for byte (RFC 5322). For [`Transport::Direct`] it has no Bcc.
    pub raw: Vec<u8>,
    /// Its Message-ID, without the angle brackets.
    pub message_id: String,
    /// The envelope's sender.
    pub from: EmailAddress,
    /// The envelope's recipients: to, cc and bcc.
    pub recipients: Vec<EmailAddress>,
    /// The message it answers, by which a provider's conversation is found.
    pub answers: Option<MessageId>,
}

/// A way out. One attempt a call: waiting and trying again is the outbox's. What a call cannot tell for sure is [`Trouble::Lost`].
pub trait Mailer: Send + Sync {
    /// Whether it keeps drafts. The calls with a draft are made only where it does.
    fn transport(&self) -> Transport;
    /// Makes the message a draft there, and says its id: any text by which this mailer knows it, and can ask about it, later. `again`:
    /// an earlier call may have made it, so that it is looked for by its Message-ID first.
    fn upload<'a>(&'a self, parcel: &'a Parcel, again: bool) -> Call<'a, Result<String, Trouble>>;
    /// Sends the draft by its id, or the message itself, once; says the provider's id of the message, where it gives one.
    fn send<'a>(&'a self, parcel: &'a Parcel, remote: Option<&'a str>) -> Call<'a, Result<Option<String>, Trouble>>;
    /// Asks what became of a draft, from draft and history and not by search alone. It changes nothing there.
    fn settle<'a>(&'a self, parcel: &'a Parcel, remote: &'a str) -> Call<'a, Settled>;
    /// Takes away a draft; a draft that is gone is no trouble.
    fn discard<'a>(&'a self, remote: &'a str) -> Call<'a, Result<(), Trouble>>;
}

/// The way out of an account now; `None` where it has none, until [`Engine::wake_outbox`].
pub type Mailers = dyn Fn(AccountId) -> Option<Arc<dyn Mailer>> + Send + Sync;

impl Engine {
    /// [`Engine::run_outbox`], by these ways.
    pub(super) async fn run_outbox_by(&self, mailers: &Mailers, stop: &CancellationToken) -> Result<()> {
        let _alone = self.desk.outbox.running.lock().await;
        self.off_thread(Self::resume).await?;
        while !stop.is_cancelled() {
            let mailer = mailers(self.account());
            let way = mailer.as_ref().map(|mailer| mailer.transport());
            let rest = match (self.off_thread(move |engine| engine.turn(way)).await?, mailer) {
                (Turn::Clock(id), _) => {
                    self.step_off_thread(id, Event::Clock).await?.ok();
                    continue;
                }
                (Turn::Take(id), Some(mailer)) => {
                    self.carry(id, &*mailer).await?;
                    continue;
                }
                (Turn::Wait(until), _) => Some(until),
                (Turn::Take(_) | Turn::Nobody, _) => None,
            };
            self.tidy(mailers).await;
            self.rest(rest, stop).await;
        }
        // Whoever stops it as soon as a message failed is not to leave its draft at the provider for that.
        let _ = tokio::time::timeout(TIDYING, self.tidy(mailers)).await;
        Ok(())
    }

    /// Whose turn it is, of those that can leave by this way.
    pub(super) fn turn(&self, way: Option<Transport>) -> Result<Turn<OutboxId>> {
        let Some(way) = way else { return Ok(Turn::Nobody) };
        let rows = self.outbox_rows()?;
        let line = rows.iter().filter(|(_, row)| row.course.goes_by(way));
        Ok(turn(line.map(|(id, row)| (*id, &row.course)), crate::now()))
    }

    /// What an earlier worker had under way is not under way any more.
    fn resume(&self) -> Result<()> {
        let now = crate::now();
        for (id, row) in self.outbox_rows()? {
            if row.course.is_busy() {
                self.outbox_step(id, &Event::Restarted, moment())?.ok();
            }
            if matches!(row.course.state, State::Sent { at, .. } | State::Undone { at } if at + KEPT_MS < now) {
                self.forget_sent(&row)?;
                self.store().write(self.account(), Keep::Made, |tx| tx.delete(OUTBOX, id.key()).map(drop))?;
            }
        }
        Ok(())
    }

    /// A draft that was sent as it is goes with the last that is known of its sending, or it would be a draft again.
    fn forget_sent(&self, row: &OutboxRow) -> Result<()> {
        match self.draft(row.draft) {
            Ok(draft) if row.stands_for(draft.version) => self.delete_draft(row.draft),
            Ok(_) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// One call: the state that says it was begun, the call, the state its answer makes.
    async fn carry(&self, id: OutboxId, mailer: &dyn Mailer) -> Result<()> {
        let take = Event::Take { transport: mailer.transport(), patience: LEASE_MS };
        let Ok((row, effects)) = self.step_off_thread(id, take).await? else { return Ok(()) };
        let parcel = self.off_thread(move |engine| engine.parcel(id, &row)).await?;
        for effect in &effects {
            let Some((attempt, answer)) = call(mailer, parcel.as_ref(), effect).await else { continue };
            if let Ok((_, after)) = self.step_off_thread(id, Event::Answer { attempt, answer }).await? {
                self.keep_litter(&after);
            }
        }
        Ok(())
    }

    async fn step_off_thread(
        &self,
        id: OutboxId,
        event: Event,
    ) -> Result<Result<(OutboxRow, Vec<Effect>), super::Refused>> {
        self.off_thread(move |engine| engine.outbox_step(id, &event, moment())).await
    }

    /// The message of a row; `None` where its bytes are not the ones that were approved.
    fn parcel(&self, id: OutboxId, row: &OutboxRow) -> Result<Option<Parcel>> {
        let raw = self.store().read(self.account())?.get(OUTBOX_RAW, id.key())?;
        let Some(raw) = raw.map(|raw| raw.0).filter(|raw| print_of(raw) == row.print) else { return Ok(None) };
        Ok(Some(Parcel {
            raw: if row.course.transport == Some(Transport::Direct) { without_bcc(&raw) } else { raw },
            message_id: row.message_id.clone(),
            from: row.from.address.clone(),
            recipients: row.recipients().map(|person| person.address.clone()).collect(),
            answers: row.answers,
        }))
    }

    /// Takes away drafts that nobody needs. A failure leaves one more draft, and nothing else.
    async fn tidy(&self, mailers: &Mailers) {
        let litter = std::mem::take(&mut *self.desk.outbox.litter.lock().unwrap_or_else(PoisonError::into_inner));
        if litter.is_empty() {
            return;
        }
        let Some(mailer) = mailers(self.account()).filter(|mailer| mailer.transport() == Transport::Drafts) else {
            return;
        };
        for remote in litter {
            if !matches!(tokio::time::timeout(PATIENCE, mailer.discard(&remote)).await, Ok(Ok(()))) {
                tracing::info!("a draft that is not needed any more stays at the provider");
            }
        }
    }

    async fn rest(&self, until: Option<UnixMillis>, stop: &CancellationToken) {
        let nap = until.map(|until| Duration::from_millis(u64::try_from(until - crate::now()).unwrap_or(0)).min(LOOK));
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.desk.outbox.wake.notified() => {}
            () = async { match nap { Some(nap) => tokio::time::sleep(nap).await, None => std::future::pending().await } } => {}
        }
    }
}

/// Makes the call an effect asks for; `None` where it asks for none. Bytes that were not approved are refused before anybody hears of them.
async fn call(mailer: &dyn Mailer, parcel: Option<&Parcel>, effect: &Effect) -> Option<(u32, Answer)> {
    let altered = || Trouble::Refused { said: "what is stored is not what was approved".into() };
    Some(match (effect, parcel) {
        (Effect::Upload { attempt, again }, Some(parcel)) => {
            let answer = in_time(mailer.upload(parcel, *again)).await.unwrap_or(Err(Trouble::Lost));
            (*attempt, answer.map_or_else(Answer::NotUploaded, |remote| Answer::Uploaded { remote }))
        }
        (Effect::Send { attempt, remote }, Some(parcel)) => {
            let answer = in_time(mailer.send(parcel, remote.as_deref())).await.unwrap_or(Err(Trouble::Lost));
            (*attempt, answer.map_or_else(Answer::NotSent, |message| Answer::Sent { message }))
        }
        (Effect::Settle { attempt, remote }, Some(parcel)) => {
            let answer = in_time(mailer.settle(parcel, remote)).await;
            (*attempt, Answer::Settled(answer.unwrap_or(Settled::CannotAsk(Trouble::Lost))))
        }
        (Effect::Upload { attempt, .. }, None) => (*attempt, Answer::NotUploaded(altered())),
        (Effect::Send { attempt, .. }, None) => (*attempt, Answer::NotSent(altered())),
        (Effect::Settle { attempt, .. }, None) => (*attempt, Answer::Settled(Settled::CannotAsk(altered()))),
        (Effect::DeleteDraft { .. } | Effect::Tell, _) => return None,
    })
}

async fn in_time<T>(call: Call<'_, T>) -> Option<T> {
    tokio::time::timeout(PATIENCE, call).await.ok()
}
