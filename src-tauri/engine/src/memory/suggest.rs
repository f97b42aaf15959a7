//! The mail that suggestions and the story are made of, fetched: the last exchanges with the people written to. What is made of it is in
//! `context`, pure.

use super::context::{self, Writing};
use crate::Engine;
use crate::api::{Message, Person, Suggestion, SuggestionsRequest};
use crate::error::{Error, Result};
use crate::ids::ThreadId;
use std::collections::HashSet;

/// So many of the last exchanges with each person are looked at, and with so many people.
const EXCHANGES: usize = 60;
const PEOPLE: usize = 4;
/// So many of them make the story.
const STORY: usize = 8;

impl Engine {
    /// What past mail suggests for the letter that is being written: an open question, somebody who is usually on it, what was attached
    /// the last time; each with the message that says so.
    ///
    /// # Errors
    /// `not_found` where what it answers, or its draft, is not there; `store_broken`.
    pub fn suggestions(&self, request: &SuggestionsRequest) -> Result<Vec<Suggestion>> {
        let answered = request.answers.map(|id| self.message(id)).transpose()?;
        let mut to = request.to.clone();
        if to.is_empty() {
            to.extend(answered.iter().filter_map(|message| message.from.clone()));
        }
        let has_files = match request.draft {
            Some(draft) => !self.draft(draft)?.files.is_empty(),
            None => false,
        };
        let mut messages = self.exchanges(&to)?;
        let mut about = request.about.clone();
        if let Some(answered) = answered {
            about = format!("{} {about}", answered.subject);
            // What is being answered is no open question.
            messages.retain(|message| message.id != answered.id);
        }
        let me = self.settings()?.me.iter().map(|person| person.address.folded()).collect();
        let on_it = to.iter().chain(&request.cc).map(|person| person.address.folded()).collect();
        Ok(context::suggestions(&messages, &Writing { on_it, me, about, has_files, now: crate::now() }))
    }

    /// The conversation so far with these people, as one story across conversations, but for one that is told in full already.
    pub(crate) fn story(&self, with: &[Person], about: &str, but: Option<ThreadId>) -> Result<Vec<Message>> {
        let mut messages = self.exchanges(with)?;
        messages.retain(|message| Some(message.thread) != but);
        Ok(context::story(&messages, about, STORY).into_iter().cloned().collect())
    }

    /// The last messages these people wrote, and those "me" wrote to them; nothing of what is in Trash or Spam.
    fn exchanges(&self, with: &[Person]) -> Result<Vec<Message>> {
        let hidden = self.hidden_messages()?;
        let (mut seen, mut messages) = (HashSet::new(), Vec::new());
        for person in with.iter().take(PEOPLE) {
            for id in self.exchanged_with(&person.address, EXCHANGES)? {
                if hidden.contains(&id) || !seen.insert(id) {
                    continue;
                }
                match self.message(id) {
                    Ok(message) => messages.push(message),
                    Err(Error::NotFound { .. }) => {} // it went since
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(messages)
    }
}
