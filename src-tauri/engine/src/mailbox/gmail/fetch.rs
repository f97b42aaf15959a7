//! The sync's questions to Gmail, one function each: an answer comes back as the machine in `plan` takes it.

use super::body;
use super::plan::{Fetch, Got, Said};
use crate::account::{Fault, GmailLine, Urgency};
use epistle_wire::gmail::quota::Method;
use epistle_wire::gmail::{
    self, Format, HistoryId, Kind, LabelId, Message, MessageId, PageToken, Search, ThreadId, get_profile, history,
    labels, messages, threads,
};
use futures_util::{StreamExt, stream};

/// So many calls are under way at once: Gmail allows a person few.
const TOGETHER: usize = 4;
/// As many as Gmail lists at once.
const PAGE: u16 = 500;
/// Where a history is asked for that nothing tells the place of.
const FROM_THE_FIRST: &str = "1";

fn kind(fault: &Fault) -> Option<Kind> {
    if let Fault::Gmail(error) = fault { Some(error.kind()) } else { None }
}

/// Where the history stands now, and how many messages there are. A mailbox that does not say it of itself has it in its newest message.
pub(super) async fn start(line: &GmailLine) -> Result<Said, Fault> {
    match line.call(Method::GetProfile, Urgency::Read, |gmail| async move { get_profile(&gmail).await }).await {
        Ok(profile) => Ok(Said::Start { history: profile.history_id, total: Some(profile.messages_total) }),
        Err(Fault::Gmail(error)) if error.status() == Some(404) => start_by_list(line).await,
        Err(fault) => Err(fault),
    }
}

async fn start_by_list(line: &GmailLine) -> Result<Said, Fault> {
    let first = page(line, None, None, Some(1)).await?;
    let total = first.result_size_estimate;
    let of_newest = match first.messages.into_iter().next() {
        Some(newest) => get(line, newest.id, false).await?.history_id,
        None => None,
    };
    let history = match of_newest.or_else(|| HistoryId::parse(FROM_THE_FIRST)) {
        Some(history) => history,
        None => return Err(Fault::Gmail(Kind::AnswerLost.into())),
    };
    Ok(Said::Start { history, total })
}

/// What changed.
pub(super) async fn changes(line: &GmailLine, since: HistoryId, at: Option<PageToken>) -> Result<Said, Fault> {
    let said = line.call(Method::HistoryList, Urgency::Read, |gmail| {
        let (since, at) = (since.clone(), at.clone());
        async move {
            let all = history::Since { page: at.as_ref(), at_most: Some(PAGE), ..history::Since::all(&since) };
            history::list(&gmail, &all).await
        }
    });
    match said.await {
        Ok(page) => Ok(Said::History(page)),
        Err(fault) if matches!(kind(&fault), Some(Kind::HistoryGone | Kind::Invalid)) => Ok(Said::HistoryGone),
        Err(fault) => Err(fault),
    }
}

/// Which labels there are.
pub(super) async fn names(line: &GmailLine) -> Result<Said, Fault> {
    let said = line.call(Method::LabelsList, Urgency::Read, |gmail| async move { labels::list(&gmail).await });
    said.await.map(Said::Names)
}

/// A page of a list.
pub(super) async fn list(line: &GmailLine, label: Option<LabelId>, at: Option<PageToken>) -> Result<Said, Fault> {
    let (of_label, goes_on) = (label.is_some(), at.is_some());
    match page(line, label, at, Some(PAGE)).await {
        Ok(page) => Ok(Said::List(page)),
        Err(fault) if goes_on && kind(&fault) == Some(Kind::Invalid) => Ok(Said::PageGone),
        // The label was deleted since the labels were listed: nothing is under it.
        Err(fault) if of_label && matches!(kind(&fault), Some(Kind::Invalid | Kind::NotFound)) => {
            Ok(Said::List(messages::Page::default()))
        }
        Err(fault) => Err(fault),
    }
}

