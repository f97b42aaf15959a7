//! The brief: everything a letter is written from, gathered once, as plain data. Prompt, offline composer and check read it; nobody changes it.

use crate::api::{ComposeRequest, Length, Message, Person, Source, Template, UnixMillis, Voice};
use crate::memory::lessons::Lessons;

/// What `gather` found for one request.
#[derive(Debug, Clone)]
pub struct Brief {
    /// What was asked.
    pub request: ComposeRequest,
    /// Who writes; `None` until the user said who they are.
    pub me: Option<Person>,
    /// The message being answered.
    pub answers: Option<Message>,
    /// Its conversation, the oldest first, `answers` included.
    pub thread: Vec<Message>,
    /// How the user writes to the first recipient, fallen back to everybody where too little is known.
    pub voice: Voice,
    /// What the user changed in earlier drafts and this letter keeps to.
    pub lessons: Lessons,
    /// The template, its blanks filled.
    pub template: Option<FilledTemplate>,
    /// The text to revise, where the request asks for that.
    pub text_to_revise: Option<String>,
    /// The language to write in (BCP 47), decided: as asked, else as what is answered, else as the intent, else as the user writes.
    pub language: String,
    /// The length to keep, decided: as asked, else in proportion.
    pub length: Length,
    /// Everything above that a claim may be traced to, with ids `s1`, `s2`, …: the request first, then the thread, then similar mail.
    pub sources: Vec<Source>,
    /// The present, for dates like "Friday".
    pub now: UnixMillis,
}

/// A template whose blanks are filled.
#[derive(Debug, Clone)]
pub struct FilledTemplate {
    /// Which.
    pub template: Template,
    /// The subject.
    pub subject: String,
    /// The body, without greeting and sign-off.
    pub body: String,
}
