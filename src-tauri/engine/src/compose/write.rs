//! The walk's second half: a brief and a plan become text that streams, is kept while it comes, and ends as a draft with its receipt.

use super::brief::Brief;
use super::choose::Chosen;
use super::generate::{self, Flying};
use super::letter::Cleaner;
use super::preview::{self, Plan};
use super::redact::Restorer;
use super::settle::{self, Begun, Slot, Text};
use crate::Engine;
use crate::api::{ComposeEvent, Draft, Finish, Provider, Receipt, Settings, UnixMillis};
use crate::error::{Error, ModelTrouble, Result, TroubleKind};
use crate::llm::flight::Heard;
use crate::llm::{Llm, Usage, cache, offline, price};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Text that came is on the disk within this time.
const KEEP_EVERY: Duration = Duration::from_millis(400);

/// One compose under way.
pub(super) struct Walk<'a> {
    pub(super) engine: &'a Engine,
    pub(super) tell: &'a (dyn Fn(ComposeEvent) + Send + Sync),
    pub(super) stop: &'a CancellationToken,
    pub(super) adapter: &'a (dyn Fn(Provider) -> Result<Arc<dyn Llm>> + Send + Sync),
    pub(super) asked: Instant,
    pub(super) now: UnixMillis,
    pub(super) approved: Option<String>,
}

/// Everything a letter needs before its first word.
pub(super) struct Ready {
    brief: Arc<Brief>,
    writer: Writer,
}

enum Writer {
    Offline(Chosen),
    Model { plan: Box<Plan>, llm: Arc<dyn Llm>, settings: Box<Settings> },
}

/// How a text ended, and what it took.
struct Ending {
    finish: Finish,
    usage: Usage,
    from_cache: bool,
    trouble: Option<ModelTrouble>,
}