async fn page(
    line: &GmailLine,
    label: Option<LabelId>,
    at: Option<PageToken>,
    at_most: Option<u16>,
) -> Result<messages::Page, Fault> {
    let labels: Vec<LabelId> = label.into_iter().collect();
    let said = line.call(Method::MessagesList, Urgency::Read, |gmail| {
        let (labels, at) = (labels.clone(), at.clone());
        async move {
            let search = Search { label_ids: &labels, page: at.as_ref(), at_most, include_spam_trash: true, q: None };
            messages::list(&gmail, &search).await
        }
    });
    said.await
}

/// Messages, some at once. What failed is left out, unless everything did.
pub(super) async fn messages(line: &GmailLine, wanted: Vec<Fetch>) -> Result<Said, Fault> {
    let answers =
        stream::iter(wanted).map(|fetch| one(line, fetch)).buffer_unordered(TOGETHER).collect::<Vec<_>>().await;
    let (mut got, mut failed) = (Vec::new(), None);
    for answer in answers {
        match answer {
            Ok(some) => got.extend(some),
            Err(fault) => failed = Some(fault),
        }
    }
    match failed.filter(|_| got.is_empty()) {
        Some(fault) => Err(fault),
        None => Ok(Said::Got(got)),
    }
}

async fn one(line: &GmailLine, fetch: Fetch) -> Result<Vec<Got>, Fault> {
    match fetch {
        Fetch::One(message) => match get(line, message.id.clone(), true).await {
            Ok(whole) => Ok(vec![Got::Message(Box::new(whole))]),
            Err(fault) if kind(&fault) == Some(Kind::NotFound) => Ok(vec![Got::Gone(message.id)]),
            Err(fault) if kind(&fault) == Some(Kind::TooLarge) => Ok(vec![Got::TooLarge(message)]),
            Err(fault) => Err(fault),
        },
        Fetch::Thread(id) => conversation(line, id).await,
    }
}

async fn conversation(line: &GmailLine, id: ThreadId) -> Result<Vec<Got>, Fault> {
    let said = line.call(Method::ThreadsGet, Urgency::Read, |gmail| {
        let id = id.clone();
        async move { threads::get(&gmail, &id, Format::Full).await }
    });
    let mut got = vec![Got::Apart(id.clone())];
    match said.await {
        Ok(thread) => {
            for message in thread.messages {
                got.push(Got::Message(Box::new(with_its_text(line, message).await?)));
            }
        }
        Err(fault) if matches!(kind(&fault), Some(Kind::NotFound | Kind::TooLarge)) => {}
        Err(fault) => return Err(fault),
    }
    Ok(got)
}

/// A message, with its parts or without.
pub(super) async fn get(line: &GmailLine, id: MessageId, parts: bool) -> Result<Message, Fault> {
    let said = line.call(Method::MessagesGet, Urgency::Read, |gmail| {
        let id = id.clone();
        async move { messages::get(&gmail, &id, if parts { Format::Full } else { Format::Minimal }).await }
    });
    let message = said.await?;
    if parts { with_its_text(line, message).await } else { Ok(message) }
}

/// Long texts come apart from their message.
pub(super) async fn with_its_text(line: &GmailLine, mut message: Message) -> Result<Message, Fault> {
    let wanted = message.payload.as_ref().map(body::text_to_fetch).unwrap_or_default();
    for (place, id) in wanted {
        let bytes = attachment(line, &message.id, &id, Urgency::Read).await?;
        if let Some(part) = message.payload.as_mut().and_then(|root| body::part_at_mut(root, &place)) {
            part.body.data = Some(bytes);
        }
    }
    Ok(message)
}

/// An attachment's bytes.
pub(super) async fn attachment(
    line: &GmailLine,
    message: &MessageId,
    id: &gmail::AttachmentId,
    urgency: Urgency,
) -> Result<Vec<u8>, Fault> {
    let said = line.call(Method::MessagesAttachmentsGet, urgency, |gmail| {
        let (message, id) = (message.clone(), id.clone());
        async move { messages::attachments::get(&gmail, &message, &id).await }
    });
    said.await
}
