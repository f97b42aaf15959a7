//! A draft gathered into what leaves: sender, recipients, subject, text, signature, quote, files, and what it answers. The plain part is
//! made here; what is sent, exported and approved all come from this one.

use super::eml::{Answers, one_line, subject};
use super::files::Stored;
use super::quote::{Quote, Quoted};
use crate::Engine;
use crate::api::{Draft, EmailAddress, Person};
use crate::error::Result;
use crate::ids::{DraftId, MessageId};
use crate::language;
use jiff::tz::TimeZone;

/// A letter as it leaves.
#[derive(Debug, Clone)]
pub(crate) struct Leaving {
    pub(crate) draft: DraftId,
    pub(crate) version: u32,
    pub(crate) from: Person,
    pub(crate) to: Vec<Person>,
    pub(crate) cc: Vec<Person>,
    pub(crate) bcc: Vec<Person>,
    pub(crate) subject: String,
    /// What the person wrote, without what stands under it.
    pub(crate) body: String,
    /// `None` where there is none, or where the body ends with it.
    pub(crate) signature: Option<String>,
    pub(crate) quote: Option<Quote>,
    pub(crate) answers: Option<MessageId>,
    pub(crate) thread: Answers,
    pub(crate) files: Vec<Stored>,
    /// The names of files the provider has with the draft, which do not go with it.
    pub(crate) missing: Vec<String>,
    /// Whether the provider had the draft and has it no more.
    pub(crate) gone: bool,
}

impl Leaving {
    /// The plain part: the text, the signature after the line that mail programs know one by (RFC 3676 §4.3), the quote.
    pub(crate) fn text(&self) -> String {
        let signature = self.signature.as_ref().map(|signature| format!("-- \n{signature}"));
        let quote = self.quote.as_ref().map(Quote::plain);
        if signature.is_none() && quote.is_none() {
            return self.body.clone();
        }
        let body = Some(self.body.trim_end().to_owned()).filter(|body| !body.is_empty());
        [body, signature, quote].into_iter().flatten().collect::<Vec<_>>().join("\n\n")
    }
}

impl Leaving {
    /// What stands under the text: the signature and the quote, each as it is in the plain part; empty where there is none.
    pub(crate) fn tail(&self) -> (String, String) {
        (self.signature.clone().unwrap_or_default(), self.quote.as_ref().map(Quote::plain).unwrap_or_default())
    }
}

impl Engine {
    /// A draft as it would leave now, from this address, or the draft's own, or the first of the person's.
    ///
    /// # Errors
    /// `bad_input` when there is no such “me” to write from; `store_broken`.
    pub(crate) fn leaving(&self, draft: &Draft, from: Option<&EmailAddress>) -> Result<Leaving> {
        let sender = self.sender(from.or(draft.from.as_ref()))?;
        let body = tidied(&draft.body);
        let answered = draft.answers.and_then(|id| self.answered(id));
        let language = language::of(&body).or_else(|| answered.as_ref()?.0.language.clone());
        let quotes = draft.quote.map_or_else(|| self.settings().map(|settings| settings.quote), Ok)?;
        let quote = match &answered {
            Some((message, _)) if quotes => Some(self.quote(message, language.as_deref())?),
            _ => None,
        };
        let thread = Answers::of(answered);
        Ok(Leaving {
            draft: draft.id,
            version: draft.version,
            subject: subject(&draft.subject, &thread),
            signature: unsigned(&body, sender.signature.as_deref()),
            from: sender.person,
            to: draft.to.clone(),
            cc: draft.cc.clone(),
            bcc: draft.bcc.clone(),
            body,
            quote,
            answers: draft.answers,
            thread,
            files: self.stored_files(draft.id)?,
            gone: draft.gone.is_some(),
            missing: draft.missing.iter().map(|file| file.name.clone()).collect(),
        })
    }

    fn quote(&self, message: &crate::api::Message, language: Option<&str>) -> Result<Quote> {
        let quoted = Quoted { from: message.from.clone(), date: message.date, text: self.whole_text(message.id)? };
        Quote::of(&quoted, language, &self.zone()?)
    }

    /// The person's time zone: as their provider says, or this machine's.
    pub(super) fn zone(&self) -> Result<TimeZone> {
        let named = self.account_row(self.account())?.profile.time_zone;
        Ok(named.and_then(|name| TimeZone::get(&name).ok()).unwrap_or_else(TimeZone::system))
    }
}

/// The text with line ends of one kind, and without characters that mail cannot carry.
pub(super) fn tidied(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    if text.chars().any(refused) { text.chars().filter(|c| !refused(*c)).collect() } else { text }
}

fn refused(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t'
}

/// The signature, unless there is none or the body ends with it: it never stands there twice.
pub(super) fn unsigned(body: &str, signature: Option<&str>) -> Option<String> {
    let signature = tidied(signature?).trim().to_owned();
    let lines = |text: &str| text.lines().map(one_line).filter(|l| !l.is_empty()).collect::<Vec<_>>();
    let (body, wanted) = (lines(body), lines(&signature));
    (!wanted.is_empty() && !body.ends_with(&wanted)).then_some(signature)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_stands_under_the_letter_once() {
        for (body, signature, expected) in [
            ("Hi\n\nMara", None, None),
            ("Hi\nMara\n", Some("Mara Lind\nExample Works\n"), Some("Mara Lind\nExample Works")),
            ("Hi\n\nMara Lind", Some("Mara Lind"), None),
            ("Hi\n\n--\nMara Lind \nExample Works\n\n", Some("Mara Lind\r\n\r\nExample Works"), None),
            ("Hi, this is Mara Lind", Some("Mara Lind"), Some("Mara Lind")),
            ("Hi", Some("  "), None),
        ] {
            assert_eq!(unsigned(body, signature).as_deref(), expected, "{body:?} {signature:?}");
        }
    }
}
