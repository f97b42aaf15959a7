//! Search at Gmail, for what is not here (yet), in the words of Gmail's own search box. What it finds and is not here is fetched and stays.

use super::plan::{Effect, Fetch, Got, Said, What};
use super::{fetch, rows};
use crate::Engine;
use crate::account::{Fault, GmailLine, Urgency, blocking};
use crate::api::{Grant, Message, SearchHit};
use crate::error::{Error, Result};
use crate::ids::MessageId;
use crate::memory::concepts::Query;
use crate::memory::snippet;
use epistle_wire::gmail::quota::Method;
use epistle_wire::gmail::{MessageRef, Search, messages};

/// No search asks for more.
const MOST: u32 = 50;
const SNIPPET: usize = 200;

impl Engine {
    /// Searches at Gmail, the newest first.
    ///
    /// # Errors
    /// Those of [`Engine::sync`].
    pub async fn search_server(&self, query: &str, limit: u32) -> Result<Vec<SearchHit>> {
        let query = query.trim();
        if query.is_empty() {
            return Ok(Vec::new());
        }
        let line = self.gmail_line(Grant::ReadMail)?;
        let told = |fault: Fault| fault.told("message", Grant::ReadMail);
        let found = list(&line, query, limit.clamp(1, MOST)).await.map_err(told)?;
        self.bring_in(&line, &found).await?;
        let (engine, query) = (self.clone(), query.to_owned());
        blocking(move || hits(&engine, &found, &query)).await
    }

    /// Fetches what is not here of these.
    async fn bring_in(&self, line: &GmailLine, found: &[MessageRef]) -> Result<()> {
        let (engine, all) = (self.clone(), found.to_vec());
        let missing = blocking(move || {
            let mut missing = Vec::new();
            for message in all {
                if rows::known(&engine, &message.id)?.is_none() {
                    missing.push(Fetch::One(message));
                }
            }
            Ok(missing)
        });
        let missing = missing.await?;
        if missing.is_empty() {
            return Ok(());
        }
        let said = fetch::messages(line, missing).await.map_err(|fault| fault.told("message", Grant::ReadMail))?;
        let Said::Got(got) = said else { return Ok(()) };
        self.take_found(got).await
    }
}

async fn list(line: &GmailLine, query: &str, limit: u32) -> std::result::Result<Vec<MessageRef>, Fault> {
    let at_most = u16::try_from(limit).ok();
    let said = line.call(Method::MessagesList, Urgency::Read, |gmail| {
        let query = query.to_owned();
        async move {
            let search = Search { q: Some(&query), at_most, ..Search::default() };
            messages::list(&gmail, &search).await
        }
    });
    Ok(said.await?.messages)
}

fn hits(engine: &Engine, found: &[MessageRef], query: &str) -> Result<Vec<SearchHit>> {
    let stems = Query::like(query).stems();
    let mut hits = Vec::new();
    for (rank, message) in found.iter().enumerate() {
        let known = rows::known(engine, &message.id)?.filter(|known| known.what == What::Mail);
        let Some(id) = known.and_then(|known| known.message) else { continue };
        match engine.message(id) {
            Ok(message) => hits.push(hit(id, message, rank, &stems)),
            Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(hits)
}

fn hit(id: MessageId, message: Message, rank: usize, stems: &std::collections::HashSet<String>) -> SearchHit {
    let snippet = snippet::passage(&message.text, stems, SNIPPET);
    let Message { message_id, thread, subject, from, date, .. } = message;
    // Gmail gives an order and no measure.
    let score = 1.0 / (1.0 + rank as f64);
    SearchHit { id, message_id, thread, subject, from, date, score, snippet, why: "found at Gmail".into() }
}

/// What a search found is taken in as the sync would have taken it.
pub(super) fn effects(got: Vec<Got>, mirror: &mut super::plan::Mirror) -> Vec<Effect> {
    let mut run = super::plan::Run::default();
    run.heard(mirror, Said::Got(got))
}
