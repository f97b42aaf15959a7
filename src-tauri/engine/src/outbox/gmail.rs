//! Sending with Gmail: a draft is made there, its id kept, and that draft sent. What became of a send whose answer was lost is asked of
//! the draft and of the history; the search is asked last. One attempt a call; whether to try again is the outbox's to say.

use super::state::{Settled, Transport, Trouble};
use super::worker::{Call, Mailer, Parcel};
use crate::account::{Fault, GmailLine, Urgency};
use crate::error::{Error, ErrorCode};
use epistle_wire::gmail::quota::Method;
use epistle_wire::gmail::settle::{self, Presence};
use epistle_wire::gmail::{
    DraftId, Format, HistoryId, Kind, LabelId, Message, MessageId, MessageRef, Rfc822Id, Search, ThreadId, drafts,
    get_profile, messages,
};
use mail_parser::{HeaderName, MessageParser};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How long to wait where the day's quota is used up and Gmail does not say: it comes back at midnight in California, bit by bit.
const QUOTA_PAUSE_MS: i64 = 60 * 60_000;
/// So many of the newest drafts, or sent messages, are looked through where a search may not know them yet.
const NEWEST: u16 = 10;
/// What tells one sent message from another where Gmail gave it a Message-ID of its own.
const MARKS: [&str; 5] = ["Message-ID", "X-Google-Original-Message-ID", "Date", "Subject", "To"];

/// A draft at Gmail, as the outbox remembers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Remote {
    draft: DraftId,
    /// The message it held when it was made: another one is a draft that was changed there.
    message: MessageId,
    thread: ThreadId,
    /// Where the history stood before it was sent.
    since: Option<HistoryId>,
}

impl Remote {
    fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// Gmail as a way out.
pub(super) struct GmailMailer {
    line: GmailLine,
    /// Which of Gmail's threads a message here is in.
    thread_of: Arc<ThreadOf>,
}

/// Which of Gmail's threads a message here is in.
pub(super) type ThreadOf = dyn Fn(crate::ids::MessageId) -> Option<ThreadId> + Send + Sync;

impl GmailMailer {
    pub(super) fn new(line: GmailLine, thread_of: Arc<ThreadOf>) -> Self {
        Self { line, thread_of }
    }

    async fn upload(&self, parcel: &Parcel, again: bool) -> Result<String, Trouble> {
        if again && let Some(made) = self.made_before(parcel).await? {
            return Ok(made.written());
        }
        let thread = parcel.answers.and_then(|answered| (self.thread_of)(answered));
        let draft = match self.create(parcel, thread.as_ref()).await {
            // The thread is gone at Gmail: the letter still goes, by its References.
            Err(Fault::Gmail(error)) if error.kind() == Kind::NotFound && thread.is_some() => {
                self.create(parcel, None).await
            }
            made => made,
        }
        .map_err(trouble)?;
        let since = self.history_now(&draft.id).await;
        Ok(Remote { draft: draft.id, message: draft.message.id, thread: draft.message.thread_id, since }.written())
    }

    async fn create(&self, parcel: &Parcel, thread: Option<&ThreadId>) -> Result<drafts::Draft, Fault> {
        let raw = &parcel.raw;
        self.line
            .call(Method::DraftsCreate, Urgency::Send, |gmail| async move { drafts::create(&gmail, raw, thread).await })
            .await
    }

    /// Where the history stands; without it a lost answer is settled with less, and no message is held back for that.
    async fn history_now(&self, draft: &DraftId) -> Option<HistoryId> {
        let ask = |gmail| async move { get_profile(&gmail).await };
        if let Ok(profile) = self.line.call(Method::GetProfile, Urgency::Send, ask).await {
            return Some(profile.history_id);
        }
        self.draft(draft, Format::Minimal).await.ok()?.message.history_id
    }

    async fn draft(&self, id: &DraftId, format: Format<'_>) -> Result<drafts::Draft, Fault> {
        self.line
            .call(Method::DraftsGet, Urgency::Send, |gmail| async move { drafts::get(&gmail, id, format).await })
            .await
    }

