//! Search: what was asked, found by words and by meaning, with the passage and the reason of every hit. It ranks nothing itself and never
//! changes the mailbox.

use super::concepts::Query;
use super::filter::{self, Filter, Ground};
use super::fuse::{self, Ranked};
use super::query::{self, Asked};
use super::{passages, rank, snippet};
use crate::Engine;
use crate::api::{Message, SearchBy, SearchHit, SearchRequest};
use crate::error::{Error, Result};
use crate::ids::MessageId;
use crate::mailbox::labelled::Labelled;
use jiff::{Timestamp, Zoned, tz::TimeZone};
use std::collections::{HashMap, HashSet};

/// How long a passage is at most, in characters.
const SNIPPET: usize = 200;
/// How many of each ranking are looked at to make one of them.
const POOL: usize = 100;
/// A place by meaning up to here is a reason to name.
const CLOSE: usize = 10;

/// What words found, and whom meaning may find.
struct ByWords {
    found: Vec<MessageId>,
    /// The share of what the words could score at most that the best message scores.
    sure: f64,
    /// `None`: anybody but the hidden.
    allowed: Option<HashSet<MessageId>>,
}

impl Engine {
    /// Searches the mailbox, best first; without words to rank by, the newest first. What is in Trash or Spam is found only where the question
    /// names them. See [`query`] for the operators.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn search(&self, request: &SearchRequest) -> Result<Vec<SearchHit>> {
        let asked = query::read(&request.query, &here(crate::now()));
        if asked.words.is_empty() && asked.tests.is_empty() {
            return Ok(vec![]);
        }
        let hidden = if asked.everywhere { HashSet::new() } else { self.hidden_messages()? };
        let limit = request.limit as usize;
        let ByWords { found, sure, allowed } = self.by_words(&asked, &hidden, limit.max(POOL))?;
        let (found, weight) = match request.by {
            SearchBy::Both => (found, fuse::weight(&asked, sure)),
            SearchBy::Words => (found, 0.0),
            SearchBy::Meaning => (vec![], 1.0),
        };
        let keep = |id: MessageId| !hidden.contains(&id) && allowed.as_ref().is_none_or(|all| all.contains(&id));
        let mut near = if weight > 0.0 { self.near_in_meaning(&asked.free, POOL, &keep)? } else { vec![] };
        near.retain(|near| near.score >= fuse::NEAR);
        let by_meaning: Vec<MessageId> = near.iter().map(|near| near.message).collect();
        let mut ranked = fuse::fused(&found, &by_meaning, weight);
        ranked.truncate(limit);
        self.told(&asked, ranked, &near.iter().map(|near| (near.message, near.passage)).collect())
    }

    fn by_words(&self, asked: &Asked, hidden: &HashSet<MessageId>, limit: usize) -> Result<ByWords> {
        let labels = if filter::asks_for_labels(asked) { self.labelled()? } else { Labelled::default() };
        let me = self.my_folded()?;
        let held = self.indexed()?;
        let index = &held.index;
        let ground = Ground { index, labels: &labels, me: &me };
        let filter = Filter::of(asked, &ground);
        let keep = |at: u32, doc: &super::lexical::Doc| !hidden.contains(&doc.id) && filter.lets(at, doc);
        let allowed = (!asked.tests.is_empty()).then(|| {
            let passing = (0u32..).zip(index.docs()).filter(|(at, doc)| keep(*at, doc));
            passing.map(|(_, doc)| doc.id).collect::<HashSet<_>>()
        });
        let mut sure = 0.0;
        let found = if asked.words.is_empty() {
            let newest = |doc: &&super::lexical::Doc| std::cmp::Reverse(doc.date);
            let mut passing: Vec<_> =
                index.docs().iter().filter(|doc| allowed.as_ref().is_some_and(|all| all.contains(&doc.id))).collect();
            passing.sort_by_key(newest);
            passing.into_iter().take(limit).map(|doc| doc.id).collect()
        } else {
            let matches = index.search(&asked.words, limit, keep);
            sure = matches.first().map_or(0.0, |best| best.score / index.most(&asked.words).max(f64::MIN_POSITIVE));
            matches.iter().filter_map(|m| index.doc(m)).map(|doc| doc.id).collect()
        };
        Ok(ByWords { found, sure, allowed })
    }

    /// The hits as they are shown, each with its passage and why it is there.
    fn told(&self, asked: &Asked, ranked: Vec<Ranked>, passages: &HashMap<MessageId, u16>) -> Result<Vec<SearchHit>> {
        let mut words = self.words_of(&asked.words, &ranked)?;
        let stems = asked.words.stems();
        let hits = ranked.into_iter().filter_map(|found| {
            let message = match self.message(found.id) {
                // It went since it was found.
                Err(Error::NotFound { .. }) => return None,
                Err(error) => return Some(Err(error)),
                Ok(message) => message,
            };
            let close = found.by_meaning.is_some_and(|place| place < CLOSE || found.by_words.is_none());
            let mut reasons: Vec<String> = words.remove(&found.id).filter(|why| !why.is_empty()).into_iter().collect();
            reasons.extend(asked.typed.iter().cloned());
            if close {
                reasons.push("close in meaning".into());
            }
            let near = passages.get(&found.id).filter(|_| found.by_words.is_none());
            let snippet = match near.and_then(|at| passage_at(&message, *at)) {
                Some(passage) => snippet::passage(&passage, &stems, SNIPPET),
                None => snippet::passage(&message.text, &stems, SNIPPET),
            };
            let Message { id, message_id, thread, subject, from, date, .. } = message;
            let (score, why) = (found.score, reasons.join("; "));
            Some(Ok(SearchHit { id, message_id, thread, subject, from, date, score, snippet, why }))
        });
        hits.collect()
    }

    /// Which words of the question stand where in these messages.
    fn words_of(&self, query: &Query, ranked: &[Ranked]) -> Result<HashMap<MessageId, String>> {
        let held = self.indexed()?;
        let with = ranked.iter().filter(|found| found.by_words.is_some());
        let places: HashMap<u32, MessageId> =
            with.filter_map(|found| Some((held.index.place_of(found.id)?, found.id))).collect();
        let docs: Vec<u32> = places.keys().copied().collect();
        let told = held.index.found_in(query, &docs);
        Ok(told.into_iter().filter_map(|(doc, found)| Some((*places.get(&doc)?, rank::why(&found)))).collect())
    }
}

/// The moment where the person is.
fn here(now: crate::api::UnixMillis) -> Zoned {
    Timestamp::from_millisecond(now).unwrap_or_default().to_zoned(TimeZone::system())
}

/// The text of a passage that meaning found.
fn passage_at(message: &Message, at: u16) -> Option<String> {
    let passages = passages::passages(message);
    let text = passages.get(usize::from(at)).and_then(|passage| message.text.get(passage.at.clone()));
    text.filter(|text| !text.trim().is_empty()).map(str::to_owned)
}
