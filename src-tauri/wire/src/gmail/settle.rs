//! The questions by which a send whose answer was lost is settled. Each is one question; what follows from the answers is for whoever
//! asks. An error is never an answer: it means that it cannot be told now.
//!
//! What the answers are worth. A draft that is there was not sent. One that is gone was sent, or was deleted by somebody. A message that
//! the search finds was sent; one that it does not find may still have been, because the search lags, and because Gmail can put a
//! Message-ID of its own in place of one that it dislikes. The history does not lag: a message in the draft's thread that has come to
//! carry SENT since the draft was made is the draft, or another one that was sent in this thread: `carries` tells them apart. What a
//! search finds is asked in the same way before it is believed: not every service that speaks this API searches by Message-ID.

use super::history::{self, Change, Since, Type};
use super::{DraftId, Error, Format, Gmail, HistoryId, Kind, LabelId, Message, MessageId, MessageRef, Rfc822Id};
use super::{PageToken, Search, ThreadId, drafts, messages};

/// More pages than this are not read at once.
const MOST_PAGES: usize = 40;

/// Gmail keeps a Message-ID that it replaced under this name.
const REPLACED: &str = "X-Google-Original-Message-ID";

/// Whether a draft is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// There, and holding this message: another one than last time is a draft that was changed elsewhere.
    There(MessageRef),
    /// Gone: Gmail itself says that there is no such draft.
    Gone,
}

/// Whether a draft is there. `drafts.get`.
///
/// # Errors
/// It cannot be told now.
pub async fn draft(gmail: &Gmail, id: &DraftId) -> Result<Presence, Error> {
    match drafts::get(gmail, id, Format::Minimal).await {
        Ok(draft) => Ok(Presence::There(MessageRef { id: draft.message.id, thread_id: draft.message.thread_id })),
        Err(error) if error.kind() == Kind::NotFound => Ok(Presence::Gone),
        Err(error) => Err(error),
    }
}

/// The drafts that the search finds by a Message-ID, where the answer to `drafts.create` was lost. None found is no proof: it lags.
///
/// # Errors
/// It cannot be told now.
pub async fn drafts_of(gmail: &Gmail, id: &Rfc822Id) -> Result<Vec<drafts::DraftRef>, Error> {
    let q = format!("rfc822msgid:{}", id.as_str());
    Ok(drafts::list(gmail, &Search { q: Some(&q), ..Search::default() }).await?.drafts)
}

/// The sent messages that the search finds by a Message-ID, those in the trash since too: asked by label, because `in:sent` leaves them
/// out. None found is no proof. `messages.list`.
///
/// # Errors
/// It cannot be told now.
pub async fn sent_by_search(gmail: &Gmail, id: &Rfc822Id) -> Result<Vec<MessageRef>, Error> {
    let (q, sent) = (format!("rfc822msgid:{}", id.as_str()), [LabelId::system("SENT")]);
    let search = Search { q: Some(&q), label_ids: &sent, include_spam_trash: true, ..Search::default() };
    Ok(messages::list(gmail, &search).await?.messages)
}

/// What came to be sent in a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentSince {
    /// The messages, oldest first.
    pub found: Vec<MessageRef>,
    /// Whether the history was read to its end; if not, there may be more.
    pub to_the_end: bool,
}

/// The messages of a thread that came to carry SENT since a place in the history: added with it, or given it. `history.list`.
///
/// # Errors
/// `HistoryGone` where the history begins later than that; or it cannot be told now.
pub async fn sent_since(gmail: &Gmail, start: &HistoryId, thread: &ThreadId) -> Result<SentSince, Error> {
    let (mut found, mut page) = (Vec::new(), None::<PageToken>);
    let types = [Type::MessageAdded, Type::LabelAdded];
    for _ in 0..MOST_PAGES {
        let since = Since { types: &types, page: page.as_ref(), at_most: Some(500), ..Since::all(start) };
        let said = history::list(gmail, &since).await?;
        for message in said.history.iter().flat_map(sent_in) {
            if message.thread_id == *thread && !found.contains(&message) {
                found.push(message);
            }
        }
        page = said.next_page_token;
        if page.is_none() {
            return Ok(SentSince { found, to_the_end: true });
        }
    }
    Ok(SentSince { found, to_the_end: false })
}

/// The messages that one change made sent ones.
fn sent_in(change: &Change) -> Vec<MessageRef> {
    let added = change.messages_added.iter().map(|added| &added.message).filter(|message| message.is_labelled("SENT"));
    let labelled =
        change.labels_added.iter().filter(|labelled| labelled.label_ids.iter().any(|id| id.as_str() == "SENT"));
    let messages = added.chain(labelled.map(|labelled| &labelled.message));
    messages.map(|message| MessageRef { id: message.id.clone(), thread_id: message.thread_id.clone() }).collect()
}

/// Whether a message carries a Message-ID, as its own or as the one that Gmail replaced. No is no proof: Gmail need not keep it.
/// `messages.get`.
///
/// # Errors
/// `NotFound` where the message was deleted since; or it cannot be told now.
pub async fn carries(gmail: &Gmail, message: &MessageId, id: &Rfc822Id) -> Result<bool, Error> {
    let message = messages::get(gmail, message, Format::Metadata(&["Message-ID", REPLACED])).await?;
    Ok(is_named(&message, id))
}

/// The same, of a message that is at hand with its headers.
#[must_use]
pub fn is_named(message: &Message, id: &Rfc822Id) -> bool {
    let names = ["Message-ID", REPLACED].into_iter().filter_map(|name| message.header(name));
    names.filter_map(Rfc822Id::parse).any(|name| name == *id)
}