    /// The draft that an earlier call made, if it made one: by its Message-ID, in what the search finds and in the newest there are.
    async fn made_before(&self, parcel: &Parcel) -> Result<Option<Remote>, Trouble> {
        let Some(id) = Rfc822Id::parse(&parcel.message_id) else { return Ok(None) };
        let named = &id;
        let found = self
            .line
            .call(Method::DraftsList, Urgency::Send, |gmail| async move { settle::drafts_of(&gmail, named).await })
            .await
            .map_err(trouble)?;
        let newest = Search { at_most: Some(NEWEST), ..Search::default() };
        let newest = self
            .line
            .call(Method::DraftsList, Urgency::Send, |gmail| async move { drafts::list(&gmail, &newest).await })
            .await
            .map_err(trouble)?;
        let mut asked: Vec<DraftId> = Vec::new();
        for there in found.into_iter().take(usize::from(NEWEST)).chain(newest.drafts) {
            if asked.contains(&there.id) {
                continue;
            }
            asked.push(there.id.clone());
            match self.draft(&there.id, Format::Metadata(&["Message-ID"])).await {
                Ok(draft) if settle::is_named(&draft.message, &id) => {
                    let since = self.history_now(&draft.id).await;
                    let (message, thread) = (draft.message.id, draft.message.thread_id);
                    return Ok(Some(Remote { draft: draft.id, message, thread, since }));
                }
                Err(Fault::Gmail(error)) if error.kind() == Kind::NotFound => {}
                other => drop(other.map_err(trouble)?),
            }
        }
        Ok(None)
    }

    /// Sends the draft, if it is still what was uploaded: nobody approved what somebody wrote into it elsewhere.
    async fn send(&self, remote: Option<&str>) -> Result<Option<String>, Trouble> {
        let remote = remote.and_then(Remote::read).ok_or(Trouble::Gone)?;
        let there = self.draft(&remote.draft, Format::Minimal).await.map_err(unread)?;
        if there.message.id != remote.message {
            return Err(Trouble::Refused { said: "the draft was changed in Gmail before it was sent".into() });
        }
        let id = &remote.draft;
        let sent = self
            .line
            .call(Method::DraftsSend, Urgency::Send, |gmail| async move { drafts::send(&gmail, id).await })
            .await
            .map_err(trouble)?;
        Ok(Some(sent.id.to_string()))
    }

    async fn settle(&self, parcel: &Parcel, remote: &str) -> Settled {
        let Some(remote) = Remote::read(remote) else { return Settled::NoTrace };
        match self.became(parcel, &remote).await {
            Ok(settled) => settled,
            Err(fault) => Settled::CannotAsk(trouble(fault)),
        }
    }

    async fn became(&self, parcel: &Parcel, remote: &Remote) -> Result<Settled, Fault> {
        let id = &remote.draft;
        let presence = self
            .line
            .call(Method::DraftsGet, Urgency::Send, |gmail| async move { settle::draft(&gmail, id).await })
            .await?;
        if let Presence::There(_) = presence {
            return Ok(Settled::StillADraft);
        }
        let marks = Marks::of(parcel);
        for candidate in self.candidates(parcel, remote).await? {
            let message = self.headers(&candidate.id).await?;
            if message.is_some_and(|message| marks.are_on(&message)) {
                return Ok(Settled::Found { message: Some(candidate.id.to_string()) });
            }
        }
        Ok(Settled::NoTrace)
    }

    /// The messages that may be it: what came to be sent in its thread since, then what the search finds, then the newest sent ones.
    async fn candidates(&self, parcel: &Parcel, remote: &Remote) -> Result<Vec<MessageRef>, Fault> {
        let mut found = self.sent_in_thread(remote).await?;
        if let Some(id) = &Rfc822Id::parse(&parcel.message_id) {
            let ask = |gmail| async move { settle::sent_by_search(&gmail, id).await };
            found.extend(self.line.call(Method::MessagesList, Urgency::Send, ask).await?);
        }
        let sent = LabelId::parse("SENT").into_iter().collect::<Vec<_>>();
        let newest = Search { label_ids: &sent, at_most: Some(NEWEST), include_spam_trash: true, ..Search::default() };
        let ask = |gmail| async move { messages::list(&gmail, &newest).await };
        found.extend(self.line.call(Method::MessagesList, Urgency::Send, ask).await?.messages);
        let mut once: Vec<MessageRef> = Vec::new();
        for one in found {
            if !once.contains(&one) {
                once.push(one);
            }
        }
        Ok(once)
    }

    async fn sent_in_thread(&self, remote: &Remote) -> Result<Vec<MessageRef>, Fault> {
        let Some(start) = &remote.since else { return Ok(Vec::new()) };
        let thread = &remote.thread;
        let ask = |gmail| async move { settle::sent_since(&gmail, start, thread).await };
        match self.line.call(Method::HistoryList, Urgency::Send, ask).await {
            Ok(since) => Ok(since.found),
            Err(Fault::Gmail(error)) if error.kind() == Kind::HistoryGone => Ok(Vec::new()),
            Err(fault) => Err(fault),
        }
    }