impl Walk<'_> {
    /// Gathers, chooses, plans, and asks whether the plan may be carried out.
    pub(super) async fn ready(&self, begun: &Begun) -> Result<Ready> {
        let (request, text, now) = (begun.request.clone(), begun.text.clone(), self.now);
        let gathering = self.engine.off_thread(move |engine| {
            let brief = engine.gather(request, Some(text), now)?;
            let settings = engine.settings()?;
            let chosen = engine.choose(&settings, &brief)?;
            Ok((brief, settings, chosen))
        });
        let (brief, settings, chosen) = tokio::select! {
            done = gathering => done?,
            () = self.stop.cancelled() => return Err(Error::Cancelled),
        };
        let voice = (brief.voice.samples > 0).then(|| brief.voice.clone());
        (self.tell)(ComposeEvent::Gathered { sources: brief.sources.clone(), voice: voice.map(Box::new) });
        (self.tell)(ComposeEvent::Chosen { model: chosen.model.clone(), why: chosen.why.clone() });
        if chosen.model.provider == Provider::Offline {
            return Ok(Ready { brief: Arc::new(brief), writer: Writer::Offline(chosen) });
        }
        let llm = (self.adapter)(chosen.model.provider)?;
        let plan = preview::plan(&brief, chosen, &settings, llm.leaves_to());
        plan.seen(self.approved.as_deref(), settings.preview)?;
        let writer = Writer::Model { plan: Box::new(plan), llm, settings: Box::new(settings) };
        Ok(Ready { brief: Arc::new(brief), writer })
    }

    /// Writes, and keeps what comes.
    pub(super) async fn write(&self, begun: &Begun, ready: Ready) -> Result<Draft> {
        match ready.writer {
            Writer::Offline(chosen) => self.write_offline(begun, &ready.brief, chosen).await,
            Writer::Model { plan, llm, settings } => self.write_with(begun, &ready.brief, *plan, llm, &settings).await,
        }
    }

    async fn write_offline(&self, begun: &Begun, brief: &Arc<Brief>, chosen: Chosen) -> Result<Draft> {
        let letter = offline::write(brief);
        for piece in letter.body.split_inclusive('\n') {
            (self.tell)(ComposeEvent::Delta { text: piece.to_owned() });
        }
        let receipt = Receipt {
            model: chosen.model,
            why: chosen.why,
            sent_to: None,
            from_cache: false,
            input_tokens: 0,
            output_tokens: 0,
            cost_micros: None,
            price: None,
            withheld: Vec::new(),
            digest: String::new(),
            took_ms: self.took(),
            finish: Finish::Complete,
        };
        let subject = settle::subject(brief, Some(&letter.subject));
        let mut slot = Slot::new()?;
        self.put(begun, brief, &mut slot, (subject, letter.body), &receipt).await?;
        self.draft(begun).await
    }

    async fn write_with(
        &self,
        begun: &Begun,
        brief: &Arc<Brief>,
        plan: Plan,
        llm: Arc<dyn Llm>,
        settings: &Settings,
    ) -> Result<Draft> {
        let mut page = Page::new(&plan);
        let mut slot = Slot::new()?;
        let key = cache::key(&plan.digest, &people(brief), brief.answers.as_ref().map(|m| m.thread));
        let ending = match self.kept_answer(begun, &plan, &key).await? {
            Some((text, usage)) => {
                self.show(&page.push(&text));
                Ending { finish: Finish::Complete, usage, from_cache: true, trouble: None }
            }
            None => {
                self.within_budget(&plan, settings)?;
                let flying = Flying {
                    engine: self.engine.clone(),
                    llm,
                    call: plan.prompt.call.clone(),
                    key,
                    calls_per_minute: settings.calls_per_minute,
                    asked: self.asked,
                };
                self.listen(begun, brief, &plan, flying, &mut page, &mut slot).await?
            }
        };
        self.show(&page.finish());
        self.end(begun, brief, &plan, page, slot, ending).await
    }

    /// The exact answer from before, unless it is what already stands in this draft: who asks again wants another.
    async fn kept_answer(&self, begun: &Begun, plan: &Plan, key: &str) -> Result<Option<(String, Usage)>> {
        if begun.digest.as_deref() == Some(plan.digest.as_str()) {
            return Ok(None);
        }
        let (key, now) = (key.to_owned(), self.now);
        let found = self.engine.off_thread(move |engine| engine.cached(&key, now)).await?;
        Ok(found.map(|answer| (answer.text.clone(), answer.usage())))
    }

    fn within_budget(&self, plan: &Plan, settings: &Settings) -> Result<()> {
        let (Some(budget), Some(most)) = (settings.budget_micros, plan.most_micros(self.now)) else { return Ok(()) };
        let spent = self.engine.spent_this_month(self.now)?;
        if spent.saturating_add(most) > budget { Err(Error::BudgetReached) } else { Ok(()) }
    }

    /// Hears the call to its end, shows what comes and keeps it now and then.
    async fn listen(
        &self,
        begun: &Begun,
        brief: &Arc<Brief>,
        plan: &Plan,
        flying: Flying,
        page: &mut Page,
        slot: &mut Slot,
    ) -> Result<Ending> {
        let mut listener = flying.join();
        let mut keep = tokio::time::interval(KEEP_EVERY);
        keep.tick().await;
        let mut kept = String::new();
        let ending = |finish, usage, trouble| Ending { finish, usage, from_cache: false, trouble };
        loop {
            let heard = tokio::select! {
                biased;
                () = self.stop.cancelled() => return Ok(ending(Finish::Stopped, Usage::default(), None)),
                heard = listener.next() => heard,
                _ = keep.tick() => {
                    if page.text != kept && !page.text.trim().is_empty() {
                        kept.clone_from(&page.text);
                        self.keep_piece(begun, brief, plan, page, slot).await?;
                    }
                    continue;
                }
            };
            match heard {
                Some(Heard::Text(piece)) => self.show(&page.push(&piece)),
                Some(Heard::Restarted) => {
                    *page = Page::new(plan);
                    (self.tell)(ComposeEvent::Restarted);
                }
                Some(Heard::Retrying { after_ms, attempt }) => {
                    (self.tell)(ComposeEvent::Retrying { after_ms, attempt })
                }
                Some(Heard::End(Ok(usage))) => return Ok(ending(Finish::Complete, usage, None)),
                Some(Heard::End(Err(trouble))) => return Ok(ending(Finish::Cut, Usage::default(), Some(trouble))),
                None => {
                    let model = plan.chosen.model.name.clone();
                    let trouble = ModelTrouble { model, kind: TroubleKind::Cut, retry_after_ms: None, draft: None };
                    return Ok(ending(Finish::Cut, Usage::default(), Some(trouble)));
                }
            }
        }
    }

    async fn keep_piece(
        &self,
        begun: &Begun,
        brief: &Arc<Brief>,
        plan: &Plan,
        page: &Page,
        slot: &mut Slot,
    ) -> Result<()> {
        let receipt = self.receipt(
            plan,
            page,
            &Ending { finish: Finish::Cut, usage: Usage::default(), from_cache: false, trouble: None },
        );
        let text = (settle::subject(brief, page.subject().as_deref()), page.text.trim_end().to_owned());
        self.put(begun, brief, slot, text, &receipt).await
    }

    async fn end(
        &self,
        begun: &Begun,
        brief: &Arc<Brief>,
        plan: &Plan,
        page: Page,
        mut slot: Slot,
        ending: Ending,
    ) -> Result<Draft> {
        let some = !page.text.trim().is_empty();
        if some {
            let text = (settle::subject(brief, page.subject().as_deref()), page.text.trim().to_owned());
            self.put(begun, brief, &mut slot, text, &self.receipt(plan, &page, &ending)).await?;
        }
        match ending.trouble {
            Some(trouble) => Err(Error::Model(ModelTrouble { draft: some.then_some(begun.id), ..trouble })),
            None if some => self.draft(begun).await,
            None if ending.finish == Finish::Stopped => Err(Error::Cancelled),
            None => Err(Error::Model(ModelTrouble {
                model: plan.chosen.model.name.clone(),
                kind: TroubleKind::Empty,
                retry_after_ms: None,
                draft: None,
            })),
        }
    }

    async fn put(
        &self,
        begun: &Begun,
        brief: &Arc<Brief>,
        slot: &mut Slot,
        (subject, body): (String, String),
        receipt: &Receipt,
    ) -> Result<()> {
        let text = Text {
            draft: begun.id,
            subject,
            body,
            instruction: brief.request.intent.clone(),
            model: receipt.model.clone(),
            finish: receipt.finish,
            takes_over: receipt.finish != Finish::Cut,
        };
        let (brief, receipt, mut taken) = (Arc::clone(brief), receipt.clone(), slot.clone());
        *slot = self
            .engine
            .off_thread(move |engine| {
                engine.put_text(&mut taken, &text, &brief, Some(receipt), crate::now())?;
                Ok(taken)
            })
            .await?;
        Ok(())
    }

    fn receipt(&self, plan: &Plan, page: &Page, ending: &Ending) -> Receipt {
        let (input_tokens, output_tokens) = generate::counted(ending.usage, &plan.prompt.call, &page.text);
        let price = price::of(&plan.chosen.model, self.now);
        let cost = price.as_ref().map(|price| price::cost(price, input_tokens, output_tokens));
        Receipt {
            model: plan.chosen.model.clone(),
            why: plan.chosen.why.clone(),
            sent_to: plan.leaves_to.clone().filter(|_| !ending.from_cache),
            from_cache: ending.from_cache,
            input_tokens,
            output_tokens,
            cost_micros: if ending.from_cache { cost.map(|_| 0) } else { cost },
            price,
            withheld: plan.prompt.vault.counts(),
            digest: plan.digest.clone(),
            took_ms: self.took(),
            finish: ending.finish,
        }
    }

    fn took(&self) -> u64 {
        u64::try_from(self.asked.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn show(&self, text: &str) {
        if !text.is_empty() {
            (self.tell)(ComposeEvent::Delta { text: text.to_owned() });
        }
    }

    async fn draft(&self, begun: &Begun) -> Result<Draft> {
        let id = begun.id;
        self.engine.off_thread(move |engine| engine.draft(id)).await
    }
}

fn people(brief: &Brief) -> Vec<crate::api::Person> {
    brief.request.to.iter().chain(&brief.request.cc).chain(&brief.request.bcc).cloned().collect()
}

/// The text as it comes: cleaned of what is no letter, with what was withheld put back.
struct Page {
    cleaner: Cleaner,
    restorer: Restorer,
    text: String,
}

impl Page {
    fn new(plan: &Plan) -> Self {
        Self { cleaner: Cleaner::default(), restorer: Restorer::new(plan.prompt.vault.clone()), text: String::new() }
    }

    fn push(&mut self, piece: &str) -> String {
        let clean = self.cleaner.push(piece);
        self.add(&clean)
    }

    fn finish(&mut self) -> String {
        let rest = self.cleaner.finish();
        let mut shown = self.add(&rest);
        let held = self.restorer.finish();
        self.text.push_str(&held);
        shown.push_str(&held);
        shown
    }

    fn add(&mut self, clean: &str) -> String {
        let shown = self.restorer.push(clean);
        self.text.push_str(&shown);
        shown
    }

    fn subject(&self) -> Option<String> {
        let mut restorer = self.restorer.clone();
        restorer.finish();
        self.cleaner.subject().map(|subject| restorer.push(subject) + &restorer.finish())
    }
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
