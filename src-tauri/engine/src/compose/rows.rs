//! What the store keeps of a draft: one small row that every keystroke rewrites, and beside it what is written seldom. No behaviour but
//! the rules of a row.

use crate::api::{
    Author, ComposeRequest, Draft, DraftEdit, DraftElsewhere, DraftFile, DraftSummary, EmailAddress, Finish, Length,
    MissingFile, Person, Receipt, Revision, Source, UnixMillis,
};
use crate::ids::{DraftId, MessageId, RevisionId};
use serde::{Deserialize, Serialize};

/// How many characters of the text a list shows.
const SNIPPET: usize = 140;

/// A draft as it stands: rewritten at every keystroke, so nothing large but the text itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftRow {
    pub(crate) version: u32,
    pub(crate) to: Vec<Person>,
    pub(crate) cc: Vec<Person>,
    pub(crate) bcc: Vec<Person>,
    pub(crate) subject: String,
    pub(crate) body: String,
    pub(crate) answers: Option<MessageId>,
    #[serde(default)] // rows from before there was a choice
    pub(crate) from: Option<EmailAddress>,
    #[serde(default)]
    pub(crate) quote: Option<bool>,
    pub(crate) request: Option<ComposeRequest>,
    pub(crate) revisions: u32,
    pub(crate) unfinished: bool,
    /// What the provider has in its place, where both were changed and the person did not choose yet.
    #[serde(default)]
    pub(crate) elsewhere: Option<DraftElsewhere>,
    /// Files the provider has with it that are not here.
    #[serde(default)] // rows from before files came with a draft
    pub(crate) missing: Vec<MissingRow>,
    /// When the provider had it no more, though nothing was changed here: it is listed nowhere, and goes for good unless it is changed again.
    #[serde(default)]
    pub(crate) gone: Option<UnixMillis>,
    pub(crate) created: UnixMillis,
    pub(crate) updated: UnixMillis,
    /// When it was last changed here; never, where it came from the provider as it is.
    #[serde(default)] // rows from before it was told apart
    pub(crate) edited: Option<UnixMillis>,
}

/// A file that the provider has with a draft and that is not here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingRow {
    /// Its place in the message there.
    pub(crate) part: String,
    pub(crate) file: MissingFile,
}

/// What a draft's text was made from: written once a compose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftGround {
    pub(crate) sources: Vec<Source>,
    pub(crate) receipt: Receipt,
    pub(crate) language: String,
    pub(crate) length: Option<Length>,
    pub(crate) me: Option<Person>,
    pub(crate) others: Vec<Person>,
    pub(crate) now: UnixMillis,
}

impl DraftRow {
    pub(crate) fn new(now: UnixMillis) -> Self {
        Self {
            version: 0,
            to: Vec::new(),
            cc: Vec::new(),
            bcc: Vec::new(),
            subject: String::new(),
            body: String::new(),
            answers: None,
            from: None,
            quote: None,
            request: None,
            revisions: 0,
            unfinished: false,
            elsewhere: None,
            missing: Vec::new(),
            gone: None,
            created: now,
            updated: now,
            edited: None,
        }
    }

    /// Takes an edit over; `true` if anything is different now.
    pub(crate) fn take(&mut self, edit: &DraftEdit) -> bool {
        let before = self.clone();
        set(&mut self.to, edit.to.as_ref());
        set(&mut self.cc, edit.cc.as_ref());
        set(&mut self.bcc, edit.bcc.as_ref());
        set(&mut self.subject, edit.subject.as_ref());
        set(&mut self.body, edit.body.as_ref());
        if edit.answers.is_some() {
            self.answers = edit.answers;
        }
        if edit.from.is_some() {
            self.from.clone_from(&edit.from);
        }
        if edit.quote.is_some() {
            self.quote = edit.quote;
        }
        if let Some(intent) = &edit.intent
            && (self.request.is_some() || !intent.is_empty())
        {
            self.request.get_or_insert_default().intent.clone_from(intent);
        }
        self.unfinished &= self.body == before.body; // a text the person went on with is theirs
        *self != before
    }

    /// It was changed here: whatever became of it elsewhere, it is a draft.
    pub(crate) fn touch(&mut self, now: UnixMillis) {
        self.gone = None;
        self.moved(now);
        self.edited = Some(self.updated);
    }

    /// It was changed elsewhere, and is here as it is there.
    pub(crate) fn moved(&mut self, now: UnixMillis) {
        self.version += 1;
        self.updated = now.max(self.updated);
    }

    pub(crate) fn summary(&self, id: DraftId) -> DraftSummary {
        DraftSummary {
            id,
            to: self.to.clone(),
            subject: self.subject.clone(),
            snippet: snippet(&self.body),
            updated: self.updated,
            unfinished: self.unfinished,
        }
    }

    /// The present text as the person's own revision.
    pub(crate) fn as_revision(&self, id: RevisionId, now: UnixMillis) -> Revision {
        Revision {
            id,
            at: now,
            by: Author::Person,
            instruction: String::new(),
            subject: self.subject.clone(),
            body: self.body.clone(),
            finish: Finish::Complete,
        }
    }

    /// Whether a revision keeps this very text.
    pub(crate) fn is_kept_by(&self, revision: &Revision) -> bool {
        revision.body == self.body && revision.subject == self.subject
    }

    pub(crate) fn with(self, id: DraftId, revisions: Vec<Revision>, files: Vec<DraftFile>) -> Draft {
        Draft {
            id,
            version: self.version,
            to: self.to,
            cc: self.cc,
            bcc: self.bcc,
            subject: self.subject,
            body: self.body,
            answers: self.answers,
            from: self.from,
            quote: self.quote,
            files,
            request: self.request,
            revisions,
            elsewhere: self.elsewhere,
            missing: self.missing.into_iter().map(|row| row.file).collect(),
            gone: self.gone,
            sources: Vec::new(),
            claims: Vec::new(),
            checks: Vec::new(),
            receipt: None,
            created: self.created,
            updated: self.updated,
        }
    }
}

fn set<T: Clone>(field: &mut T, given: Option<&T>) {
    if let Some(given) = given {
        field.clone_from(given);
    }
}

/// The first words on one line.
fn snippet(body: &str) -> String {
    let mut line = String::new();
    for word in body.split_whitespace() {
        if line.chars().count() + word.chars().count() >= SNIPPET {
            line.push('…');
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_is_one_line_and_never_long() {
        assert_eq!(snippet(" Hi Dana,\n\n thanks "), "Hi Dana, thanks");
        assert!(snippet(&"word ".repeat(200)).chars().count() <= SNIPPET + 1);
        assert_eq!(snippet(&"x".repeat(500)), "…");
    }

    #[test]
    fn fields_an_edit_does_not_name_stay() {
        let mut row = DraftRow::new(1);
        row.take(&DraftEdit { subject: Some("Plan".into()), body: Some("Hi".into()), ..DraftEdit::default() });
        assert!(row.take(&DraftEdit { body: Some("Hi Dana".into()), ..DraftEdit::default() }));
        assert_eq!((row.subject.as_str(), row.body.as_str()), ("Plan", "Hi Dana"));
        assert!(!row.take(&DraftEdit { body: Some("Hi Dana".into()), ..DraftEdit::default() }));
    }
}