    async fn headers(&self, id: &MessageId) -> Result<Option<Message>, Fault> {
        let ask = |gmail| async move { messages::get(&gmail, id, Format::Metadata(&MARKS)).await };
        match self.line.call(Method::MessagesGet, Urgency::Send, ask).await {
            Ok(message) => Ok(Some(message)),
            Err(Fault::Gmail(error)) if error.kind() == Kind::NotFound => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    async fn discard(&self, remote: &str) -> Result<(), Trouble> {
        let Some(Remote { draft, message, .. }) = Remote::read(remote) else { return Ok(()) };
        match self.draft(&draft, Format::Minimal).await {
            Ok(there) if there.message.id != message => return Ok(()), // somebody wrote in it: it is theirs now
            Err(Fault::Gmail(error)) if error.kind() == Kind::NotFound => return Ok(()),
            asked => drop(asked.map_err(unread)?),
        }
        let id = &draft;
        let ask = |gmail| async move { drafts::delete(&gmail, id).await };
        match self.line.call(Method::DraftsDelete, Urgency::Send, ask).await {
            Err(Fault::Gmail(error)) if error.kind() == Kind::NotFound => Ok(()),
            done => done.map_err(trouble),
        }
    }
}

impl Mailer for GmailMailer {
    fn transport(&self) -> Transport {
        Transport::Drafts
    }

    fn upload<'a>(&'a self, parcel: &'a Parcel, again: bool) -> Call<'a, Result<String, Trouble>> {
        Box::pin(self.upload(parcel, again))
    }

    fn send<'a>(&'a self, _: &'a Parcel, remote: Option<&'a str>) -> Call<'a, Result<Option<String>, Trouble>> {
        Box::pin(self.send(remote))
    }

    fn settle<'a>(&'a self, parcel: &'a Parcel, remote: &'a str) -> Call<'a, Settled> {
        Box::pin(self.settle(parcel, remote))
    }

    fn discard<'a>(&'a self, remote: &'a str) -> Call<'a, Result<(), Trouble>> {
        Box::pin(self.discard(remote))
    }
}

/// By what a message is known again: its Message-ID, kept as the original one where Gmail replaced it; or, where that is gone too, the
/// same second, subject and recipients.
struct Marks {
    id: Option<Rfc822Id>,
    date: Option<i64>,
    subject: Option<String>,
    to: Vec<String>,
}

impl Marks {
    fn of(parcel: &Parcel) -> Self {
        let read = MessageParser::new().parse_headers(parcel.raw.as_slice());
        let to = read.as_ref().and_then(|read| read.to());
        Self {
            id: Rfc822Id::parse(&parcel.message_id),
            date: read.as_ref().and_then(|read| read.date()).map(mail_parser::DateTime::to_timestamp),
            subject: read.as_ref().and_then(|read| read.subject()).map(str::to_owned),
            to: addresses(to),
        }
    }

    fn are_on(&self, message: &Message) -> bool {
        if self.id.as_ref().is_some_and(|id| settle::is_named(message, id)) {
            return true;
        }
        let head: String = ["Date", "Subject", "To"]
            .into_iter()
            .filter_map(|name| Some(format!("{name}: {}\r\n", one_line(message.header(name)?))))
            .collect();
        let head = format!("{head}\r\n");
        let Some(read) = MessageParser::new().parse_headers(head.as_bytes()) else { return false };
        let date = read.header(HeaderName::Date).and_then(|value| value.as_datetime()).map(|date| date.to_timestamp());
        self.date.is_some()
            && date == self.date
            && read.subject().map(str::to_owned) == self.subject
            && addresses(read.to()) == self.to
    }
}

fn one_line(value: &str) -> String {
    value.split(char::is_control).collect::<Vec<_>>().join(" ")
}

fn addresses(field: Option<&mail_parser::Address<'_>>) -> Vec<String> {
    let all = field.into_iter().flat_map(|field| field.iter());
    all.map(|address| address.address.as_deref().unwrap_or_default().to_lowercase()).collect()
}

/// What a fault is to the outbox. What may have arrived is lost, and never repeated before it was asked about.
fn trouble(fault: Fault) -> Trouble {
    match fault {
        Fault::Ours(error) => of_ours(&error),
        Fault::Gmail(error) => {
            let retry_after = error.retry_after().and_then(|wait| i64::try_from(wait.as_millis()).ok());
            match error.kind() {
                Kind::Unreachable => Trouble::Offline,
                Kind::Unavailable | Kind::AnswerLost => Trouble::Lost,
                Kind::AccessRefused | Kind::ScopeMissing => Trouble::SignIn,
                Kind::RateLimited => Trouble::NotNow { retry_after },
                Kind::QuotaExhausted => Trouble::NotNow { retry_after: retry_after.or(Some(QUOTA_PAUSE_MS)) },
                Kind::NotFound => Trouble::Gone,
                Kind::NotAllowed | Kind::HistoryGone | Kind::TooLarge | Kind::Invalid => {
                    Trouble::Refused { said: error.to_string() }
                }
            }
        }
    }
}

/// The same, of a question: nothing was asked to be done, so nothing can be lost.
fn unread(fault: Fault) -> Trouble {
    match trouble(fault) {
        Trouble::Lost => Trouble::NotNow { retry_after: None },
        other => other,
    }
}

/// Nothing left this machine.
fn of_ours(error: &Error) -> Trouble {
    match error.code() {
        ErrorCode::SignInUnreachable | ErrorCode::GmailUnreachable => Trouble::Offline,
        ErrorCode::SignInAgain | ErrorCode::GmailOff | ErrorCode::GmailGrantMissing | ErrorCode::ClientMissing => {
            Trouble::SignIn
        }
        _ => Trouble::NotNow { retry_after: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parcel() -> Parcel {
        Parcel {
            raw: "From: m@example.com\r\nTo: Dana =?utf-8?q?=C3=96zil?= <Dana@example.org>, jo@example.org\r\nDate: Fri, 15 Jan 2027 08:00:00 +0000\r\n\
                  Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <a@example.com>\r\n\r\nHi\r\n"
                .into(),
            message_id: "a@example.com".into(),
            from: "m@example.com".parse().unwrap(),
            recipients: vec!["dana@example.org".parse().unwrap()],
            answers: None,
        }
    }

    fn message(headers: &[(&str, &str)]) -> Message {
        let headers: Vec<_> =
            headers.iter().map(|(name, value)| serde_json::json!({"name": name, "value": value})).collect();
        serde_json::from_value(serde_json::json!({"id": "m", "threadId": "t", "payload": {"headers": headers}}))
            .unwrap()
    }

    #[test]
    fn a_sent_message_is_known_by_its_id_or_by_second_subject_and_recipients() {
        let marks = Marks::of(&parcel());
        let date = ("Date", "Fri, 15 Jan 2027 09:00:00 +0100");
        let subject = ("Subject", "Grüße");
        let to = ("To", "Dana Özil <dana@example.org>, jo@example.org");
        for (headers, known) in [
            (vec![("Message-ID", "<a@example.com>")], true),
            (vec![("Message-ID", "<new@mail.gmail.com>"), ("X-Google-Original-Message-ID", "<a@example.com>")], true),
            (vec![("Message-ID", "<new@mail.gmail.com>"), date, subject, to], true),
            (vec![("Message-ID", "<new@mail.gmail.com>"), date, subject], false),
            (vec![("Message-ID", "<new@mail.gmail.com>"), date, to], false),
            (vec![subject, to], false),
            (vec![("Date", "Fri, 15 Jan 2027 09:00:01 +0100"), subject, to], false),
            (vec![date, subject, ("To", "dana@example.org")], false),
            (vec![], false),
        ] {
            assert_eq!(marks.are_on(&message(&headers)), known, "{headers:?}");
        }
    }

    #[test]
    fn what_is_remembered_of_a_draft_comes_back_and_nothing_else_is_one() {
        let remote = Remote {
            draft: DraftId::parse("r-1").unwrap(),
            message: MessageId::parse("m").unwrap(),
            thread: ThreadId::parse("t").unwrap(),
            since: HistoryId::parse("184467440737095516160"),
        };
        assert_eq!(Remote::read(&remote.written()), Some(remote));
        for bad in ["", "r-1", "{}", r#"{"draft":"","message":"m","thread":"t"}"#] {
            assert_eq!(Remote::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn only_what_certainly_did_not_arrive_may_be_tried_again() {
        let of = |kind: Kind| trouble(Fault::Gmail(kind.into()));
        assert_eq!(of(Kind::Unreachable), Trouble::Offline);
        assert_eq!((of(Kind::AnswerLost), of(Kind::Unavailable)), (Trouble::Lost, Trouble::Lost));
        assert_eq!(of(Kind::NotFound), Trouble::Gone);
        assert_eq!((of(Kind::AccessRefused), of(Kind::ScopeMissing)), (Trouble::SignIn, Trouble::SignIn));
        assert_eq!(of(Kind::QuotaExhausted), Trouble::NotNow { retry_after: Some(QUOTA_PAUSE_MS) });
        assert!(matches!(of(Kind::Invalid), Trouble::Refused { .. }));
    }
}
